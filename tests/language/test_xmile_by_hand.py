"""Models of other tools worked by hand, or run by PySD: what bounds, graphs and pulses say, and what is told."""

from __future__ import annotations

from pathlib import Path

import pysd
import pytest

from lichen.language.xmile.model import Graph
from lichen.language.xmile.reading import MOST_NESTED, read_model
from lichen.simulation.dynamics.model import Dynamics
from lichen.simulation.dynamics.stock_flow import dynamics_of
from tests.command import Ask, refused
from tests.language.test_xmile import drafted

SPACE = "http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"
TEN_DAYS = "<start>0</start><stop>10</stop><dt>1</dt>"


def written(variables: str, *, specs: str = f"<sim_specs>{TEN_DAYS}</sim_specs>", beside: str = "") -> str:
    head = f'<xmile version="1.0" xmlns="{SPACE}"><header><name>m</name></header>{specs}'
    return f"{head}{beside}<model><variables>{variables}</variables></model></xmile>"


def stock(name: str, first: str, flows: str = "", *, bounded: bool = False) -> str:
    """`flows` are names after `+` and `-`, such as `+in -out`."""
    sides = {"+": "inflow", "-": "outflow"}
    moved = "".join(f"<{sides[f[0]]}>{f[1:]}</{sides[f[0]]}>" for f in flows.split())
    bound = "<non_negative/>" if bounded else ""
    return f'<stock name="{name}"><eqn>{first}</eqn>{moved}{bound}</stock>'


def flow(name: str, equation: str, inside: str = "") -> str:
    return f'<flow name="{name}"><eqn>{equation}</eqn>{inside}</flow>'


def courses(text: str) -> dict[str, list[float]]:
    """Every stock at every step."""
    dynamics = dynamics_of(drafted(text)[1])
    assert isinstance(dynamics, Dynamics)
    moments = dynamics.run()
    return {
        name: [now[f"model.{name}"] for now in moments] for name in ("a", "b", "c") if f"model.{name}" in moments[0]
    }


def told(text: str) -> tuple[str, ...]:
    return drafted(text)[0].left_out


ONE_WAY = "<non_negative/>"
FALLING = [10.0, 5, 1, -2, -4, -5, -5, -5, -5, -5, -5]
"""Ten, less 5 - t in every step in which that lies above 0."""


@pytest.mark.parametrize(
    ("own", "beside"),
    [
        (ONE_WAY, ""),
        ("", "<behavior><flow><non_negative/></flow></behavior>"),
        ("", "<behavior><non_negative/><stock><non_negative>false</non_negative></stock></behavior>"),
    ],
)
def test_a_one_way_flow_never_runs_backwards_wherever_that_is_said(own: str, beside: str) -> None:
    text = written(stock("a", "10", "-f") + flow("f", "5 - TIME", own), beside=beside)
    assert courses(text)["a"] == FALLING
    assert told(text) == ()


def test_a_one_way_flow_stays_one_when_its_stock_is_held_or_another_variable_reads_it() -> None:
    variables = (
        stock("a", "10", "-f", bounded=True)
        + flow("f", "5 - TIME", ONE_WAY)
        + stock("b", "0", "+g")
        + flow("g", "2 * h")
        + flow("h", "3 - TIME", ONE_WAY)
    )
    found = courses(written(variables))
    assert found["a"] == [10, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert found["b"] == [0, 6, 10, 12, 12, 12, 12, 12, 12, 12, 12]


def test_what_a_stock_does_not_hold_reaches_nobody() -> None:
    text = written(stock("a", "3", "-f", bounded=True) + stock("b", "0", "+f") + flow("f", "1"))
    assert courses(text) == {"a": [3, 2, 1, *[0] * 8], "b": [0, 1, 2, *[3] * 8]}
    assert told(text) == ()


def test_what_comes_in_within_a_step_can_go_out_and_the_first_outflow_comes_first() -> None:
    """With steps of half a day: 4 and 1 a day come in, 2 go first to b, at most 3 of what is left to c."""
    half = f"<sim_specs>{TEN_DAYS.replace('<dt>1', '<dt>0.5')}</sim_specs>"
    text = written(
        stock("a", "2", "+in -f -g", bounded=True)
        + stock("b", "0", "+f")
        + stock("c", "0", "+g")
        + flow("in", "IF TIME &lt; 1 THEN 4 ELSE 1")
        + flow("f", "2")
        + flow("g", "3"),
        specs=half,
    )
    found = courses(text)
    assert found["a"][:6] == [2, 1.5, 1, 0, 0, 0]
    assert found["b"][:6] == [0, 1, 2, 3, 3.5, 4]
    assert found["c"][:6] == [0, 1.5, 3, 3.5, 3.5, 3.5]
    assert told(text) == ()


def test_stocks_that_fill_each_other_keep_what_they_hold_together_and_that_is_told() -> None:
    text = written(
        stock("a", "3", "+g -f", bounded=True)
        + stock("b", "0", "+f -g", bounded=True)
        + flow("f", "2")
        + flow("g", "1.5")
    )
    found = courses(text)
    assert [a + b for a, b in zip(found["a"], found["b"], strict=True)] == [3] * 11
    assert min(found["a"] + found["b"]) == 0
    assert [line.partition(":")[0] for line in told(text)] == ["f", "g"]


def test_what_may_take_more_than_a_stock_holds_is_told() -> None:
    text = written(
        stock("a", "3", "+turning -shared", bounded=True)
        + stock("b", "9", "-turning -shared")
        + stock("c", "0", "+shared")
        + flow("turning", "0 - TIME")
        + flow("shared", "2")
    )
    assert told(text) == (
        "shared: that it takes no more than a holds; it takes from several stocks",
        "turning: that it takes no more than a holds when it turns",
    )


def line(kind: str, name: str = "") -> str:
    """The graph through (0, 0), (1, 2) and (2, 4)."""
    named = f' name="{name}"' if name else ""
    return f'<gf{named} type="{kind}"><xpts>0,1,2</xpts><ypts>0,2,4</ypts></gf>'


def test_a_graph_goes_on_beyond_its_ends_where_it_says_so() -> None:
    """The sum of 2 t over ten days; and of 0, 2, and 4 from then on."""
    found = courses(
        written(
            stock("a", "0", "+f")
            + flow("f", "TIME", line("extrapolate"))
            + stock("b", "0", "+g")
            + flow("g", "TIME", line("continuous"))
            + stock("c", "0", "+h")
            + flow("h", "f(1 - TIME)")
        )
    )
    assert found["a"][-1] == 90
    assert found["b"][-1] == 2 + 8 * 4
    assert found["c"][-1] == 2 * sum(1 - t for t in range(10))


def test_a_graph_says_a_first_value() -> None:
    """Halfway between its points; beyond them; a step; and both sides of a place with two values."""
    points = ((0.0, 0.0), (1.0, 2.0), (2.0, 4.0))
    assert [Graph(points=points).at(x) for x in (-1, 0.5, 2, 9)] == [0, 1, 4, 4]
    longer = Graph(points=points, extrapolated=True)
    assert [longer.at(x) for x in (-1, 0.5, 9)] == [-2, 1, 18]
    assert [Graph(points=points, stepped=True).at(x) for x in (-1, 0.5, 1, 9)] == [0, 0, 2, 4]
    assert [Graph(points=((0, 1), (0, 5), (2, 5))).at(x) for x in (-1, 0, 1)] == [1, 5, 5]
    assert Graph(points=((3, 7),), extrapolated=True).at(0) == 7
    stocks = stock("a", "MAX(look(0.5), 0) + b") + stock("b", "c * 2") + stock("c", "DT + 1")
    text = written(stocks + line("continuous", "look"))
    assert {name: course[0] for name, course in courses(text).items()} == {"a": 5, "b": 4, "c": 2}


def test_pulses_that_begin_before_the_start_go_on_from_it() -> None:
    """From two days before every fourth: on days 2, 6 and 10; one that is under way gives what is left of it."""
    text = written(stock("a", "0", "+f") + flow("f", "PULSE(5, 0 - 2, 4)") + stock("b", "0", "+g") + flow("g", "0"))
    assert courses(text)["a"] == [0, 0, 0, 5, 5, 5, 5, 10, 10, 10, 10]
    early = written(
        stock("a", "0", "+f") + flow("f", "PULSE(5, 0 - 9)") + stock("b", "0", "+g") + flow("g", "PULSE(1, 0 - 900, 9)")
    )
    assert courses(early) == {"a": [0] * 11, "b": [0, *[1] * 9, 2]}


@pytest.mark.filterwarnings("ignore")
def test_pysd_comes_to_the_same_courses(tmp_path: Path) -> None:
    variables = (
        stock("a", "10", "+fed -eaten", bounded=True)
        + stock("b", "20", "-worn")
        + stock("c", "0", "+line +step")
        + flow("fed", "PULSE(4, 1, 3)")
        + flow("eaten", "3 + b / 10", ONE_WAY)
        + flow("worn", "b * 0.1 - 1.5 + a / 10", ONE_WAY)
        + flow("line", "rise(b / 8)")
        + flow("step", "stairs(TIME)")
        + line("extrapolate", "rise")
        + line("discrete", "stairs")
    )
    text = written(variables)
    path = tmp_path / "model.xmile"
    path.write_text(text)
    theirs = pysd.read_xmile(str(path)).run(return_columns=["a", "b", "c"])
    for name, course in courses(text).items():
        assert course == pytest.approx([float(value) for value in theirs[name]], rel=1e-9), name
    assert told(text) == ()


def test_what_changes_the_figures_is_told() -> None:
    text = written(
        stock("S", "1", "+ghost -constant")
        + stock("s", "7")
        + stock("c", "1 / 0")
        + stock("d", "0 - 4", bounded=True)
        + '<aux name="constant"><eqn>2</eqn></aux><aux name="Time"><eqn>3</eqn></aux><aux name=""><eqn>1</eqn></aux>'
        + flow("f", "SMTH1(S, 0 - 3)")
        + flow("g", "MIN(S) + SMTH1(S)")
        + flow("h", "PULSE(S)", "<multiplier>2</multiplier>")
        + '<aux name="i"><eqn>1</eqn><gf><xscale min="0" max=""/><ypts>1,2</ypts></gf></aux>',
        specs=f'<sim_specs method="RK4" time_units="Hours">{TEN_DAYS}</sim_specs>',
    )
    assert told(text) == (
        "sim_specs: the time unit Hours; one counts as a day",
        "sim_specs: the method RK4; it runs one step after the other, by Euler",
        "s: a second variable of this name; the first counts",
        "time: XMILE keeps this name for itself",
        "a variable: it has no name",
        "g: the function MIN; it counts as 0",
        "h: the function PULSE; it counts as 0",
        "h: its multiplier",
        "i: `` in its graph, which is no number; it counts as 0",
        "s: its flow `ghost`, which is no flow of the model",
        "c: its first value cannot be computed or written; it starts at 0",
        "d: its first value -4, below which it must not be; it starts at 0",
        "f: a smoothing over less than no time; it counts as 0",
    )


def test_more_steps_than_can_be_run_become_longer_ones() -> None:
    specs = "<sim_specs><start>0</start><stop>100</stop><dt>0.001</dt></sim_specs>"
    made, found = drafted(written(stock("a", "1", "+f") + flow("f", "DT"), specs=specs))
    assert made.left_out == ("sim_specs: a dt of 0.001, which makes more than 20,000 steps; 0.008",)
    assert found.time.steps == 12_500
    assert "(0.008) * 1 per day" in made.text


def nested(deep: int) -> str:
    """Modules within each other; the innermost holds one stock."""
    inner = "".join(
        f'<model name="m{k}"><variables><module name="m{k + 1}"/></variables></model>' for k in range(1, deep)
    )
    last = f'<model name="m{deep}"><variables>{stock("a", "5")}</variables></model>'
    return written('<module name="m1"/>').replace("</xmile>", f"{inner}{last}</xmile>")


def test_modules_within_modules_are_written_out_up_to_a_depth() -> None:
    assert "m1_m2_m3_a: {level: 5" in drafted(nested(3))[0].text
    (line,) = told(nested(MOST_NESTED + 1))
    assert line.endswith(f"m{MOST_NESTED + 1}: modules more than {MOST_NESTED} deep in each other")


@pytest.mark.parametrize("inside", ['<aux name="x"><eqn>1</eqn></aux>', ""])
def test_a_model_that_holds_itself_many_times_is_refused(inside: str) -> None:
    itself = "".join(f'<module name="m{k}" model="a"/>' for k in range(6))
    text = written('<module name="a"/>').replace(
        "</xmile>", f'<model name="a"><variables>{itself}{inside}</variables></model></xmile>'
    )
    assert read_model(text) == "it holds more than 2,000 variables, its modules written out"


def test_whatever_reads_itself_at_once_counts_as_0_and_nothing_else_does() -> None:
    """Two tangles, in one of which two circles share variables; `out` only reads them."""
    equations = {"p": "q + 1", "q": "p", "u": "v + w", "v": "x", "w": "x", "x": "u + v", "out": "p + u + 7"}
    auxiliaries = "".join(f'<aux name="{name}"><eqn>{said}</eqn></aux>' for name, said in equations.items())
    text = written(stock("a", "0", "+f") + flow("f", "out") + auxiliaries)
    assert {line.partition(":")[0] for line in told(text)} == set("pquvwx")
    assert courses(text)["a"][-1] == 70


def test_many_that_read_each_other_are_all_named() -> None:
    text = written(
        "".join(
            f'<aux name="a{k}"><eqn>{" + ".join(f"a{(k + step) % 60}" for step in range(1, 40))}</eqn></aux>'
            for k in range(60)
        )
    )
    assert len(told(text)) == 60
    assert told(text)[0] == "a0: it reads itself at once, through a1, a10, a11, a12, a13 and 54 more; it counts as 0"


def test_a_model_whose_draft_could_not_be_read_is_refused(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m.xmile").write_text(written(stock("s", "1")))
    monkeypatch.setattr("lichen.language.xmile.drafting.MAX_BYTES", 200)
    refused(ask("import", "m.xmile", "--output", "r.yaml"), "There is no draft of this model", "at most 200")
    monkeypatch.undo()
    monkeypatch.setattr("lichen.language.limits.MAX_CELLS", 2)
    refused(ask("import", "m.xmile", "--output", "r.yaml"), "its draft would not be right: One future of this file")
    assert not (tmp_path / "r.yaml").exists()


def test_a_file_is_read_in_the_encoding_that_it_says(ask: Ask, tmp_path: Path) -> None:
    text = written(stock("été", "1"))
    for encoding in ("utf-16", "utf-8-sig", "latin-1"):
        head = '<?xml version="1.0" encoding="iso-8859-1"?>' if encoding == "latin-1" else ""
        (tmp_path / "m.xmile").write_bytes((head + text).encode(encoding))
        assert "été: {level: 1" in ask("import", "m.xmile").stdout
    (tmp_path / "m.xmile").write_bytes(b"<xmile>" + b" " * 2**20)
    refused(ask("import", "m.xmile"), "m.xmile", "1,048,583 bytes; a model has at most 1,048,576")
