"""What a change does, as text: the redline by meaning, then the effect on each party and on each finding."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lichen.show.figures import UNKNOWN, amount, number, percent, span
from lichen.show.lines import STYLES, Line, columns, one_line, plain, rendered, wrapped
from lichen.show.words import VERDICTS, title
from lichen.simulation.caution import sentences

if TYPE_CHECKING:
    from lichen.redesign.compare import Comparison, Effect, Shift
    from lichen.redesign.redline import Redline

Row = tuple[str, ...]

_MOST_LINES = 8
"""Lines of the screen that one difference may take."""

_SIDES = ("Room left of", "In the end", "At worst, 1 of 20", "")
_FINDINGS = ("Finding", "Was", "Is", "Distance or score", "")


def comparison_text(comparison: Comparison, *, markdown: bool = False, colours: bool = False) -> str:
    """Redline and effects, for a terminal of 80 columns or as Markdown."""
    if markdown:
        return _markdown(comparison)
    return rendered(_lines(comparison), colours=colours)


def headline(comparison: Comparison) -> str:
    """What becomes of the verdict."""
    was, now = VERDICTS[comparison.old.verdict].lower(), VERDICTS[comparison.new.verdict].lower()
    return f"It stays {now}." if was == now else f"From {was} to {now}."


def redline_words(line: Redline) -> str:
    """One difference in words."""
    if line.kind == "changed":
        return f"{line.path}: {line.old} → {line.new}"
    return f"{line.path}: {line.kind} {line.new if line.kind == 'added' else line.old}"


def _lines(comparison: Comparison) -> Iterator[Line]:
    word = comparison.new.verdict
    yield ((headline(comparison), STYLES[word]),)
    yield from wrapped(comparison.new.sentence, 4)
    yield plain("")
    yield (("What changed", "bold"),)
    for line in comparison.lines:
        at = line.new_at or line.old_at
        words = redline_words(line)
        yield from wrapped(f"{words}  ({at})" if at else words, _MOST_LINES, first="  ", indent="      ")
    if not comparison.lines:
        yield plain("  Nothing by meaning.")
    yield plain("")
    yield from columns([_SIDES, *_sides(comparison)], "<<<<")
    moved = list(_moved(comparison.shifts))
    if moved:
        yield plain("")
        yield from columns([_FINDINGS, *moved], "<<<<<")
    yield plain("")
    for said in notes(comparison):
        yield from wrapped(said, 3)


def _sides(comparison: Comparison) -> Iterator[Row]:
    for effect in comparison.effects:
        pairs = [pair for pair in (effect.late_room, effect.least_room) if pair is not None]
        gains = [round(after - before, 2) for before, after in pairs]
        word = "worse" if min(gains, default=0) < 0 else "better" if max(gains, default=0) > 0 else "as before"
        word = UNKNOWN if _untold(effect) else word
        rooms = (effect.late_room, effect.least_room)
        said = [f"{percent(pair[0])} → {percent(pair[1])}" if pair else "–" for pair in rooms]
        yield (one_line(effect.title), *said, word if pairs else "only in one of the two")


def _untold(effect: Effect) -> bool:
    """Whether some room left of a side is not known before or after."""
    return any(math.isnan(room) for pair in (effect.late_room, effect.least_room) for room in pair or ())


def _moved(shifts: Sequence[Shift]) -> Iterator[Row]:
    """The findings whose state or distance to the limit changed."""
    for shift in shifts:
        if shift.old_status == shift.new_status and abs(shift.gain) < 1e-3:
            continue
        known = shift.old is not None or shift.new is not None
        arrow = f"{_figure(shift.old)} → {_figure(shift.new)}" if known else ""
        word = "better" if shift.gain > 0 else "worse" if shift.gain < 0 else ""
        yield (title(shift.about), shift.old_status or "not there", shift.new_status or "not there", arrow, word)


def _figure(value: float | None) -> str:
    return "–" if value is None else number(value)


def notes(comparison: Comparison) -> Iterator[str]:
    """What to know besides: what falls due once, who and what gets worse, over which futures."""
    for moved in comparison.transitions:
        how = "falls due sooner" if moved.days > 0 else "falls due later"
        what = amount(abs(moved.moved), moved.dimension, comparison.units)
        yield f"Once, on the way over: {what} of `{moved.flow}` {how} by {span(abs(moved.days))}."
    untold = [one_line(effect.title) for effect in comparison.effects if _untold(effect)]
    if comparison.worse:
        sides = {effect.party: one_line(effect.title) for effect in comparison.effects}
        yield f"Worse: {', '.join(sides.get(name) or title(name).lower() for name in comparison.worse)}."
    elif not untold:
        yield "Nobody and nothing gets worse."
    if untold:
        yield f"It cannot be told what becomes of the room left of {', '.join(untold)}."
    yield from comparison.new.unread
    yield from _doubts(comparison)
    yield f"Both over {number(comparison.new.runs)} futures with the same draws, seed {comparison.new.seed}."


def _doubts(comparison: Comparison) -> Iterator[str]:
    """What makes the figures of either version doubtful, once where it is the same in both."""
    was, now = (
        (*sentences(verdict.cautions), *(sample.says for sample in verdict.samples))
        for verdict in (comparison.old, comparison.new)
    )
    yield from (f"{'In both versions' if said in now else 'Before the change'}: {said}" for said in was)
    yield from (f"After the change: {said}" for said in now if said not in was)


def _markdown(comparison: Comparison) -> str:
    parts = ["# What the change does", f"**{headline(comparison)}** {comparison.new.sentence}", "## What changed"]
    parts.append("\n".join(f"- `{redline_words(line)}`" for line in comparison.lines) or "Nothing by meaning.")
    parts += ["## What it does to each side", _table(_SIDES, list(_sides(comparison)))]
    moved = list(_moved(comparison.shifts))
    if moved:
        parts += ["## Findings", _table(_FINDINGS, moved)]
    return "\n\n".join([*parts, *notes(comparison)]) + "\n"


def _table(head: Row, rows: Sequence[Row]) -> str:
    def line(cells: Row) -> str:
        return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"

    return "\n".join([line(head), line(("---",) * len(head)), *(line(row) for row in rows)])
