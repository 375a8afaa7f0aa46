"""What can go wrong for a party: what others can damage, which burdens and losses it carries, which world it feels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, final

from lichen.dependency.needs import delay_of, replaced_share
from lichen.relationship.flow import Flow
from lichen.relationship.order import reached
from lichen.relationship.party import Capacity, Party
from lichen.relationship.relationship import Relationship
from lichen.relationship.start import Start
from lichen.relationship.value import Value


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What one party can do to a capacity of another, judged from the rates of the start.

    `stop`: it gives nothing any more, and every formula that reads this follows; `burden`: what it puts on the other.
    `per_day` is what the capacity then loses or does not get, net, in base units; `replaced_per_day` what `if_lost`
    makes up for of it, less what that costs the capacity, NaN where the cost is not known. `days_to_floor` is how long
    the capacity lasts above its floor at the rates that then hold, without fallbacks; infinite when it does not fall,
    None when somebody keeps to itself, or nobody says, what it depends on.
    `first_effect_days`: what is on its way still arrives until then.
    """

    by: str
    party: str
    capacity: str
    how: Literal["stop", "burden"]
    flows: tuple[str, ...]
    per_day: float
    replaced_per_day: float
    days_to_floor: float | None
    first_effect_days: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLoss:
    """A part of a loss under `risk_sharing`: the party's share of what lies beyond, and whether it carries the rest."""

    name: str
    share: float
    carrier: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A world variable that moves a party's capacities, and the flows and capacities through which it does."""

    world: str
    through: tuple[str, ...]


def damages(relationship: Relationship, start: Start) -> tuple[Damage, ...]:
    """Everything that each party can damage, by giver, then in the order of parties and capacities."""
    kept = list(accounts(relationship))
    reading: dict[str, list[int]] = {}
    for place, account in enumerate(kept):
        for name in account.reads:
            reading.setdefault(name, []).append(place)
    given_by: dict[str, set[str]] = {}
    for flow in relationship.inner_flows:
        given_by.setdefault(flow.giver, set()).add(flow.name)
    found: list[Damage] = []
    for by in relationship.parties:
        if by not in given_by:
            continue
        stopped = Start(relationship, frozenset(given_by[by]), start)
        for place in sorted({place for name in stopped.moved for place in reading.get(name, ())}):
            account = kept[place]
            if account.party.name != by:
                found.extend(_by_stopping(start, stopped, by, account))
                found.extend(_by_burdening(start, by, account))
    return tuple(found)


def shared_losses(relationship: Relationship, party: str) -> tuple[SharedLoss, ...]:
    """The parts of losses that a party carries under `risk_sharing`."""
    return tuple(
        SharedLoss(name=share.name, share=share.shares.get(party, 0.0), carrier=share.carried_by == party)
        for share in relationship.rules.risk_sharing
        if share.carried_by == party or party in share.shares
    )


def exposures(relationship: Relationship) -> Mapping[str, tuple[Exposure, ...]]:
    """The world variables that each party's capacities feel, however many formulas lie between."""
    reads = _reads(relationship)
    through: dict[tuple[str, str], dict[str, None]] = {}
    for party, place, values in _felt(relationship):
        for name in reached(_names(*values), reads) & relationship.world.keys():
            through.setdefault((party, name), {})[place] = None
    return {
        party: tuple(
            Exposure(world=name, through=tuple(through[party, name]))
            for name in relationship.world
            if (party, name) in through
        )
        for party in relationship.parties
    }


def without_voice(relationship: Relationship) -> tuple[str, ...]:
    """Parties that bear a burden, cannot speak for themselves, and for whom nobody speaks who would know.

    A living system, or a party that is not needed to go on, unless it may raise a review itself. Who speaks for it
    knows by a monitoring flow.
    """
    adjustment = relationship.rules.adjustment
    may_raise = adjustment.raised_by if adjustment is not None else ()
    bears = {flow.receiver for flow in relationship.flows.values() if flow.burdens}
    return tuple(
        party.name
        for party in relationship.parties.values()
        if party.name in bears
        and (party.kind == "living system" or not party.essential)
        and party.name not in may_raise
        and (party.spoken_for_by is None or party.spoken_for_by.by is None)
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A capacity with the flows that add to it and take from it, and every name that its change reads."""

    party: Party
    capacity: Capacity
    gets: tuple[Flow, ...]
    spends: tuple[Flow, ...]
    reads: frozenset[str]

    def net(self, start: Start) -> float:
        """Its change per day at the start: its own drift, what it gets and what it spends."""
        name, drift = self.capacity.name, self.capacity.change
        own = 0.0 if drift is None else sum(start.of_members(self.party, drift))
        gets = sum(start.flow_worth(flow, name) for flow in self.gets)
        return own + gets - sum(start.flow_cost(flow, name) for flow in self.spends)

    def above_floor(self, start: Start) -> float:
        """By how much it lies above its floor at the start, of a group in all; NaN if not known."""
        level, floor = (sum(start.of_members(self.party, mark)) for mark in (self.capacity.level, self.capacity.floor))
        return level - floor

    def days_to_floor(self, start: Start, net: float) -> float | None:
        """How long it stays above its floor at a change per day: infinite when it does not fall, None if not known."""
        if net >= 0:
            return math.inf
        above = self.above_floor(start)
        return None if math.isnan(above) or math.isnan(net) else max(0.0, above / -net)


def accounts(relationship: Relationship) -> Iterator[Account]:
    """Every capacity's account, in the order of parties and capacities."""
    received: dict[str, list[Flow]] = {}
    given: dict[str, list[Flow]] = {}
    for flow in relationship.flows.values():
        received.setdefault(flow.receiver, []).append(flow)
        given.setdefault(flow.giver, []).append(flow)
    for party in relationship.parties.values():
        for name, capacity in party.capacities.items():
            gets = tuple(flow for flow in received.get(party.name, ()) if name in flow.worth)
            spends = tuple(flow for flow in given.get(party.name, ()) if name in flow.cost)
            values = [capacity.change, *(flow.worth[name] for flow in gets), *(flow.cost[name] for flow in spends)]
            reads = frozenset(flow.name for flow in (*gets, *spends)) | _names(*values)
            yield Account(party=party, capacity=capacity, gets=gets, spends=spends, reads=reads)


def _by_stopping(start: Start, stopped: Start, by: str, account: Account) -> Iterator[Damage]:
    net = account.net(stopped)
    per_day = account.net(start) - net
    if not per_day > 1e-12 * abs(net):  # also when unknown
        return
    name = account.capacity.name
    lost = [flow for flow in account.gets if stopped.flow_worth(flow, name) < start.flow_worth(flow, name)]
    yield Damage(
        by=by,
        party=account.party.name,
        capacity=name,
        how="stop",
        flows=tuple(flow.name for flow in lost),
        per_day=per_day,
        replaced_per_day=sum(_replaced(start, flow, name) for flow in lost if flow.giver == by),
        days_to_floor=account.days_to_floor(start, net),
        first_effect_days=min((delay_of(start, flow).fixed for flow in lost), default=0.0),
    )


def _replaced(start: Start, flow: Flow, capacity: str) -> float:
    """What `if_lost` brings the capacity per day for a flow, less what that costs it."""
    share = replaced_share(start, flow)
    if flow.if_lost is None or not share:
        return 0.0
    cost = flow.if_lost.cost.get(capacity)
    price = 0.0 if cost is None else start.mean_over(flow, cost)
    return share * (start.flow_worth(flow, capacity) - start.read(flow.name) * price)


def _by_burdening(start: Start, by: str, account: Account) -> Iterator[Damage]:
    name = account.capacity.name
    laid = [flow for flow in account.gets if flow.giver == by and start.flow_worth(flow, name) < 0]
    if laid:
        yield Damage(
            by=by,
            party=account.party.name,
            capacity=name,
            how="burden",
            flows=tuple(flow.name for flow in laid),
            per_day=-sum(start.flow_worth(flow, name) for flow in laid),
            replaced_per_day=0.0,
            days_to_floor=account.days_to_floor(start, account.net(start)),
            first_effect_days=min(delay_of(start, flow).fixed for flow in laid),
        )


def _felt(relationship: Relationship) -> Iterator[tuple[str, str, tuple[Value | None, ...]]]:
    """Each place at which something acts on a party, with the values that say how strongly."""
    for party in relationship.parties.values():
        for capacity in party.capacities.values():
            yield party.name, f"{party.name}.{capacity.name}", (capacity.change,)
    for flow in relationship.flows.values():
        if flow.cost:
            yield flow.giver, flow.name, (flow.rate, *flow.cost.values())
        if flow.worth:
            yield flow.receiver, flow.name, (flow.rate, *flow.worth.values())


def _reads(relationship: Relationship) -> dict[str, frozenset[str]]:
    """What every flow, term and world variable reads."""
    values: dict[str, Iterable[Value]] = {
        **{flow.name: (flow.rate,) for flow in relationship.flows.values()},
        **{term.name: (term.value,) for term in relationship.terms.values()},
        **{process.name: process.parameters.values() for process in relationship.world.values()},
    }
    return {name: _names(*read) for name, read in values.items()}


def _names(*values: Value | None) -> frozenset[str]:
    return frozenset().union(*(value.names for value in values if value is not None))
