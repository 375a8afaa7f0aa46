"""What is wrong in a file: the place, the fact, the other side of a conflict, and the repair."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import final

from lichen.relationship.relationship import Origin

_WIDTH = 100
"""Longest excerpt of a line that is shown."""
_SHOWN = 100
"""Most problems that are written out."""
_COMPARED = 500
"""Most names that a misspelt one is compared with; of more, those that begin alike."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A line of the file; `length` characters from the origin on are underlined, `note` says why it is shown."""

    origin: Origin
    line: str
    length: int = 1
    note: str = ""
    before: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong.

    `excerpt` is None when the file as a whole is meant, `others` are the other places of a conflict. `unknown`:
    a word is not known; the same word unknown in several places is told once. `unread`: an entry is no YAML, so that
    words which it would explain are not known.
    """

    origin: Origin
    fact: str
    repair: str = ""
    excerpt: Excerpt | None = None
    others: tuple[Excerpt, ...] = ()
    unknown: bool = False
    unread: bool = False

    @property
    def at(self) -> str:
        """The place, as `file.yaml:31:7`; the file alone when it is meant as a whole."""
        return str(self.origin) if self.excerpt is not None else self.origin.file

    def to_json(self) -> dict[str, object]:
        """For machines: `at`, `fact`, `repair` and the other places with their notes."""
        others = [{"at": str(other.origin), "note": other.note} for other in self.others]
        return {"at": self.at, "fact": self.fact, "repair": self.repair or None, "others": others}


def render_one(problem: Problem) -> str:
    """One problem for people: `file:line:column  fact`, the lines in question underlined, the repair."""
    lines = [f"{problem.at}  {problem.fact}"]
    shown = [e for e in (problem.excerpt, *problem.others) if e is not None]
    digits = max((len(str(e.origin.line)) for e in shown), default=0)
    for excerpt in shown:
        if excerpt.origin.file != problem.origin.file:
            lines.append(f"  {excerpt.origin.file}")
        lines += _excerpt(excerpt, max(digits, 3))
    if problem.repair:
        lines.append(f"  {problem.repair}")
    return "\n".join(lines)


def render(problems: Sequence[Problem], so: str = "Nothing was simulated.") -> str:
    """Every problem of a file, in order of place, and one closing line with their number and what follows from them."""
    parts = [render_one(problem) for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        parts.append(f"... and {len(problems) - _SHOWN} more.")
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return "\n\n".join([*parts, f"{count}. {so}".rstrip()])


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that the word most likely stands for, or None when none is near."""
    key = _folded(word)
    folded = {_folded(name): name for name in known}
    if key in folded:
        return folded[key]
    if len(folded) > _COMPARED:
        folded = {k: n for k, n in folded.items() if k[:1] == key[:1] and abs(len(k) - len(key)) <= 2}
    matches = difflib.get_close_matches(key, islice(folded, _COMPARED), n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean \u0060x\u0060?`, or nothing when no known name is near."""
    match = nearest(word, known)
    return f"Did you mean `{match}`?" if match is not None else ""


def listing(words: Iterable[str], last: str = "or") -> str:
    """`a, b or c`, each as code."""
    quoted = [f"`{word}`" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}" if quoted else ""


def _excerpt(excerpt: Excerpt, digits: int) -> list[str]:
    text, start, length = _window(excerpt.line, excerpt.origin.column - 1, excerpt.length)
    lines = []
    if excerpt.before is not None:
        lines.append(f" {excerpt.origin.line - 1:>{digits}} | {_window(excerpt.before, 0, 1)[0]}".rstrip())
    lines.append(f" {excerpt.origin.line:>{digits}} | {text}".rstrip())
    gap = " " * _columns(text[:start])
    mark = "^" * max(1, _columns(text[start : start + length]))
    note = f"  {excerpt.note}" if excerpt.note else ""
    lines.append(f" {' ' * digits} | {gap}{mark}{note}")
    return lines


def _window(line: str, start: int, length: int) -> tuple[str, int, int]:
    """The part of a long line around the underlined piece, and where the piece begins in it."""
    text = line.expandtabs(1)
    if len(text) <= _WIDTH:
        return text, start, length
    length = min(length, _WIDTH - 10)
    first = max(0, min(start - 40, len(text) - _WIDTH))
    head, tail = "..." if first else "", "..." if first + _WIDTH < len(text) else ""
    return head + text[first : first + _WIDTH] + tail, start - first + len(head), length


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
