"""Models of other tools as a first text: each moves as the outputs say that lie beside it, and odd ones are refused."""

from __future__ import annotations

import csv
import gzip
import math
from pathlib import Path

import pytest

from lichen.language.reading import read
from lichen.language.source import Source
from lichen.language.xmile.drafting import Draft, draft
from lichen.language.xmile.equations import NotCarried, identifier, parse
from lichen.language.xmile.model import Model
from lichen.language.xmile.reading import read_model
from lichen.relationship.evaluate import evaluate
from lichen.relationship.relationship import Relationship
from lichen.simulation.dynamics.model import Dynamics
from lichen.simulation.dynamics.stock_flow import dynamics_of
from tests.command import Ask, refused

MODELS = Path(__file__).parent.parent / "data" / "sd-test-models"
FILES = sorted(path.relative_to(MODELS).as_posix() for path in MODELS.rglob("*.xmile"))
CLOSE = {"SIR/SIR.xmile": 5e-5, "teacup/teacup.xmile": 1e-5}
"""How near the printed outputs allow one to come, relative to the size; else 1e-9."""


def drafted(text: str) -> tuple[Draft, Relationship]:
    model = read_model(text)
    assert isinstance(model, Model), model
    made = draft(model)
    assert isinstance(made, Draft), made
    reading = read(Source("drafted.yaml", made.text))
    assert reading.relationship is not None, [str(problem) for problem in reading.problems] + [made.text]
    return made, reading.relationship


def output_of(folder: Path) -> dict[str, list[float]]:
    """The columns of the output beside a model, by name as XMILE compares them."""
    path = next(folder.glob("output*"))
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    rows = list(csv.reader(lines, delimiter="\t" if "\t" in lines[0] else ","))
    return {identifier(name): [float(row[place]) for row in rows[1:]] for place, name in enumerate(rows[0])}


@pytest.mark.parametrize("file", FILES)
def test_a_model_moves_as_the_outputs_beside_it(file: str) -> None:
    made, found = drafted((MODELS / file).read_text(encoding="utf-8"))
    assert made.left_out == ()
    dynamics = dynamics_of(found)
    assert isinstance(dynamics, Dynamics)
    moments = dynamics.run()
    expected = output_of((MODELS / file).parent)
    assert len(expected["time"]) == len(moments)
    compared = set()
    month = 30.4375 if " month, step:" in made.text else 1.0
    for name, course in expected.items():
        word = name.replace(".", "_")
        place = next((place for place in (f"model.{word}", word) if place in moments[0] and place != "time"), None)
        if place is not None:
            size = month if place in found.flows else 1.0
            mine = [size * (now[place] - now.get(f"{word}_back", 0.0)) for now in moments]
        elif word in found.world and "smooth" not in found.world[word].parameters["value"].text:
            mine = [world_at(found, word, now["time"]) for now in moments]
        else:
            continue
        assert mine == pytest.approx(course, rel=CLOSE.get(file, 1e-9), abs=1e-9), name
        compared.add(place or word)
    assert compared
    assert {f"model.{capacity}" for capacity in found.parties["model"].capacities} <= compared
    assert {name for name in found.flows if not name.endswith("_back")} <= compared


def world_at(found: Relationship, name: str, time: float) -> float:
    """What a variable of the world that only time moves says at a time."""
    tree = found.world[name].parameters["value"].tree
    assert tree is not None
    return evaluate(tree, lambda read: time if read.text == "time" else world_at(found, read.text, time))


HEAD = (
    '<xmile version="1.0"><header><name>A &amp; B: "c"</name></header>'
    "<sim_specs><start>2</start><stop>8</stop></sim_specs>"
)


def model_of(variables: str) -> str:
    return f"{HEAD}<model><variables>{variables}</variables></model></xmile>"


def test_names_that_the_language_keeps_for_itself_and_titles_are_written_safely() -> None:
    _, found = drafted(
        model_of(
            '<stock name="time step"><eqn>3</eqn><inflow>day</inflow></stock>'
            '<flow name="day"><eqn>min + "if"</eqn></flow>'
            '<aux name="min"><eqn>2</eqn></aux><aux name="if"><eqn>1</eqn></aux>'
        )
    )
    assert found.name == 'A & B: "c"'
    assert set(found.flows) == {"day_2"}
    assert set(found.terms) == {"min_2", "if_2"}
    dynamics = dynamics_of(found)
    assert isinstance(dynamics, Dynamics)
    assert [now["model.time_step"] for now in dynamics.run()] == [3 + 3 * k for k in range(7)]


def test_what_could_not_be_carried_over_is_named_and_the_text_is_right_all_the_same() -> None:
    made, _ = drafted(
        model_of(
            '<stock name="s"><eqn>RANDOM(1, 2, 3)</eqn><inflow>f</inflow><outflow>g</outflow></stock>'
            '<flow name="f"><eqn>UNIFORM(s)</eqn></flow><flow name="g"><eqn>nowhere * 2</eqn></flow>'
            '<aux name="a"><eqn>b + 1</eqn></aux><aux name="b"><eqn>a + 1</eqn></aux>'
            '<aux name="c"><eqn>2 +</eqn></aux><aux name="d"><dimensions><dim name="x"/></dimensions><eqn>1</eqn></aux>'
            '<aux name="e"><eqn>c + nowhere</eqn></aux><module name="m"/>'
            '<stock name="t"><eqn>1e999</eqn><inflow>k</inflow></stock><flow name="k"><eqn>1/0 + 1e999</eqn></flow>'
            f'<aux name="u"><eqn>1/0</eqn></aux><aux name="{"n" * 5000}"><eqn>1</eqn></aux>'
        )
    )
    said = " ".join(made.left_out)
    for name in (
        "s: the function RANDOM",
        "f: the function UNIFORM",
        "g: `nowhere`",
        "c: ",
        "d: arrays",
        "m: ",
        "e: ",
        "k: ",
        "u: ",
    ):
        assert name in said
    assert any(line.startswith(("a: it reads itself", "b: it reads itself")) for line in made.left_out)
    assert all(line in made.text for line in made.left_out)


def test_long_and_deep_equations_make_a_text_that_can_be_read() -> None:
    chain = "".join(f'<aux name="a{k}"><eqn>a{k - 1} * 2 + s</eqn></aux>' for k in range(1, 90))
    made, found = drafted(
        model_of(
            f'<stock name="s"><eqn>1</eqn><inflow>f</inflow><inflow>h</inflow></stock>'
            f'<aux name="a0"><eqn>s</eqn></aux>{chain}'
            f'<flow name="f"><eqn>{" + ".join(["s"] * 100)}</eqn></flow><flow name="h"><eqn>a89</eqn></flow>'
        )
    )
    assert set(found.flows) >= {"f", "h"}
    assert any("nested more than 40 deep" in line for line in made.left_out)
    dynamics = dynamics_of(found)
    assert isinstance(dynamics, Dynamics)
    assert dynamics.run()[0]["f"] == 100


def test_pulses_repeat_and_graphs_may_be_steps() -> None:
    graph = '<gf type="discrete"><xpts>0,3,5</xpts><ypts>1,2,4</ypts></gf>'
    _, found = drafted(
        model_of(
            '<stock name="s"><eqn>a - 5</eqn><inflow>f</inflow></stock><aux name="a"><eqn>5</eqn></aux>'
            f'<flow name="f"><eqn>PULSE(10, 3, 2)</eqn></flow><aux name="z"><eqn>TIME</eqn>{graph}</aux>'
            '<stock name="t"><eqn>0</eqn><inflow>h</inflow></stock><flow name="h"><eqn>z</eqn></flow>'
        )
    )
    dynamics = dynamics_of(found)
    assert isinstance(dynamics, Dynamics)
    moments = dynamics.run()
    assert [now["model.s"] for now in moments] == [0, 0, 10, 10, 20, 20, 30]
    assert [now["h"] for now in moments[:4]] == [1, 2, 2, 4]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-2^2", -4.0),
        ("2 - 3 - 4", -5.0),
        ("8 / 4 / 2", 1.0),
        ("1 + 2 * 3", 7.0),
        ("IF 1 > 2 OR NOT (3 = 3) THEN 1 ELSE IF 2 <> 3 AND 1 <= 1 THEN 5 ELSE 6", 5.0),
        ("MAX(1, MIN(5, 3)) {a note} + --1", 4.0),
        ("LN(EXP(2)) + SQRT(16) + ABS(-1)", 7.0),
        (".5e1 + 1.", 6.0),
    ],
)
def test_an_equation_has_the_value_that_xmile_gives_it(text: str, expected: float) -> None:
    assert evaluate(parse(text), lambda name: math.nan) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text", ["", "1 +", "(1", "1)", "a b", "2 # 3", "IF 1 THEN 2", "(" * 900 + "1", "1" + "+1" * 900]
)
def test_an_equation_that_cannot_be_read_is_told(text: str) -> None:
    with pytest.raises(NotCarried):
        parse(text)


def test_files_that_are_no_model_are_refused(ask: Ask, tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><xmile/>'
    for text in ("<a", "<a/>", bomb, "<xmile/>", HEAD + "</xmile>", HEAD.replace("8", "nan") + "</xmile>"):
        (tmp_path / "m.xmile").write_text(text)
        refused(ask("import", "m.xmile"), "m.xmile", "This is no XMILE model")
    refused(ask("import", "none.xmile"), "There is no such file")


def test_the_command_writes_the_draft_and_never_over_a_file(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "m.xmile").write_text(
        model_of('<stock name="s"><eqn>1</eqn><inflow>f</inflow></stock><flow name="f"><eqn>F(s)</eqn></flow>')
    )
    answer = ask("import", "m.xmile", "--output", "r.yaml")
    assert answer.status == 0
    assert "Not carried over: f: the function F" in answer.stderr
    assert (tmp_path / "r.yaml").read_text().startswith("# Drafted by `lichen import`")
    refused(ask("import", "m.xmile", "--output", "r.yaml"), "r.yaml")
    assert ask("export", "r.yaml", "--output", "back.xmile").status == 0
