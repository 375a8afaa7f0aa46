"""Non-interference: nothing that one side is shown depends on a byte of what the other keeps to itself.

The supply example with one figure private and one known by a range only, in folders that differ in nothing but
`private/alder.yaml`. What Northfield is shown must be equal to the last byte; what Alder is shown must not, or the test
would show nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count as count_from
from pathlib import Path

import pytest

from lichen.workspace import read_relationship
from tests.command import Answer, run

ROOT = Path(__file__).parent.parent
SHARED = (ROOT / "examples/supply/relationship.yaml").read_text()
TABLES = {path.name: path.read_bytes() for path in (ROOT / "examples/supply").glob("*.csv")}
WITH_PRIVATE = (
    ("horizon: 3 years", "horizon: 1 year"),
    ("floor: 300 kEUR", "floor: {from: 200 kEUR, to: 400 kEUR, stated_by: alder, on: 2026-01-05}"),
    ("change: -0.15 %/week * alder.line", "change: private to alder"),
)
NORTHFIELD = "parties: {northfield: {walk_away: 0.2, alternatives: 1}}\n"
ALDER = """\
parties:
  alder:
    walk_away: 0.1
    alternatives: 3
    capacities:
      cash: {floor: 350 kEUR}
      line: {change: -0.15 %/week * alder.line}
"""
OTHERS = {
    "other figures": ALDER.replace("350", "210").replace("0.15", "0.9").replace("alternatives: 3", "alternatives: 0"),
    "missing": None,
    "empty": "",
    "broken": "parties: [\n  {",
    "no mapping": "- alder\n",
    "too much": "parties: {alder: {capacities: {cash: {level: 1 EUR}}}}\n",
    "outside its range": "parties: {alder: {capacities: {cash: {floor: 1 kEUR}}}}\n",
    "huge": "# " + "x" * 2**21,
    "binary": "\0\0\0",
    "unknown party": "parties: {northfield: {walk_away: 0.9}}\n",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that a command shows: its exit status, both streams and the file that it writes."""

    answer: Answer
    written: bytes | None


Show = Callable[[Sequence[str], str | None], Seen]


def folder(root: Path, alder: str | None) -> Path:
    """The files of one world; its folder is called alike in all worlds."""
    here = root / "world"
    (here / "private").mkdir(parents=True)
    text = SHARED
    for shared, private in WITH_PRIVATE:
        assert shared in text
        text = text.replace(shared, private)
    (here / "file.yaml").write_text(text)
    (here / "changed.yaml").write_text(text.replace("value: 12 weeks", "value: 4 weeks"))
    for name, table in TABLES.items():
        (here / name).write_bytes(table)
    (here / "private/northfield.yaml").write_text(NORTHFIELD)
    if alder is not None:
        (here / "private/alder.yaml").write_text(alder)
    return here


def seen(
    here: Path, command: Sequence[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Seen:
    answer = run(tuple(command), here, monkeypatch, capsys)
    page = here / "page.html"
    return Seen(answer=answer, written=page.read_bytes() if page.exists() else None)


COMMANDS = (
    ("check", "file.yaml", "--runs", "20"),
    ("check", "file.yaml", "--runs", "20", "--format", "json"),
    ("check", "file.yaml", "--runs", "20", "--format", "markdown", "--seed", "7"),
    ("review", "file.yaml", "--runs", "20", "--output", "page.html"),
    ("map", "file.yaml"),
    ("map", "file.yaml", "--format", "json"),
    ("map", "file.yaml", "--format", "svg"),
    ("map", "file.yaml", "--format", "graphml"),
    ("balance", "file.yaml"),
    ("balance", "file.yaml", "--format", "json"),
    ("simulate", "file.yaml", "--runs", "20", "--format", "csv"),
    ("stress", "file.yaml", "--runs", "20", "--only", "exits", "--only", "enforcement", "--format", "json"),
    ("compare", "file.yaml", "changed.yaml", "--runs", "20"),
    ("compare", "file.yaml", "changed.yaml", "--runs", "20", "--format", "json"),
)


def named(command: Sequence[str]) -> str:
    return " ".join(word for word in command if not word.endswith((".yaml", ".html")))


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Show:
    """What a command shows in the world with this part of Alder's."""
    count = count_from()
    return lambda command, alder: seen(folder(tmp_path / str(next(count)), alder), command, monkeypatch, capsys)


@pytest.mark.parametrize("command", COMMANDS, ids=named)
def test_what_one_side_is_shown_does_not_depend_on_the_part_of_the_other(command: Sequence[str], show: Show) -> None:
    asked = (*command, "--for", "northfield")
    expected = show(asked, ALDER)
    assert expected.answer.status in (0, 1)
    for name, alder in OTHERS.items():
        assert show(asked, alder) == expected, name


@pytest.mark.parametrize("command", COMMANDS, ids=named)
def test_what_a_side_is_shown_depends_on_its_own_part(command: Sequence[str], show: Show) -> None:
    """So that the test above can fail. Tallies of the record and pictures of the map need no private figure."""
    asked = (*command, "--for", "alder")
    one, other = show(asked, ALDER), show(asked, OTHERS["other figures"])
    assert one.answer.status in (0, 1)
    if command[0] != "balance" and command[-1] not in ("svg", "graphml"):
        assert one != other
    assert show(asked, OTHERS["broken"]).answer.status == 2


def test_problems_of_the_shared_file_are_told_without_a_word_of_the_other_part(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        f"{__name__}.SHARED", SHARED.replace("kind: benefit", "kind: benifit").replace("12 weeks", "12 EUR")
    )
    asked = ("check", "file.yaml", "--for", "northfield")
    expected = show(asked, ALDER)
    assert expected.answer.status == 2
    assert "benifit" in expected.answer.stderr
    for name, alder in OTHERS.items():
        assert show(asked, alder) == expected, name


@pytest.mark.parametrize("command", [c for c in COMMANDS if c[0] in ("review", "map") or "json" in c], ids=named)
def test_a_side_whose_own_part_is_not_at_hand_is_told_so(command: Sequence[str], show: Show) -> None:
    asked = (*command, "--for", "alder")
    told = "Nothing that Alder Packaging keeps to itself is at hand"
    for own, is_told in ((None, True), (ALDER, False)):
        shown = show(asked, own)
        said = " ".join((shown.answer.said + (shown.written or b"").decode()).split())
        assert (told in said) is is_told
        if command[0] != "map" and command[-1] == "json":
            assert any(told in one for one in json.loads(shown.answer.stdout)["unread"]) is is_told


@pytest.mark.parametrize("name", ["missing", "other figures"])
def test_the_content_hash_is_that_of_the_shared_file(name: str, tmp_path: Path) -> None:
    hashes = set()
    for place, alder in (("0", ALDER), ("1", OTHERS[name])):
        for party in ("northfield", "alder", None):
            relationship = read_relationship(
                folder(tmp_path / f"{place}{party}", alder) / "file.yaml", party
            ).relationship
            assert relationship is not None
            hashes.add(relationship.content_hash)
    assert len(hashes) == 1
