"""Large groups of which some members stand for all: those that are drawn in a future, or where order counts.

Where all members move, since they may be linked, sums, means and the least are those of all. Only where among them a
share lies is told from a sample: putting a million members in order at every moment takes as long as moving them.
This sample is simple and without replacement; a member is in it by the hash of its name, so that neither the order of
a table nor what is asked changes it. Source: Cochran 1977, Sampling Techniques, sections 2.2 and 3.2 (finite
population); Woodruff 1952, Confidence intervals for medians and other position measures (its bounds of a share).
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from lichen.relationship.party import Sample
from lichen.relationship.relationship import Relationship
from lichen.simulation import draws
from lichen.simulation.drawn_members import LARGE
from lichen.simulation.tape import Register, Tape

Column: TypeAlias = tuple[float, ...] | NDArray[np.float64]
"""One number for each member of a group or each link of a flow."""
LOOKED_AT = 10_000
"""So many do: where a share of the members lies is then known within one in a hundred of them, 19 times of 20."""
Z = 1.959963984540054
"""The point of the normal distribution that leaves 2.5 % on each side."""


def looked_at(members: int) -> int:
    """Of how many members of a group the order is told."""
    return members if members < LARGE else LOOKED_AT


def of_samples(relationship: Relationship) -> dict[str, tuple[int, int]]:
    """By group of which a share counts and not all members are looked at: at how many of how many."""
    sizes = {p.name: len(p.members) for p in relationship.parties.values() if p.members and p.counts == "quantile"}
    return {name: (looked_at(size), size) for name, size in sizes.items() if looked_at(size) < size}


def places_of(names: tuple[str, ...]) -> tuple[int, ...]:
    """Where the members of a sample stand in their group, in the order of the group."""
    return _drawn(names, looked_at(len(names)))


def share_between(share: float, members: int) -> tuple[float, float]:
    """Between which shares of a sample a share of all members lies, 19 times of 20."""
    drawn = looked_at(members)
    half = Z * math.sqrt(share * (1 - share) / drawn * (1 - drawn / members))
    return max(0.0, share - half), min(1.0, share + half)


@lru_cache(maxsize=8)
def _drawn(names: tuple[str, ...], count: int) -> tuple[int, ...]:
    """The places of so many names, those of least hash; one run after the other asks for them."""
    hashes = [hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=8).digest() for name in names]
    return tuple(sorted(heapq.nsmallest(count, range(len(names)), key=hashes.__getitem__)))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The sample of a group, and `of` how many members it is drawn."""

    group: str
    sample: Sample
    of: int

    @property
    def stands_for(self) -> float:
        """How many members each that is drawn stands for."""
        return self.of / self.sample.size

    def of_column(self, column: Column, seed: int, futures: range) -> NDArray[np.float64]:
        """The numbers beside the members that are drawn [future, member]."""
        return np.take(column, self.places(seed, futures))

    def places(self, seed: int, futures: range) -> NDArray[np.intp]:
        """Where the members that are drawn stand in their group [future, member]."""
        keys = [f"{self.group}:{self.sample.turn}:{turn}" for turn in range(self.sample.size)]
        found: NDArray[np.intp] = (draws.uniform(seed, keys, futures)[0] * self.of).astype(np.intp)
        return np.minimum(found, self.of - 1)  # a number may round up to 1


@final
class Samples:
    """The members of large groups that stand for all, as axes of a tape."""

    def __init__(self, tape: Tape, keys: dict[str, Sequence[str]]) -> None:
        self.tape, self.keys = tape, keys
        self.places: dict[str, tuple[int, ...]] = {}

    def of(self, group: str, value: Register) -> Register:
        """A value of the members of a group, of a large one that of those in the sample only."""
        names = self.keys[group]
        if len(names) < LARGE or value.axis is None:
            return value
        axis = f"some of {group}"
        if group not in self.places:
            self.places[group] = places_of(tuple(names))
            self.keys[axis] = tuple(names[place] for place in self.places[group])
        return self.tape.move("gather", value, self.places[group], axis)
