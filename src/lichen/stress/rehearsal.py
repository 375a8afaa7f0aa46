"""The way of adjustment, rehearsed: an imbalance begins, and is it noticed and repaired before the weaker side falls?

One flow at a time runs at half from the third month on, with reviews and without them, in the same futures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, final

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.relationship.flow import Flow
from lichen.relationship.quantity import MONTH_DAYS
from lichen.relationship.rules import Adjustment
from lichen.simulation.experiments import Experiment
from lichen.stress.effects import NOTABLE, SLIGHT, Effect, effect, effects, untold, worst
from lichen.stress.noticing import Notice, days_to_effect, notice, watched
from lichen.stress.setting import Setting, when

BEGINS_DAYS = 2 * MONTH_DAYS
"""After two months: in the third."""
LATEST = 1 / 4
"""Of a short horizon, the share after which the imbalance begins at the latest."""

Outcome = Literal["no harm", "repaired", "in part", "too late", "no repair", "not noticed", "no path", "cannot tell"]
_OUTCOMES: dict[Outcome, str] = {
    "no harm": "no side falls because of it",
    "repaired": "repaired in time",
    "in part": "repaired in part",
    "too late": "too late",
    "no repair": "it repairs nothing",
    "not noticed": "not noticed",
    "no path": "there is no way to change a term",
    "cannot tell": "what comes of it cannot be told",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """One imbalance: a flow at half from a day on (since the start).

    `without` and `with_reviews`: what it does to the weaker side, the one that it hits hardest without reviews;
    `untold`: the titles of those for whom that cannot be told.
    `effect_days`: from the imbalance to a changed term in force, infinite when never.
    """

    flow: str
    title: str
    day: float
    without: Effect | None
    with_reviews: Effect | None
    untold: tuple[str, ...]
    noticed: Notice
    effect_days: float
    outcome: Outcome

    @property
    def says(self) -> str:
        """`If `payment` halves in week 9, Alder reaches its floor ... A trigger notices after 7 weeks, and ...`"""
        said = f"If `{self.flow}` halves {when(self.day)}"
        if self.without is None or self.with_reviews is None:
            return f"{said}, {_OUTCOMES[self.outcome]}."
        unreviewed = self.without.told(" without reviews")
        said = f"{said} and nobody reviews the terms, {unreviewed}{wording.but_for(self.untold)}."
        if self.untold and not self.without.is_brought_down:
            return f"{said} Whether a side falls because of it cannot be told."
        if self.outcome in ("cannot tell", "no path"):
            return f"{said} {wording.capital(_OUTCOMES[self.outcome])}."
        if self.outcome == "no harm":
            won_back = self.without.lost.value - self.with_reviews.lost.value
            reviewed = f" With reviews {self.with_reviews.says}." if abs(won_back) >= SLIGHT else ""
            return f"{said} {wording.capital(_OUTCOMES[self.outcome])}.{reviewed}"
        lag = wording.span(self.effect_days)
        term = f", and a changed term holds after {lag}" if math.isfinite(self.effect_days) else ""
        noticed = wording.capital(self.noticed.says)
        said += f" {noticed}." if self.outcome == "not noticed" else f" {noticed}{term}: {_OUTCOMES[self.outcome]}."
        told = self.outcome in ("repaired", "too late", "no repair")
        return said if told else f"{said} With reviews {self.with_reviews.says}."


def rehearsal(setting: Setting) -> tuple[Rehearsal, ...]:
    """Every flow between parties that carries worth or cost, or the dozen on which most hangs; all that touch the party
    that is asked of.
    """
    day = BEGINS_DAYS if setting.day is None else setting.day
    begins = setting.share_of(day) if setting.day is not None else min(setting.share_of(day), LATEST)
    chosen = setting.first(flows_to_halve(setting), setting.most)
    seen = watched(setting.relationship, (setting.days_at(begins),))
    found = []
    for part, within in setting.in_parts(chosen, lanes=2):
        lanes = [lane for flow in part for lane in _lanes(flow, begins)]
        evidence = within.run([Experiment(name="unreviewed", reviews=False), *lanes], seen)
        found += [_rehearsal(evidence, flow) for flow in part]
    return tuple(sorted(found, key=lambda one: -one.without.more.value if one.without is not None else 0.0))


def flows_to_halve(setting: Setting) -> tuple[Flow, ...]:
    """The flows between parties that carry worth or cost."""
    return tuple(flow for flow in setting.flows if flow.is_inner and (flow.worth or flow.cost))


def _lanes(flow: Flow, begins: float) -> Iterator[Experiment]:
    for reviews in (True, False):
        yield Experiment(name=_lane(flow, reviews=reviews), begins=begins, rates={flow.name: 0.5}, reviews=reviews)


def _lane(flow: Flow, *, reviews: bool) -> str:
    return f"imbalance:{flow.name}@{'reviewed' if reviews else 'unreviewed'}"


def _rehearsal(evidence: CheckInput, flow: Flow) -> Rehearsal:
    lanes = evidence.futures.lanes
    reviewed, unreviewed = lanes[_lane(flow, reviews=True)], lanes[_lane(flow, reviews=False)]
    everybody = effects(evidence, unreviewed, lanes["unreviewed"])
    weaker = worst(everybody)
    noticed = notice(evidence, reviewed, [flow.name])
    after = effect(evidence, reviewed, weaker.party) if weaker is not None else None
    lag = days_to_effect(evidence.relationship, noticed)
    return Rehearsal(
        flow=flow.name,
        title=flow.title,
        day=reviewed.intervention_days,
        without=weaker,
        with_reviews=after,
        untold=untold(everybody),
        noticed=noticed,
        effect_days=lag,
        outcome=_outcome(evidence.relationship.rules.adjustment, everybody, after, noticed, lag),
    )


def _outcome(
    path: Adjustment | None, found: Sequence[Effect], after: Effect | None, noticed: Notice, lag: float
) -> Outcome:
    weaker = worst(found)
    if weaker is None or after is None:
        return "cannot tell"
    if not weaker.is_brought_down:
        return "cannot tell" if untold(found) else "no harm"
    if path is None or not path.changes:
        return "no path"
    if not after.is_brought_down:
        return "repaired"
    if math.isinf(noticed.days):
        return "not noticed"
    if math.isnan(noticed.days):
        return "cannot tell"
    if weaker.runway_days is not None and lag > weaker.runway_days.value:
        return "too late"
    return "in part" if weaker.more.value - after.more.value >= NOTABLE else "no repair"
