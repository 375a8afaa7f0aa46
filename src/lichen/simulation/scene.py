"""What the names of a relationship stand for on a tape: levels, headrooms, terms, the world, and what passes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import final

from lichen.relationship.flow import WORLD, Flow
from lichen.relationship.formula import Call, Name, Spread, Tree, children
from lichen.relationship.party import Capacity, Party
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value
from lichen.simulation.chance import is_nonnegative
from lichen.simulation.draws import range_key
from lichen.simulation.formulas import Formulas
from lichen.simulation.members import Members
from lichen.simulation.tape import Register, Tape

SENT_ON = "sent on"
"""The name of a transit that follows another one of the same flow."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What the experiments of a run ask of its tape: which flows and rules they change.

    `scenarios` and `points`: by name of a term or world variable, what replaces it in some lanes.
    """

    factored: frozenset[str] = frozenset()
    unreceived: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    switched_risks: frozenset[str] = frozenset()
    scenarios: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    points: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


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
        self._rates: dict[tuple[str, bool], Register] = {}
        self._shares: dict[str, Register | None] = {}
        self._floors: dict[tuple[str, str], Register] = {}

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
                return self._flow_along(self.relationship.flows[name], axis, asked)
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
        arrived = self.members.at_party(found, "receiver", self.rate(found, asked))
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
        return self._least(rooms) if rooms else self.tape.number(math.nan)

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

    def _least(self, registers: Iterable[Register]) -> Register:
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

    def rate(self, flow: Flow, asked: bool = False) -> Register:
        """What passes per day: not below 0, times what experiments and `at_floor` leave, rationed."""
        known = (flow.name, asked)
        if known not in self._rates:
            if asked:
                self._rates[known] = self._asked(flow)
            else:
                share, rate = self.share(flow), self.rate(flow, asked=True)
                self._rates[known] = rate if share is None else self.tape.apply("multiply", rate, share)
        return self._rates[known]

    def wished(self, flow: Flow) -> Register:
        """What the flow's formula gives."""
        axis = self.members.of_flow(flow)
        return self.tape.spread(self.formulas.value(flow.rate, axis, asked=True), axis)

    def _asked(self, flow: Flow) -> Register:
        rate = self.wished(flow)
        if not self.tape.is_nonnegative(rate):
            rate = self.tape.apply("maximum", rate, self.tape.number(0))
        if flow.name in self.needs.factored:
            rate = self.tape.apply("multiply", rate, self.tape.source("factor", flow.name, lane=True, time=True))
        giver = self.relationship.parties.get(flow.giver)
        if giver is not None and giver.at_floor == "stops":
            above = self.tape.apply("greater_equal", self.headroom(giver), self.tape.number(0))
            going = self.members.on_flow(flow, "giver", self.tape.as_number(above))
            rate = self.tape.apply("multiply", rate, going)
        return rate

    def _flow_along(self, flow: Flow, axis: str | None, asked: bool) -> Register:
        own = self.members.of_flow(flow)
        rate = self.rate(flow, asked)
        if own is None or own == axis:
            return rate
        if axis is None:
            return self.members.total(flow, rate)
        if axis == flow.receiver:
            return self.members.at_party(flow, "receiver", rate)
        if axis == flow.giver:
            return self.members.at_party(flow, "giver", rate)
        return self.members.brought(rate, axis) if flow.along is None else self.members.total(flow, rate)

    def share(self, flow: Flow) -> Register | None:
        """The share of what is asked that passes, along the flow's axis; None where nothing is rationed.

        The least of the shares of the capacities it draws on now and of the flows that its rate reads directly.
        """
        if flow.name not in self._shares:
            self._shares[flow.name] = None  # what is read through a circle of capacities is not read directly
            own = self._rations_at_once(flow)
            read = [self.share(other) for other in self._read_directly(flow)]
            axis = self.members.of_flow(flow)
            own += [
                self.members.brought(share, axis) if share.axis in (None, axis) else self._least_of(share)
                for share in read
                if share
            ]
            self._shares[flow.name] = self._least(own) if own else None
        return self._shares[flow.name]

    def _least_of(self, share: Register) -> Register:
        return self.tape.reduce("least", share, self.presence(share.axis))

    def _read_directly(self, flow: Flow) -> list[Flow]:
        tree = flow.rate.tree
        flows = self.relationship.flows
        names = () if tree is None else (node.text for node in _instant(tree) if isinstance(node, Name))
        return [flows[name] for name in dict.fromkeys(names) if name in flows]

    def _rations_at_once(self, flow: Flow) -> list[Register]:
        """The shares that hold for what is given now: not for what is settled later."""
        rations = self.rations(flow)
        if flow.settled_after is None or not rations:
            return rations
        lag = self.lag([self.formulas.value(flow.settled_after, self.members.of_flow(flow))])
        if lag.number is not None:
            return rations if lag.number == 0 else []
        at_once = self.tape.apply("less_equal", lag, self.tape.number(0))
        return [self.tape.apply("select", at_once, ration, self.tape.number(1)) for ration in rations]

    def rations(self, flow: Flow) -> list[Register]:
        """The shares that the bounded capacities of the giver leave to what draws on them, along the flow's axis."""
        if flow.giver == WORLD:
            return []
        giver = self.relationship.parties[flow.giver]
        bounded = [giver.capacities[name] for name in flow.cost if giver.capacities[name].at_least is not None]
        return [self.members.on_flow(flow, "giver", self._ration(giver, capacity)) for capacity in bounded]

    def _ration(self, party: Party, capacity: Capacity) -> Register:
        apply = self.tape.apply
        draws = self.tape.number(0)
        for flow in self.relationship.flows.values():
            if flow.giver == party.name and capacity.name in flow.cost:
                given = self.rate(flow, asked=True) if flow.settled_after is None else self.due(flow)
                drawn = apply("multiply", given, self.cost(flow, capacity.name))
                draws = apply("add", draws, self.members.at_party(flow, "giver", drawn))
        draws = apply("multiply", draws, self.tape.number(self.relationship.time.step_days))
        least = self.formulas.value(capacity.at_least, self.axis(party))
        above = apply("subtract", self.level(party, capacity.name), least)
        above = apply("maximum", above, self.tape.number(0))
        enough = apply("less_equal", draws, above)
        return apply("select", enough, self.tape.number(1), apply("divide", above, draws))

    def cost(self, flow: Flow, capacity: str) -> Register:
        """What one unit takes from a capacity of the giver, not below 0; it reads rates as asked for."""
        return self._signed(
            self.formulas.value(flow.cost[capacity], self.members.of_flow(flow), asked=True), above=True
        )

    def worth(self, flow: Flow, capacity: str) -> Register:
        """What one unit adds to a capacity of the receiver, with the sign of the flow's kind."""
        value = self.formulas.value(flow.worth[capacity], self.members.of_flow(flow))
        return self._signed(value, above=flow.kind not in ("burden", "risk"))

    def _signed(self, value: Register, *, above: bool) -> Register:
        zero = self.tape.number(0)
        if above:
            return value if self.tape.is_nonnegative(value) else self.tape.apply("maximum", value, zero)
        return self.tape.apply("minimum", value, zero)

    def due(self, flow: Flow) -> Register:
        """What is to be given now: at once, or of what was promised before what is settled now; not yet rationed."""
        if flow.settled_after is None:
            return self.rate(flow)
        return self._transit(flow, "settled", self.rate(flow, asked=True), [flow.settled_after])

    def arriving_now(self, flow: Flow, given: Register) -> Register:
        """What arrives now of what is and was given: each amount on the date that was set when it was promised."""
        if flow.settled_after is None:
            late = flow.name in self.needs.late
            lags = [flow.arrives_after] if flow.arrives_after else []
            return self._transit(flow, "arrived", given, lags) if lags or late else given
        if flow.arrives_after is None:
            return given
        promised = self.rate(flow, asked=True)
        if not self.rations(flow):
            return self._transit(flow, "arrived", promised, [flow.settled_after, flow.arrives_after])
        lag = self._lag_of(flow, [flow.arrives_after])
        if lag.time:  # what is settled now was promised with another one: the mean of what was
            weighed = self.tape.apply("multiply", promised, lag)
            weighed = self._transit(flow, "settled lag", weighed, [flow.settled_after])
            lag = self.tape.apply("divide", weighed, self.due(flow))
        return self.tape.keep("transit", (given, lag), (flow.name, SENT_ON), self.members.of_flow(flow))

    def _transit(self, flow: Flow, name: str, given: Register, lags: list[Value]) -> Register:
        lag = self._lag_of(flow, lags)
        return self.tape.keep("transit", (given, lag), (flow.name, name), self.members.of_flow(flow))

    def _lag_of(self, flow: Flow, lags: list[Value]) -> Register:
        return self.lag(self.formulas.value(lag, self.members.of_flow(flow)) for lag in lags)

    def lag(self, days: Iterable[Register]) -> Register:
        """Delays one after the other, in days, each rounded to whole steps, half upwards."""
        apply, step = self.tape.apply, self.tape.number(self.relationship.time.step_days)
        lag = self.tape.number(0)
        for more in days:
            steps = apply("floor", apply("add", apply("divide", more, step), self.tape.number(0.5)))
            lag = apply("add", lag, apply("multiply", steps, step))
        return lag


def _instant(tree: Tree) -> Iterator[Tree]:
    """The nodes of a tree that are read at the same instant: not those below a delay or smoothing."""
    yield tree
    if not (isinstance(tree, Call) and tree.function in ("delay", "smooth")):
        for child in children(tree):
            yield from _instant(child)
