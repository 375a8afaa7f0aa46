"""Two tallies for each party: what it gave and what it received, by flow, kind and period, as recorded and as
expected.

Given and received are never netted where nothing makes them comparable. Money counts as it is, another capacity by
its owner's `valued_at`; a party that meets a capacity without value is counted in shares of its own range,
`amount/(healthy - floor)`. What a unit costs and adds is taken from the start of the relationship, ranges at their
middle. Coverage stands beside every figure, and a period that is not wholly recorded has no ratio.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal, final

from lichen.record.calendar_windows import GRAINS, Grain, Span
from lichen.record.distribution import Inequality, inequality
from lichen.record.reading import Period, Record, Status, SubjectSeries, regrouped
from lichen.record.valuation import SHARES, Measure, measure_of, unit_cost, unit_worth
from lichen.relationship.flow import WORLD, Flow, FlowKind
from lichen.relationship.plain_data import plain
from lichen.relationship.quantity import PLAIN, TIME
from lichen.relationship.relationship import Relationship
from lichen.relationship.start import Start

Side = Literal["given", "received", "given back", "taken back"]
"""`given back` is what a receiver returned, `taken back` the same for the giver: negative quantities in the books."""

_GIVER: tuple[Side, Side] = ("given", "taken back")
_RECEIVER: tuple[Side, Side] = ("received", "given back")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One line: one party, one flow, one side, one period.

    `amount` is in the flow's base unit, None when nothing is known; `expected` what the relationship says for those
    days of the period that lie within it, known or not (None when it says nothing, has not begun, or when the amount
    also holds what is older than it). `worth` is
    what the amount took from the party (`given`) or added to it (`received`; negative for a burden), in the party's
    measure; None when the amount or its worth is not known.
    """

    party: str
    flow: str
    kind: FlowKind
    side: Side
    span: Span
    amount: float | None
    expected: float | None
    promised: bool
    worth: float | None
    status: Status
    coverage: float

    @property
    def comparable(self) -> float | None:
        """What is expected of the part that is recorded, to hold beside `amount`; None when either is not known."""
        return None if self.amount is None or self.expected is None else self.expected * self.coverage


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PartyBalance:
    """One party over one period, in its own measure.

    `received` are benefits, `borne` its own cost and the burdens laid on it, as far as recorded. `ratio` is one over
    the other, `net` the difference (only in money); both None with the reason in `why`. `expected_ratio` is what the
    relationship itself leads one to expect.
    """

    party: str
    span: Span
    measured_in: str
    received: float
    borne: float
    ratio: float | None
    net: float | None
    expected_ratio: float | None
    status: Status
    coverage: float
    why: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two books of one thing that say different amounts for one period, in base units."""

    subject: str
    span: Span
    says: Mapping[str, float]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Who gave and received what.

    `parties` holds each party's periods, `totals` the same over the whole record. `unrecorded` are flows between
    parties with a worth or a cost of which no table tells. `divided` says for each recorded flow how it is shared
    among members. `titles` are the names of parties and flows for people, `units` the base unit of each flow's amounts.
    `straddling` are periods within which the relationship begins and whose amounts also hold what is older: nothing is
    expected of these. `unread` says which rows of the record's tables are not read, and why.
    """

    grain: Grain
    tallies: tuple[Tally, ...]
    parties: Mapping[str, tuple[PartyBalance, ...]]
    totals: Mapping[str, PartyBalance]
    unrecorded: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]
    divided: Mapping[str, Inequality]
    titles: Mapping[str, str]
    units: Mapping[str, str]
    straddling: tuple[Span, ...] = ()
    unread: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain data for machines."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}


def balance_of(
    relationship: Relationship,
    record: Record,
    *,
    expected_per_day: Mapping[str, float] | None = None,
    grain: Grain | None = None,
) -> Balance:
    """The balance of a relationship from its record.

    `expected_per_day` is the expected rate of each flow (base units a day; the means of a simulation); without it the
    rates at the start are taken. `grain` is the length of a period, by default that of the coarsest table.
    """
    start = Start(relationship)
    flows = [flow for flow in relationship.flows.values() if flow.giver != flow.receiver]
    series = {flow.name: record.series[flow.name] for flow in flows if flow.name in record.series}
    of_period = grain or GRAINS[max((GRAINS.index(s.grain) for s in series.values()), default=GRAINS.index("month"))]
    rates = {flow.name: start.read(flow.name) for flow in flows} if expected_per_day is None else expected_per_day
    measures = {name: measure_of(party, flows, start) for name, party in relationship.parties.items()}
    worth = {f.name: unit_worth(f, start, measures[f.receiver]) for f in flows if f.receiver in measures}
    cost = {f.name: unit_cost(f, start, measures[f.giver]) for f in flows if f.giver in measures}
    since = relationship.time.start
    tallies: dict[Span, list[Tally]] = defaultdict(list)
    for flow in flows:
        for period in regrouped(series[flow.name].periods, of_period) if flow.name in series else ():
            expected = _expected(rates.get(flow.name, math.nan), period.span, series[flow.name], since)
            sums = worth.get(flow.name, math.nan), cost.get(flow.name, math.nan)
            tallies[period.span] += _lines(flow, period, expected, *sums)
    frame = sorted(tallies)
    parties = {}
    for name in relationship.parties:
        touching = [f.name for f in flows if (f.receiver == name and f.worth) or (f.giver == name and f.cost)]
        ratio = _expected_ratio(name, flows, rates, worth, cost)
        parties[name] = tuple(
            _party_period(
                name,
                span,
                touching,
                [t for t in tallies.get(span, ()) if t.party == name],
                measures[name],
                ratio if span.end > since else None,
            )
            for span in frame
        )
    return Balance(
        grain=of_period,
        tallies=tuple(tally for span in frame for tally in tallies[span]),
        parties=parties,
        totals={name: total for name, own in parties.items() if (total := _total(own)) is not None},
        unrecorded=tuple(flow.name for flow in flows if (flow.worth or flow.cost) and flow.name not in series),
        disagreements=tuple(_disagreements(record, of_period)),
        divided={name: found for name, s in series.items() if (found := _division(s.members))},
        titles={p.name: p.title for p in relationship.parties.values()} | {flow.name: flow.title for flow in flows},
        units={flow.name: _unit(flow) for flow in flows},
        straddling=tuple(
            s for s in frame if s.end > since and any(_is_older(book, s, since) for book in series.values())
        ),
        unread=record.unread,
    )


def _unit(flow: Flow) -> str:
    """The base unit of what passes, empty for plain numbers."""
    dimension = flow.rate.dimension * TIME
    return "" if dimension == PLAIN else str(dimension)


def _expected(per_day: float, span: Span, series: SubjectSeries, since: date) -> float | None:
    """What is expected at a rate of the days of a span within the relationship; None where the rate is not known, the
    relationship has not begun, or the amount recorded of the span is older in part.
    """
    days = span.shared_days(Span(since, date.max))
    return per_day * days if days and not math.isnan(per_day) and not _is_older(series, span, since) else None


def _is_older(series: SubjectSeries, span: Span, since: date) -> bool:
    """Whether some row that speaks of a span begins before the relationship."""
    return span.start < since and any(e.span.start < since and e.span.shared_days(span) for e in series.entries)


def _lines(flow: Flow, period: Period, expected: float | None, worth: float, cost: float) -> Iterator[Tally]:
    """The lines of one flow in one period: the giver's, the receiver's, and what came back."""

    def line(party: str, side: Side, amount: float | None, per_unit: float, expected: float | None) -> Tally:
        value = None if amount is None or math.isnan(per_unit) else amount * per_unit
        return Tally(
            party=party,
            flow=flow.name,
            kind=flow.kind,
            side=side,
            span=period.span,
            amount=amount,
            expected=expected,
            promised=flow.promised,
            worth=value,
            status=period.status,
            coverage=period.coverage,
        )

    gross = None if period.amount is None else period.amount - period.returned
    for party, sides, per_unit in ((flow.giver, _GIVER, cost), (flow.receiver, _RECEIVER, worth)):
        if party != WORLD:
            yield line(party, sides[0], gross, per_unit, expected)
            if period.returned < 0:
                yield line(party, sides[1], -period.returned, per_unit, None)


def _party_period(
    party: str, span: Span, touching: Sequence[str], lines: Sequence[Tally], measure: Measure, expected: float | None
) -> PartyBalance:
    lines = [line for line in lines if line.flow in touching]
    received, borne = _sums(lines)
    known = {line.flow: line for line in lines if line.amount is not None}
    gaps = [name for name in touching if name not in known or known[name].status != "recorded"]
    unpriced = [name for name, line in known.items() if line.worth is None]
    status: Status = "missing" if not known else "partly" if gaps else "recorded"
    why = ""
    if gaps:
        why = f"not wholly recorded: {', '.join(gaps)}"
    elif unpriced:
        why = f"worth not known: {', '.join(unpriced)}"
    elif not received and not borne:
        why = "nothing passed"
    return PartyBalance(
        party=party,
        span=span,
        measured_in=measure.unit,
        received=received,
        borne=borne,
        ratio=None if why else received / borne if borne else math.inf,
        net=received - borne if measure.is_money and not why else None,
        expected_ratio=expected,
        status=status,
        coverage=sum(known[name].coverage for name in touching if name in known) / len(touching) if touching else 0.0,
        why=why,
    )


def _sums(lines: Iterable[Tally]) -> tuple[float, float]:
    """What a party received and what it bore; what came back counts less on its own side."""
    received, borne = [0.0], [0.0]
    for line in lines:
        worth = line.worth or 0.0
        match line.side:
            case "given":
                borne.append(worth)
            case "taken back":
                borne.append(-worth)
            case "received":
                (received if worth >= 0 else borne).append(abs(worth))
            case "given back":
                (received if worth >= 0 else borne).append(-abs(worth))
    return math.fsum(received), math.fsum(borne)


def _total(own: Sequence[PartyBalance]) -> PartyBalance | None:
    """The whole record: the sums over its wholly recorded periods, with how many these are of all."""
    if not own or not any(p.coverage for p in own):
        return None
    whole = [p for p in own if p.status == "recorded" and (p.ratio is not None or p.why == "nothing passed")]
    received, borne = math.fsum(p.received for p in whole), math.fsum(p.borne for p in whole)
    why = "" if received or borne else "nothing passed" if whole else "no period is wholly recorded"
    last = own[-1]
    return PartyBalance(
        party=last.party,
        span=Span(own[0].span.start, last.span.end),
        measured_in=last.measured_in,
        received=received,
        borne=borne,
        ratio=None if why else received / borne if borne else math.inf,
        net=None if why or last.measured_in == SHARES else received - borne,
        expected_ratio=last.expected_ratio,
        status="recorded" if len(whole) == len(own) else "partly" if whole else "missing",
        coverage=len(whole) / len(own),
        why=why,
    )


def _expected_ratio(
    party: str, flows: Iterable[Flow], rates: Mapping[str, float], worth: Mapping[str, float], cost: Mapping[str, float]
) -> float | None:
    """What the party receives per what it bears at the expected rates; None when a part is not known or it bears
    nothing.
    """
    received, borne = [0.0], [0.0]
    for flow in flows:
        rate = rates.get(flow.name, math.nan)
        if flow.receiver == party and flow.worth:
            (received if worth[flow.name] >= 0 else borne).append(abs(worth[flow.name]) * rate)
        if flow.giver == party and flow.cost:
            borne.append(cost[flow.name] * rate)
    if any(math.isnan(x) for x in (*received, *borne)) or math.fsum(borne) <= 0:
        return None
    return math.fsum(received) / math.fsum(borne)


def _division(members: Mapping[str, Sequence[Period]]) -> Inequality | None:
    """How a flow is divided among those who gave or received it, over everything that is known."""
    totals = [math.fsum(p.amount for p in periods if p.amount is not None) for periods in members.values()]
    return inequality(totals) if len(totals) > 1 else None


def _disagreements(record: Record, grain: Grain) -> Iterator[Disagreement]:
    """Periods for which two books of one thing are whole and say different amounts."""
    for subject, books in record.books.items():
        sides = {book.stated_by or book.report.file: book for book in books}
        by_span: dict[Span, dict[str, float]] = defaultdict(dict)
        for side, book in sides.items():
            own = book.periods if book.nature == "reading" else regrouped(book.periods, grain)
            for period in own:
                if period.status == "recorded" and period.amount is not None:
                    by_span[period.span][side] = period.amount
        for span, says in sorted(by_span.items()):
            if len(says) > 1 and not math.isclose(min(says.values()), max(says.values()), rel_tol=1e-9, abs_tol=1e-12):
                yield Disagreement(subject=subject, span=span, says=says)
