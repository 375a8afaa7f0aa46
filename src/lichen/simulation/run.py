"""Simulates a relationship: chunks of futures through the engine, and what they leave behind as `Futures`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from importlib.resources import files
from importlib.util import find_spec
from typing import Literal

from lichen.relationship.relationship import Relationship
from lichen.relationship.values import has_chance
from lichen.simulation import interventions
from lichen.simulation.chance import normal_names
from lichen.simulation.compiling import compile_program
from lichen.simulation.cost import most_at_once
from lichen.simulation.engine_numpy import Engine
from lichen.simulation.experiments import Experiment
from lichen.simulation.futures import Futures, OnChunk
from lichen.simulation.program import Program, without_tallies
from lichen.simulation.recording import Recording
from lichen.simulation.taking_down import ChunkRecorder

CHUNK_BYTES = 150e6
CHUNK_NUMBERS = 26_000
CHUNK_MEMBERS = 200_000
"""How many numbers a register of one chunk holds at most, without and with members, so that they stay in the cache."""
LAGGING = ("transit", "memory")
LARGE = 4e8
"""From so many operations on numbers on, the fast engine is done sooner in spite of the time that it takes to load,
where some further runs follow, as they do in a verdict."""
LARGE_UNPREPARED = 1e11
"""The same where its machine code is still to be made, which takes about a minute; NumPy takes three for so many."""
WIDE = 100_000
"""From so many members or links on NumPy is the faster one: memory is then what both wait for."""
A_NORMAL = 150
"""How many operations a normal number costs."""


def simulate(
    relationship: Relationship,
    experiments: Sequence[Experiment],
    *,
    runs: int,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
    chunk: int | None = None,
    engine: Literal["numpy", "numba"] | None = None,
    threads: int | None = None,
    on_chunk: OnChunk | None = None,
    tallies: bool = True,
) -> Futures:
    """The relationship in `runs` futures, in every experiment the same.

    Values that nobody states are not-a-numbers and stay so in all that depends on them. Where nothing is drawn, all
    futures are one, and that one is run. `progress` is told how many futures are done and of how many; `chunk` futures
    run at a time (chosen by size when None), which changes no figure. `on_chunk` is given the whole courses of each
    chunk when it is done; then every future is run, and nothing else is kept. Without `tallies` neither what sides give
    and receive nor measures are worked out: the rooms of parties and capacities are kept, and in chunks the courses of
    levels, rooms, flows and terms. The `engine` is chosen by the size of the work when None: the fast one where that is
    large and Numba is installed; its figures are the same up to rounding. It runs as many `threads` as there are
    processors when None. Experiments too large to stand side by side run in turn.
    """
    at_once = most_at_once(relationship)
    if on_chunk is None and len(experiments) > max(2, at_once):
        asked = partial(simulate, relationship, runs=runs, seed=seed, chunk=chunk, engine=engine, threads=threads)
        return _in_turn(partial(asked, tallies=tallies), experiments, at_once, progress)
    needs = interventions.needs(relationship, experiments)
    program = compile_program(relationship, needs)
    if not tallies:
        program = without_tallies(program)
    recording = Recording(relationship, program, experiments, runs, on_chunk, tallies=tallies)
    alike = on_chunk is None and not has_chance(relationship)
    futures = range((min(runs, 1) if alike else runs) if experiments else 0)
    work = _work(relationship, program, experiments, len(futures))
    large = LARGE if is_prepared() else LARGE_UNPREPARED
    if engine is None and work > large and _is_for_the_fast_one(program):
        engine = "numba"
    if engine == "numba" and futures and not alike:
        from lichen.simulation.fast.engine import run_all  # takes most of a second to load

        run_all(
            relationship,
            program,
            experiments,
            recording,
            seed=seed,
            chunk=chunk,
            progress=progress,
            threads=threads,
        )
        return recording.futures(seed, engine)
    chosen = min(_chunk(relationship, program, max(1, len(experiments))), recording.most_at_a_time)
    size = max(1, min(runs, chunk or chosen))
    for part, run in _chunks(relationship, program, experiments, recording, futures, size, alike=alike):
        run(part, seed)
        if progress is not None:
            progress(runs if alike else part.stop, runs)
    return recording.futures(seed)


def _in_turn(
    run: Callable[[Sequence[Experiment]], Futures],
    experiments: Sequence[Experiment],
    at_once: int,
    progress: Callable[[int, int], None] | None,
) -> Futures:
    """Some experiments at a time, each time beside the first of them, which others are measured against."""
    first, *others = experiments
    size = max(1, at_once - 1)
    found = run((first, *others[:size]))
    for start in range(size, len(others), size):
        if progress is not None:
            progress(start * found.runs // len(others), found.runs)
        found = found.with_more(run((first, *others[start : start + size])))
    order = {experiment.name: found.lanes[experiment.name] for experiment in experiments}
    return replace(found, lanes=order)


def is_prepared() -> bool:
    """Whether the machine code of the fast engine is on disk, beside its sources as Numba keeps it."""
    folder = files("lichen.simulation") / "fast" / "__pycache__"
    names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    python = f".py{sys.version_info.major}{sys.version_info.minor}.nbi"
    return any(name.startswith("running.run_chunk-") and name.endswith(python) for name in names)


def _is_for_the_fast_one(program: Program) -> bool:
    """Whether the fast engine is there and is the faster one."""
    return max(_widths(program), default=1) < WIDE and find_spec("numba") is not None


def _work(relationship: Relationship, program: Program, experiments: Sequence[Experiment], futures: int) -> float:
    """Operations on numbers, all futures together."""
    at_once = sum(_widths(program)) * len(experiments) + A_NORMAL * len(normal_names(relationship))
    return float(at_once) * relationship.time.steps * futures


def _chunks(
    relationship: Relationship,
    program: Program,
    experiments: Sequence[Experiment],
    recording: Recording,
    futures: range,
    size: int,
    *,
    alike: bool,
) -> Iterator[tuple[range, Callable[[range, int], None]]]:
    """Some futures at a time, and what runs them; an engine serves all chunks of its size."""
    engine = None
    for first in futures[::size]:
        part = futures[first : first + size]
        if engine is None or engine.futures != len(part):
            engine = Engine(
                relationship,
                program,
                interventions.events(relationship, experiments),
                tuple(interventions.losses(relationship, experiments)),
                lanes=len(experiments),
                futures=len(part),
                reviewing=[experiment.reviews for experiment in experiments],
                recorder=ChunkRecorder(recording, len(part), alike=alike),
            )
        yield part, engine.run


def _chunk(relationship: Relationship, program: Program, lanes: int) -> int:
    """How many futures run at a time: bounded by the processor's cache, or by memory for large relationships."""
    widths = _widths(program)
    lagging = sum(width for node, width in zip(program.nodes, widths, strict=True) if node.operation in LAGGING)
    numbers = sum(widths) + lagging * relationship.time.steps / 4
    in_cache = min(CHUNK_NUMBERS // lanes, CHUNK_MEMBERS // (lanes * max(widths)))
    return max(1, min(int(CHUNK_BYTES / (8 * lanes * numbers)), in_cache))


def _widths(program: Program) -> list[int]:
    """How many members or links each register of a program has."""
    return [len(program.axes[node.result.axis]) if node.result.axis else 1 for node in program.nodes]
