"""What `lichen simulate` shows: each side's room, who reaches its floor by when, and how everything moves.

As text with small pictures of the typical course, as a table for other programs, as a picture.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from lichen.check.unsaid import missing_floors
from lichen.check.wording import count, in_words, it
from lichen.relationship.quantity import TIME
from lichen.relationship.values import has_chance
from lichen.show.charts.fan import Course, Fan
from lichen.show.figures import UNKNOWN, after, full_date, number, percent, readable_unit, short_month
from lichen.show.lanes import lane_says, lane_title
from lichen.show.lines import Line, columns, one_line, plain, rendered, wrapped
from lichen.simulation.caution import sentences
from lichen.simulation.experiments import BASE, in_scenario, standard_experiments
from lichen.simulation.prospects import MOST_SERIES, SHARES, Band, Prospects

if TYPE_CHECKING:
    from lichen.relationship.relationship import Relationship

Row = tuple[str, ...]
BLOCKS = "▁▂▃▄▅▆▇█"
BELOW = "×"
_TYPICAL = (
    "Typical is the middle of all futures at each moment. A course is drawn from 0, or from the least where that is "
    "below 0, up to the most in its rows, room from the floor up to 100 % or more; × lies below the floor."
)
_SPARK = 16
_ROOM = ".headroom"
SECTIONS = ("Room left", "What each lives on", "What passes")
_QUARTERS = (0.25, 0.5, 0.75, 1.0)
_TIMES = (("day", 1.0), ("week", 7.0), ("month", 365.25 / 12), ("year", 365.25))
_BOUNDS = ("", "start", "end: 5 %", "typical", "95 %", "typical course")


def prospects_text(prospects: Prospects, relationship: Relationship, *, colours: bool = False) -> str:
    """Rooms, floors, capacities and flows of every lane, for a terminal of 80 columns."""
    return rendered(_lines(prospects, relationship), colours=colours)


def prospects_csv(prospects: Prospects, relationship: Relationship) -> str:
    """One row for each lane, series and moment, in base units; for rooms also the shares below the floor by then."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    bounds = [f"p{round(100 * share):02d}" for share in SHARES]
    writer.writerow(["lane", "series", "unit", "date", "day", *bounds, "below_floor", "below_floor_between_steps"])
    for name, lane in prospects.lanes.items():
        for series, band in lane.bands.items():
            passage = lane.passages.get(series.removesuffix(_ROOM)) if series.endswith(_ROOM) else None
            for turn, day in enumerate(prospects.days):
                fallen = (
                    ["", ""]
                    if passage is None
                    else [repr(float(passage.seen[turn])), repr(float(passage.between[turn]))]
                )
                moment = after(relationship.time.start, float(day)).isoformat()
                values = [repr(float(value)) for value in band.bounds[:, turn]]
                writer.writerow([name, series, str(band.dimension), moment, repr(float(day)), *values, *fallen])
    return out.getvalue()


def fans(prospects: Prospects, relationship: Relationship) -> Iterator[Fan]:
    """One picture for each series, with all lanes in it."""
    return (fan_of(series, prospects, relationship) for section in SECTIONS for series in series_in(section, prospects))


def fan_of(series: str, prospects: Prospects, relationship: Relationship) -> Fan:
    """The picture of one series, with all lanes in it."""
    lanes = list(prospects.lanes.values())
    unit, size = _unit(lanes[0].bands[series], relationship)
    floor = _floor_of(series, relationship)
    return Fan(
        title=_series_title(series, relationship),
        unit="" if series.endswith(_ROOM) else unit or "1",
        start=relationship.time.start,
        days=tuple(map(float, prospects.days)),
        courses=tuple(
            Course(
                title=lane_title(lane.name, relationship),
                turn=turn,
                bounds=tuple(tuple(map(float, line / size)) for line in lane.bands[series].bounds),
            )
            for turn, lane in enumerate(lanes)
        ),
        floor=None if floor is None else floor / size,
    )


def series_in(section: str, prospects: Prospects) -> list[str]:
    """The series that a section shows."""
    return [name for name in next(iter(prospects.lanes.values())).bands if _section_of(name) == section]


def _section_of(series: str) -> str:
    room, level, flow = SECTIONS
    return room if series.endswith(_ROOM) else level if "." in series else flow


def floors_table(prospects: Prospects, relationship: Relationship, beside: str) -> list[Row]:
    """Who has been below its floor by when: the head, and a row for each side and lane; `beside` names the other lanes
    of a `{side}` by their `{lane}`.
    """
    last = len(prospects.days) - 1
    places = [round(share * last) for share in _QUARTERS]
    begin = relationship.time.start
    rows: list[Row] = [("by", *(short_month(after(begin, float(prospects.days[place]))) for place in places))]
    for party in next(iter(prospects.lanes.values())).passages:
        side = relationship.parties[party].title
        for lane in prospects.lanes.values():
            one = lane.passages[party]
            title = side if lane.name == "base" else beside.format(side=side, lane=lane_title(lane.name, relationship))
            rows.append((one_line(title), *(_share(float(one.seen[p]), float(one.between[p])) for p in places)))
    return rows


def how(prospects: Prospects, relationship: Relationship) -> str:
    """What was run, and over which time."""
    begin = relationship.time.start
    last = after(begin, float(prospects.days[-1]))
    futures = "1 future" if prospects.runs == 1 else f"{number(prospects.runs)} futures"
    chance = f"seed {prospects.seed}" if has_chance(relationship) else "as nothing is drawn by chance"
    said = f"{futures}, {chance}, {full_date(begin)} to {full_date(last)}."
    others = [name for name in relationship.scenarios if f"scenario:{name}" not in prospects.lanes]
    if others:
        said += f" Scenarios of the file that were not tried: {', '.join(others)}."
    for group, (looked_at, members) in prospects.sampled.items():
        title = relationship.parties[group].title
        said += f" The room of {title}: of {count(looked_at)} of {count(members)} members looked at."
    if prospects.left_out:
        said += f" Capacities and flows beyond the first {MOST_SERIES} are left out, {prospects.left_out} of them."
    return said


def beside(prospects: Prospects, relationship: Relationship) -> list[str]:
    """What each lane changes, after its name."""
    lanes = [name for name in prospects.lanes if name != BASE.name]
    known = {
        one.name: one
        for one in (*map(in_scenario, relationship.scenarios), *(standard_experiments(relationship) if lanes else ()))
    }
    return [f"{lane_title(name, relationship)}: {lane_says(known[name], relationship)}." for name in lanes]


def doubts(prospects: Prospects, relationship: Relationship) -> list[str]:
    """What makes figures doubtful, and why a side's room is not known."""
    said = [*sentences(prospects.cautions)]
    for floor in missing_floors(relationship.parties.values()):
        _, party, _, capacity, _ = floor.path.split(".")
        who = relationship.parties[party].title
        said.append(
            f"The room of {who} is not known: nobody says below which {in_words(capacity)} {it(who)} could not go on. "
            f"Write it under `{floor.path}`; a range will do."
        )
    return said


def stopped(prospects: Prospects) -> str | None:
    """How far an interrupted run came."""
    if prospects.runs == prospects.asked:
        return None
    return f"Stopped: {number(prospects.runs)} of {number(prospects.asked)} futures are done; all is said of these."


def spark(values: Sequence[float], low: float, high: float) -> str:
    """A course as a row of blocks on a scale from `low` up to `high`; what lies below it is a cross."""
    if not np.isfinite(values).all():
        return UNKNOWN
    top, size = len(BLOCKS) - 1, max(high - low, 1e-300)
    return "".join(BLOCKS[int((value - low) / size * top + 0.5)] if value >= low else BELOW for value in values)


def _lines(prospects: Prospects, relationship: Relationship) -> Iterator[Line]:
    yield (("Futures", "bold"), (f"  {one_line(prospects.relationship)}", ""))
    yield from wrapped(how(prospects, relationship), 4)
    for said in beside(prospects, relationship):
        yield from wrapped(said, 2, indent="  ", first="- ")
    for said in doubts(prospects, relationship):
        yield from wrapped(said, 4)
    yield from wrapped(_TYPICAL, 4)
    for title in SECTIONS:
        chosen = series_in(title, prospects)
        if chosen:
            yield plain("")
            yield ((title, "bold"),)
            yield from columns([_BOUNDS, *_bands(prospects, relationship, chosen)], "<>>>><")
        if title == "Room left" and chosen:
            yield plain("")
            yield (("Has been below its floor", "bold"),)
            floors = floors_table(prospects, relationship, "  {lane}")
            yield from columns(floors, "<>>>>")
            if any("(" in share for row in floors for share in row[1:]):
                yield from wrapped("In brackets: with what may happen between two steps.", 2, style="dim")
    done = stopped(prospects)
    if done is not None:
        yield plain("")
        yield ((done, "bold yellow"),)


def _bands(prospects: Prospects, relationship: Relationship, chosen: list[str]) -> Iterator[Row]:
    places = np.linspace(0, len(prospects.days) - 1, min(_SPARK, len(prospects.days))).round().astype(int)
    for series in chosen:
        is_room = series.endswith(_ROOM)
        courses = {
            name: [lane.bands[series].at(0.5, place) for place in places] for name, lane in prospects.lanes.items()
        }
        drawn = [0.0, float(is_room), *chain(*courses.values())]
        low, high = 0.0 if is_room else min(drawn), max(drawn)
        for lane in prospects.lanes.values():
            band = lane.bands[series]
            unit, size = _unit(band, relationship)
            ends = (band.at(0.5, 0), band.at(0.05, -1), band.at(0.5, -1), band.at(0.95, -1))
            said = [percent(value) if is_room else number(value / size) for value in ends]
            title = (
                _series_title(series, relationship)
                if lane.name == "base"
                else f"  {lane_title(lane.name, relationship)}"
            )
            head = f"{title}, {unit}" if unit and lane.name == "base" and not is_room else title
            yield (one_line(head), *said, spark(courses[lane.name], low, high))


def _share(seen: float, between: float) -> str:
    return f"{percent(seen)} ({percent(between)})" if percent(between) != percent(seen) else percent(seen)


def _unit(band: Band, relationship: Relationship) -> tuple[str, float]:
    """The unit in which a band reads best, and its size; what passes is told in the time of a step."""
    known = ~np.isnan(band.bounds)
    largest = float(np.max(np.abs(band.bounds), initial=0.0, where=known)) if known.any() else 1.0
    if dict(band.dimension.powers).get("day") != -1:
        return readable_unit(largest, band.dimension, relationship.units)
    word, days = min(_TIMES, key=lambda time: abs(np.log(time[1] / relationship.time.step_days)))
    unit, size = readable_unit(largest * days, band.dimension * TIME, relationship.units)
    return f"{unit}/{word}" if unit else f"a {word}", size / days


def _floor_of(series: str, relationship: Relationship) -> float | None:
    """The floor that is drawn: that of a room, and of a capacity whose floor is one number."""
    party, _, what = series.partition(".")
    if series.endswith(_ROOM):
        return 0.0
    return relationship.parties[party].capacities[what].floor.number if what else None


def _series_title(series: str, relationship: Relationship) -> str:
    """What is shown; of a group, that it is said of all its members together."""
    party, _, what = series.partition(".")
    if what == "headroom":
        return relationship.parties[party].title
    flow = relationship.flows.get(series)
    names = (party,) if flow is None else flow.parties
    groups = [relationship.parties[name] for name in names if name in relationship.parties]
    counts = [len(one.members or ()) for one in groups if one.members is not None]
    return f"{series}, all {number(counts[0])}" if counts else series
