"""What a change does: each figure before and after on one line, with an arrow in the direction it moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

from lichen.show.charts import drawing
from lichen.show.charts.drawing import Scale
from lichen.show.figures import number, percent
from lichen.show.markup import Html, element, join


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One figure before and after; more is better. `limit` is where it must not fall below."""

    title: str
    before: float
    after: float
    limit: float = 0.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAfter:
    """Several figures over one scale. `rooms`: they are room left, written as per cent."""

    title: str
    moves: tuple[Move, ...]
    rooms: bool = False


def draw(change: BeforeAfter, width: int, name: str = "change") -> Html:
    """The chart at a width in pixels."""
    narrow = width < 500
    left = 12.0 if narrow else 20 + max((drawing.width_of(move.title) for move in change.moves), default=0)
    step = 44.0 if narrow else 30.0
    said = percent if change.rooms else number
    longest = max((drawing.width_of(_arrowed(move, said), bold=True) for move in change.moves), default=0.0)
    values = [value for move in change.moves for value in (move.before, move.after, move.limit)] or [0.0]
    low, high = min(values), max(values)
    pad = (high - low) * 0.05 or 0.1
    x = Scale(low - pad, high + pad, left, width - 16.0 - longest)
    rows = (
        (
            *_row(move, x, 26 + step * turn, step, narrow=narrow),
            *_figures(move, x, 26 + step * turn, step, said, narrow=narrow),
        )
        for turn, move in enumerate(change.moves)
    )
    head = drawing.text(x.end + 8, 16, "before → after", class_="axis")
    return drawing.frame(name, change.title, describe(change), width, 32 + step * len(change.moves), head, rows)


def describe(change: BeforeAfter) -> str:
    """What the chart shows, in words."""
    said = percent if change.rooms else number
    return " ".join(
        f"{move.title}: from {said(move.before)} to {said(move.after)}, {_word(move)}." for move in change.moves
    )


def _word(move: Move) -> str:
    return "better" if move.after > move.before else "worse" if move.after < move.before else "the same"


def _row(move: Move, x: Scale, top: float, step: float, *, narrow: bool) -> Iterator[Html]:
    middle = _middle(top, step, narrow=narrow)
    title = (x.start, top + 12, "start") if narrow else (x.start - 12, middle + 4, "end")
    yield drawing.text(title[0], title[1], move.title, class_="label", anchor=title[2])
    yield drawing.line(x.start, middle, x.end, middle, "grid")
    yield drawing.line(x(move.limit), middle - 9, x(move.limit), middle + 9, "floor")
    look = _word(move).replace(" ", "-")
    yield drawing.line(x(move.before), middle, x(move.after), middle, f"move {look}")
    yield drawing.marker(x(move.before), middle, 0, f"ring {look}", 4)
    if move.after != move.before:
        yield _arrow(x(move.after), middle, look, right=move.after > move.before)


def _middle(top: float, step: float, *, narrow: bool) -> float:
    """The height of the line: on a phone the title stands above it."""
    return top + step - 14 if narrow else top + step / 2


def _arrowed(move: Move, said: Callable[[float], str]) -> str:
    return f"{said(move.before)} → {said(move.after)}"


def _figures(
    move: Move, x: Scale, top: float, step: float, said: Callable[[float], str], *, narrow: bool
) -> Iterator[Html]:
    middle = _middle(top, step, narrow=narrow)
    yield drawing.text(x.end + 8, middle, _arrowed(move, said), class_="figure")
    yield drawing.text(x.end + 8, middle + 12, _word(move), class_=f"small {_word(move).replace(' ', '-')}")


def _arrow(x: float, y: float, look: str, *, right: bool) -> Html:
    back = -9 if right else 9
    return join(element("path", d=f"M{x:.1f} {y:.1f}l{back} -5v10Z", class_=f"dot {look}"))
