"""What holds of every relationship that is put to the test."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lichen.check.evidence import evidence_of
from lichen.check.measures.figure import Figure
from lichen.language.table import Table
from lichen.relationship.relationship import Relationship
from lichen.show.stressed import hardest_exits, table_of
from lichen.simulation.experiments import standard_experiments
from lichen.simulation.run import simulate
from lichen.stress import stress as whole
from lichen.stress.cheating import in_order
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
    assert likely.outcome.startswith("a might win 3 % of its range by giving nothing")
    assert "or it is chance" in likely.outcome
    assert in_order([one, likely]) == (likely, one)
    assert replace(one, gain=Figure(-0.03, -0.04, -0.02)).outcome.startswith("a loses 3 % of its range by giving")
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


PARTNER = "kind: organisation, capacities: {cash: {level: 100 EUR, floor: 20 EUR, change: -10 EUR/week}}"


def ring(first: str = PARTNER) -> str:
    """Three who each live on the one before, and give nothing once they have less than half of their room."""
    give = "kind: benefit, worth: {cash: 2 EUR/kg}"
    flows = (
        f"""{a + b}: {{{give}, from: {a}, to: {b}, rate: "5 kg/week if {a}.headroom > 0.5 else 0 kg/week"}}"""
        for a, b in ("ab", "bc", "ca")
    )
    sides = f"a: {{{first}}}", f"b: {{{PARTNER}}}", f"c: {{{PARTNER}}}"
    return f"parties: {{{', '.join(sides)}}}\nflows: {{{', '.join(flows)}}}\n"


def test_in_a_ring_a_failure_takes_as_much_as_was_lost_first() -> None:
    file = relationship(ring(), time="time: {start: 2026-01-05, horizon: 40 weeks}\n")
    found = stress(file, runs=20, sections=("contagion",)).contagion
    assert found is not None
    assert found.radius == pytest.approx(1.0)
    assert [len(one.reached) for one in found.failures] == [2, 2, 2]
    assert "as much as was lost first" in found.says
    assert found.unattended is None


def test_who_cannot_speak_and_has_no_voice_is_named_where_most_rests_on_it() -> None:
    file = relationship(ring(PARTNER.replace("organisation", "living system")))
    found = stress(file, runs=20, sections=("contagion",)).contagion
    assert found is not None
    assert found.unattended is not None
    assert (found.unattended.party, found.unattended.unattended) == ("a", "no voice")
    assert "nobody speaks for it" in found.says


def test_how_far_a_failure_reaches_is_not_told_of_what_somebody_keeps() -> None:
    file = relationship(ring(PARTNER.replace("level: 100 EUR", "level: private to a, healthy: 100 EUR")))
    found = stress(file, runs=20, sections=("contagion",))
    json.dumps(found.to_json(), allow_nan=False)
    said = " ".join(row.says for row in found.rows("contagion"))
    assert "nan" not in said
    assert "cannot be told" in said


def test_where_the_structure_has_another_order_it_stands_beside_the_futures() -> None:
    """A gives nothing at the start and all that B lives on from the second day; C lives on little of B throughout.

    By the structure B pulls down C, a third of all, and A nobody. In motion B misses 10 a day from the fifth of twelve
    days on, all 80 of its room, and C 2 a day from when B is at its floor.
    """
    file = relationship(
        """
        parties:
          a: {kind: person, capacities: {cash: {level: 100 EUR, floor: 20 EUR}}}
          b: {kind: person, capacities: {cash: {level: 100 EUR, floor: 20 EUR, change: -10 EUR/day * step(1 day)}}}
          c: {kind: person, capacities: {cash: {level: 100 EUR, floor: 20 EUR, change: -2 EUR/day}}}
        flows:
          early: {kind: benefit, from: a, to: b, rate: "10 EUR/day * step(1 day) if a.headroom > 0.5 else 0 EUR/day",
            worth: {cash: 1}}
          later: {kind: benefit, from: b, to: c, rate: "2 EUR/day if b.headroom > 0.1 else 0 EUR/day", worth: {cash: 1}}
        """,
        time="time: {start: 2026-01-05, horizon: 12 days, step: 1 day}\n",
    )
    found = stress(file, runs=20, sections=("contagion",))
    assert found.contagion is not None
    assert found.contagion.by_structure == pytest.approx({"b": 1 / 3, "a": 0, "c": 0})
    assert [one.party for one in found.contagion.failures] == ["a", "b", "c"]
    assert "By the structure alone the order would be b, a and c; futures decide." in found.contagion.says
    head, rows = table_of(found, "contagion")
    assert (head[-1], [row[-1].replace("\u202f", " ") for row in rows]) == ("By structure", ["0 %", "33 %", "0 %"])
    assert found.to_json()["contagion"]["structure"]["failures"][0]["in_doubt"] == pytest.approx(1 / 3)


def test_where_structure_and_futures_have_one_order_only_the_futures_are_told() -> None:
    found = stress(relationship(ring()), runs=20, sections=("contagion",))
    assert found.contagion is not None
    assert found.contagion.structure is not None
    assert found.contagion.by_structure == {}
    assert "structure" not in found.contagion.says
    assert table_of(found, "contagion")[0] == ("Fails", "Directly", "In all", "Hit hardest", "Lacks")


def test_one_party_alone_fails_where_only_it_is_asked_of() -> None:
    found = stress(relationship(ring()), runs=20, party="b", sections=("contagion",)).contagion
    assert found is not None
    assert [one.party for one in found.failures] == ["b"]
    assert found.radius is None


def test_between_two_sides_nothing_is_said_of_a_third() -> None:
    found = stress(read_case("neighbours/one_time_purchase.yaml"), runs=20, sections=("contagion",))
    assert found.rows("contagion") == ()
    assert set(found.to_json()["contagion"]) == {"failures", "radius", "structure", "leading", "unowned", "says"}


def test_of_a_large_group_the_member_that_reaches_furthest_is_named() -> None:
    count = 250
    chain = Table(("above", "below"), tuple((f"w{k}", f"w{k + 1}") for k in range(1, 11)), tuple(range(10)))
    names = Table(("well",), tuple((f"w{k}",) for k in range(count)), tuple(range(count)))
    file = relationship(
        """
        parties:
          wells:
            kind: group
            members: {file: wells.csv, member: well}
            capacities: {water: {level: 1, floor: 0.5}}
        flows:
          spring:
            kind: benefit
            from: wells
            to: wells
            along: {file: pipes.csv, from: above, to: below}
            rate: 0.01 per day
            worth: {water: 1}
        """,
        tables={"wells.csv": names, "pipes.csv": chain},
    )
    found = stress(file, runs=20, sections=("contagion",))
    assert found.contagion is not None
    assert found.contagion.failures == ()
    # Eleven wells one below the other: the first feeds one, and ten lie below it.
    assert found.contagion.says == "Of the members, the failure of w1 reaches furthest: 1 directly and 10 in all."
    assert [row.says for row in found.rows("contagion")] == [found.contagion.says]
