"""Each side's room left over time, from the futures and the record, and who falls below its floor first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, final

import numpy as np

from lichen.check.wording import capital, does, listed, out_of_hundred
from lichen.record.reading import Period, SubjectSeries
from lichen.relationship.party import Capacity, Party
from lichen.relationship.start import Start
from lichen.show.charts.bands import Bands, Note, Side
from lichen.show.charts.drawing import Point
from lichen.show.figures import after, month, percent
from lichen.show.judged import Judged
from lichen.simulation.futures import Array

Runs: TypeAlias = tuple[tuple[Point, ...], ...]
"""Recorded rooms, (day, room), in runs without a gap."""

_POINTS = 120
"""At most so many places along the time axis are drawn."""
_FEW = 0.05
"""The share of futures from which on a side is said to fall below its floor."""
_BY_CHANCE = 0.25
"""Of recorded values one in ten lies outside the band by chance; from a quarter on the futures miss the record."""
_COUNTED = {
    "least": "what the weakest has left",
    "quantile": "what all but the weakest twentieth have left",
}
_KNOWN = 0.5
"""Below this share of members a recorded period says too little about the group."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How one side fares.

    `below` is the share of futures in which it falls below its floor at any time; of these the first does so
    `below_from` days after the start, half have by `below_by` and all by `below_until`; the three are None when fewer
    than a twentieth of all futures do. `recorded_below` is the first recorded day below the floor. `recorded` are the
    capacities that the record of the room is made of: all that the side needs, or none. `alone` are the recorded
    capacities, by name, of a side of which others are not recorded: each with its own room and record. Where a figure
    that nobody states leaves the room open in some future, `below` is NaN and the side has no lines.
    """

    party: Party
    side: Side
    below: float
    below_from: float | None
    below_by: float | None
    below_until: float | None
    recorded_below: date | None
    recorded: tuple[str, ...]
    alone: Mapping[str, Side]

    @property
    def at_start(self) -> float:
        """Room left at the start, half of the futures above it and half below."""
        return self.side.middle[0] if self.side.middle else math.nan

    @property
    def at_end(self) -> float:
        """Room left at the end, half of the futures above it and half below; NaN when no capacity tells it."""
        return self.side.middle[-1] if self.side.middle else math.nan


def outlooks(judged: Judged) -> tuple[Outlook, ...]:
    """Every side that some flow touches and that has room to lose, in the order of the file."""
    paths = judged.futures.paths.get("base", {})
    start = Start(judged.relationship)
    parties = [party for party in judged.relationship.parties.values() if f"{party.name}.headroom" in paths]
    touched = judged.relationship.touched_parties
    return tuple(_outlook(judged, party, turn, start) for turn, party in enumerate(parties) if party in touched)


def worse_off(found: tuple[Outlook, ...]) -> Outlook | None:
    """The side that fares worst: below the floor in the most futures, then the soonest, then with the least room.

    One of which nobody can say it stands before those that stay above.
    """
    return min(found, key=_badness, default=None)


def sentence(outlook: Outlook, start: date, *, seldom: bool = False) -> str:
    """Who is worse off and since when; `seldom` when any side falls below its floor in some future."""
    name = outlook.party.title
    if outlook.recorded_below is not None:
        return f"{name}: below the floor since {month(outlook.recorded_below)}, as recorded"
    if math.isnan(outlook.below):
        return f"{name}: nobody can say how much room is left"
    if outlook.below_from is None:
        often = "Each side stays above its floor in at least 19 of 20 futures"
        above = often if seldom else "Nobody falls below the floor"
        said = f"{above}. Least room left: {name}, {percent(outlook.at_end)} at the end"
        return f"{said}, down from {percent(outlook.at_start)}" if outlook.at_end < outlook.at_start - 0.05 else said
    return does(name, f"fall below the floor {out_of_hundred(outlook.below)}, {_when(outlook, start)}")


def _when(outlook: Outlook, start: date) -> str:
    """In which month the first of the futures that fall does, by when half of them have, and by when all."""
    days = (outlook.below_from, outlook.below_by, outlook.below_until)
    first, half, last = (month(after(start, day or 0.0)) for day in days)
    if first == last:
        return f"all in {first}"
    return (
        f"half of these in {first}, all by {last}"
        if first == half
        else f"the first in {first}, half of these by {half}"
    )


def own_sentence(outlook: Outlook, start: date) -> str:
    """How one side fares, without a word about the others."""
    if outlook.below_from is None and outlook.recorded_below is None and not math.isnan(outlook.below):
        but = f" but {out_of_hundred(outlook.below)}" if outlook.below > 0 else ""
        return f"{outlook.party.title}: above the floor{but}, {percent(outlook.at_end)} of the room left at the end"
    return sentence(outlook, start)


def counted(outlook: Outlook) -> str:
    """Of a group, what of its members' room counts."""
    if outlook.party.members is None:
        return ""
    return f"Of the members of {outlook.party.title} counts {_COUNTED[outlook.party.counts]}."


def missed(outlook: Outlook) -> str:
    """How many recorded values lie outside the band of nine futures in ten; nothing where none does."""
    name = outlook.party.title
    own = ((side, f"the {capacity.replace('_', ' ')} of {name}") for capacity, side in outlook.alone.items())
    return " ".join(filter(None, (_missed(side, title) for side, title in ((outlook.side, name), *own))))


def _missed(side: Side, title: str) -> str:
    read = [point for run in side.recorded for point in run if point[0] > 0]
    if not side.low or not read:
        return ""
    days, values = np.transpose(read)
    low, high = (np.interp(days, side.days, bound) for bound in (side.low, side.high))
    outside = int(np.sum((values < low) | (values > high)))
    if not outside:
        return ""
    said = f"Of {len(read)} recorded values of {title} {outside} lie outside the band"
    return f"{said}: the futures miss what happened." if outside > _BY_CHANCE * len(read) else f"{said}."


def not_whole(outlook: Outlook) -> str:
    """Of a side of which not all is recorded, what is: its record tells these capacities and not the room left."""
    if not outlook.alone:
        return ""
    known = listed(name.replace("_", " ") for name in outlook.alone)
    return f"Of {outlook.party.title} only {known} {'are' if len(outlook.alone) > 1 else 'is'} recorded."


def chart(judged: Judged, found: tuple[Outlook, ...], title: str) -> Bands:
    """The outlooks on one chart: a band and a note for the worst, a line for the others, and what was not recorded."""
    worst = worse_off(found)
    start = judged.relationship.time.start
    notes = () if worst is None else (_note(worst, start, seldom=any(one.below > 0 for one in found)),)
    sides = tuple(o.side if o is worst else replace(o.side, low=(), high=()) for o in found)
    return Bands(
        title=title,
        start=start,
        days=float(judged.futures.days[-1]),
        sides=sides,
        notes=tuple(note for note in notes if note is not None),
        gaps=next((_gaps(judged, o.party, o.recorded[0]) for o in found if o.recorded), ()),
    )


def charts_alone(judged: Judged, outlook: Outlook) -> Iterator[Bands]:
    """Of a side of which not all is recorded, every recorded capacity with its own futures and its record."""
    for capacity, side in outlook.alone.items():
        yield Bands(
            title=f"{side.title}: room left",
            start=judged.relationship.time.start,
            days=float(judged.futures.days[-1]),
            sides=(side,),
            gaps=_gaps(judged, outlook.party, capacity),
            named=False,
        )


def _badness(outlook: Outlook) -> tuple[bool, float, float, float]:
    least = outlook.at_end if math.isfinite(outlook.at_end) else math.inf
    soon = math.inf if outlook.below_by is None else outlook.below_by
    below = _FEW / 2 if math.isnan(outlook.below) else outlook.below if outlook.below >= _FEW else 0.0
    return (outlook.recorded_below is None, -below, soon, least)


def _outlook(judged: Judged, party: Party, turn: int, start: Start) -> Outlook:
    trace = judged.futures.base.headroom[party.name]
    known = not np.isnan(trace.least).any()
    crossed = trace.below_zero_at
    below = float(np.mean(np.isfinite(crossed))) if known else math.nan
    fallen = np.sort(crossed[np.isfinite(crossed)]) if below >= _FEW else np.array([])
    first, half, last = (
        float(np.quantile(fallen, share, method="inverted_cdf")) if len(fallen) else None for share in (0.0, 0.5, 1.0)
    )
    records = {c.name: recorded_room(judged, party, c, start) for c in party.essential_capacities}
    found = {name: runs for name, runs in records.items() if runs}
    whole = _least_of(party, records)
    side = _side(judged, judged.futures.paths["base"][f"{party.name}.headroom"], party.title, turn, whole)
    since = min((day for runs in found.values() for run in runs for day, room in run if room < 0), default=None)
    return Outlook(
        party=party,
        side=side if known else replace(side, days=(), middle=(), low=(), high=()),
        below=below,
        below_from=first,
        below_by=half,
        below_until=last,
        recorded_below=None if since is None else after(judged.relationship.time.start, since),
        recorded=tuple(records) if whole else (),
        alone={} if whole else {name: _alone(judged, party, name, turn, start, runs) for name, runs in found.items()},
    )


def _side(judged: Judged, paths: Array, title: str, turn: int, recorded: Runs) -> Side:
    """The rooms [future, time] as lines over so many days as are drawn."""
    every = max(1, math.ceil(len(judged.futures.days) / _POINTS))
    places = sorted({*range(0, len(judged.futures.days), every), len(judged.futures.days) - 1})
    low, middle, high = np.quantile(paths[:, places], [0.05, 0.5, 0.95], axis=0)
    return Side(
        title=title,
        turn=turn,
        days=tuple(float(judged.futures.days[place]) for place in places),
        middle=tuple(map(float, middle)),
        low=tuple(map(float, low)),
        high=tuple(map(float, high)),
        recorded=recorded,
    )


def _alone(judged: Judged, party: Party, capacity: str, turn: int, start: Start, recorded: Runs) -> Side:
    """One capacity's own room in the futures, beside its record; of members whose sum alone is kept only the record."""
    title = capital(f"{capacity.replace('_', ' ')} of {party.title}")
    levels = judged.futures.paths["base"].get(f"{party.name}.{capacity}")
    if party.members is not None or levels is None or np.isnan(levels).any():
        return Side(title=title, turn=turn, days=(), middle=(), low=(), high=(), recorded=recorded)
    held = party.capacities[capacity]
    floor, healthy = (math.fsum(start.of_members(party, value)) for value in (held.floor, held.healthy or held.level))
    return _side(judged, (levels - floor) / (healthy - floor), title, turn, recorded)


def _least_of(party: Party, records: Mapping[str, Runs]) -> Runs:
    """The room left on the days on which all that a side needs is recorded; of members with several needs none is."""
    if not records or (party.members is not None and len(records) > 1):
        return ()
    first = next(iter(records.values()))
    known = [{day: room for run in runs for day, room in run} for runs in records.values()]
    runs = (
        tuple((day, min(of[day] for of in known)) for day, _ in run if all(day in of for of in known)) for run in first
    )
    return tuple(run for run in runs if run)


def recorded_room(judged: Judged, party: Party, capacity: Capacity, start: Start) -> Runs:
    """What of a capacity was recorded, as room left: runs of (day, room) without a gap."""
    series = None if judged.record is None else judged.record.series.get(f"{party.name}.{capacity.name}")
    if series is None:
        return ()
    begin, last = judged.relationship.time.start, float(judged.futures.days[-1])
    runs: list[list[Point]] = [[]]
    for day, value in _rooms(series, party, capacity, start):
        since = float((day - begin).days)
        if math.isnan(value):
            runs.append([])
        elif 0 <= since <= last:
            runs[-1].append((since, value))
    return tuple(tuple(run) for run in runs if run)


def _rooms(series: SubjectSeries, party: Party, capacity: Capacity, start: Start) -> list[tuple[date, float]]:
    """Room left in each recorded period, NaN in a gap; of a group what counts of the members that are known."""
    floors = start.of_members(party, capacity.floor)
    healthy = start.of_members(party, capacity.healthy or capacity.level)
    if party.members is None or not series.members:
        floor, top = math.fsum(floors), math.fsum(healthy)
        return [(p.read_on or p.span.start, _room(p.amount, floor, top)) for p in series.periods]
    index = {name: place for place, name in enumerate(party.members.names)}
    share = party.quantile if party.counts == "quantile" else 0.0
    rows = [(index[name], periods) for name, periods in series.members.items() if name in index]
    return [
        (p.read_on or p.span.start, _room_that_counts(turn, rows, floors, healthy, share))
        for turn, p in enumerate(series.periods)
    ]


def _room_that_counts(
    turn: int,
    rows: list[tuple[int, tuple[Period, ...]]],
    floors: tuple[float, ...],
    healthy: tuple[float, ...],
    share: float,
) -> float:
    rooms = [_room(periods[turn].amount, floors[place], healthy[place]) for place, periods in rows]
    known = [room for room in rooms if not math.isnan(room)]
    return float(np.quantile(known, share)) if len(known) >= _KNOWN * len(floors) else math.nan


def _room(level: float | None, floor: float, healthy: float) -> float:
    return math.nan if level is None or not healthy > floor else (level - floor) / (healthy - floor)


def _note(worst: Outlook, start: date, *, seldom: bool) -> Note | None:
    """Words at the place where the worst side first falls below its floor, or where it has least room."""
    side = worst.side
    if not side.middle:
        return None
    says = sentence(worst, start, seldom=seldom)
    if worst.recorded_below is not None:
        return Note(says=says, day=float((worst.recorded_below - start).days), room=0.0, turn=side.turn)
    if worst.below_from is not None:
        return Note(says=says, day=worst.below_from, room=0.0, turn=side.turn)
    return Note(says=says, day=side.days[-1], room=side.middle[-1], turn=side.turn)


def _gaps(judged: Judged, party: Party, capacity: str) -> tuple[Point, ...]:
    """The times within the chart, from and to, in which a recorded capacity was not recorded."""
    if judged.record is None:
        return ()
    begin, last = judged.relationship.time.start, float(judged.futures.days[-1])
    spans = [
        (float((p.span.start - begin).days), float((p.span.end - begin).days))
        for p in judged.record.series[f"{party.name}.{capacity}"].periods
        if p.amount is None
    ]
    return tuple((max(first, 0.0), min(end, last)) for first, end in spans if end > 0 and first < last)
