"""What a test says on the screen and on its page: short, with what was left out, and nothing that nobody feels."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from lichen.check.measures.figure import Figure, exact
from lichen.check.measures.worth import OWN_RANGE, Valuation
from lichen.show.page.stress import stress_page
from lichen.show.stress_tables import felt, foremost, table_of, way
from lichen.show.stressed import sentences, stress_text
from lichen.stress.at_floor import AtFloor, Fate, telling
from lichen.stress.cheating import Deviation
from lichen.stress.effects import Effect, InHardTimes
from lichen.stress.enforcement import SelfEnforcement, keeping
from lichen.stress.exits import Exit, Fallback
from lichen.stress.left_out import LeftOut
from lichen.stress.shocks import Together
from lichen.stress.stress import Stress, stress
from tests.stress.test_many_parties import star

EFFECT = Effect(
    party="mill",
    title="The mill",
    lost=exact(0.2),
    falls=exact(0.1),
    anyway=0.1,
    more=exact(0.0),
    runway_days=None,
    hard=None,
)


def test_who_loses_more_than_its_range_and_does_not_fall_loses_what_lies_beyond_it() -> None:
    rich = replace(EFFECT, lost=exact(3.1), falls=exact(0.0), anyway=0.0)
    assert rich.says == "The mill loses 310 % of its range, out of what it has beyond it: it stays above its floor"
    assert "beyond" not in replace(rich, lost=exact(0.9)).says
    assert "beyond" not in replace(rich, falls=exact(0.4), anyway=0.4).says


def test_who_wins_by_an_exit_wins_by_its_replacements_too() -> None:
    back = Fallback(party="mill", title="The mill", days=30.4375, replaced=0.9, without=())
    left = Exit(
        party="farm", title="The farm", day=0.0, notice_days=0.0, knock_on=(), several=0.0, fallbacks=(back,),
        effects=(replace(EFFECT, lost=exact(-0.36), falls=exact(0.0), anyway=0.0),),
    )  # fmt: skip
    assert left.says.startswith(
        "If The farm leaves at the start, The mill wins 36 % of its range. Its replacements run"
    )
    none = replace(left, fallbacks=(replace(back, days=inf, replaced=0.0, without=("grain",)),))
    assert none.says == "If The farm leaves at the start, The mill wins 36 % of its range."


@pytest.fixture(scope="module")
def of_many() -> Stress:
    return stress(star(20), runs=20, sections=("exits", "links", "responses"))


def test_a_screen_of_many_sides_is_short_and_says_what_was_left_out(of_many: Stress) -> None:
    text = stress_text(of_many)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert len(text.splitlines()) < 80
    assert "9 other sides were left out" in text
    assert "`--party NAME`" in text
    assert "hub" in table_of(of_many, "exits")[1][0]


def test_the_page_says_it_too(of_many: Stress) -> None:
    assert "9 other sides were left out" in stress_page(of_many)


def test_what_stays_fixed_in_a_best_response_is_said(of_many: Stress) -> None:
    first = sentences(of_many, "responses")[0]
    assert "what stays as it is: what the others give" in first


def test_of_more_rows_than_there_is_room_for_everybody_has_the_first() -> None:
    tried = ["a1", "a2", "a3", "b1", "a4", "b2", "c1"]
    assert foremost(tried, 9, doer=lambda one: one[0]) == tried
    assert foremost(tried, 6, doer=lambda one: one[0]) == ["a1", "a2", "b1", "b2", "c1"]
    assert foremost(tried, 3, doer=lambda one: one[0]) == ["a1", "b1", "c1"]


def test_what_nobody_else_feels_is_counted_and_not_shown() -> None:
    found = stress(star(2), runs=20, party="s0", sections=("shocks",))
    assert felt(found, "shocks") == [False]
    assert "1 that nobody else feels." in stress_text(found)
    assert EFFECT.is_felt
    assert not replace(EFFECT, lost=exact(0.001)).is_felt


def test_a_way_to_cheat_is_told_by_what_is_given() -> None:
    deed = Deviation(by=("a",), way="withhold", amount=0.25, begins=0.0, flows=("ab",))
    assert way(deed) == "25\u202f% less"
    assert way(replace(deed, way="free_ride", amount=1.0)) == "nothing"
    assert way(replace(deed, way="delay", amount=28.0)).endswith("late")


def test_hard_times_are_told_where_they_are_harder() -> None:
    usual = InHardTimes(lost=exact(0.25), falls=exact(0.1), anyway=0.1)
    assert replace(EFFECT, hard=usual).says_when_hard == ""
    deeper = replace(EFFECT, hard=replace(usual, lost=exact(0.5)))
    assert (
        deeper.says_when_hard
        == "In the 1 of 20 futures that are hardest for The mill anyway, it loses 50 % of its range."
    )
    falling = replace(EFFECT, hard=replace(usual, falls=exact(0.9)))
    assert falling.says_when_hard.endswith("it falls below its floor in 90 of 100 futures of these.")
    # Who falls in hard times anyway does not fall because of what is tried.
    assert replace(EFFECT, hard=InHardTimes(lost=exact(0.2), falls=exact(1.0), anyway=1.0)).says_when_hard == ""


def enforced(title: str, gain: float, slack: float) -> SelfEnforcement:
    return SelfEnforcement(
        party=title,
        title=title,
        gain=exact(gain),
        worth=exact(0.1),
        period_days=91.0,
        discount=0.05,
        hazard=0.1,
        delta=0.9,
        slack=exact(slack),
    )


def test_whose_word_does_not_keep_itself_comes_first_and_the_others_are_told_together() -> None:
    idle = [enforced(f"f{k}", 0.0, 5.0) for k in range(7)]
    said = keeping([*idle, enforced("keeper", 0.2, 1.0), enforced("breaker", 0.2, -1.0)])
    assert len(said) == 3
    assert said[0].startswith("breaker gains 20 % of its range")
    assert said[2].startswith("f0, f1, f2, f3 and 3 more gain nothing by cheating until the next review, 13 weeks,")
    outsider = replace(enforced("outsider", 0.0, 5.0), worth=exact(-0.1))
    assert keeping([*idle, outsider])[0].endswith("but would be better off outside.")


def test_the_cost_of_goodwill_is_a_share_where_no_price_is_known() -> None:
    valued = Valuation(factors={}, unit=OWN_RANGE, common=False, units={"mill": "EUR"})
    assert valued.said("town", "The town", 0.0164) == "1.6 % of its own range"
    assert valued.said("mill", "Mill", 125.0) == "125 EUR"


def test_worst_times_of_two_are_told_in_cases() -> None:
    pair = Together(
        one="a", other="b", titles=("A", "B"), limit="worst twentieth", both=Figure(0.02, 0.01, 0.03), expected=0.0025
    )
    assert pair.says == (
        "When times are worst for A, 1 future of 20, they are for B too in 40 of 100 cases: more than chance has it, 5."
    )


def fate(party: str, more: float) -> Fate:
    return Fate(party=party, title=party, continues=exact(0.1), stops=exact(0.1 + more), more=exact(more))


def test_a_blow_that_adds_nothing_to_stopping_at_the_floor_is_not_told_again() -> None:
    usual = AtFloor(after=None, title=None, day=0.0, fates=(fate("a", 0.4), fate("b", 0.0)))
    same = AtFloor(after="b", title="b", day=9.0, fates=(fate("a", 0.41), fate("b", 0.0)))
    worse = AtFloor(after="c", title="c", day=9.0, fates=(fate("a", 0.4), fate("b", 0.3)))
    assert telling([usual, same, worse]) == [usual, worse]


def test_what_was_left_out_is_said_in_the_right_number() -> None:
    assert LeftOut().says == ""
    assert LeftOut(sides=1).says.startswith("Asked of those on whom the others live most; 1 other side was left out.")
    assert LeftOut(flows=2).says.startswith("Not tried: 2 of the flows to cut, on which least hangs.")
