"""What parties owe each other on credit at the start, and who could not pay if all of it fell due at once.

A flow that is settled later is an open obligation of its giver until then: its rate times the days until it is settled,
valued in the capacity that pays. What differs in unit is not set off against each other, so each unit is cleared by
itself; shares and other plain numbers count nothing that could be owed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, final

import numpy as np

from lichen.relationship.quantity import PLAIN
from lichen.relationship.start import Start

if TYPE_CHECKING:
    from lichen.dependency.contagion import Harm, Numbers  # loads SciPy, which few relationships need

KEPT_IN_DEFAULT = 0.7
"""What one that cannot pay in full keeps of what it has and is paid, the rest being the cost of default: failed banks
lost 30 % of their assets on average (James 1991, The losses realized in bank failures, Journal of Finance 46)."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Unpaid:
    """Who could not pay in full, in the order of the file, and the share of all that is owed that would be paid."""

    parties: tuple[str, ...]
    paid: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What follows if one party paid nothing: who else could not pay that could before."""

    party: str
    kept: Unpaid
    costly: Unpaid


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Debts:
    """Everything owed on credit in one unit, cleared at once.

    `unit` is a base unit and `owed` an amount in it. `kept`: in default everything is kept for the creditors (Eisenberg
    and Noe 2001); `costly`: only `KEPT_IN_DEFAULT` of it (Rogers and Veraart 2013). `withheld`: the same if one party
    paid nothing, for each that owes. `untold` names what nobody gives, flows and capacities; the figures are then None
    and `withheld` is empty.
    """

    unit: str
    owed: float | None
    kept: Unpaid | None
    costly: Unpaid | None
    withheld: tuple[Withheld, ...]
    untold: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Owed:
    """What one flow owes: `by` a party out of one of its capacities, `to` another; empty where what it gets is in
    another unit, so that it can pay nothing with it.
    """

    flow: str
    by: str
    to: str
    capacity: str
    unit: str
    amount: float


def debts_between(start: Start) -> tuple[Debts, ...]:
    """The debts of each unit in which anything is owed between parties, in the order of the flows."""
    units: dict[str, list[_Owed]] = {}
    for one in _owed(start):
        units.setdefault(one.unit, []).append(one)
    return tuple(_debts(start, unit, owed) for unit, owed in units.items())


def _owed(start: Start) -> Iterator[_Owed]:
    parties = start.relationship.parties
    for flow in start.relationship.inner_flows:
        if flow.settled_after is None or flow.starts_empty:
            continue
        days = start.mean_over(flow, flow.settled_after)
        for capacity in flow.cost:
            unit = parties[flow.giver].capacities[capacity].level.dimension
            amount = start.flow_cost(flow, capacity) * days
            if unit == PLAIN or amount <= 0:
                continue
            gets = (parties[flow.receiver].capacities[name].level.dimension for name in flow.worth)
            yield _Owed(
                flow=flow.name,
                by=flow.giver,
                to=flow.receiver if unit in gets else "",
                capacity=capacity,
                unit=str(unit),
                amount=amount,
            )


def _debts(start: Start, unit: str, owed: Sequence[_Owed]) -> Debts:
    pays = dict.fromkeys((one.by, one.capacity) for one in owed)
    holds = {place: start.read(".".join(place)) for place in pays}
    untold = [one.flow for one in owed if not math.isfinite(one.amount)]
    untold += [".".join(place) for place, level in holds.items() if not math.isfinite(level)]
    if untold:
        return Debts(unit=unit, owed=None, kept=None, costly=None, withheld=(), untold=tuple(dict.fromkeys(untold)))
    account = _account(start, owed, holds)
    withholding = tuple(dict.fromkeys(one.by for one in owed))
    (kept, *kept_without), (costly, *costly_without) = (
        account.cleared(share, withholding) for share in (1.0, KEPT_IN_DEFAULT)
    )
    return Debts(
        unit=unit,
        owed=sum(one.amount for one in owed),
        kept=kept,
        costly=costly,
        withheld=tuple(
            Withheld(party=party, kept=_besides(kept, after), costly=_besides(costly, after_costs))
            for party, after, after_costs in zip(withholding, kept_without, costly_without, strict=True)
        ),
        untold=(),
    )


def _besides(before: Unpaid, after: Unpaid) -> Unpaid:
    """The same without those that could not pay before."""
    there = frozenset(before.parties)
    return replace(after, parties=tuple(party for party in after.parties if party not in there))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    """What is owed in one unit between parties, and what they have to pay with [party], the last one outside."""

    nodes: tuple[str, ...]
    network: Harm
    means: Numbers

    def cleared(self, kept: float, withholding: Sequence[str]) -> Iterator[Unpaid]:
        """Who could not pay in full if all pay, then if each of some pays nothing, besides that one."""
        from lichen.dependency.contagion import CASES
        from lichen.dependency.contagion_clearing import clear

        place, whole = {name: node for node, name in enumerate(self.nodes)}, self.network.data.sum()
        silent = [-1, *(place[name] for name in withholding)]  # -1: nobody
        for first in range(0, len(silent), CASES):
            cases = silent[first : first + CASES]
            pays = np.arange(len(self.nodes))[:, None] != cases
            found = clear(self.network, self.means, outside_kept=kept, claims_kept=kept, pays=pays)
            for defaults, payments in zip(found.defaults.T, found.payments.T, strict=True):
                failed = np.flatnonzero(defaults).tolist()
                yield Unpaid(parties=tuple(self.nodes[node] for node in failed), paid=float(payments.sum() / whole))


def _account(start: Start, owed: Sequence[_Owed], holds: Mapping[tuple[str, str], float]) -> _Account:
    from lichen.dependency.contagion import harm_between

    named = {name for one in owed for name in (one.by, one.to)}
    nodes = (*(name for name in start.relationship.parties if name in named), "")
    place = {name: turn for turn, name in enumerate(nodes)}
    means = np.zeros(len(nodes))
    for (party, _), level in holds.items():
        means[place[party]] += max(0.0, level)
    causes, struck = [place[one.by] for one in owed], [place[one.to] for one in owed]
    network = harm_between(causes, struck, [one.amount for one in owed], len(nodes))
    return _Account(nodes=nodes, network=network, means=means)
