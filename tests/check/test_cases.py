"""Files judged as their pages say: invariants and failure modes, each with its remedy."""

import json
from functools import cache
from pathlib import Path

import pytest

from lichen.check.assess import assess
from lichen.check.finding import Finding
from lichen.check.registry import INVARIANTS, failures
from lichen.check.verdict import Verdict
from lichen.language.edit import edit
from lichen.language.reading import read
from lichen.language.source import Source
from lichen.workspace import read_relationship

CASES = Path(__file__).parent.parent / "cases"
RUNS = 200


@cache
def judged(path: Path) -> Verdict:
    reading = read_relationship(path)
    assert reading.relationship is not None, reading.problems
    return assess(reading.relationship, runs=RUNS, search=False).verdict


def judged_text(text: str) -> Verdict:
    reading = read(Source("case.yaml", text))
    assert reading.relationship is not None, reading.problems
    return assess(reading.relationship, runs=RUNS, search=False).verdict


def found(verdict: Verdict, about: str) -> Finding:
    finding = verdict.finding(about)
    assert finding is not None
    return finding


@pytest.mark.parametrize("name", INVARIANTS)
def test_a_file_can_break_one_invariant_alone(name: str) -> None:
    verdict = judged(CASES / f"invariants/{name}.yaml")
    assert {i: found(verdict, i).status for i in INVARIANTS} == {
        i: "broken" if i == name else "holds" for i in INVARIANTS
    }
    assert verdict.verdict == "not symbiotic"


@pytest.mark.parametrize("name", failures())
def test_a_failure_mode_shows_and_its_near_miss_does_not(name: str) -> None:
    shows, near_miss = (found(judged(CASES / f"failures/{name}/{page}.yaml"), name) for page in ("shows", "near_miss"))
    assert shows.status == "broken"
    assert near_miss.status == "holds"


def test_what_is_left_after_an_exit_is_told_first_of_the_side_that_falls_with_its_share_of_futures() -> None:
    # of studio and workshop, in this order in the file, the workshop falls in every future
    finding = found(judged(CASES / "invariants/bounded_dependency.yaml"), "bounded_dependency")
    assert finding.says == (
        "When somebody leaves, Tern Workshop will be below the floor in 100 % of the futures (limit 5 %)."
    )
    first, second = finding.evidence
    assert "Tern Workshop" in first.says and first.figure is not None and first.figure < 0
    assert "Lantern Studio" in second.says and second.figure is not None and second.figure > 0


def test_a_file_without_flows_is_told_first_that_they_are_missing() -> None:
    verdict = judged(CASES / "neighbours/slogan.yaml")
    assert verdict.instead == "slogan"
    assert verdict.sentence.startswith("The section `flows:` is missing: what passes from whom to whom")
    idle = "flows: {word: {kind: information, from: sales, to: engineering, rate: 1 per week}}\n"
    named = judged_text((CASES / "neighbours/slogan.yaml").read_text(encoding="utf-8") + idle)
    assert (named.instead, named.sentence.split(",")[0]) == ("slogan", "This is a slogan")


def test_mutual_aid_is_no_over_coupling() -> None:
    # the clause of over-coupling that is left out: no less room, the same circle, and less contagion without the link
    text = (CASES / "failures/over_coupling/mutual_aid.yaml").read_text(encoding="utf-8")
    aided = judged_text(text)
    alone = judged_text(text[: text.index("\n  aid:")] + text[text.index("\nshared_value:") :])
    assert found(aided, "reciprocal_viability").margin == found(alone, "reciprocal_viability").margin
    assert {pair: reach.stronger.value for pair, reach in aided.gate.reach.items()} == pytest.approx(
        {pair: reach.stronger.value for pair, reach in alone.gate.reach.items()}, abs=0.01
    )
    contagion = [found(verdict, "fragility_contagion").score or 0.0 for verdict in (aided, alone)]
    assert contagion[0] > contagion[1] + 0.05
    assert found(aided, "over_coupling").score == 0


@pytest.mark.parametrize("name", failures())
def test_the_remedy_lowers_the_score(name: str) -> None:
    path = CASES / f"failures/{name}/shows.yaml"
    before = found(judged(path), name)
    remedy = before.remedy
    assert remedy is not None
    assert remedy.path is not None
    assert remedy.value is not None
    after = found(judged_text(edit(path.read_text(), remedy.path, remedy.value)), name)
    assert before.score is not None
    assert after.score is not None
    assert after.score < before.score - 0.05


@pytest.mark.parametrize("name", INVARIANTS)
def test_the_remedy_raises_the_margin(name: str) -> None:
    path = CASES / f"invariants/{name}.yaml"
    before = found(judged(path), name)
    remedy = before.remedy
    assert remedy is not None
    assert remedy.path is not None
    assert remedy.value is not None
    after = found(judged_text(edit(path.read_text(), remedy.path, remedy.value)), name)
    assert before.margin is not None
    assert after.margin is not None
    assert after.margin > before.margin + 0.05


def test_a_verdict_is_plain_json_without_numbers_that_json_lacks() -> None:
    for page in ("worlds/healthy-partnership", "neighbours/slogan", "failures/over_coupling/shows"):
        text = json.dumps(judged(CASES / f"{page}.yaml").to_json(), allow_nan=False)
        assert set(json.loads(text)) == {
            "relationship",
            "file_hash",
            "record",
            "unread",
            "seed",
            "runs",
            "for",
            "verdict",
            "kind",
            "instead",
            "variant",
            "sentence",
            "gate",
            "missing",
            "findings",
            "tuning",
            "tradeoffs",
            "outcomes",
            "rests_on",
            "cautions",
        }
