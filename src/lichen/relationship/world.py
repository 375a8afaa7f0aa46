"""What nobody in the relationship decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, final

from lichen.relationship.quantity import PLAIN, Dimension
from lichen.relationship.value import Value

ProcessKind = Literal[
    "constant",
    "uniform",
    "normal",
    "lognormal",
    "triangular",
    "beta",
    "ar1",
    "white",
    "random_walk",
    "jumps",
    "seasonal",
    "series",
]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A recorded series: dates in order and the values from then on, in base units; `resample_days` is the block
    length.
    """

    dates: tuple[date, ...]
    values: tuple[float, ...]
    resample_days: float | None = None
    table: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A world variable: its kind, its parameters by name (`mean`, `spread`, ...), and the peak date of a seasonal
    one.
    """

    name: str
    kind: ProcessKind
    dimension: Dimension = PLAIN
    parameters: Mapping[str, Value] = field(default_factory=dict)
    peak: date | None = None
    series: Series | None = None

    @property
    def is_drawn(self) -> bool:
        """Whether it differs from future to future."""
        if self.series is not None:
            return self.series.resample_days is not None
        return self.kind not in ("constant", "seasonal", "series")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """Two world variables whose draws go together."""

    between: tuple[str, str]
    coefficient: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """From a date (until another, or the end) these terms or world variables have other values."""

    name: str
    start: date
    until: date | None
    values: Mapping[str, Value]
