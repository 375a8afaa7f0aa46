"""Cautions by hand: steps that are too long, what is no number, what grows without end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lichen.relationship.relationship import Relationship
from lichen.simulation.caution import Caution, sentences
from lichen.simulation.dynamics.stock_flow import dynamics_of
from lichen.simulation.futures import Array
from lichen.simulation.prospects import look_ahead
from lichen.simulation.runaway import Watch
from lichen.simulation.step_length import STEPS, answers, step_cautions
from tests.simulation.build import relationship

WEEKS = "time: {start: 2026-01-05, horizon: 1 year, step: 1 week}\n"
POND = """
    parties:
      pond: {{kind: living system, capacities: {{water: {{level: 80, floor: 20, healthy: 100, {water}}}}}}}
      anna: {{kind: person, capacities: {{meals: {{level: 5, floor: 1}}}}}}
    flows:
      fish: {{kind: benefit, from: pond, to: anna, rate: "{rate}", worth: {{meals: 0.5}}{more}}}
"""


def pond(
    water: str = "change: 0 per week", rate: str = "2 per week", more: str = "", time: str = WEEKS
) -> Relationship:
    return relationship(POND.format(water=water, rate=rate, more=more), time=time)


def factor(water: str) -> float:
    dynamics = dynamics_of(pond(water))
    assert not isinstance(dynamics, str)
    (answer,) = answers(dynamics)
    assert answer.capacities == ("pond.water",)
    assert answer.factor.imag == 0
    return answer.factor.real


@pytest.mark.parametrize("days", [1.0, 2.0, 5.0, 7.0, 21.0, 100.0])
def test_the_factor_of_a_disturbance_is_that_of_the_closed_form(days: float) -> None:
    """A level that closes its distance within T days keeps 1 - 7/T of a disturbance over a week."""
    assert factor(f"change: (100 - pond.water) / ({days} days)") == pytest.approx(1 - 7 / days, abs=1e-6)


def test_the_factor_is_the_worst_of_the_course() -> None:
    """Logistic growth at r a week, from 80 of 100: 1 + r - 2 r x/100, which at 100 is 1 - r."""
    water = "change: 1.5 per week * pond.water * (1 - pond.water / 100)"
    assert factor(water) == pytest.approx(1 - 1.5, abs=0.01)


def test_what_does_not_answer_to_itself_has_no_factor() -> None:
    dynamics = dynamics_of(pond("change: 3 per week"))
    assert not isinstance(dynamics, str)
    assert answers(dynamics) == ()


@pytest.mark.parametrize(
    ("days", "step", "words"),
    [
        (2, "2 days", "it overshoots further each time"),
        (3.6, "3 days", "it overshoots and swings back"),
        (0.01, "10 minutes", "it overshoots further each time"),
        (1e-9, None, "No step is short enough"),
    ],
)
def test_a_step_that_is_too_long_is_told_with_the_one_that_would_do(days: float, step: str | None, words: str) -> None:
    (found,) = step_cautions(pond(f"change: (100 - pond.water) / ({days} days)"))
    assert (found.kind, found.subject, found.at, found.step) == ("step too long", "pond.water", "test.yaml:6:44", step)
    assert "A step of 1 week is too long for the water of pond (test.yaml:6:44)" in found.says
    assert words in found.says


def test_a_step_for_which_the_horizon_is_too_long_says_so() -> None:
    (found,) = step_cautions(pond("change: (100 - pond.water) / (2 minutes)"))
    assert "`step: 1 minute` under `time` would do, with a horizon of at most 20,000 of them." in found.says


@settings(max_examples=15)
@given(days=some.floats(0.002, 60))
def test_the_proposed_step_would_do(days: float) -> None:
    """With it the disturbance neither grows nor changes its side; the next longer one would let it do so."""
    cautions = step_cautions(pond(f"change: (100 - pond.water) / ({days!r} days)"))
    assert bool(cautions) == (1 - 7 / days < -0.05)
    for found in cautions:
        sizes = dict(STEPS)
        names = [name for name, _ in STEPS]
        assert found.step is not None
        assert sizes[found.step] / days <= 1 + 1e-6
        assert names[0] == found.step or sizes[names[names.index(found.step) - 1]] / days > 1 - 1e-6


def test_a_bound_that_is_reached_is_no_overshooting() -> None:
    """Water is taken at a fixed rate until there is none above `at_least`; then what is left is shared out."""
    assert step_cautions(pond("at_least: 20, change: 0 per week", "30 per week", ", cost: {water: 1}")) == ()
    assert step_cautions(pond("at_most: 90, change: 9 per week")) == ()


@pytest.mark.parametrize(
    ("rate", "more", "words"),
    [
        ("delay(pond.water, 2 days) / (1 year)", "", ("`flows.fish.rate`", "lasts a whole one", "`step: 2 days`")),
        ("smooth(pond.water, 5 days) / (1 year)", "", ("`flows.fish.rate`", "lasts a whole one", "`step: 3 days`")),
        ("2 per week", ", arrives_after: 3 days", ("`flows.fish.arrives_after`", "takes no time", "`step: 3 days`")),
        ("2 per week", ", settled_after: 1 day", ("`flows.fish.settled_after`", "takes no time", "`step: 1 day`")),
    ],
)
def test_what_is_shorter_than_a_step_is_told(rate: str, more: str, words: tuple[str, ...]) -> None:
    (found,) = step_cautions(pond(rate=rate, more=more))
    assert found.subject == "fish"
    assert all(word in found.says for word in words)


@pytest.mark.parametrize("rate", ["delay(pond.water, 1 week) / (1 year)", "smooth(pond.water, 3 weeks) / (1 year)"])
def test_what_is_as_long_as_a_step_is_not_told(rate: str) -> None:
    assert step_cautions(pond(rate=rate, more=", arrives_after: 4 days, settled_after: 0 days")) == ()


def test_a_step_beyond_the_horizon_is_told() -> None:
    time = "time: {start: 2026-01-05, horizon: 1 week, step: 1 month}\n"
    (found,) = step_cautions(pond(time=time))
    assert (found.at, found.step) == ("test.yaml:3:50", "1 week")


def seen(text_of_rate: str, courses: dict[str, Array]) -> tuple[Caution, ...]:
    watch = Watch(pond(rate=text_of_rate))
    for part in (slice(0, 2), slice(2, None)):
        watch.add({name: course[part] for name, course in courses.items()})
    return watch.cautions()


def test_what_is_first_no_number_is_told_and_not_what_follows_from_it() -> None:
    """In future 1 the flow breaks at step 10 and the meals a step later; in future 3 the water breaks at step 4, and
    the flow in the same step.
    """
    fish, water, meals = (np.ones((5, 53)) for _ in range(3))
    fish[1, 10:] = meals[1, 11:] = np.nan
    fish[3, 4:] = meals[3, 5:] = np.nan
    water[3, 4:] = np.inf
    found = seen("2 per week", {"fish": fish, "pond.water": water, "anna.meals": meals})
    assert [(one.kind, one.subject, one.since, one.futures, one.of) for one in found] == [
        ("no number", "pond.water", date(2026, 2, 2), 1, 5),
        ("no number", "fish", date(2026, 3, 16), 1, 5),
    ]
    assert found[1].says == (
        "“fish” (test.yaml:9:53) is no number from 16 March 2026 on, in 1 of 5 futures: it divides by zero, overflows, "
        "or takes a root or logarithm of what is below 0."
    )


def test_growth_without_end_is_told_from_where_it_leaves_every_range() -> None:
    """2**k times 80 from step 0; its first fifth ends at step 10, so it is far beyond at 2**k > 1e6 * 2**10: k = 30."""
    water = 80 * 2.0 ** np.arange(53) * np.ones((4, 1))
    (found,) = seen("2 per week", {"pond.water": water})
    assert (found.kind, found.subject) == ("without bound", "pond.water")
    assert (found.since, found.futures, found.of) == (date(2026, 8, 3), 4, 4)  # 5 January and 30 weeks


@pytest.mark.parametrize(
    "course",
    [
        80 + 1e3 * np.arange(53.0),  # by the same amount
        80 * 1.2 ** np.arange(53.0),  # 13,000 times
        80 * np.minimum(2.0 ** np.arange(53.0), 2.0**33),  # has ended
        80 * 1e9 * (1 - 0.7 ** np.arange(53.0)) + 80,  # settles
    ],
    ids=["by steps", "not far", "ended", "settling"],
)
def test_growth_that_ends_or_goes_not_far_is_not_told(course: Array) -> None:
    assert seen("2 per week", {"pond.water": course * np.ones((4, 1))}) == ()


def test_growth_up_to_a_bound_is_meant() -> None:
    watch = Watch(pond("at_most: 1e30, change: pond.water / (1 week)"))
    watch.add({"pond.water": 80 * 2.0 ** np.arange(53) * np.ones((4, 1))})
    assert watch.cautions() == ()


def test_where_something_is_private_nothing_is_told_of_what_is_no_number() -> None:
    watch = Watch(pond("change: private to pond"))
    watch.add({"pond.water": np.full((4, 53), np.nan)})
    assert watch.cautions() == ()


@pytest.mark.parametrize("chunk", [1, 7, None])
def test_cautions_do_not_depend_on_chunks(chunk: int | None) -> None:
    """The root is taken of luck below 0.5: of 40 draws from 0 to 1 about half."""
    text = POND.format(water="change: 0 per week", rate="2 per week * sqrt(luck - step(20 weeks) * 0.5)", more="")
    lucky = relationship(text + "    world: {luck: {process: uniform, from: 0, to: 1}}\n", time=WEEKS)
    (found,) = look_ahead(lucky, (), runs=40, chunk=chunk).cautions
    assert (found.subject, found.since, found.of) == ("fish", date(2026, 5, 25), 40)  # 5 January and 20 weeks
    assert found.futures is not None
    assert 10 < found.futures < 30
    again = look_ahead(lucky, (), runs=40).cautions
    assert again == (found,)


def test_few_are_told_and_the_rest_counted() -> None:
    many = [Caution(kind="no number", subject=f"f{n}", at=None, says=f"{n}.") for n in range(5)]
    assert sentences(many) == ("0.", "1.", "2.", "2 more such doubts: `--format json` has all.")
    assert sentences(many[:3]) == ("0.", "1.", "2.")


def test_an_answer_is_of_the_worst_member_of_a_group() -> None:
    farms = relationship(
        """
        parties:
          farms:
            kind: group
            members: 3
            capacities: {soil: {level: 80, floor: 20, change: (100 - farms.soil) / (4 days)}}
          town: {kind: public, capacities: {food: {level: 5, floor: 1}}}
        flows:
          food: {kind: benefit, from: farms, to: town, rate: 1 per week, worth: {food: 0.1}}
        """,
        time=WEEKS,
    )
    dynamics = dynamics_of(farms)
    assert not isinstance(dynamics, str)
    (answer,) = answers(dynamics)
    assert answer.capacities == ("farms.soil",)
    assert answer.factor == pytest.approx(1 - 7 / 4, abs=1e-6)


TANKS = """
    parties:
      left: {{kind: person, capacities: {{water: {{level: 80, floor: 20, change: "{left}"}}}}}}
      right: {{kind: person, capacities: {{water: {{level: 60, floor: 20, change: "{right}"}}}}}}
    flows:
      word: {{kind: information, from: left, to: right, rate: 1 per week}}
"""


def tanks(left: str, right: str) -> Relationship:
    return relationship(TANKS.format(left=left, right=right), time=WEEKS)


def test_two_that_level_out_overshoot_together_though_neither_does_alone() -> None:
    """At k = 0.8 a week each closes 0.8 of the difference: 1 - k = 0.2 alone, the difference itself 1 - 2k = -0.6."""
    level_out = "0.8 per week * ({there}.water - {here}.water)"
    both = tanks(level_out.format(here="left", there="right"), level_out.format(here="right", there="left"))
    (found,) = step_cautions(both)
    assert (found.kind, found.step) == ("step too long", "3 days")  # 7 days / 1.6 = 4.4
    assert "the water of left (" in found.says
    assert "and what it exchanges with the water of right (" in found.says
    assert "swings back" in found.says


@settings(max_examples=15)
@given(matrix=some.lists(some.floats(-3, 3).filter(lambda x: abs(x) > 0.01), min_size=4, max_size=4))
def test_factors_are_the_eigenvalues_of_the_closed_form(matrix: list[float]) -> None:
    """Of two levels that move by a matrix A a week: those of 1 + A over a step of a week."""
    a, b, c, d = matrix
    dynamics = dynamics_of(
        tanks(
            f"({a!r} * left.water + {b!r} * right.water) / (1 week)",
            f"({c!r} * left.water + {d!r} * right.water) / (1 week)",
        )
    )
    assert not isinstance(dynamics, str)
    dynamics = replace(dynamics, steps=0)  # the start alone, so that each motion is met once
    expected = np.linalg.eigvals(np.eye(2) + np.array([[a, b], [c, d]])).real
    found = answers(dynamics)
    assert found[0].factor.real == pytest.approx(min(x for x in expected if abs(x - 1) > 1e-5), rel=1e-3, abs=1e-3)
    shortened = 1 + found[0].share * (found[0].factor - 1)
    assert found[0].share == 1 or (shortened.real > -1e-9 and abs(shortened) < 1 + 1e-9)


def test_a_swing_that_is_the_relationships_own_is_not_told() -> None:
    """Levels that turn about each other once in ten years: by the week that is a factor of 1 + 0.012i."""
    turn = "0.012 per week * ({sign}{there}.water)"
    assert step_cautions(tanks(turn.format(sign="", there="right"), turn.format(sign="-", there="left"))) == ()
