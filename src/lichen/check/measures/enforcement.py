"""Self-enforcement: whether going on is worth more to a giver than what keeping back the unpromised would save it.

Who keeps back saves its cost until the others have noticed and answered; then, at worst, the relationship ends. Going
on is worth its own net gain over the outside option, from answer to answer, discounted by `exp(-(r + h) m)` for a time
m: r is what a year's delay takes, h the chance of an end that nobody chose. Axelrod and Hamilton 1981; Levin 2003.
"""

from __future__ import annotations

import math

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.measures.adjustment import adjustment_days
from lichen.check.measures.worth import Valuation, tallies
from lichen.check.thresholds import DISCOUNT, END

_YEAR = 365.25


def slack(surplus: float, gain: float, discount: float) -> float:
    """By how many times its gain from keeping back once the discounted worth of going on exceeds it.

    `surplus` is what one period of going on leaves over the outside option, `discount` what the next period counts
    today, below 1. Below 0 keeping back pays; infinite where it brings nothing.
    """
    return (discount / (1 - discount) * surplus - gain) / gain if gain > 0 else math.inf


def temptation(evidence: CheckInput, giver: str, receiver: str, free: frozenset[str], valued: Valuation) -> float:
    """How much it pays a giver to keep `free` flows back from a receiver: 0 where going on is worth more, 1 where
    going on is worth nothing or less.

    The answer takes as long as the receiver needs from harm to a changed term, at least a step and at most the whole
    horizon.
    """
    horizon, step = evidence.relationship.time.horizon_days, evidence.relationship.time.step_days
    part = min(max(adjustment_days(evidence, receiver), step), horizon) / horizon
    saved = sum(
        float(np.mean(valued.of(giver, evidence.base.flows[flow.name].cost)))
        for flow in evidence.inner_flows
        if flow.name in free and (flow.giver, flow.receiver) == (giver, receiver)
    )
    surplus = float(np.mean(tallies(evidence, evidence.base, valued)[giver].net)) - _outside(evidence, giver, valued)
    discount = math.exp(-(DISCOUNT.value + END.value) * part * horizon / _YEAR)
    return min(max(-slack(part * surplus, part * saved, discount), 0.0), 1.0)


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
