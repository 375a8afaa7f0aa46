"""The page of `lichen simulate`: bands over time for each side, capacity and flow, every lane beside the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lichen.show.charts import fan
from lichen.show.markup import Html, element
from lichen.show.page.parts import chart, document, part, prose, table
from lichen.show.simulated import SECTIONS, beside, doubts, fan_of, floors_table, how, series_in, stopped
from lichen.simulation.prospects import Prospects

if TYPE_CHECKING:
    from lichen.relationship.relationship import Relationship

_WIDE = 520
"""The width of a chart that stands beside another."""
_LEADS = {
    "Room left": "How far each side is above its floor: 100 % is where it is healthy, 0 % the floor of what it is "
    "shortest of.",
    "What each lives on": "The floor is drawn where it is one number.",
    "What passes": "In the time of one step of the file.",
}


def futures_page(prospects: Prospects, relationship: Relationship) -> str:
    """The whole page as text."""
    title = f"{prospects.relationship} · futures"
    done = stopped(prospects)
    shown = [name for name in SECTIONS if series_in(name, prospects)]
    contents = (element("li", element("a", name, href=f"#{_anchor(name)}")) for name in shown)
    body = element(
        "div",
        element(
            "header",
            element("p", title, class_="eyebrow"),
            element("h1", "Where it goes"),
            element("p", how(prospects, relationship), class_="lead"),
            element("p", done, class_="lead") if done else None,
            *(element("p", prose(said), class_="lead") for said in doubts(prospects, relationship)),
        ),
        element(
            "main",
            _lanes(prospects, relationship),
            element("nav", element("ul", *contents), aria_label="On this page"),
            *(_part(name, prospects, relationship) for name in shown),
        ),
        element("footer", "Made with lichen from one file.", class_="small"),
        class_="wrap",
    )
    return document(title, body)


def _lanes(prospects: Prospects, relationship: Relationship) -> Html:
    said = "The line is the middle future: half of all lie below it. Nine of ten lie within the pale band"
    said += ", half within the darker one." if len(prospects.lanes) == 1 else "; half within the darker one, as it is."
    items = [element("li", prose(one)) for one in beside(prospects, relationship)]
    return element("div", element("p", said), element("ul", *items) if items else None, class_="panel")


def _part(name: str, prospects: Prospects, relationship: Relationship) -> Html:
    found = [fan_of(series, prospects, relationship) for series in series_in(name, prospects)]
    drawn = (chart(fan.draw, one, f"{_anchor(name)}-{turn}", one.title, _WIDE) for turn, one in enumerate(found))
    return part(
        _anchor(name),
        name,
        element("div", *(element("div", one, class_="panel") for one in drawn), class_="charts"),
        *(_floors(prospects, relationship) if name == "Room left" else ()),
        lead=_LEADS[name],
    )


def _floors(prospects: Prospects, relationship: Relationship) -> Iterator[Html]:
    head, *rows = floors_table(prospects, relationship, "{side}, {lane}")
    caption = "In how many futures each side has been below its floor by then"
    yield table(("", *head[1:]), rows, caption=caption, numbers=len(head) - 1)
    if any("(" in share for row in rows for share in row[1:]):
        yield element("p", "In brackets: with what may happen between two steps.", class_="small")


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-")
