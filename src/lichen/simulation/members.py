"""Members and links on a tape: the axes along which registers vary, and the ways between them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import final, overload

import numpy as np

from lichen.relationship.flow import Flow, Links
from lichen.relationship.party import Members as PartyMembers
from lichen.relationship.relationship import Relationship
from lichen.simulation.sampling import Column, Drawn, Samples
from lichen.simulation.tape import Register, Tape


@final
class Members:
    """Axes: the members of groups and the links of flows, and the ways between them."""

    def __init__(self, relationship: Relationship, tape: Tape) -> None:
        self.relationship = relationship
        self.tape = tape
        self.keys: dict[str, Sequence[str]] = {}
        self.columns: dict[object, Column] = {}
        self.samples = Samples(tape, self.keys)
        self.drawn: dict[str, Drawn] = {}
        for party in relationship.parties.values():
            if party.members is not None:
                self._add_members(party.name, party.members)
        for flow in relationship.flows.values():
            if flow.along is not None:
                self._add_links(flow)

    def _add_members(self, group: str, members: PartyMembers) -> None:
        sample, columns = members.sample, members.columns
        self.keys[group] = members.names
        self.columns |= {(group, name): column for name, column in columns.items()}
        if sample is not None:
            self.keys[group] = tuple(f"turn {turn} of {group}" for turn in range(sample.size))
            self.columns |= {(group, name): np.array(column) for name, column in columns.items()}
            self.drawn[group] = Drawn(group=group, sample=sample, of=len(members))

    def _add_links(self, flow: Flow) -> None:
        if flow.along is None:
            return
        axis = self.of_flow(flow)
        self.keys[axis or ""] = _LinkNames(flow.along, self._names(flow.giver), self._names(flow.receiver))
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
        if owner in self.drawn:
            return self.tape.source("drawn column", (owner, name), axis=owner, future=True)
        return self.tape.source("column", (owner, name), axis=owner)

    def presence(self, axis: str | None) -> Register:
        """How many of each member there are; of a link, of its two ends together."""
        if axis is None:
            return self.tape.number(1)
        if axis in self.relationship.parties:
            party = self.relationship.parties[axis]
            if party.joins is None and party.leaves is None:
                return self.tape.number(self.drawn[axis].stands_for if axis in self.drawn else 1)
            return self.tape.source("presence", axis, axis=axis, lane=True, future=True, time=True)
        return self._weight(self.relationship.flows[axis.removeprefix("along ")])

    def some(self, group: str, value: Register) -> tuple[Register, Register]:
        """A value of the members whose order is told, of a large group those of its sample, and their presence."""
        return self.samples.of(group, value), self.samples.of(group, self.presence(group))

    def beside(self, flow: Flow, side: str) -> Register:
        """The presence of a flow's giving or receiving members, along the flow's axis; 1 for a single party."""
        party = _end(flow, side)
        if not self.is_group(party):
            return self.tape.number(1)
        return self.on_flow(flow, side, self.presence(party))

    def _met(self, flow: Flow, side: str) -> Register:
        """How many of one side a member of the other meets: those present; who gives to itself meets one."""
        there = self.beside(flow, side)
        if flow.giver != flow.receiver or there.number is not None:
            return there
        one = self.tape.number(1)
        if flow.along is None:
            return one
        itself = tuple(float(g == r) for g, r in zip(flow.along.givers, flow.along.receivers, strict=True))
        if not any(itself):
            return there
        axis = self.of_flow(flow)
        self.columns[axis, "to itself"] = itself
        return self.tape.apply(
            "select", self.tape.apply("greater", self.column(axis, "to itself"), self.tape.number(0)), one, there
        )

    def _weight(self, flow: Flow) -> Register:
        """How often each pair of ends of a flow is there."""
        return self.tape.apply("multiply", self.beside(flow, "giver"), self._met(flow, "receiver"))

    def on_flow(self, flow: Flow, side: str, value: Register) -> Register:
        """A value of the giver or receiver, along the flow's axis."""
        party, axis = _end(flow, side), self.of_flow(flow)
        if value.axis is None or axis is None or axis == party:
            return value
        return self.tape.move("gather", value, self._ends(flow, side) or self._places(party, axis), axis)

    def at_party(self, flow: Flow, side: str, value: Register) -> Register:
        """What amounts per member or link come to at each member of the giver or receiver, or at a single one."""
        party, axis = _end(flow, side), self.of_flow(flow)
        if axis is None:
            return value
        if not self.is_group(party):
            return self.sum_of(axis, value)
        value = self.tape.apply("multiply", value, self._met(flow, "receiver" if side == "giver" else "giver"))
        if axis == party:
            return value
        value, ends = self.tape.spread(value, axis), self._ends(flow, side)
        if ends is not None:
            return self.tape.move("scatter", value, ends, party)
        return self.tape.move("gather", value, self._places(axis, party), party)

    def total(self, flow: Flow, value: Register) -> Register:
        """The sum of an amount over the members or links of a flow."""
        axis = self.of_flow(flow)
        if axis is None:
            return value
        return self.tape.reduce("sum", self.tape.spread(value, axis), self._weight(flow))

    def _ends(self, flow: Flow, side: str) -> tuple[int, ...] | None:
        if flow.along is None:
            return None
        return flow.along.givers if side == "giver" else flow.along.receivers

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


@final
class _LinkNames(Sequence[str]):
    """What links are called: `giver>receiver`, a further one between the same two with its number.

    Only chance that is drawn for each link asks, so they are written out when they are first read.
    """

    def __init__(self, links: Links, givers: tuple[str, ...], receivers: tuple[str, ...]) -> None:
        self.links, self.givers, self.receivers = links, givers, receivers

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        found, counts = [], Counter[str]()
        for giver, receiver in zip(self.links.givers, self.links.receivers, strict=True):
            pair = f"{self.givers[giver]}>{self.receivers[receiver]}"
            counts[pair] += 1
            found.append(pair if counts[pair] == 1 else f"{pair}/{counts[pair]}")
        return tuple(found)

    def __len__(self) -> int:
        """How many links there are."""
        return len(self.links.givers)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        """What one link, or some, are called."""
        return self.names[place]


def _end(flow: Flow, side: str) -> str:
    return flow.giver if side == "giver" else flow.receiver
