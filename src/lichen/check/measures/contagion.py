"""How far the failure of one side pulls the others down.

`K[i, j]` is the largest share of j's room that is lost after i is knocked to its floor. The next-generation matrix
and its spectral radius after Diekmann, Heesterbeek and Metz 1990: from 1 on a failure feeds itself. Of large groups
single members are struck too, and those that fall with them counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import Figure, around, largest_of
from lichen.dependency.contagion_members import MemberReach


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFall:
    """A member that was struck alone, and of which group it pulls down the most: how many others, and which share."""

    struck: MemberReach
    group: str
    fallen: float
    share: float


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


def falls_of_members(evidence: CheckInput) -> tuple[MemberFall, ...]:
    """What each member that was struck alone pulls down, the most first."""
    found = []
    for one in evidence.members.struck if evidence.members is not None else ():
        lane = evidence.lane(f"shock_member:{one.group}[{one.member}]")
        shares = {
            group: fallen / len(evidence.relationship.parties[group].members or ())
            for group, fallen in (lane.fallen if lane is not None else {}).items()
        }
        if lane is not None and shares:
            group = max(shares, key=lambda name: shares[name])
            found.append(MemberFall(struck=one, group=group, fallen=lane.fallen[group], share=shares[group]))
    return tuple(sorted(found, key=lambda fall: -fall.share))
