"""Members and links on a tape: the axes along which registers vary, and the ways between them."""

from __future__ import annotations

import math
from typing import final

from lichen.relationship.flow import Flow
from lichen.relationship.relationship import Relationship
from lichen.simulation.tape import Register, Tape


@final
class Members:
    """Axes: the members of groups and the links of flows, and the ways between them."""

    def __init__(self, relationship: Relationship, tape: Tape) -> None:
        self.relationship = relationship
        self.tape = tape
        self.keys: dict[str, tuple[str, ...]] = {}
        self.columns: dict[object, tuple[float, ...]] = {}
        for party in relationship.parties.values():
            if party.members is not None:
                self.keys[party.name] = party.members.names
                self.columns |= {(party.name, name): column for name, column in party.members.columns.items()}
        for flow in relationship.flows.values():
            if flow.along is not None:
                self._add_links(flow)

    def _add_links(self, flow: Flow) -> None:
        if flow.along is None:
            return
        givers, receivers = self._names(flow.giver), self._names(flow.receiver)
        pairs = [f"{givers[g]}>{receivers[r]}" for g, r in zip(flow.along.givers, flow.along.receivers, strict=True)]
        counts: dict[str, int] = {}
        for place, pair in enumerate(pairs):
            counts[pair] = counts.get(pair, 0) + 1
            pairs[place] = pair if counts[pair] == 1 else f"{pair}/{counts[pair]}"
        axis = self.of_flow(flow)
        self.keys[axis or ""] = tuple(pairs)
        self.columns |= {(axis, name): column for name, column in flow.along.columns.items()}

    def _names(self, party: str) -> tuple[str, ...]:
        members = self.relationship.parties[party].members
        return members.names if members else ("",)

    def is_group(self, party: str) -> bool:
        """Whether the name is that of a group."""
        return party in self.keys

    def of_flow(self, flow: Flow) -> str | None:
        """The axis along which a flow runs: its links, else the group beside it (the giver's, if both are)."""
        if flow.along is not None:
            return f"along {flow.name}"
        return next((party for party in (flow.giver, flow.receiver) if self.is_group(party)), None)

    def column(self, owner: str | None, name: str) -> Register:
        """A column of numbers beside members or links."""
        if (owner, name) not in self.columns:
            return self.tape.number(math.nan)
        return self.tape.source("column", (owner, name), axis=owner)

    def presence(self, axis: str | None) -> Register:
        """How many of each member there are; of a link, of its two ends together."""
        if axis is None:
            return self.tape.number(1)
        if axis in self.relationship.parties:
            party = self.relationship.parties[axis]
            if party.joins is None and party.leaves is None:
                return self.tape.number(1)
            return self.tape.source("presence", axis, axis=axis, lane=True, future=True, time=True)
        flow = self.relationship.flows[axis.removeprefix("along ")]
        return self.tape.apply("multiply", self.beside(flow, "giver"), self.beside(flow, "receiver"))

    def beside(self, flow: Flow, side: str) -> Register:
        """The presence of a flow's giving or receiving members, along the flow's axis; 1 for a single party."""
        party = flow.giver if side == "giver" else flow.receiver
        if not self.is_group(party):
            return self.tape.number(1)
        return self.on_flow(flow, side, self.presence(party))

    def on_flow(self, flow: Flow, side: str, value: Register) -> Register:
        """A value of the giver or receiver, along the flow's axis."""
        party, axis = (flow.giver if side == "giver" else flow.receiver), self.of_flow(flow)
        if value.axis is None or axis == party:
            return value
        if flow.along is not None:
            return self.tape.move(
                "gather", value, flow.along.givers if side == "giver" else flow.along.receivers, axis or ""
            )
        return self.tape.move("gather", value, self._places(party, axis or ""), axis or "")

    def at_party(self, flow: Flow, side: str, value: Register) -> Register:
        """What amounts per member or link come to at each member of the giver or receiver, or at a single one."""
        party, axis = (flow.giver if side == "giver" else flow.receiver), self.of_flow(flow)
        if axis is None:
            return value
        if not self.is_group(party):
            return self.tape.reduce("sum", self.tape.spread(value, axis), self.presence(axis))
        if flow.giver != flow.receiver or flow.along is not None:
            other = self.beside(flow, "receiver" if side == "giver" else "giver")
            value = self.tape.apply("multiply", value, other)
        if axis == party:
            return value
        value = self.tape.spread(value, axis)
        if flow.along is not None:
            return self.tape.move(
                "scatter", value, flow.along.givers if side == "giver" else flow.along.receivers, party
            )
        return self.tape.move("gather", value, self._places(axis, party), party)

    def total(self, flow: Flow, value: Register) -> Register:
        """The sum of an amount over the members or links of a flow."""
        axis = self.of_flow(flow)
        if axis is None:
            return value
        weight = self.presence(axis)
        if flow.along is None and flow.giver != flow.receiver:
            weight = self.tape.apply("multiply", self.beside(flow, "giver"), self.beside(flow, "receiver"))
        return self.tape.reduce("sum", self.tape.spread(value, axis), weight)

    def sum_of(self, axis: str | None, value: Register) -> Register:
        """The sum over the members present."""
        return value if axis is None else self.tape.reduce("sum", self.tape.spread(value, axis), self.presence(axis))

    def _places(self, of: str, along: str) -> tuple[int, ...]:
        """For each member of `along` the index of the member of `of` with the same name."""
        index = {name: place for place, name in enumerate(self.keys[of])}
        return tuple(index[name] for name in self.keys[along])

    def brought(self, value: Register, axis: str | None) -> Register:
        """A value of one group's members along another axis: by equal names where there are such, else their sum."""
        if value.axis is None or value.axis == axis:
            return value
        if axis is not None and set(self.keys[axis]) <= set(self.keys[value.axis]):
            return self.tape.move("gather", value, self._places(value.axis, axis), axis)
        return self.sum_of(value.axis, value)
