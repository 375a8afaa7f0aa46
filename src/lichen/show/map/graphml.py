"""The map as GraphML, for programs that analyse or draw graphs.

Nodes are parties, edges are flows from giver to receiver. How much each party depends on each other follows as edges
of their own, with `relation` "depends".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lichen.dependency.map import DependencyMap
from lichen.relationship.flow import WORLD
from lichen.show.map.words import OUTSIDE, plain

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_NODE_KEYS = {"title": "string", "kind": "string", "essential": "boolean", "room_left": "double", "lean": "double"}
_EDGE_KEYS = {
    "relation": "string",
    "title": "string",
    "kind": "string",
    "share": "double",
    "per_day": "double",
    "goodwill": "boolean",
    "seen_by": "string",
    "felt_after_days": "double",
}


def graphml(dependencies: DependencyMap) -> str:
    """The file's text; `share` is of what the receiver lives on, or the size of a dependence, rates are per day."""
    root = Element("graphml", xmlns=_NAMESPACE)
    for target, keys in (("node", _NODE_KEYS), ("edge", _EDGE_KEYS)):
        for name, kind in keys.items():
            SubElement(root, "key", {"id": f"{target}_{name}", "for": target, "attr.name": name, "attr.type": kind})
    graph = SubElement(root, "graph", id="map", edgedefault="directed")
    for name, about in _nodes(dependencies):
        _filled(SubElement(graph, "node", id=name), "node", about)
    for name, source, target, about in _edges(dependencies):
        _filled(SubElement(graph, "edge", id=name, source=source, target=target), "edge", about)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _nodes(dependencies: DependencyMap) -> Iterator[tuple[str, Mapping[str, object]]]:
    for party, lean in zip(dependencies.parties, dependencies.lean, strict=True):
        yield (
            party.name,
            {
                "title": plain(party.title),
                "kind": party.kind,
                "essential": party.essential,
                "room_left": party.headroom,
                "lean": lean,
            },
        )
    if any(WORLD in (edge.giver, edge.receiver) for edge in dependencies.edges):
        yield WORLD, {"title": OUTSIDE, "kind": "outside"}


def _edges(dependencies: DependencyMap) -> Iterator[tuple[str, str, str, Mapping[str, object]]]:
    for edge in dependencies.edges:
        about = {
            "relation": "gives",
            "title": plain(edge.title),
            "kind": edge.kind,
            "share": edge.weight,
            "per_day": edge.per_day,
            "goodwill": edge.goodwill,
            "seen_by": " ".join(edge.seen_by),
            "felt_after_days": edge.delay.fixed,
        }
        yield f"flow_{edge.flow}", edge.giver, edge.receiver, about
    for party, row in zip(dependencies.parties, dependencies.direct, strict=True):
        for other, size in zip(dependencies.parties, row, strict=True):
            if size > 0:
                about = {"relation": "depends", "share": size}
                yield f"need_{party.name}_{other.name}", party.name, other.name, about


def _filled(element: Element, target: str, about: Mapping[str, object]) -> None:
    for name, value in about.items():
        if value is not None:
            written = str(value).lower() if isinstance(value, bool) else str(value)
            SubElement(element, "data", key=f"{target}_{name}").text = written
