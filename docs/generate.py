"""Writes what in the documentation follows from the program: the reference pages, and what commands print in all pages.

`python -m docs.generate` (`./dev docs`) writes; `tests/test_docs.py` compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from docs.outputs import ROOT, with_outputs
from lichen.cli import SECTIONS
from lichen.mechanisms.mechanism import mechanisms
from lichen.show.manual.keys import KeyPage, key_pages
from lichen.show.manual.pages import WRITTEN, Page, pages

REFERENCE = ROOT / "docs" / "reference"
GENERATED = "*This page is generated from the program by `./dev docs`.*"

VERBS_INTRODUCTION = """\
Always `lichen VERB FILE`. Exit status: 0 symbiotic or nothing to object, 1 any other verdict, 2 wrong input, 3 stopped
by a limit or by you."""
MECHANISMS_INTRODUCTION = """\
Well-tried forms of a symbiotic relationship. A file names one under `mechanism`; no relationship is symbiotic by the
name of its mechanism."""
KEYS_INTRODUCTION = """\
Every key of a relationship file, in the order of the file; **bold** keys are required. What they mean together stands
in [the language](language.md)."""


def written_pages() -> Iterator[Path]:
    """The pages in which commands may stand: those of the top, of the documentation and of the examples."""
    yield from sorted(ROOT.glob("*.md"))
    yield from sorted(ROOT.glob("docs/**/*.md"))
    yield from sorted(ROOT.glob("examples/*/README.md"))


def generated_pages() -> Mapping[Path, str]:
    """The text of each reference page that follows from the program."""
    texts = {"verbs": _verbs(), "findings": _findings(), "mechanisms": _mechanisms(), "keys": _keys()}
    return {REFERENCE / f"{name}.md": text for name, text in texts.items()}


def _page(title: str, *parts: str) -> str:
    return "\n\n".join((f"# {title}", GENERATED, *(part.strip() for part in parts))) + "\n"


def _verbs() -> str:
    """The page of the verbs, from what the command line says of each."""
    parts = [VERBS_INTRODUCTION]
    for section, verbs in SECTIONS:
        parts.append(f"## {section}")
        for verb in verbs:
            parts += [f"### `lichen {verb.name}`", _unwrapped(verb.help or ""), _options(verb)]
    charts = [f"| `{page.title}` | {_cell(page.text)} |" for page in pages() if page.about == "chart"]
    parts += ["## Charts", "\n".join(["| chart | what it shows |", "|---|---|", *charts])]
    return _page("Verbs", *parts)


def _options(verb: click.Command) -> str:
    """How a verb is called, and its options."""
    context = click.Context(verb)
    usage = " ".join(["lichen", verb.name or "", *verb.collect_usage_pieces(context)])
    options = (option.get_help_record(context) for option in verb.params if isinstance(option, click.Option))
    rows = [f"| `{_cell(record[0])}` | {_cell(record[1])} |" for record in options if record]
    return "\n".join([f"`{usage}`", "", "| option | meaning |", "|---|---|", *rows] if rows else [f"`{usage}`"])


def _findings() -> str:
    """The page of what a verdict speaks of, group by group."""
    parts = ["What a verdict speaks of. `lichen explain NAME` prints each of these pages."]
    for group in ("Invariants", "Failure modes", *(group for group, _ in WRITTEN.values())):
        parts.append(f"## {group}")
        parts += [_finding(page) for page in pages() if page.group == group]
    return _page("Findings", *parts)


def _finding(page: Page) -> str:
    return f"### {page.title}\n\n*{page.about.capitalize()}.* {page.text}"


def _mechanisms() -> str:
    table = ["| mechanism | what it is |", "|---|---|"]
    table += [f"| [`{each.name}`](#{_anchor(each.title)}) | {_cell(each.summary)} |" for each in mechanisms()]
    abouts = [re.sub(r"^(#+ )", r"#\1", each.about, flags=re.MULTILINE) for each in mechanisms()]
    return _page("Mechanisms", MECHANISMS_INTRODUCTION, "\n".join(table), *abouts)


def _keys() -> str:
    lines = ["| key | what it is | where it stands | what is written there |", "|---|---|---|---|"]
    lines += [f"| {_key_name(key)} | {_cell(key.doc)} | {_places(key)} | {_cell(key.says)} |" for key in key_pages()]
    return _page("Keys", KEYS_INTRODUCTION, "\n".join(lines))


def _key_name(key: KeyPage) -> str:
    return f"**`{key.name}`**" if key.required else f"`{key.name}`"


def _places(key: KeyPage) -> str:
    places = [f"`{place.rpartition('.')[0] or 'top'}`" for place in key.places[:3]]
    return ", ".join(places) + (f" and {len(key.places) - 3} more" if len(key.places) > 3 else "")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _anchor(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _unwrapped(text: str) -> str:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def main() -> None:
    """Write the generated pages and refresh every page with commands; say what changed."""
    fresh = dict(generated_pages())
    for path in written_pages():
        if path not in fresh:
            fresh[path] = with_outputs(path.read_text(encoding="utf-8"))
    for path, text in fresh.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            click.echo(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
