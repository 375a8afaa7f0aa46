"""Which values of a relationship read which: the order in which they can be computed, and how far a change reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value


def in_order(relationship: Relationship) -> list[str]:
    """Terms, world variables, capacities, headrooms and flows, each after what it reads; a circle is entered once."""
    reads: dict[str, frozenset[str]] = {}

    def add(key: str, *values: Value | None) -> None:
        reads[key] = frozenset().union(*(value.names for value in values if value is not None))

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

    edges = {key: tuple(name for name in sorted(read) if name in reads) for key, read in reads.items()}
    return sorted_out(edges)[0]


def sorted_out(edges: Mapping[str, tuple[str, ...]]) -> tuple[list[str], list[list[str]]]:
    """The names in an order in which each follows what it reads, and one circle for each tangle.

    A circle is a list of names, each reading the next, the last reading the first.
    """
    done: dict[str, bool] = {}
    order: list[str] = []
    circles: list[list[str]] = []
    tangled: set[str] = set()
    for start in edges:
        if start in done:
            continue
        path, pending, places = [start], [iter(edges[start])], {start: 0}
        done[start] = False
        while path:
            following = next(pending[-1], None)
            if following is None:
                done[path[-1]] = True
                order.append(path.pop())
                pending.pop()
            elif following not in done:
                done[following] = False
                places[following] = len(path)
                path.append(following)
                pending.append(iter(edges[following]))
            elif not done[following]:
                circle = path[places[following] :]
                if tangled.isdisjoint(circle):
                    circles.append(circle)
                tangled.update(circle)
    return order, circles


def readers(relationship: Relationship) -> Mapping[str, set[str]]:
    """By name, the flows whose rates read it."""
    read_by: dict[str, set[str]] = {}
    for flow in relationship.flows.values():
        for read in flow.rate.names:
            read_by.setdefault(read, set()).add(flow.name)
    return read_by


def reached(start: Iterable[str], edges: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """These names and all to which edges lead from them, however many lie between."""
    found: set[str] = set()
    waiting = set(start)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting.update(following for following in edges.get(name, ()) if following not in found)
    return frozenset(found)
