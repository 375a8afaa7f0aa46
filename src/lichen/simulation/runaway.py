"""Where courses cease to be numbers, and where they grow without end: what, from when on, in how many futures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from lichen.relationship.order import in_order
from lichen.relationship.relationship import Relationship
from lichen.relationship.values import values_of
from lichen.simulation.caution import Caution, called, day_of, path_of, when_and_where
from lichen.simulation.futures import Array

Steps: TypeAlias = NDArray[np.int64]
FAR = 1e6
"""A course counts as growing without end beyond so many times the largest of its start, its first fifth and its healthy
level: a range that nobody who wrote the file can have meant."""
STILL = 0.5
"""It must still grow: over the last tenth of the horizon by at least this power of its growth in the tenth before."""
NO_NUMBER = "it divides by zero, overflows, or takes a root or logarithm of what is below 0"
WITHOUT_END = "grows without end: more than a million times what is usual for it"
NEVER = np.iinfo(np.int64).max


@final
class Watch:
    """Looks at the courses of one lane, chunk after chunk, and tells what ran away in them.

    Where something that the file says is not known, all that depends on it is no number, and none of that is told.
    """

    def __init__(self, relationship: Relationship, lane: str = "base") -> None:
        self.relationship, self.lane, self.futures = relationship, lane, 0
        self.is_known = all(value.known for value in values_of(relationship))
        self.usual = _usual(relationship)
        self.rank = {name: place for place, name in enumerate(_in_order(relationship))}
        self.broken: dict[str, tuple[int, int]] = {}
        self.grown: dict[str, tuple[int, int]] = {}
        """By name: in how many futures, and the first step."""

    def add(self, courses: Mapping[str, Array]) -> None:
        """Some futures, by name `[future, time]`."""
        names = [name for name in self.rank if name in courses]
        if not names:
            return
        self.futures += len(courses[names[0]])
        origins: dict[str, Steps] = {}
        for name in names:
            course = courses[name]
            if self.is_known and not np.isfinite(course.sum()):
                origins[name] = _first(~np.isfinite(course))
            if name in self.usual:
                self._take(self.grown, name, _runs_away(course, self.usual[name]))
        if origins:
            firsts = np.stack(list(origins.values()))
            earliest = firsts.argmin(axis=0)  # of several at one step the one that the others read
            for place, (name, first) in enumerate(origins.items()):
                self._take(self.broken, name, np.where(earliest == place, first, NEVER))

    def _take(self, found: dict[str, tuple[int, int]], name: str, first: Steps) -> None:
        count, step = found.get(name, (0, int(NEVER)))
        more = int(np.count_nonzero(first < NEVER))
        if more:
            found[name] = count + more, min(step, int(first.min()))

    def cautions(self) -> tuple[Caution, ...]:
        """What was seen so far, the first to run away first."""
        return (*self._told(self.broken), *self._told(self.grown))

    def _told(self, found: Mapping[str, tuple[int, int]]) -> Iterator[Caution]:
        relationship = self.relationship
        for name, (count, step) in sorted(found.items(), key=lambda item: (item[1][1], self.rank[item[0]])):
            what = called(relationship, name)
            seen = Caution(
                kind="no number" if found is self.broken else "without bound",
                subject=name,
                at=relationship.at(path_of(relationship, name)),
                says="",
                lane=self.lane,
                since=day_of(relationship, step),
                futures=count,
                of=self.futures,
            )
            when = when_and_where(seen)
            does = f"is no number {when}: {NO_NUMBER}" if found is self.broken else f"{WITHOUT_END} {when}"
            yield replace(seen, says=f"{what[:1].upper()}{what[1:]} {does}.")


def watched(relationship: Relationship, paths: Mapping[str, Mapping[str, Array]]) -> tuple[Caution, ...]:
    """What ran away in the courses that a run keeps of its base lane."""
    watch = Watch(relationship)
    watch.add(paths["base"])
    return watch.cautions()


def of_all(watches: Sequence[Watch]) -> tuple[Caution, ...]:
    """What ran away in several lanes; what does so in the first is not told again of the others."""
    first = {(caution.kind, caution.subject) for caution in watches[0].cautions()}
    others = (c for watch in watches[1:] for c in watch.cautions() if (c.kind, c.subject) not in first)
    return (*watches[0].cautions(), *others)


def _in_order(relationship: Relationship) -> Iterator[str]:
    """What is watched, each after what it reads at the same instant: levels, rooms, then terms and flows."""
    parties = relationship.parties.values()
    yield from (f"{party.name}.{capacity}" for party in parties for capacity in party.capacities)
    yield from (f"{party.name}.headroom" for party in parties)
    yield from (name for name in in_order(relationship) if name in relationship.flows or name in relationship.terms)


def _usual(relationship: Relationship) -> Mapping[str, float]:
    """What may grow, with the size that is usual for it as far as the file gives a number: of a capacity its healthy
    level or its floor.

    A capacity with an `at_most` is left out: up to there its growth is meant.
    """
    found = dict.fromkeys(relationship.flows, 0.0)
    for party in relationship.parties.values():
        for capacity in party.capacities.values():
            if capacity.at_most is None:
                said = (mark.number for mark in (capacity.healthy, capacity.floor) if mark is not None)
                sizes = [abs(number) for number in said if number is not None]
                found[f"{party.name}.{capacity.name}"] = max(sizes, default=0.0)
    return found


def _runs_away(course: Array, usual: float) -> Steps:
    """The step from which each future lies far outside any range, where it still grows in the end."""
    steps = course.shape[1] - 1
    fifth, tenth = max(1, steps // 5), max(1, steps // 10)
    found = np.full(len(course), NEVER)
    end = np.abs(course[:, -1])
    some = np.flatnonzero(np.isfinite(end) & (end > FAR * np.maximum(np.abs(course[:, 0]), usual)))
    if steps < 5 or not len(some):
        return found
    sizes = np.abs(course[some])
    limit = FAR * np.maximum(sizes[:, : fifth + 1].max(axis=1), usual)
    last, late, before = sizes[:, -1], sizes[:, -1 - tenth], sizes[:, -1 - 2 * tenth]
    with np.errstate(all="ignore"):
        grows = np.log(last / late) >= STILL * np.log(late / before)
    grows &= (late > before) & (last > late) & (last > limit) & (limit > 0)
    first = _first(sizes > limit[:, None])
    found[some[grows]] = first[grows]
    return found


def _first(which: NDArray[np.bool_]) -> Steps:
    """The first step at which something is so, in each future."""
    return np.where(which.any(axis=1), which.argmax(axis=1), NEVER)
