"""Finds out by itself what the columns of a bare table mean: when, who gave, who received, how much, at what price,
promised for when.

A column is taken for a role when its name says so and most of its filled cells agree; by its cells alone, when nothing
else is left, only where nearly all of them do. How sure that is stands beside it. Cells that do not agree are left to
the reading of the rows, which names them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, TypeAlias, final

from lichen.record.dates import day_order, read_moment
from lichen.record.figures import Cell, decimal_mark, read_figure
from lichen.record.table import Table, text_of

Role = Literal["date", "part", "giver", "receiver", "amount", "price", "unit", "event", "due", "done"]
Sure = Literal["sure", "likely", "guessed"]

MOST = 0.5
"""More than this share of the filled cells must agree in a column whose name says what it holds: the name alone may
deceive, and a few cells that cannot be read do not make it another column.
"""
NEARLY_ALL = 0.9
"""At least this share must agree where nothing but the cells speaks; one odd cell of at least four is forgiven, so that
one bad row of a short table does not hide its dates.
"""
_FEWEST_FORGIVEN = 4
_SAMPLE = 400
_SHOWN, _FEW, _LONGEST = 8, 3, 40
"""So many columns that are not read, and so many repeated events, are named, and with so many letters."""
_HELD: tuple[tuple[Role, str], ...] = (("date", "date"), ("amount", "number"))
_WORDS: Mapping[Role, tuple[str, ...]] = {
    role: tuple(words.split())  # type: ignore[misc]  # the keys below are the roles
    for role, words in {
        "date": "date day at when time timestamp utc datetime ordered delivered week month year",
        "part": "month quarter",
        "giver": "giver from supplier vendor seller mentor sender donor provider contributor helper author who",
        "receiver": "receiver to customer buyer mentee recipient client consumer beneficiary payee borrower dependent",
        "amount": "amount quantity qty hours pallets units pieces volume minutes kg tonnes value total sum count",
        "price": "price unitprice cost",
        "unit": "unit uom currency",
        "event": "invoice order po event commit transaction id",
        "due": "due promised expected requested needed",
        "done": "delivered received shipped arrived completed answered paid",
    }.items()
}
_ORDER: tuple[Role, ...] = ("due", "done", "date", "part", "price", "giver", "receiver", "amount", "unit", "event")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """One role and the column that plays it, and how sure that is."""

    role: Role
    column: str
    sure: Sure


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """The roles found, by role. `giver` or `receiver` alone means that the other side is whoever keeps the table."""

    roles: Mapping[Role, Mapped]

    def column(self, role: Role) -> str | None:
        """The column of a role, None when there is none."""
        found = self.roles.get(role)
        return found.column if found is not None else None

    @property
    def single_sided(self) -> bool:
        """Whether the table names one side only."""
        return ("giver" in self.roles) != ("receiver" in self.roles)

    @property
    def says(self) -> tuple[str, ...]:
        """How the columns were read, one sentence each."""
        means: Mapping[Role, str] = {
            "date": "says when",
            "part": "says when in the year",
            "giver": "says who gave",
            "receiver": "says who received",
            "amount": "says how much",
            "price": "is the price of one",
            "unit": "names the unit",
            "event": "tells one event from another",
            "due": "says when it was due",
            "done": "says when it came",
        }
        return tuple(f"`{m.column}` {means[m.role]} ({m.sure})" for m in self.roles.values())


def find_mapping(table: Table) -> TableMapping:
    """The roles that the columns of a table play."""
    left = list(table.columns)
    roles: dict[Role, Mapped] = {}
    for role in _ORDER:
        found = _by_name(role, left, table)
        if found is not None and (role != "part" or _is_year(roles.get("date"), table)):
            roles[role] = found
            left.remove(found.column)
    if "date" not in roles:
        _take(
            roles,
            left,
            "date",
            next((c for c in left if _holds("date", table.columns[c], _nearly_all)), None),
            "likely",
        )
    if "date" not in roles and "done" in roles:
        roles["date"] = Mapped(role="date", column=roles["done"].column, sure="likely")
    if "giver" not in roles and "receiver" not in roles:
        pair = (*_pair_of_names(left, table), None, None)
        _take(roles, left, "giver", pair[0], "guessed")
        _take(roles, left, "receiver", pair[1], "guessed")
    return TableMapping(roles={role: roles[role] for role in _WORDS if role in roles})


def passed_over(mapping: TableMapping, table: Table) -> Iterator[str]:
    """What a reader of the table may miss, a sentence each: columns that are not read, and why where their name says
    when or how much, one that may say how much, and events that stand in several rows.
    """
    read = {found.column for found in mapping.roles.values()}
    left = [column for column in table.columns if column not in read]
    for role, what in _HELD:
        if mapping.column(role) is None and len(table):
            named = [column for column in left if "".join(_parts(column)) in _WORDS[role]]
            yield from (f"`{column}` is not read: most of its cells hold no {what}" for column in named)
            left = [column for column in left if column not in named]
    if left:
        more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
        yield f"not read: {', '.join(f'`{column}`' for column in left[:_SHOWN])}{more}"
    if mapping.column("amount") is None:
        counting = next((column for column in left if _holds("amount", table.columns[column], _nearly_all)), None)
        if counting is not None:
            yield f"each row counts as one; if `{counting}` says how much, call it `amount`"
    yield from _several_rows(mapping.column("event"), table)


def _several_rows(column: str | None, table: Table) -> Iterator[str]:
    """The events that stand in more than one row."""
    often = Counter(text_of(cell) for cell in table.columns[column]) if column is not None else Counter[str]()
    repeated = sorted(((name, count) for name, count in often.items() if name and count > 1), key=_most_often)
    if repeated:
        shown = ", ".join(f"{name[:_LONGEST]} in {how_many(count)} rows" for name, count in repeated[:_FEW])
        more = f", and {how_many(len(repeated) - _FEW)} more" if len(repeated) > _FEW else ""
        yield f"`{column}` does not tell all rows apart, and each row counts: {shown}{more}"


def how_many(count: float) -> str:
    """A count as people write it, thousands set apart by narrow spaces."""
    return f"{count:,.0f}".replace(",", "\u202f")


def _most_often(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _is_year(found: Mapped | None, table: Table) -> bool:
    """Whether the dates say no more than the year."""
    cells = table.columns[found.column][:_SAMPLE] if found is not None else ()
    spans = [span for cell in cells if (span := read_moment((cell,)).span) is not None]
    return bool(spans) and all(span.days > 360 for span in spans)


def _take(roles: dict[Role, Mapped], left: list[str], role: Role, column: str | None, sure: Sure) -> None:
    if column is not None:
        roles[role] = Mapped(role=role, column=column, sure=sure)
        left.remove(column)


def _by_name(role: Role, columns: Sequence[str], table: Table) -> Mapped | None:
    """The column whose name says the role best and whose cells agree."""
    words = _WORDS[role]
    ranked = sorted(
        (rank, place, column)
        for place, column in enumerate(columns)
        if (rank := _rank(column, words)) is not None and _holds(role, table.columns[column], _most)
    )
    if not ranked:
        return None
    rank, _, column = ranked[0]
    sure = rank[0] == 0 and _holds(role, table.columns[column], _nearly_all)
    return Mapped(role=role, column=column, sure="sure" if sure else "likely")


def _rank(column: str, words: Sequence[str]) -> tuple[int, int] | None:
    """How well a name fits: the whole name is a word, else one of its parts is; then the place of the word."""
    parts = _parts(column)
    whole = "".join(parts)
    if whole in words:
        return 0, words.index(whole)
    inside = [words.index(part) for part in parts if part in words]
    return (1, min(inside)) if inside else None


def _parts(column: str) -> list[str]:
    """`InvoiceDate` and `invoice_date` as `invoice`, `date`."""
    return [part.lower() for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", column)]


def _most(hits: int, filled: int) -> bool:
    return hits > MOST * filled


def _nearly_all(hits: int, filled: int) -> bool:
    return hits >= NEARLY_ALL * filled or (filled >= _FEWEST_FORGIVEN and filled - hits == 1)


_Enough: TypeAlias = Callable[[int, int], bool]


def _holds(role: Role, cells: Sequence[Cell], enough: _Enough) -> bool:
    """Whether so many of the filled cells of a column can play a role that it is enough."""
    sample = [cell for cell in cells[:: max(1, len(cells) // _SAMPLE)] if read_figure(cell).state != "not known"]
    if not sample:
        return False
    match role:
        case "date" | "due" | "done":
            return enough(_dates(sample), len(sample))
        case "amount" | "price":
            return enough(_numbers(sample), len(sample))
        case "giver" | "receiver":
            return not _nearly_all(_dates(sample), len(sample))
        case "unit":
            return not _nearly_all(_numbers(sample), len(sample))
        case _:
            return True


def _dates(sample: Sequence[Cell]) -> int:
    """How many cells say when, or might."""
    order = day_order(sample)
    moments = [read_moment((cell,), order) for cell in sample]
    return sum(1 for moment in moments if moment.span is not None or moment.question)


def _numbers(sample: Sequence[Cell]) -> int:
    """How many cells say how much, or might."""
    mark = decimal_mark(sample)
    return sum(read_figure(cell, mark).state in ("known", "ambiguous", "withheld") for cell in sample)


def _pair_of_names(columns: Sequence[str], table: Table) -> tuple[str, ...]:
    """Two columns of names that repeat: those that share most names, else the first two; one when there is only one."""
    named = {}
    for column in columns:
        cells = [text_of(cell) for cell in table.columns[column]]
        names = {cell for cell in cells if cell}
        if (
            1 < len(names) <= max(2, 0.8 * len(cells))
            and not _holds("date", table.columns[column], _nearly_all)
            and not _holds("amount", table.columns[column], _nearly_all)
        ):
            named[column] = names
    if len(named) < 2:
        return tuple(named)
    shared = {pair: len(named[pair[0]] & named[pair[1]]) for pair in combinations(named, 2)}
    return max(shared, key=lambda pair: shared[pair])
