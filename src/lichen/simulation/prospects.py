"""What the futures look like over time: between which bounds everything moves, and who has reached its floor by when.

Built up chunk by chunk, so that any number of futures needs the same memory. The first futures are held as they are;
once there are more, they span a histogram for each moment, from which the bounds are read to a thousandth of what lies
between the first and the last hundredth of futures; of what is above 0 and spreads widely, of its logarithm.

Between two steps a fluctuating level can touch its floor and come back unseen. Who has reached it is therefore told
twice: as the steps see it, and with the floor moved up by 0.5826 standard deviations of one step (Broadie, Glasserman
and Kou, A continuity correction for discrete barrier options, 1997).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from lichen.relationship.plain_data import plain
from lichen.relationship.quantity import PLAIN, Dimension
from lichen.relationship.relationship import Relationship
from lichen.relationship.values import has_chance
from lichen.simulation.caution import Caution
from lichen.simulation.experiments import BASE, Experiment
from lichen.simulation.futures import Array, OnChunk
from lichen.simulation.run import simulate
from lichen.simulation.runaway import Watch, of_all
from lichen.simulation.sampling import of_samples
from lichen.simulation.step_length import step_cautions

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The bounds: of a hundred futures so many lie below each."""
MOST_PLACES = 120
"""Moments that are looked at, evenly over the horizon."""
MOST_SERIES = 60
HELD, HELD_NUMBERS = 2_000, 20_000_000
"""How many of the first futures are held as they are, and how many numbers they may be."""
BINS = 1024
TAIL = 0.01
WIDE = 20.0
"""From so many times as much at the upper end as at the lower on, what is above 0 is counted by its logarithm."""
CORRECTION = 0.5826


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One series in one lane: `bounds` [share, moment] in base units, at the moments of `Prospects.days`."""

    name: str
    dimension: Dimension
    bounds: Array

    def at(self, share: float, moment: int) -> float:
        """One bound at one moment."""
        return float(self.bounds[SHARES.index(share), moment])


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The share of futures in which a party has been below its floor by each moment: as the steps see it (`seen`), and
    with what may happen between them (`between`).
    """

    party: str
    seen: Array
    between: Array


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """One lane: bands by series, `party.headroom` among them, and passages by party."""

    name: str
    bands: Mapping[str, Band]
    passages: Mapping[str, Passage]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Prospects:
    """What came of a run: `runs` futures of `asked`; `days` are the moments that are looked at.

    `cautions`: what makes its figures doubtful. `sampled`: by very large group, of how many of how many members the
    room is told.
    """

    relationship: str
    file_hash: str
    seed: int
    runs: int
    asked: int
    days: Array
    left_out: int
    lanes: Mapping[str, Outlook]
    cautions: tuple[Caution, ...] = ()
    sampled: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain data for machines, in base units."""
        return {
            "relationship": self.relationship,
            "file_hash": self.file_hash,
            "seed": self.seed,
            "runs": self.runs,
            "asked": self.asked,
            "series_left_out": self.left_out,
            "shares": list(SHARES),
            "days": plain(self.days.tolist()),
            "lanes": {name: _outlook_json(outlook) for name, outlook in self.lanes.items()},
            "cautions": plain(self.cautions),
            **({"sampled": {name: list(sizes) for name, sizes in self.sampled.items()}} if self.sampled else {}),
        }


@np.errstate(all="ignore")  # what is no number in some future is told as not known
def look_ahead(
    relationship: Relationship,
    experiments: Sequence[Experiment],
    *,
    runs: int,
    seed: int = 1,
    save: OnChunk | None = None,
    progress: Callable[[int, int], None] | None = None,
    chunk: int | None = None,
) -> Prospects:
    """The relationship as it is, and each experiment beside it, over `runs` futures; over one where all are alike.

    `save` is given the courses of each chunk too. An interruption keeps the chunks that are done; before the first it
    is passed on.
    """
    lanes, runs = (BASE, *experiments), runs if has_chance(relationship) else 1
    gathered = _Gathering(relationship, lanes, runs)

    def on_chunk(futures: range, courses: Mapping[str, Mapping[str, Array]]) -> None:
        if save is not None:
            save(futures, courses)
        gathered.add(courses)
        gathered.done = futures.stop

    try:
        simulate(
            relationship,
            lanes,
            runs=runs,
            seed=seed,
            progress=progress,
            chunk=chunk,
            on_chunk=on_chunk,
            tallies=save is not None,
        )
    except KeyboardInterrupt:
        if not gathered.done:
            raise
    return gathered.prospects(seed, runs)


def series_of(relationship: Relationship) -> Mapping[str, Dimension]:
    """What is looked at, with its dimension: the room of each party, its capacities, and what passes."""
    parties = relationship.parties.values()
    rooms = {f"{party.name}.headroom": PLAIN for party in parties if party.essential_capacities}
    levels = {f"{p.name}.{c.name}": c.level.dimension for p in parties for c in p.capacities.values()}
    return rooms | levels | {flow.name: flow.rate.dimension for flow in relationship.flows.values()}


@final
class _Gathering:
    """What is kept of the chunks: `held` the first futures by (lane, series), then a histogram for each."""

    def __init__(self, relationship: Relationship, lanes: Sequence[Experiment], runs: int) -> None:
        self.relationship, self.done = relationship, 0
        known = series_of(relationship)
        self.series = dict(list(known.items())[:MOST_SERIES])
        self.left_out = len(known) - len(self.series)
        self.names = [lane.name for lane in lanes]
        self.watches = [Watch(relationship, name) for name in self.names]
        steps = relationship.time.steps
        self.places = np.unique(np.linspace(0, steps, min(steps + 1, MOST_PLACES)).round().astype(np.intp))
        rooms = sum(name.endswith(".headroom") for name in self.series)
        numbers = max(1, (len(self.places) * len(self.series) + (steps + 1) * rooms) * len(lanes))
        self.most_held = max(1, min(HELD, HELD_NUMBERS // numbers, runs))
        self.held: dict[tuple[str, str], list[Array]] = {
            (lane, name): [] for lane in self.names for name in self.series
        }
        self.rooms: dict[tuple[str, str], list[Array]] = {key: [] for key in self.held if key[1].endswith(".headroom")}
        self.count = 0
        self.spans: dict[tuple[str, str], _Histogram] = {}
        self.floors: dict[tuple[str, str], _Floor] = {}

    def add(self, courses: Mapping[str, Mapping[str, Array]]) -> None:
        """One chunk: the first futures are held, the others counted."""
        for watch in self.watches:
            watch.add(courses[watch.lane])
        size = len(next(iter(courses[self.names[0]].values())))
        first = min(size, self.most_held - self.count) if not self.spans else 0
        for lane, name in self.held:
            course = courses[lane][name]
            if first:
                self.held[lane, name].append(course[:first, self.places].copy())
                if (lane, name) in self.rooms:
                    self.rooms[lane, name].append(course[:first].copy())
        self.count += first
        if first < size:
            self._settle()
            for lane, name in self.held:
                course = courses[lane][name][first:].T
                self.spans[lane, name].add(course[self.places])
                if (lane, name) in self.floors:
                    self.floors[lane, name].add(course, self.places)

    def _settle(self) -> None:
        """From now on futures are counted; the held ones say how wide the histograms are."""
        if self.spans:
            return
        for key, held in self.held.items():
            self.spans[key] = _Histogram(np.concatenate(held).T)
        self._count_floors()

    def _count_floors(self) -> None:
        for key, rooms in self.rooms.items():
            self.floors[key] = _Floor(np.concatenate(rooms).T, self.places)
        self.rooms = {}

    def prospects(self, seed: int, asked: int) -> Prospects:
        """What is known by now."""
        if not self.floors:
            self._count_floors()
        return Prospects(
            relationship=self.relationship.name,
            file_hash=self.relationship.content_hash,
            seed=seed,
            runs=self.done,
            asked=asked,
            days=self.places.astype(np.float64) * self.relationship.time.step_days,
            left_out=self.left_out,
            lanes={lane: self._outlook(lane) for lane in self.names},
            cautions=(*step_cautions(self.relationship), *of_all(self.watches)),
            sampled=of_samples(self.relationship),
        )

    def _outlook(self, lane: str) -> Outlook:
        bands = {}
        for name, dimension in self.series.items():
            held = self.held[lane, name]
            known = self.spans.get((lane, name))
            bounds = known.bounds() if known is not None else np.quantile(np.concatenate(held), SHARES, axis=0)
            bands[name] = Band(name=name, dimension=dimension, bounds=bounds)
        parties = {key[1].removesuffix(".headroom"): floor for key, floor in self.floors.items() if key[0] == lane}
        passages = {party: floor.passage(party, self.done) for party, floor in parties.items()}
        return Outlook(name=lane, bands=bands, passages=passages)


@final
class _Histogram:
    """Counts by moment and bin, over what the first futures span without their tails, and half as much on either side.

    The bounds that are asked for lie well within; what lies beyond goes to the outermost bins.
    """

    def __init__(self, first: Array) -> None:
        self.in_logarithms = _spreads_widely(first)
        self.least, self.most = first.min(axis=1), first.max(axis=1)
        low, high = np.quantile(self._scaled(first), (TAIL, 1 - TAIL), axis=1)
        span = high - low
        self.low = low - span / 2
        self.width = np.where(span > 0, 2 * span / BINS, 1.0)
        self.counts: NDArray[np.int64] = np.zeros((len(first), BINS), dtype=np.int64)
        self.rows = np.arange(len(first))[:, None] * BINS
        self.add(first)

    def _scaled(self, values: Array) -> Array:
        return np.log(values) if self.in_logarithms else values

    def add(self, values: Array) -> None:
        """More futures [moment, future]."""
        np.minimum(self.least, values.min(axis=1), out=self.least)
        np.maximum(self.most, values.max(axis=1), out=self.most)
        places = self._scaled(values) - self.low[:, None]
        places /= self.width[:, None]
        np.fmax(places, 0, out=places)  # not-a-numbers too, which the bounds tell of
        np.fmin(places, BINS - 1, out=places)
        flat = places.astype(np.intp)
        flat += self.rows
        np.add.at(self.counts.reshape(-1), flat.ravel(), 1)

    def bounds(self) -> Array:
        """The bounds [share, moment], evenly within a bin and never beyond what was seen; NaN where any future is."""
        below = np.cumsum(self.counts, axis=1)
        found = np.empty((len(SHARES), len(self.counts)))
        for turn, share in enumerate(SHARES):
            wanted = share * (below[:, -1] - 1) + 0.5
            places = np.argmax(below >= wanted[:, None], axis=1)
            rows = np.arange(len(places))
            into = (wanted - (below[rows, places] - self.counts[rows, places])) / np.maximum(
                self.counts[rows, places], 1
            )
            value = self.low + (places + into) * self.width
            found[turn] = np.clip(np.exp(value) if self.in_logarithms else value, self.least, self.most)
        return found


def _spreads_widely(first: Array) -> bool:
    """Whether all values [moment, future] are above 0 and at some moment lie far apart in proportion."""
    if not (first > 0).all():
        return False
    low, high = np.quantile(first, (SHARES[0], SHARES[-1]), axis=1)
    return bool((high > WIDE * low).any())


@final
class _Floor:
    """In how many futures a party's room has been below its floor, by moment; the first futures say how it moves."""

    def __init__(self, first: Array, places: NDArray[np.intp]) -> None:
        self.shift = CORRECTION * _step_deviation(first)
        self.seen = np.zeros(len(places))
        self.between = np.zeros(len(places))
        self.add(first, places)

    def add(self, rooms: Array, places: NDArray[np.intp]) -> None:
        """More futures [time, future]."""
        least = np.minimum.accumulate(rooms, axis=0)[places]
        unknown = np.isnan(least)
        seen = least < 0
        self.seen += np.where(unknown, np.nan, seen).sum(axis=1)
        self.between += np.where(unknown, np.nan, seen | (least < self.shift)).sum(axis=1)

    def passage(self, party: str, runs: int) -> Passage:
        """As shares of so many futures."""
        return Passage(party=party, seen=self.seen / runs, between=self.between / runs)


def _step_deviation(rooms: Array) -> float:
    """The standard deviation of what chance does in one step: of how two steps of a future differ, by the root of two.

    Drifts and smooth courses drop out of such differences. The middle over time: single events do not count.
    """
    if rooms.shape[0] < 3 or rooms.shape[1] < 2:
        return 0.0
    change = np.diff(rooms, n=2, axis=0)
    spread = float(np.median(np.std(change, axis=1))) / np.sqrt(2)
    return spread if np.isfinite(spread) and spread > 1e-12 else 0.0


def _outlook_json(outlook: Outlook) -> dict[str, Any]:
    return {
        "bands": {
            name: {"unit": str(band.dimension), "bounds": plain(band.bounds.tolist())}
            for name, band in outlook.bands.items()
        },
        "below_floor": {
            name: {"seen": plain(one.seen.tolist()), "between_steps": plain(one.between.tolist())}
            for name, one in outlook.passages.items()
        },
    }
