"""What every page is made of: the document with its policy and style sheet, parts under a heading, small pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from importlib import resources
from typing import TypeVar

from lichen.show.figures import SPACE
from lichen.show.markup import Child, Html, element, join

Drawn = TypeVar("Drawn")

WIDE, NARROW = 720, 330
"""The widths in pixels at which a chart is drawn: for a screen and for a phone."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Lets nothing in from outside."""


def document(title: str, *body: Html) -> str:
    """A whole page as text, with everything that it needs inside."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Html(style_sheet())),
    )
    return "<!doctype html>\n" + element("html", head, element("body", *body), lang="en") + "\n"


def style_sheet() -> str:
    """System fonts, two palettes, phone, wide screen and paper."""
    return resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")


def part(name: str, title: str, *children: Child, lead: str | None = None) -> Html:
    """A part of the page under its own heading."""
    head = element("h2", title, id=f"{name}-heading")
    said = element("p", prose(lead), class_="lead") if lead else None
    return element("section", head, said, *children, id=name, class_="part", aria_labelledby=f"{name}-heading")


def chip(state: str, words: str | None = None) -> Html:
    """A state in word, shape and colour."""
    return element("span", words or state, class_=f"chip {state.replace(' ', '-')}")


def prose(words: str) -> Html:
    """A sentence in which what stands in backticks is shown as code, and no line breaks before a per cent sign."""
    pieces = re.split(r"`([^`]+)`", re.sub(r"(?<=\d) %", f"{SPACE}%", words))
    return join(*(element("code", piece) if turn % 2 else piece for turn, piece in enumerate(pieces)))


def spoken(words: str) -> Html:
    """A sentence for a headline: names of the file are said as words."""
    pieces = re.split(r"`([^`]+)`", re.sub(r"(?<=\d) %", f"{SPACE}%", words))
    return join(*(element("em", piece.replace("_", " ")) if turn % 2 else piece for turn, piece in enumerate(pieces)))


def chart(
    draw: Callable[[Drawn, int, str], Html], value: Drawn, name: str, caption: str | None, wide: int = WIDE
) -> Html:
    """A chart in two widths, of which the style sheet shows the one that fits."""
    sizes = (("wide", wide), ("narrow", NARROW))
    drawn = (element("div", draw(value, width, f"{name}-{size}"), class_=size) for size, width in sizes)
    return element("figure", element("figcaption", prose(caption)) if caption else None, *drawn)


def table(
    head: Sequence[str], rows: Iterable[Sequence[Child]], *, caption: str | None = None, numbers: int = 0
) -> Html:
    """A table whose first column names the rows; the last `numbers` columns hold figures.

    On a phone the cells of a table without figures stand below each other, each under the name of its column.
    """
    first = len(head) - numbers
    heads = (
        element("th", cell, scope="col", class_="number" if turn >= first else None) for turn, cell in enumerate(head)
    )
    body = (element("tr", *_cells(row, head, first)) for row in rows)
    made = element(
        "table",
        element("caption", caption) if caption else None,
        element("thead", element("tr", *heads)),
        element("tbody", *body),
        class_=None if numbers else "stacks",
    )
    return element("div", made, class_="scroll", tabindex="0", role="region", aria_label=caption or ", ".join(head))


def _cells(row: Sequence[Child], head: Sequence[str], first: int) -> Iterable[Html]:
    for turn, cell in enumerate(row):
        if turn == 0:
            yield element("th", cell, scope="row")
        else:
            yield element("td", cell, class_="number" if turn >= first else None, data_column=head[turn])


def folded(summary: Child, *children: Child) -> Html:
    """Something that is unfolded by who wants to see it."""
    return element("details", element("summary", summary), *children)
