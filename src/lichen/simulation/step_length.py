"""Whether the step is short enough for what answers to itself, and for what is late or smoothed.

Levels move by steps of Euler's method. With `d` the change of a level's own daily change by that level, one step takes
a small disturbance times `1 + step * d`. Below 0 it lands on the other side of where it was heading, which is the doing
of the step and not of the relationship; below -1 it lands further off each time (Hairer and Wanner, Solving Ordinary
Differential Equations II, ch. IV.2). A step of at most `-1/d` does neither.

Looked at is each level by itself, all others held: at the start and along the course at the mean of the world.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from lichen.language.limits import MAX_STEPS, cells_of_a_step
from lichen.relationship.evaluate import evaluate
from lichen.relationship.formula import Call, Name, Tree, names, walk
from lichen.relationship.relationship import Relationship
from lichen.relationship.values import values_of
from lichen.simulation.caution import Caution, called, path_of
from lichen.simulation.dynamics.model import Dynamics, Values, net, value
from lichen.simulation.dynamics.stock_flow import dynamics_of
from lichen.simulation.interventions import in_steps

MOST_CELLS = 5_000
"""Of a relationship with more values in a step than this the levels are not looked at."""
MOST_VALUES = 15_000
"""So many values are worked out of the course at the mean of the world; where it takes more, the start alone counts."""
INSTANTS = 9
SMALL = 1e-6
"""The change of a level that is tried, relative to its size."""
SWINGS = -0.05
"""A factor a step below this is told: nearer to 0 it comes from a bound that is just reached."""
STEPS = (
    ("1 month", 365.25 / 12),
    ("2 weeks", 14.0),
    ("1 week", 7.0),
    ("3 days", 3.0),
    ("2 days", 2.0),
    ("1 day", 1.0),
    ("360 minutes", 0.25),
    ("60 minutes", 1 / 24),
    ("10 minutes", 1 / 144),
    ("1 minute", 1 / 1440),
)
"""Steps that are proposed, as the file says them, in days."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a level answers to itself: the factor of a small disturbance over one step."""

    party: str
    capacity: str
    factor: float


def step_cautions(relationship: Relationship) -> tuple[Caution, ...]:
    """Every capacity, and every delay, for which the step is too long."""
    return (*_overshooting(relationship), *_short(relationship))


def answers(dynamics: Dynamics) -> tuple[Answer, ...]:
    """How each capacity that answers to itself does so where it is worst; of a group its worst member.

    A course that overshoots further and further is looked at only until it does.
    """
    moments = _moments(dynamics)
    found: dict[tuple[str, str], float] = {}
    cones = {name: cone for name in dynamics.stocks if (cone := _cone(dynamics, name))}
    if len(moments) * sum(map(len, cones.values())) > MOST_VALUES:
        moments = moments[:1]
    for now in moments:
        for name, cone in cones.items():
            about = dynamics.about[name]
            factor = _factor(dynamics, name, cone, now)
            if np.isfinite(factor):
                key = (about.owner, about.what)
                found[key] = min(found.get(key, 1.0), factor)
        if min(found.values(), default=0.0) < -1:
            break
    return tuple(Answer(party=party, capacity=what, factor=factor) for (party, what), factor in found.items())


def _overshooting(relationship: Relationship) -> Iterator[Caution]:
    dynamics = dynamics_of(relationship) if cells_of_a_step(relationship) <= MOST_CELLS else ""
    if isinstance(dynamics, str):
        return
    time = relationship.time
    for answer in sorted(answers(dynamics), key=lambda answer: answer.factor):
        if answer.factor < SWINGS:
            subject = f"{answer.party}.{answer.capacity}"
            does = "further each time" if answer.factor < -1 else "and swings back"
            fact = f"A step of {time.step_text} is too long for {called(relationship, subject)}: it overshoots {does}."
            yield _too_long(
                relationship, subject, path_of(relationship, subject), fact, time.step_days / (1 - answer.factor)
            )


def _short(relationship: Relationship) -> Iterator[Caution]:
    """What the file lets take less than a step and so takes a whole one, or none: horizon, delays, transits."""
    time = relationship.time
    if time.horizon_days < _whole(relationship):
        yield _too_long(
            relationship,
            "time",
            "time.step",
            f"A step of {time.step_text} is longer than the horizon of {time.horizon_text}, and one is looked at.",
            time.horizon_days,
        )
    for said in values_of(relationship):
        calls = [node for node in walk(said.tree) if isinstance(node, Call)] if said.tree is not None else []
        kept = (_days(relationship, call.arguments[1]) for call in calls if call.function in ("delay", "smooth"))
        short = [days for days in kept if 0 < days < _whole(relationship)]
        if short:
            what = f"What `{said.path}` ({relationship.at(said.path)}) keeps for less than a step of {time.step_text} "
            yield _too_long(relationship, _subject(said.path), said.path, f"{what}lasts a whole one.", min(short))
    for flow in relationship.flows.values():
        for lag in (flow.arrives_after, flow.settled_after):
            days = _days(relationship, lag.tree) if lag is not None and lag.tree is not None else 0.0
            if lag is not None and days > 0 and in_steps(days, time.step_days) == 0:
                what = f"`{lag.path}` ({relationship.at(lag.path)}) is less than half a step of {time.step_text} "
                yield _too_long(relationship, flow.name, lag.path, f"{what}and so takes no time at all.", days)


def _too_long(relationship: Relationship, subject: str, path: str, fact: str, most_days: float) -> Caution:
    """The caution that a step is too long, with the one that would do: of at most so many days."""
    repair, step = _repair(relationship, most_days)
    at = relationship.at(path)
    return Caution(kind="step too long", subject=subject, at=at, says=f"{fact} {repair}", step=step)


def _subject(path: str) -> str:
    """What a key of the file is about: `mill.cash` of `parties.mill.capacities.cash.change`."""
    match path.split("."):
        case ["parties", party, "capacities", capacity, *_]:
            return f"{party}.{capacity}"
        case [_, name, *_]:
            return name
    return path


def _whole(relationship: Relationship) -> float:
    """A step in days, less what rounding may do."""
    return relationship.time.step_days * (1 - 1e-9)


def _days(relationship: Relationship, duration: Tree) -> float:
    """How long something takes, the terms as they stand in the file; not a number where that is each member's own."""

    def term(name: Name) -> float:
        tree = relationship.terms[name.text].value.tree if name.text in relationship.terms else None
        return float("nan") if tree is None else evaluate(tree, term)

    return evaluate(duration, term)


def _repair(relationship: Relationship, most_days: float) -> tuple[str, str | None]:
    """What to write so that a step takes at most so many days, and the step itself; None when none does."""
    horizon = relationship.time.horizon_days
    step = next(((said, days) for said, days in STEPS if days <= most_days * (1 + 1e-9)), None)
    if step is None:
        return "No step is short enough; say what it comes to by a formula, without a change.", None
    if horizon / step[1] > MAX_STEPS:
        return f"`step: {step[0]}` under `time` would do, with a horizon of at most {MAX_STEPS:,} of them.", step[0]
    return f"Write `step: {step[0]}` under `time`.", step[0]


def _moments(dynamics: Dynamics) -> Sequence[Values]:
    """Every variable at instants spread over the course, or at the start alone where the course takes too much."""
    if len(dynamics.formulas) * dynamics.steps > MOST_VALUES:
        return replace(dynamics, steps=0).run()
    moments = dynamics.run()
    places = np.unique(np.linspace(0, dynamics.steps, INSTANTS).astype(int))
    return [moments[place] for place in places]


def _cone(dynamics: Dynamics, stock: str) -> tuple[str, ...]:
    """The formulas through which a capacity moves its own change, each after those it reads; none where none does."""
    about = dynamics.about.get(stock)
    if about is None or about.role != "capacity":
        return ()
    moved = {stock}
    for name, tree in dynamics.formulas.items():  # each stands after those it reads
        if not moved.isdisjoint(names(tree)):
            moved.add(name)
    needed = {flow for flow in (*dynamics.stocks[stock].inflows, *dynamics.stocks[stock].outflows) if flow in moved}
    for name in reversed([name for name in dynamics.formulas if name in moved]):
        if name in needed:
            needed |= names(dynamics.formulas[name]) & moved
    return tuple(name for name in dynamics.formulas if name in needed and name in moved)


def _factor(dynamics: Dynamics, stock: str, cone: Sequence[str], now: Mapping[str, float]) -> float:
    """What becomes of a small disturbance of one level over one step, by central differences."""
    level = now[stock]
    size = SMALL * max(abs(level), 1e-3)
    following = []
    for change in (size, -size):
        moved = {**now, stock: level + change}
        for name in cone:
            moved[name] = value(dynamics.formulas[name], moved)
        following.append(net(dynamics.stocks[stock], moved))
    return 1 + dynamics.step_days * (following[0] - following[1]) / (2 * size)
