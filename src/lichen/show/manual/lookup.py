"""Finding a page of the manual by any of its names, and the list of all pages."""

from __future__ import annotations

import difflib
import re
import textwrap
from functools import cache

from lichen.show.manual.pages import Page, pages

NEAR = 0.7
"""How alike two names are before one is offered for the other, from 0 to 1."""

WIDTH = 96
MOST_LINES = 20
"""Longer groups share lines in the contents."""

_HEADING = re.compile(r"^(?:## (.+)|\*\*(.+)\*\*)$", re.MULTILINE)


def page(name: str) -> str | None:
    """The text of every page of that name; `-`, `_` and spaces are the same. None when there is none."""
    if normal(name) == "contents":
        return contents()
    found = _index().get(normal(name))
    return "\n\n\n".join(_shown(each) for each in found) + "\n" if found else None


def nearest(name: str) -> str | None:
    """The name of a page that is spelt most like it, or None."""
    near = difflib.get_close_matches(normal(name), _index(), n=1, cutoff=NEAR)
    if not near:
        return None
    named = _index()[near[0]][0]
    return next(known for known in (named.title, *named.names) if normal(known) == near[0])


def contents() -> str:
    """The names of all pages, by what they are about; where there are many, several on a line."""
    groups: dict[str, dict[str, None]] = {}
    for each in pages():
        groups.setdefault(each.group, {})[each.title] = None
    listed = (f"{group}\n{_listed(tuple(titles))}" for group, titles in groups.items())
    return "Pages of the manual: lichen explain NAME\n\n" + "\n\n".join(listed) + "\n"


def normal(name: str) -> str:
    """A name as it is compared: lower case, words apart by one space."""
    return re.sub(r"[\s_\-\u2010\u2013\u2014]+", " ", name).strip().casefold()


@cache
def _index() -> dict[str, tuple[Page, ...]]:
    index: dict[str, tuple[Page, ...]] = {}
    for each in pages():
        for name in dict.fromkeys(normal(name) for name in (each.title, *each.names)):
            index[name] = (*index.get(name, ()), each)
    return index


def _shown(each: Page) -> str:
    """A page for the terminal: headings in capitals, prose and list items on lines of `WIDTH`."""
    blocks = _HEADING.sub(lambda heading: (heading[1] or heading[2]).upper(), each.text).split("\n\n")
    return f"{each.title} ({each.about})\n\n" + "\n\n".join(_wrapped(block) for block in blocks)


def _wrapped(block: str) -> str:
    if block.startswith(("|", "    ")):
        return block
    items = re.split(r"\n(?=- |\d+\. )", block)
    return "\n".join(
        textwrap.fill(" ".join(item.split()), WIDTH, subsequent_indent="  " * _is_item(item)) for item in items
    )


def _is_item(text: str) -> bool:
    return re.match(r"- |\d+\. ", text) is not None


def _listed(titles: tuple[str, ...]) -> str:
    if len(titles) <= MOST_LINES:
        return textwrap.indent("\n".join(titles), "  ")
    return textwrap.fill(", ".join(titles), WIDTH, initial_indent="  ", subsequent_indent="  ")
