"""A program as flat arrays, and the room that one chunk of futures needs: all that the fast engine sees.

Offsets count numbers in the arena. The tables have the columns that `instructions` names. Each group holds what one
part of the engine works with, since functions in machine code that take much are slow to make.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Whole = np.ndarray[Any, np.dtype[np.int64]]
Bits = np.ndarray[Any, np.dtype[np.uint64]]
Table = np.ndarray[Any, np.dtype[np.void]]
Row: TypeAlias = Any
"""A row of a table: numbers with names, as `instructions` lays them out."""


class Machine(NamedTuple):
    """The tape and its numbers.

    `bounds` [list, first or end] of each list in `instructions`; `indices` of gathers and scatters; `chosen`
    [override, lane, scenario or point] which of the `others` stands in for a value; `geometry` has one row. The
    transits of promises that rest on what falls due come last, and no instruction names them.
    """

    arena: Array
    rings: Array
    geometry: Table
    instructions: Table
    bounds: Whole
    indices: Whole
    transits: Table
    late: Table
    overrides: Table
    others: Table
    chosen: Whole


class World(NamedTuple):
    """The processes of the world.

    `parameters` [process, figure, future], `streams` [variable, future], `root` [variable, variable], `numbers`
    [variable + 1, future] for normal numbers, `courses` [course, time, future] and where they go.
    """

    processes: Table
    parameters: Array
    streams: Bits
    root: Array
    numbers: Array
    courses: Array
    spreads: Table


class Memories(NamedTuple):
    """What is remembered beside transits; `looks` [balance, step, first or end or whether full] of trailing windows."""

    delays: Table
    trailing: Table
    looks: Whole
    losses: Table


class Reviews(NamedTuple):
    """What reviews set and when; `reviewing` [lane]."""

    terms: Table
    regular: Table
    triggers: Table
    pending: Table
    reviewing: Whole


class Experiments(NamedTuple):
    """What experiments change, and the capacities that they move."""

    events: Table
    capacities: Table


class Kept(NamedTuple):
    """What is taken down.

    `begins` [lane] is when each experiment does, `level_ends` and `measure_ends` where the fifths of the horizon end,
    `looks` [balance, step, first or end or turn] the windows, `spans` [balance, fifth, first or end] in turns, `struck`
    the rooms of which is asked who falls with a single member. `falls` [figure, sample, party, lane] and `paths`
    [series, time, future] are filled, the rest in the arena.
    """

    begins: Whole
    levels: Table
    level_ends: Whole
    measures: Table
    measure_ends: Whole
    sums: Table
    clipped: Table
    balances: Table
    looks: Whole
    spans: Whole
    rooms: Table
    fallen: Whole
    falls: Array
    struck: Table
    courses: Table
    paths: Array
