"""The rules of return held against the record: kept, broken, pending, or *cannot tell* where a gap decides.

`receives_per_given` asks every full window of the party's balance. `when/then` asks every recorded amount of one flow
for its answer in the other, first in first out. An answer still due at the end of the record is pending, never
broken; where nothing was due the rule is not kept but *nothing due*.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias, final

from lichen.record.balance import Balance, PartyBalance
from lichen.record.calendar_windows import GRAINS, Span
from lichen.record.reading import Record, SubjectSeries
from lichen.record.rows import Entry
from lichen.record.settlement import Obligation, Settled, Settlement, settle
from lichen.record.temporal import Interval, at_least, at_most, both, eventually, historically, signal
from lichen.relationship.quantity import standard_units
from lichen.relationship.relationship import Relationship
from lichen.relationship.rules import AnswerRule, ReturnRule, Window
from lichen.relationship.start import Start

Answer = Literal["kept", "broken", "pending", "cannot tell", "nothing due"]
_DAYS = {grain: standard_units()[grain].factor for grain in GRAINS}
_ROUNDING = 1e-9
_SLACK = 1.02
"""A window of records may be this much longer than the rule's: calendar months are not all alike."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One window of a rule, or one obligation: what came of it, by how much, and why when it cannot be told.

    `robustness` is the distance to the limit (at least 0 is kept), an interval while it is open. `figure` is the
    ratio of a window, or the part of an obligation that was answered in time.
    """

    span: Span
    answer: Answer
    figure: float | None
    robustness: Interval
    why: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReading:
    """What the record says of one rule: the worst of its judgements. `settlement` is that of a `when/then` rule, all
    members together.
    """

    rule: str
    answer: Answer
    robustness: Interval | None
    judgements: tuple[Judgement, ...]
    settlement: Settlement | None = None
    why: str = ""


def read_rules(relationship: Relationship, record: Record, balance: Balance) -> tuple[RuleReading, ...]:
    """Every reciprocity rule of the relationship, in the order of the file."""
    start = Start(relationship)
    return tuple(
        _return_reading(rule, balance, relationship, start)
        if isinstance(rule, ReturnRule)
        else _answer_reading(rule, record, relationship)
        for rule in relationship.rules.reciprocity
    )


def _untold(rule: str, why: str) -> RuleReading:
    return RuleReading(rule=rule, answer="cannot tell", robustness=None, judgements=(), why=why)


def _worst(judgements: Sequence[Judgement]) -> Answer:
    found = {j.answer for j in judgements}
    order: tuple[Answer, ...] = ("broken", "cannot tell", "pending", "kept")
    return next((answer for answer in order if answer in found), "nothing due")


def _return_reading(rule: ReturnRule, balance: Balance, relationship: Relationship, start: Start) -> RuleReading:
    periods = balance.parties.get(rule.party, ())
    if not any(p.coverage for p in periods):
        return _untold(rule.name, f"nothing that {rule.party} gives or receives is recorded")
    windows = _windows(rule.over, periods, balance, relationship)
    if isinstance(windows, str):
        return _untold(rule.name, windows)
    low = start.value(rule.band.at_least) if rule.band.at_least is not None else -math.inf
    high = start.value(rule.band.at_most) if rule.band.at_most is not None else math.inf
    judgements = tuple(_judged(window, low, high) for window in windows)
    told = [j.robustness for j in judgements if j.answer in ("kept", "broken")]
    return RuleReading(
        rule=rule.name,
        answer=_worst(judgements),
        robustness=historically(tuple(told))[-1] if told else None,
        judgements=judgements,
    )


Part: TypeAlias = tuple[tuple[PartyBalance, ...], bool]
"""The periods of one window, and whether the window is full."""


def _windows(
    over: Window, periods: Sequence[PartyBalance], balance: Balance, relationship: Relationship
) -> list[Part] | str:
    """The windows a rule asks, from the periods of a balance; or why these periods cannot answer it."""
    days_of_period = _DAYS[balance.grain]
    match over.kind:
        case "life" | "portfolio":
            return [(tuple(periods), True)]
        case "transaction":
            return [((period,), True) for period in periods]
        case "season":
            return _cut(periods, lambda day: _season_at(over, day))
        case "project":
            return _cut(periods, lambda day: _project_at(relationship, day))
        case "duration":
            days = over.days or 0.0
            if days * _SLACK < days_of_period:
                return f"the record speaks by {balance.grain}, the rule asks for {over.text or f'{days:g} days'}"
            length = max(1, round(days / days_of_period))
            return [(tuple(periods[max(0, end - length) : end]), end >= length) for end in range(1, len(periods) + 1)]


def _cut(periods: Sequence[PartyBalance], window_of: Callable[[date], Span | None]) -> list[Part]:
    """Periods gathered into the windows in which their middles lie, and whether they fill them to half a period."""
    found: dict[Span, list[PartyBalance]] = defaultdict(list)
    for period in periods:
        window = window_of(period.span.start + timedelta(days=period.span.days // 2))
        if window is not None:
            found[window].append(period)
    return [(tuple(own), _is_full(window, own)) for window, own in sorted(found.items())]


def _is_full(window: Span, own: Sequence[PartyBalance]) -> bool:
    late, early = (own[0].span.start - window.start).days, (window.end - own[-1].span.end).days
    return max(late, early) <= own[0].span.days / 2


def _season_at(over: Window, day: date) -> Span | None:
    season = over.season_at(day)
    return Span(*season) if season is not None else None


def _project_at(relationship: Relationship, day: date) -> Span | None:
    """The project, one after the other from the start and each as long as the commitment, in which a day lies."""
    length = round(relationship.commitment_days)
    start = relationship.time.start
    turn = (day - start).days // length if length > 0 else 0
    return Span(start, start + timedelta(days=length)).moved(turn * length) if length > 0 else None


def _judged(window: Part, low: float, high: float) -> Judgement:
    periods, full = window
    span = Span(periods[0].span.start, periods[-1].span.end)
    gaps = [p for p in periods if p.ratio is None and p.why != "nothing passed"]
    if gaps:
        why = f"{gaps[0].span}: {gaps[0].why}"
        return Judgement(span=span, answer="cannot tell", figure=None, robustness=_between(None, low, high), why=why)
    received, borne = math.fsum(p.received for p in periods), math.fsum(p.borne for p in periods)
    ratio = received / borne if borne else math.inf if received else None
    if not full or ratio is None:
        why = "" if ratio is None else "the window is not yet full"
        answer: Answer = "nothing due" if ratio is None and full else "pending"
        return Judgement(span=span, answer=answer, figure=ratio, robustness=_between(None, low, high), why=why)
    robustness = _between(ratio, low, high)
    return Judgement(
        span=span, answer="kept" if robustness.truth == "satisfied" else "broken", figure=ratio, robustness=robustness
    )


def _between(ratio: float | None, low: float, high: float) -> Interval:
    trace = signal([ratio])
    return both(at_least(trace, low), at_most(trace, high))[0]


def _answer_reading(rule: AnswerRule, record: Record, relationship: Relationship) -> RuleReading:
    when, then = record.series.get(rule.when), record.series.get(rule.then)
    if when is None or then is None:
        return _untold(rule.name, f"nobody records `{rule.when if when is None else rule.then}`")
    for series in (when, then):
        if series.nature != "log" and _DAYS[series.grain] > rule.within_days * _SLACK:
            why = f"`{series.subject}` is recorded by {series.grain}, the rule asks for {rule.within_days:g} days"
            return _untold(rule.name, why)
    end = _end_of_look(record, when, then)
    unknown = [(day, math.inf) for day in _unknown_days(then)]
    judgements: list[Judgement] = []
    settlements: list[Settlement] = []
    for asked, answers in _pools(rule, when, then):
        owed = [_obligation(rule, entry, when, relationship) for entry in asked]
        returns = [(_time(e), float(e.amount or 0) * then.factor) for e in answers]
        settlement, at_best = settle(owed, returns), settle(owed, [*returns, *unknown])
        settlements.append(settlement)
        pairs = zip(settlement.settled, at_best.settled, strict=True)
        judgements += (_judged_answer(one, best, end) for one, best in pairs)
    judgements.sort(key=lambda j: j.span)
    return RuleReading(
        rule=rule.name,
        answer=_worst(judgements),
        robustness=historically(tuple(j.robustness for j in judgements))[-1] if judgements else None,
        judgements=tuple(judgements),
        settlement=_all_together(settlements),
    )


def _end_of_look(record: Record, *series: SubjectSeries) -> float:
    """The day after the last of which the record speaks."""
    ends = [s.span.end.toordinal() for s in series if s.span is not None]
    return float(record.as_of.toordinal() + 1 if record.as_of is not None else max(ends, default=0))


def _pools(
    rule: AnswerRule, when: SubjectSeries, then: SubjectSeries
) -> Iterator[tuple[Sequence[Entry], Sequence[Entry]]]:
    """What is asked and what may answer it: by member or pair where both tables name them, unless anyone may return."""
    asked = [e for e in when.entries if e.amount is not None and e.amount > 0]
    answers = [e for e in then.entries if e.amount is not None and e.amount > 0]
    pooled = rule.returned_by is not None or (rule.over is not None and rule.over.kind == "portfolio")
    named = all(any(e.who) for e in (*asked, *answers))
    if pooled or not named:
        yield asked, answers
        return
    given: dict[object, list[Entry]] = defaultdict(list)
    returned: dict[object, list[Entry]] = defaultdict(list)
    for entry in asked:
        given[entry.member or (entry.giver, entry.receiver)].append(entry)
    for entry in answers:
        returned[entry.member or (entry.receiver, entry.giver)].append(entry)
    for who, own in given.items():
        yield own, returned.get(who, [])


def _time(entry: Entry) -> float:
    """The day of an event; of a report the last day it speaks of."""
    return float(entry.span.end.toordinal() - 1)


def _obligation(rule: AnswerRule, entry: Entry, when: SubjectSeries, relationship: Relationship) -> Obligation:
    amount = float(entry.amount or 0) * when.factor * rule.per_unit
    time = _time(entry)
    return Obligation(
        time=time, amount=amount, allowed=max(rule.within_days, _window_left(rule.over, time, relationship))
    )


def _window_left(over: Window | None, time: float, relationship: Relationship) -> float:
    """How many days are left of the window in which something was given, to make up for what is unanswered."""
    day = date.fromordinal(int(time))
    match over.kind if over is not None else "transaction":
        case "life" | "portfolio":
            return math.inf
        case "duration" if over is not None:
            return over.days or 0.0
        case "season" if over is not None:
            span = _season_at(over, day)
        case "project":
            span = _project_at(relationship, day)
        case _:
            span = None
    return 0.0 if span is None else span.end.toordinal() - 1 - time


def _unknown_days(then: SubjectSeries) -> Iterator[float]:
    """Days on which any amount may have been returned: of a log those of unknown rows, else the ends of gaps."""
    if then.nature == "log":
        yield from (_time(entry) for entry in then.entries if entry.amount is None)
        return
    for gap in then.gaps:
        yield from (float(gap.span.start.toordinal()), float(gap.span.end.toordinal() - 1))


def _judged_answer(settled: Settled, at_best: Settled, end: float) -> Judgement:
    """One obligation, as recorded and as it would be if everything that is not known had been returned."""
    obligation = settled.obligation
    first = date.fromordinal(int(obligation.time))
    last = date.fromordinal(int(min(obligation.due, end - 1, date.max.toordinal() - 1)))
    span = Span(first, max(first, last) + timedelta(days=1))
    in_time, best = settled.on_time / obligation.amount, at_best.on_time / obligation.amount
    still_open = in_time < 1 and obligation.due >= end and not settled.late
    answered = at_least((Interval(in_time, best),), 1.0)
    robustness = eventually(answered, 0, 1, "open" if still_open else "cut")[0]
    why = ""
    if robustness.low >= -_ROUNDING:
        answer: Answer = "kept"
    elif still_open:
        answer = "pending"
    elif robustness.high >= -_ROUNDING:
        answer, why = "cannot tell", "what was returned is not wholly known"
    else:
        answer = "broken"
    return Judgement(span=span, answer=answer, figure=in_time, robustness=robustness, why=why)


def _all_together(settlements: Iterable[Settlement]) -> Settlement | None:
    """The settlements of all members as one."""
    found = list(settlements)
    settled = tuple(one for settlement in found for one in settlement.settled)
    if not settled:
        return None
    owed = math.fsum(one.obligation.amount for one in settled)
    returned = [math.fsum(o.on_time + o.late for o in s.settled) for s in found]
    delayed = math.fsum((s.mean_delay or 0.0) * r for s, r in zip(found, returned, strict=True))
    return Settlement(
        settled=settled,
        unused=math.fsum(s.unused for s in found),
        on_time_ratio=math.fsum(one.on_time for one in settled) / owed,
        mean_delay=delayed / math.fsum(returned) if math.fsum(returned) else None,
    )
