"""How return looks over windows of other lengths than the declared one."""

from __future__ import annotations

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.thresholds import KEPT, TOLERANCE
from lichen.relationship.rules import ReturnRule
from lichen.simulation.futures import Array

_WINDOWS_DAYS = (7.0, 30.4375, 91.3125, 182.625, 365.25, 730.5, 1461.0)


def shortest_kept(evidence: CheckInput, rule: ReturnRule) -> float | None:
    """The shortest window (days) of which every full turn keeps the rule's band in 95 % of the futures, if any."""
    paths, time = evidence.futures.paths["base"], evidence.relationship.time
    received, borne = (paths[f"{rule.party}.{side}"][:, :-1] for side in ("received", "borne"))
    lengths = {time.step_days, *(d for d in _WINDOWS_DAYS if time.step_days < d < time.horizon_days), time.horizon_days}
    for days in sorted(lengths):
        steps = min(max(1, round(days / time.step_days)), received.shape[1])
        if _kept(evidence, rule, _turns(received, steps), _turns(borne, steps)):
            return days
    return None


def _kept(evidence: CheckInput, rule: ReturnRule, received: Array, borne: Array) -> bool:
    """Whether return stays in the band in every window of 95 % of the futures."""
    slack = TOLERANCE * (received + borne)
    inside = slack > 0
    if rule.band.at_least is not None:
        inside &= received >= evidence.start.value(rule.band.at_least) * borne - slack
    if rule.band.at_most is not None:
        inside &= received <= evidence.start.value(rule.band.at_most) * borne + slack
    return float(np.mean(inside.all(axis=1))) >= KEPT.value - TOLERANCE


def _turns(amounts: Array, steps: int) -> Array:
    """Trailing sums over every full window [future, window]."""
    sums = np.cumsum(np.pad(amounts, ((0, 0), (1, 0))), axis=1)
    return np.asarray(sums[:, steps:] - sums[:, :-steps])
