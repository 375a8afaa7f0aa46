"""Series reduced while they run to what a check asks.

Stacks hold many registers in one array `[series, lane, future]`, so that one operation a step serves them all; results
are `[series, lane, run]`. Not-a-numbers and infinities stay in every figure they touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from lichen.relationship.relationship import Time
from lichen.simulation.futures import Fall, Trace
from lichen.simulation.tape import Register

Array: TypeAlias = NDArray[np.float64]
FIFTHS = 5
MISSED = 0.05
"""What of a range must be missing for a fall not to have healed."""
LEAST_ROOM = 0.25
"""Shares of a smaller room would blow noise up."""


def ends_of_fifths(samples: int) -> list[int]:
    """How many samples lie before the end of each fifth of them."""
    return [max(1, round(samples * (fifth + 1) / FIFTHS)) for fifth in range(FIFTHS)]


@final
class Stack:
    """The present values of some registers `[series, lane, future]`; those that can be are computed right here."""

    def __init__(self, registers: Iterable[Register], lanes: int, futures: int) -> None:
        self.registers = tuple({r.index: r for r in registers}.values())
        self.rows = {register.index: row for row, register in enumerate(self.registers)}
        self.now = np.zeros((len(self.registers), lanes, futures))
        self.copied: list[tuple[Array, Array]] = []

    def place(self, register: Register) -> Array | None:
        """The row of a register that varies by lane and future, None for any other."""
        if register.index in self.rows and register.lane and register.future and register.axis is None:
            row: Array = self.now[self.rows[register.index]]
            return row
        return None

    def begin(self, values: Mapping[int, Array]) -> None:
        """Finds out which rows must be copied at each step."""
        self.copied = [
            (self.now[row], values[index])
            for index, row in self.rows.items()
            if not np.shares_memory(self.now[row], values[index])
        ]

    def update(self) -> Array:
        """The present values."""
        for row, source in self.copied:
            np.copyto(row, source)
        return self.now


@final
class TraceResults:
    """Traces of all series, lanes and runs `[series, lane, run]`."""

    def __init__(self, registers: Sequence[Register], lanes: int, runs: int) -> None:
        self.rows = {register.index: row for row, register in enumerate(registers)}
        shape = (len(registers), lanes, runs)
        self.start, self.end, self.mean, self.least = (np.empty(shape) for _ in range(4))
        self.least_after, self.sum_after, self.below_zero_at, self.yearly_least = (np.empty(shape) for _ in range(4))
        self.fifths = np.empty((FIFTHS, *shape))

    def trace(self, register: Register, lane: int) -> Trace:
        """One series in one lane."""
        place = (self.rows[register.index], lane)
        return Trace(
            start=self.start[place],
            end=self.end[place],
            mean=self.mean[place],
            least=self.least[place],
            fifths=self.fifths[:, place[0], lane].T,
            least_after=self.least_after[place],
            sum_after=self.sum_after[place],
            below_zero_at=self.below_zero_at[place],
            yearly_least=self.yearly_least[place],
        )


@final
class Traces:
    """Reduces a stack of series to a chunk of `TraceResults`; `begins` is the first step of each lane's experiment."""

    def __init__(
        self, stack: Stack, results: TraceResults, *, samples: int, begins: Sequence[int], step_days: float, year: int
    ) -> None:
        self.stack, self.results, self.samples, self.step_days = stack, results, samples, step_days
        self.year = min(year, samples)
        self.begins: dict[int, list[int]] = {}
        for lane, step in enumerate(begins):
            self.begins.setdefault(step, []).append(lane)
        self.ends = ends_of_fifths(samples)
        shape = stack.now.shape
        self.sum, self.least, self.before, self.year_start, self.fifth_start = (np.empty(shape) for _ in range(5))
        self.is_above, self.stayed_above = (np.empty(shape, dtype=np.bool_) for _ in range(2))
        self.steps_above = np.empty(shape, dtype=np.int32)

    def begin(self, futures: range, values: Mapping[int, Array]) -> None:
        """Nothing is seen yet."""
        self.part = slice(futures.start, futures.stop)
        self.stack.begin(values)
        for sums in (self.sum, self.before, self.year_start, self.fifth_start, self.steps_above):
            sums[...] = 0
        self.least[...] = np.inf
        self.stayed_above[...] = True
        self.results.least[:, :, self.part] = self.results.yearly_least[:, :, self.part] = np.inf
        self.results.fifths[:, :, :, self.part] = np.nan

    def record(self, step: int) -> None:
        """One sample; the least of a lane begins anew with its experiment."""
        now, results = self.stack.update(), self.results
        for first, figure in ((0, results.start), (self.samples - 1, results.end)):
            if step == first:
                figure[:, :, self.part] = now
        if step and step in self.begins:
            lanes = self.begins[step]
            results.least[:, lanes, self.part] = self.least[:, lanes]
            self.least[:, lanes] = np.inf
            self.before[:, lanes] = self.sum[:, lanes]
        np.add(self.sum, now, out=self.sum)
        np.minimum(self.least, now, out=self.least)
        np.greater_equal(now, 0, out=self.is_above)
        np.logical_and(self.stayed_above, self.is_above, out=self.stayed_above)
        np.add(self.steps_above, self.stayed_above, out=self.steps_above)
        self._close_windows(step + 1)

    def _close_windows(self, count: int) -> None:
        if count in self.ends:
            fifth = self.ends.index(count)
            length = count - (self.ends[fifth - 1] if fifth else 0)
            for same, end in enumerate(self.ends):
                if end == count:
                    self.results.fifths[same, :, :, self.part] = (self.sum - self.fifth_start) / length
            self.fifth_start[...] = self.sum
        if count % self.year == 0:
            worst = self.results.yearly_least[:, :, self.part]
            np.minimum(worst, (self.sum - self.year_start) / self.year, out=worst)
            self.year_start[...] = self.sum

    def end(self) -> None:
        """Writes the chunk's results."""
        results, part = self.results, self.part
        results.mean[:, :, part] = self.sum / self.samples
        results.least_after[:, :, part] = self.least
        np.minimum(results.least[:, :, part], self.least, out=results.least[:, :, part])
        results.sum_after[:, :, part] = (self.sum - self.before) * self.step_days
        reached = self.steps_above < self.samples
        results.below_zero_at[:, :, part] = np.where(reached, self.steps_above * self.step_days, np.inf)


@final
class Falls:
    """How far, and how long, lanes lie below another lane: the mean over futures of headrooms of shocks against `base`.

    Sums over the futures that were recorded: `[sample, party, lane]` of what is missing and of its square,
    `[sample, party]` of the room.
    """

    def __init__(self, rows: Sequence[int], lanes: Sequence[int], against: int, samples: int) -> None:
        self.rows, self.against = list(rows), against
        self.places = {lane: place for place, lane in enumerate(lanes)}
        self.struck = np.ix_(self.rows, list(lanes))
        self.missing = np.zeros((samples, len(self.rows), len(lanes)))
        self.squares = np.zeros_like(self.missing)
        self.room = np.zeros((samples, len(self.rows), 1))
        self.futures = 0

    def record(self, step: int, now: Array) -> None:
        """One sample of the stack that holds the headrooms; before the shock nothing differs."""
        if not self.places or not self.rows:
            return
        self.futures += now.shape[-1] if step == 0 else 0
        room = now[self.rows, self.against, None]
        missing = room - now[self.struck]
        self.missing[step] += missing.sum(axis=-1)
        self.squares[step] += np.square(missing).sum(axis=-1)
        self.room[step] += room.sum(axis=-1)

    def add(self, sums: Array, futures: int) -> None:
        """The sums of some futures `[figure, sample, party, lane]`: what is missing, its square, and once the room."""
        self.futures += futures
        if self.places:
            self.missing += sums[0]
            self.squares += sums[1]
            self.room += sums[2, ..., :1]

    def of(self, row: int, lane: int, step_days: float) -> Fall:
        """The fall of one party in one lane."""
        place, runs = self.places[lane], self.futures
        missing = self.missing[:, row, place] / runs
        room = np.maximum(self.room[:, row, 0] / runs, LEAST_ROOM)
        deepest = int(np.argmax(missing / room))
        mean = float(missing[deepest])
        spread = max(0.0, float(self.squares[deepest, row, place]) / runs - mean * mean)
        return Fall(
            share=float(np.clip(missing[deepest] / room[deepest], 0.0, 1.0)),
            error=float(np.sqrt(spread / max(1, runs - 1)) / room[deepest]),
            days=float(np.count_nonzero(missing > MISSED)) * step_days,
        )


@final
class Fallen:
    """How many members of each group fall below their floor at any time in a lane in which one member is struck, and do
    not in another lane; the struck one is not counted.

    `rooms`: by group, the room of its members in each capacity that they need `[lane, future, member]`; `struck`: by
    lane the group and the place of the member; `against`: the lane of comparison.
    """

    def __init__(
        self,
        rooms: Mapping[str, Sequence[Register]],
        struck: Mapping[int, tuple[str, int]],
        against: int | None,
        runs: int,
    ) -> None:
        self.rooms = rooms if struck and against is not None else {}
        self.struck, self.against = struck, against or 0
        self.counts = {lane: {group: np.zeros(runs) for group in self.rooms} for lane in struck}

    def begin(self, values: Mapping[int, Array]) -> None:
        """Nobody has fallen yet."""
        self.now = {group: [values[register.index] for register in own] for group, own in self.rooms.items()}
        self.below: dict[str, NDArray[np.bool_]] = {
            group: np.zeros(np.broadcast_shapes(*(room.shape for room in own)), dtype=np.bool_)
            for group, own in self.now.items()
        }

    def record(self) -> None:
        """One sample."""
        for group, below in self.below.items():
            for room in self.now[group]:
                np.logical_or(below, room < 0, out=below)

    def end(self, part: slice) -> None:
        """Counts who fell in the chunk."""
        for group, below in self.below.items():
            self.count(group, below, part)

    def count(self, group: str, below: NDArray[np.bool_], part: slice) -> None:
        """Who of a group was below the floor at any time `[lane, future, member]`, in some futures."""
        lanes = np.broadcast_to(below, (max(len(below), self.against + 1), *below.shape[1:]))
        for lane, (own, member) in self.struck.items():
            fallen = lanes[min(lane, len(lanes) - 1)] & ~lanes[self.against]
            others = fallen.sum(axis=-1) - (fallen[..., member] if own == group else 0)
            self.counts[lane][group][part] = others

    def of(self, lane: int) -> Mapping[str, float]:
        """By group, the mean count over futures; nothing in a lane in which no single member is struck."""
        return {group: float(count.mean()) for group, count in self.counts.get(lane, {}).items()}


@final
class Sums:
    """Integrals over time of a stack of rates, for all runs; with `halves` also over the second half."""

    def __init__(self, registers: Iterable[Register], lanes: int, runs: int, time: Time, *, halves: bool) -> None:
        self.registers = tuple({r.index: r for r in registers if r.number is None}.values())
        self.rows = {register.index: row for row, register in enumerate(self.registers)}
        self.whole = np.zeros((len(self.registers), lanes, runs))
        self.late = np.zeros_like(self.whole) if halves else None
        self.runs, self.time = runs, time

    def of(self, register: Register, lane: int) -> Array:
        """The integral over the horizon [run]."""
        if register.number is not None:
            return self._constant(register.number, 0)
        total: Array = self.whole[self.rows[register.index], lane]
        return total

    def late_of(self, register: Register, lane: int) -> Array:
        """The integral over the second half of the horizon [run]."""
        if register.number is not None:
            return self._constant(register.number, self.time.steps // 2)
        if self.late is None:
            raise ValueError("only the whole integral is kept")
        late: Array = self.late[self.rows[register.index], lane]
        return late

    def _constant(self, number: float, first: int) -> Array:
        """The integral of what never changes from a step on, added up step after step as all others are."""
        before = np.cumsum(np.full(self.time.steps, number), dtype=np.float64)
        passed = before[-1] - (before[first - 1] if first else 0.0)
        return np.broadcast_to(passed * self.time.step_days, (self.runs,))


@final
class SumsOfChunk:
    """Adds a stack up over one chunk and writes it to `Sums`."""

    def __init__(self, sums: Sums, lanes: int, futures: int) -> None:
        self.sums = sums
        self.stack = Stack(sums.registers, lanes, futures)
        self.whole = np.zeros_like(self.stack.now)
        self.first_half = np.zeros_like(self.stack.now) if sums.late is not None else None

    def begin(self, values: Mapping[int, Array]) -> None:
        """Nothing has passed yet."""
        self.stack.begin(values)
        self.whole[...] = 0.0

    def record(self, step: int) -> None:
        """One step."""
        if self.first_half is not None and step == self.sums.time.steps // 2:
            self.first_half[...] = self.whole
        np.add(self.whole, self.stack.update(), out=self.whole)

    def end(self, part: slice) -> None:
        """From sums over steps to integrals."""
        step = self.sums.time.step_days
        np.multiply(self.whole, step, out=self.sums.whole[:, :, part])
        if self.sums.late is not None and self.first_half is not None:
            np.multiply(self.whole - self.first_half, step, out=self.sums.late[:, :, part])
