"""What one may ask of the runs: one lane an experiment, one number a future, the same draws in every lane.

Array axes are named in brackets: `[future]`, `[future, fifth]`, `[time]`, `[future, time]`. Times are in days, rates
per day, amounts in base units. Headroom is a plain number: 0 at the floor, 1 at the healthy level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, Literal, TypeAlias, TypeVar, final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Kept = TypeVar("Kept")
Made = TypeVar("Made")
OnChunk: TypeAlias = "Callable[[range, Mapping[str, Mapping[str, Array]]], None]"
"""Is given which futures are done, and by lane and series (named as in `Futures.paths`) their courses [future, time].

The arrays are used again for the next chunk: what is to be kept must be copied.
"""


@final
class OnDemand(Mapping[str, Made], Generic[Kept, Made]):
    """Figures by name, each made from what is `kept` of it when it is first asked for: few are, of many parties."""

    __slots__ = ("_kept", "_made", "_make")

    def __init__(self, kept: Mapping[str, Kept], make: Callable[[Kept], Made]) -> None:
        self._kept, self._make = kept, make
        self._made: dict[str, Made] = {}

    def __getitem__(self, name: str) -> Made:
        if name not in self._made:
            self._made[name] = self._make(self._kept[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One quantity over time in one lane, reduced to what a check asks.

    `start`, `end`, `mean`, `least` [future] over the whole horizon; `fifths` [future, fifth] means of consecutive
    fifths of the horizon; `least_after` and `sum_after` [future] from the lane's intervention on (sum of value x step
    in days; the whole horizon when the lane has none); `below_zero_at` [future] the first time it is below 0 in days,
    infinite when never; `yearly_least` [future] the worst mean of any year.
    """

    start: Array
    end: Array
    mean: Array
    least: Array
    fifths: Array
    least_after: Array
    sum_after: Array
    below_zero_at: Array
    yearly_least: Array

    @property
    def last_fifth(self) -> Array:
        """The mean over the last fifth of the horizon [future]."""
        return self.fifths[:, -1]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTotals:
    """One flow over the whole horizon in one lane.

    `amount` [future]: integral of the rate. `worth`, `cost`: by the receiver's or giver's capacity, the amount added or
    taken [future], counted when it arrives or is settled. `late_amount` [future]: the integral over the second half of
    the horizon. `clipped` [future]: the share of steps (and members) in which the rate was negative and set to 0, in
    the first lane. `shortfall` [future]: what rationing cut off.
    """

    amount: Array
    late_amount: Array
    worth: Mapping[str, Array]
    cost: Mapping[str, Array]
    clipped: Array
    shortfall: Array


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """How a shock pulls a party down, in the mean over futures against `base`.

    `share` is the largest part of its room there that is missing at one time (0 to 1; a room below a quarter counts as
    a quarter), `error` its standard error, `days` how long more than a twentieth of its range is missing.
    """

    share: float
    error: float
    days: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Clips:
    """How far the `between` of a term cut off what reviews would have set.

    `times` [future]: in how many reviews. `first` [future]: at which of them first, in days, infinite when never.
    """

    times: Array
    first: Array


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One experiment's runs.

    `headroom`: by party, the least over its essential capacities (of a group, the quantile over members that
    counts). `capacity_headroom`: by `party.capacity`. `group_mean` and `group_tenth`: by group, the mean and the
    worst tenth of members' headroom. `between`: by group of which a sample is looked at, between which two what counts
    of all its members lies, 19 times of 20. `flows`: by flow. `measures`: by name, the shared-value measures and checks
    in base units. `balance`: by party, worth received over own cost and burdens over the window that its rule names (a
    year by default), sampled where a full window lies behind, in the base lane. `presence`: by group, the expected
    number of members. `lost_above`: by `party.capacity`, what exceeded `at_most` [future]. `risk_paid`: by
    `party.capacity`, net amount paid (+) or received (-) through risk sharing [future]. `falls`: by party, for
    shocks only. `clips`: by term that reviews set. `fallen`: by group, where one member is struck: how many other
    members then fall below their floor at some time and do not in `base`, in the mean over futures. Of a run without
    tallies there are no `flows`, `measures`, `balance`, `lost_above`, `risk_paid` and `clips`.
    """

    name: str
    intervention_days: float
    headroom: Mapping[str, Trace]
    capacity_headroom: Mapping[str, Trace]
    flows: Mapping[str, FlowTotals]
    measures: Mapping[str, Trace] = field(default_factory=dict)
    balance: Mapping[str, Trace] = field(default_factory=dict)
    group_mean: Mapping[str, Trace] = field(default_factory=dict)
    group_tenth: Mapping[str, Trace] = field(default_factory=dict)
    between: Mapping[str, tuple[Trace, ...]] = field(default_factory=dict)
    presence: Mapping[str, Trace] = field(default_factory=dict)
    lost_above: Mapping[str, Array] = field(default_factory=dict)
    risk_paid: Mapping[str, Array] = field(default_factory=dict)
    falls: Mapping[str, Fall] = field(default_factory=dict)
    clips: Mapping[str, Clips] = field(default_factory=dict)
    fallen: Mapping[str, float] = field(default_factory=dict)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Futures:
    """All lanes of one run.

    `days` [time] are the times of the paths. `paths` holds whole trajectories [future, time] (of the first futures, at
    most 2,000 and no more than fit 400 MB) by lane and series name. For the base lane: `alder.headroom`, `alder.cash`
    (level, of a group the sum), `packaging` (rate), `alder.received` and `alder.borne` (tally per day in the party's
    own measure), terms under review, measures; for `cut` only headrooms. `engine` is the fast one where that ran them,
    and serves further runs without being loaded again.
    """

    seed: int
    runs: int
    days: Array
    lanes: Mapping[str, Lane]
    paths: Mapping[str, Mapping[str, Array]]
    engine: Literal["numba"] | None = None

    @property
    def base(self) -> Lane:
        """The relationship as the file says."""
        return self.lanes["base"]

    def with_more(self, more: Futures) -> Futures:
        """With further experiments in the same futures; what both have is taken from this run."""
        return replace(self, lanes={**more.lanes, **self.lanes}, paths={**more.paths, **self.paths})
