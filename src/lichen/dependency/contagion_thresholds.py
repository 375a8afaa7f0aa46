"""Parties and their essential capacities as one network of thresholds.

A capacity fails when what it loses per day exceeds its surplus, a party when one of its essential capacities fails.
What a capacity loses when a party gives nothing any more is what the map says that this party can damage: net, every
formula that reads it followed, less what `if_lost` makes up for. Losses by several that have failed add up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np
from numpy.typing import NDArray

from lichen.dependency.harm import Damage, accounts
from lichen.dependency.needs import Need
from lichen.relationship.start import Start

if TYPE_CHECKING:
    from lichen.dependency.contagion import Harm, Nodes, Numbers  # loads SciPy, which two parties do not need


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Falls:
    """Who falls with a party that fails: in `rounds` the parties that follow in the first, the second and so on.

    `by_end`: those of them that would be at their floor before the horizon ends if all fell at the start; None where
    a level or floor that decides is not known.
    """

    rounds: tuple[tuple[str, ...], ...]
    by_end: tuple[str, ...] | None

    @property
    def count(self) -> int:
        """How many others fall."""
        return sum(map(len, self.rounds))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Who takes how much per day from whose capacity, and how much of it each may lose [node].

    Nodes are the parties of `order`, then the capacities. `surplus` is what flows into a capacity less what flows out
    at the start, at least 0; `to_end` the loss at which it comes to its floor when the horizon ends. Those that are not
    known stand as infinite; `hides_surplus` and `hides_end` [party] say whose failure may take something from such a
    capacity, or takes what nobody can tell.
    """

    order: tuple[str, ...]
    harm: Harm
    surplus: Numbers
    to_end: Numbers
    hides_surplus: NDArray[np.bool_]
    hides_end: NDArray[np.bool_]

    def falls(self) -> Iterator[Falls | None]:
        """Who falls with each party of the order; None where it cannot be told."""
        from lichen.dependency.contagion import one_by_one
        from lichen.dependency.contagion_cascade import cascade

        for network, failing in one_by_one(self.harm, len(self.order)):
            rounds, early = (
                cascade(network, np.tile(buffers, len(failing)), failing).round.reshape(len(failing), -1)
                for buffers in (self.surplus, self.to_end)
            )
            yield from map(self._falls, rounds, early >= 0)

    def _falls(self, rounds: Nodes, early: NDArray[np.bool_]) -> Falls | None:
        """Of one failure: the round in which each node fails with it, and which fall before the horizon ends."""
        turns, early = rounds[: len(self.order)] // 2, early[: len(self.order)]  # capacities fail in between
        if ((turns >= 0) & self.hides_surplus).any():
            return None
        fallen = np.flatnonzero(turns > 0)
        if not len(fallen):
            return Falls(rounds=(), by_end=())
        told = not (early & self.hides_end).any()
        return Falls(
            rounds=tuple(self._named(np.flatnonzero(turns == turn).tolist()) for turn in np.unique(turns[fallen])),
            by_end=self._named(np.flatnonzero(early & (turns != 0)).tolist()) if told else None,
        )

    def _named(self, nodes: Iterable[int]) -> tuple[str, ...]:
        return tuple(map(self.order.__getitem__, nodes))


def thresholds_of(
    start: Start, order: Sequence[str], needed: Mapping[str, Sequence[Need]], can_damage: Sequence[Damage]
) -> Thresholds:
    """The thresholds of the parties of `order`, from what their essential capacities need and what each can damage."""
    from lichen.dependency.contagion import harm_between

    place = {name: turn for turn, name in enumerate(order)}
    kept = [one for one in accounts(start.relationship) if one.party.name in place and one.capacity.essential]
    node = {(one.party.name, one.capacity.name): len(order) + turn for turn, one in enumerate(kept)}
    taken = {
        (place[one.by], node[one.party, one.capacity]): one.per_day - one.replaced_per_day
        for one in can_damage
        if one.how == "stop" and one.by in place and (one.party, one.capacity) in node
    }
    links = [(at, place[owner], 1.0) for (owner, _), at in node.items()]
    links += [(by, at, loss) for (by, at), loss in taken.items() if 0 < loss < math.inf]
    causes, struck, sizes = zip(*links, strict=True)
    fed = {
        (place[supply.giver], node[need.party, need.capacity])
        for name in order
        for need in needed[name]
        for supply in need.supplies
        if supply.giver in place and supply.giver != name
    }
    nets = np.array([one.net(start) for one in kept])
    room = np.maximum(0.0, [one.above_floor(start) for one in kept])
    to_end = nets + room / start.relationship.time.horizon_days

    def hides(buffers: Numbers) -> NDArray[np.bool_]:
        known = [not math.isnan(buffer) for buffer in buffers]
        found = np.zeros(len(order), dtype=bool)
        found[[by for by, at in fed | taken.keys() if not known[at - len(order)]]] = True
        found[[by for (by, _), loss in taken.items() if not math.isfinite(loss)]] = True
        return found

    return Thresholds(
        order=tuple(order),
        harm=harm_between(causes, struck, sizes, len(order) + len(kept)),
        surplus=_of_nodes(nets, len(order)),
        to_end=_of_nodes(to_end, len(order)),
        hides_surplus=hides(nets),
        hides_end=hides(to_end),
    )


def _of_nodes(buffers: Numbers, parties: int) -> Numbers:
    """What each node may lose: a party nothing, a capacity what is above 0, without limit where it is not known."""
    return np.concatenate([np.zeros(parties), np.where(np.isnan(buffers), np.inf, np.maximum(0.0, buffers))])
