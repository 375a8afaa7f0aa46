"""Who falls with whom among three parties and more, from the structure at the rates of the start.

Two networks are read from the file. By needs: a party hangs on another by the part of an essential capacity that comes
from it and that nothing replaces; distress travels along these shares. By thresholds: a capacity fails when what it
loses exceeds its surplus, and a party when one of its essential capacities does. A group counts as one party, ranges
stand at their middle. The figures explain and cross-check; a verdict rests on futures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Literal, final

import numpy as np

from lichen.dependency.contagion_debts import Debts, debts_between
from lichen.dependency.contagion_thresholds import Falls, thresholds_of
from lichen.dependency.harm import Damage
from lichen.dependency.needs import Need, dependence_on, untold_dependence
from lichen.relationship.relationship import Relationship
from lichen.relationship.start import Start

if TYPE_CHECKING:
    from lichen.dependency.contagion import Harm, Numbers  # loads SciPy, which two parties do not need

FEWEST = 3
"""Between two parties the dependence of each on the other says it all."""

ENDLESS = 0.99
"""From this radius on failures are not added up: the sum would hang on a third digit that no figure of a file has."""

Unattended = Literal["no voice", "nothing received"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFailure:
    """What the failure of one party does to the others.

    `direct` and `reach`: how many need something from it, and how many are reached through others too, whatever the
    sizes. `in_doubt`: the share of what all parties live on that is in doubt besides its own, each party counting the
    same, when every increase of distress is passed on (the differential DebtRank); `passed_once`: when each passes its
    distress on once (DebtRank), never more. `caused`: failures in all, itself included, where shares are read as
    chances and added up over all generations; None where the radius reaches `ENDLESS`. `falls`: who then loses more
    than its surplus; None where a surplus that decides is not known. `untold` names parties that it reaches,
    or may reach, without anybody saying how hard; every figure of the failure is then None.
    `unattended`: why nobody looks after the party; None where somebody does.
    """

    party: str
    title: str
    direct: int | None
    reach: int | None
    in_doubt: float | None
    passed_once: float | None
    caused: float | None
    falls: Falls | None
    untold: tuple[str, ...]
    unattended: Unattended | None

    @property
    def pulls(self) -> tuple[float, int]:
        """By what failures are put in order: the share in doubt, then how many fall; nothing where it is not told."""
        return self.in_doubt or 0.0, self.falls.count if self.falls is not None else 0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PartyContagion:
    """The failure of each party that a flow touches, first the one that pulls down the most, and what is owed.

    `radius`: the spectral radius of the next-generation matrix, how much of a failure is passed on round after round;
    None where some dependence cannot be told. `debts`: one for each unit in which parties owe each other on credit.
    `horizon_days`: until when a party counts as at its floor in time.
    """

    horizon_days: float
    failures: tuple[PartyFailure, ...]
    radius: float | None
    debts: tuple[Debts, ...]

    @property
    def unattended(self) -> PartyFailure | None:
        """Of the parties that nobody looks after, the one whose failure pulls down the most; None where none does."""
        return next((one for one in self.failures if one.unattended is not None and one.in_doubt), None)


def party_contagion(
    start: Start, needs_of: Mapping[str, Sequence[Need]], can_damage: Sequence[Damage]
) -> PartyContagion | None:
    """Who falls with whom, from what every party needs and can damage.

    None with fewer than three parties, or where none has an essential capacity.
    """
    from lichen.dependency.contagion import reach_sizes

    parties = start.relationship.touched_parties
    if len(parties) < FEWEST or not any(party.essential_capacities for party in parties):
        return None
    order = tuple(party.name for party in parties)
    needed = {name: [need for need in needs_of[name] if need.essential] for name in order}
    harm, untold = _harm_by_needs(order, needed), _untold_links(start, order, needed)
    thresholds = thresholds_of(start, order, needed, can_damage)
    possible = _with_links(harm, untold)
    direct, reach = np.diff(harm.indptr), reach_sizes(harm)
    worth = np.array([float(bool(needed[name])) for name in order])
    once, on = _distress(harm, worth)
    radius, caused = _growth(harm)
    nobody = unattended(start.relationship)
    failures = []
    told = zip(parties, thresholds.falls(), _untold_from(possible, untold, order), strict=True)
    for place, (party, falls, missing) in enumerate(told):
        failures.append(
            PartyFailure(
                party=party.name,
                title=party.title,
                direct=None if missing else int(direct[place]),
                reach=None if missing else int(reach[place]),
                in_doubt=None if missing else float(on[place]),
                passed_once=None if missing else float(once[place]),
                caused=None if missing or caused is None else float(caused[place]),
                falls=None if missing else falls,
                untold=missing,
                unattended=nobody.get(party.name),
            )
        )
    return PartyContagion(
        horizon_days=start.relationship.time.horizon_days,
        failures=tuple(sorted(failures, key=lambda one: one.pulls, reverse=True)),
        radius=None if untold else radius,
        debts=debts_between(start),
    )


def unattended(relationship: Relationship) -> Mapping[str, Unattended]:
    """The parties that nobody looks after: they cannot speak and nobody speaks for them, or nothing comes to them."""
    received = {flow.receiver for flow in relationship.inner_flows if flow.worth}
    found: dict[str, Unattended] = {}
    for party in relationship.touched_parties:
        if not party.chooses and party.spoken_for_by is None:
            found[party.name] = "no voice"
        elif party.name not in received:
            found[party.name] = "nothing received"
    return found


def _harm_by_needs(order: Sequence[str], needed: Mapping[str, Sequence[Need]]) -> Harm:
    """The network of needs: `harm[i, j]` is the part of what j lives on that comes from i and nothing replaces."""
    from lichen.dependency.contagion import harm_between

    place = {name: turn for turn, name in enumerate(order)}
    links = [
        (place[giver], place[party], share)
        for party in order
        for giver, share in dependence_on(needed[party]).items()
        if giver in place
    ]
    causes, struck, sizes = zip(*links, strict=True) if links else ((), (), ())
    return harm_between(causes, struck, sizes, len(order))


def _untold_links(
    start: Start, order: Sequence[str], needed: Mapping[str, Sequence[Need]]
) -> tuple[tuple[int, int], ...]:
    """Who does harm to whom that nobody can tell the size of: what is not given, and what stands beside it."""
    relationship = start.relationship
    place = {name: turn for turn, name in enumerate(order)}
    pairs = {(one.on, one.party) for one in untold_dependence(relationship.inner_flows, needed)}
    for name in order:
        party = relationship.parties[name]
        for need in needed[name]:
            change = party.capacities[need.capacity].change
            if need.unknown or (change is not None and math.isnan(sum(start.of_members(party, change)))):
                pairs |= {(supply.giver, name) for supply in need.supplies}
    return tuple(sorted((place[on], place[name]) for on, name in pairs if on in place and on != name))


def _with_links(harm: Harm, links: Sequence[tuple[int, int]]) -> Harm:
    """The network with some more links."""
    from lichen.dependency.contagion import harm_between

    ends, more = harm.tocoo(), np.array(links, dtype=np.intp).reshape(-1, 2)
    causes, struck = (np.concatenate([ends.coords[side], more[:, side]]) for side in (0, 1))
    return harm_between(causes, struck, 1.0, harm.shape[0])


def _untold_from(possible: Harm, untold: Sequence[tuple[int, int]], order: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Whom the failure of each party reaches, or may reach, without anybody saying how hard."""
    from lichen.dependency.contagion import one_by_one, reached

    if not untold:
        yield from repeat((), len(order))
        return
    causes, struck = np.array(untold).T
    for network, failing in one_by_one(possible, len(order)):
        places = failing % len(order)
        for place, there in zip(places, reached(network, failing).reshape(len(failing), -1), strict=True):
            yield tuple(order[j] for j in np.unique(struck[there[causes]]).tolist() if j != place)


def _distress(harm: Harm, worth: Numbers) -> tuple[Numbers, Numbers]:
    """Both DebtRanks of the failure of each party: each passing its distress on once, and every increase of it."""
    from lichen.dependency.contagion import CASES
    from lichen.dependency.contagion_distress import passed_on, passed_once

    alone = np.eye(harm.shape[0])
    cases = [alone[:, first : first + CASES] for first in range(0, harm.shape[0], CASES)]
    once, on = (
        np.concatenate([measure(harm, first).rank(first, worth) for first in cases])
        for measure in (passed_once, passed_on)
    )
    return once, on


def _growth(harm: Harm) -> tuple[float, Numbers | None]:
    """The radius of the next generation, and how many failures each causes in all: `(I - harm)^-1 1` [party].

    What i causes is a sum over a row of the inverse, so one outbreak from everybody on the network turned round tells
    it of all at once.
    """
    from lichen.dependency.contagion_growth import outbreak, spectral_radius

    radius = spectral_radius(harm)
    caused = outbreak(harm.T.tocsr(), np.ones(harm.shape[0])) if radius.high < ENDLESS else None
    return radius.value, caused
