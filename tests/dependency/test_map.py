"""The map of small relationships, by hand."""

import math
from dataclasses import replace

import pytest

from lichen.dependency.delay import Delay
from lichen.dependency.map import DependencyMap, build_map
from lichen.dependency.needs import Untold
from lichen.relationship.flow import Fallback, Flow
from lichen.relationship.party import Voice
from lichen.relationship.relationship import Relationship
from lichen.relationship.rules import Adjustment, ReturnRule, RiskShare, Rules, Window
from lichen.relationship.value import Band, Value
from lichen.relationship.world import Process
from tests.by_hand import (
    between,
    call,
    capacity,
    flow,
    members,
    minus,
    party,
    relationship,
    seen_by,
    term,
    times,
    value,
)

WEEK = 7.0
YEAR = Window(kind="duration", days=365.25)


def fallback(replaced: float, weeks: float) -> Fallback:
    return Fallback(replaced=value(replaced), after=value(weeks * WEEK))


RULES = Rules(
    reciprocity=(ReturnRule(name="fair_return", party="alder", band=Band(), over=YEAR),),
    adjustment=Adjustment(raised_by=("northfield", "alder")),
    risk_sharing=(
        RiskShare(
            name="input_cost",
            loss=value(times("packaging", 0.31, minus("input_cost", 1))),
            carried_by="alder",
            shares={"northfield": 0.6, "alder": 0.4},
        ),
    ),
)
WORLD = {
    "demand": Process(name="demand", kind="ar1", parameters={"mean": value(1150 / WEEK)}),
    "input_cost": Process(name="input_cost", kind="random_walk", parameters={"start": value(1)}),
}


def packaging_and_payment() -> tuple[Flow, ...]:
    both = seen_by("northfield", "alder")
    fund = times("invest_share", "packaging", minus(0.48, "price"), call("saturate", "northfield.headroom", 0.5))
    return (
        flow(
            "packaging",
            "alder > northfield",
            call("min", "demand", "alder.line"),
            cost={"cash": times(between(0.3, 0.33), "input_cost")},
            worth={"cash": 0.48},
            promised=True,
            if_lost=fallback(0.9, 12),
            visible_to=both,
        ),
        flow(
            "payment",
            "northfield > alder",
            times("packaging", "price"),
            cost={"cash": 1},
            worth={"cash": 1},
            settled_after=value("pay_after"),
            promised=True,
            if_lost=fallback(0.7, 16),
            visible_to=both,
        ),
        flow("capability_fund", "northfield > alder", fund, cost={"cash": 1}, worth={"line": 1 / 49}, visible_to=both),
        flow("forecast", "northfield > alder", 1 / WEEK, kind="information", promised=True, visible_to=both),
        flow("reservation", "alder > northfield", "forecast", kind="obligation", visible_to=both),
    )


def supply() -> Relationship:
    """Example 1 of the language: Northfield and Alder, per week, in thousands of EUR and in pallets."""
    drift = minus(minus(0, 3 / WEEK), times(0.01 / WEEK, "northfield.cash"))
    alder_drift = minus(minus(0, 44 / WEEK), times(0.01 / WEEK, "alder.cash"))
    line_drift = minus(0, times(0.0015 / WEEK, "alder.line"))
    return relationship(
        party("northfield", capacity("cash", 4000, 800, at_most=10000, change=drift)),
        party(
            "alder",
            capacity("cash", 900, 300, change=alder_drift),
            capacity("line", 1000 / WEEK, 750 / WEEK, change=line_drift),
            alternatives=value(3),
        ),
        term("price", 0.385),
        term("pay_after", 12 * WEEK),
        term("invest_share", 0),
        *packaging_and_payment(),
        world=WORLD,
        rules=RULES,
    )


@pytest.fixture(scope="module")
def example() -> DependencyMap:
    return build_map(supply())


def test_each_side_needs_what_no_fallback_replaces(example: DependencyMap) -> None:
    assert example.dependence("northfield", "alder") == pytest.approx(0.1)  # all from packaging, of which 90 % replaced
    assert example.dependence("alder", "northfield") == pytest.approx(0.3)  # all from payment, of which 70 % replaced
    northfield, alder = example.parties
    assert [(s.flow, s.share, s.after_days) for s in northfield.needs[0].supplies] == [("packaging", 1, 84)]
    assert northfield.needs[0].own == 0
    assert [s.flow for s in alder.needs[0].supplies] == ["payment"]
    assert (alder.needs[1].per_day, alder.needs[1].spread) == (
        0,
        None,
    )  # nothing feeds the line while nothing is invested
    assert alder.gives == ("packaging", "reservation")


def test_all_rounds_of_a_pair(example: DependencyMap) -> None:
    # D = [[0, .1], [.3, 0]]: (I - D)^-1 - I = [[.03, .1], [.3, .03]] / .97
    assert example.radius == pytest.approx(0.03**0.5)
    assert example.total is not None
    assert [x for row in example.total for x in row] == pytest.approx(
        [0.03 / 0.97, 0.1 / 0.97, 0.3 / 0.97, 0.03 / 0.97]
    )
    circle = next(i for i in example.indirect if (i.party, i.on) == ("northfield", "northfield"))
    assert circle.by_round == pytest.approx((0, 0.03, 0, 0.0009))
    assert circle.through == (("alder", pytest.approx(0.03 / 0.97)),)
    assert example.core == ("northfield", "alder")
    assert example.reach == 1


def test_what_each_side_can_damage(example: DependencyMap) -> None:
    northfield, alder = example.parties
    # a week: Alder has 385 - 315 - 44 - 1 % of 900 = 17; without payment -368, from 600 above its floor
    (stop,) = northfield.can_damage
    assert (stop.party, stop.capacity, stop.how, stop.flows) == ("alder", "cash", "stop", ("payment",))
    assert stop.per_day == pytest.approx(385 / WEEK)
    assert stop.days_to_floor == pytest.approx(600 / 368 * WEEK)
    assert stop.first_effect_days == pytest.approx(84)
    # Northfield has 480 - 385 - 3 - 1 % of 4000 = 52; without packaging it pays nothing either: -43, from 3200 above
    (stop,) = alder.can_damage
    assert (stop.party, stop.capacity, stop.flows) == ("northfield", "cash", ("packaging",))
    assert stop.per_day == pytest.approx(95 / WEEK)
    assert stop.days_to_floor == pytest.approx(3200 / 43 * WEEK)


def test_risks_come_from_the_world_and_from_shared_losses(example: DependencyMap) -> None:
    northfield, alder = example.parties
    assert [(e.world, e.through) for e in alder.exposures] == [
        ("demand", ("packaging", "payment", "capability_fund")),
        ("input_cost", ("packaging",)),
    ]
    assert [e.world for e in northfield.exposures] == ["demand"]
    assert [(s.share, s.carrier) for s in (*northfield.shared_losses, *alder.shared_losses)] == [
        (0.6, False),
        (0.4, True),
    ]


def test_power_follows_from_who_could_go_elsewhere(example: DependencyMap) -> None:
    (power,) = example.power
    assert power.imbalance == pytest.approx(0.2)  # Alder depends on Northfield by .3, Northfield on it by .1
    assert (power.alternatives_of_one, power.alternatives_of_other) == (None, 3)
    # Northfield replaces .9, Alder .7 but has three others: .75; half of 1 - .9 - .75 each
    assert power.share_of_one == pytest.approx(0.9 - 0.65 / 2)


def test_edges_say_how_much_who_sees_and_what_holds_them(example: DependencyMap) -> None:
    edges = {edge.flow: edge for edge in example.edges}
    assert [edge.goodwill for edge in edges.values()] == [False] * 5
    assert edges["packaging"].weight == 1
    assert edges["capability_fund"].weight == 0
    assert edges["forecast"].weight is None
    assert edges["payment"].delay == Delay(84)
    assert not any(edge.unseen for edge in edges.values())
    assert edges["packaging"].per_day == pytest.approx(1000 / WEEK)


def test_without_rules_what_is_not_promised_is_goodwill_and_undeclared_flows_are_unseen() -> None:
    made = build_map(
        relationship(
            party("mentor", capacity("time", 10, 5)),
            party("learner", capacity("skill", 10, 5)),
            party("bystander", capacity("calm", 1, 0)),
            flow("lessons", "mentor > learner", 1, worth={"skill": 1}),
            flow("fee", "learner > mentor", 1, worth={"time": 1}, promised=True, visible_to=()),
            flow("books", "world > learner", 1, worth={"skill": 3}),
        )
    )
    lessons, fee, books = made.edges
    assert (lessons.goodwill, fee.goodwill, books.goodwill) == (True, False, False)
    assert (lessons.unseen, lessons.declared, fee.unseen, fee.declared) == (True, False, True, True)
    assert made.untouched == ("bystander",)
    assert made.dependence("learner", "mentor") == 0.25  # three of four parts come from outside
    assert made.dependence("mentor", "bystander") == 0
    spread = made.parties[1].needs[0].spread
    assert spread is not None
    assert spread.hhi == pytest.approx(0.25**2 + 0.75**2)


def test_own_income_is_a_supply_from_oneself() -> None:
    own = capacity("good", 100, 40, change=minus(8, times(0.1, "a.good")))
    made = build_map(
        relationship(party("a", own), party("b", capacity("good", 1, 0)), flow("gift", "b > a", 2, worth={"good": 4}))
    )
    assert made.dependence("a", "b") == 0.5  # 8 from itself, 8 from b; the decay of 10 feeds nothing
    assert made.parties[0].needs[0].own == 0.5


def test_a_capacity_that_is_not_essential_counts_half_and_the_largest_need_decides() -> None:
    made = build_map(
        relationship(
            party("a", capacity("cash", 2, 1, change=1), capacity("fame", 2, 1, essential=False)),
            party("b", capacity("cash", 2, 1)),
            flow("pay", "b > a", 1, worth={"cash": 0.5}),
            flow("praise", "b > a", 1, worth={"fame": 1}),
        )
    )
    assert made.dependence("a", "b") == 0.5  # a half of all its fame; of its cash a third


def chain(*, blind: bool) -> Relationship:
    """A café needs a roaster, the roaster a farm; the roaster's rate follows its stock by a delay and a smoothing."""
    everyone = seen_by("cafe", "roaster", "farm")
    return relationship(
        party("cafe", capacity("cash", 2, 1, change=1)),
        party("roaster", capacity("stock", 2, 1, change=1)),
        party("farm", capacity("soil", 2, 1)),
        flow(
            "coffee",
            "roaster > cafe",
            call("smooth", call("delay", "roaster.stock", 3), 10),
            worth={"cash": 0.5},
            arrives_after=value(2),
            visible_to=everyone,
        ),
        flow(
            "beans",
            "farm > roaster",
            1,
            worth={"stock": 1},
            arrives_after=value(30),
            settled_after=value(5),
            visible_to=seen_by("farm") if blind else everyone,
        ),
    )


def test_a_path_through_another_party_is_as_strong_as_its_steps_and_as_late() -> None:
    made = build_map(chain(blind=False))
    (path,) = made.paths
    assert path.parties == ("cafe", "roaster", "farm")
    assert path.flows == ("coffee", "beans")
    assert path.strength == pytest.approx(0.25)  # half of its cash, half of the stock
    assert path.delay == Delay(30 + 5 + 3 + 2, (10.0,))
    assert path.blind == ()
    (indirect,) = made.indirect
    assert (indirect.party, indirect.on, indirect.total) == ("cafe", "farm", pytest.approx(0.25))
    assert indirect.through == (("roaster", pytest.approx(0.25)),)
    assert indirect.routes_hold == pytest.approx(0.81)  # two links in a row, each with 90 %
    assert made.lean == pytest.approx(
        (0, 2 / 3, 1)
    )  # roaster .5; farm .5 * (1 + .5), the roaster's own weight included
    assert made.core == ()
    assert made.reach == pytest.approx(6 / 9)


def test_a_path_through_a_party_that_cannot_see_it_says_so() -> None:
    (path,) = build_map(chain(blind=True)).paths
    assert path.blind == ("cafe", "roaster")
    assert path.passes_blind


def test_where_feedback_has_no_end_it_still_says_through_whom() -> None:
    made = build_map(
        relationship(
            *(party(name, capacity("good", 2, 1)) for name in "abc"),
            flow("ab", "a > b", 1, worth={"good": 1}),
            flow("bc", "b > c", 1, worth={"good": 1}),
            flow("ca", "c > a", 1, worth={"good": 1}),
        )
    )
    assert made.endless
    assert made.radius == pytest.approx(1)
    indirect = {(i.party, i.on): i for i in made.indirect}
    assert indirect["a", "b"].total is None
    assert indirect["a", "b"].by_round == (0, 1, 0, 0)  # a needs c, which needs b
    assert indirect["a", "b"].through == (("c", 1),)
    assert made.lean == pytest.approx((1, 1, 1))


def test_a_burden_is_a_damage_and_a_third_party_needs_a_voice() -> None:
    def made(**more: object) -> DependencyMap:
        return build_map(
            relationship(
                party("mill", capacity("cash", 2, 1)),
                party("river", capacity("life", 10, 4, change=0.5), essential=False, kind="living system", **more),
                flow("waste", "mill > river", 2, kind="burden", worth={"life": -1}, arrives_after=value(9)),
            )
        )

    silent = made()
    assert silent.without_voice == ("river",)
    (damage,) = silent.parties[1].burdens
    assert (damage.by, damage.how, damage.per_day, damage.first_effect_days) == ("mill", "burden", 2, 9)
    assert damage.days_to_floor == pytest.approx(6 / 1.5)  # it gains .5 and loses 2 a day
    assert damage in silent.parties[0].can_damage
    assert silent.dependence("river", "mill") == 0
    assert silent.edges[0].weight == 1
    assert made(spoken_for_by=Voice(who="mill")).without_voice == ("river",)
    assert made(spoken_for_by=Voice(who="mill", by="report")).without_voice == ()


def test_a_group_counts_as_one_party() -> None:
    sellers = members("ann", "bo", income=(1.0, 3.0))
    made = build_map(
        relationship(
            party("bazaar", capacity("cash", 10, 5)),
            party("sellers", capacity("cash", 2, 1, change="sellers.members.income"), members=sellers),
            flow("trade", "bazaar > sellers", times("sellers.members.income", 3), worth={"cash": 1}),
            flow("fees", "sellers > bazaar", times("trade", 0.1), cost={"cash": 1}, worth={"cash": 1}),
        )
    )
    assert made.dependence("sellers", "bazaar") == pytest.approx(0.75)  # 12 of 16: their own income is 4
    assert made.dependence("bazaar", "sellers") == 1
    assert made.edges[1].per_day == pytest.approx(1.2)


def test_what_somebody_keeps_to_itself_is_unknown_and_counts_nowhere() -> None:
    hidden = Value(tree=None, private_to="b")
    made = build_map(
        relationship(
            party("a", capacity("good", 2, 1)),
            party("b", capacity("good", 2, 1)),
            flow("pay", "b > a", 1, worth={"good": 1}),
            flow("secret", "b > a", 1, worth={"good": "gift"}),
            replace(flow("gift", "b > a", 1, worth={"good": 1}), rate=hidden),
        )
    )
    assert made.parties[0].needs[0].unknown == ("secret", "gift")
    assert made.edges[2].per_day is None
    assert made.dependence("a", "b") == 1
    assert made.untold == (Untold(party="a", on="b", flows=("secret", "gift")),)


def test_how_much_a_party_depends_on_a_benefit_without_worth_cannot_be_told() -> None:
    made = build_map(
        relationship(
            party("hotel", capacity("cash", 90, 20)),
            party("weiss", capacity("cash", 20, 5)),
            flow("laundry", "weiss > hotel", 5, worth={"cash": 3}),
            flow("payment", "hotel > weiss", 15, cost={"cash": 1}),
        )
    )
    assert made.untold == (Untold(party="weiss", on="hotel", flows=("payment",)),)
    (power,) = made.power
    assert (power.one_on_other, power.other_on_one, power.share_of_one) == (1, None, None)
    assert (power.imbalance, power.cohesion) == (None, None)


def test_how_soon_a_capacity_without_a_floor_is_at_it_cannot_be_told() -> None:
    cash = replace(capacity("cash", 20, 5, change=-1), floor=Value(tree=None))
    made = build_map(
        relationship(
            party("hotel", capacity("cash", 90, 20)),
            party("weiss", cash),
            flow("payment", "hotel > weiss", 2, worth={"cash": 1}),
            flow("advice", "weiss > hotel", 2, worth={"cash": 1}),
        )
    )
    assert made.parties[0].can_damage[0].days_to_floor is None  # it falls by 1 a day, to nobody knows what
    assert made.parties[1].can_damage[0].days_to_floor == math.inf  # it stays where it is
    assert made.parties[1].headroom is None


def test_nobody_and_nothing_still_make_a_map() -> None:
    empty = build_map(relationship())
    assert (empty.parties, empty.edges, empty.total, empty.endless) == ((), (), (), False)
