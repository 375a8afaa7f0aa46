"""What each blow costs the side that it hits hardest: one bar a blow, the hardest on top, as in a tornado chart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from lichen.check.wording import fares, hundredths, its, out_of_hundred_beside
from lichen.show.charts import drawing
from lichen.show.charts.drawing import Scale
from lichen.show.figures import mark, percent
from lichen.show.lines import cut
from lichen.show.markup import Html, join

MOST = 1.5
"""Bars longer than this, in healthy ranges, are cut off, and end in a point."""
_ROW, _ROW_NARROW = 34.0, 66.0
_WORDS, _WORDS_NARROW = 250.0, 92.0
"""The room right of the bars, where what they mean is written."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Blow:
    """What happens, whom it hits, and what that costs it.

    `lost` is room, of its healthy range (below 0: won), between `low` and `high` with 95 %; `falls` the share of
    futures in which it falls below its floor, `anyway` the same without the blow.
    """

    title: str
    hit: str
    lost: float
    low: float
    high: float
    falls: float
    anyway: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Blows:
    """Blows over one scale of room lost."""

    title: str
    blows: tuple[Blow, ...]


def draw(blows: Blows, width: int, name: str = "blows") -> Html:
    """The chart at a width in pixels."""
    narrow = width < 500
    longest = max((drawing.width_of(one.title) for one in blows.blows), default=0.0)
    left = 10.0 if narrow else min(longest + 18, width * 0.4)
    step = _ROW_NARROW if narrow else _ROW
    most = min(max([one.high for one in blows.blows] + [0.05]), MOST)
    least = max(min([one.low for one in blows.blows] + [0.0]), -MOST)
    x = Scale(least, most, left, width - (_WORDS_NARROW if narrow else _WORDS))
    height = 30 + step * len(blows.blows) + 6
    return drawing.frame(
        name,
        blows.title,
        describe(blows),
        width,
        height,
        _ground(x, height, narrow=narrow),
        (_row(one, x, 30 + step * turn, step, narrow=narrow) for turn, one in enumerate(blows.blows)),
    )


def describe(blows: Blows) -> str:
    """What the chart shows, in words."""
    return " ".join(
        f"{one.title}: {fares(one.hit, one.lost)}, "
        f"below {its(one.hit)} floor {out_of_hundred_beside(one.falls, one.anyway)}."
        for one in blows.blows
    )


def _falls(one: Blow) -> str:
    """In how many futures it falls, short enough for the chart."""
    said, anyway = f"falls in {hundredths(one.falls)} of 100", hundredths(one.anyway)
    return f"{said}, anyway in {anyway}" if anyway else said


def _ground(x: Scale, height: float, *, narrow: bool) -> Html:
    marks = drawing.ticks(x.low, x.high, 3 if narrow else 5)
    return join(
        (drawing.line(x(value), 24, x(value), height - 6, "zero" if value == 0 else "grid") for value in marks),
        (drawing.text(x(value), 16, mark(value), class_="axis", anchor="middle") for value in marks),
    )


def _row(one: Blow, x: Scale, top: float, step: float, *, narrow: bool) -> Iterator[Html]:
    """The blow, its bar, and what it means: beside the bar, on a narrow page below it."""
    middle = top + 29 if narrow else top + step / 2
    look = "fallen" if one.falls - one.anyway >= 0.05 else "won" if one.lost < 0 else "lost"
    if narrow:
        letters = int((x.end + _WORDS_NARROW - x.start) / drawing.width_of("x"))
        yield drawing.text(x.start, top + 14, cut(one.title, letters), class_="label over")
    else:
        letters = max(8, int((x.start - 18) / drawing.width_of("x")))
        yield drawing.text(x.start - 12, middle + 4, cut(one.title, letters), class_="label", anchor="end")
    start, end = sorted((x(0), x(one.lost)))
    said = f"{one.title}: {percent(one.lost)}"
    if x.low <= one.lost <= x.high:
        yield drawing.rect(start, middle - 8, max(end - start, 1.5), 16, f"blow {look}", said)
    else:
        yield drawing.arrow(x(0), x(one.lost), middle, 16, f"blow {look}", said)
    if one.low < one.high:
        yield drawing.line(x(one.low), middle, x(one.high), middle, "whisker")
    figure, small = percent(one.lost), drawing.width_of("x", 11.5)
    if narrow:
        yield drawing.text(x.end + 6, middle + 4, figure, class_="figure small")
        letters = max(6, int((x.end + _WORDS_NARROW - x.start) / small) - len(_falls(one)) - 2)
        yield drawing.text(x.start, middle + 24, f"{cut(one.hit, letters)}, {_falls(one)}", class_=f"small {look}")
    else:
        room = int((_WORDS - 10) / small)
        hit = cut(one.hit, max(6, room - len(figure) - 1))
        yield drawing.text(x.end + 10, middle - 1, f"{figure} {hit}", class_="figure small")
        yield drawing.text(x.end + 10, middle + 12, cut(_falls(one), room), class_=f"small {look}")
