"""What the limits of a term cut off from reviews is said with the finding about changing terms."""

from lichen.check.assess import assess
from lichen.check.finding import Finding
from lichen.language.reading import read
from lichen.language.source import Source

MILL = """
lichen: 1
relationship: The mill and the bakery
time: {start: 2026-01-05, horizon: 10 weeks}
parties:
  mill: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 20 EUR}}}
  bakery: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 20 EUR}}}
terms:
  flour_price: {value: 1.5 EUR/kg, between: [1 EUR/kg, LIMIT]}
flows:
  flour: {kind: benefit, from: mill, to: bakery, rate: 5 kg/week, cost: {cash: 1 EUR/kg}, worth: {cash: 2 EUR/kg}}
  payment: {kind: benefit, from: bakery, to: mill, rate: flour * flour_price, cost: {cash: 1}, worth: {cash: 1}}
adjustment:
  raised_by: [mill, bakery]
  review_every: 2 weeks
  changes: [{set: flour_price, to: "1.5 EUR/kg + 0.2 EUR/kg * time / 1 week"}]
"""


def found(limit: str) -> Finding:
    relationship = read(Source("mill.yaml", MILL.replace("LIMIT", limit))).relationship
    assert relationship is not None
    verdict = assess(relationship, runs=16, search=False).verdict
    return next(finding for finding in verdict.findings if finding.about == "adaptive_renegotiability")


def test_reviews_that_stop_at_a_limit_are_told() -> None:
    # Reviews in weeks 2, 4, 6, 8 would set 1.9, 2.3, 2.7 and 3.1 EUR/kg.
    (said,) = (one for one in found("2.5 EUR/kg").evidence if one.at == "mill.yaml:9:36")
    assert (said.figure, said.method) == (1.0, "simulation")
    assert said.says.startswith("Reviews would set “flour price” beyond its limits in 100 % of the futures")
    assert said.says.endswith("within 6 weeks.")


def test_reviews_within_the_limits_say_nothing_of_them() -> None:
    assert not [one for one in found("4 EUR/kg").evidence if "beyond its limits" in one.says]
