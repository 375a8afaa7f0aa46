"""Rationing by `at_least` and stopping at the floor, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.simulation.build import course, relationship, run

STORE = """
    parties:
      store: {kind: organisation, capacities: {bread: {level: 10, floor: 1, at_least: 0}}}
      anna: {kind: person, capacities: {meals: {level: 0, floor: -10}}}
      ben: {kind: person, capacities: {meals: {level: 0, floor: -10}}}
    flows:
      to_anna: {kind: benefit, from: store, to: anna, rate: 3 per day, cost: {bread: 1}, worth: {meals: 1}}
      to_ben: {kind: benefit, from: store, to: ben, rate: 2 per day, cost: {bread: 0.5}, worth: {meals: 1}}
      thanks: {kind: benefit, from: anna, to: store, rate: 2 * to_anna, worth: {bread: 0}}
"""


def test_what_is_left_is_shared_in_proportion_to_what_is_asked() -> None:
    futures = run(relationship(STORE))
    paths = futures.paths["base"]
    # 4 a day are asked: 10, 6, 2, then half of it is there, then nothing.
    assert paths["store.bread"][0, :5] == pytest.approx([10, 6, 2, 0, 0])
    assert paths["to_anna"][0, :5] == pytest.approx([3, 3, 1.5, 0, 0])
    assert paths["to_ben"][0, :5] == pytest.approx([2, 2, 1, 0, 0])
    assert paths["anna.meals"][0, -1] == pytest.approx(7.5)
    assert futures.base.flows["to_anna"].shortfall[0] == pytest.approx(30 - 7.5)
    assert futures.base.flows["to_anna"].amount[0] == pytest.approx(7.5)


def test_a_flow_that_reads_a_rationed_one_is_reduced_by_the_same_share() -> None:
    assert course(relationship(STORE), "thanks")[:5] == pytest.approx([6, 6, 3, 0, 0])


def test_a_debt_is_rationed_on_the_day_it_is_settled() -> None:
    late = STORE.replace(
        "cost: {bread: 1}, worth: {meals: 1}", "cost: {bread: 1}, worth: {meals: 1}, settled_after: 1 day"
    )
    futures = run(relationship(late))
    paths = futures.paths["base"]
    assert paths["to_anna"][0, :-1] == pytest.approx([3] * 10)  # the promise goes on
    assert paths["store.bread"][0, :4] == pytest.approx([10, 6, 2, 0])
    assert paths["anna.meals"][0, -1] == pytest.approx(7.5)
    assert futures.base.flows["to_anna"].shortfall[0] == pytest.approx(22.5)


def test_without_a_bound_a_capacity_falls_into_debt() -> None:
    owing = STORE.replace(", at_least: 0", "")
    assert course(relationship(owing), "store.bread")[:5] == pytest.approx([10, 6, 2, -2, -6])


def test_a_party_that_stops_at_its_floor_gives_nothing_below_it() -> None:
    stopping = STORE.replace(", at_least: 0", "").replace(
        "store: {kind: organisation", "store: {kind: organisation, at_floor: stops"
    )
    paths = run(relationship(stopping)).paths["base"]
    assert paths["store.bread"][0, :6] == pytest.approx([10, 6, 2, -2, -2, -2])  # the floor is 1
    assert paths["to_ben"][0, :5] == pytest.approx([2, 2, 2, 0, 0])


def test_what_a_party_that_stops_at_its_floor_gives_is_not_known_without_the_floor() -> None:
    stopping = STORE.replace("store: {kind: organisation", "store: {kind: organisation, at_floor: stops")
    unsaid = stopping.replace("level: 10, floor: 1,", "level: 10,")
    assert unsaid != stopping
    lane = run(relationship(unsaid)).base
    assert np.isnan(lane.flows["to_ben"].amount).all()
    assert np.isnan(lane.headroom["store"].mean).all()


def test_a_promise_that_reads_a_rationed_flow_is_as_much_smaller_when_it_is_settled() -> None:
    paid = "rate: 2 * to_anna, worth: {bread: 0.1}, settled_after: 2 days"
    promised = relationship(STORE.replace("rate: 2 * to_anna, worth: {bread: 0}", paid))
    bread, settled = 10.0, [6.0, 6.0]  # before the start 6 a day were promised
    for _ in range(10):
        share = min(1.0, bread / 4)
        settled.append(6 * share)
        bread += 0.1 * settled[-3] - 4 * share
    assert course(promised, "store.bread")[-1] == pytest.approx(bread)
    assert run(promised).base.flows["thanks"].worth["bread"][0] == pytest.approx(0.1 * sum(settled[:10]))
