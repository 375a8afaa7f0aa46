"""The values that charts draw, not the pixels: lengths and places in proportion, and what is said in words."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ElementTree
from datetime import date

import pytest

from lichen.show import markup
from lichen.show.charts import (
    balance_bars,
    bands,
    before_after,
    blows,
    departures,
    drawing,
    fan,
    limits,
    series,
    shares,
)
from lichen.show.figures import SPACE


def boxes(svg: str, look: str) -> list[dict[str, str]]:
    """The attributes of the boxes with this look, in order."""
    return [one.attrib for one in ElementTree.fromstring(svg).iter() if look in one.get("class", "").split()]


def test_bars_are_as_long_as_what_they_count() -> None:
    bars = (
        balance_bars.Bar(word="received", size=3.0, figure="3", look="received"),
        balance_bars.Bar(word="borne", size=4.0, figure="4", look="given"),
    )
    value = balance_bars.BalanceBars(title="t", groups=(balance_bars.Group(title="Alder", bars=bars),))
    svg = balance_bars.draw(value, 700)
    received, given = (float(boxes(svg, look)[0]["width"]) for look in ("received", "given"))
    assert received / given == pytest.approx(3 / 4, abs=1e-3)


def test_what_the_record_does_not_cover_is_hatched_and_said() -> None:
    bar = balance_bars.Bar(word="recorded", size=2.0, figure="2", look="received", covered=0.75)
    value = balance_bars.BalanceBars(title="t", groups=(balance_bars.Group(title="Alder", bars=(bar,)),))
    svg = balance_bars.draw(value, 700, "one")
    hatched = [one.attrib for one in ElementTree.fromstring(svg).iter() if one.get("fill") == "url(#one-hatch)"]
    assert float(hatched[0]["width"]) / float(boxes(svg, "received")[0]["width"]) == pytest.approx(0.25, abs=1e-2)
    assert f"75{SPACE}% covered by the record" in balance_bars.describe(value)


def test_the_worst_year_lies_below_the_floor_line_and_a_gap_is_hatched() -> None:
    side = bands.Side(title="Alder", turn=0, days=(0.0, 100.0), middle=(1.0, -0.5), low=(1.0, -0.8), high=(1.0, -0.2))
    value = bands.Bands(title="t", start=date(2026, 1, 1), days=100.0, sides=(side,), gaps=((20.0, 30.0),))
    svg = bands.draw(value, 700, "one")
    floor = float(boxes(svg, "floor")[0]["y1"])
    start, end = re.findall(r"[ML]([\d.]+) ([\d.]+)", boxes(svg, "middle")[0]["d"])
    assert float(start[1]) < floor < float(end[1])
    assert "no record" in svg
    assert f"−50{SPACE}% at the end" in bands.describe(value)


def test_a_line_that_leaves_the_chart_says_where_it_ends() -> None:
    side = bands.Side(title="Alder", turn=0, days=(0.0, 100.0), middle=(1.0, -2.84), low=(1.0, -3.0), high=(1.0, -2.0))
    svg = bands.draw(bands.Bands(title="t", start=date(2026, 1, 1), days=100.0, sides=(side,)), 700)
    assert f"↓ −284{SPACE}%" in svg


def test_a_finding_past_its_limit_lies_on_the_hatched_side() -> None:
    rows = (
        limits.Row(title="A", status="broken", value=-0.5, low=-0.6, high=-0.4),
        limits.Row(title="B", status="holds", value=0.5),
    )
    value = limits.Limits(title="t", low=-1, high=1, marks=((0.0, "limit"),), bad="below", rows=rows)
    svg = limits.draw(value, 700)
    limit = float(boxes(svg, "floor")[0]["x1"])
    square = re.match(r"M([\d.]+)", boxes(svg, "broken")[1]["d"])
    assert square is not None
    assert float(square[1]) < limit < float(boxes(svg, "holds")[0]["cx"])
    assert limits.describe(value) == "limit at 0. A: −0.5, broken. B: 0.5, holds."


def test_what_came_stands_above_what_went_and_missing_periods_are_named() -> None:
    first, second, third = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)
    moments = (
        series.Moment(start=first, end=second, level=10.0, came=2.0, went=4.0),
        series.Moment(start=second, end=third, known=False),
    )
    value = series.Series(title="t", unit="colony", moments=moments, level="colonies", came="added", went="lost")
    svg = series.draw(value, 700)
    came, went = (boxes(svg, look)[0] for look in ("came", "went"))
    assert float(came["y"]) + float(came["height"]) == pytest.approx(float(went["y"]), abs=0.02)
    assert float(went["height"]) / float(came["height"]) == pytest.approx(2, abs=0.01)
    assert series.describe(value).endswith("Not recorded: Apr 2026.")


def test_shares_are_drawn_in_proportion_and_the_rest_is_one_bar() -> None:
    value = shares.Shares(title="t", parts=(("California", 0.5), ("Texas", 0.2)), others=3)
    widths = [float(box["width"]) for box in boxes(shares.draw(value, 700), "share")]
    assert [width / widths[0] for width in widths] == pytest.approx([1, 0.4, 0.6], abs=1e-3)
    assert shares.describe(value) == f"California 50{SPACE}%, Texas 20{SPACE}%, 3 others 30{SPACE}%."


def test_a_change_says_whether_it_is_better_or_worse() -> None:
    moves = (before_after.Move(title="A", before=-0.1, after=0.2), before_after.Move(title="B", before=0.3, after=0.1))
    value = before_after.BeforeAfter(title="t", moves=moves)
    assert before_after.describe(value) == "A: from −0.1 to 0.2, better. B: from 0.3 to 0.1, worse."
    svg = before_after.draw(value, 700)
    assert len(boxes(svg, "better")) == len(boxes(svg, "worse")) == 4


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [(0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]), (-1.0, 1.1, [-1.0, -0.5, 0.0, 0.5, 1.0]), (3.0, 3.0, [3.0])],
)
def test_ticks_are_round(low: float, high: float, found: list[float]) -> None:
    assert drawing.ticks(low, high) == pytest.approx(found)


def test_dates_on_an_axis_are_firsts_of_years_when_there_is_time_enough() -> None:
    assert list(drawing.calendar_ticks(date(2026, 6, 1), 800, 300)) == [(214.0, "2027"), (579.0, "2028")]


def test_what_leaves_a_chart_of_room_says_how_far_it_goes_on() -> None:
    ash = bands.Side(title="Ash", turn=0, days=(0.0, 9.0), middle=(1.0, 1.0), low=(1.0, -3.0), high=(1.0, 2.5))
    elm = bands.Side(title="Elm", turn=1, days=(0.0, 9.0), middle=(1.0, -1.5), low=(), high=())
    oak = bands.Side(title="Oak", turn=2, days=(0.0, 9.0), middle=(1.0, 0.5), low=(), high=())
    svg = bands.draw(bands.Bands(title="t", start=date(2026, 1, 1), days=9.0, sides=(ash, elm, oak)), 700)
    ends = re.findall(r"goes on to (\S+)\s% (.)", svg)
    assert ends == [("250", "↑"), ("−300", "↓"), ("−150", "↓")]


@pytest.mark.parametrize("width", [200, 389, 720])
@pytest.mark.parametrize("start", [date(2026, 1, 1), date(2026, 6, 30)])
def test_the_dates_of_an_axis_stand_apart_and_in_the_picture(start: date, width: int) -> None:
    drawn = str(markup.join(drawing.calendar_axis(start, 1095.0, drawing.Scale(0.0, 1095.0, 40, width), 10, 20)))
    ends = [
        (float(place) - drawing.width_of(said, 12) / 2, float(place) + drawing.width_of(said, 12) / 2)
        for place, said in re.findall(r'<text x="([\d.]+)"[^>]*>([^<]+)', drawn)
    ]
    assert len(ends) >= 2
    assert all(left > right for (_, right), (left, _) in itertools.pairwise(ends))
    assert ends[-1][1] <= width + 0.1


def test_labels_are_moved_apart_and_stay_in_their_order() -> None:
    assert drawing.spread([10.0, 12.0, 50.0], 15.0, 0.0, 100.0) == [10.0, 25.0, 50.0]
    assert drawing.spread([98.0, 99.0], 15.0, 0.0, 100.0) == [85.0, 100.0]


def test_a_text_that_does_not_fit_ends_in_an_ellipsis() -> None:
    assert drawing.wrapped("one two three four five", 60, 13, 2) == ["one two", "three …"]


def test_the_frame_that_cuts_lines_off_is_a_shape() -> None:
    # A clipPath that holds a group instead of a shape hides everything.
    side = bands.Side(title="Alder", turn=0, days=(0.0, 9.0), middle=(1.0, 0.5), low=(1.0, 0.2), high=(1.0, 0.8))
    svg = ElementTree.fromstring(
        bands.draw(bands.Bands(title="t", start=date(2026, 1, 1), days=9.0, sides=(side,)), 700)
    )
    frames = [one for one in svg.iter() if one.tag.endswith("clipPath")]
    assert [child.tag.rpartition("}")[2] for frame in frames for child in frame] == ["rect"]


HIT = blows.Blow(title="Frost", hit="Oak", lost=0.6, low=0.5, high=0.7, falls=1.0, anyway=0.25)
WON = blows.Blow(title="Rain", hit="Elm", lost=-0.12, low=-0.12, high=-0.12, falls=0.25, anyway=0.25)
FAR = blows.Blow(title="Fire", hit="Ash", lost=3.0, low=3.0, high=3.0, falls=0.25, anyway=0.0)


def test_a_blow_says_who_loses_and_who_wins_and_who_falls_anyway() -> None:
    assert blows.describe(blows.Blows(title="t", blows=(HIT, WON, FAR))) == (
        "Frost: Oak loses 60 % of its range, below its floor in every future (in 25 of 100 futures anyway). "
        "Rain: Elm wins 12 % of its range, below its floor in 25 of 100 futures anyway. "
        "Fire: Ash loses 300 % of its range, below its floor in 25 of 100 futures."
    )


def test_bars_of_blows_are_as_long_as_what_is_lost_and_what_goes_on_ends_in_a_point() -> None:
    svg = blows.draw(blows.Blows(title="t", blows=(HIT, WON, FAR)), 720)
    frost, rain, fire = boxes(svg, "blow")
    widths = [float(box["width"]) for box in (frost, rain)]
    corners = re.findall(r"[MLH]([\d.]+)", fire["d"])
    start, neck, tip = (float(corner) for corner in corners[:3])
    # The longest is cut off at one and a half ranges; its point is no longer than it has to be.
    assert [one / widths[0] for one in (widths[1], tip - start)] == pytest.approx([0.2, 1.5 / 0.6], abs=0.01)
    assert 0 < tip - neck < 12
    whisker = boxes(svg, "whisker")[0]
    assert (float(whisker["x2"]) - float(whisker["x1"])) / widths[0] == pytest.approx(0.2 / 0.6, abs=0.01)
    assert f"300{SPACE}% Ash" in svg
    assert [len(boxes(svg, look)) for look in ("fallen", "won")] == [4, 2]  # Frost and Fire, each with its words


@pytest.mark.parametrize("blow", [HIT, WON, FAR])
def test_on_a_narrow_page_the_words_of_a_blow_are_whole_and_inside(blow: blows.Blow) -> None:
    svg = ElementTree.fromstring(blows.draw(blows.Blows(title="t", blows=(blow,)), 330))
    for one in svg.iter():
        if one.tag.endswith("}text") and one.get("text-anchor") != "middle":
            assert "…" not in (one.text or "")
            assert float(one.get("x", "0")) + drawing.width_of(one.text or "", 11.5) <= 330


def departure(floor: float | None, falls: float, anyway: float) -> departures.Departures:
    one = departures.Departure(
        leaves="Oak", day=100.0, notice=30.0, replaced=60.0, hit="Elm", floor=floor, falls=falls, anyway=anyway
    )
    return departures.Departures(title="t", start=date(2026, 1, 1), days=365.0, exits=(one,))


@pytest.mark.parametrize(
    ("floor", "falls", "anyway", "fate"),
    [
        (None, 0.0, 0.0, "stays above its floor"),
        (None, 1.0, 1.0, "falls below its floor in every future anyway"),
        (None, 0.08, 0.05, "falls below its floor in 8 of 100 futures (in 5 of 100 futures anyway)"),
        (49.0, 0.84, 0.0, "reaches its floor after 7 weeks, in 84 of 100 futures"),
    ],
)
def test_what_an_exit_does_is_told_as_it_is(floor: float | None, falls: float, anyway: float, fate: str) -> None:
    said = departures.describe(departure(floor, falls, anyway))
    assert said == f"Oak leaves on 11 April 2026: Elm {fate}."


def test_the_marks_of_an_exit_stand_at_their_dates() -> None:
    svg = departures.draw(departure(49.0, 0.84, 0.0), 389)  # 365 pixels wide, 12 from the edge
    start, end = (float(boxes(svg, "fall")[0][at]) for at in ("x1", "x2"))
    assert (start, end) == pytest.approx((112, 161), abs=0.1)
    notice = boxes(svg, "notice")[1]  # after that of the legend
    assert (float(notice["x"]), float(notice["width"])) == pytest.approx((112, 30), abs=0.1)
    replaced = re.match(r"M([\d.]+)", boxes(svg, "replaced")[1]["d"])
    assert replaced is not None
    assert float(replaced[1]) == pytest.approx(172, abs=0.1)
    assert len(boxes(departures.draw(departure(None, 1.0, 1.0), 389), "fallen")) == 1  # that of the legend


def several(count: int) -> fan.Fan:
    courses = tuple(
        fan.Course(title=f"what happens in case {k}", turn=k, bounds=((0.0, k + 1.0),) * 5) for k in range(count)
    )
    return fan.Fan(title="t", unit="EUR", start=date(2026, 1, 1), days=(0.0, 100.0), courses=courses)


def test_a_fan_is_drawn_to_scale_and_says_where_it_ends() -> None:
    course = fan.Course(title="as it is", turn=0, bounds=((1.0, 0.2), (1.0, 0.4), (1.0, 0.5), (1.0, 0.7), (1.0, 0.9)))
    value = fan.Fan(title="t", unit="", start=date(2026, 1, 1), days=(0.0, 100.0), courses=(course,), floor=0.0)
    svg = fan.draw(value, 720)
    start, end = (float(y) for _, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", boxes(svg, "middle")[0]["d"]))
    floor = float(boxes(svg, "floor")[0]["y1"])
    assert (floor - end) / (floor - start) == pytest.approx(0.5, abs=0.01)
    assert fan.describe(value).endswith(
        "as it is: typically 50 % at the end, 20 % to 90 % in nine of ten.".replace(" %", f"{SPACE}%")
    )


@pytest.mark.parametrize("width", [330, 720])
@pytest.mark.parametrize("count", [2, 9])
def test_every_name_of_a_legend_stands_in_the_picture_and_above_the_chart(count: int, width: int) -> None:
    svg = ElementTree.fromstring(fan.draw(several(count), width))
    names = [one for one in svg.iter() if "label" in one.get("class", "").split()]
    assert len(names) == count
    places = [(float(one.get("x", "0")), float(one.get("y", "0"))) for one in names]
    assert len(set(places)) == count
    top = fan.height_of(several(count), width) - 30 - (180 if width < fan.NARROW else 210)
    for one, (left, row) in zip(names, places, strict=True):
        assert left + drawing.width_of(one.text or "", bold=True) <= width
        assert row < top - 10
