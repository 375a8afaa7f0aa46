"""Whether the way of adjustment notices what somebody does, and when.

A trigger notices when it turns true earlier than in the same future without the deed. A regular review looks at the
terms in any case; it notices what somebody else than the doer sees.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import final

import numpy as np
from numpy.typing import NDArray

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import Figure, share_of
from lichen.check.measures.sight import sight
from lichen.relationship.formula import Binary, Conditional, Name, Number, Tree, Unary
from lichen.relationship.quantity import TIME
from lichen.relationship.relationship import Relationship
from lichen.relationship.rules import Adjustment, Measure
from lichen.relationship.value import Band, Value
from lichen.simulation.futures import Array, Lane, Trace
from lichen.stress.effects import NOTABLE

OFTEN = 0.5
"""From this share of futures on a trigger is said to notice."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """How something is noticed.

    `triggered`: the share of futures in which a trigger calls a review because of it, not known where a trigger looks
    at what somebody keeps to itself; `trigger_days` after how many days, the middle of these. `review_days`: days until
    the next regular review that sees it, infinite without one. `seen_by`: the parties besides the doer that see what is
    done. `days`: the first of both, infinite when neither notices, NaN when that cannot be told.
    """

    triggered: Figure
    trigger_days: float
    review_days: float
    seen_by: tuple[str, ...]

    @property
    def by_trigger(self) -> bool:
        """Whether a trigger is the first to notice."""
        return self.triggered.value >= OFTEN and self.trigger_days <= self.review_days

    @property
    def days(self) -> float:
        """Days until it is noticed; infinite when it is not, NaN when that cannot be told."""
        if self.by_trigger:
            return self.trigger_days
        return math.nan if math.isinf(self.review_days) and not self.triggered.known else self.review_days

    @property
    def says(self) -> str:
        """`a trigger notices after 7 weeks`, `the next review sees it after 6 months`, `nothing notices it`."""
        if math.isnan(self.days):
            return "whether a trigger notices it cannot be told"
        if math.isinf(self.days):
            if self.triggered.value < NOTABLE:
                return "nothing notices it"
            return f"a trigger notices only {wording.out_of_hundred(self.triggered.value)}"
        who = "a trigger notices" if self.by_trigger else "the next review sees it"
        untold = "" if self.triggered.known else "; whether a trigger notices it before cannot be told"
        return f"{who} after {wording.span(self.days)}{untold}"


def watched(relationship: Relationship, days: Iterable[float]) -> Relationship:
    """The relationship with a measure for each trigger and each of these days: below 0 where, from the day on, it is
    true, and no number where it compares what is not known.
    """
    checks = [
        Measure(name=_watch(turn, day), measure=Value(tree=_turned(trigger.tree, day)), good=Band())
        for turn, trigger in enumerate(_path(relationship).triggers)
        if trigger.tree is not None
        for day in dict.fromkeys(days)
    ]
    rules = relationship.rules
    return replace(relationship, rules=replace(rules, checks=(*rules.checks, *checks)))


def _turned(trigger: Tree, day: float) -> Tree:
    """-1 where a trigger is true from a day on, else 0; NaN where one of the figures that it compares is NaN."""
    since = Binary(">=", Name(("time",)), Number(day, TIME))
    turned: Tree = Conditional(Binary("and", trigger, since), Number(-1.0), Number(0.0))
    for figure in _compared(trigger):
        turned = Conditional(Binary("==", figure, figure), turned, Number(math.nan))
    return turned


def _compared(tree: Tree) -> Iterator[Tree]:
    """The figures that a condition compares; numbers are left out."""
    match tree:
        case Binary(operator="and" | "or", left=left, right=right):
            yield from _compared(left)
            yield from _compared(right)
        case Binary(operator="<" | "<=" | ">" | ">=" | "==" | "!=", left=left, right=right):
            yield from (side for side in (left, right) if not isinstance(side, Number))
        case Unary(operator="not", operand=operand):
            yield from _compared(operand)


def notice(evidence: CheckInput, lane: Lane, flows: Iterable[str], by: tuple[str, ...] = ()) -> Notice:
    """How a lane of a watched relationship is noticed, in which something is done to these flows, by these parties."""
    day = lane.intervention_days
    there, here = _first_true(evidence.base, day), _first_true(lane, day)
    earlier = here < there
    untold = _untold(evidence.base, day) | _untold(lane, day)
    onlookers = _onlookers(evidence, flows, by)
    return Notice(
        triggered=share_of(np.where(untold & ~earlier, np.nan, earlier.astype(np.float64))),
        trigger_days=float(np.median(here[earlier])) - day if earlier.any() else math.inf,
        review_days=_until_review(_path(evidence.relationship), day, evidence) if onlookers else math.inf,
        seen_by=onlookers,
    )


def days_to_effect(relationship: Relationship, noticed: Notice) -> float:
    """From the deed until a changed term is in force; infinite when nothing is noticed or no term can change."""
    path, step = _path(relationship), relationship.time.step_days
    if not path.changes:
        return math.inf
    if noticed.by_trigger:  # the review is held one step after the trigger has turned
        return noticed.days + step + max(path.answer_days + path.takes_effect_after_days, step)
    return noticed.days + max(path.takes_effect_after_days, step)


def _path(relationship: Relationship) -> Adjustment:
    return relationship.rules.adjustment or Adjustment()


def _watch(turn: int, day: float) -> str:
    """The name of a measure that no file can have."""
    return f"trigger {turn} from day {day!r}"


def _first_true(lane: Lane, day: float) -> Array:
    """When any trigger is first true from a day on [future]; infinite when never."""
    first: Array = np.min([trace.below_zero_at for trace in _traces(lane, day)] or [np.full(1, np.inf)], axis=0)
    return first


def _untold(lane: Lane, day: float) -> NDArray[np.bool_]:
    """Whether some trigger compares what is not known [future]."""
    untold: NDArray[np.bool_] = np.any(
        [np.isnan(trace.least) for trace in _traces(lane, day)] or [np.zeros(1, dtype=np.bool_)], axis=0
    )
    return untold


def _traces(lane: Lane, day: float) -> list[Trace]:
    """The measures by which triggers are watched from a day on."""
    ending = _watch(0, day).partition(" from ")[2]
    return [trace for name, trace in lane.measures.items() if name.endswith(f" from {ending}")]


def _until_review(path: Adjustment, day: float, evidence: CheckInput) -> float:
    """Days to the next regular review after a day, infinite when none is held before the end."""
    if not path.review_every_days:
        return math.inf
    turn = math.floor(day / path.review_every_days + 1e-9) + 1
    review = turn * path.review_every_days
    return review - day if review < evidence.relationship.time.horizon_days else math.inf


def _onlookers(evidence: CheckInput, flows: Iterable[str], by: tuple[str, ...]) -> tuple[str, ...]:
    """Who, besides the doers, sees one of these flows."""
    touched = [evidence.relationship.flows[name] for name in flows]
    return tuple(
        party.name
        for party in evidence.parties
        if party.name not in by
        and any((seen := sight(evidence, flow, party.name)) and seen.share > 0 for flow in touched)
    )
