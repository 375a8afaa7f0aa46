"""Laws of the verdict: what may change in a file, or in how it is run, without moving a figure, and what moves it one
way.

Every law is asked of drawn files of two parties in 64 futures. Compared are the distances and scores of the invariants
and failure modes and what the gate measures, each to 1e-9; never words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lichen.check.evidence import evidence_of
from lichen.check.verdict import Verdict, judge
from lichen.language.problem import render
from lichen.language.reading import read
from lichen.language.source import Source
from lichen.language.table import Table
from lichen.relationship.relationship import Relationship
from lichen.simulation.experiments import BASE, standard_experiments
from lichen.simulation.run import simulate
from tests.arrays import arrays
from tests.strategies import FILE, Draw, durations, number, two_party_texts

RUNS = 64
SAME = 1e-9
NUMBER = r"-?\d+(?:\.\d+)?"


def relationship(text: str, tables: Mapping[str, Table] | None = None) -> Relationship:
    known = tables or {}
    reading = read(Source(FILE, text), open_table=lambda name: known.get(name, "It is not there."))
    assert reading.relationship is not None, render(reading.problems)
    return reading.relationship


def verdict(text: str, tables: Mapping[str, Table] | None = None) -> Verdict:
    subject = relationship(text, tables)
    return judge(evidence_of(subject, simulate(subject, standard_experiments(subject), runs=RUNS)))


def figures(text: str, tables: Mapping[str, Table] | None = None, without: tuple[str, ...] = ()) -> Mapping[str, float]:
    """What is compared: distances and scores by what they are about, the gate's numbers by their order."""
    found = verdict(text, tables)
    numbers = {
        finding.about: finding.margin if finding.type == "invariant" else finding.score
        for finding in found.findings
        if finding.type in ("invariant", "failure") and finding.about not in without
    }
    numbers |= {f"depends {k}": share.value for k, share in enumerate(found.gate.dependence.values())}
    numbers |= {f"depends on all {k}": share.value for k, share in enumerate(found.gate.gross_dependence.values())}
    return {name: math.nan if number is None else number for name, number in numbers.items()}


def same(one: Mapping[str, float], other: Mapping[str, float]) -> None:
    assert one == pytest.approx(other, abs=SAME, rel=0, nan_ok=True)


SIGHTS = ("", "", "visible_to: [ann, ben]", "visible_to: [ann, {ben: 60 %, after: 30 days}]", "visible_to: []")
PATH = """adjustment:
  raised_by: [ann, ben]
  triggers: [ben.headroom < 0.9]
  review_every: 13 weeks
  takes_effect_after: 2 weeks
"""


@st.composite
def texts(draw: Draw) -> str:
    """A drawn file, mostly with somebody who sees what passes and with a way to change terms."""
    text = draw(two_party_texts())
    if "adjustment:" not in text and draw(st.booleans()):
        text += PATH
    return text.replace("parties:", f"{draw(st.sampled_from(SIGHTS))}\nparties:", 1)


def renamed(text: str, names: Mapping[str, str]) -> str:
    return re.sub(rf"\b({'|'.join(names)})\b", lambda found: names[found[1]], text)


NAMES = {
    "ann": "zoe",
    "ben": "abe",
    "cash": "purse",
    "skill": "craft",
    "gift": "loan",
    "back": "yield",
    "third": "alms",
    "zeal": "vigour",
    "wait": "delayed",
    "plain": "calm",
    "fair": "square",
    "storm": "bad_luck",
}
"""Everything in a drawn file that has a name, but for the world's variables, which are drawn by their names."""


@given(texts())
def test_names_of_parties_capacities_flows_terms_and_rules_change_nothing(text: str) -> None:
    same(figures(text), figures(renamed(text, NAMES)))


IN_OTHER_UNITS = {
    "EUR/week": (1 / 7000, "kEUR/day"),
    "EUR": (1 / 1000, "kEUR"),
    "%/week": (1 / 7, "%/day"),
    "weeks": (7, "days"),
    "week": (7, "days"),
}


def in_other_units(text: str) -> str:
    """The same amounts in thousands of euros, the same times in days."""

    def changed(found: re.Match[str]) -> str:
        factor, unit = IN_OTHER_UNITS[found[2]]
        return f"{'..'.join(repr(float(end) * factor) for end in found[1].split('..'))} {unit}"

    units = "|".join(re.escape(unit) for unit in IN_OTHER_UNITS)
    text = re.sub(rf"({NUMBER}) per EUR", lambda found: f"{float(found[1]) * 1000} per kEUR", text)
    text = re.sub(rf"(?<![\w.])({NUMBER}(?:\.\.{NUMBER})?) ({units})\b", changed, text)
    return text.replace("time:", "units: {kEUR: 1e3 EUR}\ntime:", 1)


@given(texts())
def test_the_units_in_which_a_file_is_written_change_nothing(text: str) -> None:
    same(figures(text), figures(in_other_units(text)))


@given(texts(), st.sampled_from(["1000", "0.001", "12", "7.3"]))
def test_the_size_of_a_unit_of_the_file_changes_nothing(text: str, size: str) -> None:
    """Everything is counted in loaves; then a loaf is so many crumbs, and inside everything is counted in crumbs."""
    text = text.replace("EUR", "loaf").replace(", valued_at: 30 loaf", "").replace("gains:", "in: cash, gains:")
    small = text.replace("time:", "units: {loaf: new}\ntime:", 1)
    large = text.replace("time:", f"units: {{crumb: new, loaf: {size} crumb}}\ntime:", 1)
    same(figures(small), figures(large))


def without_ranges(text: str) -> str:
    return re.sub(rf"({NUMBER})\.\.{NUMBER}", r"\1", text)


def split_in_two(text: str, flow: str) -> str:
    """The file with a flow as two flows that carry half of it each; what reads the flow reads their sum."""
    block = re.search(rf"(?m)^  {flow}:\n((?:    .*\n)+)", text)
    assert block is not None
    half = re.sub('rate: "(.*)"', r'rate: "0.5 * (\1)"', block[1])
    text = text.replace(block[0], "")
    text = re.sub(r"(?m)^.*(?:rate|loss):.*$", lambda line: re.sub(rf"\b{flow}\b", f"({flow} + twin)", line[0]), text)
    text = re.sub(rf"{flow}: (\d+ %)", rf"{flow}: \1, twin: \1", text)
    return text.replace("flows:\n", f"flows:\n  {flow}:\n{half}  twin:\n{half}", 1)


def weighed(text: str) -> str:
    """The file with a cost of every flow that has neither cost nor worth."""

    def with_cost(block: re.Match[str]) -> str:
        said = re.search(r"(?m)^    (cost|worth):", block[0]) or "from: world" in block[0]
        return block[0] if said else f"{block[0]}    cost: {{cash: 0.5}}\n"

    return re.sub(r"(?m)^  (?:gift|back|third):\n(?:    .*\n)+", with_cost, text)


@given(texts().map(without_ranges).map(weighed), st.sampled_from(["gift", "back", "third"]))
def test_two_halves_are_as_much_as_one_flow(text: str, flow: str) -> None:
    """Flows count by value, not by number, in all findings but one.

    Over-coupling tries each flow by itself, and stopping one half does half as much as stopping the whole: its score
    may move. Ranges are left out, since two ranges are two draws. Every flow has a worth or a cost: one without both
    weighs as the median of the others, which is a question of their number.
    """
    same(figures(text, without=("over_coupling",)), figures(split_in_two(text, flow), without=("over_coupling",)))


SERIES = "  trend: {process: series, file: trend.csv, at: week, value: index}\n"
TIDE = "  tide: {process: seasonal, mean: 1, swing: 0.4, period: 1 year, peak: 2026-03-01}\n"


def moved(text: str, days: int) -> str:
    """All dates in a text, so many days later."""

    def later(found: re.Match[str]) -> str:
        return (date.fromisoformat(found[0]) + timedelta(days=days)).isoformat()

    return re.sub(r"\d{4}-\d\d-\d\d", later, text)


@given(texts(), st.lists(number(0.5, 1.5), min_size=2, max_size=6), st.integers(-9000, 9000))
def test_a_calendar_that_moves_as_a_whole_changes_nothing(text: str, index: list[str], days: int) -> None:
    """The start, the peaks of seasons and the dates of a series move together."""
    text = text.replace("world:\n", f"world:\n{SERIES}{TIDE}", 1).replace("* weather", "* weather * trend * tide")
    weeks = [date(2025, 12, 1) + timedelta(weeks=3 * k) for k in range(len(index))]

    def table(later: int) -> Mapping[str, Table]:
        rows = tuple(zip((moved(str(week), later) for week in weeks), index, strict=True))
        return {"trend.csv": Table(("week", "index"), rows, tuple(range(2, len(rows) + 2)))}

    same(figures(text, table(0)), figures(moved(text, days), table(days)))


STRANGER = """  cleo:
    kind: organisation
    capacities:
      cash: {level: 9 EUR, floor: 5 EUR, change: -3 EUR/week * luck}
"""


@given(texts())
def test_a_party_that_no_flow_touches_is_reported_and_left_out(text: str) -> None:
    with_stranger = text.replace("world:\n", f"{STRANGER}world:\n", 1)
    found = verdict(with_stranger)
    assert ("cleo",) in [f.parties for f in found.findings if f.about == "mutual_dependency_map"]
    same(figures(text), figures(with_stranger))


@st.composite
def agreements(draw: Draw, rate: str = "saturate({giver}.headroom, 0.5)") -> str:
    """A file of two parties that give each other money at rates that never fall when a room grows."""
    parties, flows = [], []
    for name, other, flow in (("ann", "ben", "gift"), ("ben", "ann", "back")):
        level, floor = draw(st.integers(50, 200)), draw(st.integers(0, 45))
        change = f'"-{draw(number(0, 4))} EUR/week - {draw(number(0, 3))} %/week * {name}.cash"'
        cash = f"{{level: {level} EUR, floor: {floor} EUR, change: {change}}}"
        parties.append(f"  {name}: {{kind: organisation, capacities: {{cash: {cash}}}}}")
        amount = f"{draw(number(0.5, 9))} EUR/week * luck * {rate.format(giver=name)}"
        lines = [
            f"  {flow}:",
            f"    kind: {draw(st.sampled_from(['benefit', 'obligation']))}",
            f"    from: {name}",
            f"    to: {other}",
            f'    rate: "{amount}"',
            f"    cost: {{cash: {draw(number(0.1, 1))}}}",
            f"    worth: {{cash: {draw(number(0.8, 2))}}}",
            f"    settled_after: {draw(durations(6))}",
        ]
        flows.append("\n".join(lines))
    return "\n".join(
        [
            "lichen: 1",
            "relationship: agreed",
            "time: {start: 2026-01-05, horizon: 1 year, step: 1 week}",
            "parties:",
            *parties,
            "world:",
            f"  luck: {{process: ar1, mean: 1, spread: {draw(st.integers(1, 20))} %, memory: 8 weeks}}",
            "flows:",
            *flows,
            f"exit: {{notice: {draw(durations())}, continuity: {{gift: {draw(st.integers(0, 100))} %}}}}",
            "",
        ]
    )


def with_line(text: str, flow: str, line: str) -> str:
    return text.replace(f"  {flow}:\n", f"  {flow}:\n    {line}\n", 1)


def of(text: str, about: str) -> float:
    found = figures(text)[about]
    assert not math.isnan(found)
    return found


@given(
    agreements(), st.sampled_from(["gift", "back"]), st.tuples(st.integers(0, 100), st.integers(0, 100)), durations()
)
def test_a_fallback_that_is_worth_its_cost_never_lowers_bounded_dependency(
    text: str, flow: str, shares: tuple[int, int], after: str
) -> None:
    """A unit is worth at least 0.8 and costs 0.8 to replace: its net worth is never negative."""
    low, high = sorted(shares)
    margins = [of(text, "bounded_dependency")]
    for replaced in (low, high):
        fallback = f"if_lost: {{replaced: {replaced} %, after: {after}, cost: {{cash: 0.8}}}}"
        margins.append(of(with_line(text, flow, fallback), "bounded_dependency"))
    assert margins[1] >= margins[0] - SAME
    assert margins[2] >= margins[1] - SAME


SEES_MORE = (
    "visible_to: []",
    "visible_to: [ann]",
    "visible_to: [ann, {ben: 30 %, after: 60 days}]",
    "visible_to: [ann, {ben: 30 %, after: 30 days}]",
    "visible_to: [ann, {ben: 95 %, after: 30 days}]",
    "visible_to: [ann, ben]",
)
"""Each sees at least what the one before it sees."""


@given(
    agreements(),
    st.sampled_from(["gift", "back"]),
    st.sampled_from(SEES_MORE),
    st.sampled_from(list(combinations(SEES_MORE, 2))),
    st.booleans(),
)
def test_more_sight_never_lowers_visibility(
    text: str, flow: str, of_the_other: str, sights: tuple[str, str], is_reviewed: bool
) -> None:
    text = with_line(text, "back" if flow == "gift" else "gift", of_the_other) + (PATH if is_reviewed else "")
    less, more = (of(with_line(text, flow, sight), "visible_value_exchange") for sight in sights)
    assert more >= less - SAME


def with_deadlines(text: str, within: int, takes_effect_after: int, review_every: int) -> str:
    return text + (
        f"adjustment:\n  raised_by: [ann, ben]\n  triggers: [ann.headroom < 0.5]\n"
        f"  steps: [{{who: both, within: {within} days}}]\n"
        f"  takes_effect_after: {takes_effect_after} days\n  review_every: {review_every} days\n"
    )


@given(agreements(), st.tuples(*[st.integers(0, 200)] * 3), st.tuples(*[st.integers(0, 200)] * 3))
def test_a_shorter_deadline_never_lowers_renegotiability(
    text: str, days: tuple[int, int, int], shorter: tuple[int, int, int]
) -> None:
    """Of reviews that move no term: one that makes matters worse does so sooner with a shorter deadline."""
    days = (days[0], days[1], days[2] + 1)
    fewer = tuple(min(a, b) for a, b in zip(days, (*shorter[:2], shorter[2] + 1), strict=True))
    about = "adaptive_renegotiability"
    assert of(with_deadlines(text, *fewer), about) >= of(with_deadlines(text, *days), about) - SAME


@given(agreements(rate="1"), number(0.1, 3))
def test_worth_and_cost_scaled_together_do_not_change_who_gains(text: str, factor: str) -> None:
    """Of flows whose rates read no room: there scaling moves all that is given and received alike."""
    scaled = re.sub(rf"(cost|worth): {{cash: ({NUMBER})}}", rf'\1: {{cash: "{factor} * \2"}}', text)
    assert scaled != text
    about = "non_extractive_reinforcement"
    assert of(scaled, about) == pytest.approx(of(text, about), abs=SAME, rel=0)


def equal_arrays(one: object, other: object) -> None:
    found, expected = dict(arrays(one)), dict(arrays(other))
    assert found.keys() == expected.keys()
    for path, values in found.items():
        np.testing.assert_array_equal(values, expected[path], err_msg=path)


@given(texts(), st.sampled_from([3, 7, 32, 63]))
def test_futures_do_not_depend_on_how_many_run_at_a_time(text: str, chunk: int) -> None:
    """Equal to the last bit."""
    subject = relationship(text)
    experiments = standard_experiments(subject)
    equal_arrays(
        simulate(subject, experiments, runs=RUNS, chunk=chunk), simulate(subject, experiments, runs=RUNS, chunk=RUNS)
    )


NEVER_CHANGES = """\
lichen: 1
relationship: drawn
time: {start: 2026-01-05, horizon: 10 weeks, step: 1 week}
parties:
  ann: {kind: organisation, capacities: {cash: {level: 5 EUR, floor: 0 EUR}}}
  ben: {kind: organisation, capacities: {cash: {level: 5 EUR, floor: 0 EUR}}}
world: {luck: {process: ar1, mean: 1, spread: 1 %, memory: 1 week}}
flows:
  gift: {kind: benefit, from: ann, to: ben, rate: 0.5 EUR/week * 0.1 * 0.1}
  third: {kind: benefit, from: ann, to: ben, rate: gift * 0.1}
"""
"""A rate that never changes, and does where an experiment may cut it: the sum over steps is no product of them."""


@given(texts())
@example(text=NEVER_CHANGES)
def test_futures_do_not_depend_on_what_else_is_tried(text: str) -> None:
    """Equal to the last bit."""
    subject = relationship(text)
    alone = simulate(subject, (BASE,), runs=RUNS)
    among = simulate(subject, standard_experiments(subject), runs=RUNS)
    equal_arrays(alone.base, among.base)
    equal_arrays(alone.paths["base"], among.paths["base"])
