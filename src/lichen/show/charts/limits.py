"""How far each finding is from its limit: invariants on a line through it, failure modes between watch and alarm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, final

from lichen.show.charts import drawing
from lichen.show.charts.drawing import Scale
from lichen.show.figures import number
from lichen.show.markup import Html, join

Status = Literal["holds", "at risk", "broken", "cannot tell"]
_MARK = {"holds": 0, "at risk": 2, "broken": 1, "cannot tell": 4}
"""Circle, diamond, square, cross: the state in its shape too."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One finding: where it stands, between which bounds, in which state. `value` is None when it cannot be told."""

    title: str
    status: Status
    value: float | None
    low: float | None = None
    high: float | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Rows over one scale. `marks` are (place, word) of the limits; `bad` is where nobody wants to be."""

    title: str
    low: float
    high: float
    marks: tuple[tuple[float, str], ...]
    bad: Literal["below", "above"]
    rows: tuple[Row, ...]


def draw(limits: Limits, width: int, name: str = "limits") -> Html:
    """The chart at a width in pixels."""
    narrow = width < 500
    left = 12.0 if narrow else 12 + max((drawing.width_of(row.title) for row in limits.rows), default=0)
    step = 46.0 if narrow else 36.0
    top = 34.0
    height = top + step * len(limits.rows) + 12
    x = Scale(limits.low, limits.high, left + 8, width - 96.0)
    return drawing.frame(
        name,
        limits.title,
        describe(limits),
        width,
        height,
        _ground(limits, x, top, height, name),
        (_row(row, x, top + step * turn, step, narrow=narrow) for turn, row in enumerate(limits.rows)),
    )


def describe(limits: Limits) -> str:
    """What the chart shows, in words."""
    said = [", ".join(f"{word} at {number(place)}" for place, word in limits.marks)]
    said += [f"{row.title}: {_value(row)}, {row.status}" for row in limits.rows]
    return ". ".join(said) + "."


def _ground(limits: Limits, x: Scale, top: float, height: float, name: str) -> Html:
    edge = x(limits.marks[-1][0])
    first, last = (x.start, edge) if limits.bad == "below" else (edge, x.end)
    return join(
        drawing.hatched(name, first, top - 6, last - first, height - top, "past the limit"),
        (drawing.line(x(place), top - 6, x(place), height - 6, "floor") for place, _ in limits.marks),
        (drawing.text(x(place), top - 13, word, class_="axis", anchor="middle") for place, word in limits.marks),
    )


def _row(row: Row, x: Scale, top: float, step: float, *, narrow: bool) -> Iterator[Html]:
    middle = top + step - 16 if narrow else top + step / 2
    look = f"state {row.status.replace(' ', '-')}"
    if narrow:
        yield drawing.text(x.start, top + 12, row.title, class_="label over")
    else:
        yield drawing.text(x.start - 12, middle + 4, row.title, class_="label", anchor="end")
    yield drawing.line(x.start, middle, x.end, middle, "grid")
    if row.value is not None:
        if row.low is not None and row.high is not None:
            yield drawing.line(x(row.low), middle, x(row.high), middle, f"whisker {look}")
        yield drawing.marker(x(row.value), middle, _MARK[row.status], f"dot {look}", 5)
    yield drawing.text(x.end + 10, middle + 1, _value(row), class_="figure")
    yield drawing.text(x.end + 10, middle + 14, row.status, class_=f"small {look}")


def _value(row: Row) -> str:
    return number(row.value) if row.value is not None else "–"
