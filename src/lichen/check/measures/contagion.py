"""How far the failure of one side pulls the others down.

`K[i, j]` is the largest share of j's room that is lost after i is knocked to its floor. The next-generation matrix
and its spectral radius after Diekmann, Heesterbeek and Metz 1990: from 1 on a failure feeds itself.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import Figure, around, largest_of


def spread(evidence: CheckInput) -> Mapping[tuple[str, str], Figure]:
    """For every shocked party and every other essential party, the share of its room that is lost at worst."""
    found: dict[tuple[str, str], Figure] = {}
    for shocked, lane in evidence.lanes("shock"):
        origin = shocked.split(".")[0]
        for party in evidence.essential:
            if party.name == origin or party.name not in lane.falls:
                continue
            fall = lane.falls[party.name]
            lost = around(fall.share, fall.error).clipped(0.0, 1.0)
            key = (origin, party.name)
            found[key] = largest_of((found[key], lost)) if key in found else lost
    return found


def radius(shares: Mapping[tuple[str, str], Figure]) -> float:
    """The spectral radius of the spread, at most 1."""
    names = sorted({name for pair in shares for name in pair})
    if not names:
        return 0.0
    matrix = np.array([[shares[i, j].value if (i, j) in shares else 0.0 for j in names] for i in names])
    return float("nan") if np.isnan(matrix).any() else min(1.0, float(np.max(np.abs(np.linalg.eigvals(matrix)))))
