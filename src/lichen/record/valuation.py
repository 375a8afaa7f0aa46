"""In what a party's gains and costs are added, and what one unit of a flow is worth to it at the start."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import final

from lichen.relationship.flow import Flow
from lichen.relationship.party import Capacity, Party
from lichen.relationship.quantity import is_currency
from lichen.relationship.start import Start
from lichen.relationship.value import Value

SHARES = "share of its range"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How a party's capacities are added: `unit` is a currency or `share of its range`, `per_unit` the factor of each
    capacity.
    """

    unit: str
    per_unit: Mapping[str, float]

    @property
    def is_money(self) -> bool:
        """Whether differences mean anything beside another party's."""
        return self.unit != SHARES


def measure_of(party: Party, flows: Iterable[Flow], start: Start) -> Measure:
    """Money if every capacity that a flow touches is money or has `valued_at` in one currency, else shares of its
    range.
    """
    touched = {c for flow in flows for c in (flow.cost if flow.giver == party.name else {})}
    touched |= {c for flow in flows for c in (flow.worth if flow.receiver == party.name else {})}
    capacities = [party.capacities[c] for c in sorted(touched) if c in party.capacities]
    prices = {c.name: _price(c, start) for c in capacities}
    currencies = {price[0] for price in prices.values() if price is not None}
    if None not in prices.values() and len(currencies) == 1:
        return Measure(unit=currencies.pop(), per_unit={name: price[1] for name, price in prices.items() if price})
    return Measure(unit=SHARES, per_unit={c.name: _per_range(party, c, start) for c in capacities})


def _price(capacity: Capacity, start: Start) -> tuple[str, float] | None:
    """The currency and price of one base unit, None when it has none."""
    if is_currency(capacity.level.dimension):
        return str(capacity.level.dimension), 1.0
    if capacity.valued_at is None:
        return None
    worth = capacity.valued_at.dimension * capacity.level.dimension
    price = start.value(capacity.valued_at)
    return (str(worth), price) if is_currency(worth) and math.isfinite(price) else None


def _per_range(party: Party, capacity: Capacity, start: Start) -> float:
    """One over the range from floor to healthy (of a group, over all members together)."""
    floor = math.fsum(start.of_members(party, capacity.floor))
    healthy = math.fsum(start.of_members(party, capacity.healthy or capacity.level))
    return 1 / (healthy - floor) if healthy != floor else math.nan


def unit_worth(flow: Flow, start: Start, measure: Measure) -> float:
    """What one base unit of the flow adds to its receiver, in the receiver's measure; negative for a burden, NaN when
    not known.
    """
    return math.fsum(worth_in(flow, c, start) * measure.per_unit.get(c, math.nan) for c in flow.worth)


def unit_cost(flow: Flow, start: Start, measure: Measure) -> float:
    """What one base unit of the flow takes from its giver, in the giver's measure; NaN when not known."""
    return math.fsum(cost_in(flow, c, start) * measure.per_unit.get(c, math.nan) for c in flow.cost)


def worth_in(flow: Flow, capacity: str, start: Start) -> float:
    """What one base unit of the flow adds to one capacity of its receiver."""
    return _per_unit(start, start.flow_worth(flow, capacity), flow.worth[capacity], start.read(flow.name))


def cost_in(flow: Flow, capacity: str, start: Start) -> float:
    """What one base unit of the flow takes from one capacity of its giver."""
    return _per_unit(start, start.flow_cost(flow, capacity), flow.cost[capacity], start.read(flow.name))


def _per_unit(start: Start, per_day: float, stated: Value, rate: float) -> float:
    """The mean over members, weighted by their rates; as stated when nothing flows at the start."""
    return per_day / rate if rate > 0 and math.isfinite(per_day) else start.value(stated)
