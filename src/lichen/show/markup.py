"""Elements of HTML and SVG, in which text from a file can never become markup.

Whatever is not an `Html` is escaped when it becomes a child or an attribute.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias, final

_EMPTY = frozenset({"meta", "br", "hr", "rect", "line", "path", "circle", "use", "polygon"})


@final
class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Child: TypeAlias = "str | Html | Iterable[Child] | None"
Attribute: TypeAlias = "str | float | bool | None"


def element(name: str, /, *children: Child, **attributes: Attribute) -> Html:
    """One element: `element("p", text, class_="note")`.

    A trailing `_` of an attribute is dropped and `_` becomes `-`. False and None leave an attribute out, True gives it
    without a value.
    """
    start = name + "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _EMPTY:
        return Html(f"<{start}/>")
    return Html(f"<{start}>{join(*children)}</{name}>")


def join(*children: Child) -> Html:
    """Several pieces one after the other, each escaped unless it is markup; None is nothing."""
    return Html("".join(_markup(child) for child in children))


def _markup(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str):
        return escape(child)
    return "".join(_markup(inner) for inner in child)


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.removesuffix("_").replace("_", "-")
    if value is True:
        return f" {name}"
    written = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f' {name}="{escape(written)}"'
