"""What holds for every chart: it is in the list, says in words what it shows, and draws whatever it is given."""

from __future__ import annotations

import importlib
import inspect
import math
import pkgutil
import re
import xml.etree.ElementTree as ElementTree
from datetime import date
from typing import Any

import pytest

from lichen.show import charts
from lichen.show.charts import (
    balance_bars,
    bands,
    before_after,
    blows,
    departures,
    dominance,
    fan,
    limits,
    series,
    shares,
)

DAY = date(2026, 1, 1)
SIDE = bands.Side(title="A <b>", turn=0, days=(0.0, 9.0), middle=(1.0, 0.5), low=(1.0, 0.2), high=(1.0, 0.8))
EXAMPLES: dict[str, list[Any]] = {
    "balance_bars": [
        balance_bars.BalanceBars(title="t", groups=()),
        balance_bars.BalanceBars(
            title="t",
            groups=(
                balance_bars.Group(
                    title="A <b>",
                    bars=(
                        balance_bars.Bar(word="received", size=0.0, figure="0"),
                        balance_bars.Bar(word="borne", size=None, figure="not known"),
                    ),
                ),
            ),
        ),
    ],
    "bands": [
        bands.Bands(title="t", start=DAY, days=9.0, sides=()),
        bands.Bands(title="t", start=DAY, days=9.0, sides=(SIDE,), gaps=((1.0, 2.0),)),
        bands.Bands(
            title="t",
            start=DAY,
            days=9.0,
            sides=(bands.Side(title="x" * 90, turn=7, days=(0.0,), middle=(-1e9,), low=(math.nan,), high=(1e9,)),),
            notes=(bands.Note(says="y" * 200, day=9.0, room=-1e9, turn=7),),
        ),
    ],
    "before_after": [
        before_after.BeforeAfter(title="t", moves=()),
        before_after.BeforeAfter(title="t", moves=(before_after.Move(title="A <b>", before=0.0, after=0.0),)),
    ],
    "blows": [
        blows.Blows(title="t", blows=()),
        blows.Blows(
            title="t",
            blows=(
                blows.Blow(title="A <b>" * 30, hit="B", lost=24.7, low=20.0, high=30.0, falls=1.0, anyway=0.0),
                blows.Blow(title="C", hit="D" * 90, lost=-9.0, low=-9.5, high=-8.5, falls=0.04, anyway=0.04),
                blows.Blow(title="E", hit="F", lost=0.0, low=0.0, high=0.0, falls=0.0, anyway=0.0),
            ),
        ),
    ],
    "departures": [
        departures.Departures(title="t", start=DAY, days=9.0, exits=()),
        departures.Departures(
            title="t",
            start=DAY,
            days=9.0,
            exits=(
                departures.Departure(
                    leaves="A <b>" * 60,
                    day=0.0,
                    notice=900.0,
                    replaced=math.inf,
                    hit="B",
                    floor=None,
                    falls=0.0,
                    anyway=0.0,
                ),
                departures.Departure(
                    leaves="C", day=9.0, notice=0.0, replaced=None, hit="D", floor=0.0, falls=1.0, anyway=0.0
                ),
                departures.Departure(
                    leaves="E", day=3.0, notice=2.0, replaced=4.0, hit="F", floor=1.0, falls=0.5, anyway=0.1
                ),
            ),
        ),
    ],
    "fan": [
        fan.Fan(title="t", unit="", start=DAY, days=(0.0,), courses=()),
        fan.Fan(
            title="t",
            unit="<b>",
            start=DAY,
            days=(0.0, 9.0),
            courses=(
                fan.Course(title="A <b>", turn=0, bounds=((0.0, -1e9),) * 5),
                fan.Course(title="x" * 90, turn=7, bounds=((math.nan, 1.0),) * 5),
            ),
        ),
        fan.Fan(
            title="t",
            unit="",
            start=DAY,
            days=(0.0, 9.0),
            courses=(fan.Course(title="A", turn=1, bounds=((1.0, 1.0),) * 5),),
            floor=0.0,
        ),
    ],
    "dominance": [
        dominance.Dominance(title="t", start=DAY, days=9.0, strands=()),
        dominance.Dominance(
            title="t",
            start=DAY,
            days=900.0,
            strands=(
                dominance.Strand(title="A <b>", shares=(0.6, -0.5, 0.0)),
                dominance.Strand(title="y" * 200, shares=(-0.4, -0.5, math.nan)),
            ),
        ),
    ],
    "limits": [
        limits.Limits(title="t", low=-1, high=1, marks=((0.0, "limit"),), bad="below", rows=()),
        limits.Limits(
            title="t",
            low=0,
            high=1,
            marks=((0.25, "watch"), (0.5, "alarm")),
            bad="above",
            rows=(
                limits.Row(title="A <b>", status="broken", value=7.0, low=-3.0, high=9.0),
                limits.Row(title="B", status="cannot tell", value=None),
            ),
        ),
    ],
    "series": [
        series.Series(title="t", unit="EUR", moments=(series.Moment(start=DAY, end=DAY, known=False),)),
        series.Series(
            title="t",
            unit="<b>",
            level="level",
            came="came",
            went="went",
            moments=(
                series.Moment(start=DAY, end=date(2026, 4, 1), level=-5.0, came=1e12, went=0.0),
                series.Moment(start=date(2026, 4, 1), end=date(2026, 7, 1), known=False),
            ),
        ),
    ],
    "shares": [
        shares.Shares(title="t", parts=()),
        shares.Shares(title="t", parts=(("A <b>" * 30, 0.0), ("B", 0.0)), others=3),
    ],
}
DRAWN = [(name, value, width) for name, values in EXAMPLES.items() for value in values for width in (330, 720)]


def test_the_list_names_every_chart_of_the_folder() -> None:
    found = {one.name for one in pkgutil.iter_modules(charts.__path__)} - {"drawing"}
    assert set(charts.CHARTS) == found == set(EXAMPLES)


@pytest.mark.parametrize("name", charts.CHARTS)
def test_a_chart_draws_and_describes(name: str) -> None:
    module = importlib.import_module(f"lichen.show.charts.{name}")
    assert list(inspect.signature(module.draw).parameters)[1:3] == ["width", "name"]
    assert len(inspect.signature(module.describe).parameters) == 1


@pytest.mark.parametrize(("name", "value", "width"), DRAWN)
def test_whatever_it_is_given_it_is_well_formed_and_has_a_title_and_words(name: str, value: Any, width: int) -> None:
    module = importlib.import_module(f"lichen.show.charts.{name}")
    drawn = ElementTree.fromstring(module.draw(value, width, "one"))
    space = "{http://www.w3.org/2000/svg}"
    title, words = drawn.find(f"{space}title"), drawn.find(f"{space}desc")
    assert title is not None
    assert title.text == "t"
    assert words is not None
    assert (words.text or "") == module.describe(value)
    assert drawn.get("aria-labelledby") == "one-title one-desc"
    assert not re.search(r"\b(nan|inf)\b", module.draw(value, width, "one"))
