"""Whether one term can make a shared measure rise while the weakest side loses: a look at the terms that were tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.measures.viability import worst_room
from lichen.check.thresholds import METRIC_FALL, TOLERANCE
from lichen.relationship.formula import Call, Name
from lichen.simulation.futures import Lane


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Gaming:
    """A change of one term that makes a measure look better while the weakest side gets worse.

    `gain` is the rise of the measure as a share of its size, `fall` the loss of room of the weakest side.
    """

    measure: str
    term: str
    value: str
    gain: float
    fall: float


def gaming(evidence: CheckInput) -> Mapping[str, Gaming]:
    """By measure, the term that costs the weakest side most while the measure rises and no other shared measure
    falls.
    """
    trials = evidence.trials
    measures = [measure.name for measure in evidence.relationship.rules.shared_value]
    if trials is None or not measures:
        return {}
    found: dict[str, Gaming] = {}
    for trial in trials.tried:
        fall = _weakest(evidence, trials.before) - _weakest(evidence, trial.after)
        gains = {measure: _gain(trials.before, trial.after, measure) for measure in measures}
        if not fall > METRIC_FALL.value + TOLERANCE or min(gains.values()) < -TOLERANCE:
            continue
        for measure, gain in gains.items():
            if gain > TOLERANCE and (measure not in found or fall > found[measure].fall):
                found[measure] = Gaming(measure=measure, term=trial.term, value=trial.value, gain=gain, fall=fall)
    return found


def shows_everybody(evidence: CheckInput) -> bool:
    """Whether the shared measures show the room of every side by itself: as it is, or as the least of several."""
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


def _weakest(evidence: CheckInput, lane: Lane) -> float:
    rooms = [worst_room(lane, party.name).value for party in evidence.essential if party.name in lane.headroom]
    return min(rooms, default=0.0)
