"""What the fast engine keeps of a run while it runs: the figures of `reducing` and `recording`, future by future.

Places in the arena: traces `[series, figure, lane, future]`, sums `[sum, whole or first half, lane, future]`, clipped
shares `[flow, future]`, balances `[party, figure, future]`. The figures and their order stand in `instructions`.
"""

from __future__ import annotations

import numpy as np

from lichen.simulation.fast.groups import Kept
from lichen.simulation.fast.instructions import (
    AFTER,
    ALL_BEFORE,
    END,
    FIFTH_START,
    FIFTHS,
    FIGURES,
    LEAST_SEEN,
    START,
    STEPS_ABOVE,
    TOTAL,
    YEAR_START,
    YEARLY,
)
from lichen.simulation.fast.machine import Array, Row, Table, Whole, compiled, least_of
from lichen.simulation.fast.members import add, copy
from lichen.simulation.fast.memories import count, weigh


@compiled
def begin_traces(arena: Array, traces: int, series: int, width: int) -> None:
    """Nothing is seen yet."""
    for k in range(series):
        start = traces + k * FIGURES * width
        arena[start : start + FIGURES * width] = 0.0
        for figure in (LEAST_SEEN, AFTER, YEARLY):
            arena[start + figure * width : start + (figure + 1) * width] = np.inf
        arena[start + FIFTHS * width : start + FIGURES * width] = np.nan


@compiled
def record(
    arena: Array, traces: int, rows: Table, begins: Whole, ends: Whole, samples: int, geometry: Row, step: int
) -> None:
    """One sample of every series; `begins` is when each lane's experiment begins, `ends` where the fifths do."""
    lanes, futures = geometry.lanes, geometry.futures
    width = lanes * futures
    for k in range(rows.size):
        start, value = traces + k * FIGURES * width, rows[k].value
        for lane in range(lanes):
            if step and begins[lane] == step:
                at = start + lane * futures
                arena[at + AFTER * width : at + AFTER * width + futures] = np.inf
                total = arena[at + TOTAL * width : at + TOTAL * width + futures]
                copy(arena[at + ALL_BEFORE * width : at + ALL_BEFORE * width + futures], total)
        if rows[k].lane == futures:
            add_sample(arena, arena[value : value + width], start, width, step, samples)
        else:
            for lane in range(lanes):
                now = arena[value + lane * rows[k].lane : value + lane * rows[k].lane + futures]
                add_sample(arena, now, start + lane * futures, width, step, samples)
        close_windows(arena, start, width, ends, min(geometry.year, samples), step + 1)


@compiled
def add_sample(arena: Array, now: Array, at: int, width: int, step: int, samples: int) -> None:
    """One sample of a series, in one lane or in all."""
    length = now.size
    if step == 0:
        copy(arena[at + START * width : at + START * width + length], now)
    if step == samples - 1:
        copy(arena[at + END * width : at + END * width + length], now)
    least = arena[at + LEAST_SEEN * width : at + LEAST_SEEN * width + length]
    above = arena[at + STEPS_ABOVE * width : at + STEPS_ABOVE * width + length]
    add(arena[at + TOTAL * width : at + TOTAL * width + length], now)
    lower(least, now)
    lower(arena[at + AFTER * width : at + AFTER * width + length], now)
    for i in range(length):
        above[i] += 1.0 if least[i] >= 0.0 else 0.0


@compiled
def lower(least: Array, now: Array) -> None:
    """The least so far."""
    for i in range(least.size):
        least[i] = least_of(least[i], now[i])


@compiled
def close_windows(arena: Array, start: int, width: int, ends: Whole, year: int, count: int) -> None:
    """The means of a fifth of the horizon and of a year that end with this sample."""
    total = arena[start + TOTAL * width : start + (TOTAL + 1) * width]
    first = -1
    for fifth in range(ends.size):
        if ends[fifth] == count:
            first = fifth if first < 0 else first
            length = count - (ends[first - 1] if first else 0)
            before = start + FIFTH_START * width
            mean = start + (FIFTHS + fifth) * width
            for i in range(width):
                arena[mean + i] = (total[i] - arena[before + i]) / length
    if first >= 0:
        copy(arena[start + FIFTH_START * width : start + (FIFTH_START + 1) * width], total)
    if count % year == 0:
        before, worst = start + YEAR_START * width, start + YEARLY * width
        for i in range(width):
            arena[worst + i] = least_of(arena[worst + i], (total[i] - arena[before + i]) / year)
            arena[before + i] = total[i]


@compiled
def add_sums(arena: Array, sums: int, rows: Table, geometry: Row, step: int) -> None:
    """What passes in this step on top of what has passed."""
    lanes, futures = geometry.lanes, geometry.futures
    width = lanes * futures
    for k in range(rows.size):
        start = sums + 2 * k * width
        if step == geometry.steps // 2:
            copy(arena[start + width : start + 2 * width], arena[start : start + width])
        if rows[k].lane == futures:
            add(arena[start : start + width], arena[rows[k].value : rows[k].value + width])
            continue
        for lane in range(lanes):
            value, whole = rows[k].value + lane * rows[k].lane, start + lane * futures
            add(arena[whole : whole + futures], arena[value : value + futures])


@compiled
def count_clipped(arena: Array, rows: Table, geometry: Row) -> None:
    """Where a flow's formula gives less than nothing, in the first lane; of members, which share."""
    futures = geometry.futures
    for k in range(rows.size):
        row, share = rows[k], 1.0 / rows[k].members
        out = arena[row.out : row.out + futures]
        for member in range(row.members):
            value = row.value + member * row.member
            count_below(out, arena[value : value + futures], share)


@compiled
def count_below(out: Array, now: Array, share: float) -> None:
    """Counts what is less than nothing."""
    for i in range(out.size):
        out[i] += share if now[i] < 0.0 else 0.0


@compiled
def add_falls(arena: Array, falls: Array, rows: Table, lanes: Whole, geometry: Row, step: int) -> None:
    """How far lanes lie below another one: sums over futures `[figure, sample, party, lane]`.

    The figures: what is missing, its square, and, in the first lane only, the room.
    """
    for party in range(rows.size if lanes.size else 0):
        row = rows[party]
        room = row.value + geometry.against * row.lane
        for i in range(geometry.valid):
            falls[2, step, party, 0] += arena[room + i]
        for k in range(lanes.size):
            shocked = row.value + lanes[k] * row.lane
            missing, squares = 0.0, 0.0
            for i in range(geometry.valid):
                less = arena[room + i] - arena[shocked + i]
                missing += less
                squares += less * less
            falls[0, step, party, k] += missing
            falls[1, step, party, k] += squares


@compiled
def note_fallen(arena: Array, rows: Table, geometry: Row) -> None:
    """Which members have been below their floor by now."""
    lanes, futures = geometry.lanes, geometry.futures
    for k in range(rows.size):
        for member in range(rows[k].members):
            for lane in range(lanes):
                value = rows[k].value + member * rows[k].member + lane * rows[k].lane
                out = rows[k].out + (member * lanes + lane) * futures
                for i in range(futures):
                    if arena[value + i] < 0.0:
                        arena[out + i] = 1.0


@compiled
def keep_courses(arena: Array, courses: Array, rows: Table, geometry: Row, step: int) -> None:
    """Whole courses `[series, time, future]` of the first futures."""
    kept = min(courses.shape[2] - geometry.first, geometry.valid)
    for k in range(rows.size):
        value = rows[k].value
        copy(courses[k, step, geometry.first : geometry.first + kept], arena[value : value + kept])


@compiled
def begin_balance(arena: Array, rings: Array, row: Row, futures: int) -> None:
    """Nothing is counted yet."""
    rings[row.sums : row.sums + 2 * futures] = 0.0
    arena[row.out : row.out + FIGURES * futures] = 0.0
    arena[row.out + LEAST_SEEN * futures : row.out + (LEAST_SEEN + 1) * futures] = np.inf


@compiled
def balance(arena: Array, rings: Array, row: Row, look: Whole, spans: Whole, futures: int, step: int) -> None:
    """A party's balance over the window that ends with this step, if one does.

    `look` is its first step, its end, and which of the full windows it is, or -1; `spans` are the first and last of the
    windows of each fifth.
    """
    count(rings, row.sums, futures, row.size, step, arena[row.received : row.received + futures])
    count(rings, row.sums + futures, futures, row.size, step, arena[row.borne : row.borne + futures])
    turn = look[2]
    if turn >= 0:
        now = arena[row.out + END * futures : row.out + (END + 1) * futures]
        weigh(rings, row.sums, row.size, look, now)
        if turn == 0:
            copy(arena[row.out + START * futures : row.out + (START + 1) * futures], now)
        add(arena[row.out + TOTAL * futures : row.out + (TOTAL + 1) * futures], now)
        lower(arena[row.out + LEAST_SEEN * futures : row.out + (LEAST_SEEN + 1) * futures], now)
        for fifth in range(spans.shape[0]):
            if spans[fifth, 0] <= turn < spans[fifth, 1]:
                at = row.out + (FIFTHS + fifth) * futures
                add(arena[at : at + futures], now)


@compiled
def begin_record(arena: Array, rings: Array, kept: Kept, geometry: Row) -> None:
    """Nothing is seen yet."""
    width = geometry.lanes * geometry.futures
    begin_traces(arena, geometry.levels, kept.levels.size, width)
    begin_traces(arena, geometry.measures, kept.measures.size, width)
    arena[geometry.sums : geometry.sums + 2 * kept.sums.size * width] = 0.0
    arena[geometry.clipped : geometry.clipped + kept.clipped.size * geometry.futures] = 0.0
    for k in range(kept.struck.size):
        arena[kept.struck[k].out : kept.struck[k].out + kept.struck[k].members * width] = 0.0
    for k in range(kept.balances.size):
        begin_balance(arena, rings, kept.balances[k], geometry.futures)


@compiled
def record_levels(arena: Array, kept: Kept, geometry: Row, step: int) -> None:
    """Levels and headrooms are known."""
    samples = geometry.steps + 1
    record(arena, geometry.levels, kept.levels, kept.begins, kept.level_ends, samples, geometry, step)
    add_falls(arena, kept.falls, kept.rooms, kept.fallen, geometry, step)
    note_fallen(arena, kept.struck, geometry)
    if geometry.first < kept.paths.shape[2]:
        keep_courses(arena, kept.paths, kept.courses, geometry, step)


@compiled
def record_flows(arena: Array, rings: Array, kept: Kept, geometry: Row, step: int) -> None:
    """What passes in this step is known."""
    samples = geometry.steps
    record(arena, geometry.measures, kept.measures, kept.begins, kept.measure_ends, samples, geometry, step)
    count_clipped(arena, kept.clipped, geometry)
    add_sums(arena, geometry.sums, kept.sums, geometry, step)
    for k in range(kept.balances.size):
        balance(arena, rings, kept.balances[k], kept.looks[k, step], kept.spans[k], geometry.futures, step)
