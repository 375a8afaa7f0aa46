"""When a side leaves, and what follows: notice, replacement, and the floor of the side that it hits hardest."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import final

from lichen.check.wording import does, its, out_of_hundred_beside
from lichen.show.charts import drawing
from lichen.show.charts.drawing import Scale
from lichen.show.figures import after, full_date, span
from lichen.show.markup import Html, join

_ROW, _LINE = 34.0, 16.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """One exit, in days since the start of the relationship.

    `notice` and `replaced` are days from the announcement (None: nothing to replace, infinite: no replacement is
    declared); `floor` is the middle time to the floor of `hit`, None when it is not brought down, `falls` the share of
    futures in which it falls, `anyway` the same without the exit.
    """

    leaves: str
    day: float
    notice: float
    replaced: float | None
    hit: str
    floor: float | None
    falls: float
    anyway: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Departures:
    """Exits over the horizon."""

    title: str
    start: date
    days: float
    exits: tuple[Departure, ...]


def draw(departures: Departures, width: int, name: str = "departures") -> Html:
    """The chart at a width in pixels."""
    x = Scale(0.0, max(departures.days, 1e-9), 12.0, width - 12.0)
    labels = [
        drawing.wrapped(f"{does(one.leaves, 'leave')}: {_fate(one)}", width - 20, most=3) for one in departures.exits
    ]
    tops = list(accumulate((_ROW + _LINE * len(label) for label in labels), initial=34.0))
    height = tops[-1] + 28
    return drawing.frame(
        name,
        departures.title,
        describe(departures),
        width,
        height,
        _legend(width),
        drawing.calendar_axis(departures.start, departures.days, x, 30, height - 24),
        (_row(one, label, x, top) for one, label, top in zip(departures.exits, labels, tops, strict=False)),
    )


def describe(departures: Departures) -> str:
    """What the chart shows, in words."""
    return " ".join(
        f"{does(one.leaves, 'leave')} on {full_date(after(departures.start, one.day))}: {_fate(one)}."
        for one in departures.exits
    )


def _fate(one: Departure) -> str:
    floor, often = f"{its(one.hit)} floor", out_of_hundred_beside(one.falls, one.anyway)
    if one.floor is not None:
        return does(one.hit, f"reach {floor} after {span(one.floor)}, {often}")
    return does(one.hit, f"fall below {floor} {often}" if one.falls else f"stay above {floor}")


def _legend(width: int) -> Html:
    pieces = (("leaves", 0, "level"), ("replaced", 2, "replaced"), ("floor", 1, "fallen"))
    places = [8.0 + turn * min(96.0, width / 4) for turn in range(len(pieces) + 1)]
    marks = (
        join(drawing.marker(left, 14, mark, f"dot {look}", 5), drawing.text(left + 10, 18, word, class_="axis"))
        for left, (word, mark, look) in zip(places, pieces, strict=False)
    )
    bar = drawing.rect(places[-1] - 4, 9, 14, 8, "notice")
    return join(marks, bar, drawing.text(places[-1] + 14, 18, "notice", class_="axis"))


def _row(one: Departure, label: list[str], x: Scale, top: float) -> Iterator[Html]:
    line = top + _LINE * len(label) + 16
    yield drawing.lines(x.start, top + 14, label, class_="label over", leading=_LINE)
    yield drawing.line(x.start, line, x.end, line, "grid")
    if one.notice > 0:
        until = x(one.day + one.notice)
        yield drawing.rect(x(one.day), line - 5, until - x(one.day), 10, "notice", f"{span(one.notice)} of notice")
    if one.floor is not None:
        yield drawing.line(x(one.day), line, x(one.day + one.floor), line, "fall")
    yield drawing.marker(x(one.day), line, 0, "dot level", 5)
    if one.replaced is not None and math.isfinite(one.replaced):
        yield drawing.marker(x(one.day + one.replaced), line, 2, "dot replaced", 6)
    if one.floor is not None:
        yield drawing.marker(x(one.day + one.floor), line, 1, "dot fallen", 6)
