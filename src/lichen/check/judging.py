"""From a figure and its threshold to a finding: holds, at risk, broken, cannot tell; decided or not."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import TypedDict, Unpack

from lichen.check.finding import Evidence, Finding, FindingType, Remedy, Status
from lichen.check.measures.figure import Figure
from lichen.check.thresholds import ALARM, TOLERANCE, WATCH

_LIMITS = (WATCH.value, ALARM.value)
_WORSE: tuple[Status, ...] = ("holds", "cannot tell", "at risk", "broken")


class Told(TypedDict, total=False):
    """What a finding says besides its figure; `untold` is its sentence when the figure cannot be told."""

    untold: str
    parties: Iterable[str]
    evidence: Iterable[Evidence]
    remedy: Remedy | None
    needs: str | None
    parts: Iterable[tuple[str, float]]


def invariant(about: str, margin: Figure, says: str = "", **told: Unpack[Told]) -> Finding:
    """An invariant holds from 0 on and is broken below; an interval that contains 0 leaves it open.

    `says` is the sentence of a known margin.
    """
    found = _found("invariant", about, margin, says, status_of_margin(margin), told)
    return replace(found, margin=margin.value if margin.known else None, threshold=0.0)


def failure(about: str, score: Figure, says: str = "", **told: Unpack[Told]) -> Finding:
    """A failure mode is quiet below watch, at risk up to alarm, and decides from there on."""
    found = _found("failure", about, score, says, status_of_score(score), told)
    threshold = WATCH if score.known and score.value < WATCH.value else ALARM
    return replace(found, score=score.value if score.known else None, threshold=threshold.value)


def _found(
    kind: FindingType, about: str, figure: Figure, says: str, judged: tuple[Status, bool], told: Told
) -> Finding:
    """A finding without its figure."""
    status, decided = judged
    return Finding(
        about=about,
        type=kind,
        status=status,
        decided=decided,
        says=says if figure.known else told.get("untold", "This cannot be told yet."),
        interval=figure.interval if figure.known else None,
        parties=tuple(told.get("parties", ())),
        evidence=tuple(told.get("evidence", ())),
        needs=None if figure.known else told.get("needs"),
        remedy=None if status == "holds" else told.get("remedy"),
        parts=tuple(told.get("parts", ())),
    )


def component(
    about: str,
    status: Status,
    says: str,
    *,
    parties: tuple[str, ...] = (),
    evidence: tuple[Evidence, ...] = (),
    remedy: Remedy | None = None,
) -> Finding:
    """A component is judged by what the file says and futures show, without a figure of its own."""
    return Finding(
        about=about, type="component", status=status, says=says, parties=parties, evidence=evidence, remedy=remedy
    )


def status_of_margin(margin: Figure) -> tuple[Status, bool]:
    """Status and whether it is decided."""
    if not margin.known:
        return "cannot tell", True
    if margin.low >= -TOLERANCE:
        return "holds", True
    if margin.high < -TOLERANCE:
        return "broken", True
    return "at risk", False


def status_of_score(score: Figure) -> tuple[Status, bool]:
    """Status and whether it is decided; limits belong to the better side within the tolerance."""
    if not score.known:
        return "cannot tell", True
    if score.high < WATCH.value + TOLERANCE:
        return "holds", True
    if score.low >= ALARM.value - TOLERANCE:
        return "broken", True
    if score.low >= WATCH.value - TOLERANCE and score.high < ALARM.value + TOLERANCE:
        return "at risk", True
    return "at risk", False


def times_to_decide(finding: Finding) -> float:
    """How many times as many futures should settle a finding that they left open, a power of two, infinite for a figure
    that lies on its limit: a guess, as the figure moves with them.

    An interval narrows with the square root of the futures; where a finding has none, one can but try twice as many.
    """
    limits, figure = ((0.0,), finding.margin) if finding.margin is not None else (_LIMITS, finding.score)
    if figure is None or finding.interval is None:
        return 2.0
    low, high = finding.interval
    needed = 1.0
    for limit in limits:
        if low <= limit <= high:
            half, distance = (figure - low if limit < figure else high - figure), abs(figure - limit)
            needed = max(needed, half / distance if distance > TOLERANCE else math.inf)
    return 2.0 ** max(1, round(2 * math.log2(needed))) if math.isfinite(needed) else math.inf


def worse(one: Status, other: Status) -> Status:
    """The worse of two statuses; what cannot be told is worse than what holds and better than what is known to be
    wrong.
    """
    return max(one, other, key=_WORSE.index)


def added(finding: Finding, status: Status, seen: Iterable[Evidence], *, needs: str | None = None) -> Finding:
    """The finding with further evidence; the worse status decides, and what decides stands first."""
    decides = worse(finding.status, status)
    seen = tuple(seen)
    return replace(
        finding,
        status=decides,
        decided=finding.decided if decides == finding.status else True,
        evidence=(*finding.evidence, *seen) if decides == finding.status else (*seen, *finding.evidence),
        needs=finding.needs or needs,
    )
