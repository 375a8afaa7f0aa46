"""All values of a relationship, and whether chance plays a part in any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lichen.relationship.flow import Links
from lichen.relationship.formula import Spread, walk
from lichen.relationship.party import Members
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value


def values_of(part: object) -> Iterator[Value]:
    """Every value that a relationship, or a part of it, says."""
    if isinstance(part, Value):
        yield part
    elif isinstance(part, Mapping):
        for inner in part.values():
            yield from values_of(inner)
    elif isinstance(part, tuple):
        for inner in part:
            yield from values_of(inner)
    elif hasattr(part, "__dataclass_fields__") and not isinstance(part, Members | Links):
        for name in part.__dataclass_fields__:
            yield from values_of(getattr(part, name))


def has_chance(relationship: Relationship) -> bool:
    """Whether anything is drawn: a world variable, a range, or members; if not, all futures are one."""
    if any(party.members is not None and party.members.sample is not None for party in relationship.parties.values()):
        return True
    trees = (value.tree for value in values_of(relationship) if value.tree is not None)
    return any(process.is_drawn for process in relationship.world.values()) or any(
        isinstance(node, Spread) for tree in trees for node in walk(tree)
    )
