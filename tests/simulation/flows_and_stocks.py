"""Small models of stocks and formulas for these tests, written as text."""

from __future__ import annotations

from collections.abc import Mapping

from lichen.language.formula import parse
from lichen.relationship.formula import names
from lichen.relationship.order import sorted_out
from lichen.simulation.dynamics.model import About, Delay, Dynamics, Stock


def model(
    stocks: Mapping[str, Stock],
    formulas: Mapping[str, str],
    *,
    steps: int = 10,
    step_days: float = 1.0,
    delays: Mapping[str, Delay] | None = None,
) -> Dynamics:
    """Dynamics in which every stock is a capacity and every other variable a flow."""
    trees = {name: parse(text, {}) for name, text in formulas.items()}
    reads = {name: tuple(read for read in names(tree) if read in trees) for name, tree in trees.items()}
    about = {name: About(role="capacity", owner=name, what="level") for name in stocks}
    return Dynamics(
        step_days=step_days,
        steps=steps,
        stocks=stocks,
        formulas={name: trees[name] for name in sorted_out(reads)[0]},
        delays=delays or {},
        about=about | {name: About(role="flow", owner=name) for name in trees},
    )


def shares(found: Dynamics) -> Mapping[frozenset[str], list[float]]:
    """The share of every loop over time, by the variables in it."""
    from lichen.simulation.loops.link_scores import link_scores
    from lichen.simulation.loops.loops import relative_scores
    from lichen.simulation.loops.search import all_loops, tangles

    groups = tangles(found.links)
    inside = {name: place for place, own in enumerate(groups) for name in own}
    loops, complete = all_loops(found.links, [*found.stocks, *found.delays])
    assert complete
    scores = link_scores(found, found.run(), inside)
    relative = relative_scores(loops, scores, [inside[loop[0]] for loop in loops])
    return {frozenset(loop): [float(share) for share in course] for loop, course in zip(loops, relative, strict=True)}
