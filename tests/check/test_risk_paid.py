"""What risk sharing moves is worth what its own capacity is worth to whoever pays or gets it."""

import pytest

from lichen.check.evidence import evidence_of
from lichen.check.measures.worth import Tally, Valuation, tallies, valuation
from tests.simulation.build import relationship, run

TEXT = """
    parties:
      a:
        kind: organisation
        capacities:
          cash: {level: 1000 EUR, floor: 0 EUR}
          help: {level: 100 hour, floor: 0 hour, valued_at: 20 EUR/hour}
      b:
        kind: organisation
        capacities:
          cash: {level: 1000 EUR, floor: 0 EUR}
          help: {level: 100 hour, floor: 0 hour, valued_at: 30 EUR/hour}
    flows: {bread: {kind: benefit, from: a, to: b, rate: 1 per day, cost: {cash: 2 EUR}, worth: {cash: 5 EUR}}}
    risk_sharing:
      storm: {loss: 4 hour/day, carried_by: a, shares: {a: 50 %, b: 50 %}, in: help}
"""


def counted(text: str) -> tuple[dict[str, Tally], Valuation]:
    model = relationship(text)
    found = evidence_of(model, run(model))
    valued = valuation(found)
    return dict(tallies(found, found.base, valued)), valued


def test_hours_paid_are_worth_what_an_hour_is_worth_to_each() -> None:
    found, valued = counted(TEXT)
    assert (valued.unit, valued.common) == ("EUR", True)
    # over ten days b receives bread worth 50 and pays 20 hours of 30 EUR; a gets them, worth 20 EUR each to a
    assert (found["b"].received[0], found["b"].borne[0]) == pytest.approx((50, 600))
    assert (found["a"].received[0], found["a"].borne[0]) == pytest.approx((400, 20))


def test_payments_in_several_units_are_each_counted_in_their_own() -> None:
    flood = "      flood: {loss: 10 EUR/day, carried_by: b, shares: {a: 30 %, b: 70 %}, in: cash}\n"
    found, _ = counted(TEXT + flood)
    # besides, a pays 3 EUR a day to b
    assert (found["b"].received[0], found["b"].borne[0]) == pytest.approx((50 + 30, 600))
    assert (found["a"].received[0], found["a"].borne[0]) == pytest.approx((400, 20 + 30))


def test_hours_without_a_price_are_counted_in_shares_of_the_range() -> None:
    found, valued = counted(TEXT.replace(", valued_at: 30 EUR/hour", "").replace(", valued_at: 20 EUR/hour", ""))
    assert not valued.common
    # 20 of 100 hours, and bread worth 50 of 1000 EUR
    assert (found["b"].received[0], found["b"].borne[0]) == pytest.approx((0.05, 0.2))
