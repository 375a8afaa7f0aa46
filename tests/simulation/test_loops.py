"""Loops: all of them while they can be counted, the strongest where they cannot, in the file's own nouns."""

from __future__ import annotations

from itertools import combinations, pairwise
from math import comb, factorial

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from lichen.simulation.dynamics.model import Delay, Stock
from lichen.simulation.loops import loops
from lichen.simulation.loops.link_scores import link_scores
from lichen.simulation.loops.loops import Loops, find_loops, loops_of
from lichen.simulation.loops.search import all_loops, strongest_loops, tangles
from tests.simulation.build import relationship
from tests.simulation.flows_and_stocks import model, shares


def graph_of(links: set[tuple[int, int]], size: int) -> dict[str, tuple[str, ...]]:
    return {str(x): tuple(str(z) for z in range(size) if (x, z) in links) for x in range(size)}


def turned(loop: tuple[str, ...]) -> tuple[str, ...]:
    """A loop from its least variable on."""
    first = loop.index(min(loop))
    return (*loop[first:], *loop[:first])


@given(links=some.sets(some.tuples(some.integers(0, 6), some.integers(0, 6)), max_size=30))
def test_all_loops_are_those_that_networkx_finds(links: set[tuple[int, int]]) -> None:
    graph = graph_of(links, 7)
    found, complete = all_loops(graph, graph, moves=10**6)
    expected = networkx.simple_cycles(networkx.DiGraph([(str(x), str(z)) for x, z in links]))
    assert complete
    assert sorted(map(turned, found)) == sorted(turned(tuple(loop)) for loop in expected)
    strong = networkx.strongly_connected_components(networkx.DiGraph([(str(x), str(z)) for x, z in links]))
    circling = [sorted(names) for names in strong if len(names) > 1 or graph[min(names)].count(min(names))]
    assert sorted(sorted(tangle) for tangle in tangles(graph)) == sorted(circling)


def test_a_complete_graph_has_as_many_loops_as_can_be_reckoned() -> None:
    """Of n variables that all read each other: for each k of them, (k - 1)! ways round."""
    graph = {str(x): tuple(str(z) for z in range(6) if z != x) for x in range(6)}
    found, complete = all_loops(graph, graph)
    assert complete
    assert len(found) == len(set(map(turned, found))) == sum(comb(6, k) * factorial(k - 1) for k in range(2, 7))


def test_where_loops_are_astronomically_many_the_strongest_are_found() -> None:
    """Sixty variables that all read each other, 1e80 loops; one ring of five is stronger than all else."""
    size, ring = 60, ("3", "17", "41", "8", "29")
    graph = {str(x): tuple(str(z) for z in range(size) if z != x) for x in range(size)}
    strength = {(x, z): 0.01 for x in graph for z in graph[x]}
    strength |= dict.fromkeys(zip(ring, (*ring[1:], ring[0]), strict=True), 0.9)
    counted, complete = all_loops(graph, graph)
    assert not complete
    assert counted
    found = strongest_loops(graph, graph, strength, tried=500)
    assert turned(found[0]) == turned(ring)


def test_even_a_search_that_is_cut_short_gives_a_loop_of_every_tangle() -> None:
    ring = {str(x): (str((x + 1) % 50),) for x in range(50)} | {"a": ("b",), "b": ("a",)}
    found = strongest_loops(ring, ring, {(x, z): 0.5 for x in ring for z in ring[x]}, tried=1)
    assert sorted(map(len, found)) == [2, 50]


def test_many_parties_that_all_give_to_each_other_still_have_an_answer() -> None:
    stocks = {
        f"s{i}": Stock(initial=1.0 + i, inflows=tuple(f"f{j}_{i}" for j in range(12) if j != i)) for i in range(12)
    }
    flows = {f"f{j}_{i}": f"0.001*s{j}" for i in range(12) for j in range(12) if j != i}
    found = loops_of(model(stocks, flows, steps=4))
    assert not found.complete
    assert found.carriers
    assert found.periods
    assert np.abs([carrier.shares for carrier in found.carriers]).sum(0) == pytest.approx(1)


def test_shares_are_whole_and_what_is_alone_carries_all() -> None:
    formulas = {"in1": "0.1*a", "out1": "0.02*a*a", "in2": "0.2*b"}
    stocks = {"a": Stock(initial=1.0, inflows=("in1",), outflows=("out1",)), "b": Stock(initial=1.0, inflows=("in2",))}
    course = shares(model(stocks, formulas))
    assert course[frozenset({"b", "in2"})] == [1.0] * 10
    both = np.array([course[frozenset({"a", "in1"})], course[frozenset({"a", "out1"})]])
    assert np.abs(both).sum(0) == pytest.approx(1)
    assert (both[0] > 0).all()
    assert (both[1] < 0).all()


def test_an_equation_written_in_two_parts_leaves_the_shares() -> None:
    stocks = {"a": Stock(initial=1.0, inflows=("growth",), outflows=("loss",))}
    once = shares(model(stocks, {"growth": "0.1*a - 0.02*a", "loss": "0.03*a"}))
    twice = shares(model(stocks, {"growth": "0.1*a - drag", "drag": "0.02*a", "loss": "0.03*a"}))
    loss, direct, through = (frozenset({"a", *more}) for more in (["loss"], ["growth"], ["drag", "growth"]))
    growth = np.array(twice[direct]) + np.array(twice[through])
    assert np.array(once[direct]) / once[loss] == pytest.approx(growth / twice[loss])


def test_where_nothing_changes_nothing_leads() -> None:
    stocks = {"a": Stock(initial=5.0, inflows=("in1",), outflows=("out1",))}
    found = loops_of(model(stocks, {"in1": "0.1*a", "out1": "0.1*a"}))
    assert [carrier.kind for carrier in found.carriers] == ["resting", "resting"]
    assert found.periods == ()


def test_a_delay_passes_on_the_whole_change() -> None:
    stocks = {"a": Stock(initial=5.0, inflows=("late",))}
    delays = {"late": Delay(of="given", steps=2, before=1.0)}
    found = loops_of(model(stocks, {"given": "0.3*a"}, delays=delays))
    (carrier,) = found.carriers
    assert [about.owner for about in carrier.through] == ["a", "given"]
    assert carrier.shares[2:] == pytest.approx(1)
    assert carrier.kind == "reinforcing"


TWO = """\
parties:
  farm: {kind: organisation, capacities: {soil: {level: 50, floor: 10, change: -5 %/day * farm.soil}}}
  hives: {kind: living system, capacities: {bees: {level: 40, floor: 10, change: -5 %/day * hives.bees}}}
flows:
  nectar: {kind: benefit, from: farm, to: hives, rate: 0.08 per day * farm.soil, worth: {bees: 1}}
  pollen: {kind: benefit, from: hives, to: farm, rate: 0.09 per day * hives.bees, worth: {soil: 1}}
"""


def test_loops_are_told_in_the_nouns_of_the_file() -> None:
    found = find_loops(relationship(TWO))
    assert isinstance(found, Loops)
    assert found.complete
    ways = {tuple((about.role, about.owner) for about in c.through): c.kind for c in found.carriers}
    assert ways == {
        (("capacity", "farm"), ("flow", "nectar"), ("capacity", "hives"), ("flow", "pollen")): "reinforcing",
        (("capacity", "farm"),): "balancing",
        (("capacity", "hives"),): "balancing",
    }
    (periods,) = found.periods
    assert periods[0].first == 0
    assert periods[-1].after == 10
    assert all(one.after == other.first for one, other in pairwise(periods))


def test_members_of_a_group_are_told_as_one() -> None:
    found = find_loops(
        relationship(
            """\
            parties:
              shop: {kind: organisation, capacities: {fund: {level: 50, floor: 10}}}
              crowd: {kind: group, members: 3, capacities: {purse: {level: 40, floor: 10}}}
            flows:
              dues: {kind: benefit, from: crowd, to: shop, rate: 0.1 per day * crowd.purse, cost: {purse: 1}}
            """
        )
    )
    assert isinstance(found, Loops)
    (carrier,) = found.carriers
    assert [about.owner for about in carrier.through] == ["crowd", "dues"]
    assert carrier.ways == 3
    assert carrier.shares == pytest.approx(-1)


def test_a_shorter_lead_than_counts_belongs_to_its_neighbour() -> None:
    flows = {"up": "0.1*a", "down": "0.001*a*a"}
    stocks = {"a": Stock(initial=1.0, inflows=("up",), outflows=("down",))}
    found = loops_of(model(stocks, flows, steps=400))
    (periods,) = found.periods
    assert [[about.owner for about in period.carrier.through] for period in periods] == [["a", "up"], ["a", "down"]]
    turning = periods[0].after  # dy/da of 0.1 a - 0.001 a**2 turns at a = 50
    level = model(stocks, flows, steps=400).run()[turning]["a"]
    assert level == pytest.approx(50, abs=3)


def test_pairs_of_parties_have_a_loop_each() -> None:
    names = ["a", "b", "c"]
    flows = {f"{x}{y}": f"0.1*{x}" for pair in combinations(names, 2) for x, y in (pair, pair[::-1])}
    stocks = {n: Stock(initial=1.0, inflows=tuple(f for f in flows if f[1] == n)) for n in names}
    assert len(shares(model(stocks, flows))) == 5  # three pairs, two ways round all three


def test_the_score_of_a_link_is_what_moving_it_alone_does_to_the_whole_formula() -> None:
    """A sum with a factor, of which only the terms that read the moved one are worked out again."""
    flows = {"up": "(a + 2*b + a*b)*(0.01*c)", "aside": "0.02*b", "on": "0.03*c - 0.001*a"}
    stocks = {
        "a": Stock(initial=1.0, inflows=("up",)),
        "b": Stock(initial=2.0, inflows=("aside",)),
        "c": Stock(initial=3.0, inflows=("on",)),
    }
    dynamics = model(stocks, flows, steps=5)
    moments = dynamics.run()
    found = link_scores(dynamics, moments, dynamics.links)

    def up(a: float, b: float, c: float) -> float:
        return (a + 2 * b + a * b) * 0.01 * c

    for step, (before, after) in enumerate(pairwise(moments)):
        whole = after["up"] - before["up"]
        for name in "abc":
            moved = {other: (after if other == name else before)[other] for other in "abc"}
            part = up(**moved) - before["up"]
            assert found[name, "up"][step] == pytest.approx(abs(part / whole), rel=1e-9)


def test_too_many_steps_of_arithmetic_are_refused_with_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "MOST_WORK", 50)
    found = find_loops(relationship(TWO))
    assert isinstance(found, str)
    assert "at most 50 are" in found
