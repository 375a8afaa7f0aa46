"""Members of groups and links between them: from a number, a list, a table or a matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lichen.language.formula import parse_unit
from lichen.language.meaning import Meaning, Section
from lichen.language.problem import listing
from lichen.language.table import Table, cell_number
from lichen.language.tokens import FormulaError, is_name
from lichen.relationship.flow import Links
from lichen.relationship.party import Members
from lichen.relationship.quantity import PLAIN, Unit

MAX_MEMBERS = 1_000_000
_SHOWN = 3
"""How many rows or names a message lists."""


def read_units(meaning: Meaning, columns: Mapping[str, str | None] | None, path: str) -> dict[str, Unit]:
    """The unit of each declared column."""
    units: dict[str, Unit] = {}
    for name, text in (columns or {}).items():
        unit = read_unit(meaning, text, f"{path}.columns.{name}")
        if unit is not None:
            units[name] = unit
    return units


def read_unit(meaning: Meaning, text: str | None, path: str) -> Unit | None:
    """The unit that a text stands for; None, and a problem, when it is none."""
    if text is None:
        return Unit("1", 1.0, PLAIN)
    try:
        return parse_unit(text, meaning.draft.units)
    except FormulaError as error:
        meaning.draft.report_formula(path, error)
        return None


def read_members(meaning: Meaning, said: Any, path: str) -> tuple[Members | None, dict[str, Unit]]:
    """The members that `members:` says (not `as GROUP`), None when it says none, and the units of their columns."""
    if isinstance(said, dict):
        units = read_units(meaning, said.get("columns"), path)
        return _tabled(meaning, said, path, units), units
    if isinstance(said, list):
        return _listed(meaning, said, path), {}
    return (_counted(meaning, said, path) if isinstance(said, str) else None), {}


def _counted(meaning: Meaning, said: str, path: str) -> Members | None:
    if not said.isascii() or not said.isdigit() or int(said[:9]) < 1:
        repair = "Write a number such as `40`, a list of names, `{file: sellers.csv, member: id}` or `as sellers`."
        meaning.draft.report(path, f"`{said}` says no members.", repair)
        return None
    if len(said) > 7 or int(said) > MAX_MEMBERS:
        meaning.draft.report(path, f"A group has at most {MAX_MEMBERS:,} members.", "Let one member stand for several.")
        return None
    return Members(names=tuple(str(i) for i in range(1, int(said) + 1)))


def _listed(meaning: Meaning, said: list[str], path: str) -> Members | None:
    if not said:
        meaning.draft.report(path, "This group has no members.", "Name at least one.")
        return None
    first: dict[str, int] = {}
    for position, name in enumerate(said):
        if name in first:
            other = meaning.draft.excerpt(f"{path}.{first[name]}", "the first time")
            meaning.draft.report(
                f"{path}.{position}", f"`{name}` is a member twice.", "Keep one of the two.", others=[other]
            )
        first.setdefault(name, position)
    return Members(names=tuple(first))


def _tabled(meaning: Meaning, said: Section, path: str, units: Mapping[str, Unit]) -> Members | None:
    if "file" not in said or "member" not in said:
        return None
    table = meaning.table(said["file"], f"{path}.file")
    if table is None or not _has_columns(meaning, table, said, path, ("member",)):
        return None
    table = table.where(said.get("where") or {})
    names = table.column(said["member"])
    if len(set(names)) < len(names) or "" in names:
        fact = f"Rows of {said['file']} that name no member or one named before: {_few(_twice(table, names))}."
        meaning.draft.report(f"{path}.member", fact, "One row a member.")
    if not names:
        meaning.draft.report(f"{path}.file", f"No row of {said['file']} names a member.", "Check `where`.")
        return None
    if len(names) > MAX_MEMBERS:
        meaning.draft.report(
            f"{path}.file",
            f"A group has at most {MAX_MEMBERS:,} members; these are {len(names):,}.",
            "Let one member stand for several.",
        )
        return None
    columns = _numbers(meaning, table, units, said["file"], path)
    return Members(names=tuple(names), columns=columns, table=said["file"])


def _twice(table: Table, names: Sequence[str]) -> list[str]:
    """The rows without a name, or with one that stands above."""
    found, seen = [], set()
    for number, name in zip(table.numbers, names, strict=True):
        if name in seen or not name:
            found.append(f"row {number}: `{name}`" if name else f"row {number}: empty")
        seen.add(name)
    return found


def read_links(
    meaning: Meaning, said: Section, path: str, givers: Members, receivers: Members
) -> tuple[Links | None, dict[str, Unit]]:
    """The links that `along:` says, None when it says none, and the units of their columns."""
    if "matrix" in said:
        name, unit = said.get("value", ""), read_unit(meaning, said.get("unit"), f"{path}.unit")
        if name and not is_name(name):
            meaning.draft.report(
                f"{path}.value",
                f"`{name}` cannot be a name in a formula.",
                "A name is a letter, then letters, digits or `_`.",
            )
        if unit is None or not is_name(name):
            return None, {}
        return _matrix(meaning, said["matrix"], path, givers, receivers, (name, unit)), {name: unit}
    units = read_units(meaning, said.get("columns"), path)
    return _rows(meaning, said, path, givers, receivers, units), units


def _rows(
    meaning: Meaning, said: Section, path: str, givers: Members, receivers: Members, units: Mapping[str, Unit]
) -> Links | None:
    if not {"file", "from", "to"} <= set(said):
        return None
    table = meaning.table(said["file"], f"{path}.file")
    if table is None or not _has_columns(meaning, table, said, path, ("from", "to")):
        return None
    table = table.where(said.get("where") or {})
    ends = [
        _indices(meaning, table.column(said[key]), members, said["file"], f"{path}.{key}")
        for key, members in (("from", givers), ("to", receivers))
    ]
    columns = _numbers(meaning, table, units, said["file"], path)
    if not table.rows:
        meaning.draft.report(f"{path}.file", f"No row of {said['file']} is a link.", "Check `where`.")
    return Links(givers=ends[0], receivers=ends[1], columns=columns, table=said["file"])


def _matrix(
    meaning: Meaning, file: str, path: str, givers: Members, receivers: Members, cells: tuple[str, Unit]
) -> Links | None:
    name, unit = cells
    table = meaning.table(file, f"{path}.matrix")
    if table is None:
        return None
    down = _indices(meaning, table.column(table.header[0]), givers, file, f"{path}.matrix")
    across = _indices(meaning, [cell.strip() for cell in table.header[1:]], receivers, file, f"{path}.matrix")
    bad, links = [], []
    if len(down) == len(table.rows) and len(across) == len(table.header) - 1:
        for number, giver, row in zip(table.numbers, down, table.rows, strict=True):
            for receiver, cell in zip(across, row[1:], strict=True):
                value = cell_number(cell) if cell.strip() else 0.0
                if value is None:
                    bad.append(f"row {number}: `{cell[:20]}`")
                elif value != 0:
                    links.append((giver, receiver, value * unit.factor))
    if bad:
        meaning.draft.report(
            f"{path}.matrix",
            f"Cells of {file} that are no number: {_few(bad)}.",
            "Leave a cell empty where there is no link.",
        )
    columns = {name: tuple(value for _, _, value in links)}
    return Links(
        givers=tuple(g for g, _, _ in links), receivers=tuple(r for _, r, _ in links), columns=columns, table=file
    )


def _has_columns(meaning: Meaning, table: Table, said: Section, path: str, named: tuple[str, ...]) -> bool:
    """Whether the table has the columns that tell its rows; any other that is missing is reported too."""
    told = [has_column(meaning, table, said[key], said["file"], f"{path}.{key}") for key in named]
    where = said.get("where") or {}
    told += [has_column(meaning, table, column, said["file"], f"{path}.where.{column}", key=True) for column in where]
    for column in said.get("columns") or {}:
        has_column(meaning, table, column, said["file"], f"{path}.columns.{column}", key=True)
    return all(told)


def has_column(meaning: Meaning, table: Table, column: str, file: str, path: str, *, key: bool = False) -> bool:
    """Whether a table has a column; a problem with the nearest one when it has not."""
    if column in table.header:
        return True
    repair = meaning.draft.suggest(column, table.header) or f"It has {listing(table.header[:12], 'and')}."
    meaning.draft.report(path, f"{file} has no column `{column}`.", repair, key=key)
    return False


def _numbers(
    meaning: Meaning,
    table: Table,
    units: Mapping[str, Unit],
    file: str,
    path: str,
) -> dict[str, tuple[float, ...]]:
    """The declared columns of a table in base units; a cell that is no number is a problem with its row."""
    columns = {}
    for name, unit in units.items():
        if name not in table.header:
            continue
        cells = table.column(name)
        values = [cell_number(cell) for cell in cells]
        if None in values:
            bad = [
                f"row {number}: `{cell[:20]}`" if cell else f"row {number}: empty"
                for number, cell, value in zip(table.numbers, cells, values, strict=True)
                if value is None
            ]
            meaning.draft.report(
                f"{path}.columns.{name}",
                f"Cells of {file} under `{name}` that are no number: {_few(bad)}.",
                "Fill them, or leave the rows out with `where`.",
                key=True,
            )
        columns[name] = tuple((v or 0.0) * unit.factor for v in values)
    return columns


def _indices(meaning: Meaning, names: Sequence[str], members: Members, file: str, path: str) -> tuple[int, ...]:
    """The members' positions; names that are no members are one problem with their count."""
    positions = {name: index for index, name in enumerate(members.names)}
    found = [positions.get(name) for name in names]
    if None in found:
        unknown = list(dict.fromkeys(name for name, place in zip(names, found, strict=True) if place is None))
        count = "1 name" if len(unknown) == 1 else f"{len(unknown):,} names"
        meaning.draft.report(
            path,
            f"{file} has {count} of no member: {_few([f'`{name}`' for name in unknown])}.",
            "Correct them, or add the members.",
        )
    return tuple(place for place in found if place is not None)


def _few(items: Sequence[str]) -> str:
    more = f" and {len(items) - _SHOWN:,} more" if len(items) > _SHOWN else ""
    return ", ".join(items[:_SHOWN]) + more
