"""Three trade-offs: what the relationship costs in freedom, in book-keeping and in what serves nothing else."""

from __future__ import annotations

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.measures.dependence import dependence, dependence_in
from lichen.check.measures.figure import exact, mean_of
from lichen.check.measures.worth import tallies, valuation
from lichen.check.reading import Reading, read, unread
from lichen.relationship.flow import Flow
from lichen.relationship.quantity import TIME, Dimension

_YEAR = 365.25


def dependency(evidence: CheckInput) -> Reading:
    """What each declared reinforcing flow adds to the dependence of its receiver, the most first, and of that one the
    room that is left to the receiver when the giver leaves, when the flow alone stops, and together.
    """
    named = {name for channel in evidence.relationship.rules.reinforcement for name in channel.through}
    added = {}
    for flow in evidence.inner_flows:
        lane = evidence.lane(f"ablate:{flow.name}")
        if flow.name in named and lane is not None:
            tied, without = dependence(evidence, flow.receiver), dependence_in(evidence, flow.receiver, lane)
            added[flow.name] = exact(tied.value - without.value)
    if not added:
        return unread("No flow is declared to carry reinforcement.")
    flows = [evidence.relationship.flows[name] for name in sorted(added, key=lambda name: -added[name].value)]
    told = [
        f"{wording.quoted(flow.title)} adds {wording.share(added[flow.name].value)} to what "
        f"{wording.does(evidence.title(flow.receiver), 'owe')} to the relationship"
        for flow in flows
    ]
    worst = flows[0]
    return read(
        added[worst.name],
        "of the room",
        f"{wording.listed(told)}.{_after_exit(evidence, worst)}",
        (worst.receiver,),
        evidence.relationship.at(f"flows.{worst.name}"),
    )


def _after_exit(evidence: CheckInput, flow: Flow) -> str:
    """The receiver's room at the end after the giver's exit, fallbacks on, without the flow alone, and together."""
    exit_lane, stopped = evidence.lane(f"exit:{flow.giver}"), evidence.lane(f"ablate:{flow.name}")
    if exit_lane is None or stopped is None or flow.receiver not in exit_lane.headroom:
        return ""
    alone, without, together = (
        float(np.mean(lane.headroom[flow.receiver].last_fifth)) for lane in (exit_lane, stopped, evidence.base)
    )
    left, giver = wording.left(evidence.title(flow.receiver), alone), evidence.title(flow.giver)
    gives = wording.does(wording.it(giver), "give")
    return (
        f" After {wording.whose(giver)} exit, which ends all that {gives}, {left}; without "
        f"{wording.quoted(flow.title)} alone it would be {wording.share(without)}, together it is "
        f"{wording.share(together)}."
    )


def measurement_burden(evidence: CheckInput) -> Reading:
    """What keeping score takes a year from the side that bears most of it, over its gain where both have one unit."""
    spent = _spent_a_year(evidence)
    if not spent:
        tables = len(evidence.relationship.evidence)
        return unread(
            f"No `costs:` say what keeping score takes ({tables} tables are kept). Ask each side for its hours a year."
        )
    units = {str(dimension) for _, dimension in spent}
    party, dimension = max(spent, key=lambda key: spent[key])
    title, at = evidence.title(party), evidence.relationship.at("costs")
    whose = wording.its(title)
    valued = valuation(evidence)
    if valued.common and units == {valued.unit}:
        years = evidence.relationship.time.horizon_days / _YEAR
        gain = float(np.mean(tallies(evidence, evidence.base, valued)[party].net)) / years
        over = exact(spent[party, dimension] / gain if gain > 0 else float("inf"))
        return read(
            over,
            "of the gain",
            f"Keeping score costs {title} {wording.share(over.value)} of {whose} gain.",
            (party,),
            at,
        )
    amount = spent[party, dimension]
    says = (
        f"Keeping score takes {title} {wording.amount(amount)} {dimension}s a year; without a price it cannot "
        f"be held against {whose} gain."
    )
    return read(exact(amount), f"{dimension} a year", says, (party,), at)


def relationship_specific_investment(evidence: CheckInput) -> Reading:
    """The room a side loses in its own exit, beside what it has given until the end of the horizon."""
    lost = {}
    for party in evidence.essential:
        lane = evidence.lane(f"exit:{party.name}")
        if lane is not None and party.name in lane.headroom:
            lost[party.name] = mean_of(
                evidence.base.headroom[party.name].last_fifth - lane.headroom[party.name].last_fifth
            )
    if not lost:
        return unread("Nobody can leave.")
    valued = valuation(evidence)
    most = max(lost, key=lambda name: lost[name].value)
    given = float(np.mean(tallies(evidence, evidence.base, valued)[most].burden))
    title = evidence.title(most)
    says = (
        f"Leaving costs {title} {wording.share(lost[most].value)} of {wording.its(title)} room; "
        f"{wording.does(wording.it(title), f'have given {valued.said(most, title, given)} by then')}."
    )
    return read(lost[most], "of the healthy range", says, (most,), evidence.relationship.at("exit"))


def _spent_a_year(evidence: CheckInput) -> dict[tuple[str, Dimension], float]:
    """What keeping score takes by party and unit; an amount without time falls due at every review, or once a year."""
    adjustment = evidence.relationship.rules.adjustment
    rhythm = adjustment.review_every_days if adjustment is not None else None
    spent: dict[tuple[str, Dimension], float] = {}
    for name, by_party in evidence.relationship.rules.costs.items():
        for party, cost in by_party.items():
            running = any(base == "day" and exponent < 0 for base, exponent in cost.dimension.powers)
            times = _YEAR if running else _YEAR / (rhythm if name == "review" and rhythm else _YEAR)
            key = (party, cost.dimension * TIME if running else cost.dimension)
            spent[key] = spent.get(key, 0.0) + times * evidence.start.value(cost)
    return spent
