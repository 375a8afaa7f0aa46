"""A relationship as an XMILE model: PySD runs it to the figures that the dynamics here come to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pysd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.language.formula import parse
from lichen.language.reading import read
from lichen.language.source import Source
from lichen.language.xmile.drafting import Draft, draft
from lichen.language.xmile.reading import read_model
from lichen.relationship.evaluate import evaluate
from lichen.relationship.relationship import Relationship
from lichen.show.formats.equations import equation, identifiers
from lichen.show.formats.xmile import MOST_VARIABLES, Written, names_in_model, xmile
from lichen.simulation.dynamics.model import Dynamics
from lichen.simulation.dynamics.stock_flow import dynamics_of
from lichen.workspace import read_relationship
from tests.simulation.build import relationship

ROOT = Path(__file__).parent.parent.parent
CASES = ROOT / "tests" / "cases"
SHORT = 30
"""Steps that are enough for everything that these files hold to happen."""
SPACE = "{http://docs.oasis-open.org/xmile/ns/XMILE/v1.0}"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "file",
    [
        *("features/series.yaml", "features/seasonal.yaml", "features/scenarios.yaml", "features/group.yaml"),
        *("examples/restoration.yaml", "examples/public-private.yaml"),
    ],
)
def test_pysd_runs_a_case_file_to_the_same_figures(file: str, tmp_path: Path) -> None:
    found = read_relationship(CASES / file).relationship
    assert found is not None
    time = replace(found.time, horizon_days=SHORT * found.time.step_days)
    assert_runs_alike(replace(found, time=time), tmp_path)


@pytest.mark.filterwarnings("ignore")
def test_pysd_runs_every_function_of_the_language_to_the_same_figures(tmp_path: Path) -> None:
    """Bounds, rationing, a delay, a smoothing, a balance, reviews that are due or called, and risk shared."""
    found = relationship(
        """\
        parties:
          a:
            kind: person
            capacities: {cash: {level: 90 EUR, floor: 20 EUR, at_least: 5 EUR, at_most: 99 EUR, change: 1 EUR/day}}
          b:
            kind: person
            at_floor: stops
            capacities: {not_land: {level: 30, floor: 1, change: -2 %/day * b.not_land}}
        world:
          rain: 1 + 0.3 * season(9 days, 2 days) + step(3 days) - 0.5 * pulse(5 days, 4 days)
          wind: {process: random_walk, start: 1, drift: 2 %/day, spread: 5 %/day**0.5}
        terms: {price: {value: 3 EUR, between: [1 EUR, 4 EUR]}, wait: 2 days}
        flows:
          help: {kind: benefit, from: b, to: a, rate: "tanh(b.not_land / 40) * sqrt(wind) * 3 per day",
                 cost: {not_land: 0.1}, worth: {cash: price}, arrives_after: wait}
          pay: {kind: benefit, from: a, to: b, settled_after: 1 day, starts: empty,
                cost: {cash: price}, worth: {not_land: 0.2},
                rate: "delay(help, 3 days) + smooth(help, 2 days) * abs(0.2 - wind) ** 2"}
          feast: {kind: benefit, from: a, to: b,
                  rate: "6 per day if not (rain < 1 or help > 2 per day) else 1 per day",
                  cost: {cash: 6 EUR}, worth: {not_land: "log(2 + exp(-rain)) / 20"}}
        adjustment:
          raised_by: [a, b]
          review_every: 3 days
          triggers: [a.headroom < 0.5, balance(b) < 0.5]
          steps: [{who: both, within: 2 days}]
          changes: [{set: price, to: "price * (0.9 + 0.1 * balance(b) * saturate(rain, 1))"}]
        balance: {benefit_per_burden: {at_least: 0.1}, over: 4 days}
        """
    )
    assert_runs_alike(found, tmp_path)


def assert_runs_alike(found: Relationship, folder: Path) -> None:
    written, dynamics = xmile(found), dynamics_of(found)
    assert isinstance(written, Written), written
    assert isinstance(dynamics, Dynamics)
    path = folder / "model.xmile"
    path.write_text(written.text, encoding="utf-8")
    identifier = names_in_model(dynamics)
    named = {name: identifier[name] for name in (*dynamics.stocks, *dynamics.formulas, *dynamics.delays)}
    theirs = pysd.read_xmile(str(path)).run(return_columns=list(named.values()))
    moments = dynamics.run()
    assert len(theirs) == len(moments)
    for name, column in named.items():
        course = [float(value) for value in theirs[column]]
        assert course == pytest.approx([moment[name] for moment in moments], rel=1e-9, abs=1e-9), name


VALUES = {"x": 3.0, "y": -0.25, "time": 4.0}


@pytest.mark.filterwarnings("ignore")
def test_every_form_of_a_formula_keeps_its_value_in_pysd(tmp_path: Path) -> None:
    texts = [
        *("x + y * 2 - x / y", "-x ** 2", "(x > 2 and y < 0) * 3", "(not (x == 3)) + 1", "min(x, y, 0.5) - max(x, y)"),
        *("2 if x != 3 else (4 if y <= -0.25 else 5)", "clip_of", "saturate(x, 2) + saturate(y, 2)", "1e-7 * x - 2e12"),
        *("x or y", "abs(y) ** 0.5", "tanh(x) + tanh(y)", "exp(y) * log(x) * sqrt(x)"),
    ]
    trees = {f"z{turn}": parse(text.replace("clip_of", "max(min(x, 2), 1)"), {}) for turn, text in enumerate(texts)}
    names = identifiers(["x", "y", *trees])
    variables = "".join(
        f'<aux name="{names[name]}"><eqn>{said.replace("<", "&lt;").replace(">", "&gt;")}</eqn></aux>'
        for name, said in [("x", "3"), ("y", "-0.25"), *((n, equation(tree, names)) for n, tree in trees.items())]
    )
    specs = "<sim_specs><start>4</start><stop>5</stop><dt>1</dt></sim_specs>"
    path = tmp_path / "model.xmile"
    path.write_text(
        f'<xmile version="1.0" xmlns="{SPACE[1:-1]}"><header><name>m</name></header>{specs}'
        f"<model><variables>{variables}</variables></model></xmile>"
    )
    theirs = pysd.read_xmile(str(path)).run(return_columns=[names[name] for name in trees])
    for name, tree in trees.items():
        expected = evaluate(tree, lambda read: VALUES[read.text])
        assert float(theirs[names[name]].iloc[0]) == pytest.approx(expected, rel=1e-12), texts[int(name[1:])]


def test_names_are_unlike_each_other_without_regard_to_case_and_no_words_of_xmile() -> None:
    found = identifiers(["a.b", "A_b", "time", "7 days", "été", "--"])
    assert found == {
        "a.b": "a_b",
        "A_b": "A_b_2",
        "time": "time_2",
        "7 days": "v_7_days",
        "été": "été",
        "--": "variable",
    }


def test_what_the_model_does_not_hold_is_said_at_its_head() -> None:
    found = read_relationship(ROOT / "examples" / "supply" / "relationship.yaml").relationship
    assert found is not None
    written = xmile(found)
    assert isinstance(written, Written)
    assert "demand: its chance; it follows its mean" in written.left_out
    head, _, _ = written.text.partition("<header>")
    assert all(line in head for line in written.left_out)


def test_titles_that_would_break_the_file_do_not() -> None:
    found = relationship(
        """\
        parties:
          a: {name: "<b> & -- \\x0b", kind: person, capacities: {cash: {level: 10 EUR, floor: 1 EUR}}}
          b: {kind: person, capacities: {cash: {level: 10 EUR, floor: 1 EUR}}}
        world: {rain: {process: normal, mean: 1, spread: 0.1}}
        flows: {gift: {kind: benefit, from: a, to: b, rate: 1 EUR/day * rain, cost: {cash: 1}, worth: {cash: 1}}}
        """
    )
    written = xmile(found)
    assert isinstance(written, Written)
    docs = [element.text for element in ElementTree.fromstring(written.text).iter(f"{SPACE}doc")]
    assert "<b> & -- \ufffd: cash" in docs


@given(st.text(st.sampled_from("-<>&! A\x0b\ufffe"), min_size=1))
def test_every_title_makes_a_file_that_can_be_read(title: str) -> None:
    found = relationship(
        """\
        parties:
          a: {kind: person, capacities: {cash: {level: 10 EUR, floor: 1 EUR}}}
          b: {kind: person, capacities: {cash: {level: 10 EUR, floor: 1 EUR}}}
        flows: {gift: {kind: benefit, from: a, to: b, rate: 1 EUR/day, cost: {cash: 1}, worth: {cash: 1}}}
        """
    )
    written = xmile(replace(found, name=title))
    assert isinstance(written, Written)
    assert not isinstance(read_model(written.text), str)


def test_what_would_be_too_large_or_is_kept_private_is_refused_with_the_reason() -> None:
    text = """\
        parties:
          a: {kind: group, members: %d, capacities: {cash: {level: %s, floor: 1 EUR}}}
          b: {kind: person, capacities: {cash: {level: 10 EUR, floor: 1 EUR}}}
        flows:
          gift: {kind: benefit, from: a, to: b, rate: 1 EUR/day, worth: {cash: 1}, arrives_after: 9 days}
        """
    large = xmile(relationship(text % (300, "10 EUR")))
    private = xmile(relationship(text % (2, "private to a")))
    assert isinstance(large, str)
    assert f"{MOST_VARIABLES:,}" in large
    assert isinstance(private, str)
    assert "is kept private without a range" in private


@pytest.mark.parametrize("example", ["supply", "public-private"])
def test_a_model_that_goes_out_and_comes_back_moves_as_before(example: str) -> None:
    found = read_relationship(ROOT / "examples" / example / "relationship.yaml").relationship
    assert found is not None
    before, written = dynamics_of(found), xmile(found)
    assert isinstance(before, Dynamics)
    assert isinstance(written, Written)
    model = read_model(written.text)
    assert not isinstance(model, str), model
    made = draft(model)
    assert isinstance(made, Draft), made
    back = read(Source("back.yaml", made.text)).relationship
    assert back is not None
    after = dynamics_of(back)
    assert isinstance(after, Dynamics)
    first, second = before.run(), after.run()
    for name, identifier in names_in_model(before).items():
        if name in before.stocks:
            course = [now[f"model.{identifier.lower()}"] for now in second]
            assert course == pytest.approx([now[name] for now in first], rel=1e-9, abs=1e-9), name
