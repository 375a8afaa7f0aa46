"""What is on its way: transit, credit, delays and smoothings, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lichen.relationship.relationship import Relationship
from tests.simulation.build import base, course, relationship, run


def shipping(more: str = "", rate: str = "2 per day + 1 per day * time / 1 day") -> Relationship:
    """From a to b, one more each day: 2, 3, 4, ..."""
    return relationship(
        f"""
        parties:
          a: {{kind: organisation, capacities: {{stock: {{level: 100, floor: 0}}}}}}
          b: {{kind: organisation, capacities: {{stock: {{level: 0, floor: -10}}}}}}
        terms: {{wait: {{value: 3 days, between: [1 day, 5 days]}}}}
        flows:
          goods: {{kind: benefit, from: a, to: b, rate: {rate}, cost: {{stock: 1}}, worth: {{stock: 1}}{more}}}
        """
    )


def gained(levels: np.ndarray) -> list[float]:
    return [round(float(change), 9) for change in np.diff(levels)]


def test_transit_takes_now_and_adds_later() -> None:
    paths = run(shipping(", arrives_after: 3 days")).paths["base"]
    assert gained(paths["a.stock"][0]) == [-2, -3, -4, -5, -6, -7, -8, -9, -10, -11]
    assert gained(paths["b.stock"][0]) == [
        2,
        2,
        2,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
    ]  # three days at the first rate were on their way


def test_nothing_was_on_its_way_when_the_flow_starts_empty() -> None:
    assert gained(course(shipping(", arrives_after: 3 days, starts: empty"), "b.stock"))[:5] == [0, 0, 0, 2, 3]


def test_credit_takes_and_adds_later_at_the_worth_of_that_day() -> None:
    paths = run(shipping(", settled_after: wait")).paths["base"]
    assert gained(paths["a.stock"][0]) == [-2, -2, -2, -2, -3, -4, -5, -6, -7, -8]
    assert gained(paths["b.stock"][0]) == [2, 2, 2, 2, 3, 4, 5, 6, 7, 8]


def test_with_transit_and_credit_worth_comes_after_the_sum() -> None:
    paths = run(shipping(", settled_after: 2 days, arrives_after: 1 day")).paths["base"]
    assert gained(paths["a.stock"][0])[:5] == [-2, -2, -2, -3, -4]
    assert gained(paths["b.stock"][0])[:5] == [2, 2, 2, 2, 3]


def test_a_delay_rounds_half_upwards() -> None:
    assert gained(course(shipping(", arrives_after: 1.5 days"), "b.stock"))[:4] == [2, 2, 2, 3]
    assert gained(course(shipping(", arrives_after: 0.4 days"), "b.stock"))[:4] == [2, 3, 4, 5]


def test_delays_that_differ_between_futures_keep_each_its_own_date() -> None:
    levels = run(shipping(", arrives_after: 0.5..4.49 days"), runs=40).paths["base"]["b.stock"]
    expected = {d: np.cumsum([0, *[2] * d, *range(2, 12 - d)]) for d in range(1, 5)}
    seen = {next(d for d, by_hand in expected.items() if np.allclose(level, by_hand)) for level in levels}
    assert seen == {1, 2, 3, 4}


def test_what_is_on_its_way_keeps_its_date_when_a_term_changes_the_delay() -> None:
    reviewed = relationship(
        """
        parties:
          a: {kind: organisation, capacities: {stock: {level: 100, floor: 0}}}
          b: {kind: organisation, capacities: {stock: {level: 0, floor: -10}}}
        terms: {wait: {value: 4 days, between: [1 day, 5 days]}}
        flows:
          goods: {kind: benefit, from: a, to: b, rate: 2 per day + 1 per day * time / 1 day, cost: {stock: 1},
                  worth: {stock: 1}, arrives_after: wait}
        adjustment: {raised_by: [a], review_every: 3 days, changes: [{set: wait, to: 1 day}]}
        """
    )
    # Days 0 to 3 are sent with four days to go (2 3 4 5, due on days 4 to 7), from day 4 on with one (6 on day 5, ...).
    assert gained(course(reviewed, "b.stock")) == [2, 2, 2, 2, 2, 3 + 6, 4 + 7, 5 + 8, 9, 10]


def test_a_late_lane_gets_later_what_is_given_from_then_on() -> None:
    prompt = run(shipping(), base(begins=0.3, late={"goods": 2.0}))
    assert gained(prompt.paths["base"]["b.stock"][0]) == [2, 3, 4, 0, 0, 5, 6, 7, 8, 9]
    under_way = run(shipping(", arrives_after: 1 day"), base(begins=0.3, late={"goods": 2.0}))
    assert gained(under_way.paths["base"]["b.stock"][0]) == [2, 2, 3, 4, 0, 0, 5, 6, 7, 8]


def test_what_was_on_its_way_at_the_start_is_the_same_in_every_experiment() -> None:
    nothing_given = run(shipping(", arrives_after: 3 days"), base(rates={"goods": 0.0}))
    assert gained(nothing_given.paths["base"]["b.stock"][0]) == [2, 2, 2, 0, 0, 0, 0, 0, 0, 0]
    assert nothing_given.base.flows["goods"].amount[0] == 0


def remembering(function: str) -> Relationship:
    return relationship(
        f"""
        parties:
          a: {{kind: organisation, capacities: {{stock: {{level: 10, floor: 0, change: 1 per day}}}}}}
        shared_value:
          seen: {{measure: "{function}", good: {{at_least: 0}}}}
        """
    )


def test_a_delay_in_a_formula_shows_what_was() -> None:
    assert course(remembering("delay(a.stock, 3 days)"), "seen")[:-1] == pytest.approx(
        [10, 10, 10, 10, 11, 12, 13, 14, 15, 16]
    )
    assert course(remembering("delay(a.stock, 0.4 days)"), "seen")[:3] == pytest.approx([10, 11, 12])
    assert course(remembering("delay(delay(a.stock, 1 day), 2 days)"), "seen")[:6] == pytest.approx(
        [10, 10, 10, 10, 11, 12]
    )


def test_smoothing_is_of_first_order() -> None:
    expected = [10.0]
    for day in range(9):
        expected.append(expected[-1] + (10 + day - expected[-1]) / 4)
    assert course(remembering("smooth(a.stock, 4 days)"), "seen")[:-1] == pytest.approx(expected)
    assert course(remembering("smooth(a.stock, 0.1 days)"), "seen")[:4] == pytest.approx([10, 10, 11, 12])


def test_a_flow_may_read_itself_through_a_delay() -> None:
    echoing = shipping(rate='"1 per day + 0.5 * delay(goods, 1 day)"')
    rates = course(echoing, "goods")
    assert rates[0] == pytest.approx(1.5)  # what it reads of itself before the start is what it would give without
    assert rates[1:4] == pytest.approx([1 + 1.5 / 2, 1 + 1.75 / 2, 1 + 1.875 / 2])


def test_a_unit_may_be_worth_less_on_the_day_it_arrives() -> None:
    falling = relationship(
        """
        parties:
          a: {kind: organisation, capacities: {stock: {level: 100, floor: 0}}}
          b: {kind: organisation, capacities: {stock: {level: 0, floor: -10}}}
        flows:
          goods: {kind: benefit, from: a, to: b, rate: 1 per day, cost: {stock: 1},
                  worth: {stock: "1 - step(2 days) * 0.5"}, arrives_after: 3 days}
        """
    )
    assert gained(course(falling, "b.stock"))[:4] == [1, 1, 0.5, 0.5]


def test_a_horizon_shorter_than_the_delay_is_no_error() -> None:
    slow = shipping(", arrives_after: 1 year")
    assert gained(course(slow, "b.stock")) == [2] * 10
