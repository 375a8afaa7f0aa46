"""Feedback loops against the cases of `data/d_feedback.json`: link scores, shares over time, gain and elasticity."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lichen.simulation.dynamics.model import Stock
from lichen.simulation.loops.at_rest import change_matrix, loop_gain, motions, multiplier
from lichen.simulation.loops.link_scores import link_scores
from tests.oracles.published import case
from tests.simulation.flows_and_stocks import model, shares


@pytest.mark.parametrize(("name", "formula"), [("ltm_link_linear", "2*x + y"), ("ltm_link_nonlinear", "(w + x)/y")])
def test_a_link_scores_as_published(name: str, formula: str) -> None:
    found = case("d_feedback", name)
    first, then = found["inputs"]["t1"], found["inputs"]["t2"]
    changes = {f"more_{x}": repr(float(then[x] - first[x])) for x in first}
    stocks = {x: Stock(initial=float(first[x]), inflows=(f"more_{x}",)) for x in first}
    dynamics = model(stocks, {"z": formula, **changes}, steps=1)
    scores = link_scores(dynamics, dynamics.run(), [*first, "z"])
    for x in first:
        assert scores[x, "z"][0] == pytest.approx(found["expected"][f"LS_{x}"], abs=found["tol"])


def test_what_flows_into_a_stock_scores_as_published() -> None:
    found = case("d_feedback", "ltm_flow_to_stock_2023")
    given = found["inputs"]
    formulas = {"inflow": "5 + 5*time", "outflow": "4 + time"}
    dynamics = model({"level": Stock(initial=0.0, inflows=("inflow",), outflows=("outflow",))}, formulas, steps=1)
    moments = dynamics.run()
    assert [[m["inflow"], m["outflow"]] for m in moments] == [list(pair) for pair in zip(*given.values(), strict=True)]
    scores = link_scores(dynamics, moments, ["inflow", "outflow", "level"])
    assert scores["inflow", "level"][0] == pytest.approx(found["expected"]["LS_in"], abs=found["tol"])
    assert scores["outflow", "level"][0] == pytest.approx(found["expected"]["LS_out"], abs=found["tol"])


def test_logistic_growth_turns_where_published() -> None:
    found = case("d_feedback", "ltm_logistic")
    given, expected = found["inputs"], found["expected"]
    formulas = {"births": f"{given['r']}*people*room", "room": f"1 - people/{given['K']}"}
    growth = model({"people": Stock(initial=float(given["P0"]), inflows=("births",))}, formulas, steps=100)
    course = shares(growth)
    driving, holding = course[frozenset({"people", "births"})], course[frozenset({"people", "room", "births"})]
    assert growth.run()[100]["people"] == pytest.approx(expected["P_100"], rel=1e-9)
    for step, both in expected["rel_at_prev_index"].items():
        assert [driving[int(step)], holding[int(step)]] == pytest.approx(both, abs=found["tol"])
    assert next(k for k in range(100) if -holding[k] > driving[k]) == expected["crossover_index"]


def test_word_of_mouth_hands_over_where_published() -> None:
    found = case("d_feedback", "ltm_bass_relative")
    given, expected = found["inputs"], found["expected"]["R1_B1"]
    step = given["dt"]
    rate = f"{given['contact_rate']} * {given['adoption_fraction']} * adopters * potential / {given['N']}"
    stocks = {
        "potential": Stock(initial=float(given["PA0"]), outflows=("adoption",)),
        "adopters": Stock(initial=float(given["A0"]), inflows=("adoption",)),
    }
    course = shares(model(stocks, {"adoption": rate}, steps=200, step_days=step))
    driving, holding = course[frozenset({"adopters", "adoption"})], course[frozenset({"potential", "adoption"})]
    for time, both in expected.items():
        k = round(float(time) / step)
        assert [driving[k], holding[k]] == pytest.approx(both, abs=found["tol"])


def test_the_elasticities_of_two_that_feed_each_other_are_a_half() -> None:
    found = case("d_feedback", "eigen_elasticity_2loop")
    matrix = np.array(found["inputs"]["A"])
    expected = found["expected"]
    assert sorted(m.multiplier.real for m in motions(matrix)) == pytest.approx(sorted(expected["eigenvalues"]))
    assert loop_gain(matrix, (0, 1)) == pytest.approx(expected["loop_gain"], abs=found["tol"])
    for motion in motions(matrix):
        assert motion.elasticity.real == pytest.approx(np.array(expected["elasticity"]), abs=found["tol"])
        assert motion.elasticity.sum() == pytest.approx(1)


def test_where_nothing_fades_all_comes_back_and_where_something_grows_nothing_settles() -> None:
    undamped, growing = np.array([[1 + 1e-10, 0.1], [0.2, 0.5]]), np.array([[1.1, 0.1], [0.2, 0.5]])
    assert loop_gain(undamped, (0, 1)) == math.inf
    assert loop_gain(-undamped + 2 * np.diag([1.0, 0.5]), (0, 1)) == math.inf  # both signs turn, so the loop's does not
    assert loop_gain(undamped * [[1, -1], [1, 1]], (0, 1)) == -math.inf
    assert math.isnan(loop_gain(growing, (0, 1)))


def test_what_comes_back_multiplies_a_push() -> None:
    found = case("d_feedback", "closed_loop_multiplier")
    expected = [math.inf if value == "inf" else value for value in found["expected"]["multiplier"]]
    assert [multiplier(gain) for gain in found["inputs"]["gain"]] == pytest.approx(expected, abs=found["tol"])


def test_the_response_to_a_push_sums_to_the_inverse() -> None:
    """Of `x' = A x` the sum of all that follows a push of one is `-A^-1`, whatever the step (closed form)."""
    found = case("d_feedback", "pulse_integral")
    a = np.array(found["inputs"]["A"])
    flows = {f"f{i}": f"({a[i, 0]})*x0 + ({a[i, 1]})*x1" for i in range(2)}
    stocks = {f"x{i}": Stock(initial=1.0, inflows=(f"f{i}",)) for i in range(2)}
    dynamics = model(stocks, flows, steps=2, step_days=0.5)
    matrix = change_matrix(dynamics, dynamics.run(), 1)
    assert matrix == pytest.approx(np.eye(2) + 0.5 * a, abs=1e-8)
    response = 0.5 * np.linalg.inv(np.eye(2) - matrix)
    assert response == pytest.approx(np.array(found["expected"]["integral_response"]), abs=1e-5)
    # g = pq/(d_a d_b) of a' = -d_a a + p b, b' = q a - d_b b (closed form), stable below 1
    assert loop_gain(matrix, (0, 1)) == pytest.approx(0.2 * 0.5 / (0.3 * 0.4), abs=1e-6)


def test_in_the_long_run_a_loop_carries_its_gain_over_the_growth_of_each_of_its_stocks() -> None:
    """Three that all act on each other, eight loops: scores tend to gain/growth**length, in any linear model.

    Derived: in the long run all moves along the leading eigenvector, so the link from j to i by way of its flow scores
    a[i, j] v[j]/(growth v[i]), and the v cancel round a loop. The growth comes from NumPy.
    """
    a = np.array([[-0.1, 0.3, 0.2], [0.25, -0.2, 0.15], [0.1, 0.35, -0.15]])
    growth = max(np.linalg.eigvals(a).real)
    flows = {f"f{i}{j}": f"({a[i, j]})*x{j}" for i in range(3) for j in range(3)}
    stocks = {f"x{i}": Stock(initial=1.0 + i, inflows=tuple(f"f{i}{j}" for j in range(3))) for i in range(3)}
    course = shares(model(stocks, flows, steps=150))
    assert len(course) == 8
    ways = [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2), (0, 2, 1)]
    score = {}
    for way in ways:
        steps = list(zip(way, (*way[1:], way[0]), strict=True))
        names = frozenset([*(f"x{j}" for j in way), *(f"f{to}{at}" for at, to in steps)])
        score[names] = math.prod(a[to, at] for at, to in steps) / growth ** len(way)
    whole = sum(map(abs, score.values()))
    for names, expected in score.items():
        assert course[names][-1] == pytest.approx(expected / whole, abs=1e-9)
