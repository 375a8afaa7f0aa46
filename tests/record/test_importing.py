"""Every row of a table of evidence is accounted for."""

from collections.abc import Mapping, Set
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lichen.language.problem import Problem, render
from lichen.record.csv_text import read_csv
from lichen.record.importing import import_rows
from lichen.record.rows import Imported
from lichen.record.table import Table
from lichen.relationship.quantity import Dimension, Unit, standard_units
from lichen.relationship.rules import Evidence

UNITS = {**standard_units(), "pallet": Unit("pallet", 1.0, Dimension.of("pallet"))}


def table_of(text: str) -> Table:
    table, problems = read_csv(text.encode(), "t.csv")
    assert problems == ()
    assert table is not None
    return table


def evidence_of(**keys: Any) -> Evidence:
    given: dict[str, Any] = {"subject": "packaging", "file": "t.csv", "at": ("day",), "amount": "n", "unit": "pallet"}
    return Evidence(**(given | keys))


def imported(
    text: str,
    *,
    known: Mapping[str, Set[str]] | None = None,
    as_of: date | None = None,
    today: date | None = None,
    **keys: Any,
) -> Imported:
    table = table_of(text)
    found = import_rows(evidence_of(**keys), table, UNITS, known=known, as_of=as_of, today=today)
    assert isinstance(found, Imported), found
    assert sum(found.report.counted.values()) == found.report.rows == len(table)
    return found


def refused(text: str, **keys: Any) -> str:
    found = import_rows(evidence_of(**keys), table_of(text), UNITS)
    assert isinstance(found, tuple)
    assert all(isinstance(problem, Problem) and problem.repair for problem in found)
    return render(found)


def amounts(found: Imported) -> list[Decimal | None]:
    return [entry.amount for entry in found.entries]


EVERY_FATE = """day,n,who,kind
2026-01-05,12,a,sent
2026-01-06,-2,a,sent
2026-01-07,,a,sent
2026-01-07,(D),a,sent
2026-01-08,many,a,sent
someday,3,a,sent
2026-01-09,"1,234",a,sent
2026-01-09,3 kg,a,sent
2026-01-10,4,,sent
2026-01-10,4,z,sent
2030-01-01,4,a,sent
2026-01-11,5,a,planned
2026-01-12,5,a
2026-02-03,6,b,sent
"""


def test_each_row_has_one_fate_and_its_reason() -> None:
    found = imported(
        EVERY_FATE, member="who", known={"member": {"a", "b"}}, today=date(2026, 6, 1), where={"kind": ("sent",)}
    )
    report = found.report
    # rows 2, 3, 4, 5 and 15 are taken; row 12 (2030) waits; row 13 is `planned`
    assert report.counted == {"accepted": 5, "rejected": 3, "queued": 5, "revised": 0, "left out": 1}
    assert (report.not_known, report.withheld, report.negative, report.returned) == (1, 1, 1, Decimal(-2))
    assert [(note.row, note.says) for note in report.rejected] == [
        (6, "`many` in `n` is not a number"),
        (7, "`someday` is not a date"),
        (14, "has 3 cells where the header has 4"),
    ]
    assert [(note.row, note.says) for note in report.queued] == [
        (8, "`1,234` in `n` can be two numbers: is its mark a decimal mark?"),
        (9, "`3 kg` is in kg, the evidence says pallet"),
        (10, "names nobody in `who`: whose is it?"),
        (11, "`z` in `who` is no member of the group; say who it is"),
        (12, "lies in the future (2030-01-01): is the date right?"),
    ]


def test_rows_that_are_not_read_are_named_with_line_and_reason_the_first_three_then_a_count() -> None:
    report = imported(EVERY_FATE, member="who", known={"member": {"a", "b"}}, today=date(2026, 6, 1)).report
    # without `where` also row 13 is taken; rows 7 (`someday`) and 14 (cut off) have no day
    assert report.undated == 2
    assert report.dated == pytest.approx(12 / 14)
    assert report.unread() == (
        "8 of 14 rows of t.csv are not read: line 6: `many` in `n` is not a number; line 7: `someday` is not a date; "
        "line 8: `1,234` in `n` can be two numbers: is its mark a decimal mark?; and 5 more. "
        "2 of them may belong to any period, so none is wholly recorded."
    )
    assert imported("day,n\n2026-01-05,3\n").report.unread() == ""


def test_a_row_that_waits_for_an_answer_stands_as_not_known() -> None:
    found = imported('day,n\n2026-01-05,"1,234"\n2026-01-06,2\n')
    assert amounts(found) == [None, Decimal(2)]


def test_amounts_are_formulas_over_columns_with_unknown_parts_unknown() -> None:
    found = imported("day,n,price\n2026-01-05,3,2.5\n2026-01-06,,2.5\n2026-01-07,4,\n", amount="n * price - 1")
    assert amounts(found) == [Decimal("6.5"), None, None]


def test_a_formula_without_a_finite_value_is_rejected() -> None:
    found = imported("day,n,m\n2026-01-05,3,0\n2026-01-06,3,2\n", amount="n / m")
    assert amounts(found) == [None, Decimal("1.5")]
    assert found.report.rejected[0].says == "`n / m` has no finite value here"


def test_a_column_with_any_name_can_be_the_figure() -> None:
    assert amounts(imported("day,Colonies lost\n2026-01-05,3\n", amount="Colonies lost")) == [Decimal(3)]


def test_a_later_row_of_a_report_replaces_an_earlier_figure() -> None:
    text = "year,month,state,n\n2015,January-March,AL,7\n2015,April-June,AL,8\n2015,January-March,AL,9\n"
    found = imported(text, at=("year", "month"), member="state")
    assert amounts(found) == [Decimal(8), Decimal(9)]
    assert found.nature == "report"
    assert [(note.row, note.says) for note in found.report.revised] == [(2, "replaced by row 4")]


def test_rows_of_a_report_that_differ_in_a_text_are_parts_and_are_added() -> None:
    found = imported("year,n,cause\n2015,7,mites\n2015,8,cold\n2016,1,cold\n", at=("year",))
    assert amounts(found) == [Decimal(7), Decimal(8), Decimal(1)]
    assert found.report.notes == (
        "1 row agrees with another in period and member, not in another column; they are added",
    )


def test_rows_of_several_values_that_where_takes_are_parts_and_are_added() -> None:
    text = "year,bin,n\n2015,90,7\n2015,95,8\n2015,50,1\n2015,95,9\n"
    found = imported(text, at=("year",), where={"bin": (90.0, 95.0)})
    assert amounts(found) == [Decimal(7), Decimal(9)]
    assert [note.row for note in found.report.revised] == [3]


def test_equal_rows_of_a_log_are_counted_and_asked_about() -> None:
    found = imported("day,n\n2026-01-05,3\n2026-01-05,3\n")
    assert amounts(found) == [Decimal(3), Decimal(3)]
    assert (found.nature, found.report.alike) == ("log", 1)
    assert found.report.notes == (
        "1 row equals an earlier row in every column and all count: is it the same event twice?",
    )


def test_a_period_makes_a_report_of_dated_rows() -> None:
    found = imported("day,n\n2026-01-01,3\n2026-04-01,3\n", period="quarter")
    assert [str(entry.span) for entry in found.entries] == ["quarter 1 of 2026", "quarter 2 of 2026"]
    assert (found.nature, found.grain) == ("report", "quarter")


def test_a_lag_moves_a_row_back_to_when_it_happened() -> None:
    found = imported("day,n\n2026-01-31,3\n", lag_days=30.0)
    assert str(found.entries[0].span) == "2026-01-01"


def test_distinct_values_are_counted_once_a_window_and_member() -> None:
    rows = ("01-05,A,x", "01-05,A,x", "01-06,B,x", "01-07,B,y", "05-01,A,x", "05-02,,x")
    text = "day,invoice,who\n" + "".join(f"2026-{row}\n" for row in rows)
    found = imported(text, amount=None, count="invoice", member="who", unit=None)
    assert amounts(found) == [Decimal(1), Decimal(0), Decimal(1), Decimal(1), Decimal(1), None]


def test_a_look_as_of_a_day_leaves_out_what_came_later() -> None:
    found = imported("day,n\n2026-01-05,3\n2026-03-05,4\n", as_of=date(2026, 2, 1))
    assert amounts(found) == [Decimal(3)]
    assert found.report.left_out == 1


@pytest.mark.parametrize("wanted", ["yes", True, 1.0])
def test_where_compares_texts_truths_and_numbers(wanted: str | bool | float) -> None:
    text = {"yes": "day,n,ok\n2026-01-05,3,yes\n2026-01-06,3,no\n"}.get(
        str(wanted), "day,n,ok\n2026-01-05,3,1\n2026-01-06,3,0\n"
    )
    assert len(imported(text, where={"ok": (wanted,)}).entries) == 1


def test_a_missing_column_is_named_with_the_nearest_one() -> None:
    page = refused("day,pallets\n2026-01-05,3\n", amount="palets", at=("dya",))
    assert "there is no column `palets`, which the evidence of `packaging` reads" in page
    assert "Did you mean `pallets`?" in page
    assert "there is no column `dya`" in page


@pytest.mark.parametrize(
    ("keys", "fact"),
    [
        ({"amount": "n +"}, "is no formula"),
        ({"unit": "palet"}, "the unit of `packaging` cannot be read"),
        ({"period": "now and then"}, "is not a length of time"),
        ({"amount": "__import__('os')"}, "is no formula"),
    ],
)
def test_evidence_that_cannot_be_read_is_a_problem(keys: Mapping[str, str], fact: str) -> None:
    assert fact in refused("day,n\n2026-01-05,3\n", **keys)
