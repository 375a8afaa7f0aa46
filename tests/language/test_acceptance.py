"""Every relationship file of the acceptance set and of the examples reads without a problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from lichen.language.problem import render
from lichen.workspace import read_relationship

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("tests/cases", "examples")
    for path in (ROOT / folder).rglob("*.yaml")
    if path.parent.name != "private"
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_of_the_acceptance_set_reads_without_a_problem(path: Path) -> None:
    reading = read_relationship(path)
    assert not reading.problems, render(reading.problems)
    assert reading.relationship is not None


def test_the_acceptance_set_covers_its_folders() -> None:
    folders = {path.parent.name for path in FILES}
    assert {"worlds", "mechanisms", "examples", "neighbours", "features"} <= folders
