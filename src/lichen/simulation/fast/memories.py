"""What the fast engine remembers: transits, values for a time, delays, smoothings, trailing windows, fallbacks.

The rows are those of `instructions`, the semantics those of `memories`. Numbers live in the arena, or, where there is
one for each of many steps, in `rings`; steps that differ from future to future are kept as floats.
"""

from __future__ import annotations

import numpy as np

from lichen.simulation.fast.groups import Array, Row, Table, Whole
from lichen.simulation.fast.machine import compiled, divided, most_of, stretch
from lichen.simulation.fast.members import add, copy, fill
from lichen.simulation.memories import NOTHING_BORNE


@compiled
def steps_of(days: float, step_days: float, most: int) -> float:
    """A time in whole steps, half upwards, within 0 and `most`; not a number counts as 0."""
    if days != days:
        return 0.0
    steps: float = min(max(np.floor(days / step_days + 0.5), 0.0), float(most))
    return steps


# Transits


@compiled
def measure_lags(arena: Array, row: Row, geometry: Row) -> None:
    """The lags of a transit in steps: one, or one for each member, lane and future."""
    lanes, futures = geometry.lanes, geometry.futures
    step_days, most = geometry.step_days, geometry.steps + 1
    if row.same:
        arena[row.steps] = steps_of(arena[row.lag], step_days, most)
        return
    for member in range(row.members):
        for lane in range(lanes):
            to = row.steps + (member * lanes + lane) * futures
            lag = row.lag + member * row.lag_member + lane * row.lag_lane
            for i in range(futures):
                arena[to + i] = steps_of(arena[lag + i], step_days, most)


@compiled
def begin_transit(arena: Array, rings: Array, row: Row, geometry: Row) -> None:
    """Before the start every flow ran at its first rate, which is now in `rate`; or nothing was on its way."""
    lanes, futures = geometry.lanes, geometry.futures
    measure_lags(arena, row, geometry)
    width = row.members * lanes * futures
    fill(stretch(rings, row.ring, row.size * width), 0.0)
    if row.empty:
        return
    for member in range(row.members):
        for lane in range(lanes):
            at = (member * lanes + lane) * futures
            rate = row.rate + member * row.rate_member + lane * row.rate_lane
            for i in range(futures):
                lag = int(arena[row.steps if row.same else row.steps + at + i])
                for ahead in range(lag):
                    rings[row.ring + ahead * width + at + i] = arena[rate + i]


@compiled
def send(arena: Array, rings: Array, row: Row, geometry: Row, step: int) -> None:
    """Sends what is given and gives what falls due; before the run has begun (step -1), what is given."""
    under_way = step >= 0
    if under_way and row.varies:
        measure_lags(arena, row, geometry)
    at_once = not under_way or (row.size == 1 and not row.varies)
    lanes, futures = geometry.lanes, geometry.futures
    width = row.members * lanes * futures
    if row.rate_lane == futures:
        lanes, futures = 1, lanes * futures
    due = row.ring + step % row.size * width
    for member in range(row.members):
        for lane in range(lanes):
            at = (member * lanes + lane) * futures
            rate = row.rate + member * row.rate_member + lane * row.rate_lane
            out, given = stretch(arena, row.out + at, futures), stretch(arena, rate, futures)
            if at_once:
                copy(out, given)
                continue
            if row.same:
                to = row.ring + (step + int(arena[row.steps])) % row.size * width + at
                add(stretch(rings, to, futures), given)
            else:
                steps = row.steps + at
                for i in range(futures):
                    to = row.ring + (step + int(arena[steps + i])) % row.size * width + at + i
                    rings[to] += given[i]
            take(out, stretch(rings, due + at, futures))


@compiled
def take(out: Array, due: Array) -> None:
    """What falls due, of which nothing is left."""
    for i in range(out.size):
        out[i] = due[i]
        due[i] = 0.0


@compiled
def owe(arena: Array, rings: Array, row: Row, geometry: Row, step: int) -> None:
    """Of a promise that rests on what falls due: sends it once its step is over, and shows what falls due next.

    What is promised and settled in one step is not sent.
    """
    lanes, futures = geometry.lanes, geometry.futures
    width = row.members * lanes * futures
    measure_lags(arena, row, geometry)
    for member in range(row.members):
        for lane in range(lanes):
            at = (member * lanes + lane) * futures
            rate = row.rate + member * row.rate_member + lane * row.rate_lane
            for i in range(futures):
                lag = int(arena[row.steps if row.same else row.steps + at + i])
                if lag > 0:
                    rings[row.ring + (step + lag) % row.size * width + at + i] += arena[rate + i]
    show_due(arena, rings, row, geometry, step + 1)


@compiled
def show_due(arena: Array, rings: Array, row: Row, geometry: Row, step: int) -> None:
    """What falls due at a step."""
    width = row.members * geometry.lanes * geometry.futures
    due = row.ring + step % row.size * width
    take(stretch(arena, row.out, width), stretch(rings, due, width))


@compiled
def hold(arena: Array, rings: Array, row: Row, late: Row, geometry: Row, step: int) -> None:
    """In one lane what is given since a step arrives later than the rest."""
    if not late.steps:
        return
    lanes, futures = geometry.lanes, geometry.futures
    slot = late.ring + (step - late.begun) % late.steps * row.members * futures
    for member in range(row.members):
        out = row.out + (member * lanes + late.lane) * futures
        since, held = late.since + member * futures, slot + member * futures
        for i in range(futures):
            arrived, before = arena[out + i], rings[held + i]
            is_late = step >= arena[since + i]
            rings[held + i] = arrived if is_late else 0.0
            arena[out + i] = (0.0 if is_late else arrived) + before


@compiled
def make_late(arena: Array, rings: Array, row: Row, late: Row, geometry: Row, step: int) -> None:
    """From now on what is given in a lane is late."""
    lanes, futures = geometry.lanes, geometry.futures
    late.begun = step
    fill(stretch(rings, late.ring, late.steps * row.members * futures), 0.0)
    for member in range(row.members):
        for i in range(futures):
            at = (member * lanes + late.lane) * futures + i
            arena[late.since + member * futures + i] = step + arena[row.steps if row.same else row.steps + at]


@compiled
def override(arena: Array, row: Row, others: Table, chosen: Whole, geometry: Row) -> None:
    """The value, or in some lanes another one: `chosen` holds by lane a scenario's and a probability point's, or -1."""
    futures = geometry.futures
    for lane in range(geometry.lanes):
        which = chosen[lane, 1] if chosen[lane, 1] >= 0 else chosen[lane, 0]
        value = row.own + lane * row.own_lane
        if which >= 0:
            value = others[row.first + which].value + lane * others[row.first + which].lane
        out = row.out + lane * futures
        copy(stretch(arena, out, futures), stretch(arena, value, futures))


# Delays and smoothings


@compiled
def measure_delay(arena: Array, row: Row, geometry: Row) -> None:
    """How many steps ago a delay looks: at least one."""
    futures = geometry.futures
    for lane in range(1 if row.same else geometry.lanes):
        for i in range(1 if row.same else futures):
            days = arena[row.over + lane * row.over_lane + i]
            steps = steps_of(days, geometry.step_days, geometry.steps + 1)
            arena[row.steps + lane * futures + i] = max(steps, 1.0)


@compiled
def note(out: Array, start: int, arena: Array, row: Row, geometry: Row) -> None:
    """Puts what a delay or smoothing is given now where the block `start` of `out` is."""
    lanes, futures = geometry.lanes, geometry.futures
    for member in range(row.members):
        for lane in range(lanes):
            at = start + (member * lanes + lane) * futures
            now = row.now + member * row.now_member + lane * row.now_lane
            copy(stretch(out, at, futures), stretch(arena, now, futures))


@compiled
def keep(arena: Array, rings: Array, row: Row, geometry: Row, slot: int) -> None:
    """Keeps what a delay remembers of this moment."""
    note(rings, row.ring + slot * row.members * geometry.lanes * geometry.futures, arena, row, geometry)


@compiled
def begin_delay(arena: Array, rings: Array, row: Row, geometry: Row) -> None:
    """All of the past is what it is now."""
    note(arena, row.past, arena, row, geometry)
    if not row.smooths:
        measure_delay(arena, row, geometry)
        for slot in range(row.size):
            keep(arena, rings, row, geometry, slot)


@compiled
def smooth(arena: Array, row: Row, geometry: Row) -> None:
    """Moves towards this step's value."""
    lanes, futures, step_days = geometry.lanes, geometry.futures, geometry.step_days
    for member in range(row.members):
        for lane in range(lanes):
            at = (member * lanes + lane) * futures
            now = row.now + member * row.now_member + lane * row.now_lane
            kept = stretch(arena, row.kept + at, futures)
            past, given = stretch(arena, row.past + at, futures), stretch(arena, now, futures)
            over = row.over + lane * row.over_lane
            whole = stretch(arena, over, futures)
            for i in range(futures):
                kept[i] = past[i] + step_days / most_of(whole[i], step_days) * (given[i] - past[i])


@compiled
def show(arena: Array, rings: Array, row: Row, geometry: Row, step: int) -> None:
    """Shows what the next step, which is `step`, reads."""
    lanes, futures = geometry.lanes, geometry.futures
    width = row.members * lanes * futures
    if row.smooths:
        copy(stretch(arena, row.past, width), stretch(arena, row.kept, width))
        return
    if row.varies:
        measure_delay(arena, row, geometry)
    if row.same:
        at = row.ring + (step - int(arena[row.steps])) % row.size * width
        copy(stretch(arena, row.past, width), stretch(rings, at, width))
        return
    for member in range(row.members):
        for inner in range(lanes * futures):
            at = member * lanes * futures + inner
            slot = (step - int(arena[row.steps + inner])) % row.size
            arena[row.past + at] = rings[row.ring + slot * width + at]


# Trailing windows


@compiled
def begin_trailing(arena: Array, rings: Array, row: Row, geometry: Row) -> None:
    """Nothing is counted yet."""
    width = geometry.lanes * geometry.futures
    fill(stretch(rings, row.sums, 2 * width), 0.0)
    fill(stretch(arena, row.out, width), 1.0)
    fill(stretch(arena, row.pending, width), 1.0)


@compiled
def ratio(received: float, borne: float) -> float:
    """Received per borne; 1 when there is neither, very large when nothing is borne."""
    if borne == 0.0:
        return 1.0 if received == 0.0 else NOTHING_BORNE
    return received / borne


@compiled
def remember(arena: Array, rings: Array, row: Row, look: Whole, geometry: Row, step: int) -> None:
    """Counts this step and shows what the next one reads; `look`: a window's first step, its end, if it is full."""
    lanes, futures = geometry.lanes, geometry.futures
    width = lanes * futures
    for lane in range(lanes):
        at, received, borne = lane * futures, row.received + lane * row.received_lane, row.borne + lane * row.borne_lane
        count(rings, row.sums + at, width, row.size, step, stretch(arena, received, futures))
        count(rings, row.sums + width + at, width, row.size, step, stretch(arena, borne, futures))
    out, pending = stretch(arena, row.out, width), stretch(arena, row.pending, width)
    weigh(rings, row.sums, row.size, look, out)
    if look[2]:
        look_empty(rings, row.sums, row.size, look, pending)
    else:
        fill(pending, 1.0)


@compiled
def count(rings: Array, sums: int, width: int, size: int, step: int, now: Array) -> None:
    """What has passed until now: two sums of `width` for each step, of which `size` are kept."""
    before, after = sums + step % size * 2 * width, sums + (step + 1) % size * 2 * width
    out, known = stretch(rings, after, now.size), stretch(rings, before, now.size)
    for i in range(now.size):
        out[i] = known[i] + now[i]


@compiled
def ends_of(rings: Array, sums: int, size: int, look: Whole, width: int) -> tuple[Array, Array, Array, Array]:
    """What has been received by the end of a window and by its start, and the same of what was borne."""
    then, now = sums + look[0] % size * 2 * width, sums + look[1] % size * 2 * width
    return (
        stretch(rings, now, width),
        stretch(rings, then, width),
        stretch(rings, now + width, width),
        stretch(rings, then + width, width),
    )


@compiled
def weigh(rings: Array, sums: int, size: int, look: Whole, out: Array) -> None:
    """What was received per what was borne in a window."""
    gained, gained_then, given, given_then = ends_of(rings, sums, size, look, out.size)
    for i in range(out.size):
        out[i] = ratio(gained[i] - gained_then[i], given[i] - given_then[i])


@compiled
def look_empty(rings: Array, sums: int, size: int, look: Whole, out: Array) -> None:
    """Whether nothing was received and nothing borne in a window."""
    gained, gained_then, given, given_then = ends_of(rings, sums, size, look, out.size)
    for i in range(out.size):
        out[i] = 1.0 if gained[i] - gained_then[i] == 0.0 and given[i] - given_then[i] == 0.0 else 0.0


# Fallbacks


@compiled
def begin_loss(arena: Array, row: Row, geometry: Row) -> None:
    """The first rate stands for what is announced at the start."""
    futures = geometry.futures
    for member in range(row.members):
        lost = row.lost + (member * geometry.lanes + row.lane) * futures
        rate = row.rate + member * row.rate_member + row.lane * row.rate_lane
        for i in range(futures):
            arena[lost + i] = 0.0
            arena[row.sums + member * futures + i] = 0.0 if row.announced else arena[rate + i]


@compiled
def open_loss(arena: Array, row: Row, geometry: Row, step: int) -> None:
    """Before a step: whether the replacement has come."""
    if step < row.announced:
        return
    futures, most = geometry.futures, 2 * geometry.steps
    count = float(max(1, min(geometry.year, row.announced)))
    for member in range(row.members):
        after = row.after + member * row.after_member + row.lane * row.after_lane
        lag = row.lag + member * row.lag_member + row.lane * row.lag_lane
        lost = row.lost + (member * geometry.lanes + row.lane) * futures
        for i in range(futures):
            at = member * futures + i
            if step == row.announced:
                arena[row.ready + at] = step + steps_of(arena[after + i], geometry.step_days, most)
            if step == row.ended:
                there = step + steps_of(arena[lag + i], geometry.step_days, most)
                arena[row.ready + at] = max(arena[row.ready + at], there)
            if step >= row.ended:
                arena[lost + i] = divided(arena[row.sums + at], count) if arena[row.ready + at] <= step else 0.0


@compiled
def close_loss(arena: Array, row: Row, geometry: Row, step: int) -> None:
    """After a step: what was given counts towards the mean before the announcement."""
    if row.announced - geometry.year <= step < row.announced:
        for member in range(row.members):
            rate = row.rate + member * row.rate_member + row.lane * row.rate_lane
            for i in range(geometry.futures):
                arena[row.sums + member * geometry.futures + i] += arena[rate + i]
