"""A figure with its 95 % interval, as a finite number of futures gives it.

Means and ratios of means use their standard error, shares Wilson's interval, quantiles the binomial order statistics.
Sources: Wilson 1927; David and Nagaraja, Order Statistics, 2003, section 7.1; ratios by linearisation (Cochran 1977,
section 2.11).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import final

import numpy as np

from lichen.simulation.futures import Array
from lichen.simulation.sampling import Z


@final
@dataclass(frozen=True, slots=True)
class Figure:
    """A value between two bounds; all three are equal when it is exact, and NaN when it cannot be told."""

    value: float
    low: float
    high: float

    @property
    def interval(self) -> tuple[float, float]:
        """The two bounds."""
        return (self.low, self.high)

    @property
    def known(self) -> bool:
        """Whether it can be told."""
        return not (math.isnan(self.value) or math.isnan(self.low) or math.isnan(self.high))

    def rising(self, change: Callable[[float], float]) -> Figure:
        """The figure under a function that never falls."""
        return combined(change, self)

    def falling(self, change: Callable[[float], float]) -> Figure:
        """The figure under a function that never rises."""
        return Figure(change(self.value), change(self.high), change(self.low))

    def scaled(self, factor: float, shift: float = 0.0) -> Figure:
        """The figure times a factor that is not negative, plus a shift."""
        return self.rising(lambda x: x * factor + shift)

    def wider(self, by: float) -> Figure:
        """The figure with as much more on either side."""
        return Figure(self.value, self.low - by, self.high + by)

    def clipped(self, low: float = -1.0, high: float = 1.0) -> Figure:
        """The figure held between two numbers."""
        return self.rising(lambda x: min(max(x, low), high))


def exact(value: float) -> Figure:
    """A figure that no future changes."""
    return Figure(value, value, value)


def combined(change: Callable[..., float], *figures: Figure) -> Figure:
    """What a function that falls in none of several figures makes of them."""
    return Figure(
        change(*(figure.value for figure in figures)),
        change(*(figure.low for figure in figures)),
        change(*(figure.high for figure in figures)),
    )


UNKNOWN = exact(math.nan)


def mean_of(samples: Array) -> Figure:
    """The mean of one number a future."""
    value = float(np.mean(samples))
    return around(value, standard_error(samples))


def ratio_of(over: Array, under: Array) -> Figure:
    """The mean of `over` by the mean of `under`; 0/0 is 0."""
    value, error = ratio_and_error(over, under)
    return around(value, error)


def ratio_and_error(over: Array, under: Array) -> tuple[float, float]:
    """A ratio of means and its standard error."""
    top, bottom = float(np.mean(over)), float(np.mean(under))
    if abs(bottom) < 1e-300:
        return (0.0 if abs(top) < 1e-300 else math.copysign(math.inf, top)), 0.0
    value = top / bottom
    return value, standard_error(over - value * under) / abs(bottom)


def quantile_of(samples: Array, q: float) -> Figure:
    """The q-quantile of one number a future."""
    ordered = np.sort(samples)
    count = len(ordered)
    if np.isnan(ordered[-1]):
        return UNKNOWN
    half = Z * math.sqrt(count * q * (1 - q))
    low = max(0, math.floor(count * q - half) - 1)
    high = min(count - 1, math.ceil(count * q + half))
    place = q * (count - 1)
    below, above = float(ordered[math.floor(place)]), float(ordered[math.ceil(place)])
    value = below if below == above else below + (place - math.floor(place)) * (above - below)
    return Figure(value, float(ordered[low]), float(ordered[high]))


def share_of(held: Array) -> Figure:
    """The share of futures in which something held (1 or 0 a future)."""
    count = len(held)
    share = float(np.mean(held))
    if math.isnan(share):
        return UNKNOWN
    spread = 1 + Z * Z / count
    centre = (share + Z * Z / (2 * count)) / spread
    half = Z * math.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count)) / spread
    return Figure(share, min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half)))


def least_of(figures: Iterable[Figure]) -> Figure:
    """The least of several figures; it cannot be told when one of them cannot. Of none it is 1."""
    known = list(figures)
    if any(not figure.known for figure in known):
        return UNKNOWN
    return combined(lambda *values: min(values, default=1.0), *known)


def largest_of(figures: Iterable[Figure]) -> Figure:
    """The largest of several figures; it cannot be told when one of them cannot. Of none it is 0."""
    known = list(figures)
    if any(not figure.known for figure in known):
        return UNKNOWN
    return combined(lambda *values: max(values, default=0.0), *known)


def around(value: float, error: float) -> Figure:
    """A value with its standard error."""
    return Figure(value, value - Z * error, value + Z * error)


def standard_error(samples: Array) -> float:
    """The standard error of a mean over futures."""
    return float(np.std(samples)) / math.sqrt(max(1, len(samples) - 1))
