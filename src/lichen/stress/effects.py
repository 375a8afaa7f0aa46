"""What one experiment does to a party, beside the same futures without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import Figure, mean_of, quantile_of, share_of
from lichen.check.thresholds import MOVED
from lichen.simulation.futures import Array, Lane, Trace

NOTABLE = 0.05
"""From so many more futures on, one in twenty, a party is said to fall because of what was tried."""
HUNDREDTH = 0.01
"""From this share of futures on it is said that a party falls that is not brought down."""
SLIGHT = MOVED.value
"""A loss of room below this is not called one."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How one party fares.

    `lost`: room lost in the mean from the beginning of the experiment to the end, of its healthy range (below 0: room
    won). `falls`: the share of futures in which it falls below its floor at any time, `anyway` the same without the
    experiment, `more` the difference in the same futures. `runway_days`: from the beginning to the floor, the middle of
    the futures that fall after it; None when none does.
    """

    party: str
    title: str
    lost: Figure
    falls: Figure
    anyway: float
    more: Figure
    runway_days: Figure | None

    @property
    def known(self) -> bool:
        """Whether it can be told: nobody keeps to itself what it needs."""
        return self.lost.known and self.falls.known

    @property
    def is_brought_down(self) -> bool:
        """Whether it falls because of what was tried: in one future of twenty more, and beyond chance."""
        return self.more.low > 0 and self.more.value >= NOTABLE

    @property
    def says(self) -> str:
        """`Northfield reaches its floor after 7 weeks in 84 of 100 futures (in 3 of 100 futures anyway)`."""
        if not self.known:
            return f"what becomes of {self.title} cannot be told: somebody keeps a figure of it"
        often = wording.out_of_hundred_beside(self.falls.value, self.anyway)
        if self.is_brought_down:
            after = f" after {wording.span(self.runway_days.value)}" if self.runway_days is not None else ""
            return f"{self.title} reaches its floor{after} {often}"
        falls = f", and falls below its floor {often}" if max(self.falls.value, self.anyway) >= HUNDREDTH else ""
        return f"{self.title} {wording.fares(self.lost.value)}{falls}"


def effects(evidence: CheckInput, lane: Lane, beside: Lane | None = None) -> tuple[Effect, ...]:
    """What an experiment does to every party that has room to lose, in the order of the file; `beside` base, or
    another lane.
    """
    names = [party.name for party in evidence.parties if party.name in lane.headroom]
    return tuple(effect(evidence, lane, name, beside) for name in names)


def effect(evidence: CheckInput, lane: Lane, party: str, beside: Lane | None = None) -> Effect:
    """What an experiment does to one party."""
    there, here = (beside or evidence.base).headroom[party], lane.headroom[party]
    fallen, before = fallen_in(here), fallen_in(there)
    reached = here.below_zero_at[np.isfinite(here.below_zero_at) & (here.below_zero_at >= lane.intervention_days)]
    known = not np.isnan(fallen).any()
    return Effect(
        party=party,
        title=evidence.title(party),
        lost=mean_of(_spread_over(evidence, lane) * (there.mean - here.mean)),
        falls=share_of(fallen),
        anyway=float(np.mean(before)),
        more=mean_of(fallen - before),
        runway_days=quantile_of(reached - lane.intervention_days, 0.5) if known and len(reached) else None,
    )


def fallen_in(trace: Trace) -> Array:
    """1 in each future in which a party falls below its floor at any time, else 0; NaN where it cannot be told."""
    return np.where(np.isnan(trace.least), np.nan, (trace.least < 0).astype(np.float64))


def worst(found: Iterable[Effect], besides: Iterable[str] = ()) -> Effect | None:
    """Who is hit hardest: brought down in the most futures more, then by the room lost; leaving out some."""
    left_out = frozenset(besides)
    candidates = [one for one in found if one.party not in left_out and one.known]
    return max(candidates, key=lambda one: (one.is_brought_down, _rank(one)), default=None)


def hardness(hit: Effect | None) -> tuple[float, float]:
    """Orders what was tried, the hardest first: by the futures in which it brings somebody down, then by room lost."""
    if hit is None:
        return (0.0, 0.0)
    return (-hit.more.value if hit.is_brought_down else 0.0, -hit.lost.value)


def _rank(one: Effect) -> float:
    return one.more.value if one.is_brought_down else one.lost.value


def _spread_over(evidence: CheckInput, lane: Lane) -> float:
    """All moments over those from the beginning on: what a mean over the horizon must be multiplied with."""
    time = evidence.relationship.time
    moments = time.steps + 1
    return moments / max(1.0, moments - lane.intervention_days / time.step_days)
