"""The fast engine: runs a program in machine code, a chunk of futures at a time on each processor.

The machine code is one interpreter for all programs, made when it is first needed and kept on disk. Chance that is
drawn once a future, and courses that are rarely needed, are worked out by NumPy before a chunk begins.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import final

import numba
import numpy as np
from numba.core.event import Event, Listener, install_listener

from lichen.relationship.relationship import Relationship
from lichen.simulation import chance, draws
from lichen.simulation.experiments import Experiment
from lichen.simulation.fast import instructions as code
from lichen.simulation.fast.assembling import Assembled, assemble
from lichen.simulation.fast.groups import Array, Kept, Machine, Memories, Table, World
from lichen.simulation.fast.running import run_chunk
from lichen.simulation.fast.tables import LoweredRun
from lichen.simulation.fast.tape import LoweredTape
from lichen.simulation.memories import steps_of
from lichen.simulation.program import Program
from lichen.simulation.recording import Recording
from lichen.simulation.reducing import Sums, TraceResults

IN_CACHE = 200_000
"""How many numbers of a chunk stay in a processor's cache."""
FEWEST_AT_ONCE, MOST_AT_ONCE = 64, 1024
"""Lanes times futures, and futures, of a chunk: fewer make loops too short, more bring nothing."""
ARENA_BYTES = 400e6
"""No arena is larger."""
SAMPLE = 64
"""For so many futures a program is laid out to see how many numbers it holds."""


@final
class Worker:
    """One worker's room, used for one chunk after the other."""

    def __init__(self, run: LoweredRun, tables: Assembled, recording: Recording, seed: int) -> None:
        self.run, self.tables, self.recording, self.seed = run, tables, recording, seed
        self.arena, self.rings = np.zeros(run.layout.size), np.zeros(run.rings)
        self.geometry = tables.geometry.copy()
        self.transits, self.delays = run.transits.copy(), run.delays.copy()
        self.late = np.array(run.late, dtype=code.LATE_ROW)
        self.chosen = np.full((len(tables.overrides), run.lanes, 2), -1, dtype=np.int64)
        self.numbers = np.zeros((len(run.variables) + 1, run.futures))
        for place, value in run.tape.numbers.values():
            self._view(place.offset, run.layout.width)[...] = value
        for key, column in run.program.columns.items():
            if ("column", key) in run.tape.sources:
                self.put(("column", key), np.asarray(column, dtype=np.float64)[:, None])

    def _view(self, offset: int, *shape: int) -> Array:
        view: Array = self.arena[offset : offset + int(np.prod(shape))].reshape(shape)
        return view

    def put(self, source: tuple[str, object], values: Array) -> None:
        """Values `[member, future]` into a source, in every lane."""
        place = self.run.tape.sources[source]
        self._view(place.offset, place.members, self.run.copies(place), self.run.futures)[...] = values[:, None, :]

    def run_futures(self, futures: range) -> Kept:
        """One chunk from start to end; its sums for `Falls`, and its own courses where they are handed on."""
        drawn = range(futures.start, futures.start + self.run.futures)
        self.geometry["first"], self.geometry["valid"] = futures.start, len(futures)
        kept = self.tables.kept._replace(falls=np.zeros_like(self.tables.kept.falls))
        if self.recording.on_chunk is not None:
            self.geometry["first"] = 0
            kept = kept._replace(paths=np.empty((len(kept.courses), self.run.time.steps + 1, len(futures))))
        self._draw(drawn)
        self._run(self._world(drawn, ready=False), kept, whole=False)
        self._measure()
        self._run(self._world(drawn, ready=True), kept, whole=True)
        self._keep(futures)
        return kept

    def _run(self, world: World, kept: Kept, *, whole: bool) -> None:
        tables = self.tables
        machine = Machine(
            arena=self.arena,
            rings=self.rings,
            geometry=self.geometry,
            instructions=tables.instructions,
            bounds=tables.bounds,
            indices=tables.indices,
            transits=self.transits,
            late=self.late,
            overrides=tables.overrides,
            others=tables.others,
            chosen=self.chosen,
        )
        memories = Memories(delays=self.delays, trailing=tables.trailing, looks=tables.looks, losses=tables.losses)
        run_chunk(machine, world, memories, tables.reviews, tables.experiments, kept, whole)

    def _world(self, drawn: range, *, ready: bool) -> World:
        """The world of a chunk; it is empty until what it follows from is `ready`."""
        run, tables = self.run, self.tables
        return World(
            processes=tables.processes,
            parameters=self._parameters(drawn) if ready else np.zeros((0, 4, run.futures)),
            streams=np.ascontiguousarray(draws.streams(self.seed, [chance.key_of(v) for v in run.variables], drawn).T),
            root=tables.root,
            numbers=self.numbers,
            courses=self._courses(drawn) if ready else np.zeros((0, 0, run.futures)),
            spreads=tables.spreads,
        )

    # Chance

    def _draw(self, drawn: range) -> None:
        """Numbers of ranges, one a future or one for each member or link; and those of the members that are drawn."""
        for node in self.run.tape.draws:
            if node.operation == "drawn column":
                some = self.run.program.drawn[str(node.result.axis)]
                column = some.of_column(self.run.program.columns[node.beside], self.seed, drawn)
                self.put((node.operation, node.beside), column.T)
                continue
            key, low, high = node.beside if isinstance(node.beside, tuple) else ("", 0.0, 0.0)
            key = self.run.program.range_keys[key]
            members = [""] if node.result.axis is None else self.run.program.axes[node.result.axis]
            keys = [f"{key}:{member}" if member else key for member in members]
            share = draws.uniform(self.seed, keys, drawn)[0]
            self.put((node.operation, node.beside), (low + (high - low) * share).T)

    def _given(self, name: str) -> Mapping[str, Array]:
        """The parameters of a process in this chunk, by future."""
        registers = self.run.program.parameters[name]
        return {key: self._view(self.run.at(register).offset, self.run.futures) for key, register in registers.items()}

    def _parameters(self, drawn: range) -> Array:
        """What is drawn once a future, into its place; what moves processes `[process, figure, future]`."""
        run, processes = self.run, self.run.program.processes
        kinds = {processes[str(name)].kind for kind, name in run.static_world if kind == "world"}
        normals = chance.normals(run.relationship, self.seed, drawn, range(1)) if kinds & {*chance.NORMAL_KINDS} else {}
        for source in run.static_world:
            self.put(source, self._course(source, normals, drawn))
        moving = [name for name in run.variables if run.is_moving(name)]
        parameters = np.zeros((len(moving), 4, run.futures))
        for k, name in enumerate(moving):
            for figure, values in enumerate(chance.figures(processes[name], self._given(name), run.time.step_days)):
                parameters[k, figure] = values
        return parameters

    def _course(self, source: tuple[str, object], normals: Mapping[str, Array], drawn: range) -> Array:
        kind, beside = source
        time = self.run.time
        if kind == "point" and isinstance(beside, tuple):
            name, share = beside
            return chance.point(self.run.program.processes[name], self._given(name), time, share)
        name = str(beside)
        process = self.run.program.processes[name]
        return chance.course(process, self._given(name), time, normals.get(name), self.seed, drawn)

    def _courses(self, drawn: range) -> Array:
        """What is worked out for the whole horizon beforehand `[course, time, future]`."""
        shape = (len(self.run.courses), self.run.time.steps + 1, self.run.futures)
        courses = np.empty(shape)
        for k, source in enumerate(self.run.courses):
            courses[k] = self._course(source, {}, drawn)
        return courses

    # Memories

    def _measure(self) -> None:
        """How long each transit and delay is in this chunk, and room for what they hold."""
        run = self.run
        width, size = run.layout.width, run.rings
        for row in self.transits:
            members = int(row["members"]) if row["lag_member"] else 1
            row["ring"], row["size"] = size, self._longest(row, "lag", members) + 1
            size += int(row["size"]) * int(row["members"]) * width
        for row in self.delays:
            if not row["smooths"]:
                row["ring"], row["size"] = size, max(self._longest(row, "over", 1), 1) + 1
                size += int(row["size"]) * int(row["members"]) * width
        if size > len(self.rings):
            self.rings = np.zeros(size)

    def _longest(self, row: Table, time: str, members: int) -> int:
        """How many steps the `time` of a transit or delay is at most; all there are where it varies."""
        run, most = self.run, self.run.time.steps + 1
        if row["varies"]:
            return most
        lanes = run.lanes if row[f"{time}_lane"] else 1
        days = self._view(int(row[time]), members * lanes * run.futures)
        return int(np.max(steps_of(days, run.time.step_days, most)))

    # What is kept

    def _keep(self, futures: range) -> None:
        """Writes the chunk's results."""
        recording, kept, valid = self.recording, self.tables.kept, len(futures)
        at = {name: int(self.geometry[name][0]) for name in ("levels", "measures", "sums", "clipped")}
        part = slice(futures.start, futures.stop)
        time, step_days = self.run.time, self.run.time.step_days
        _keep_traces(recording.levels, self._series(at["levels"], len(kept.levels)), part, time.steps + 1, step_days)
        _keep_traces(recording.measures, self._series(at["measures"], len(kept.measures)), part, time.steps, step_days)
        sums = self._view(at["sums"], len(kept.sums), 2, self.run.lanes, self.run.futures)[..., :valid]
        for added in (recording.totals, recording.amounts, recording.lost):
            own, sums = sums[: len(added.registers)], sums[len(added.registers) :]
            _keep_sums(added, own, part, step_days)
        shares = self._view(at["clipped"], len(kept.clipped), self.run.futures)[:, :valid]
        for clipped, share in zip(recording.clipped.values(), shares, strict=True):
            clipped[part] = share / time.steps
        for row, term in zip(self.tables.reviews.terms, self.run.program.terms, strict=True):
            if (clips := recording.clips.get(term.name)) is not None:
                times, first = self._view(int(row["clips"]), 2, self.run.lanes, self.run.futures)[..., :valid]
                clips.times[:, part], clips.first[:, part] = times, first
        for group, place in self.run.below.items():
            below = self._view(place, len(self.run.program.axes[group]), self.run.lanes, self.run.futures)[..., :valid]
            recording.fallen.count(group, np.moveaxis(below, 0, -1) > 0, part)
        self._keep_balances(part, valid)

    def _series(self, at: int, series: int) -> Array:
        return self._view(at, series, code.FIGURES, self.run.lanes, self.run.futures)

    def _keep_balances(self, part: slice, valid: int) -> None:
        kept = self.tables.kept
        for party, row, spans in zip(self.tables.balanced, kept.balances, kept.spans, strict=True):
            now = self._view(int(row["out"]), code.FIGURES, self.run.futures)[:, :valid]
            self.recording.keep_balance(
                party,
                part,
                samples=int(spans[-1, 1]),
                start=now[code.START],
                end=now[code.END],
                total=now[code.TOTAL],
                least=now[code.LEAST_SEEN],
                fifths=(now[code.FIFTHS :] / (spans[:, 1] - spans[:, 0])[:, None]).T,
            )


def _keep_traces(results: TraceResults, series: Array, part: slice, samples: int, step_days: float) -> None:
    valid = part.stop - part.start
    now = np.moveaxis(series, 1, 0)[..., :valid]
    results.start[:, :, part] = now[code.START]
    results.end[:, :, part] = now[code.END]
    results.mean[:, :, part] = now[code.TOTAL] / samples
    results.least[:, :, part] = now[code.LEAST_SEEN]
    results.least_after[:, :, part] = now[code.AFTER]
    results.sum_after[:, :, part] = (now[code.TOTAL] - now[code.ALL_BEFORE]) * step_days
    above = now[code.STEPS_ABOVE]
    results.below_zero_at[:, :, part] = np.where(above < samples, above * step_days, np.inf)
    results.yearly_least[:, :, part] = now[code.YEARLY]
    results.fifths[..., part] = now[code.FIFTHS :]


def _keep_sums(sums: Sums, own: Array, part: slice, step_days: float) -> None:
    sums.whole[:, :, part] = own[:, 0] * step_days
    if sums.late is not None:
        sums.late[:, :, part] = (own[:, 0] - own[:, 1]) * step_days


def run_all(
    relationship: Relationship,
    program: Program,
    experiments: Sequence[Experiment],
    recording: Recording,
    *,
    seed: int,
    chunk: int | None,
    progress: Callable[[int, int], None] | None,
    threads: int | None = None,
) -> None:
    """Every future of a recording, some at a time; `threads` chunks at once (one for each processor when None)."""
    runs, threads = recording.runs, threads or numba.get_num_threads()
    size = chunk or chunk_size(program, len(experiments), runs)
    if recording.on_chunk is not None:
        size = max(1, min(size, recording.most_at_a_time // (threads + 2)))  # so many wait at once
    run = LoweredRun(relationship, program, experiments, recording, size)
    tables = assemble(run)
    parts = [range(first, min(first + size, runs)) for first in range(0, runs, size)]
    count = min(threads, len(parts))
    workers = [Worker(run, tables, recording, seed) for _ in range(count)]
    with install_listener("numba:compile", _Notice()), ThreadPoolExecutor(count) as pool:
        try:
            for part, kept in zip(parts, _in_turn(pool, workers, parts), strict=True):
                recording.falls.add(kept.falls, len(part))
                if recording.on_chunk is not None:
                    recording.keep_courses(part, _by_name(recording, kept.paths))
                if progress is not None:
                    progress(part.stop, runs)
        finally:
            pool.shutdown(cancel_futures=True)


@final
class _Notice(Listener):
    """Says that machine code is being made, since that takes a while."""

    def on_start(self, event: Event) -> None:
        """Something is compiled that is not on disk yet."""
        if event.data["dispatcher"] is run_chunk:
            logging.getLogger(__name__).warning("Preparing the fast engine. This takes a minute, once.")

    def on_end(self, event: Event) -> None:
        """It is ready."""


def _by_name(recording: Recording, paths: Array) -> Mapping[str, Mapping[str, Array]]:
    """The courses `[time, future]` of a chunk, in the order in which they are kept."""
    series = iter(paths)
    return {lane: dict(zip(registers, series, strict=False)) for lane, registers in recording.path_registers.items()}


def _in_turn(pool: ThreadPoolExecutor, workers: Sequence[Worker], parts: Sequence[range]) -> Iterator[Kept]:
    """The chunks' results in their order; each worker does one chunk at a time, and none runs far ahead."""
    free = list(workers)
    waiting: deque[Future[Kept]] = deque()

    def work(part: range) -> Kept:
        worker = free.pop()
        try:
            with np.errstate(all="ignore"):  # each thread has its own; what is no number is told where it is read
                return worker.run_futures(part)
        finally:
            free.append(worker)

    for part in parts:
        waiting.append(pool.submit(work, part))
        if len(waiting) > len(workers):
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def chunk_size(program: Program, lanes: int, runs: int) -> int:
    """How many futures run at a time: as many as stay in the cache, in chunks of equal size."""
    numbers = LoweredTape(program, lanes, SAMPLE).layout.size / SAMPLE
    most = min(int(max(IN_CACHE / numbers, FEWEST_AT_ONCE / lanes)), MOST_AT_ONCE, int(ARENA_BYTES / (8 * numbers)))
    most = max(1, most)
    chunks = -(-runs // most)
    return -(-runs // chunks)
