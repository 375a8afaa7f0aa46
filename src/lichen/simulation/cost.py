"""How many futures of a relationship can be run, told from file and experiments before anything is allocated."""

from __future__ import annotations

from collections.abc import Sequence

from lichen.language.limits import cells_of_a_step
from lichen.relationship.relationship import Relationship
from lichen.relationship.values import has_chance
from lichen.simulation.experiments import Experiment

MOST_CELLS = 1_000_000_000_000
"""Most values (nodes of formulas x members or links x steps x experiments x futures) to work out: some hours."""
MOST_NUMBERS = 1_000_000_000
"""Most numbers that are kept of a run, of eight bytes each."""
MOST_AT_ONCE = 250_000_000
"""Most values of one step of one future, over all experiments: they are held in memory together."""
OF_A_SERIES = 13
OF_A_FLOW = 5
"""Numbers kept of a series and of a flow, for each experiment and future."""


def most_futures(relationship: Relationship, experiments: Sequence[Experiment]) -> int:
    """The most futures that stay within the limits; 0 when a single one is too much.

    Where nothing is drawn, one is worked out and stands for all.
    """
    at_once = cells_of_a_step(relationship) * len(experiments)
    if at_once > MOST_AT_ONCE:
        return 0
    work = at_once * relationship.time.steps
    kept = numbers_kept(relationship) * len(experiments)
    worked_out = MOST_CELLS // max(work, 1)
    if worked_out and not has_chance(relationship):
        return MOST_NUMBERS // max(kept, 1)
    return min(worked_out, MOST_NUMBERS // max(kept, 1))


def numbers_kept(relationship: Relationship) -> int:
    """How many numbers are kept of one future in one experiment."""
    parties, rules = relationship.parties.values(), relationship.rules
    series = sum(3 + len(party.capacities) for party in parties) + len(rules.shared_value) + len(rules.checks)
    return OF_A_SERIES * series + OF_A_FLOW * len(relationship.flows)
