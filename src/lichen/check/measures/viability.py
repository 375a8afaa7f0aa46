"""Whether a party can go on: the room it keeps, where it is heading, and how soon harm comes.

Margins are signed distances to the floor (robustness in the sense of Donzé and Maler 2010), taken at the 5 % point
over futures.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import (
    UNKNOWN,
    Figure,
    exact,
    mean_of,
    quantile_of,
    ratio_of,
    share_of,
    standard_error,
)
from lichen.check.thresholds import DEPENDENCE_BASE, DRAWDOWN, STANDARD_ERRORS, WORST_SHARE
from lichen.relationship.party import Party
from lichen.relationship.relationship import Time
from lichen.simulation.futures import Array, Lane, Trace
from lichen.simulation.reducing import FIFTHS


def worst_room(lane: Lane, party: str) -> Figure:
    """The least room over the horizon that a party keeps in 19 of 20 futures; unknown without essential capacity."""
    return _of_room(lane, party, lambda trace: quantile_of(trace.least, WORST_SHARE.value))


def worst_room_after(lane: Lane, party: str) -> Figure:
    """The same from the lane's intervention on."""
    return _of_room(lane, party, lambda trace: quantile_of(trace.least_after, WORST_SHARE.value))


def viable(lane: Lane, party: str, *, after: bool = False) -> Figure:
    """The share of futures in which a party never falls below its floor (from the intervention on, if `after`)."""

    def above(trace: Trace) -> Figure:
        least = trace.least_after if after else trace.least
        return share_of(np.where(np.isnan(least), np.nan, (least >= 0).astype(float)))

    return _of_room(lane, party, above)


def _of_room(lane: Lane, party: str, figure: Callable[[Trace], Figure]) -> Figure:
    """A figure that never falls as the room rises; of a group of which a sample is looked at, as wide as both chance
    and the sample make it.
    """
    trace = lane.headroom.get(party)
    if trace is None:
        return UNKNOWN
    found = figure(trace)
    if party not in lane.between:
        return found
    low, high = (figure(bound) for bound in lane.between[party])
    return Figure(found.value, min(found.low, low.low), max(found.high, high.high))


def heading(evidence: CheckInput, party: str) -> Figure | None:
    """The time to the floor at the pace of the last fifth, over the commitment, less one; None unless the room falls
    there.

    A fall counts beyond two standard errors, both within the last fifth and from the fifth before it: a season that
    turns is no decline. The slower of the two is the pace.
    """
    trace, time = evidence.base.headroom[party], evidence.relationship.time
    before, last = (_middle_days(fifth, time) for fifth in (3, 4))
    falls = [(trace.fifths[:, -2] - trace.last_fifth) / (last - before)] if last > before else []
    if last < time.steps * time.step_days:
        falls.append((trace.last_fifth - trace.end) / (time.steps * time.step_days - last))
    paces = [mean_of(fall) for fall in falls]
    if not falls or not all(_beyond_errors(fall) for fall in falls):
        return None
    slower = min(range(len(falls)), key=lambda k: paces[k].value)
    commitment = evidence.relationship.commitment_days
    left = ratio_of(np.maximum(trace.last_fifth, 0.0), falls[slower])
    return left.rising(lambda days: (days - commitment) / commitment if commitment > 0 else 1.0).clipped()


def _middle_days(fifth: int, time: Time) -> float:
    """The middle of the moments, of all from the start to the end, whose levels a fifth of the horizon holds."""
    first, behind = (round((time.steps + 1) * (fifth + k) / FIFTHS) for k in (0, 1))
    return (first + behind - 1) / 2 * time.step_days


def drawn_down(evidence: CheckInput, party: Party) -> Figure:
    """What is left of the quarter of its room that a party may use up; a planned fall is allowed for."""
    trace = evidence.base.headroom[party.name]
    start = max(float(np.mean(trace.start)), DEPENDENCE_BASE.value)
    lost = mean_of((trace.start - trace.last_fifth - planned_fall(evidence, party)) / start)
    lost = lost.wider(_of_sample(evidence.base, party.name) / start)
    return lost.falling(lambda share: DRAWDOWN.value - share).clipped()


def _of_sample(lane: Lane, party: str) -> float:
    """How far the room of a group, at the start and in the last fifth together, may lie from that of its sample."""
    if party not in lane.between:
        return 0.0
    low, high = lane.between[party]
    return float(np.mean(high.start - low.start + high.last_fifth - low.last_fifth)) / 2


def planned_fall(evidence: CheckInput, party: Party) -> float:
    """The largest declared fall of an essential capacity, as a share of its healthy range."""
    falls = [0.0]
    for capacity in party.essential_capacities:
        if capacity.drawdown is None:
            continue
        planned = float(np.mean(evidence.start.of_members(party, capacity.drawdown)))
        if capacity.drawdown.dimension == capacity.level.dimension and capacity.level.dimension.powers:
            healthy = float(np.mean(evidence.start.of_members(party, capacity.healthy or capacity.level)))
            planned /= healthy - float(np.mean(evidence.start.of_members(party, capacity.floor)))
        falls.append(planned)
    return max(falls)


def time_to_harm(evidence: CheckInput, party: str) -> Figure:
    """Days to a party's floor after the worst shock to another party, in the worst twentieth of futures; the horizon
    if never.
    """
    horizon = evidence.relationship.time.horizon_days
    worst = exact(horizon)
    for shocked, lane in evidence.lanes("shock"):
        if shocked.split(".")[0] == party or party not in lane.headroom:
            continue
        if np.isnan(lane.headroom[party].least).any():
            return UNKNOWN
        reached = _floor_reached(lane, party, horizon)
        worst = min(worst, reached, key=lambda figure: figure.value)
    return worst


def _floor_reached(lane: Lane, party: str, horizon: float) -> Figure:
    """Days from the intervention to the floor in the worst twentieth of futures."""
    since = lane.intervention_days
    return _of_room(lane, party, lambda trace: quantile_of(_days_after(trace, since, horizon), WORST_SHARE.value))


def _days_after(trace: Trace, since: float, horizon: float) -> Array:
    """Days from the intervention to the floor; the horizon where it is never reached."""
    reached = np.maximum(trace.below_zero_at - since, 0.0)
    return np.where(np.isfinite(trace.below_zero_at), reached, horizon)


def _beyond_errors(samples: Array) -> bool:
    return float(np.mean(samples)) > STANDARD_ERRORS.value * standard_error(samples) + 1e-12
