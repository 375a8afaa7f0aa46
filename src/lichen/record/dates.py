"""When a row happened, as people write it: a day, a month, a quarter or a year, in one column or in `[year, month]`.

Read are ISO dates and times (`2026-01-31`, `2026-01-31T08:00Z`, `20260131`), `31.01.2026`, `31/01/2026` or
`01/31/2026` (as the other cells of the column prove; else a question), `31 January 2026`, `Jan 31, 2026`, `2026-01`,
`January 2026`, `2026-W05`, `2026-Q1`, `Q1 2026`, `2026`; beside a year also `January`, `1`, `January-March`, `JAN
THRU MAR`, `Q1`, `1st quarter`, `W05`. The day is taken as written, whatever its time zone. Seasons of a rule and
lengths of time are read here too.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, final

from lichen.record.calendar_windows import MONTHS, Grain, Span, grain_of_spacing, window_at
from lichen.record.figures import Cell

Order = Literal["day first", "month first", "mixed", ""]
"""Whether `5/1/2026` is a day in January or in May, as the other cells prove."""

_NAMES = tuple(name.lower() for name in calendar.month_name[1:])
_MONTH_OF = (
    {name: i for i, name in enumerate(_NAMES, 1)} | {name[:3]: i for i, name in enumerate(_NAMES, 1)} | {"sept": 9}
)
_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s*(?:[AaPp][Mm])?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})[/.-](\d{4})" + _TIME)
_SHORT_YEAR = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}" + _TIME)
_WORDED = (
    re.compile(r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?[ -]+(?P<m>[A-Za-z]{3,9})\.?,?[ -]+(?P<y>\d{4})" + _TIME),
    re.compile(r"(?P<m>[A-Za-z]{3,9})\.? +(?P<d>\d{1,2})(?:st|nd|rd|th)?,? +(?P<y>\d{4})" + _TIME),
)
_YEAR = re.compile(r"(\d{4})(?:\.0+)?")
_YEAR_AND_PART = (
    re.compile(r"(?P<y>\d{4})[-/ .]?(?P<p>[A-Za-z].*|\d{2})"),
    re.compile(r"(?P<p>[A-Za-z].*?)[-/, ]+(?P<y>\d{4})"),
)
_QUARTER = re.compile(r"(?:q|quarter ?)([1-4])|([1-4])(?:st|nd|rd|th)? ?(?:q|quarter)", re.IGNORECASE)
_WEEK = re.compile(r"(?:w|week ?|kw ?)(\d{1,2})", re.IGNORECASE)
_MONTHS_FROM_TO = re.compile(r"([a-z]{3,9})\.?\s*(?:-|–|/|to|thru|through|until)\s*([a-z]{3,9})\.?", re.IGNORECASE)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a row holds: a span of days, or what is wrong; `question` when only a person can tell."""

    span: Span | None = None
    wrong: str = ""
    question: str = ""


def read_moment(cells: tuple[Cell, ...], order: Order = "") -> Moment:
    """Read one column, or a year with a part of it (and a day), as one moment."""
    if any(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells):
        return Moment(wrong="has no date")
    if len(cells) == 1:
        return _single(cells[0], order)
    year = _whole(cells[0])
    if year is None or not 1000 <= year <= 9998:
        return Moment(wrong=f"`{cells[0]}` is not a year")
    span = _part_of_year(year, cells[1])
    if span is None:
        return Moment(wrong=f"`{cells[1]}` is not a month, quarter or week of a year")
    if len(cells) == 2:
        return Moment(span=span)
    return _moment_of(year, span.start.month, _whole(cells[2]) or 0)


def day_order(cells: Iterable[Cell]) -> Order:
    """What the cells of a column prove about `5/1/2026`: a first number above 12 is a day, a second above 12 too."""
    proofs: set[Order] = set()
    for cell in cells:
        if isinstance(cell, str) and (found := _SLASHED.fullmatch(cell.strip())) and found[2] != ".":
            first, second = int(found[1]), int(found[3])
            if (first > 12) != (second > 12):
                proofs.add("day first" if first > 12 else "month first")
    return "mixed" if len(proofs) > 1 else next(iter(proofs), "")


def _single(cell: Cell, order: Order) -> Moment:
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return Moment(span=window_at("day", cell))
    if isinstance(cell, bool):
        return Moment(wrong=f"`{cell}` is not a date")
    if isinstance(cell, int | float | Decimal):
        whole = _whole(cell)
        cell = str(whole) if whole is not None else str(cell)
    return _written((cell or "").strip()[:60], order)


def _written(text: str, order: Order) -> Moment:
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _moment_of(int(found[1]), int(found[2]), int(found[3]), text)
    if found := _SLASHED.fullmatch(text):
        return _slashed(found, order)
    if _SHORT_YEAR.fullmatch(text):
        return Moment(
            question=f"`{text}` has a year of two digits: which century is it? Write the year with four digits"
        )
    for pattern in _WORDED:
        found = pattern.fullmatch(text)
        if found and found["m"].lower() in _MONTH_OF:
            return _moment_of(int(found["y"]), _MONTH_OF[found["m"].lower()], int(found["d"]), text)
    if (found := _YEAR.fullmatch(text)) and 1000 <= int(found[1]) <= 9998:
        return Moment(span=window_at("year", date(int(found[1]), 1, 1)))
    for pattern in _YEAR_AND_PART:
        found = pattern.fullmatch(text)
        if found and 1000 <= int(found["y"]) <= 9998 and (span := _part_of_year(int(found["y"]), found["p"].strip())):
            return Moment(span=span)
    return Moment(wrong=f"`{text}` is not a date")


def _slashed(found: re.Match[str], order: Order) -> Moment:
    first, sign, second, year = int(found[1]), found[2], int(found[3]), int(found[4])
    if sign == "." or first > 12 or order == "day first":
        return _moment_of(year, second, first, found[0])
    if second > 12 or order == "month first":
        return _moment_of(year, first, second, found[0])
    if first == second:
        return _moment_of(year, first, second, found[0])
    return Moment(question=f"`{found[0]}` can be two days: is the day or the month first? Write it as {year}-MM-DD")


def _moment_of(year: int, month: int, day: int, text: str = "") -> Moment:
    try:
        return Moment(span=window_at("day", date(year, month, day)))
    except ValueError:
        return Moment(wrong=f"`{text or f'{year}-{month}-{day}'}` is not a day of the calendar")


def _part_of_year(year: int, part: Cell) -> Span | None:
    """The span that a month, quarter or week means within a year."""
    number = _whole(part)
    if number is not None:
        return window_at("month", date(year, number, 1)) if 1 <= number <= 12 else None
    if not isinstance(part, str):
        return None
    text = part.strip()
    if found := _QUARTER.fullmatch(text):
        return window_at("quarter", date(year, int(found[1] or found[2]) * 3, 1))
    if (found := _WEEK.fullmatch(text)) and 1 <= int(found[1]) <= 53:
        try:
            return window_at("week", date.fromisocalendar(year, int(found[1]), 1))
        except ValueError:
            return None
    if month := _MONTH_OF.get(text.rstrip(".").lower()):
        return window_at("month", date(year, month, 1))
    if found := _MONTHS_FROM_TO.fullmatch(text):
        first, last = (_MONTH_OF.get(name.lower()) for name in found.groups())
        if first and last and first <= last:
            return Span(date(year, first, 1), window_at("month", date(year, last, 1)).end)
    return None


def _whole(cell: Cell) -> int | None:
    """A whole number, also as `2015.0` or `"2015.0"`; None for anything else."""
    if isinstance(cell, bool) or cell is None or isinstance(cell, date):
        return None
    if isinstance(cell, str):
        found = re.fullmatch(r"(\d{1,4})(?:\.0+)?", cell.strip())
        return int(found[1]) if found else None
    return int(cell) if -9999 <= cell <= 99_999_999 and cell == int(cell) else None


@final
@dataclass(frozen=True, slots=True)
class Length:
    """A length of calendar time, as `period: quarter` or `period: 2 weeks` says it."""

    months: int = 0
    days: int = 0

    @property
    def grain(self) -> Grain:
        """The calendar windows that are about as long."""
        return grain_of_spacing(self.months * 30 + self.days)

    def from_(self, start: date) -> Span:
        """The span of this length that begins on a day; a month begun on the 31st ends with the next month's last
        day.
        """
        years, month = divmod(start.year * 12 + start.month - 1 + self.months, 12)
        if years > 9998:
            return Span(start, date.max)
        last = (date(years + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
        end = date(years, month + 1, min(start.day, last))
        return Span(start, end + timedelta(days=min(self.days, (date.max - end).days)))


def length_of(text: str) -> Length | None:
    """The length that a text such as `quarter`, `1 month` or `2 weeks` stands for; None when it is none."""
    found = re.fullmatch(r"(?:(\d{1,4})\s*)?(day|week|month|quarter|year)s?", text.strip().lower())
    if found is None or found[1] == "0":
        return None
    count, unit = int(found[1] or 1), found[2]
    if unit in ("day", "week"):
        return Length(days=count * (7 if unit == "week" else 1))
    return Length(months=count * MONTHS[unit])
