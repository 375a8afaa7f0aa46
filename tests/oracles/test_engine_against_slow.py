"""The engine equals the slow simulator to 1e-9 on the same draws: on every case file and on drawn relationships."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, assume, given, settings

from lichen.language.problem import render
from lichen.relationship.flow import WORLD
from lichen.relationship.formula import names
from lichen.relationship.relationship import Relationship
from lichen.workspace import read_relationship
from tests.oracles.comparing import differences
from tests.strategies import FILE, group_folders, two_party_texts

CASES = Path(__file__).parent.parent / "cases"
FILES = sorted(
    path.relative_to(CASES).as_posix()
    for folder in ("worlds", "features", "mechanisms", "examples", "neighbours")
    for path in (CASES / folder).glob("*.yaml")
)
MANY = 10
"""Where a group has more members than this, the exit of one party is enough: the slow simulator is slow."""


@pytest.mark.parametrize("file", FILES)
def test_every_case_file_moves_alike(file: str) -> None:
    relationship = read(CASES / file)
    if any(party.members is not None and len(party.members) > MANY for party in relationship.parties.values()):
        assert_equal(relationship, ["base", "cut", f"exit:{next(iter(relationship.parties))}"])
    else:
        assert_equal(relationship, lanes_of(relationship))


@pytest.mark.parametrize("scenario", ["drought", "shop_closes", "better_terms"])
def test_scenarios_move_alike(scenario: str) -> None:
    relationship = read(CASES / "features" / "scenarios.yaml")
    assert not differences(relationship, ["base", "cut", "exit:mill"], futures=[0, 1], scenario=scenario)


as_drawn = settings(phases=[Phase.generate])
"""A difference is told as it is found: making the example smaller would take minutes."""


@as_drawn
@given(text=two_party_texts())
def test_two_parties_move_alike(text: str) -> None:
    assert_files_move_alike({FILE: text})


@as_drawn
@given(files=group_folders())
def test_a_shop_and_its_members_move_alike(files: Mapping[str, str]) -> None:
    assert_files_move_alike(files)


def assert_files_move_alike(files: Mapping[str, str]) -> None:
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        relationship = read(Path(folder) / FILE)
    assume(not promises_what_may_be_cut(relationship))
    assert_equal(relationship, lanes_of(relationship))


def promises_what_may_be_cut(relationship: Relationship) -> bool:
    """Whether a flow on credit draws on a bounded capacity and reads a flow that does so too.

    The engine takes such a promise as asked where the capacities hang together (`passing.promised`); the page leaves
    that open, and the slow simulator takes it as given.
    """
    flows = relationship.flows
    bounded = {
        flow.name
        for flow in flows.values()
        for name in flow.cost
        if flow.giver != WORLD and relationship.parties[flow.giver].capacities[name].at_least is not None
    }
    behind = {name: names(flow.rate.tree) & flows.keys() if flow.rate.tree else set() for name, flow in flows.items()}
    for _ in flows:
        behind = {name: read.union(*(behind[other] for other in read)) for name, read in behind.items()}
    return any(flows[name].settled_after and behind[name] & bounded for name in bounded)


def lanes_of(relationship: Relationship) -> list[str]:
    kinds = ("exit", "boost", "damp", "shock", "stopped", "withhold", "free_ride")
    lanes = ["base", "cut", "outside", *(f"{kind}:{party}" for kind in kinds for party in relationship.parties)]
    return lanes + [f"halve:{flow}" for flow in list(relationship.flows)[:1]]


def assert_equal(relationship: Relationship, lanes: list[str]) -> None:
    found = differences(relationship, lanes, futures=[1])
    assert not found, "\n" + "\n".join(found[:20])


def read(path: Path) -> Relationship:
    reading = read_relationship(path)
    assert reading.relationship is not None, "\n".join(render(problem) for problem in reading.problems)
    return reading.relationship
