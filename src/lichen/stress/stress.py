"""The whole way: a relationship is put to the test, question by question, and what came of it is one value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any, final

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput, evidence_of
from lichen.check.members import LookedAt, samples
from lichen.check.rests_on import RestsOn, rests_on
from lichen.language.reading import not_at_hand
from lichen.relationship.plain_data import plain
from lichen.relationship.relationship import Relationship
from lichen.simulation.caution import Caution
from lichen.simulation.runaway import watched
from lichen.simulation.step_length import step_cautions
from lichen.stress.at_floor import AtFloor, at_floor
from lichen.stress.cheating import Cheat, cheating
from lichen.stress.contagion import Contagion, contagion
from lichen.stress.enforcement import SelfEnforcement, enforcement
from lichen.stress.exits import Exits, exits
from lichen.stress.goodwill import Goodwill, goodwill
from lichen.stress.left_out import LeftOut, left_out
from lichen.stress.links import Link, links
from lichen.stress.rehearsal import Rehearsal, rehearsal
from lichen.stress.responses import Response, responses
from lichen.stress.setting import Setting, setting
from lichen.stress.shocks import Shocks, shocks

if TYPE_CHECKING:
    from lichen.record.reading import Record

SECTIONS: Mapping[str, str] = {
    "exits": "If somebody leaves",
    "shocks": "If something strikes",
    "contagion": "Who pulls whom down",
    "cheating": "Does cheating pay",
    "enforcement": "Does a word keep itself",
    "goodwill": "Without goodwill",
    "links": "If a flow is cut",
    "rehearsal": "Do reviews repair an imbalance in time",
    "responses": "What each side would do by itself",
    "at_floor": "If a side stops giving at its floor",
}
"""The questions, in the order in which they are asked, each as a heading for people."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stress:
    """What came of every question that was asked; None where one was not, or not yet when it was interrupted.

    `start` and `days` are the horizon, `party` the side whose own figures were used (None: of all). `rests_on` says how
    much of what passes is recorded, stated and assumed: no figure is better than that. `asked_of` are the parties that
    leave, cheat and are struck, `alone` the one that was named for it, `left_out` what there was no room for; `unread`
    says what was not at hand, `cautions` what makes the figures doubtful, `sampled` of how many of its members a very
    large group is told.
    """

    relationship: str
    file_hash: str
    seed: int
    runs: int
    party: str | None
    start: date
    days: float
    rests_on: RestsOn
    asked_of: tuple[str, ...]
    alone: str | None
    left_out: LeftOut
    unread: tuple[str, ...] = ()
    cautions: tuple[Caution, ...] = ()
    sampled: tuple[LookedAt, ...] = ()
    interrupted: bool = False
    exits: Exits | None = None
    shocks: Shocks | None = None
    contagion: Contagion | None = None
    cheating: tuple[Cheat, ...] | None = None
    enforcement: tuple[SelfEnforcement, ...] | None = None
    goodwill: Goodwill | None = None
    links: tuple[Link, ...] | None = None
    rehearsal: tuple[Rehearsal, ...] | None = None
    responses: tuple[Response, ...] | None = None
    at_floor: tuple[AtFloor, ...] | None = None

    def rows(self, section: str) -> tuple[Any, ...]:
        """What a section found, each with a sentence `says`; empty where it was not asked or found nothing."""
        found = getattr(self, section)
        match found:
            case None:
                return ()
            case Shocks() | Exits():
                return (*found.tried, *found.together)
            case Contagion(failures=(_,)):
                return (found,)
            case Contagion():
                return (found, *found.failures) if found.says else ()
            case Goodwill():
                return (found,)
            case _:
                return tuple(found)

    def asked(self) -> Iterator[str]:
        """The sections that were asked and are done."""
        return (name for name in SECTIONS if getattr(self, name) is not None)

    def to_json(self) -> dict[str, Any]:
        """Plain data for machines: every row with its sentence."""
        head = {f.name: plain(getattr(self, f.name)) for f in fields(self) if f.name not in SECTIONS}
        head["for"], head["left_out"] = head.pop("party"), said(self.left_out)
        return {**head, **{name: said(getattr(self, name)) for name in SECTIONS}}


def said(value: Any) -> Any:
    """Plain data in which everything that can say itself does."""
    if isinstance(value, tuple):
        return [said(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        found = {f.name: said(getattr(value, f.name)) for f in fields(value)}
        return {**found, "says": value.says} if isinstance(getattr(type(value), "says", None), property) else found
    return plain(value)


@np.errstate(all="ignore")  # what is no number in some future cannot be told, and is not warned of besides
def stress(
    relationship: Relationship,
    *,
    runs: int = 1000,
    seed: int = 1,
    party: str | None = None,
    day: date | None = None,
    sections: Sequence[str] = tuple(SECTIONS),
    record: Record | None = None,
    seen_by: str | None = None,
    tick: Callable[[float], None] = lambda share: None,
) -> Stress:
    """Put a relationship to the test over `runs` futures drawn from `seed`.

    `party` and `day` narrow what is asked, `sections` chooses the questions, `seen_by` names the side whose own figures
    are used. `tick` is told the share of the work that is done. An interruption keeps the questions that are answered.
    """
    asked = setting(relationship, runs=runs, seed=seed, party=party, day=day, sections=sections)
    skipped = left_out(asked, frozenset(sections), runs)
    found = _empty(asked, record, seen_by, skipped)
    chosen = [name for name in SECTIONS if name in sections]
    for turn, name in enumerate(chosen):
        told = asked.with_progress(_as_part(tick, turn, len(chosen)))
        try:
            told.progress(0.0)
            found = replace(found, **{name: _answer(name, told, found)})
        except KeyboardInterrupt:
            return replace(found, interrupted=True)
    return found


def _as_part(tick: Callable[[float], None], turn: int, parts: int) -> Callable[[float], None]:
    """What is told the share of one of several parts."""
    return lambda share: tick((turn + share) / parts)


def _answer(name: str, asked: Setting, found: Stress) -> Any:
    if name == "responses":
        return responses(asked, found.cheating, found.exits.tried if found.exits is not None else None)
    return _QUESTIONS[name](asked)


def _empty(asked: Setting, record: Record | None, seen_by: str | None, skipped: LeftOut) -> Stress:
    few = replace(asked, runs=min(asked.runs, 100)).run(())
    evidence = evidence_of(asked.relationship, few.futures, record=record)
    return Stress(
        relationship=asked.relationship.name,
        file_hash=asked.relationship.content_hash,
        seed=asked.seed,
        runs=asked.runs,
        party=seen_by,
        start=asked.relationship.time.start,
        days=asked.relationship.time.run_days,
        rests_on=rests_on(evidence),
        asked_of=tuple(party.name for party in asked.asked),
        alone=asked.party,
        left_out=skipped,
        unread=(*not_at_hand(asked.relationship, seen_by), *_kept(evidence)),
        cautions=(*step_cautions(asked.relationship), *watched(asked.relationship, few.futures.paths)),
        sampled=samples(evidence),
    )


def _kept(evidence: CheckInput) -> tuple[str, ...]:
    """The sentence that tells of whom nothing can be told, whatever is tried; else nothing."""
    room = evidence.base.headroom
    kept = [one.title for one in evidence.parties if one.name in room and np.isnan(room[one.name].least).any()]
    if not kept:
        return ()
    return (f"{wording.untold(f'What becomes of {wording.few(kept)}')}.",)


_QUESTIONS: Mapping[str, Callable[[Setting], Any]] = {
    "exits": exits,
    "shocks": shocks,
    "contagion": contagion,
    "cheating": cheating,
    "enforcement": enforcement,
    "goodwill": goodwill,
    "links": links,
    "rehearsal": rehearsal,
    "at_floor": at_floor,
}
