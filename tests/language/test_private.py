"""What each side keeps to itself: used by its owner, unknown to the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from lichen.language.problem import render
from lichen.language.reading import Reading, not_at_hand, read
from lichen.language.source import Source
from lichen.relationship.formula import Spread
from lichen.relationship.relationship import Relationship
from lichen.workspace import read_relationship

SHARED = """\
lichen: 1
relationship: Northfield and Alder
time: {start: 2026-01-05, horizon: 1 year}
parties:
  northfield: {kind: organisation, capacities: {cash: {level: 900 EUR, floor: private to northfield}}}
  alder:
    kind: organisation
    capacities:
      cash:
        level: 800 EUR
        floor: {from: 200 EUR, to: 400 EUR, stated_by: alder, on: 2026-01-05}
        change: private to alder
"""
ALDER = """\
parties:
  alder:
    walk_away: 0.2
    capacities: {cash: {floor: {value: 350 EUR, because: two payrolls}, change: -3 EUR/week}}
"""
NORTHFIELD = "parties: {northfield: {capacities: {cash: {floor: 100 EUR}}}}\n"


def reading(party: str | None = None, **parts: str) -> Reading:
    sources = {owner: Source(f"private/{owner}.yaml", text) for owner, text in parts.items()}
    return read(Source("file.yaml", SHARED), parts=sources, party=party)


def relationship(party: str | None = None, **parts: str) -> Relationship:
    found = reading(party, **parts)
    assert found.relationship is not None, render(found.problems)
    return found.relationship


def test_without_any_part_the_stated_range_stands_and_the_rest_is_unknown() -> None:
    found = relationship()
    cash = found.parties["alder"].capacities["cash"]
    assert cash.floor.tree == Spread(200.0, 400.0, "parties.alder.capacities.cash.floor", cash.level.dimension)
    assert (cash.floor.stated_by, str(cash.floor.stated_on)) == ("alder", "2026-01-05")
    assert cash.change is not None and not cash.change.known and cash.change.private_to == "alder"
    assert found.parties["alder"].walk_away is None
    assert set(found.hidden) == {
        "parties.northfield.capacities.cash.floor",
        "parties.alder.capacities.cash.floor",
        "parties.alder.capacities.cash.change",
    }


def test_a_part_at_hand_is_used() -> None:
    found = relationship(alder=ALDER, northfield=NORTHFIELD)
    alder = found.parties["alder"]
    floor = alder.capacities["cash"].floor
    assert (floor.number, floor.because, floor.private_to) == (350.0, "two payrolls", "alder")
    assert alder.walk_away is not None and alder.walk_away.number == 0.2
    assert found.hidden == ()
    assert found.at(floor.path) == "private/alder.yaml:4:40"


def test_a_party_sees_its_own_part_and_no_other() -> None:
    found = relationship("northfield", alder=ALDER, northfield=NORTHFIELD)
    assert found.parties["northfield"].capacities["cash"].floor.number == 100.0
    assert found.parties["alder"].capacities["cash"].floor.number is None
    assert found.parties["alder"].walk_away is None


@pytest.mark.parametrize("other", ["", ALDER.replace("350", "210"), "parties: [", "nonsense: 1\n"])
def test_nothing_that_a_party_reads_depends_on_the_part_of_another(other: str, tmp_path: Path) -> None:
    worlds = []
    for name, text in (("a", ALDER), ("b", other)):
        folder = tmp_path / name
        (folder / "private").mkdir(parents=True)
        (folder / "file.yaml").write_text(SHARED)
        (folder / "private" / "northfield.yaml").write_text(NORTHFIELD)
        (folder / "private" / "alder.yaml").write_text(text)
        worlds.append(read_relationship(folder / "file.yaml", "northfield"))
    assert repr(worlds[0]) == repr(worlds[1])


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ("parties: {alder: {capacities: {cash: {level: 1 EUR}}}}\n", "does not leave"),
        ("parties: {northfield: {walk_away: 0.1}}\n", "does not leave"),
        ("parties: {alder: {capacities: {cash: {floor: 500 EUR}}}}\n", "outside the range"),
        ("parties: {alder: {capacities: {cash: {floor: 350 kg}}}}\n", "must be EUR"),
        ("parties: {alder: {capacities: {cash: {floor: 350 EURO}}}}\n", "no unit"),
        ("parties: {alder: {walk_away: 1 EUR}}\n", "must be a plain number"),
        ("- alder\n", "is a mapping"),
        ("parties: {alder: {\n", ""),
    ],
)
def test_a_part_that_says_too_much_or_nonsense_is_a_problem_there(part: str, word: str) -> None:
    found = reading(alder=part)
    assert found.relationship is None
    assert found.problems[0].origin.file == "private/alder.yaml"
    assert word in found.problems[0].fact


def test_a_value_left_to_nobody_is_a_problem() -> None:
    found = read(Source("file.yaml", SHARED.replace("private to alder", "private to aldr")))
    assert [p.repair for p in found.problems] == ["Did you mean `alder`?"]


def test_a_part_under_a_misspelt_name_is_a_problem_and_that_of_a_stranger_is_not() -> None:
    assert [p.repair for p in reading(aldr=ALDER).problems] == ["Did you mean `alder`?"]
    assert not reading(quarry=ALDER).problems


def test_that_nothing_of_a_party_is_at_hand_is_said() -> None:
    for own in (None, "", "# nothing yet\n"):
        found = relationship("alder", **({} if own is None else {"alder": own}), northfield=NORTHFIELD)
        assert found.parts == ()
        assert not_at_hand(found, "alder") == (
            "Nothing that alder keeps to itself is at hand: what you see is what everybody sees "
            "(its own figures stand in `private/alder.yaml` beside the file).",
        )
    assert not_at_hand(relationship("alder", alder=ALDER), "alder") == ()
    assert not_at_hand(relationship(), None) == ()


def test_the_content_hash_is_that_of_the_shared_text() -> None:
    assert relationship(alder=ALDER).content_hash == relationship().content_hash
