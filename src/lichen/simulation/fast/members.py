"""The fast engine's operations over members and links: sums, the least, shares, and the ways between them.

The rows of `instructions` are read thus: the outer loop goes over the members or links of the operands, the middle and
the inner one over lanes and futures. What stands beside is where the indices of a `gather` or `scatter` begin.
"""

from __future__ import annotations

import numpy as np

from lichen.simulation.fast.groups import Array, Row, Whole
from lichen.simulation.fast.instructions import (
    GATHER,
    LEAST,
    LEAST_ALIKE,
    QUANTILE,
    QUANTILE_ALIKE,
    SCATTER,
    SUM,
    SUM_ALIKE,
)
from lichen.simulation.fast.machine import compiled, least_of, most_of, stretch

TINY = 2.2250738585072014e-308
"""The smallest normal number: so much others count at least."""


@compiled
def over_members(arena: Array, row: Row, places: Whole) -> None:
    """One instruction over members, in every lane and future."""
    what = row.what
    if what in (GATHER, SCATTER):
        bring(arena, row, places)
    elif what in (QUANTILE, QUANTILE_ALIKE):
        share_of(arena, row)
    else:
        reduce(arena, row)


@compiled
def reduce(arena: Array, row: Row) -> None:
    """Sums and the least: one member after the other, for a row of futures at a time."""
    what, members, length = row.what, row.outer, row.length
    start = np.inf if what in (LEAST, LEAST_ALIKE) else 0.0
    for middle in range(row.middle):
        to, one, two = row.out + middle * row.out_middle, row.a + middle * row.a_middle, row.b + middle * row.b_middle
        if length == 1:
            arena[to] = reduced(what, start, arena, one, row.a_outer, two, row.b_outer, members)
            continue
        out = stretch(arena, to, length)
        fill(out, start)
        for member in range(members):
            at, there = one + member * row.a_outer, two + member * row.b_outer
            add_member(what, out, stretch(arena, at, length), stretch(arena, there, length))


@compiled
def add_member(what: int, out: Array, x: Array, presence: Array) -> None:
    """What one member adds to a sum or a least."""
    if what == SUM:
        for i in range(out.size):
            out[i] += x[i] * presence[i]
    elif what == SUM_ALIKE:
        for i in range(out.size):
            out[i] += x[i]
    elif what == LEAST:
        for i in range(out.size):
            out[i] = least_of(out[i], x[i] if presence[i] > 0.0 else np.inf)
    else:
        for i in range(out.size):
            out[i] = least_of(out[i], x[i])


@compiled
def reduced(
    what: int, start: float, arena: Array, x: int, x_step: int, presence: int, presence_step: int, members: int
) -> float:
    """A sum or a least over members of which each has one number."""
    total = start
    for member in range(members):
        value = arena[x + member * x_step]
        if what == SUM:
            total += value * arena[presence + member * presence_step]
        elif what == SUM_ALIKE:
            total += value
        elif what == LEAST_ALIKE or arena[presence + member * presence_step] > 0.0:
            total = least_of(total, value)
    return total


@compiled
def bring(arena: Array, row: Row, places: Whole) -> None:
    """From members to links, or from links to members, where several are added up."""
    gathers, members, links, length = row.what == GATHER, row.b, row.outer, row.length
    indices = places[row.beside : row.beside + links]
    for middle in range(row.middle):
        to, one = row.out + middle * row.out_middle, row.a + middle * row.a_middle
        if not gathers:
            for member in range(members):
                start = to + member * row.out_outer
                fill(stretch(arena, start, length), 0.0)
        for link in range(links):
            at = one + (indices[link] if gathers else link) * row.a_outer
            start = to + (link if gathers else indices[link]) * row.out_outer
            if length == 1:
                arena[start] = arena[at] if gathers else arena[start] + arena[at]
            elif gathers:
                copy(stretch(arena, start, length), stretch(arena, at, length))
            else:
                add(stretch(arena, start, length), stretch(arena, at, length))


@compiled
def fill(out: Array, value: float) -> None:
    """The same number everywhere."""
    for i in range(out.size):
        out[i] = value


@compiled
def copy(out: Array, x: Array) -> None:
    """A row as it is."""
    for i in range(out.size):
        out[i] = x[i]


@compiled
def add(out: Array, x: Array) -> None:
    """A row on top of another one."""
    for i in range(out.size):
        out[i] += x[i]


@compiled
def share_of(arena: Array, row: Row) -> None:
    """The value below which a share of the members lies, future by future."""
    members = row.outer
    values, weights = np.empty(members), np.empty(members)
    alike = row.what == QUANTILE_ALIKE
    for middle in range(row.middle):
        to, one = row.out + middle * row.out_middle, row.a + middle * row.a_middle
        two, three = row.b + middle * row.b_middle, row.c + middle * row.c_middle
        for i in range(row.length):
            for member in range(members):
                values[member] = arena[one + i + member * row.a_outer]
                weights[member] = 1.0 if alike else arena[two + i + member * row.b_outer]
            share = most_of(least_of(arena[three + i], 1.0), 0.0)
            arena[to + i] = alike_share(values, share) if alike else weighed_share(values, weights, share)


@compiled
def alike_share(values: Array, share: float) -> float:
    """Of members that are all there: type 7 of Hyndman and Fan, of values that are put in order as far as needed."""
    last = values.size - 1
    if share != share:
        return np.nan
    known = known_first(values)
    place = share * last
    below = int(np.floor(place))
    above = min(below + 1, last)
    if above >= known:
        return np.nan
    select(values[:known], below)
    start: float = values[below]
    end: float = start if above == below else np.min(values[above:known])
    return start if start == end else start + (place - below) * (end - start)


@compiled
def known_first(values: Array) -> int:
    """Moves not-a-numbers to the end; how many others there are."""
    known = values.size
    i = 0
    while i < known:
        if values[i] != values[i]:
            known -= 1
            values[i], values[known] = values[known], values[i]
        else:
            i += 1
    return known


@compiled
def select(values: Array, place: int) -> None:
    """Puts the value of a place there, smaller ones before and larger ones after it (Hoare 1961, "Find")."""
    low, high = 0, values.size - 1
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while pivot < values[j]:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i, j = i + 1, j - 1
        if j < place:
            low = i
        if place < i:
            high = j


@compiled
def weighed_share(values: Array, presence: Array, share: float) -> float:
    """Of members who are there in part: where each stands is told in `operations.Ordering`."""
    members = values.size
    most = -np.inf
    for member in range(members):
        if not presence[member] <= 0.0:
            most = most_of(most, values[member])
    for member in range(members):
        if presence[member] <= 0.0:
            values[member] = most
    order = in_order(values)
    total = 0.0
    for member in range(members):
        total += most_of(presence[order[member]], 0.0)
    before, above = 0.0, 0
    places = np.empty(members)
    for k in range(members):
        weight = most_of(presence[order[k]], 0.0)
        cumulated = before + weight
        places[k] = least_of((cumulated - weight) / most_of(total - weight, TINY), 1.0)
        above += places[k] < share
        before = cumulated
    above = min(above, members - 1)
    below = max(above - 1, 0)
    low, high = places[below], places[above]
    start: float = values[order[below]]
    end: float = values[order[above]]
    part: float = (share - low) / (high - low) if high > low else 1.0
    return end if start == end else start + part * (end - start)


@compiled
def in_order(values: Array) -> Whole:
    """The members, least value first, equal ones as they come, not-a-numbers last: ever longer runs are merged."""
    members = values.size
    order, merged = np.arange(members), np.empty(members, dtype=np.int64)
    run = 1
    while run < members:
        for start in range(0, members, 2 * run):
            half, end = min(start + run, members), min(start + 2 * run, members)
            i, j = start, half
            for k in range(start, end):
                if j >= end or (i < half and not is_after(values[order[i]], values[order[j]])):
                    merged[k] = order[i]
                    i += 1
                else:
                    merged[k] = order[j]
                    j += 1
        order, merged = merged, order
        run *= 2
    return order


@compiled
def is_after(one: float, other: float) -> bool:
    """Whether a value stands behind another one in order."""
    return one > other or (one != one and other == other)
