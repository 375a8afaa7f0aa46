"""What is asked of first where there is more than can be tried: by structure, not by order in the file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from lichen.dependency.needs import needs
from lichen.dependency.through import FIRST_ROUNDS
from lichen.relationship.party import Party
from lichen.relationship.start import Start


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much of what others live on hangs on each party and on each flow, by name; of a flow without worth nothing.

    Of a flow it is the share of the capacity that it feeds most, as far as nothing replaces it, and again as much of it
    as hangs on its receiver. Of a party it is the sum over what it gives to others, over the first rounds.
    """

    parties: Mapping[str, float]
    flows: Mapping[str, float]


def weigh(start: Start) -> Weights:
    """Weigh every party and flow, from the needs at the start: in time that grows with the number of flows."""
    relationship = start.relationship
    shares: dict[str, float] = {}
    for party_needs in needs(start).values():
        for need in party_needs:
            for supply in need.supplies:
                shares[supply.flow] = max(shares.get(supply.flow, 0.0), need.weight * supply.irreplaceable)
    on_party = dict.fromkeys(relationship.parties, 0.0)
    for _ in range(FIRST_ROUNDS):
        on_flow = {
            name: share * (1 + on_party.get(relationship.flows[name].receiver, 0.0)) for name, share in shares.items()
        }
        on_party = dict.fromkeys(relationship.parties, 0.0)
        for flow in relationship.inner_flows:
            on_party[flow.giver] += on_flow.get(flow.name, 0.0)
    return Weights(parties=on_party, flows={name: on_flow.get(name, 0.0) for name in relationship.flows})


def size_of_blow(start: Start, party: Party, capacities: frozenset[str]) -> float:
    """How many ranges are lost when these capacities of a party fall to their floors at the start; what is kept is 0.

    Of a group it is the mean over its members.
    """
    return sum(_size(start, party, name) for name in capacities)


def _size(start: Start, party: Party, name: str) -> float:
    capacity = party.capacities[name]
    levels, floors = start.of_members(party, capacity.level), start.of_members(party, capacity.floor)
    tops = levels if capacity.healthy is None else start.of_members(party, capacity.healthy)
    rooms = [
        (level - floor) / (top - floor) if top != floor else 0.0
        for level, floor, top in zip(levels, floors, tops, strict=True)
    ]
    mean = sum(rooms) / len(rooms) if rooms else 0.0
    return mean if math.isfinite(mean) else 0.0
