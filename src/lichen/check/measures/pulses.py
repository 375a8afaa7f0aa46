"""What of one side's improvement reaches the other side.

Every essential capacity of one party is raised (or lowered) by a fifth of its range at a third of the horizon, all
else equal; what then reaches the other party is compared with what stays. Impulse responses: Box and Jenkins 1970;
paired draws make small reaches certain without making them large, hence two conditions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import Figure, ratio_and_error
from lichen.check.thresholds import REACH, STANDARD_ERRORS, TOLERANCE
from lichen.simulation.futures import Array, Lane
from lichen.simulation.sampling import Z

LANES = ("boost", "damp")
"""The experiments that `reaches_between` looks at."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What reaches `target` of what stays with `origin`, and its standard error; `capacity` is where it arrives."""

    origin: str
    target: str
    capacity: str
    value: float
    error: float

    @property
    def sign(self) -> int:
        """1 or -1 when it counts (beyond two standard errors and at least a tenth), else 0."""
        beyond = abs(self.value) > STANDARD_ERRORS.value * self.error
        if not beyond or abs(self.value) < REACH.value - TOLERANCE:
            return 0
        return 1 if self.value > 0 else -1

    @property
    def figure(self) -> Figure:
        """With its interval."""
        return Figure(self.value, self.value - Z * self.error, self.value + Z * self.error)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What reaches one party from another, when the other gains (`up`) and when it loses (`down`)."""

    up: Pulse
    down: Pulse

    @property
    def sign(self) -> int:
        """-1 when either counts and is negative, else 1 when either counts, else 0."""
        signs = {self.up.sign, self.down.sign}
        return -1 if -1 in signs else max(signs)

    @property
    def stronger(self) -> Pulse:
        """The one that decides the sign: of those that agree with it, the improvement before the loss."""
        return self.up if self.up.sign == self.sign or self.down.sign != self.sign else self.down


def reaches_between(evidence: CheckInput) -> Mapping[tuple[str, str], Reach]:
    """What reaches whom, for every ordered pair of essential parties."""
    names = [party.name for party in evidence.essential]
    return {
        (origin, target): Reach(
            up=_pulse(evidence, evidence.lane(f"boost:{origin}"), origin, target),
            down=_pulse(evidence, evidence.lane(f"damp:{origin}"), origin, target),
        )
        for origin in names
        for target in names
        if origin != target
    }


def _pulse(evidence: CheckInput, lane: Lane | None, origin: str, target: str) -> Pulse:
    """The capacity of the target that moves most; one that moves against the origin beyond two standard errors goes
    first.
    """
    nothing = Pulse(origin=origin, target=target, capacity="", value=0.0, error=0.0)
    if lane is None:
        return nothing
    stays = _moved(evidence, lane, origin)
    if not stays:
        return nothing
    own: Array = np.mean(list(stays.values()), axis=0)
    if abs(float(np.mean(own))) < 1e-12:
        return nothing
    pulses = []
    for capacity, moved in _moved(evidence, lane, target).items():
        value, error = ratio_and_error(moved, own)
        pulses.append(Pulse(origin=origin, target=target, capacity=capacity, value=value, error=error))
    against = [p for p in pulses if p.value < -STANDARD_ERRORS.value * p.error - TOLERANCE]
    if against:
        return min(against, key=lambda p: p.value)
    return max(pulses, key=lambda p: abs(p.value), default=nothing)


def _moved(evidence: CheckInput, lane: Lane, party: str) -> Mapping[str, Array]:
    """By capacity, the mean over the horizon of the room gained in each future."""
    after, before = evidence.traces(lane, party), evidence.traces(evidence.base, party)
    return {key: after[key].mean - before[key].mean for key in before if key in after}
