"""What passes on a tape: rates, what they are rationed to, what is due now of what was promised, and what arrives."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Protocol, final

from lichen.relationship.flow import WORLD, Flow
from lichen.relationship.formula import Call, Name, Tree, children
from lichen.relationship.party import Capacity, Party
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value
from lichen.simulation.formulas import Formulas
from lichen.simulation.interventions import Needs
from lichen.simulation.members import Members
from lichen.simulation.program import PromisePlan
from lichen.simulation.tape import Register, Tape

SENT_ON = "sent on"
"""The name of a transit that follows another one of the same flow."""


class Surroundings(Protocol):
    """What flows take from the scene in which they pass."""

    relationship: Relationship
    needs: Needs
    tape: Tape
    members: Members
    formulas: Formulas

    def axis(self, party: Party) -> str | None:
        """The axis of a group's members."""
        ...

    def level(self, party: Party, capacity: str) -> Register:
        """A capacity now."""
        ...

    def headroom(self, party: Party) -> Register:
        """A party's headroom, per member."""
        ...

    def least(self, registers: Iterable[Register]) -> Register:
        """The least of some registers."""
        ...

    def flow_along(self, flow: Flow, axis: str | None, asked: bool) -> Register:
        """A flow's rate along an axis: each member's own, or the sum."""
        ...


@final
class Passing:
    """The flows of one relationship."""

    def __init__(self, scene: Surroundings) -> None:
        self.scene = scene
        self.tape = scene.tape
        self._rates: dict[tuple[str, bool], Register] = {}
        self._shares: dict[str, Register | None] = {}
        self.owed: dict[str, Register] = {}
        """By flow what falls due now of promises that themselves rest on what falls due."""

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
        axis = self.scene.members.of_flow(flow)
        return self.tape.spread(self.scene.formulas.value(flow.rate, axis, asked=True), axis)

    def _asked(self, flow: Flow) -> Register:
        rate = self.wished(flow)
        if not self.tape.is_nonnegative(rate):
            rate = self.tape.apply("maximum", rate, self.tape.number(0))
        if flow.name in self.scene.needs.factored:
            rate = self.tape.apply("multiply", rate, self.tape.source("factor", flow.name, lane=True, time=True))
        giver = self.scene.relationship.parties.get(flow.giver)
        if giver is not None and giver.at_floor == "stops":
            going = self.scene.members.on_flow(flow, "giver", self._above_floor(giver))
            rate = self.tape.apply("multiply", rate, going)
        return rate

    def _above_floor(self, party: Party) -> Register:
        """1 while a party, or each of its members, is at its floor or above, else 0; no number where nobody says."""
        if not all(mark.known for c in party.essential_capacities for mark in (c.level, c.floor, c.healthy or c.level)):
            return self.tape.number(math.nan)
        above = self.tape.apply("greater_equal", self.scene.headroom(party), self.tape.number(0))
        return self.tape.as_number(above)

    def share(self, flow: Flow) -> Register | None:
        """The share of what is asked that passes, along the flow's axis; None where nothing is rationed.

        The least of the shares of the capacities it draws on now and of the flows that its rate reads directly.
        """
        if flow.name not in self._shares:
            own = [*self._rations_at_once(flow), *self._shares_read(flow)]
            self._shares[flow.name] = self.scene.least(own) if own else None
        return self._shares[flow.name]

    def _shares_read(self, flow: Flow) -> list[Register]:
        """The shares of the flows that a rate reads directly, along the flow's axis."""
        axis = self.scene.members.of_flow(flow)
        return [self._share_along(other, axis) for other in self._read_directly(flow) if self.share(other)]

    def _share_along(self, flow: Flow, axis: str | None) -> Register:
        """The share of a flow that passes, as its reader sees it: of a sum, the part of the sum."""
        own = self.share(flow)
        if own is not None and own.axis in (None, axis):
            return own
        passing, asked = (self.scene.flow_along(flow, axis, asked) for asked in (False, True))
        any_asked = self.tape.apply("greater", asked, self.tape.number(0))
        return self.tape.apply("select", any_asked, self.tape.apply("divide", passing, asked), self.tape.number(1))

    def promised(self, flow: Flow) -> Register:
        """What is agreed now to be settled later: as asked, less what the flows that its rate reads fall short."""
        asked, shares = self.rate(flow, asked=True), self._shares_read(flow)
        return self.tape.apply("multiply", asked, self.scene.least(shares)) if shares else asked

    def promise(self, flow: Flow) -> PromisePlan:
        """How a promise that rests on what falls due is kept until then."""
        axis = self.scene.members.of_flow(flow)
        lag = self._lag_of(flow, [flow.settled_after] if flow.settled_after else [])
        given = self.tape.spread(self.promised(flow), axis)
        return PromisePlan(flow=flow.name, owed=self.owed[flow.name], given=given, lag=self.tape.spread(lag, axis))

    def _is_circular(self, flow: Flow) -> bool:
        """Whether the shares behind a promise depend on what the promise draws on."""
        reached: set[tuple[str, str]] = set()
        waiting = self._behind(flow)
        while waiting:
            place = waiting.pop()
            if place not in reached:
                reached.add(place)
                for other in self.scene.relationship.flows.values():
                    if other.settled_after is not None and place in self._bounded(other):
                        waiting |= self._behind(other)
        return bool(reached & self._bounded(flow))

    def _behind(self, flow: Flow) -> set[tuple[str, str]]:
        """The bounded capacities on which the flows depend that a rate reads directly."""
        read = self._read_directly(flow)
        return set().union(*(self._bounded(other) | self._behind(other) for other in read))

    def _bounded(self, flow: Flow) -> set[tuple[str, str]]:
        if flow.giver == WORLD:
            return set()
        capacities = self.scene.relationship.parties[flow.giver].capacities
        return {(flow.giver, name) for name in flow.cost if capacities[name].at_least is not None}

    def _read_directly(self, flow: Flow) -> list[Flow]:
        tree = flow.rate.tree
        flows = self.scene.relationship.flows
        names = () if tree is None else (node.text for node in _instant(tree) if isinstance(node, Name))
        return [flows[name] for name in dict.fromkeys(names) if name in flows]

    def _rations_at_once(self, flow: Flow) -> list[Register]:
        """The shares that hold for what is given now: not for what is settled later."""
        rations = self.rations(flow)
        if flow.settled_after is None or not rations:
            return rations
        at_once = self._is_at_once(flow)
        if at_once.number is not None:
            return rations if at_once.number else []
        now = self.tape.apply("greater", at_once, self.tape.number(0))
        return [self.tape.apply("select", now, ration, self.tape.number(1)) for ration in rations]

    def _is_at_once(self, flow: Flow) -> Register:
        """1 where what is promised is settled in the same step, else 0."""
        lag = self._lag_of(flow, [flow.settled_after] if flow.settled_after else [])
        if lag.number is not None:
            return self.tape.number(float(lag.number == 0))
        return self.tape.as_number(self.tape.apply("less_equal", lag, self.tape.number(0)))

    def settled(self, flow: Flow) -> Register:
        """What is taken now, rationed: of what is given at once together with what its rate reads."""
        rations = self.rations(flow)
        if flow.settled_after is None or not rations:
            return self.due(flow)
        apply, ration = self.tape.apply, self.scene.least(rations)
        at_once = self._is_at_once(flow)
        now = self.rate(flow, asked=True) if flow.name in self.owed else self.promised(flow)
        more = apply("subtract", self.rate(flow), apply("multiply", now, ration))
        taken = apply("multiply", self.due(flow), ration)
        return taken if at_once.number == 0 else apply("add", taken, apply("multiply", at_once, more))

    def rations(self, flow: Flow) -> list[Register]:
        """The shares that the bounded capacities of the giver leave to what draws on them, along the flow's axis."""
        if flow.giver == WORLD:
            return []
        giver = self.scene.relationship.parties[flow.giver]
        bounded = [giver.capacities[name] for _, name in sorted(self._bounded(flow))]
        return [self.scene.members.on_flow(flow, "giver", self._ration(giver, capacity)) for capacity in bounded]

    def _ration(self, party: Party, capacity: Capacity) -> Register:
        apply = self.tape.apply
        draws = self.tape.number(0)
        for flow in self.scene.relationship.flows.values():
            if flow.giver == party.name and capacity.name in flow.cost:
                given = self.rate(flow, asked=True) if flow.settled_after is None else self.due(flow)
                drawn = apply("multiply", given, self.cost(flow, capacity.name))
                draws = apply("add", draws, self.scene.members.at_party(flow, "giver", drawn))
        draws = apply("multiply", draws, self.tape.number(self.scene.relationship.time.step_days))
        least = self.scene.formulas.value(capacity.at_least, self.scene.axis(party))
        above = apply("subtract", self.scene.level(party, capacity.name), least)
        above = apply("maximum", above, self.tape.number(0))
        enough = apply("less_equal", draws, above)
        return apply("select", enough, self.tape.number(1), apply("divide", above, draws))

    def cost(self, flow: Flow, capacity: str) -> Register:
        """What one unit takes from a capacity of the giver, not below 0; it reads rates as asked for."""
        return self._signed(
            self.scene.formulas.value(flow.cost[capacity], self.scene.members.of_flow(flow), asked=True), above=True
        )

    def worth(self, flow: Flow, capacity: str) -> Register:
        """What one unit adds to a capacity of the receiver, with the sign of the flow's kind."""
        value = self.scene.formulas.value(flow.worth[capacity], self.scene.members.of_flow(flow))
        return self._signed(value, above=not flow.burdens)

    def _signed(self, value: Register, *, above: bool) -> Register:
        zero = self.tape.number(0)
        if above:
            return value if self.tape.is_nonnegative(value) else self.tape.apply("maximum", value, zero)
        return self.tape.apply("minimum", value, zero)

    def due(self, flow: Flow) -> Register:
        """What is to be given now: at once, or of what was promised before what is settled now; not yet rationed."""
        if flow.settled_after is None:
            return self.rate(flow)
        if not self._is_circular(flow):
            return self._transit(flow, "settled", self.promised(flow), [flow.settled_after])
        axis, at_once = self.scene.members.of_flow(flow), self._is_at_once(flow)
        owed = self.tape.source("owed", flow.name, axis=axis, lane=True, future=True, time=True)
        self.owed[flow.name] = owed
        if at_once.number == 0:
            return owed
        now = self.tape.apply("multiply", at_once, self.rate(flow, asked=True))
        return self.tape.apply("add", owed, self.tape.spread(now, axis))

    def arriving_now(self, flow: Flow, given: Register) -> Register:
        """What arrives now of what is and was given: each amount on the date that was set when it was promised."""
        if flow.settled_after is None:
            late = flow.name in self.scene.needs.late
            lags = [flow.arrives_after] if flow.arrives_after else []
            return self._transit(flow, "arrived", given, lags) if lags or late else given
        if flow.arrives_after is None:
            return given
        promised = self.promised(flow)
        if not self.rations(flow):
            return self._transit(flow, "arrived", promised, [flow.settled_after, flow.arrives_after])
        lag = self._lag_of(flow, [flow.arrives_after])
        if lag.time:  # what is settled now was promised with another one: the mean of what was
            weighed = self.tape.apply("multiply", promised, lag)
            weighed = self._transit(flow, "settled lag", weighed, [flow.settled_after])
            lag = self.tape.apply("divide", weighed, self.due(flow))
        return self.tape.keep("transit", (given, lag), (flow.name, SENT_ON), self.scene.members.of_flow(flow))

    def _transit(self, flow: Flow, name: str, given: Register, lags: list[Value]) -> Register:
        lag = self._lag_of(flow, lags)
        return self.tape.keep("transit", (given, lag), (flow.name, name), self.scene.members.of_flow(flow))

    def _lag_of(self, flow: Flow, lags: list[Value]) -> Register:
        return self.lag(self.scene.formulas.value(lag, self.scene.members.of_flow(flow)) for lag in lags)

    def lag(self, days: Iterable[Register]) -> Register:
        """Delays one after the other, in days, each rounded to whole steps, half upwards."""
        apply, step = self.tape.apply, self.tape.number(self.scene.relationship.time.step_days)
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
