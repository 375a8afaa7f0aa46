"""World processes and ranges against their moments, and that draws belong to their names."""

from __future__ import annotations

from math import exp, log, pi, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from lichen.language.table import Table
from lichen.relationship.relationship import Relationship
from lichen.simulation import draws
from lichen.simulation.chance import point
from tests.simulation.build import base, relationship, run

RUNS = 2000  # as many as paths are kept of
TIME = "time: {start: 2026-01-01, horizon: 60 days, step: 2 days}\n"
PARTY = "parties: {pond: {kind: living system, capacities: {water: {level: 10, floor: 0}}}}\n"


def world(process: str, *, time: str = TIME, runs: int = RUNS, seed: int = 1, **tables: Table) -> NDArray[np.float64]:
    """The course of one world variable [future, step]."""
    return run(watched(process, time, tables), runs=runs, seed=seed).paths["base"]["seen"]


def watched(process: str, time: str = TIME, tables: dict[str, Table] | None = None) -> Relationship:
    text = f"{PARTY}world: {{x: {process}}}\nchecks: {{seen: {{measure: x * 1, good: {{at_least: 0}}}}}}\n"
    return relationship(text, time=time, tables={f"{name}.csv": table for name, table in (tables or {}).items()})


def within(sample: NDArray[np.float64], mean: float, spread: float) -> None:
    """Mean and standard deviation agree within four standard errors of an about normal sample."""
    count = sample.size
    assert sample.mean() == pytest.approx(mean, abs=4 * spread / sqrt(count))
    assert sample.std() == pytest.approx(spread, rel=6 / sqrt(count))


def test_ar1_is_stationary_from_the_start_and_forgets_exponentially() -> None:
    x = world("{process: ar1, mean: 5, spread: 2, memory: 8 days}")
    for step in (0, 1, 15, 30):
        within(x[:, step], 5, 2)
    for apart in (1, 4):
        kept = np.corrcoef(x[:, 10], x[:, 10 + apart])[0, 1]
        assert kept == pytest.approx(exp(-2 * apart / 8), abs=4 / sqrt(RUNS))


def test_a_spread_in_per_cent_is_of_the_mean() -> None:
    within(world("{process: ar1, mean: 5, spread: 10 %, memory: 8 days}")[:, 3], 5, 0.5)


def test_white_noise_sums_alike_whatever_the_step() -> None:
    for step, count in ((2, 30), (1, 60)):
        time = f"time: {{start: 2026-01-01, horizon: 60 days, step: {step} days}}\n"
        x = world("{process: white, mean: 0, spread: 3, over: 1 day}", time=time)[:, :-1]
        assert x.shape[1] == count
        within((x * step).sum(axis=1), 0, 3 * sqrt(60))
        assert abs(np.corrcoef(x[:, 3], x[:, 4])[0, 1]) < 4 / sqrt(RUNS)


def test_a_relative_walk_grows_by_its_drift_in_the_mean() -> None:
    x = world("{process: random_walk, start: 2, drift: 1 %/day, spread: 5 %/day**0.5}")
    assert x[:, 0] == pytest.approx(2)
    days = 60.0
    mean, variance = 2 * exp(0.01 * days), exp(0.05**2 * days) - 1
    assert x[:, -1].mean() == pytest.approx(mean, abs=4 * mean * sqrt(variance / RUNS))
    within(np.log(x[:, -1]), log(2) + (0.01 - 0.05**2 / 2) * days, 0.05 * sqrt(days))


def test_a_walk_in_units_adds_up() -> None:
    text = PARTY + (
        "world: {x: {process: random_walk, start: 2 EUR, drift: 0.1 EUR/day, spread: 3 EUR/day**0.5}}\n"
        "checks: {seen: {measure: x, good: {at_least: 0 EUR}}}\n"
    )
    x = run(relationship(text, time=TIME), runs=RUNS).paths["base"]["seen"]
    within(x[:, -1], 2 + 0.1 * 60, 3 * sqrt(60))


def test_a_walk_that_says_only_its_start_stays_there() -> None:
    assert world("{process: random_walk, start: 2}") == pytest.approx(2)
    within(world("{process: random_walk, start: 2, spread: 5 %/day**0.5}")[:, 1] / 2, 1, 0.05 * sqrt(2))


def test_jumps_come_as_a_poisson_process_and_last() -> None:
    x = world("{process: jumps, every: 20 days, size: -40 %, lasts: 2 days}")[:, :-1]
    chance = 1 - exp(-2 / 20)
    assert set(np.unique(x)) == {-0.4, 0.0}
    within(x, -0.4 * chance, 0.4 * sqrt(chance * (1 - chance)))
    longer = world("{process: jumps, every: 20 days, size: 1, lasts: 6 days}")[:, 10]
    assert longer.mean() == pytest.approx(1 - (1 - chance) ** 3, abs=4 * 0.5 / sqrt(RUNS))


@pytest.mark.parametrize(
    ("process", "mean", "spread"),
    [
        ("{process: uniform, from: 2, to: 8}", 5, 6 / sqrt(12)),
        ("{process: normal, mean: 3, spread: 2}", 3, 2),
        ("{process: lognormal, mean: 3, spread: 1}", 3, 1),
        ("{process: triangular, from: 0, mode: 1, to: 5}", 2, sqrt((0 + 1 + 25 - 0 - 0 - 5) / 18)),
        ("{process: beta, a: 2, b: 3, from: 1, to: 6}", 3, 5 * sqrt(2 * 3 / (25 * 6))),
        ("{process: beta, a: 2, b: 3}", 2 / 5, sqrt(2 * 3 / (25 * 6))),
    ],
)
def test_what_is_drawn_once_has_its_mean_and_spread_and_stays(process: str, mean: float, spread: float) -> None:
    x = world(process)
    assert np.ptp(x, axis=1).max() == 0
    assert x[:, 0].mean() == pytest.approx(mean, abs=4 * spread / sqrt(RUNS))
    assert x[:, 0].std() == pytest.approx(spread, rel=0.08)


def test_a_season_peaks_on_its_date() -> None:
    x = world("{process: seasonal, mean: 4, swing: 25 %, period: 40 days, peak: 2026-01-11}", runs=1)[0]
    assert x == pytest.approx(4 * (1 + 0.25 * np.cos(2 * pi * (np.arange(31) * 2 - 10) / 40)))


MILK = Table(
    header=("day", "litres"),
    rows=(("2025-12-31", "1"), ("2026-01-04", "2"), ("2026-01-05", "3"), ("2026-02-01", "4")),
    numbers=(2, 3, 4, 5),
)


def test_a_series_gives_the_last_value_at_or_before_each_date() -> None:
    x = world("{process: series, file: milk.csv, at: day, value: litres}", runs=1, milk=MILK)[0]
    assert list(x[:4]) == [1, 1, 3, 3]  # 1, 3, 5, 7 January
    assert list(x[[15, 16, 30]]) == [3, 4, 4]  # 31 January, 2 February, the end


def test_a_resampled_series_is_made_of_its_blocks() -> None:
    counting = Table(
        header=("day", "n"),
        rows=tuple((f"2025-0{1 + k // 28}-{1 + k % 28:02}", str(k)) for k in range(0, 56, 2)),
        numbers=tuple(range(28)),
    )
    x = world("{process: series, file: n.csv, at: day, value: n, resample: 6 days}", runs=200, n=counting)
    assert np.isin(x, np.unique(x.astype(int))).all()
    inside = np.diff(x[:, :-1].reshape(200, 10, 3), axis=2)  # blocks of three steps of two days
    assert ((inside >= 0) & (inside <= 4)).all()
    assert len(np.unique(x[:, 0])) > 15


def test_correlated_variables_go_together_step_by_step() -> None:
    text = (
        PARTY
        + """
world:
  x: {process: ar1, mean: 0, spread: 1, memory: 4 days}
  y: {process: white, mean: 0, spread: 1, over: 2 days}
  z: {process: white, mean: 0, spread: 1, over: 2 days}
correlations: [{between: [x, y], is: 0.6}]
checks:
  x_seen: {measure: x, good: {at_least: 0}}
  y_seen: {measure: y, good: {at_least: 0}}
  z_seen: {measure: z, good: {at_least: 0}}
"""
    )
    paths = run(relationship(text, time=TIME), runs=RUNS).paths["base"]
    x, y, z = (paths[f"{name}_seen"] for name in "xyz")
    fresh = x[:, 1:] - exp(-2 / 4) * x[:, :-1]
    assert np.corrcoef(fresh.ravel(), y[:, 1:].ravel())[0, 1] == pytest.approx(0.6, abs=0.02)
    assert abs(np.corrcoef(fresh.ravel(), z[:, 1:].ravel())[0, 1]) < 0.02
    within(y[:, 5], 0, 1)


@pytest.mark.parametrize("share", [0.05, 0.95])
@pytest.mark.parametrize(
    "process",
    [
        "{process: ar1, mean: 5, spread: 2, memory: 8 days}",
        "{process: white, mean: 5, spread: 2, over: 1 day}",
        "{process: random_walk, start: 2, drift: 1 %/day, spread: 5 %/day**0.5}",
        "{process: normal, mean: 3, spread: 2}",
        "{process: lognormal, mean: 3, spread: 1}",
        "{process: uniform, from: 2, to: 8}",
        "{process: triangular, from: 0, mode: 1, to: 5}",
        "{process: beta, a: 2, b: 3, from: 1, to: 6}",
        "{process: beta, a: 2, b: 3}",
    ],
)
def test_the_low_and_high_points_are_those_of_the_distribution(process: str, share: float) -> None:
    model = watched(process)
    variable = model.world["x"]
    given = {key: np.array([value.number]) for key, value in variable.parameters.items()}
    reached = np.broadcast_to(point(variable, given, model.time, share), (31, 1))[20, 0]
    below = (run(model, runs=RUNS).paths["base"]["seen"][:, 20] < reached).mean()
    assert below == pytest.approx(share, abs=4 * sqrt(0.05 * 0.95 / RUNS))


def test_uniform_and_normal_draws_have_their_moments() -> None:
    shares = draws.uniform(7, ["key"], range(20000))[0, :, 0]
    assert 0 < shares.min() < 1e-3 and 1 - 1e-3 < shares.max() < 1
    within(shares, 0.5, sqrt(1 / 12))
    normals = draws.normal(7, "key", range(20000))[0]
    within(normals, 0, 1)
    assert (normals**3).mean() == pytest.approx(0, abs=4 * sqrt(15 / 20000))
    assert (normals**4).mean() == pytest.approx(3, abs=4 * sqrt(96 / 20000))


def test_neighbouring_seeds_keys_futures_and_steps_do_not_go_together() -> None:
    first = draws.normal(1, "a", range(3000), range(4))
    others = [draws.normal(2, "a", range(3000), range(4)), draws.normal(1, "b", range(3000), range(4))]
    pairs = [(first, other) for other in others]
    pairs += [(first[:, :-1], first[:, 1:]), (first[:-1], first[1:])]
    for one, other in pairs:
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 4 / sqrt(one.size)


def test_the_same_key_gives_the_same_number_in_any_chunk() -> None:
    assert np.array_equal(
        draws.normal(1, "a", range(10), range(5))[2:, 4:7], draws.normal(1, "a", range(4, 7), range(2, 5))
    )


RANGED = """
parties:
  a:
    {kind: organisation,
     capacities: {cash: {level: 1..2 EUR, floor: 0 EUR, healthy: 3 EUR}, calm: {level: 1..2, floor: 0, healthy: 3}}}
  b: {kind: organisation, capacities: {cash: {level: 1..2 EUR, floor: 0 EUR, healthy: 3 EUR}}}
terms: {price: 1..2 EUR}
flows:
  goods: {kind: benefit, from: a, to: b, rate: 1..2 per day, cost: {calm: 0.001..0.002}, worth: {cash: price * 0.01},
          if_lost: {replaced: 10..20 %, cost: {cash: 0.1..0.2 EUR}}}
"""


def test_parties_capacities_flows_and_terms_may_be_renamed_freely() -> None:
    renamed = (
        RANGED.replace("  a:\n", "  northfield:\n")
        .replace("from: a", "from: northfield")
        .replace("b: {kind", "z: {kind")
    )
    renamed = (
        renamed.replace("to: b", "to: z").replace("goods", "bread").replace("calm", "quiet").replace("price", "tariff")
    )
    one = run(relationship(RANGED), base(begins=0.3, leaves=frozenset("a")), runs=20)
    other = run(relationship(renamed), base(begins=0.3, leaves=frozenset(["northfield"])), runs=20)
    for name, new in (
        ("a.cash", "northfield.cash"),
        ("a.calm", "northfield.quiet"),
        ("b.cash", "z.cash"),
        ("goods", "bread"),
    ):
        assert np.array_equal(one.paths["base"][name], other.paths["base"][new])
    assert len(np.unique(one.paths["base"]["a.cash"][:, 0])) == 20
    assert not np.array_equal(one.paths["base"]["a.cash"][:, 0], one.paths["base"]["b.cash"][:, 0])


def test_other_bounds_and_other_entries_keep_a_ranges_draws() -> None:
    first = run(relationship(RANGED), runs=20).paths["base"]["a.cash"][:, 0]
    wider = run(
        relationship(RANGED.replace("cash: {level: 1..2 EUR", "cash: {level: 2..4 EUR, at_most: 9 EUR")), runs=20
    )
    assert wider.paths["base"]["a.cash"][:, 0] == pytest.approx(2 * first)
    more = run(relationship(RANGED + "world: {x: {process: ar1, mean: 0, spread: 1, memory: 1 day}}\n"), runs=20)
    assert np.array_equal(more.paths["base"]["a.cash"][:, 0], first)


def test_adding_a_world_variable_or_changing_the_order_moves_no_other() -> None:
    one = "x: {process: ar1, mean: 0, spread: 1, memory: 4 days}"
    two = "w: {process: normal, mean: 0, spread: 1}"
    seen = "checks: {seen: {measure: x, good: {at_least: 0}}}\n"
    courses = [
        run(relationship(f"{PARTY}world: {{{entries}}}\n{seen}", time=TIME), runs=5).paths["base"]["seen"]
        for entries in (one, f"{one}, {two}", f"{two}, {one}")
    ]
    assert np.array_equal(courses[0], courses[1])
    assert np.array_equal(courses[0], courses[2])


def test_normal_numbers_are_those_of_the_library() -> None:
    """Box and Muller's formula in extended precision, its angle reduced exactly."""
    found = draws.normal(1, "x", range(500), range(40))
    stream = draws.streams(1, ["x"], range(500))[:, 0]
    step = np.arange(40, dtype=np.uint64)[:, None] * np.uint64(2)
    first, second = (
        draws.as_uniform(draws.at_step(stream, step + np.uint64(odd))).astype(np.longdouble) for odd in (0, 1)
    )
    pi_in_full = np.longdouble("3.14159265358979323846264338327950288")
    expected = np.sqrt(-2 * np.log(first)) * np.sin(2 * pi_in_full * (abs(second - 0.5) - 0.25))
    assert np.abs(found / expected - 1).max() < 1e-15


def test_another_seed_is_another_chance() -> None:
    process = "{process: ar1, mean: 0, spread: 1, memory: 4 days}"
    assert not np.array_equal(world(process, runs=5, seed=1), world(process, runs=5, seed=2))
    assert np.array_equal(world(process, runs=5, seed=-3), world(process, runs=5, seed=-3))
