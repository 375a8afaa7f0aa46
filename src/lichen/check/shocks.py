"""The shocks that are tried: one at a time, and of these the worst in pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from lichen.check.evidence import CheckInput
from lichen.simulation.experiments import Experiment, together
from lichen.simulation.futures import Fall

KINDS = ("shock", "world_low", "world_high")
PAIRS = 3


def falls(evidence: CheckInput) -> Mapping[tuple[str, str], Fall]:
    """By shock and essential party: how far a party falls that is not struck itself."""
    lanes = [lane for _, lane in evidence.each(KINDS)]
    if evidence.pairs is not None:
        lanes += evidence.pairs.lanes.values()
    return {
        (lane.name, party.name): lane.falls[party.name]
        for lane in lanes
        for party in evidence.essential
        if party.name in lane.falls and party.name not in _owners(lane.name)
    }


def struck(shock: str) -> tuple[str, ...]:
    """What a shock strikes, or each of a pair: a party, `party.capacity` or a world variable."""
    return tuple(one.partition(":")[2] for one in shock.removeprefix("shocks:").split("+"))


def worst_pairs(evidence: CheckInput, experiments: Sequence[Experiment]) -> tuple[Experiment, ...]:
    """The three pairs of shocks whose deepest falls, one at a time, add up to most.

    The two strike different parties or world variables, and leave an essential party that is not struck.
    """
    deepest: dict[str, float] = {}
    for (shock, _), fall in falls(evidence).items():
        deepest[shock] = max(deepest.get(shock, 0.0), fall.share)
    essential = {party.name for party in evidence.essential}
    pairs = [
        (one, other)
        for one, other in combinations((e for e in experiments if e.name in deepest), 2)
        if _owners(one.name).isdisjoint(_owners(other.name))
        and not essential <= _owners(one.name) | _owners(other.name)
    ]
    pairs.sort(key=lambda pair: -sum(deepest[shock.name] for shock in pair))
    return tuple(together(one, other) for one, other in pairs[:PAIRS])


def _owners(shock: str) -> frozenset[str]:
    return frozenset(what.split(".")[0] for what in struck(shock))
