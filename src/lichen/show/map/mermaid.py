"""The map as a Mermaid flow chart, for pages that draw one from text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lichen.dependency.map import DependencyMap, Edge
from lichen.relationship.flow import WORLD
from lichen.show.map.words import OUTSIDE, called, is_harm, marks, plain

_SAFE = re.compile(r"[^\w .,:()/%·+\-\u202f\u2212]")


def mermaid(dependencies: DependencyMap) -> str:
    """The chart's text: boxes for parties, dashed arrows for goodwill, crossed ends for burdens."""
    return "\n".join(("flowchart LR", *(f"    {line}" for line in _lines(dependencies)))) + "\n"


def _lines(dependencies: DependencyMap) -> Iterator[str]:
    ids = {party.name: f"p{turn}" for turn, party in enumerate(dependencies.parties)}
    for party in dependencies.parties:
        opening, closing = ("[", "]") if party.essential else ("([", "])")
        yield f'{ids[party.name]}{opening}"{_escaped(party.title)}"{closing}'
    if any(WORLD in (edge.giver, edge.receiver) for edge in dependencies.edges):
        ids[WORLD] = "outside"
        yield f'outside(["{OUTSIDE}"])'
    for edge in dependencies.edges:
        said = ", ".join((called(edge), *marks(edge)))
        yield f'{ids[edge.giver]} {_arrow(edge)}|"{_escaped(said)}"| {ids[edge.receiver]}'


def _arrow(edge: Edge) -> str:
    if is_harm(edge):
        return "--x"
    return "-.->" if edge.goodwill or edge.unseen else "-->"


def _escaped(text: str) -> str:
    """A text in which nothing can end the label or start a tag: what might is written as a character code."""
    return _SAFE.sub(lambda found: f"#{ord(found[0])};", plain(text))
