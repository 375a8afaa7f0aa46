"""Which values of a relationship read which: the order in which they can be computed, and how far a change reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lichen.relationship.formula import names
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value


def in_order(relationship: Relationship) -> Iterator[str]:
    """Terms, world variables, capacities, headrooms and flows, each after what it reads; a circle is entered once."""
    reads: dict[str, frozenset[str]] = {}

    def add(key: str, *values: Value | None) -> None:
        trees = [value.tree for value in values if value is not None and value.tree is not None]
        reads[key] = frozenset().union(*map(names, trees))

    for term in relationship.terms.values():
        add(term.name, term.value)
    for process in relationship.world.values():
        add(process.name, *process.parameters.values())
    for party in relationship.parties.values():
        for capacity in party.capacities.values():
            add(f"{party.name}.{capacity.name}", capacity.level)
        if party.essential_capacities:
            marks = [mark for c in party.essential_capacities for mark in (c.level, c.floor, c.healthy)]
            add(f"{party.name}.headroom", *marks)
    for flow in relationship.flows.values():
        add(flow.name, flow.rate)

    seen: set[str] = set()
    for key in reads:
        open_keys = [(key, iter(sorted(reads[key])))] if key not in seen else []
        seen.add(key)
        while open_keys:
            top, following = open_keys[-1]
            step = next((name for name in following if name in reads and name not in seen), None)
            if step is None:
                open_keys.pop()
                yield top
            else:
                seen.add(step)
                open_keys.append((step, iter(sorted(reads[step]))))


def moved_by(relationship: Relationship, flows: Iterable[str]) -> frozenset[str]:
    """These flows and all whose rates read them, however many formulas lie between."""
    read_by: dict[str, set[str]] = {}
    for flow in relationship.flows.values():
        for name in names(flow.rate.tree) if flow.rate.tree is not None else ():
            read_by.setdefault(name, set()).add(flow.name)
    found: set[str] = set()
    waiting = set(flows)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= read_by.get(name, set()) - found
    return frozenset(found)
