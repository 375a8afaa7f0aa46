"""Readings beside the verdict, from rooms and flows by hand."""

from dataclasses import replace

import pytest

from lichen.check.evidence import CheckInput
from lichen.check.outcomes import resilience
from lichen.check.shocks import worst_pairs
from lichen.check.tradeoffs import dependency
from lichen.relationship.rules import Reinforcement, Rules
from lichen.simulation.experiments import HIGH, LOW, Experiment
from lichen.simulation.futures import Fall
from tests.check.build import evidence, flow, party, relationship


def test_a_tie_is_shown_flow_by_flow_with_what_an_exit_leaves() -> None:
    # b owes (0.8 - 0.2) / 0.8 = 0.75 of its room to the relationship, without `gives` (0.5 - 0.2) / 0.5 = 0.6,
    # without `news` (0.72 - 0.2) / 0.72 = 0.722
    rules = Rules(reinforcement=(Reinforcement(when="a.good", improves="b.good", through=("news", "gives")),))
    flows = [flow("news", "a", "b"), flow("gives", "a", "b"), flow("returns", "b", "a")]
    pair = relationship([party("a"), party("b")], flows, rules=rules)
    without = {"ablate:gives": {"b": 0.5}, "ablate:news": {"b": 0.72}}
    lanes = {"base": {"a": 1.0, "b": 0.8}, "cut": {"b": 0.2}, **without, "exit:a": {"b": 0.3}}
    reading = dependency(evidence(pair, lanes))
    assert reading.value == pytest.approx(0.75 - 0.6)
    assert reading.says == (
        "“gives” adds 15 % to what B owes to the relationship and "
        "“news” adds 2.8 % to what B owes to the relationship. "
        "After A’s exit, which ends all that it gives, 30 % of the room is left to B; "
        "without “gives” alone it would be 50 %, together it is 80 %."
    )


def test_the_worst_shocks_are_tried_two_at_a_time() -> None:
    # c falls by 0.3 after a, 0.2 after b, 0.4 after the weather: the pairs in the order of 0.7, 0.6, 0.5;
    # whoever is struck does not count, and a pair that strikes everybody essential is none
    trio = relationship(
        [party("a"), party("b"), party("c")],
        [flow("one", "a", "c"), flow("two", "b", "c"), flow("back", "c", "a"), flow("more", "c", "b")],
    )
    experiments = (
        Experiment(name="shock:a", to_floor=frozenset(["a.good"])),
        Experiment(name="shock:b", to_floor=frozenset(["b.good"])),
        Experiment(name="world_low:weather", world={"weather": LOW}),
        Experiment(name="world_high:weather", world={"weather": HIGH}),
    )
    depths = {"shock:a": 0.3, "shock:b": 0.2, "world_low:weather": 0.4, "world_high:weather": 0.1}
    found = struck_by(evidence(trio, {"base": dict.fromkeys("abc", 1.0), **{shock: {} for shock in depths}}), depths)
    pairs = worst_pairs(found, experiments)
    assert [pair.name for pair in pairs] == [
        "shocks:shock:a+world_low:weather",
        "shocks:shock:b+world_low:weather",
        "shocks:shock:a+shock:b",
    ]
    assert (pairs[0].to_floor, pairs[0].world) == (frozenset(["a.good"]), {"weather": LOW})
    assert resilience(found).says.startswith("The worst shock, to weather, takes 40 % of the room of C")
    together = struck_by(evidence(trio, {"base": dict.fromkeys("abc", 1.0), pairs[0].name: {}}), {pairs[0].name: 0.6})
    assert resilience(replace(found, pairs=together.futures)).says.startswith(
        "The worst shock, to A and weather together, takes 60 % of the room of C"
    )


def struck_by(found: CheckInput, depths: dict[str, float]) -> CheckInput:
    """The same, C falling by so much in each lane, and A (which does not count) by everything in its own."""
    lanes = dict(found.futures.lanes)
    for name, depth in depths.items():
        falls = {"a": Fall(share=1.0 if "shock:a" in name else 0.0, error=0.0, days=7.0)}
        falls["c"] = Fall(share=depth, error=0.0, days=7.0)
        lanes[name] = replace(lanes[name], falls=falls)
    return replace(found, futures=replace(found.futures, lanes=lanes))
