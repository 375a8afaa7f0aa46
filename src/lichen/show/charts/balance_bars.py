"""Pairs of bars for each side: given and received, promised and recorded; hatched is what no record covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from lichen.show.charts import drawing
from lichen.show.charts.drawing import Scale
from lichen.show.figures import percent
from lichen.show.markup import Html


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: its word, its size on the scale, the figure beside it, and the share that the record covers."""

    word: str
    size: float | None
    figure: str
    look: str = "given"
    covered: float | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The bars of one side or one flow."""

    title: str
    bars: tuple[Bar, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceBars:
    """Groups of bars. `shared`: all count the same unit; otherwise each group has a scale of its own."""

    title: str
    groups: tuple[Group, ...]
    shared: bool = True


def draw(balance: BalanceBars, width: int, name: str = "balance") -> Html:
    """The chart at a width in pixels."""
    words = max((drawing.width_of(bar.word) for group in balance.groups for bar in group.bars), default=0)
    figures = max((drawing.width_of(bar.figure) for group in balance.groups for bar in group.bars), default=0)
    left = 12.0 + words
    height = sum(30 + 25 * len(group.bars) for group in balance.groups) + 8
    return drawing.frame(
        name,
        balance.title,
        describe(balance),
        width,
        height,
        _groups(balance, left + 6, max(width - figures - 12.0, left + 40), name),
    )


def describe(balance: BalanceBars) -> str:
    """What the chart shows, in words."""
    return " ".join(
        f"{group.title}: " + ", ".join(f"{bar.word} {bar.figure}{_coverage(bar)}" for bar in group.bars) + "."
        for group in balance.groups
    )


def _coverage(bar: Bar) -> str:
    return f" ({percent(bar.covered)} covered by the record)" if bar.covered is not None else ""


def _groups(balance: BalanceBars, left: float, right: float, name: str) -> Iterator[Html]:
    everywhere = max((bar.size or 0.0 for group in balance.groups for bar in group.bars), default=0.0)
    top = 4.0
    for group in balance.groups:
        largest = everywhere if balance.shared else max((bar.size or 0.0 for bar in group.bars), default=0.0)
        x = Scale(0.0, max(largest, 1e-300), left, right)
        yield drawing.text(2, top + 16, group.title, class_="label strong")
        top += 24
        for bar in group.bars:
            yield from _bar(bar, x, top, name)
            top += 25
        top += 6


def _bar(bar: Bar, x: Scale, top: float, name: str) -> Iterator[Html]:
    yield drawing.text(x.start - 8, top + 14, bar.word, class_="label", anchor="end")
    size = bar.size or 0.0
    wide = x(size) - x.start
    if bar.size is None:
        yield drawing.hatched(name, x.start, top + 1, 40, 17, "not known")
        wide = 40
    else:
        yield drawing.rect(x.start, top + 1, max(wide, 1.5), 17, bar.look)
        if bar.covered is not None and bar.covered < 1:
            known = wide * bar.covered
            yield drawing.hatched(name, x.start + known, top + 1, wide - known, 17, "not covered by the record")
    yield drawing.text(x.start + wide + 8, top + 14, bar.figure, class_="figure")
