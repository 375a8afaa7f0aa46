"""Relationships put to the test whose answers are worked out on paper: the pages under `tests/cases/stress/`.

A page has a small file and `figures`: a path into the JSON of `lichen stress`, and what stands there. A list is entered
by position, or by what an item holds (`party=mill&day=0`). `null` is what cannot be told or has no bound; a figure of
chance says within how much.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from lichen.language.reading import read
from lichen.language.source import Source
from lichen.stress.stress import stress

PAGES = sorted((Path(__file__).parent.parent / "cases" / "stress").glob("*.md"))
_FENCE = re.compile(r"^```(yaml|figures)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def parts(page: Path) -> dict[str, str]:
    return dict(_FENCE.findall(page.read_text(encoding="utf-8")))


FIGURES = [(page, *line.split(": ", 1)) for page in PAGES for line in parts(page)["figures"].splitlines()]


@cache
def answered(page: Path) -> dict[str, Any]:
    """Everything that `stress` says of the page's file; over many futures only where chance has a part."""
    text = parts(page)["yaml"]
    reading = read(Source("page.yaml", text))
    assert reading.relationship is not None, reading.problems
    return stress(reading.relationship, runs=1000 if "process:" in text else 20).to_json()


def found(value: Any, path: str) -> Any:
    for step in path.split("/"):
        if isinstance(value, dict):
            value = value[step]
        elif step.isdigit():
            value = value[int(step)]
        else:
            value = next(item for item in value if all(holds(item, *one.split("=")) for one in step.split("&")))
    return value


def holds(item: Any, key: str, wanted: str) -> bool:
    value = item
    for name in key.split("."):
        value = value[name]
    if isinstance(value, list):
        return value == [wanted]
    return str(value) == wanted or value == yaml.safe_load(wanted)


@pytest.mark.parametrize(("page", "path", "wanted"), FIGURES, ids=lambda part: getattr(part, "stem", part))
def test_the_answer_is_the_one_on_paper(page: Path, path: str, wanted: str) -> None:
    value = found(answered(page), path)
    number, _, within = wanted.partition(" within ")
    expected = yaml.safe_load(number) if not re.match(r"[A-Z].* ", number) and ": " not in number else number
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        assert value == pytest.approx(expected, abs=float(within) if within else None, rel=1e-4)
    else:
        assert value == expected
