"""What a blow does: to each capacity alone, to all of a party, to the world, to two at once; and who falls with whom.

Dependence of bad futures: P(both) beside P(one) P(other), over the futures as they are drawn; the worst twentieth of
each party stands for its floor where fewer fall (tail dependence; Coles, An Introduction to Statistical Modeling of
Extreme Values, 2001, chapter 8).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations
from typing import final

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import Figure, share_of
from lichen.simulation.experiments import LOW, Experiment, at_its_ends, shock, together
from lichen.simulation.futures import Lane
from lichen.stress.effects import (
    SLIGHT,
    WORST,
    Effect,
    Losses,
    effects,
    fallen_in,
    hardness,
    losses,
    untold,
    worst,
    worst_part,
)
from lichen.stress.selection import size_of_blow
from lichen.stress.setting import Setting, when

MOST_ALONE = 40
MOST_TOGETHER = 6
"""At most so many blows are tried alone, the largest, and so many of the worst of them two at a time."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shock:
    """One blow on one day (days since the start), or several together, and what it does to every party.

    `title` says what happens in words, `brief` by the names of the file. `struck` are the parties, `party.capacity` or
    world variables that it hits; `owners` the parties among them; `heals_days` how long the one that is hit hardest
    besides these misses more than a twentieth of its range.
    """

    name: str
    title: str
    brief: str
    struck: tuple[str, ...]
    owners: tuple[str, ...]
    day: float
    effects: tuple[Effect, ...]
    heals_days: float | None

    @property
    def hit(self) -> Effect | None:
        """Who is hit hardest without being struck itself; where all are struck, of all."""
        return worst([one for one in self.effects if one.party not in self.owners] or self.effects)

    @property
    def is_felt(self) -> bool:
        """Whether it makes a difference to anybody who is not struck, as far as it can be told."""
        return any(one.is_felt for one in self.effects if one.party not in self.owners)

    @property
    def says(self) -> str:
        """`If alder.line falls to its floor in month 12, Northfield loses 12 % of its range.`"""
        hit = self.hit
        if hit is None:
            return f"If {self.title} {when(self.day)}, what becomes of the sides cannot be told."
        besides = wording.but_for(untold(self.effects, besides=self.owners))
        said = f"If {self.title} {when(self.day)}, {hit.says}{besides}."
        return " ".join([said, *filter(None, [hit.says_when_hard])])


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """How often two parties fare badly in the same futures, without any blow.

    `limit` says what badly is: `floor` or `worst twentieth`. `both` is the share of futures in which both do,
    `expected` the product of the single shares.
    """

    one: str
    other: str
    titles: tuple[str, str]
    limit: str
    both: Figure
    expected: float

    @property
    def says(self) -> str:
        """`Alder and Northfield fall below their floors together in 12 of 100 futures; were they independent ...`"""
        whose = " and ".join(self.titles)
        often = wording.out_of_hundred(self.both.value)
        if self.limit != "floor":
            return self._in_worst_times()
        bad = "fall below their floors"
        chance = wording.out_of_hundred(self.expected)
        if self.both.low > self.expected:
            return f"{whose} {bad} together {often}; were they independent, it would be {chance}."
        if self.both.high < self.expected:
            return f"{whose} seldom {bad} together: {often}; were they independent, it would be {chance}."
        return f"{whose} {bad} together no more often than chance has it, {often}."

    def _in_worst_times(self) -> str:
        one, other = self.titles
        usual = math.sqrt(self.expected)  # of either the same share of futures
        too = f"they are for {other} too in {wording.hundredths(self.both.value / usual)} of 100 cases"
        chance = (
            "more than" if self.both.low > self.expected else "less than" if self.both.high < self.expected else "as"
        )
        as_chance = f"{chance} chance has it, {wording.hundredths(usual)}"
        return f"When times are worst for {one}, 1 future of 20, {too}: {as_chance}."


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shocks:
    """The blows, the hardest first, and who falls with whom, first who does so most beyond chance.

    Blows together stand here only where they do more than the hardest of them alone.
    """

    tried: tuple[Shock, ...]
    together: tuple[Together, ...]


def shocks(setting: Setting) -> Shocks:
    """Every blow alone, then the hardest together, and how bad futures go together."""
    tried = blows(setting)[: MOST_ALONE if setting.party is None else None]
    evidence = setting.run(tried)
    found = {lane.name: shock_of(evidence, lane) for lane in tried}
    joint = _joint(setting, tried, found)
    if joint:
        parts = {lane.name: losses(evidence, evidence.futures.lanes[lane.name]) for lane in tried}
        both = setting.run(joint)
        found |= {lane.name: shock_of(both, lane) for lane in joint if _adds(both, lane, tried, parts)}
    names = [party.name for party in setting.asked if party.name in evidence.base.headroom]
    return Shocks(
        tried=tuple(sorted(found.values(), key=lambda one: hardness(one.hit))),
        together=tuple(sorted(_together(evidence, names), key=lambda one: one.expected - one.both.value)),
    )


def blows(setting: Setting) -> list[Experiment]:
    """Every blow alone, the largest first."""
    return sorted(_alone(setting), key=lambda lane: -_size(setting, lane))


def _size(setting: Setting, lane: Experiment) -> float:
    """How much a blow takes from whom it strikes, in ranges; what strikes the world strikes all."""
    if lane.world:
        return math.inf
    (owner,) = {place.partition(".")[0] for place in lane.to_floor}
    names = frozenset(place.partition(".")[2] for place in lane.to_floor)
    return size_of_blow(setting.start, setting.relationship.parties[owner], names)


def _alone(setting: Setting) -> Iterator[Experiment]:
    for party in setting.asked:
        if len(party.essential_capacities) > 1:
            yield shock(party, begins=setting.later)
        for capacity in party.capacities:
            yield shock(party, capacity, begins=setting.later)
    for process in setting.relationship.world.values():
        if process.kind != "constant" and setting.party is None:
            yield from at_its_ends(process.name, setting.later)


def _joint(setting: Setting, tried: Sequence[Experiment], found: Mapping[str, Shock]) -> tuple[Experiment, ...]:
    """The whole world at its worst points at once, and the hardest pairs: of each party and world variable its hardest
    blow, never both points of one variable, and never all parties.
    """
    hardest: dict[str, Experiment] = {}
    for lane in sorted(tried, key=lambda lane: hardness(found[lane.name].hit)):
        hardest.setdefault((*found[lane.name].owners, *lane.world)[0], lane)
    parties = {party.name for party in setting.relationship.touched_parties}
    pairs = [
        (a, b) for a, b in combinations(hardest.values(), 2) if parties - {*found[a.name].owners, *found[b.name].owners}
    ]
    pairs.sort(key=lambda pair: tuple(map(sum, zip(*(hardness(found[lane.name].hit) for lane in pair), strict=True))))
    joint = [replace(together(a, b), begins=a.begins) for a, b in pairs[:MOST_TOGETHER]]
    world = [lane for lane in hardest.values() if lane.world]
    if len(world) > 2:
        joint.append(replace(reduce(together, world), begins=world[0].begins))
    return tuple(joint)


def _adds(both: CheckInput, joint: Experiment, alone: Sequence[Experiment], does: Mapping[str, Losses]) -> bool:
    """Whether blows together do more to somebody besides the struck than the hardest of them alone."""
    together = losses(both, both.futures.lanes[joint.name])
    parts = [
        does[lane.name].lost.mean(axis=1)
        for lane in alone
        if lane.to_floor <= joint.to_floor and lane.world.items() <= joint.world.items()
    ]
    hardest = np.max([np.zeros(len(together.names)), *parts], axis=0)
    owners = {place.partition(".")[0] for place in joint.to_floor}
    more = together.lost.mean(axis=1) > hardest + SLIGHT
    return any(more[place] for place, name in enumerate(together.names) if name not in owners)


def shock_of(evidence: CheckInput, experiment: Experiment) -> Shock:
    """What a blow does to everybody, from the lane of its name."""
    lane = evidence.futures.lanes[experiment.name]
    struck = (*sorted(experiment.to_floor), *experiment.world)
    owners = tuple(dict.fromkeys(place.split(".")[0] for place in sorted(experiment.to_floor)))
    found = effects(evidence, lane, of=owners)
    hit = worst(found, besides=owners)
    return Shock(
        name=experiment.name,
        title=" and ".join(_titles(evidence, experiment)),
        brief=" + ".join(_brief(experiment)),
        struck=struck,
        owners=owners,
        day=lane.intervention_days,
        effects=found,
        heals_days=_heals(lane, hit),
    )


def _titles(evidence: CheckInput, experiment: Experiment) -> Iterator[str]:
    """What happens, in words that follow `if`."""
    struck = sorted(experiment.to_floor)
    for owner in dict.fromkeys(place.split(".")[0] for place in struck):
        own = [place.partition(".")[2] for place in struck if place.split(".")[0] == owner]
        title = evidence.title(owner)
        if len(own) > 1:
            yield f"everything that {wording.does(title, 'live on')} falls to its floor"
        else:
            yield f"`{own[0]}` of {title} falls to its floor"
    for name, point in experiment.world.items():
        yield f"`{name}` is {'low' if point == LOW else 'high'} for a year"


def _brief(experiment: Experiment) -> Iterator[str]:
    """What is struck, by the names of the file; a party by its own name where more than one capacity of it is."""
    struck = sorted(experiment.to_floor)
    owners = [place.split(".")[0] for place in struck]
    places = zip(owners, struck, strict=True)
    yield from dict.fromkeys(owner if owners.count(owner) > 1 else place for owner, place in places)
    yield from (f"{name} {'low' if point == LOW else 'high'}" for name, point in experiment.world.items())


def _heals(lane: Lane, hit: Effect | None) -> float | None:
    return lane.falls[hit.party].days if hit is not None and hit.party in lane.falls else None


def _together(evidence: CheckInput, names: Iterable[str]) -> Iterator[Together]:
    """Every two of these parties: by their floors where both ever fall, else by their worst twentieth."""
    for one, other in combinations(names, 2):
        first, second = (evidence.base.headroom[name] for name in (one, other))
        limit, bad = "floor", (fallen_in(first), fallen_in(second))
        if min(float(np.mean(b)) for b in bad) < WORST:
            limit = "worst twentieth"
            bad = (worst_part(first.least).astype(np.float64), worst_part(second.least).astype(np.float64))
        if not all(0 < float(np.mean(b)) < 1 for b in bad):  # also where it cannot be told
            continue
        yield Together(
            one=one,
            other=other,
            titles=(evidence.title(one), evidence.title(other)),
            limit=limit,
            both=share_of(bad[0] * bad[1]),
            expected=float(np.mean(bad[0])) * float(np.mean(bad[1])),
        )
