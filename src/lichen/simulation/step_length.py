"""Whether the step is short enough for what answers to itself, and for what is late or smoothed.

Levels move by steps of Euler's method. What a small disturbance of all levels becomes in one step is a matrix, one plus
the step times how their daily changes answer to them; its eigenvalues are factors a step. One with a real part below 0
takes levels to the other side of where they were heading, which is the doing of the step and not of the relationship;
beyond a size of 1 it takes them further off each time (Hairer and Wanner, Solving Ordinary Differential Equations II,
ch. IV.2). With a shorter step the factor is `1 + step * (factor - 1)/(this step)`, so the step that would do is known.

Looked at are the capacities, at the start and along the course at the mean of the world; what is on its way, remembered
or set by reviews is held.
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
from lichen.simulation.loops.at_rest import MOST_STATES

MOST_CELLS = 5_000
"""Of a relationship with more values in a step than this the levels are not looked at."""
MOST_VALUES = 15_000
"""So many values are worked out of the course at the mean of the world; where it takes more, the start alone counts."""
INSTANTS = 9
SMALL = 1e-6
"""The change of a level that is tried, relative to its size."""
MOST_PART = 0.5
"""Named are the capacities that have at least so much of the largest part in a motion."""
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
    """How capacities answer to each other where it is worst: the factor of a small disturbance over one step, and the
    capacities that have the most part in it, as `party.capacity`, the first of all first.
    """

    factor: complex
    capacities: tuple[str, ...]

    @property
    def share(self) -> float:
        """The part of this step that would neither swing nor grow."""
        rate = self.factor - 1
        return min(1.0, -1 / rate.real, -2 * rate.real / abs(rate) ** 2) if rate.real < 0 else 1.0


def step_cautions(relationship: Relationship) -> tuple[Caution, ...]:
    """Every capacity, and every delay, for which the step is too long."""
    return (*_overshooting(relationship), *_short(relationship))


def answers(dynamics: Dynamics) -> tuple[Answer, ...]:
    """How capacities answer: for those that have the most part in some motion the worst one, the worst of all first.

    A course that overshoots further and further is looked at only until it does.
    """
    read = {name: names(tree) for name, tree in dynamics.formulas.items()}
    cones = {name: _cone(read, name) for name in dynamics.stocks if _is_capacity(dynamics, name)}
    moments = _moments(dynamics)
    if len(moments) * sum(map(len, cones.values())) > MOST_VALUES:
        moments = moments[:1]
    found: dict[frozenset[str], Answer] = {}
    for now in moments:
        for answer in _motions(dynamics, cones, now):
            who = frozenset(answer.capacities)
            if who not in found or answer.factor.real < found[who].factor.real:
                found[who] = answer
        if any(answer.factor.real < 0 and abs(answer.factor) > 1 for answer in found.values()):
            break
    return tuple(sorted(found.values(), key=lambda answer: answer.factor.real))


def _motions(dynamics: Dynamics, cones: Mapping[str, Sequence[str]], now: Values) -> Iterator[Answer]:
    """Every motion of the capacities at one instant, but for those that stay as they are."""
    matrix = np.array([_column(dynamics, name, cone, list(cones), now) for name, cone in cones.items()]).T
    if not np.isfinite(matrix).all():
        return
    if len(matrix) > MOST_STATES:
        matrix = np.diag(np.diag(matrix))
    factors, motions = np.linalg.eig(np.eye(len(matrix)) + dynamics.step_days * matrix)
    takes_part = np.abs(motions * np.linalg.pinv(motions).T).round(6)  # whatever the units of the levels
    abouts = [dynamics.about[name] for name in cones]
    for factor, parts in zip(factors, takes_part.T, strict=True):
        if abs(factor - 1) > SMALL:
            most = [abouts[at] for at in np.argsort(-parts, kind="stable") if parts[at] >= MOST_PART * parts.max()]
            named = dict.fromkeys(f"{about.owner}.{about.what}" for about in most)
            yield Answer(factor=complex(factor), capacities=tuple(named))


def _overshooting(relationship: Relationship) -> Iterator[Caution]:
    dynamics = dynamics_of(relationship) if cells_of_a_step(relationship) <= MOST_CELLS else ""
    if isinstance(dynamics, str):
        return
    time = relationship.time
    for answer in answers(dynamics):
        if answer.factor.real < SWINGS:
            first, *others = answer.capacities
            what = called(relationship, first)
            if others:
                what += f" and what it exchanges with {called(relationship, others[0])}"
            does = "further each time" if abs(answer.factor) > 1 else "and swings back"
            fact = f"A step of {time.step_text} is too long for {what}: it overshoots {does}."
            yield _too_long(relationship, first, path_of(relationship, first), fact, time.step_days * answer.share)


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


def _is_capacity(dynamics: Dynamics, stock: str) -> bool:
    about = dynamics.about.get(stock)
    return about is not None and about.role == "capacity"


def _cone(read: Mapping[str, frozenset[str]], stock: str) -> tuple[str, ...]:
    """The formulas that a level moves at once; `read` says what each reads, and what it reads stands before it."""
    moved = {stock}
    for name, others in read.items():
        if not moved.isdisjoint(others):
            moved.add(name)
    return tuple(name for name in read if name in moved)


def _column(
    dynamics: Dynamics, stock: str, cone: Sequence[str], stocks: Sequence[str], now: Mapping[str, float]
) -> list[float]:
    """How the daily change of each stock answers to the level of one of them, by central differences."""
    level = now[stock]
    size = SMALL * max(abs(level), 1e-3)
    reached = {stock, *cone}
    answering = [not reached.isdisjoint((*dynamics.stocks[s].inflows, *dynamics.stocks[s].outflows)) for s in stocks]
    if not any(answering):
        return [0.0] * len(stocks)
    nets = []
    for change in (size, -size):
        moved = {**now, stock: level + change}
        for name in cone:
            moved[name] = value(dynamics.formulas[name], moved)
        pairs = zip(stocks, answering, strict=True)
        nets.append([net(dynamics.stocks[s], moved) if does else 0.0 for s, does in pairs])
    return [(up - down) / (2 * size) for up, down in zip(*nets, strict=True)]
