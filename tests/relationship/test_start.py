import math
from dataclasses import replace
from datetime import date

import pytest

from lichen.relationship.flow import Links
from lichen.relationship.party import Party
from lichen.relationship.start import Start
from lichen.relationship.value import Value
from lichen.relationship.world import Process, ProcessKind, Series
from tests.by_hand import (
    between,
    call,
    capacity,
    flow,
    members,
    minus,
    party,
    relationship,
    term,
    times,
    value,
    values_at_start,
)


def test_terms_levels_and_rates_follow_each_other_whatever_their_order() -> None:
    made = relationship(
        flow("payment", "northfield > alder", times("packaging", "price")),
        flow("packaging", "alder > northfield", call("min", "demand", "alder.line")),
        party("alder", capacity("line", 10, 5, healthy=15), capacity("cash", 9, 3)),
        party("northfield", capacity("cash", 100, 50)),
        term("price", 2),
        world={"demand": Process(name="demand", kind="ar1", parameters={"mean": value(12), "spread": value(1)})},
    )
    assert values_at_start(made) == {
        "price": 2,
        "demand": 12,
        "alder.line": 10,
        "alder.cash": 9,
        "northfield.cash": 100,
        "alder.headroom": 0.5,  # the line: (10 - 5)/(15 - 5), less than the cash at its reference
        "northfield.headroom": 1,
        "payment": 20,
        "packaging": 10,
    }


def test_a_negative_rate_is_clipped_and_a_hidden_value_makes_unknown_what_needs_it() -> None:
    cash = replace(capacity("cash", 9, 3), level=Value(tree=None, private_to="alder"))
    values = values_at_start(
        relationship(
            flow("refund", "alder > northfield", minus(1, 3)),
            flow("secret", "alder > northfield", "alder.cash"),
            party("alder", cash),
            party("northfield", capacity("cash", 9, 3)),
        )
    )
    assert values["refund"] == 0
    assert math.isnan(values["secret"])
    assert math.isnan(values["alder.headroom"])
    assert values["northfield.headroom"] == 1


WORLD: list[tuple[ProcessKind, dict[str, float], float]] = [
    ("constant", {"value": 3}, 3),
    ("uniform", {"from": 1, "to": 5}, 3),
    ("normal", {"mean": 3, "spread": 1}, 3),
    ("lognormal", {"mean": 3, "spread": 1}, 3),
    ("triangular", {"from": 1, "mode": 2, "to": 6}, 3),
    ("beta", {"a": 1, "b": 3, "from": 0, "to": 12}, 3),  # mean a/(a + b) = 1/4 of the way
    ("ar1", {"mean": 3, "spread": 1, "memory": 8}, 3),
    ("white", {"mean": 3, "spread": 1, "over": 7}, 3),
    ("random_walk", {"start": 3, "drift": 1, "spread": 1}, 3),
    ("jumps", {"every": 100, "size": 5, "lasts": 10}, 0),
    ("seasonal", {"mean": 3, "swing": 0.3, "period": 365}, 3),
]


@pytest.mark.parametrize(("kind", "parameters", "expected"), WORLD)
def test_the_world_stands_at_its_mean_or_start(
    kind: ProcessKind, parameters: dict[str, float], expected: float
) -> None:
    process = Process(name="x", kind=kind, parameters={key: value(number) for key, number in parameters.items()})
    assert values_at_start(relationship(world={"x": process}))["x"] == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("first", "resample", "expected"),
    [(date(2025, 12, 1), None, 1), (date(2026, 6, 1), None, 1), (date(2026, 1, 1), 7, 2)],
)
def test_a_series_has_its_value_in_force_or_its_mean_when_it_is_drawn(
    first: date, resample: float | None, expected: float
) -> None:
    series = Series(dates=(first, date(2026, 7, 1)), values=(1, 3), resample_days=resample)
    made = relationship(world={"trend": Process(name="trend", kind="series", series=series)})
    assert values_at_start(made)["trend"] == expected


SELLERS = members("ann", "bo", "cy", sales=(1.0, 2.0, 3.0), cash=(10.0, 20.0, 60.0))


def sellers() -> Party:
    return party("sellers", capacity("cash", "sellers.members.cash", 0, healthy=20), members=SELLERS, counts="least")


def test_flows_beside_a_group_are_summed_and_read_per_member() -> None:
    made = relationship(
        party("bazaar", capacity("cash", 1, 0)),
        sellers(),
        term("fee", 0.5),
        flow("trade", "bazaar > sellers", "sellers.members.sales", worth={"cash": "sellers.members.sales"}),
        flow("fees", "sellers > bazaar", times("trade", "fee"), cost={"cash": 1}, worth={"cash": 1}),
        flow("report", "bazaar > world", times("trade", 10)),
        flow("above", "sellers > bazaar", times("trade", call("share", minus("sellers.cash", 10)))),
    )
    start = Start(made)
    assert start.read("trade") == 6  # 1 + 2 + 3
    assert start.read("fees") == 3
    assert start.read("report") == 60
    assert start.read("sellers.cash") == 90
    assert start.read("sellers.headroom") == 0.5
    assert start.read("above") == pytest.approx(6 * 2 / 3)  # two of three hold more than 10
    assert start.flow_worth(made.flows["trade"], "cash") == 14  # 1 + 4 + 9
    assert start.flow_cost(made.flows["fees"], "cash") == 3
    assert start.flow_cost(made.flows["fees"], "other") == 0


def test_reductions_over_members() -> None:
    reductions = {
        "total": call("sum", "sellers.cash"),
        "middle": call("quantile", "sellers.cash", 0.5),
        "lowest": call("least", "sellers.cash"),
        "average": call("mean", times("sellers.cash", "sellers.members.sales")),
    }
    made = relationship(
        sellers(),
        *(flow(name, "world > world", formula) for name, formula in reductions.items()),
    )
    values = values_at_start(made)
    assert [values[name] for name in reductions] == [90, 20, 10, 230 / 3]  # (10*1 + 20*2 + 60*3)/3


def test_links_read_giver_receiver_and_link_and_arrive_at_members() -> None:
    links = Links(givers=(0, 1, 1), receivers=(2, 2, 0), columns={"weight": (1.0, 2.0, 4.0)})
    made = relationship(
        sellers(),
        flow("referral", "sellers > sellers", times("link.weight", "giver.cash", "receiver.sales"), along=links),
        flow("tax", "sellers > world", call("arriving", "referral")),
        flow("largest", "world > world", call("least", "referral")),
        flow("thanks", "sellers > sellers", times("link.weight", "referral"), along=links),
        flow("weighted", "sellers > world", times(call("arriving", "referral"), "sellers.cash")),
        flow("sent", "sellers > world", times("referral", "sellers.cash")),
    )
    values = values_at_start(made)
    # ann > cy: 1*10*3 = 30, bo > cy: 2*20*3 = 120, bo > ann: 4*20*1 = 80
    assert values["referral"] == 230
    assert values["tax"] == 230
    assert values["largest"] == 30
    assert values["thanks"] == 1 * 30 + 2 * 120 + 4 * 80  # on the same links
    assert values["weighted"] == 80 * 10 + 0 * 20 + (30 + 120) * 60  # what arrives at ann, bo and cy times their cash
    assert values["sent"] == 30 * 10 + (120 + 80) * 20  # what ann and bo give times their cash


def test_groups_of_equal_names_meet_by_name() -> None:
    made = relationship(
        party("day", capacity("cash", 1, 0), members=members("a", "b", x=(1.0, 2.0))),
        party("night", capacity("cash", 1, 0), members=members("b", "a", y=(10.0, 100.0))),
        flow("shift", "day > night", times("day.members.x", "night.members.y")),
    )
    assert values_at_start(made)["shift"] == 1 * 100 + 2 * 10


def test_a_circle_through_a_delay_starts_from_nothing() -> None:
    made = relationship(flow("echo", "world > world", call("max", call("delay", "echo", 7), 2)))
    assert values_at_start(made)["echo"] == 2


def test_a_long_chain_of_flows_is_no_trouble() -> None:
    chain = [flow("f0", "world > world", between(1, 3))]
    chain += [flow(f"f{i}", "world > world", times(f"f{i - 1}", 1)) for i in range(1, 3000)]
    assert values_at_start(relationship(*reversed(chain)))["f2999"] == 2


def test_a_stopped_flow_carries_nothing_also_inside_other_formulas() -> None:
    made = relationship(
        party("alder"),
        party("northfield", capacity("cash", 9, 3)),
        flow("supply", "alder > northfield", 5, worth={"cash": 3}),
        flow("payment", "northfield > alder", times("supply", 2)),
    )
    start = Start(made, stopped=frozenset({"supply"}))
    assert start.read("payment") == 0
    assert start.flow_worth(made.flows["supply"], "cash") == 0


def test_a_value_of_each_member_has_a_mean() -> None:
    made = relationship(sellers(), flow("trade", "world > sellers", 1, arrives_after=value("sellers.members.sales")))
    assert Start(made).mean_over(made.flows["trade"], made.flows["trade"].arrives_after) == 2


def test_a_group_counts_by_the_quantile_it_names() -> None:
    # room left of ann, bo and cy: .5, 1 and 3
    for quantile, expected in ((0.0, 0.5), (0.25, 0.75), (0.5, 1.0)):
        made = relationship(replace(sellers(), counts="quantile", quantile=quantile))
        assert values_at_start(made)["sellers.headroom"] == pytest.approx(expected)
