"""Self-enforcement: whether going on is worth more to a giver than what keeping back the unpromised would save it.

Who keeps back saves its cost until the others have noticed and answered; then, at worst, the relationship ends. Going
on is worth its own net gain over the outside option, from answer to answer, discounted by `exp(-(r + h) m)` for a time
m: r is what a year's delay takes, h the chance of an end. Axelrod and Hamilton 1981; Levin 2003.
"""

from __future__ import annotations

import math

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.measures.adjustment import adjustment_days
from lichen.check.measures.figure import Figure, exact, mean_of
from lichen.check.measures.worth import Valuation, tallies
from lichen.check.thresholds import DISCOUNT, END
from lichen.simulation.experiments import YEAR_DAYS
from lichen.simulation.futures import Array


def slack(surplus: Array, gain: Array | float, discount: float, slight: float = 0.0) -> Figure:
    """By how many times its gain from keeping back once the discounted worth of going on exceeds it.

    `surplus` is what one period of going on leaves over the outside option, `gain` what keeping back for one brings,
    one number a future each; `discount` what the next period counts today, below 1. Below 0 keeping back pays. Infinite
    where the mean gain is not above `slight`: there is nothing to be won, so nothing has to be enforced.
    """
    brings = float(np.mean(gain))
    if brings <= slight:
        return exact(math.inf)
    return mean_of(discount / (1 - discount) * surplus - gain).scaled(1 / brings)


def hazard(evidence: CheckInput) -> float:
    """The chance a year that the relationship ends: that nobody chose it, and that somebody falls without whom it does
    not go on; NaN where somebody keeps that to itself.

    The latter is the falls of the futures as they are, over the years that they lived.
    """
    rooms = [evidence.base.headroom[p.name] for p in evidence.essential if p.name in evidence.base.headroom]
    if not rooms:
        return END.value
    if any(np.isnan(room.least).any() for room in rooms):
        return math.nan
    time = evidence.relationship.time
    first = np.min([room.below_zero_at for room in rooms], axis=0)
    lived = float(np.sum(np.minimum(first, time.steps * time.step_days))) / YEAR_DAYS
    return END.value + (float(np.count_nonzero(np.isfinite(first))) / lived if lived > 0 else math.inf)


def next_period(hazard: float, days: float) -> float:
    """What a period of so many days counts today, beside the one before it, at a chance of an end a year."""
    return math.exp(-(DISCOUNT.value + hazard) * days / YEAR_DAYS)


def temptation(evidence: CheckInput, giver: str, receiver: str, free: frozenset[str], valued: Valuation) -> float:
    """How much it pays a giver to keep `free` flows back from a receiver: 0 where going on is worth more, 1 where
    going on is worth nothing or less, NaN where somebody keeps to itself what it hangs on.

    The answer takes as long as the receiver needs from harm to a changed term, at least a step and at most the whole
    horizon.
    """
    horizon, step = evidence.relationship.time.horizon_days, evidence.relationship.time.step_days
    days = min(max(adjustment_days(evidence, receiver), step), horizon)
    kept_back = (
        valued.of(giver, evidence.base.flows[flow.name].cost)
        for flow in evidence.inner_flows
        if flow.name in free and (flow.giver, flow.receiver) == (giver, receiver)
    )
    saved = sum(kept_back, 0.0)
    surplus = tallies(evidence, evidence.base, valued)[giver].net - _outside(evidence, giver, valued)
    left = slack(surplus * (days / horizon), saved * (days / horizon), next_period(hazard(evidence), days))
    return left.falling(lambda times: -times).clipped(0.0, 1.0).value


def _outside(evidence: CheckInput, party: str, valued: Valuation) -> float:
    """What a party's fallbacks leave it over the horizon, what they cost taken off."""
    left = 0.0
    for flow in evidence.inner_flows:
        if flow.receiver == party and flow.if_lost is not None:
            totals, fallback = evidence.base.flows[flow.name], flow.if_lost
            cost = {
                name: totals.amount * evidence.start.mean_over(flow, value) for name, value in fallback.cost.items()
            }
            gained = float(np.mean(valued.of(party, totals.worth))) - float(np.mean(valued.of(party, cost)))
            left += evidence.start.mean_over(flow, fallback.replaced) * max(gained, 0.0)
    return left
