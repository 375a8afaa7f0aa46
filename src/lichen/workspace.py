"""The only place that opens and writes files: a relationship with its private parts and tables, a table of events."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, final

from lichen.language.problem import Problem, did_you_mean
from lichen.language.reading import Reading, read
from lichen.language.source import MAX_BYTES, Source, decode
from lichen.language.table import Table
from lichen.language.tokens import is_name
from lichen.relationship.relationship import Origin

if TYPE_CHECKING:
    from lichen.language.xmile.model import Model as XmileModel
    from lichen.record.reading import Record
    from lichen.record.table import Table as RecordTable
    from lichen.relationship.relationship import Relationship
    from lichen.simulation.futures import Array

PRIVATE = "private"
"""The folder beside a relationship file that holds what each party keeps to itself."""


def read_relationship(path: Path | str, party: str | None = None) -> Reading:
    """The relationship in a file, or every problem of it.

    Private parts lie in `private/<party>.yaml` beside it: all of them are used, or only that of `party`. Tables lie in
    its folder.
    """
    path = Path(path)
    source = _open(path, path.name or str(path))
    if isinstance(source, Problem):
        return Reading(relationship=None, problems=(source,))
    folder = path.parent
    parts: dict[str, Source] = {}
    problems: list[Problem] = []
    for owner in _owners(folder, party):
        part = _open(folder / PRIVATE / f"{owner}.yaml", f"{PRIVATE}/{owner}.yaml")
        if isinstance(part, Problem):
            problems.append(part)
        else:
            parts[owner] = part
    reading = read(source, parts=parts, party=party, open_table=lambda name: open_member_table(folder, name))
    if problems:
        return Reading(relationship=None, problems=(*reading.problems, *problems))
    return reading


def _owners(folder: Path, party: str | None) -> list[str]:
    """Whose private part lies beside the file and is asked for."""
    if party is not None:
        return [party] if is_name(party) and (folder / PRIVATE / f"{party}.yaml").exists() else []
    try:
        return sorted(found.stem for found in (folder / PRIVATE).glob("*.yaml"))
    except OSError:
        return []


def _open(path: Path, name: str) -> Source | Problem:
    """The text of a file under a name for messages; a problem when it cannot be had."""
    found = _bytes(path, name)
    return found if isinstance(found, Problem) else decode(name, *found)


def _bytes(path: Path, name: str) -> tuple[bytes, int] | Problem:
    """What a file holds, as far as it may be read, and how many bytes it has."""
    whole = Origin(file=name, line=1, column=1)
    try:
        if path.is_dir():
            return Problem(origin=whole, fact="This is a folder, not a file.", repair=_files_in(path))
        if not path.exists():
            return Problem(origin=whole, fact="There is no such file.", repair=_neighbour(path) or "Name another.")
        if not path.is_file():
            return Problem(origin=whole, fact="This is no ordinary file.", repair="Name a text file.")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1), os.fstat(file.fileno()).st_size
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name is not valid"
        return Problem(origin=whole, fact=f"The file cannot be opened: {reason}.", repair="Check its name and rights.")


def _files_in(folder: Path) -> str:
    found = sorted(p.name for p in folder.glob("*.yaml"))[:3]
    return (
        f"Name the file in it: {', '.join(f'`{folder / name}`' for name in found)}."
        if found
        else "Name a relationship file."
    )


def _neighbour(path: Path) -> str:
    try:
        return did_you_mean(path.name, [p.name for p in path.parent.iterdir() if p.is_file()][:1000])
    except OSError:
        return ""


def inside(folder: Path, name: str, where: str = "beside this one") -> Path | str:
    """The file of that name within a folder, `where` for people; a text says why not: it is missing, or a link leads
    out.
    """
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            return f"`{name}` leads out of the folder of this file."
        if not path.exists():
            near = _neighbour(folder / name)
            return f"There is no file `{name}` {where}.\n{near}"
    except (OSError, ValueError, RuntimeError):  # the last: links in a circle, before Python 3.13
        return f"`{name}` cannot be opened."
    return path


def open_member_table(folder: Path, name: str) -> Table | str:
    """A table of members, links or a series as cells of text; a text says why it cannot be read."""
    from lichen.record.table import text_of
    from lichen.record.tables import open_table

    path = inside(folder, name)
    if isinstance(path, str):
        return path
    found, problems = open_table(path, name)
    if found is None:
        fact, repair = (problems[0].fact, problems[0].repair) if problems else ("it holds no table", "")
        return f"`{name}` cannot be read: {fact.rstrip('.')}.\n{repair}"
    if found.damaged:
        position, reason = next(iter(found.damaged.items()))
        return f"`{name}` cannot be read: row {found.rows[position]}: {reason}."
    columns = [
        [cell.strip() if isinstance(cell, str) else text_of(cell) for cell in cells] for cells in found.columns.values()
    ]
    return Table(tuple(found.columns), tuple(zip(*columns, strict=True)), found.rows)


def files_beside(relationship: Relationship, folder: Path, record: Path | None = None) -> Iterator[Path]:
    """What a relationship is read from besides its own file: private parts, tables, and those of its record."""
    holders = [
        *(party.members for party in relationship.parties.values()),
        *(flow.along for flow in relationship.flows.values()),
        *(process.series for process in relationship.world.values()),
    ]
    yield from (folder / holder.table for holder in holders if holder is not None and holder.table is not None)
    yield from (folder / PRIVATE / f"{owner}.yaml" for owner in relationship.parts)
    yield from ((record or folder) / evidence.file for evidence in relationship.evidence)


def read_events(path: Path) -> tuple[RecordTable | None, tuple[Problem, ...]]:
    """A table of events as it is, or what makes it unreadable."""
    from lichen.record.tables import open_table

    return open_table(path)


def read_xmile(path: Path) -> XmileModel | Problem:
    """A model of another tool, or why it cannot be read."""
    from lichen.language.xmile.reading import read_model

    found = _bytes(path, path.name or str(path))
    if isinstance(found, Problem):
        return found
    data, size = found
    whole = Origin(file=path.name, line=1, column=1)
    if not data:
        return Problem(origin=whole, fact="The file is empty.", repair="Export the model as XMILE once more.")
    if len(data) > MAX_BYTES:
        fact = f"The file has {max(len(data), size):,} bytes; a model has at most {MAX_BYTES:,}."
        return Problem(origin=whole, fact=fact, repair="Leave out its views and what it does not compute with.")
    model = read_model(data)
    if isinstance(model, str):
        return Problem(origin=whole, fact=f"This is no XMILE model: {model}.", repair="Export it as XMILE once more.")
    return model


def read_evidence(relationship: Relationship, folder: Path, *, as_of: date | None = None) -> Record:
    """The record of a relationship from the tables in a folder; `as_of` leaves out what came later."""
    from lichen.record.reading import Record, read_record
    from lichen.record.tables import open_table

    if not os.path.isdir(folder):
        whole = Origin(file=str(folder), line=1, column=1)
        lacking = Problem(origin=whole, fact=f"There is no folder `{folder}`.", repair="Name the folder of the tables.")
        return Record(books={}, problems=(lacking,), as_of=as_of)

    def within(path: Path, name: str) -> tuple[RecordTable | None, tuple[Problem, ...]]:
        found = inside(folder, name, f"in the folder `{folder.resolve()}`")
        if isinstance(found, str):
            return None, (Problem(origin=Origin(file=name, line=1, column=1), fact=found, repair="Check `file:`."),)
        return open_table(path, name)

    return read_record(relationship, folder, within, as_of=as_of, today=date.today())


@final
class CourseFile:
    """One Parquet file with the course of every future, filled chunk by chunk and whole at the end.

    A row is one moment of one future in one lane: `lane`, `future`, `day` (since the start), then one column for each
    series, in base units. What has come so far lies in a file beside it, so that any number of futures needs the same
    memory. An `OSError` says why it cannot be written.
    """

    def __init__(self, path: Path, days: Sequence[float]) -> None:
        import duckdb

        self.path = path
        self.folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        self.days = days
        self.base = duckdb.connect(str(self.folder / "courses.db"), config={"memory_limit": "300MB", "threads": 2})
        self.rows = 0

    def add(self, futures: range, courses: Mapping[str, Mapping[str, Array]]) -> None:
        """The courses of some futures, by lane and series [future, time]."""
        import numpy as np

        moments = len(self.days)
        self._execute("BEGIN")
        for lane, series in courses.items():
            chunk = {
                "future": np.repeat(np.arange(futures.start, futures.stop), moments),
                "day": np.tile(np.asarray(self.days), len(futures)),
            }
            for name, course in series.items():
                chunk[_column(name, chunk)] = np.ascontiguousarray(course).ravel()
            self.base.register("chunk", chunk)
            self._execute("CREATE TABLE IF NOT EXISTS courses AS SELECT '' AS lane, * FROM chunk LIMIT 0")
            self._execute("INSERT INTO courses SELECT ?, * FROM chunk", lane)
            self.base.unregister("chunk")
        self._execute("COMMIT")
        self.rows += len(futures) * moments

    def close(self, *, keep: bool) -> None:
        """Write the file under its name, unless nothing is to be kept, and tidy up."""
        import shutil

        try:
            if keep and self.rows:
                whole = self.folder / "courses.parquet"
                quoted = str(whole).replace("'", "''")
                self._execute(f"COPY courses TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)")
                whole.replace(self.path)
        finally:
            self.base.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _execute(self, statement: str, *values: str) -> None:
        """One statement; a full disk, or whatever else the base complains of, is an `OSError`."""
        import duckdb

        try:
            self.base.execute(statement, values)
        except duckdb.Error as wrong:
            raise OSError(str(wrong).partition("\n")[0]) from wrong


def _column(name: str, taken: Collection[str]) -> str:
    """The name of a column: that of the series, with a stroke behind it where it would be taken for another one."""
    lower = {other.lower() for other in (*taken, "lane")}
    while name.lower() in lower:
        name += "_"
    return name


def free_bytes(folder: Path) -> int:
    """How much room is left on the disk of a folder."""
    import shutil

    return shutil.disk_usage(folder).free


def write_whole(path: Path, text: str) -> None:
    """Write a text so that the file is never half there: beside it first, then under its name."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
