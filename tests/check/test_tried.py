"""Repairs tried: what is told of a change is what the file with the change written in does."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lichen.check.assess import assess
from lichen.check.finding import Finding, Remedy
from lichen.check.registry import INVARIANTS, failures
from lichen.check.tried import with_effects
from lichen.check.verdict import judge
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
        assert remedy.effect is not None
        assert remedy.effect.says == ("It gives nobody more room: it shows what the sum hides.",)
        return
    for form in (remedy, *remedy.gentler):
        assert form.changed is not None
        tried, written = run(form.changed), run(relationship(edit(text, form.path or "", form.value or "")))
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
    assert remedy.effect is not None
    outcome, rooms = remedy.effect.says[:2]
    for party in found.parties:
        old, new = (round(100 * float(np.median(lane[party].end))) for lane in (before, after))
        assert f"{new} % of the room left in the end instead of {old} %" in rooms.replace("\u2212", "-")
    after_all = assess(relationship(edit(text, remedy.path, remedy.value)), runs=200, search=False).verdict
    then = after_all.finding("reciprocal_viability")
    assert then is not None
    said = {"holds": "it then holds", "at risk": "it is then at risk", "broken": "it is still broken"}
    assert outcome.startswith(f"Tried in 200 futures: {said[then.status]}")
    assert remedy.effect.gain > 0


LAUNDRY = """
lichen: 1
relationship: Hotel and laundry
time: {start: 2026-01-01, horizon: 3 years, step: 1 week}
visible_to: [hotel, laundry]
parties:
  hotel:
    kind: organisation
    capacities:
      cash: {level: 200000 EUR, floor: 50000 EUR, change: -200 EUR/week}
  laundry:
    kind: organisation
    capacities:
      cash: {level: 40000 EUR, floor: 15000 EUR, change: -350 EUR/week}
flows:
  linen:
    {kind: benefit, from: laundry, to: hotel, rate: 900 kg/week, cost: {cash: 1.1 EUR/kg}, worth: {cash: 1.9 EUR/kg}}
  payment: {kind: benefit, from: hotel, to: laundry, rate: 1500 EUR/week, cost: {cash: 1}, worth: {cash: 1}}
adjustment: {raised_by: [hotel, laundry], review_every: 26 weeks, agreed_by: all}
"""
"""A small side lives on what a large one pays: a payment that follows the large one's room carries its fall over."""


def test_where_a_repair_would_break_something_else_a_gentler_form_is_told() -> None:
    found = assess(relationship(LAUNDRY), runs=200).verdict
    loop = found.finding("reinforcement_feedback_channel")
    assert loop is not None
    assert loop.remedy is not None
    assert loop.remedy.path == "flows.payment.rate"
    assert loop.remedy.value is not None
    assert loop.remedy.value == "(1500 EUR/week) * (0.9 + 0.1 * clip(hotel.headroom / 1, 0, 1.5))"
    assert loop.remedy.effect is not None
    assert not loop.remedy.effect.breaks
    for value, status in {
        loop.remedy.value: "at risk",
        "(1500 EUR/week) * (0.75 + 0.25 * clip(hotel.headroom / 1, 0, 1.5))": "broken",
        "(1500 EUR/week) * clip(hotel.headroom / 1, 0, 1.5)": "broken",
    }.items():
        again = assess(relationship(edit(LAUNDRY, loop.remedy.path, value)), runs=200, search=False).verdict
        carried = again.finding("fragility_contagion")
        assert carried is not None
        assert carried.status == status


def test_what_a_repair_breaks_is_told_with_it() -> None:
    judged = assess(relationship(LAUNDRY), runs=100, search=False)
    loop = judged.verdict.finding("reinforcement_feedback_channel")
    assert loop is not None
    value = "(1500 EUR/week) * clip(hotel.headroom / 1, 0, 1.5)"
    changed = relationship(edit(LAUNDRY, "flows.payment.rate", value))
    whole = replace(loop, remedy=Remedy(says="x", path="flows.payment.rate", value=value, changed=changed))
    (told,) = with_effects(
        judged.evidence,
        (whole,),
        lambda subject: assess(subject, runs=100, search=False).evidence,
        lambda evidence: judge(evidence).findings,
    )
    assert told.remedy is not None
    assert told.remedy.effect is not None
    assert told.remedy.effect.breaks == ("fragility_contagion",)
    assert told.remedy.effect.says[0] == "Tried in 100 futures: it is still broken, and it breaks Fragility contagion."
    assert any(
        "times as far, each measured by the range of the side itself" in said for said in told.remedy.effect.says
    )


def test_a_multiple_of_a_multiple_is_written_as_one() -> None:
    text, found = finding("failures/over_coupling/shows")
    assert found.remedy is not None
    assert found.remedy.value == "0.5 * (making_effort * workshop.cash / (110 kEUR))"
    again = assess(relationship(edit(text, "flows.prototypes.rate", found.remedy.value)), runs=FUTURES, search=False)
    values = [f.remedy.value for f in again.verdict.findings if f.remedy and f.remedy.path == "flows.prototypes.rate"]
    assert not [value for value in values if value and "* (0.5 *" in value]
