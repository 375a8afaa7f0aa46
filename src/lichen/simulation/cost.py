"""How many futures of a relationship can be run, told from file and experiments before anything is allocated."""

from __future__ import annotations

from collections.abc import Sequence

from lichen.language.limits import cells_of_a_step
from lichen.relationship.relationship import Relationship
from lichen.relationship.values import has_chance
from lichen.simulation.experiments import Experiment

MOST_CELLS = 1_000_000_000_000
"""Most values (nodes of formulas x members or links x steps x experiments x futures) to work out: some hours."""
QUICK_CELLS = 100_000_000_000
"""So many values take a minute or two; of a larger file fewer futures are tried unless somebody asks for more."""
MOST_NUMBERS = 1_000_000_000
"""Most numbers that are kept of a run, of eight bytes each."""
MOST_AT_ONCE = 250_000_000
"""Most values of one step of one future that are held in memory together; experiments beyond run in turn."""
OF_A_SERIES = 13
OF_A_FLOW = 5
"""Numbers kept of a series and of a flow, for each experiment and future."""


def bytes_of_courses(relationship: Relationship, lanes: int, runs: int) -> int:
    """How much room the courses of so many experiments and futures take: eight bytes a number, before packing."""
    columns = 3 + _series(relationship) + len(relationship.flows) + len(relationship.terms)
    return 8 * columns * (relationship.time.steps + 1) * lanes * runs


def most_at_once(relationship: Relationship) -> int:
    """How many experiments may run side by side, 0 when a single one is too much."""
    return MOST_AT_ONCE // max(1, cells_of_a_step(relationship))


def most_futures(
    relationship: Relationship, experiments: Sequence[Experiment], *, together: bool = False, cells: int = MOST_CELLS
) -> int:
    """The most futures that stay within the limits, of work within so many `cells`; 0 when a single one is too much.

    Where nothing is drawn, one is worked out and stands for all. Experiments that do not fit side by side run in turn,
    the first of them each time again, unless they must run `together`.
    """
    at_once = most_at_once(relationship)
    if at_once < (len(experiments) if together else min(len(experiments), 2)):
        return 0
    again = (len(experiments) - 1) // max(1, at_once - 1)
    work = cells_of_a_step(relationship) * (len(experiments) + again) * relationship.time.steps
    kept = numbers_kept(relationship) * len(experiments)
    worked_out = cells // max(work, 1)
    if worked_out and not has_chance(relationship):
        return MOST_NUMBERS // max(kept, 1)
    return min(worked_out, MOST_NUMBERS // max(kept, 1))


def _series(relationship: Relationship) -> int:
    """How many courses there are besides those of flows and terms: rooms, tallies, levels, measures."""
    parties, rules = relationship.parties.values(), relationship.rules
    return sum(3 + len(party.capacities) for party in parties) + len(rules.shared_value) + len(rules.checks)


def numbers_kept(relationship: Relationship) -> int:
    """How many numbers are kept of one future in one experiment."""
    return OF_A_SERIES * _series(relationship) + OF_A_FLOW * len(relationship.flows)
