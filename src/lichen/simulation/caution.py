"""What makes the figures of a run doubtful: a step that is too long, a figure that is no number, growth without end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias, final

from lichen.relationship.relationship import Relationship

Kind: TypeAlias = Literal["step too long", "no number", "without bound"]


MOST_TOLD = 3
"""Sentences where there is little room."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """One doubt, in a sentence (`says`) and in figures.

    `subject`: a flow, a term, `party.capacity`, or `party.headroom` for its room; `at`: its place in the file; `lane`:
    the experiment in which it shows. `since`: the first day, `futures` of `of`: in how many. `step`: the step that
    would do, as `time.step` takes it.
    """

    kind: Kind
    subject: str
    at: str | None
    says: str
    lane: str = "base"
    since: date | None = None
    futures: int | None = None
    of: int | None = None
    step: str | None = None


def called(relationship: Relationship, subject: str) -> str:
    """What a caution is about, with its place: `the cash of Mill (file.yaml:7:13)`."""
    party, _, what = subject.partition(".")
    if party in relationship.flows or not what:
        title = relationship.flows[party].title if party in relationship.flows else party
        name = f"“{title.replace('_', ' ')}”"
    else:
        whose = relationship.parties[party].title
        name = f"the room of {whose}" if what == "headroom" else f"the {what.replace('_', ' ')} of {whose}"
    place = relationship.at(path_of(relationship, subject))
    return f"{name} ({place})" if place else name


def when_and_where(caution: Caution) -> str:
    """Since when, in how many futures and in which experiment: `from 16 March 2026 on, in every future`."""
    if caution.since is None or caution.futures is None or caution.of is None:
        return ""
    count, of = (f"{number:,}".replace(",", "\u202f") for number in (caution.futures, caution.of))
    often = "in every future" if count == of else f"in {count} of {of} futures"
    among = f"from {caution.since.day} {caution.since:%B} {caution.since.year} on, {often}"
    return among if caution.lane == "base" else f"{among} of {caution.lane.replace(':', ' ').replace('_', ' ')}"


def path_of(relationship: Relationship, subject: str) -> str:
    """The key of the file that says what a caution is about."""
    party, _, what = subject.partition(".")
    if party in relationship.flows:
        return f"flows.{party}.rate"
    if not what:
        return f"terms.{party}"
    return f"parties.{party}" if what == "headroom" else f"parties.{party}.capacities.{what}"


def day_of(relationship: Relationship, step: int) -> date:
    """The day of a step; the last of the calendar where it lies beyond."""
    time = relationship.time
    return time.start + timedelta(days=min(step * time.step_days, float((date.max - time.start).days)))


def sentences(cautions: Iterable[Caution]) -> tuple[str, ...]:
    """What is told of cautions where there is little room: the first ones, and how many more there are."""
    said = tuple(caution.says for caution in cautions)
    more = len(said) - MOST_TOLD
    return (*said[:MOST_TOLD], f"{more} more such doubts: `--format json` has all.") if more > 0 else said
