"""A relationship as stocks, delays and formulas moves as the engine does, its world at the mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings

from lichen.relationship.relationship import Relationship
from lichen.simulation.compiling import compile_program
from lichen.simulation.dynamics.model import Dynamics
from lichen.simulation.dynamics.still import settled, still
from lichen.simulation.dynamics.stock_flow import MOST_CELLS, dynamics_of
from lichen.simulation.experiments import BASE
from lichen.simulation.interventions import Needs
from lichen.simulation.run import simulate
from lichen.workspace import read_relationship
from tests.oracles.comparing import close
from tests.simulation.build import relationship
from tests.strategies import FILE, group_folders, two_party_texts

CASES = Path(__file__).parent.parent / "cases"
FILES = sorted(
    path.relative_to(CASES).as_posix()
    for folder in ("worlds", "features", "mechanisms", "examples")
    for path in (CASES / folder).glob("*.yaml")
)


@pytest.mark.parametrize("file", FILES)
def test_every_case_file_moves_as_in_the_engine(file: str) -> None:
    found = read_relationship(CASES / file).relationship
    assert found is not None
    assert_moves_alike(found)


@settings(phases=[Phase.generate], max_examples=5)
@given(text=two_party_texts())
def test_two_drawn_parties_move_as_in_the_engine(text: str) -> None:
    assert_files_move_alike({FILE: text})


@settings(phases=[Phase.generate], max_examples=4)
@given(files=group_folders())
def test_a_drawn_group_moves_as_in_the_engine(files: Mapping[str, str]) -> None:
    assert_files_move_alike(files)


def assert_files_move_alike(files: Mapping[str, str]) -> None:
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        found = read_relationship(Path(folder) / FILE).relationship
    assert found is not None
    if not has_bound_promises(found):
        assert_moves_alike(found)


def has_bound_promises(found: Relationship) -> bool:
    """Whether a promise on credit rests on what falls due, for which there is no equation."""
    return bool(compile_program(found, Needs()).promises)


def assert_moves_alike(found: Relationship) -> None:
    """Levels, headrooms, rates and reviewed terms that stand for one thing, at every step."""
    dynamics = dynamics_of(found)
    assert isinstance(dynamics, Dynamics), dynamics
    moments = dynamics.run()
    quiet, _ = settled(still(found))
    paths = simulate(quiet, (BASE,), runs=1).paths["base"]
    compared = 0
    for name in paths.keys() & moments[0].keys():
        for step, expected in enumerate(paths[name][0]):
            assert close(float(expected), moments[step][name]), f"{name} at step {step}"
        compared += 1
    assert compared or not found.touched_parties


def test_a_promise_that_rests_on_what_falls_due_has_no_equation() -> None:
    credit = """
    parties:
      ann: {kind: person, capacities: {cash: {level: 50 EUR, floor: 10 EUR, at_least: 0 EUR}}}
      ben: {kind: person, capacities: {cash: {level: 120 EUR, floor: 30 EUR}}}
    flows:
      gift: {kind: benefit, from: ann, to: ben, rate: 5 EUR/week, cost: {cash: 1}, settled_after: 1 week}
      back: {kind: benefit, from: ann, to: ben, rate: 0.5 * gift, cost: {cash: 1}, settled_after: 2 weeks}
    """
    found = relationship(credit)
    assert has_bound_promises(found)
    assert dynamics_of(found) == (
        "what `back` promises on credit rests on what falls due at the same time, which no equation of its own can say"
    )


def test_a_walk_follows_its_mean_and_a_range_its_middle() -> None:
    found = relationship(
        """\
        parties:
          a: {kind: person, capacities: {cash: {level: 10..20 EUR, floor: 1 EUR}}}
          b: {kind: person, capacities: {cash: {level: 5 EUR, floor: 1 EUR}}}
        world:
          price: {process: random_walk, start: 2, drift: 1 %/day, spread: 10 %/day**0.5}
        flows:
          gift: {kind: benefit, from: a, to: b, rate: 1 EUR/day * price, cost: {cash: 1}, worth: {cash: 1}}
        """
    )
    dynamics = dynamics_of(found)
    assert isinstance(dynamics, Dynamics)
    moments = dynamics.run()
    assert dynamics.stocks["a.cash"].initial == 15
    for day, moment in enumerate(moments):  # the mean of a walk in proportion to itself is start * exp(drift * time)
        assert moment["gift"] == pytest.approx(2 * math.exp(0.01 * day), rel=1e-12)


def test_flows_keep_their_names_at_the_stocks_they_move() -> None:
    found = relationship(
        """\
        parties:
          a: {kind: person, capacities: {cash: {level: 10 EUR, floor: 1 EUR, change: 1 EUR/day - 2 %/day * a.cash}}}
          b: {kind: person, capacities: {skill: {level: 5, floor: 1, at_most: 6}}}
        flows:
          course: {kind: benefit, from: a, to: b, rate: 3 per day, cost: {cash: 0.5 EUR}, worth: {skill: 0.1},
                   arrives_after: 2 days}
        """
    )
    dynamics = dynamics_of(found)
    assert isinstance(dynamics, Dynamics)
    assert dynamics.stocks["a.cash"].inflows == ("a.cash change",)
    assert dynamics.stocks["a.cash"].outflows == ("a.cash change 2", "a.cash for course")
    assert dynamics.stocks["b.skill"].inflows == ("b.skill from course",)
    assert dynamics.stocks["b.skill"].outflows == ("b.skill lost above its bound",)
    (late,) = dynamics.delays.values()
    assert (late.of, late.steps, late.before) == ("course", 2, 3.0)
    assert dynamics.run()[-1]["b.skill"] == 6


def test_a_group_too_large_to_be_written_out_is_refused_with_the_reason() -> None:
    found = relationship(
        """\
        parties:
          a: {kind: person, capacities: {cash: {level: 10 EUR, floor: 1 EUR}}}
          many: {kind: group, members: 3000, capacities: {cash: {level: 10 EUR, floor: 1 EUR}}}
        flows:
          gift: {kind: benefit, from: many, to: a, rate: 1 EUR/day, cost: {cash: 1}, worth: {cash: 1}}
        """
    )
    said = dynamics_of(found)
    assert isinstance(said, str)
    assert f"{MOST_CELLS:,}" in said


@pytest.mark.parametrize("over", ["5 days", "transaction", "project", "life", "portfolio", "season(January, January)"])
def test_a_balance_over_every_kind_of_window_moves_as_in_the_engine(over: str) -> None:
    assert_moves_alike(
        relationship(
            f"""\
            commitment: 7 days
            parties:
              a: {{kind: person, capacities: {{cash: {{level: 90 EUR, floor: 20 EUR}}}}}}
              b: {{kind: person, capacities: {{cash: {{level: 80 EUR, floor: 20 EUR}}}}}}
            terms: {{price: 3 EUR}}
            flows:
              help: {{kind: benefit, from: b, to: a, rate: "1 per day * (1 + 0.5 * season(9 days, 2 days))",
                      cost: {{cash: 1 EUR}}, worth: {{cash: 4 EUR}}}}
              pay: {{kind: benefit, from: a, to: b, rate: "0.4 per day * (1 - pulse(0 days, 3 days))",
                     cost: {{cash: price}}, worth: {{cash: price}}}}
            adjustment:
              raised_by: [a, b]
              review_every: 4 days
              triggers: [balance(b) < 1.1]
              steps: [{{who: both, within: 2 days}}]
              changes: [{{set: price, to: price * (1.2 - 0.1 * balance(b))}}]
            balance: {{benefit_per_burden: {{at_least: 0.1}}, over: "{over}"}}
            """,
            time="time: {start: 2025-12-20, horizon: 60 days, step: 1 day}\n",
        )
    )


def test_many_flows_of_one_capacity_make_no_chain_too_long_to_follow() -> None:
    flows = "".join(
        f"  f{k}: {{kind: benefit, from: a, to: b, rate: 0.1 %/day * a.cash, cost: {{cash: x}}, worth: {{cash: 1}}}}\n"
        for k in range(300)
    )
    parties = "".join(
        f"  {name}: {{kind: person, capacities: {{cash: {{level: 90 EUR, floor: 20 EUR, at_most: 900 EUR}}}}}}\n"
        for name in "ab"
    )
    review = 'adjustment: {review_every: 3 days, changes: [{set: x, to: "x * (0.9 + 0.1 * min(balance(b), 1))"}]}\n'
    assert_moves_alike(relationship(f"parties:\n{parties}terms: {{x: 1}}\nflows:\n{flows}{review}"))
