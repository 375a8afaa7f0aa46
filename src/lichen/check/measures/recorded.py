"""What the record shows, in figures: rooms that were read, what nobody recorded, what readings and flows leave
unexplained.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.measures.sight import rhythm_days, seen_share
from lichen.check.measures.worth import tallies, valuation
from lichen.check.thresholds import SEEN
from lichen.record.calendar_windows import Span
from lichen.record.reading import SubjectSeries
from lichen.record.residual import residuals
from lichen.relationship.flow import Flow
from lichen.relationship.party import Capacity, Party


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRoom:
    """The least room of one capacity that the record holds: when, how much (0 at the floor), of a group how many
    below.
    """

    party: str
    capacity: str
    span: Span
    room: float
    below: int
    members: int
    gaps: int
    periods: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Churn:
    """A capacity whose count stays while much of it is lost and replaced: all per year, as shares of the mean level.

    `below_since` is the first recorded period at whose end it would have been below its floor without what was
    replaced; None when never. `largest` is the member with the largest share of the level, and that share. `gaps`:
    for each recorded flow that took from it with gaps its name, how many, and of how many periods.
    """

    party: str
    capacity: str
    lost: float
    replaced: float
    change: float
    below_since: Span | None
    largest: tuple[str, float] | None
    gaps: tuple[tuple[str, int, int], ...]


def read_rooms(evidence: CheckInput) -> Iterator[ReadRoom]:
    """The least recorded room of every essential capacity of which the record holds levels."""
    for party, capacity, series in _levels(evidence):
        rooms = _rooms(evidence, party, capacity, series)
        if rooms:
            share = party.quantile if party.counts == "quantile" else 0.0
            span, own = min(rooms, key=lambda found: float(np.quantile(found[1], share)))
            yield ReadRoom(
                party=party.name,
                capacity=capacity.name,
                span=span,
                room=float(np.quantile(own, share)),
                below=sum(room < 0 for room in own),
                members=len(own),
                gaps=len(series.gaps),
                periods=len(series.periods),
            )


def churns(evidence: CheckInput) -> Iterator[Churn]:
    """For every capacity of which levels, losses and replacements are recorded, how much of it turns over."""
    for party, capacity, series in _levels(evidence):
        known = [(p.span, p.amount) for p in series.periods if p.amount is not None]
        lost, replaced = _moved(evidence, party, capacity, out=True), _moved(evidence, party, capacity, out=False)
        if len(known) < 2 or lost is None or replaced is None:
            continue
        mean = math.fsum(amount for _, amount in known) / len(known)
        if mean > 0:
            change = (known[-1][1] - known[0][1]) / mean
            yield Churn(
                party=party.name,
                capacity=capacity.name,
                lost=lost / mean,
                replaced=replaced / mean,
                change=change,
                below_since=_below_since(evidence, party, capacity, known[0][1]),
                largest=_largest(series),
                gaps=tuple(
                    (taken.subject, len(taken.gaps), len(taken.periods))
                    for taken, _ in _moving(evidence, party, capacity, out=True)
                    if taken.gaps
                ),
            )


def unexplained_share(evidence: CheckInput, party: str) -> float:
    """The mean share of recorded flows that readings of a party’s capacities do not bear out; 0 without a record."""
    if evidence.record is None:
        return 0.0
    shares = [
        min(1.0, found.share)
        for found in residuals(evidence.relationship, evidence.record)
        if found.share is not None and found.capacity.split(".")[0] == party
    ]
    return math.fsum(shares) / len(shares) if shares else 0.0


def unrecorded_flows(evidence: CheckInput) -> tuple[Flow, ...]:
    """The flows between parties with a worth or a cost of which the record tells nothing; none without a record."""
    if evidence.balance is None:
        return ()
    return tuple(flow for flow in evidence.inner_flows if flow.name in evidence.balance.unrecorded)


def hidden_share(evidence: CheckInput, flow: Flow) -> tuple[str, float]:
    """For which side a flow that some end does not see weighs most: its share of what that side receives, or bears."""
    if all(seen_share(evidence, flow, party, rhythm_days(evidence)) >= SEEN.value for party in flow.parties):
        return flow.receiver, 0.0
    valued = valuation(evidence)
    found = tallies(evidence, evidence.base, valued)
    totals = evidence.base.flows[flow.name]
    received, borne = np.mean(found[flow.receiver].received), np.mean(found[flow.giver].burden)
    worth = np.abs(np.mean(valued.of(flow.receiver, totals.worth)))
    cost = np.abs(np.mean(valued.of(flow.giver, totals.cost)))
    shares = {
        flow.receiver: float(worth / received) if received > 0 else 0.0,
        flow.giver: float(cost / borne) if borne > 0 else 0.0,
    }
    side = max(shares, key=lambda name: shares[name])
    return side, shares[side]


def recorded_by(evidence: CheckInput, flow: Flow) -> frozenset[str]:
    """Who has recorded or confirmed a flow; nobody without a record."""
    if evidence.record is None:
        return frozenset()
    books = evidence.record.books.get(flow.name, ())
    stated = {book.stated_by for book in books if book.stated_by is not None}
    return frozenset(stated.union(*(book.attested_by for book in books)) or ({"somebody"} if books else ()))


def _levels(evidence: CheckInput) -> Iterator[tuple[Party, Capacity, SubjectSeries]]:
    if evidence.record is None:
        return
    for party in evidence.parties:
        for capacity in party.essential_capacities:
            series = evidence.record.series.get(f"{party.name}.{capacity.name}")
            if series is not None:
                yield party, capacity, series


def _rooms(
    evidence: CheckInput, party: Party, capacity: Capacity, series: SubjectSeries
) -> list[tuple[Span, list[float]]]:
    """By period the room of each member whose level was read; of a single party, or a group read as a whole, one
    number.
    """
    floors = evidence.start.of_members(party, capacity.floor)
    healthy = evidence.start.of_members(party, capacity.healthy or capacity.level)
    if party.members is not None and series.members:
        each = zip(party.members.names, floors, healthy, strict=True)
        books = [(series.members[n], f, h) for n, f, h in each if n in series.members]
    else:
        books = [(series.periods, math.fsum(floors), math.fsum(healthy))]
    found: dict[Span, list[float]] = {}
    for periods, floor, whole in books:
        for period in periods:
            if period.amount is not None and period.status == "recorded" and whole != floor:
                found.setdefault(period.span, []).append((period.amount - floor) / (whole - floor))
    return sorted(found.items(), key=lambda pair: pair[0].start)


def _below_since(evidence: CheckInput, party: Party, capacity: Capacity, level: float) -> Span | None:
    """When losses alone, from the first recorded level on, would have gone below the floor."""
    floor = math.fsum(evidence.start.of_members(party, capacity.floor))
    taken = [
        (period.span, period.amount * each)
        for series, each in _moving(evidence, party, capacity, out=True)
        for period in series.periods
        if period.amount is not None
    ]
    for span, amount in sorted(taken, key=lambda found: found[0].start):
        level -= amount
        if level < floor:
            return span
    return None


def _largest(series: SubjectSeries) -> tuple[str, float] | None:
    """The member that holds most of what was read, and its share."""
    held = {name: math.fsum(p.amount or 0.0 for p in periods) for name, periods in series.members.items()}
    whole = math.fsum(held.values())
    if not whole > 0:
        return None
    most = max(held, key=lambda name: held[name])
    return most, held[most] / whole


def _moved(evidence: CheckInput, party: Party, capacity: Capacity, *, out: bool) -> float | None:
    """What recorded flows took from (or added to) a capacity a year; None when no such flow is recorded."""
    a_year = []
    for series, each in _moving(evidence, party, capacity, out=out):
        known = [p for p in series.periods if p.amount is not None]
        days = sum(p.span.days for p in known)
        if days:
            a_year.append(math.fsum(p.amount or 0.0 for p in known) * each / days * 365.25)
    return math.fsum(a_year) if a_year else None


def _moving(
    evidence: CheckInput, party: Party, capacity: Capacity, *, out: bool
) -> Iterator[tuple[SubjectSeries, float]]:
    """The recorded flows that take from (or add to) a capacity, each with what one unit of it takes or adds."""
    if evidence.record is None:
        return
    for flow in evidence.relationship.flows.values():
        end, amounts = (flow.giver, flow.cost) if out else (flow.receiver, flow.worth)
        series = evidence.record.series.get(flow.name)
        if end == party.name and capacity.name in amounts and series is not None:
            yield series, evidence.start.value(amounts[capacity.name])
