"""What all charts are drawn with: scales, ticks, text that fits, markers, and a frame that says in words what is shown.

Coordinates are CSS pixels at the width asked for. Colours are classes of the page's style sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import final

from lichen.show.figures import short_month
from lichen.show.lines import cut
from lichen.show.markup import Child, Html, element, join

SIDES = 5
"""How many sides have a look of their own; a sixth looks like the first."""
_DASHES = (None, "7 4", "2 4", "10 3 2 3", "14 5")
_CHARACTER, _BOLD = 0.56, 0.64
"""Mean width of a character of the system fonts, plain and bold, in font sizes; on the generous side."""
_POINT = 8.0
"""How long the point is in which a bar ends that is cut off."""
_APART = 6.0
"""How far labels stay apart."""

Point = tuple[float, float]


@final
@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value; values outside lie at the nearer end."""
        return self.free(min(max(value, self.low), self.high))

    def free(self, value: float) -> float:
        """The place of a value, also where it lies outside: for what is cut off by a frame."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def frame(name: str, title: str, says: str, width: float, height: float, *children: Child) -> Html:
    """One chart with its title and its description for those who do not see it; `name` is unique on a page."""
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", says, id=f"{name}-desc"),
        element("defs", _hatch(name)),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart",
        viewBox=f"0 0 {width:g} {height:g}",
        width=f"{width:g}",
        height=f"{height:g}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )


def _hatch(name: str) -> Html:
    line = element("path", d="M0 6L6 0M-1 1L1 -1M5 7L7 5", class_="hatch")
    return element("pattern", line, id=f"{name}-hatch", width="6", height="6", patternUnits="userSpaceOnUse")


def hatched(name: str, x: float, y: float, width: float, height: float, says: str) -> Html:
    """A hatched area: what is not known, or not allowed."""
    box = {"x": float(x), "y": float(y), "width": float(max(width, 0)), "height": float(max(height, 0))}
    return element("rect", element("title", says), fill=f"url(#{name}-hatch)", **box)


def text(x: float, y: float, *words: Child, class_: str = "", anchor: str = "start") -> Html:
    """One line of text with its baseline at y."""
    return element("text", *words, x=float(x), y=float(y), class_=class_ or None, text_anchor=anchor)


def lines(x: float, y: float, texts: Sequence[str], *, class_: str = "", leading: float = 15) -> Html:
    """Several lines of text, the first with its baseline at y."""
    return join(*(text(x, y + turn * leading, words, class_=class_) for turn, words in enumerate(texts)))


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Html:
    """A straight line."""
    return element("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), class_=class_)


def rect(x: float, y: float, width: float, height: float, class_: str, says: str | None = None) -> Html:
    """A box, with a word on it for who points at it."""
    shape = {"x": float(x), "y": float(y), "width": float(max(width, 0)), "height": float(max(height, 0))}
    box = element("rect", class_=class_, **shape)
    return box if says is None else element("g", element("title", says), box)


def arrow(start: float, end: float, middle: float, height: float, class_: str, says: str) -> Html:
    """A bar that goes on beyond its end, where it has a point, with a word on it for who points at it."""
    neck, top, foot = end - math.copysign(_POINT, end - start), middle - height / 2, middle + height / 2
    outline = f"M{start:.1f} {top:.1f}H{neck:.1f}L{end:.1f} {middle:.1f}L{neck:.1f} {foot:.1f}H{start:.1f}Z"
    return element("g", element("title", says), element("path", d=outline, class_=class_))


def curve(points: Iterable[Point], class_: str, side: int | None = None) -> Html:
    """A line through points; breaks where a value is not known."""
    dash = None if side is None else _DASHES[side % SIDES]
    return element("path", d=_path(points), class_=class_, fill="none", stroke_dasharray=dash)


def area(upper: Sequence[Point], lower: Sequence[Point], class_: str) -> Html:
    """The area between two lines over the same places."""
    return element("path", d=_path((*upper, *reversed(lower))) + "Z", class_=class_)


def marker(x: float, y: float, side: int, class_: str, size: float = 4) -> Html:
    """The mark of a side: circle, square, diamond, triangle, cross."""
    s = size
    shapes = (
        None,
        f"M{x - s:.1f} {y - s:.1f}h{2 * s}v{2 * s}h{-2 * s}Z",
        f"M{x:.1f} {y - 1.3 * s:.1f}l{1.3 * s} {1.3 * s}l{-1.3 * s} {1.3 * s}l{-1.3 * s} {-1.3 * s}Z",
        f"M{x:.1f} {y - 1.2 * s:.1f}l{1.2 * s} {2.2 * s}h{-2.4 * s}Z",
        f"M{x - s:.1f} {y - s:.1f}l{2 * s} {2 * s}m0 {-2 * s}l{-2 * s} {2 * s}",
    )
    shape = shapes[side % SIDES]
    if shape is None:
        return element("circle", cx=float(x), cy=float(y), r=float(size), class_=class_)
    return element("path", d=shape, class_=class_)


def _path(points: Iterable[Point]) -> str:
    parts, command = [], "M"
    for x, y in points:
        if math.isnan(y):
            command = "M"
            continue
        parts.append(f"{command}{x:.1f} {y:.1f}")
        command = "L"
    return "".join(parts)


def width_of(words: str, size: float = 13, *, bold: bool = False) -> float:
    """About how wide a text is."""
    return len(words) * size * (_BOLD if bold else _CHARACTER)


def wrapped(words: str, width: float, size: float = 13, most: int = 3, *, bold: bool = False) -> list[str]:
    """A text broken into lines that fit a width; what does not fit the last one ends in an ellipsis."""
    room = max(4, int(width / width_of("x", size, bold=bold)))
    found: list[str] = []
    for word in words.split():
        if found and len(found[-1]) + 1 + len(word) <= room:
            found[-1] += f" {word}"
        else:
            found.append(word)
    kept = [cut(one, room) for one in found[:most]]
    if len(found) > most:
        kept[-1] = cut(f"{kept[-1]} …", room) if len(kept[-1]) + 2 <= room else f"{kept[-1][: room - 1].rstrip()}…"
    return kept


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values within a range, at most about so many."""
    if not high > low:
        return [low]
    rough = (high - low) / most
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(turn * step, 12) for turn in range(first, math.floor(high / step + 1e-9) + 1)]


def calendar_ticks(start: date, days: float, width: float) -> Iterator[tuple[float, str]]:
    """Firsts of years, or of months in a short time, as days after the start with their names, as fit a width."""
    count = days / 30.4
    months = next((n for n in (1, 3, 6, 12, 24, 60, 120) if count / n * (44 if n >= 12 else 72) <= width), 240)
    year, turn = start.year, 0
    while True:
        place = turn * months
        when = year + place // 12
        if when > date.max.year:
            return
        day = date(when, place % 12 + 1, 1)
        passed = (day - start).days
        if passed > days:
            return
        if passed >= 0 and (months < 12 or (day.year - year) * 12 % months == 0):
            yield float(passed), str(day.year) if months >= 12 else short_month(day)
        turn += 1


def calendar_axis(start: date, days: float, x: Scale, top: float, foot: float) -> Iterator[Html]:
    """Dates along the bottom: a line from `top` to `foot` at each, its name below where there is room for it."""
    taken = -math.inf
    for day, said in calendar_ticks(start, days, x.end - x.start):
        half = width_of(said, 12) / 2
        place = min(max(x(day), half), x.end - half)
        yield line(x(day), top, x(day), foot, "grid")
        if place - half > taken + _APART:
            yield text(place, foot + 14, said, class_="axis", anchor="middle")
            taken = place + half


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places moved apart as little as needed for labels so high, in their order, within bounds."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = [min(max(place, low), high) for place in places]
    for before, index in pairwise(order):
        moved[index] = max(moved[index], moved[before] + gap)
    ceiling = high
    for index in reversed(order):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - gap
    return moved
