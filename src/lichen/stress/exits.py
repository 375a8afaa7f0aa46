"""What it costs everybody when a party leaves, at several dates, and when two leave together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.measures.leaving import replaced_share
from lichen.relationship.flow import Flow
from lichen.relationship.party import Party
from lichen.simulation.futures import Lane
from lichen.stress.effects import SLIGHT, Effect, effects, hardness, losses, untold, worst
from lichen.stress.leaving_together import TwoExits, exit_lane, leaving_together
from lichen.stress.setting import MOST_PAIRS, Setting, when

_ALL = 0.995
"""From this share on a replacement is told as a whole one."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """When a party has replaced what it got from the one that left.

    `days` from the announcement until the last declared replacement runs, infinite when none is declared; `replaced`
    what is replaced, in the mean over the flows of worth that it got; `without` those that have no replacement.
    """

    party: str
    title: str
    days: float
    replaced: float
    without: tuple[str, ...]

    @property
    def says(self) -> str:
        """`Its replacements run after 6 months and make up for 35 % of what it got; `fund` has none.`"""
        it, whose = wording.it(self.title), wording.capital(wording.its(self.title))
        if not math.isfinite(self.days):
            return f"Nothing that {it} got has a declared replacement."
        lacking = wording.listed(f"`{name}`" for name in self.without)
        none = f"; {lacking} {'has' if len(self.without) == 1 else 'have'} none" if self.without else ""
        part = f" and make up for {wording.share(self.replaced)} of what {it} got" if self.replaced < _ALL else ""
        return f"{whose} replacements run after {wording.span(self.days)}{part}{none}."


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """One party leaves on one day (days since the start), and what becomes of every party.

    `knock_on` are all others that it brings below their floor; `several` is the share of futures in which two or more
    of the others fall because of it, NaN where that cannot be told.
    """

    party: str
    title: str
    day: float
    notice_days: float
    effects: tuple[Effect, ...]
    fallbacks: tuple[Fallback, ...]
    knock_on: tuple[str, ...]
    several: float

    @property
    def hit(self) -> Effect | None:
        """Which of the others is hit hardest."""
        return worst(self.effects, besides=(self.party,))

    @property
    def says(self) -> str:
        """`If Alder leaves in month 18, Northfield reaches its floor after 7 weeks in 84 of 100 futures.`"""
        hit, own = self.hit, next((one for one in self.effects if one.party == self.party and one.known), None)
        itself = f" {own.says}." if own is not None else ""
        leaves = f"If {wording.does(self.title, 'leave')} {when(self.day)}"
        if hit is None:
            return f"{leaves}, what becomes of the others cannot be told.{itself}"
        said = f"{leaves}, {hit.says}{wording.but_for(untold(self.effects))}."
        back = next((one for one in self.fallbacks if one.party == hit.party), None)
        if back is not None and (hit.is_brought_down or (hit.lost.value <= -SLIGHT and back.replaced > 0)):
            said += f" {back.says}"
        if hit.says_when_hard:
            said += f" {hit.says_when_hard}"
        besides = len(set(self.knock_on) - {hit.party})
        if besides:
            said += f" {besides} more {'falls' if besides == 1 else 'fall'} because of it."
        return said + itself


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Exits:
    """Exits one by one, and two together where that is worse for somebody than one by one, the worst first."""

    tried: tuple[Exit, ...]
    together: tuple[TwoExits, ...]


def exits(setting: Setting) -> Exits:
    """Every party that can choose leaves, alone at each of the dates, and two together at one of them."""
    asked = [(exit_lane(begins, party), party) for party in setting.choosing for begins in setting.dates]
    alone = setting.each(asked, exit_of)
    return Exits(tried=tuple(alone), together=leaving_together(setting, _hardest_pairs(setting, alone)))


def _hardest_pairs(setting: Setting, alone: Sequence[Exit]) -> Sequence[tuple[Party, Party]]:
    """The pairs that do most one by one; none where nobody would stay."""
    if len(setting.ranked) < 3:
        return ()
    day = setting.days_at(setting.later)
    does = {one.party: hardness(one.hit) for one in alone if one.day == day}

    def together(pair: tuple[Party, Party]) -> tuple[float, ...]:
        return tuple(map(sum, zip(*(does.get(party.name, (0.0, 0.0)) for party in pair), strict=True)))

    return sorted(setting.pairs, key=together)[:MOST_PAIRS]


def exit_of(evidence: CheckInput, party: Party, lane: Lane) -> Exit:
    """What a lane in which a party leaves does to everybody."""
    lost = losses(evidence, lane)
    found = effects(evidence, lane, of=(party.name,), found=lost)
    others = [one for one in found if one.party != party.name]
    more = lost.more[[name != party.name for name in lost.names]]
    several, may_be = ((more > 0).sum(axis=0) >= 2, ((more > 0) | np.isnan(more)).sum(axis=0) >= 2)
    rule = evidence.relationship.rules.exit
    return Exit(
        party=party.name,
        title=party.title,
        day=lane.intervention_days,
        notice_days=rule.notice_days if rule is not None else 0.0,
        effects=found,
        fallbacks=tuple(f for one in others if (f := _fallback(evidence, party.name, one.party)) is not None),
        knock_on=tuple(name for name in lost.brought_down if name != party.name),
        several=float(np.mean(np.where(several == may_be, several, np.nan))),
    )


def _fallback(evidence: CheckInput, leaving: str, party: str) -> Fallback | None:
    """How a party replaces what it gets from the one that leaves; None when it gets nothing of worth."""
    lost = [f for f in evidence.inner_flows if f.giver == leaving and f.receiver == party and f.worth]
    if not lost:
        return None
    waits = [
        max(_last_delivery(evidence, flow), evidence.start.value(flow.if_lost.after)) for flow in lost if flow.if_lost
    ]
    return Fallback(
        party=party,
        title=evidence.title(party),
        days=max(waits, default=math.inf),
        replaced=sum(replaced_share(evidence, flow) for flow in lost) / len(lost),
        without=tuple(flow.name for flow in lost if flow.if_lost is None),
    )


def _last_delivery(evidence: CheckInput, flow: Flow) -> float:
    """Days from the announcement until a flow of the one that leaves stops."""
    rule = evidence.relationship.rules.exit
    return rule.notice_days if rule is not None and rule.continuity.get(flow.name, 1.0) > 0 else 0.0
