"""One thing over time in many futures: the typical course as a line, half of all and nine of ten as bands around it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import final

from lichen.show.charts import drawing
from lichen.show.charts.drawing import Point, Scale
from lichen.show.figures import after, mark, month, number, percent, scale_word
from lichen.show.markup import Html, join

_ROW = 18.0
NARROW = 500
"""Below this width the chart is lower."""
_LEFT, _KEY, _GAP = 58.0, 32.0, 22.0
"""Where the legend begins, the length of the line before a name and of the gap after it."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One lane: `bounds` are five lines over the days of the chart, below which 5, 25, 50, 75 and 95 % of the futures
    lie.
    """

    title: str
    turn: int
    bounds: tuple[tuple[float, ...], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """One series in one or several lanes, in `unit`; empty: shares, written as per cent. `floor` is drawn as a line."""

    title: str
    unit: str
    start: date
    days: tuple[float, ...]
    courses: tuple[Course, ...]
    floor: float | None = None


def height_of(fan: Fan, width: int) -> float:
    """How high the chart is at a width in pixels."""
    return _top(fan, width) + (180 if width < NARROW else 210) + 30


def draw(fan: Fan, width: int, name: str = "fan") -> Html:
    """The chart at a width in pixels."""
    top, height = _top(fan, width), height_of(fan, width)
    x = Scale(0.0, max(fan.days[-1], 1e-9), 58.0, width - 14.0)
    y = _scale(fan, height - 30.0, top)
    return drawing.frame(
        name,
        fan.title,
        describe(fan),
        width,
        height,
        _ground(fan, x, y),
        (_band(course, fan.days, x, y, inner=turn == 0) for turn, course in enumerate(fan.courses)),
        (_middle(course, fan.days, x, y) for course in fan.courses),
        (_key(course, *place) for course, place in zip(fan.courses, _legend(fan, width), strict=False)),
    )


def _top(fan: Fan, width: int) -> float:
    """The height of the legend."""
    places = _legend(fan, width)
    return 26.0 + (places[-1][1] + 4 if places else 0.0)


def _legend(fan: Fan, width: int) -> list[Point]:
    """Where each course is named, if there are several: beside each other, below each other where a row is full."""
    places: list[Point] = []
    left, row = _LEFT, _ROW - 4
    for course in fan.courses if len(fan.courses) > 1 else ():
        long = _KEY + drawing.width_of(course.title, bold=True)
        if places and left + long > width:
            left, row = _LEFT, row + _ROW
        places.append((left, row))
        left += long + _GAP
    return places


def describe(fan: Fan) -> str:
    """What the chart shows, in words."""
    said = [f"From {month(fan.start)} to {month(after(fan.start, fan.days[-1]))}."]
    for course in fan.courses:
        low, _, middle, _, high = (_figure(line[-1], fan.unit) for line in course.bounds)
        said.append(f"{course.title}: typically {middle} at the end, {low} to {high} in nine of ten.")
    return " ".join(said)


def _figure(value: float, unit: str) -> str:
    return f"{number(value)} {unit}" if unit else percent(value)


def _scale(fan: Fan, bottom: float, top: float) -> Scale:
    values = [v for course in fan.courses for line in course.bounds for v in line if math.isfinite(v)]
    values += [fan.floor] if fan.floor is not None else []
    low, high = min(values, default=0.0), max(values, default=1.0)
    pad = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return Scale(min(low - pad, 0.0) if low >= 0 and low < 0.4 * high else low - pad, high + pad, bottom, top)


def _ground(fan: Fan, x: Scale, y: Scale) -> Iterator[Html]:
    word, size = scale_word(max(abs(y.low), abs(y.high))) if fan.unit else ("", 1.0)
    yield drawing.text(4, y.end - 10, f"{word} {fan.unit}".strip(), class_="axis")
    for value in drawing.ticks(y.low / size, y.high / size, 5):
        place = y(value * size)
        yield drawing.line(x.start, place, x.end, place, "grid")
        said = number(value) if fan.unit else mark(value)
        yield drawing.text(x.start - 8, place + 4, said, class_="axis", anchor="end")
    if fan.floor is not None:
        yield drawing.line(x.start, y(fan.floor), x.end, y(fan.floor), "floor")
        yield drawing.text(x.start + 6, y(fan.floor) - 5, "floor", class_="quiet small over")
    yield from drawing.calendar_axis(fan.start, fan.days[-1], x, y.start, y.start + 5)


def _band(course: Course, days: tuple[float, ...], x: Scale, y: Scale, *, inner: bool) -> Html:
    look = f"band side-{course.turn % drawing.SIDES}"
    lines = [_points(line, days, x, y) for line in course.bounds]
    if not all(math.isfinite(value) for line in course.bounds for value in line):
        return join()
    outer = drawing.area(lines[4], lines[0], look)
    return join(outer, drawing.area(lines[3], lines[1], look)) if inner else outer


def _middle(course: Course, days: tuple[float, ...], x: Scale, y: Scale) -> Html:
    return drawing.curve(
        _points(course.bounds[2], days, x, y), f"middle side-{course.turn % drawing.SIDES}", course.turn
    )


def _points(line: tuple[float, ...], days: tuple[float, ...], x: Scale, y: Scale) -> list[Point]:
    return [(x(day), y(value)) for day, value in zip(days, line, strict=True)]


def _key(course: Course, left: float, row: float) -> Html:
    look = f"side-{course.turn % drawing.SIDES}"
    return join(
        drawing.curve([(left, row - 4), (left + 26, row - 4)], f"middle {look}", course.turn),
        drawing.text(left + _KEY, row, course.title, class_=f"label {look}"),
    )
