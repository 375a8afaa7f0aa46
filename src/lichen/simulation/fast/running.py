"""The fast engine's way through a chunk of futures: the phases of `engine_numpy.Engine`, all of them in machine code.

One function does everything, so that it is compiled once for all relationships and kept on disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import numba
import numpy as np

from lichen.simulation.fast.chance import move_world
from lichen.simulation.fast.groups import Array, Experiments, Kept, Machine, Memories, Reviews, Row, World
from lichen.simulation.fast.instructions import (
    ADVANCE,
    CHOOSES_POINT,
    CHOOSES_SCENARIO,
    DELAYS,
    FIRST_LEVELS,
    FIRST_OVER_MEMBERS,
    FIRST_TERMS,
    FORGET,
    MOVING,
    OVERRIDE,
    RESET,
    SETS,
    SHIFTS,
    STILL,
    TRANSIT,
)
from lichen.simulation.fast.keeping import begin_record, record_flows, record_levels
from lichen.simulation.fast.machine import borrowed, compiled, elementwise, least_of, spliced, stretch
from lichen.simulation.fast.members import fill, over_members
from lichen.simulation.fast.memories import (
    begin_delay,
    begin_loss,
    begin_trailing,
    begin_transit,
    close_loss,
    hold,
    keep,
    make_late,
    open_loss,
    override,
    owe,
    remember,
    send,
    show,
    show_due,
    smooth,
)
from lichen.simulation.fast.reviews import begin_reviews, close_reviews, open_reviews

NOT_YET, AT_START = cast(Iterable[int], np.arange(-1, 1))
"""The step before a run has begun, and the first one. Numba compiles a function again for each plain number that it is
called with; these are none, nor are the numbers of the lists of instructions."""


@numba.njit(cache=True, nogil=True, error_model="numpy")
def run_chunk(
    machine: Machine,
    world: World,
    memories: Memories,
    reviews: Reviews,
    experiments: Experiments,
    kept: Kept,
    whole: bool,
) -> None:
    """A chunk of futures from start to end; or, unless `whole`, what does not vary in time only."""
    machine = Machine(
        borrowed(machine.arena),
        borrowed(machine.rings),
        machine.geometry,
        machine.instructions,
        machine.bounds,
        machine.indices,
        machine.transits,
        machine.late,
        machine.overrides,
        machine.others,
        machine.chosen,
    )
    arena, geometry = machine.arena, machine.geometry[0]
    execute(machine, STILL, NOT_YET)
    if not whole:
        return
    move_world(arena, world, geometry, AT_START)
    begin_record(arena, machine.rings, kept, geometry)
    start(machine, memories, reviews, experiments, geometry)
    for step in range(geometry.steps + 1):
        fill(stretch(arena, geometry.time, geometry.time_length), step * geometry.step_days)
        if step:
            move_world(arena, world, geometry, step)
        open_reviews(arena, reviews, geometry, step)
        for k in range(memories.losses.size):
            open_loss(arena, memories.losses[k], geometry, step)
        if step:
            hit(machine, experiments, geometry, step)
        execute(machine, MOVING, step)
        record_levels(arena, kept, geometry, step)
        if step < geometry.steps:
            record_flows(arena, machine.rings, kept, geometry, step)
            close_reviews(arena, reviews, geometry, step)
            close_memories(machine, memories, geometry, step)
            execute(machine, ADVANCE, step)


@compiled
def execute(machine: Machine, phase: int, step: int) -> None:
    """The instructions of a list in their order."""
    arena, geometry = machine.arena, machine.geometry[0]
    for k in range(machine.bounds[phase, 0], machine.bounds[phase, 1]):
        row = machine.instructions[k]
        if row.what < FIRST_OVER_MEMBERS:
            elementwise(arena, row)
        elif row.what == TRANSIT:
            send(arena, machine.rings, machine.transits[row.beside], geometry, step)
            if step >= 0:
                hold_back(machine, row.beside, geometry, step)
        elif row.what == OVERRIDE:
            override(arena, machine.overrides[row.beside], machine.others, machine.chosen[row.beside], geometry)
        else:
            over_members(arena, row, machine.indices)


@compiled
def hold_back(machine: Machine, transit: int, geometry: Row, step: int) -> None:
    """What of a transit is late in some lanes falls due later."""
    for k in range(machine.late.size):
        if machine.late[k].transit == transit and machine.late[k].begun >= 0:
            hold(machine.arena, machine.rings, machine.transits[transit], machine.late[k], geometry, step)


@spliced
def start(machine: Machine, memories: Memories, reviews: Reviews, experiments: Experiments, geometry: Row) -> None:
    """Levels and terms at the start; delays and what is on its way as if everything had run at its first rate."""
    arena, rings = machine.arena, machine.rings
    machine.chosen[:] = -1
    for k in range(machine.late.size):
        machine.late[k].begun = -1
    execute(machine, RESET, NOT_YET)
    hit(machine, experiments, geometry, NOT_YET)
    execute(machine, MOVING, NOT_YET)
    execute(machine, FIRST_TERMS, NOT_YET)
    execute(machine, MOVING, NOT_YET)
    execute(machine, FIRST_LEVELS, NOT_YET)
    settle(machine, memories, geometry)
    for k in range(memories.trailing.size):
        begin_trailing(arena, rings, memories.trailing[k], geometry)
    for k in range(memories.losses.size):
        begin_loss(arena, memories.losses[k], geometry)
    begin_transits(machine, geometry, 0)
    for k in range(geometry.promises, machine.transits.size):
        show_due(arena, rings, machine.transits[k], geometry, 0)
    execute(machine, MOVING, NOT_YET)
    begin_transits(machine, geometry, 1)
    begin_reviews(arena, reviews, geometry)
    hit(machine, experiments, geometry, AT_START)
    settle(machine, memories, geometry)


@spliced
def begin_transits(machine: Machine, geometry: Row, following: int) -> None:
    """What was on its way before the start; of those that follow another transit when that one has begun."""
    for k in range(machine.transits.size):
        if machine.transits[k].follows == following:
            begin_transit(machine.arena, machine.rings, machine.transits[k], geometry)


@spliced
def settle(machine: Machine, memories: Memories, geometry: Row) -> None:
    """Every delay and smoothing at what it would read of this moment; one that reads itself begins from 0."""
    execute(machine, FORGET, NOT_YET)
    for k in range(memories.delays.size):
        execute(machine, MOVING, NOT_YET)
        begin_delay(machine.arena, machine.rings, memories.delays[k], geometry)
    execute(machine, MOVING, NOT_YET)


@spliced
def close_memories(machine: Machine, memories: Memories, geometry: Row, step: int) -> None:
    """What is remembered of a step, and what the next one reads of it."""
    arena, rings = machine.arena, machine.rings
    for k in range(memories.losses.size):
        close_loss(arena, memories.losses[k], geometry, step)
    for k in range(memories.trailing.size):
        remember(arena, rings, memories.trailing[k], memories.looks[k, step], geometry, step)
    for k in range(geometry.promises, machine.transits.size):
        owe(arena, rings, machine.transits[k], geometry, step)
        hold_back(machine, k, geometry, step + 1)
    for k in range(memories.delays.size):
        row = memories.delays[k]
        if row.smooths:
            smooth(arena, row, geometry)
        else:
            keep(arena, rings, row, geometry, step % row.size)
    for k in range(memories.delays.size):
        show(arena, rings, memories.delays[k], geometry, step + 1)


@compiled
def hit(machine: Machine, experiments: Experiments, geometry: Row, step: int) -> None:
    """What experiments change at a step; before any, the scenarios of the first one alone."""
    for k in range(experiments.events.size):
        event = experiments.events[k]
        if event.step == max(step, AT_START) and (event.kind == CHOOSES_SCENARIO or step >= AT_START):
            if event.kind == SETS:
                at = event.target + event.lane * geometry.futures
                fill(stretch(machine.arena, at, geometry.futures), event.value)
            elif event.kind == CHOOSES_SCENARIO or event.kind == CHOOSES_POINT:
                machine.chosen[event.target, event.lane, int(event.kind == CHOOSES_POINT)] = event.choice
            elif event.kind == DELAYS:
                late = machine.late[event.target]
                make_late(machine.arena, machine.rings, machine.transits[late.transit], late, geometry, step)
            else:
                move(machine.arena, experiments.capacities[event.target], geometry, event)


@compiled
def move(arena: Array, row: Row, geometry: Row, event: Row) -> None:
    """A capacity by a share of its range, or to its floor, of a group perhaps one member's only."""
    alone = event.choice >= 0
    for member in range(event.choice if alone else 0, event.choice + 1 if alone else row.members):
        level = row.now + (member * geometry.lanes + event.lane) * geometry.futures
        floor = row.floor + member * row.floor_member + event.lane * row.floor_lane
        width = row.width + member * row.width_member + event.lane * row.width_lane
        for i in range(geometry.futures):
            if event.kind == SHIFTS:
                arena[level + i] += event.value * arena[width + i]
            else:
                arena[level + i] = least_of(arena[level + i], arena[floor + i])
