"""Lines of text for a terminal: wrapped, cut and aligned to 80 columns, with colours only where a person sees them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

WIDTH = 80

Line: TypeAlias = "tuple[tuple[str, str], ...]"
"""Pieces of one line, each with its style (`bold red`), empty for none."""

STYLES = {"broken": "bold red", "at risk": "bold yellow", "cannot tell": "bold cyan", "holds": "bold green"}
STYLES |= {"not symbiotic": "bold red", "symbiotic": "bold green", "undecided": "bold cyan"}
STYLES |= {"not a relationship of this kind": "bold magenta", "quiet": "dim", "strong": "bold", "repair": "green"}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A text that may take as many lines as it needs, and gets at least `least`; the lowest `rank` gets more first."""

    words: str
    first: str = ""
    indent: str = ""
    style: str = ""
    least: int = 1
    rank: int = 0

    def lines(self, most: int) -> list[Line]:
        """The text in at most so many lines."""
        return wrapped(self.words, most, first=self.first, indent=self.indent, style=self.style) if most > 0 else []


def fitted(parts: Sequence[Line | Paragraph], most: int) -> list[Line]:
    """Lines and paragraphs on a screen of so many lines: every paragraph has its least, then ranks get more in turn."""
    paragraphs = {turn: part for turn, part in enumerate(parts) if isinstance(part, Paragraph)}
    needed = {turn: len(one.lines(most)) for turn, one in paragraphs.items()}
    given = {turn: min(one.least, needed[turn]) for turn, one in paragraphs.items()}
    spare = most - (len(parts) - len(paragraphs)) - sum(given.values())
    for turn in sorted(paragraphs, key=lambda turn: paragraphs[turn].rank):
        more = max(0, min(needed[turn] - given[turn], spare))
        given[turn] += more
        spare -= more
    made: list[Line] = []
    for turn, part in enumerate(parts):
        made += part.lines(given[turn]) if isinstance(part, Paragraph) else [part]
    return made[:most]


def plain(words: str) -> Line:
    """A line without style."""
    return ((words, ""),)


def cut(words: str, most: int) -> str:
    """At most so many columns, with an ellipsis where something is left out."""
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def wrapped(words: str, most: int, *, indent: str = "", first: str | None = None, style: str = "") -> list[Line]:
    """A text over at most so many lines; what does not fit ends in an ellipsis. `first` begins the first line."""
    lead = indent if first is None else first
    found = textwrap.wrap(
        one_line(words),
        WIDTH,
        initial_indent=lead,
        subsequent_indent=indent,
        max_lines=max(1, most),
        placeholder=" …",
        break_on_hyphens=False,
    )
    return [_led(line, lead if turn == 0 else indent, style) for turn, line in enumerate(found)]


def one_line(words: str) -> str:
    """Text of a file without line ends and control characters: it cannot move the cursor or paint the screen."""
    return "".join(letter if letter.isprintable() or letter == "\u202f" else " " for letter in words)


def apart(left: str, right: str, style: str = "") -> Line:
    """A line with words at both ends; the left ones give way."""
    room = WIDTH - len(right) - 2
    shown = cut(left, room)
    return ((shown, style), (" " * (WIDTH - len(shown) - len(right)) + right, ""))


def columns(rows: Sequence[Sequence[str]], aligned: str) -> list[Line]:
    """A table: `aligned` holds `<` or `>` for each column. The first column gives way when the rows are too wide."""
    if not rows:
        return []
    widths = [max(len(row[place]) for row in rows) for place in range(len(aligned))]
    spare = WIDTH - sum(widths) - 2 * (len(widths) - 1)
    widths[0] = max(8, widths[0] + min(0, spare))
    made = []
    for row in rows:
        cells = [cut(cell, width) for cell, width in zip(row, widths, strict=True)]
        pairs = zip(cells, widths, aligned, strict=True)
        made.append(plain("  ".join(f"{cell:{side}{width}}" for cell, width, side in pairs).rstrip()))
    return made


def rendered(made: Iterable[Line], *, colours: bool) -> str:
    """The lines as text; with colours as a terminal understands them."""
    if not colours:
        return "\n".join("".join(words for words, _ in line).rstrip() for line in made)
    import io

    from rich.console import Console
    from rich.text import Text

    screen = Console(file=io.StringIO(), force_terminal=True, width=WIDTH, highlight=False, color_system="standard")
    for line in made:
        screen.print(Text.assemble(*((words, style) for words, style in line)), soft_wrap=True)
    written: str = screen.file.getvalue()  # type: ignore[attr-defined]  # the text buffer from above
    return written.rstrip("\n")


def _led(line: str, lead: str, style: str) -> Line:
    """The beginning of a line in bold when it holds a word, the rest in its style."""
    if not lead.strip():
        return ((line, style),)
    return ((line[: len(lead)], "bold"), (line[len(lead) :], style))
