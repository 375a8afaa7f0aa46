"""Documentation that could grow stale is generated or run: every page here is held against the program."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from docs.generate import REFERENCE, generated_pages, written_pages
from docs.outputs import ROOT, run, with_outputs
from lichen.cli import SECTIONS
from lichen.language.keys import MECHANISMS, TOP
from lichen.show.charts import CHARTS
from lichen.show.manual.keys import key_pages

ALL = bool(os.environ.get("LICHEN_TEST_ALL"))
PAGES = [path for path in written_pages() if path not in generated_pages()]
WITH_OUTPUT = [path for path in PAGES if "```console" in path.read_text(encoding="utf-8")]
CALLS = [
    (path, command)
    for path in PAGES
    for command in re.findall(
        r"^ {4}(\./dev lichen [a-z]+ .*?)(?:\s{2,}.*)?$", path.read_text(encoding="utf-8"), re.MULTILINE
    )
]
FAST = [call for call in CALLS if "examples/bees" not in call[1]]
"""Commands that stand indented, without what they print; those over the bees take long."""


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", generated_pages(), ids=name)
def test_a_generated_page_says_what_the_program_says_now(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == generated_pages()[path], "run ./dev docs"


@pytest.mark.parametrize("path", WITH_OUTPUT, ids=name)
def test_commands_of_a_page_print_what_stands_below_them(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert with_outputs(text, slow=ALL) == text, "run ./dev docs and look at what changed"


@pytest.mark.parametrize(("path", "command"), CALLS if ALL else FAST)
def test_a_command_of_a_page_runs(path: Path, command: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "examples").symlink_to(ROOT / "examples")
        run(command, Path(folder))


@pytest.mark.parametrize("path", PAGES + sorted(generated_pages()), ids=name)
def test_every_link_of_a_page_leads_somewhere(path: Path) -> None:
    for target in links(path):
        file, _, anchor = target.partition("#")
        page = (path.parent / file).resolve() if file else path
        assert page.exists(), f"{target}: no such file"
        assert ROOT in page.parents, f"{target}: leads out of the repository"
        if anchor:
            assert anchor in anchors(page), f"{target}: no such heading"


def test_the_reference_names_every_verb() -> None:
    page = (REFERENCE / "verbs.md").read_text(encoding="utf-8")
    for _, verbs in SECTIONS:
        for verb in verbs:
            assert f"### `lichen {verb.name}`" in page
            assert verb.help, f"{verb.name} says nothing about itself"


def test_the_language_says_which_verbs_are_there_and_which_are_not_yet() -> None:
    language = (REFERENCE / "language.md").read_text(encoding="utf-8")
    there = {verb.name for _, verbs in SECTIONS for verb in verbs}
    for section, verbs in SECTIONS:
        row = re.search(rf"^\| {section} \|(.*)\|(.*)\|$", language, re.MULTILINE)
        assert row, section
        named, promised = (
            set(re.findall(r"[a-z]+", " ".join(re.findall(r"`([^`]+)`", cell)))) for cell in row.groups()
        )
        assert {verb.name for verb in verbs} <= named
        assert not promised & there


def test_the_reference_names_every_finding() -> None:
    found = (REFERENCE / "findings.md").read_text(encoding="utf-8")
    titles = {re.sub(r"\W+", "_", title).lower() for title in re.findall(r"^### (.+)$", found, re.MULTILINE)}
    for module in modules("check/invariants") + modules("check/failures"):
        assert module in titles


def test_the_reference_names_every_mechanism() -> None:
    page = (REFERENCE / "mechanisms.md").read_text(encoding="utf-8")
    for mechanism in MECHANISMS:
        assert f"| [`{mechanism}`]" in page


def test_the_reference_names_every_chart() -> None:
    page = (REFERENCE / "verbs.md").read_text(encoding="utf-8")
    for chart in CHARTS:
        assert f"| `{chart}` |" in page


def test_the_reference_names_every_key() -> None:
    page = (REFERENCE / "keys.md").read_text(encoding="utf-8")
    for key in key_pages():
        assert f"`{key.name}`" in page
    language = (REFERENCE / "language.md").read_text(encoding="utf-8")
    for key in key_pages():
        assert re.search(rf"\b{key.name}\b", language), f"{key.name} stands in no sentence of the language"


def test_every_component_has_a_page() -> None:
    page = (REFERENCE / "findings.md").read_text(encoding="utf-8")
    parts = {
        "reciprocity",
        "shared_value",
        "reinforcement",
        "balance",
        "adjustment",
        "risk_sharing",
        "exit",
        "power_review",
    }
    assert parts <= set(TOP.names)
    for part in parts:
        assert f"In the file: `{part}`" in page


def test_the_first_example_of_the_language_is_the_supply_example() -> None:
    language = (REFERENCE / "language.md").read_text(encoding="utf-8")
    first = re.search(r"^```yaml\n(.*?)^```$", language, re.MULTILINE | re.DOTALL)
    assert first
    example = (ROOT / "examples/supply/relationship.yaml").read_text(encoding="utf-8")
    assert bare(yaml.load(example, yaml.BaseLoader)) == bare(yaml.load(first[1], yaml.BaseLoader))


def bare(value: object) -> object:
    """A file without its reasons and without who stands behind its tables."""
    if isinstance(value, dict):
        return {key: bare(each) for key, each in value.items() if key not in ("because", "stated_by", "attested_by")}
    return [bare(each) for each in value] if isinstance(value, list) else value


def modules(folder: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / "src/lichen" / folder).glob("*.py") if not path.stem.startswith("_"))


def links(path: Path) -> Iterator[str]:
    """The targets of the links of a page that lead into the repository."""
    text = re.sub(r"^```.*?^```$|`[^`\n]+`", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(path: Path) -> set[str]:
    """The headings of a page as addresses."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
