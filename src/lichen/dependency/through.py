"""Dependence through others: how it adds up over rounds, through whom, and along which ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import final

import numpy as np
from numpy.typing import NDArray

from lichen.dependency import graph
from lichen.dependency.delay import Delay
from lichen.dependency.needs import Need, Supply, delay_of, passing_on
from lichen.relationship.start import Start

FIRST_ROUNDS = 4
"""How many rounds of dependence are told one by one, and stand for all where they add up without end."""

LINK_HOLDS = 0.9
"""The chance that a link holds with which alternative routes are compared; our choice, the same for all."""

_MOST_PATHS = 20
_LEAST_STRENGTH = 0.01


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Indirect:
    """How a party depends on another (or, in a circle, on itself) through others.

    `by_round`: the direct part, then what each further round adds. `total` of all rounds, None where they add up
    without end. `through`: the parties with which the ways begin, each with its part, largest first (of the first
    rounds where there is no total). `routes_hold`: the chance that some way holds when each link does with 90 %; None
    for circles and beyond 20 links.
    """

    party: str
    on: str
    by_round: tuple[float, ...]
    total: float | None
    through: tuple[tuple[str, float], ...]
    routes_hold: float | None

    @property
    def extra(self) -> float:
        """What rounds after the first add, all of them or those that are told."""
        return sum(self.by_round[1:]) if self.total is None else self.total - self.by_round[0]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThroughOthers:
    """Every dependence through others, worked out while one looks: of a thousand parties there may be a million.

    `order` are the parties, `rounds` [round, party, party] the first rounds one by one, `total` of all of them, None
    where they add up without end; `onward` is then of the first, else the total. `links` are those of the first round,
    None where they are too many to tell which ways hold.
    """

    order: tuple[str, ...]
    rounds: graph.Matrix
    total: graph.Matrix | None
    onward: graph.Matrix
    links: tuple[graph.Link, ...] | None

    def __iter__(self) -> Iterator[Indirect]:
        """By party, then by the party on which it depends, in the order of the parties."""
        for place in range(len(self.order)):
            yield from self._of(place, np.flatnonzero(self.rounds[1:, place].any(axis=0)))

    def largest(self, most: int, least: float) -> tuple[tuple[Indirect, ...], int]:
        """The first of those of at least so much beyond the first step, largest first; and how many there are."""
        extra = self.rounds[1:].sum(axis=0) if self.total is None else self.total - self.rounds[0]
        there = np.flatnonzero((extra >= least) & self.rounds[1:].any(axis=0))
        chosen = there[np.argsort(-extra.flat[there], kind="stable")[:most]]
        pairs = zip(*np.divmod(chosen, len(self.order)), strict=True)
        return tuple(one for place, other in pairs for one in self._of(place, np.array([other]))), len(there)

    def _of(self, place: int, others: NDArray[np.intp]) -> Iterator[Indirect]:
        """What one party depends on through others, for some of these."""
        direct, order = self.rounds[0], self.order
        near = np.flatnonzero(direct[place])
        parts = (direct[place, near, None] * self.onward[near][:, others]).T
        sizes = self.rounds[:, place, others].T.tolist()
        totals = [None] * len(others) if self.total is None else self.total[place, others].tolist()
        largest = np.argsort(-parts, axis=1, kind="stable")
        parts, first = np.take_along_axis(parts, largest, axis=1), near[largest]
        for other, by_round, total, ways, shares in zip(
            others.tolist(), sizes, totals, first.tolist(), parts.tolist(), strict=True
        ):
            yield Indirect(
                party=order[place],
                on=order[other],
                by_round=tuple(by_round),
                total=total,
                through=tuple((order[way], share) for way, share in zip(ways, shares, strict=True) if share > 0),
                routes_hold=None
                if self.links is None or other == place
                else graph.reliability(self.links, place, other),
            )


def through_others(order: Sequence[str], direct: graph.Matrix, total: graph.Matrix | None) -> ThroughOthers:
    """Every dependence through others, from the direct ones and all rounds together."""
    rounds = np.array([*graph.rounds(direct, FIRST_ROUNDS)])
    ends = np.argwhere(direct).tolist()
    return ThroughOthers(
        order=tuple(order),
        rounds=rounds,
        total=total,
        onward=rounds[:-1].sum(axis=0) if total is None else total,
        links=tuple((i, j, LINK_HOLDS) for i, j in ends) if len(ends) <= graph.MOST_LINKS else None,
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A way along which one party depends on a far one: `parties` from the dependent to the source, `flows` likewise.

    `strength` is the product of its steps. `delay`: from a change at the source to its effect. `blind` names the
    parties on the path that do not see all of its flows.
    """

    parties: tuple[str, ...]
    flows: tuple[str, ...]
    strength: float
    delay: Delay
    blind: tuple[str, ...]

    @property
    def passes_blind(self) -> bool:
        """Whether it runs through a party that cannot see it."""
        return bool(set(self.blind).intersection(self.parties[1:-1]))


def strongest_ways(
    start: Start, order: Sequence[str], direct: graph.Matrix, needs_of: Mapping[str, Sequence[Need]]
) -> tuple[Path, ...]:
    """The strongest ways through others, over all parties."""
    flows = start.relationship.flows
    found = []
    for strength, steps in graph.strongest_paths(direct, _MOST_PATHS, _LEAST_STRENGTH):
        parties = tuple(order[step] for step in steps)
        legs = [flows[_main_supply(needs_of[a], b).flow] for a, b in pairwise(parties)]
        delay = delay_of(start, legs[-1])
        for leg in reversed(legs[:-1]):
            delay = delay + passing_on(start, leg) + delay_of(start, leg)
        blind = tuple(p for p in parties if not all(p in leg.seen_by for leg in legs))
        found.append(
            Path(
                parties=parties,
                flows=tuple(leg.name for leg in legs),
                strength=strength,
                delay=delay,
                blind=blind,
            )
        )
    return tuple(found)


def _main_supply(party_needs: Sequence[Need], giver: str) -> Supply:
    """The flow that makes up most of a dependence above 0: the largest within the need that decides."""
    need = max(party_needs, key=lambda need: need.on(giver))
    return max((s for s in need.supplies if s.giver == giver), key=lambda supply: supply.irreplaceable)
