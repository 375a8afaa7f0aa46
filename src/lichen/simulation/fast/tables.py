"""A run as flat arrays: memories, the world, reviews and experiments, around the tape that `tape` lays out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import final

import numpy as np

from lichen.relationship.relationship import Relationship
from lichen.simulation import chance, interventions
from lichen.simulation.experiments import Experiment
from lichen.simulation.fast import instructions as code
from lichen.simulation.fast.groups import Table
from lichen.simulation.fast.layout import Place
from lichen.simulation.fast.tape import LoweredTape
from lichen.simulation.interventions import Event, in_steps
from lichen.simulation.passing import SENT_ON
from lichen.simulation.program import Program
from lichen.simulation.recording import Recording
from lichen.simulation.reviews import balances_read, is_due
from lichen.simulation.tape import Register
from lichen.simulation.windows import Look, looks

Rows = list[tuple[int, ...]]
PROCESS_KINDS = {"white": code.WHITE, "ar1": code.AR1, "random_walk": code.WALK}
"""World processes that are made of normal numbers at each step."""
IN_TIME = {"world": ("jumps", "seasonal", "series"), "point": ("random_walk",)}
"""World processes and probability points whose whole course is worked out beforehand."""


@final
class LoweredRun:
    """One run, laid out for so many futures at a time: the tables that `assembling` puts together."""

    def __init__(
        self,
        relationship: Relationship,
        program: Program,
        experiments: Sequence[Experiment],
        recording: Recording,
        futures: int,
    ) -> None:
        self.relationship, self.program, self.recording = relationship, program, recording
        self.experiments = experiments
        self.time = relationship.time
        self.lanes, self.futures = len(experiments), futures
        self.tape = LoweredTape(program, self.lanes, futures)
        self.layout = self.tape.layout
        self.rings = 0
        """Numbers in `rings` whose place does not depend on the chunk."""
        self.late: Rows = []
        self.below: dict[str, int] = {}
        """By group, where it stands who of its members has been below the floor `[member, lane, future]`."""
        self.passing = tuple(self._passing())
        self.transits = table(code.TRANSIT_ROW, self._transits())
        self.delays = table(code.DELAY_ROW, self._delays())
        self.static_world = [place for place in self.tape.sources if self._is_static(place)]
        self.courses = [
            (kind, beside) for kind, beside in self.tape.sources if self._kind(kind, beside) in IN_TIME.get(kind, ())
        ]
        self.variables = self._variables()

    # Registers

    def at(self, register: Register) -> Place:
        """Where a register stands."""
        return self.tape.at(register)

    def _passing(self) -> Iterable[tuple[str, bool, tuple[Register, Register, Register]]]:
        """The transits: of which flow, whether they follow another one, and rate, lag and result.

        First those that the tape names, then promises that rest on what falls due.
        """
        for node in self.tape.transits:
            rate, lag = node.operands
            flow, name = node.beside if isinstance(node.beside, tuple) else ("", "")
            yield flow, name == SENT_ON, (rate, lag, node.result)
        for promise in self.program.promises:
            yield promise.flow, False, (promise.given, promise.lag, promise.owed)

    def _base(self, register: Register) -> Place:
        """Where the one value of a register stands that is the same for all."""
        node = self.tape.nodes[register.index]
        while node.operation == "spread":
            node = self.tape.nodes[node.operands[0].index]
        return self.at(node.result)

    def _is_same(self, register: Register) -> bool:
        """Whether a register has one value for all members, lanes and futures."""
        node = self.tape.nodes[register.index]
        while node.operation == "spread":
            node = self.tape.nodes[node.operands[0].index]
        return node.result.axis is None and not node.result.lane and not node.result.future

    def ring(self, length: int) -> int:
        """Room in `rings` whose place is the same for every chunk."""
        offset = self.rings
        self.rings += length
        return offset

    # Memories

    def _transits(self) -> Iterable[tuple[int, ...]]:
        for flow, follows, (rate, lag, out) in self.passing:
            same = self._is_same(lag)
            members = self.at(out).members
            steps = self.layout.take(1 if same else members * self.layout.width)
            ends = (*three(self.at(rate)), *three(self._base(lag) if same else self.at(lag)), self.at(out).offset)
            empty = self.relationship.flows[flow].starts_empty
            yield (*ends, members, steps, lag.time, same, empty, follows, 0, 0)

    def _delays(self) -> Iterable[tuple[int, ...]]:
        for memory in self.program.memories:
            past, now, over = self.at(memory.past), self.at(memory.now), self.at(memory.over)
            smooths, same = memory.kind != "delay", self._is_same(memory.over)
            kept = self.layout.take(past.members * self.layout.width) if smooths else 0
            steps = 0 if smooths else self.layout.take(1 if same else self.layout.width)
            ends = (*three(now), over.offset, over.lane)
            yield (smooths, past.offset, *ends, past.members, kept, steps, memory.over.time, same, 0, 0)

    def trailing(self) -> dict[str, tuple[tuple[int, ...], tuple[Look, ...]]]:
        """The balances that formulas read, by party, and the windows that they look at."""
        rows: dict[str, tuple[tuple[int, ...], tuple[Look, ...]]] = {}
        for party in self.program.parties:
            out = self.tape.sources.get(("balance", party.name))
            if out is not None:
                windows = tuple(looks(party.over, self.relationship))
                size = 1 + max(now - first for now, (first, _, _) in enumerate(windows, 1))
                sums, pending = self.ring(size * 2 * self.layout.width), self.layout.take(self.layout.width)
                ends = (*two(self.at(party.received)), *two(self.at(party.borne)))
                rows[party.name] = ((*ends, out.offset, size, sums, pending), windows)
        return rows

    def losses(self) -> Iterable[tuple[int, ...]]:
        """The flows that end in some lane and have a fallback."""
        plans = {plan.name: plan for plan in self.program.flows}
        for loss in interventions.losses(self.relationship, self.experiments):
            plan = plans[loss.flow]
            if plan.lost is not None and plan.after is not None:
                lost = self.at(plan.lost)
                places = (*three(self.at(plan.rate)), *three(self.at(plan.lag)), *three(self.at(plan.after)))
                sums, ready = (self.layout.take(lost.members * self.futures) for _ in range(2))
                yield (loss.lane, loss.announced, loss.ended, *places, lost.offset, lost.members, sums, ready)

    def overrides(self) -> tuple[Rows, Rows]:
        """Values that may be other ones for a time, and these."""
        rows: Rows = []
        others: Rows = []
        for node in self.tape.overrides:
            rows.append((self.at(node.result).offset, *two(self.at(node.operands[0])), len(others)))
            others += [two(self.at(register)) for register in node.operands[1:]]
        return rows, others

    # The world

    def _kind(self, kind: str, beside: object) -> str:
        """Of which kind the process of a source is."""
        name = beside[0] if kind == "point" and isinstance(beside, tuple) else beside
        return self.program.processes[str(name)].kind if kind in ("world", "point") else ""

    def _is_static(self, source: tuple[str, object]) -> bool:
        kind = self._kind(*source)
        return bool(kind) and kind not in IN_TIME[source[0]] and not (source[0] == "world" and kind in PROCESS_KINDS)

    def _variables(self) -> list[str]:
        """The world variables whose normal numbers are drawn at each step, first those that correlate."""
        names = chance.normal_names(self.relationship)
        together = len(chance.correlating(self.relationship))
        return [name for k, name in enumerate(names) if k < together or self.is_moving(name)]

    def is_moving(self, name: str) -> bool:
        """Whether a world variable is on the tape and moves by normal numbers."""
        return ("world", name) in self.tape.sources and self.program.processes[name].kind in PROCESS_KINDS

    def processes(self) -> Iterable[tuple[int, ...]]:
        """The world variables on the tape that are made of normal numbers at each step."""
        for name in self.variables:
            if self.is_moving(name):
                place, process = self.tape.sources["world", name], self.program.processes[name]
                relative = process.kind == "random_walk" and chance.is_relative(process)
                kind = code.RELATIVE_WALK if relative else PROCESS_KINDS[process.kind]
                state = self.layout.take(self.futures)
                yield (kind, self.variables.index(name), place.offset, self.copies(place), state)

    def copies(self, place: Place) -> int:
        """For how many lanes a register has a place."""
        return self.lanes if place.lane else 1

    # Reviews

    def regular(self) -> Rows:
        """When regular reviews look, when what they say holds, and where it waits: the first slot that is free."""
        rules, step_days = self.relationship.rules.adjustment, self.time.step_days
        if rules is None or not self.program.terms:
            return []
        until = in_steps(rules.takes_effect_after_days, step_days)
        rows: Rows = []
        busy: list[int] = []
        for step in range(self.time.steps):
            if is_due(step, rules.review_every_days, step_days):
                slot = next((k for k, end in enumerate(busy) if end <= step), len(busy))
                busy[slot : slot + 1] = [max(step + 1, step + until)]
                rows.append((step, busy[slot], slot))
        return rows

    def terms(self, slots: int) -> Iterable[tuple[int, ...]]:
        """The terms that reviews set."""
        width = self.layout.width
        for term in self.program.terms:
            room = (self.layout.take(slots * width), self.layout.take(width), self.layout.take(2 * width))
            yield (self.at(term.now).offset, *two(self.at(term.to)), *two(self.at(term.bounded)), *room)

    def triggers(self, pendings: Mapping[str, int]) -> tuple[Rows, Rows]:
        """The conditions that call a review, and the balances of which they wait to be known."""
        rules = self.relationship.rules.adjustment
        rows: Rows = []
        pending: Rows = []
        if rules and self.program.triggers and self.program.terms:
            for k, (register, value) in enumerate(zip(self.program.triggers, rules.triggers, strict=True)):
                rows.append((*two(self.at(register)), self.layout.take(self.layout.width)))
                pending += [(k, pendings[party]) for party in balances_read(value.tree)]
        return rows, pending

    # Experiments

    def events(self) -> Iterable[tuple[float, ...]]:
        """What experiments change, in the order of time."""
        events = interventions.events(self.relationship, self.experiments)
        for event in sorted(events, key=lambda event: event.step):
            for kind, target, choice, value in self._effects(event):
                yield (event.step, event.lane, kind, target, choice, value)

    def _effects(self, event: Event) -> Iterable[tuple[int, int, int, float]]:
        match event.kind, event.value:
            case ("factor" | "arriving" | "sharing") as kind, float() as factor:
                place = self.tape.sources.get((kind, event.target))
                if place is not None:
                    yield code.SETS, place.offset, 0, factor
            case "late", int() as steps:
                for k, (flow, follows, _) in enumerate(self.passing):
                    if flow == event.target and not follows:
                        width = int(self.transits["members"][k]) * self.futures
                        since, ring = self.layout.take(width), self.ring(steps * width)
                        self.late.append((k, event.lane, steps, since, ring, -1))
                        yield code.DELAYS, len(self.late) - 1, 0, 0.0
            case ("scenario" | "point") as kind, choice:
                for k, node in enumerate(self.tape.overrides):
                    name, scenarios, points = node.beside if isinstance(node.beside, tuple) else ("", (), ())
                    if name == event.target:
                        which = -1 if choice is None else (*scenarios, *points).index(choice)
                        yield (code.CHOOSES_POINT if kind == "point" else code.CHOOSES_SCENARIO), k, which, 0.0
            case kind, value:
                plans: list[str | tuple[str, str]] = [(plan.party, plan.name) for plan in self.program.capacities]
                share = value if isinstance(value, float) else 0.0
                which = -1 if event.member is None else event.member
                yield (code.SHIFTS if kind == "shift" else code.FALLS), plans.index(event.target), which, share


def table(columns: np.dtype[np.void], rows: Iterable[tuple[float, ...]]) -> Table:
    """Rows of numbers as an array."""
    return np.array(list(rows), dtype=columns)


def two(place: Place) -> tuple[int, int]:
    """Where a block stands, and how far its lanes lie apart."""
    return place.offset, place.lane


def three(place: Place) -> tuple[int, int, int]:
    """Where a block stands, and how far its members and its lanes lie apart."""
    return place.offset, place.member, place.lane
