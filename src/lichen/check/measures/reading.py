"""Of whom the shared measures say something."""

from __future__ import annotations

from lichen.check.evidence import CheckInput


def unread_parties(evidence: CheckInput) -> tuple[str, ...]:
    """The essential parties of whom no shared measure reads a capacity, the room left, the balance or a column."""
    read = {
        name.split(".")[0] for measure in evidence.relationship.rules.shared_value for name in measure.measure.names
    }
    return tuple(party.name for party in evidence.essential if party.name not in read)
