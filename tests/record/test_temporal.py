"""Rules over time against RTAMT: its recorded answers, and RTAMT itself."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.record.temporal import (
    Interval,
    Signal,
    at_least,
    at_most,
    both,
    eventually,
    historically,
    once,
    signal,
    since,
)

ORACLES = Path(__file__).parents[1] / "oracles" / "data" / "b_reciprocity.json"
CASES = {case["id"]: case for case in json.loads(ORACLES.read_text(encoding="utf-8"))["cases"]}


def traced(name: str, values: dict[str, list[float]]) -> Signal:
    """Our answer to a rule by the name under which RTAMT is asked below, windows cut at the end as RTAMT does."""
    give, ret, bal = (signal(values[key]) for key in ("give", "ret", "bal"))
    rules = {
        "eventually[0,3](ret >= 1)": lambda: eventually(at_least(ret, 1), 0, 3, "cut"),
        "once[0,3](give >= 1)": lambda: once(at_least(give, 1), 0, 3),
        "once[1,2](give >= 1)": lambda: once(at_least(give, 1), 1, 2),
        "historically[0,2](bal >= 1.5)": lambda: historically(at_least(bal, 1.5), 0, 2),
        "once(give >= 1)": lambda: once(at_least(give, 1)),
        "historically(bal <= 4)": lambda: historically(at_most(bal, 4)),
        "(bal >= 1.5) since (give >= 1)": lambda: since(at_least(bal, 1.5), at_least(give, 1)),
        "(bal >= 1.5) and (bal <= 3)": lambda: both(at_least(bal, 1.5), at_most(bal, 3)),
    }
    return rules[name]()


@pytest.mark.parametrize("case", [f"stl_{i}" for i in range(4)])
def test_robustness_is_that_recorded_from_rtamt(case: str) -> None:
    inputs, expected = CASES[case]["inputs"], CASES[case]["expected"]["robustness"]
    found = traced(inputs["spec"], inputs["trace"])
    assert [x.low for x in found] == pytest.approx(expected, abs=CASES[case]["tol"])
    assert [x.high for x in found] == pytest.approx(expected, abs=CASES[case]["tol"])


SPECS = [
    "eventually[0,3](ret >= 1)",
    "once[0,3](give >= 1)",
    "historically[0,2](bal >= 1.5)",
    "once(give >= 1)",
    "historically(bal <= 4)",
    "(bal >= 1.5) since (give >= 1)",
    "(bal >= 1.5) and (bal <= 3)",
]
TRACE = st.integers(4, 9).flatmap(
    lambda n: st.fixed_dictionaries(
        {key: st.lists(st.integers(-5, 9).map(float), min_size=n, max_size=n) for key in ("give", "ret", "bal")}
    )
)


@pytest.mark.parametrize("spec", SPECS)
@given(TRACE)
def test_robustness_is_that_of_rtamt_on_any_trace(spec: str, values: dict[str, list[float]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rtamt = pytest.importorskip("rtamt")
        expected = asked(rtamt, spec, values)
    assert [x.low for x in traced(spec, values)] == pytest.approx(expected)


def asked(rtamt: Any, spec: str, values: dict[str, list[float]]) -> list[float]:
    """The robustness at every sample by RTAMT, discrete time, offline."""
    specification = rtamt.StlDiscreteTimeSpecification()
    for key in values:
        specification.declare_var(key, "float")
    specification.declare_var("out", "float")
    specification.spec = f"out = {spec}"
    specification.parse()
    trace = {"time": list(range(len(values["give"]))), **values}
    return [pair[1] for pair in specification.evaluate(trace)]


def test_a_window_that_reaches_past_the_record_is_pending_and_not_violated() -> None:
    ret = at_least(signal([0.0, 0.0, 0.0]), 1)
    cut, open_ended = eventually(ret, 0, 3, "cut"), eventually(ret, 0, 3)
    assert [x.truth for x in cut] == ["violated"] * 3
    assert [x.truth for x in open_ended] == ["pending"] * 3
    assert eventually(ret, 0, 2)[0].truth == "violated"


def test_what_was_returned_stays_returned_whatever_comes() -> None:
    assert eventually(at_least(signal([0.0, 2.0]), 1), 0, 5)[0].truth == "satisfied"


def test_a_sample_that_is_not_known_leaves_the_answer_open() -> None:
    known = at_least(signal([2.0, None, 3.0]), 1)
    assert historically(known)[-1].truth == "pending"
    assert once(known)[-1] == Interval(2.0, float("inf"))
    assert historically(at_least(signal([0.0, None]), 1))[-1].truth == "violated"
