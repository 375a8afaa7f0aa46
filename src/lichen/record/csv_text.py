"""Delimited text to a table: encoding, delimiter, header, quotes and rows of the wrong length.

Text is UTF-8 (with or without its mark) or UTF-16. In a file that is neither, each line that is not UTF-8 is read as
Windows-1252, and the lines are named.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import TypeAlias

from lichen.language.problem import Problem
from lichen.record.figures import Cell
from lichen.record.table import MOST_CELLS, MOST_COLUMNS, Table, problem_in

Decoded: TypeAlias = tuple[str, tuple[str, ...]]
"""The text, and notes on how it was read."""

_DELIMITERS = ",;\t|"
_SNIFFED_LINES = 60
_MOST_LINES_OF_A_ROW = 100
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|$)")


def read_csv(content: bytes, name: str) -> tuple[Table | None, tuple[Problem, ...]]:
    """The table in a delimited text, or the problems that make it unreadable as a whole."""
    decoded = decode(content, name)
    if isinstance(decoded, Problem):
        return None, (decoded,)
    text, notes = decoded
    if not text.strip():
        return None, (problem_in(name, "the table is empty", "Give it a line of column names and its rows."),)
    text, delimiter = _said_delimiter(text)
    try:
        found = _table(text, delimiter or _delimiter(text), name, notes)
    except _Broken as broken:
        shown = text.splitlines()[broken.line - 1 : broken.line]
        return None, (
            problem_in(name, broken.fact, broken.repair, line=broken.line, shown=shown[0] if shown else None),
        )
    return (None, (found,)) if isinstance(found, Problem) else (found, ())


def decode(content: bytes, name: str) -> Decoded | Problem:
    """The text in the bytes, with a note when lines were read as Windows-1252; a problem when it is no text."""
    for mark, encoding in ((b"\xff\xfe\x00\x00", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _whole(content, encoding, name)
    if unmarked := _unmarked_utf16(content):
        return _whole(content, unmarked, name)
    if _CONTROL.search(content):
        return problem_in(name, "this is not text but binary data", "Export the table as CSV, Parquet or XLSX.")
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return _by_line(content.removeprefix(b"\xef\xbb\xbf"))


def _whole(content: bytes, encoding: str, name: str) -> Decoded | Problem:
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return problem_in(name, f"the text is cut off or not {encoding.upper()}", "Export the table again, as UTF-8.")
    if "\0" in text:
        return problem_in(name, "this is not text but binary data", "Export the table as CSV, Parquet or XLSX.")
    return text, ()


def _unmarked_utf16(content: bytes) -> str | None:
    """The byte order of UTF-16 without a mark: every other byte of its first letters is nearly always 0."""
    head = content[:400]
    if len(head) < 8 or len(content) % 2:
        return None
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
    if odd > 0.7 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 and odd < 0.1 else None


def _by_line(content: bytes) -> Decoded:
    lines: list[str] = []
    fallen_back: list[int] = []
    for number, line in enumerate(_LINE.findall(content), 1):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", errors="replace"))
            fallen_back.append(number)
    few = ", ".join(map(str, fallen_back[:5])) + (f" and {len(fallen_back) - 5} more" if len(fallen_back) > 5 else "")
    noun = "line" if len(fallen_back) == 1 else "lines"
    return "".join(lines), (f"{noun} {few} not UTF-8: read as Windows-1252",)


def _said_delimiter(text: str) -> tuple[str, str | None]:
    """Excel's first line `sep=;`, blanked so that line numbers stay true."""
    found = re.match(r"sep=([,;\t|])[ \t]*(?=\r?\n)", text, re.IGNORECASE)
    return (text[found.end() :], found[1]) if found else (text, None)


def _delimiter(text: str) -> str:
    """The delimiter by which most of the first rows have as many cells as the header, preferring more cells."""
    head = "".join(text.splitlines(keepends=True)[:_SNIFFED_LINES])

    def fitness(delimiter: str) -> tuple[float, int]:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if row]
        except csv.Error:
            return 0.0, 0
        if not widths or widths[0] < 2:
            return 0.0, 0
        return round(sum(width == widths[0] for width in widths) / len(widths), 1), widths[0]

    return max(_DELIMITERS, key=fitness)


class _Broken(Exception):
    """A quote that swallows rows: nothing after it can be trusted."""

    def __init__(self, line: int, fact: str, repair: str) -> None:
        super().__init__(fact)
        self.line, self.fact, self.repair = line, fact, repair


def _table(text: str, delimiter: str, name: str, notes: tuple[str, ...]) -> Table | Problem:
    rows = _rows(text, delimiter)
    _, header = next(rows)
    names = [cell.strip() for cell in header]
    while names and not names[-1]:
        names.pop()
    if wrong := header_problem(names, name):
        return wrong
    names = [column or f"column {i}" for i, column in enumerate(names, 1)]
    cells: list[list[Cell]] = []
    lines: list[int] = []
    damaged: dict[int, str] = {}
    most_rows = MOST_CELLS // len(names)
    for line, row in rows:
        if len(row) > len(names) and not any(cell.strip() for cell in row[len(names) :]):
            row = row[: len(names)]
        if len(row) != len(names):
            damaged[len(lines)] = f"has {len(row)} cells where the header has {len(names)}"
            row = [""] * len(names)
        lines.append(line)
        cells.append(row)  # type: ignore[arg-type]  # a list of text is a list of cells: nothing writes to it
        if len(lines) > most_rows:
            return problem_in(name, f"the table has more than {most_rows:,} rows", "Split it, or sum it by day first.")
    columns = dict(zip(names, zip(*cells, strict=True), strict=True)) if cells else dict.fromkeys(names, ())
    return Table(
        name=name, columns=columns, rows=tuple(lines), damaged=damaged, notes=notes, divided_by_comma=delimiter == ","
    )


def header_problem(names: list[str], table: str) -> Problem | None:
    """What makes the column names unusable: one twice, or too many."""
    if len(names) > MOST_COLUMNS:
        return problem_in(table, f"the table has {len(names):,} columns", f"At most {MOST_COLUMNS:,} are read.")
    twice = next((column for i, column in enumerate(names) if column and column in names[:i]), None)
    if twice is not None:
        return problem_in(table, f"two columns are called `{twice}`", "Give each column a name of its own.")
    return None


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, each with the line on which it starts."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        start = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _Broken(start, *_explained(str(error), start, reader.line_num)) from error
        if reader.line_num - start >= _MOST_LINES_OF_A_ROW:
            raise _Broken(
                start,
                f"a quoted cell that starts here goes on for {reader.line_num - start + 1} lines",
                'Close the quote where the cell ends, or double it (`""`) when it is part of the text.',
            )
        if any(row) and not "".join(row).isspace():
            yield start, row


def _explained(error: str, start: int, line: int) -> tuple[str, str]:
    """What a message of the `csv` module means for the one who has to mend the file, and how to mend it."""
    if "unexpected end of data" in error:
        return (
            "a quote that opens in this row is never closed",
            'Close it, or double it (`""`) when it is part of the text. Nothing after it can be read.',
        )
    if "field limit" in error:
        return (
            f"a cell of this row is longer than {csv.field_size_limit():,} characters",
            "Shorten it, or close its quote.",
        )
    if "expected after" in error:
        where = "" if line <= start else f", on line {line},"
        return (
            f"a quoted cell of this row{where} goes on after its closing quote",
            'Double a quote that is part of the text (`""`), and close the one before it.',
        )
    return "this row cannot be divided into cells", "Export the table again as CSV."
