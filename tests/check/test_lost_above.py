"""What exceeds `at_most` is lost, and reported."""

from lichen.check.assess import assess
from lichen.check.finding import Finding
from tests.simulation.build import relationship

TEXT = """
    parties:
      mill: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 20 EUR, at_most: 106 EUR}}}
      bakery: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 20 EUR}}}
    flows:
      money: {kind: benefit, from: bakery, to: mill, rate: 1 EUR/day, cost: {cash: 1}, worth: {cash: 1}}
"""


def lost(text: str) -> list[Finding]:
    findings = assess(relationship(text), runs=2).verdict.findings
    return [finding for finding in findings if "what exceeds" in finding.says]


def test_what_exceeds_a_limit_is_said_in_shares_of_the_range() -> None:
    (found,) = lost(TEXT)
    # 10 EUR come in, 4 of them above the limit; the range is from 20 to 100 EUR
    assert found.says == "At its limit the cash of mill loses what exceeds it: 5 % of its healthy range in all."
    assert (found.status, found.parties) == ("holds", ("mill",))
    assert found.evidence[0].figure == 4 / 80


def test_a_limit_that_is_not_exceeded_is_not_spoken_of() -> None:
    assert not lost(TEXT.replace("106 EUR", "110 EUR"))
