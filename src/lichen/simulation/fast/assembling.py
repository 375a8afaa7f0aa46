"""All tables of a run in one value: what moves registers between steps, and what is kept of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from lichen.simulation import chance
from lichen.simulation.experiments import YEAR_DAYS
from lichen.simulation.fast import instructions as code
from lichen.simulation.fast.groups import Array, Experiments, Kept, Reviews, Table, Whole
from lichen.simulation.fast.layout import Instructions, Place
from lichen.simulation.fast.tables import LoweredRun, Rows, table, three, two
from lichen.simulation.interventions import in_steps
from lichen.simulation.program import AT_ONE, AT_ZERO
from lichen.simulation.recording import spans_of_fifths
from lichen.simulation.reducing import FIFTHS, ends_of_fifths
from lichen.simulation.tape import Register
from lichen.simulation.windows import Steps, full_windows


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """Everything that the fast engine reads and never changes; what changes is empty in the groups.

    `geometry` is its only row but for the futures of a chunk; `balanced` are the parties whose balances are kept.
    """

    instructions: Table
    bounds: Whole
    indices: Whole
    overrides: Table
    others: Table
    geometry: Table
    processes: Table
    root: Array
    spreads: Table
    trailing: Table
    looks: Whole
    losses: Table
    reviews: Reviews
    experiments: Experiments
    kept: Kept
    balanced: tuple[str, ...]


def assemble(run: LoweredRun) -> Assembled:
    """The tables of one run."""
    trailing, (overrides, others) = run.trailing(), run.overrides()
    instructions = _instructions(run)
    ends = np.cumsum([0, *(len(rows) for rows in instructions)])
    geometry, balanced = _geometry(run), _balanced(run)
    return Assembled(
        instructions=np.concatenate(instructions),
        bounds=np.stack([ends[:-1], ends[1:]], axis=1),
        indices=np.array(run.tape.indices, dtype=np.int64),
        overrides=table(code.OVERRIDE_ROW, overrides),
        others=table(code.OTHER_ROW, others),
        geometry=geometry,
        processes=table(code.PROCESS_ROW, run.processes()),
        root=chance.correlating(run.relationship),
        spreads=table(code.SPREAD_ROW, _courses(run)),
        trailing=table(code.TRAILING_ROW, (row for row, _ in trailing.values())),
        looks=_looks(run, [windows for _, windows in trailing.values()]),
        losses=table(code.LOSS_ROW, run.losses()),
        reviews=_reviews(run, {party: row[-1] for party, (row, _) in trailing.items()}),
        experiments=Experiments(
            events=table(code.EVENT_ROW, run.events()), capacities=table(code.CAPACITY_ROW, _capacities(run))
        ),
        kept=_kept(run, int(geometry["clipped"][0]), balanced),
        balanced=tuple(balanced),
    )


def _instructions(run: LoweredRun) -> list[Table]:
    """The lists of instructions, in the order of their numbers."""
    program = run.program
    lists = {
        code.STILL: run.tape.still.table(),
        code.MOVING: run.tape.moving.table(),
        code.RESET: _moves(run, _reset(run)),
        code.FIRST_TERMS: _moves(run, ((run.at(term.now), run.at(term.initial)) for term in program.terms)),
        code.FIRST_LEVELS: _moves(run, ((run.at(c.now), run.at(c.initial)) for c in program.capacities)),
        code.FORGET: _moves(run, ((run.at(memory.past), run.tape.number(0)) for memory in program.memories)),
        code.ADVANCE: _moves(run, _following(run)),
    }
    return [lists[phase] for phase in sorted(lists)]


def _geometry(run: LoweredRun) -> Table:
    """Sizes, and where in the arena things are."""
    take, width, recording = run.layout.take, run.layout.width, run.recording
    rules, step_days = run.relationship.rules.adjustment, run.time.step_days
    source = ("time", "time")
    time = run.tape.sources.get(source, Place(0, 0, 0))
    row = np.zeros(1, dtype=code.GEOMETRY)
    row["lanes"], row["futures"], row["steps"], row["step_days"] = run.lanes, run.futures, run.time.steps, step_days
    row["year"] = max(1, in_steps(YEAR_DAYS, step_days))
    row["answered"] = in_steps(rules.takes_effect_after_days + rules.answer_days, step_days) if rules else 0
    row["promises"] = len(run.tape.transits)
    row["against"], row["called"] = recording.falls.against, take(4 * width)
    row["time"], row["time_length"] = time.offset, run.futures * run.copies(time) * (source in run.tape.sources)
    row["levels"] = take(len(recording.level_series) * code.FIGURES * width)
    row["measures"] = take(len(recording.flow_series) * code.FIGURES * width)
    row["sums"] = take(2 * len(_summed(run)) * width)
    row["clipped"] = take(len(run.program.flows) * run.futures)
    return row


def _reviews(run: LoweredRun, pendings: Mapping[str, int]) -> Reviews:
    regular, (triggers, pending) = run.regular(), run.triggers(pendings)
    slots = 1 + max((slot for _, _, slot in regular), default=0)
    return Reviews(
        terms=table(code.TERM_ROW, run.terms(slots)),
        regular=table(code.REVIEW_ROW, regular),
        triggers=table(code.TRIGGER_ROW, triggers),
        pending=table(code.PENDING_ROW, pending),
        reviewing=np.array([experiment.reviews for experiment in run.experiments], dtype=np.int64),
    )


def _kept(run: LoweredRun, clipped_at: int, balanced: Mapping[str, Sequence[Steps]]) -> Kept:
    recording, steps = run.recording, run.time.steps
    balances, looks, spans = _balances(run, balanced)
    return Kept(
        begins=np.array(recording.begins, dtype=np.int64),
        levels=_values(run, recording.level_series),
        level_ends=np.array(ends_of_fifths(steps + 1), dtype=np.int64),
        measures=_values(run, recording.flow_series),
        measure_ends=np.array(ends_of_fifths(steps), dtype=np.int64),
        sums=_values(run, _summed(run)),
        clipped=table(code.MEMBERS_ROW, _clipped(run, clipped_at)),
        balances=balances,
        looks=looks,
        spans=spans,
        rooms=_values(run, [party.headroom for party in recording.parties if party.headroom is not None]),
        fallen=np.array(list(recording.falls.places), dtype=np.int64),
        falls=np.zeros((3, *recording.falls.missing.shape)),
        struck=table(code.FALLEN_ROW, _struck(run)),
        courses=table(code.VALUE_ROW, _paths(run)),
        paths=recording.courses,
    )


def _summed(run: LoweredRun) -> list[Register]:
    """The registers that are added up over time, in the order of what is kept of them."""
    kept = (run.recording.totals, run.recording.amounts, run.recording.lost)
    return [register for sums in kept for register in sums.registers]


def _moves(run: LoweredRun, pairs: Iterable[tuple[Place, Place]]) -> Table:
    """Instructions that bring values into other registers."""
    instructions = Instructions(run.layout)
    for out, value in pairs:
        instructions.add(code.COPY, out, (value,), members=out.members)
    return instructions.table()


def _following(run: LoweredRun) -> Iterable[tuple[Place, Place]]:
    """Levels and presences one step later."""
    for capacity in run.program.capacities:
        yield run.at(capacity.now), run.at(capacity.following)
    for presence in run.program.presences:
        yield run.at(presence.now), run.at(presence.following)


def _reset(run: LoweredRun) -> Iterable[tuple[Place, Place]]:
    """As before any step: nothing is changed, remembered or on its way."""
    for (kind, name), place in run.tape.sources.items():
        if kind in (*AT_ONE, *AT_ZERO):
            yield place, run.tape.number(1 if kind in AT_ONE else 0)
        elif kind == "presence":
            yield place, run.tape.number(run.program.stands_for(str(name)))


def _capacities(run: LoweredRun) -> Iterable[tuple[int, ...]]:
    for plan in run.program.capacities:
        now, floor, width = run.at(plan.now), run.at(plan.floor), run.at(plan.width)
        yield (now.offset, floor.offset, floor.member, floor.lane, width.offset, width.member, width.lane, now.members)


def _courses(run: LoweredRun) -> Iterable[tuple[int, int]]:
    for source in run.courses:
        place = run.tape.sources[source]
        yield place.offset, run.copies(place)


def _values(run: LoweredRun, registers: Sequence[Register]) -> Table:
    return table(code.VALUE_ROW, [two(run.at(register)) for register in registers])


def _clipped(run: LoweredRun, clipped_at: int) -> Iterable[tuple[int, ...]]:
    wished = [plan.wished for plan in run.recording.program.flows if plan.wished is not None]
    for k, register in enumerate(wished):
        place = run.at(register)
        yield place.offset, place.member, place.members, clipped_at + k * run.futures


def _struck(run: LoweredRun) -> Iterable[tuple[int, ...]]:
    """The rooms of members of which is asked who falls; those of one group are noted in the same place."""
    for group, rooms in run.recording.fallen.rooms.items():
        out = run.below[group] = run.layout.take(len(run.program.axes[group]) * run.layout.width)
        for room in rooms:
            yield (*three(run.at(room)), run.at(room).members, out)


def _looks(run: LoweredRun, windows: Sequence[Sequence[tuple[int, int, int]]]) -> Whole:
    """Windows `[of what, step, first or end or beside]`."""
    return np.array(windows, dtype=np.int64).reshape(len(windows), run.time.steps, 3)


def _balanced(run: LoweredRun) -> dict[str, Sequence[Steps]]:
    """The full windows of each party's balance, where there are any and there is a base lane."""
    if "base" not in run.recording.path_lanes:
        return {}
    days = run.relationship.commitment_days
    windows = {party.name: tuple(full_windows(party.over, run.time, days)) for party in run.recording.program.parties}
    return {name: full for name, full in windows.items() if full}


def _balances(run: LoweredRun, balanced: Mapping[str, Sequence[Steps]]) -> tuple[Table, Whole, Whole]:
    """The balances of parties in the base lane; windows and fifths."""
    rows: Rows = []
    windows: list[list[tuple[int, int, int]]] = []
    spans: list[list[tuple[int, int]]] = []
    parties = {party.name: party for party in run.program.parties}
    for name, full in balanced.items():
        lane, ends = run.recording.path_lanes["base"], {end: (first, end, k) for k, (first, end) in enumerate(full)}
        places = (run.at(parties[name].received), run.at(parties[name].borne))
        received, borne = (place.offset + lane * place.lane for place in places)
        size = 1 + max(end - first for first, end in full)
        out = run.layout.take(code.FIGURES * run.futures)
        rows.append((received, borne, size, out, run.ring(size * 2 * run.futures)))
        windows.append([ends.get(step + 1, (0, 0, -1)) for step in range(run.time.steps)])
        spans.append(spans_of_fifths(len(full)))
    fifths = np.array(spans, dtype=np.int64).reshape(len(spans), FIFTHS, 2)
    return table(code.BALANCE_ROW, rows), _looks(run, windows), fifths


def _paths(run: LoweredRun) -> Iterable[tuple[int, int]]:
    """Where the values of courses stand."""
    for name, registers in run.recording.path_registers.items():
        for register in registers.values():
            place = run.at(register)
            yield place.offset + run.recording.path_lanes[name] * place.lane, place.lane
