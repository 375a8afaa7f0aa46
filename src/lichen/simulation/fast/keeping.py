"""What the fast engine keeps of a run while it runs: the figures of `reducing` and `recording`, future by future.

Places in the arena: traces `[series, figure, lane, future]`, sums `[sum, whole or first half, lane, future]`, clipped
shares `[flow, future]`, balances `[party, figure, future]`. The figures and their order stand in `instructions`.
"""

from __future__ import annotations

import numpy as np

from lichen.simulation.fast.groups import Array, Kept, Row, Table, Whole
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
from lichen.simulation.fast.machine import compiled, least_of, spliced, stretch
from lichen.simulation.fast.members import add, copy, fill
from lichen.simulation.fast.memories import count, weigh


@compiled
def begin_traces(arena: Array, traces: int, series: int, width: int) -> None:
    """Nothing is seen yet."""
    for k in range(series):
        start = traces + k * FIGURES * width
        fill(stretch(arena, start, FIGURES * width), 0.0)
        for figure in (LEAST_SEEN, AFTER, YEARLY):
            fill(stretch(arena, start + figure * width, width), np.inf)
        fill(stretch(arena, start + FIFTHS * width, (FIGURES - FIFTHS) * width), np.nan)


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
                fill(stretch(arena, at + AFTER * width, futures), np.inf)
                total = stretch(arena, at + TOTAL * width, futures)
                copy(stretch(arena, at + ALL_BEFORE * width, futures), total)
        if rows[k].lane == futures:
            add_sample(arena, stretch(arena, value, width), start, width, step, samples)
        else:
            for lane in range(lanes):
                now = stretch(arena, value + lane * rows[k].lane, futures)
                add_sample(arena, now, start + lane * futures, width, step, samples)
        close_windows(arena, start, width, ends, min(geometry.year, samples), step + 1)


@compiled
def add_sample(arena: Array, now: Array, at: int, width: int, step: int, samples: int) -> None:
    """One sample of a series, in one lane or in all."""
    length = now.size
    if step == 0:
        copy(stretch(arena, at + START * width, length), now)
    if step == samples - 1:
        copy(stretch(arena, at + END * width, length), now)
    total, least = stretch(arena, at + TOTAL * width, length), stretch(arena, at + LEAST_SEEN * width, length)
    after, above = stretch(arena, at + AFTER * width, length), stretch(arena, at + STEPS_ABOVE * width, length)
    for i in range(length):
        total[i] += now[i]
        least[i] = least_of(least[i], now[i])
        after[i] = least_of(after[i], now[i])
        above[i] += 1.0 if least[i] >= 0.0 else 0.0


@compiled
def lower(least: Array, now: Array) -> None:
    """The least so far."""
    for i in range(least.size):
        least[i] = least_of(least[i], now[i])


@compiled
def close_windows(arena: Array, start: int, width: int, ends: Whole, year: int, count: int) -> None:
    """The means of a fifth of the horizon and of a year that end with this sample."""
    total = stretch(arena, start + TOTAL * width, width)
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
        copy(stretch(arena, start + FIFTH_START * width, width), total)
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
            copy(stretch(arena, start + width, width), stretch(arena, start, width))
        if rows[k].lane == futures:
            add(stretch(arena, start, width), stretch(arena, rows[k].value, width))
            continue
        for lane in range(lanes):
            value, whole = rows[k].value + lane * rows[k].lane, start + lane * futures
            add(stretch(arena, whole, futures), stretch(arena, value, futures))


@compiled
def count_clipped(arena: Array, rows: Table, geometry: Row) -> None:
    """Where a flow's formula gives less than nothing, in the first lane; of members, which share."""
    futures = geometry.futures
    for k in range(rows.size):
        row, share = rows[k], 1.0 / rows[k].members
        out = stretch(arena, row.out, futures)
        for member in range(row.members):
            value = row.value + member * row.member
            count_below(out, stretch(arena, value, futures), share)


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
                room = stretch(arena, rows[k].value + member * rows[k].member + lane * rows[k].lane, futures)
                below = stretch(arena, rows[k].out + (member * lanes + lane) * futures, futures)
                for i in range(futures):
                    below[i] = 1.0 if room[i] < 0.0 else below[i]


@compiled
def keep_courses(arena: Array, courses: Array, rows: Table, geometry: Row, step: int) -> None:
    """Whole courses `[series, time, future]` of the first futures."""
    kept = min(courses.shape[2] - geometry.first, geometry.valid)
    for k in range(rows.size):
        value = rows[k].value
        copy(courses[k, step, geometry.first : geometry.first + kept], stretch(arena, value, kept))


@compiled
def begin_balance(arena: Array, rings: Array, row: Row, futures: int) -> None:
    """Nothing is counted yet."""
    fill(stretch(rings, row.sums, 2 * futures), 0.0)
    fill(stretch(arena, row.out, FIGURES * futures), 0.0)
    fill(stretch(arena, row.out + LEAST_SEEN * futures, futures), np.inf)


@compiled
def balance(arena: Array, rings: Array, row: Row, look: Whole, spans: Whole, futures: int, step: int) -> None:
    """A party's balance over the window that ends with this step, if one does.

    `look` is its first step, its end, and which of the full windows it is, or -1; `spans` are the first and last of the
    windows of each fifth.
    """
    count(rings, row.sums, futures, row.size, step, stretch(arena, row.received, futures))
    count(rings, row.sums + futures, futures, row.size, step, stretch(arena, row.borne, futures))
    turn = look[2]
    if turn >= 0:
        now = stretch(arena, row.out + END * futures, futures)
        weigh(rings, row.sums, row.size, look, now)
        if turn == 0:
            copy(stretch(arena, row.out + START * futures, futures), now)
        add(stretch(arena, row.out + TOTAL * futures, futures), now)
        lower(stretch(arena, row.out + LEAST_SEEN * futures, futures), now)
        for fifth in range(spans.shape[0]):
            if spans[fifth, 0] <= turn < spans[fifth, 1]:
                at = row.out + (FIFTHS + fifth) * futures
                add(stretch(arena, at, futures), now)


@spliced
def begin_record(arena: Array, rings: Array, kept: Kept, geometry: Row) -> None:
    """Nothing is seen yet."""
    width = geometry.lanes * geometry.futures
    begin_traces(arena, geometry.levels, kept.levels.size, width)
    begin_traces(arena, geometry.measures, kept.measures.size, width)
    fill(stretch(arena, geometry.sums, 2 * kept.sums.size * width), 0.0)
    fill(stretch(arena, geometry.clipped, kept.clipped.size * geometry.futures), 0.0)
    for k in range(kept.struck.size):
        fill(stretch(arena, kept.struck[k].out, kept.struck[k].members * width), 0.0)
    for k in range(kept.balances.size):
        begin_balance(arena, rings, kept.balances[k], geometry.futures)


@spliced
def record_levels(arena: Array, kept: Kept, geometry: Row, step: int) -> None:
    """Levels and headrooms are known."""
    samples = geometry.steps + 1
    record(arena, geometry.levels, kept.levels, kept.begins, kept.level_ends, samples, geometry, step)
    add_falls(arena, kept.falls, kept.rooms, kept.fallen, geometry, step)
    note_fallen(arena, kept.struck, geometry)
    if geometry.first < kept.paths.shape[2]:
        keep_courses(arena, kept.paths, kept.courses, geometry, step)


@spliced
def record_flows(arena: Array, rings: Array, kept: Kept, geometry: Row, step: int) -> None:
    """What passes in this step is known."""
    samples = geometry.steps
    record(arena, geometry.measures, kept.measures, kept.begins, kept.measure_ends, samples, geometry, step)
    count_clipped(arena, kept.clipped, geometry)
    add_sums(arena, geometry.sums, kept.sums, geometry, step)
    for k in range(kept.balances.size):
        balance(arena, rings, kept.balances[k], kept.looks[k, step], kept.spans[k], geometry.futures, step)
