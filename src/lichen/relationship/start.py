"""The relationship at its first instant: every value once, in plain floats.

The world stands at its mean (a walk and a series at their start, jumps at rest), ranges at their middle, and what is
on its way arrives at the rate at which it is sent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import repeat
from typing import final

from lichen.relationship.evaluate import Values, each, evaluate_each, least, quantile
from lichen.relationship.flow import Flow
from lichen.relationship.formula import Call, Name, Tree, gathers, walk
from lichen.relationship.order import in_order, reached, readers
from lichen.relationship.party import Capacity, Party
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value
from lichen.relationship.world import Process, Series

_RATE, _ARRIVING = "rate of", "arriving"


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Axis:
    """Along what a value varies: `size` members or links; a single thing when it has no name.

    `members`: by group, which of its members stands at each place, None for each at its own. `flow`: of whose links it
    consists.
    """

    name: str = ""
    size: int = 1
    members: Mapping[str, Sequence[int] | None] = field(default_factory=dict)
    flow: str = ""


SINGLE = Axis()


@final
class Start:
    """Reads the first instant. What has a name is computed once, each after what it reads, so that no chain is too
    long; all of it when the first is asked for, since many ask for plain figures alone.

    Flows that are `stopped` carry nothing, also where other formulas read them; `moved` are these and the flows that
    change with them. With a `base` of the same relationship everything else is taken from there. A flow that reads
    itself through a delay starts from nothing: what it would read of itself counts as 0.
    """

    __slots__ = ("_axes", "_known", "_order", "_readers", "_stopped", "_sums", "_waiting", "moved", "relationship")

    def __init__(
        self, relationship: Relationship, stopped: frozenset[str] = frozenset(), base: Start | None = None
    ) -> None:
        self.relationship = relationship
        self._readers: Mapping[str, set[str]] = readers(relationship) if base is None else base._readers
        self.moved = reached(stopped, self._readers) if stopped else frozenset()
        self._stopped = stopped
        if base is not None:
            base._compute_all()
        self._axes: dict[str, Axis] = {} if base is None else base._axes
        self._order: Mapping[str, int] = _numbered(in_order(relationship)) if base is None else base._order
        self._known: dict[tuple[tuple[str, ...], str], Values] = {} if base is None else base._known.copy()
        self._sums: dict[object, Values] = {}
        for name in self.moved:
            for end in ("", *relationship.flows[name].parties):
                for about in ((name,), (name, _ARRIVING), (_RATE, name)):
                    self._known.pop((about, end), None)
        moved = sorted(self.moved & self._order.keys(), key=self._order.__getitem__)
        self._waiting: Mapping[str, None] = dict.fromkeys(self._order if base is None else moved)

    def read(self, key: str) -> float:
        """The value of one name in base units; NaN where somebody keeps to itself what it needs.

        `price` (a term), `demand` (of the world), `packaging` (the rate of a flow per day, of a group the sum over
        members or links), `alder.cash` (the level, of a group the sum), `alder.headroom` (of a group what counts: a
        quantile over members or the least).
        """
        return _one(self._name(Name(tuple(key.split("."))), SINGLE))

    def value(self, value: Value | None) -> float:
        """A value of the file that is no member's; NaN when unknown or absent."""
        return _one(self._value(value, SINGLE))

    def flow_worth(self, flow: Flow, capacity: str) -> float:
        """What the flow adds to a capacity of its receiver, per day (summed over members or links)."""
        return self._sum_over(flow, flow.worth.get(capacity))

    def flow_cost(self, flow: Flow, capacity: str) -> float:
        """What the flow takes from a capacity of its giver, per day (summed over members or links)."""
        return self._sum_over(flow, flow.cost.get(capacity))

    def mean_over(self, flow: Flow, value: Value | None) -> float:
        """A value of a flow that is stated of each member or link, such as a delay: its mean; NaN without any."""
        axis = self._axis_of(flow)
        return _reduce("mean", _all(self._value(value, axis), axis), math.nan)

    def of_members(self, party: Party, value: Value | None) -> tuple[float, ...]:
        """A value of a party for each of its members; one number for a single party."""
        axis = _axis(party)
        return tuple(_all(self._value(value, axis), axis))

    def headrooms(self, party: Party) -> tuple[float, ...]:
        """The headroom of each member; one number for a single party, none when it has no essential capacity."""
        return tuple(_all(self._headroom(party), _axis(party))) if party.essential_capacities else ()

    def _compute_all(self) -> None:
        """All that has a name, once."""
        waiting, self._waiting = self._waiting, {}
        for key in waiting:
            self.read(key)

    def _value(self, value: Value | None, axis: Axis) -> Values:
        return math.nan if value is None or value.tree is None else self._tree(value.tree, axis)

    def _tree(self, tree: Tree, axis: Axis) -> Values:
        return evaluate_each(tree, lambda name: self._name(name, axis), lambda call: self._call(call, axis))

    def _call(self, call: Call, axis: Axis) -> Values | None:
        """The value of a call that needs the group or the relationship, None for any other."""
        if call.function == "balance":
            return 1.0  # before anything has been given, neither side is ahead
        if call.function == "arriving" and isinstance(call.arguments[0], Name):
            flow = self.relationship.flows[call.arguments[0].text]
            at_members = flow.along is not None and flow.receiver in axis.members
            return self._passing(flow, flow.receiver if at_members else "", axis, arriving=True)
        if not gathers(call):
            return None
        self._compute_all()
        over = self._axis_read(call.arguments[0])
        if over is None:
            return None
        if id(call) not in self._sums:
            values = _all(self._tree(call.arguments[0], over), over)
            q = _one(self._tree(call.arguments[1], SINGLE)) if call.function == "quantile" else math.nan
            self._sums[id(call)] = _reduce(call.function, values, q)
        return self._sums[id(call)]

    def _axis_read(self, tree: Tree) -> Axis | None:
        """What a reduction runs over: the links of the first such flow, or the members of the first group, it reads."""
        for node in walk(tree):
            if not isinstance(node, Name):
                continue
            flow = self.relationship.flows.get(node.text)
            if flow is not None and flow.along is not None:
                return self._axis_of(flow)
            for name in flow.parties if flow else node.parts[:1]:
                party = self.relationship.parties.get(name)
                if party is not None and party.members is not None:
                    return _axis(party)
        return None

    def _name(self, name: Name, axis: Axis) -> Values:
        """The value of a name at each place of an axis."""
        self._compute_all()
        relationship, parts = self.relationship, name.parts
        first, links = parts[0], relationship.flows[axis.flow].along if axis.flow else None
        flow = relationship.flows.get(name.text)
        if links is not None and first in ("giver", "receiver"):
            linked = relationship.flows[axis.flow]
            group, ends = (linked.giver, links.givers) if first == "giver" else (linked.receiver, links.receivers)
            own = relationship.parties[group]
            is_own = parts[1] in own.capacities or parts[1] == "headroom"
            return _taken(self._of_group((group, *(parts[1:] if is_own else ("members", parts[1]))), _axis(own)), ends)
        if links is not None and first == "link":
            return links.columns.get(parts[1], math.nan)
        if links is not None and flow is not None and flow.along == links:
            return self._rate(flow)
        if flow is not None:
            group = next((end for end in flow.parties if end in axis.members), "")
            return self._passing(flow, group, axis)
        if first in axis.members and len(parts) > 1:
            return _taken(self._of_group(parts, _axis(relationship.parties[first])), axis.members[first])
        return self._of_group(parts, SINGLE)

    def _of_group(self, parts: tuple[str, ...], axis: Axis) -> Values:
        """A name that is no flow's: of each member of a group, or one number."""
        key = parts, axis.name
        if key not in self._known:
            self._known[key] = 0.0  # what a delayed circle reads of itself
            self._known[key] = self._compute(parts, axis)
        return self._known[key]

    def _compute(self, parts: tuple[str, ...], axis: Axis) -> Values:
        relationship = self.relationship
        match parts:
            case ("time",):
                return 0.0
            case (group, "members", column):
                members = relationship.parties[group].members
                values = members.columns.get(column, math.nan) if members is not None else math.nan
                return values if axis.name or isinstance(values, float) else sum(values)
            case (party, "headroom"):
                owner = relationship.parties[party]
                return self._headroom(owner) if axis.name or owner.members is None else self._counted(owner)
            case (party, capacity):
                owner = relationship.parties[party]
                level = owner.capacities[capacity].level
                return self._value(level, axis) if axis.name else sum(self.of_members(owner, level))
            case (name,) if name in relationship.terms:
                return self.value(relationship.terms[name].value)
            case (name,) if name in relationship.world:
                return self._mean(relationship.world[name])
            case _:
                return math.nan

    def _passing(self, flow: Flow, group: str, axis: Axis, *, arriving: bool = False) -> Values:
        """What a flow carries at each place of an axis: of the member of a `group` that stands there, or in all.

        At both ends of links within one group, what its members give, or what is `arriving` at them.
        """
        key = (flow.name, *((_ARRIVING,) if arriving else ())), group
        if key not in self._known:
            self._known[key] = 0.0  # what a delayed circle reads of itself
            own = self._axis_of(flow)
            rates = _all(self._rate(flow), own)
            if not group:
                self._known[key] = sum(rates)
            elif own.name == group:
                self._known[key] = list(rates)
            else:
                ends = own.members.get(group)
                if flow.along is not None and (arriving or group != flow.giver):
                    ends = flow.along.receivers
                members = self.relationship.parties[group].members or ()
                self._known[key] = _gathered(rates, ends or (), len(members))
        return _taken(self._known[key], axis.members[group]) if group else self._known[key]

    def _rate(self, flow: Flow) -> Values:
        """What each member or link of a flow carries."""
        if flow.name in self._stopped:
            return 0.0
        self._compute_all()
        key = (_RATE, flow.name), ""
        if key not in self._known:
            self._known[key] = 0.0  # what a delayed circle reads of itself
            self._known[key] = each(_not_below_nothing, self._value(flow.rate, self._axis_of(flow)))
        return self._known[key]

    def _sum_over(self, flow: Flow, per_unit: Value | None) -> float:
        if per_unit is None:
            return 0.0
        key = flow.name, id(per_unit)
        if key not in self._sums:
            axis = self._axis_of(flow)
            amounts = each(lambda rate, one: rate * one, self._rate(flow), self._value(per_unit, axis))
            self._sums[key] = sum(_all(amounts, axis))
        return _one(self._sums[key])

    def _counted(self, group: Party) -> float:
        """The headroom that counts in a group."""
        return quantile(list(self.headrooms(group)), group.quantile if group.counts == "quantile" else 0.0)

    def _headroom(self, party: Party) -> Values:
        """The headroom of each member, or of a single party."""
        rooms = [self._room(capacity, _axis(party)) for capacity in party.essential_capacities]
        return each(least, *rooms) if rooms else math.nan

    def _room(self, capacity: Capacity, axis: Axis) -> Values:
        level, floor = self._value(capacity.level, axis), self._value(capacity.floor, axis)
        healthy = level if capacity.healthy is None else self._value(capacity.healthy, axis)
        return each(_share_of_range, level, floor, healthy)

    def _axis_of(self, flow: Flow) -> Axis:
        """Along what a flow runs: nothing, the members of a group, pairs of members of one name, or links."""
        if flow.name not in self._axes:
            self._axes[flow.name] = self._new_axis(flow)
        return self._axes[flow.name]

    def _new_axis(self, flow: Flow) -> Axis:
        name = f"along {flow.name}"
        if flow.along is not None:
            givers = {flow.giver: flow.along.givers}
            return Axis(name=name, size=len(flow.along.givers), members=givers, flow=flow.name)
        parties = [self.relationship.parties[party] for party in flow.parties]
        groups = [(party.name, party.members.names) for party in parties if party.members is not None]
        if len(groups) < 2:
            return (
                Axis() if not groups else Axis(name=groups[0][0], size=len(groups[0][1]), members={groups[0][0]: None})
            )
        (giver, names), (receiver, others) = groups
        places = {other: place for place, other in enumerate(others)}
        pairs = [(place, places[one]) for place, one in enumerate(names) if one in places]
        members = {giver: [pair[0] for pair in pairs], receiver: [pair[1] for pair in pairs]}
        return Axis(name=name, size=len(pairs), members=members)

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
    return {name: place for place, name in enumerate(names)}


def _axis(party: Party) -> Axis:
    """The members of a group; a single party has none."""
    if party.members is None:
        return SINGLE
    return Axis(name=party.name, size=len(party.members), members={party.name: None})


def _one(values: Values) -> float:
    """The one number of a single thing."""
    if isinstance(values, list | tuple):
        raise TypeError("a value of members stands where one number is asked for")
    return values


def _all(values: Values, axis: Axis) -> Sequence[float]:
    """A number for each place of an axis, also where they are alike."""
    return values if isinstance(values, list | tuple) else list(repeat(values, axis.size))


def _taken(values: Values, places: Sequence[int] | None) -> Values:
    """The values of those members that stand at each place."""
    if places is None or not isinstance(values, list | tuple):
        return values
    return [values[place] for place in places]


def _gathered(values: Sequence[float], places: Sequence[int], size: int) -> list[float]:
    """What comes together at each of so many members."""
    found = [0.0] * size
    for place, value in zip(places, values, strict=True):
        found[place] += value
    return found


def _not_below_nothing(rate: float) -> float:
    return rate if math.isnan(rate) else max(0.0, rate)


def _share_of_range(level: float, floor: float, healthy: float) -> float:
    return (level - floor) / (healthy - floor) if healthy != floor else math.nan


def _reduce(function: str, values: Sequence[float], q: float) -> float:
    match function:
        case "sum":
            return sum(values)
        case "quantile":
            return quantile(list(values), q)
        case "least":
            return quantile(list(values), 0.0)
        case _:  # `mean`, and `share` as the mean of what is true
            return sum(map(bool, values) if function == "share" else values) / len(values) if values else math.nan


def _in_force(series: Series, start: date) -> float:
    """The value at or before the start, the first before the first; of a series drawn in blocks, its mean."""
    if not series.values:
        return math.nan
    if series.resample_days is not None:
        return sum(series.values) / len(series.values)
    last = sum(day < start + timedelta(days=1) for day in series.dates) - 1
    return series.values[max(last, 0)]
