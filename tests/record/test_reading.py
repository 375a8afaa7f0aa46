"""The record as periods with their gaps; the bees with the real table."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from lichen.record.calendar_windows import Span
from lichen.record.csv_text import read_csv
from lichen.record.importing import import_rows
from lichen.record.reading import Period, SubjectSeries, regrouped, series_of
from lichen.record.rows import Imported
from lichen.record.table import Table, text_of
from lichen.record.tables import open_table
from lichen.relationship.quantity import Dimension, Unit, standard_units
from lichen.relationship.rules import Evidence
from tests.record.test_importing import UNITS, evidence_of, imported

COLONY = Path(__file__).parents[2] / "examples" / "bees" / "data" / "colony.csv"
COLONIES = {**standard_units(), "colony": Unit("colony", 1.0, Dimension.of("colony"))}


def series(text: str, *, expected: set[str] | None = None, **keys: object) -> SubjectSeries:
    known = {"member": expected} if expected is not None else None
    return series_of(evidence_of(**keys), imported(text, known=known, **keys), UNITS, expected)  # type: ignore[arg-type]  # keys of evidence only


def shown(periods: tuple[Period, ...]) -> list[tuple[str, float | None, str]]:
    return [(str(period.span), period.amount, period.status) for period in periods]


def test_a_silent_month_of_a_log_is_a_month_without_events() -> None:
    found = series("day,n\n2026-01-05,3\n2026-01-07,1\n2026-04-01,2\n")
    assert shown(found.periods) == [
        ("2026-01", 4.0, "recorded"),
        ("2026-02", 0.0, "recorded"),
        ("2026-03", 0.0, "recorded"),
        ("2026-04", 2.0, "recorded"),
    ]


def test_a_row_that_cannot_be_read_makes_its_month_not_known_and_never_zero() -> None:
    found = series('day,n\n2026-01-05,3\n2026-03-15,thirty\n2026-04-01,2\n2026-04-02,"1,234"\n')
    assert shown(found.periods) == [
        ("2026-01", 3.0, "recorded"),
        ("2026-02", 0.0, "recorded"),
        ("2026-03", None, "missing"),
        ("2026-04", 2.0, "partly"),
    ]
    assert [p.coverage for p in found.periods] == [1.0, 1.0, 0.0, 0.5]  # of April's two rows one is known


def test_a_row_of_no_known_day_may_belong_to_any_month() -> None:
    found = series("day,n\n2026-01-05,3\n2026-13-15,5\n2026-03-15,4\n2026-03-16,1\n")
    assert shown(found.periods) == [
        ("2026-01", 3.0, "partly"),
        ("2026-02", None, "missing"),
        ("2026-03", 5.0, "partly"),
    ]
    assert [p.coverage for p in found.periods] == [0.75, 0.0, 0.75]  # 3 of 4 rows have a day


def test_a_row_of_the_future_makes_no_empty_months_up_to_it() -> None:
    found = imported("day,n\n2026-01-05,3\n2030-01-01,4\n", today=date(2026, 6, 1))
    assert shown(series_of(evidence_of(), found, UNITS).periods) == [("2026-01-05", 3.0, "recorded")]


def test_a_silent_month_of_a_report_is_a_gap_and_never_zero() -> None:
    found = series("day,n\n2026-01-01,3\n2026-02-01,\n2026-03-01,(D)\n2026-05-01,2\n", period="month")
    assert shown(found.periods) == [
        ("2026-01", 3.0, "recorded"),
        ("2026-02", None, "missing"),
        ("2026-03", None, "censored"),
        ("2026-04", None, "missing"),
        ("2026-05", 2.0, "recorded"),
    ]
    assert found.coverage == 2 / 5
    assert [str(gap.span) for gap in found.gaps] == ["2026-02", "2026-03", "2026-04"]


def test_a_window_that_holds_an_unknown_row_is_partly_known() -> None:
    found = series("day,n\n2026-01-05,3\n2026-01-06,\n2026-04-01,2\n")
    assert (found.periods[0].amount, found.periods[0].status, found.periods[0].coverage) == (3.0, "partly", 0.5)


def test_members_who_say_nothing_are_missing_from_the_whole() -> None:
    text = "day,n,who\n2026-01-01,3,a\n2026-01-01,4,b\n2026-02-01,5,a\n"
    found = series(text, member="who", period="month", expected={"a", "b", "c"})
    assert shown(found.periods) == [("2026-01", 7.0, "partly"), ("2026-02", 5.0, "partly")]
    assert [p.coverage for p in found.periods] == [pytest.approx(2 / 3), pytest.approx(1 / 3)]
    assert shown(found.members["b"]) == [("2026-01", 4.0, "recorded"), ("2026-02", None, "missing")]
    assert shown(found.members["c"]) == [("2026-01", None, "missing"), ("2026-02", None, "missing")]


def test_rows_of_nobody_leave_a_report_partly_known() -> None:
    text = "day,n,who\n2026-01-01,3,a\n2026-01-01,4,\n2026-02-01,5,a\n"
    found = series(text, member="who", period="month", expected={"a"})
    assert shown(found.periods) == [("2026-01", 3.0, "partly"), ("2026-02", 5.0, "recorded")]


def test_a_flow_that_is_seen_in_part_is_partly_known() -> None:
    found = series("day,n\n2026-01-05,3\n", seen=0.6)
    assert (found.periods[0].amount, found.periods[0].status, found.periods[0].coverage) == (3.0, "partly", 0.6)


def test_a_figure_is_spread_evenly_over_the_days_it_stands_for() -> None:
    found = series("day,n\n2026-01-16,31\n2026-02-16,28\n", period="month")
    # 16 January to 15 February has 31 days, 16 of them in January; 16 February to 15 March has 28, 13 in February.
    assert shown(found.periods) == [
        ("2026-01", 16.0, "recorded"),
        ("2026-02", 28.0, "recorded"),
        ("2026-03", 15.0, "recorded"),
    ]


def test_what_came_back_is_kept_beside_the_sum() -> None:
    found = series("day,n\n2026-01-05,10\n2026-01-06,-3\n")
    assert (found.periods[0].amount, found.periods[1].returned) == (10.0, -3.0)


def test_amounts_are_in_base_units_and_as_recorded() -> None:
    found = series("day,n\n2026-01-05,2.50\n", unit="kEUR" if "kEUR" in UNITS else "t")
    assert (found.periods[0].amount, found.periods[0].recorded) == (2500.0, Decimal("2.50"))  # one t is 1000 kg


def test_a_level_is_the_last_reading_of_its_window() -> None:
    found = series(
        "day,n\n2026-01-31,5\n2026-02-14,9\n2026-02-28,6\n2026-04-30,7\n", amount=None, level="n", period=None
    )
    assert found.nature == "reading"
    assert [(p.amount, p.read_on) for p in found.periods if p.amount is not None][-2:] == [
        (6.0, date(2026, 2, 28)),
        (7.0, date(2026, 4, 30)),
    ]


def test_weeks_are_regrouped_into_months_by_days() -> None:
    weeks = tuple(
        Period(
            span=Span(date(2026, 1, d), date(2026, 1, d + 7)),
            amount=7.0,
            recorded=Decimal(7),
            status="recorded",
            coverage=1.0,
        )
        for d in (5, 12, 19)
    )
    week = Period(
        span=Span(date(2026, 1, 26), date(2026, 2, 2)),
        amount=14.0,
        recorded=Decimal(14),
        status="recorded",
        coverage=1.0,
    )
    months = regrouped((*weeks, week), "month")
    # 26 January to 1 February: 6 of 7 days in January. January lacks its first 4 days, February all but one.
    assert shown(months) == [("2026-01", 33.0, "partly"), ("2026-02", 2.0, "partly")]
    assert months[0].coverage == pytest.approx(27 / 31)


def bees(**keys: object) -> tuple[Imported, SubjectSeries]:
    table, problems = open_table(COLONY)
    assert problems == ()
    assert table is not None
    states = {text_of(cell) for cell in table.columns["states"]} - {"Other States"}
    evidence = Evidence(subject="x", file="colony.csv", at=("year", "month"), member="states", unit="colony", **keys)  # type: ignore[arg-type]  # keys of evidence only
    found = import_rows(evidence, table, COLONIES, known={"member": states})
    assert isinstance(found, Imported)
    return found, series_of(evidence, found, COLONIES, states)


def test_the_quarter_in_which_nobody_counted_bees_is_a_gap() -> None:
    _, lost = bees(amount="colony_lost")
    assert (len(lost.periods), len(lost.members)) == (24, 45)
    assert [(str(gap.span), gap.status) for gap in lost.gaps] == [("quarter 2 of 2019", "missing")]
    assert lost.coverage == pytest.approx(23 / 24)


def test_the_bees_lost_in_a_quarter_are_the_sum_over_45_states() -> None:
    _, lost = bees(amount="colony_lost")
    # Summed from the file with the csv module and Decimal: all of 2015, January to March, but `Other States`.
    import csv

    with COLONY.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if (row["year"], row["month"]) == ("2015", "January-March")]
    assert lost.periods[0].recorded == sum(Decimal(r["colony_lost"]) for r in rows if r["states"] != "Other States")
    assert lost.periods[0].recorded == 497_940


def test_other_states_are_queued_as_no_member() -> None:
    found, _ = bees(level="colony_n")
    assert found.nature == "reading"
    assert found.report.counted == {"accepted": 1080, "rejected": 0, "queued": 13, "revised": 0, "left out": 0}
    assert {note.says for note in found.report.queued} == {
        "`Other States` in `states` is no member of the group; say who it is"
    }


def test_the_level_of_a_quarter_is_the_one_at_its_start() -> None:
    _, counted = bees(level="colony_n")
    assert counted.periods[0].read_on == date(2015, 1, 1)
    assert counted.members["Alabama"][0].amount == 7000.0  # first row of the file


def test_a_table_read_twice_gives_the_same_series() -> None:
    table, _ = read_csv(b"day,n\n2026-01-05,3\n", "t.csv")
    assert isinstance(table, Table)
    first, second = (import_rows(evidence_of(), table, UNITS) for _ in range(2))
    assert first == second
