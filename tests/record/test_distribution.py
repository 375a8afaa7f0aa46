"""Measures of division against closed forms and published numbers."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lichen.record.distribution import (
    MOST_PLAYERS,
    atkinson,
    gini,
    hoover,
    inequality,
    least_share,
    nash_bargain,
    nash_product,
    shapley,
    theil_decomposition,
    theil_l,
    theil_t,
)

ORACLES = Path(__file__).parents[1] / "oracles" / "data" / "c_shared_value.json"
CASES: dict[str, Any] = {case["id"]: case for case in json.loads(ORACLES.read_text(encoding="utf-8"))["cases"]}
MEASURES: dict[str, Any] = {
    "gini": lambda x: gini(x).value,  # type: ignore[union-attr]  # the cases divide something
    "theil_T": theil_t,
    "theil_T_max": lambda x: math.log(len(x)),
    "theil_L": theil_l,
    "atkinson_05": lambda x: atkinson(x, 0.5),
    "atkinson_1": lambda x: atkinson(x, 1),
    "min_share": least_share,
    "hoover": hoover,
}


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith("ineq_")])
def test_measures_of_inequality_are_the_published_ones(case: str) -> None:
    values = CASES[case]["inputs"]["x"]
    for name, expected in CASES[case]["expected"].items():
        assert MEASURES[name](values) == pytest.approx(expected, abs=CASES[case]["tol"]), name


def test_theil_is_what_lies_between_groups_and_within_them() -> None:
    case = CASES["theil_decomposition"]
    found = theil_decomposition(case["inputs"]["groups"])
    assert found is not None
    assert (found.total, found.between, found.within) == pytest.approx(
        tuple(case["expected"][key] for key in ("total", "between", "within")), abs=case["tol"]
    )


def test_two_gloves_on_one_side_and_one_on_the_other() -> None:
    players = ("left 1", "left 2", "right")
    found = shapley(players, lambda c: float(min(sum(p != "right" for p in c), "right" in c)))
    assert found is not None
    assert [found[p] for p in players] == pytest.approx(CASES["shapley_glove"]["expected"]["phi"], abs=1e-12)


def test_votes_count_by_what_they_turn() -> None:
    votes = {"a": 50, "b": 49, "c": 1}
    found = shapley(tuple(votes), lambda c: float(sum(votes[p] for p in c) >= 51))
    assert found is not None
    assert [found[p] for p in votes] == pytest.approx(CASES["shapley_vote"]["expected"]["phi"], abs=1e-12)


def test_the_bargain_shares_the_surplus_over_the_outside_options() -> None:
    case = CASES["nash_bargain_linear"]
    found = nash_bargain(case["inputs"]["surplus_total"], case["inputs"]["d"], case["inputs"]["weights"])
    assert found == pytest.approx(case["expected"]["u"], abs=case["tol"])
    assert nash_product(found or (), case["inputs"]["d"]) == pytest.approx(case["expected"]["nash_product"])


@pytest.mark.parametrize("values", [[], [0, 0], [-1, 3], [math.nan, 1], [math.inf, 1]])
def test_what_cannot_be_divided_has_no_measure(values: list[float]) -> None:
    assert gini(values) is None
    assert theil_t(values) is None
    assert theil_l(values) is None
    assert atkinson(values, 0.5) is None
    assert least_share(values) is None
    assert hoover(values) is None
    assert inequality(values) is None


def test_who_has_nothing_makes_some_measures_extreme() -> None:
    assert theil_l([0, 5]) == math.inf
    assert atkinson([0, 5], 1) == 1
    assert atkinson([0, 5], 2) == 1
    assert theil_decomposition([[1, 2], []]) is None


def test_two_parties_reach_one_half_and_the_normalised_index_one() -> None:
    found = gini([0, 8])
    assert found is not None
    assert (found.value, found.normalised, found.n) == (0.5, 1.0, 2)


def test_too_many_players_and_impossible_bargains_have_no_answer() -> None:
    assert shapley([str(i) for i in range(MOST_PLAYERS + 1)], lambda _: 0.0) is None
    assert nash_bargain(20, [15, 10]) is None
    assert nash_bargain(20, [5, 5], [0, 0]) is None
    assert nash_product([1, 2], [3, 0]) is None


VALUES = st.lists(st.floats(0, 1e6), min_size=2, max_size=12).filter(lambda values: sum(values) > 1)


@given(VALUES, st.floats(0.01, 100))
def test_the_unit_changes_no_measure(values: list[float], factor: float) -> None:
    first, second = inequality(values), inequality([x * factor for x in values])
    assert first is not None
    assert second is not None
    assert second.gini.value == pytest.approx(first.gini.value, abs=1e-9)
    assert second.theil_t == pytest.approx(first.theil_t, abs=1e-9)
    assert second.hoover == pytest.approx(first.hoover, abs=1e-9)


@given(VALUES)
@example([4.0, 5e-324])
def test_measures_stay_within_their_bounds(values: list[float]) -> None:
    found = inequality(values)
    assert found is not None
    assert -1e-9 <= found.gini.value <= 1 - 1 / len(values) + 1e-9
    assert -1e-9 <= found.theil_t <= math.log(len(values)) + 1e-9
    assert -1e-9 <= found.hoover <= found.gini.value + 1e-9


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 9), min_size=2))
def test_shapley_gives_out_exactly_what_all_make_together(weights: dict[str, int]) -> None:
    found = shapley(tuple(weights), lambda c: float(sum(weights[p] for p in c) ** 2))
    assert found is not None
    assert sum(found.values()) == pytest.approx(sum(weights.values()) ** 2)
