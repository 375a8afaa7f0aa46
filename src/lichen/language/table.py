"""A table as it was found: a header and rows of cells that are still text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import final

Wanted = Mapping[str, Sequence[str | float | bool]]
"""Which rows count: for each column the values that do."""

_NUMBER = re.compile(r"[-+]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][-+]?\d{1,3})?")


@final
@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a file, as many in every row as in the header; `numbers` says where in the file each row stands."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]

    def where(self, wanted: Wanted) -> Table:
        """The table with those rows only that match in every column."""
        if not wanted:
            return self
        tests = [(position := self.header.index(column), self._matching(position, v)) for column, v in wanted.items()]
        kept = [all(row[position] in matching for position, matching in tests) for row in self.rows]
        return Table(self.header, tuple(compress(self.rows, kept)), tuple(compress(self.numbers, kept)))

    def column(self, name: str) -> list[str]:
        """The cells of a column without blanks around them."""
        position = self.header.index(name)
        return [row[position].strip() for row in self.rows]

    def _matching(self, position: int, values: Sequence[str | float | bool]) -> frozenset[str]:
        """The different cells of a column that hold one of the values."""
        cells = {row[position] for row in self.rows}
        return frozenset(cell for cell in cells if any(is_cell(cell, value) for value in values))


def cell_number(cell: str) -> float | None:
    """The number in a cell, or None when it holds none."""
    text = cell.strip()
    return float(text) if _NUMBER.fullmatch(text) else None


def is_cell(cell: str, value: str | float | bool) -> bool:
    """Whether a cell holds a value: truths and numbers compare as such, everything else as trimmed text."""
    text = cell.strip()
    if isinstance(value, bool):
        return text.casefold() == ("true" if value else "false")
    if isinstance(value, float):
        return cell_number(text) == value
    return text == value
