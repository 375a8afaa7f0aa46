"""Thirteen readings beside the verdict: five to tune by, three trade-offs, five outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

from lichen.check import outcomes, tradeoffs, tuning
from lichen.check.evidence import CheckInput
from lichen.check.reading import Reading


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """All readings by their group and name."""

    tuning: Mapping[str, Reading]
    tradeoffs: Mapping[str, Reading]
    outcomes: Mapping[str, Reading]

    def to_json(self) -> dict[str, Any]:
        """The three groups."""
        return {
            group: {name: reading.to_json() for name, reading in readings.items()}
            for group, readings in (("tuning", self.tuning), ("tradeoffs", self.tradeoffs), ("outcomes", self.outcomes))
        }


def all_readings(evidence: CheckInput) -> Readings:
    """Take every reading."""
    return Readings(
        tuning={
            "reciprocity_granularity": tuning.reciprocity_granularity(evidence),
            "coupling_intensity": tuning.coupling_intensity(evidence),
            "benefit_symmetry": tuning.benefit_symmetry(evidence),
            "adaptation_cadence": tuning.adaptation_cadence(evidence),
            "exit_strength": tuning.exit_strength(evidence),
        },
        tradeoffs={
            "dependency": tradeoffs.dependency(evidence),
            "measurement_burden": tradeoffs.measurement_burden(evidence),
            "relationship_specific_investment": tradeoffs.relationship_specific_investment(evidence),
        },
        outcomes={
            "durable_mutual_benefit": outcomes.durable_mutual_benefit(evidence),
            "opportunism": outcomes.opportunism(evidence),
            "joint_capacity": outcomes.joint_capacity(evidence),
            "resilience": outcomes.resilience(evidence),
            "heroic_coordination": outcomes.heroic_coordination(evidence),
        },
    )
