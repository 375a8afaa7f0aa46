import math

import pytest
from scipy import stats

from lichen.dependency.delay import Delay
from tests.oracles.published import case


def test_equal_stages_are_an_erlang_delay() -> None:
    oracle = case("a_dependency", "erlang_delay")
    stages, mean = oracle["inputs"]["stages"], oracle["inputs"]["total_mean"]
    delay = Delay(stages=(mean / stages,) * stages)
    assert delay.mean == pytest.approx(oracle["expected"]["mean"])
    assert delay.variance == pytest.approx(oracle["expected"]["variance"])
    assert delay.half == pytest.approx(oracle["expected"]["median"], abs=1e-9)
    assert delay.arrived_by(4) == pytest.approx(oracle["expected"]["p_by_4"], abs=1e-9)


def test_fixed_times_add_up_and_let_nothing_through_before() -> None:
    delay = Delay(7.0) + Delay(3.0)
    assert delay == Delay(10.0)
    assert (delay.arrived_by(9.9), delay.arrived_by(10.0), delay.half) == (0, 1, 10)


def test_a_single_stage_after_a_fixed_time_is_a_shifted_exponential() -> None:
    delay = Delay(5.0) + Delay(stages=(2.0,))
    law = stats.expon(loc=5, scale=2)
    assert delay.half == pytest.approx(law.median())
    assert delay.arrived_by(6) == pytest.approx(law.cdf(6))


def test_unequal_stages_are_a_chain_of_waits() -> None:
    # two exponential waits of means 1 and 2: P(T <= t) = 1 - 2 exp(-t/2) + exp(-t); at half, exp(-t/2) = 1 - sqrt(1/2)
    assert Delay(stages=(1.0, 2.0)).half == pytest.approx(-2 * math.log(1 - math.sqrt(0.5)))
