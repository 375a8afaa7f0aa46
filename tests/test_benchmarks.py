"""What the benchmarks rest on: others are timed on the same futures, and a part of the page is written alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import by_hand, many_parties
from benchmarks.peers import FILE, HEADING, futures, part_of, with_part
from lichen.workspace import read_relationship


def test_the_step_by_hand_comes_to_the_levels_of_lichen_in_futures_with_chance() -> None:
    found = read_relationship(FILE).relationship
    assert found is not None
    for future in futures(found, 3):
        days = [by_hand.START]
        for harvest, demand in list(zip(*future.world.values(), strict=True))[:-1]:
            days.append(by_hand.step(days[-1], harvest, demand))
        levels = by_hand.levels(days)
        assert levels.keys() == future.levels.keys()
        for name, course in levels.items():
            assert course == pytest.approx(future.levels[name], rel=1e-9), name


@pytest.mark.parametrize(("shape", "flows"), [("random", 50), ("chain", 9), ("ring", 10)])
def test_a_file_of_many_parties_is_right_and_links_them(tmp_path: Path, shape: many_parties.Shape, flows: int) -> None:
    reading = read_relationship(many_parties.write(tmp_path, shape, 10))
    assert reading.relationship is not None, reading.problems
    assert len(reading.relationship.parties) == 10
    assert len(reading.relationship.inner_flows) == flows


def test_the_part_on_other_simulators_is_written_and_kept_alone() -> None:
    page = "# Benchmarks\n\nAll.\n"
    first = with_part(page, f"{HEADING}\n\nSlow.")
    assert first == f"# Benchmarks\n\nAll.\n\n{HEADING}\n\nSlow.\n"
    assert with_part(first, f"{HEADING}\n\nFast.") == f"# Benchmarks\n\nAll.\n\n{HEADING}\n\nFast.\n"
    assert with_part("# Benchmarks\n\nNew.\n", part_of(first)) == f"# Benchmarks\n\nNew.\n\n{HEADING}\n\nSlow.\n"
    assert with_part(page, part_of(page)) == page
