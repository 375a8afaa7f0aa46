"""Members of very large groups drawn at random, so that a verdict can be had in minutes.

In every future other members are drawn, each as likely as any other, so that the spread over futures holds what the
draw adds beside chance: every interval is as wide as both make it. All experiments of a future meet the same members.
A member that is drawn brings its whole row of the table, and stands for as many as there are members to each that is
drawn. Only groups may be drawn whose members meet nobody but single parties, and of which nowhere the least counts:
links would be cut, and the least of a sample says little of the least of all. Source: Cochran 1977, Sampling
Techniques, section 2.9 (simple random sampling with replacement).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lichen.relationship.formula import Call, gathers, walk
from lichen.relationship.party import Members, Party, Sample
from lichen.relationship.relationship import Relationship
from lichen.relationship.values import values_of

LARGE = 100_000
"""From so many members on some stand for all: below, moving all of them and putting them in order takes little."""
SIZE = 1_000
"""So many are: where members differ by a sixth, their mean lies within one in a hundred of that of all, 19 times of 20;
the mean over futures comes closer."""


def with_drawn_members(relationship: Relationship) -> Relationship:
    """The same, with members drawn of each very large group of which that can be done."""
    if _asks_for_the_least(relationship):
        return relationship
    others = {name: _with(party, Sample(size=SIZE)) for name, party in _can_be_drawn(relationship)}
    return replace(relationship, parties={**relationship.parties, **others}) if others else relationship


def with_others_drawn(relationship: Relationship) -> Relationship:
    """The same with other members drawn, and all other chance as it is."""
    others = {name: _with(party, replace(sample, turn=sample.turn + 1)) for name, party, sample in _drawn(relationship)}
    return replace(relationship, parties={**relationship.parties, **others})


def with_all_members(relationship: Relationship) -> Relationship:
    """The same, with nobody drawn."""
    others = {name: _with(party, None) for name, party, _ in _drawn(relationship)}
    return replace(relationship, parties={**relationship.parties, **others}) if others else relationship


def samples_of(relationship: Relationship) -> Mapping[str, Sample]:
    """By group, the sample that is drawn of it."""
    return {name: sample for name, _, sample in _drawn(relationship)}


def _drawn(relationship: Relationship) -> Iterator[tuple[str, Party, Sample]]:
    for name, party in relationship.parties.items():
        if party.members is not None and party.members.sample is not None:
            yield name, party, party.members.sample


def _with(party: Party, sample: Sample | None) -> Party:
    return party if party.members is None else replace(party, members=replace(party.members, sample=sample))


def _can_be_drawn(relationship: Relationship) -> Iterator[tuple[str, Party]]:
    groups = {name: party.members for name, party in relationship.parties.items() if party.members is not None}
    for name, members in groups.items():
        party = relationship.parties[name]
        if len(members) < LARGE or party.counts == "least" or _meets_a_group(name, groups, relationship):
            continue
        yield name, party


def _meets_a_group(name: str, groups: Mapping[str, Members], relationship: Relationship) -> bool:
    """Whether members of a group meet those of one, or are also those of another."""
    met = (flow for flow in relationship.flows.values() if name in flow.parties)
    known = frozenset(groups[name].names)
    return any(flow.giver in groups and flow.receiver in groups for flow in met) or any(
        not known.isdisjoint(other.names) for group, other in groups.items() if group != name
    )


def _asks_for_the_least(relationship: Relationship) -> bool:
    """Whether a formula asks for the least of the members."""
    trees = (value.tree for value in values_of(relationship) if value.tree is not None)
    calls = (node for tree in trees for node in walk(tree) if isinstance(node, Call))
    return any(call.function == "least" and gathers(call) for call in calls)
