"""Loops in words and as a chart: who passes what on to whom, how much of the change that is, and until when."""

from __future__ import annotations

import html
from dataclasses import replace
from itertools import pairwise

import pytest

from lichen.relationship.relationship import Relationship
from lichen.show.charts.dominance import describe, draw
from lichen.show.loops import dominance, loop_sentences
from lichen.show.page import review_page
from lichen.simulation.loops.loops import Loops, find_loops
from tests.show.build import judged
from tests.simulation.build import relationship

YEAR = "time: {start: 2026-01-01, horizon: 3 years, step: 1 month}\n"
TWO = """\
parties:
  farm: {name: Fen Farms, kind: organisation, capacities: {good_soil: {level: 50, floor: 10, change: %s}}}
  hives: {kind: living system, capacities: {bees: {level: 40, floor: 10, change: -1 %%/month * hives.bees}}}
flows:
  nectar: {kind: benefit, from: farm, to: hives, rate: 0.2 per month * farm.good_soil, worth: {bees: 1}}
  pollen_carried: {kind: benefit, from: hives, to: farm, rate: 0.2 per month * hives.bees, worth: {good_soil: 1}}
"""


def told(text: str) -> tuple[list[str], Loops, Relationship]:
    found = relationship(text, time=YEAR)
    loops = find_loops(found)
    assert isinstance(loops, Loops)
    return [said.replace("\u202f", " ") for said in loop_sentences(loops, found)], loops, found


def test_a_loop_is_told_by_what_it_passes_and_how_much_it_carries() -> None:
    """Both grow by 0.19 a month, so scores tend to gain/rate**length: 0.2**2/0.19**2 beside twice -0.01/0.19.

    What grows by 0.19 in a step of a month doubles in ln 2/ln 1.19 of them, 17.3 weeks: told without the tenth.
    """
    said, _, _ = told(TWO % "-1 %/month * farm.good_soil")
    assert said == [
        "Fen Farms’ good soil, then nectar, then hives’ bees, then pollen carried: 91 % of the change throughout, "
        "driving it on.",
        "At the end a small change doubles in 17 weeks; between the parties that hangs most on how hives’ bees "
        "answers to Fen Farms’ good soil.",
        "A lasting change that goes once round Fen Farms’ good soil, then nectar, then hives’ bees, then pollen "
        "carried comes back as much as it was, or more: nothing in this loop ends it.",
    ]


@pytest.mark.parametrize("late", ["", ", arrives_after: 2 months"])
def test_what_comes_back_of_a_lasting_change_is_told(late: str) -> None:
    """Both fade by 40 % a month and give 0.2 of themselves: 0.2**2/0.4**2 comes back, however late: 1/(1 - 0.25)."""
    found = TWO.replace("-1 %%", "-40 %%").replace("worth: {bees: 1}", "worth: {bees: 1}" + late)
    said, loops, _ = told(found % "-40 %/month * farm.good_soil")
    assert isinstance(loops, Loops)
    assert loops.rest is not None
    assert loops.rest.gain == pytest.approx(0.25)
    assert said[-1].endswith("comes back as 25 % of itself, so that by this loop alone it ends at 1.33 times.")


def test_what_works_against_itself_ends_smaller() -> None:
    """Nectar falls with the soil that pollen makes: -0.2**2/0.4**2, so 1/1.25; nothing is left where nothing fades."""
    against = TWO.replace("0.2 per month * farm.good_soil", "20 per month - 0.2 per month * farm.good_soil")
    said, _, _ = told(against.replace("-1 %%", "-40 %%") % "-40 %/month * farm.good_soil")
    assert said[-1].endswith(
        "comes back as 25 % of itself against itself, so that by this loop alone it ends at 0.8 times."
    )
    slow = against.replace("20 per", "2 per").replace("0.2 per", "0.02 per").replace("-1 %%", "0 %%")
    said, _, _ = told(slow % "0 %/month * farm.good_soil")
    assert said[-1].endswith("comes back against itself until nothing is left of it.")


def test_a_change_of_lead_is_told_with_its_month_and_what_comes_back_between_parties_too() -> None:
    own = "0.3 per month * farm.good_soil - 0.002 per month * farm.good_soil * farm.good_soil"
    said, _, _ = told(TWO.replace("0.2 per", "0.02 per") % f'"{own}"')
    assert said[0].startswith("Fen Farms’ good soil by itself: ")
    assert said[0].endswith("of the change until month 2, driving it on.")
    assert said[1].startswith("Fen Farms’ good soil by itself: ")
    assert "of the change from month 2 until month " in said[1]
    assert said[1].endswith("holding it back.")
    assert said[3].startswith("Fen Farms’ good soil by itself: ")
    assert said[3].endswith("of the change from month 15 on, holding it back.")
    assert said[4].startswith("Between the parties the most comes back through Fen Farms’ good soil, then nectar")


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((0, 12, 200), ["until day 12", "from day 12 on"]),
        ((0, 50, 60, 200), ["until day 50", "from day 50 until day 60", "from day 60 on"]),
        ((0, 61, 200), ["until month 2", "from month 2 on"]),
        ((0, 200), ["throughout"]),
    ],
)
def test_periods_that_would_read_alike_in_months_are_told_in_days(ends: tuple[int, ...], said: list[str]) -> None:
    """Of 200 days by the day: the first twelve would be month 0, the fiftieth and the sixtieth both month 2."""
    time = "time: {start: 2026-01-01, horizon: 200 days, step: 1 day}\n"
    found = relationship(TWO % "-1 %/month * farm.good_soil", time=time)
    loops = find_loops(found)
    assert isinstance(loops, Loops)
    lead = loops.periods[0][0]
    periods = tuple(replace(lead, first=first, after=after) for first, after in pairwise(ends))
    told = list(loop_sentences(replace(loops, periods=(periods,)), found))[: len(said)]
    assert [one.partition(" of the change ")[2].partition(",")[0] for one in told] == said


def test_where_there_is_no_loop_or_no_change_that_is_said() -> None:
    alone = TWO.replace("* farm.good_soil, worth", ", worth").replace("* hives.bees, worth", ", worth")
    said, _, found = told(alone.replace("change: -1 %%/month * hives.bees", "valued_at: 1 EUR") % "1 per month")
    assert said == ["Nothing that changes here comes back to itself: there is no loop."]
    rests = TWO.replace("0.2 per", "0 per").replace("-1 %%", "0 %%") % "0 %/month * farm.good_soil"
    assert told(rests)[0] == ["Nothing changes with the world at its mean, so no loop carries anything."]
    assert list(loop_sentences("it is too large", found)) == [
        "Which loops carry the change cannot be told: it is too large."
    ]


def test_the_chart_shows_the_shares_that_the_words_tell() -> None:
    said, loops, found = told(TWO % "-1 %/month * farm.good_soil")
    (drawn,) = dominance(loops, found)
    assert drawn.days == pytest.approx(36 * 365.25 / 12)
    assert [len(strand.shares) for strand in drawn.strands] == [36] * 3
    assert sum(strand.mean for strand in drawn.strands) == pytest.approx(1)
    assert drawn.strands[0].title == said[0].partition(":")[0]
    assert (
        "A: 91\u202f% in the mean: Fen Farms’ good soil, then nectar, then hives’ bees, then pollen carried."
        in describe(drawn)
    )
    svg = str(draw(drawn, 700))
    assert svg.count('class="band side-0"') == 2  # the area and its key
    assert ">A<" in svg


def test_the_review_page_says_what_comes_back() -> None:
    made = judged()
    page = review_page(made)
    said = list(loop_sentences(made.loops, made.relationship))
    assert "What comes back, and through whom" in page
    assert said
    assert all(html.escape(line, quote=False) in page for line in said)
