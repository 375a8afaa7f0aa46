"""What hangs on goodwill: what it costs those who give it, and what becomes of everybody without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.measures.worth import Valuation, valuation
from lichen.relationship.quantity import MONTH_DAYS
from lichen.simulation.experiments import without_goodwill
from lichen.stress.effects import Effect, effects, untold, worst
from lichen.stress.setting import Setting


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a party gives of its own accord: the flows that nothing backs, and what they cost it a month in `unit`.

    `says` tells it: `Alder 1 200 EUR`, `the town 3 % of its own range`.
    """

    party: str
    title: str
    flows: tuple[str, ...]
    monthly_cost: float
    unit: str
    says: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Goodwill:
    """The cost of goodwill in both forms: `given` by whom, and `effects` on everybody when it stops at the start."""

    flows: tuple[str, ...]
    given: tuple[Given, ...]
    effects: tuple[Effect, ...]

    @property
    def says(self) -> str:
        """One sentence; which flows, what they cost, and who falls without them."""
        if not self.flows:
            return "Nothing that passes hangs on goodwill alone."
        named = wording.few([f"`{name}`" for name in self.flows])
        costs = [one.says for one in sorted(self.given, key=lambda one: -one.monthly_cost) if one.monthly_cost > 0]
        cost = f", which cost{'s' * (len(self.flows) == 1)} {wording.few(costs)} a month" if costs else ""
        hit = worst(self.effects)
        if hit is None:
            return f"Without goodwill ({named}{cost}) nobody can say what happens."
        return f"Without goodwill ({named}{cost}) {hit.says}{wording.but_for(untold(self.effects))}."


def goodwill(setting: Setting) -> Goodwill:
    """Everything that nothing backs stops at the start."""
    lane = without_goodwill(setting.relationship)
    flows = tuple(lane.rates)
    if not flows:
        return Goodwill(flows=(), given=(), effects=())
    evidence = setting.run([lane])
    valued = valuation(evidence)
    return Goodwill(
        flows=flows,
        given=tuple(_given(evidence, flows, valued)),
        effects=effects(evidence, evidence.futures.lanes[lane.name]),
    )


def _given(evidence: CheckInput, flows: tuple[str, ...], valued: Valuation) -> Iterator[Given]:
    time = evidence.relationship.time
    months = time.run_days / MONTH_DAYS
    for party in evidence.parties:
        own = tuple(name for name in flows if evidence.relationship.flows[name].giver == party.name)
        if own:
            costs = sum(float(np.mean(valued.of(party.name, evidence.base.flows[name].cost))) for name in own)
            yield Given(
                party=party.name,
                title=party.title,
                flows=own,
                monthly_cost=costs / months,
                unit=valued.unit_of(party.name),
                says=f"{party.title} {valued.said(party.name, party.title, costs / months)}",
            )
