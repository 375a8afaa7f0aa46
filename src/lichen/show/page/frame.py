"""What every page has: its head with a policy that lets nothing in from outside, and its style sheet."""

from __future__ import annotations

from importlib import resources

from lichen.show.markup import Html, element

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def document(title: str, *body: Html) -> str:
    """A whole page as text, with everything that it needs inside."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Html(_style_sheet())),
    )
    return "<!doctype html>\n" + element("html", head, element("body", *body), lang="en") + "\n"


def _style_sheet() -> str:
    """System fonts, two palettes, phone, wide screen and paper."""
    return resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
