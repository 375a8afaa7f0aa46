"""Dependency lock-in: the relation is so tight that a side can neither leave nor negotiate.

What it is
    A side that would be ruined by any exit has no choice left, whatever the contract says.

What we look at
    For every essential party its dependence times the share of futures in which it falls below its floor after
    somebody's exit, its own included. Watch at 0.25, alarm at 0.5. Exits happen at a third of the horizon, with
    declared notice, continuity and fallbacks.

Cannot tell when
    A party has no capacity that it needs, or its fallback is private without a range.

Not to be confused with
    Fragility contagion, which is about failure of the other side, not about its leaving.

Example
    A workshop lives by designs that nobody else makes, and would be ruined by any exit:
    `tests/cases/failures/dependency_lock_in/shows.yaml`.

Mitigation
    Keep fallbacks ready (`if_lost`), commit in parts, agree on notice and continuity.

Sources
    Symbiotic Alignment, Failure Modes, second. Emerson 1962. The score is ours.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding
from lichen.check.judging import failure
from lichen.check.measures.dependence import dependence
from lichen.check.measures.figure import Figure, combined, largest_of
from lichen.check.measures.leaving import ruin_after_exits
from lichen.check.measures.worth import valuation
from lichen.check.remedies import replaceable

TITLE = "Dependency lock-in"
ABOUT = "dependency_lock_in"
LANES = ("cut", "exit")


def look(evidence: CheckInput) -> Iterator[Finding]:
    """Ask who could not survive an exit."""
    scores = {party.name: _score(evidence, party.name) for party in evidence.essential}
    worst = max(scores, key=lambda name: scores[name].value, default="")
    score = largest_of(scores.values())
    title = evidence.title(worst)
    says = (
        f"{title} can neither go on without the other side nor leave."
        if score.value > 0
        else "Nobody would be ruined by an exit."
    )
    yield failure(
        ABOUT,
        score,
        says,
        parties=[worst] if score.value > 0 else [],
        evidence=[_seen(evidence, worst)] if worst else [],
        remedy=replaceable(evidence, worst, valuation(evidence)) if worst else None,
        needs="What each side needs to go on, and what it could replace.",
        parts=[(name, figure.value) for name, figure in scores.items()],
    )


def _score(evidence: CheckInput, party: str) -> Figure:
    tied, ruin = dependence(evidence, party), ruin_after_exits(evidence, party)
    return combined(operator.mul, tied, ruin)


def _seen(evidence: CheckInput, party: str) -> Evidence:
    ruin, tied = ruin_after_exits(evidence, party).value, dependence(evidence, party).value
    title, share = evidence.title(party), wording.share(tied)
    whose, often = wording.its(title), f"in {wording.share(ruin)} of the futures"
    return Evidence(
        says=f"If nothing passed between the sides from the start, {title} would lack {share} of {whose} room; after "
        f"the worst exit {wording.does(wording.it(title), f'fall below {whose} floor {often}')}.",
        figure=ruin,
        unit="of the futures",
        method="simulation",
        at=evidence.relationship.at("exit") or evidence.relationship.at(f"parties.{party}"),
    )
