"""The page of a change: what is written differently, and what that does to each side and to each finding."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lichen.show import words
from lichen.show.charts import before_after
from lichen.show.charts.before_after import BeforeAfter, Move
from lichen.show.comparing import headline, notes
from lichen.show.markup import Html, element
from lichen.show.page.parts import chart, chip, document, part, prose, spoken, table

if TYPE_CHECKING:
    from lichen.redesign.compare import Comparison
    from lichen.redesign.redline import Redline


def change_page(comparison: Comparison) -> str:
    """One self-contained page with the redline and the effects of a change."""
    verdict = comparison.new
    title = f"{verdict.relationship} · a change"
    head = element(
        "header",
        element("p", chip(verdict.verdict, words.VERDICTS[verdict.verdict]), title, class_="eyebrow"),
        element("h1", spoken(f"{headline(comparison)} {verdict.sentence}")),
    )
    body = element("main", _redline(comparison.lines), _effects(comparison))
    return document(title, element("div", head, body, class_="wrap"))


def _redline(lines: tuple[Redline, ...]) -> Html:
    if not lines:
        return part("redline", "What changed", element("p", "Nothing by meaning."))
    rows = [(line.path, _said(line.old), _said(line.new), line.new_at or line.old_at or "") for line in lines]
    return part("redline", "What changed", table(("Where", "Before", "After", "Place"), rows))


def _said(text: str | None) -> Html:
    return element("code", text) if text is not None else element("em", "nothing")


def _effects(comparison: Comparison) -> Html:
    drawn = [
        chart(before_after.draw, BeforeAfter(title=title, moves=moves, rooms=name != "kept"), name, title, 520)
        for name, title, moves in _charts(comparison)
        if moves
    ]
    said = element("ul", *(element("li", prose(note)) for note in notes(comparison)))
    charts = element("div", *(element("div", one, class_="panel") for one in drawn), class_="charts")
    return part("effects", "What it does", charts, said, lead="Over the same futures; more is better in every picture.")


def _charts(comparison: Comparison) -> Iterator[tuple[str, str, tuple[Move, ...]]]:
    yield "late", "Room left in the end", _moves((e.title, e.late_room) for e in comparison.effects)
    yield "worst", "Room left at worst, in 1 of 20 futures", _moves((e.title, e.least_room) for e in comparison.effects)
    kept = tuple(
        Move(title=words.title(shift.about), before=shift.old, after=shift.new)
        for shift in comparison.shifts
        if not shift.is_score and shift.old is not None and shift.new is not None
    )
    yield "kept", "Distance to the limit", kept


def _moves(pairs: Iterable[tuple[str, tuple[float, float] | None]]) -> tuple[Move, ...]:
    known = ((title, pair) for title, pair in pairs if pair is not None and not any(map(math.isnan, pair)))
    return tuple(Move(title=title, before=before, after=after) for title, (before, after) in known)
