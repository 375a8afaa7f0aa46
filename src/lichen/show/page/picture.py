"""Charts below each other as one picture file, with the page's colours for light and dark."""

from __future__ import annotations

from collections.abc import Sequence

from lichen.show.charts import fan
from lichen.show.charts.fan import Fan
from lichen.show.markup import Html, element
from lichen.show.page.parts import style_sheet

WIDTH = 760
_KEY = "Line: the middle future. Bands: nine of ten futures and, darker, half of them."


def picture(title: str, head: Sequence[str], fans: Sequence[Fan]) -> str:
    """All fans as one SVG, each under its title; above them the whole's title, lines that say more, and a key."""
    lines = (*head, _KEY)
    pieces = [
        element("text", title, x=20.0, y=30.0, class_="strong", font_size="17"),
        *(element("text", line, x=20.0, y=50.0 + 17 * turn, class_="quiet") for turn, line in enumerate(lines)),
    ]
    top = 50.0 + 17 * len(lines)
    for turn, one in enumerate(fans):
        drawn = fan.draw(one, WIDTH - 40, f"fan-{turn}")
        head = element("text", one.title, x=20.0, y=top + 14, class_="strong")
        pieces.append(element("g", head, element("g", drawn, transform=f"translate(20 {top + 20:g})")))
        top += fan.height_of(one, WIDTH - 40) + 44
    return element(
        "svg",
        element("title", title),
        element("style", Html(style_sheet())),
        element("rect", x=0.0, y=0.0, width=float(WIDTH), height=top, fill="var(--sheet)"),
        *pieces,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart",
        viewBox=f"0 0 {WIDTH} {top:g}",
        width=f"{WIDTH}",
        height=f"{top:g}",
    )
