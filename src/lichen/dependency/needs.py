"""What each party needs: the capacities it lives on, what feeds them, and what could replace that."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import final

from lichen.dependency.delay import Delay
from lichen.dependency.power import Concentration, concentration
from lichen.relationship.flow import Flow
from lichen.relationship.formula import Binary, Call, Tree, Unary, walk
from lichen.relationship.party import Capacity, Party
from lichen.relationship.start import Start
from lichen.relationship.value import Value

ESSENTIAL_WEIGHT = 1.0
OTHER_WEIGHT = 0.5
"""How much a need counts: a capacity whose floor decides, or one that the party can do without for a while."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What one flow adds to a capacity at the start.

    `per_day` in the capacity's base units; `share` of all that feeds it; `replaced` the share that `if_lost` makes up
    for, `after_days` when. `delay`: how late a change at the giver is felt.
    """

    flow: str
    giver: str
    per_day: float
    share: float
    replaced: float
    after_days: float
    delay: Delay

    @property
    def irreplaceable(self) -> float:
        """The share of the need that is lost with this flow and that nothing makes up for."""
        return self.share * (1 - self.replaced)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A capacity and everything that feeds it at the start.

    `own` is the share of its own drift (own income); `spread` the concentration of all sources, None when nothing
    feeds it. `unknown` names the flows whose figures somebody keeps to itself; the shares are then of what is known.
    """

    party: str
    capacity: str
    essential: bool
    per_day: float
    own: float
    supplies: tuple[Supply, ...]
    spread: Concentration | None
    unknown: tuple[str, ...]

    @property
    def weight(self) -> float:
        """How much this need counts in a dependence."""
        return ESSENTIAL_WEIGHT if self.essential else OTHER_WEIGHT

    def on(self, giver: str) -> float:
        """How much of it hangs on one party in 0..1: weight x share x what cannot be replaced, over its flows."""
        return self.weight * sum(supply.irreplaceable for supply in self.supplies if supply.giver == giver)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """A dependence that cannot be told: what `flows` bring the party nobody says, or somebody keeps to itself."""

    party: str
    on: str
    flows: tuple[str, ...]


def needs(start: Start) -> Mapping[str, tuple[Need, ...]]:
    """Every party's needs by its name, in the order of its capacities."""
    feeding: dict[tuple[str, str], list[Flow]] = {}
    for flow in start.relationship.flows.values():
        for capacity in flow.worth:
            feeding.setdefault((flow.receiver, capacity), []).append(flow)
    return {
        party.name: tuple(
            _need(start, party, capacity, feeding.get((party.name, name), ()))
            for name, capacity in party.capacities.items()
        )
        for party in start.relationship.parties.values()
    }


def dependence_on(party_needs: Iterable[Need]) -> Mapping[str, float]:
    """How much a party needs what each giver gives it, in 0..1.

    By the largest need, not their sum: what is missing in one capacity is not made up by another (Liebig).
    """
    found: dict[str, float] = {}
    for need in party_needs:
        for giver in dict.fromkeys(supply.giver for supply in need.supplies):
            found[giver] = min(1.0, max(found.get(giver, 0.0), need.on(giver)))
    return found


def direct_dependence(needs_of: Mapping[str, Sequence[Need]], parties: Sequence[str]) -> tuple[tuple[float, ...], ...]:
    """How much each party needs what each other gives, in 0..1 [party, party], zeros on the diagonal."""
    place = {name: turn for turn, name in enumerate(parties)}
    rows = [[0.0] * len(parties) for _ in parties]
    for one, row in zip(parties, rows, strict=True):
        for giver, size in dependence_on(needs_of[one]).items():
            if giver in place and giver != one:
                row[place[giver]] = size
    return tuple(map(tuple, rows))


def untold_dependence(flows: Iterable[Flow], needs_of: Mapping[str, Sequence[Need]]) -> tuple[Untold, ...]:
    """The dependences between two parties that cannot be told, in the order of the flows."""
    found: dict[tuple[str, str], list[str]] = {}
    for flow in flows:
        kept = not flow.burdens and any(flow.name in need.unknown for need in needs_of[flow.receiver])
        if flow.is_unvalued or kept:
            found.setdefault((flow.receiver, flow.giver), []).append(flow.name)
    return tuple(Untold(party=party, on=on, flows=tuple(names)) for (party, on), names in found.items())


def delay_of(start: Start, flow: Flow) -> Delay:
    """How late what is given is felt: transit and credit."""
    late = [start.mean_over(flow, value) for value in (flow.arrives_after, flow.settled_after) if value is not None]
    return Delay(sum((days for days in late if math.isfinite(days)), 0.0))


def passing_on(start: Start, flow: Flow) -> Delay:
    """How late the giver's own change shows in what it gives: the `delay` and `smooth` in its rate, one by one."""
    calls = [node for node in walk(flow.rate.tree) if isinstance(node, Call)] if flow.rate.tree is not None else []
    fixed, stages = 0.0, []
    for call in calls:
        if call.function not in ("delay", "smooth"):
            continue
        days = start.mean_over(flow, Value(tree=call.arguments[1]))
        if call.function == "delay" and math.isfinite(days):
            fixed += days
        elif call.function == "smooth" and math.isfinite(days) and days > 0:
            stages.append(days)
    return Delay(fixed, tuple(stages))


def _need(start: Start, party: Party, capacity: Capacity, feeding: Iterable[Flow]) -> Need:
    fed: list[tuple[Flow, float]] = []
    unknown: list[str] = []
    for flow in feeding:
        per_day = start.flow_worth(flow, capacity.name)
        if not math.isfinite(per_day):
            unknown.append(flow.name)
        elif per_day > 0 or not flow.burdens:
            fed.append((flow, max(0.0, per_day)))
    own = own_income(start, party, capacity)
    total = own + sum(per_day for _, per_day in fed)
    if not math.isfinite(total):
        fed, own, total, unknown = [], 0.0, 0.0, [*unknown, *(flow.name for flow, _ in fed)]
    own_share = own / total if total else 0.0
    supplies = tuple(_supply(start, flow, per_day, per_day / total if total else 0.0) for flow, per_day in fed)
    return Need(
        party=party.name,
        capacity=capacity.name,
        essential=capacity.essential,
        per_day=total,
        own=own_share,
        supplies=supplies,
        spread=_spread(party.name, own_share, supplies) if total else None,
        unknown=tuple(unknown),
    )


def own_income(start: Start, party: Party, capacity: Capacity) -> float:
    """What a capacity's own drift adds per day: the parts of its `change` that are above zero at the start, summed."""
    if capacity.change is None or capacity.change.tree is None:
        return 0.0
    parts = (sign * sum(start.of_members(party, Value(tree=part))) for sign, part in _addends(capacity.change.tree))
    return sum(part for part in parts if part > 0 and math.isfinite(part))


def _addends(tree: Tree, sign: int = 1) -> Iterator[tuple[int, Tree]]:
    match tree:
        case Binary(operator="+" | "-", left=left, right=right):
            yield from _addends(left, sign)
            yield from _addends(right, sign if tree.operator == "+" else -sign)
        case Unary(operator="-", operand=operand):
            yield from _addends(operand, -sign)
        case _:
            yield sign, tree


def _supply(start: Start, flow: Flow, per_day: float, share: float) -> Supply:
    after = 0.0 if flow.if_lost is None else _finite(start.mean_over(flow, flow.if_lost.after))
    return Supply(
        flow=flow.name,
        giver=flow.giver,
        per_day=per_day,
        share=share,
        replaced=replaced_share(start, flow),
        after_days=after,
        delay=delay_of(start, flow),
    )


def replaced_share(start: Start, flow: Flow) -> float:
    """How much of a flow `if_lost` makes up for, in 0..1."""
    stated = 0.0 if flow.if_lost is None else _finite(start.mean_over(flow, flow.if_lost.replaced))
    return min(1.0, max(0.0, stated))


def _finite(number: float) -> float:
    """The number, or 0: a fallback that nobody states replaces nothing."""
    return number if math.isfinite(number) else 0.0


def _spread(party: str, own: float, supplies: Sequence[Supply]) -> Concentration:
    shares = {party: own}
    for supply in supplies:
        shares[supply.giver] = shares.get(supply.giver, 0.0) + supply.share
    return concentration([share for share in shares.values() if share > 0])
