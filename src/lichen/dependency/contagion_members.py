"""Members of large groups as a network: whose failure takes along whom, and which of them nobody looks after.

Read from the links of the file alone: a member takes along those whom it gives something that feeds a capacity they
need, and these take along theirs, whatever the sizes. That is the furthest a failure can go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np
from numpy.typing import NDArray

from lichen.relationship.flow import Flow
from lichen.relationship.relationship import Relationship

if TYPE_CHECKING:
    from lichen.dependency.contagion import Harm  # loads SciPy, which few relationships need

LARGE = 200
"""From so many members on, a group is looked at member by member."""

LEADING = 20
"""How many members are told, and struck one at a time."""

_MOST_WORK = 1_000_000_000
"""Nodes x links / 64 up to which the reach of every member is found, in a quarter of a minute."""

_CANDIDATES = 200


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberReach:
    """One member, how many others its failure can reach, and how many of them directly.

    `owned`: something comes to it from another party, or to nobody in its group does.
    """

    group: str
    member: str
    direct: int
    reach: int
    owned: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRanking:
    """The members that reach furthest, first of all and first of those without an owner, with how many members and
    links there are.
    """

    members: int
    links: int
    leading: tuple[MemberReach, ...]
    unowned: tuple[MemberReach, ...]

    @property
    def struck(self) -> tuple[MemberReach, ...]:
        """Those whose failure is worth trying: the leading, and the first without an owner."""
        return tuple(dict.fromkeys((*self.leading, *self.unowned[:1])))


def rank_members(relationship: Relationship) -> MemberRanking | None:
    """The members that reach furthest; None when no large group has links between members.

    Of equal reach, those with more direct links come first, then by name. In very large networks the reach is told of
    those with most direct links only.
    """
    flows = tuple(_feeding(relationship))
    if not flows:
        return None
    first = _first_nodes(relationship)
    count = sum(len(relationship.parties[name].members or ()) for name in first)
    harm = _network(flows, first, count)
    direct = np.diff(harm.indptr)
    owned = _owned(relationship, first, count)
    sizes = _sizes(harm, direct, owned)
    order = np.lexsort((np.arange(count), -direct, -sizes))
    order = order[sizes[order] > 0]
    names = {name: relationship.parties[name].members for name in first}

    def told(node: int) -> MemberReach:
        group = next(name for name in reversed(first) if first[name] <= node)
        members = names[group]
        return MemberReach(
            group=group,
            member="" if members is None else members.names[node - first[group]],
            direct=int(direct[node]),
            reach=int(sizes[node]),
            owned=bool(owned[node]),
        )

    return MemberRanking(
        members=count,
        links=harm.nnz,
        leading=tuple(told(int(node)) for node in order[:LEADING]),
        unowned=tuple(told(int(node)) for node in order[~owned[order]][:LEADING]),
    )


def _feeding(relationship: Relationship) -> Iterator[Flow]:
    """The flows along links that feed what members of a large group need."""
    for flow in relationship.flows.values():
        if flow.along is None or flow.kind in ("burden", "risk"):
            continue
        ends = [relationship.parties[name] for name in (flow.giver, flow.receiver)]
        needed = {capacity.name for capacity in ends[1].essential_capacities}
        if needed & flow.worth.keys() and any(end.members and len(end.members) >= LARGE for end in ends):
            yield flow


def _first_nodes(relationship: Relationship) -> dict[str, int]:
    """At which node the members of each group begin."""
    first, count = {}, 0
    for party in relationship.touched_parties:
        if party.members is not None:
            first[party.name] = count
            count += len(party.members)
    return first


def _network(flows: tuple[Flow, ...], first: dict[str, int], count: int) -> Harm:
    from lichen.dependency.contagion import harm_between

    causes, struck = [], []
    for flow in flows:
        if flow.along is not None:
            causes.append(np.array(flow.along.givers, dtype=np.intp) + first[flow.giver])
            struck.append(np.array(flow.along.receivers, dtype=np.intp) + first[flow.receiver])
    return harm_between(np.concatenate(causes), np.concatenate(struck), 1.0, count)


def _owned(relationship: Relationship, first: dict[str, int], count: int) -> NDArray[np.bool_]:
    """To whom something comes from another party; all of a group to which it comes by no links, or to nobody."""
    owned = np.ones(count, dtype=bool)
    for group, start in first.items():
        received = [flow for flow in relationship.inner_flows if flow.receiver == group and flow.worth]
        if received and all(flow.along is not None for flow in received):
            owned[start : start + len(relationship.parties[group].members or ())] = False
            for flow in received:
                owned[np.array(flow.along.receivers if flow.along else (), dtype=np.intp) + start] = True
    return owned


def _sizes(harm: Harm, direct: NDArray[np.intp], owned: NDArray[np.bool_]) -> NDArray[np.int64]:
    from lichen.dependency.contagion import reach_sizes, reach_sizes_of

    if harm.shape[0] * harm.nnz / 64 <= _MOST_WORK:
        return reach_sizes(harm)
    order = np.argsort(-direct, kind="stable")
    sizes = np.zeros(harm.shape[0], dtype=np.int64)
    asked = np.union1d(order[:_CANDIDATES], order[~owned[order]][:_CANDIDATES])
    sizes[asked] = reach_sizes_of(harm, asked)
    return sizes
