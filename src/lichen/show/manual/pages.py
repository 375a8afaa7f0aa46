"""Every page of the manual, gathered from where each is written.

Loads no heavy library: the docstrings of findings are read from their text, and of the check only the table of
thresholds is imported, which needs nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import final

from lichen.check.thresholds import TABLE
from lichen.language.functions import FUNCTIONS
from lichen.mechanisms.mechanism import mechanisms
from lichen.show.charts import CHARTS
from lichen.show.manual.keys import key_pages, processes

LANGUAGE = "docs/reference/language.md"

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_ALSO_CALLED = re.compile(r"Also called: ([^.]+)\.(?: (\w+)\.)?\n\n")

WRITTEN = {
    "components": ("Components", "component"),
    "verdicts": ("Words of a verdict", "word of a verdict"),
    "kinds": ("Kinds of relationship", "kind of relationship"),
    "neighbours": ("Neighbours: what it may be instead", "what it may be instead"),
    "readings": ("Readings", "reading"),
    "ideas": ("Ideas of the language", "idea"),
    "names": ("Names that are near", "name"),
}
"""The files of `texts/`: the group their pages stand in, and what each page is about."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: its group in the contents, its title, what it is about, its text in Markdown, and further names."""

    group: str
    title: str
    about: str
    text: str
    names: tuple[str, ...] = ()


@cache
def pages() -> tuple[Page, ...]:
    """All pages, in the order of the contents."""
    package = files("lichen")
    checks, texts = package.joinpath("check"), package.joinpath("show", "manual", "texts")
    found = [*_findings(checks.joinpath("invariants"), "Invariants", "invariant")]
    found += _findings(checks.joinpath("failures"), "Failure modes", "failure mode")
    for file, (group, about) in WRITTEN.items():
        found += _written(texts.joinpath(f"{file}.md"), group, about)
    found.append(_thresholds())
    for each in mechanisms():
        text = each.about.partition("\n\n")[2].strip()
        found.append(Page(group="Mechanisms", title=each.title, about="mechanism", text=text, names=(each.name,)))
    for chart in CHARTS:
        text = _docstring(package.joinpath("show", "charts", f"{chart}.py"))
        found.append(Page(group="Charts", title=chart, about="chart", text=text))
    for key in key_pages():
        found.append(Page(group="Keys of the file", title=key.name, about=key.about, text=key.text))
    for word, keys in processes().items():
        listed = ", ".join(f"`{key}`" for key in keys.names)
        text = f"Stands under `world`, with the keys {listed}. What it draws: {LANGUAGE}, World."
        found.append(Page(group="Processes of the world", title=word, about="process", text=text))
    for name, function in FUNCTIONS.items():
        text = f"Stands in formulas, as `{function.usage}`. What it gives: {LANGUAGE}, Formulas."
        found.append(Page(group="Functions of formulas", title=name, about="function", text=text))
    return tuple(found)


def _findings(folder: Traversable, group: str, about: str) -> Iterator[Page]:
    """A page for each module of a folder, from its docstring: `Title: what it is.`, then sections."""
    for module in sorted(folder.iterdir(), key=lambda module: module.name):
        if module.name.endswith(".py") and not module.name.startswith("_"):
            headline, _, sections = _docstring(module).partition("\n\n")
            title, _, first = " ".join(headline.split()).partition(": ")
            text = f"{first[:1].upper()}{first[1:]}\n\n{_as_markdown(sections)}"
            yield Page(group=group, title=title, about=about, text=text, names=(module.name.removesuffix(".py"),))


def _docstring(module: Traversable) -> str:
    return ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""


def _written(file: Traversable, group: str, about: str) -> Iterator[Page]:
    """A page for each `##` section of a file; a first line `Also called: a, b. Optional.` brings names and a remark."""
    _, *parts = _HEADING.split(file.read_text(encoding="utf-8"))
    for title, section in zip(parts[::2], parts[1::2], strict=True):
        text, names, remark = section.strip(), (), ""
        if also := _ALSO_CALLED.match(text):
            text, names = text[also.end() :], tuple(also[1].split(", "))
            remark = f", {also[2].lower()}" if also[2] else ""
        yield Page(group=group, title=title, about=about + remark, text=text, names=names)


def _thresholds() -> Page:
    """The page of every limit of the verdict, with its reason."""
    rows = "\n".join(f"- {each.name.replace('_', ' ')}, {each.value:g}: {each.reason}." for each in TABLE)
    text = "The limits that figures are held against. They are choices, not laws of nature, each with its reason."
    group, about = WRITTEN["verdicts"]
    return Page(group=group, title="Thresholds", about=about, text=f"{text}\n\n{rows}", names=("threshold",))


def _as_markdown(text: str) -> str:
    """A docstring whose sections are indented under a heading, with the headings as those of Markdown."""
    lines = text.splitlines()
    return "\n".join(f"**{line}**\n" if line[:1].strip() else line.removeprefix("    ") for line in lines).strip()
