"""Simulates a relationship: chunks of futures through the engine, and what they leave behind as `Futures`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from lichen.relationship.flow import Links
from lichen.relationship.formula import Spread, walk
from lichen.relationship.party import Members
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value
from lichen.simulation import interventions
from lichen.simulation.chance import is_drawn
from lichen.simulation.compiling import compile_program
from lichen.simulation.engine_numpy import Engine
from lichen.simulation.experiments import Experiment
from lichen.simulation.futures import Futures, OnChunk
from lichen.simulation.program import Program
from lichen.simulation.recording import ChunkRecorder, Recording

CHUNK_BYTES = 150e6
CHUNK_NUMBERS = 26_000
CHUNK_MEMBERS = 200_000
"""How many numbers a register of one chunk holds at most, without and with members, so that they stay in the cache."""
LAGGING = ("transit", "memory")


def simulate(
    relationship: Relationship,
    experiments: Sequence[Experiment],
    *,
    runs: int,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
    chunk: int | None = None,
    on_chunk: OnChunk | None = None,
) -> Futures:
    """The relationship in `runs` futures, in every experiment the same.

    Values that nobody states are not-a-numbers and stay so in all that depends on them. Where nothing is drawn, all
    futures are one, and that one is run. `progress` is told how many futures are done and of how many; `chunk` futures
    run at a time (chosen by size when None), which changes no figure. `on_chunk` is given the whole courses of each
    chunk when it is done; then every future is run.
    """
    needs = interventions.needs(relationship, experiments)
    program = compile_program(relationship, needs)
    recording = Recording(relationship, program, experiments, runs, on_chunk)
    chosen = min(_chunk(relationship, program, max(1, len(experiments))), recording.most_at_a_time)
    size = max(1, min(runs, chunk or chosen))
    alike = on_chunk is None and not has_chance(relationship)
    different = min(runs, 1) if alike else runs
    engine = None
    for first in range(0, different if experiments else 0, size):
        futures = range(first, min(first + size, different))
        if engine is None or engine.futures != len(futures):
            engine = Engine(
                relationship,
                program,
                interventions.events(relationship, experiments),
                tuple(interventions.losses(relationship, experiments)),
                lanes=len(experiments),
                futures=len(futures),
                reviewing=[experiment.reviews for experiment in experiments],
                recorder=ChunkRecorder(recording, len(futures), alike=alike),
            )
        engine.run(futures, seed)
        if progress is not None:
            progress(runs if alike else futures.stop, runs)
    return recording.futures(seed)


def has_chance(relationship: Relationship) -> bool:
    """Whether anything is drawn: a world variable, or a range; if not, all futures are one."""
    trees = (value.tree for value in values_of(relationship) if value.tree is not None)
    return any(map(is_drawn, relationship.world.values())) or any(
        isinstance(node, Spread) for tree in trees for node in walk(tree)
    )


def values_of(part: object) -> Iterable[Value]:
    """Every value that a relationship, or a part of it, says."""
    if isinstance(part, Value):
        yield part
    elif isinstance(part, Mapping):
        for inner in part.values():
            yield from values_of(inner)
    elif isinstance(part, tuple):
        for inner in part:
            yield from values_of(inner)
    elif hasattr(part, "__dataclass_fields__") and not isinstance(part, Members | Links):
        for name in part.__dataclass_fields__:
            yield from values_of(getattr(part, name))


def _chunk(relationship: Relationship, program: Program, lanes: int) -> int:
    """How many futures run at a time: bounded by the processor's cache, or by memory for large relationships."""
    widths = [len(program.axes[node.result.axis]) if node.result.axis else 1 for node in program.nodes]
    lagging = sum(width for node, width in zip(program.nodes, widths, strict=True) if node.operation in LAGGING)
    numbers = sum(widths) + lagging * relationship.time.steps / 4
    in_cache = min(CHUNK_NUMBERS // lanes, CHUNK_MEMBERS // (lanes * max(widths)))
    return max(1, min(int(CHUNK_BYTES / (8 * lanes * numbers)), in_cache))
