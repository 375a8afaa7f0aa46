"""The relationship at its first instant: every value once, in plain floats.

The world stands at its mean (a walk and a series at their start, jumps at rest), ranges at their middle, and what is
on its way arrives at the rate at which it is sent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import final

from lichen.relationship.evaluate import evaluate, quantile
from lichen.relationship.flow import Flow
from lichen.relationship.formula import Call, Name, Tree, gathers, walk
from lichen.relationship.order import in_order, reached, readers
from lichen.relationship.party import Capacity, Party
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value
from lichen.relationship.world import Process, Series

_RATE = "rate of"
_ARRIVING = "arriving"
"""Stands for the receiving end of a link where places are looked up by member; no party can have this name."""


@final
@dataclass(frozen=True, slots=True)
class Place:
    """Of which members, by group, and of which link of which flow a formula speaks; empty when of none."""

    members: tuple[tuple[str, int], ...] = ()
    flow: str = ""
    link: int = -1

    def member(self, group: str) -> int | None:
        """The index of the member of this group, if the place names one."""
        return next((index for name, index in self.members if name == group), None)


NOWHERE = Place()


@final
class Start:
    """Reads the first instant. What has a name is computed once, each after what it reads, so that no chain is too
    long; all of it when the first is asked for, since many ask for plain figures alone.

    Flows that are `stopped` carry nothing, also where other formulas read them; `moved` are these and the flows that
    change with them. With a `base` of the same relationship everything else is taken from there. A flow that reads
    itself through a delay starts from nothing: what it would read of itself counts as 0.
    """

    __slots__ = ("_known", "_order", "_places", "_readers", "_stopped", "_sums", "_waiting", "moved", "relationship")

    def __init__(
        self, relationship: Relationship, stopped: frozenset[str] = frozenset(), base: Start | None = None
    ) -> None:
        self.relationship = relationship
        self._readers: Mapping[str, set[str]] = readers(relationship) if base is None else base._readers
        self.moved = reached(stopped, self._readers) if stopped else frozenset()
        self._stopped = stopped
        if base is not None:
            base._compute_all()
        self._places: dict[str, Mapping[tuple[str, int], tuple[Place, ...]]] = {} if base is None else base._places
        self._order: Mapping[str, int] = _numbered(in_order(relationship)) if base is None else base._order
        self._known: dict[tuple[str, ...], dict[Place, float]] = {} if base is None else base._known.copy()
        self._sums: dict[object, float] = {}
        for key in self.moved:
            self._known.pop((key,), None)
            self._known.pop((_RATE, key), None)
        moved = sorted(self.moved & self._order.keys(), key=self._order.__getitem__)
        self._waiting: Mapping[str, None] = dict.fromkeys(self._order if base is None else moved)

    def read(self, key: str) -> float:
        """The value of one name in base units; NaN where somebody keeps to itself what it needs.

        `price` (a term), `demand` (of the world), `packaging` (the rate of a flow per day, of a group the sum over
        members or links), `alder.cash` (the level, of a group the sum), `alder.headroom` (of a group what counts: a
        quantile over members or the least).
        """
        return self._name(Name(tuple(key.split("."))), NOWHERE)

    def value(self, value: Value | None, place: Place = NOWHERE) -> float:
        """A value of the file, for one member or link where it is stated of each; NaN when unknown or absent."""
        return math.nan if value is None or value.tree is None else self._tree(value.tree, place)

    def flow_worth(self, flow: Flow, capacity: str) -> float:
        """What the flow adds to a capacity of its receiver, per day (summed over members or links)."""
        return self._sum_over(flow, flow.worth.get(capacity))

    def flow_cost(self, flow: Flow, capacity: str) -> float:
        """What the flow takes from a capacity of its giver, per day (summed over members or links)."""
        return self._sum_over(flow, flow.cost.get(capacity))

    def mean_over(self, flow: Flow, value: Value | None) -> float:
        """A value of a flow that is stated of each member or link, such as a delay: its mean; NaN without any."""
        values = [self.value(value, at) for at in self._places_of(flow, NOWHERE)]
        return sum(values) / len(values) if values else math.nan

    def of_members(self, party: Party, value: Value | None) -> tuple[float, ...]:
        """A value of a party for each of its members; one number for a single party."""
        return tuple(self.value(value, place) for place in _member_places(party))

    def headrooms(self, party: Party) -> tuple[float, ...]:
        """The headroom of each member; one number for a single party, none when it has no essential capacity."""
        if not party.essential_capacities:
            return ()
        return tuple(self._headroom(party, place) for place in _member_places(party))

    def _compute_all(self) -> None:
        """All that has a name, once."""
        waiting, self._waiting = self._waiting, {}
        for key in waiting:
            self.read(key)

    def _tree(self, tree: Tree, place: Place) -> float:
        return evaluate(tree, lambda name: self._name(name, place), lambda call: self._call(call, place))

    def _call(self, call: Call, place: Place) -> float | None:
        """The value of a call that needs the group or the relationship, None for any other."""
        if call.function == "balance":
            return 1.0  # before anything has been given, neither side is ahead
        if call.function == "arriving" and isinstance(call.arguments[0], Name):
            return self._arriving(self.relationship.flows[call.arguments[0].text], place)
        if not gathers(call):
            return None
        self._compute_all()
        places = self._places_read(call.arguments[0])
        if places is None:
            return None
        if id(call) not in self._sums:
            values = [self._tree(call.arguments[0], inside) for inside in places]
            q = self._tree(call.arguments[1], place) if call.function == "quantile" else math.nan
            self._sums[id(call)] = _reduce(call.function, values, q)
        return self._sums[id(call)]

    def _places_read(self, tree: Tree) -> tuple[Place, ...] | None:
        """What a reduction runs over: the links of the first such flow, or the members of the first group, it reads."""
        for node in walk(tree):
            if not isinstance(node, Name):
                continue
            flow = self.relationship.flows.get(node.text)
            if flow is not None and flow.along is not None:
                return self._places_of(flow, NOWHERE)
            for name in flow.parties if flow else node.parts[:1]:
                party = self.relationship.parties.get(name)
                if party is not None and party.members is not None:
                    return _member_places(party)
        return None

    def _name(self, name: Name, place: Place) -> float:
        if name.parts == ("time",):
            return 0.0
        name, place = self._at(name, place)
        if self._waiting and name.text in self._waiting:
            self._compute_all()
        known = self._known_of(name.parts)
        if place not in known:
            known[place] = 0.0  # what a delayed circle reads of itself
            known[place] = self._compute(name.parts, place)
        return known[place]

    def _known_of(self, about: tuple[str, ...]) -> dict[Place, float]:
        """What is known of a name, or of the rate of a flow, by place; shared with the base where nothing moves it."""
        known = self._known.get(about)
        if known is None:
            known = self._known[about] = {}
        return known

    def _at(self, name: Name, place: Place) -> tuple[Name, Place]:
        """The name with `giver` and `receiver` replaced by their group, and as much of the place as it depends on."""
        first, relationship = name.parts[0], self.relationship
        links = relationship.flows[place.flow].along if place.flow else None
        if first in ("giver", "receiver") and links is not None:
            flow = relationship.flows[place.flow]
            group, ends = (flow.giver, links.givers) if first == "giver" else (flow.receiver, links.receivers)
            column = name.parts[1]
            is_own = column in relationship.parties[group].capacities or column == "headroom"
            parts = (group, column) if is_own else (group, "members", column)
            return Name(parts), Place(((group, ends[place.link]),))
        flow_named = relationship.flows.get(name.text)
        if first == "link" or (links is not None and flow_named is not None and flow_named.along == links):
            return name, place
        groups = flow_named.parties if flow_named else (first,)
        return name, Place(tuple(pair for pair in place.members if pair[0] in groups))

    def _compute(self, parts: tuple[str, ...], place: Place) -> float:
        relationship = self.relationship
        match parts:
            case ("link", column) if place.flow:
                links = relationship.flows[place.flow].along
                return links.columns[column][place.link] if links and column in links.columns else math.nan
            case (group, "members", column):
                return _column(relationship.parties[group], column, place)
            case (party, "headroom"):
                return self._party_headroom(relationship.parties[party], place)
            case (party, capacity):
                owner = relationship.parties[party]
                level = owner.capacities[capacity].level
                if place.members:
                    return self.value(level, place)
                return sum(self.of_members(owner, level))
            case (name,) if name in relationship.terms:
                return self.value(relationship.terms[name].value)
            case (name,) if name in relationship.world:
                return self._mean(relationship.world[name])
            case (name,) if name in relationship.flows:
                flow = relationship.flows[name]
                places = (Place(place.members, name, place.link),) if place.flow else self._places_of(flow, place)
                return sum(self._rate(flow, at) for at in places)
            case _:
                return math.nan

    def _rate(self, flow: Flow, place: Place) -> float:
        if flow.name in self._stopped:
            return 0.0
        self._compute_all()
        known = self._known_of((_RATE, flow.name))
        if place not in known:
            rate = self.value(flow.rate, place)
            known[place] = rate if math.isnan(rate) else max(0.0, rate)
        return known[place]

    def _sum_over(self, flow: Flow, per_unit: Value | None) -> float:
        if per_unit is None:
            return 0.0
        key = flow.name, id(per_unit)
        if key not in self._sums:
            places = self._places_of(flow, NOWHERE)
            self._sums[key] = sum(self._rate(flow, at) * self.value(per_unit, at) for at in places)
        return self._sums[key]

    def _party_headroom(self, party: Party, place: Place) -> float:
        if place.members or party.members is None:
            return self._headroom(party, place)
        return quantile(list(self.headrooms(party)), party.quantile if party.counts == "quantile" else 0.0)

    def _headroom(self, party: Party, place: Place) -> float:
        rooms = [self._room(capacity, place) for capacity in party.essential_capacities]
        return math.nan if not rooms or any(math.isnan(room) for room in rooms) else min(rooms)

    def _room(self, capacity: Capacity, place: Place) -> float:
        level, floor = self.value(capacity.level, place), self.value(capacity.floor, place)
        healthy = level if capacity.healthy is None else self.value(capacity.healthy, place)
        return (level - floor) / (healthy - floor) if healthy != floor else math.nan

    def _arriving(self, flow: Flow, place: Place) -> float:
        """What the incoming links of a member carry now."""
        member = place.member(flow.receiver)
        at_member = NOWHERE if member is None or flow.along is None else Place(((_ARRIVING, member),))
        places = self._places_of(flow, at_member)
        return sum(self._rate(flow, at) for at in places)

    def _places_of(self, flow: Flow, place: Place) -> tuple[Place, ...]:
        """The members or links at which the flow runs, as far as they agree with a place.

        Links agree with their giving member; a flow along links from another group with the receiving one.
        """
        by_member = self._places.get(flow.name)
        if by_member is None:
            by_member = self._places[flow.name] = _index(flow, self._all_places(flow))
        of_giver = [pair for pair in place.members if pair[0] == flow.giver]
        member = (of_giver or list(place.members) or [("", -1)])[0]
        return by_member.get(member, ())

    def _all_places(self, flow: Flow) -> Iterator[Place]:
        """Every place at which the flow runs: one, one a member, one a pair of members of one name, or one a link."""
        if flow.along is not None:
            for link, member in enumerate(flow.along.givers):
                yield Place(((flow.giver, member),), flow.name, link)
            return
        groups = [self.relationship.parties[name] for name in flow.parties]
        groups = [party for party in groups if party.members is not None]
        if len(groups) < 2:
            yield from (_member_places(groups[0]) if groups else (NOWHERE,))
            return
        giver, receiver = (party.members.names if party.members else () for party in groups)
        index = {name: i for i, name in enumerate(receiver)}
        for i, name in enumerate(giver):
            if name in index:
                yield Place(((groups[0].name, i), (groups[1].name, index[name])))

    def _mean(self, process: Process) -> float:
        at = {name: self.value(value) for name, value in process.parameters.items()}
        none = math.nan
        match process.kind:
            case "constant":
                return at.get("value", none)
            case "uniform":
                return (at.get("from", none) + at.get("to", none)) / 2
            case "triangular":
                return (at.get("from", none) + at.get("mode", none) + at.get("to", none)) / 3
            case "beta":
                low, high, a, b = (at.get(key, none) for key in ("from", "to", "a", "b"))
                return low + (high - low) * a / (a + b) if a + b else none
            case "random_walk":
                return at.get("start", none)
            case "jumps":
                return 0.0
            case "series":
                return none if process.series is None else _in_force(process.series, self.relationship.time.start)
            case _:
                return at.get("mean", none)


def _numbered(names: Iterable[str]) -> Mapping[str, int]:
    return {name: turn for turn, name in enumerate(names)}


def _reduce(function: str, values: list[float], q: float) -> float:
    match function:
        case "sum":
            return sum(values)
        case "quantile":
            return quantile(values, q)
        case "least":
            return quantile(values, 0.0)
        case _:  # `mean`, and `share` as the mean of what is true
            return sum(map(bool, values) if function == "share" else values) / len(values) if values else math.nan


def _column(group: Party, column: str, place: Place) -> float:
    values = group.members.columns.get(column) if group.members else None
    if values is None:
        return math.nan
    member = place.member(group.name)
    return sum(values) if member is None else values[member]


def _member_places(party: Party) -> tuple[Place, ...]:
    if party.members is None:
        return (NOWHERE,)
    return tuple(Place(((party.name, index),)) for index in range(len(party.members)))


def _index(flow: Flow, places: Iterable[Place]) -> Mapping[tuple[str, int], tuple[Place, ...]]:
    """The places of a flow by (group, member); all of them under ("", -1)."""
    found: dict[tuple[str, int], list[Place]] = {("", -1): []}
    for place in places:
        found["", -1].append(place)
        members = place.members
        if flow.along is not None:
            receiver = flow.along.receivers[place.link]
            members = (*members, (_ARRIVING, receiver))
            if flow.receiver != flow.giver:
                members = (*members, (flow.receiver, receiver))
        for member in members:
            found.setdefault(member, []).append(place)
    return {member: tuple(there) for member, there in found.items()}


def _in_force(series: Series, start: date) -> float:
    """The value at or before the start, the first before the first; of a series drawn in blocks, its mean."""
    if not series.values:
        return math.nan
    if series.resample_days is not None:
        return sum(series.values) / len(series.values)
    last = sum(day < start + timedelta(days=1) for day in series.dates) - 1
    return series.values[max(last, 0)]
