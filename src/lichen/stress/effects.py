"""What one experiment does to a party, beside the same futures without it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import Figure, mean_of, quantile_of, share_of
from lichen.check.thresholds import MOVED
from lichen.simulation.futures import Array, Lane, Trace
from lichen.simulation.sampling import Z

MOST_TOLD = 12
"""Of more parties than these, what is tried is told of those that it hits hardest."""
WORST = 0.05
FEWEST = 5
"""Hard futures are one in twenty; of fewer than these nothing is told."""
NOTABLE = 0.05
"""From so many more futures on, one in twenty, a party is said to fall because of what was tried."""
MARKED = 0.1
"""From so much more on, a tenth, hard times are said to be harder."""
SLIGHT = MOVED.value
"""A loss of room below this is not called one."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class InHardTimes:
    """How a party fares in the twentieth of the futures that is hardest for it without what is tried.

    These are the same futures for everything that is tried, so that trials can be compared, and chance that strikes
    after a trial does not count as its doing. `lost`, `falls`, `anyway` as of an `Effect`.
    """

    lost: Figure
    falls: Figure
    anyway: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How one party fares.

    `lost`: room lost in the mean from the beginning of the experiment to the end, of its healthy range (below 0: room
    won). `falls`: the share of futures in which it falls below its floor at any time, `anyway` the same without the
    experiment, `more` the difference in the same futures. `runway_days`: from the beginning to the floor, the middle of
    the futures that fall after it; None when none does. `hard`: in hard times; None where these are too few, or all
    futures alike.
    """

    party: str
    title: str
    lost: Figure
    falls: Figure
    anyway: float
    more: Figure
    runway_days: Figure | None
    hard: InHardTimes | None

    @property
    def known(self) -> bool:
        """Whether it can be told: nobody keeps to itself what it needs."""
        return self.lost.known and self.falls.known

    @property
    def is_felt(self) -> bool:
        """Whether it makes a difference to the party, as far as it can be told."""
        return not self.known or self.is_brought_down or abs(self.lost.value) >= SLIGHT

    @property
    def is_brought_down(self) -> bool:
        """Whether it falls because of what was tried: in one future of twenty more, and beyond chance."""
        return self.more.low > 0 and self.more.value >= NOTABLE

    @property
    def says(self) -> str:
        """`Northfield reaches its floor after 7 weeks in 84 of 100 futures (in 3 of 100 futures anyway)`."""
        return self.told()

    def told(self, setting: str = "") -> str:
        """The same where what happens anyway does so in another `setting` than that of the file: ` without reviews`."""
        if not self.known:
            return wording.untold(f"what becomes of {self.title}")
        often = wording.out_of_hundred_beside(self.falls.value, self.anyway, setting)
        floor = f"{wording.its(self.title)} floor"
        if self.is_brought_down:
            after = f" after {wording.span(self.runway_days.value)}" if self.runway_days is not None else ""
            return wording.does(self.title, f"reach {floor}{after} {often}")
        fares = wording.fares(self.title, self.lost.value)
        if max(self.falls.value, self.anyway) >= wording.HUNDREDTH:
            return f"{fares}, and {wording.agreed(self.title, f'fall below {floor} {often}')}"
        if self.lost.value > 1:
            stays = wording.does(wording.it(self.title), f"stay above {floor}")
            return f"{fares}, out of what {wording.does(wording.it(self.title), 'have')} beyond it: {stays}"
        return fares

    @property
    def says_when_hard(self) -> str:
        """What hard times add, as a sentence; empty where they add little."""
        hard = self.hard
        if hard is None or not self.known:
            return ""
        begin, who = f"In the 1 of 20 futures that are hardest for {self.title} anyway,", wording.it(self.title)
        more, usual = hard.falls.value - hard.anyway, self.more.value
        if more >= NOTABLE and more - usual >= MARKED:
            often = wording.out_of_hundred(hard.falls.value)
            return f"{begin} {wording.does(who, f'fall below {wording.its(who)} floor')} {often} of these."
        if hard.lost.value - self.lost.value >= MARKED:
            return f"{begin} {wording.fares(who, hard.lost.value)}."
        return ""


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Losses:
    """What an experiment does to all parties that have room to lose, in the order of the file.

    `lost` [party, future] is room lost, `more` [party, future] 1 where a party falls only with it (and -1 only without
    it), `down` [party] whether it is brought down.
    """

    names: tuple[str, ...]
    lost: Array
    more: Array
    down: NDArray[np.bool_]

    @property
    def brought_down(self) -> tuple[str, ...]:
        """Who is brought down."""
        return tuple(name for name, down in zip(self.names, self.down, strict=True) if down)

    @property
    def untold(self) -> tuple[str, ...]:
        """For whom it cannot be told."""
        unknown = np.isnan(self.lost + self.more).any(axis=1)
        return tuple(self.names[place] for place in np.flatnonzero(unknown))

    def hardest(self, of: Iterable[str], most: int) -> tuple[str, ...]:
        """At most so many besides those `of` whom it is asked, the hardest hit, and all for whom it cannot be told, in
        the order of the file.
        """
        chosen = {*of, *self.untold}
        rank = np.where(self.down, self.more.mean(axis=1), self.lost.mean(axis=1))
        order = np.lexsort((-rank, ~self.down))
        chosen.update([name for place in order if (name := self.names[place]) not in chosen][:most])
        return tuple(name for name in self.names if name in chosen)


def losses(evidence: CheckInput, lane: Lane, beside: Lane | None = None) -> Losses:
    """What an experiment does to all parties; `beside` base, or another lane."""
    names = tuple(party.name for party in evidence.parties if party.name in lane.headroom)
    there, here = ([one.headroom[name] for name in names] for one in (beside or evidence.base, lane))
    lost, more = np.zeros((2, len(names), evidence.futures.runs))
    for place, (before, after) in enumerate(zip(there, here, strict=True)):
        lost[place] = _spread_over(evidence, lane) * (before.mean - after.mean)
        more[place] = fallen_in(after) - fallen_in(before)
    mean, error = mean_and_error(more)
    return Losses(names=names, lost=lost, more=more, down=(mean - Z * error > 0) & (mean >= NOTABLE))


def mean_and_error(samples: Array) -> tuple[Array, Array]:
    """The mean of each row [row, future], and its standard error."""
    return samples.mean(axis=1), samples.std(axis=1) / math.sqrt(max(1, samples.shape[1] - 1))


def effects(
    evidence: CheckInput,
    lane: Lane,
    beside: Lane | None = None,
    *,
    of: Iterable[str] = (),
    found: Losses | None = None,
) -> tuple[Effect, ...]:
    """What an experiment does to every party that has room to lose, in the order of the file; `beside` base, or
    another lane. Of many parties it is told of those `of` whom it is asked, those that are hit hardest, and those for
    whom it cannot be told.
    """
    named = (found or losses(evidence, lane, beside)).hardest(of, MOST_TOLD)
    return tuple(effect(evidence, lane, name, beside) for name in named)


def effect(evidence: CheckInput, lane: Lane, party: str, beside: Lane | None = None) -> Effect:
    """What an experiment does to one party."""
    there, here = (beside or evidence.base).headroom[party], lane.headroom[party]
    fallen, before = fallen_in(here), fallen_in(there)
    reached = here.below_zero_at[np.isfinite(here.below_zero_at) & (here.below_zero_at >= lane.intervention_days)]
    known = not np.isnan(fallen).any()
    lost = _spread_over(evidence, lane) * (there.mean - here.mean)
    return Effect(
        party=party,
        title=evidence.title(party),
        lost=mean_of(lost),
        falls=share_of(fallen),
        anyway=float(np.mean(before)),
        more=mean_of(fallen - before),
        runway_days=quantile_of(reached - lane.intervention_days, 0.5) if known and len(reached) else None,
        hard=_in_hard_times(there, lost, fallen, before),
    )


def _in_hard_times(there: Trace, lost: Array, fallen: Array, before: Array) -> InHardTimes | None:
    chosen = worst_part(there.least)
    if np.count_nonzero(chosen) < FEWEST:
        return None
    return InHardTimes(
        lost=mean_of(lost[chosen]), falls=share_of(fallen[chosen]), anyway=float(np.mean(before[chosen]))
    )


def worst_part(least: Array) -> NDArray[np.bool_]:
    """The twentieth of the futures with the least room; none where it is not known or all are alike."""
    if np.isnan(least).any() or np.ptp(least) == 0:
        return np.zeros(len(least), dtype=np.bool_)
    ranks = np.argsort(np.argsort(least, kind="stable"), kind="stable")
    chosen: NDArray[np.bool_] = ranks < max(1, round(WORST * len(least)))
    return chosen


def fallen_in(trace: Trace) -> Array:
    """1 in each future in which a party falls below its floor at any time, else 0; NaN where it cannot be told."""
    return np.where(np.isnan(trace.least), np.nan, (trace.least < 0).astype(np.float64))


def worst(found: Iterable[Effect], besides: Iterable[str] = ()) -> Effect | None:
    """Who is hit hardest: brought down in the most futures more, then by the room lost; leaving out some."""
    left_out = frozenset(besides)
    candidates = [one for one in found if one.party not in left_out and one.known]
    return max(candidates, key=lambda one: (one.is_brought_down, _rank(one)), default=None)


def untold(found: Iterable[Effect], besides: Iterable[str] = ()) -> tuple[str, ...]:
    """The titles of those for whom it cannot be told, leaving out some."""
    left_out = frozenset(besides)
    return tuple(one.title for one in found if not one.known and one.party not in left_out)


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
