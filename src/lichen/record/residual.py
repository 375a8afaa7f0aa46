"""What the recorded flows leave unexplained in the recorded levels of a capacity.

Between two readings a level should change by what flowed in, less what flowed out, plus its own declared change. What
remains is unexplained: something that was not recorded, or not as it was. A stretch that touches a gap is *cannot
tell*.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import final

from lichen.record.calendar_windows import Span
from lichen.record.reading import Period, Record, SubjectSeries
from lichen.record.valuation import cost_in, worth_in
from lichen.relationship.evaluate import evaluate
from lichen.relationship.party import Capacity, Party
from lichen.relationship.relationship import Relationship
from lichen.relationship.start import Start
from lichen.relationship.value import Value


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One capacity between two readings, in the capacity's base units.

    `change` of the level, `inflow` and `outflow` recorded, `own` the declared change of its own, `unexplained` the
    rest; the latter is None where `why` says what is not known. Of a group all are sums over the `coverage` of its
    members for whom everything is known.
    """

    span: Span
    change: float | None
    inflow: float | None
    outflow: float | None
    own: float
    unexplained: float | None
    coverage: float
    why: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """The unexplained part of one capacity (`party.capacity`) over the whole record. A reading of one day is taken at
    its end.

    `share` is the sum of unexplained changes (without sign) over the sum of recorded flows, `drift` their sum with
    sign: what was lost (negative) or replenished (positive) without a record. `unrecorded` are flows that move the
    capacity and of which no table tells: then `drift` is what these would have to have moved, and there is no
    `share`. Both are None when nothing can be told.
    """

    capacity: str
    stretches: tuple[Stretch, ...]
    share: float | None
    drift: float | None
    unrecorded: tuple[str, ...]

    @property
    def coverage(self) -> float:
        """The share of stretches about which something can be told."""
        told = sum(1 for stretch in self.stretches if stretch.unexplained is not None)
        return told / len(self.stretches) if self.stretches else 0.0


def residuals(relationship: Relationship, record: Record) -> tuple[Residual, ...]:
    """The unexplained part of every capacity whose level is recorded and that some flow moves."""
    start = Start(relationship)
    found = []
    for subject, levels in record.series.items():
        owner, _, capacity = subject.partition(".")
        party = relationship.parties.get(owner)
        if party is None or capacity not in party.capacities or levels.nature != "reading":
            continue
        moves = tuple(_moves(relationship, record, start, owner, capacity))
        if moves:
            found.append(_residual(subject, levels, party, moves, start))
    return tuple(found)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """A flow that moves the capacity by `per_unit` (negative: it takes) `delay` days after it is recorded; `series`
    is None when nobody recorded it.
    """

    flow: str
    per_unit: float
    delay: int
    series: SubjectSeries | None


def _moves(relationship: Relationship, record: Record, start: Start, party: str, capacity: str) -> Iterator[_Move]:
    for flow in relationship.flows.values():
        series = record.series.get(flow.name)
        settled = _days(start, flow.settled_after)
        if flow.receiver == party and capacity in flow.worth:
            delay = settled + _days(start, flow.arrives_after)
            yield _Move(flow=flow.name, per_unit=worth_in(flow, capacity, start), delay=delay, series=series)
        if flow.giver == party and capacity in flow.cost:
            yield _Move(flow=flow.name, per_unit=-cost_in(flow, capacity, start), delay=settled, series=series)


def _days(start: Start, value: Value | None) -> int:
    days = start.value(value)
    return round(days) if math.isfinite(days) else 0


def _residual(subject: str, levels: SubjectSeries, party: Party, moves: Sequence[_Move], start: Start) -> Residual:
    recorded = [move for move in moves if move.series is not None]
    by_member = bool(levels.members) and all(move.series and move.series.members for move in recorded)
    names = tuple(levels.members) if by_member else ("",)
    tellers = [_Teller(move, name) for name in names for move in recorded]
    capacity = party.capacities[subject.partition(".")[2]]
    at_end = all(entry.span.days == 1 for entry in levels.entries)
    each: dict[Span, list[Stretch]] = defaultdict(list)
    for place, name in enumerate(names):
        own = tellers[place * len(recorded) : (place + 1) * len(recorded)]
        periods = levels.members[name] if name else levels.periods
        drift = _Drift(capacity, subject, party, name, start)
        for stretch in _stretches(periods, own, drift, at_end):
            each[stretch.span].append(stretch)
    stretches = tuple(_sum(span, each[span]) for span in sorted(each))
    told = [s for s in stretches if s.unexplained is not None and s.inflow is not None and s.outflow is not None]
    flowed = math.fsum(
        s.inflow + s.outflow + abs(s.own) for s in told if s.inflow is not None and s.outflow is not None
    )
    unrecorded = tuple(move.flow for move in moves if move.series is None)
    drifted = [s.unexplained for s in told if s.unexplained is not None]
    return Residual(
        capacity=subject,
        stretches=stretches,
        share=math.fsum(map(abs, drifted)) / flowed if flowed and not unrecorded else None,
        drift=math.fsum(drifted) if drifted else None,
        unrecorded=unrecorded,
    )


@final
class _Teller:
    """How much of one flow, for one member or as a whole, reached the capacity between two days; None where the
    record has a gap.
    """

    __slots__ = ("_days", "_move", "_periods", "_sums")

    def __init__(self, move: _Move, member: str) -> None:
        series = move.series
        assert series is not None  # noqa: S101  only recorded flows have a teller
        self._move = move
        self._periods = series.members.get(member, ()) if member else series.periods
        entries = sorted((e for e in series.entries if not member or e.member == member), key=lambda e: e.span)
        single = series.nature == "log" and all(e.span.days == 1 for e in entries)
        self._days = [e.span.start for e in entries] if single else None
        amounts = (float(e.amount) * series.factor if e.amount is not None else math.nan for e in entries)
        self._sums = list(accumulate(amounts, initial=0.0)) if single else []

    def in_span(self, span: Span) -> float | None:
        """The change it made in these days, in the capacity's base units (out: negative)."""
        span = span.moved(-self._move.delay)
        covering = [p for p in self._periods if p.span.shared_days(span)]
        if not covering or covering[0].span.start > span.start or covering[-1].span.end < span.end:
            return None
        if any(p.status != "recorded" or p.amount is None for p in covering):
            return None
        if self._days is not None:
            amount = self._sums[bisect_left(self._days, span.end)] - self._sums[bisect_left(self._days, span.start)]
        else:
            amount = math.fsum((p.amount or 0.0) * p.span.shared_days(span) / p.span.days for p in covering)
        return amount * self._move.per_unit


@final
@dataclass(frozen=True, slots=True)
class _Drift:
    """The declared change of a capacity's own, per day."""

    capacity: Capacity
    subject: str
    party: Party
    member: str
    start: Start

    def at(self, level: float) -> float:
        """At a level of this capacity; everything else as at the start. NaN when not known, 0 when none is declared."""
        change = self.capacity.change
        if change is None:
            return 0.0
        if self.party.members is not None:
            each = self.start.of_members(self.party, change)
            return each[self.party.members.names.index(self.member)] if self.member else math.fsum(each)
        if change.tree is None:
            return math.nan
        return evaluate(change.tree, lambda name: level if name.text == self.subject else self.start.read(name.text))


def _stretches(periods: Sequence[Period], tellers: Sequence[_Teller], drift: _Drift, at_end: bool) -> Iterator[Stretch]:
    """One stretch between each window's reading and the next window's, from the end of the day of reading or from its
    start.
    """
    for before, after in pairwise(periods):
        span = Span(before.read_on or before.span.start, after.read_on or after.span.start).moved(at_end)
        if before.amount is None or after.amount is None or "partly" in (before.status, after.status):
            yield _untold(span, "a reading is missing")
            continue
        moved = [teller.in_span(span) for teller in tellers]
        own = drift.at((before.amount + after.amount) / 2) * span.days
        known = [amount for amount in moved if amount is not None]
        if len(known) < len(moved) or not math.isfinite(own) or any(math.isnan(amount) for amount in known):
            yield _untold(
                span, "a flow is not recorded throughout" if math.isfinite(own) else "its own change is not known"
            )
            continue
        change = after.amount - before.amount
        yield Stretch(
            span=span,
            change=change,
            inflow=math.fsum(amount for amount in known if amount > 0),
            outflow=-math.fsum(amount for amount in known if amount < 0),
            own=own,
            unexplained=change - math.fsum(known) - own,
            coverage=1.0,
        )


def _untold(span: Span, why: str) -> Stretch:
    return Stretch(span=span, change=None, inflow=None, outflow=None, own=0.0, unexplained=None, coverage=0.0, why=why)


def _sum(span: Span, parts: Sequence[Stretch]) -> Stretch:
    """The members together, as far as something can be told of them."""
    told = [part for part in parts if part.unexplained is not None]
    if not told:
        return _untold(span, parts[0].why)
    return Stretch(
        span=span,
        change=math.fsum(part.change or 0.0 for part in told),
        inflow=math.fsum(part.inflow or 0.0 for part in told),
        outflow=math.fsum(part.outflow or 0.0 for part in told),
        own=math.fsum(part.own for part in told),
        unexplained=math.fsum(part.unexplained or 0.0 for part in told),
        coverage=len(told) / len(parts),
    )
