"""Members ranked by whom their failure reaches, by hand."""

from __future__ import annotations

import pytest

from lichen.dependency import contagion_members
from lichen.dependency.contagion_members import LEADING, rank_members
from lichen.language.table import Table
from tests.simulation.build import relationship

HUBS = """
    parties:
      leaves:
        kind: group
        members: 300
        capacities: {sap: {level: 1, floor: 0.5}, shade: {level: 1, floor: 0.5, essential: false}}
      gardeners: {kind: group, members: [ann, bob], capacities: {time: {level: 1, floor: 0.5}}}
    flows:
      sap:
        kind: benefit
        from: leaves
        to: leaves
        along: {file: sap.csv, from: a, to: b}
        rate: 1 per day
        worth: {sap: 0}
      care:
        kind: benefit
        from: gardeners
        to: leaves
        along: {file: care.csv, from: who, to: what}
        rate: 1 per day
        worth: {sap: 0}
      shade:
        kind: benefit
        from: leaves
        to: leaves
        along: {file: shade.csv, from: a, to: b}
        rate: 1 per day
        worth: {shade: 0}
"""
# 1 feeds 2 to 51; 51 feeds 52, which feeds 51 back; nobody cares for 60, which feeds 61 and 62. 70 shades 71 to 299.
SAP = [*(("1", str(leaf)) for leaf in range(2, 52)), ("51", "52"), ("52", "51"), ("60", "61"), ("60", "62")]
CARE = [("ann", "1"), *(("bob", str(leaf)) for leaf in range(2, 301) if leaf not in (60, 300))]
SHADE = [("70", str(leaf)) for leaf in range(71, 300)]
TABLES = {
    "sap.csv": Table(("a", "b"), tuple(SAP), tuple(range(len(SAP)))),
    "care.csv": Table(("who", "what"), tuple(CARE), tuple(range(len(CARE)))),
    "shade.csv": Table(("a", "b"), tuple(SHADE), tuple(range(len(SHADE)))),
}


def told(text: str = HUBS) -> list[tuple[str, int, int]]:
    ranking = rank_members(relationship(text, tables=TABLES))
    assert ranking is not None
    return [(f"{one.group}.{one.member}", one.direct, one.reach) for one in ranking.leading]


def test_members_are_ranked_by_whom_they_reach() -> None:
    # Bob cares for 297; through 2 to 51 he reaches nobody new.
    assert told() == [
        ("gardeners.bob", 297, 297),
        ("gardeners.ann", 1, 52),
        ("leaves.1", 50, 51),
        ("leaves.60", 2, 2),
        ("leaves.51", 1, 1),
        ("leaves.52", 1, 1),
    ]


def test_who_is_looked_after_by_nobody_is_told_apart() -> None:
    ranking = rank_members(relationship(HUBS, tables=TABLES))
    assert ranking is not None
    assert [one.member for one in ranking.unowned] == ["60"]  # 300 too, but nobody rests on it
    assert [one.member for one in ranking.struck] == ["bob", "ann", "1", "60", "51", "52"]
    assert (ranking.members, ranking.links) == (302, len(SAP) + len(CARE))


def test_where_all_are_to_be_followed_those_with_most_links_stand_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = told()
    monkeypatch.setattr(contagion_members, "_MOST_WORK", 0)
    assert told() == exact  # fewer than 200 have links
    monkeypatch.setattr(contagion_members, "_CANDIDATES", 2)
    # Bob and 1 have most links; of those without an owner there are 60 and 300 alone.
    assert told() == [("gardeners.bob", 297, 297), ("leaves.1", 50, 51), ("leaves.60", 2, 2)]


def test_small_groups_and_groups_without_links_have_no_ranking() -> None:
    small = HUBS.replace("members: 300", "members: 150").replace("care.csv", "few.csv").replace("shade.csv", "few.csv")
    few = Table(("who", "what", "a", "b"), (("ann", "1", "1", "2"),), (2,))
    assert rank_members(relationship(small, tables={**TABLES, "few.csv": few})) is None
    alone = """
        parties: {crowd: {kind: group, members: 300, capacities: {hope: {level: 1, floor: 0.5}}}}
        flows: {cheer: {kind: benefit, from: world, to: crowd, rate: 1 per day, worth: {hope: 0}}}
    """
    assert rank_members(relationship(alone)) is None


def test_no_more_than_the_leading_are_told() -> None:
    chain = Table(("a", "b"), tuple((str(k), str(k + 1)) for k in range(1, 300)), tuple(range(299)))
    ranking = rank_members(relationship(HUBS, tables={**TABLES, "sap.csv": chain}))
    assert ranking is not None
    assert len(ranking.leading) == LEADING
    assert [one.reach for one in ranking.leading[:4]] == [300, 299, 299, 298]  # ann through 1, bob, 1, 2
