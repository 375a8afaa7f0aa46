"""A table as it was found: a header and rows of cells that are still text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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

    def rows_where(self, wanted: Wanted) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The rows that match in every column, each with its number in the file."""
        tests = [(position := self.header.index(column), self._matching(position, v)) for column, v in wanted.items()]
        for number, row in zip(self.numbers, self.rows, strict=True):
            if all(row[position] in matching for position, matching in tests):
                yield number, row

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
