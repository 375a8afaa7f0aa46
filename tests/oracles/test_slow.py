"""The slow simulator against figures worked out by hand: what flows do, groups, leaving, experiments."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from lichen.relationship.flow import Fallback, Links
from lichen.relationship.rules import Exit, RiskShare, Rules, Term
from lichen.relationship.value import Value
from lichen.relationship.world import Scenario
from tests.by_hand import capacity, flow, members, party
from tests.oracles.slow import Experiment
from tests.oracles.small import days, f, group_of_two, in_euros, simulate, two, v


def test_a_stock_that_loses_a_tenth_a_day_decays_geometrically() -> None:
    made = days(5, party("a", capacity("x", 100, 20, healthy=120, change=f("-10 %/day * a.x"))))
    result = simulate(made)
    assert result.level["a.x"][0] == pytest.approx([100 * 0.9**k for k in range(6)])
    assert result.headroom["a"] == pytest.approx([(100 * 0.9**k - 20) / 100 for k in range(6)])


def test_two_coupled_stocks_over_three_steps() -> None:
    made = days(
        3,
        *two(a="10", b="20"),
        flow("down", "a > b", f("0.1 per day * a.x"), cost={"x": 1}, worth={"y": 2}),
        flow("back", "b > a", f("0.2 per day * b.y"), cost={"y": 1}, worth={"x": 0.5}),
    )
    result = simulate(made)
    assert result.rate["down"][0] == pytest.approx([1, 1.1, 1.17])
    assert result.rate["back"][0] == pytest.approx([4, 3.6, 3.32])
    assert result.level["a.x"][0] == pytest.approx([10, 10 - 1 + 2, 11 - 1.1 + 1.8, 11.7 - 1.17 + 1.66])
    assert result.level["b.y"][0] == pytest.approx([20, 20 + 2 - 4, 18 + 2.2 - 3.6, 16.6 + 2.34 - 3.32])
    assert result.worth["down"]["y"] == pytest.approx(2 * 3.27)
    assert result.cost["back"]["y"] == pytest.approx(4 + 3.6 + 3.32)


@pytest.mark.parametrize(
    ("delays", "empty", "a", "b"),
    [
        ({}, False, [100, 99, 97, 94, 90], [100, 101, 103, 106, 110]),
        # The rate is 1, 2, 3, 4; before the start it was 1.
        ({"arrives_after": "2 days"}, False, [100, 99, 97, 94, 90], [100, 101, 102, 103, 105]),
        ({"arrives_after": "2 days"}, True, [100, 99, 97, 94, 90], [100, 100, 100, 101, 103]),
        ({"settled_after": "2 days"}, False, [100, 99, 98, 97, 95], [100, 101, 102, 103, 105]),
        ({"arrives_after": "1 day", "settled_after": "1 day"}, True, [100, 100, 99, 97, 94], [100, 100, 100, 101, 103]),
    ],
)
def test_transit_moves_worth_and_credit_moves_both(
    delays: Mapping[str, str], empty: bool, a: list[float], b: list[float]
) -> None:
    more = {key: v(text) for key, text in delays.items()}
    growing = flow(
        "gift", "a > b", f("time / (1 day**2) + 1 per day"), cost={"x": 1}, worth={"y": 1}, starts_empty=empty, **more
    )
    result = simulate(days(4, *two(), growing))
    assert result.level["a.x"][0] == pytest.approx(a)
    assert result.level["b.y"][0] == pytest.approx(b)


def test_what_is_on_its_way_keeps_its_old_date_when_a_term_changes_the_delay() -> None:
    wait = Term(name="wait", value=v("1 day"))
    longer = Scenario(name="longer", start=date(2026, 1, 3), until=None, values={"wait": v("3 days")})
    gift = flow("gift", "a > b", f("1 per day"), worth={"y": 1}, arrives_after=v("wait"))
    result = simulate(days(6, *two(), gift, wait, scenarios={"longer": longer}), scenario="longer")
    # Given on days 0 and 1, it arrives on 1 and 2; given on days 2 and 3, on 5 and 6. Day 0 brings what was on its way.
    assert result.level["b.y"][0] == pytest.approx([100, 101, 102, 103, 103, 103, 104])


def test_flows_that_draw_below_at_least_are_rationed_in_proportion() -> None:
    made = days(
        2,
        *two(a="10", at_least=4),
        flow("big", "a > b", f("6 per day"), cost={"x": 1}, worth={"y": 1}),
        flow("small", "a > b", f("1 per day"), cost={"x": 3}),
        flow("echo", "b > a", f("2 * big + 1 per day"), worth={"x": 0}),
        flow("late", "b > a", f("delay(big, 1 day)"), worth={"x": 0}),
    )
    result = simulate(made)
    # 10 - 4 = 6 are at hand, 9 are asked for: two thirds. On the second day nothing is at hand.
    assert result.rate["big"][0] == pytest.approx([4, 0])
    assert result.rate["small"][0] == pytest.approx([2 / 3, 0])
    assert result.rate["echo"][0] == pytest.approx([13 * 2 / 3, 0])
    assert result.rate["late"][0] == pytest.approx([4, 4])
    assert result.level["a.x"][0] == pytest.approx([10, 4, 4])
    assert result.level["b.y"][0] == pytest.approx([100, 104, 104])


def test_a_settlement_that_draws_below_at_least_is_cut_and_what_is_cut_never_arrives() -> None:
    later = {"settled_after": v("1 day"), "starts_empty": True}
    made = days(
        5,
        *two(a="10", at_least=0),
        flow("credit", "a > b", f("4 per day"), cost={"x": 1}, worth={"y": 1}, **later),
        flow("cash", "a > b", f("2 per day"), cost={"x": 1}, worth={"y": 1}),
    )
    result = simulate(made)
    # 2, then 4 + 2, then a third of 4 + 2 is paid.
    assert result.level["a.x"][0] == pytest.approx([10, 8, 2, 0, 0, 0])
    assert result.level["b.y"][0] == pytest.approx([100, 102, 108, 110, 110, 110])
    assert result.rate["credit"][0] == pytest.approx([4, 4, 4, 4, 4])
    assert result.rate["cash"][0] == pytest.approx([2, 2, 2 / 3, 0, 0])


def test_what_exceeds_at_most_is_lost_and_negative_rates_and_wrong_signs_count_as_nothing() -> None:
    made = days(
        2,
        *two(a="10", at_most=11),
        flow("more", "b > a", f("3 per day"), cost={"y": 1}, worth={"x": 1}),
        flow("less", "b > a", f("-3 per day"), cost={"y": 1}, worth={"x": 1}),
        flow("harm", "a > b", f("1 per day"), worth={"y": -5}),
        flow("dirt", "a > b", f("1 per day"), worth={"y": -5}, kind="burden"),
    )
    result = simulate(made)
    assert result.level["a.x"][0] == pytest.approx([10, 11, 11])
    assert result.level["b.y"][0] == pytest.approx([100, 92, 84])
    assert result.rate["less"][0] == [0, 0]


def test_a_party_that_stops_at_its_floor_gives_nothing_below_it() -> None:
    giver = party("a", capacity("x", 10, 8, healthy=20, change=f("-1 per day")), at_floor="stops")
    result = simulate(days(5, giver, two()[1], flow("gift", "a > b", f("1 per day"), worth={"y": 1})))
    assert result.rate["gift"][0] == [1, 1, 1, 0, 0]  # 10, 9, 8 are not below 8


@pytest.mark.parametrize(
    ("loss", "gains", "paid"),
    [("10 per day", True, 4.8), ("-10 per day", True, -4.8), ("-10 per day", False, 0), ("1 per day", True, 0)],
)
def test_what_lies_beyond_is_split_by_shares(loss: str, gains: bool, paid: float) -> None:
    share = RiskShare(
        name="storm", loss=v(loss), carried_by="a", shares={"a": 0.4, "b": 0.6}, beyond=v("2 per day"), gains=gains
    )
    made = days(1, *in_euros(two()), rules=Rules(risk_sharing=(share,)))
    result = simulate(made)
    assert result.level["a.x"][0][1] == pytest.approx(100 + paid)
    assert result.level["b.y"][0][1] == pytest.approx(100 - paid)
    assert result.risk_paid == pytest.approx({"a.x": -paid, "b.y": paid})
    assert simulate(made, Experiment(kind="cut")).level["a.x"][0][1] == 100


def test_exit_runs_at_its_share_until_the_notice_ends_and_then_the_receiver_finds_another() -> None:
    made = days(
        8,
        *two(),
        flow(
            "milk",
            "a > b",
            f("time / (1 day**2) + 1 per day"),
            cost={"x": 1},
            worth={"y": 1},
            arrives_after=v("1 day"),
            if_lost=Fallback(replaced=v("50 %"), after=v("1 day"), cost={"y": v("0.2")}),
        ),
        flow("pay", "b > a", f("2 * milk"), cost={"y": 1}),
        rules=Rules(exit=Exit(notice_days=2, continuity={"milk": 0.5})),
    )
    result = simulate(made, Experiment(kind="exit", party="a", at=3))
    assert result.rate["milk"][0] == pytest.approx([1, 2, 3, 2, 2.5, 0, 0, 0])
    assert result.rate["pay"][0] == pytest.approx([2, 4, 6, 4, 5, 0, 0, 0])
    # Arrivals 1, 1, 2, 3, 2, 2.5; from day 6 on half of the mean rate 2, each unit for 0.2.
    arrived = [1, 1, 2, 3, 2, 2.5, 0.8, 0.8]
    paid = [2, 4, 6, 4, 5, 0, 0, 0]
    expected = [100 + sum(arrived[:k]) - sum(paid[:k]) for k in range(9)]
    assert result.level["b.y"][0] == pytest.approx(expected)


def test_an_exit_announced_at_the_start_replaces_the_undisturbed_first_rate() -> None:
    fallback = Fallback(replaced=v("50 %"), after=v("2 days"))
    made = days(4, *two(), flow("milk", "a > b", f("8 per day"), worth={"y": 1}, if_lost=fallback))
    result = simulate(made, Experiment(kind="exit", party="b"))
    assert result.level["b.y"][0] == pytest.approx([100, 100, 100, 104, 108])


def test_members_leave_one_by_one_and_joiners_grow_all_in_proportion() -> None:
    shop, sellers = group_of_two()
    fees = flow("fees", "sellers > shop", f("0.1 per day * sellers.cash"), cost={"cash": 1}, worth={"cash": 1})
    gift = flow("gift", "shop > sellers", f("1 per day"), cost={"cash": 2})
    result = simulate(days(2, shop, sellers, fees, gift))
    # Presences 1, 1; then (1, 0.5) * 1.8/1.5 = (1.2, 0.6).
    assert [there[:2] for there in result.presence["sellers"]] == [pytest.approx([1, 1.2]), pytest.approx([1, 0.6])]
    assert result.level["sellers.cash"] == [pytest.approx([10, 9, 8.1]), pytest.approx([30, 27, 24.3])]
    first = 100 + 1 + 3 - 2 * 2
    assert result.level["shop.cash"][0] == pytest.approx([100, first, first + 1.2 * 0.9 + 0.6 * 2.7 - 2 * 1.8])
    assert result.cost["fees"]["cash"] == pytest.approx(4 + 1.2 * 0.9 + 0.6 * 2.7)
    assert result.headroom["sellers"][0] == pytest.approx(1 + 0.05 * 2)


@pytest.mark.parametrize(
    ("formula", "now", "then"),
    [
        ("sum(sellers.cash)", 40, 1.2 * 9 + 0.6 * 27),
        ("mean(sellers.cash)", 20, (1.2 * 9 + 0.6 * 27) / 1.8),
        ("quantile(sellers.cash, 0.5)", 20, 18),  # two values: half way between the middles of their weights
        ("least(sellers.cash)", 10, 9),
        ("share(sellers.cash > 20)", 0.5, 1 / 3),
        ("sum(fees)", 4, 1.2 * 0.9 + 0.6 * 2.7),
        ("least(sum(sellers.cash), 7)", 7, 7),
        ("mean(sellers.cash * mean(sellers.cash))", 400, ((1.2 * 9 + 0.6 * 27) / 1.8) ** 2),
        ("mean(delay(sellers.cash, 1 day))", 20, (1.2 * 10 + 0.6 * 30) / 1.8),
    ],
)
def test_reductions_weigh_members_by_presence(formula: str, now: float, then: float) -> None:
    shop, sellers = group_of_two()
    fees = flow("fees", "sellers > shop", f("0.1 per day * sellers.cash"), cost={"cash": 1})
    read = flow("read", "shop > world", f(formula))
    assert simulate(days(2, shop, sellers, fees, read)).rate["read"][0] == pytest.approx([now, then])


def test_flows_along_links_meet_at_the_members_they_join() -> None:
    ring = party(
        "ring",
        capacity("time", f("ring.members.start"), 0, healthy=10),
        kind="group",
        members=members("a", "b", "c", start=(10.0, 20.0, 30.0)),
    )
    shop = party("shop", capacity("cash", 0, -1))
    links = Links(givers=(0, 0, 2), receivers=(1, 2, 1), columns={"weight": (1.0, 2.0, 3.0)})
    help_ = flow(
        "help", "ring > ring", f("link.weight * giver.time / 10"), along=links, cost={"time": 1}, worth={"time": 2}
    )
    thanks = flow("thanks", "ring > shop", f("arriving(help)"), worth={"cash": 1})
    given = flow("given", "ring > shop", f("help"))
    shares = flow("shares", "ring > ring", f("0.1 * help + 0 * receiver.time"), along=links)
    total = flow("total", "shop > world", f("sum(help) + sum(arriving(help))"))
    result = simulate(days(1, ring, shop, help_, thanks, given, shares, total))
    assert [rate[0] for rate in result.rate["help"]] == pytest.approx([1, 2, 9])
    assert [rate[0] for rate in result.rate["shares"]] == pytest.approx([0.1, 0.2, 0.9])
    assert [rate[0] for rate in result.rate["thanks"]] == pytest.approx([0, 10, 2])
    assert [rate[0] for rate in result.rate["given"]] == pytest.approx([3, 0, 9])
    assert result.rate["total"][0] == [pytest.approx(24)]
    assert [level[1] for level in result.level["ring.time"]] == pytest.approx([7, 40, 25])
    assert result.level["shop.cash"][0] == pytest.approx([0, 12])


def test_flows_between_groups_of_equal_names_pair_their_members() -> None:
    old = party("old", capacity("x", 10, 0), kind="group", members=members("ann", "ben"))
    new = party("new", capacity("y", 0, -1), kind="group", members=members("ben", "ann", share=(0.5, 0.2)))
    gift = flow("gift", "old > new", f("old.x * new.members.share / 1 day"), cost={"x": 1}, worth={"y": 1})
    result = simulate(days(1, old, new, gift))
    assert [level[1] for level in result.level["old.x"]] == pytest.approx([8, 5])
    assert [level[1] for level in result.level["new.y"]] == pytest.approx([5, 2])


def test_ranges_of_members_are_drawn_for_each_and_others_once() -> None:
    shop, sellers = group_of_two()
    fee = Term(name="fee", value=v("1..2"))
    own = flow("own", "sellers > shop", f("0.1..0.2 * fee"))
    spreads = {("1..2", None): 1.5, ("0.1..0.2 * fee", 0): 0.1, ("0.1..0.2 * fee", 1): 0.2}
    result = simulate(days(1, shop, sellers, own, fee), spreads=spreads)
    assert [rate[0] for rate in result.rate["own"]] == pytest.approx([0.15, 0.3])


def test_experiments_cut_boost_shock_scale_and_stop() -> None:
    made = days(
        3,
        party("a", capacity("x", 100, 40, healthy=90)),
        two()[1],
        flow("down", "a > b", f("10 per day"), cost={"x": 1}, worth={"y": 1}),
        flow("back", "b > a", f("down / 2"), cost={"y": 1}, worth={"x": 1}),
        flow("bought", "world > a", f("1 per day"), worth={"x": 1}),
    )
    levels = {
        "cut": [100, 101, 102, 103],
        "boost": [100, 96 + 10, 102, 98],
        "shock": [100, 40, 36, 32],
        "scale": [100, 96, 92 + 2.5, 88 + 5],
        "stopped": [100, 96, 92 - 5, 88 - 10],
    }
    for kind, expected in levels.items():
        at = {"cut": 0, "boost": 1, "shock": 1}.get(kind, 1)
        experiment = Experiment(kind=kind, at=at, party="a", flows=("down",), factor=0.5 if kind == "scale" else 0.2)
        assert simulate(made, experiment).level["a.x"][0] == pytest.approx(expected), kind
    stopped = simulate(made, Experiment(kind="stopped", at=1, party="a"))
    assert stopped.rate["back"][0] == [5, 5, 5]


def test_nothing_over_nothing_is_nothing_in_an_experiment_and_an_error_otherwise() -> None:
    made = days(1, *two(a="0"), flow("read", "b > a", f("a.x / a.x")))
    assert simulate(made, Experiment(kind="cut")).rate["read"][0] == [0]
    with pytest.raises(ZeroDivisionError):
        simulate(made)


def test_a_value_that_somebody_keeps_makes_what_needs_it_unknown() -> None:
    hidden = replace(flow("gift", "a > b", 1, cost={"x": 1}), rate=Value(tree=None))
    result = simulate(days(1, *two(), hidden))
    assert math.isnan(result.level["a.x"][0][1])
    assert result.level["b.y"][0] == [100, 100]
