"""Over which steps a rule of return looks. A window is its first step and the one behind its last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypeAlias

from lichen.relationship.relationship import Relationship, Time
from lichen.relationship.rules import Window
from lichen.simulation.interventions import in_steps

Steps: TypeAlias = tuple[int, int]
Look: TypeAlias = tuple[int, int, bool]
"""A window, and whether it is full."""


def full_windows(over: Window, time: Time, commitment_days: float) -> Iterator[Steps]:
    """The full windows that a rule asks, among the steps of a run, in the order in which they end."""
    match over.kind:
        case "transaction":
            yield from ((step, step + 1) for step in range(time.steps))
        case "duration":
            length = max(1, in_steps(over.days or 0.0, time.step_days))
            yield from ((end - length, end) for end in range(length, time.steps + 1))
        case "project":
            length = max(1, in_steps(commitment_days, time.step_days))
            yield from ((end - length, end) for end in range(length, time.steps + 1, length))
        case "life" | "portfolio":
            yield 0, time.steps
        case "season":
            yield from _seasons(over, time)


def looks(over: Window, relationship: Relationship) -> Iterator[Look]:
    """What a formula looks at after each step: the last full window, before the first one everything so far."""
    time = relationship.time
    if over.kind in ("life", "portfolio"):
        yield from ((0, now, True) for now in range(1, time.steps + 1))
        return
    ending = {window[1]: window for window in full_windows(over, time, relationship.commitment_days)}
    last: Steps | None = None
    for now in range(1, time.steps + 1):
        last = ending.get(now, last)
        yield (0, now, False) if last is None else (*last, True)


def _seasons(over: Window, time: Time) -> Iterator[Steps]:
    """The steps of each season that lies wholly within the run."""
    days = [_day(time, step) for step in range(time.steps + 1)]
    seasons = [over.season_at(day) for day in days]
    first = 0
    for step in range(1, time.steps + 1):
        if seasons[step] != seasons[first]:
            season = seasons[first]
            if season is not None and (days[first] - season[0]).days < time.step_days:
                yield first, step
            first = step


def _day(time: Time, step: int) -> date:
    """The day on which a step begins, within the calendar."""
    return date.fromordinal(min(time.start.toordinal() + int(step * time.step_days), date.max.toordinal()))
