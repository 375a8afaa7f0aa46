"""Who pulls whom down, among three sides and more: each side fails once, and what the others then lack is followed.

`K[i, j]` is the largest share of j's room that is missing at one time after i fell to its floor, in the mean over
futures. The runs follow harm through everybody, so `K` holds what arrives through others as well; passing it on once
more, as a DebtRank does, would count that twice. Its spectral radius is that of the verdict. What the structure alone
says stands beside it as a cross-check. Members of large groups are ranked by their links alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import final

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.measures.contagion import radius, spread
from lichen.check.measures.figure import Figure
from lichen.dependency.contagion_members import MemberReach, rank_members
from lichen.dependency.contagion_parties import PartyContagion, Unattended, party_contagion, unattended
from lichen.dependency.harm import damages
from lichen.dependency.needs import needs
from lichen.relationship.party import Party
from lichen.simulation.experiments import shock
from lichen.stress.effects import SLIGHT
from lichen.stress.setting import Setting, when

_AS_MUCH = 1 - 1e-9

_MOST_NAMED = 3


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """The share of its room that a party lacks at worst when another fails; `direct`: that one gives it something."""

    party: str
    title: str
    share: Figure
    direct: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One party falls to its floor on one day (days since the start), and what each other essential party loses by it,
    most first.

    `unattended`: why nobody looks after this party: it cannot speak and nobody speaks for it, or nothing comes to it
    from another; None where somebody does.
    """

    party: str
    title: str
    day: float
    losses: tuple[Loss, ...]
    unattended: Unattended | None

    @property
    def pulled(self) -> float:
        """All that the others lack, in rooms: the sum of their shares. What cannot be told is left out."""
        return sum(loss.share.value for loss in self.reached)

    @property
    def reached(self) -> tuple[Loss, ...]:
        """Those that lose more than a little."""
        return tuple(loss for loss in self.losses if loss.share.known and loss.share.value > SLIGHT)

    @property
    def untold(self) -> tuple[str, ...]:
        """The titles of those for whom it cannot be told."""
        return tuple(loss.title for loss in self.losses if not loss.share.known)

    @property
    def says(self) -> str:
        """`If farm falls to its floor in week 4, at worst mill lacks 75 % of its room, and through others shop ...`"""
        direct = [_lacks(loss) for loss in self.reached if loss.direct]
        onward = [_lacks(loss) for loss in self.reached if not loss.direct]
        parts = [wording.few(direct)] * bool(direct) + [f"through others {wording.few(onward)}"] * bool(onward)
        lost = f"at worst {', and '.join(parts)}" if parts else "nobody else is seen to lose by it"
        return f"If {wording.falls_to_floor(self.title)} {when(self.day)}, {lost}{wording.but_for(self.untold)}."


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Contagion:
    """Each party's failure, first the one that pulls down the most; none where there are fewer than three sides.
    Of a single one nothing is said beside others.

    `radius`: the spectral radius of `K`, at most 1: how much of what is lost first the others lose by it, on average
    and with what arrives through others. None where not every party is asked of. `structure`: what the file alone says
    at the rates of the start. `leading` and `unowned`: the members
    of large groups that reach furthest, of all and of those to whom nothing comes from another party.
    """

    failures: tuple[Failure, ...]
    radius: float | None
    structure: PartyContagion | None
    leading: tuple[MemberReach, ...]
    unowned: tuple[MemberReach, ...]

    @property
    def unattended(self) -> Failure | None:
        """Of the parties that nobody looks after, the one whose failure pulls down the most; None where none does."""
        return next((one for one in self.failures if one.unattended is not None and one.reached), None)

    @property
    def by_structure(self) -> Mapping[str, float]:
        """For each party that was asked of, the share of what all live on that is in doubt by the structure alone, most
        first; empty where that puts no two failures in another order than the futures do, or cannot be told.
        """
        found = {one.party: one.in_doubt for one in self.structure.failures} if self.structure is not None else {}
        doubt = [(one, found.get(one.party)) for one in self.failures]
        told = [(one.party, one.pulled, share) for one, share in doubt if share is not None and not one.untold]
        if not any(b[2] > a[2] + SLIGHT and a[1] > b[1] + SLIGHT for a, b in combinations(told, 2)):
            return {}
        return {party: share for party, _, share in sorted(told, key=lambda one: -one[2])}

    @property
    def says(self) -> str:
        """Which failure reaches furthest, what an average one takes, and on whom most rests that nobody looks after."""
        return " ".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        if self.failures:
            yield _reach(self.failures)
        if self.radius is not None and self.radius >= _AS_MUCH:
            yield "On average a failure takes from the others as much as was lost first, or more."
        order = [one.title for name in self.by_structure for one in self.failures if one.party == name]
        if order:
            yield f"By the structure alone the order would be {wording.listed(order[:_MOST_NAMED])}; futures decide."
        one = self.unattended
        if one is not None:
            why = "nobody speaks for it" if one.unattended == "no voice" else "nothing comes to it from the others"
            most = (
                "Of the sides that nobody looks after, the most rests on"
                if len(self.failures) > 1
                else "Nobody looks after"
            )
            yield f"{most} {one.title}: {why}."
        for member in self.leading[:1]:
            yield f"Of the members, the failure of {_far(member)}."
        for member in self.unowned[:1]:
            yield f"Of the members that nobody looks after, that of {_far(member)}."


def contagion(setting: Setting) -> Contagion:
    """Every party to its floor, one at a time, and the members of large groups by their links."""
    ranking = rank_members(setting.relationship)
    sides = setting.relationship.touched_parties
    failures, shares = _failures(setting) if len(sides) > 2 else ((), {})
    return Contagion(
        failures=failures,
        radius=radius(shares) if failures and len(setting.asked) == len(sides) else None,
        structure=_structure(setting) if failures else None,
        leading=ranking.leading if ranking is not None else (),
        unowned=ranking.unowned if ranking is not None else (),
    )


def _structure(setting: Setting) -> PartyContagion | None:
    start = setting.start
    return party_contagion(start, needs(start), damages(setting.relationship, start))


def _failures(setting: Setting) -> tuple[tuple[Failure, ...], Mapping[tuple[str, str], Figure]]:
    parties = [party for party in setting.asked if party.essential_capacities]
    evidence = setting.run([shock(party, begins=setting.later) for party in parties])
    shares = spread(evidence)
    day, nobody = setting.days_at(setting.later), unattended(setting.relationship)
    found = [_failure(evidence, party, shares, day, nobody.get(party.name)) for party in parties]
    return tuple(sorted(found, key=lambda one: -one.pulled)), shares


def _failure(
    evidence: CheckInput,
    party: Party,
    shares: Mapping[tuple[str, str], Figure],
    day: float,
    nobody: Unattended | None,
) -> Failure:
    receivers = {flow.receiver for flow in evidence.inner_flows if flow.giver == party.name}
    losses = [
        Loss(party=other, title=evidence.title(other), share=share, direct=other in receivers)
        for (origin, other), share in shares.items()
        if origin == party.name
    ]
    return Failure(
        party=party.name,
        title=party.title,
        day=day,
        losses=tuple(sorted(losses, key=lambda loss: -loss.share.value if loss.share.known else 0.0)),
        unattended=nobody,
    )


def _reach(failures: tuple[Failure, ...]) -> str:
    first, told = failures[0], not any(one.untold for one in failures)
    if len(failures) == 1:
        return first.says
    if not first.reached:
        return "A failure of one side stays with it." if told else "How far a failure reaches cannot be told."
    direct = sum(loss.direct for loss in first.reached)
    return (
        f"{'The' if told else 'As far as it can be told, the'} failure of {first.title} pulls down the most: "
        f"it reaches {direct} directly "
        f"and {len(first.reached)} in all."
    )


def _lacks(loss: Loss) -> str:
    return wording.does(loss.title, f"lack {wording.share(loss.share.value)} of {wording.its(loss.title)} room")


def _far(member: MemberReach) -> str:
    reach, direct = wording.count(member.reach), wording.count(member.direct)
    return f"{member.member or member.group} reaches furthest: {direct} directly and {reach} in all"
