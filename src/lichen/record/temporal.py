"""Rules over time, judged with three values: signal temporal logic on samples at equal steps, past and future.

Robustness is the signed distance to violation (Donzé and Maler 2010): at least 0 is satisfied. Each sample is an
interval, so that what is not known yet, or was never recorded, leaves the answer open instead of deciding it: the
lower end is the robustness in the worst case, the upper in the best (robust satisfaction intervals; Deshmukh et al.
2017).

Windows `[a, b]` count steps. A window that reaches beyond the end of the trace contains samples still to come when
`end` is `"open"`; when it is `"cut"` only the samples that exist count, as RTAMT does offline. Before the first
sample nothing was, and windows are cut there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

End = Literal["open", "cut"]
Truth = Literal["satisfied", "violated", "pending"]


@final
@dataclass(frozen=True, slots=True)
class Interval:
    """All values between two, both included."""

    low: float
    high: float

    @property
    def truth(self) -> Truth:
        """What it says of a rule whose robustness it holds."""
        if self.low >= 0:
            return "satisfied"
        return "violated" if self.high < 0 else "pending"


UNKNOWN = Interval(-math.inf, math.inf)
Signal: TypeAlias = tuple[Interval, ...]
"""One interval a sample."""


def signal(values: Iterable[float | None]) -> Signal:
    """A trace of figures; None is not known."""
    return tuple(UNKNOWN if value is None or math.isnan(value) else Interval(value, value) for value in values)


def at_least(trace: Signal, limit: float) -> Signal:
    """`x >= limit`."""
    return tuple(Interval(x.low - limit, x.high - limit) for x in trace)


def at_most(trace: Signal, limit: float) -> Signal:
    """`x <= limit`."""
    return tuple(Interval(limit - x.high, limit - x.low) for x in trace)


def both(left: Signal, right: Signal) -> Signal:
    """`left and right`."""
    return tuple(_least((x, y)) for x, y in zip(left, right, strict=True))


def once(rule: Signal, a: int = 0, b: int | None = None) -> Signal:
    """At some sample of the last `a` to `b` steps (of all past when `b` is None)."""
    return tuple(_most(_past(rule, now, a, b)) for now in range(len(rule)))


def historically(rule: Signal, a: int = 0, b: int | None = None) -> Signal:
    """At every sample of the last `a` to `b` steps (of all past when `b` is None)."""
    return tuple(_least(_past(rule, now, a, b)) for now in range(len(rule)))


def eventually(rule: Signal, a: int, b: int, end: End = "open") -> Signal:
    """At some sample of the next `a` to `b` steps."""
    return tuple(_most(_future(rule, now, a, b, end)) for now in range(len(rule)))


def since(hold: Signal, start: Signal) -> Signal:
    """`start` held at some past sample, and `hold` at every sample after it up to now."""
    found: list[Interval] = []
    before = Interval(-math.inf, -math.inf)
    for held, started in zip(hold, start, strict=True):
        before = _most((started, _least((held, before))))
        found.append(before)
    return tuple(found)


def _past(rule: Signal, now: int, a: int, b: int | None) -> Sequence[Interval]:
    first = 0 if b is None else max(0, now - b)
    return rule[first : max(0, now - a + 1)]


def _future(rule: Signal, now: int, a: int, b: int, end: End) -> Sequence[Interval]:
    window = rule[now + a : now + b + 1]
    return (*window, UNKNOWN) if end == "open" and now + b >= len(rule) else window


def _least(window: Iterable[Interval]) -> Interval:
    return _both_ends(min, window, math.inf)


def _most(window: Iterable[Interval]) -> Interval:
    return _both_ends(max, window, -math.inf)


def _both_ends(pick: Callable[[list[float]], float], window: Iterable[Interval], of_nothing: float) -> Interval:
    found = list(window)
    if not found:
        return Interval(of_nothing, of_nothing)
    return Interval(pick([x.low for x in found]), pick([x.high for x in found]))
