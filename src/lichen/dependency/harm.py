"""What can go wrong for a party: what others can damage, which burdens and losses it carries, which world it feels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, final

from lichen.dependency.needs import delay_of
from lichen.relationship.flow import Flow
from lichen.relationship.formula import Tree, names
from lichen.relationship.party import Capacity, Party
from lichen.relationship.relationship import Relationship
from lichen.relationship.start import Start
from lichen.relationship.value import Value


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What one party can do to a capacity of another, judged from the rates of the start.

    `stop`: it gives nothing any more, and every formula that reads this follows; `burden`: what it puts on the other.
    `per_day` is what the capacity then loses or does not get, net, in base units. `days_to_floor` is how long the
    capacity lasts above its floor at the rates that then hold, without fallbacks; None when it does not fall.
    `first_effect_days`: what is on its way still arrives until then.
    """

    by: str
    party: str
    capacity: str
    how: Literal["stop", "burden"]
    flows: tuple[str, ...]
    per_day: float
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
    found: list[Damage] = []
    for by in relationship.parties:
        given = frozenset(flow.name for flow in relationship.inner_flows if flow.giver == by)
        if not given:
            continue
        stopped = Start(relationship, given)
        for party in relationship.parties.values():
            if party.name == by:
                continue
            for capacity in party.capacities.values():
                found.extend(_by_stopping(start, stopped, by, party, capacity))
                found.extend(_by_burdening(start, by, party, capacity))
    return tuple(found)


def shared_losses(relationship: Relationship, party: str) -> tuple[SharedLoss, ...]:
    """The parts of losses that a party carries under `risk_sharing`."""
    return tuple(
        SharedLoss(name=share.name, share=share.shares.get(party, 0.0), carrier=share.carried_by == party)
        for share in relationship.rules.risk_sharing
        if share.carried_by == party or party in share.shares
    )


def exposures(relationship: Relationship, party: Party) -> tuple[Exposure, ...]:
    """The world variables that a party's capacities feel, however many formulas lie between."""
    through: dict[str, list[str]] = {}
    for place, values in _felt(relationship, party):
        trees = [value.tree for value in values if value is not None and value.tree is not None]
        for name in _reached(relationship, trees):
            if name in relationship.world and place not in through.setdefault(name, []):
                through[name].append(place)
    return tuple(Exposure(world=name, through=tuple(through[name])) for name in relationship.world if name in through)


def without_voice(relationship: Relationship) -> tuple[str, ...]:
    """Parties that bear a burden, cannot speak for themselves, and for whom nobody speaks who would know.

    A living system, or a party that is not needed to go on, unless it may raise a review itself. Who speaks for it
    knows by a monitoring flow.
    """
    adjustment = relationship.rules.adjustment
    may_raise = adjustment.raised_by if adjustment is not None else ()
    bears = {flow.receiver for flow in relationship.flows.values() if flow.kind in ("burden", "risk")}
    return tuple(
        party.name
        for party in relationship.parties.values()
        if party.name in bears
        and (party.kind == "living system" or not party.essential)
        and party.name not in may_raise
        and (party.spoken_for_by is None or party.spoken_for_by.by is None)
    )


def _by_stopping(start: Start, stopped: Start, by: str, party: Party, capacity: Capacity) -> Iterator[Damage]:
    net = _net(stopped, party, capacity)
    per_day = _net(start, party, capacity) - net
    if not per_day > 1e-12 * abs(net):  # also when unknown
        return
    lost = [
        flow
        for flow in _feeding(start.relationship, party, capacity)
        if stopped.flow_worth(flow, capacity.name) < start.flow_worth(flow, capacity.name)
    ]
    yield Damage(
        by=by,
        party=party.name,
        capacity=capacity.name,
        how="stop",
        flows=tuple(flow.name for flow in lost),
        per_day=per_day,
        days_to_floor=_days_to_floor(start, party, capacity, net),
        first_effect_days=min((delay_of(start, flow).fixed for flow in lost), default=0.0),
    )


def _by_burdening(start: Start, by: str, party: Party, capacity: Capacity) -> Iterator[Damage]:
    laid = [
        flow
        for flow in _feeding(start.relationship, party, capacity)
        if flow.giver == by and start.flow_worth(flow, capacity.name) < 0
    ]
    if laid:
        yield Damage(
            by=by,
            party=party.name,
            capacity=capacity.name,
            how="burden",
            flows=tuple(flow.name for flow in laid),
            per_day=-sum(start.flow_worth(flow, capacity.name) for flow in laid),
            days_to_floor=_days_to_floor(start, party, capacity, _net(start, party, capacity)),
            first_effect_days=min(delay_of(start, flow).fixed for flow in laid),
        )


def _feeding(relationship: Relationship, party: Party, capacity: Capacity) -> Iterable[Flow]:
    return (f for f in relationship.flows.values() if f.receiver == party.name and capacity.name in f.worth)


def _net(start: Start, party: Party, capacity: Capacity) -> float:
    """The change of a capacity per day at the start: its own drift, what it gets and what it spends."""
    drift = 0.0 if capacity.change is None else sum(start.of_members(party, capacity.change))
    flows = start.relationship.flows.values()
    gets = sum(start.flow_worth(flow, capacity.name) for flow in flows if flow.receiver == party.name)
    spends = sum(start.flow_cost(flow, capacity.name) for flow in flows if flow.giver == party.name)
    return drift + gets - spends


def _days_to_floor(start: Start, party: Party, capacity: Capacity, net: float) -> float | None:
    room = sum(start.of_members(party, capacity.level)) - sum(start.of_members(party, capacity.floor))
    if math.isnan(room) or not net < 0:
        return None
    return max(0.0, room / -net)


def _felt(relationship: Relationship, party: Party) -> Iterator[tuple[str, tuple[Value | None, ...]]]:
    """Each place at which something acts on the party, with the values that say how strongly."""
    for capacity in party.capacities.values():
        yield f"{party.name}.{capacity.name}", (capacity.change,)
    for flow in relationship.flows.values():
        if flow.giver == party.name and flow.cost:
            yield flow.name, (flow.rate, *flow.cost.values())
        if flow.receiver == party.name and flow.worth:
            yield flow.name, (flow.rate, *flow.worth.values())


def _reached(relationship: Relationship, trees: Iterable[Tree]) -> frozenset[str]:
    """Every name that the trees read, directly or through flows, terms and world variables."""
    found: set[str] = set()
    waiting = {name for tree in trees for name in names(tree)}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= {read for tree in _behind(relationship, name) for read in names(tree)} - found
    return frozenset(found)


def _behind(relationship: Relationship, name: str) -> Iterator[Tree]:
    values: list[Value] = []
    if name in relationship.flows:
        values.append(relationship.flows[name].rate)
    elif name in relationship.terms:
        values.append(relationship.terms[name].value)
    elif name in relationship.world:
        values.extend(relationship.world[name].parameters.values())
    return (value.tree for value in values if value.tree is not None)
