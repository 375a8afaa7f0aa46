"""Opening tables: what they hold, and what damaged ones say."""

import gzip
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from lichen.language.problem import render
from lichen.record.table import Table
from lichen.record.tables import open_table

PLAIN = b"day,pallets\n2026-01-05,12\n2026-01-06,7\n"


def opened(folder: Path, content: bytes, name: str = "deliveries.csv") -> Table:
    (folder / name).write_bytes(content)
    table, problems = open_table(folder / name)
    assert problems == ()
    assert table is not None
    return table


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        (PLAIN, ("12", "7")),
        (b"\xef\xbb\xbf" + PLAIN, ("12", "7")),
        (PLAIN.replace(b",", b";"), ("12", "7")),
        (PLAIN.replace(b",", b"\t"), ("12", "7")),
        (b"sep=;\r\n" + PLAIN.replace(b",", b";").replace(b"\n", b"\r\n"), ("12", "7")),
        (PLAIN.decode().encode("utf-16"), ("12", "7")),
        (PLAIN.decode().encode("utf-16-le"), ("12", "7")),
        (b"day;pallets\n2026-01-05;12,5\n2026-01-06;7,25\n", ("12,5", "7,25")),
        (b'day,pallets\n"2026-01-05","12"\n\n , \n2026-01-06,"7"\n', ("12", "7")),
    ],
)
def test_text_is_divided_as_it_was_written(tmp_path: Path, content: bytes, cells: tuple[str, str]) -> None:
    table = opened(tmp_path, content)
    assert table.columns["pallets"] == cells
    assert table.columns["day"] == ("2026-01-05", "2026-01-06")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("file.yaml", b"# Ours.\nlichen: 1\nrelationship: Mill and bakery\n", "a relationship file"),
        ("file.csv", b"lichen: 1\nrelationship: Mill, bakery\n", "a relationship file"),
        ("file.json", b'{"lichen": 1, "relationship": "Mill"}', "a relationship file"),
        ("rows.yml", b"a: 1\nb: 2\n", "YAML"),
        ("rows.json", b"[1, 2]", "JSON"),
        ("rows.txt", b'[\n {"giver": "mill", "amount": 3}\n]\n', "JSON"),
        ("rows.json.gz", gzip.compress(b'{"giver": ["mill"]}', mtime=0), "JSON"),
    ],
)
def test_a_text_that_is_no_table_is_told_by_what_it_is(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(content)
    table, problems = open_table(tmp_path / name)
    assert table is None
    assert [problem.fact for problem in problems] == [f"this is {kind}, not a table"]
    assert "CSV, Parquet or XLSX" in problems[0].repair


def test_brackets_around_names_of_columns_are_no_json(tmp_path: Path) -> None:
    assert list(opened(tmp_path, b"[day];[pallets]\n2026-01-05;12\n").columns) == ["[day]", "[pallets]"]


def test_rows_keep_the_line_on_which_they_start(tmp_path: Path) -> None:
    table = opened(tmp_path, b'day,note\r\n2026-01-05,"two\r\nlines"\r\n2026-01-06,one\r\n')
    assert table.columns["note"] == ("two\r\nlines", "one")
    assert table.rows == (2, 4)


def test_a_row_of_another_length_is_damaged_and_the_others_are_read(tmp_path: Path) -> None:
    table = opened(tmp_path, b"day,pallets\n2026-01-05,12\n2026-01-06\n2026-01-07,1,2\n2026-01-08,3,,\n")
    assert table.columns["pallets"] == ("12", "", "", "3")
    assert table.damaged == {1: "has 1 cells where the header has 2", 2: "has 3 cells where the header has 2"}


def test_lines_that_are_not_utf8_are_read_as_windows_1252_and_named(tmp_path: Path) -> None:
    table = opened(tmp_path, "firm,n\nMüller,1\n".encode() + "Café,2\n".encode("cp1252"))
    assert table.columns["firm"] == ("Müller", "Café")
    assert table.notes == ("line 3 not UTF-8: read as Windows-1252",)


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    two_members = gzip.compress(PLAIN[:20]) + gzip.compress(PLAIN[20:])
    assert opened(tmp_path, two_members, "deliveries.csv.gz").columns["pallets"] == ("12", "7")


def test_a_table_with_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    table = opened(tmp_path, b"day,pallets\n")
    assert len(table) == 0
    assert table.columns == {"day": (), "pallets": ()}


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    write_parquet(
        tmp_path / "t.parquet",
        """SELECT 1::HUGEINT AS n, 2.50::DECIMAL(9, 2) AS price, DATE '2026-01-05' AS day, NULL::INT AS none,
        TIMESTAMP '2026-01-05 08:30:00' AS moment, TIMESTAMPTZ '2026-01-05 08:30:00+00' AS zoned, [1, 2] AS list,
        'a' AS "odd "" name", 'x'::BLOB AS bytes""",
    )
    table, problems = open_table(tmp_path / "t.parquet")
    assert problems == ()
    assert table is not None
    assert {name: cells[0] for name, cells in table.columns.items()} == {
        "n": 1,
        "price": Decimal("2.50"),
        "day": date(2026, 1, 5),
        "none": None,
        "moment": datetime(2026, 1, 5, 8, 30),
        "zoned": datetime(2026, 1, 5, 8, 30),
        'odd " name': "a",
    }
    assert table.notes == ("`list`, `bytes` not read: more than one value a cell",)


def test_a_workbook_is_read_with_its_row_numbers_and_days(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    sheet = book.add_worksheet("deliveries")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(1, 0, ["day", "pallets", "note"])
    sheet.write_datetime(2, 0, datetime(2026, 1, 5), day)
    sheet.write_row(2, 1, [12, "first"])
    sheet.write_datetime(4, 0, datetime(2026, 1, 6, 12), day)
    sheet.write_row(4, 1, [7.5, ""])
    book.add_worksheet("other").write(0, 0, "x")
    book.close()
    table, problems = open_table(tmp_path / "t.xlsx")
    assert problems == ()
    assert table is not None
    assert table.columns == {
        "day": (date(2026, 1, 5), datetime(2026, 1, 6, 12)),
        "pallets": (12.0, 7.5),
        "note": ("first", None),
    }
    assert table.rows == (3, 5)
    assert table.notes == ("sheet `deliveries` read, 1 more left out",)


def write_parquet(path: Path, query: str) -> None:
    duckdb.sql(query).write_parquet(str(path))


def parquet_bytes(folder: Path) -> bytes:
    write_parquet(folder / "whole.parquet", "SELECT i AS n, 'text ' || i AS t FROM range(2000) r(i)")
    return (folder / "whole.parquet").read_bytes()


def workbook_bytes(folder: Path, far: bool = False) -> bytes:
    book = xlsxwriter.Workbook(folder / "whole.xlsx")
    sheet = book.add_worksheet()
    sheet.write(0, 0, "n")
    if far:
        sheet.write(1_048_575, 16_383, 1)
    book.close()
    return (folder / "whole.xlsx").read_bytes()


DAMAGED = {
    "empty": ("t.csv", b"", "the file is empty"),
    "blank": ("t.csv", b"\n \n", "the table is empty"),
    "binary": ("t.csv", b"\x7fELF\x02\x01\x01\x00\x00\x00", "binary data"),
    "binary that begins as text": ("t.csv", b"a,b\n1,\x00\x01", "binary data"),
    "cut UTF-16": ("t.csv", "day,n\n1,2\n".encode("utf-16")[:-1], "cut off"),
    "open quote": ("t.csv", b'a,b\n1,"two\n' + b"3,4\n" * 50, "a quote that opens in this row is never closed"),
    "swallowed rows": ("t.csv", b'a,b\n1,"two\n' + b"3,4\n" * 500 + b'5,six"\n', "goes on for"),
    "text after a quote": ("t.csv", b'a,b\n"one"x,2\n', "goes on after its closing quote"),
    "long cell": ("t.csv", b"a,b\n" + b"x" * 200_000 + b",2\n", "longer than 131,072 characters"),
    "one name twice": ("t.csv", b"a,a\n1,2\n", "two columns are called `a`"),
    "too many columns": ("t.csv", b",".join(b"c%d" % i for i in range(3000)) + b"\n", "3,000 columns"),
    "cut gzip": ("t.csv.gz", gzip.compress(PLAIN * 100)[:-12], "gzip data are damaged"),
    "no gzip": ("t.csv.gz", PLAIN, "gzip data are damaged"),
    "no parquet": ("t.parquet", PLAIN, "not a Parquet file"),
    "parquet marks only": ("t.parquet", b"PAR1PAR1", "not a Parquet file"),
    "wrong footer": ("t.parquet", b"PAR1" + b"\xff" * 64 + b"PAR1", "not a Parquet file"),
    "no workbook": ("t.xlsx", PLAIN, "not an XLSX workbook"),
    "zip of nothing": ("t.xlsx", b"PK\x03\x04" + b"\x00" * 50, "not an XLSX workbook"),
    "old office": ("t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "old or protected Office file"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_file_is_a_problem_with_a_repair(tmp_path: Path, case: str) -> None:
    name, content, fact = DAMAGED[case]
    (tmp_path / name).write_bytes(content)
    table, problems = open_table(tmp_path / name)
    assert table is None
    assert fact in render(problems)
    assert all(problem.repair for problem in problems)


@pytest.mark.parametrize("kept", [5, 100, 1000, -8, -1])
def test_cut_parquet_and_workbooks_are_problems(tmp_path: Path, kept: int) -> None:
    for whole, name in ((parquet_bytes(tmp_path), "cut.parquet"), (workbook_bytes(tmp_path), "cut.xlsx")):
        (tmp_path / name).write_bytes(whole[:kept])
        table, problems = open_table(tmp_path / name)
        assert table is None
        assert len(problems) == 1


def test_a_workbook_that_spans_too_many_cells_is_refused_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(workbook_bytes(tmp_path, far=True))
    _, problems = open_table(tmp_path / "t.xlsx")
    assert "the workbook spans 17,179,869,184 cells" in render(problems)  # 16,384 columns x 1,048,576 rows


def test_an_ordinary_zip_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as parts:
        parts.writestr("readme.txt", "nothing")
    table, problems = open_table(tmp_path / "t.xlsx")
    assert table is None
    assert "not an XLSX workbook" in render(problems)


@pytest.mark.parametrize("name", ["absent.csv", "", "a\0b.csv"])
def test_what_is_not_there_is_a_problem(tmp_path: Path, name: str) -> None:
    table, problems = open_table(tmp_path / name, "given")
    assert table is None
    assert problems[0].origin.file == "given"


def test_a_pattern_never_reaches_the_reader_of_parquet(tmp_path: Path) -> None:
    (tmp_path / "t[12].parquet").write_bytes(parquet_bytes(tmp_path))
    _, problems = open_table(tmp_path / "t[12].parquet")
    assert "stand for patterns" in render(problems)
