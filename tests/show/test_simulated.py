"""How futures over time are written: small pictures, names of lanes, units, and what was not finished."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from textwrap import dedent

import pytest

from lichen.show.lanes import lane_says, lane_title
from lichen.show.page.futures import futures_page
from lichen.show.simulated import doubts, fans, prospects_text, spark
from lichen.show.words import DEEDS, LANES
from lichen.simulation.experiments import Experiment, in_scenario, standard_experiments
from lichen.simulation.prospects import look_ahead
from tests.simulation.build import relationship

BARE = """
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
MILL = relationship(BARE)
TWO_PURSES = BARE.replace("cash: {", "grain: {level: 9 loaf, floor: 1 loaf}, cash: {")
CROWD = relationship(
    """
    parties:
      shop: {kind: organisation, capacities: {cash: {level: 4, floor: 1}}}
      crowd: {kind: group, name: The guests, members: 30, capacities: {purse: {level: 2, floor: 1}}}
    flows: {dues: {kind: benefit, from: crowd, to: shop, rate: 1 per day}}
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
    ("values", "low", "high", "drawn"),
    [
        ([0.0, 0.5, 1.0], 0.0, 1.0, "▁▅█"),
        ([1.0, 0.95], 0.0, 1.0, "██"),
        ([3.0, 3.0, 3.0], 0.0, 3.0, "███"),
        ([0.0, 0.0], 0.0, 0.0, "▁▁"),
        ([0.2, -0.01], 0.0, 1.0, "▂×"),
        ([math.nan, 1.0], 0.0, 1.0, "not known"),
        ([-1e9, 1e9], -1e9, 1e9, "▁█"),
    ],
)
def test_a_course_is_drawn_on_its_scale(values: list[float], low: float, high: float, drawn: str) -> None:
    assert spark(values, low, high) == drawn


def test_rows_of_one_thing_have_one_scale_and_room_begins_at_the_floor() -> None:
    """The mill has 3,000 EUR above its floor and loses 100 a day, or 1,000 from the fourth day on: eighths of 3,000."""
    text = BARE.replace("price: 1", "drain: 0 EUR/day").replace("price: 2", "drain: 900 EUR/day")
    mill = relationship(text.replace("-100 EUR/day", "-100 EUR/day - drain"))
    lines = prospects_text(look_ahead(mill, [in_scenario("dry")], runs=20), mill).splitlines()
    courses = [line.split()[-1] for line in lines if line.startswith(("The mill ", "  scenario dry "))]
    assert courses[:2] == ["███▇▇▇▇▆▆▆▆", "███▇▇▅▂××××"]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("base", "as it is"),
        ("scenario:dry", "scenario dry"),
        ("free_ride:mill", "mill gives nothing"),
        ("collude:mill+town", "mill and town give half"),
        ("shock:mill", "mill at its floor"),
        ("cut", "nothing passes"),
    ],
)
def test_a_lane_has_a_name_for_people(name: str, title: str) -> None:
    assert lane_title(name, MILL) == title


@pytest.mark.parametrize("one", standard_experiments(MILL)[1:], ids=lambda one: one.name)
def test_every_experiment_can_be_said(one: Experiment) -> None:
    said = lane_says(one, MILL)
    assert said.startswith("from the start, " if one.begins == 0 else "from January 2026 on, ")
    parties = {name for name in MILL.parties if name in one.name.replace("+", ":").replace(".", ":").split(":")}
    assert all(MILL.parties[name].title in said for name in parties)


def test_an_experiment_is_said_with_its_month() -> None:
    text = f"{dedent(TWO_PURSES)}exit: {{notice: 26 weeks}}\n"
    years = relationship(text, time="time: {start: 2026-01-01, horizon: 3 years, step: 1 month}\n")
    said = {one.name: lane_says(one, years) for one in standard_experiments(years)[1:]}
    assert said["exit:mill"] == "from January 2027 on, The mill leaves, with 6 months of notice"
    assert said["cut_and_run:mill"] == "from September 2028 on, The mill gives nothing at the end"
    assert said["shock:mill.cash"] == "from January 2027 on, The mill’s `cash` at its floor"
    assert said["stopped:mill"] == "from the start, nothing comes to The mill"
    assert lane_says(in_scenario("dry"), years) == "what the file says under `scenarios: dry`"


def test_of_a_group_it_is_said_what_they_do() -> None:
    exits = [one for one in standard_experiments(CROWD) if one.name.startswith("exit")]
    assert [lane_title(one.name, CROWD) for one in exits] == ["shop leaves", "crowd leave"]
    assert [lane_says(one, CROWD).partition(", ")[2] for one in exits] == ["shop leaves", "The guests leave"]


def test_the_page_has_a_chart_for_each_series_and_says_what_each_lane_is() -> None:
    lanes = [one for one in standard_experiments(MILL) if one.name == "exit:mill"]
    page = futures_page(look_ahead(MILL, lanes, runs=20), MILL)
    assert page.count("<figure") == 5
    assert "mill leaves: from January 2026 on, The mill leaves." in page
    assert "1 future, as nothing is drawn by chance, 1 January 2026 to 11 January 2026." in page
    assert ">The mill, mill leaves</th>" in page


def test_what_a_group_has_is_said_to_be_of_all_members() -> None:
    text = prospects_text(look_ahead(CROWD, (), runs=20), CROWD)
    assert re.search(r"crowd.purse, all 30 +60 ", text)
    assert re.search(r"dues, all 30, a day +30 ", text)


def test_figures_stand_in_units_of_the_file() -> None:
    text = prospects_text(look_ahead(MILL, (), runs=20), MILL)
    # 4,000 EUR less 100 a day for ten days; two loaves a day, which is a step.
    assert "mill.cash, kEUR" in text
    assert " 4         3        3     3 " in text
    assert re.search(r"bread, loaf/day +2 +2 +2 +2 ", text)
    assert "Scenarios of the file that were not tried: dry." in " ".join(text.split())


def test_what_was_interrupted_says_how_far_it_came() -> None:
    whole = look_ahead(MILL, (), runs=20)
    assert "Stopped" not in prospects_text(whole, MILL)
    said = prospects_text(replace(whole, runs=20, asked=500), MILL)
    assert "Stopped: 20 of 500 futures are done; all is said of these." in said


def test_a_picture_has_one_chart_for_each_series_in_its_unit() -> None:
    drawn = {one.title: one for one in fans(look_ahead(MILL, (), runs=20), MILL)}
    assert list(drawn) == ["The mill", "town", "mill.cash", "town.bread", "bread"]
    assert (drawn["The mill"].unit, drawn["The mill"].floor) == ("", 0.0)
    assert (drawn["mill.cash"].unit, drawn["mill.cash"].courses[0].bounds[2][-1]) == ("kEUR", 3.0)


def test_every_experiment_has_words_of_its_own() -> None:
    kinds = {one.name.partition(":")[0] for one in standard_experiments(THREE)}
    assert kinds | {"scenario"} == {*LANES, *DEEDS}
    assert len({*LANES.values(), *DEEDS.values()}) == len(LANES) + len(DEEDS) - 1  # one gives half, or two do


def test_it_is_said_when_an_experiment_begins() -> None:
    lanes = [one for one in standard_experiments(MILL) if one.name in ("exit:mill", "boost:mill", "cut")]
    said = " ".join(prospects_text(look_ahead(MILL, lanes, runs=20), MILL).split())
    assert "- mill leaves: from January 2026 on, The mill leaves." in said
    assert "- mill has more: from January 2026 on, The mill has more." in said
    assert "- nothing passes: from the start, nothing passes." in said


def test_why_a_room_is_not_known_is_said_with_its_place() -> None:
    text = """
        parties:
          ruth: {kind: person, name: Ruth, capacities: {free_time: {level: 3 hour}}}
          sam: {kind: person, capacities: {skill: {level: private to sam, floor: 1, healthy: 2}}}
        flows: {lessons: {kind: benefit, from: ruth, to: sam, rate: 1 hour/day}}
        """
    file = relationship(text)
    assert doubts(look_ahead(file, (), runs=20), file) == [
        "The room of Ruth is not known: nobody says below which free time they could not go on. "
        "Write it under `parties.ruth.capacities.free_time.floor`; a range will do."
    ]
