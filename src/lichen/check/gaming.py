"""Whether one term can make a shared measure rise while the weakest side loses: a search over the limits of the
terms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from lichen.check.evidence import CheckInput, Gaming
from lichen.check.measures.viability import worst_room
from lichen.check.thresholds import METRIC_FALL, TOLERANCE
from lichen.check.what_if import with_term
from lichen.relationship.formula import Call, Name
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value
from lichen.simulation.futures import Futures, Lane

MOST_TERMS = 8
"""Terms that are searched; further ones are left out."""

Try = Callable[[Relationship], Futures]
"""The base lane of a relationship, over few futures."""


def search_gaming(evidence: CheckInput, attempt: Try) -> Mapping[str, Gaming]:
    """By measure, the change of a term that costs the weakest side most while the measure rises and no shared measure
    falls.
    """
    if not evidence.relationship.rules.shared_value or _follows_everybody(evidence):
        return {}
    before = attempt(evidence.relationship).base
    found: dict[str, Gaming] = {}
    for term, value, after in _attempts(evidence, attempt):
        fall = _weakest(evidence, before) - _weakest(evidence, after)
        if not fall > METRIC_FALL.value + TOLERANCE:
            continue
        gains = {
            measure.name: _gain(before, after, measure.name) for measure in evidence.relationship.rules.shared_value
        }
        if min(gains.values()) < -TOLERANCE:
            continue  # another shared measure shows it
        for measure, gain in gains.items():
            if gain > TOLERANCE and (measure not in found or fall > found[measure].fall):
                found[measure] = Gaming(measure=measure, term=term, value=value, gain=gain, fall=fall)
    return found


def _follows_everybody(evidence: CheckInput) -> bool:
    """Whether the measures show the room of every side by itself: as it is, or as the least of several."""
    shown: set[str] = set()
    for measure in evidence.relationship.rules.shared_value:
        match measure.measure.tree:
            case Name() as name:
                shown.add(name.text)
            case Call(function="least" | "min", arguments=arguments):
                shown.update(argument.text for argument in arguments if isinstance(argument, Name))
    return all(f"{party.name}.headroom" in shown for party in evidence.essential)


def _gain(before: Lane, after: Lane, measure: str) -> float:
    """The rise of a measure's mean as a share of its size."""
    was, now = float(np.mean(before.measures[measure].mean)), float(np.mean(after.measures[measure].mean))
    return (now - was) / max(abs(was), 1e-12)


def _attempts(evidence: CheckInput, attempt: Try) -> Iterator[tuple[str, str, Lane]]:
    """Each term at each of its limits: its name, the value, the base lane."""
    relationship = evidence.relationship
    movable = [term for term in relationship.terms.values() if term.between is not None][:MOST_TERMS]
    for term in movable:
        for limit in term.between or ():
            if limit.tree is not None and limit.tree != term.value.tree:
                yield term.name, _said(limit), attempt(with_term(relationship, term, limit)).base


def _weakest(evidence: CheckInput, lane: Lane) -> float:
    rooms = [worst_room(lane, party.name).value for party in evidence.essential if party.name in lane.headroom]
    return min(rooms, default=0.0)


def _said(value: Value) -> str:
    return value.text or "its limit"
