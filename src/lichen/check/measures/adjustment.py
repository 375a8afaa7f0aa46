"""How long the parties need from harm to a changed term, and who may ask for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

from lichen.check.evidence import CheckInput
from lichen.check.measures.sight import lag_days
from lichen.check.measures.viability import worst_room
from lichen.check.thresholds import SIDE_EFFECT, reaches
from lichen.relationship.order import reached
from lichen.relationship.party import Party
from lichen.relationship.rules import Adjustment, Term


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SetAlone:
    """A term that `deciders` may set although it moves another party, `by` so much of that party's room."""

    term: Term
    deciders: tuple[str, ...]
    moved: str
    by: float


def adjustment_days(evidence: CheckInput, party: str) -> float:
    """A: from the harm of a party to a term in force; infinite without a path.

    Noticing takes a step and the lag of sight where a trigger reads the party, else the time between reviews; then
    come the answers of every step of the way up, then the time until a change takes effect.
    """
    adjustment = evidence.relationship.rules.adjustment
    if adjustment is None:
        return math.inf
    return noticing_days(evidence, adjustment, party) + adjustment.answer_days + adjustment.takes_effect_after_days


def noticing_days(evidence: CheckInput, adjustment: Adjustment, party: str) -> float:
    """From harm to the moment at which the path begins."""
    review = math.inf if adjustment.review_every_days is None else adjustment.review_every_days
    if is_watched(adjustment, party):
        return min(review, evidence.relationship.time.step_days + lag_days(evidence, party))
    return review


def is_watched(adjustment: Adjustment, party: str) -> bool:
    """Whether a trigger reads something of a party."""
    return any(_reads(trigger.names, party) for trigger in adjustment.triggers)


def has_voice(evidence: CheckInput, party: Party) -> bool:
    """Whether a party, or who speaks for it by a monitoring flow, may raise an imbalance."""
    adjustment = evidence.relationship.rules.adjustment
    if adjustment is None:
        return False
    if party.name in adjustment.raised_by:
        return True
    voice = party.spoken_for_by
    return voice is not None and voice.by is not None and voice.who in adjustment.raised_by


def set_alone(evidence: CheckInput) -> tuple[SetAlone, ...]:
    """The terms that one side may set alone although they move another side.

    How far a term moves a party is read from the futures in which the flows that read it run at half.
    """
    found = []
    for term in evidence.relationship.terms.values():
        deciders = _deciders(evidence, term)
        if deciders is None:
            continue
        for party in evidence.essential:
            if party.name in deciders or _speaker(party) in deciders:
                continue
            moved = _moved_by(evidence, term.name, party.name)
            if reaches(moved, SIDE_EFFECT):
                found.append(SetAlone(term=term, deciders=deciders, moved=party.name, by=moved))
    return tuple(found)


def _deciders(evidence: CheckInput, term: Term) -> tuple[str, ...] | None:
    """Who must agree before a term changes, `agreed_by` before `set_by`; None when everybody must, or nobody can change
    it.
    """
    if term.agreed_by is not None:
        return None if set(term.agreed_by) & {"all", "majority"} else term.agreed_by
    if term.set_by is not None:
        return (term.set_by,)
    adjustment = evidence.relationship.rules.adjustment
    if adjustment is None or isinstance(adjustment.agreed_by, str):
        return None
    changed = {change.term for change in adjustment.changes}
    return adjustment.agreed_by if term.name in changed or term.between is not None else None


def _speaker(party: Party) -> str:
    return party.spoken_for_by.who if party.spoken_for_by is not None else ""


def _moved_by(evidence: CheckInput, term: str, party: str) -> float:
    """The largest change of a party's worst room when a flow that reads the term runs at half."""
    before = worst_room(evidence.base, party).value
    moved = 0.0
    for flow in flows_reading(evidence, term):
        lane = evidence.lane(f"halve:{flow}")
        if lane is not None:
            change = abs(worst_room(lane, party).value - before)
            moved = max(moved, change) if not math.isnan(change) else moved
    return moved


def flows_reading(evidence: CheckInput, name: str) -> frozenset[str]:
    """The flows whose rate, worth, cost or delay reads a name, also by way of another flow."""
    read_by: dict[str, set[str]] = {}
    for flow in evidence.relationship.flows.values():
        values = [flow.rate, flow.arrives_after, flow.settled_after, *flow.worth.values(), *flow.cost.values()]
        for read in frozenset().union(*(value.names for value in values if value is not None)):
            read_by.setdefault(read, set()).add(flow.name)
    return reached(read_by.get(name, ()), read_by)


def _reads(read: frozenset[str], party: str) -> bool:
    return any(name == party or name.startswith(f"{party}.") for name in read)
