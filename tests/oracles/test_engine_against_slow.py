"""The engine equals the slow simulator to 1e-9 on the same draws: on every case file and on drawn relationships."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings

from lichen.language.problem import render
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


CREDIT = """
lichen: 1
relationship: Credit
time: {start: 2026-01-05, horizon: 20 weeks, step: 1 week}
parties:
  ann: {kind: organisation, capacities: {cash: {level: 50 EUR, floor: 10 EUR, at_least: 0 EUR, change: 2 EUR/week}}}
  ben: {kind: organisation, capacities: {cash: {level: 120 EUR, floor: 30 EUR}}}
terms: {wait: {value: 3 weeks, between: [0 weeks, 4 weeks]}}
flows:
  gift: {kind: benefit, from: ann, to: ben, rate: 5 EUR/week, cost: {cash: 1}, worth: {cash: 1.2}MORE}
  back: {kind: benefit, from: ann, to: ben, rate: 0.5 * gift, cost: {cash: 1}, worth: {cash: 1.1}, settled_after: WAIT}
adjustment: {review_every: 4 weeks, changes: [{set: wait, to: wait - 1 week}]}
"""


@pytest.mark.parametrize("wait", ["2 weeks", "wait", "2 weeks, arrives_after: 3 weeks", "2 weeks, starts: empty"])
@pytest.mark.parametrize("more", ["", ", settled_after: 1 week"])
def test_a_promise_that_rests_on_what_falls_due_is_kept_alike(wait: str, more: str) -> None:
    """A flow on credit draws on a capacity that runs short, and reads a flow that draws on it too."""
    assert_files_move_alike({FILE: CREDIT.replace("WAIT", wait).replace("MORE", more)})


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
    assert_equal(relationship, lanes_of(relationship))


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
