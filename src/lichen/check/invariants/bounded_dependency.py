"""Bounded dependency: each side can go on when the relationship ends.

What it is
    Dependence makes mutual support possible; without limits it is captivity.

What we look at
    For every essential party the lesser of two: the room it keeps at worst in 19 of 20 futures after any party's
    exit, its own included, at a third of the horizon, with declared notice, continuity and fallbacks (limit 0); and
    seven tenths less the part of its room that it owes to the relationship and cannot replace, over seven tenths.

Cannot tell when
    A party has no capacity that it needs, or a fallback is private without a range.

Not to be confused with
    Dependency lock-in, the failure mode, which weighs how likely ruin is after an exit by how much a party depends.
    For a living system that cannot do without the other the finding is a named risk, no verdict: an obligate pair is
    no prison.

Example
    A workshop builds what a studio designs; without these designs it cannot live, and nobody else makes them:
    `tests/cases/invariants/bounded_dependency.yaml`.

Mitigation
    Agree on a replacement (`if_lost`), a longer notice or a continuity share.

Sources
    Symbiotic Alignment, Invariants to Preserve, fifth. Emerson 1962 (dependence and its alternatives).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding
from lichen.check.judging import invariant
from lichen.check.measures.dependence import dependence
from lichen.check.measures.figure import UNKNOWN, Figure, least_of
from lichen.check.measures.leaving import room_after_exits, ruin_after_exits, substitution
from lichen.check.measures.worth import Valuation, valuation
from lichen.check.remedies import replaceable
from lichen.check.thresholds import BOUND, WORST_SHARE
from lichen.relationship.party import Party

TITLE = "Bounded dependency"
ABOUT = "bounded_dependency"
LANES = ("cut", "exit")


def look(evidence: CheckInput) -> Iterator[Finding]:
    """Ask of every essential party what is left of it after an exit."""
    valued = valuation(evidence)
    terms = {party.name: _terms(evidence, party, valued) for party in evidence.essential}
    margins = {name: least_of(found.values()) for name, found in terms.items()}
    unknown = [name for name, margin in margins.items() if not margin.known]
    if not margins:
        yield invariant(ABOUT, UNKNOWN, untold="There is nobody who could leave.", needs="A flow between the parties.")
        return
    if unknown:
        names = wording.listed(evidence.title(name) for name in unknown)
        yield invariant(
            ABOUT,
            UNKNOWN,
            untold=f"Nobody can say what is left of {names} after an exit.",
            parties=unknown,
            needs=f"What {wording.does(names, 'need')} to go on, and what {wording.it(names)} could replace.",
        )
        return
    worst = min(margins, key=lambda name: margins[name].value)
    found = invariant(
        ABOUT,
        least_of(margins.values()).clipped(),
        _says(evidence, worst, terms[worst]),
        parties=[name for name, margin in margins.items() if margin.value < 0] or [worst],
        evidence=[_seen(evidence, name, terms[name]) for name in sorted(margins, key=lambda name: margins[name].value)],
        remedy=replaceable(evidence, worst, valued),
        parts=[(f"{name}: {term}", figure.value) for name, there in terms.items() for term, figure in there.items()],
    )
    if found.status == "broken" and all(not evidence.relationship.parties[name].chooses for name in found.parties):
        found = replace(
            found,
            status="at risk",
            says=f"{found.says} As a living system it cannot leave; this is its risk, not its choice.",
        )
    yield found


def _terms(evidence: CheckInput, party: Party, valued: Valuation) -> dict[str, Figure]:
    """The distances of one party, by what they are called."""
    if party.name not in evidence.base.headroom:
        return {"room after an exit": UNKNOWN}
    kept = 1 - substitution(evidence, party.name, valued)
    bound = dependence(evidence, party.name).falling(lambda share: (BOUND.value - share * kept) / BOUND.value)
    return {"room after an exit": room_after_exits(evidence, party.name).clipped(), "irreplaceable": bound}


def _says(evidence: CheckInput, party: str, terms: dict[str, Figure]) -> str:
    title = evidence.title(party)
    if all(figure.value >= 0 for figure in terms.values()):
        return f"Each side can go on after an exit; the least room is left to {title}."
    if terms["room after an exit"].value < 0:
        below, limit = (wording.share(found) for found in (ruin_after_exits(evidence, party).value, WORST_SHARE.value))
        return f"When somebody leaves, {title} will be below the floor in {below} of the futures (limit {limit})."
    bound = wording.share(BOUND.value)
    return f"More than {bound} of the room of {title} comes from the other side and cannot be replaced."


def _seen(evidence: CheckInput, party: str, terms: dict[str, Figure]) -> Evidence:
    room = terms["room after an exit"]
    return Evidence(
        says=f"After the worst exit, {wording.at_worst(evidence.title(party), room.value)}.",
        figure=room.value,
        unit="of the healthy range",
        method="simulation",
        at=evidence.relationship.at("exit") or evidence.relationship.at(f"parties.{party}"),
    )
