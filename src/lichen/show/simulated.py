"""What `lichen simulate` shows: each side's room, who reaches its floor by when, and how everything moves.

As text with small pictures of the typical course, as a table for other programs, as a picture.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from lichen.check.wording import count
from lichen.show.charts.fan import Course, Fan
from lichen.show.figures import UNKNOWN, after, full_date, number, percent, readable_unit, room, short_month
from lichen.show.lines import Line, columns, one_line, plain, rendered, wrapped
from lichen.simulation.prospects import SHARES, Band, Prospects

if TYPE_CHECKING:
    from lichen.relationship.relationship import Relationship

Row = tuple[str, ...]
BLOCKS = "▁▂▃▄▅▆▇█"
_SPARK = 16
_ROOM = ".headroom"
_QUARTERS = (0.25, 0.5, 0.75, 1.0)
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
    lanes = list(prospects.lanes.values())
    for series, band in lanes[0].bands.items():
        unit, size = _unit(band, relationship)
        yield Fan(
            title=_series_title(series, relationship),
            unit="" if series.endswith(_ROOM) else unit or "1",
            start=relationship.time.start,
            days=tuple(map(float, prospects.days)),
            courses=tuple(
                Course(
                    title=lane_title(lane.name),
                    turn=turn,
                    bounds=tuple(tuple(map(float, line / size)) for line in lane.bands[series].bounds),
                )
                for turn, lane in enumerate(lanes)
            ),
            floor=0.0 if series.endswith(_ROOM) else None,
        )


def lane_title(name: str) -> str:
    """`as it is`, `scenario recession`, `exit of alder`."""
    kind, _, what = name.partition(":")
    return "as it is" if name == "base" else f"{kind.replace('_', ' ')} {what}".strip()


def spark(values: list[float]) -> str:
    """A course as a row of blocks, from the least to the most."""
    low, high = min(values), max(values)
    if not np.isfinite(values).all():
        return UNKNOWN
    if high - low < 1e-12 * max(abs(high), 1e-300):
        return BLOCKS[3] * len(values)
    return "".join(BLOCKS[int((value - low) / (high - low) * (len(BLOCKS) - 1) + 0.5)] for value in values)


def _lines(prospects: Prospects, relationship: Relationship) -> Iterator[Line]:
    yield (("Futures", "bold"), (f"  {one_line(prospects.relationship)}", ""))
    yield from wrapped(_how(prospects, relationship), 4)
    lanes = prospects.lanes
    names = list(next(iter(lanes.values())).bands)
    for title, chosen in (
        ("Room left", [name for name in names if name.endswith(_ROOM)]),
        ("What each lives on", [name for name in names if "." in name and not name.endswith(_ROOM)]),
        ("What passes", [name for name in names if "." not in name]),
    ):
        if chosen:
            yield plain("")
            yield ((title, "bold"),)
            yield from columns([_BOUNDS, *_bands(prospects, relationship, chosen)], "<>>>><")
        if title == "Room left" and chosen:
            yield plain("")
            yield (("Has reached its floor", "bold"),)
            floors = list(_floors(prospects, relationship))
            yield from columns(floors, "<>>>>")
            if any("(" in share for row in floors for share in row[1:]):
                yield from wrapped("In brackets: with what may happen between two steps.", 2, style="dim")
    if prospects.runs < prospects.asked:
        yield plain("")
        done = f"Stopped: {number(prospects.runs)} of {number(prospects.asked)} futures are done; all is said of these."
        yield ((done, "bold yellow"),)


def _how(prospects: Prospects, relationship: Relationship) -> str:
    begin = relationship.time.start
    last = after(begin, float(prospects.days[-1]))
    futures = "1 future" if prospects.runs == 1 else f"{number(prospects.runs)} futures"
    said = f"{futures}, seed {prospects.seed}, {full_date(begin)} to {full_date(last)}."
    others = [name for name in relationship.scenarios if f"scenario:{name}" not in prospects.lanes]
    if others:
        said += f" Scenarios of the file that were not tried: {', '.join(others)}."
    for group, (looked_at, members) in prospects.sampled.items():
        title = relationship.parties[group].title
        said += f" The room of {title}: of {count(looked_at)} of {count(members)} members looked at."
    return said + (f" {prospects.left_out} series are left out." if prospects.left_out else "")


def _bands(prospects: Prospects, relationship: Relationship, chosen: list[str]) -> Iterator[Row]:
    places = np.linspace(0, len(prospects.days) - 1, min(_SPARK, len(prospects.days))).round().astype(int)
    for series in chosen:
        for lane in prospects.lanes.values():
            band = lane.bands[series]
            unit, size = _unit(band, relationship)
            is_room = series.endswith(_ROOM)
            ends = (band.at(0.5, 0), band.at(0.05, -1), band.at(0.5, -1), band.at(0.95, -1))
            said = [room(value) if is_room else number(value / size) for value in ends]
            title = _series_title(series, relationship) if lane.name == "base" else f"  {lane_title(lane.name)}"
            head = f"{title}, {unit}" if unit and lane.name == "base" and not is_room else title
            yield (one_line(head), *said, spark([band.at(0.5, place) for place in places]))


def _floors(prospects: Prospects, relationship: Relationship) -> Iterator[Row]:
    last = len(prospects.days) - 1
    places = [round(share * last) for share in _QUARTERS]
    begin = relationship.time.start
    yield ("by", *(short_month(after(begin, float(prospects.days[place]))) for place in places))
    parties = next(iter(prospects.lanes.values())).passages
    for party in parties:
        for lane in prospects.lanes.values():
            one = lane.passages[party]
            title = relationship.parties[party].title if lane.name == "base" else f"  {lane_title(lane.name)}"
            yield (one_line(title), *(_share(float(one.seen[p]), float(one.between[p])) for p in places))


def _share(seen: float, between: float) -> str:
    return f"{percent(seen)} ({percent(between)})" if percent(between) != percent(seen) else percent(seen)


def _unit(band: Band, relationship: Relationship) -> tuple[str, float]:
    """The unit in which a band reads best, and its size."""
    largest = float(np.nanmax(np.abs(band.bounds))) if not np.isnan(band.bounds).all() else 1.0
    if dict(band.dimension.powers) == {"day": -1}:
        return "a week", 1 / 7
    return readable_unit(largest, band.dimension, relationship.units)


def _series_title(series: str, relationship: Relationship) -> str:
    party, _, what = series.partition(".")
    if not what:
        return series
    return relationship.parties[party].title if what == "headroom" else series
