"""Which feedback loops carry the change, and when: *Loops That Matter* on the course of a relationship without chance.

A loop's score is the product of its links'; its share is the score over the sum of the sizes of all scores in the same
tangle of variables. Above 0 a loop drives its own change on, below 0 it holds it back. Loops that are the same in the
file's own nouns, and do the same, count as one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import final

import numpy as np

from lichen.relationship.relationship import Relationship
from lichen.simulation.dynamics.model import About, Dynamics
from lichen.simulation.dynamics.stock_flow import dynamics_of
from lichen.simulation.loops.at_rest import Rest, rest_of
from lichen.simulation.loops.link_scores import Array, Link, link_scores
from lichen.simulation.loops.search import MOST_LOOPS, Loop, all_loops, strongest_loops, tangles

MOST_SCORES = 2_000_000
"""So many scores, of links at steps, are computed."""
INSTANTS = 8
"""Where loops are too many to count, the strongest are looked for at so many instants."""
SHORTEST = 1 / 40
"""A time in which one loop leads counts from this share of the horizon on; a shorter one belongs to its neighbour."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """One loop in the file's nouns: `through` what it passes, beginning with a capacity where it has one.

    `shares` [step] are its signed shares of the change in its tangle, `tangle` the number of that; `ways` how many
    loops of variables are this one.
    """

    through: tuple[About, ...]
    shares: Array
    tangle: int
    ways: int

    @property
    def kind(self) -> str:
        """`reinforcing`, `balancing`, `changing` where it turns, or `resting` where it never acts."""
        signs = {math.copysign(1.0, share) for share in self.shares if share}
        return {0: "resting", 2: "changing"}.get(len(signs)) or ("reinforcing" if 1.0 in signs else "balancing")

    @property
    def weight(self) -> float:
        """The mean size of its share over the horizon."""
        return float(np.abs(self.shares).mean()) if len(self.shares) else 0.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A time in which one loop of a tangle carries more than any other: from step `first` until before `after`.

    `share` is its mean share, signed.
    """

    first: int
    after: int
    carrier: Carrier
    share: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Loops:
    """The loops of a relationship, the weightiest first, and what leads when in each tangle.

    `complete`: whether these are all loops; else they are the strongest that were met, and shares are of what these
    carry. `rest`: what becomes of a small change at the end.
    """

    carriers: tuple[Carrier, ...]
    periods: tuple[tuple[Period, ...], ...]
    complete: bool
    step_days: float
    rest: Rest | None


def find_loops(relationship: Relationship) -> Loops | str:
    """The feedback loops of a relationship, its world at the mean; a text says why they cannot be told."""
    dynamics = dynamics_of(relationship)
    if isinstance(dynamics, str):
        return dynamics
    scores = sum(map(len, dynamics.links.values())) * dynamics.steps
    if scores > MOST_SCORES:
        much = f"{scores:,} steps of work, at most {MOST_SCORES:,}"
        return f"too much hangs on too much: {much}. Let one member stand for several"
    return loops_of(dynamics)


def loops_of(dynamics: Dynamics) -> Loops:
    """The feedback loops of some dynamics."""
    graph = dynamics.links
    states = [*dynamics.stocks, *dynamics.delays]
    groups = tangles(graph)
    inside = {name: place for place, names in enumerate(groups) for name in names}
    moments = dynamics.run()
    scores = link_scores(dynamics, moments, inside)
    counted, complete = all_loops(graph, states)
    loops = counted if complete else _strongest(graph, states, scores)
    shares = relative_scores(loops, scores, [inside[loop[0]] for loop in loops])
    carriers = _told(dynamics, loops, shares, inside)
    told = dict.fromkeys(carrier.tangle for carrier in carriers)
    led = (tuple(_periods([c for c in carriers if c.tangle == place])) for place in told)
    return Loops(
        carriers=carriers,
        periods=tuple(periods for periods in led if periods),
        complete=complete,
        step_days=dynamics.step_days,
        rest=rest_of(dynamics, moments),
    )


def _strongest(
    graph: Mapping[str, tuple[str, ...]], states: Sequence[str], scores: Mapping[Link, Array]
) -> tuple[Loop, ...]:
    """The strongest loops at instants spread over the horizon."""
    steps = len(next(iter(scores.values())))
    found: dict[Loop, None] = {}
    for step in np.linspace(0, steps - 1, min(INSTANTS, steps)).astype(int):
        sizes = {link: float(abs(course[step])) for link, course in scores.items()}
        found |= dict.fromkeys(strongest_loops(graph, states, sizes, MOST_LOOPS // INSTANTS))
    return tuple(found)


def relative_scores(loops: Sequence[Loop], scores: Mapping[Link, Array], tangle: Sequence[int]) -> list[Array]:
    """The share of each loop [step] in the change of its tangle; 0 where nothing changes."""
    raw = [loop_score(loop, scores) for loop in loops]
    whole: dict[int, Array] = {}
    for place, score in zip(tangle, raw, strict=True):
        whole[place] = whole.get(place, 0.0) + np.abs(score)
    return [
        np.divide(score, whole[place], out=np.zeros_like(score), where=whole[place] > 0)
        for place, score in zip(tangle, raw, strict=True)
    ]


def loop_score(loop: Loop, scores: Mapping[Link, Array]) -> Array:
    """The product of a loop's link scores [step]."""
    product = np.ones_like(next(iter(scores.values())))
    for link in zip(loop, (*loop[1:], loop[0]), strict=True):
        product = product * scores[link]
    return product


def _told(
    dynamics: Dynamics, loops: Sequence[Loop], shares: Sequence[Array], inside: Mapping[str, int]
) -> tuple[Carrier, ...]:
    """Loops by what they pass in the file's nouns, the weightiest first.

    What mostly drives on and what mostly holds back stay two. Members of a group are not told apart: within one tangle
    their shares are added, and of tangles that are alike but for the member the mean is told. Loops among what only
    reviews remember are left out.
    """
    alike: dict[frozenset[About], list[int]] = {}
    for place in sorted(set(inside.values())):
        nouns = (name for name, own in inside.items() if own == place and name in dynamics.about)
        alike.setdefault(frozenset(_noun(dynamics, name) for name in nouns), []).append(place)
    told_as = {place: (turn, len(places)) for turn, places in enumerate(alike.values()) for place in places}
    same: dict[tuple[int, tuple[About, ...], bool], list[Array]] = {}
    for loop, share in zip(loops, shares, strict=True):
        through, (tangle, count) = _nouns(dynamics, loop), told_as[inside[loop[0]]]
        if through:
            same.setdefault((tangle, through, bool(share.sum() > 0)), []).append(share / count)
    carriers = [
        Carrier(through=through, shares=np.sum(parts, axis=0), tangle=tangle, ways=len(parts))
        for (tangle, through, _), parts in same.items()
    ]
    return tuple(sorted(carriers, key=lambda carrier: -carrier.weight))


def _noun(dynamics: Dynamics, name: str) -> About:
    """What a variable is called in the file, whichever member it is of."""
    return replace(dynamics.about[name], member="")


def _nouns(dynamics: Dynamics, loop: Loop) -> tuple[About, ...]:
    """What a loop passes that the file has a name for, from its first capacity on; once, where it goes round alike."""
    nouns = [_noun(dynamics, name) for name in loop if name in dynamics.about]
    first = next((place for place, about in enumerate(nouns) if about.role == "capacity"), 0)
    told = [about for about, _ in groupby((*nouns[first:], *nouns[:first]))]
    if len(told) > 1 and told[0] == told[-1]:
        told.pop()
    for length in range(1, len(told) // 2 + 1):
        if told == told[:length] * (len(told) // length):
            return tuple(told[:length])
    return tuple(told)


def _periods(carriers: Sequence[Carrier]) -> Iterator[Period]:
    """Who leads when among the loops of one tangle; nothing where nothing changes."""
    if not carriers:
        return
    sizes = np.abs([carrier.shares for carrier in carriers])
    steps = sizes.shape[1]
    leading = [int(place) if size > 0 else -1 for place, size in zip(sizes.argmax(0), sizes.max(0), strict=True)]
    runs = [(place, len(list(run))) for place, run in groupby(leading)]
    kept: list[list[int]] = []
    first = 0
    for place, length in runs:
        if kept and (length < steps * SHORTEST or place == kept[-1][0]):
            kept[-1][2] = first + length
        else:
            kept.append([place, first, first + length])
        first += length
    for place, start, end in kept:
        if place >= 0:
            share = float(carriers[place].shares[start:end].mean())
            yield Period(first=start, after=end, carrier=carriers[place], share=share)
