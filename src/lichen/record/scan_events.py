"""The rows of a bare table as arrays: day, giver, receiver, amount and value, for hundreds of thousands of rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar, final

import numpy as np
from numpy.typing import NDArray

from lichen.record.dates import day_order, read_moment
from lichen.record.figures import Cell, read_figure
from lichen.record.scan_mapping import Role, TableMapping
from lichen.record.table import Table, decimal_marks, place_of, text_of

Days = NDArray[np.int64]
Places = NDArray[np.int64]
Amounts = NDArray[np.float64]
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

_DECIDE: tuple[Role, ...] = ("date", "part", "amount", "price")
"""The roles without which a row is not used."""
_SHOWN = 3
"""So many of the rows that are not used are named, by their place."""
_LONGEST = 40
NOBODY = -1
KEEPER = "whoever keeps this table"


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Events:
    """The rows that say when, who and how much; arrays are over rows.

    `day` is the ordinal of the date, `giver` and `receiver` are places in `names` (`NOBODY` where the row names
    nobody), `amount` is what was given and `value` what counts for comparisons (amount times price where there is a
    price, else the amount; 1 a row where neither is). `late` is days from due to done, NaN where unknown. `left_out`
    counts rows by the reason for which they are not here, `unread` shows the first of those that cannot be read.
    """

    names: tuple[str, ...]
    day: Days
    giver: Places
    receiver: Places
    amount: Amounts
    value: Amounts
    late: Amounts
    dated: bool
    end: int
    rows: int
    left_out: dict[str, int]
    unread: dict[str, tuple[str, ...]]

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.day)


def read_events(table: Table, mapping: TableMapping, as_of: date | None = None) -> Events:
    """The rows of a table, each used or counted by the reason why it is not."""
    count = len(table)
    dated = mapping.column("date") is not None
    days, ends = _days(table, mapping.column("date"), mapping.column("part"))
    days = days if dated else np.ones(count, dtype=np.int64)
    amount = _numbers(table, mapping.column("amount"))
    price = _numbers(table, mapping.column("price"))
    amount = np.ones(count) if amount is None else amount
    value = amount if price is None else amount * price
    names, giver, receiver = _parties(table, mapping)
    damaged = np.zeros(count, dtype=bool)
    damaged[list(table.damaged)] = True
    reasons = {
        "without a cell for each column": damaged,
        "without a date that can be read": days == 0,
        "without an amount that can be read": ~np.isfinite(value),
        "after the day looked at": days > (as_of.toordinal() if as_of is not None else date.max.toordinal()),
    }
    used = np.ones(count, dtype=bool)
    left_out: dict[str, int] = {}
    unread: dict[str, tuple[str, ...]] = {}
    for reason, hit in reasons.items():
        lost = np.flatnonzero(hit & used)
        if lost.size:
            left_out[reason] = lost.size
            unread[reason] = tuple(_seen_in(table, mapping, int(position)) for position in lost[:_SHOWN])
        used &= ~hit
    due, _ = _days(table, mapping.column("due"))
    done = days if mapping.column("done") is None else _days(table, mapping.column("done"))[0]
    known = (due > 0) & (done > 0)
    late = np.where(known, (done - due).astype(np.float64), math.nan)
    return Events(
        names=names,
        day=days[used],
        giver=giver[used],
        receiver=receiver[used],
        amount=amount[used],
        value=value[used],
        late=late[used],
        dated=dated,
        end=int(ends[used].max(initial=1)),
        rows=count,
        left_out=left_out,
        unread=unread,
    )


def _seen_in(table: Table, mapping: TableMapping, position: int) -> str:
    """A row that is not used: its place, and what stands there."""
    columns = [column for role in _DECIDE if (column := mapping.column(role)) is not None]
    cells = ", ".join(f"{column} `{text_of(table.columns[column][position])[:_LONGEST]}`" for column in columns)
    return f"{place_of(table.name, table.rows[position])}: {table.damaged.get(position) or cells}"


def _days(table: Table, column: str | None, part: str | None = None) -> tuple[Days, Days]:
    """The first day of what each cell (or a year and its part) says, and the day after its last; 0 where it says
    none.
    """
    if column is None:
        return np.zeros(len(table), dtype=np.int64), np.zeros(len(table), dtype=np.int64)
    cells = table.columns[column]
    order = day_order(cells)

    def both_ends(key: tuple[Cell, ...]) -> tuple[int, int]:
        span = read_moment(key, order).span
        return (0, 0) if span is None else (span.start.toordinal(), span.end.toordinal())

    keys = list(zip(cells, strict=True) if part is None else zip(cells, table.columns[part], strict=True))
    found = np.array(_each(keys, both_ends), dtype=np.int64).reshape(len(keys), 2)
    return found[:, 0], found[:, 1]


def _numbers(table: Table, column: str | None) -> Amounts | None:
    """The number in each cell, NaN where it holds none; None without a column."""
    if column is None:
        return None
    cells = table.columns[column]
    mark = decimal_marks(table, [column])[column]

    def number(cell: Cell) -> float:
        value = read_figure(cell, mark, point_is_decimal=table.divided_by_comma).value
        return math.nan if value is None else float(value)

    return np.array(_each(cells, number), dtype=np.float64)


def _each(cells: Sequence[K], read: Callable[[K], T]) -> list[T]:
    """Read every cell, each different one once."""
    known = {cell: read(cell) for cell in set(cells)}
    return [known[cell] for cell in cells]


def _parties(table: Table, mapping: TableMapping) -> tuple[tuple[str, ...], Places, Places]:
    """The names in order of how often they occur, and who gave and received in each row."""
    columns = [mapping.column("giver"), mapping.column("receiver")]
    texts = [None if column is None else _each(table.columns[column], text_of) for column in columns]
    often: Counter[str] = Counter(name for own in texts if own is not None for name in own if name)
    names = tuple(sorted(often, key=lambda name: (-often[name], name)))
    place = {name: i for i, name in enumerate(names)} | {"": NOBODY}
    sides = []
    for own in texts:
        if own is None:
            sides.append(np.full(len(table), len(names), dtype=np.int64))
        else:
            sides.append(np.array([place[name] for name in own], dtype=np.int64))
    return (*names, KEEPER), sides[0], sides[1]
