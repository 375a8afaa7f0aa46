"""What a file does not say yet is asked for; it is never taken for nothing."""

from pathlib import Path

import pytest

from lichen.check.assess import assess
from lichen.check.unsaid import blank_flows, is_unsaid
from lichen.check.verdict import Verdict
from lichen.language.reading import read
from lichen.language.source import Source
from lichen.relationship.flow import Flow
from tests.check.build import evidence, flow, relationship
from tests.check.build import party as side

CASES = Path(__file__).parent.parent / "cases"
DONATION = (CASES / "neighbours/donation.yaml").read_text()
THANKS = "flows:\n  thanks: {kind: %s, from: shelter, to: family, rate: %s%s}\n"


def judged(text: str) -> Verdict:
    reading = read(Source("case.yaml", text))
    assert reading.relationship is not None, reading.problems
    return assess(reading.relationship, runs=100, search=False).verdict


def with_thanks(*, kind: str = "benefit", rate: str = "1 kEUR/month", rest: str = "") -> str:
    return DONATION.replace("flows:\n", THANKS % (kind, rate, rest), 1)


def test_a_return_without_worth_is_asked_for_and_no_gift_is_concluded() -> None:
    verdict = judged(with_thanks())
    assert (verdict.verdict, verdict.instead) == ("undecided", None)
    assert verdict.sentence.endswith(
        "`thanks` has no worth for The Berg family and no cost for Night shelter: ask them."
    )
    first = verdict.worst[0]
    assert (first.about, first.type, first.status) == ("mutual_dependency_map", "component", "cannot tell")
    assert first.parties == ("family", "shelter")
    line = with_thanks().splitlines().index("flows:") + 2
    assert (first.evidence[0].at or "").startswith(f"case.yaml:{line}:")
    assert first.remedy is not None
    assert first.remedy.path == "flows.thanks.worth"
    assert verdict.next_steps[0] == (
        "What `thanks` is worth to The Berg family and costs Night shelter: ask them, and write it under "
        "`flows.thanks.worth` and `flows.thanks.cost`."
    )


def test_information_and_duties_need_no_worth() -> None:
    for kind in ("information", "obligation"):
        verdict = judged(with_thanks(kind=kind))
        assert (verdict.verdict, verdict.instead) == ("not a relationship of this kind", "donation")


def test_a_blank_flow_is_named_beside_another_verdict_and_leaves_its_word() -> None:
    page = (CASES / "invariants/bounded_dependency.yaml").read_text()
    one, other = list(judged(page).gate.dependence)[:2]
    text = page.replace(
        "flows:\n", f"flows:\n  extra: {{kind: benefit, from: {one}, to: {other}, rate: 1 EUR/year}}\n", 1
    )
    verdict = judged(text)
    assert verdict.verdict == "not symbiotic"
    (found,) = [finding for finding in verdict.findings if is_unsaid(finding)]
    assert found.says.startswith("`extra` has no worth for ")


@pytest.mark.parametrize(
    ("subject", "blank"),
    [
        (flow("f", "a", "b", worth={}, cost={}), True),
        (flow("f", "a", "b", worth={}), True),
        (flow("f", "a", "b", cost={}), False),
        (flow("f", "a", "b", kind="burden", worth={}, cost={}), True),
        (flow("f", "a", "b", kind="risk", worth={}, cost={}), True),
        (flow("f", "a", "b", kind="burden", worth={}), False),
        (flow("f", "a", "b", kind="information", worth={}, cost={}), False),
        (flow("f", "a", "b", kind="obligation", worth={}, cost={}), False),
        (flow("f", "world", "b", worth={}, cost={}), False),
    ],
)
def test_a_benefit_needs_a_worth_and_what_is_borne_a_worth_or_a_cost(subject: Flow, blank: bool) -> None:
    whole = relationship([side("a"), side("b")], [subject])
    assert (subject in blank_flows(evidence(whole, {"base": {"a": 1.0, "b": 1.0}}))) is blank


def test_a_rate_that_divides_by_zero_is_named_with_its_place_and_what_follows_from_it_is_not() -> None:
    text = with_thanks(
        rate="1 kEUR/month / (family.cash / family.cash - 1)", rest=", cost: {cash: 1}, worth: {cash: 1}"
    )
    text = text.replace(
        "flows:\n", "flows:\n  half: {kind: information, from: family, to: shelter, rate: thanks / 2}\n", 1
    )
    verdict = judged(text)
    assert verdict.verdict == "undecided"
    (found,) = [finding for finding in verdict.findings if is_unsaid(finding)]
    assert found.says == f"The rate of `thanks`, {found.evidence[0].at}, is no number: it divides by zero or overflows."
    assert verdict.sentence.endswith(found.says[1:])
    assert verdict.worst[0] is found


def test_a_draft_is_no_verdict() -> None:
    marked = DONATION.replace("because: money", "because: ASK what one costs", 1)
    verdict = judged(marked)
    assert (verdict.verdict, verdict.instead) == ("undecided", None)
    assert verdict.sentence.endswith("this is still a draft: 3 figures are marked ASK.")  # rate, cost and worth
    assert verdict.next_steps[0].startswith("What is marked `ASK` in the file")
    purpose = judged(DONATION.replace("purpose: Help", "purpose: ASK Help", 1))
    assert purpose.sentence.endswith("this is still a draft: its purpose is marked ASK.")
