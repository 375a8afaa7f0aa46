"""Opens tables: CSV (also `.gz`), Parquet and XLSX. The only module of the record that touches files.

The path must already be known to lie where the table may lie. Parquet is read by DuckDB, which may open this one file
and nothing else; XLSX by calamine, from bytes. Both libraries load when they are needed.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from lichen.language.problem import Problem
from lichen.record.csv_text import header_problem, read_csv
from lichen.record.figures import Cell
from lichen.record.table import MOST_BYTES, MOST_CELLS, Table, problem_in

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

Opened: TypeAlias = tuple[Table | None, tuple[Problem, ...]]

_GZIP, _ZIP, _OLD_OFFICE, _PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"
_RELATIONSHIP = re.compile(rb'^(?:lichen|\s*\{?\s*"lichen")\s*:', re.MULTILINE)
_JSON = re.compile(rb'\s*[\[{]\s*["\[{]')
_NO_TABLES = {".yaml": "YAML", ".yml": "YAML", ".json": "JSON"}
_SEEN_OF_A_TEXT = 64 * 2**10
"""Bytes at the beginning of a text in which a relationship file names itself."""
_MARKS_OF_A_PATTERN = re.compile(r"[*?\[\]{}]")
_CELL_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_NESTED = re.compile(r"\[|STRUCT|MAP|UNION|LIST|ARRAY|BLOB|BIT|VARIANT|GEOMETRY", re.IGNORECASE)
_PLAIN = re.compile(
    r"(U?(TINY|SMALL|BIG|HUGE)?(INT|INTEGER)|FLOAT|DOUBLE|DECIMAL\(.*\)|BOOLEAN|VARCHAR|DATE|TIMESTAMP(_[A-Z]+)?)$"
)


def open_table(path: Path, name: str | None = None) -> Opened:
    """The table in a file, or the problems that make it unreadable; `name` is what messages call it (default: the
    file's name).
    """
    name = name or path.name
    try:
        if not path.is_file():
            fact = "this is a folder, not a table" if path.is_dir() else "there is no such file"
            return _refused(name, fact, "Name an existing CSV, Parquet or XLSX file.")
        if path.stat().st_size > MOST_BYTES:
            return _refused(
                name, f"the file is larger than {MOST_BYTES // 2**20} MiB", "Split it, or sum it by day first."
            )
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        return _refused(
            name, f"the file cannot be opened: {reason or 'its name is not valid'}", "Check its name and rights."
        )
    return _opened(content, path, name)


def _refused(name: str, fact: str, repair: str) -> Opened:
    return None, (problem_in(name, fact, repair),)


def _opened(content: bytes, path: Path, name: str) -> Opened:
    if not content:
        return _refused(name, "the file is empty", "Give it a line of column names and its rows.")
    endings = [ending.lower() for ending in path.suffixes]
    if content.startswith(_GZIP) or endings[-1:] == [".gz"]:
        unpacked = _unpacked(content)
        if unpacked is None:
            return _refused(
                name, "the gzip data are damaged, cut off or too large", "Pack the table again, or give it unpacked."
            )
        return _text(unpacked, name)
    if content.startswith(_PARQUET) or endings[-1:] == [".parquet"]:
        return _parquet(content, path, name)
    if content.startswith(_ZIP) or endings[-1:] in ([".xlsx"], [".xlsm"]):
        return _workbook(content, name)
    if content.startswith(_OLD_OFFICE):
        return _refused(
            name, "this is an old or protected Office file", "Save it as XLSX without a password, or as CSV."
        )
    return _text(content, name)


def _text(content: bytes, name: str) -> Opened:
    """A table in a text; a relationship file and other texts that are no table are told by what they are."""
    ending = Path(name.lower().removesuffix(".gz")).suffix
    if _RELATIONSHIP.search(content, 0, _SEEN_OF_A_TEXT):
        return _refused(
            name,
            "this is a relationship file, not a table",
            "`lichen check`, `map` and `review` read it; a table is CSV, Parquet or XLSX.",
        )
    kind = _NO_TABLES.get(ending) or ("JSON" if _JSON.match(content) else None)
    if kind is not None:
        return _refused(name, f"this is {kind}, not a table", "Write its rows as CSV, Parquet or XLSX.")
    return read_csv(content, name)


def _unpacked(content: bytes) -> bytes | None:
    """What gzip data hold, or None when they are damaged or hold too much."""
    parts: list[bytes] = []
    room = MOST_BYTES
    while content:
        stream = zlib.decompressobj(wbits=31)
        try:
            parts.append(stream.decompress(content, room))
        except zlib.error:
            return None
        room -= len(parts[-1])
        if not stream.eof or room <= 0:
            return None
        content = stream.unused_data.lstrip(b"\0")
    return b"".join(parts)


def _parquet(content: bytes, path: Path, name: str) -> Opened:
    damaged = _refused(name, "this is not a Parquet file, or it is damaged or cut off", "Export the table again.")
    if not (content.startswith(_PARQUET) and content.endswith(_PARQUET)):
        return damaged
    place = str(path.resolve())
    if _MARKS_OF_A_PATTERN.search(place):
        return _refused(name, f"the path has signs that stand for patterns: {place}", "Leave out * ? [ ] { } in names.")
    import duckdb

    try:
        with duckdb.connect(config={"autoload_known_extensions": False, "autoinstall_known_extensions": False}) as base:
            base.execute("SET allowed_paths = ?", [[place]])
            base.execute("SET enable_external_access = false")
            base.execute("SET lock_configuration = true")
            found = base.from_parquet(place)
            if wrong := header_problem(list(found.columns), name):
                return None, (wrong,)
            return _columns(found, name)
    except duckdb.Error:
        return damaged


def _columns(found: DuckDBPyRelation, name: str) -> Opened:
    import duckdb

    kinds = dict(zip(found.columns, map(str, found.types), strict=True))
    kept = [column for column, kind in kinds.items() if not _NESTED.search(kind)]
    if not kept:
        return _refused(name, "no column holds plain values", "Write one value a cell: text, number or date.")
    count = found.shape[0]
    if count * len(kept) > MOST_CELLS:
        return _refused(name, f"the table has {count:,} rows", "Split it, or sum it by day first.")
    plain = [
        duckdb.ColumnExpression(column)
        if _PLAIN.fullmatch(kinds[column])
        else duckdb.ColumnExpression(column).cast("TIMESTAMP" if kinds[column].startswith("TIMESTAMP") else "VARCHAR")
        for column in kept
    ]
    rows = found.select(*plain).fetchall()
    left_out = ", ".join(f"`{column}`" for column in kinds if column not in kept)
    return (
        Table(
            name=name,
            columns=dict(zip(kept, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(kept, ()),
            rows=tuple(range(1, count + 1)),
            notes=(f"{left_out} not read: more than one value a cell",) if left_out else (),
        ),
        (),
    )


def _workbook(content: bytes, name: str) -> Opened:
    damaged = _refused(
        name, "this is not an XLSX workbook, or it is damaged or cut off", "Save it again as XLSX, or as CSV."
    )
    size = _size_of_sheets(content)
    if size is None:
        return damaged
    if size > MOST_CELLS:
        return _refused(name, f"the workbook spans {size:,} cells", "Remove cells far outside the table, or split it.")
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {sheet: book.get_sheet_by_name(sheet).to_python(skip_empty_area=False) for sheet in book.sheet_names}
    except (python_calamine.CalamineError, ValueError, OSError):
        return damaged
    filled = {
        sheet: rows for sheet, rows in sheets.items() if any(any(_cell(c) is not None for c in row) for row in rows)
    }
    if not filled:
        return _refused(
            name, "no sheet holds anything", "Put the table on the first sheet, column names in its first row."
        )
    sheet, rows = next(iter(filled.items()))
    notes = (f"sheet `{sheet}` read, {len(filled) - 1} more left out",) if len(filled) > 1 else ()
    return _sheet([[_cell(cell) for cell in row] for row in rows], name, notes)


def _size_of_sheets(content: bytes) -> int | None:
    """How many cells the sheets span, known before anything is allocated for them; None when this is no workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
                return MOST_CELLS + 1
            size = 0
            for part in parts.namelist():
                if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                    places = _CELL_PLACE.findall(parts.read(part))
                    columns = max((_column_number(letters) for letters, _ in places), default=0)
                    size += columns * max((int(row) for _, row in places), default=0)
            return size
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError):
        return None


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _cell(cell: object) -> Cell:
    """A cell of a sheet: empty text is empty, midnight is the day, times and durations are text."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else cell
    if isinstance(cell, str | bool | int | float | date):
        return cell
    return str(cell)


def _sheet(rows: list[list[Cell]], name: str, notes: tuple[str, ...]) -> Opened:
    numbered = [(number, row) for number, row in enumerate(rows, 1) if any(cell is not None for cell in row)]
    (_, header), *numbered = numbered
    names = ["" if cell is None else str(cell).strip() for cell in header]
    if wrong := header_problem(names, name):
        return None, (wrong,)
    columns: dict[str, tuple[Cell, ...]] = {}
    for i, column in enumerate(names):
        cells = tuple(row[i] for _, row in numbered)
        if column or any(cell is not None for cell in cells):
            columns[column or f"column {i + 1}"] = cells
    return Table(name=name, columns=columns, rows=tuple(number for number, _ in numbered), notes=notes), ()
