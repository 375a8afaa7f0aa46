"""When a row happened."""

from datetime import date, datetime

import pytest

from lichen.record.calendar_windows import Grain, Span, grain_of, window_at, windows
from lichen.record.dates import Order, day_order, length_of, read_moment
from lichen.record.figures import Cell


@pytest.mark.parametrize(
    ("cells", "span"),
    [
        (("2026-01-31",), "2026-01-31"),
        (("2026-01-31T23:59:59Z",), "2026-01-31"),
        (("2026/01/31 08:00",), "2026-01-31"),
        (("20260131",), "2026-01-31"),
        (("31.01.2026",), "2026-01-31"),
        (("31/01/2026",), "2026-01-31"),
        (("1/31/2026 8:26 AM",), "2026-01-31"),
        (("Jan 31, 2026",), "2026-01-31"),
        (("31 January 2026",), "2026-01-31"),
        ((datetime(2026, 1, 31, 9),), "2026-01-31"),
        (("2026-01",), "2026-01"),
        (("January 2026",), "2026-01"),
        (("2026-Q2",), "quarter 2 of 2026"),
        (("Q2 2026",), "quarter 2 of 2026"),
        (("2026",), "2026"),
        ((2026.0,), "2026"),
        (("2026-W05",), "2026-01-26 to 2026-02-01"),
        (("2015", "January-March"), "quarter 1 of 2015"),
        ((2015, "JAN THRU MAR"), "quarter 1 of 2015"),
        (("2015.0", "1st quarter"), "quarter 1 of 2015"),
        ((2015, 3), "2015-03"),
        ((2015, "Mar"), "2015-03"),
        ((2015, 3, 9), "2015-03-09"),
    ],
)
def test_a_moment_is_read_as_written(cells: tuple[Cell, ...], span: str) -> None:
    assert str(read_moment(cells).span) == span


@pytest.mark.parametrize("cell", ["5/1/2026", "05-01-2026", "31.01.26"])
def test_what_can_be_two_days_is_a_question(cell: str) -> None:
    found = read_moment((cell,))
    assert found.span is None
    assert found.question


@pytest.mark.parametrize(
    "cells", [("",), (None,), ("soon",), ("2026-02-30",), (45000.5,), (2015, 13), (2015, "Q5"), (True,)]
)
def test_what_is_no_date_is_wrong(cells: tuple[Cell, ...]) -> None:
    found = read_moment(cells)
    assert found.span is None
    assert found.wrong


@pytest.mark.parametrize(
    ("column", "order", "day"),
    [
        (["5/1/2026", "13/1/2026"], "day first", "2026-01-05"),
        (["5/1/2026", "1/13/2026"], "month first", "2026-05-01"),
        (["5/1/2026", "13/1/2026", "1/13/2026"], "mixed", "None"),
        (["5/1/2026"], "", "None"),
    ],
)
def test_a_column_proves_whether_the_day_comes_first(column: list[Cell], order: Order, day: str) -> None:
    assert day_order(column) == order
    assert str(read_moment((column[0],), order).span) == day


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("quarter", date(2026, 1, 1), date(2026, 4, 1)),
        ("1 month", date(2026, 1, 31), date(2026, 2, 28)),
        ("2 weeks", date(2026, 1, 1), date(2026, 1, 15)),
        ("1 year", date(2024, 2, 29), date(2025, 2, 28)),
        ("12 months", date(2026, 12, 1), date(2027, 12, 1)),
    ],
)
def test_a_period_begins_where_the_row_says(text: str, start: date, end: date) -> None:
    length = length_of(text)
    assert length is not None
    assert length.from_(start) == Span(start, end)


@pytest.mark.parametrize("text", ["", "soon", "0 days", "-1 month", "3"])
def test_what_is_no_length_has_none(text: str) -> None:
    assert length_of(text) is None


def test_windows_follow_the_calendar() -> None:
    year = Span(date(2026, 1, 1), date(2027, 1, 1))
    counts = {grain: len(list(windows(grain, year))) for grain in ("day", "week", "month", "quarter", "year")}
    # 2026 begins on a Thursday and ends on a Thursday: 53 weeks touch it.
    assert counts == {"day": 365, "week": 53, "month": 12, "quarter": 4, "year": 1}


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
@pytest.mark.parametrize("day", [date.min, date(2026, 12, 31), date(9999, 12, 30)])
def test_windows_exist_up_to_the_ends_of_the_calendar(grain: Grain, day: date) -> None:
    window = window_at(grain, day)
    assert window.start <= day <= window.end
    assert len(list(windows(grain, window))) >= 1


def test_the_grain_of_a_span_is_the_finest_that_holds_it() -> None:
    assert grain_of(Span(date(2026, 1, 1), date(2026, 3, 1))) == "quarter"
    assert grain_of(Span(date(2026, 1, 5), date(2026, 1, 12))) == "week"
    assert grain_of(Span(date(2026, 1, 5), date(2027, 1, 5))) == "year"
