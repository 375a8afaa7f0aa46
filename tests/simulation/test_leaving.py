"""Exit with notice and continuity, and what replaces a lost flow, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lichen.relationship.relationship import Relationship
from lichen.simulation.experiments import standard_experiments
from tests.simulation.build import base, relationship, run

SUPPLY = """
    parties:
      mill: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 0 EUR}}}
      baker: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 0 EUR}}}
    flows:
      flour: {kind: benefit, from: mill, to: baker, rate: RATE, cost: {cash: 2 EUR}, worth: {cash: 5 EUR}IF_LOST}
      money: {kind: benefit, from: baker, to: mill, rate: 3 EUR * flour, cost: {cash: 1}, worth: {cash: 1}}
    EXIT
"""
TIME = "time: {start: 2026-01-01, horizon: 12 days, step: 1 day}\n"


def supply(if_lost: str = "", exit: str = "", rate: str = "1 per day") -> Relationship:
    text = SUPPLY.replace("IF_LOST", if_lost and f", if_lost: {if_lost}")
    return relationship(text.replace("EXIT", exit and f"exit: {exit}").replace("RATE", rate), time=TIME)


def gained(relation: Relationship, party: str, *leaves: str) -> list[float]:
    futures = run(relation, base(begins=1 / 3, leaves=frozenset(leaves or ["mill"])))
    return [round(float(change), 9) for change in np.diff(futures.paths["base"][f"{party}.cash"][0])]


def test_everything_between_two_parties_stops_at_once_without_notice() -> None:
    assert gained(supply(), "baker") == [2] * 4 + [0] * 8
    assert gained(supply(), "mill", "baker") == [1] * 4 + [0] * 8


def test_notice_and_continuity_carry_on_for_a_while() -> None:
    # Flour at half until day 7; the money follows the flour.
    assert gained(supply(exit="{notice: 3 days, continuity: {flour: 50 %}}"), "baker") == [2] * 4 + [1] * 3 + [0] * 5


def test_the_receiver_replaces_what_is_lost_from_when_it_can() -> None:
    other = "{replaced: 80 %, after: 2 days, cost: {cash: 4 EUR}}"
    assert gained(supply(other), "baker") == [2] * 4 + [0] * 2 + [0.8] * 6
    # With notice the replacement waits for the last delivery.
    assert gained(supply(other, "{notice: 3 days}"), "baker") == [2] * 7 + [0.8] * 5
    # Whoever left, the baker has lost the flour.
    assert gained(supply(other), "baker", "baker") == [2] * 4 + [0] * 2 + [0.8] * 6


def test_the_last_delivery_may_still_be_on_its_way() -> None:
    other = "{replaced: 100 %, cost: {cash: 4 EUR}}, arrives_after: 2 days"
    # Given until day 3, paid then, arrived until day 5; replaced from day 6 on.
    assert gained(supply(other), "baker") == [2] * 4 + [5] * 2 + [1] * 6


def test_what_is_replaced_is_the_mean_rate_before_the_announcement() -> None:
    rising = supply("{replaced: 100 %, cost: {cash: 4 EUR}}", rate="1 per day + 1 per day * time / 1 day")
    assert gained(rising, "baker") == [2, 4, 6, 8] + [2.5] * 8  # the mean of 1, 2, 3, 4


def test_the_outside_option_replaces_the_first_rate() -> None:
    rising = supply("{replaced: 50 %, after: 1 day, cost: {cash: 4 EUR}}", rate="2 per day + 1 per day * time / 1 day")
    outside = next(e for e in standard_experiments(rising) if e.name == "outside")
    lane = run(rising, base(), outside).lanes["outside"]
    assert lane.headroom["baker"].end[0] == pytest.approx(1 + 11 * 1 / 100)
    assert lane.flows["flour"].amount[0] == 0


def test_exits_are_no_matter_of_the_world_or_of_third_parties() -> None:
    third = relationship(
        """
        parties:
          a: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 0 EUR}}}
          b: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 0 EUR}}}
          c: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 0 EUR}}}
        flows:
          ab: {kind: benefit, from: a, to: b, rate: 1 per day, worth: {cash: 1 EUR}}
          bc: {kind: benefit, from: b, to: c, rate: 1 per day, worth: {cash: 1 EUR}}
          rent: {kind: benefit, from: a, to: world, rate: 1 per day, cost: {cash: 1 EUR}}
        """,
        time=TIME,
    )
    amounts = {name: flow.amount[0] for name, flow in run(third, base(begins=1 / 3, leaves=frozenset("a"))).base.flows.items()}
    assert amounts == pytest.approx({"ab": 4, "bc": 12, "rent": 12})


def test_risk_is_shared_until_the_notice_is_over() -> None:
    shared = relationship(
        """
        parties:
          a: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 0 EUR}}}
          b: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 0 EUR}}}
        flows: {talk: {kind: information, from: a, to: b, rate: 1 per day}}
        risk_sharing: {fire: {loss: 2 EUR/day, carried_by: a, shares: {a: 50 %, b: 50 %}}}
        exit: {notice: 3 days}
        """,
        time=TIME,
    )
    assert gained(shared, "a", "a") == [1] * 7 + [0] * 5
