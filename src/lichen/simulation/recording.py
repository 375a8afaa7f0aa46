"""What is kept of a run: the reduced series of every lane, whole courses of few, and all of it as `Futures`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from lichen.relationship.relationship import Relationship
from lichen.simulation import interventions
from lichen.simulation.experiments import Experiment
from lichen.simulation.futures import Clips, Fall, FlowTotals, Futures, Lane, OnChunk, OnDemand, Trace
from lichen.simulation.program import FlowPlan, Program
from lichen.simulation.reducing import (
    FIFTHS,
    Fallen,
    Falls,
    Sums,
    TraceResults,
    ends_of_fifths,
)
from lichen.simulation.tape import Register

Array: TypeAlias = NDArray[np.float64]

COURSES = {"base": "", "cut": ".headroom"}
"""The lanes whose courses are kept, and how the names of those series end; who asks for chunks is given all."""
TALLIES = (".received", ".borne")
"""How the names of the courses end that balances are made of."""
SHOCKS = ("shock:", "shocks:", "shock_member:", "world_low:", "world_high:")
PATH_RUNS, PATH_NUMBERS = 2_000, 50_000_000
"""Of how many futures whole courses are kept at most, and how many numbers these may be."""
COURSE_NUMBERS = 8_000_000
"""How many numbers the courses of one chunk hold at most."""


@final
class Recording:
    """All that is kept of a run, or without `tallies` the rooms; nothing where every chunk is handed on."""

    def __init__(
        self,
        relationship: Relationship,
        program: Program,
        experiments: Sequence[Experiment],
        runs: int,
        on_chunk: OnChunk | None = None,
        *,
        tallies: bool = True,
    ) -> None:
        series = dict(_paths(program, tallies=tallies))
        program = program if on_chunk is None else _unasked(program)
        if not tallies:
            program = replace(program, flows=(), terms=(), measures={}, payments={})
        self.relationship, self.program, self.experiments, self.runs = relationship, program, experiments, runs
        self.on_chunk = on_chunk
        self.time = relationship.time
        lanes = len(experiments)
        self.begins = [interventions.begin(relationship, experiment) for experiment in experiments]
        self.level_series = _unique(
            [
                *_present(r for p in program.parties for r in (p.headroom, p.mean, p.tenth, *p.between)),
                *(c.counted for c in program.capacities),
                *(p.total for p in program.presences),
            ]
        )
        self.flow_series = _unique(program.measures.values())
        self.levels = TraceResults(self.level_series, lanes, runs)
        self.measures = TraceResults(self.flow_series, lanes, runs)
        self.parties = [party for party in program.parties if party.headroom is not None]
        shocks = [lane for lane, e in enumerate(experiments) if e.name.startswith(SHOCKS)]
        bases = [lane for lane, e in enumerate(experiments) if e.name == "base"]
        rows = [self.levels.rows[r.index] for r in _present(party.headroom for party in self.parties)]
        self.falls = Falls(rows, shocks if bases else (), bases[0] if bases else 0, self.time.steps + 1)
        self.fallen = Fallen(_rooms(relationship, program), self._struck(), bases[0] if bases else None, runs)
        totals = [flow.total for flow in program.flows]
        kept = [r for flow in program.flows for r in (*flow.worth.values(), *flow.cost.values(), flow.shortfall)]
        kept += program.payments.values()
        self.totals = Sums(totals, lanes, runs, self.time, halves=True)
        self.amounts = Sums((r for r in kept if r.index not in self.totals.rows), lanes, runs, self.time, halves=False)
        self.lost = Sums(_present(c.lost for c in program.capacities), lanes, runs, self.time, halves=False)
        self.clipped = {flow.name: np.zeros(runs) for flow in program.flows if flow.wished is not None}
        self.clips = {
            term.name: Clips(times=np.zeros((lanes, runs)), first=np.full((lanes, runs), np.inf))
            for term in program.terms
        }
        names = [name for name, ending in COURSES.items() if ending or tallies]
        self.path_lanes = {e.name: lane for lane, e in enumerate(experiments) if on_chunk or e.name in names}
        self.path_registers = {
            lane: {name: register for name, register in series.items() if on_chunk or name.endswith(COURSES[lane])}
            for lane in self.path_lanes
        }
        kept_names = self.path_registers if on_chunk is None else {}
        series_kept = sum(len(names) for names in kept_names.values())
        most = max(1, PATH_NUMBERS // max(1, series_kept * (self.time.steps + 1)))
        self.courses = np.empty((series_kept, self.time.steps + 1, min(runs, PATH_RUNS, most)))
        """All paths `[series, time, future]`, one lane after the other."""
        courses = iter(self.courses)
        self.paths = {lane: {name: next(courses).T for name in names} for lane, names in kept_names.items()}
        self.balances = {p.name: _empty_trace(runs) for p in program.parties if "base" in self.path_lanes}

    def _struck(self) -> Mapping[int, tuple[str, int]]:
        """By lane, the one member of a group that is struck there, by its place."""
        found = {}
        for lane, experiment in enumerate(self.experiments):
            for group in {place.partition(".")[0] for place in experiment.to_floor}:
                place = interventions.place_of(self.relationship, group, experiment.member)
                if place is not None:
                    found[lane] = (group, place)
        return found

    @property
    def most_at_a_time(self) -> int:
        """How many futures a chunk may have for its courses to fit."""
        courses = sum(len(registers) for registers in self.path_registers.values())
        return max(1, COURSE_NUMBERS // max(1, courses * (self.time.steps + 1)))

    def keep_courses(self, futures: range, courses: Mapping[str, Mapping[str, Array]]) -> None:
        """Keeps a chunk's courses `[time, future]`, by lane and name, if it is of the first; or hands them on."""
        for lane, paths in self.paths.items():
            for name, path in paths.items():
                kept = path[futures.start : futures.stop]
                kept[...] = courses[lane][name].T[: len(kept)]
        if self.on_chunk is not None:
            given = {lane: {name: course.T for name, course in series.items()} for lane, series in courses.items()}
            self.on_chunk(futures, given)

    def keep_balance(
        self,
        party: str,
        part: slice,
        *,
        samples: int,
        start: Array,
        end: Array,
        total: Array,
        least: Array,
        fifths: Array,
    ) -> None:
        """A party's balance over every full window, of which there are `samples`, in some futures."""
        kept = self.balances[party]
        for name in ("least", "least_after", "yearly_least"):
            kept[name][part] = least
        kept["start"][part], kept["end"][part], kept["fifths"][part] = start, end, fifths
        kept["mean"][part] = total / samples
        kept["sum_after"][part] = total * self.time.step_days
        kept["below_zero_at"][part] = np.inf

    def futures(self, seed: int, engine: Literal["numba"] | None = None) -> Futures:
        """Everything as one value."""
        return Futures(
            seed=seed,
            engine=engine,
            runs=self.runs,
            days=np.arange(self.time.steps + 1, dtype=np.float64) * self.time.step_days,
            lanes={experiment.name: self._lane(place) for place, experiment in enumerate(self.experiments)},
            paths=self.paths,
        )

    def _lane(self, lane: int) -> Lane:
        program, name = self.program, self.experiments[lane].name

        def trace(register: Register) -> Trace:
            return self.levels.trace(register, lane)

        return Lane(
            name=name,
            intervention_days=self.begins[lane] * self.time.step_days,
            headroom=OnDemand({p.name: p.headroom for p in program.parties if p.headroom is not None}, trace),
            capacity_headroom=OnDemand({f"{c.party}.{c.name}": c.counted for c in program.capacities}, trace),
            flows=OnDemand({flow.name: flow for flow in program.flows}, lambda flow: self._flow(flow, lane)),
            measures={key: self.measures.trace(register, lane) for key, register in program.measures.items()},
            balance={key: Trace(**arrays) for key, arrays in self.balances.items()} if name == "base" else {},
            group_mean={p.name: trace(p.mean) for p in program.parties if p.mean is not None},
            group_tenth={p.name: trace(p.tenth) for p in program.parties if p.tenth is not None},
            between={p.name: (trace(p.between[0]), trace(p.between[1])) for p in program.parties if p.between},
            presence={p.group: trace(p.total) for p in program.presences},
            lost_above={
                f"{c.party}.{c.name}": self.lost.of(c.lost, lane) / self.time.step_days
                for c in program.capacities
                if c.lost is not None
            },
            risk_paid={key: self._sum(register, lane) for key, register in program.payments.items()},
            falls=self._falls(lane),
            clips={term: Clips(times=found.times[lane], first=found.first[lane]) for term, found in self.clips.items()},
            fallen=self.fallen.of(lane),
        )

    def _falls(self, lane: int) -> Mapping[str, Fall]:
        if lane not in self.falls.places:
            return {}
        step = self.time.step_days
        rows = {party.name: row for row, party in enumerate(self.parties)}
        return OnDemand(rows, lambda row: self.falls.of(row, lane, step))

    def _flow(self, flow: FlowPlan, lane: int) -> FlowTotals:
        return FlowTotals(
            amount=self.totals.of(flow.total, lane),
            late_amount=self.totals.late_of(flow.total, lane),
            worth={capacity: self._sum(register, lane) for capacity, register in flow.worth.items()},
            cost={capacity: self._sum(register, lane) for capacity, register in flow.cost.items()},
            clipped=self.clipped.get(flow.name, np.zeros(self.runs)),
            shortfall=self._sum(flow.shortfall, lane),
        )

    def _sum(self, register: Register, lane: int) -> Array:
        return self.totals.of(register, lane) if register.index in self.totals.rows else self.amounts.of(register, lane)


def _rooms(relationship: Relationship, program: Program) -> Mapping[str, list[Register]]:
    """By group, the room of each member in each capacity that it needs."""
    found: dict[str, list[Register]] = {}
    for plan in program.capacities:
        party = relationship.parties[plan.party]
        if party.members is not None and party.capacities[plan.name].essential:
            found.setdefault(party.name, []).append(plan.headroom)
    return found


def _unasked(program: Program) -> Program:
    """A program of which no figure is asked."""
    return replace(program, capacities=(), flows=(), parties=(), presences=(), terms=(), measures={}, payments={})


def _unique(registers: Iterable[Register]) -> list[Register]:
    return list({register.index: register for register in registers}.values())


def _present(registers: Iterable[Register | None]) -> Iterable[Register]:
    return (register for register in registers if register is not None)


def _paths(program: Program, *, tallies: bool) -> Iterable[tuple[str, Register]]:
    for capacity in program.capacities:
        yield f"{capacity.party}.{capacity.name}", capacity.total
    for party in program.parties:
        if party.headroom is not None:
            yield f"{party.name}.headroom", party.headroom
        if tallies:
            yield f"{party.name}.received", party.received
            yield f"{party.name}.borne", party.borne
    for flow in program.flows:
        yield flow.name, flow.total
    for term in program.terms:
        yield term.name, term.in_force
    if tallies:
        yield from program.measures.items()


def _empty_trace(runs: int) -> dict[str, Array]:
    figures = {name: np.full(runs, np.nan) for name in Trace.__dataclass_fields__ if name != "fifths"}
    return {**figures, "fifths": np.full((runs, FIFTHS), np.nan)}


def spans_of_fifths(samples: int) -> list[tuple[int, int]]:
    """The first sample of each fifth and the one after its last; of few samples, one may stand in several."""
    ends = ends_of_fifths(samples)
    return [(min(start, end - 1), end) for start, end in zip([0, *ends], ends, strict=False)]
