"""What a run remembers: what is on its way, delays, smoothings, trailing windows, fallbacks.

Arrays are `[lane, future]`, with a last axis of members or links where there is one; an axis on which nothing varies
may have length 1.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from lichen.simulation.interventions import Loss
from lichen.simulation.windows import Look

Array: TypeAlias = NDArray[np.float64]
Steps: TypeAlias = NDArray[np.intp]

NOTHING_BORNE = 1e9
"""The balance of a party that received something and bore nothing (`language.md`, reciprocity and balance)."""


def steps_of(days: Array, step_days: float, most: int) -> Steps:
    """Times in whole steps, half upwards, within 0 and `most`; not a number counts as 0."""
    steps = np.floor(np.nan_to_num(days, nan=0.0, posinf=most * step_days) / step_days + 0.5)
    return np.clip(steps, 0, most).astype(np.intp)


@final
class Transit:
    """What of a flow is on its way: given now, due a number of steps later. What is on its way keeps its date."""

    def __init__(self, rate: Array, lag: Array, out: Array, step_days: float, steps: int, *, varies: bool) -> None:
        self.rate, self.lag, self.out = rate, lag, out
        self.step_days, self.steps, self.varies = step_days, steps, varies
        self.under_way = False
        self.follows = False
        """Whether it takes on what another transit delivers, which is late already where the flow is."""
        self.begin(empty=True)

    def begin(self, *, empty: bool) -> None:
        """Before the start every flow ran at its first rate, which is now in `rate`; or nothing was on its way."""
        self.late: dict[int, tuple[Steps, deque[Array]]] = {}
        self.step = 0
        self.steps_now = steps_of(self.lag, self.step_days, self.steps + 1)
        self.slots = np.zeros((int(self.steps_now.max()) + 1, *self.out.shape))
        if not empty:
            for ahead in range(len(self.slots) - 1):
                np.copyto(self.slots[ahead], np.where(self.steps_now > ahead, self.rate, 0.0))

    def __call__(self) -> None:
        """Sends what is given and fills `out` with what falls due; before the run has begun, with what is given."""
        if not self.under_way:
            np.copyto(self.out, self.rate)
            return
        if self.varies:
            self.steps_now = steps_of(self.lag, self.step_days, self.steps + 1)
        if len(self.slots) == 1 and not self.varies:
            np.copyto(self.out, self.rate)
        else:
            self._pass_on()
        self._hold_back()
        self.step += 1

    def owe(self) -> None:
        """Of a promise that rests on what falls due: sends it once its step is over, and shows what falls due next.

        What is promised and settled in one step is not sent.
        """
        self.steps_now = steps_of(self.lag, self.step_days, self.steps + 1)
        self._send(np.where(self.steps_now > 0, self.rate, 0.0))
        self.step += 1
        self.show()
        self._hold_back()

    def show(self) -> None:
        """Fills `out` with what falls due now."""
        now = self._slot(0)
        np.copyto(self.out, now)
        now[...] = 0.0

    def _hold_back(self) -> None:
        """What is late in a lane falls due later."""
        for lane, (since, held) in self.late.items():
            row = self.out[lane]
            held.append(np.where(self.step >= since, row, 0.0))
            np.copyto(row, np.where(self.step >= since, 0.0, row) + held.popleft())

    def delay(self, lane: int, steps: int) -> None:
        """What is given in a lane from now on arrives later."""
        if self.follows:
            return
        lag = self.steps_now[lane if len(self.steps_now) > 1 else 0]
        self.late[lane] = (self.step + lag, deque(np.zeros(self.out.shape[1:]) for _ in range(steps)))

    def _pass_on(self) -> None:
        if self.steps_now.size == 1 and not self.varies:
            np.copyto(self._slot(int(self.steps_now.flat[0])), self.rate)
        else:
            self._send(self.rate)
        self.show()

    def _send(self, amount: Array) -> None:
        """Each future in its own time."""
        lag = np.broadcast_to(self.steps_now, self.out.shape)
        self._slot(int(lag.max()))
        places = (self.step + lag) % len(self.slots)
        everywhere = np.ogrid[tuple(slice(size) for size in self.out.shape)]
        self.slots[(places, *everywhere)] += amount

    def _slot(self, ahead: int) -> Array:
        """What falls due so many steps from now; room is made as needed."""
        if ahead >= len(self.slots):
            order = (self.step + np.arange(len(self.slots))) % len(self.slots)
            grown = np.zeros((ahead + 1, *self.out.shape))
            grown[(self.step + np.arange(len(order))) % len(grown)] = self.slots[order]
            self.slots = grown
        slot: Array = self.slots[(self.step + ahead) % len(self.slots)]
        return slot


@final
class Delay:
    """`delay(x, t)`: x as it was, from x(0) on; at least one step ago."""

    def __init__(self, past: Array, now: Array, over: Array, step_days: float, steps: int, *, varies: bool) -> None:
        self.past, self.now, self.over = past, now, over
        self.step_days, self.steps, self.varies = step_days, steps, varies
        self.kept = np.zeros((1, *past.shape))
        self.step = 0

    def begin(self) -> None:
        """All of the past is what it is now."""
        lag = self._lag()
        size = self.steps + 2 if self.varies else int(lag.max()) + 1
        self.kept = np.broadcast_to(self.now, (size, *self.past.shape)).copy()
        self.step = 0
        np.copyto(self.past, self.now)

    def keep(self) -> None:
        """Keeps this step's value."""
        self.kept[self.step % len(self.kept)] = self.now

    def show(self) -> None:
        """Shows what the next step reads."""
        self.step += 1
        lag = self._lag()
        if lag.size == 1:
            np.copyto(self.past, self.kept[(self.step - int(lag.flat[0])) % len(self.kept)])
            return
        places = (self.step - np.broadcast_to(lag, self.past.shape)) % len(self.kept)
        everywhere = np.ogrid[tuple(slice(size) for size in self.past.shape)]
        np.copyto(self.past, self.kept[(places, *everywhere)])

    def _lag(self) -> Steps:
        lag = np.maximum(steps_of(self.over, self.step_days, self.steps + 1), 1)
        return lag if lag.size == 1 else lag.reshape(lag.shape + (1,) * (self.past.ndim - lag.ndim))


@final
class Smoothing:
    """`smooth(x, t)`: first order, from x(0) on."""

    def __init__(self, past: Array, now: Array, over: Array, step_days: float) -> None:
        self.past, self.now, self.over, self.step_days = past, now, over, step_days
        self.kept = np.zeros_like(past)

    def begin(self) -> None:
        """It starts at the value of now."""
        np.copyto(self.past, self.now)

    def keep(self) -> None:
        """Moves towards this step's value."""
        part = self.step_days / np.maximum(self.over, self.step_days)
        part = part.reshape(part.shape + (1,) * (self.past.ndim - part.ndim))
        self.kept[...] = self.past + part * (self.now - self.past)

    def show(self) -> None:
        """Shows what the next step reads."""
        np.copyto(self.past, self.kept)


@final
class Trailing:
    """`balance(party)`: received over borne, within the window that is looked at after each step.

    It is `pending` while the window is not full, and with nothing in it.
    """

    def __init__(self, received: Array, borne: Array, out: Array, looks: Iterable[Look]) -> None:
        self.received, self.borne, self.out, self.looks = received, borne, out, tuple(looks)
        farthest = max(now - first for now, (first, _, _) in enumerate(self.looks, 1))
        self.sums = np.zeros((farthest + 1, 2, *out.shape))
        self.pending = np.ones(out.shape, dtype=np.bool_)
        self.step = 0

    def begin(self) -> None:
        """Nothing is counted yet."""
        self.pending[...] = True
        self.sums[...] = 0.0
        self.step = 0
        self.out[...] = 1.0

    def remember(self) -> None:
        """Counts this step and shows what the next step reads."""
        size = len(self.sums)
        before, after = self.sums[self.step % size], self.sums[(self.step + 1) % size]
        np.add(before[0], self.received, out=after[0])
        np.add(before[1], self.borne, out=after[1])
        self.step += 1
        first, behind, full = self.looks[self.step - 1]
        gained, given = self.sums[behind % size] - self.sums[first % size]
        np.copyto(self.out, ratio(gained, given))
        np.copyto(self.pending, (gained == 0) & (given == 0) if full else True)


def ratio(received: Array, borne: Array) -> Array:
    """Received per borne; 1 when there is neither, very large when nothing is borne."""
    with np.errstate(divide="ignore", invalid="ignore"):
        plain: Array = received / borne
    nothing = borne == 0
    return np.where(nothing, np.where(received == 0, 1.0, NOTHING_BORNE), plain) if nothing.any() else plain


@final
class Fallback:
    """A flow's mean rate in the year before its end was announced, from when its replacement is there."""

    def __init__(self, rate: Array, lag: Array, after: Array, lost: Array, losses: Sequence[Loss], year: int) -> None:
        self.rate, self.lag, self.after, self.lost = rate, lag, after, lost
        self.losses, self.year = losses, max(1, year)
        self.sums: dict[int, Array] = {}
        self.ready: dict[int, Steps] = {}

    def begin(self) -> None:
        """The first rate stands for what is announced at the start."""
        self.lost[...] = 0.0
        self.ready = {}
        self.sums = {
            loss.lane: np.zeros(self.lost.shape[1:]) if loss.announced else _row(self.rate, self.lost, loss.lane).copy()
            for loss in self.losses
        }

    def open(self, step: int, step_days: float, steps: int) -> None:
        """Before a step: which replacements have come."""
        for loss in self.losses:
            lane = loss.lane
            if step == loss.announced:
                after = steps_of(_row(self.after, self.lost, lane), step_days, 2 * steps)
                self.ready[lane] = step + after
            if step == loss.ended:
                lag = steps_of(_row(self.lag, self.lost, lane), step_days, 2 * steps)
                self.ready[lane] = np.maximum(self.ready[lane], step + lag)
            if step >= loss.ended:
                mean = self.sums[lane] / max(1, min(self.year, loss.announced))
                np.copyto(self.lost[lane], np.where(self.ready[lane] <= step, mean, 0.0))

    def close(self, step: int) -> None:
        """After a step: what was given counts towards the mean before the announcement."""
        for loss in self.losses:
            if loss.announced - self.year <= step < loss.announced:
                self.sums[loss.lane] += _row(self.rate, self.lost, loss.lane)


def _row(values: Array, like: Array, lane: int) -> Array:
    """One lane of a register, as wide as a row of another."""
    row = values[lane if len(values) > 1 else 0]
    return np.broadcast_to(row.reshape(row.shape + (1,) * (like.ndim - 1 - row.ndim)), like.shape[1:])
