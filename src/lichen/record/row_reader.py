"""One row of a table as the evidence reads it: when, how much, whose; or why it cannot be read, or what has to be
asked first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias, final

from lichen.language.formula import parse, parse_unit
from lichen.language.problem import Problem, did_you_mean, listing
from lichen.language.tokens import FormulaError
from lichen.record.calendar_windows import Span
from lichen.record.dates import Length, Order, day_order, length_of, read_moment
from lichen.record.figures import Cell, Mark, read_figure
from lichen.record.rows import Entry
from lichen.record.table import Table, decimal_marks, problem_in, text_of
from lichen.relationship.evaluate import evaluate
from lichen.relationship.formula import Name, Tree, names
from lichen.relationship.quantity import Unit
from lichen.relationship.rules import Evidence

_CURRENCY_OF_SIGN = {"£": "GBP", "€": "EUR", "$": "USD", "¥": "JPY", "₹": "INR", "₩": "KRW"}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How the rows of one table are read, made once a table.

    `tree` is None when the figure is one column as it stands (or `count`). `marks` holds the decimal mark by column,
    `known` the names a row may use by role (`member`, `from`, `to`); no names are asked for a role that is absent.
    """

    evidence: Evidence
    table: Table
    tree: Tree | None
    figures: tuple[str, ...]
    marks: Mapping[str, Mark]
    order: Order
    period: Length | None
    known: Mapping[str, Set[str]]
    as_of: date | None
    today: date | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """What became of one row: an entry, or why not (with an entry all the same when it says when and of whom); nothing
    of it when it is left out. `undated` when it may belong to any period.
    """

    entry: Entry | None = None
    rejected: str = ""
    queued: str = ""
    undated: bool = False

    @property
    def counts(self) -> bool:
        """Whether the row is taken as it stands."""
        return self.entry is not None and not self.rejected and not self.queued


_Amount: TypeAlias = "tuple[Decimal | None, bool] | Put"


def reader_of(
    evidence: Evidence,
    table: Table,
    units: Mapping[str, Unit],
    known: Mapping[str, Set[str]],
    as_of: date | None,
    today: date | None,
) -> Reader | tuple[Problem, ...]:
    """How this evidence reads this table, or everything that keeps it from being read."""
    problems: list[Problem] = []
    tree: Tree | None = None
    figures: tuple[str, ...] = ()
    figure = (evidence.amount or evidence.level or "").strip()
    if figure in table.columns:
        figures = (figure,)
    elif figure:
        try:
            tree = parse(figure, {})  # every column is a plain number, also one that is called `m` or `hours`
            figures = tuple(sorted(names(tree)))
        except FormulaError as error:
            problems.append(
                problem_in(
                    table.name, f"`{figure}`, read for `{evidence.subject}`, is no formula: {error.fact}", error.repair
                )
            )
    try:
        parse_unit(evidence.unit or "1", units)
    except FormulaError as error:
        problems.append(
            problem_in(table.name, f"the unit of `{evidence.subject}` cannot be read: {error.fact}", error.repair)
        )
    period = None if evidence.period is None else length_of(evidence.period)
    if evidence.period is not None and period is None:
        fact = f"`{evidence.period}`, the period of `{evidence.subject}`, is not a length of time"
        problems.append(problem_in(table.name, fact, "Write `month`, `quarter` or a length such as `2 weeks`."))
    named = (evidence.count, evidence.member, evidence.giver, evidence.receiver)
    wanted = dict.fromkeys([*evidence.at, *figures, *(c for c in named if c is not None), *evidence.where])
    problems += [_missing(column, evidence, table) for column in wanted if column not in table.columns]
    if problems:
        return tuple(problems)
    columns = table.columns
    return Reader(
        evidence=evidence,
        table=table,
        tree=tree,
        figures=figures,
        marks=decimal_marks(table, figures),
        order=day_order(columns[evidence.at[0]]),
        period=period,
        known=known,
        as_of=as_of,
        today=today,
    )


def _missing(column: str, evidence: Evidence, table: Table) -> Problem:
    hint = did_you_mean(column, table.columns)
    has = f"It has {listing(list(table.columns)[:12], 'and')}."
    fact = f"there is no column `{column}`, which the evidence of `{evidence.subject}` reads"
    return problem_in(table.name, fact, f"{hint} {has}".strip())


def read_row(reader: Reader, position: int) -> Put:
    """What becomes of the row at this position (counted from 0)."""
    table, evidence = reader.table, reader.evidence
    if position in table.damaged:
        return Put(rejected=table.damaged[position], undated=True)
    if not all(_holds(table.columns[column][position], values) for column, values in evidence.where.items()):
        return Put()
    moment = read_moment(tuple(table.columns[column][position] for column in evidence.at), reader.order)
    if moment.question:
        return Put(queued=moment.question, undated=True)
    if moment.span is None:
        return Put(rejected=moment.wrong, undated=True)
    span = _span(reader, moment.span)
    if reader.as_of is not None and span.start > reader.as_of:
        return Put()
    if reader.today is not None and span.start > reader.today:
        return Put(queued=f"lies in the future ({span}): is the date right?")
    amount = _amount(reader, position)
    figure, withheld = (None, False) if isinstance(amount, Put) else amount
    roles = {role: _named(reader, role, position) for role in ("member", "from", "to")}
    entry = Entry(
        row=table.rows[position],
        span=span,
        amount=figure,
        withheld=withheld,
        member=roles["member"],
        giver=roles["from"],
        receiver=roles["to"],
    )
    if isinstance(amount, Put):
        return Put(entry=entry, rejected=amount.rejected, queued=amount.queued)
    return Put(entry=entry, queued=_question(reader, entry))


def _holds(cell: Cell, wanted: tuple[str | float | bool, ...]) -> bool:
    """Whether a cell is one of those that `where` asks for."""
    text = text_of(cell)
    return any(_is(text, value) for value in wanted)


def _is(text: str, value: str | float | bool) -> bool:
    if isinstance(value, bool):
        return text.lower() in (("true", "yes", "1") if value else ("false", "no", "0"))
    if isinstance(value, str):
        return text == value
    figure = read_figure(text)
    return figure.value is not None and float(figure.value) == value


def _span(reader: Reader, span: Span) -> Span:
    """The days the row stands for: from `at` on as long as `period` says, moved back by `lag`."""
    if reader.period is not None:
        span = reader.period.from_(span.start)
    return span.moved(-round(reader.evidence.lag_days)) if reader.evidence.lag_days else span


def _amount(reader: Reader, position: int) -> _Amount:
    """The figure of a row and whether it was withheld; or why the row is rejected or queued."""
    values: dict[str, Decimal] = {}
    withheld = False
    unknown = False
    if reader.evidence.count is not None:
        return (
            (None, False)
            if text_of(reader.table.columns[reader.evidence.count][position]) == ""
            else (Decimal(1), False)
        )
    for column in reader.figures:
        cell = reader.table.columns[column][position]
        figure = read_figure(cell, reader.marks[column], point_is_decimal=reader.table.divided_by_comma)
        if figure.state == "unreadable":
            return Put(rejected=f"`{text_of(cell)[:40]}` in `{column}` is not a number")
        if figure.state == "ambiguous":
            return Put(queued=f"`{text_of(cell)}` in `{column}` can be two numbers: is its mark a decimal mark?")
        if figure.unit is not None and not _same_unit(figure.unit, reader.evidence.unit):
            return Put(
                queued=f"`{text_of(cell)}` is in {figure.unit}, the evidence says {reader.evidence.unit or 'no unit'}"
            )
        withheld = withheld or figure.state == "withheld"
        unknown = unknown or figure.value is None
        if figure.value is not None:
            values[column] = figure.value
    if unknown:
        return None, withheld
    if reader.tree is None:
        return values[reader.figures[0]], False
    result = evaluate(reader.tree, _look_up(values))
    if not math.isfinite(result):
        return Put(rejected=f"`{reader.evidence.amount or reader.evidence.level}` has no finite value here")
    return Decimal(repr(result)), False


def _look_up(values: Mapping[str, Decimal]) -> Callable[[Name], float]:
    return lambda name: float(values[name.text])


def _same_unit(written: str, declared: str | None) -> bool:
    """Whether the unit in a cell is the declared one; a sign of money stands for its currency."""
    written = _CURRENCY_OF_SIGN.get(written, written)
    plural = {written.casefold(), written.casefold().rstrip("s")}
    return declared is not None and bool(plural & {declared.casefold(), declared.casefold().rstrip("s")})


def _named(reader: Reader, role: str, position: int) -> str | None:
    column = {"member": reader.evidence.member, "from": reader.evidence.giver, "to": reader.evidence.receiver}[role]
    return None if column is None else text_of(reader.table.columns[column][position])


def _question(reader: Reader, entry: Entry) -> str:
    """What has to be answered before the row counts; nothing when it counts."""
    for role, name in (("member", entry.member), ("from", entry.giver), ("to", entry.receiver)):
        if name == "":
            return f"names nobody in `{_column(reader.evidence, role)}`: whose is it?"
        known = reader.known.get(role)
        if name is not None and known is not None and name not in known:
            return f"`{name}` in `{_column(reader.evidence, role)}` is no member of the group; say who it is"
    return ""


def _column(evidence: Evidence, role: str) -> str | None:
    return {"member": evidence.member, "from": evidence.giver, "to": evidence.receiver}[role]
