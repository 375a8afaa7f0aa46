"""The record as charts ask for it: levels with what came and went, and who holds how much."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date

from lichen.check.wording import capital
from lichen.record.reading import Record, SubjectSeries
from lichen.relationship.flow import Flow
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value
from lichen.show.charts.series import Moment, Series
from lichen.show.charts.shares import Shares

_NAMED = 5
_FEWEST = 3
"""A whole of fewer members than this is no distribution."""


def charts_of(relationship: Relationship, record: Record) -> Iterator[Series]:
    """One chart a recorded capacity with the recorded flows that feed or draw on it; then every other recorded flow."""
    recorded = record.series
    drawn: set[str] = set()
    for subject, series in recorded.items():
        party, _, capacity = subject.partition(".")
        if not capacity or not series.periods:
            continue
        came = _flow_of(relationship, recorded, party, capacity, adds=True)
        went = _flow_of(relationship, recorded, party, capacity, adds=False)
        drawn.update(flow.name for flow, _ in (*came, *went))
        yield _levels(relationship, series, came, went)
    for subject, series in recorded.items():
        if subject in relationship.flows and subject not in drawn and series.periods:
            yield _amounts(relationship.flows[subject], series)


def shares_of(series: SubjectSeries, title: str) -> Shares | None:
    """Who holds or gives how much of the whole, over all known periods; None where there are no members to name."""
    sums = {
        name: math.fsum(p.amount for p in periods if p.amount is not None) for name, periods in series.members.items()
    }
    whole = math.fsum(sums.values())
    if len(sums) < _FEWEST or not whole > 0 or min(sums.values()) < 0:
        return None
    ordered = sorted(sums.items(), key=lambda pair: -pair[1])
    parts = tuple((name, amount / whole) for name, amount in ordered[:_NAMED])
    return Shares(title=title, parts=parts, others=max(0, len(ordered) - _NAMED))


Found = tuple[tuple[Flow, SubjectSeries], ...]


def _flow_of(
    relationship: Relationship, recorded: Mapping[str, SubjectSeries], party: str, capacity: str, *, adds: bool
) -> Found:
    """The recorded flows of which each unit adds one to the capacity, or takes one from it."""
    found = []
    for flow in relationship.flows.values():
        effect = flow.worth if adds else flow.cost
        mine = (flow.receiver if adds else flow.giver) == party
        if mine and flow.name in recorded and _is_one(effect.get(capacity)):
            found.append((flow, recorded[flow.name]))
    return tuple(found)


def _is_one(value: Value | None) -> bool:
    return value is not None and value.number == 1.0


def _levels(relationship: Relationship, series: SubjectSeries, came: Found, went: Found) -> Series:
    party, _, capacity = series.subject.partition(".")
    title = f"{relationship.parties[party].title}: {capacity.replace('_', ' ')}, as recorded"
    return Series(
        title=title,
        unit=series.unit,
        moments=tuple(_moments(series, came, went)),
        level=capacity.replace("_", " "),
        came=" and ".join(flow.title.replace("_", " ") for flow, _ in came),
        went=" and ".join(flow.title.replace("_", " ") for flow, _ in went),
    )


def _amounts(flow: Flow, series: SubjectSeries) -> Series:
    moments = tuple(
        Moment(
            start=p.span.start,
            end=p.span.end,
            came=None if p.amount is None else p.amount / series.factor,
            known=p.amount is not None,
        )
        for p in series.periods
    )
    name = flow.title.replace("_", " ")
    title = f"{capital(name)}, as recorded"
    return Series(title=title, unit=series.unit, moments=moments, came=name)


def _moments(series: SubjectSeries, came: Found, went: Found) -> Iterator[Moment]:
    """A moment for every day on which a period of the level or of a flow begins, until the first of them ends or the
    next begins: a level read once a year stands among the quarters of what came and went.
    """
    readings = {period.span.start: period for period in series.periods}
    sums = (_sum_by_start(came, series.factor), _sum_by_start(went, series.factor))
    ends: dict[date, date] = {}
    for period in (*series.periods, *(period for _, found in (*came, *went) for period in found.periods)):
        ends[period.span.start] = min(period.span.end, ends.get(period.span.start, date.max))
    starts = sorted(ends)
    for start, following in zip(starts, (*starts[1:], date.max), strict=True):
        reading = readings.get(start)
        level = None if reading is None or reading.amount is None else reading.amount / series.factor
        added, taken = (sums_of.get(start) for sums_of in sums)
        yield Moment(
            start=start,
            end=min(ends[start], following),
            level=level,
            read=reading is not None,
            came=added,
            went=taken,
            known=any(value is not None for value in (level, added, taken)),
        )


def _sum_by_start(found: Found, factor: float) -> Mapping[date, float]:
    """By the first day of a period what was recorded in it, in the unit of the level."""
    sums: dict[date, float] = {}
    for _, series in found:
        for period in series.periods:
            if period.amount is not None:
                sums[period.span.start] = sums.get(period.span.start, 0.0) + period.amount / factor
    return sums
