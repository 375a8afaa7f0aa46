"""The packages of Debian: what lichen finds against a plain search through the tables, and what the page says of it."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from lichen.dependency.contagion_members import MemberRanking, rank_members
from lichen.relationship.relationship import Relationship
from lichen.simulation.experiments import BASE, member_shocks
from lichen.simulation.run import simulate
from lichen.workspace import read_relationship

FOLDER = Path(__file__).parent.parent / "examples" / "debian"
Node = tuple[str, str]
"""Group and member."""


def rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(FOLDER / "data" / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def relationship() -> Relationship:
    found = read_relationship(FOLDER / "relationship.yaml").relationship
    assert found is not None
    return found


@pytest.fixture(scope="module")
def ranking(relationship: Relationship) -> MemberRanking:
    found = rank_members(relationship)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def takes_along() -> dict[Node, list[Node]]:
    """Whom the failure of each strikes directly: those that need it without an alternative, and what it looks after."""
    found: dict[Node, list[Node]] = {}
    for row in rows("depends.csv.gz"):
        if row["kind"] != "recommends" and row["alternatives"] == "1":
            found.setdefault(("packages", row["provider"]), []).append(("packages", row["dependent"]))
    for row in rows("packages.csv.gz"):
        if row["maintainer_kind"] != "orphaned":
            found.setdefault(("maintainers", row["maintainer"]), []).append(("packages", row["package"]))
    return found


def reach(takes_along: dict[Node, list[Node]], first: Node) -> int:
    """How many others fall with one, found breadth first."""
    found, front = {first}, [first]
    while front:
        front = [other for one in front for other in takes_along.get(one, ()) if other not in found]
        front = list(dict.fromkeys(front))
        found.update(front)
    return len(found) - 1


def test_the_tables_are_whole_and_what_was_counted_from_them_is_right() -> None:
    packages = {row["package"]: row for row in rows("packages.csv.gz")}
    needs = list(rows("depends.csv.gz"))
    assert (len(packages), len(needs)) == (63_436, 292_183)
    assert all(row["dependent"] in packages and row["provider"] in packages for row in needs)
    hard = Counter(row["dependent"] for row in needs if row["kind"] != "recommends" and row["alternatives"] == "1")
    owned = {name: row["maintainer_kind"] != "orphaned" for name, row in packages.items()}
    assert all(int(row["stands_on"]) == hard[name] + owned[name] for name, row in packages.items())
    kept = Counter((row["maintainer"], row["maintainer_kind"]) for row in packages.values() if owned[row["package"]])
    maintainers = {
        (row["maintainer"], row["maintainer_kind"]): int(row["packages"]) for row in rows("maintainers.csv.gz")
    }
    assert maintainers == kept


def test_the_furthest_reach_is_that_of_a_plain_search(
    ranking: MemberRanking, takes_along: dict[Node, list[Node]]
) -> None:
    assert ranking.members == 63_436 + 2_114
    told = {(one.group, one.member): one for one in (*ranking.leading, *ranking.unowned)}
    asked = [*ranking.leading[::3], *ranking.unowned[:3]]
    assert [one.reach for one in asked] == [reach(takes_along, (one.group, one.member)) for one in asked]
    assert all(one.direct == len(set(takes_along[node])) for node, one in told.items())
    # Whoever else has many direct links reaches no further than the last that is told.
    others = [node for node in sorted(takes_along, key=lambda node: -len(takes_along[node])) if node not in told]
    assert all(reach(takes_along, node) <= ranking.leading[-1].reach for node in others[:12])


def test_those_without_an_owner_are_the_orphaned_packages(ranking: MemberRanking) -> None:
    orphaned = {row["package"] for row in rows("packages.csv.gz") if row["maintainer_kind"] == "orphaned"}
    assert {one.member for one in ranking.unowned} <= orphaned
    assert ranking.unowned[0].member == "sgml-base"
    assert not orphaned & {one.member for one in ranking.leading}


def test_on_most_orphaned_packages_rests_nothing(takes_along: dict[Node, list[Node]]) -> None:
    orphaned = [row["package"] for row in rows("packages.csv.gz") if row["maintainer_kind"] == "orphaned"]
    resting = sum(("packages", name) not in takes_along for name in orphaned)
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert (len(orphaned), resting) == (1_590, 1_157)
    assert "1,590 packages are orphaned" in page
    assert "On 1,157 of them rests nothing" in page


def test_in_motion_as_many_fall_as_the_links_allow(relationship: Relationship, ranking: MemberRanking) -> None:
    struck = [one for one in ranking.struck if one.member in ("sgml-base", "M00582")]
    lanes = member_shocks(relationship, [(one.group, one.member) for one in struck])
    futures = simulate(relationship, (BASE, *lanes), runs=1)
    fallen = [sum(futures.lanes[lane.name].fallen.values()) for lane in lanes]
    assert fallen == [one.reach for one in struck]


@pytest.mark.parametrize("member", ["libc6", "M00582", "liblzma5", "sgml-base"])
def test_the_page_says_what_is_found(ranking: MemberRanking, member: str) -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    one = next(one for one in ranking.struck if one.member == member)
    if member == "libc6":
        assert 0.75 < one.reach / 63_436 < 0.77  # "three quarters"
    else:
        assert f"{one.reach:,}" in page


def test_the_page_counts_those_behind_the_furthest(ranking: MemberRanking) -> None:
    kinds = {row["maintainer"]: (row["maintainer_kind"], row["packages"]) for row in rows("maintainers.csv.gz")}
    ten = [kinds[one.member] for one in ranking.leading if one.group == "maintainers"][:10]
    assert [kind for kind, _ in ten].count("person") == 5
    assert (kinds["M02097"], kinds["M00582"]) == (("person", "5"), ("person", "23"))
