"""The fast engine's chance: normal numbers step by step, and the processes that are made of them.

The arithmetic is that of `draws` and `chance`, function by function, so that both engines meet the same world.
"""

from __future__ import annotations

import numpy as np

from lichen.simulation import draws
from lichen.simulation.fast.groups import Array, Bits, Row, World
from lichen.simulation.fast.instructions import AR1, RELATIVE_WALK, WHITE
from lichen.simulation.fast.machine import compiled, stretch
from lichen.simulation.fast.members import copy

mixed = compiled(draws.mixed)
exponent = compiled(draws.exponent)
logarithm = compiled(draws.logarithm)
cosine_of_turns = compiled(draws.cosine_of_turns)
GOLDEN = draws.GOLDEN


@compiled
def uniform(stream: Bits, step: int, out: Array) -> None:
    """Numbers between 0 and 1 of a step, future by future."""
    ahead = np.uint64(step + 1) * GOLDEN
    for i in range(out.size):
        out[i] = np.float64(mixed(stream[i] + ahead) >> np.uint64(11)) * 2.0**-53 + 2.0**-54


@compiled
def normal(stream: Bits, step: int, out: Array, rest: Array) -> None:
    """Standard normal numbers of a step; `rest` is of the same length, for numbers in between."""
    uniform(stream, 2 * step, rest)
    bits = rest.view(np.int64)
    for i in range(out.size):
        power = exponent(bits[i])
        bits[i] = bits[i] - (power << 52)
        out[i] = np.float64(power)
    for i in range(out.size):
        out[i] = np.sqrt(-2.0 * logarithm(out[i], rest[i]))
    uniform(stream, 2 * step + 1, rest)
    for i in range(out.size):
        out[i] = out[i] * cosine_of_turns(rest[i])


@compiled
def mix(numbers: Array, root: Array) -> None:
    """Correlates the first of some rows of numbers by a lower triangular matrix."""
    for last in range(root.shape[0]):
        i = root.shape[0] - 1 - last
        for future in range(numbers.shape[1]):
            total = root[i, 0] * numbers[0, future]
            for j in range(1, i + 1):
                total += root[i, j] * numbers[j, future]
            numbers[i, future] = total


@compiled
def move_world(arena: Array, world: World, geometry: Row, step: int) -> None:
    """The world at a step: processes that are made of normal numbers, and what was worked out beforehand."""
    futures, variables, numbers = geometry.futures, world.streams.shape[0], world.numbers
    for variable in range(variables):
        normal(world.streams[variable], step, numbers[variable], numbers[variables])
    mix(numbers, world.root)
    for k in range(world.processes.size):
        row = world.processes[k]
        out, state = stretch(arena, row.out, futures), stretch(arena, row.state, futures)
        move_process(row.kind, out, state, world.parameters[k], numbers[row.variable], step, geometry.step_days)
        spread(arena, row.out, row.copies, futures)
    for k in range(world.spreads.size):
        first = world.spreads[k].out
        copy(stretch(arena, first, futures), world.courses[k, step])
        spread(arena, first, world.spreads[k].copies, futures)


@compiled
def move_process(kind: int, out: Array, state: Array, given: Array, normal: Array, step: int, step_days: float) -> None:
    """One process: `state` is its deviation, or its walk and after it the step to come."""
    days = step * step_days
    for i in range(out.size):
        first, second, third, fourth = given[0, i], given[1, i], given[2, i], given[3, i]
        if kind == WHITE:
            out[i] = first + second * normal[i]
        elif kind == AR1:
            state[i] = third * state[i] + fourth * normal[i] if step else normal[i]
            out[i] = first + second * state[i]
        else:
            walk = state[i] if step else 0.0
            if kind == RELATIVE_WALK:
                out[i] = first * np.exp(third * days + second * walk)
            else:
                out[i] = first + third * days + second * walk
            state[i] = walk + normal[i] * fourth


@compiled
def spread(arena: Array, first: int, copies: int, futures: int) -> None:
    """The same for every lane, where a register has a place for each."""
    for lane in range(1, copies):
        copy(stretch(arena, first + lane * futures, futures), stretch(arena, first, futures))
