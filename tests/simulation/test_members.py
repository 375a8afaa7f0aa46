"""Shocks of single members, and futures in which nothing is drawn: by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lichen.language.limits import cells_of_a_step
from lichen.language.table import Table
from lichen.relationship.relationship import Relationship
from lichen.relationship.values import has_chance
from lichen.simulation.cost import MOST_CELLS, most_futures
from lichen.simulation.experiments import BASE, Experiment, member_shocks
from lichen.simulation.run import simulate
from tests.simulation.build import relationship, run

CHAIN = """
    parties:
      knots:
        kind: group
        members: [a, b, c, d]
        capacities: {holds: {level: 1, floor: 0.5, change: 100 % per day * (0.25 - knots.holds)}}
    flows:
      rope:
        kind: benefit
        from: knots
        to: knots
        along: {file: rope.csv, from: above, to: below}
        rate: 0.75 per day * (1 if giver.headroom > 0 else 0)
        worth: {holds: 1}
      nail: {kind: benefit, from: world, to: knots, rate: 0.75 per day * (1 - members.hangs), worth: {holds: 1}}
"""
ROPE = Table(("above", "below"), (("a", "b"), ("b", "c")), (2, 3))
HANGS = Table(("knot", "hangs"), (("a", "0"), ("b", "1"), ("c", "1"), ("d", "0")), (2, 3, 4, 5))


def chain(text: str = CHAIN) -> Relationship:
    """Four knots, of which b hangs on a and c on b."""
    text = text.replace("members: [a, b, c, d]", "members: {file: knots.csv, member: knot, columns: {hangs: 1}}")
    return relationship(text, tables={"rope.csv": ROPE, "knots.csv": HANGS})


@pytest.mark.parametrize(("struck", "falls"), [("a", 2), ("b", 1), ("c", 0), ("d", 0)])
def test_a_member_that_is_struck_takes_along_those_that_hang_on_it(struck: str, falls: int) -> None:
    lanes = member_shocks(chain(), [("knots", struck)])
    futures = run(chain(), BASE, *lanes, runs=3)
    lane = futures.lanes[f"shock_member:knots[{struck}]"]
    assert lane.fallen == {"knots": falls}
    assert futures.base.fallen == {}


def test_only_the_struck_member_is_moved() -> None:
    futures = run(chain(), BASE, *member_shocks(chain(), [("knots", "d")]))
    lane = futures.lanes["shock_member:knots[d]"]
    # Its level falls from 1 to 0.5 at one sample: the mean over four members from 1 to 1 - 1/4 of the room.
    assert lane.group_mean["knots"].least[0] == pytest.approx(0.75)
    assert lane.group_mean["knots"].end[0] == pytest.approx(1)


def test_where_nothing_is_drawn_one_future_stands_for_all() -> None:
    shock = Experiment(name="shock:knots", begins=0.3, to_floor=frozenset({"knots.holds"}))
    one, many = run(chain(), BASE, shock), run(chain(), BASE, shock, runs=7)
    assert not has_chance(chain())
    for name, lane in many.lanes.items():
        room = lane.headroom["knots"]
        assert room.mean == pytest.approx(np.repeat(one.lanes[name].headroom["knots"].mean, 7))
        assert room.fifths == pytest.approx(np.repeat(one.lanes[name].headroom["knots"].fifths, 7, axis=0))
        assert lane.flows["rope"].amount == pytest.approx(np.repeat(one.lanes[name].flows["rope"].amount, 7))
    assert many.paths["base"]["knots.holds"].shape == (7, 11)
    assert many.lanes["shock:knots"].falls == one.lanes["shock:knots"].falls


def test_where_a_range_or_the_world_is_drawn_futures_differ() -> None:
    assert has_chance(chain(CHAIN.replace("floor: 0.5", "floor: 0.4..0.6")))
    assert has_chance(chain(CHAIN + "    world: {wind: {process: ar1, mean: 1, spread: 10 %, memory: 3 days}}\n"))
    assert not has_chance(chain(CHAIN + "    world: {rent: 2}\n"))


def test_what_nothing_is_drawn_in_costs_one_future() -> None:
    crowd = """
        parties:
          crowd: {kind: group, members: 300000, capacities: {hope: {level: 1, floor: 0.5}}}
          host: {kind: person, capacities: {hope: {level: 1, floor: 0.5}}}
        flows: {cheer: {kind: benefit, from: crowd, to: host, rate: 1 per day, worth: {hope: 0}}}
    """
    still, drawn = relationship(crowd), relationship(crowd.replace("level: 1", "level: 1..2"))
    assert most_futures(drawn, (BASE,)) == MOST_CELLS // (cells_of_a_step(drawn) * 10)
    assert most_futures(still, (BASE,)) > most_futures(drawn, (BASE,))


def test_those_that_fall_are_counted_in_the_mean_over_futures_however_these_are_cut_up() -> None:
    # Without what it hangs on b falls to 0.25; its floor is drawn from 0 to 0.5: it falls in half of the futures.
    drawn = chain(CHAIN.replace("floor: 0.5", "floor: 0..0.5"))
    lanes = (BASE, *member_shocks(drawn, [("knots", "a")]))
    whole = simulate(drawn, lanes, runs=400)
    fallen = whole.lanes["shock_member:knots[a]"].fallen["knots"]
    assert 0.4 < fallen < 1.1
    cut_up = simulate(drawn, lanes, runs=400, chunk=7)
    assert cut_up.lanes["shock_member:knots[a]"].fallen["knots"] == fallen
