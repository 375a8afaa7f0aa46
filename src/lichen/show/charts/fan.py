"""One thing over time in many futures: the typical course as a line, half of all and nine of ten as bands around it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import final

from lichen.show.charts import drawing
from lichen.show.charts.drawing import Point, Scale
from lichen.show.figures import after, month, number, percent, scale_word
from lichen.show.markup import Html, join

_ROW = 18.0
NARROW = 500
"""Below this width the legend stands in rows."""


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
    narrow, several = width < NARROW, len(fan.courses) > 1
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
        _legend(fan.courses, narrow=narrow) if several else None,
    )


def _top(fan: Fan, width: int) -> float:
    """The height of the legend."""
    rows = len(fan.courses) if width < NARROW else 1
    return 26.0 + (_ROW * rows if len(fan.courses) > 1 else 0.0)


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
        said = number(value) if fan.unit else percent(value)
        yield drawing.text(x.start - 8, place + 4, said, class_="axis", anchor="end")
    if fan.floor is not None:
        yield drawing.line(x.start, y(fan.floor), x.end, y(fan.floor), "floor")
        yield drawing.text(x.start + 6, y(fan.floor) - 5, "floor", class_="quiet small over")
    for day, said in drawing.calendar_ticks(fan.start, fan.days[-1], x.end - x.start):
        half = drawing.width_of(said, 12) / 2
        yield drawing.line(x(day), y.start, x(day), y.start + 5, "grid")
        yield drawing.text(min(x(day), x.end - half), y.start + 19, said, class_="axis", anchor="middle")


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


def _legend(courses: tuple[Course, ...], *, narrow: bool) -> Iterator[Html]:
    left, row = 58.0, 14.0
    for course in courses:
        look = f"side-{course.turn % drawing.SIDES}"
        yield drawing.curve([(left, row - 4), (left + 26, row - 4)], f"middle {look}", course.turn)
        yield drawing.text(left + 32, row, course.title, class_=f"label {look}")
        if narrow:
            row += _ROW
        else:
            left += 32 + drawing.width_of(course.title, bold=True) + 22
