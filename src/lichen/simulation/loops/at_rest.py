"""Loops near one state: the matrix of small changes, the gain of a loop, and what each link does to the slowest motion.

The complement of loop scores: these see only change, this works where everything rests, and needs smooth formulas.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import final

import numpy as np
from numpy.typing import NDArray

from lichen.relationship.formula import names
from lichen.simulation.dynamics.model import TIME, About, Dynamics, Values, net, value

Matrix = NDArray[np.float64]
MOST_STATES = 200
"""So many levels and steps of delays are moved one by one."""
SMALL = 1e-6
"""The change that is tried of a state, relative to its size."""
UNDAMPED = 1e-7
"""What fades by less than this a step does not fade: that much is rounding."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Every stock, and every step of a delay, by name (`name, 3 steps ago`), with its value."""

    names: tuple[str, ...]
    values: tuple[float, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """A motion of the matrix: its factor a step (`multiplier`), and the elasticity of that to every entry [to, from].

    An elasticity is the relative change of the multiplier per relative change of the entry (Forrester 1982; Kampmann
    2012). Those of one multiplier sum to 1.
    """

    multiplier: complex
    elasticity: NDArray[np.complex128] = field(compare=False)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The slowest motion at the end: the size of its multiplier a step, and between which two capacities of different
    parties (who answers, to what) the link with the largest `share` in it runs; empty without any. `gain`: what comes
    back of a lasting change that goes once round the loop that was asked for, None where that is not known.
    """

    multiplier: float
    share: float
    between: tuple[About, ...]
    gain: float | None

    @property
    def comes_to(self) -> float | None:
        """What a lasting push comes to once that loop has answered it, as a multiple; infinite from gain 1 on."""
        return None if self.gain is None else multiplier(self.gain)


def state_at(dynamics: Dynamics, moments: Sequence[Values], step: int) -> State:
    """The state at a step of a run."""
    found = {name: moments[step][name] for name in dynamics.stocks}
    for name, delay in dynamics.delays.items():
        for ago in range(1, delay.steps + 1):
            found[_stage(name, ago)] = moments[step - ago][delay.of] if step >= ago else delay.before
    return State(names=tuple(found), values=tuple(found.values()))


def change_matrix(
    dynamics: Dynamics, moments: Sequence[Values], step: int, places: Sequence[int] | None = None
) -> Matrix:
    """How the state one step later moves with each part of the state: `[to, from]`, by central differences.

    With `places` only of these parts, all others held.
    """
    state = state_at(dynamics, moments, step)
    places = range(len(state.names)) if places is None else places
    reads = {name: names(tree) for name, tree in dynamics.formulas.items()}
    last = {_stage(name, delay.steps): name for name, delay in dynamics.delays.items()}
    now = {TIME: moments[step][TIME]} | {name: moments[step][name] for name in dynamics.courses}
    values = dict(zip(state.names, state.values, strict=True))
    now |= {last.get(name, name): level for name, level in values.items()}
    _evaluate(dynamics, now, dynamics.formulas)
    columns = []
    for place in places:
        name, level = state.names[place], state.values[place]
        variable = last.get(name, name)
        moving = _moving(reads, variable)
        size = SMALL * max(abs(level), 1e-3)
        moved = []
        for change in (size, -size):
            tried = {**now, variable: level + change}
            _evaluate(dynamics, tried, moving)
            moved.append(np.array(_following(dynamics, tried, {**values, name: level + change}))[list(places)])
        columns.append((moved[0] - moved[1]) / (2 * size))
    return np.array(columns).T


def _moving(reads: Mapping[str, frozenset[str]], variable: str) -> list[str]:
    """The formulas, in their order, that a variable moves at once."""
    moved = {variable}
    for name, read in reads.items():
        if not moved.isdisjoint(read):
            moved.add(name)
    return [name for name in reads if name in moved]


def _evaluate(dynamics: Dynamics, now: Values, names: Iterable[str]) -> None:
    """Gives formulas, each after those it reads, their values at an instant."""
    for name in names:
        now[name] = value(dynamics.formulas[name], now)


def _following(dynamics: Dynamics, now: Mapping[str, float], state: Mapping[str, float]) -> list[float]:
    """The state one step later, in its order."""
    later = [now[name] + dynamics.step_days * net(stock, now) for name, stock in dynamics.stocks.items()]
    for name, delay in dynamics.delays.items():
        later += [now[delay.of], *(state[_stage(name, ago)] for ago in range(1, delay.steps))]
    return later


def _stage(name: str, ago: int) -> str:
    return f"{name}, {ago} steps ago"


def loop_gain(matrix: Matrix, loop: Sequence[int]) -> float:
    """What comes back of a lasting change that goes once round a loop of states, each damped by itself alone.

    The product of the entries along the loop over that of `1 - m[i, i]`; at 1 and above a loop runs away. Infinite
    where nothing damps; NaN where a state grows by itself, so that no lasting change settles.
    """
    along = math.prod(float(matrix[to, at]) for at, to in zip(loop, (*loop[1:], loop[0]), strict=True))
    dampings = [1.0 - float(matrix[at, at]) for at in loop]
    if min(dampings) < -UNDAMPED:
        return math.nan
    damping = math.prod(dampings) if min(dampings) > UNDAMPED else 0.0
    return along / damping if damping else math.copysign(math.inf, along) if along else 0.0


def multiplier(gain: float) -> float:
    """What a lasting push comes to when a loop of this gain answers it: `1/(1 - gain)`; infinite from 1 on."""
    return 1.0 / (1.0 - gain) if gain < 1.0 else math.inf


def motions(matrix: Matrix) -> tuple[Motion, ...]:
    """Every motion of a matrix, the slowest to fade first.

    Elasticity 0 for a motion that is gone after one step, and where several of one multiplier cannot be told apart.
    """
    values, right = np.linalg.eig(matrix)
    same, left = np.linalg.eig(matrix.T)
    found = []
    for place in np.argsort(-np.abs(values), kind="stable"):
        factor = complex(values[place])
        across = left[:, np.argmin(np.abs(same - factor))]
        whole = factor * complex(across @ right[:, place])
        elasticity = np.zeros(matrix.shape, dtype=np.complex128)
        if abs(whole) > SMALL**2:
            elasticity += matrix * np.outer(across, right[:, place]) / whole
        found.append(Motion(multiplier=factor, elasticity=elasticity))
    return tuple(found)


def rest_of(dynamics: Dynamics, moments: Sequence[Values], loop: Sequence[str] = ()) -> Rest | None:
    """What becomes of a small change at the end of a run; None where nothing is there, too much, or not known.

    Of capacities and of what is on its way or remembered; what reviews and balances remember is held. `loop` names the
    variables of the loop whose gain is asked for.
    """
    state = state_at(dynamics, moments, dynamics.steps)
    kept = {name for name in dynamics.stocks if name in dynamics.about}
    kept |= {
        _stage(name, ago)
        for name, delay in dynamics.delays.items()
        if name in dynamics.about or delay.of in dynamics.about
        for ago in range(1, delay.steps + 1)
    }
    kept -= {name for name, about in dynamics.about.items() if about.role == "term"}
    places = [place for place, name in enumerate(state.names) if name in kept]
    matrix = change_matrix(dynamics, moments, dynamics.steps, places) if 0 < len(places) <= MOST_STATES else None
    if matrix is None or not np.isfinite(matrix).all():
        return None
    slowest = motions(matrix)[0]
    size, between = np.abs(slowest.elasticity.real), (0.0, -1, -1)
    for to, at in np.argwhere(size > 0):
        owners = [dynamics.about.get(state.names[places[place]]) for place in (to, at)]
        if owners[0] is not None and owners[1] is not None and owners[0].owner != owners[1].owner:
            between = max(between, (float(size[to, at]), int(to), int(at)))
    ends = tuple(dynamics.about[state.names[places[place]]] for place in between[1:]) if between[0] else ()
    passed = _states_of(dynamics, loop)
    index = {state.names[place]: turn for turn, place in enumerate(places)}
    known = bool(passed) and all(name in index for name in passed)
    return Rest(
        multiplier=abs(slowest.multiplier),
        share=between[0],
        between=ends,
        gain=loop_gain(matrix, [index[name] for name in passed]) if known else None,
    )


def _states_of(dynamics: Dynamics, loop: Sequence[str]) -> list[str]:
    """The states that a loop of variables passes, one after the other: a delay step by step."""
    passed: list[str] = []
    for name in loop:
        if name in dynamics.stocks:
            passed.append(name)
        elif name in dynamics.delays:
            passed += [_stage(name, ago) for ago in range(1, dynamics.delays[name].steps + 1)]
    return passed
