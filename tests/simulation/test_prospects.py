"""Bands over time and floors reached, built up chunk by chunk."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from lichen.relationship.relationship import Relationship
from lichen.simulation import prospects
from lichen.simulation.experiments import in_scenario
from lichen.simulation.futures import Array
from lichen.simulation.prospects import SHARES, Prospects, look_ahead
from tests.oracles.published import case
from tests.simulation.build import relationship

NOISY = """
    parties:
      pond: {kind: living system, capacities: {water: {level: 10, floor: 4, change: rain}}}
    world:
      rain: {process: white, mean: -0.5 per day, spread: 1.5 per day, over: 1 day}
    scenarios:
      flood: {from: 2026-01-04, set: {rain: 2 per day}}
    """


def pond(step: float = 0.5) -> Relationship:
    return relationship(NOISY, time=f"time: {{start: 2026-01-01, horizon: 10 days, step: {step} days}}\n")


def stream() -> Relationship:
    """What passes walks at random, in proportion."""
    text = """
        parties:
          pond: {kind: living system, capacities: {water: {level: 10, floor: 4}}}
          lake: {kind: living system, capacities: {water: {level: 10, floor: 4}}}
        world: {rain: {process: random_walk, start: 1 per day, spread: 120 %/year**0.5}}
        flows: {stream: {kind: benefit, from: pond, to: lake, rate: rain}}
        """
    return relationship(text, time="time: {start: 2026-01-01, horizon: 3 years, step: 1 month}\n")


def alike(one: Prospects, other: Prospects) -> None:
    for name, lane in one.lanes.items():
        for series, band in lane.bands.items():
            np.testing.assert_array_equal(band.bounds, other.lanes[name].bands[series].bounds)
        for party, passage in lane.passages.items():
            np.testing.assert_array_equal(passage.seen, other.lanes[name].passages[party].seen)
            np.testing.assert_array_equal(passage.between, other.lanes[name].passages[party].between)


def test_with_what_happens_between_steps_the_share_at_the_floor_is_the_published_one() -> None:
    """Brownian motion: the steps see it about 8 points less often, corrected it is within three standard errors of
    20,000 futures, 0.011, and the thousandth that the correction itself is good for.
    """
    found = case("e_viability", "bm_first_passage")
    passage = look_ahead(pond(), (), runs=20_000).lanes["base"].passages["pond"]
    reached = found["expected"]["p_hit"]
    assert passage.between[-1] == pytest.approx(reached, abs=0.012)
    assert passage.seen[-1] < reached - 0.04
    assert np.all(np.diff(passage.between) >= 0)
    assert np.all(passage.between >= passage.seen)


def test_the_bands_are_those_of_the_normal_distribution() -> None:
    """After ten days of white noise the level is normal, 5 with a deviation of 1.5 * sqrt(10); the bounds are good to
    four standard errors, 0.14 at the ends.
    """
    band = look_ahead(pond(), (), runs=20_000).lanes["base"].bands["pond.water"]
    for share, z in ((0.05, -1.6449), (0.25, -0.6745), (0.5, 0.0), (0.75, 0.6745), (0.95, 1.6449)):
        assert band.at(share, -1) == pytest.approx(5 + z * 1.5 * math.sqrt(10), abs=0.14)
    assert np.all(band.bounds[:, 0] == 10)


def test_counted_bounds_are_those_of_all_futures_to_a_thousandth_of_their_width(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = look_ahead(pond(), (), runs=2000).lanes["base"].bands["pond.water"].bounds
    monkeypatch.setattr(prospects, "HELD", 100)
    counted = look_ahead(pond(), (), runs=2000).lanes["base"].bands["pond.water"].bounds
    width = 2 * (whole[-1] - whole[0]).max()
    np.testing.assert_allclose(counted, whole, atol=4 * width / prospects.BINS)
    np.testing.assert_array_equal(counted[:, 0], 10)


@pytest.mark.parametrize("held", [2000, 64])
def test_the_size_of_a_chunk_changes_no_figure(held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prospects, "HELD", held)
    whole = look_ahead(pond(), (in_scenario("flood"),), runs=300)
    for chunk in (7, 64, 100):
        alike(look_ahead(pond(), (in_scenario("flood"),), runs=300, chunk=chunk), whole)


def test_saving_every_course_changes_no_figure() -> None:
    seen: list[str] = []
    saved = look_ahead(stream(), (), runs=300, save=lambda futures, courses: seen.extend(courses["base"]))
    alike(saved, look_ahead(stream(), (), runs=300))
    assert {"pond.water", "pond.borne", "stream"} <= set(seen)


def test_a_scenario_stands_beside_the_relationship_as_it_is() -> None:
    lanes = look_ahead(pond(), (in_scenario("flood"),), runs=50).lanes
    there, flood = (lanes[name].bands["pond.water"].bounds for name in ("base", "scenario:flood"))
    np.testing.assert_array_equal(there[:, :7], flood[:, :7])
    # Seven days of 2 a day on top of what it was after three.
    np.testing.assert_allclose(flood[:, -1], flood[:, 6] + 14)


def test_what_nobody_moves_is_said_exactly() -> None:
    found = look_ahead(
        relationship(
            "parties: {pond: {kind: living system, capacities: {water: {level: 3, floor: 1, change: -1 per day}}}}"
        ),
        (),
        runs=20,
    ).lanes["base"]
    np.testing.assert_array_equal(found.bands["pond.water"].bounds, np.tile(3.0 - np.arange(11), (len(SHARES), 1)))
    np.testing.assert_array_equal(found.passages["pond"].seen, [0.0] * 3 + [1.0] * 8)
    np.testing.assert_array_equal(found.passages["pond"].between, found.passages["pond"].seen)


def test_an_interruption_keeps_the_chunks_that_are_done() -> None:
    def impatient(done: int, of: int) -> None:
        if done >= 90:
            raise KeyboardInterrupt

    saved: list[range] = []

    def save(futures: range, courses: Mapping[str, Mapping[str, Array]]) -> None:
        saved.append(futures)
        assert courses["base"]["pond.water"].shape == (len(futures), 21)

    found = look_ahead(pond(), (), runs=300, chunk=30, progress=impatient, save=save)
    assert (found.runs, found.asked) == (90, 300)
    assert saved == [range(0, 30), range(30, 60), range(60, 90)]
    alike(found, look_ahead(pond(), (), runs=90))


def test_an_interruption_before_the_first_chunk_is_passed_on() -> None:
    def at_once(futures: range, courses: Mapping[str, Mapping[str, Array]]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        look_ahead(pond(), (), runs=30, save=at_once)


def test_what_somebody_keeps_is_not_known() -> None:
    found = look_ahead(
        relationship(
            "parties: {a: {kind: person, capacities: {time: {level: private to a, floor: 1, healthy: 2}}}}",
        ),
        (),
        runs=20,
    ).lanes["base"]
    assert np.isnan(found.bands["a.headroom"].bounds).all()
    assert np.isnan(found.passages["a"].seen).all()


@pytest.mark.parametrize("held", [2000, 500])
def test_bounds_of_what_spreads_widely_are_those_of_its_distribution(
    held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A random walk in proportion is lognormal: after t years, with 120 % in the root of a year, its bounds are
    exp(1.2 * sqrt(t) * z - 0.72 * t), here 300 times apart. Five standard errors of 20,000 futures are 0.16 in z.
    """
    monkeypatch.setattr(prospects, "HELD", held)
    chosen = stream()
    found = look_ahead(chosen, (), runs=20_000)
    moment = -2
    years = found.days[moment] / 365.25
    for share, z in ((0.05, -1.6449), (0.25, -0.6745), (0.5, 0.0), (0.75, 0.6745), (0.95, 1.6449)):
        bound = found.lanes["base"].bands["stream"].at(share, moment)
        assert (math.log(bound) + 0.72 * years) / (1.2 * math.sqrt(years)) == pytest.approx(z, abs=0.08)


def test_bounds_of_what_spreads_widely_on_both_sides_of_nothing_keep_their_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same walk less what it begins with, beside all futures held: within a hundredth of the band's own width."""
    text = """
        parties:
          pond: {kind: living system, capacities: {water: {level: 10, floor: 4, change: rain - 1 per day}}}
        world: {rain: {process: random_walk, start: 1 per day, spread: 60 %/year**0.5}}
        """
    chosen = relationship(text, time="time: {start: 2026-01-01, horizon: 3 years, step: 1 month}\n")
    whole = look_ahead(chosen, (), runs=2000).lanes["base"].bands["pond.water"].bounds
    monkeypatch.setattr(prospects, "HELD", 300)
    counted = look_ahead(chosen, (), runs=2000).lanes["base"].bands["pond.water"].bounds
    np.testing.assert_allclose(counted, whole, atol=0.01 * float((whole[-1] - whole[0]).max()))


def test_a_figure_does_not_leap_when_more_futures_come_than_are_held() -> None:
    """After three years the outer bounds are about e ** (2 * 1.6449 * 1.2 * sqrt(3)) = 930 times apart; one future more
    moves each by what lies between neighbours there, 2.08 / (0.103 * 2000) = 0.01 in logarithms, and by a bin.
    """
    held, more = (
        look_ahead(stream(), (), runs=runs).lanes["base"].bands["stream"].bounds
        for runs in (prospects.HELD, prospects.HELD + 1)
    )
    assert held[-1, -1] > 500 * held[0, -1]
    np.testing.assert_allclose(np.log(more[:, 1:]), np.log(held[:, 1:]), atol=0.05)
