"""Reciprocity between pairs and settlement of obligations, against published and hand-worked numbers."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lichen.record.exchange import binary_reciprocity, net_imbalance, weighted_reciprocity
from lichen.record.settlement import Obligation, settle

ORACLES = Path(__file__).parents[1] / "oracles" / "data" / "b_reciprocity.json"
CASES: dict[str, Any] = {case["id"]: case for case in json.loads(ORACLES.read_text(encoding="utf-8"))["cases"]}


def test_two_parties_against_chance() -> None:
    case = CASES["weighted_two_nodes"]
    found = weighted_reciprocity(np.array(case["inputs"]["W"], dtype=float))
    expected = case["expected"]
    assert (found.share, found.by_chance, found.rho) == pytest.approx(
        (expected["r"], expected["r_null_WCM"], expected["rho"]), abs=case["tol"]
    )


def test_three_parties_by_links() -> None:
    case = CASES["binary_rho_three"]
    links = np.zeros((3, 3))
    for first, second in case["inputs"]["edges"]:
        links[first - 1, second - 1] = 1
    found = binary_reciprocity(links)
    expected = case["expected"]
    assert (found.share, found.by_chance, found.rho) == pytest.approx(
        (expected["r"], expected["density"], expected["rho"]), abs=case["tol"]
    )


def test_links_both_ways_hide_that_nearly_all_runs_one_way() -> None:
    case = CASES["asymmetry_not_reciprocity"]
    weights = np.array(case["inputs"]["W"], dtype=float)
    assert binary_reciprocity(weights).share == 1
    assert weighted_reciprocity(weights).share == pytest.approx(case["expected"]["r"], abs=case["tol"])
    assert net_imbalance(weights) == pytest.approx(case["expected"]["net_imbalance"], abs=case["tol"])


def test_the_null_model_keeps_what_each_party_gives_and_gets() -> None:
    # With all weights equal the model's expectation is the matrix itself, so the return by chance follows by hand:
    # p = w/(1 + w) = 2/3 in every cell, z = p**2 = 4/9, returned z/(1 - z) = 0.8 of each weight 2.
    found = weighted_reciprocity(np.full((5, 5), 2.0))
    assert found.share == 1
    assert found.by_chance == pytest.approx(0.4)
    assert found.rho == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(5))
def test_the_solution_reproduces_the_totals_it_was_given(seed: int) -> None:
    from lichen.record.exchange import _configuration

    rng = np.random.default_rng(seed)
    weights = np.floor(rng.pareto(1.0, (12, 12)) * 3)
    np.fill_diagonal(weights, 0)
    p = _configuration(weights.sum(axis=1), weights.sum(axis=0))
    assert p is not None
    expected = p / (1 - p)
    np.testing.assert_allclose(expected.sum(axis=1), weights.sum(axis=1), rtol=1e-8)
    np.testing.assert_allclose(expected.sum(axis=0), weights.sum(axis=0), rtol=1e-8)


def test_scaling_or_renaming_parties_keeps_the_share() -> None:
    weights = np.array([[0, 5, 2], [3, 0, 0], [1, 4, 0]], dtype=float)
    turned = weights[np.ix_([2, 0, 1], [2, 0, 1])]
    assert weighted_reciprocity(turned).rho == pytest.approx(weighted_reciprocity(weights).rho)
    assert weighted_reciprocity(weights * 7).share == pytest.approx(weighted_reciprocity(weights).share)


@pytest.mark.parametrize(("weights", "share", "rho"), [(np.zeros((3, 3)), None, None), (np.ones((3, 3)), 1.0, None)])
def test_where_reciprocity_is_not_defined_it_says_why(weights: Any, share: float | None, rho: float | None) -> None:
    found = binary_reciprocity(weights)
    assert (found.share, found.rho) == (share, rho)
    assert found.why


def test_nothing_given_is_no_reciprocity() -> None:
    assert weighted_reciprocity(np.zeros((2, 2))).share is None
    assert net_imbalance(np.zeros((2, 2))) is None


def test_the_oldest_obligation_is_settled_first() -> None:
    case = CASES["obligation_fifo"]
    owed = [Obligation(time=time, amount=amount, allowed=days) for time, amount, days in case["inputs"]["obligations"]]
    found = settle(owed, case["inputs"]["returns"])
    expected = case["expected"]
    assert [one.on_time for one in found.settled] == expected["settled_on_time"]
    assert [one.late for one in found.settled] == expected["late"]
    assert [one.open for one in found.settled] == expected["open"]
    assert found.on_time_ratio == pytest.approx(expected["on_time_value_ratio"], abs=case["tol"])
    assert found.mean_delay == pytest.approx(expected["mean_delay_weighted"], abs=case["tol"])


def test_a_return_before_the_obligation_settles_nothing() -> None:
    owed = [Obligation(time=10, amount=5, allowed=2)]
    assert settle(owed, [(3, 5)]).settled[0].open == 5
    assert settle(owed, [(3, 5)]).unused == 5


def test_without_an_obligation_there_is_no_full_return() -> None:
    found = settle([], [(1, 5)])
    assert (found.on_time_ratio, found.mean_delay, found.unused) == (None, None, 5)


def test_temporal_reciprocity_grows_with_the_time_allowed() -> None:
    # Within 3 days: 5 of the first 10. Within 4 also 5 of the second, on day 9. Within 9: 15 of 20.
    for days, share in ((3, 5 / 20), (4, 10 / 20), (9, 15 / 20)):
        owed = [Obligation(time=day, amount=10, allowed=days) for day in (0, 5)]
        assert settle(owed, [(3, 5), (9, 10)]).on_time_ratio == share
