"""One chunk of futures after another, taken down in a `Recording` while NumPy's engine runs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import final

import numpy as np

from lichen.simulation.experiments import YEAR_DAYS
from lichen.simulation.interventions import in_steps
from lichen.simulation.memories import ratio
from lichen.simulation.recording import TALLIES, Array, Recording, spans_of_fifths
from lichen.simulation.reducing import Stack, SumsOfChunk, Traces
from lichen.simulation.tape import Register
from lichen.simulation.windows import Steps, full_windows


@final
class ChunkRecorder:
    """Takes one chunk after another down in a `Recording`; where all futures are `alike`, one stands for all."""

    def __init__(self, recording: Recording, futures: int, *, alike: bool = False) -> None:
        self.recording, self.alike, time = recording, alike, recording.time
        lanes = len(recording.experiments)
        year = max(1, in_steps(YEAR_DAYS, time.step_days))
        level_stack, measure_stack = (
            Stack(series, lanes, futures) for series in (recording.level_series, recording.flow_series)
        )
        self.level_traces = Traces(
            level_stack,
            recording.levels,
            samples=time.steps + 1,
            begins=recording.begins,
            step_days=time.step_days,
            year=year,
        )
        self.measure_traces = Traces(
            measure_stack,
            recording.measures,
            samples=time.steps,
            begins=recording.begins,
            step_days=time.step_days,
            year=year,
        )
        self.sums = [
            SumsOfChunk(sums, lanes, futures) for sums in (recording.totals, recording.amounts, recording.lost)
        ]
        self.courses = {
            lane: {name: np.empty((time.steps + 1, futures)) for name in registers}
            for lane, registers in recording.path_registers.items()
        }

    def place(self, register: Register) -> Array | None:
        """A buffer in one of the stacks, if one of them keeps the register."""
        stacks = [self.level_traces.stack, self.measure_traces.stack, *(sums.stack for sums in self.sums)]
        return next((row for stack in stacks if (row := stack.place(register)) is not None), None)

    def begin(self, futures: range, values: Mapping[int, Array], clips: Mapping[str, tuple[Array, Array]]) -> None:
        """A chunk begins; `clips` is filled while it runs, as `values` are."""
        if self.alike:
            futures = range(self.recording.runs)
        self.part = slice(futures.start, futures.stop)
        self.values, self.clips = values, clips
        self.followed = list(self._followed())
        for traces in (self.level_traces, self.measure_traces):
            traces.begin(futures, values)
        for sums in self.sums:
            sums.begin(values)
        self.recording.fallen.begin(values)

    def levels(self, step: int) -> None:
        """Levels and headrooms are known."""
        self.level_traces.record(step)
        self.recording.falls.record(step, self.level_traces.stack.now)
        self.recording.fallen.record()
        for course, value in self.followed:
            course[step] = value

    def _followed(self) -> Iterator[tuple[Array, Array]]:
        """The courses that this chunk needs, and what each follows.

        Beyond the futures whose courses are kept, balances alone need theirs, and who asks for chunks.
        """
        whole = self.part.start < self.recording.courses.shape[2] or self.recording.on_chunk is not None
        for lane, place in self.recording.path_lanes.items():
            for name, register in self.recording.path_registers[lane].items():
                if whole or name.endswith(TALLIES):
                    yield self.courses[lane][name], self._row(register, place)

    def _row(self, register: Register, lane: int) -> Array:
        values = self.values[register.index]
        row: Array = values[lane if len(values) > 1 else 0]
        return row

    def flows(self, step: int) -> None:
        """What passes in this step is known."""
        self.measure_traces.record(step)
        for flow in self.recording.program.flows:
            if flow.wished is not None:
                below = self._row(flow.wished, 0) < 0
                self.recording.clipped[flow.name][self.part] += below if below.ndim == 1 else below.mean(axis=-1)
        for sums in self.sums:
            sums.record(step)

    def end(self) -> None:
        """A chunk is over."""
        for traces in (self.level_traces, self.measure_traces):
            traces.end()
        for sums in self.sums:
            sums.end(self.part)
        self.recording.fallen.end(self.part)
        recording, part = self.recording, self.part
        for name, clips in recording.clips.items():
            clips.times[:, part], clips.first[:, part] = self.clips[name]
        for clipped in recording.clipped.values():
            clipped[part] /= recording.time.steps
        recording.keep_courses(range(part.start, part.stop), self.courses)
        if "base" in self.courses:
            self._keep_balances(self.courses["base"])

    def _keep_balances(self, courses: Mapping[str, Array]) -> None:
        for party in self.recording.program.parties:
            windows = tuple(full_windows(party.over, self.recording.time, self.recording.relationship.commitment_days))
            received, borne = (_within(windows, courses[f"{party.name}.{side}"]) for side in ("received", "borne"))
            if len(windows):
                balance = ratio(received, borne)
                spans = spans_of_fifths(len(balance))
                self.recording.keep_balance(
                    party.name,
                    self.part,
                    samples=len(balance),
                    start=balance[0],
                    end=balance[-1],
                    total=_sum(balance),
                    least=balance.min(axis=0),
                    fifths=np.stack([_sum(balance[a:b]) / (b - a) for a, b in spans], axis=1),
                )


def _within(windows: Sequence[Steps], course: Array) -> Array:
    """What passed in each window [window, future], from a course [time, future]."""
    sums = np.concatenate([np.zeros((1, course.shape[1])), np.cumsum(course[:-1], axis=0)])
    first, behind = np.array(windows, dtype=np.intp).reshape(-1, 2).T
    within: Array = sums[behind] - sums[first]
    return within


def _sum(series: Array) -> Array:
    """The sum over time, added up step after step, so that it does not depend on how many futures stand beside."""
    summed: Array = np.cumsum(series, axis=0)[-1]
    return summed
