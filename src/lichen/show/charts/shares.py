"""Who holds how much of the whole: one bar from end to end, the largest first, the rest together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from lichen.show.charts import drawing
from lichen.show.charts.drawing import Scale
from lichen.show.figures import percent
from lichen.show.lines import cut
from lichen.show.markup import Html


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Named shares of one whole, the largest first, and how many others make up the rest."""

    title: str
    parts: tuple[tuple[str, float], ...]
    others: int = 0


def draw(shares: Shares, width: int, name: str = "shares") -> Html:
    """The chart at a width in pixels."""
    rows = list(_rows(shares))
    left = min(max((drawing.width_of(title) for title, _ in rows), default=0) + 12, width * 0.42)
    longest = max((share for _, share in rows), default=1.0)
    x = Scale(0.0, max(longest, 1e-9), left, width - 70.0)
    return drawing.frame(name, shares.title, describe(shares), width, 28.0 * len(rows) + 10, _bars(rows, x))


def describe(shares: Shares) -> str:
    """What the chart shows, in words."""
    return ", ".join(f"{title} {percent(share)}" for title, share in _rows(shares)) + "."


def _rows(shares: Shares) -> Iterator[tuple[str, float]]:
    yield from shares.parts
    if shares.others:
        rest = max(0.0, 1 - sum(share for _, share in shares.parts))
        yield f"{shares.others} others", rest


def _bars(rows: list[tuple[str, float]], x: Scale) -> Iterator[Html]:
    for turn, (title, share) in enumerate(rows):
        top = 28.0 * turn + 6
        most = int((x.start - 10) / drawing.width_of("x"))
        yield drawing.text(x.start - 10, top + 15, cut(title, max(most, 6)), class_="label", anchor="end")
        yield drawing.rect(x.start, top, x(share) - x.start, 20, "share largest" if turn == 0 else "share")
        yield drawing.text(x(share) + 8, top + 15, percent(share), class_="figure")
