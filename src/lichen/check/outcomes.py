"""Five outcomes that a good relationship has, against what the sides would have outside it."""

from __future__ import annotations

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import around, exact, mean_of, share_of
from lichen.check.measures.viability import viable
from lichen.check.measures.worth import valuation
from lichen.check.reading import Reading, read, unread
from lichen.check.shocks import falls, struck
from lichen.relationship.backing import backed_flows
from lichen.simulation.futures import Array

_YEAR = 365.25
_DEVIATIONS = {
    "withhold": "giving half",
    "free_ride": "giving nothing",
    "delay": "giving a quarter late",
    "cut_and_run": "giving nothing in the last tenth",
    "collude": "giving half together",
}


def durable_mutual_benefit(evidence: CheckInput) -> Reading:
    """The share of futures in which nobody is worse off than outside, at the end and in the worst year."""
    unjudged = evidence.of_unjudged
    outside = unjudged.lane("outside")
    names = [party.name for party in evidence.essential if party.name in unjudged.base.headroom]
    if outside is None or not names:
        return unread("The outside option was not tried.")
    better: Array = np.ones_like(unjudged.base.headroom[names[0]].end)
    losses = {}
    for name in names:
        there, gone = unjudged.base.headroom[name], outside.headroom[name]
        ahead = (there.end >= gone.end) & (there.yearly_least >= gone.yearly_least)
        losses[name] = 1 - float(np.mean(ahead))
        better = better * ahead
    worst = max(losses, key=lambda name: losses[name])
    share = share_of(better)
    says = f"In {wording.share(share.value)} of the futures nobody would be better off outside"
    says += f"; {evidence.title(worst)} would be in {wording.share(losses[worst])}." if losses[worst] > 0 else "."
    return read(share, "of the futures", says, tuple(names))


def opportunism(evidence: CheckInput) -> Reading:
    """The largest gain in room, over the horizon, that a side has from one way of cheating."""
    unjudged = evidence.of_unjudged
    gains = {}
    for way in _DEVIATIONS:
        for who, lane in unjudged.lanes(way):
            for party in who.split("+"):
                if party in lane.headroom:
                    gains[way, party] = mean_of(lane.headroom[party].mean - unjudged.base.headroom[party].mean)
    if not gains:
        return unread("Nobody here can cheat.")
    way, party = max(gains, key=lambda key: gains[key].value)
    gain = gains[way, party]
    title = evidence.title(party)
    pays = f"{title} would gain {wording.share(gain.value)} of {wording.its(title)} range by {_DEVIATIONS[way]}."
    loses = f"Cheating pays for nobody; the least loss would be that of {title}, by {_DEVIATIONS[way]}."
    return read(gain, "of the healthy range", pays if gain.value > 0 else loses, (party,))


def joint_capacity(evidence: CheckInput) -> Reading:
    """The mean room of all sides together against outside, and the least of them."""
    unjudged = evidence.of_unjudged
    outside = unjudged.lane("outside")
    names = [party.name for party in evidence.essential if party.name in unjudged.base.headroom]
    if outside is None or not names:
        return unread("The outside option was not tried.")
    gained = mean_of(np.sum([unjudged.base.headroom[n].mean - outside.headroom[n].mean for n in names], axis=0))
    least = min(names, key=lambda n: float(unjudged.base.headroom[n].mean.mean()))
    room = float(unjudged.base.headroom[least].mean.mean())
    title, more = evidence.title(least), "more" if gained.value >= 0 else "less"
    says = (
        f"Together the sides have {wording.share(abs(gained.value))} of a range {more} than outside; "
        f"the least is that of {title}, {wording.share(room)} of {wording.its(title)} own."
    )
    return read(gained, "of a healthy range, summed over sides", says, tuple(names))


def resilience(evidence: CheckInput) -> Reading:
    """The worst fall of a side that is not struck itself, over the shocks tried, and how long it takes to heal."""
    tried = falls(evidence)
    if not tried:
        return unread("No shock was tried.")
    shock, hit = max(tried, key=lambda key: tried[key].share)
    fall, whom = (
        tried[shock, hit],
        [evidence.called(what) if "." in what else evidence.title(what) for what in struck(shock)],
    )
    both = " together" if len(whom) > 1 else ""
    says = (
        f"The worst shock, to {wording.listed(whom)}{both}, takes {wording.share(fall.share)} of the room of "
        f"{evidence.title(hit)}; it takes {wording.span(fall.days)} to heal."
    )
    return read(around(fall.share, fall.error), "of the room", says, (hit,))


def heroic_coordination(evidence: CheckInput) -> Reading:
    """What nobody promised, a year, and the chance to go on without it."""
    backed = backed_flows(evidence.relationship)
    free = [flow for flow in evidence.inner_flows if flow.name not in backed and (flow.worth or flow.cost)]
    if not free:
        return Reading(value=0.0, unit="a year", says="Nothing of worth hangs on goodwill.")
    valued = valuation(evidence)
    years = evidence.relationship.time.horizon_days / _YEAR
    worths: dict[str, float] = {}
    for flow in free:
        worth = float(np.mean(valued.of(flow.receiver, evidence.base.flows[flow.name].worth))) / years
        worths[flow.receiver] = worths.get(flow.receiver, 0.0) + worth
    lane = evidence.lane("no_goodwill")
    names = [party.name for party in evidence.essential]
    still = min((viable(lane, name).value for name in names), default=1.0) if lane is not None else float("nan")
    without = f"without it every side goes on in {wording.share(still)} of the futures."
    if not valued.common and len(worths) > 1:
        titles = {party: evidence.title(party) for party in worths}
        each = [f"{valued.said(party, titles[party], worth)} to {titles[party]}" for party, worth in worths.items()]
        return unread(f"Goodwill carries {wording.listed(each)} a year, which have no common unit; {without}")
    receiver, worth = next(iter(worths)), sum(worths.values())
    says = f"Goodwill carries {valued.said(receiver, evidence.title(receiver), worth)} a year; {without}"
    return read(
        exact(worth),
        f"{valued.unit_of(receiver)} a year",
        says,
        tuple(dict.fromkeys(p for f in free for p in f.parties)),
    )
