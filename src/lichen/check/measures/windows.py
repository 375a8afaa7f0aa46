"""In how many futures return stays in its band over every full window, of the declared length and of others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import UNKNOWN, Figure, share_of
from lichen.check.thresholds import TOLERANCE
from lichen.relationship.rules import ReturnRule, Window
from lichen.relationship.value import Band
from lichen.simulation.futures import Array
from lichen.simulation.windows import Steps, full_windows

_WINDOWS_DAYS = (7.0, 30.4375, 91.3125, 182.625, 365.25, 730.5, 1461.0)


def shortest_kept(evidence: CheckInput, rule: ReturnRule) -> float | None:
    """The shortest window (days) over which the rule's band is kept in as many futures as the rule asks, if any."""
    time = evidence.relationship.time
    horizon = time.steps * time.step_days
    for days in (time.step_days, *(d for d in _WINDOWS_DAYS if time.step_days < d < horizon), horizon):
        share = kept(evidence, rule.party, rule.band, Window(kind="duration", days=days))
        if share is not None and share.value >= rule.band.share - TOLERANCE:
            return days
    return None


def kept(evidence: CheckInput, party: str, band: Band, over: Window) -> Figure | None:
    """The share of futures in which every full window of a party keeps the band.

    A window in which nothing passed on either side says nothing; None when no window says anything.
    """
    paths, time = evidence.futures.paths["base"], evidence.relationship.time
    windows = list(full_windows(over, time, evidence.relationship.commitment_days))
    if not windows:
        return None
    received, borne = (_in_windows(paths[f"{party}.{side}"], windows) for side in ("received", "borne"))
    low, high = (None if limit is None else evidence.start.value(limit) for limit in (band.at_least, band.at_most))
    if np.isnan(received).any() or np.isnan(borne).any() or np.isnan([low or 0.0, high or 0.0]).any():
        return UNKNOWN
    slack = TOLERANCE * (received + borne)
    said = slack > 0
    inside = np.ones_like(said)
    if low is not None:
        inside &= received >= low * borne - slack
    if high is not None:
        inside &= received <= high * borne + slack
    return share_of((inside | ~said).all(axis=1).astype(float)) if said.any() else None


def _in_windows(course: Array, windows: Sequence[Steps]) -> Array:
    """What passed in each window [future, window], in units a day times steps."""
    sums = np.cumsum(np.pad(course[:, :-1], ((0, 0), (1, 0))), axis=1)
    first, behind = (np.array([window[end] for window in windows]) for end in (0, 1))
    return np.asarray(sums[:, behind] - sums[:, first])
