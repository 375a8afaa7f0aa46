"""Which loops carry the change: in words, and over time as charts."""

from __future__ import annotations

from lichen.show import loops as telling
from lichen.show.charts import dominance
from lichen.show.judged import Judged
from lichen.show.markup import Html, element
from lichen.show.page.parts import chart, folded, part, prose

_MOST_CHARTS = 3


def loops_part(judged: Judged) -> Html:
    """What comes back to where it began, through whom, and until when it carries how much."""
    said = element(
        "ul", *(element("li", prose(line)) for line in telling.loop_sentences(judged.loops, judged.relationship))
    )
    drawn = () if isinstance(judged.loops, str) else telling.dominance(judged.loops, judged.relationship)
    shown = [
        element("div", chart(dominance.draw, one, f"loops-{turn}", None), class_="panel")
        for turn, one in enumerate(drawn[:_MOST_CHARTS])
    ]
    lead = (
        "With the world at its mean: which loop brings about how much of what changes. "
        "A loop drives its own change on, or holds it back."
    )
    return part(
        "loops", "What comes back, and through whom", said, *([folded("Over time", *shown)] if shown else []), lead=lead
    )
