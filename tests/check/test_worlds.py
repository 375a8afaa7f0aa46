"""The acceptance set: the ten mini-worlds of the oracle, the neighbours, the eight mechanisms and the five examples."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lichen.check.assess import assess
from lichen.check.registry import INVARIANTS
from lichen.check.verdict import Verdict
from lichen.workspace import read_relationship

TESTS = Path(__file__).parent.parent
ORACLE = TESTS / "oracles/data/z_verdict_miniworlds.json"
MARGINS = dict(
    zip(INVARIANTS, ("m1_viability", "m2_visible", "m3_nonextractive", "m4_renegotiable", "m5_bounded"), strict=True)
)
SURE = 0.05
"""The oracle vouches for the sign of a margin from this size on."""


def pages(folder: str) -> list[Path]:
    return sorted((TESTS / "cases" / folder).glob("*.yaml"))


@cache
def judged(path: Path, runs: int = 400) -> Verdict:
    reading = read_relationship(path)
    assert reading.relationship is not None, reading.problems
    return assess(reading.relationship, runs=runs, search=False).verdict


def expected_of_world(path: Path) -> dict[str, Any]:
    """What the oracle says of the world whose id the page names."""
    named = re.search(r'id "([^"]+)"', path.read_text())
    assert named is not None
    cases = json.loads(ORACLE.read_text())["cases"]
    (expected,) = (case["expected"] for case in cases if case["id"] == named[1])
    return dict(expected)


def expected_of_page(path: Path) -> dict[str, str]:
    """`verdict`, `instead` and `variant` as the page's comment says them."""
    comment = "\n".join(line for line in path.read_text().splitlines() if line.startswith("#"))
    said = re.search(r"Expected(?: verdict)?: ([^\n]*)", comment)
    assert said is not None
    found = {"verdict": next((w for w in WORDS if re.search(rf"\b{w}\b", said[1])), "")}
    for key in ("instead", "variant"):
        named = re.search(rf"{key}: (\w+)", comment)
        found[key] = named[1] if named else "null"
    return found


WORDS = ("not a relationship of this kind", "not symbiotic", "at risk", "symbiotic")


@pytest.mark.parametrize("path", pages("worlds"), ids=lambda path: path.stem)
def test_a_world_is_symbiotic_or_not_as_the_oracle_says(path: Path) -> None:
    assert (judged(path).verdict == "symbiotic") == expected_of_world(path)["symbiotic"]


@pytest.mark.parametrize("path", pages("worlds"), ids=lambda path: path.stem)
def test_the_margins_of_a_world_have_the_signs_of_the_oracle(path: Path) -> None:
    verdict, values = judged(path), expected_of_world(path)["values"]
    wrong = {}
    for about, key in MARGINS.items():
        finding = verdict.finding(about)
        assert finding is not None
        margin = finding.margin
        assert margin is not None
        if abs(values[key]) > SURE and (margin >= 0) != (values[key] > 0):
            wrong[about] = (margin, values[key])
    assert not wrong


@pytest.mark.parametrize("path", pages("neighbours"), ids=lambda path: path.stem)
def test_a_neighbour_is_recognised(path: Path) -> None:
    verdict, expected = judged(path, 200), expected_of_page(path)
    assert (verdict.verdict, verdict.instead or "null") == (expected["verdict"], expected["instead"])


@pytest.mark.parametrize("path", [*pages("mechanisms"), *pages("examples")], ids=lambda path: path.stem)
def test_a_working_example_is_what_its_page_says(path: Path) -> None:
    verdict, expected = judged(path, 200), expected_of_page(path)
    assert (verdict.verdict, verdict.instead or "null") == (expected["verdict"], expected["instead"])
    if expected["variant"] != "null":
        assert verdict.variant == expected["variant"]


@pytest.mark.parametrize("runs", [100, 20_000])
@pytest.mark.parametrize("world", ["one-time-purchase", "slogan-partners"])
def test_few_or_many_futures_tell_a_purchase_and_a_slogan_alike(world: str, runs: int) -> None:
    """Paired draws make any difference significant in the end; what counts must not grow with the futures."""
    verdict = judged(TESTS / f"cases/worlds/{world}.yaml", runs)
    assert verdict.verdict == "not a relationship of this kind"
    assert verdict.instead == {"one-time-purchase": "one_time_purchase", "slogan-partners": "slogan"}[world]
