"""Rows of a table to entries of the record, as the `evidence:` of a relationship says. Pure: the table is handed in.

A row is left out by `where`, rejected when it cannot be read, queued when only a person can tell, revised when a
later row of a report or reading gives the same figure anew; every other row is an entry. A rejected or queued row
whose days are known is an entry without a figure: what it would have said is not known, never 0. Rows of
a report that agree in period and member but differ in a column of text, or in one of which `where` takes several
values, are parts: they are added.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import median_low

from lichen.language.problem import Problem
from lichen.record.calendar_windows import Grain, grain_of, grain_of_spacing, window_at
from lichen.record.dates import read_moment
from lichen.record.figures import Cell, read_figure
from lichen.record.row_reader import Put, Reader, read_row, reader_of
from lichen.record.rows import Entry, Imported, Nature, RowNote, RowReport
from lichen.record.table import Table, text_of
from lichen.relationship.quantity import Unit
from lichen.relationship.rules import Evidence


def import_rows(
    evidence: Evidence,
    table: Table,
    units: Mapping[str, Unit],
    *,
    known: Mapping[str, Set[str]] | None = None,
    as_of: date | None = None,
    today: date | None = None,
) -> Imported | tuple[Problem, ...]:
    """Every row of the table as the evidence reads it, or the problems that keep the whole table from being read.

    `known` are the names that `member`, `from` and `to` may hold, by role. Rows after `as_of` are left out; rows
    after `today` are queued.
    """
    made = reader_of(evidence, table, units, known or {}, as_of, today)
    if not isinstance(made, Reader):
        return made
    puts = [read_row(made, position) for position in range(len(table))]
    nature = _nature(made, puts)
    revised = _revised(made, puts) if nature != "log" else {}
    kept = {
        position: entry for position, put in enumerate(puts) if (entry := _counting(put)) and position not in revised
    }
    grain = made.period.grain if made.period is not None else _grain(tuple(kept.values()), nature)
    entries = (
        tuple(kept.values()) if evidence.count is None else _once_a_window(kept, table.columns[evidence.count], grain)
    )
    return Imported(entries=entries, nature=nature, grain=grain, report=_report(made, puts, revised, nature))


def _nature(reader: Reader, puts: list[Put]) -> Nature:
    if reader.evidence.level is not None:
        return "reading"
    spans = [put.entry.span.days for put in puts if put.entry is not None]
    return "report" if reader.period is not None or (spans and median_low(spans) > 1) else "log"


def _revised(reader: Reader, puts: list[Put]) -> dict[int, int]:
    """Positions whose figure a later row gives anew, with the position of that row."""
    if not _parts(puts, [p for p, put in enumerate(puts) if put.counts]):
        return {}
    texts = _describing_columns(reader)
    latest: dict[object, int] = {}
    replaced: dict[int, int] = {}
    for position, put in enumerate(puts):
        if put.entry is None or not put.counts:
            continue
        key = (put.entry.span, put.entry.who, *(text_of(reader.table.columns[column][position]) for column in texts))
        if key in latest:
            replaced[latest[key]] = position
        latest[key] = position
    return replaced


def _describing_columns(reader: Reader) -> tuple[str, ...]:
    """Columns that say which part of a figure a row is: where `where` takes several values, and those of text."""
    evidence = reader.evidence
    chosen = tuple(column for column, values in evidence.where.items() if len(values) > 1)
    used = {*evidence.at, *reader.figures, evidence.member, evidence.giver, evidence.receiver, *evidence.where}

    def describes(column: str) -> bool:
        return any(
            isinstance(cell, str) and read_figure(cell).state == "unreadable" and read_moment((cell,)).span is None
            for cell in reader.table.columns[column]
        )

    return (*chosen, *(column for column in reader.table.columns if column not in used and describes(column)))


def _counting(put: Put) -> Entry | None:
    """The entry of a row. One that cannot be read or waits for an answer stays as a figure that is not known, if it
    says when and of whom.
    """
    return put.entry if put.entry is None or put.counts else replace(put.entry, amount=None)


def _once_a_window(kept: Mapping[int, Entry], values: tuple[Cell, ...], grain: Grain) -> tuple[Entry, ...]:
    """Entries of a count: each value counts once in a window for each member, on the day it first occurs there."""
    first: dict[object, int] = {}
    for position in sorted(kept, key=lambda p: (kept[p].span, kept[p].row)):
        entry = kept[position]
        if entry.amount is not None:
            first.setdefault((window_at(grain, entry.span.start), entry.who, text_of(values[position])), position)
    counting = set(first.values())
    return tuple(
        replace(entry, amount=Decimal(0)) if entry.amount is not None and position not in counting else entry
        for position, entry in kept.items()
    )


def _grain(entries: tuple[Entry, ...], nature: Nature) -> Grain:
    """The windows this record speaks in."""
    if nature == "report" or (entries and median_low([e.span.days for e in entries]) > 1):
        lengths = sorted(entries, key=lambda entry: entry.span.days)
        return grain_of(lengths[len(lengths) // 2].span) if lengths else "month"
    days = sorted({entry.span.start for entry in entries})
    if nature == "reading":
        steps = [(later - earlier).days for earlier, later in pairwise(days)]
        return grain_of_spacing(median_low(steps)) if steps else "month"
    covered = (days[-1] - days[0]).days if days else 0
    return "month" if covered > 45 else "week" if covered > 14 else "day"


def _report(reader: Reader, puts: list[Put], revised: Mapping[int, int], nature: Nature) -> RowReport:
    table = reader.table
    taken = [p for p, put in enumerate(puts) if put.counts and p not in revised]
    figures = [put.entry.amount for p in taken if (put := puts[p]).entry is not None]
    negative = [amount for amount in figures if amount is not None and amount < 0] if nature != "reading" else []
    alike = _alike(table, taken) if nature == "log" else 0
    notes = list(table.notes)
    if alike:
        said = "1 row equals" if alike == 1 else f"{alike} rows equal"
        notes.append(f"{said} an earlier row in every column and all count: is it the same event twice?")
    if nature != "log" and (parts := _parts(puts, taken)):
        said = "1 row agrees" if parts == 1 else f"{parts} rows agree"
        notes.append(f"{said} with another in period and member, not in another column; they are added")
    return RowReport(
        subject=reader.evidence.subject,
        file=table.name,
        rows=len(table),
        accepted=len(taken),
        not_known=sum(1 for p in taken if (e := puts[p].entry) and e.amount is None and not e.withheld),
        withheld=sum(1 for p in taken if (e := puts[p].entry) and e.amount is None and e.withheld),
        negative=len(negative),
        returned=sum(negative, Decimal(0)),
        alike=alike,
        rejected=tuple(RowNote(row=table.rows[p], says=put.rejected) for p, put in enumerate(puts) if put.rejected),
        queued=tuple(RowNote(row=table.rows[p], says=put.queued) for p, put in enumerate(puts) if put.queued),
        revised=tuple(
            RowNote(row=table.rows[p], says=f"replaced by row {table.rows[by]}") for p, by in revised.items()
        ),
        undated=sum(1 for put in puts if put.undated),
        left_out=sum(1 for put in puts if put.entry is None and not put.rejected and not put.queued),
        notes=tuple(notes),
    )


def _alike(table: Table, taken: list[int]) -> int:
    """How many rows equal an earlier one in every column."""
    seen: set[tuple[object, ...]] = set()
    columns = tuple(table.columns.values())
    count = 0
    for position in taken:
        row = tuple(cells[position] for cells in columns)
        count += row in seen
        seen.add(row)
    return count


def _parts(puts: list[Put], taken: list[int]) -> int:
    """How many rows share period and member with an earlier one that they do not replace."""
    keys = [(entry.span, entry.who) for p in taken if (entry := puts[p].entry) is not None]
    return len(keys) - len(set(keys))
