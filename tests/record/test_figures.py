"""Numbers as people write them in tables."""

from decimal import Decimal

import pytest

from lichen.record.figures import Cell, Mark, decimal_mark, read_figure


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", "12"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234", "1234"),
        ("1'234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("12,5", "12.5"),
        ("0,125", "0.125"),
        ("12345.678", "12345.678"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("5-", "-5"),
        ("(1,234.5)", "-1234.5"),
        ("1.5E+03", "1500"),
        ("1.234", "1.234"),
        (7, "7"),
        (2.5, "2.5"),
        (Decimal("0.10"), "0.10"),
    ],
)
def test_a_number_is_read_as_written(cell: Cell, value: str) -> None:
    assert read_figure(cell).value == Decimal(value)


@pytest.mark.parametrize("cell", ["", " ", "-", "n/a", "NaN", "null", "?", None, float("nan")])
def test_nothing_is_not_known_and_never_zero(cell: Cell) -> None:
    found = read_figure(cell)
    assert (found.state, found.value) == ("not known", None)


@pytest.mark.parametrize("cell", ["(D)", "(Z)", "<5", "< 0.5", "≥100", "less than 5", "*", "..", ":"])
def test_a_figure_kept_back_is_withheld_and_never_zero(cell: Cell) -> None:
    found = read_figure(cell)
    assert (found.state, found.value) == ("withheld", None)


@pytest.mark.parametrize(
    "cell",
    ["abc", "1,2,3", "12.5.1", "1,23,456", "3 2", "inf", float("inf"), True, "9" * 40, "P05", "=1+1", "1e999", "0x1f"],
)
def test_what_is_no_number_is_unreadable(cell: Cell) -> None:
    assert read_figure(cell).state == "unreadable"


@pytest.mark.parametrize(
    ("cell", "value", "unit"),
    [
        ("£2.55", "2.55", "£"),
        ("12 kg", "12", "kg"),
        ("$ -3", "-3", "$"),
        ("EUR 7", "7", "EUR"),
        ("4 EUR/box", "4", "EUR/box"),
    ],
)
def test_a_unit_in_the_cell_is_kept_beside_the_number(cell: str, value: str, unit: str) -> None:
    found = read_figure(cell)
    assert (found.value, found.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("cell", "mark", "value"),
    [
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", ",", "1234"),
        ("1.234", ".", "1.234"),
        ("1,234", "", None),
        ("1,234", "mixed", None),
    ],
)
def test_one_mark_before_three_digits_is_read_as_the_column_proves(cell: str, mark: Mark, value: str | None) -> None:
    found = read_figure(cell, mark)
    assert found.state == ("known" if value else "ambiguous")
    assert found.value == (Decimal(value) if value else None)


def test_a_point_before_three_digits_is_ambiguous_where_cells_are_not_divided_by_commas() -> None:
    assert read_figure("1.234", point_is_decimal=False).state == "ambiguous"


@pytest.mark.parametrize(
    ("column", "mark"),
    [
        (["1,234", "2,5"], ","),
        (["1,234", "2.5"], "."),
        (["1.234.567"], ","),
        (["1,5", "2.5"], "mixed"),
        (["1,234", "7", None, 3.5], ""),
        (["05.01.2026", "1.2.3"], ""),
    ],
)
def test_a_column_proves_its_decimal_mark(column: list[Cell], mark: str) -> None:
    assert decimal_mark(column) == mark
