"""What `lichen stress` shows of one small file whose figures are worked out by hand: table cells, sentences, the page.

By weeks, with a range of 80 above a floor of 20. Each gives the other 1 a week that costs 1 and is worth 2, so a wins 1
a week; b spends 10 a week besides and falls below its floor in week 9, whatever anybody does. A loss of 1 a week from
week m to the end in week 40 is in the mean from then on (40 - m) / 2 / 80 of the range: 25 % from the start, 17 % from
week 13 on, a third, and 12.5 % from half on, which is written to the even digit, 12 %.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lichen.show.page.stress import stress_page
from lichen.show.stress_tables import felt, table_of
from lichen.show.stressed import sentences, stress_text
from lichen.stress.stress import SECTIONS, Stress, stress
from tests.simulation.build import relationship

TIME = "time: {start: 2026-01-05, horizon: 40 weeks, step: 1 week}\n"
TWO = """\
parties:
  a: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 20 EUR}}}
  b: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 20 EUR, change: "-10 EUR/week"}}}
flows:
  ab: {kind: benefit, from: a, to: b, rate: 1 EUR/week, cost: {cash: 1}, worth: {cash: 2}}
  ba: {kind: benefit, from: b, to: a, rate: 1 EUR/week, cost: {cash: 1}, worth: {cash: 2}}
"""


@pytest.fixture(scope="module")
def found() -> Stress:
    return stress(relationship(TWO, time=TIME), runs=20)


def plainly(words: str) -> str:
    return words.replace("\u202f", " ")


def table(found: Stress, section: str) -> list[tuple[str, ...]]:
    head, rows = table_of(found, section)
    assert all(len(row) == len(head) for row in rows)
    return [tuple(map(plainly, row)) for row in rows]


def test_who_falls_anyway_is_not_said_to_fall_because_somebody_leaves(found: Stress) -> None:
    assert table(found, "exits") == [
        ("a", "start", "b", "25 %", "–", "0 %", "–", "never"),
        ("a", "week 14", "b", "17 %", "–", "0 %", "–", "never"),
        ("a", "month 5", "b", "12 %", "–", "0 %", "–", "never"),
        ("b", "start", "a", "25 %", "–", "0 %", "–", "never"),
        ("b", "week 14", "a", "17 %", "–", "0 %", "–", "never"),
        ("b", "month 5", "a", "12 %", "–", "0 %", "–", "never"),
    ]
    assert sentences(found, "exits") == [
        "If a leaves at the start, b loses 25 % of its range, and falls below its floor in every future anyway. "
        "a loses 25 % of its range.",
        "If b leaves at the start, a loses 25 % of its range. "
        "b loses 25 % of its range, and falls below its floor in every future anyway.",
    ]


def test_a_blow_that_nobody_else_feels_hits_nobody(found: Stress) -> None:
    assert table(found, "shocks") == [
        ("a.cash", "b", "0 %", "–", "0 %", "–", "–"),
        ("b.cash", "a", "0 %", "–", "0 %", "–", "–"),
    ]
    assert felt(found, "shocks") == [False, False]
    assert "2 that nobody else feels." in stress_text(found)


def test_cheating_is_told_of_each_side_with_what_harms_the_other_and_what_happens_anyway(found: Stress) -> None:
    assert sorted(table(found, "cheating")[:2]) == [
        ("a", "nothing", "start", "25 %", "b", "50 %", "0 %", "never"),
        ("b", "nothing", "start", "25 %", "a", "50 %", "0 %", "never"),
    ]
    assert sorted(sentences(found, "cheating")) == [
        "a wins 25 % of its range by giving nothing and receiving as before from the start on; b loses 50 % of its "
        "range, and falls below its floor in every future anyway; nothing notices it.",
        "b wins 25 % of its range by giving nothing and receiving as before from the start on; a loses 50 % of its "
        "range; nothing notices it.",
    ]


def test_a_word_is_told_with_what_is_at_stake(found: Stress) -> None:
    """13 of the last 40 weeks bring 13 / 80; 13.04 weeks of going on 13.04 / 80 beside an exit. b lives 9 weeks, which
    makes 365.25 / 63 + 0.1 ends a year: a quarter later counts exp(-5.9476 / 4) = 0.2261, so 0.0476 are at stake.
    """
    said = "gains 16 % of its range by cheating until the next review, 13 weeks, and has 4.8 % to lose"
    assert sorted(sentences(found, "enforcement")) == [
        f"{name} {said}: its word does not keep itself." for name in "ab"
    ]


def test_goodwill_is_told_with_its_cost_a_month(found: Stress) -> None:
    """1 a week is 365.25 / 12 / 7 = 4.348 a month."""
    said = "Without goodwill (`ab` and `ba`, which cost a 4.35 EUR and b 4.35 EUR a month) a loses 25 % of its range."
    assert sentences(found, "goodwill") == [said]


def test_a_cut_flow_brings_nobody_down_who_falls_anyway(found: Stress) -> None:
    assert sorted(table(found, "links")) == [
        ("ab", "all", "b", "50 %", "–", "0 %", "–"),
        ("ab", "half", "b", "25 %", "–", "0 %", "–"),
        ("ba", "all", "a", "50 %", "–", "0 %", "–"),
        ("ba", "half", "a", "25 %", "–", "0 %", "–"),
    ]


def test_an_imbalance_does_no_harm_to_who_falls_anyway_and_that_is_said(found: Stress) -> None:
    """From week 9, the ninth of 40, to the end: 31 / 2 / 80."""
    assert table(found, "rehearsal")[0] == ("ab", "b", "100 %", "100 %", "never", "never", "no harm")
    assert sentences(found, "rehearsal")[0] == (
        "If `ab` halves in week 10 and nobody reviews the terms, b loses 19 % of its range, and falls below its floor "
        "in every future anyway without reviews. No side falls because of it."
    )


def test_who_is_struck_to_its_floor_is_not_said_to_fall_with_itself(found: Stress) -> None:
    """Struck to its floor in week 13, a gives 1 a week and gets nothing from b, which has stopped: so a falls."""
    struck = next(one for one in found.at_floor or () if one.after == "a")
    assert [fate.more.value for fate in struck.fates] == [1.0, 0.0]
    assert sentences(found, "at_floor") == [
        "Whether a side stops giving at its floor makes no difference to the others, as it is and after a blow to any "
        "side."
    ]


def test_the_screen_explains_its_heads_and_keeps_to_its_width(found: Stress) -> None:
    text = plainly(stress_text(found))
    assert max(map(len, text.splitlines())) <= 80
    assert set(SECTIONS.values()) <= set(text.splitlines())
    assert "reaches its floor only because of what is tried." in " ".join(text.split())


def test_the_page_has_every_figure_and_its_pictures_say_who_falls_anyway(found: Stress) -> None:
    page = plainly(stress_page(found))
    said = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "a leaves on 5 January 2026: b falls below its floor in every future anyway." in said
    assert "b leaves on 5 January 2026: a stays above its floor." in said
    assert "ab: b loses 50 % of its range, below its floor in every future anyway." in said
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in re.findall(r"<tr>(.*?)</tr>", page)]
    assert ["a leaves at the start", "b", "25 %", "", "–", "100 %", "84 % to 100 %", "100 %", "–"] in cells
    head = [
        "What is tried",
        "Side",
        "Lost",
        "From … to",
        "If hard",
        "Below floor",
        "From … to",
        "Anyway",
        "After",
    ]
    assert head in cells


def test_of_a_side_that_cannot_choose_it_is_not_said_that_nobody_can() -> None:
    file = relationship(TWO.replace("a: {kind: organisation", "a: {kind: living system"), time=TIME)
    tried = stress(file, runs=20, party="a", sections=("exits", "cheating", "enforcement", "responses"))
    assert sentences(tried, "exits") == ["`a` cannot leave."]
    assert sentences(tried, "cheating") == ["`a` cannot choose, or gives nothing that could be held back."]
    assert sentences(tried, "enforcement")[0].startswith("`a` cannot choose or gives nothing, or")
    assert sentences(tried, "responses") == ["`a` cannot choose."]
    assert sentences(replace(tried, alone=None), "exits") == ["Nobody here can leave."]
