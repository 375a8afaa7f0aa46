"""Each page under `tests/cases/problems/` shows a wrong file and exactly what is said about it.

A page is a title, a sentence, the file as a fenced block, perhaps neighbours of it (`csv sellers.csv`,
`yaml private/mill.yaml`), and the output of `lichen check file.yaml`. With LICHEN_RECORD=1 in the environment the
outputs are written anew; read the difference.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from lichen.language.problem import render
from lichen.workspace import read_relationship

PAGES = sorted((Path(__file__).parents[1] / "cases" / "problems").glob("*.md"))
_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = "$ lichen check file.yaml\n"


@dataclass(frozen=True)
class Page:
    """The files of a page and the output that it expects."""

    text: str
    files: dict[str, str]
    expected: str


def open_page(path: Path) -> Page:
    text = path.read_text(encoding="utf-8")
    files, expected = {}, ""
    for kind, name, body in _FENCE.findall(text):
        if kind == "text":
            assert body.startswith(_COMMAND), f"{path.name}: the output begins with its command"
            expected = body.removeprefix(_COMMAND).removesuffix("\n")
        else:
            files[name or "file.yaml"] = body
    return Page(text, files, expected)


def output(page: Page, folder: Path) -> str:
    for name, body in page.files.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(body, encoding="utf-8")
    reading = read_relationship(folder / "file.yaml")
    assert reading.relationship is None
    return render(reading.problems)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_wrong_file_is_answered_with_exactly_this(path: Path, tmp_path: Path) -> None:
    page = open_page(path)
    found = output(page, tmp_path)
    if os.environ.get("LICHEN_RECORD"):
        fence = f"```text\n{_COMMAND}{found}\n```\n"
        path.write_text(
            re.sub(r"```text\n.*?^```\n?", lambda _: fence, page.text, flags=re.DOTALL | re.MULTILINE), "utf-8"
        )
    else:
        assert found == page.expected


def test_a_page_has_a_title_a_sentence_a_file_and_an_output() -> None:
    for path in PAGES:
        page = open_page(path)
        lines = page.text.splitlines()
        assert lines[0].startswith("# ") and lines[2].endswith("."), path.name
        assert "file.yaml" in page.files and page.expected, path.name


def test_there_are_sixty_pages_and_one_of_them_has_eight_problems() -> None:
    assert len(PAGES) >= 60
    assert any(open_page(path).expected.endswith("\n8 problems. Nothing was simulated.") for path in PAGES)


def test_a_page_names_place_fact_and_repair() -> None:
    for path in PAGES:
        for problem in open_page(path).expected.split("\n\n")[:-1]:
            first, *rest = problem.splitlines()
            assert re.match(r"[\w./]+(:\d+:\d+)?  .+[.:]$", first), f"{path.name}: {first}"
            assert rest and rest[-1].startswith("  "), f"{path.name}: no repair in: {problem}"
