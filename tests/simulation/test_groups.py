"""Groups, links and presence, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lichen.language.table import Table
from tests.simulation.build import base, course, relationship, run

GUILD = """
    parties:
      market: {kind: organisation, capacities: {cash: {level: 0 EUR, floor: -1000 EUR}}}
      guild:
        kind: group
        members: [anna, ben, chloe, dan]
        MORE
        capacities: {cash: {level: 10 EUR, floor: 0 EUR}}
    flows:
      dues: {kind: benefit, from: guild, to: market, rate: 1 EUR/day, cost: {cash: 1}, worth: {cash: 1}}
      prize: {kind: benefit, from: market, to: guild, rate: 50 % * dues, cost: {cash: 1}, worth: {cash: 2}}
    shared_value:
      all_dues: {measure: sum(dues), good: {at_least: 1 EUR/day}}
      mean_cash: {measure: mean(guild.cash), good: {at_least: 0 EUR}}
"""


def of_rows(header: tuple[str, ...], *rows: tuple[str, ...]) -> Table:
    return Table(header=header, rows=rows, numbers=tuple(range(2, len(rows) + 2)))


def guild(more: str = "") -> str:
    return GUILD.replace("MORE", more or "counts: least")


def test_a_single_party_gets_and_pays_the_sum_of_what_members_do() -> None:
    futures = run(relationship(guild()))
    paths = futures.paths["base"]
    assert paths["market.cash"][0, :3] == pytest.approx([0, 4 - 2, 8 - 4])
    assert paths["guild.cash"][0, :2] == pytest.approx([40, 40 - 4 + 4])  # the sum over members
    assert paths["all_dues"][0, 0] == pytest.approx(4)
    assert futures.base.flows["dues"].amount[0] == pytest.approx(40)
    assert futures.base.flows["prize"].worth["cash"][0] == pytest.approx(40)


def test_presence_shrinks_by_leaving_and_grows_by_joining() -> None:
    moving = relationship(guild("leaves: 10 %/day\n        joins: 1 per day"))
    futures = run(moving)
    expected = [4.0]
    for _ in range(10):
        expected.append(expected[-1] * 0.9 + 1)
    assert futures.base.presence["guild"].end[0] == pytest.approx(expected[-1])
    assert course(moving, "all_dues")[:-1] == pytest.approx(expected[:-1])
    assert course(moving, "mean_cash")[:-1] == pytest.approx([10] * 10)  # a member that is there has what it has
    assert np.diff(course(moving, "market.cash")) == pytest.approx(np.array(expected[:-1]) / 2)


def test_leaving_may_differ_by_member_and_weighs_every_figure() -> None:
    poor = {"name": ["a", "b"], "cash": ["30", "-6"], "out": ["0", "0.5"]}
    table = of_rows(tuple(poor), *zip(*poor.values(), strict=True))
    leaving = relationship(
        """
        parties:
          guild:
            kind: group
            members: {file: guild.csv, member: name, columns: {cash: EUR, out: 1}}
            leaves: members.out * 1 per day
            capacities: {cash: {level: members.cash, floor: -20 EUR, healthy: 0 EUR}}
        checks:
          mean_cash: {measure: mean(guild.cash), good: {at_least: 0 EUR}}
          poorest: {measure: "quantile(guild.cash, 0.1)", good: {at_least: 0 EUR}}
          rich: {measure: share(guild.cash > 0 EUR), good: {at_least: 0}}
        """,
        tables={"guild.csv": table},
    )
    paths = run(leaving).paths["base"]
    assert paths["mean_cash"][0, :3] == pytest.approx([12, (30 - 3) / 1.5, (30 - 1.5) / 1.25])
    assert paths["rich"][0, :3] == pytest.approx([0.5, 1 / 1.5, 1 / 1.25])
    assert paths["poorest"][0, 0] == pytest.approx(-6 + 0.1 * 36)  # linear between the two


def test_a_group_counts_by_the_quantile_over_its_members() -> None:
    levels = [float(3 * k) for k in range(41)]
    rows = tuple((f"m{k}", str(level)) for k, level in enumerate(levels))
    many = relationship(
        """
        parties:
          many:
            kind: group
            members: {file: many.csv, member: name, columns: {start: 1}}
            capacities: {store: {level: members.start, floor: -60, healthy: 0}}
        """,
        tables={"many.csv": of_rows(("name", "start"), *rows)},
    )
    lane = run(many).base
    rooms = (np.array(levels) + 60) / 60
    assert lane.headroom["many"].start[0] == pytest.approx(np.quantile(rooms, 0.05))
    assert lane.group_mean["many"].start[0] == pytest.approx(rooms.mean())
    assert lane.group_tenth["many"].start[0] == pytest.approx(np.quantile(rooms, 0.1))


HELP = """
    parties:
      people: {kind: group, members: [a, b, c], capacities: {hours: {level: 10, floor: 0}}}
      places: {kind: group, members: [x, y], capacities: {order: {level: 0, floor: -9}}}
    flows:
      help:
        kind: benefit
        from: people
        to: places
        along: {file: help.csv, from: who, to: where, columns: {often: 1}}
        rate: link.often * 1 per day * giver.hours / 10
        cost: {hours: 1}
        worth: {order: 2}
      thanks: {kind: benefit, from: places, to: world, rate: arriving(help)}
    checks:
      busiest: {measure: sum(thanks), good: {at_least: 0 per day}}
"""
ROWS = (("a", "x", "1"), ("b", "x", "2"), ("b", "y", "3"), ("b", "y", "1"))


def test_links_carry_from_each_giver_to_each_receiver() -> None:
    linked = relationship(HELP, tables={"help.csv": of_rows(("who", "where", "often"), *ROWS)})
    futures = run(linked)
    paths = futures.paths["base"]
    assert paths["help"][0, 0] == pytest.approx(7)
    # a gives 1 and b 6 of their 10; c gives nothing; on the second day a has 9, b has 4.
    assert paths["people.hours"][0, :3] == pytest.approx([30, 30 - 7, 23 - 0.9 - 0.4 * 6])
    assert paths["places.order"][0, 1] == pytest.approx(14)
    assert paths["busiest"][0, :2] == pytest.approx([7, 3.3])
    assert futures.base.headroom["people"].least[0] == pytest.approx(
        np.quantile([0.9**10, 0.4**10, 1.0], 0.05), abs=1e-12
    )


def test_group_to_group_goes_by_equal_names() -> None:
    paired = relationship(
        """
        parties:
          homes: {kind: group, members: [a, b], capacities: {heat: {level: 10, floor: 0}}}
          roofs: {kind: group, members: as homes, capacities: {sun: {level: 4, floor: 0}}}
        flows:
          warmth: {kind: benefit, from: roofs, to: homes, rate: 10 %/day * roofs.sun, cost: {sun: 1}, worth: {heat: 1}}
        """
    )
    paths = run(paired).paths["base"]
    assert paths["homes.heat"][0, :2] == pytest.approx([20, 20.8])
    assert paths["roofs.sun"][0, :2] == pytest.approx([8, 7.2])


def test_a_shock_brings_every_member_to_the_floor() -> None:
    futures = run(relationship(guild()), base(begins=0.5, to_floor=frozenset(["guild.cash"])))
    assert futures.paths["base"]["guild.cash"][0, 4:7] == pytest.approx(
        [40, 0, 0]
    )  # at the step itself it is there no more


def test_ranges_of_a_group_are_drawn_for_each_member() -> None:
    ranged = relationship(guild().replace("level: 10 EUR", "level: 10..20 EUR, healthy: 20 EUR"))
    starts = run(ranged, runs=500).paths["base"]["guild.cash"][:, 0]
    assert starts.mean() == pytest.approx(60, abs=4 * 10 / np.sqrt(12) * 2 / np.sqrt(500))
    assert starts.std() == pytest.approx(10 / np.sqrt(12) * 2, rel=0.15)  # four independent draws, not one


def test_a_link_counts_as_often_as_its_ends_meet_and_one_to_itself_as_often_as_it_is_there() -> None:
    tables = {
        "help.csv": of_rows(("who", "where"), ("a", "b"), ("a", "a")),
        "people.csv": of_rows(("name", "out"), ("a", "0.1"), ("b", "0.4")),
    }
    leaving = relationship(
        """
        parties:
          people:
            kind: group
            members: {file: people.csv, member: name, columns: {out: 1}}
            leaves: members.out * 1 per day
            capacities: {hours: {level: 10, floor: 0}}
        flows:
          help: {kind: benefit, from: people, to: people, along: {file: help.csv, from: who, to: where},
                 rate: 0.1 per day, cost: {hours: 1}, worth: {hours: 2}}
        """,
        tables=tables,
    )
    paths = run(leaving).paths["base"]
    assert paths["help"][0, :2] == pytest.approx([0.2, 0.1 * 0.9 * 0.6 + 0.1 * 0.9])
    # a gives 0.2 and gets 0.2 from itself, b gets 0.2; a second later a gives 0.1 (0.6 + 1), b gets 0.2 * 0.9.
    assert paths["people.hours"][0, 1] == pytest.approx(0.9 * 10 + 0.6 * 10.2)
    assert paths["people.hours"][0, 2] == pytest.approx(0.81 * (10 - 0.16 + 0.2) + 0.36 * (10.2 + 0.18))
