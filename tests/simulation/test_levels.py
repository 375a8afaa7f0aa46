"""Capacities over time against closed forms: decay, coupled stocks, bounds, and when a floor is reached."""

from __future__ import annotations

import json
from math import exp, log, sqrt
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from tests.simulation.build import course, relationship, run

ORACLES = json.loads((Path(__file__).parents[1] / "oracles" / "data" / "e_viability.json").read_text())
CASES = {case["id"]: case for case in ORACLES["cases"]}


def test_a_decaying_stock_falls_as_a_power_and_nearly_exponentially() -> None:
    fine = relationship(
        """
        parties:
          pond: {kind: living system, capacities: {water: {level: 100, floor: 40, change: -8 %/day * pond.water}}}
        """,
        time="time: {start: 2026-01-01, horizon: 20 days, step: 0.01 days}\n",
    )
    futures = run(fine)
    water = futures.paths["base"]["pond.water"][0]
    assert water == pytest.approx(100 * (1 - 0.0008) ** np.arange(2001), rel=1e-12)  # Euler, written out
    assert water[1000] == pytest.approx(100 * exp(-0.8), rel=4e-4)  # half a step times the rate: 0.0008/2 * 0.8

    published = CASES["decay_time_to_floor"]["expected"]["t"]
    assert published == pytest.approx(log(100 / 40) / 0.08)
    assert futures.base.headroom["pond"].below_zero_at[0] == pytest.approx(published, abs=0.02)


def test_two_coupled_linear_stocks_follow_the_powers_of_their_matrix() -> None:
    coupled = relationship(
        """
        parties:
          a: {kind: organisation, capacities: {stock: {level: 10, floor: 0}}}
          b: {kind: organisation, capacities: {stock: {level: 4, floor: 0}}}
        flows:
          there: {kind: benefit, from: a, to: b, rate: 10 %/day * a.stock, cost: {stock: 1}, worth: {stock: 0.5}}
          back: {kind: benefit, from: b, to: a, rate: 20 %/day * b.stock, cost: {stock: 1}, worth: {stock: 1.5}}
        """
    )
    step = np.array([[0.9, 0.3], [0.05, 0.8]])
    expected = [np.linalg.matrix_power(step, k) @ [10, 4] for k in range(11)]
    paths = run(coupled).paths["base"]
    assert np.stack([paths["a.stock"][0], paths["b.stock"][0]], axis=1) == pytest.approx(np.array(expected), rel=1e-12)


def test_what_is_given_is_what_arrives() -> None:
    moving = relationship(
        """
        parties:
          a: {kind: organisation, capacities: {stock: {level: 50, floor: 0}}}
          b: {kind: organisation, capacities: {stock: {level: 7, floor: 0}}}
        flows:
          there: {kind: benefit, from: a, to: b, rate: "6 per day * saturate(a.stock, 20)",
                  cost: {stock: 1}, worth: {stock: 1}}
          back: {kind: benefit, from: b, to: a, rate: 3 %/day * b.stock, cost: {stock: 1}, worth: {stock: 1}}
        """
    )
    futures = run(moving)
    paths = futures.paths["base"]
    assert paths["a.stock"] + paths["b.stock"] == pytest.approx(57)
    flows = futures.base.flows
    assert paths["b.stock"][0, -1] == pytest.approx(
        7 + flows["there"].worth["stock"][0] - flows["back"].cost["stock"][0]
    )
    assert flows["there"].amount[0] == pytest.approx(paths["there"][0, :-1].sum())
    assert flows["there"].late_amount[0] == pytest.approx(paths["there"][0, 5:-1].sum())


def test_what_exceeds_a_bound_is_lost_and_reported() -> None:
    bounded = relationship(
        """
        parties:
          barrel: {kind: organisation, capacities: {water: {level: 8, floor: 0, at_most: 10, change: 1 per day}}}
        """
    )
    assert course(bounded, "barrel.water")[:4] == pytest.approx([8, 9, 10, 10])
    assert run(bounded).base.lost_above["barrel.water"][0] == pytest.approx(8)  # 10 came, 2 fitted


def test_a_rate_below_zero_is_clipped_and_counted() -> None:
    turning = relationship(
        """
        parties:
          a: {kind: organisation, capacities: {stock: {level: 10, floor: 0}}}
          b: {kind: organisation, capacities: {stock: {level: 10, floor: 0}}}
        flows:
          gift: {kind: benefit, from: a, to: b, rate: 2 per day - 1 per day * time / 1 day,
                 cost: {stock: 1}, worth: {stock: 1}}
        """
    )
    futures = run(turning)
    assert futures.paths["base"]["gift"][0, :5] == pytest.approx([2, 1, 0, 0, 0])
    assert futures.base.flows["gift"].clipped[0] == pytest.approx(0.7)  # days 3 to 9 of ten


def test_brownian_motion_reaches_its_floor_as_often_as_the_inverse_gaussian_says() -> None:
    case = CASES["bm_first_passage"]
    start, floor, drift, spread, horizon = (case["inputs"][key] for key in ("x0", "floor", "mu", "sigma", "T"))
    step = 0.05
    walking = relationship(
        f"""
        parties:
          firm: {{kind: organisation, capacities: {{cash: {{level: {start} EUR, floor: {floor} EUR, change: push}}}}}}
        world:
          push: {{process: white, mean: {drift} EUR/day, spread: {spread} EUR/day, over: 1 day}}
        """,
        time=f"time: {{start: 2026-01-01, horizon: {horizon} days, step: {step} days}}\n",
    )
    runs = 20000
    reached = np.isfinite(run(walking, runs=runs).base.headroom["firm"].below_zero_at).mean()

    down, total = start - floor, spread * sqrt(horizon)
    cdf = NormalDist().cdf

    def hit(distance: float) -> float:
        return cdf((-distance - drift * horizon) / total) + exp(-2 * drift * distance / spread**2) * cdf(
            (-distance + drift * horizon) / total
        )

    assert hit(down) == pytest.approx(case["expected"]["p_hit"], abs=1e-6)
    # A walk looked at once a step misses crossings between: the barrier acts 0.5826 sigma sqrt(step) lower.
    shifted = hit(down + 0.5826 * spread * sqrt(step))
    assert reached == pytest.approx(shifted, abs=4 * sqrt(shifted * (1 - shifted) / runs))


def test_a_gambler_is_ruined_as_often_as_the_textbook_says() -> None:
    case = CASES["gambler_ruin"]
    chance = case["inputs"]["p"]
    game = relationship(
        f"""
        parties:
          gambler: {{kind: person, capacities: {{coins: {{level: 3, floor: 0.5, change: move}}}}}}
        world:
          luck: {{process: white, mean: 0, spread: 1, over: 1 day}}
          bet: "1 if luck < {NormalDist().inv_cdf(chance)} else 0 - 1"
        """.replace("move", '"0 per day if gambler.coins < 0.5 or gambler.coins > 9.5 else bet * 1 per day"'),
        time="time: {start: 2026-01-01, horizon: 400 days, step: 1 day}\n",
    )
    runs = 4000
    futures = run(game, runs=runs)
    assert set(np.round(futures.paths["base"]["gambler.coins"][:, -1], 9)) <= {0.0, 10.0}
    ruined = np.isfinite(futures.base.headroom["gambler"].below_zero_at).mean()
    published = case["expected"]["p_ruin"]
    assert ruined == pytest.approx(published, abs=4 * sqrt(published * (1 - published) / runs))


def test_a_long_chain_of_flows_written_backwards_is_followed() -> None:
    flows = "".join(
        f"  f{k}: {{kind: benefit, from: a, to: b, rate: {f'f{k - 1} * 0.99' if k else '1 per day'}}}\n"
        for k in reversed(range(400))
    )
    party = "{kind: organisation, capacities: {cash: {level: 9, floor: 1}}}"
    chain = relationship(f"parties:\n  a: {party}\n  b: {party}\nflows:\n{flows}")
    assert run(chain).base.flows["f399"].amount[0] == pytest.approx(10 * 0.99**399)
