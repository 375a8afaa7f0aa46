"""Reciprocal viability: every party stays able to go on contributing.

What it is
    A relationship that uses one side up is not symbiotic, however much the whole produces. Also a third party, such
    as a river, counts.

What we look at
    The least of three distances for every party that a flow touches, in the same futures: the room above the floor at
    its worst moment in 19 of 20 futures (limit 0); the time to the floor at the pace of the last fifth of the
    horizon, against the commitment, where the room falls beyond chance; and what is left of the quarter of its room
    that may be used up (a declared `drawdown` is allowed for). A record adds what really happened: levels below the
    floor.

Cannot tell when
    A party has no capacity that it needs, or a figure of it is kept private without a range.

Not to be confused with
    Non-extractive reinforcement, which asks who gains: a party can gain and still be used up, or lose and still have
    room.

Example
    A studio and a workshop exchange designs and prototypes; the workshop starts well and ends with a third less room:
    `tests/cases/invariants/reciprocal_viability.yaml`.

Mitigation
    Return more to the side that falls, take less from it, or declare a planned fall and its end.

Sources
    Symbiotic Alignment, Invariants to Preserve, first. Aubin 1991 (viability); Donzé and Maler 2010 (signed distance
    to a limit).
"""

from __future__ import annotations

from collections.abc import Iterator

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding
from lichen.check.judging import invariant
from lichen.check.measures.figure import UNKNOWN, Figure, least_of
from lichen.check.measures.viability import drawn_down, heading, viable, worst_room
from lichen.check.recorded import with_levels
from lichen.check.remedies import rebalanced
from lichen.check.thresholds import WORST_SHARE
from lichen.relationship.party import Party

TITLE = "Reciprocal viability"
ABOUT = "reciprocal_viability"
LANES = ()
_FLOW = "A flow between the parties."


def look(evidence: CheckInput) -> Iterator[Finding]:
    """Ask of every party whether it can go on."""
    asked = {party.name: _terms(evidence, party) for party in evidence.parties}
    terms = {name: found for name, found in asked.items() if found}
    margins = {name: least_of(found.values()) for name, found in terms.items()}
    known = {name: margin for name, margin in margins.items() if margin.known}
    if not margins:
        yield invariant(ABOUT, UNKNOWN, untold="There is nobody who could go on or not.", needs=_FLOW)
        return
    if len(known) < len(margins):
        silent = wording.listed(evidence.title(name) for name in margins if name not in known)
        yield invariant(
            ABOUT,
            UNKNOWN,
            untold=f"Nobody can say whether {silent} can go on.",
            parties=[name for name in margins if name not in known],
            needs=f"What {wording.does(silent, 'need')} to go on: a capacity with a level and a floor.",
        )
        return
    worst = min(known, key=lambda name: known[name].value)
    found = invariant(
        ABOUT,
        least_of(margins.values()).clipped(),
        _says(evidence, worst, terms[worst]),
        parties=[name for name, margin in known.items() if margin.value < 0] or [worst],
        evidence=[seen for name in sorted(known, key=lambda name: known[name].value) for seen in _seen(evidence, name)],
        remedy=rebalanced(evidence, {name: margin.value for name, margin in known.items()}),
        parts=[(f"{name}: {term}", figure.value) for name, there in terms.items() for term, figure in there.items()],
    )
    yield with_levels(evidence, found)


def _terms(evidence: CheckInput, party: Party) -> dict[str, Figure]:
    """The distances of one party, by what they are called."""
    if party.name not in evidence.base.headroom:
        return {"room left at worst": UNKNOWN} if party.essential_capacities or party.essential else {}
    terms = {
        "room left at worst": worst_room(evidence.base, party.name).clipped(),
        "room used up": drawn_down(evidence, party),
    }
    ahead = heading(evidence, party.name)
    if ahead is not None:
        terms["time to the floor"] = ahead
    return terms


def _says(evidence: CheckInput, party: str, terms: dict[str, Figure]) -> str:
    title, term = evidence.title(party), min(terms, key=lambda name: terms[name].value)
    trace = evidence.base.headroom[party]
    start, end = float(trace.start.mean()), float(trace.last_fifth.mean())
    if terms[term].value >= 0:
        return f"Every side keeps room to go on; the least is left to {title}."
    if start < 0:
        return f"Already at the start {title} would need more to reach the floor."
    if term == "time to the floor":
        return f"{title} will reach the floor before the commitment ends if the fall goes on."
    if term == "room used up":
        fall = f"from {wording.share(start)} to {wording.share(end)} of the healthy range"
        return f"The room of {title} shrinks {fall}: the relationship lives on its substance."
    below, limit = 1 - viable(evidence.base, party).value, wording.share(WORST_SHARE.value)
    return f"In {wording.share(below)} of the futures {title} will fall below the floor (limit {limit})."


def _seen(evidence: CheckInput, party: str) -> Iterator[Evidence]:
    """The room left at worst, and of a group what its worst tenth has at the end."""
    room, title = worst_room(evidence.base, party), evidence.title(party)
    at = evidence.relationship.at(f"parties.{party}.capacities")
    says = f"At its worst moment, {wording.at_worst(title, room.value)}."
    yield Evidence(says=says, figure=room.value, unit="of the healthy range", method="simulation", at=at)
    tenth = evidence.base.group_tenth.get(party)
    if tenth is not None:
        end = float(tenth.last_fifth.mean())
        says = f"In the last fifth {wording.left(f'the worst tenth of {title}', end)}."
        yield Evidence(says=says, figure=end, unit="of the healthy range", method="simulation", at=at)
