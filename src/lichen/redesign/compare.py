"""Two versions of a relationship side by side: the redline, and what it does to every party on the same draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from lichen.check.assess import Assessment, assess
from lichen.check.finding import Finding, Status
from lichen.check.verdict import Verdict
from lichen.redesign.redline import Redline, redline
from lichen.relationship.backing import COMPONENTS, OPTIONAL_COMPONENTS
from lichen.relationship.plain_data import plain
from lichen.relationship.quantity import TIME, Dimension, Unit
from lichen.relationship.relationship import Relationship
from lichen.relationship.start import Start
from lichen.simulation.futures import Array

BAD_YEAR = 0.05
"""The share of futures that do worse than the bad case shown."""
WORSE_BY = 0.005
"""Changes smaller than this are not called better or worse."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One party before and after: room left (0 at the floor, 1 healthy) over the last fifth of the horizon and, in the
    worst 5 % of futures, at its least.
    """

    party: str
    title: str
    late_room: tuple[float, float] | None
    least_room: tuple[float, float] | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One finding before and after: its status, and its distance to the limit (or its score, lower is better).

    The status is None where a version has nothing of the kind.
    """

    about: str
    old_status: Status | None
    new_status: Status | None
    old: float | None
    new: float | None
    is_score: bool

    @property
    def gain(self) -> float:
        """How much better it got, 0 when it cannot be said."""
        if self.old is None or self.new is None:
            return 0.0
        return (self.old - self.new) if self.is_score else (self.new - self.old)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """What a changed delay moves once: the amount on its way that falls due earlier (+) or later (-), in base units of
    its `dimension`.
    """

    flow: str
    moved: float
    dimension: Dimension
    days: float

    def to_json(self) -> dict[str, Any]:
        """Plain data for machines."""
        return {"flow": self.flow, "moved": plain(self.moved), "unit": str(self.dimension), "days": plain(self.days)}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What changed and what it does. `old` and `new` are the verdicts, over the same futures; `units` those of the new
    version.
    """

    lines: tuple[Redline, ...]
    old: Verdict
    new: Verdict
    effects: tuple[Effect, ...]
    shifts: tuple[Shift, ...]
    transitions: tuple[Transition, ...]
    units: Mapping[str, Unit]

    @property
    def worse(self) -> tuple[str, ...]:
        """The findings and parties for which the new version is worse."""
        lost = [shift.about for shift in self.shifts if shift.gain < -WORSE_BY]
        drained = [
            effect.party
            for effect in self.effects
            if any(pair is not None and pair[1] < pair[0] - WORSE_BY for pair in (effect.late_room, effect.least_room))
        ]
        return (*lost, *drained)

    def to_json(self) -> dict[str, Any]:
        """Plain data for machines."""
        return {
            "old": _head(self.old),
            "new": _head(self.new),
            "seed": self.new.seed,
            "runs": self.new.runs,
            "redline": plain(self.lines),
            "effects": plain(self.effects),
            "shifts": [{**plain(shift), "gain": plain(shift.gain)} for shift in self.shifts],
            "transitions": plain(self.transitions),
            "worse": list(self.worse),
            "unread": list(self.new.unread),
        }


def _head(verdict: Verdict) -> dict[str, Any]:
    """What is told of the verdict of one version, and what makes its figures doubtful."""
    return {
        "verdict": verdict.verdict,
        "sentence": verdict.sentence,
        "file_hash": verdict.file_hash,
        "cautions": plain(verdict.cautions),
        "sampled": plain(verdict.samples),
    }


@np.errstate(all="ignore")  # what is no number is told as not known
def compare_relationships(
    old: Relationship,
    new: Relationship,
    *,
    runs: int = 1000,
    seed: int = 1,
    party: str | None = None,
    tick: Callable[[float], None] = lambda share: None,
) -> Comparison:
    """Compare two versions: meaning first, then the effect of the difference on every party and every finding.

    Both run over the same draws, so a difference is the change's doing and not chance. `tick` is told the share of the
    work that is done.
    """
    before = assess(old, runs=runs, seed=seed, party=party, search=False, tick=lambda share: tick(share / 2))
    after = assess(new, runs=runs, seed=seed, party=party, search=False, tick=lambda share: tick((1 + share) / 2))
    return Comparison(
        lines=redline(old, new),
        old=before.verdict,
        new=after.verdict,
        effects=tuple(_effects(before, after)),
        shifts=tuple(_shifts(before.verdict, after.verdict)),
        transitions=tuple(_transitions(old, new)),
        units=new.units,
    )


def _effects(before: Assessment, after: Assessment) -> Iterator[Effect]:
    old, new = before.evidence.futures.base.headroom, after.evidence.futures.base.headroom
    titles = {**before.evidence.relationship.parties, **after.evidence.relationship.parties}
    for name in dict.fromkeys([*old, *new]):
        both = name in old and name in new
        yield Effect(
            party=name,
            title=titles[name].title,
            late_room=(float(np.mean(old[name].last_fifth)), float(np.mean(new[name].last_fifth))) if both else None,
            least_room=(_bad(old[name].least), _bad(new[name].least)) if both else None,
        )


def _bad(values: Array) -> float:
    return float(np.quantile(values, BAD_YEAR))


def _shifts(old: Verdict, new: Verdict) -> Iterator[Shift]:
    for about in dict.fromkeys(f.about for f in (*old.findings, *new.findings)):
        was, now = old.finding(about), new.finding(about)
        is_score = any(f is not None and f.score is not None for f in (was, now))
        yield Shift(
            about=about,
            old_status=_status(old, about, was),
            new_status=_status(new, about, now),
            old=(was.score if is_score else was.margin) if was else None,
            new=(now.score if is_score else now.margin) if now else None,
            is_score=is_score,
        )


def _status(verdict: Verdict, about: str, found: Finding | None) -> Status | None:
    """How it stands with something in one version; None where the file has nothing of the kind.

    A component that is there and of which no finding speaks holds; whether what was settled is kept, and whether
    the loop is closed, only a finding or the gate can say.
    """
    if about in OPTIONAL_COMPONENTS and about in verdict.missing:
        return None
    if found is not None:
        return found.status
    if about == "reinforcement_feedback_channel":
        return "holds" if verdict.gate.closed_loop else "cannot tell" if verdict.gate.unknown else None
    if about in ("reciprocity_rule", "balance_check"):
        return "cannot tell"
    return "holds" if about in (*COMPONENTS, *OPTIONAL_COMPONENTS, "purpose") else None


def _transitions(old: Relationship, new: Relationship) -> Iterator[Transition]:
    """What is on its way keeps its old date: a shorter delay pays the old and the new at once for a while, a longer one
    leaves a hole.
    """
    rates, before, after = Start(old), _delays(old), _delays(new)
    for flow, delay in after.items():
        days = before.get(flow, delay) - delay
        if abs(days) > 0:
            counted = new.flows[flow].rate.dimension * TIME
            yield Transition(flow=flow, moved=rates.read(flow) * days, dimension=counted, days=days)


def _delays(relationship: Relationship) -> Mapping[str, float]:
    """The days between giving and what the receiver gets, at the start, for each flow."""
    start = Start(relationship)
    return {
        name: sum(
            start.mean_over(flow, delay) for delay in (flow.arrives_after, flow.settled_after) if delay is not None
        )
        for name, flow in relationship.flows.items()
    }
