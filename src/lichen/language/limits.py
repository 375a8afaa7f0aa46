"""What a run would cost, told from the file alone and bounded before anything is allocated."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.language.meaning import Meaning
from lichen.relationship.formula import Tree, walk
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value

MAX_STEPS = 20_000
MAX_CELLS = 50_000_000_000
"""Most values (nodes of formulas x members or links x steps) that one future may take to work out."""


def bound_cost(meaning: Meaning, relationship: Relationship) -> None:
    """Report a file that asks for more steps or more work than a run may take."""
    time = relationship.time
    if "time.horizon" not in meaning.draft.places:
        return
    steps = time.horizon_days / time.step_days
    if steps > MAX_STEPS:
        path = "time.step" if "time.step" in meaning.draft.places else "time.horizon"
        others = [meaning.draft.excerpt("time.horizon", "the horizon")] if path == "time.step" else []
        fact = f"This horizon holds {steps:,.0f} steps; at most {MAX_STEPS:,} can be run."
        meaning.draft.report(path, fact, "Write a longer step or a shorter horizon.", others=others)
        return
    cells = cells_of_a_step(relationship) * max(steps, 1)
    if cells > MAX_CELLS:
        fact = f"One future of this file takes {cells:,.0f} values (formulas x members x steps)"
        fact += f"; at most {MAX_CELLS:,} can be worked out."
        meaning.draft.report(
            "time.horizon", fact, "Write a longer step, a shorter horizon, or let one member stand for several."
        )


def cells_of_a_step(relationship: Relationship) -> int:
    """How many values one step of one future takes."""
    return sum(_cells(relationship))


def _cells(relationship: Relationship) -> Iterator[int]:
    """The same for each part of the relationship."""
    sizes = {
        name: party.members.moved if party.members is not None else 1 for name, party in relationship.parties.items()
    }
    for name, party in relationship.parties.items():
        for capacity in party.capacities.values():
            yield sizes[name] * (4 + _nodes(capacity.change))
        yield sizes[name] * _nodes(party.leaves)
    for flow in relationship.flows.values():
        size = (
            len(flow.along.givers)
            if flow.along is not None
            else max(sizes.get(flow.giver, 1), sizes.get(flow.receiver, 1))
        )
        values = (flow.rate, *flow.cost.values(), *flow.worth.values())
        yield size * (2 + sum(_nodes(value) for value in values))
    yield sum(4 for _ in relationship.world)


def _nodes(value: Value | None) -> int:
    tree: Tree | None = None if value is None else value.tree
    return 0 if tree is None else sum(1 for _ in walk(tree))
