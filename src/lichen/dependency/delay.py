"""How late an effect arrives: fixed times add up, smoothing spreads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np


@final
@dataclass(frozen=True, slots=True)
class Delay:
    """A fixed time, then stages of first-order smoothing one after the other, each with its mean; all in days.

    Equal stages give the Erlang distribution (the DELAY3 of system dynamics is three of them), unequal ones its
    generalisation, a chain of exponential waits.
    """

    fixed: float = 0.0
    stages: tuple[float, ...] = ()

    def __add__(self, other: Delay) -> Delay:
        """One delay after the other."""
        return Delay(self.fixed + other.fixed, self.stages + other.stages)

    @property
    def mean(self) -> float:
        """The mean time to arrive."""
        return self.fixed + math.fsum(self.stages)

    @property
    def variance(self) -> float:
        """The variance of the time to arrive: of the stages, since fixed times have none."""
        return math.fsum(stage**2 for stage in self.stages)

    def arrived_by(self, days: float) -> float:
        """The share of the effect that has arrived by then."""
        if days < self.fixed:
            return 0.0
        if not self.stages:
            return 1.0
        from scipy.linalg import expm  # slow to import, and few relationships smooth

        rates = 1 / np.array(self.stages)
        chain = np.diag(-rates) + np.diag(rates[:-1], 1)
        return 1.0 - float(expm(chain * (days - self.fixed))[0].sum())

    @property
    def half(self) -> float:
        """When half of the effect has arrived."""
        low, high = self.fixed, self.fixed + 2 * math.fsum(self.stages)  # by Markov's inequality the median is below
        while self.stages and high - low > 1e-12 * high:
            middle = (low + high) / 2
            low, high = (middle, high) if self.arrived_by(middle) < 0.5 else (low, middle)
        return high
