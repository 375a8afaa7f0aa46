"""Two parties leave on one day: what that costs whoever stays, beyond what their exits one by one add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import Figure, mean_of
from lichen.relationship.party import Party
from lichen.simulation.experiments import Experiment
from lichen.simulation.futures import Array, Lane
from lichen.simulation.sampling import Z
from lichen.stress.effects import MOST_TOLD, NOTABLE, SLIGHT, Effect, effect, losses, mean_and_error
from lichen.stress.setting import Setting, when


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """Whom it hits worse than one by one.

    `together` is what both exits do to it, `lost` the room that it loses beyond the sum of the two losses, of its
    healthy range, `falls` the share of futures in which it falls beyond the sum of both. What it wins by one exit
    counts as nothing.
    """

    together: Effect
    lost: Figure
    falls: Figure


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TwoExits:
    """Two parties leave on one day (days since the start), and whom that hits worse than one by one, the worst first.

    `parties` are the two; `beyond` is never empty; `untold` are the titles of those who stay and for whom it cannot be
    told.
    """

    parties: tuple[str, str]
    titles: tuple[str, str]
    day: float
    beyond: tuple[Beyond, ...]
    untold: tuple[str, ...]

    @property
    def says(self) -> str:
        """`If Alder and Birch leave together in month 12, Northfield ... That is 20 % of its range more than ...`"""
        hit, others = self.beyond[0], len(self.beyond) - 1
        if hit.falls.low > 0 and hit.falls.value >= NOTABLE:
            much = f"{wording.hundredths(hit.falls.value)} of 100 futures more"
        else:
            much = f"{wording.share(hit.lost.value)} of {wording.its(hit.together.title)} range more"
        besides = f" {others} more {'side fares' if others == 1 else 'sides fare'} worse than one by one." * (
            others > 0
        )
        return (
            f"If {wording.listed(self.titles)} leave together {when(self.day)}, {hit.together.says}"
            f"{wording.but_for(self.untold)}. "
            f"That is {much} than their exits one by one add up to.{besides}"
        )


def exit_lane(begins: float, *leaving: Party) -> Experiment:
    """The experiment in which these leave, from a share of the horizon on."""
    names = [party.name for party in leaving]
    return Experiment(name=f"exit:{'+'.join(names)}@{begins!r}", begins=begins, leaves=frozenset(names))


def leaving_together(setting: Setting, pairs: Sequence[tuple[Party, Party]]) -> tuple[TwoExits, ...]:
    """Those of these pairs that are worse for somebody than one by one, the worst first."""
    alone = {party.name: exit_lane(setting.later, party) for pair in pairs for party in pair}
    both = [exit_lane(setting.later, *pair) for pair in pairs]
    if not both:
        return ()
    evidence = setting.run((*alone.values(), *both))
    lanes = evidence.futures.lanes
    found = [
        _two(evidence, pair, lanes[together.name], [lanes[alone[party.name].name] for party in pair])
        for pair, together in zip(pairs, both, strict=True)
    ]
    worse = [one for one in found if one.beyond]
    return tuple(sorted(worse, key=lambda one: _rank(one.beyond[0])))


def _two(evidence: CheckInput, pair: tuple[Party, Party], lane: Lane, alone: Sequence[Lane]) -> TwoExits:
    both = losses(evidence, lane)
    one, other = (losses(evidence, single) for single in alone)
    lost = both.lost - _harm(one.lost) - _harm(other.lost)
    falls = both.more - np.maximum(one.more, 0) - np.maximum(other.more, 0)
    stays = [name for name in both.names if name not in {party.name for party in pair}]
    worse = [
        Beyond(together=effect(evidence, lane, name), lost=mean_of(lost[place]), falls=mean_of(falls[place]))
        for place in np.flatnonzero(_beyond(lost, SLIGHT) | _beyond(falls, NOTABLE))
        if (name := both.names[place]) in stays
    ]
    return TwoExits(
        parties=(pair[0].name, pair[1].name),
        titles=(pair[0].title, pair[1].title),
        day=lane.intervention_days,
        beyond=tuple(sorted(worse, key=_rank)[:MOST_TOLD]),
        untold=tuple(evidence.title(name) for name in both.untold if name in stays),
    )


def _harm(lost: Array) -> Array:
    """Losses [party, future]; an exit by which a party wins counts nothing: that it wins less is no harm."""
    harm: Array = np.where(lost.mean(axis=1, keepdims=True) > 0, lost, 0.0)
    return harm


def _beyond(samples: Array, least: float) -> NDArray[np.bool_]:
    """For which parties a difference [party, future] is above a limit, and beyond chance."""
    mean, error = mean_and_error(samples)
    above: NDArray[np.bool_] = (mean >= least) & (mean - Z * error > 0)
    return above


def _rank(one: Beyond) -> tuple[float, float]:
    return (-one.falls.value, -one.lost.value)
