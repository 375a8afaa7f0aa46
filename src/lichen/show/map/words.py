"""What the map says in words, the same in the table and in the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import final

from lichen.dependency.map import DependencyMap, Edge, PartyMap
from lichen.relationship.flow import BURDENS, WORLD
from lichen.show.figures import span

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
OUTSIDE = "outside"


def plain(text: str) -> str:
    """A text of the file on one line, without the characters that no XML file may hold.

    The name of a person or of several stays one.
    """
    return type(text)(" ".join(_NO_XML.sub("\ufffd", text).split()))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """What parties and flows are called, by their names."""

    parties: Mapping[str, str]
    flows: Mapping[str, str]

    def party(self, name: str) -> str:
        """What a party is called, or what is outside; one that is not on the map by its name."""
        return OUTSIDE if name == WORLD else self.parties.get(name, name)


def titles_of(dependencies: DependencyMap) -> Titles:
    """The titles of everything on the map."""
    return Titles(
        parties={party.name: plain(party.title) for party in dependencies.parties},
        flows={edge.flow: called(edge) for edge in dependencies.edges},
    )


def ranked(dependencies: DependencyMap) -> list[PartyMap]:
    """The parties, those first on whom the others lean most; of equals in the order of the file."""
    pairs = sorted(zip(dependencies.lean, dependencies.parties, strict=True), key=lambda pair: -pair[0])
    return [party for _, party in pairs]


def called(edge: Edge) -> str:
    """What a flow is called: its name, or its key as words."""
    return plain(edge.title.replace("_", " "))


def marks(edge: Edge) -> Iterator[str]:
    """What to know of a flow besides its name: its kind, what holds it, who sees it, how late it is felt."""
    if edge.kind != "benefit":
        yield edge.kind
    if edge.goodwill:
        yield "goodwill"
    if edge.unseen:
        yield "unseen" if edge.declared else "not said who sees it"
    if edge.delay.fixed > 0:
        yield f"felt after {span(edge.delay.fixed)}"
    if edge.per_day is None:
        yield "kept private"
    elif edge.per_day == 0:
        yield "nothing at the start"


def is_harm(edge: Edge) -> bool:
    """Whether it weighs on its receiver."""
    return edge.kind in BURDENS


def kind_of(party: PartyMap) -> str:
    """What kind of party it is, and whether the relationship goes on without it."""
    return party.kind if party.essential else f"{party.kind}, bears or receives"
