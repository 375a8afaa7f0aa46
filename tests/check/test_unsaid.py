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
        "“thanks” has no worth for The Berg family and no cost for Night shelter: ask them."
    )
    first = verdict.worst[0]
    assert (first.about, first.type, first.status) == ("mutual_dependency_map", "component", "cannot tell")
    assert first.parties == ("family", "shelter")
    line = with_thanks().splitlines().index("flows:") + 2
    assert (first.evidence[0].at or "").startswith(f"case.yaml:{line}:")
    assert first.remedy is not None
    assert first.remedy.path == "flows.thanks.worth"
    assert verdict.next_steps[0] == (
        "What “thanks” is worth to The Berg family and costs Night shelter: ask them, and write it under "
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
    assert found.says.startswith("“extra” has no worth for ")


TIPS = "flows:\n  tips: {kind: benefit, from: %s, to: %s, rate: %s}\n"
FIXED, FOLLOWS = "1 job/month", "1 job/month * workshop.cash / (110 kEUR)"


@pytest.mark.parametrize("about", ["reciprocal_viability", "non_extractive_reinforcement"])
def test_what_a_benefit_without_worth_may_mend_cannot_be_told(about: str) -> None:
    page = (CASES / f"invariants/{about}.yaml").read_text()
    assert judged(page).verdict == "not symbiotic"
    verdict = judged(page.replace("flows:\n", TIPS % ("studio", "workshop", FIXED), 1))
    assert verdict.verdict == "undecided"
    found = verdict.finding(about)
    assert found is not None
    assert (found.status, found.margin, found.parties) == ("cannot tell", None, ("workshop",))
    assert found.says.endswith("What “tips” is worth is not said yet and may mend that.")
    # What the workshop lacks, no benefit to the studio brings.
    assert judged(page.replace("flows:\n", TIPS % ("workshop", "studio", FIXED), 1)).verdict == "not symbiotic"


def test_who_begins_below_the_floor_is_mended_by_no_benefit() -> None:
    page = (CASES / "invariants/reciprocal_viability.yaml").read_text()
    below = page.replace("level: 112 kEUR\n        floor: 40", "level: 30 kEUR\n        floor: 40")
    assert judged(below.replace("flows:\n", TIPS % ("studio", "workshop", FIXED), 1)).verdict == "not symbiotic"


@pytest.mark.parametrize(
    ("giver", "receiver", "rate", "word"),
    [
        ("workshop", "studio", FOLLOWS, "undecided"),
        ("workshop", "studio", FIXED, "not symbiotic"),  # what does not follow how the workshop fares carries nothing
        ("studio", "workshop", FOLLOWS, "not symbiotic"),  # the other direction is closed already
    ],
)
def test_a_loop_that_a_benefit_without_worth_may_close_is_not_open_for_good(
    giver: str, receiver: str, rate: str, word: str
) -> None:
    page = (CASES / "invariants/reciprocal_viability.yaml").read_text().replace("4.8 kEUR", "8 kEUR")
    page = page.replace("making_effort * workshop.cash / (110 kEUR)", "making_effort")
    alone = judged(page)
    assert (alone.verdict, alone.gate.closed_loop, alone.gate.interdependent) == ("not symbiotic", False, True)
    verdict = judged(page.replace("flows:\n", TIPS % (giver, receiver, rate), 1))
    assert verdict.verdict == word
    loop = {finding.status for finding in verdict.findings if finding.about == "reinforcement_feedback_channel"}
    assert loop & {"broken", "cannot tell"} == {"cannot tell" if word == "undecided" else "broken"}


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
    place = found.evidence[0].at
    begins = f"The rate of “thanks”, {place}, is no number from 1 January 2026 on, in every future: it divides by"
    assert found.says.startswith(begins)
    assert verdict.sentence.endswith(found.says[1:])
    assert verdict.worst[0] is found


def test_without_a_floor_the_room_left_cannot_be_told_and_its_party_is_asked() -> None:
    page = (CASES / "invariants/reciprocal_viability.yaml").read_text()
    text = page.replace("level: 112 kEUR\n        floor: 40 kEUR\n", "level: 112 kEUR\n", 1)
    assert text != page
    verdict = judged(text)
    assert verdict.verdict == "undecided"
    assert verdict.sentence.endswith("the floor of the cash of Lantern Studio is not said: ask Lantern Studio.")
    (found,) = [finding for finding in verdict.findings if is_unsaid(finding)]
    assert verdict.worst[0] is found
    assert found.remedy is not None
    assert found.remedy.path == "parties.studio.capacities.cash.floor"
    viability = verdict.finding("reciprocal_viability")
    assert viability is not None
    assert (viability.status, viability.margin, viability.says) == ("cannot tell", None, found.says)
    assert verdict.next_steps[0] == (
        "Below which cash Lantern Studio could not go on: ask Lantern Studio, and write it, or a range, under "
        "`parties.studio.capacities.cash.floor`."
    )
    ranged = judged(text.replace("level: 112 kEUR\n", "level: 112 kEUR\n        floor: 30..50 kEUR\n", 1))
    assert all(finding.status != "cannot tell" for finding in ranged.findings if finding.type == "invariant")


def test_a_draft_is_no_verdict() -> None:
    marked = DONATION.replace("because: money", "because: ASK what one costs", 1)
    verdict = judged(marked)
    assert (verdict.verdict, verdict.instead) == ("undecided", None)
    assert verdict.sentence.endswith("this is still a draft: 3 figures are marked ASK.")  # rate, cost and worth
    assert verdict.next_steps[0].startswith("What is marked `ASK` in the file")
    purpose = judged(DONATION.replace("purpose: Help", "purpose: ASK Help", 1))
    assert purpose.sentence.endswith("this is still a draft: its purpose is marked ASK.")
