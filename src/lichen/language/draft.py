"""A file while it is being read: its texts, the place of every path, its units, and the problems found so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import final

from lichen.language.problem import Excerpt, Problem, did_you_mean
from lichen.language.source import Block, Entry, Node, Scalar, Series, Source, compose
from lichen.language.tokens import FormulaError
from lichen.relationship.formula import Span, Tree
from lichen.relationship.quantity import Unit, standard_units
from lichen.relationship.relationship import Origin, Reason
from lichen.relationship.value import Value

_SUGGESTIONS = 50
"""How many nearest spellings are looked for in one file."""


@final
@dataclass(frozen=True, slots=True)
class Place:
    """Where a path stands: its text, its value and its key (None for an item of a list)."""

    source: Source
    node: Node
    key: Scalar | None


@final
@dataclass(slots=True)
class Part:
    """A value in a party's private part, by the path it stands under."""

    party: str
    source: Source
    entry: Entry
    used: bool = False


@final
class Draft:
    """What reading has gathered.

    `parts` holds the private values at hand by path, `hidden` the paths whose value is kept and not at hand, `owners`
    every place where the file leaves a value to a party, `reasons` what each mapping says for all that stands in it.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.units: dict[str, Unit] = dict(standard_units())
        self.places: dict[str, Place] = {}
        self.parts: dict[str, Part] = {}
        self.trees: dict[str, Tree] = {}
        self.reasons: dict[str, Reason] = {}
        self.hidden: list[str] = []
        self.owners: list[tuple[str, str]] = []
        self._suggestions = 0

    def note(self, path: str, source: Source, node: Node, key: Scalar | None) -> None:
        """Remember where a path stands."""
        self.places[path] = Place(source, node, key)

    def origins(self) -> dict[str, Origin]:
        """The place of every path: that of the value for a text, that of the key for a mapping or list."""
        found = {}
        for path, place in self.places.items():
            node = place.key if place.key is not None and not isinstance(place.node, Scalar) else place.node
            found[path] = place.source.origin(node.start)
        return found

    def add(self, problem: Problem) -> None:
        """Take up a problem."""
        self.problems.append(problem)

    def report(
        self,
        path: str,
        fact: str,
        repair: str = "",
        *,
        key: bool = False,
        others: Iterable[Excerpt] = (),
        unknown: bool = False,
    ) -> None:
        """A problem at the value of a path, or at its `key`; `unknown` when a word is not known."""
        place = self._place(path)
        node = place.key if key and place.key is not None else place.node
        problem = place.source.problem(node.start, node.end, fact, repair, tuple(others))
        self.add(replace(problem, unknown=unknown))

    def report_formula(self, path: str, error: FormulaError) -> None:
        """A problem inside the formula at a path."""
        place = self._place(path)
        start, end = self._span(path, error.span)
        excerpt = place.source.excerpt(start, end, error.note)
        others: tuple[Excerpt, ...] = ()
        if error.other is not None:
            others = (place.source.excerpt(*self._span(path, error.other[0]), error.other[1]),)
        self.add(
            Problem(
                origin=excerpt.origin,
                fact=error.fact,
                repair=error.repair,
                excerpt=excerpt,
                others=others,
                unknown=error.unknown,
            )
        )

    def count(self, path: str) -> int:
        """How many items the list at a path has."""
        node = self._place(path).node
        return len(node.items) if isinstance(node, Series) else 0

    def excerpt(self, path: str, note: str, *, key: bool = False) -> Excerpt:
        """The line of a path, for the other side of a conflict."""
        place = self._place(path)
        node = place.key if key and place.key is not None else place.node
        return place.source.excerpt(node.start, node.end, note)

    def suggest(self, word: str, known: Iterable[str]) -> str:
        """`Did you mean ...?`, as long as the file has not asked too often."""
        self._suggestions += 1
        return did_you_mean(word, known) if self._suggestions <= _SUGGESTIONS else ""

    def give_reason(self, path: str, texts: Mapping[str, str]) -> None:
        """Keep what the mapping at a path says for all that stands in it, if it says something."""
        reason = Reason(**{key: texts[key] for key in ("because", "source", "stated_by") if key in texts})
        if reason != Reason():
            self.reasons[path] = reason

    def take_part(self, path: str, party: str) -> Part | None:
        """The value under a path in a party's private part, if it is at hand."""
        part = self.parts.get(path)
        if part is None or part.party != party:
            return None
        part.used = True
        return part

    def add_part(self, party: str, source: Source) -> None:
        """Take up a party's private part: every text in it, and every mapping with `value`, by its path."""
        root = compose(source, self.add)
        if isinstance(root, Scalar) and root.text == "":
            return
        if isinstance(root, Block):
            self._add_entries(party, source, root, "")
        elif root is not None:
            self.add(
                source.problem(
                    root.start,
                    root.end,
                    "A private part is a mapping.",
                    "Write the values under the same keys as in the shared file.",
                )
            )

    def report_unused_parts(self) -> None:
        """A problem at every private value that the shared file leaves to nobody."""
        for path, part in self.parts.items():
            if not part.used:
                node = part.entry.key
                fact = f"The shared file does not leave `{path}` to {part.party}."
                repair = (
                    f"Write `private to {part.party}` or a range `stated_by: {part.party}` there, or delete it here."
                )
                self.add(part.source.problem(node.start, node.end, fact, repair))

    def _add_entries(self, party: str, source: Source, block: Block, path: str) -> None:
        for name, entry in block.entries.items():
            below = f"{path}.{name}" if path else name
            if isinstance(entry.value, Block) and "value" not in entry.value.entries:
                self._add_entries(party, source, entry.value, below)
            else:
                self.parts[below] = Part(party, source, entry)

    def _place(self, path: str) -> Place:
        while path and path not in self.places:
            path = path.rpartition(".")[0]
        return self.places.get(path) or Place(self.source, Scalar("", 0, 1), None)

    def _span(self, path: str, span: Span) -> tuple[int, int]:
        """Where a part of a formula stands in the file; the whole value when it is not written on one plain line."""
        place = self._place(path)
        node = place.node
        if not isinstance(node, Scalar):
            return node.start, node.end
        if node.plain:
            offset = 0
        elif place.source.text[node.start + 1 : node.end - 1] == node.text:
            offset = 1
        else:
            return node.start, node.end
        start = node.start + offset + span[0]
        return start, max(start + 1, node.start + offset + span[1])


def spoken(value: Value, voice: Mapping[str, str]) -> Value:
    """The value with the reason and source of the mapping around it, where it has none of its own."""
    because, source = value.because or voice.get("because"), value.source or voice.get("source")
    if because == value.because and source == value.source:
        return value
    return replace(value, because=because, source=source)
