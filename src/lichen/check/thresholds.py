"""Every threshold of the verdict, in one table, each with its reason.

They are choices, not laws of nature: the pages print every figure beside its threshold. Comparisons allow `TOLERANCE`
in favour of *holds*, so that no verdict hangs on the rounding of a float. Two stand below, because runs are reduced by
them before any check: `MISSED` and `LEAST_ROOM` (the twin of `DEPENDENCE_BASE`) in `simulation/reducing.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

TOLERANCE = 1e-9


@final
@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit, what it is called, and why it stands where it stands."""

    name: str
    value: float
    reason: str


DEPENDENCE = Threshold(
    "dependence", 0.10, "a tenth of the room to live is the least that a party would notice over a fifth of the horizon"
)
GROSS_DEPENDENCE = Threshold(
    "gross_dependence",
    0.25,
    "of parties that are no relationship some side stayed below 0.09, in every relationship both sides were above 0.44",
)
DEPENDENCE_BASE = Threshold("dependence_base", 0.25, "shares of a room smaller than a quarter would blow noise up")
REACH = Threshold(
    "reach",
    0.10,
    "what reached the other side was at most 0.06 in purchases and slogans, at least 0.24 in healthy pairs",
)
NOTHING = Threshold("nothing", 0.02, "up to here what reaches the other side is called nothing")
STANDARD_ERRORS = Threshold("standard_errors", 2.0, "about 95 in 100: what chance alone does in one case of twenty")
WORST_SHARE = Threshold("worst_share", 0.05, "a party must be able to go on in 19 of 20 futures")
DRAWDOWN = Threshold(
    "drawdown", 0.25, "a quarter of the room may be used up before the relationship lives on its substance"
)
SEEN = Threshold("seen", 0.90, "nine tenths by value: small flows may stay unwatched, no major one")
ATTESTED = Threshold("attested", 0.90, "figures that both sides have confirmed for nine tenths of what they exchange")
FAIR_SHARE = Threshold(
    "fair_share", 0.50, "half of the fair share is the least that keeps a party more than a residual claimant"
)
BOUND = Threshold("bound", 0.70, "a party that would lose more than seven tenths of its room cannot say no")
SIDE_EFFECT = Threshold("side_effect", 0.05, "a term moves the other side when its room changes by a twentieth")
WATCH = Threshold("watch", 0.25, "from here on a failure mode deserves a look")
ALARM = Threshold("alarm", 0.50, "from here on a failure mode decides the verdict")
METRIC_FALL = Threshold(
    "metric_fall", 0.05, "a fall of a twentieth of the range between two windows is more than noise"
)
COUPLING_GAIN = Threshold(
    "coupling_gain", 0.02, "a link is too much when less of it leaves the weakest side better off by this"
)
DISCOUNT = Threshold("discount", 0.05, "what a year's delay takes from the worth of going on: a usual rate of interest")
END = Threshold("end", 0.10, "a relationship in ten ends within a year for reasons that nobody here chose")
CLIPPED = Threshold(
    "clipped", 0.01, "a rate that wants to be negative in more than one step of a hundred says something is wrong"
)
MOVED = Threshold("moved", 0.005, "a room that changes by less when a repair is tried counts as the same")
LOST_ABOVE = Threshold("lost_above", 0.01, "less than a hundredth of the range is what a full store spills")
REVIEW_BURDEN = Threshold("review_burden", 0.10, "a review that eats a tenth of the gain happens too often")
SIGHT_LAG_DAYS = Threshold(
    "sight_lag_days", 91.3125, "without a review of their own, quarterly accounts are what parties see"
)
KEPT = Threshold("kept", 0.95, "what is promised to be in time is kept when 19 of 20 obligations are")
CHURN = Threshold("churn", 0.25, "of a count that stays level, a quarter lost a year is more than what wears out")
KEPT_PROMISE = Threshold("kept_promise", 0.90, "a tenth less than promised is more than rounding and a late delivery")

TABLE = (
    DEPENDENCE,
    GROSS_DEPENDENCE,
    DEPENDENCE_BASE,
    REACH,
    NOTHING,
    STANDARD_ERRORS,
    WORST_SHARE,
    DRAWDOWN,
    SEEN,
    ATTESTED,
    FAIR_SHARE,
    BOUND,
    SIDE_EFFECT,
    WATCH,
    ALARM,
    METRIC_FALL,
    COUPLING_GAIN,
    DISCOUNT,
    END,
    CLIPPED,
    MOVED,
    LOST_ABOVE,
    REVIEW_BURDEN,
    SIGHT_LAG_DAYS,
    KEPT,
    CHURN,
    KEPT_PROMISE,
)


def reaches(value: float, threshold: Threshold) -> bool:
    """Whether a value is at or above a threshold, within the tolerance."""
    return value >= threshold.value - TOLERANCE
