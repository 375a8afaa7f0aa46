"""Lines of text for a terminal: wrapped, cut and aligned to 80 columns, with colours only where a person sees them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

WIDTH = 80
_ALL = 1_000
"""More lines than any text needs."""

Line: TypeAlias = "tuple[tuple[str, str], ...]"
"""Pieces of one line, each with its style (`bold red`), empty for none."""

STYLES = {"broken": "bold red", "at risk": "bold yellow", "cannot tell": "bold cyan", "holds": "bold green"}
STYLES |= {"not symbiotic": "bold red", "symbiotic": "bold green", "undecided": "bold cyan"}
STYLES |= {"not a relationship of this kind": "bold magenta", "quiet": "dim", "strong": "bold", "repair": "green"}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Sentences that follow each other, of which a screen shows as many of the first as it has room for.

    Where room is short the lowest `rank` has it first; what follows the first sentence waits for rank `more`. A
    paragraph with a `least` has that many lines, even if its first sentence must then be cut; any other is left out.
    """

    sentences: tuple[str, ...]
    first: str = ""
    indent: str = ""
    style: str = ""
    least: int = 0
    rank: int = 0
    more: int = 0

    def lines(self, shown: int, most: int) -> list[Line]:
        """So many of its sentences, in at most so many lines."""
        words = " ".join(self.sentences[:shown])
        return wrapped(words, most, first=self.first, indent=self.indent, style=self.style) if shown and most else []


def fitted(parts: Sequence[Line | Paragraph], most: int) -> list[Line]:
    """Lines and paragraphs on a screen of so many lines; only what must stand and is too long is cut."""
    paragraphs = {turn: part for turn, part in enumerate(parts) if isinstance(part, Paragraph)}
    given = {turn: (0, one.least) for turn, one in paragraphs.items()}  # sentences shown, lines set aside
    spare = most - (len(parts) - len(paragraphs)) - sum(one.least for one in paragraphs.values())
    for _, turn, count in sorted(_wanted(paragraphs)):
        shown, lines = given[turn]
        needed = len(paragraphs[turn].lines(count, _ALL))
        if shown == count - 1 and needed - lines <= spare:
            given[turn] = count, needed
            spare += lines - needed
    made: list[Line] = []
    for turn, part in enumerate(parts):
        if isinstance(part, Paragraph):
            shown, lines = given[turn]
            made += part.lines(max(shown, min(1, part.least)), lines)
        else:
            made.append(part)
    return made[:most]


def _wanted(paragraphs: Mapping[int, Paragraph]) -> Iterator[tuple[int, int, int]]:
    """Every sentence as (rank, paragraph, how many sentences are shown with it)."""
    for turn, one in paragraphs.items():
        for count in range(1, len(one.sentences) + 1):
            yield (one.rank if count == 1 else one.more), turn, count


def plain(words: str) -> Line:
    """A line without style."""
    return ((words, ""),)


def cut(words: str, most: int) -> str:
    """A text of at most so many letters, with an ellipsis where something is left out."""
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def wrapped(words: str, most: int, *, indent: str = "", first: str | None = None, style: str = "") -> list[Line]:
    """A text over at most so many lines; what does not fit ends in an ellipsis. `first` begins the first line."""
    lead = indent if first is None else first
    found = textwrap.wrap(
        re.sub(r"(?<=\d) %", "\u202f%", one_line(words)),
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
