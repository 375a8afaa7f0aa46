"""Experiments as events: at which step what changes in which lane, and what that asks of the tape."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, final

from lichen.relationship.relationship import Relationship
from lichen.relationship.rules import Exit
from lichen.simulation.experiments import YEAR_DAYS, Experiment

Kind = Literal["factor", "arriving", "sharing", "late", "shift", "floor", "scenario", "point"]
NEVER = 1e12
"""Steps after which nothing is waited for: far beyond every horizon."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What the experiments of a run ask of its tape: which flows and rules they change.

    `scenarios` and `points`: by name of a term or world variable, what replaces it in some lanes.
    """

    factored: frozenset[str] = frozenset()
    unreceived: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    switched_risks: frozenset[str] = frozenset()
    scenarios: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    points: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """From `step` on, in `lane`, the `target` takes a value.

    `factor` and `arriving` (of flows), `sharing` (of risk rules): a factor; `late`: steps; `shift`: a share of the
    range, `floor`: nothing (both of `(party, capacity)`, once, with a `member` by its place of that one only);
    `scenario`, `point`: which other value stands for a
    term or world variable, None for its own.
    """

    step: int
    lane: int
    kind: Kind
    target: str | tuple[str, str]
    value: float | str | None
    member: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A flow that ends in `lane`: when it is announced, and the first step without it."""

    lane: int
    flow: str
    announced: int
    ended: int


def in_steps(days: float, step_days: float) -> int:
    """A time in whole steps, half upwards."""
    return math.floor(min(days / step_days + 0.5, NEVER))


def begin(relationship: Relationship, experiment: Experiment) -> int:
    """The step at which an experiment begins."""
    return in_steps(experiment.begins * relationship.time.steps, 1)


def needs(relationship: Relationship, experiments: Sequence[Experiment]) -> Needs:
    """What these experiments ask of the tape."""
    timeline = list(events(relationship, experiments))

    def targets(kind: Kind) -> frozenset[str]:
        return frozenset(e.target for e in timeline if e.kind == kind and isinstance(e.target, str))

    def choices(kind: Kind) -> Mapping[str, list[float | str]]:
        found: dict[str, list[float | str]] = {}
        for event in timeline:
            if event.kind == kind and event.value is not None and isinstance(event.target, str):
                known = found.setdefault(event.target, [])
                if event.value not in known:
                    known.append(event.value)
        return found

    return Needs(
        factored=targets("factor"),
        unreceived=targets("arriving"),
        late=targets("late"),
        switched_risks=targets("sharing"),
        replaced=frozenset(loss.flow for loss in losses(relationship, experiments)),
        scenarios={name: tuple(str(v) for v in values) for name, values in choices("scenario").items()},
        points={name: tuple(float(v) for v in values) for name, values in choices("point").items()},
    )


def events(relationship: Relationship, experiments: Sequence[Experiment]) -> Iterator[Event]:
    """Everything that happens in any lane, lane by lane."""
    for lane, experiment in enumerate(experiments):
        step = begin(relationship, experiment)
        yield from _rates(relationship, experiment, lane, step)
        yield from _levels(relationship, experiment, lane, step)
        yield from _values(relationship, experiment, lane, step)


def losses(relationship: Relationship, experiments: Sequence[Experiment]) -> Iterator[Loss]:
    """The flows that end in any lane, for receivers with a fallback."""
    for lane, experiment in enumerate(experiments):
        step = begin(relationship, experiment)
        for flow in relationship.flows.values():
            if flow.if_lost is None or not flow.is_inner:
                continue
            if flow.name in experiment.replaced:
                yield Loss(lane=lane, flow=flow.name, announced=step, ended=step)
            elif experiment.leaves.intersection(flow.parties):
                notice, share = _notice(relationship, flow.name)
                yield Loss(lane=lane, flow=flow.name, announced=step, ended=step + notice if share > 0 else step)


def _notice(relationship: Relationship, flow: str) -> tuple[int, float]:
    """Steps of notice, and the share at which a flow goes on until then."""
    rule = relationship.rules.exit or Exit()
    return in_steps(rule.notice_days, relationship.time.step_days), rule.continuity.get(flow, 1.0)


def _rates(relationship: Relationship, experiment: Experiment, lane: int, step: int) -> Iterator[Event]:
    for flow, factor in experiment.rates.items():
        yield Event(step=step, lane=lane, kind="factor", target=flow, value=factor)
    for flow in sorted(experiment.unreceived):
        yield Event(step=step, lane=lane, kind="arriving", target=flow, value=0.0)
    for flow, days in experiment.late.items():
        late = in_steps(days, relationship.time.step_days)
        yield Event(step=step, lane=lane, kind="late", target=flow, value=late)
    risks = relationship.rules.risk_sharing
    if not experiment.risk_sharing:
        for rule in risks:
            yield Event(step=0, lane=lane, kind="sharing", target=rule.name, value=0.0)
    if not experiment.leaves:
        return
    for inner in relationship.inner_flows:
        if experiment.leaves.intersection(inner.parties):
            notice, share = _notice(relationship, inner.name)
            if notice and share != 1:
                yield Event(step=step, lane=lane, kind="factor", target=inner.name, value=share)
            yield Event(step=step + notice, lane=lane, kind="factor", target=inner.name, value=0.0)
    notice, _ = _notice(relationship, "")
    for rule in risks:
        if experiment.leaves.intersection((rule.carried_by, *rule.shares)):
            yield Event(step=step + notice, lane=lane, kind="sharing", target=rule.name, value=0.0)


def _levels(relationship: Relationship, experiment: Experiment, lane: int, step: int) -> Iterator[Event]:
    for place, share in experiment.shifts.items():
        party, _, capacity = place.partition(".")
        yield Event(step=step, lane=lane, kind="shift", target=(party, capacity), value=share)
    for place in sorted(experiment.to_floor):
        party, _, capacity = place.partition(".")
        member = place_of(relationship, party, experiment.member)
        yield Event(step=step, lane=lane, kind="floor", target=(party, capacity), value=None, member=member)


def place_of(relationship: Relationship, party: str, member: str | None) -> int | None:
    """Where a member stands in its group; None for all of it."""
    members = relationship.parties[party].members
    return None if member is None or members is None else members.names.index(member)


def _values(relationship: Relationship, experiment: Experiment, lane: int, step: int) -> Iterator[Event]:
    time = relationship.time
    for name, share in experiment.world.items():
        yield Event(step=step, lane=lane, kind="point", target=name, value=share)
        year = in_steps(YEAR_DAYS, time.step_days)
        yield Event(step=step + max(1, year), lane=lane, kind="point", target=name, value=None)
    if experiment.scenario is None:
        return
    scenario = relationship.scenarios[experiment.scenario]
    first = max(0, math.ceil((scenario.start - time.start).days / time.step_days))
    for name in scenario.values:
        yield Event(step=first, lane=lane, kind="scenario", target=name, value=scenario.name)
        if scenario.until is not None:
            last = max(0, math.ceil((scenario.until - time.start).days / time.step_days))
            yield Event(step=last, lane=lane, kind="scenario", target=name, value=None)
