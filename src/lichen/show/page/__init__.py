"""One self-contained page for both sides: no script, no other file, nothing from outside.

The first screen says who is worse off, since when, and what can be done. Below stands everything it was reached from.
"""

from __future__ import annotations

from lichen.show import outlook
from lichen.show.judged import Judged
from lichen.show.markup import Html, element
from lichen.show.page.balance import balance_part
from lichen.show.page.findings import findings_part
from lichen.show.page.first import first_screen, head
from lichen.show.page.loops import loops_part
from lichen.show.page.parts import document
from lichen.show.page.readings import next_part, readings_part, rests_part
from lichen.show.page.record import record_part
from lichen.show.page.sides import futures_part, map_part, sides_part
from lichen.show.page.terms import file_part, made_part, rules_part
from lichen.show.page.trying import trying_part

_CONTENTS = (
    ("sides", "Each side"),
    ("findings", "Findings"),
    ("map", "Map"),
    ("futures", "Futures"),
    ("tried", "If things change"),
    ("loops", "What comes back"),
    ("record", "Record"),
    ("balance", "Balance"),
    ("readings", "Readings"),
    ("rests", "What it rests on"),
    ("next", "What to find out"),
    ("rules", "What was agreed"),
    ("file", "Terms"),
    ("made", "How it was made"),
)


def review_page(judged: Judged) -> str:
    """The whole page as text."""
    return document(f"{judged.verdict.relationship} · review", _body(judged))


def _same(judged: Judged) -> str:
    """Who else sees this page."""
    return "Every side sees the same page." if judged.party is None else "The other side may see other figures."


def _body(judged: Judged) -> Html:
    found = outlook.outlooks(judged)
    verdict, relationship = judged.verdict, judged.relationship
    contents = (element("li", element("a", words, href=f"#{name}")) for name, words in _CONTENTS)
    return element(
        "div",
        head(judged),
        element("nav", element("ul", *contents), aria_label="On this page"),
        element(
            "main",
            first_screen(judged, found),
            sides_part(judged, found),
            findings_part(verdict, relationship),
            map_part(judged.map),
            futures_part(judged, found),
            trying_part(judged),
            loops_part(judged),
            record_part(judged),
            balance_part(judged),
            readings_part(verdict, relationship),
            rests_part(verdict),
            next_part(verdict),
            rules_part(relationship),
            file_part(relationship),
            made_part(judged),
        ),
        element("footer", f"Made with lichen from one file. {_same(judged)}", class_="small"),
        class_="wrap",
    )
