"""How much of its room each party owes to the relationship.

The relationship is cut in otherwise equal futures (the same draws), and what is left is compared with what was.
Power-dependence after Emerson 1962; the comparison of paired runs after Pearl's interventions.
"""

from __future__ import annotations

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import Figure, exact, largest_of, mean_of
from lichen.check.thresholds import DEPENDENCE, DEPENDENCE_BASE, GROSS_DEPENDENCE, reaches
from lichen.simulation.futures import Lane


def dependence(evidence: CheckInput, party: str) -> Figure:
    """What the party loses without the relationship, over the last fifth, as a share of its room (0 to 1).

    The largest over its essential capacities of the fall between the futures with and without it; a room below a
    quarter counts as a quarter.
    """
    return dependence_in(evidence, party, evidence.base)


def dependence_in(evidence: CheckInput, party: str, lane: Lane) -> Figure:
    """The same for an experiment in which the relationship is there in part."""
    return _lost(evidence, party, lane, evidence.lane("cut"))


def gross_dependence(evidence: CheckInput, party: str) -> Figure:
    """The same when only what it receives stops while it goes on giving."""
    return _lost(evidence, party, evidence.base, evidence.lane(f"stopped:{party}"))


def is_interdependent(evidence: CheckInput, party: str) -> bool:
    """Whether the party depends on the relationship, net or gross."""
    net, gross = dependence(evidence, party), gross_dependence(evidence, party)
    return reaches(net.value, DEPENDENCE) or reaches(gross.value, GROSS_DEPENDENCE)


def _lost(evidence: CheckInput, party: str, present: Lane, without: Lane | None) -> Figure:
    if without is None:
        return exact(0.0)
    there, gone = evidence.traces(present, party), evidence.traces(without, party)
    shares = []
    for key in there.keys() & gone.keys():
        with_it = there[key].last_fifth
        room = max(abs(float(np.mean(with_it))), DEPENDENCE_BASE.value)
        shares.append(mean_of((with_it - gone[key].last_fifth) / room).clipped(0.0, 1.0))
    return largest_of(shares)
