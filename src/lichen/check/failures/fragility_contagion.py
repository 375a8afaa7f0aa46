"""Fragility contagion: one side's failure or overload pulls the others down with it.

What it is
    Tight dependence lets trouble travel. What protects is not distance but what absorbs: stores, fallbacks, shared
    risk.

What we look at
    Each essential party is knocked to its floor at a third of the horizon, all else equal; for every other party the
    largest share of its room that it then loses. The score is the largest of these shares, or the size of the
    eigenvalue that says whether failures feed each other, whichever is larger. Watch at 0.25, alarm at 0.5. A
    dependence of about 0.65 passes watch also in a healthy pair. In groups of 200 members and more that are linked
    with each other, the 20 members whose failure can reach furthest by the links are struck alone too, and the first
    of those that nobody looks after; their score is the share of a group that then falls below its floor.

Cannot tell when
    A party has no capacity that it needs.

Not to be confused with
    Dependency lock-in, which is about leaving.

Example
    A workshop lives by this month's designs alone; a bad quarter of the studio that makes them empties it:
    `tests/cases/failures/fragility_contagion/shows.yaml`.

Mitigation
    Buffers, shared risk, fallbacks and watching each other; not less of the link.

Sources
    Symbiotic Alignment, Failure Modes, fourth. Diekmann, Heesterbeek and Metz 1990 (next-generation matrix).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding, Remedy
from lichen.check.judging import failure
from lichen.check.measures.contagion import radius, spread
from lichen.check.measures.figure import Figure, largest_of
from lichen.check.measures.worth import valuation
from lichen.check.members import MemberFall, falls_of_members
from lichen.check.remedies import buffered, largest_benefit

TITLE = "Fragility contagion"
ABOUT = "fragility_contagion"
LANES = ("shock",)


def look(evidence: CheckInput) -> Iterator[Finding]:
    """Ask how far one side's failure travels."""
    shares = spread(evidence)
    bounds = (radius({pair: Figure(x, x, x) for pair, x in _at(shares, k).items()}) for k in range(3))
    alone = falls_of_members(evidence)
    score = largest_of([*shares.values(), Figure(*bounds), *(Figure(*[fall.share] * 3) for fall in alone)])
    origin, target = max(shares, key=lambda pair: shares[pair].value, default=("", ""))
    worst = shares[origin, target].value if origin else 0.0
    one, other = evidence.title(origin), evidence.title(target)
    says = (
        f"If {one} once fell to {wording.its(one)} floor, {other} would lose "
        f"{wording.share(worst)} of {wording.its(other)} room for a time."
        if worst > 0
        else "A failure of one side stays with it."
    )
    if alone and alone[0].fallen > 0:
        says += f" {alone[0].says}"
    yield failure(
        ABOUT,
        score,
        says,
        parties=[origin, target] if worst > 0 else [],
        evidence=[
            *(_seen(evidence, one, other, figure) for (one, other), figure in shares.items()),
            *(_struck(evidence, fall) for fall in alone),
        ],
        remedy=_remedy(evidence, target) if origin else None,
        needs="What each side needs to go on.",
        parts=[(f"{one} to {other}", figure.value) for (one, other), figure in shares.items()],
    )


def _at(shares: Mapping[tuple[str, str], Figure], which: int) -> dict[tuple[str, str], float]:
    return {pair: (figure.value, figure.low, figure.high)[which] for pair, figure in shares.items()}


def _remedy(evidence: CheckInput, target: str) -> Remedy | None:
    flow = largest_benefit(evidence, target, valuation(evidence))
    return buffered(evidence, flow, evidence.title(target)) if flow is not None else None


def _seen(evidence: CheckInput, origin: str, target: str, figure: Figure) -> Evidence:
    one, other = evidence.title(origin), evidence.title(target)
    return Evidence(
        says=(
            f"After one fall of {one} to {wording.its(one)} floor, {other} would lack "
            f"{wording.share(figure.value)} of {wording.its(other)} room at worst."
        ),
        figure=figure.value,
        unit="of the room",
        method="simulation",
        at=evidence.relationship.at(f"parties.{target}"),
    )


def _struck(evidence: CheckInput, fall: MemberFall) -> Evidence:
    return Evidence(
        says=fall.says,
        figure=fall.share,
        unit=f"of {evidence.title(fall.group)}",
        method="simulation",
        at=evidence.relationship.at(f"parties.{fall.struck.group}"),
    )
