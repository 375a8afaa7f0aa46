"""Which loops carry the change over time: shares of the whole, stacked, what drives on above the line and what holds
back below it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import final

from lichen.show.charts import drawing
from lichen.show.charts.drawing import Point, Scale
from lichen.show.figures import after, month, percent
from lichen.show.markup import Html, join

_LETTERS = "ABCDE"
_TALL, _NEAR = 16.0, 40
"""A letter stands where its loop is at least so many pixels high, also so near before and after, of the whole width."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """One loop in words, and its signed share of the change in each interval between the days of the chart."""

    title: str
    shares: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean size of its share."""
        return math.fsum(map(abs, self.shares)) / len(self.shares) if self.shares else 0.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Dominance:
    """The weightiest loops, at most five, over intervals of equal length; what is left to the whole are all others."""

    title: str
    start: date
    days: float
    strands: tuple[Strand, ...]


def draw(dominance: Dominance, width: int, name: str = "dominance") -> Html:
    """The chart at a width in pixels."""
    legend = [drawing.wrapped(_words(strand), width - 40, 13, 3) for strand in dominance.strands]
    top, plot = 26.0, 200.0 if width < 500 else 240.0
    bottom = top + plot
    foot = bottom + 42
    height = foot + sum(15.0 * len(words) + 7 for words in legend) + 4
    x = Scale(0.0, max(dominance.days, 1e-9), 46.0, width - 12.0)
    y = Scale(-1.0, 1.0, bottom, top)
    return drawing.frame(
        name,
        dominance.title,
        describe(dominance),
        width,
        height,
        _ground(dominance, x, y),
        _stacked(dominance, x, y),
        drawing.line(x.start, y(0), x.end, y(0), "zero"),
        _legend(legend, foot),
    )


def describe(dominance: Dominance) -> str:
    """What the chart shows, in words."""
    ends = f"From {month(dominance.start)} to {month(after(dominance.start, dominance.days))}."
    said = [f"{letter}: {_words(strand)}." for letter, strand in zip(_LETTERS, dominance.strands, strict=False)]
    return " ".join([ends, *said])


def _words(strand: Strand) -> str:
    return f"{percent(round(strand.mean, 2))} in the mean: {strand.title}"


def _ground(dominance: Dominance, x: Scale, y: Scale) -> Iterator[Html]:
    for value in (-1.0, -0.5, 0.0, 0.5, 1.0):
        yield drawing.line(x.start, y(value), x.end, y(value), "grid")
        yield drawing.text(x.start - 6, y(value) + 4, percent(abs(value)), class_="axis", anchor="end")
    yield drawing.text(
        x.start, y.end - 10, "share of the change: drives it on ↑, holds it back ↓", class_="quiet small"
    )
    yield from drawing.calendar_axis(dominance.start, dominance.days, x, y.start, y.start + 5)


def _stacked(dominance: Dominance, x: Scale, y: Scale) -> Iterator[Html]:
    """Each loop from where the one before it ends, upwards and downwards apart; its letter where it stays high."""
    count = max((len(strand.shares) for strand in dominance.strands), default=0)
    edges = [dominance.days * place / count for place in range(count + 1)] if count else []
    near = count // _NEAR
    base = {1: [0.0] * count, -1: [0.0] * count}
    for turn, strand in enumerate(dominance.strands):
        look = f"side-{turn % drawing.SIDES}"
        tallest = (0.0, 0.0, 0.0)
        for sign, before in base.items():
            sizes = [max(sign * share, 0.0) if math.isfinite(share) else 0.0 for share in strand.shares]
            sizes += [0.0] * (count - len(sizes))
            if not any(sizes):
                continue
            beyond = [low + size for low, size in zip(before, sizes, strict=True)]
            outer = _steps(edges, [sign * value for value in beyond], x, y)
            yield drawing.area(outer, _steps(edges, [sign * value for value in before], x, y), f"band {look}")
            yield drawing.curve(outer, f"low {look}")
            around = [min(sizes[max(k - near, 0) : k + near + 1]) for k in range(count)]
            most = max(range(count), key=around.__getitem__)
            middle = (edges[most] + edges[most + 1]) / 2
            tallest = max(tallest, (around[most], middle, sign * (before[most] + beyond[most]) / 2))
            base[sign] = beyond
        if tallest[0] * (y.start - y.end) / 2 >= _TALL:
            place = min(max(x(tallest[1]), x.start + 8), x.end - 8)
            letter = _LETTERS[turn % len(_LETTERS)]
            yield drawing.text(place, y(tallest[2]) + 4.5, letter, class_=f"strong over {look}", anchor="middle")


def _steps(edges: Sequence[float], values: Sequence[float], x: Scale, y: Scale) -> list[Point]:
    """A level for each interval, as a line of steps."""
    return [(x(edge), y(value)) for k, value in enumerate(values) for edge in (edges[k], edges[k + 1])]


def _legend(legend: Sequence[Sequence[str]], top: float) -> Html:
    made = []
    for turn, words in enumerate(legend):
        look = f"side-{turn % drawing.SIDES}"
        made.append(drawing.rect(4, top - 12, 20, 16, f"band {look}"))
        made.append(drawing.text(14, top, _LETTERS[turn % len(_LETTERS)], class_=f"strong {look}", anchor="middle"))
        made.append(drawing.lines(34, top, words, class_="label"))
        top += 15 * len(words) + 7
    return join(made)
