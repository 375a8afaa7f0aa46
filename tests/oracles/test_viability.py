"""Viability against the cases of `data/e_viability.json`: who stays above a floor, for how long, how often.

Decay, Brownian motion and the gambler stand in `tests/simulation/test_levels.py`. A viability kernel is the set of
starts from which some control keeps the state within its bounds for ever. Its printed edges are tried from both sides:
a start a hundredth inside stays under the control that is best there, a start a hundredth outside leaves under it.
"""

from __future__ import annotations

import numpy as np
import pytest

from lichen.check.measures.figure import share_of
from tests.oracles.published import case
from tests.simulation.build import course, relationship, run

NEAR = 0.01
TIME = "time: {{start: 2026-01-01, horizon: {days} days, step: 0.002 days}}\n"


def leaves(
    x: float, y: float, bounds: tuple[tuple[float, float], tuple[float, float]], growth: str, control: str
) -> bool:
    """Whether a state (x, y) leaves its bounds within eight days, where x grows by `growth` and y by `control` a day.

    Each bound is a capacity: what is left above the lower and below the upper one.
    """
    (x_low, x_high), (y_low, y_high) = bounds
    state = relationship(
        f"""
        parties:
          state:
            kind: living system
            capacities:
              x: {{level: {x!r}, floor: {x_low}, healthy: {x_high}, change: "({growth}) * 1 per day"}}
              y: {{level: {y!r}, floor: {y_low}, healthy: {y_high}, change: "({control}) * 1 per day"}}
              x_above: {{level: {x_high - x!r}, floor: 0, healthy: 9, change: "-({growth}) * 1 per day"}}
              y_above: {{level: {y_high - y!r}, floor: 0, healthy: 9, change: "-({control}) * 1 per day"}}
        """,
        time=TIME.format(days=8),
    )
    return bool(np.isfinite(run(state).base.headroom["state"].below_zero_at[0]))


@pytest.mark.parametrize("x", ["0.25", "0.5", "1", "2", "2.9"])
def test_a_population_stays_exactly_within_its_published_kernel(x: str) -> None:
    """The best control brings the growth rate to 0 as fast as may be, and then holds it."""
    found = case("e_viability", "population_kernel")
    inputs, (low, high) = found["inputs"], found["expected"]["bounds"][x]
    bounds = (inputs["a"], inputs["b"]), tuple(inputs["y_box"])
    speed = inputs["c"]
    for edge, inside, control in (
        (low, NEAR, f"{speed} if state.y < 0 else 0"),
        (high, -NEAR, f"-{speed} if state.y > 0 else 0"),
    ):
        assert not leaves(float(x), edge + inside, bounds, "state.x * state.y", control)
        assert leaves(float(x), edge - inside, bounds, "state.x * state.y", control)


@pytest.mark.parametrize("y", ["0.0", "0.5", "1", "1.5", "2"])
def test_a_consumer_stays_exactly_within_the_kernel(y: str) -> None:
    """The best control moves consumption y towards the stock x as fast as may be, and then holds them together."""
    found = case("e_viability", "consumer_kernel")["expected"]
    control = "clip(20 * (state.x - state.y), -0.5, 0.5)"
    for edge, inside in ((found["x_low"][y], NEAR), (found["x_high"][y], -NEAR)):
        assert not leaves(edge + inside, float(y), ((0, 2), (0, 3)), "state.x - state.y", control)
        assert leaves(edge - inside, float(y), ((0, 2), (0, 3)), "state.x - state.y", control)


def lake(level: float, catch: float) -> str:
    return f"""
        parties:
          lake:
            kind: living system
            capacities:
              fish: {{level: {level}, floor: 0, healthy: 1, change: 1 per day * lake.fish * (1 - lake.fish)}}
          fisher: {{kind: person, capacities: {{meals: {{level: 9, floor: 0}}}}}}
        flows:
          catch:
            {{kind: benefit, from: lake, to: fisher, rate: {catch} per day, cost: {{fish: 1}}, worth: {{meals: 1}}}}
        """


COARSE = "time: {start: 2026-01-01, horizon: 60 days, step: 0.05 days}\n"


@pytest.mark.parametrize(
    ("start", "end"), [("x_minus", "x_minus"), ("x_plus", "x_plus"), (0.21, "x_plus"), (0.5, "x_plus"), (1, "x_plus")]
)
def test_a_harvested_stock_comes_to_rest_where_the_parabola_says(start: str | float, end: str) -> None:
    """Euler's steps have the same points of rest as the equation."""
    found = case("e_viability", "harvest_kernel")
    level = found["expected"].get(start, start)
    fish = course(relationship(lake(level, found["inputs"]["h"]), time=COARSE), "lake.fish")
    assert fish[-1] == pytest.approx(found["expected"][end], abs=found["tol"])


def test_below_the_lower_point_of_rest_a_harvested_stock_is_gone_in_time() -> None:
    found = case("e_viability", "harvest_kernel")
    step = 0.0005
    time = f"time: {{start: 2026-01-01, horizon: 2 days, step: {step} days}}\n"
    futures = run(relationship(lake(0.1, found["inputs"]["h"]), time=time))
    # First below 0 at the end of a step; Euler's own error is as small as a step.
    assert futures.base.headroom["lake"].below_zero_at[0] == pytest.approx(
        found["expected"]["time_to_zero_from_0_1"], abs=2 * step
    )


@pytest.mark.parametrize(("more", "survives"), [(-0.001, True), (0.01, False)])
def test_no_stock_survives_more_than_the_largest_sustained_catch(more: float, survives: bool) -> None:
    msy = case("e_viability", "harvest_kernel")["expected"]["msy"]
    futures = run(relationship(lake(1, msy + more), time=COARSE.replace("60", "90")))
    assert np.isinf(futures.base.headroom["lake"].below_zero_at[0]) == survives


def test_a_stock_that_loses_as_much_every_step_reaches_its_floor_on_the_day() -> None:
    found = case("e_viability", "decay_time_to_floor")
    start, floor = found["inputs"]["x0"], found["inputs"]["floor"]
    losing = relationship(
        f"""
        parties:
          pond: {{kind: living system, capacities: {{water: {{level: {start}, floor: {floor}, change: -2 per day}}}}}}
        """,
        time="time: {start: 2026-01-01, horizon: 40 days, step: 1 day}\n",
    )
    day = found["expected"]["linear_t_at_2_per_step"]
    assert course(losing, "pond.water")[day] == floor
    assert run(losing).base.headroom["pond"].below_zero_at[0] == day + 1  # at the floor is not below it


def test_shares_of_futures_have_wilsons_interval() -> None:
    """The sample without failure (59, 299) in the case is arithmetic that lichen does not do: 0.95**59 < 0.05."""
    found = case("e_viability", "wilson_lower")
    for successes, runs, lower in zip(
        found["inputs"]["successes"], found["inputs"]["n"], found["expected"]["lower"], strict=True
    ):
        held = share_of(np.repeat([1.0, 0.0], [successes, runs - successes]))
        assert held.value == successes / runs
        assert held.low == pytest.approx(lower, abs=found["tol"])
        mirrored = share_of(np.repeat([0.0, 1.0], [successes, runs - successes]))
        assert mirrored.high == pytest.approx(1 - lower, abs=found["tol"])
