"""The record of one thing over time: its level as a line, what came and went as bars, what is missing hatched."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import final

from lichen.check.wording import capital
from lichen.show.charts import drawing
from lichen.show.charts.drawing import Scale
from lichen.show.figures import number, scale_word, short_month, sized
from lichen.show.markup import Html, join

_NAMED = 6
"""At most so many missing periods are named."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One period of the record, from its first day until `end`; None is not known, never 0. `read`: a reading of the
    level belongs to it.
    """

    start: date
    end: date
    level: float | None = None
    read: bool = True
    came: float | None = None
    went: float | None = None
    known: bool = True


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What the record says of one capacity or flow, in `unit`.

    `level`, `came`, `went` are the words for the three; empty when not drawn.
    """

    title: str
    unit: str
    moments: tuple[Moment, ...]
    level: str = ""
    came: str = ""
    went: str = ""


def draw(series: Series, width: int, name: str = "series") -> Html:
    """The chart at a width in pixels."""
    narrow = width < 500
    words = ((series.level, "level"), (series.came, "came"), (series.went, "went"))
    legend = [(word, mark) for word, mark in words if word]
    if not all(moment.known for moment in series.moments):
        legend.append(("not recorded", "missing"))
    rows = len(legend) if narrow else 1
    top = 34.0 + 18 * rows
    height = top + (200 if narrow else 220) + 30
    first, last = series.moments[0].start, series.moments[-1].end
    x = Scale(0.0, float(max((last - first).days, 1)), 58.0, width - 12.0)
    y = _scale(series, height - 30.0, top)
    return drawing.frame(
        name,
        series.title,
        describe(series),
        width,
        height,
        _ground(series, x, y, first, name),
        (_bars(moment, x, y, first) for moment in series.moments),
        _level(series, x, y, first),
        _legend(legend, name, narrow=narrow),
    )


def describe(series: Series) -> str:
    """What the chart shows, in words."""
    known = [moment.level for moment in series.moments if moment.level is not None]
    missing = [short_month(moment.start) for moment in series.moments if not moment.known]
    said = [f"{short_month(series.moments[0].start)} to {short_month(series.moments[-1].end)}, in {series.unit}."]
    if known:
        said.append(f"{capital(series.level)}: {sized(known[0], '')} at first, {sized(known[-1], '')} at the end.")
    came, went = (moment.came for moment in series.moments), (moment.went for moment in series.moments)
    for word, values in ((series.came, came), (series.went, went)):
        if word:
            whole = math.fsum(value for value in values if value is not None)
            said.append(f"{capital(word)}: {sized(whole, '')} in all that is recorded.")
    if missing:
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        said.append(f"Not recorded: {', '.join(missing[:_NAMED])}{more}.")
    return " ".join(said)


def _scale(series: Series, bottom: float, top: float) -> Scale:
    above = [value for m in series.moments for value in (m.level, m.came) if value is not None]
    below = [-m.went for m in series.moments if m.went is not None]
    high, low = max([*above, 0.0]), min([*below, 0.0])
    room = (high - low) * 0.06 or 1.0
    return Scale(low - (room if low < 0 else 0.0), high + room, bottom, top)


def _ground(series: Series, x: Scale, y: Scale, first: date, name: str) -> Iterator[Html]:
    word, size = scale_word(max(abs(y.low), abs(y.high)))
    yield drawing.text(4, y.end - 14, f"{word} {series.unit}".strip(), class_="axis")
    for value in drawing.ticks(y.low / size, y.high / size, 6):
        place = y(value * size)
        yield drawing.line(x.start, place, x.end, place, "grid")
        yield drawing.text(x.start - 8, place + 4, number(value), class_="axis", anchor="end")
    yield drawing.line(x.start, y(0), x.end, y(0), "zero")
    for run in _runs(series.moments):
        start, end = x((run[0].start - first).days), x((run[-1].end - first).days)
        yield drawing.hatched(name, start, y.end, end - start, y.start - y.end, "not recorded")
    yield from drawing.calendar_axis(first, x.high, x, y.start, y.start + 5)


def _runs(moments: tuple[Moment, ...]) -> list[list[Moment]]:
    """The times that are not known, each as one run of periods."""
    runs: list[list[Moment]] = []
    for before, moment in zip((None, *moments), moments, strict=False):
        if not moment.known:
            if before is not None and not before.known:
                runs[-1].append(moment)
            else:
                runs.append([moment])
    return runs


def _bars(moment: Moment, x: Scale, y: Scale, first: date) -> Iterator[Html]:
    start, end = x((moment.start - first).days), x((moment.end - first).days)
    wide = max((end - start) * 0.42, 1.5)
    centre = (start + end) / 2
    if moment.came is not None:
        yield drawing.rect(
            centre - wide, y(moment.came), wide, y(0) - y(moment.came), "came", f"came: {number(moment.came)}"
        )
    if moment.went is not None:
        yield drawing.rect(centre, y(0), wide, y(-moment.went) - y(0), "went", f"went: {number(moment.went)}")


def _level(series: Series, x: Scale, y: Scale, first: date) -> Html:
    """The level as a line that breaks at gaps, each reading marked at the start of its period."""
    read = (moment for moment in series.moments if moment.read)
    known = [(x((m.start - first).days), y(m.level) if m.level is not None else math.nan) for m in read]
    dots = (drawing.marker(left, top, 0, "dot level", 2.6) for left, top in known if not math.isnan(top))
    return join(drawing.curve(known, "line level"), dots)


def _legend(words: list[tuple[str, str]], name: str, *, narrow: bool) -> Iterator[Html]:
    left, row = 4.0, 16.0
    for word, mark in words:
        if mark == "level":
            yield drawing.line(left, row - 4, left + 18, row - 4, "line level")
            yield drawing.marker(left + 9, row - 4, 0, "dot level", 2.6)
        elif mark == "missing":
            yield drawing.hatched(name, left + 2, row - 11, 16, 13, word)
        else:
            yield drawing.rect(left + 2, row - 10, 14, 11, mark)
        yield drawing.text(left + 24, row, word, class_="label")
        if narrow:
            row += 18
        else:
            left += 24 + drawing.width_of(word) + 22
