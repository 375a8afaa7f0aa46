"""The first four questions: can anything be said, is it ongoing, does each side depend on it, does each side's gain
reach the other?

A relationship that fails one of them is no unhealthy symbiosis but something else, which `lichen.check.neighbours`
names. Only an open loop between parties that do depend on each other is the problem the archetype exists for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, final

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.measures.dependence import dependence, gross_dependence
from lichen.check.measures.figure import Figure
from lichen.check.measures.pulses import Reach, reaches_between
from lichen.check.thresholds import DEPENDENCE, GROSS_DEPENDENCE, TOLERANCE, reaches
from lichen.relationship.order import reached

Kind = Literal["mutualism", "parasitism", "commensalism", "competition", "amensalism", "neutralism"]

KINDS: Mapping[tuple[int, int], Kind] = {
    (-1, -1): "competition",
    (-1, 1): "parasitism",
    (-1, 0): "amensalism",
    (0, 1): "commensalism",
    (1, 1): "mutualism",
    (0, 0): "neutralism",
}
"""By the two signs, the lesser first; in this order the worst pair of many stands first."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The answers: `depending` are the essential parties that depend, `silent` those without a capacity."""

    anything_said: bool
    ongoing: bool
    dependence: Mapping[str, Figure]
    gross_dependence: Mapping[str, Figure]
    depending: tuple[str, ...]
    silent: tuple[str, ...]
    reach: Mapping[tuple[str, str], Reach]
    closed_loop: bool
    protects_only: bool
    kind: Kind
    variant: str | None

    @property
    def interdependent(self) -> bool:
        """Whether every essential party depends on the relationship, and there are at least two."""
        return len(self.dependence) >= 2 and len(self.depending) == len(self.dependence)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The essential parties whose dependence cannot be told: without a capacity, or with a figure kept private."""
        untold = (
            name for name, net in self.dependence.items() if not (net.known and self.gross_dependence[name].known)
        )
        return tuple(dict.fromkeys((*self.silent, *untold)))


def pass_gate(evidence: CheckInput) -> Gate:
    """Ask the four questions of a relationship and its futures."""
    names = [party.name for party in evidence.essential]
    net = {name: dependence(evidence, name) for name in names}
    gross = {name: gross_dependence(evidence, name) for name in names}
    reach = reaches_between(evidence)
    up = [pair for pair, found in reach.items() if found.up.sign > 0]
    either = [pair for pair, found in reach.items() if found.sign > 0]
    return Gate(
        anything_said=says_anything(evidence),
        ongoing=is_ongoing(evidence),
        dependence=net,
        gross_dependence=gross,
        depending=tuple(
            n for n in names if reaches(net[n].value, DEPENDENCE) or reaches(gross[n].value, GROSS_DEPENDENCE)
        ),
        silent=tuple(party.name for party in evidence.essential if not party.essential_capacities),
        reach=reach,
        closed_loop=is_closed(names, either),
        protects_only=is_closed(names, either) and not is_closed(names, up),
        kind=kind_of(reach),
        variant=_variant(evidence),
    )


def says_anything(evidence: CheckInput) -> bool:
    """Whether some flow has a worth or a cost, or some rule stands; otherwise there are only claims."""
    rules = evidence.relationship.rules
    return any(flow.worth or flow.cost for flow in evidence.inner_flows) or bool(
        rules.reciprocity or rules.shared_value or rules.reinforcement or rules.balance or rules.adjustment
    )


def is_ongoing(evidence: CheckInput) -> bool:
    """Whether some flow between parties is active in the second half of the horizon, or may be."""
    for flow in evidence.inner_flows:
        totals = evidence.base.flows[flow.name]
        late = float(np.mean(totals.late_amount))
        if math.isnan(late) or late > TOLERANCE * max(1.0, float(np.mean(totals.amount))):
            return True
    return False


def is_closed(names: list[str], edges: Iterable[tuple[str, str]]) -> bool:
    """Whether edges lead from every name round to every other and back."""
    forward: dict[str, set[str]] = {name: set() for name in names}
    backward: dict[str, set[str]] = {name: set() for name in names}
    for origin, target in edges:
        forward[origin].add(target)
        backward[target].add(origin)
    return len(names) >= 2 and all(reached(names[:1], graph) == set(names) for graph in (forward, backward))


def kind_of(reach: Mapping[tuple[str, str], Reach]) -> Kind:
    """The kind of the worst pair, by the signs of what reaches whom; `neutralism` only where nothing passes."""
    found = set()
    for (one, other), there in reach.items():
        if one < other and (other, one) in reach:
            low, high = sorted((there.sign, reach[other, one].sign))
            found.add(KINDS[low, high])
    return next((kind for kind in KINDS.values() if kind in found), "neutralism")


def _variant(evidence: CheckInput) -> str | None:
    many = len(evidence.parties) >= 3 or any(party.members is not None for party in evidence.parties)
    return "ecosystem_mutualism_design" if many else None
