"""A text that is no YAML: what can be read all the same is, and nothing right is called wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lichen.language.reading import read
from lichen.language.salvage import set_aside
from lichen.language.source import Source

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "language.md").read_text(encoding="utf-8")
SUPPLY = PAGE.partition("```yaml\n")[2].partition("```")[0]


def test_whatever_mark_is_lost_only_its_own_section_is_wrong() -> None:
    """One brace, bracket or quote after another is taken out of a right file: in its section something is wrong, and
    nowhere else.
    """
    heads = [match.start() for match in re.finditer(r"^\w", SUPPLY, re.MULTILINE)] + [len(SUPPLY)]
    for mark in re.finditer(r"[{}\[\]\"]", SUPPLY):
        lost = Source("file.yaml", SUPPLY[: mark.start()] + SUPPLY[mark.end() :])
        first, last = (
            SUPPLY.count("\n", 0, place) + 1
            for place in (
                max(head for head in heads if head <= mark.start()),
                min(head for head in heads if head > mark.start()),
            )
        )
        for problem in read(lost).problems:
            assert first <= problem.origin.line <= last, (mark, str(problem))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a: {b: 1\nc: 2\n", "a: x    \nc: 2\n"),
        ("a:\n  b: [1\n  c: 2\n", "a:\n  b: x \n  c: 2\n"),
        ('a: "open\nb: 1\n', "a: x    \nb: 1\n"),
        ("a: {\n  b: [\n}\nc: 1\n", "a: x\n      \n \nc: 1\n"),
        ("a:\n  - {b: 1\nc: 2\n", "a:\n  x      \nc: 2\n"),
        ("a:\n    b: 1\n   c: 2\nd: 3\n", "a:\n    x   \n       \nd: 3\n"),
        ("a: {b: 1\r\nc: 2\r\n", "a: x    \r\nc: 2\r\n"),
        ('a: 1\n"b":\n  c: [1\nd: 2\n', 'a: 1\n"b":\n  c: x \nd: 2\n'),
        ("a: 1\n'b: c':\n  d: [\ne: 2\n", "a: 1\n'b: c':\n  d: x\ne: 2\n"),
    ],
)
def test_what_cannot_be_read_is_set_aside_and_all_else_keeps_its_place(text: str, left: str) -> None:
    assert set_aside(text)[0] == left


@pytest.mark.parametrize("text", ["a: 1\n", "{", "- {\n- 1\n", "".join(f"k{turn}: [\n" for turn in range(30))])
def test_of_a_text_that_is_right_or_wrong_throughout_nothing_is_set_aside(text: str) -> None:
    assert set_aside(text) == (text, ())


def test_without_all_units_nothing_is_said_of_formulas() -> None:
    broken = SUPPLY.replace("units: {", "units: {{", 1)
    assert broken != SUPPLY
    assert len(read(Source("file.yaml", broken)).problems) == 1
