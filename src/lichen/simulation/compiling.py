"""Relationship to program: one tape for all lanes of a run, each operation once, nothing that no result needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

from lichen.relationship.flow import WORLD, Flow
from lichen.relationship.formula import names
from lichen.relationship.party import Capacity, Party
from lichen.relationship.quantity import is_currency
from lichen.relationship.relationship import Relationship
from lichen.relationship.rules import ReturnRule, RiskShare, Window
from lichen.relationship.value import Value
from lichen.simulation.interventions import Needs
from lichen.simulation.program import (
    CapacityPlan,
    FlowPlan,
    PartyPlan,
    PresencePlan,
    Program,
    TermPlan,
    registers,
)
from lichen.simulation.sampling import looked_at, share_between
from lichen.simulation.scene import Scene
from lichen.simulation.tape import Register, live

YEAR_DAYS = 365.25
WORST_TENTH = 0.1


def compile_program(relationship: Relationship, needs: Needs) -> Program:
    """The program of a relationship; formulas that nobody states become not-a-numbers, never an error."""
    return _Compiler(relationship, needs).program()


@final
class _Compiler:
    def __init__(self, relationship: Relationship, needs: Needs) -> None:
        self.relationship = relationship
        self.needs = needs
        self.scene = Scene(relationship, needs)
        self.passing = self.scene.passing
        self.tape = self.scene.tape
        self.members = self.scene.members
        self.zero = self.tape.number(0)
        self.step = self.tape.number(relationship.time.step_days)
        self.added: dict[tuple[str, str], Register] = {}
        """By party and capacity what is added per day, per member; below 0 taken."""
        self.received: dict[str, dict[tuple[str, str], Register]] = {}
        """By party and (flow, capacity) what counts as received; `borne` likewise."""
        self.borne: dict[str, dict[tuple[str, str], Register]] = {}

    def program(self) -> Program:
        relationship = self.relationship
        for name in _in_order(relationship):
            self.scene.name((name,), None, asked=False)
        for party in relationship.parties.values():
            for capacity in party.capacities.values():
                change = (
                    self.scene.formulas.value(capacity.change, self.scene.axis(party)) if capacity.change else self.zero
                )
                self._add(party.name, capacity.name, change)
        flows = tuple(self._flow(flow) for flow in relationship.flows.values())
        payments = self._risk_sharing()
        parties = tuple(self._party(party) for party in relationship.parties.values())
        plans = (
            tuple(self._capacity(p, c) for p in relationship.parties.values() for c in p.capacities.values()),
            flows,
            parties,
            tuple(self._presence(p) for p in relationship.parties.values() if p.joins or p.leaves),
            tuple(self._term(name) for name in relationship.terms if name in self.scene.reviewed),
            tuple(self._condition(trigger) for trigger in self._triggers()),
            {
                m.name: self._one_number(m.measure)
                for m in (*relationship.rules.shared_value, *relationship.rules.checks)
            },
            payments,
        )
        parameters = {
            name: {key: self.scene.formulas.value(value) for key, value in process.parameters.items()}
            for name, process in relationship.world.items()
            if process.kind != "constant"
        }
        promises = tuple(
            self.passing.promise(flow) for flow in relationship.flows.values() if flow.name in self.passing.owed
        )
        memories = self.scene.formulas.remembered()
        roots = registers((*plans, parameters, memories, promises))
        return Program(
            nodes=live(self.tape.nodes, roots),
            axes=self.members.keys,
            columns=self.members.columns,
            drawn=self.members.drawn,
            range_keys=self.scene.range_keys,
            processes=relationship.world,
            parameters=parameters,
            capacities=plans[0],
            flows=flows,
            parties=parties,
            presences=plans[3],
            terms=plans[4],
            triggers=plans[5],
            measures=plans[6],
            payments=payments,
            memories=memories,
            promises=promises,
        )

    # Flows: what they add and take

    def _flow(self, flow: Flow) -> FlowPlan:
        scene, rate = self.scene, self.passing.rate(flow)
        settled = self.passing.settled(flow)
        arrived = self._arrived(flow, settled)
        worth = {name: self._worth(flow, name, arrived) for name in flow.worth if flow.receiver != WORLD}
        cost = {name: self._cost(flow, name, settled) for name in flow.cost if flow.giver != WORLD}
        wished = self.passing.wished(flow)
        axis = self.members.of_flow(flow)
        lags = [scene.formulas.value(lag, axis) for lag in (flow.settled_after, flow.arrives_after) if lag]
        lost, after = self._fallback(flow) if flow.name in self.needs.replaced and flow.if_lost else (None, None)
        return FlowPlan(
            name=flow.name,
            rate=rate,
            total=self.members.total(flow, rate),
            worth=worth,
            cost=cost,
            wished=None if self.tape.is_nonnegative(wished) else wished,
            shortfall=self._shortfall(flow, settled),
            lag=self.tape.spread(self.passing.lag(lags), axis),
            lost=lost,
            after=after,
        )

    def _arrived(self, flow: Flow, settled: Register) -> Register:
        """What is added now; in some lanes nothing arrives."""
        arrived = self.passing.arriving_now(flow, settled)
        if flow.name in self.needs.unreceived:
            arriving = self.tape.source("arriving", flow.name, lane=True, time=True)
            arrived = self.tape.apply("multiply", arrived, arriving)
        return arrived

    def _shortfall(self, flow: Flow, settled: Register) -> Register:
        """What rationing cuts off, in total."""
        asked = self.passing.rate(flow, asked=True) if flow.settled_after is None else self.passing.due(flow)
        return self.zero if asked == settled else self.members.total(flow, self.tape.apply("subtract", asked, settled))

    def _worth(self, flow: Flow, capacity: str, arrived: Register) -> Register:
        value = self.tape.apply("multiply", arrived, self.passing.worth(flow, capacity))
        added = self.members.at_party(flow, "receiver", value)
        self._add(flow.receiver, capacity, added)
        if flow.is_inner:
            self._count(flow, capacity, added, gained=not flow.burdens)
        return self._sum(flow.receiver, added)

    def _cost(self, flow: Flow, capacity: str, settled: Register) -> Register:
        value = self.tape.apply("multiply", settled, self.passing.cost(flow, capacity))
        taken = self.members.at_party(flow, "giver", value)
        self._add(flow.giver, capacity, taken, sign=-1)
        if flow.is_inner:
            self.borne.setdefault(flow.giver, {})[flow.name, capacity] = taken
        return self._sum(flow.giver, taken)

    def _count(self, flow: Flow, capacity: str, added: Register, *, gained: bool) -> None:
        tally = self.received if gained else self.borne
        value = added if gained else self.tape.apply("negative", added)
        tally.setdefault(flow.receiver, {})[flow.name, capacity] = value

    def _sum(self, party: str, value: Register) -> Register:
        return self.members.sum_of(party if self.members.is_group(party) else None, value)

    def _add(self, party: str, capacity: str, value: Register, sign: int = 1) -> None:
        before = self.added.get((party, capacity), self.zero)
        self.added[party, capacity] = self.tape.apply("add" if sign > 0 else "subtract", before, value)

    def _fallback(self, flow: Flow) -> tuple[Register, Register]:
        """The missed rate, as far as it is replaced, adds its worth and takes what it costs."""
        fallback, axis = flow.if_lost, self.members.of_flow(flow)
        if fallback is None:
            raise ValueError("a flow without `if_lost` has no fallback")
        value = self.scene.formulas.value
        lost = self.tape.source("lost", flow.name, axis=axis, lane=True, future=True, time=True)
        share = self.tape.apply("minimum", value(fallback.replaced, axis), self.tape.number(1))
        share = share if self.tape.is_nonnegative(share) else self.tape.apply("maximum", share, self.zero)
        for capacity in dict.fromkeys((*flow.worth, *fallback.cost)):
            net = self.passing.worth(flow, capacity) if capacity in flow.worth else self.zero
            if capacity in fallback.cost:
                net = self.tape.apply("subtract", net, value(fallback.cost[capacity], axis))
            gained = self.tape.apply("multiply", lost, self.tape.apply("multiply", share, net))
            self._add(flow.receiver, capacity, self.members.at_party(flow, "receiver", gained))
        return lost, value(fallback.after, axis)

    # Risk sharing: payments between capacities

    def _risk_sharing(self) -> dict[str, Register]:
        paid: dict[str, Register] = {}
        for rule in self.relationship.rules.risk_sharing:
            excess = self._excess(rule)
            if rule.name in self.needs.switched_risks:
                on = self.tape.source("sharing", rule.name, lane=True, time=True)
                excess = self.tape.apply("multiply", excess, on)
            for party, share in rule.shares.items():
                if party != rule.carried_by and share:
                    payment = self.tape.apply("multiply", excess, self.tape.number(share))
                    self._pay(rule, party, payment, paid)
                    self._pay(rule, rule.carried_by, self.tape.apply("negative", payment), paid)
        return paid

    def _excess(self, rule: RiskShare) -> Register:
        """What of the loss lies beyond the limit; below 0 for a gain."""
        loss = self._one_number(rule.loss)
        beyond = self.scene.formulas.value(rule.beyond) if rule.beyond else self.zero
        above = self.tape.apply("maximum", self.tape.apply("subtract", loss, beyond), self.zero)
        if not rule.gains:
            return above
        below = self.tape.apply("minimum", self.tape.apply("add", loss, beyond), self.zero)
        return self.tape.apply("add", above, below)

    def _pay(self, rule: RiskShare, party: str, payment: Register, paid: dict[str, Register]) -> None:
        """Books what the whole party pays (below 0: gets); in a group each member present carries an equal part."""
        capacity = self._paid_in(self.relationship.parties[party], rule)
        if capacity is None:
            return
        paid_from = f"{party}.{capacity}"
        paid[paid_from] = self.tape.apply("add", paid.get(paid_from, self.zero), payment)
        each, key = payment, (f"risk_sharing.{rule.name}.{len(self.borne.get(party, {}))}", capacity)
        if self.members.is_group(party):
            there = self.members.sum_of(party, self.tape.number(1))
            each = self.tape.spread(self.tape.apply("divide", payment, there), party)
        self._add(party, capacity, each, sign=-1)
        self.borne.setdefault(party, {})[key] = self.tape.apply("maximum", each, self.zero)
        gained = self.tape.apply("negative", self.tape.apply("minimum", each, self.zero))
        self.received.setdefault(party, {})[key] = gained

    def _paid_in(self, party: Party, rule: RiskShare) -> str | None:
        """The capacity that a rule names, else the party's first one in money."""
        if rule.in_capacity is not None:
            return rule.in_capacity if rule.in_capacity in party.capacities else None
        return next((c.name for c in party.capacities.values() if is_currency(c.level.dimension)), None)

    # Parties, capacities, presences, terms

    def _party(self, party: Party) -> PartyPlan:
        headroom = self.scene.headroom(party) if party.essential_capacities else None
        mean = tenth = None
        between: tuple[Register, ...] = ()
        if headroom is not None and self.members.is_group(party.name):
            headroom = self.tape.spread(headroom, party.name)
            mean = self.tape.reduce("mean", headroom, self.members.presence(party.name))
            tenth = self.scene.share_of_members(party, headroom, WORST_TENTH)
            between = tuple(self.scene.share_of_members(party, headroom, share) for share in _bounds(party))
        return PartyPlan(
            name=party.name,
            headroom=None if headroom is None else self.scene.looked_at(party, headroom),
            mean=mean,
            tenth=tenth,
            between=between,
            received=self._tally(party, self.received),
            borne=self._tally(party, self.borne),
            over=self._over(party.name),
        )

    def _tally(self, party: Party, counted: dict[str, dict[tuple[str, str], Register]]) -> Register:
        """What was counted per day: in money, in the only capacity touched, or in shares of the party's own ranges."""
        touched = {capacity for tally in (self.received, self.borne) for _, capacity in tally.get(party.name, {})}
        total = self.zero
        for (_, capacity), value in counted.get(party.name, {}).items():
            weighed = self._weighed(party, party.capacities[capacity], value, touched)
            total = self.tape.apply("add", total, self._sum(party.name, weighed))
        return total

    def _weighed(self, party: Party, capacity: Capacity, value: Register, touched: set[str]) -> Register:
        capacities = [party.capacities[name] for name in touched]
        if len(capacities) == 1:
            return value
        money = {c.level.dimension for c in capacities if is_currency(c.level.dimension)}
        if len(money) <= 1 and all(c.valued_at or is_currency(c.level.dimension) for c in capacities):
            if is_currency(capacity.level.dimension):
                return value
            price = self.scene.formulas.value(capacity.valued_at, self.scene.axis(party))
            return self.tape.apply("multiply", value, price)
        return self.tape.apply("divide", value, self.scene.width(party, capacity))

    def _over(self, party: str) -> Window:
        rules = self.relationship.rules
        own = next((r.over for r in rules.reciprocity if isinstance(r, ReturnRule) and r.party == party), None)
        return own or (rules.balance.over if rules.balance else Window(kind="duration", days=YEAR_DAYS))

    def _capacity(self, party: Party, capacity: Capacity) -> CapacityPlan:
        scene, apply, axis = self.scene, self.tape.apply, self.scene.axis(party)
        now, room = scene.level(party, capacity.name), self.tape.spread(scene.room(party, capacity), axis)
        following = apply("add", now, apply("multiply", self.step, self.added[party.name, capacity.name]))
        if capacity.at_least is not None:
            following = apply("maximum", following, scene.formulas.value(capacity.at_least, axis))
        lost = None
        if capacity.at_most is not None:
            bounded = apply("minimum", following, scene.formulas.value(capacity.at_most, axis))
            lost = self.members.sum_of(axis, apply("subtract", following, bounded))
            following = bounded
        return CapacityPlan(
            party=party.name,
            name=capacity.name,
            now=now,
            initial=self.tape.spread(scene.initial(party, capacity), axis),
            following=following,
            floor=self.tape.spread(scene.floor(party, capacity), axis),
            width=self.tape.spread(scene.width(party, capacity), axis),
            headroom=room,
            counted=scene.looked_at(party, room),
            total=self.members.sum_of(axis, now),
            lost=lost,
        )

    def _presence(self, party: Party) -> PresencePlan:
        apply, now = self.tape.apply, self.members.presence(party.name)
        leaving = self.scene.formulas.value(party.leaves, party.name) if party.leaves else self.zero
        kept = apply("subtract", self.tape.number(1), apply("multiply", leaving, self.step))
        kept = apply("minimum", apply("maximum", kept, self.zero), self.tape.number(1))
        staying = apply("multiply", now, kept)
        joining = self.scene.formulas.value(party.joins) if party.joins else self.zero
        joining = apply("multiply", apply("maximum", joining, self.zero), self.step)
        shares = apply("divide", staying, self.tape.reduce("sum", staying, self.tape.number(1)))
        following = apply("add", staying, apply("multiply", shares, joining))
        total = self.tape.reduce("sum", now, self.tape.number(1))
        return PresencePlan(group=party.name, now=now, following=following, total=total)

    def _term(self, name: str) -> TermPlan:
        adjustment, term = self.relationship.rules.adjustment, self.relationship.terms[name]
        changes = adjustment.changes if adjustment else ()
        to = self._one_number(next(change.to for change in reversed(changes) if change.term == name))
        bounded = to
        if term.between is not None:
            low, high = (self.scene.formulas.value(value) for value in term.between)
            bounded = self.tape.apply("minimum", self.tape.apply("maximum", to, low), high)
        now = self.tape.source("term", name, lane=True, future=True, time=True)
        in_force, initial = self.scene.term(name), self.scene.agreed(name)
        return TermPlan(name=name, now=now, in_force=in_force, initial=initial, to=to, bounded=bounded)

    def _triggers(self) -> tuple[Value, ...]:
        adjustment = self.relationship.rules.adjustment
        return adjustment.triggers if adjustment and adjustment.changes else ()

    def _condition(self, value: Value) -> Register:
        return self.scene.formulas.condition(value)

    def _one_number(self, value: Value) -> Register:
        return self.members.brought(self.scene.formulas.value(value), None)


def _bounds(party: Party) -> tuple[float, ...]:
    """Between which shares of its sample the share of the members that counts lies; none where all are looked at."""
    members = 0 if party.members is None else party.members.moved
    if party.counts == "least" or looked_at(members) == members:
        return ()
    return share_between(party.quantile, members)


def _in_order(relationship: Relationship) -> Iterator[str]:
    """Terms, world variables and flows, each after those it reads, so that no chain of them is too long to follow."""
    values = {term.name: term.value for term in relationship.terms.values()}
    values |= {p.name: p.parameters["value"] for p in relationship.world.values() if p.kind == "constant"}
    values |= {flow.name: flow.rate for flow in relationship.flows.values()}
    reads = {name: names(value.tree) if value.tree else frozenset() for name, value in values.items()}
    seen: set[str] = set()
    for first in values:
        waiting = [first]
        while waiting:
            name = waiting[-1]
            more = [other for other in sorted(reads[name]) if other in values and other not in seen]
            if name not in seen and more:
                seen.add(name)
                waiting += more
            else:
                seen.add(name)
                yield waiting.pop()
