"""Where the map's parties stand and how its flows run.

Parties stand on an ellipse. Flows between neighbours bow to the left of their direction, so that opposite ones part;
those across bow inwards, clear of the parties between. Labels go where there is room. Coordinates are CSS pixels, y
downwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

Point: TypeAlias = tuple[float, float]

_FIRST_BOW = 26.0
_NEXT_BOW = 44.0
_LOOP = 78.0
_BETWEEN = 8.0
_STEP = 20.0
_MOST_HEIGHT = 4.0
"""How high a map may become, in widths."""

_SAMPLES = 64
_MARKS = 32
"""At so many places a curve is looked at under a label."""
_SPOTS = (0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75)
"""Where along its curve a label is tried, the middle first."""


@final
@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its middle."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, point: Point) -> bool:
        """Whether a point lies inside."""
        return abs(point[0] - self.x) <= self.width / 2 and abs(point[1] - self.y) <= self.height / 2

    def meets(self, other: Box, gap: float = 3.0) -> bool:
        """Whether two boxes overlap or come closer than a gap."""
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2 + gap
            and abs(self.y - other.y) < (self.height + other.height) / 2 + gap
        )

    def within(self, width: float, height: float) -> bool:
        """Whether it lies on a canvas of this size."""
        return (
            self.width / 2 <= self.x <= width - self.width / 2 and self.height / 2 <= self.y <= height - self.height / 2
        )


@final
@dataclass(frozen=True, slots=True)
class Curve:
    """A cubic Bézier curve from the edge of one box to that of another."""

    start: Point
    first: Point
    second: Point
    end: Point

    def at(self, t: float) -> Point:
        """The point at t in 0..1."""
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
        x, y = (a * p + b * q + c * r + d * s for p, q, r, s in zip(*self.points, strict=True))
        return x, y

    @property
    def points(self) -> tuple[Point, Point, Point, Point]:
        """Its four points."""
        return self.start, self.first, self.second, self.end

    def part(self, low: float, high: float) -> Curve:
        """The piece between two places on it (de Casteljau)."""
        return self._until(high)._since(low / high if high else 0.0)

    def _until(self, t: float) -> Curve:
        a, b, c, d = self.points
        ab, bc, cd = _mix(a, b, t), _mix(b, c, t), _mix(c, d, t)
        abc, bcd = _mix(ab, bc, t), _mix(bc, cd, t)
        return Curve(a, ab, abc, _mix(abc, bcd, t))

    def _since(self, t: float) -> Curve:
        back = Curve(self.end, self.second, self.first, self.start)._until(1 - t)
        return Curve(back.end, back.second, back.first, back.start)


def on_ellipse(
    sizes: Sequence[tuple[float, float]], width: float, least_height: float
) -> tuple[tuple[Box, ...], float]:
    """Places for boxes of given sizes, and the height that they need at a width so that none meets another.

    One stands in the middle, two side by side (stacked where that is higher than wide), more around from the top.
    Where no height helps, they stand as close as the least height says.
    """
    height = least_height
    while height <= _MOST_HEIGHT * width:
        boxes = _around(sizes, width, height)
        if not any(one.meets(other, _BETWEEN) for i, one in enumerate(boxes) for other in boxes[:i]):
            return boxes, height
        height += _STEP
    return _around(sizes, width, least_height), least_height


def routes(ends: Sequence[tuple[int, int]], boxes: Sequence[Box], middle: Point) -> tuple[Curve, ...]:
    """A curve for each flow, given as (giver, receiver), clipped to the boxes of its ends."""
    taken: dict[tuple[int, int], int] = {}
    found = []
    for giver, receiver in ends:
        across = abs(giver - receiver) not in (0, 1, len(boxes) - 1)
        lane = (min(giver, receiver), max(giver, receiver)) if across else (giver, receiver)
        turn = taken.get(lane, 0)
        taken[lane] = turn + 1
        bow = _FIRST_BOW + _NEXT_BOW * turn
        if giver == receiver:
            found.append(_loop(boxes[giver], middle, turn))
        elif across:
            found.append(_bowed(boxes[giver], boxes[receiver], bow * _inwards(boxes[giver], boxes[receiver], middle)))
        else:
            found.append(_bowed(boxes[giver], boxes[receiver], bow))
    return tuple(found)


def most_bow(ends: Iterable[tuple[int, int]]) -> float:
    """How far the outermost flow of any pair bows out."""
    counts: dict[tuple[int, int], int] = {}
    for pair in ends:
        counts[pair] = counts.get(pair, 0) + 1
    return _FIRST_BOW + _NEXT_BOW * (max(counts.values(), default=1) - 1)


def label_spots(
    curves: Sequence[Curve], sizes: Sequence[tuple[float, float]], boxes: Sequence[Box], canvas: tuple[float, float]
) -> tuple[Box, ...] | None:
    """A place for every label on its own curve, free of boxes and other labels, where it hides fewest of the other
    curves; None when there is no room for all.
    """
    placed: list[Box] = []
    runs = [[curve.at(turn / _MARKS) for turn in range(_MARKS + 1)] for curve in curves]
    for own, (curve, size) in enumerate(zip(curves, sizes, strict=True)):
        tries = (Box(*curve.at(t), *size) for t in _SPOTS)
        free = [spot for spot in tries if spot.within(*canvas) and not any(map(spot.meets, (*boxes, *placed)))]
        if not free:
            return None
        others = [run for turn, run in enumerate(runs) if turn != own]
        placed.append(min(free, key=lambda spot: sum(any(map(spot.holds, run)) for run in others)))
    return tuple(placed)


def nearest_spots(curves: Sequence[Curve], size: tuple[float, float], boxes: Sequence[Box]) -> tuple[Box, ...]:
    """A place for small marks of one size: the first free one along the curve, or its middle."""
    placed: list[Box] = []
    for curve in curves:
        tries = [Box(*curve.at(t), *size) for t in (*_SPOTS, *(i / 40 for i in range(6, 35)))]
        placed.append(next((spot for spot in tries if not any(map(spot.meets, (*boxes, *placed)))), tries[0]))
    return tuple(placed)


def _around(sizes: Sequence[tuple[float, float]], width: float, height: float) -> tuple[Box, ...]:
    wide, high = (max((size[axis] for size in sizes), default=0.0) for axis in (0, 1))
    across, down = (width - wide) / 2 - 8, (height - high) / 2 - 8
    count = len(sizes)
    if count == 2:
        turns = [math.pi, 0.0] if width >= height else [-math.pi / 2, math.pi / 2]
    else:
        turns = [2 * math.pi * i / max(count, 1) - math.pi / 2 for i in range(count)]
    radius = 0.0 if count == 1 else 1.0
    return tuple(
        Box(width / 2 + radius * across * math.cos(turn), height / 2 + radius * down * math.sin(turn), *size)
        for turn, size in zip(turns, sizes, strict=True)
    )


def _inwards(giver: Box, receiver: Box, middle: Point) -> float:
    """1 where bowing to the left of the direction leads towards the middle of the map, else -1."""
    dx, dy = receiver.x - giver.x, receiver.y - giver.y
    to_x, to_y = middle[0] - (giver.x + receiver.x) / 2, middle[1] - (giver.y + receiver.y) / 2
    return 1.0 if dy * to_x - dx * to_y >= 0 else -1.0


def _bowed(giver: Box, receiver: Box, bow: float) -> Curve:
    """From middle to middle, bowed to the left of its direction: its own middle is `bow` off the straight line."""
    dx, dy = receiver.x - giver.x, receiver.y - giver.y
    length = math.hypot(dx, dy) or 1.0
    off = (dy / length * bow * 4 / 3, -dx / length * bow * 4 / 3)
    first = (giver.x + dx * 0.25 + off[0], giver.y + dy * 0.25 + off[1])
    second = (giver.x + dx * 0.75 + off[0], giver.y + dy * 0.75 + off[1])
    return _clipped(Curve((giver.x, giver.y), first, second, (receiver.x, receiver.y)), giver, receiver)


def _loop(box: Box, middle: Point, turn: int) -> Curve:
    """From a box back to itself, on the side away from the middle of the map."""
    away = -1.0 if box.y <= middle[1] else 1.0
    reach = _LOOP + _NEXT_BOW * turn
    left, right = box.x - box.width * 0.3, box.x + box.width * 0.3
    edge = box.y + away * box.height / 2
    return Curve((left, edge), (left - 10, edge + away * reach), (right + 10, edge + away * reach), (right, edge))


def _clipped(curve: Curve, giver: Box, receiver: Box) -> Curve:
    inside = [t / _SAMPLES for t in range(_SAMPLES + 1)]
    low = max((t for t in inside if giver.holds(curve.at(t))), default=0.0)
    high = min((t for t in inside if t > low and receiver.holds(curve.at(t))), default=1.0)
    return curve.part(min(low, 0.45), max(high, 0.55))


def _mix(a: Point, b: Point, t: float) -> Point:
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t
