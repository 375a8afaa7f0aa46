"""Repairs tried: what is told of a change is what the file with the change written in does."""

from pathlib import Path

import numpy as np
import pytest

from lichen.check.assess import assess
from lichen.check.finding import Finding
from lichen.check.registry import INVARIANTS, failures
from lichen.language.edit import edit
from lichen.language.reading import read
from lichen.language.source import Source
from lichen.relationship.relationship import Relationship
from lichen.simulation.experiments import standard_experiments
from lichen.simulation.futures import Futures
from lichen.simulation.run import simulate

CASES = Path(__file__).parent.parent / "cases"
PAGES = [*(f"invariants/{name}" for name in INVARIANTS), *(f"failures/{name}/shows" for name in failures())]
FUTURES = 8


def relationship(text: str) -> Relationship:
    found = read(Source("case.yaml", text)).relationship
    assert found is not None
    return found


def finding(page: str, runs: int = FUTURES) -> tuple[str, Finding]:
    """The text of a case, and what is found of that which it shows."""
    text = (CASES / f"{page}.yaml").read_text()
    about = page.removesuffix("/shows").rpartition("/")[2]
    found = assess(relationship(text), runs=runs, search=runs >= 200).verdict.finding(about)
    assert found is not None
    return text, found


def run(subject: Relationship) -> Futures:
    return simulate(subject, standard_experiments(subject), runs=FUTURES)


@pytest.mark.parametrize("page", PAGES)
def test_what_is_tried_is_the_file_with_the_change_written_in(page: str) -> None:
    text, found = finding(page)
    remedy = found.remedy
    assert remedy is not None
    if remedy.changed is None:
        assert remedy.effect == "It gives nobody more room: it shows what the sum hides."
        return
    assert remedy.path is not None
    assert remedy.value is not None
    tried, written = run(remedy.changed), run(relationship(edit(text, remedy.path, remedy.value)))
    assert tried.lanes.keys() == written.lanes.keys()
    for name, lane in tried.lanes.items():
        for party, trace in lane.headroom.items():
            np.testing.assert_allclose(trace.end, written.lanes[name].headroom[party].end, rtol=1e-9, atol=1e-9)


def test_a_repair_says_what_room_it_gives_and_whether_it_mends() -> None:
    text, found = finding("invariants/reciprocal_viability", runs=200)
    remedy = found.remedy
    assert remedy is not None
    assert remedy.path is not None
    assert remedy.value is not None
    before, after = (
        simulate(subject, standard_experiments(subject)[:1], runs=200).base.headroom
        for subject in (relationship(text), relationship(edit(text, remedy.path, remedy.value)))
    )
    for party in found.parties:
        old, new = (round(100 * float(np.median(lane[party].end))) for lane in (before, after))
        assert f"from {old} % to {new} %" in remedy.effect.replace("\u2212", "-")
    after_all = assess(relationship(edit(text, remedy.path, remedy.value)), runs=200, search=False).verdict
    then = after_all.finding("reciprocal_viability")
    assert then is not None
    said = {"holds": "it then holds", "at risk": "it is then at risk", "broken": "it is then still broken"}
    assert f"In the futures {said[then.status]}" in remedy.effect
    assert remedy.gain > 0


def test_a_multiple_of_a_multiple_is_written_as_one() -> None:
    text, found = finding("failures/over_coupling/shows")
    assert found.remedy is not None
    assert found.remedy.value == "0.5 * (making_effort * workshop.cash / (110 kEUR))"
    again = assess(relationship(edit(text, "flows.prototypes.rate", found.remedy.value)), runs=FUTURES, search=False)
    values = [f.remedy.value for f in again.verdict.findings if f.remedy and f.remedy.path == "flows.prototypes.rate"]
    assert not [value for value in values if value and "* (0.5 *" in value]
