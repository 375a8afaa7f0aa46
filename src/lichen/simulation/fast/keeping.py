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
from lichen.simulation.fast.members import copy
from lichen.simulation.fast.memories import ratio


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
        start = traces + k * FIGURES * width
        for lane in range(lanes):
            value = rows[k].value + lane * rows[k].lane
            at = start + lane * futures
            if step and begins[lane] == step:
                arena[at + AFTER * width : at + AFTER * width + futures] = np.inf
                total = arena[at + TOTAL * width : at + TOTAL * width + futures]
                copy(arena[at + ALL_BEFORE * width : at + ALL_BEFORE * width + futures], total)
            add_sample(arena, arena[value : value + futures], at, width, step, samples)
        close_windows(arena, start, width, ends, min(geometry.year, samples), step + 1)


@compiled
def add_sample(arena: Array, now: Array, at: int, width: int, step: int, samples: int) -> None:
    """One sample of a series in one lane."""
    futures = now.size
    if step == 0:
        copy(arena[at + START * width : at + START * width + futures], now)
    if step == samples - 1:
        copy(arena[at + END * width : at + END * width + futures], now)
    total = arena[at + TOTAL * width : at + TOTAL * width + futures]
    least = arena[at + LEAST_SEEN * width : at + LEAST_SEEN * width + futures]
    after = arena[at + AFTER * width : at + AFTER * width + futures]
    above = arena[at + STEPS_ABOVE * width : at + STEPS_ABOVE * width + futures]
    for i in range(futures):
        value = now[i]
        total[i] += value
        lowest = least_of(least[i], value)
        least[i] = lowest
        after[i] = least_of(after[i], value)
        above[i] += 1.0 if lowest >= 0.0 else 0.0


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
        for lane in range(lanes):
            value, whole = rows[k].value + lane * rows[k].lane, start + lane * futures
            out, now = arena[whole : whole + futures], arena[value : value + futures]
            for i in range(futures):
                out[i] += now[i]


@compiled
def count_clipped(arena: Array, rows: Table, geometry: Row) -> None:
    """Where a flow's formula gives less than nothing, in the first lane; of members, which share."""
    for k in range(rows.size):
        row = rows[k]
        for i in range(geometry.futures):
            below = 0.0
            for member in range(row.members):
                below += arena[row.value + member * row.member + i] < 0.0
            arena[row.out + i] += below / row.members


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
def balance(arena: Array, rings: Array, row: Row, spans: Whole, futures: int, step: int) -> None:
    """A party's balance over a window that is full; `spans` are the first and last of the windows of each fifth."""
    size = row.window + 1
    before, after = row.sums + step % size * 2 * futures, row.sums + (step + 1) % size * 2 * futures
    oldest = row.sums + (step + 1 - row.window) % size * 2 * futures
    turn = step + 1 - row.window
    for i in range(futures):
        rings[after + i] = rings[before + i] + arena[row.received + i]
        rings[after + futures + i] = rings[before + futures + i] + arena[row.borne + i]
        if turn >= 0:
            gained = rings[after + i] - rings[oldest + i]
            value = ratio(gained, rings[after + futures + i] - rings[oldest + futures + i])
            at = row.out + i
            if turn == 0:
                arena[at + START * futures] = value
            arena[at + END * futures] = value
            arena[at + TOTAL * futures] += value
            arena[at + LEAST_SEEN * futures] = least_of(arena[at + LEAST_SEEN * futures], value)
            for fifth in range(spans.shape[0]):
                if spans[fifth, 0] <= turn < spans[fifth, 1]:
                    arena[at + (FIFTHS + fifth) * futures] += value


@compiled
def begin_record(arena: Array, rings: Array, kept: Kept, geometry: Row) -> None:
    """Nothing is seen yet."""
    width = geometry.lanes * geometry.futures
    begin_traces(arena, geometry.levels, kept.levels.size, width)
    begin_traces(arena, geometry.measures, kept.measures.size, width)
    arena[geometry.sums : geometry.sums + 2 * kept.sums.size * width] = 0.0
    arena[geometry.clipped : geometry.clipped + kept.clipped.size * geometry.futures] = 0.0
    for k in range(kept.balances.size):
        begin_balance(arena, rings, kept.balances[k], geometry.futures)


@compiled
def record_levels(arena: Array, kept: Kept, geometry: Row, step: int) -> None:
    """Levels and headrooms are known."""
    samples = geometry.steps + 1
    record(arena, geometry.levels, kept.levels, kept.begins, kept.level_ends, samples, geometry, step)
    add_falls(arena, kept.falls, kept.rooms, kept.fallen, geometry, step)
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
        balance(arena, rings, kept.balances[k], kept.spans[k], geometry.futures, step)
