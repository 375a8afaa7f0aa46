"""False shared-value metric: the shared measure improves while a side is used up.

What it is
    A measure of the whole can rise on the substance of the weaker side. Both sides look at it and believe that all is
    well.

What we look at
    For the worst shared measure, over means of consecutive fifths of the horizon: among the futures and windows in
    which it rises, the share in which some side loses more than a twentieth of its range. A set of measures that does
    not read every side that is needed is at least on watch. So is a measure that one term can make rise (by a search
    over the terms' limits) while the weakest side loses more than a twentieth. Watch at 0.25, alarm at 0.5.

Cannot tell when
    The measure needs a private figure. Without any measure the component is missing, and that is said apart.

Not to be confused with
    A measure that is merely low: it tells the truth.

Example
    The cash of a studio and a workshop together rises year by year, while the workshop uses itself up:
    `tests/cases/failures/false_shared_value_metric/shows.yaml`.

Mitigation
    Follow distribution, sustainability and the weakest side, not the sum.

Sources
    Symbiotic Alignment, Failure Modes, third. Goodhart 1975; Manheim and Garrabrant 2019. The score is ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding
from lichen.check.judging import added, failure
from lichen.check.measures.figure import UNKNOWN, Figure, exact, largest_of, ratio_of
from lichen.check.measures.gaming import gaming
from lichen.check.measures.reading import unread_parties
from lichen.check.recorded import with_churn
from lichen.check.remedies import measured_for_all
from lichen.check.thresholds import METRIC_FALL, WATCH
from lichen.relationship.rules import Measure
from lichen.simulation.futures import Array

TITLE = "False shared-value metric"
ABOUT = "false_shared_value_metric"
LANES = ()


def look(evidence: CheckInput) -> Iterator[Finding]:
    """Ask whether the shared measures can rise while a side is used up."""
    measures = evidence.relationship.rules.shared_value
    if not measures:
        yield failure(ABOUT, exact(0.0), "There is no shared measure that could mislead.")
        return
    unread = unread_parties(evidence)
    scores = {measure.name: _score(evidence, measure, bool(unread)) for measure in measures}
    worst = max(scores, key=lambda name: scores[name].value if scores[name].known else -1.0)
    score = largest_of(scores.values())
    found = failure(
        ABOUT,
        score,
        _says(evidence, worst, scores[worst], unread),
        parties=unread or _fallen(evidence, worst),
        evidence=list(_seen(evidence, worst, unread)),
        needs=f"What {wording.quoted(worst)} is measured from.",
        parts=[(name, figure.value) for name, figure in scores.items()],
    )
    if unread or worst in gaming(evidence):
        found = added(found, "at risk", ())
    found = with_churn(evidence, found)
    yield replace(found, remedy=None if found.status == "holds" else measured_for_all(evidence, worst))


def _score(evidence: CheckInput, measure: Measure, unread: bool) -> Figure:
    """The share of rises that hide a fall, at least watch when a side is not read or a term games the measure."""
    hidden = _hidden_falls(evidence, measure.name)
    least = WATCH.value if unread else 0.0
    gamed = gaming(evidence).get(measure.name)
    if gamed is not None:
        least = max(least, WATCH.value, min(1.0, gamed.fall))
    return hidden.rising(lambda share: max(share, least))


def _hidden_falls(evidence: CheckInput, measure: str) -> Figure:
    trace = evidence.base.measures.get(measure)
    if trace is None or np.isnan(trace.fifths).any():
        return UNKNOWN
    rises = (np.diff(trace.fifths, axis=1) > 0).astype(float)
    falls = np.max([np.zeros_like(rises), *(fall for _, fall in _falls(evidence))], axis=0)
    return ratio_of((rises * falls).sum(axis=1), rises.sum(axis=1)).clipped(0.0, 1.0)


def _falls(evidence: CheckInput) -> list[tuple[str, Array]]:
    """By party, in which windows of which futures its room fell [future, window], 1 or 0."""
    return [
        (party.name, (-np.diff(evidence.base.headroom[party.name].fifths, axis=1) > METRIC_FALL.value).astype(float))
        for party in evidence.essential
        if party.name in evidence.base.headroom
    ]


def _fallen(evidence: CheckInput, measure: str) -> tuple[str, ...]:
    """The party that falls most often while the measure rises."""
    trace = evidence.base.measures.get(measure)
    if trace is None:
        return ()
    rises = np.diff(trace.fifths, axis=1) > 0
    counts = {name: float((fall * rises).sum()) for name, fall in _falls(evidence)}
    worst = max(counts, key=lambda name: counts[name], default="")
    return (worst,) if counts.get(worst, 0.0) > 0 else ()


def _says(evidence: CheckInput, measure: str, score: Figure, unread: tuple[str, ...]) -> str:
    called = wording.quoted(measure)
    if not score.known:
        return f"Whether {called} misleads cannot be said."
    gamed = gaming(evidence).get(measure)
    if gamed is not None and score.value <= max(WATCH.value, gamed.fall):
        setting = f"{wording.quoted(gamed.term)} to {gamed.value}"
        return f"{called} can be made to rise by setting {setting} while the weakest side loses."
    if unread and score.value <= WATCH.value:
        return f"The shared measures say nothing about {wording.listed(map(evidence.title, unread))}."
    if score.value < WATCH.value:
        return "When the shared measures rise, no side falls unnoticed."
    return f"In {wording.share(score.value)} of the windows in which {called} rises, some side loses room."


def _seen(evidence: CheckInput, measure: str, unread: tuple[str, ...]) -> Iterator[Evidence]:
    at = evidence.relationship.at(f"shared_value.{measure}")
    hidden = _hidden_falls(evidence, measure)
    if hidden.known:
        yield Evidence(
            says=(
                f"While {wording.quoted(measure)} rises, some side loses more than "
                f"{wording.share(METRIC_FALL.value)} of its range in {wording.share(hidden.value)} of the windows."
            ),
            figure=hidden.value,
            unit="of the windows",
            method="simulation",
            at=at,
        )
    for party in unread:
        yield Evidence(says=f"No shared measure reads {evidence.title(party)}.", method="structure", at=at)
    gamed = gaming(evidence).get(measure)
    if gamed is not None:
        yield Evidence(
            says=f"With {wording.quoted(gamed.term)} at {gamed.value} {wording.quoted(measure)} is "
            f"{wording.share(gamed.gain)} higher, and the weakest side has {wording.share(gamed.fall)} less room "
            "at its worst moment in 19 of 20 futures.",
            figure=gamed.fall,
            unit="of the healthy range",
            method="simulation",
            at=evidence.relationship.at(f"terms.{gamed.term}"),
        )
