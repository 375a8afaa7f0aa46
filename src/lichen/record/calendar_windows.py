"""Calendar windows: days, weeks from Monday, months, quarters and years, as people close their books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from functools import lru_cache
from typing import Literal, final

Grain = Literal["day", "week", "month", "quarter", "year"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")

MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""How many months a window holds."""
_SPACINGS: tuple[tuple[Grain, float], ...] = (("day", 3.5), ("week", 18), ("month", 60), ("quarter", 180))


@final
@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The days from `start` up to, but without, `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.end - self.start).days

    def moved(self, days: int) -> Span:
        """The same length, so many days later; it stays within the calendar."""
        first = max(1, min(self.start.toordinal() + days, date.max.toordinal() - self.days))
        start = date.fromordinal(first)
        return Span(start, start + timedelta(days=self.days))

    def shared_days(self, other: Span) -> int:
        """How many days lie in both."""
        return max(0, (min(self.end, other.end) - max(self.start, other.start)).days)

    def to_json(self) -> str:
        """For machines as for people."""
        return str(self)

    def __str__(self) -> str:
        """As people name it: `2019`, `quarter 2 of 2019`, `2019-04`, `2019-04-03`, or first and last day."""
        if self.days == 1:
            return self.start.isoformat()
        if self == window_at("month", self.start):
            return f"{self.start:%Y-%m}"
        if self == window_at("quarter", self.start):
            return f"quarter {self.start.month // 3 + 1} of {self.start.year}"
        if self == window_at("year", self.start):
            return f"{self.start.year}"
        return f"{self.start.isoformat()} to {(self.end - timedelta(days=1)).isoformat()}"


@lru_cache(maxsize=65_536)
def window_at(grain: Grain, day: date) -> Span:
    """The window of this grain in which a day lies."""
    if grain == "day":
        return Span(day, _later(day, 1))
    if grain == "week":
        monday = day - timedelta(days=min(day.weekday(), day.toordinal() - 1))
        return Span(monday, _later(monday, 7))
    length = MONTHS[grain]
    first = (day.month - 1) // length * length + 1
    start = date(day.year, first, 1)
    following = first + length
    if following <= 12:
        return Span(start, date(day.year, following, 1))
    return Span(start, date.max if day.year == MAXYEAR else date(day.year + 1, 1, 1))


def windows(grain: Grain, within: Span) -> Iterator[Span]:
    """Every window of this grain that a span touches, in order."""
    window = window_at(grain, within.start)
    while window.start < within.end:
        yield window
        if window.end == date.max:
            return
        window = window_at(grain, window.end)


def grain_of(span: Span) -> Grain:
    """The finest grain whose windows are at least as long as the span."""
    for grain in GRAINS:
        window = window_at(grain, span.start)
        if window.start <= span.start and span.end <= window.end:
            return grain
    return "year"


def grain_of_spacing(days: float) -> Grain:
    """The grain of readings that lie about this many days apart."""
    return next((grain for grain, most_days in _SPACINGS if days <= most_days), "year")


def _later(day: date, days: int) -> date:
    return day + timedelta(days=min(days, (date.max - day).days))
