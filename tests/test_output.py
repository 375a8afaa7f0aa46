"""Where the verbs write: the ending says the form, and nothing that is read or was there is lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lichen.cli import lichen

ROOT = Path(__file__).parent.parent
RUNS = ("--runs", "20")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A right file in a folder of its own."""
    return Path(shutil.copy(ROOT / "tests/cases/examples/mentorship.yaml", tmp_path / "pair.yaml"))


def run(*arguments: object) -> Result:
    """A verb as a person calls it."""
    return CliRunner().invoke(lichen, [str(argument) for argument in arguments])


def test_the_ending_says_the_form(file: Path) -> None:
    run("check", file, *RUNS, "--output", file.with_suffix(".json"))
    assert json.loads(file.with_suffix(".json").read_text("utf-8"))["relationship"]
    run("map", file, "--output", file.with_suffix(".svg"))
    assert file.with_suffix(".svg").read_text("utf-8").startswith("<svg")


def test_a_form_that_is_asked_for_goes_before_the_ending(file: Path) -> None:
    run("map", file, "--format", "json", "--output", file.with_suffix(".txt"))
    assert json.loads(file.with_suffix(".txt").read_text("utf-8"))


@pytest.mark.parametrize("verb", ["check", "map", "review"])
def test_an_ending_that_a_verb_cannot_write_is_refused(verb: str, file: Path) -> None:
    done = run(verb, file, "--output", file.with_suffix(".png"))
    assert done.exit_code == 2
    assert "pair.png" in done.output
    assert not file.with_suffix(".png").exists()


def test_the_file_that_is_read_is_never_written_over(file: Path) -> None:
    before = file.read_bytes()
    page = Path(shutil.copy(file, file.with_suffix(".html")))
    done = run("review", page, *RUNS, "--output", page)
    assert done.exit_code == 2
    assert "would be lost" in done.output
    assert page.read_bytes() == before


def test_a_draft_is_never_written_over_a_file(file: Path) -> None:
    before = file.read_bytes()
    done = run("scan", ROOT / "examples/mentorship/data/mentored.csv", "--write", file)
    assert done.exit_code == 2
    assert "would be lost" in done.output
    assert file.read_bytes() == before
