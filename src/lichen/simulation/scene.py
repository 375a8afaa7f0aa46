"""What the names of a relationship stand for on a tape: levels, headrooms, terms and the world."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import final

from lichen.relationship.flow import Flow
from lichen.relationship.formula import Spread
from lichen.relationship.party import Capacity, Party
from lichen.relationship.relationship import Relationship
from lichen.simulation.chance import is_nonnegative
from lichen.simulation.draws import range_key
from lichen.simulation.formulas import Formulas
from lichen.simulation.interventions import Needs
from lichen.simulation.members import Members
from lichen.simulation.passing import Passing
from lichen.simulation.tape import Register, Tape


@final
class Scene:
    """Every name of one relationship, put onto a tape when it is first asked for."""

    def __init__(self, relationship: Relationship, needs: Needs) -> None:
        self.relationship = relationship
        self.needs = needs
        self.tape = Tape()
        self.members = Members(relationship, self.tape)
        self.formulas = Formulas(self.tape, self, relationship.time.step_days)
        self.range_keys: dict[str, str] = {}
        changes = relationship.rules.adjustment.changes if relationship.rules.adjustment else ()
        self.reviewed = frozenset(change.term for change in changes)
        self.passing = Passing(self)

    def name(self, parts: tuple[str, ...], axis: str | None, asked: bool) -> Register:
        """The register of a name along an axis; `asked`: flows as asked for, before rationing."""
        match parts:
            case ("giver" | "receiver" as side, name):
                return self._end(axis, side, name)
            case ("link", name):
                return self.members.column(axis, name)
            case (group, "members", name):
                return self.members.brought(self.members.column(group, name), axis)
            case (party, "headroom"):
                return self._headroom_along(self.relationship.parties[party], axis)
            case (party, capacity):
                return self.members.brought(self.level(self.relationship.parties[party], capacity), axis)
            case (name,) if name in self.relationship.flows:
                return self.flow_along(self.relationship.flows[name], axis, asked)
            case (name,) if name in self.relationship.terms:
                return self.term(name)
            case (name,) if name in self.relationship.world:
                return self.world(name)
        raise LookupError(f"no name {'.'.join(parts)!r} in this relationship")

    def axis_of(self, parts: tuple[str, ...]) -> str | None:
        """Along which axis a name varies by itself."""
        if parts[0] in self.relationship.flows:
            return self.members.of_flow(self.relationship.flows[parts[0]])
        return parts[0] if self.members.is_group(parts[0]) else None

    def presence(self, axis: str | None) -> Register:
        """How many of each member there are."""
        return self.members.presence(axis)

    def draw(self, spread: Spread, axis: str | None) -> Register:
        """A number of a range, along an axis one for each member or link."""
        self.range_keys[spread.key] = range_key(self.relationship, spread.key)
        return self.tape.source("draw", (spread.key, spread.low, spread.high), axis=axis, future=True)

    def balance(self, party: str) -> Register:
        """What a party received per what it gave, over the trailing window."""
        return self.tape.source("balance", party, lane=True, future=True, time=True)

    def arriving(self, flow: str, axis: str | None, asked: bool) -> Register:
        """What the incoming links carry to a member now, before any transit."""
        found = self.relationship.flows[flow]
        arrived = self.members.at_party(found, "receiver", self.passing.rate(found, asked))
        return self.members.brought(arrived, axis)

    def agreed(self, term: str) -> Register:
        """A term's value in the file."""
        return self.formulas.value(self.relationship.terms[term].value)

    def _end(self, axis: str | None, side: str, name: str) -> Register:
        flow = self.relationship.flows[(axis or "").removeprefix("along ")]
        party = self.relationship.parties[flow.giver if side == "giver" else flow.receiver]
        if name == "headroom":
            value = self.headroom(party)
        elif name in party.capacities:
            value = self.level(party, name)
        else:
            value = self.members.column(party.name, name)
        return self.members.on_flow(flow, side, value)

    def axis(self, party: Party) -> str | None:
        """The axis of a group's members."""
        return party.name if party.members is not None else None

    def level(self, party: Party, capacity: str) -> Register:
        """A capacity now."""
        return self.tape.source(
            "level", (party.name, capacity), axis=self.axis(party), lane=True, future=True, time=True
        )

    def initial(self, party: Party, capacity: Capacity) -> Register:
        """A capacity at the start."""
        return self.formulas.value(capacity.level, self.axis(party))

    def floor(self, party: Party, capacity: Capacity) -> Register:
        """The floor of a capacity."""
        return self.formulas.value(capacity.floor, self.axis(party))

    def width(self, party: Party, capacity: Capacity) -> Register:
        """From the floor to the healthy level; not a number when there is nothing between them."""
        healthy = self.formulas.value(capacity.healthy or capacity.level, self.axis(party))
        width = self.tape.apply("subtract", healthy, self.floor(party, capacity))
        if width.number is not None:
            return width if width.number > 0 else self.tape.number(math.nan)
        above = self.tape.apply("greater", width, self.tape.number(0))
        return self.tape.apply("select", above, width, self.tape.number(math.nan))

    def room(self, party: Party, capacity: Capacity) -> Register:
        """The headroom of one capacity, per member."""
        above = self.tape.apply("subtract", self.level(party, capacity.name), self.floor(party, capacity))
        return self.tape.apply("divide", above, self.width(party, capacity))

    def headroom(self, party: Party) -> Register:
        """The least over a party's essential capacities, per member; not a number without any."""
        rooms = [self.room(party, capacity) for capacity in party.essential_capacities]
        return self.least(rooms) if rooms else self.tape.number(math.nan)

    def looked_at(self, party: Party, value: Register) -> Register:
        """What is taken down of a value: the one number that counts, of a large group by quantile that of a sample."""
        if value.axis is None or party.counts == "least":
            return self.counted(party, value)
        return self.share_of_members(party, value, party.quantile)

    def share_of_members(self, party: Party, value: Register, share: float) -> Register:
        """Where a share of the members lies, of a large group of those in its sample unless its least counts."""
        if party.counts == "least":
            return self.tape.quantile(value, self.presence(value.axis), self.tape.number(share))
        return self.tape.quantile(*self.members.some(party.name, value), self.tape.number(share))

    def counted(self, party: Party, value: Register) -> Register:
        """The one number that stands for the members of a group in verdicts."""
        if value.axis is None:
            return value
        if party.counts == "least":
            return self.tape.reduce("least", value, self.presence(value.axis))
        return self.tape.quantile(value, self.presence(value.axis), self.tape.number(party.quantile))

    def _headroom_along(self, party: Party, axis: str | None) -> Register:
        value = self.headroom(party)
        same = (
            axis is not None
            and value.axis is not None
            and set(self.members.keys[axis]) <= set(self.members.keys[value.axis])
        )
        return self.members.brought(value, axis) if same else self.counted(party, value)

    def least(self, registers: Iterable[Register]) -> Register:
        """The least of some registers."""
        first, *more = registers
        for register in more:
            first = self.tape.apply("minimum", first, register)
        return first

    def term(self, name: str) -> Register:
        """A term in force: as agreed, as reviewed, as a scenario says."""
        if name in self.reviewed:
            value = self.tape.source("term", name, lane=True, future=True, time=True)
            between = self.relationship.terms[name].between
            lowest = (self.agreed(name), self.formulas.value(between[0])) if between else ()
            if lowest and all(self.tape.is_nonnegative(low) for low in lowest):
                self.tape.nonnegative.add(value.index)
        else:
            value = self.agreed(name)
        return self._overridden(name, value)

    def world(self, name: str) -> Register:
        """A world variable now."""
        process = self.relationship.world[name]
        if process.kind == "constant":
            return self._overridden(name, self.formulas.value(process.parameters["value"]))
        varies = process.kind in ("ar1", "white", "random_walk", "jumps", "seasonal", "series")
        value = self.tape.source("world", name, future=True, time=varies)
        if is_nonnegative(process):
            self.tape.nonnegative.add(value.index)
        return self._overridden(name, value)

    def _overridden(self, name: str, value: Register) -> Register:
        """The value, or in some lanes for a time another one: of a scenario, or a probability point."""
        scenarios, points = self.needs.scenarios.get(name, ()), self.needs.points.get(name, ())
        if not scenarios and not points:
            return value
        others = [self.formulas.value(self.relationship.scenarios[s].values[name]) for s in scenarios]
        others += [self.tape.source("point", (name, share), future=True, time=True) for share in points]
        if value.index in self.tape.nonnegative:
            self.tape.nonnegative.update(other.index for other in others[len(scenarios) :])
        return self.tape.keep("override", (value, *others), (name, scenarios, points), None)

    def flow_along(self, flow: Flow, axis: str | None, asked: bool) -> Register:
        """A flow's rate along an axis: each member's own, or the sum."""
        own = self.members.of_flow(flow)
        rate = self.passing.rate(flow, asked)
        if own is None or own == axis:
            return rate
        if axis is None:
            return self.members.total(flow, rate)
        if axis == flow.receiver:
            return self.members.at_party(flow, "receiver", rate)
        if axis == flow.giver:
            return self.members.at_party(flow, "giver", rate)
        return self.members.brought(rate, axis) if flow.along is None else self.members.total(flow, rate)
