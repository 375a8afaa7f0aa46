"""Who gains how much of what the relationship is worth, and what a fair share would be.

Fair is the Shapley value of the surplus that each set of parties makes with the others' flows at rest (Shapley 1953):
what a party adds, averaged over all orders of joining. For two parties it is one half.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import Figure, exact, ratio_of
from lichen.check.measures.worth import Tally, Valuation, tallies
from lichen.record.distribution import shapley


def net_share(tally: Tally) -> Figure:
    """What a party keeps: received less borne, over received plus borne; -1 only bears, 1 only receives, 0 of
    nothing.
    """
    return ratio_of(tally.net, tally.received + tally.burden)


def gain_shares(found: Mapping[str, Tally]) -> Mapping[str, Figure]:
    """The share of each party in the gains of those that gain."""
    gaining = [tally.net for tally in found.values() if float(np.mean(tally.net)) > 0]
    whole = np.sum(gaining, axis=0) if gaining else np.zeros(1)
    return {
        name: ratio_of(tally.net, whole).clipped(0.0, 1.0) if gaining else exact(0.0) for name, tally in found.items()
    }


def burden_shares(found: Mapping[str, Tally]) -> Mapping[str, float]:
    """The share of each party in all that is borne."""
    borne = {name: float(np.mean(tally.burden)) for name, tally in found.items()}
    whole = sum(borne.values())
    return {name: burden / whole if whole else 0.0 for name, burden in borne.items()}


def fair_shares(evidence: CheckInput, valued: Valuation) -> Mapping[str, float]:
    """The fair share of each essential party: Shapley's where every set of parties was tried, else equal."""
    names = tuple(sorted(party.name for party in evidence.essential))
    equal = dict.fromkeys(names, 1 / len(names)) if names else {}
    if len(names) < 3 or not any(True for _ in evidence.lanes("only")):
        return equal
    worth: dict[frozenset[str], float] = {}
    for members, lane in evidence.lanes("only"):
        found = tallies(evidence, lane, valued)
        inside = frozenset(members.split("+"))
        worth[inside] = sum(float(np.mean(found[name].net)) for name in inside if name in found)
    everyone = tallies(evidence, evidence.base, valued)
    worth[frozenset(names)] = sum(float(np.mean(everyone[name].net)) for name in names)
    values = shapley(names, lambda inside: worth.get(inside, 0.0)) or {}
    positive = {name: max(0.0, value) for name, value in values.items()}
    whole = sum(positive.values())
    return {name: value / whole for name, value in positive.items()} if whole > 0 else equal
