"""The record: what the tables of evidence say about each flow and capacity, period by period, with its gaps.

A period in which nothing is known is a gap, never 0. In a log, where each row is an event, a period without rows
between the first and the last row is a period in which nothing happened. A row of which nobody can tell the day may
belong to any period: each is known only by the share of rows that have one, and a period without rows is a gap.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeAlias, final

from lichen.language.formula import parse_unit
from lichen.language.problem import Problem
from lichen.record.calendar_windows import Grain, Span, window_at, windows
from lichen.record.importing import import_rows
from lichen.record.rows import Entry, Imported, Nature, RowReport
from lichen.record.table import Table
from lichen.relationship.quantity import Unit
from lichen.relationship.relationship import Relationship
from lichen.relationship.rules import Evidence

Status = Literal["recorded", "partly", "censored", "missing"]
"""`partly`: some of what was expected is known, and the figure is that part. `censored`: someone withheld it.
`missing`: a gap.
"""

OpenTable: TypeAlias = Callable[[Path, str], tuple[Table | None, tuple[Problem, ...]]]
"""Opens the table at a path, called by a name in messages: `lichen.record.tables.open_table`."""

Who: TypeAlias = tuple[str | None, str | None, str | None]

_MOST_MEMBER_PERIODS = 200_000
"""Above this many, a log is read as a whole and not for each member or link."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One calendar window of a flow or a capacity.

    `amount` is in base units (of a flow what passed in the window, of a capacity its level), `recorded` the same as
    the books say it, in their unit; both None when nothing is known. `returned` is the part that flowed the other way
    (0 or negative, base units). `coverage` is the share of expected members or rows that are known. `read_on` is the
    day of a level.
    """

    span: Span
    amount: float | None
    recorded: Decimal | None
    status: Status
    coverage: float
    returned: float = 0.0
    read_on: date | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectSeries:
    """What one table says about one flow or one capacity (`subject`: `packaging` or `alder.cash`).

    `members` holds the same periods for each member, or for each link as `giver > receiver`. `factor` turns a
    recorded figure into base units. `seen` is the part of the flow that is observed at all: amounts are as recorded,
    not scaled up. `stated_by` says whose books these are, `attested_by` who confirmed them.
    """

    subject: str
    unit: str
    factor: float
    nature: Nature
    grain: Grain
    periods: tuple[Period, ...]
    report: RowReport
    members: Mapping[str, tuple[Period, ...]] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    seen: float = 1.0
    stated_by: str | None = None
    attested_by: tuple[str, ...] = ()

    @property
    def coverage(self) -> float:
        """The share of expected periods and members that is known, 0 when nothing is."""
        return sum(p.coverage for p in self.periods) / len(self.periods) if self.periods else 0.0

    @property
    def span(self) -> Span | None:
        """From the first to the last period, None when there is none."""
        return Span(self.periods[0].span.start, self.periods[-1].span.end) if self.periods else None

    @property
    def gaps(self) -> tuple[Period, ...]:
        """The periods that are not wholly recorded."""
        return tuple(p for p in self.periods if p.status != "recorded")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything the tables of a relationship say.

    `books` holds for each subject one series a table: two sides' books of one thing stand side by side, never added.
    `problems` are tables that could not be read. `as_of` is the last day looked at, None for everything.
    """

    books: Mapping[str, tuple[SubjectSeries, ...]]
    problems: tuple[Problem, ...] = ()
    as_of: date | None = None

    @property
    def series(self) -> Mapping[str, SubjectSeries]:
        """For each subject the books that cover most of it (the first of equals)."""
        return {subject: max(books, key=lambda b: b.coverage) for subject, books in self.books.items()}

    @property
    def unread(self) -> tuple[str, ...]:
        """Which rows of which table are not read, and why, for people."""
        return tuple(dict.fromkeys(said for report in self.reports if (said := report.unread())))

    @property
    def reports(self) -> tuple[RowReport, ...]:
        """What became of every row, one report a table."""
        return tuple(series.report for books in self.books.values() for series in books)


def read_record(
    relationship: Relationship,
    folder: Path,
    open_table: OpenTable,
    *,
    as_of: date | None = None,
    today: date | None = None,
) -> Record:
    """Read every table that the relationship names as evidence.

    `open_table` is the only door to files; paths must already be known to lie in the folder. Rows after `as_of` are
    left out, rows after `today` wait for an answer. A table that cannot be read is a problem, and the others are
    still read.
    """
    tables: dict[str, tuple[Table | None, tuple[Problem, ...]]] = {}
    books: dict[str, list[SubjectSeries]] = defaultdict(list)
    problems: list[Problem] = []
    for evidence in relationship.evidence:
        if evidence.file not in tables:
            tables[evidence.file] = open_table(folder / evidence.file, evidence.file)
            problems += tables[evidence.file][1]
        table, _ = tables[evidence.file]
        if table is None:
            continue
        known = known_names(relationship, evidence)
        imported = import_rows(evidence, table, relationship.units, known=known, as_of=as_of, today=today)
        if isinstance(imported, Imported):
            books[evidence.subject].append(series_of(evidence, imported, relationship.units, known.get("member")))
        else:
            problems += imported
    return Record(books={s: tuple(b) for s, b in books.items()}, problems=tuple(problems), as_of=as_of)


def known_names(relationship: Relationship, evidence: Evidence) -> Mapping[str, Set[str]]:
    """The members that the columns `member`, `from` and `to` may name; a role is absent where any name will do."""
    flow = relationship.flows.get(evidence.subject)
    owner = evidence.subject.partition(".")[0]
    ends = (owner, owner) if flow is None else (flow.giver, flow.receiver)
    groups = [party.members if (party := relationship.parties.get(end)) else None for end in ends]
    roles = {"member": groups[0] or groups[1], "from": groups[0], "to": groups[1]}
    return {role: frozenset(members.names) for role, members in roles.items() if members is not None}


def series_of(
    evidence: Evidence, imported: Imported, units: Mapping[str, Unit], expected: Set[str] | None = None
) -> SubjectSeries:
    """The periods that entries make, for the whole and for each member; `expected` are the members that should
    appear.
    """
    factor = parse_unit(evidence.unit or "1", units).factor
    entries = tuple(e for e in imported.entries if expected is None or not e.member or e.member in expected)
    frame = _frame(entries, imported.grain)
    by_who: dict[Who, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_who[entry.who].append(entry)
    nameless = [entry for who in by_who if "" in who for entry in by_who[who]]
    if evidence.member is not None and expected is not None:
        by_who = {(name, None, None): by_who.get((name, None, None), []) for name in sorted(expected)}
    make = _readings if imported.nature == "reading" else _amounts
    each: dict[Who, tuple[Period, ...]] = {}
    if imported.nature != "log" or len(by_who) * len(frame) <= _MOST_MEMBER_PERIODS:
        each = {who: make(own, frame, imported, factor) for who, own in by_who.items() if "" not in who}
    if imported.nature == "log":
        periods = _amounts(entries, frame, imported, factor)
    else:
        periods = _less_nameless(_together(list(each.values())), nameless, len(entries))
    sure = evidence.seen * imported.report.dated
    named = {_label(who): _as_seen(own, sure) for who, own in each.items() if any(who)}
    return SubjectSeries(
        subject=evidence.subject,
        unit=evidence.unit or "1",
        factor=factor,
        nature=imported.nature,
        grain=imported.grain,
        periods=_as_seen(periods, sure),
        report=imported.report,
        members=dict(sorted(named.items())),
        entries=entries,
        seen=evidence.seen,
        stated_by=evidence.stated_by,
        attested_by=evidence.attested_by,
    )


def _as_seen(periods: tuple[Period, ...], seen: float) -> tuple[Period, ...]:
    """Of a flow that is observed in part, or with rows of unknown days, every figure is the part that was seen."""
    if seen >= 1:
        return periods
    return tuple(
        replace(p, status="partly" if p.status == "recorded" else p.status, coverage=p.coverage * seen) for p in periods
    )


def _less_nameless(periods: tuple[Period, ...], nameless: Sequence[Entry], rows: int) -> tuple[Period, ...]:
    """Periods with rows of nobody are only partly known: by as much as these are of an even share of all rows."""
    if not nameless or not periods:
        return periods
    usual = rows / len(periods)
    found = []
    for period in periods:
        count = sum(1 for entry in nameless if entry.span.shared_days(period.span))
        if count and period.status == "recorded":
            period = replace(period, status="partly", coverage=period.coverage * usual / (usual + count))
        found.append(period)
    return tuple(found)


def _frame(entries: Sequence[Entry], grain: Grain) -> tuple[Span, ...]:
    """Every window from the first to the last entry."""
    if not entries:
        return ()
    whole = Span(min(e.span.start for e in entries), max(e.span.end for e in entries))
    return tuple(windows(grain, whole))


def _label(who: Who) -> str:
    member, giver, receiver = who
    return member if member is not None else f"{giver or 'anyone'} > {receiver or 'anyone'}"


def _amounts(entries: Iterable[Entry], frame: Sequence[Span], imported: Imported, factor: float) -> tuple[Period, ...]:
    """What passed in each window: entries are spread evenly over the days they stand for."""
    parts: dict[date, list[tuple[Entry, Decimal | None]]] = defaultdict(list)
    for entry in entries:
        if entry.span.days == 1:
            parts[window_at(imported.grain, entry.span.start).start].append((entry, entry.amount))
            continue
        for window in windows(imported.grain, entry.span):
            share = Decimal(entry.span.shared_days(window)) / Decimal(entry.span.days)
            amount = entry.amount if entry.amount is None or share == 1 else entry.amount * share
            parts[window.start].append((entry, amount))
    silence: Status = "recorded" if imported.nature == "log" and not imported.report.undated else "missing"
    return tuple(_amount_in(window, parts.get(window.start, []), silence, factor) for window in frame)


def _amount_in(window: Span, parts: Sequence[tuple[Entry, Decimal | None]], silence: Status, factor: float) -> Period:
    known = [amount for _, amount in parts if amount is not None]
    status = _status(len(known), len(parts), any(e.withheld for e, _ in parts), silence=silence)
    if status in ("missing", "censored"):
        return Period(span=window, amount=None, recorded=None, status=status, coverage=0.0)
    total = sum(known, Decimal(0))
    return Period(
        span=window,
        amount=float(total) * factor,
        recorded=total,
        status=status,
        coverage=len(known) / len(parts) if parts else 1.0,
        returned=float(sum((amount for amount in known if amount < 0), Decimal(0))) * factor,
    )


def _readings(entries: Iterable[Entry], frame: Sequence[Span], imported: Imported, factor: float) -> tuple[Period, ...]:
    """The last level read in each window; parts read on the same day are added. A level of a whole period is the one
    at its start.
    """
    parts: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        parts[window_at(imported.grain, entry.span.start).start].append(entry)
    return tuple(_reading_in(window, parts.get(window.start, []), factor) for window in frame)


def _reading_in(window: Span, entries: Sequence[Entry], factor: float) -> Period:
    last = max((entry.span.start for entry in entries), default=None)
    on_last = [entry for entry in entries if entry.span.start == last]
    known = [entry.amount for entry in on_last if entry.amount is not None]
    status = _status(len(known), len(on_last), any(e.withheld for e in on_last), silence="missing")
    if not known:
        return Period(span=window, amount=None, recorded=None, status=status, coverage=0.0)
    total = sum(known, Decimal(0))
    coverage = len(known) / len(on_last)
    return Period(
        span=window, amount=float(total) * factor, recorded=total, status=status, coverage=coverage, read_on=last
    )


def _status(known: int, expected: int, withheld: bool, *, silence: Status) -> Status:
    if not expected:
        return silence
    if known == expected:
        return "recorded"
    return "partly" if known else "censored" if withheld else "missing"


def _together(each: Sequence[tuple[Period, ...]]) -> tuple[Period, ...]:
    """The sum over members, window by window; a window in which somebody is not known is at most partly known."""
    return tuple(_sum(column) for column in zip(*each, strict=True))


def _sum(column: Sequence[Period]) -> Period:
    if len(column) == 1:
        return column[0]
    known = [p for p in column if p.amount is not None]
    statuses = {p.status for p in column}
    status: Status = "recorded" if statuses == {"recorded"} else "partly"
    if not known:
        status = "censored" if "censored" in statuses else "missing"
    return Period(
        span=column[0].span,
        amount=math.fsum(p.amount for p in known if p.amount is not None) if known else None,
        recorded=sum((p.recorded for p in known if p.recorded is not None), Decimal(0)) if known else None,
        status=status,
        coverage=sum(p.coverage for p in column) / len(column),
        returned=math.fsum(p.returned for p in column),
        read_on=max((p.read_on for p in known if p.read_on is not None), default=None),
    )


def regrouped(series: Sequence[Period], grain: Grain) -> tuple[Period, ...]:
    """The same periods in other windows: what does not fit is spread evenly over its days, and a window not wholly
    covered is partly known.
    """
    if not series:
        return ()
    whole = Span(series[0].span.start, series[-1].span.end)
    return tuple(
        _regrouped(window, [p for p in series if p.span.shared_days(window)]) for window in windows(grain, whole)
    )


def _regrouped(window: Span, parts: Sequence[Period]) -> Period:
    if len(parts) == 1 and parts[0].span == window:
        return parts[0]
    days = [(p, p.span.shared_days(window)) for p in parts]
    known = [(p, part) for p, part in days if p.amount is not None and p.recorded is not None]
    covered = sum(p.coverage * part for p, part in days) / window.days
    if not known:
        status: Status = "censored" if any(p.status == "censored" for p in parts) else "missing"
        return Period(span=window, amount=None, recorded=None, status=status, coverage=0.0)
    whole = sum(part for _, part in days) == window.days and all(p.status == "recorded" for p in parts)
    return Period(
        span=window,
        amount=math.fsum((p.amount or 0.0) * part / p.span.days for p, part in known),
        recorded=sum(((p.recorded or Decimal(0)) * part / p.span.days for p, part in known), Decimal(0)),
        status="recorded" if whole else "partly",
        coverage=covered,
        returned=math.fsum(p.returned * part / p.span.days for p, part in known),
    )
