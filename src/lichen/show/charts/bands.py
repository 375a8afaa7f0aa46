"""Room left of each side over time: what the futures do, what was recorded, the floor, and who first falls below it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import final

from lichen.show.charts import drawing
from lichen.show.charts.drawing import Point, Scale
from lichen.show.figures import after, mark, month, percent
from lichen.show.markup import Html, element, join

_BELOW, _ABOVE = -1.0, 2.0
"""Room left is drawn between these; what leaves the chart says how far it goes on."""
_FAR = 20.0
_ROW = 19.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side's room left, 0 at the floor and 1 when healthy, on the days of the chart.

    `middle` is what half of the futures stay above, `low` and `high` hold nine futures of ten (empty: no band).
    `recorded` are (day, room) of the record in runs without a gap. `turn` gives the side its look, the same in every
    chart.
    """

    title: str
    turn: int
    days: tuple[float, ...]
    middle: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    recorded: tuple[tuple[Point, ...], ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Words that point at a day and a room on the chart."""

    says: str
    day: float
    room: float
    turn: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """Sides over the same time. `gaps` are the times without a record; `named` puts their names on the lines."""

    title: str
    start: date
    days: float
    sides: tuple[Side, ...]
    notes: tuple[Note, ...] = ()
    gaps: tuple[tuple[float, float], ...] = ()
    named: bool = True


def draw(bands: Bands, width: int, name: str = "bands", height: int = 0) -> Html:
    """The chart at a width in pixels."""
    narrow = width < 500
    labels = [_label(side, 84 if narrow else 140) for side in bands.sides]
    longest = max((drawing.width_of(line, bold=True) for label in labels for line in label), default=0)
    right = longest + 14 if bands.named else 16.0
    notes = [drawing.wrapped(note.says, width - 8, 13, 4, bold=True) for note in bands.notes]
    top = 10 + sum(_ROW * len(note) for note in notes)
    height = height or int(top + (250 if narrow else 290))
    x = Scale(0.0, max(bands.days, 1e-9), 46.0, width - right)
    low, high = _range(bands.sides)
    y = Scale(low, high, height - 30.0, top + 8)
    return drawing.frame(
        name,
        bands.title,
        describe(bands),
        width,
        height,
        _ground(bands, x, y, name),
        _inside(
            name,
            x,
            y,
            *(_band(side, x, y) for side in bands.sides),
            *(piece for side in bands.sides for piece in _lines(side, x, y)),
        ),
        (_recorded(side, x, y) for side in bands.sides if side.recorded),
        _beyond(bands.sides, x, y),
        _labels(bands.sides, labels, x, y) if bands.named else None,
        _notes(bands.notes, notes, x, y, width - 4.0),
    )


def describe(bands: Bands) -> str:
    """What the chart shows, in words."""
    said = [f"From {month(bands.start)} to {month(after(bands.start, bands.days))}; 0 % is the floor, 100 % healthy."]
    for side in bands.sides:
        if side.middle:
            ends = f"{percent(side.middle[0])} at first, {percent(side.middle[-1])} at the end, typically"
            most = f", between {percent(side.low[-1])} and {percent(side.high[-1])} in nine of ten" if side.low else ""
            said.append(f"{side.title}: room left {ends}{most}.")
        if side.recorded:
            said.append(f"{side.title} was recorded at {sum(len(run) for run in side.recorded)} times.")
    return " ".join([*said, *(f"{note.says}." for note in bands.notes)])


def _range(sides: tuple[Side, ...]) -> tuple[float, float]:
    known = [value for side in sides for value in _values(side) if math.isfinite(value)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    return max(min(low - 0.05, -0.12), _BELOW), min(max(high + 0.05, 1.08), _ABOVE)


def _ground(bands: Bands, x: Scale, y: Scale, name: str) -> Html:
    """Axes, the area below the floor and the times without a record."""
    return join(
        (_gap(first, last, x, y, name) for first, last in bands.gaps),
        drawing.rect(x.start, y(0), x.end - x.start, y(y.low) - y(0), "forbidden", "below the floor"),
        (_level(value, x, y) for value in drawing.ticks(y.low, y.high, 5)),
        drawing.text(x.start + 6, max(y(0) + 15, y.start - 22), _below(x), class_="quiet small over"),
        drawing.calendar_axis(bands.start, bands.days, x, y.start, y.start + 5),
        drawing.line(x.start, y(0), x.end, y(0), "floor"),
    )


def _inside(name: str, x: Scale, y: Scale, *drawn: Html) -> Html:
    """What is drawn, cut off at the edges of the chart."""
    box = drawing.rect(x.start - 6, y.end - 6, x.end - x.start + 12, y.start - y.end + 6, "edge")
    cut = element("clipPath", box, id=f"{name}-edge")
    return element("g", cut, element("g", *drawn, clip_path=f"url(#{name}-edge)"))


def _place(value: float, y: Scale) -> float:
    """Where a value lies, also beyond the edges, so that lines leave the chart in their own direction."""
    return y.free(min(max(value, -_FAR), _FAR))


def _below(x: Scale) -> str:
    words = "below its floor a side cannot go on"
    return words if drawing.width_of(words, 11.5) < x.end - x.start - 12 else "below the floor"


def _gap(first: float, last: float, x: Scale, y: Scale, name: str) -> Html:
    width = max(x(last) - x(first), 3)
    middle = x(first) + width / 2
    said = drawing.text(middle, y.start - 6, "no record", class_="quiet small over", anchor="middle")
    return join(drawing.hatched(name, x(first), y.end, width, y.start - y.end, "nothing was recorded"), said)


def _level(value: float, x: Scale, y: Scale) -> Html:
    words = "floor" if abs(value) < 1e-9 else mark(value)
    label = drawing.text(x.start - 6, y(value) + 4, words, class_="axis", anchor="end")
    return join(drawing.line(x.start, y(value), x.end, y(value), "grid"), label)


def _band(side: Side, x: Scale, y: Scale) -> Html:
    upper = [(x(day), _place(value, y)) for day, value in zip(side.days, side.high, strict=False)]
    lower = [(x(day), _place(value, y)) for day, value in zip(side.days, side.low, strict=False)]
    look = f"side-{side.turn % drawing.SIDES}"
    if not side.low:
        return join()
    return join(
        drawing.area(upper, lower, f"band {look}"),
        drawing.curve(lower, f"low {look}"),
    )


def _lines(side: Side, x: Scale, y: Scale) -> Iterator[Html]:
    look = f"side-{side.turn % drawing.SIDES}"
    yield drawing.curve(
        ((x(day), _place(value, y)) for day, value in zip(side.days, side.middle, strict=True)),
        f"middle {look}",
        side.turn,
    )
    for run in side.recorded:
        yield drawing.curve(((x(day), _place(value, y)) for day, value in run), f"recorded {look}")
        yield from (drawing.marker(x(day), _place(value, y), side.turn, f"dot {look}", 3.2) for day, value in run)


def _recorded(side: Side, x: Scale, y: Scale) -> Html:
    """The word `recorded` at the last reading: above it, or below where there is no room."""
    day, value = side.recorded[-1][-1]
    place = y(value)
    look = f"small over side-{side.turn % drawing.SIDES}"
    return drawing.text(
        x(day) + 4, place - 9 if place - y.end > 24 else place + 18, "recorded", class_=look, anchor="end"
    )


def _beyond(sides: tuple[Side, ...], x: Scale, y: Scale) -> Iterator[Html]:
    """How far each side goes on that leaves the chart: above at its top, below at its foot, one under the other."""
    above, below = y.end + 12, y.start - 8
    words = "goes on to" if x.end - x.start > 300 else "to"
    for side in sides:
        values = [value for value in _values(side) if math.isfinite(value)]
        look = f"small over side-{side.turn % drawing.SIDES}"
        if values and max(values) > y.high:
            yield drawing.text(x.end - 6, above, f"{words} {percent(max(values))} ↑", class_=look, anchor="end")
            above += 15
        if values and min(values) < y.low:
            yield drawing.text(x.end - 6, below, f"{words} {percent(min(values))} ↓", class_=look, anchor="end")
            below -= 15


def _values(side: Side) -> list[float]:
    """All that is drawn of a side."""
    return [*side.low, *side.high, *side.middle, *(value for run in side.recorded for _, value in run)]


def _label(side: Side, width: float) -> list[str]:
    """A side's name and its room left at the end, with an arrow where the line has left the chart."""
    words = drawing.wrapped(side.title, width, 13, 2, bold=True)
    if not side.middle:
        return words
    end = side.middle[-1]
    arrow = "↓ " if end < _BELOW else "↑ " if end > _ABOVE else ""
    return [*words, f"{arrow}{percent(end)}"]


def _last(side: Side) -> float:
    """Where a side's line ends, or its record; the floor when it has neither."""
    if side.middle:
        return side.middle[-1]
    return side.recorded[-1][-1][1] if side.recorded else 0.0


def _labels(sides: tuple[Side, ...], labels: list[list[str]], x: Scale, y: Scale) -> Iterator[Html]:
    """Each side's name at the end of its line, moved apart where lines end close together."""
    ends = [y(_last(side)) for side in sides]
    gap = 15.0 * max((len(label) for label in labels), default=1) + 4
    for side, label, place in zip(sides, labels, drawing.spread(ends, gap, y.end + 8, y.start - 6), strict=True):
        first = place - 7.5 * (len(label) - 1) + 4
        yield drawing.lines(x.end + 9, first, label, class_=f"label side-{side.turn % drawing.SIDES}")


def _notes(notes: tuple[Note, ...], texts: list[list[str]], x: Scale, y: Scale, right: float) -> Iterator[Html]:
    """Each note on rows of its own above the chart, with a line down to what it speaks of."""
    row = 18.0
    for note, words in zip(notes, texts, strict=True):
        look = f"side-{note.turn % drawing.SIDES}"
        place = x(note.day)
        width = max(drawing.width_of(word, bold=True) for word in words)
        left = min(max(place - 8, 4.0), max(4.0, right - width))
        foot = row + _ROW * (len(words) - 1) + 6
        yield drawing.line(place, foot, place, y(note.room) - 6, f"leader {look}")
        yield drawing.marker(place, y(note.room), 0, f"ring {look}", 6)
        yield drawing.lines(left, row, words, class_=f"note {look}", leading=_ROW)
        row += _ROW * len(words)
