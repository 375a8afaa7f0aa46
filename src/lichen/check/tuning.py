"""Five readings to tune by, one for each dimension of the archetype."""

from __future__ import annotations

import math

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.measures.adjustment import adjustment_days
from lichen.check.measures.dependence import dependence
from lichen.check.measures.figure import Figure, combined, exact, least_of
from lichen.check.measures.leaving import room_after_exits
from lichen.check.measures.shares import fair_shares, gain_shares
from lichen.check.measures.viability import time_to_harm, worst_room
from lichen.check.measures.windows import shortest_kept
from lichen.check.measures.worth import Valuation, tallies, valuation, weights
from lichen.check.reading import Reading, read, unread
from lichen.check.thresholds import COUPLING_GAIN, REVIEW_BURDEN
from lichen.relationship.rules import ReturnRule


def reciprocity_granularity(evidence: CheckInput) -> Reading:
    """The shortest window in which every declared return stays in its band in as many futures as asked, beside
    the declared one.
    """
    rules = [rule for rule in evidence.relationship.rules.reciprocity if isinstance(rule, ReturnRule)]
    if not rules:
        return unread("No rule says how much a side receives for what it gives.")
    found = {rule.name: shortest_kept(evidence, rule) for rule in rules}
    never = [rule for rule in rules if found[rule.name] is None]
    at = evidence.relationship.at(f"reciprocity.{(never or rules)[0].name}")
    if never:
        days = evidence.relationship.time.horizon_days
        says = (
            f"In no window up to {wording.span(days)} does {wording.quoted(never[0].name)} stay within its limits in "
            f"{wording.share(never[0].band.share)} of the futures."
        )
        return unread(says)
    rule = max(rules, key=lambda r: found[r.name] or 0.0)
    days = found[rule.name] or 0.0
    says = (
        f"{wording.quoted(rule.name)} is kept from {wording.span(days)} on; declared is "
        f"{rule.over.text or wording.span(rule.over.days or 0.0)}."
    )
    return Reading(value=days, unit="days", parties=tuple(r.party for r in rules), says=says, at=at)


def coupling_intensity(evidence: CheckInput) -> Reading:
    """Mean dependence, and the share by value of the flows that could be halved without any side's room changing."""
    parties = tuple(party.name for party in evidence.essential)
    if not parties:
        return unread("No flow touches a party.")
    tied = [dependence(evidence, name) for name in parties]
    mean = combined(lambda *shares: sum(shares) / len(tied), *tied)
    flows = tuple(flow for flow in evidence.inner_flows if flow.worth or flow.cost)
    weighed = weights(evidence, flows, valuation(evidence))
    idle = sum(weight for name, weight in weighed.items() if _moves_nothing(evidence, name))
    share = idle / sum(weighed.values()) if weighed else 0.0
    says = (
        f"A side owes {wording.share(mean.value)} of its room to the relationship on average; "
        f"{wording.share(share)} of what passes could be halved and nobody would have less room."
    )
    return read(mean, "of the room", says, parties)


def benefit_symmetry(evidence: CheckInput) -> Reading:
    """The least over the largest share of the gain, and the least of the shares over what is fair."""
    valued = valuation(evidence)
    if not valued.common:
        return unread("The sides have no common worth: give a price (`valued_at`) to every capacity that is exchanged.")
    names = {party.name for party in evidence.essential}
    gains = gain_shares({name: t for name, t in tallies(evidence, evidence.base, valued).items() if name in names})
    if len(gains) < 2 or not any(share.value for share in gains.values()):
        return unread("Nobody gains.")
    fair = fair_shares(evidence, valued)
    least = min(gains, key=lambda name: gains[name].value)
    most = max(gains, key=lambda name: gains[name].value)
    ratio = gains[least].rising(lambda x: x / gains[most].value)
    part = min((gains[name].value / fair[name] for name in gains if fair[name] > 0), default=math.nan)
    says = (
        f"The gain of {evidence.title(least)} is {wording.share(ratio.value)} of that of {evidence.title(most)}, "
        f"and {wording.share(part)} of a fair share."
    )
    return read(ratio, "least over largest gain", says, (least, most))


def adaptation_cadence(evidence: CheckInput) -> Reading:
    """The time to a changed term over the time to harm: above 1 reviews come too late; and what a review costs."""
    parties = [party.name for party in evidence.essential]
    if evidence.relationship.rules.adjustment is None or not parties:
        return unread("There is no way to change terms.")
    paces = {name: _pace(adjustment_days(evidence, name), time_to_harm(evidence, name)) for name in parties}
    slowest = max(paces, key=lambda name: paces[name].value)
    cost = _review_share(evidence, valuation(evidence))
    often = (
        ""
        if cost is None
        else f" Reviews cost {wording.share(cost)} of the gain (too often above {wording.share(REVIEW_BURDEN.value)})."
    )
    late = "too slow: " if paces[slowest].value > 1 else ""
    says = (
        f"For {evidence.title(slowest)} {late}a changed term takes {wording.share(paces[slowest].value)} of "
        f"the time to harm.{often}"
    )
    return read(paces[slowest], "of the time to harm", says, (slowest,), evidence.relationship.at("adjustment"))


def exit_strength(evidence: CheckInput) -> Reading:
    """The room left at worst after an exit, and the time from notice to replacement."""
    parties = [party.name for party in evidence.essential]
    if not parties:
        return unread("No flow touches a party.")
    rooms = {name: room_after_exits(evidence, name) for name in parties}
    weakest = min(rooms, key=lambda name: rooms[name].value)
    afters = [evidence.start.value(f.if_lost.after) for f in evidence.inner_flows if f.if_lost is not None]
    replaced = f"the slowest replacement comes after {wording.span(max(afters))}" if afters else "nothing is replaced"
    notice = evidence.relationship.rules.exit.notice_days if evidence.relationship.rules.exit is not None else 0.0
    says = (
        f"After the worst exit, {wording.at_worst(evidence.title(weakest), rooms[weakest].value)}; "
        f"{replaced}, with {wording.span(notice)} of notice."
    )
    return read(least_of(rooms.values()), "of the healthy range", says, (weakest,), evidence.relationship.at("exit"))


def _moves_nothing(evidence: CheckInput, flow: str) -> bool:
    lane = evidence.lane(f"halve:{flow}")
    if lane is None:
        return False
    return all(
        abs(worst_room(lane, party.name).value - worst_room(evidence.base, party.name).value) < COUPLING_GAIN.value
        for party in evidence.essential
    )


def _pace(days: float, harm: Figure) -> Figure:
    return harm.falling(lambda t: days / t if t > 0 else math.inf) if math.isfinite(days) else exact(math.inf)


def _review_share(evidence: CheckInput, valued: Valuation) -> float | None:
    """What reviews cost over what all sides gain, where both are counted in the same unit."""
    costs = evidence.relationship.rules.costs.get("review")
    adjustment = evidence.relationship.rules.adjustment
    if not costs or adjustment is None or not adjustment.review_every_days:
        return None
    if not valued.common or any(str(cost.dimension) != valued.unit for cost in costs.values()):
        return None
    reviews = evidence.relationship.time.horizon_days / adjustment.review_every_days
    gain = sum(float(np.mean(tally.net)) for tally in tallies(evidence, evidence.base, valued).values())
    spent = reviews * sum(evidence.start.value(cost) for cost in costs.values())
    return spent / gain if gain > 0 else math.inf
