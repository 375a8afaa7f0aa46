"""Whether the relationship carries itself: is going on worth more to each side than cheating once?

Levin, Relational Incentive Contracts, 2003; Axelrod and Hamilton 1981: nobody cheats while
`delta / (1 - delta) * (V_on - V_exit) >= gain`, where V is what one period between two reviews brings, `gain` what
cheating for one period brings, and `delta = exp(-(discount + hazard) * period)` how much the next period counts. The
slack is what is left, over the gain; the measure is that of the verdict (`check/measures/enforcement`), in room.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.measures.enforcement import hazard, next_period, slack
from lichen.check.measures.figure import Figure, mean_of
from lichen.check.thresholds import DISCOUNT, SIGHT_LAG_DAYS
from lichen.relationship.party import Party
from lichen.simulation.experiments import Experiment, flows_given
from lichen.stress.effects import SLIGHT
from lichen.stress.setting import Setting

WAYS = {"nothing": 0.0, "half": 0.5}
MANY = 4
"""From so many sides on that gain nothing, one sentence tells of all."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SelfEnforcement:
    """Why a party would keep its word without anybody's force. Amounts are shares of its healthy range.

    `gain`: of cheating until the next review, at best; `worth`: of one such period in the relationship beside one after
    its own exit; `period_days` between reviews; `hazard` the chance a year that it ends; `delta` how much the
    next period counts; `slack` 0 or more where the word keeps itself, without bound where cheating brings nothing.
    """

    party: str
    title: str
    gain: Figure
    worth: Figure
    period_days: float
    discount: float
    hazard: float
    delta: float
    slack: Figure

    @property
    def holds(self) -> bool:
        """Whether going on is worth more than cheating, beyond chance."""
        return self.slack.low >= 0

    @property
    def keeps_by_itself(self) -> bool:
        """Whether cheating brings it nothing, and leaving neither."""
        return self.gain.value <= SLIGHT and not self.worth.value < -SLIGHT

    @property
    def says(self) -> str:
        """`Alder gains nothing by cheating until the next review, 13 weeks, so its word keeps itself.`"""
        whose = wording.its(self.title)
        if not self.slack.known:
            return f"Whether {self.title} would keep {whose} word cannot be told."
        until = f"until the next review, {wording.span(self.period_days)}"
        if self.gain.value <= SLIGHT:
            kept = f"so {whose} word keeps itself" if self.keeps_by_itself else "but would be better off outside"
            return f"{wording.does(self.title, 'gain nothing')} by cheating {until}, {kept}."
        word = (
            "keeps itself" if self.holds else "does not keep itself" if self.slack.high < 0 else "hangs in the balance"
        )
        gains = wording.does(self.title, f"gain {wording.share(self.gain.value)} of {whose} range")
        return (
            f"{gains} by cheating {until}, and "
            f"{wording.agreed(self.title, f'have {self._at_stake} to lose')}: {whose} word {word}."
        )

    @property
    def _at_stake(self) -> str:
        """What going on is worth in all, in words."""
        at_stake = self.delta / (1 - self.delta) * self.worth.value if self.delta < 1 else math.inf
        return f"more than {wording.its(self.title)} whole range" if at_stake > 1 else wording.share(max(at_stake, 0.0))


def keeping(found: Sequence[SelfEnforcement]) -> list[str]:
    """What is said of everybody: first whose word does not keep itself, and once of all those that gain nothing."""
    idle = [one for one in found if one.slack.known and one.keeps_by_itself]
    others = sorted(
        (one for one in found if one not in idle), key=lambda one: one.slack.value if one.slack.known else 0
    )
    said = [one.says for one in others]
    if len(idle) < MANY:
        return said + [one.says for one in idle]
    until = f"until the next review, {wording.span(idle[0].period_days)},"
    return [
        *said,
        f"{wording.few([one.title for one in idle])} gain nothing by cheating {until} so their word keeps itself.",
    ]


def enforcement(setting: Setting) -> tuple[SelfEnforcement, ...]:
    """The slack of every party that can choose; none where a period is as long as the horizon."""
    giving = flows_given(setting.relationship)
    lanes = [lane for party in setting.choosing for lane in _lanes(setting, party, [*giving.get(party.name, ())])]
    if not lanes:
        return ()
    evidence = setting.run(lanes)
    ends = hazard(evidence)
    return tuple(
        found for party in setting.choosing if (found := _enforcement(evidence, setting, party, ends)) is not None
    )


def _lanes(setting: Setting, party: Party, given: Sequence[str]) -> tuple[Experiment, ...]:
    """An exit at the start, and cheating in the last period; what is paid later than it is given is cheated sooner."""
    begins = 1 - setting.share_of(_period(setting) + _credit(setting, given))
    if not given or begins <= 0:
        return ()
    cheats = (
        Experiment(name=f"once:{party.name}@{way}", begins=begins, rates=dict.fromkeys(given, factor))
        for way, factor in WAYS.items()
    )
    return (Experiment(name=f"exit:{party.name}", leaves=frozenset([party.name])), *cheats)


def _period(setting: Setting) -> float:
    """The time between reviews; quarterly accounts are what parties see without any."""
    path = setting.relationship.rules.adjustment
    return path.review_every_days if path is not None and path.review_every_days else SIGHT_LAG_DAYS.value


def _credit(setting: Setting, flows: Sequence[str]) -> float:
    """The longest that anything given is settled later."""
    touched = (setting.relationship.flows[name] for name in flows)
    return max((setting.start.mean_over(f, f.settled_after) for f in touched if f.settled_after), default=0.0)


def _enforcement(evidence: CheckInput, setting: Setting, party: Party, ends: float) -> SelfEnforcement | None:
    lanes = evidence.futures.lanes
    if f"exit:{party.name}" not in lanes or party.name not in evidence.base.headroom:
        return None
    there = evidence.base.headroom[party.name].end
    cheats = [lanes[f"once:{party.name}@{way}"].headroom[party.name].end - there for way in WAYS]
    gain = max(cheats, key=lambda samples: float(np.mean(samples)))
    period, time = _period(setting), evidence.relationship.time
    rule = evidence.relationship.rules.exit
    left_days = time.run_days - (rule.notice_days if rule is not None else 0.0)
    if left_days < period:
        return None
    worth = (there - lanes[f"exit:{party.name}"].headroom[party.name].end) * (period / left_days)
    delta = next_period(ends, period)
    return SelfEnforcement(
        party=party.name,
        title=party.title,
        gain=mean_of(gain),
        worth=mean_of(worth),
        period_days=period,
        discount=DISCOUNT.value,
        hazard=ends,
        delta=delta,
        slack=slack(worth, gain, delta, slight=SLIGHT),
    )
