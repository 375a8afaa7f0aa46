"""How futures over time are written: small pictures, names of lanes, units, and what was not finished."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from lichen.show.simulated import fans, lane_title, prospects_text, spark
from lichen.show.words import LANES
from lichen.simulation.experiments import standard_experiments
from lichen.simulation.prospects import look_ahead
from tests.simulation.build import relationship

MILL = relationship(
    """
    units: {kEUR: 1000 EUR, loaf: new}
    parties:
      mill:
        kind: organisation
        name: The mill
        capacities: {cash: {level: 4 kEUR, floor: 1 kEUR, change: -100 EUR/day}}
      town: {kind: public, capacities: {bread: {level: 5 loaf, floor: 1 loaf}}}
    terms: {price: 1}
    flows:
      bread: {kind: benefit, from: mill, to: town, rate: 2 loaf/day}
    scenarios:
      dry: {from: 2026-01-05, set: {price: 2}}
    """
)


THREE = relationship(
    """
    parties:
      a: {kind: person, capacities: {cash: {level: 9 EUR, floor: 1 EUR}}}
      b: {kind: person, capacities: {cash: {level: 9 EUR, floor: 1 EUR}}}
      c: {kind: person, capacities: {cash: {level: 9 EUR, floor: 1 EUR}}}
    world: {mood: {process: white, mean: 1, spread: 10 %, over: 1 week}}
    flows:
      ab: {kind: benefit, from: a, to: b, rate: 1 EUR/day, worth: {cash: mood}}
      bc: {kind: benefit, from: b, to: c, rate: 1 EUR/day, worth: {cash: 1}}
    """
)


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([0.0, 1.0], "▁█"),
        ([0.0, 7.0, 14.0], "▁▅█"),
        ([3.0, 3.0, 3.0], "▄▄▄"),
        ([math.nan, 1.0], "not known"),
        ([-1e9, 1e9], "▁█"),
    ],
)
def test_a_course_is_drawn_from_its_least_to_its_most(values: list[float], drawn: str) -> None:
    assert spark(values) == drawn


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("base", "as it is"),
        ("scenario:dry", "scenario dry"),
        ("free_ride:mill", "mill gives nothing"),
        ("cut", "nothing passes"),
        ("shocks:shock:a.b+world_low:w", "a.b at its floor and w low"),
    ],
)
def test_a_lane_has_a_name_for_people(name: str, title: str) -> None:
    assert lane_title(name) == title


def test_figures_stand_in_units_of_the_file() -> None:
    text = prospects_text(look_ahead(MILL, (), runs=20), MILL)
    # 4,000 EUR less 100 a day for ten days; two loaves a day are 730.5 a year.
    assert "mill.cash, kEUR" in text
    assert " 4         3        3     3 " in text
    assert "bread, loaf/year" in text
    assert "730.5" in text
    assert "Scenarios of the file that were not tried: dry." in " ".join(text.split())


def test_what_was_interrupted_says_how_far_it_came() -> None:
    whole = look_ahead(MILL, (), runs=20)
    assert "Stopped" not in prospects_text(whole, MILL)
    said = prospects_text(replace(whole, asked=500), MILL)
    assert "Stopped: 20 of 500 futures are done; all is said of these." in said


def test_a_picture_has_one_chart_for_each_series_in_its_unit() -> None:
    drawn = {one.title: one for one in fans(look_ahead(MILL, (), runs=20), MILL)}
    assert list(drawn) == ["The mill", "town", "mill.cash", "town.bread", "bread"]
    assert (drawn["The mill"].unit, drawn["The mill"].floor) == ("", 0.0)
    assert (drawn["mill.cash"].unit, drawn["mill.cash"].courses[0].bounds[2][-1]) == ("kEUR", 3.0)


def test_every_experiment_has_words_of_its_own() -> None:
    kinds = {one.name.partition(":")[0] for one in standard_experiments(THREE)}
    assert kinds | {"scenario", "shock_member", "shocks"} == {*LANES, "shocks"}
    assert len(set(LANES.values()) - {LANES["shock"]}) == len(LANES) - 2


def test_it_is_said_when_an_experiment_begins() -> None:
    lanes = [one for one in standard_experiments(MILL) if one.name in ("exit:mill", "boost:mill", "cut")]
    said = " ".join(prospects_text(look_ahead(MILL, lanes, runs=20), MILL).split())
    # A third of ten days is the third step, three days after 1 January.
    assert "From 4 January 2026 on: mill has more and mill leaves." in said
    assert "nothing passes" in said
