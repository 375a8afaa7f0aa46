"""How return looks over windows of other lengths than the declared one."""

from __future__ import annotations

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.measures.worth import Valuation
from lichen.check.thresholds import KEPT, TOLERANCE
from lichen.relationship.rules import ReturnRule
from lichen.simulation.futures import Array

_WINDOWS_DAYS = (7.0, 30.4375, 91.3125, 182.625, 365.25, 730.5, 1461.0)


def shortest_kept(evidence: CheckInput, rule: ReturnRule, valued: Valuation) -> float | None:
    """The shortest window (days) whose every full turn keeps the rule's band in 95 % of the futures; None if there is
    none.
    """
    received, given = _streams(evidence, rule.party, valued)
    if received is None or given is None:
        return None
    step = evidence.relationship.time.step_days
    horizon = evidence.relationship.time.horizon_days
    for days in sorted({step, *(d for d in _WINDOWS_DAYS if step < d < horizon), horizon}):
        length = max(1, round(days / step))
        if _kept(evidence, rule, _turns(received, length), _turns(given, length)):
            return days
    return None


def _kept(evidence: CheckInput, rule: ReturnRule, received: Array, given: Array) -> bool:
    """Whether the ratio stays in the band in every window of 95 % of the futures."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = received / given
    inside = np.isfinite(ratio)
    if rule.band.at_least is not None:
        inside &= ratio >= evidence.start.value(rule.band.at_least) - TOLERANCE
    if rule.band.at_most is not None:
        inside &= ratio <= evidence.start.value(rule.band.at_most) + TOLERANCE
    return float(np.mean(inside.all(axis=1))) >= KEPT.value - TOLERANCE


def _turns(amounts: Array, length: int) -> Array:
    """Trailing sums over every full window [future, window]."""
    sums = np.cumsum(np.pad(amounts, ((0, 0), (1, 0))), axis=1)
    length = min(length, amounts.shape[1])
    return np.asarray(sums[:, length:] - sums[:, :-length])


def _streams(evidence: CheckInput, party: str, valued: Valuation) -> tuple[Array | None, Array | None]:
    """What a party receives and bears at every step [future, time], by the mean worth and cost of a unit of each
    flow.
    """
    paths = evidence.futures.paths.get("base", {})
    received: Array | None = None
    given: Array | None = None
    for flow in evidence.inner_flows:
        rate = paths.get(flow.name)
        if rate is None or party not in flow.parties:
            continue
        totals, count = evidence.base.flows[flow.name], len(rate)
        amounts, side = (totals.worth, "receiver") if party == flow.receiver else (totals.cost, "giver")
        worth = np.asarray(valued.of(getattr(flow, side), amounts) + 0 * totals.amount)[:count]
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.nan_to_num(worth / totals.amount[:count])[:, None]
        stream = rate * each
        plus, minus = np.maximum(stream, 0.0), np.maximum(-stream, 0.0)
        gains, burdens = (plus, minus) if party == flow.receiver else (minus, plus)
        received = gains if received is None else received + gains
        given = burdens if given is None else given + burdens
    return received, given
