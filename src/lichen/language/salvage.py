"""What of a text that is no YAML can still be read: entries that cannot are found one by one and set aside.

An open brace or quote hides all that follows it from a YAML parser. Here each entry is read by itself, from its key to
the next key at the same indentation: first those at the top, within one that fails those below it, and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, final

import yaml

LOADER: Final[type] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 3
"""Entries within sections, and keys within these, are read by themselves; what stands deeper fails as a whole."""
_MOST = 20
"""Where more entries than these cannot be read, the text is something else."""
_KEY = re.compile(
    r"""^(\ *)(?: "[^"\r\n]*" | '[^'\r\n]*' | [^\s#'"\[\]{}&*!|>%@`,?:-][^:#\r\n]* ):(?=[ \t\r\n]|$)""",
    re.MULTILINE | re.VERBOSE,
)
_LINE = re.compile(r"^( *)[^\s#]", re.MULTILINE)
_BLANK = re.compile(r"(?:\s|#[^\r\n]*)*")
_NO_BREAK = re.compile("[^\r\n\x85\u2028\u2029]")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An entry that cannot be read: its value from `start` to `end`, and what the parser says of it.

    `offset` is what the places that the parser names are counted from.
    """

    start: int
    end: int
    offset: int
    error: yaml.MarkedYAMLError


def set_aside(text: str) -> tuple[str, tuple[Unread, ...]]:
    """The text with a lone letter for the value of every entry that cannot be read, all else in its place.

    Nothing is set aside where that would leave a text that is no YAML either, or little of it.
    """
    found = tuple(islice(_unread(text, 0, len(text), 0, _DEEPEST), _MOST + 1))
    if not 0 < len(found) <= _MOST:
        return text, ()
    mended = _without(text, 0, len(text), found)
    return (mended, found) if _error(mended) is None else (text, ())


def _unread(text: str, start: int, end: int, indent: int, deepest: int) -> Iterator[Unread]:
    """The entries with their keys at this indentation that cannot be read, or what within them cannot."""
    keys = [key for key in _KEY.finditer(text, start, end) if len(key[1]) == indent]
    ends = [*(key.start() for key in keys), end][1:]
    for key, last in zip(keys, ends, strict=True):
        error = _error(text[key.start() : last])
        if error is None:
            continue
        value = next(_BLANK.finditer(text, key.end(), last)).end()
        below = _indentation(text, key.end(), value, last)
        within: tuple[Unread, ...] = ()
        if below > indent and deepest > 1:
            within = tuple(islice(_unread(text, key.end(), last, below, deepest - 1), _MOST + 1))
        if within and _error(_without(text, key.start(), last, within)) is None:
            yield from within
        elif value < last:
            yield Unread(start=value, end=last, offset=key.start(), error=error)


def _indentation(text: str, start: int, value: int, end: int) -> int:
    """How far a value is indented that begins a line of its own, and no line of it less; else 0."""
    line = text.rfind("\n", start, value) + 1
    ragged = any(len(other[1]) < value - line for other in _LINE.finditer(text, value, end))
    return value - line if line and not ragged else 0


def _without(text: str, start: int, end: int, unread: tuple[Unread, ...]) -> str:
    """A stretch of the text with a letter and blanks for each of these values."""
    parts, place = [], start
    for one in unread:
        parts += [text[place : one.start], "x", _NO_BREAK.sub(" ", text[one.start + 1 : one.end])]
        place = one.end
    return "".join([*parts, text[place:end]])


def _error(text: str) -> yaml.MarkedYAMLError | None:
    """What the parser says of a text by itself; of a value that is missing, with the brace or bracket around it."""
    begun: list[Any] = []
    try:
        for event in yaml.parse(text, Loader=LOADER):
            if isinstance(event, yaml.CollectionStartEvent):
                begun.append(event.start_mark)
            elif isinstance(event, yaml.CollectionEndEvent):
                begun.pop()
    except yaml.MarkedYAMLError as error:
        if error.context == "while parsing a flow node" and begun:
            error.context_mark = begun[-1]
        return error
    return None
