"""YAML text with the place of every key and value. Scalars stay text: the key they stand under says what they mean."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeAlias, final

import yaml
from yaml import events

from lichen.language.problem import Excerpt, Problem
from lichen.language.salvage import LOADER, set_aside
from lichen.language.syntax import MAX_DEPTH, in_words, without_lone_marks
from lichen.language.tokens import MAX_CHARACTERS
from lichen.relationship.relationship import Origin

MAX_BYTES = 2**20

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""A character that no file of the language holds."""


@final
@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; `plain` when it stands as it is in the file from `start` on: without quotes, on one line."""

    text: str
    start: int
    end: int
    plain: bool = True


@final
@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value."""

    key: Scalar
    value: Node


@final
@dataclass(frozen=True, slots=True)
class Block:
    """A mapping: entries by key, in the order of the file. `flow` when it stands in braces."""

    entries: dict[str, Entry]
    start: int
    end: int
    flow: bool = False


@final
@dataclass(frozen=True, slots=True)
class Series:
    """A list."""

    items: tuple[Node, ...]
    start: int
    end: int
    flow: bool = False


@final
@dataclass(frozen=True, slots=True)
class Broken:
    """What could not be read; a problem says why, and nobody complains about it again."""

    start: int
    end: int


Node: TypeAlias = "Scalar | Block | Series | Broken"


@final
@dataclass(frozen=True, slots=True)
class Source:
    """A text under the name of its file."""

    file: str
    text: str
    _starts: list[int] = field(default_factory=list, repr=False, compare=False)

    def origin(self, offset: int) -> Origin:
        """The line and column of a character, both from 1."""
        if not self._starts:
            self._starts.append(0)
            self._starts.extend(m.end() for m in re.finditer("\r\n|[\r\n\x85\u2028\u2029]", self.text))
        line = bisect_right(self._starts, offset)
        return Origin(file=self.file, line=line, column=offset - self._starts[line - 1] + 1)

    def excerpt(self, start: int, end: int, note: str = "", before: bool = False) -> Excerpt:
        """The line that holds `start`, underlined up to `end` (to the end of the line at most)."""
        origin = self.origin(start)
        line = self._line(origin.line)
        length = max(1, min(end - start, len(line) - origin.column + 1))
        previous = self._line(origin.line - 1) if before and origin.line > 1 else None
        return Excerpt(origin=origin, line=line, length=length, note=note, before=previous)

    def problem(self, start: int, end: int, fact: str, repair: str = "", others: tuple[Excerpt, ...] = ()) -> Problem:
        """A problem at a stretch of the text."""
        excerpt = self.excerpt(start, end)
        return Problem(origin=excerpt.origin, fact=fact, repair=repair, excerpt=excerpt, others=others)

    def _line(self, number: int) -> str:
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n\x85\u2028\u2029")


def decode(file: str, data: bytes, size: int = 0) -> Source | Problem:
    """The text of a file's bytes; a problem when it is too large, no UTF-8 or holds what no text holds.

    Of a file that is too large the first bytes are enough when `size` says how many it has.
    """
    whole = Origin(file=file, line=1, column=1)
    if len(data) > MAX_BYTES:
        fact = f"The file has {max(len(data), size):,} bytes; a relationship file has at most {MAX_BYTES:,}."
        return Problem(origin=whole, fact=fact, repair="Move rows of members or links into a table beside the file.")
    if data[:4] == b"PAR1" or data[:2] == b"PK" or b"\0" in data[:1024]:
        kind = "UTF-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "no text"
        return Problem(
            origin=whole, fact=f"The file is {kind}.", repair="A relationship file is a text; save it as UTF-8."
        )
    if data.startswith(b"\xef\xbb\xbf"):
        return Problem(
            origin=whole, fact="The file begins with a byte order mark.", repair="Save it as UTF-8 without one."
        )
    try:
        return Source(file, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        fact = f"The file is not UTF-8: byte {data[error.start]:#04x} in line {line}, byte {column} of it."
        return Problem(origin=whole, fact=fact, repair="Save it as UTF-8.")


def compose(source: Source, report: Callable[[Problem], None]) -> Node | None:
    """The nodes of the one document of a text; None when nothing of it can be read. Every problem goes to `report`."""
    bad = FORBIDDEN.search(source.text)
    if bad:
        fact = f"The character U+{ord(bad[0]):04X} cannot stand in a relationship file."
        report(source.problem(bad.start(), bad.end(), fact, "Delete it."))
        return None
    try:
        return _Composer(source, report).document(source.text)
    except yaml.MarkedYAMLError as error:
        return _compose_around(source, report, error)


def _compose_around(source: Source, report: Callable[[Problem], None], error: yaml.MarkedYAMLError) -> Node | None:
    """The nodes of a text that is no YAML, without what makes it none: lone `?`, and entries that cannot be read.

    Each of these is a problem; where nothing can be read without them either, so is what the parser says of the whole.
    """
    text, unread = set_aside(without_lone_marks(source.text))
    for one in unread:
        report(replace(_syntax(source, one.error, one.offset, one.end), unread=True))
    composer = _Composer(source, report, {one.start: one.end for one in unread})
    root = None
    try:
        root = composer.document(text)
    except yaml.MarkedYAMLError as another:
        error = another if composer.marks else error
    if root is None or not (composer.marks or unread):
        report(_syntax(source, error, 0, len(source.text)))
        return None
    return root


@final
class _Composer:
    """Builds nodes while events arrive, so that a text over a limit is never read to its end."""

    def __init__(
        self, source: Source, report: Callable[[Problem], None], unread: Mapping[int, int] = MappingProxyType({})
    ) -> None:
        self.source = source
        self.report = report
        self.unread = unread
        """Where values that cannot be read begin and end."""
        self.root: Node | None = None
        self.open: list[_Open] = []
        self.repeated: set[str | None] = set()
        self.marks = 0
        """How many values are a lone `?`."""

    def document(self, text: str) -> Node | None:
        """The nodes of the document; `text` is the source's, or has one letter for each lone `?`."""
        documents = 0
        for event in yaml.parse(text, Loader=LOADER):
            if isinstance(event, events.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._problem(event, "A second document begins here.", "One file describes one relationship.")
                    break
            elif isinstance(event, events.NodeEvent):
                if not self._node(event):
                    return None
            elif isinstance(event, events.CollectionEndEvent):
                self._close(event)
        return self.root

    def _node(self, event: events.NodeEvent) -> bool:
        """Take up one node; False when the text is nested too deep to go on."""
        start, end = _stretch(event)
        if isinstance(event, events.AliasEvent):
            if event.anchor not in self.repeated:
                fact = f"`*{event.anchor}` repeats another part of the file."
                self._problem(event, fact, "Write the part out again here.")
            self.repeated.add(event.anchor)
            self._add(Broken(start, end))
            return True
        if event.anchor is not None:
            self._problem(
                event,
                f"`&{event.anchor}` marks a part for repetition.",
                "Leave it out: a part is written where it stands.",
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            written = self.source.text[start:end].split()[0] if end > start else tag
            self._problem(event, f"`{written}` is a tag.", "Leave it out: the key alone says what its value means.")
        if isinstance(event, events.ScalarEvent):
            written = self.source.text[start:end]
            if start in self.unread:
                self._add(Broken(start, self.unread[start]))
            elif written == "?":
                self.marks += 1
                self._problem(
                    event,
                    "`?` is no value.",
                    "Write a range, such as `5..25 EUR`, or leave out a key that is not required.",
                )
                self._add(Broken(start, end))
            else:
                self._add(Scalar(event.value, start, end, written == event.value))
        elif len(self.open) == MAX_DEPTH:
            self._problem(
                event, f"The file is nested more than {MAX_DEPTH} deep.", "Nothing in a relationship file needs that."
            )
            return False
        else:
            is_block = isinstance(event, events.MappingStartEvent)
            self.open.append(_Open(is_block=is_block, start=start, flow=bool(getattr(event, "flow_style", False))))
        return True

    def _close(self, event: events.CollectionEndEvent) -> None:
        opened = self.open.pop()
        end = _stretch(event)[1] if opened.flow else max(opened.end, opened.start)
        nodes = opened.nodes
        if not opened.is_block:
            items = tuple(self._mended(nodes)) if opened.flow else tuple(nodes)
            self._add(Series(items, opened.start, end, opened.flow))
            return
        pairs = list(zip(nodes[::2], nodes[1::2], strict=True))
        if opened.flow:
            pairs = list(self._mended_pairs(pairs))
        self._add(Block(self._entries(pairs), opened.start, end, opened.flow))

    def _entries(self, pairs: list[tuple[Node, Node]]) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for key, value in pairs:
            if not isinstance(key, Scalar):
                if not isinstance(key, Broken):
                    fact = "A list or a mapping cannot be a key."
                    self.report(self.source.problem(key.start, key.end, fact, "A key is one word."))
            elif key.text in entries:
                first = entries[key.text].key
                other = self.source.excerpt(first.start, first.end, "the first time")
                fact = f"`{key.text}` stands twice in one mapping."
                self.report(self.source.problem(key.start, key.end, fact, "Keep one of the two.", (other,)))
            else:
                entries[key.text] = Entry(key, value)
        return entries

    def _mended(self, nodes: list[Node]) -> Iterator[Node]:
        """The items of a list in brackets, a formula that its commas cut to pieces put together again."""
        position = 0
        while position < len(nodes):
            node, position = nodes[position], position + 1
            if isinstance(node, Scalar) and node.plain and position < len(nodes):
                last: Node = node
                while position < len(nodes) and self._goes_on(node.start, last, nodes[position]):
                    last, position = nodes[position], position + 1
                if last is not node:
                    node = self._joined(node, last)
            yield node

    def _mended_pairs(self, pairs: list[tuple[Node, Node]]) -> Iterator[tuple[Node, Node]]:
        """The entries of a mapping in braces, a formula that its commas cut to pieces put together again."""
        position = 0
        while position < len(pairs):
            (key, value), position = pairs[position], position + 1
            if isinstance(value, Scalar) and value.plain and value.text:
                last: Node = value
                while position < len(pairs) and _is_empty(pairs[position][1]):
                    if not self._goes_on(value.start, last, pairs[position][0]):
                        break
                    last, position = pairs[position][0], position + 1
                if last is not value:
                    value = self._joined(value, last)
            yield key, value

    def _goes_on(self, start: int, last: Node, following: Node) -> bool:
        """Whether the next piece belongs to a formula with an open bracket, or to a number such as `1,000`."""
        if not isinstance(following, Scalar) or not following.plain:
            return False
        if following.end - start > MAX_CHARACTERS:
            return False
        text = self.source.text[start : last.end]
        thousands = text[-1:].isdigit() and following.start == last.end + 1 and re.match(r"\d{3}\b", following.text)
        return text.count("(") > text.count(")") or bool(thousands)

    def _joined(self, first: Node, last: Node) -> Node:
        text = self.source.text[first.start : last.end]
        bare = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
        if "," not in bare:
            fact = f"Inside braces and brackets a comma ends a value, so `{text}` reads as several."
            repair = f"Write `{bare}`."
        else:
            fact = "A formula with a comma stands in quotes inside braces and brackets."
            repair = f'Write `"{text}"`.'
        self.report(self.source.problem(first.start, last.end, fact, repair))
        return Scalar(bare if "," not in bare else text, first.start, last.end, bare == text)

    def _add(self, node: Node) -> None:
        if self.open:
            self.open[-1].nodes.append(node)
            self.open[-1].end = node.end
        else:
            self.root = node

    def _problem(self, event: events.Event, fact: str, repair: str) -> None:
        start, end = _stretch(event)
        self.report(self.source.problem(start, max(end, start + 1), fact, repair))


@final
@dataclass(slots=True, kw_only=True)
class _Open:
    """A list or mapping that has begun: its nodes so far (keys and values in turn for a mapping)."""

    is_block: bool
    start: int
    flow: bool
    end: int = 0
    nodes: list[Node] = field(default_factory=list)


def _stretch(event: events.Event) -> tuple[int, int]:
    """Where an event begins and ends in the text."""
    start, end = event.start_mark, event.end_mark
    return (start.index if start is not None else 0), (end.index if end is not None else 0)


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and node.text == ""


def _syntax(source: Source, error: yaml.MarkedYAMLError, offset: int, end: int) -> Problem:
    """What the YAML parser says of a stretch of the text, in words for people."""
    mark = error.problem_mark or error.context_mark
    start = offset + (mark.index if mark is not None else 0)
    said = " ".join(part for part in (error.context, error.problem) if part)
    if source.text[start : start + 1] == "\t":
        return source.problem(start, start + 1, "A tab stands here.", "Indent with spaces.")
    fact, repair = in_words(said)
    start = min(start, max(len(source.text[:end].rstrip()) - 1, 0))
    others: tuple[Excerpt, ...] = ()
    context = offset + error.context_mark.index if error.context_mark is not None else start
    if context < start and source.origin(context).line != source.origin(start).line:
        others = (source.excerpt(context, context + 1, "begins here"),)
    return source.problem(start, start + 1, fact, repair, others)
