"""What each party receives and bears, counted in one worth where there is one.

Money counts as it is, other capacities by their owner's price (`valued_at`). Where all that is exchanged has one
unit, that unit serves. Where a party's tally meets a capacity without value, the party is counted in shares of its
own range, and parties are not compared. Flows to and from the world, and from a party to itself, count in no tally.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import final

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.relationship.flow import Flow
from lichen.relationship.party import Capacity, Party
from lichen.relationship.quantity import Dimension, is_currency
from lichen.simulation.futures import Array, FlowTotals, Lane

OWN_RANGE = "of its own range"
"""In what a party is counted that has no price for all that it exchanges."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """What one unit of each `party.capacity` is worth, in the party's unit; `common` says whether all have that `unit`,
    so that parties may be compared.
    """

    factors: Mapping[str, float]
    unit: str
    common: bool
    units: Mapping[str, str] = field(default_factory=dict)
    """By party, where there is no common one."""

    def unit_of(self, party: str) -> str:
        """In what a party is counted."""
        return self.units.get(party, self.unit)

    def said(self, party: str, title: str, amount: float) -> str:
        """An amount of a party as people say it: `1 200 EUR`, `3 % of its own range`."""
        unit = self.unit_of(party)
        if unit == OWN_RANGE:
            return f"{wording.share(amount)} of {wording.its(title)} own range"
        return f"{wording.amount(amount)} {unit}"

    def of(self, party: str, amounts: Mapping[str, Array]) -> Array | float:
        """The worth of amounts of a party's capacities [future]."""
        return sum(
            (amount * self.factors.get(f"{party}.{capacity}", math.nan) for capacity, amount in amounts.items()), 0.0
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a party received and bore over the horizon [future]; `risk` is the part of what it bore that comes from
    risk flows.
    """

    received: Array
    borne: Array
    risk: Array

    @property
    def burden(self) -> Array:
        """What it bore, risk counted at the mean of its worst twentieth (CVaR; Rockafellar and Uryasev 2000)."""
        return self.borne - self.risk + worst_mean(self.risk)

    @property
    def exchanges(self) -> bool:
        """Whether it received or bore anything (also when that cannot be told)."""
        return bool(np.any(self.received != 0) or np.any(self.borne != 0))

    @property
    def net(self) -> Array:
        """What it received less what it bore [future]."""
        return self.received - self.burden


def worst_mean(losses: Array) -> float:
    """The mean of the largest twentieth of losses, the last of them counted in part; never less than the mean."""
    ordered = np.sort(losses)[::-1]
    count = len(ordered) / 20
    whole = math.floor(count)
    total = float(np.sum(ordered[:whole]))
    if count > whole:
        total += (count - whole) * float(ordered[whole])
    return total / count


def valuation(evidence: CheckInput) -> Valuation:
    """How worth is counted in this relationship."""
    exchanged = dict(_exchanged(evidence))
    prices = {key: _price(evidence, party, capacity) for key, (party, capacity) in exchanged.items()}
    units = {price[1] for price in prices.values() if price is not None}
    if None not in prices.values() and len(units) == 1:
        return Valuation(factors=_factors(prices), unit=str(units.pop()), common=True)
    levels = {capacity.level.dimension for _, capacity in exchanged.values()}
    if len(levels) == 1:
        return Valuation(factors=dict.fromkeys(exchanged, 1.0), unit=str(levels.pop()), common=True)
    factors, units_of = _factors(prices), {}
    for party in evidence.parties:
        own = {key: price for key, price in prices.items() if exchanged[key][0].name == party.name}
        priced = {price[1] for price in own.values() if price is not None}
        if None in own.values() or len(priced) > 1:
            factors.update({key: share_of_range(evidence, *exchanged[key]) for key in own})
        elif priced:
            units_of[party.name] = str(priced.pop())
    return Valuation(factors=factors, unit=OWN_RANGE, common=not exchanged, units=units_of)


def tallies(evidence: CheckInput, lane: Lane, valued: Valuation) -> Mapping[str, Tally]:
    """What every party received and bore in a lane, flow by flow, with what risk sharing moved."""
    nothing = np.zeros_like(next(iter(lane.flows.values())).amount) if lane.flows else np.zeros(1)
    received = {party.name: nothing for party in evidence.parties}
    borne, risk = dict(received), dict(received)
    for flow in evidence.inner_flows:
        totals = lane.flows[flow.name]
        arrived = valued.of(flow.receiver, totals.worth) + nothing
        received[flow.receiver] = received[flow.receiver] + np.maximum(arrived, 0.0)
        borne[flow.receiver] = borne[flow.receiver] + np.maximum(-arrived, 0.0)
        if flow.kind == "risk":
            risk[flow.receiver] = risk[flow.receiver] + np.maximum(-arrived, 0.0)
        borne[flow.giver] = borne[flow.giver] + valued.of(flow.giver, totals.cost)
    for key, paid in lane.risk_paid.items():
        party, _, capacity = key.partition(".")
        amount = valued.of(party, {capacity: paid})
        borne[party] = borne[party] + np.maximum(amount, 0.0)
        received[party] = received[party] + np.maximum(-amount, 0.0)
    return {name: Tally(received=received[name], borne=borne[name], risk=risk[name]) for name in received}


def weight(flow: Flow, totals: FlowTotals, valued: Valuation, party: str | None = None) -> float:
    """How much a flow weighs: the larger of its worth to the receiver and its cost to the giver, mean over futures.

    Where worth is not common, the weight for a party is what the flow is to that party. 0 for a flow without worth
    and cost.
    """
    worth = abs(float(np.mean(valued.of(flow.receiver, totals.worth))))
    cost = abs(float(np.mean(valued.of(flow.giver, totals.cost))))
    if valued.common or party is None:
        return max(worth, cost)
    return worth if party == flow.receiver else cost


def weights(
    evidence: CheckInput, flows: tuple[Flow, ...], valued: Valuation, party: str | None = None
) -> Mapping[str, float]:
    """The weight of each flow; one without worth and cost weighs as the median of those that have some."""
    found = {flow.name: weight(flow, evidence.base.flows[flow.name], valued, party) for flow in flows}
    some = [w for w in found.values() if w > 0 or math.isnan(w)]
    median = float(np.median(some)) if some else 1.0
    return {name: median if w == 0 else w for name, w in found.items()}


def _exchanged(evidence: CheckInput) -> Iterator[tuple[str, tuple[Party, Capacity]]]:
    """Every capacity that a flow between parties, or risk sharing, adds to or takes from."""
    parties = evidence.relationship.parties
    for flow in evidence.inner_flows:
        for name, amounts in ((flow.receiver, flow.worth), (flow.giver, flow.cost)):
            for capacity in amounts:
                yield f"{name}.{capacity}", (parties[name], parties[name].capacities[capacity])
    for key in evidence.base.risk_paid:
        name, _, capacity = key.partition(".")
        yield key, (parties[name], parties[name].capacities[capacity])


def _price(evidence: CheckInput, party: Party, capacity: Capacity) -> tuple[float, Dimension] | None:
    """What one unit of a capacity is worth to its owner, and in which unit; None without a price."""
    if capacity.valued_at is not None:
        prices = evidence.start.of_members(party, capacity.valued_at)
        return float(np.mean(prices)), capacity.valued_at.dimension * capacity.level.dimension
    return (1.0, capacity.level.dimension) if is_currency(capacity.level.dimension) else None


def _factors(prices: Mapping[str, tuple[float, Dimension] | None]) -> dict[str, float]:
    return {key: price[0] for key, price in prices.items() if price is not None}


def share_of_range(evidence: CheckInput, party: Party, capacity: Capacity) -> float:
    """What one unit is of the healthy range, of a group of the sum over its members."""
    floors = np.array(evidence.start.of_members(party, capacity.floor))
    healthy = np.array(evidence.start.of_members(party, capacity.healthy or capacity.level))
    return 1.0 / float(np.sum(healthy - floors))
