"""What a bare table shows as text: words before figures, how it was read, what to ask the other side for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lichen.record.scan import amount
from lichen.record.scan_mapping import how_many
from lichen.show.lines import Line, plain, rendered, wrapped

if TYPE_CHECKING:
    from lichen.record.scan import Scan

_MOST_ACTIVE = 5
_MOST_LINES = 6
"""Lines of the screen that one sentence may take."""
_SIGN = 12
"""Columns for the sign of risk, before what is said."""


def scan_text(scan: Scan) -> str:
    """The whole for people, on lines of 80 columns."""
    return rendered(_lines(scan), colours=False)


def _lines(scan: Scan) -> Iterator[Line]:
    yield from _sentence(scan.sentence)
    yield from (plain(""), plain("How the table was read"))
    for line in scan.mapping.says or ("no column names a party or a date",):
        yield from _sentence(line, "  ")
    for reason, count in scan.left_out.items():
        seen = "; ".join(scan.unread[reason])
        more = f"; and {how_many(count - len(scan.unread[reason]))} more" if count > len(scan.unread[reason]) else ""
        yield from _sentence(f"not used, {reason}: {seen}{more}", "  ")
    for note in scan.notes:
        yield from _sentence(note, "  ")
    yield from (plain(""), plain("What it shows"))
    for said in scan.said:
        yield from wrapped(said.says, _MOST_LINES, first=f"  {said.sign:<{_SIGN}}", indent=" " * (2 + _SIGN))
    yield plain("")
    if len(scan.said) > 1:
        yield from _sentence(f"Most active ({scan.measured_in})")
        for tally in scan.figures.tallies[:_MOST_ACTIVE]:
            yield from _sentence(f"{tally.name}: gave {amount(tally.gave)}, received {amount(tally.received)}", "  ")
        yield plain("")
    yield plain("Ask the other side for")
    for turn, question in enumerate(scan.ask, 1):
        yield from _sentence(f"{turn}. {question}", "  ")


def _sentence(words: str, first: str = "") -> list[Line]:
    return wrapped(words, _MOST_LINES, first=first, indent=f"{first}  ")
