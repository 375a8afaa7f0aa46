"""What holds of every relationship that is put to the test."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lichen.check.evidence import evidence_of
from lichen.check.measures.figure import Figure
from lichen.relationship.party import Several
from lichen.relationship.relationship import Relationship
from lichen.show.stressed import hardest_exits
from lichen.simulation.experiments import standard_experiments
from lichen.simulation.run import simulate
from lichen.stress import stress as whole
from lichen.stress.cheating import in_order
from lichen.stress.responses import Option, Response
from lichen.stress.setting import when
from lichen.stress.stress import SECTIONS, Stress, stress
from lichen.stress.summary import summary
from lichen.workspace import read_relationship
from tests.simulation.build import relationship

CASES = Path(__file__).parent.parent / "cases"


def read_case(name: str) -> Relationship:
    reading = read_relationship(CASES / name)
    assert reading.relationship is not None, reading.problems
    return reading.relationship


def effects_of(found: Stress) -> list[tuple[str, object]]:
    rows = [
        *found.rows("exits"),
        *found.rows("links"),
        *(row for row in found.rows("shocks") if hasattr(row, "effects")),
    ]
    return [(row.says, effect) for row in rows for effect in row.effects]


def test_in_a_purchase_nobody_is_brought_down_by_anything() -> None:
    found = stress(read_case("neighbours/one_time_purchase.yaml"), runs=50, sections=("exits", "shocks", "links"))
    told = effects_of(found)
    assert len(told) > 20
    struck = {one.owners for one in found.rows("shocks") if hasattr(one, "owners")}
    assert struck == {("school",), ("vendor",)}
    for says, effect in told:
        assert not effect.is_brought_down, says  # type: ignore[attr-defined] # an Effect
    assert found.exits is not None
    assert all(not one.knock_on for one in found.exits.tried)


def test_what_is_as_good_as_going_on_says_of_whose_range_it_brings_how_much() -> None:
    half = Option(says="giving half", gain=Figure(value=0.01, low=-0.01, high=0.03), harmed=None, untold=())
    for title, going, whose in (("Alder", "it does", "its"), (Several("Growers"), "they do", "their")):
        said = Response(party="a", title=title, best=half, stays=True, close=(), tried=3).says
        assert f"best by going on as {going}, not told apart from giving half, which brings " in said
        assert said.endswith(f"3 %) of {whose} range; 3 other ways were tried.")


def test_the_same_seed_says_the_same_and_another_does_not() -> None:
    file = read_case("examples/mentorship.yaml")
    one, same, other = (
        json.dumps(stress(file, runs=30, seed=seed, sections=("exits", "cheating")).to_json()) for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


def test_everything_that_is_said_is_json_and_every_row_has_a_sentence() -> None:
    found = stress(read_case("features/third-party.yaml"), runs=20)
    said = found.to_json()
    json.dumps(said, allow_nan=False)
    assert set(SECTIONS) <= set(said)
    for name in SECTIONS:
        for row in found.rows(name):
            assert row.says.endswith("."), row.says
            assert "nan" not in row.says


def test_one_party_and_one_day_narrow_what_is_asked() -> None:
    file = read_case("features/third-party.yaml")
    day = file.time.start.replace(year=file.time.start.year + 1)
    found = stress(file, runs=20, party="tannery", day=day, sections=("exits", "cheating"))
    days = (day - file.time.start).days
    assert found.exits is not None
    assert {one.party for one in found.exits.tried} == {"tannery"}
    assert all("tannery" in one.parties for one in found.exits.together)
    assert all(abs(one.day - days) <= file.time.step_days / 2 for one in found.rows("exits"))
    assert all("tannery" in one.deviation.by for one in found.cheating or ())
    assert all(abs(one.day - days) <= file.time.step_days / 2 for one in found.cheating or ())


def test_an_interruption_keeps_the_questions_that_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(asked: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setitem(whole._QUESTIONS, "cheating", interrupted)  # type: ignore[index] # the table is written in one place
    found = stress(read_case("neighbours/one_time_purchase.yaml"), runs=20)
    assert found.interrupted
    assert list(found.asked()) == ["exits", "shocks", "contagion"]


def test_three_who_can_collude_are_tried_two_by_two() -> None:
    shop = "kind: organisation, capacities: {cash: {level: 100 EUR, floor: 20 EUR}}"
    give = "kind: benefit, rate: 1 EUR/day, cost: {cash: 1}, worth: {cash: 2}"
    file = relationship(
        f"""
        parties:
          a: {{{shop}}}
          b: {{{shop}}}
          c: {{{shop}}}
        flows:
          ab: {{{give}, from: a, to: b}}
          bc: {{{give}, from: b, to: c}}
          ca: {{{give}, from: c, to: a}}
        """
    )
    found = stress(file, runs=20, sections=("cheating",))
    together = {
        one.deviation.by: set(one.deviation.flows) for one in found.cheating or () if len(one.deviation.by) == 2
    }
    assert together == {("a", "b"): {"bc"}, ("a", "c"): {"ab"}, ("b", "c"): {"ca"}}


def test_what_somebody_keeps_cannot_be_told_and_breaks_nothing() -> None:
    file = relationship(
        """
        parties:
          a: {kind: organisation, capacities: {cash: {level: private to a, floor: 20 EUR, healthy: 100 EUR}}}
          b: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 20 EUR}}}
        flows:
          ab: {kind: benefit, from: a, to: b, rate: 1 EUR/day, cost: {cash: 1}, worth: {cash: 2}}
          ba: {kind: benefit, from: b, to: a, rate: 1 EUR/day, cost: {cash: 1}, worth: {cash: 2}}
        """
    )
    found = stress(file, runs=20)
    json.dumps(found.to_json(), allow_nan=False)
    said = " ".join(row.says for name in SECTIONS for row in found.rows(name))
    assert "nan" not in said
    assert "cannot be told" in said


def test_a_relationship_without_flows_parties_or_chance_is_answered_too() -> None:
    file = relationship("parties: {a: {kind: person}}\n")
    found = stress(file, runs=20)
    assert found.rows("exits") == ()
    assert found.cheating == ()
    json.dumps(found.to_json(), allow_nan=False)


def test_the_summary_says_in_three_sentences_what_the_whole_test_finds_hardest() -> None:
    file = read_case("features/third-party.yaml")
    evidence = evidence_of(file, simulate(file, standard_experiments(file), runs=50))
    exit_, blow, cheat = summary(evidence)
    whole_test = stress(file, runs=50, sections=("exits", "shocks", "cheating"))
    third = file.time.steps * file.time.step_days / 3
    assert whole_test.exits is not None
    at_third = [one for one in whole_test.exits.tried if abs(one.day - third) <= file.time.step_days / 2]
    then = replace(whole_test, exits=replace(whole_test.exits, tried=tuple(at_third)))
    assert exit_ == hardest_exits(then)[0].says
    assert whole_test.shocks is not None
    assert blow == whole_test.shocks.tried[0].says
    best = next(
        one for one in whole_test.cheating or ()
        if one.deviation.way == "free_ride" and one.titles == ("shoemaker",) and one.day in {e.day for e in at_third}
    )  # fmt: skip
    assert cheat == f"{best.outcome}."


def test_what_two_would_win_together_is_not_told_where_one_keeps_its_level_whatever_their_order() -> None:
    shop = "kind: organisation, capacities: {cash: {level: 100 EUR, floor: 20 EUR}}"
    sides = {"a": shop.replace("100 EUR", "private to a, healthy: 100 EUR"), "b": shop, "c": shop}
    give = "kind: benefit, rate: 1 EUR/day, cost: {cash: 1}, worth: {cash: 2}"
    flows = "".join(f"  {x + y}: {{{give}, from: {x}, to: {y}}}\n" for x, y in ("ab", "bc", "ca"))
    for order in ("abc", "bca"):
        parties = "".join(f"  {name}: {{{sides[name]}}}\n" for name in order)
        found = stress(relationship(f"parties:\n{parties}flows:\n{flows}"), runs=20, sections=("cheating",))
        both = next(one for one in found.cheating or () if set(one.deviation.by) == {"a", "b"})
        assert not both.gain.known
        who = " and ".join(both.titles)
        assert both.outcome.startswith(f"What {who} would gain by giving 50 % less to all others together from ")
        assert both.outcome.split("; ")[0].endswith(" on cannot be told")


def test_a_gain_within_chance_is_neither_nothing_nor_a_gain() -> None:
    found = stress(relationship(WAGER), runs=20, sections=("cheating",)).cheating or ()
    one = next(one for one in found if one.deviation.amount == 1.0 and one.day == 0)
    assert not one.pays
    likely = replace(one, gain=Figure(0.03, -0.01, 0.07))
    assert likely.outcome.startswith("a might win 3 % of their range by giving nothing")
    assert "or it is chance" in likely.outcome
    assert in_order([one, likely]) == (likely, one)
    assert replace(one, gain=Figure(-0.03, -0.04, -0.02)).outcome.startswith("a loses 3 % of their range by giving")
    assert replace(one, gain=Figure(-0.001, -0.002, 0.0)).outcome.startswith("a gains nothing by giving")


WAGER = """
parties:
  a: {kind: person, capacities: {cash: {level: 100 EUR, floor: 0 EUR}}}
  b: {kind: person, capacities: {cash: {level: 100 EUR, floor: 0 EUR}}}
flows:
  ab: {kind: benefit, from: a, to: b, rate: 1 EUR/day, cost: {cash: 0}, worth: {cash: 1}}
"""
"""a gives what costs it nothing."""


def test_what_goodwill_costs_a_month_is_that_of_the_steps_whatever_they_leave_of_the_horizon() -> None:
    year = "time: {start: 2026-01-01, horizon: 1 year, step: 1 week}\n"  # 52 weeks, a day and a quarter less
    file = relationship(WAGER.replace("1 EUR/day", "1 EUR/month").replace("cash: 0}", "cash: 1}"), time=year)
    found = stress(file, runs=20, sections=("goodwill",)).goodwill
    assert found is not None
    assert [one.monthly_cost for one in found.given] == [pytest.approx(1.0)]
    assert "(`ab`, which costs a 1 EUR a month)" in found.says


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0.0, "at the start"),
        (6.0, "in week 1"),
        (7.0, "in week 2"),
        (91.0, "in week 14"),
        (94.0, "in month 4"),  # 5 April of a year that begins with January
        (183.0, "in month 7"),  # 2 July
        (547.0, "in month 18"),
    ],
)
def test_a_day_is_told_by_the_week_or_month_in_which_it_lies(days: float, said: str) -> None:
    assert when(days) == said


def test_of_two_of_whom_one_keeps_its_level_a_blow_is_not_told_by_the_struck_side() -> None:
    open_to_all = "b: {kind: person, capacities: {cash: {level: 100 EUR"
    kept = "b: {kind: person, capacities: {cash: {healthy: 9 EUR, level: private to b"
    file = relationship(WAGER.replace(open_to_all, kept))
    found = stress(file, runs=20, sections=("shocks",)).shocks
    assert found is not None
    blow = next(one for one in found.tried if one.brief == "a.cash")
    assert (blow.hit, blow.is_felt) == (None, True)
    assert blow.says.endswith("what becomes of the sides cannot be told.")


def test_two_blows_are_not_hidden_by_the_other_end_of_one_of_them() -> None:
    """Low w costs b 9 a week and c 1, low v c 1 more, and high w c 4: low w and low v together cost c 2, more than
    either, though less than high w, which is no part of them.
    """
    file = relationship(
        """
        parties:
          b: {kind: person, capacities: {cash: {level: 900 EUR, floor: 20 EUR, change: (w - 0.5) * 20 EUR/week}}}
          c:
            kind: person
            capacities:
              cash:
                level: 900 EUR
                floor: 20 EUR
                change: "(-4 if w > 0.9 else -1 if w < 0.1 else 0) * 1 EUR/week + (-1 if v < 0.1 else 0) * 1 EUR/week"
        world: {w: {process: uniform, from: 0, to: 1}, v: {process: uniform, from: 0, to: 1}}
        flows: {bc: {kind: information, from: b, to: c, rate: 1 per week}}
        """,
        time="time: {start: 2026-01-05, horizon: 80 weeks, step: 1 week}\n",
    )
    found = stress(file, runs=200, sections=("shocks",)).shocks
    assert found is not None
    assert "w low + v low" in {one.brief for one in found.tried}
