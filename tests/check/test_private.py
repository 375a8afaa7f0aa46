"""What one side keeps to itself: what needs it cannot be told, and never holds."""

import json
from pathlib import Path

from lichen.check.assess import assess
from lichen.workspace import read_relationship

PAGE = Path(__file__).parent.parent / "cases/features/private-part.yaml"


def test_a_hidden_cost_leaves_everything_open_that_needs_it() -> None:
    relationship = read_relationship(PAGE, "mason").relationship
    assert relationship is not None
    verdict = assess(relationship, runs=64, party="mason").verdict
    assert verdict.verdict == "undecided"
    assert {f.status for f in verdict.findings if f.type in ("invariant", "failure")} == {"cannot tell"}
    assert verdict.next_steps == ("A range for the cost of “stone” would do: ask quarry.",)
    assert "the cost of “stone”" in verdict.sentence
    json.dumps(verdict.to_json(), allow_nan=False)


def test_with_its_own_part_and_a_range_of_the_other_a_side_gets_answers() -> None:
    relationship = read_relationship(PAGE, "quarry").relationship
    assert relationship is not None
    verdict = assess(relationship, runs=64, party="quarry").verdict
    assert verdict.party == "quarry"
    assert all(f.status != "cannot tell" for f in verdict.findings)
