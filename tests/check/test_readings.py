"""Readings beside the verdict, from rooms and flows by hand."""

import pytest

from lichen.check.tradeoffs import dependency
from lichen.relationship.rules import Reinforcement, Rules
from tests.check.build import evidence, flow, party, relationship


def test_a_tie_is_shown_with_what_an_exit_leaves() -> None:
    # b owes (0.8 - 0.2) / 0.8 = 0.75 of its room to the relationship, without `gives` (0.5 - 0.2) / 0.5 = 0.6
    rules = Rules(reinforcement=(Reinforcement(when="a.good", improves="b.good", through=("gives",)),))
    pair = relationship([party("a"), party("b")], [flow("gives", "a", "b"), flow("returns", "b", "a")], rules=rules)
    lanes = {"base": {"a": 1.0, "b": 0.8}, "cut": {"b": 0.2}, "ablate:gives": {"b": 0.5}, "exit:a": {"b": 0.3}}
    reading = dependency(evidence(pair, lanes))
    assert reading.value == pytest.approx(0.75 - 0.6)
    assert reading.says == (
        "`gives` adds 15 % to what B owes to the relationship. "
        "After A’s exit, which ends all that it gives, 30 % of the room is left to B, against 80 % together."
    )
