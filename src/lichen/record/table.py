"""A table as its file holds it: columns of cells, the row of each in the file, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import final

from lichen.language.problem import Excerpt, Problem
from lichen.record.figures import Cell, Mark, decimal_mark
from lichen.relationship.relationship import Origin

MOST_BYTES = 512 * 2**20
MOST_CELLS = 50_000_000
MOST_COLUMNS = 2_000


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns by name, all of one length.

    `rows` holds the line (CSV), the sheet row (XLSX) or the number from 1 (Parquet) at which each row stands,
    `damaged` the reason by position of rows that could not be divided into cells; these rows are empty in every
    column. `notes` are sentences for people. `divided_by_comma` tells that a decimal comma could not stand unquoted.
    """

    name: str
    columns: Mapping[str, tuple[Cell, ...]]
    rows: tuple[int, ...]
    damaged: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    divided_by_comma: bool = False

    def __len__(self) -> int:
        """How many rows there are, without the header and without rows of nothing but empty cells."""
        return len(self.rows)


def decimal_marks(table: Table, columns: Iterable[str]) -> Mapping[str, Mark]:
    """The decimal mark of each column: as its own cells prove it, else as the table's do."""
    own = {column: decimal_mark(table.columns[column]) for column in columns}
    if all(own.values()) or not any(isinstance(cell, str) for column in own for cell in table.columns[column]):
        return own
    of_table = decimal_mark(cell for cells in table.columns.values() for cell in cells)
    return {column: mark or of_table for column, mark in own.items()}


def place_of(file: str, row: int) -> str:
    """Where a row stands, as people look for it: a line of a text, a row of a sheet or of a Parquet file."""
    return f"{'row' if file.lower().endswith(('.xlsx', '.xlsm', '.parquet')) else 'line'} {row}"


def text_of(cell: Cell) -> str:
    """A cell as a name: text without blanks around it, a whole number without decimals, nothing for an empty cell."""
    match cell:
        case None:
            return ""
        case str():
            return cell.strip()
        case bool():
            return "true" if cell else "false"
        case float() if cell != cell:
            return ""
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case Decimal() if cell.is_finite() and cell == cell.to_integral_value() and cell.adjusted() < 15:
            return str(int(cell))
        case datetime():
            return cell.isoformat(sep=" ")
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def problem_in(name: str, fact: str, repair: str, *, line: int = 1, shown: str | None = None) -> Problem:
    """A problem of a table, at a line of it when that is known."""
    origin = Origin(file=name, line=line, column=1)
    excerpt = None if shown is None else Excerpt(origin=origin, line=shown, length=max(1, min(len(shown), 60)))
    return Problem(origin=origin, fact=fact, repair=repair, excerpt=excerpt)
