"""Each trick by which a verdict might be fooled, played on a page that says whether it is caught, and by what."""

import re
from pathlib import Path

import pytest

from lichen.check.assess import assess
from lichen.workspace import read_relationship

PAGES = sorted((Path(__file__).parent.parent / "cases/fooled").glob("*.yaml"))
RUNS = 200
SEARCHED = "false_shared_value_metric"
"""The one finding that a search over terms supports."""


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_trick_is_caught_or_the_page_says_that_it_is_not(path: Path) -> None:
    said = re.search(r"^# (Caught|Not caught): (\w+)\.", path.read_text(), re.MULTILINE)
    assert said is not None
    is_caught, about = said[1] == "Caught", said[2]
    reading = read_relationship(path)
    assert reading.relationship is not None, reading.problems
    verdict = assess(reading.relationship, runs=RUNS, search=about == SEARCHED).verdict
    if about == "gate":
        gate = verdict.gate
        assert (gate.ongoing and gate.interdependent and gate.closed_loop) != is_caught
        return
    finding = verdict.finding(about)
    assert finding is not None
    assert (finding.status in ("at risk", "broken")) == is_caught
