"""Files that cannot be opened, and what may be opened beside them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pytest

from lichen.language.problem import render
from lichen.workspace import CourseFile, read_evidence, read_relationship, write_whole

GOOD = """\
lichen: 1
relationship: a group
time: {start: 2026-01-01, horizon: 1 year}
parties:
  people: {kind: group, members: {file: people.csv, member: name}}
"""


def fact(path: Path, party: str | None = None) -> str:
    reading = read_relationship(path, party)
    assert reading.relationship is None
    assert "Nothing was simulated." in render(reading.problems)
    return reading.problems[0].fact


def test_a_missing_file_is_told_with_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text(GOOD)
    reading = read_relationship(tmp_path / "fiel.yaml")
    assert reading.problems[0].fact == "There is no such file."
    assert reading.problems[0].repair == "Did you mean `file.yaml`?"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "folder" in fact(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "file.yaml")
    assert "no ordinary file" in fact(tmp_path / "file.yaml")


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfeb\x00i\x00n\x00", b"\x00" * 99, b"\xef\xbb\xbflichen: 1", b"caf\xe9: 1", b"x" * (2**20 + 1)]
)
def test_a_file_that_is_no_text_is_told(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_bytes(data)
    assert fact(tmp_path / "file.yaml")


def test_a_name_that_no_file_can_have_is_told() -> None:
    assert fact(Path("x" * 5000))
    assert fact(Path("a\0b"))


def test_a_table_beside_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text(GOOD)
    (tmp_path / "people.csv").write_text("name,age\nann,3\nben,4\n")
    found = read_relationship(tmp_path / "file.yaml").relationship
    assert found is not None
    members = found.parties["people"].members
    assert members is not None and members.names == ("ann", "ben")


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text("name\nann\n")
    (folder / "people.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "file.yaml").write_text(GOOD)
    assert "leads out" in fact(folder / "file.yaml")


@pytest.mark.parametrize(
    "table", ['name\n"ann\nben\n', "", "name,name\nann,ben\n", "\0\0\0", "name,age\nann\nben,1,2,3\n", "PAR1 broken"]
)
def test_a_broken_table_is_a_problem_at_the_name_of_its_file(table: str, tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text(GOOD)
    (tmp_path / "people.csv").write_text(table)
    reading = read_relationship(tmp_path / "file.yaml")
    assert reading.relationship is None
    assert str(reading.problems[0].origin).startswith("file.yaml:5:")


@pytest.mark.parametrize("party", ["../../../etc/passwd", "", ".", "a/b", "\0"])
def test_the_name_of_a_party_opens_no_other_file(party: str, tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text(GOOD)
    (tmp_path / "people.csv").write_text("name\nann\n")
    assert read_relationship(tmp_path / "file.yaml", party).relationship is not None


def test_a_wrong_file_is_refused_without_loading_anything_heavy(tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text("lichen: 2\n")
    program = (
        "import sys\nfrom pathlib import Path\nfrom lichen.workspace import read_relationship\n"
        f"assert read_relationship(Path({str(tmp_path / 'file.yaml')!r})).problems\n"
        "print(sorted({'numpy', 'scipy', 'rich', 'duckdb', 'pydantic', 'python_calamine'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_a_file_is_written_whole_and_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    write_whole(path, "one")
    path.chmod(0o600)
    write_whole(path, "two é")
    assert path.read_text(encoding="utf-8") == "two é"
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["out.txt"]


def test_a_record_that_lies_elsewhere_is_told_by_its_folder(tmp_path: Path) -> None:
    keys = "flows: {tea: {kind: benefit, from: people, to: world, rate: 1 unit/day}}\n"
    (tmp_path / "people.csv").write_text("name\nann\n")
    (tmp_path / "file.yaml").write_text(
        GOOD + "units: {unit: new}\n" + keys + "evidence: {tea: {file: del.csv, at: day, amount: n, unit: unit}}\n"
    )
    (tmp_path / "empty").mkdir()
    reading = read_relationship(tmp_path / "file.yaml")
    assert reading.relationship is not None, render(reading.problems)
    nowhere, long = tmp_path / "nowhere", tmp_path / ("x" * 5000)
    assert [p.fact for p in read_evidence(reading.relationship, nowhere).problems] == [
        f"There is no folder `{nowhere}`."
    ]
    assert read_evidence(reading.relationship, long).problems
    said = read_evidence(reading.relationship, tmp_path / "empty").problems[0].fact
    assert said.strip() == f"There is no file `del.csv` in the folder `{(tmp_path / 'empty').resolve()}`."


def courses(**series: float) -> dict[str, dict[str, np.ndarray]]:
    """Two futures over two moments in one lane."""
    return {"base": {name: np.full((2, 2), value) for name, value in series.items()}}


def test_series_that_a_table_would_take_for_one_another_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "a'b.parquet"
    file = CourseFile(path, [0.0, 7.0])
    file.add(range(2), courses(x=1.0, X=2.0, day=3.0, lane=4.0))
    file.close(keep=True)
    table = duckdb.read_parquet(str(path))
    assert table.columns == ["lane", "future", "day", "x", "X_", "day_", "lane_"]
    assert table.fetchall()[3] == ("base", 1, 7.0, 1.0, 2.0, 3.0, 4.0)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_courses_that_are_not_to_be_kept_leave_nothing(tmp_path: Path) -> None:
    file = CourseFile(tmp_path / "out.parquet", [0.0, 7.0])
    file.add(range(2), courses(x=1.0))
    file.close(keep=False)
    assert list(tmp_path.iterdir()) == []


def test_what_the_base_complains_of_is_an_error_of_the_file(tmp_path: Path) -> None:
    file = CourseFile(tmp_path / "out.parquet", [0.0, 7.0])
    file.base.close()
    with pytest.raises(OSError, match="closed"):
        file.add(range(2), courses(x=1.0))
