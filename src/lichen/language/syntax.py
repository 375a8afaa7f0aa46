"""What the YAML parser says, in words for people, and what stands for a lone `?` so that the rest can be read."""

from __future__ import annotations

import re
from typing import Final

MAX_DEPTH: Final = 40
"""Deeper than this no relationship file is nested."""

_LONE_MARK = re.compile(r"(?<=: )\?(?=[ \t]*(?:[,}\r\n]|$))")
_SAID: tuple[tuple[str, str, str], ...] = (
    (
        "exceeded maximum nesting depth",
        f"The file is nested more than {MAX_DEPTH} deep.",
        "Nothing in a relationship file needs that.",
    ),
    (
        "mapping values are not allowed",
        "A `:` stands where no key can be.",
        "Put the text in quotes, or check the indentation.",
    ),
    (
        "cannot start any token",
        "This character cannot begin a value.",
        "Indent with spaces, not tabs; put a text that begins with it in quotes.",
    ),
    (
        "did not find expected ',' or '}'",
        "A `,` or `}` is missing in this mapping in braces.",
        "Close the brace, or quote the text.",
    ),
    (
        "did not find expected ',' or ']'",
        "A `,` or `]` is missing in this list in brackets.",
        "Close the bracket, or quote the text.",
    ),
    (
        "did not find expected node content",
        "A value, or what closes the bracket or brace, is missing here.",
        "Write the value, close the bracket or brace, or quote the text.",
    ),
    (
        "did not find expected key",
        "This line fits no mapping above it.",
        "Indent it like its neighbours, and close quotes, braces and brackets before it.",
    ),
    (
        "did not find expected '-'",
        "This line fits no list above it.",
        "Begin every item of the list with `- ` at the same indentation.",
    ),
    ("could not find expected ':'", "A `:` is missing after this key.", "Write `key: value`."),
    ("unexpected end of stream", "The text ends inside quotes.", "Close the quotes."),
    (
        "unknown escape character",
        "This escape with a backslash does not exist.",
        "Use single quotes, where a backslash is a backslash.",
    ),
    (
        "undefined alias",
        "This repeats a part of the file that is not there.",
        "Write the part out here; `*` begins a text only in quotes.",
    ),
)


def in_words(said: str) -> tuple[str, str]:
    """The fact and the repair for what the parser says."""
    unknown = (said, f"This is no YAML: {said}.", "Check indentation, quotes, braces and brackets.")
    _, fact, repair = next((row for row in _SAID if row[0] in said), unknown)
    return fact, repair


def without_lone_marks(text: str) -> str:
    """The text with a letter for each `?` that stands alone as a value, which is no YAML; all else keeps its place."""
    return _LONE_MARK.sub("x", text)
