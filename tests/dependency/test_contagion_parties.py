"""Who falls with whom: files worked out by hand, slow second versions, and what nobody says."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.dependency.contagion_debts import KEPT_IN_DEFAULT, Debts, debts_between
from lichen.dependency.contagion_parties import PartyContagion, PartyFailure, party_contagion, unattended
from lichen.dependency.harm import damages
from lichen.dependency.needs import needs
from lichen.relationship.flow import Fallback, Flow
from lichen.relationship.quantity import Dimension
from lichen.relationship.relationship import Relationship
from lichen.relationship.start import Start
from lichen.relationship.value import Value
from tests.by_hand import between, capacity, flow, minus, party, times, value
from tests.by_hand import relationship as by_hand
from tests.dependency.build import FOUR, TEN_WEEKS, THREE_IN_DEBT
from tests.simulation.build import relationship


def contagion(made: Relationship) -> PartyContagion:
    start = Start(made)
    found = party_contagion(start, needs(start), damages(made, start))
    assert found is not None
    return found


def failures(made: Relationship) -> dict[str, PartyFailure]:
    return {one.party: one for one in contagion(made).failures}


def rounds(made: Relationship, name: str) -> tuple[tuple[str, ...], ...]:
    """Who falls with a party, of which that can be told."""
    falls = failures(made)[name].falls
    assert falls is not None
    return falls.rounds


@pytest.fixture(scope="module")
def four() -> PartyContagion:
    return contagion(relationship(FOUR, time=TEN_WEEKS))


# Distress and growth


def test_what_is_in_doubt_by_both_debtranks(four: PartyContagion) -> None:
    """By hand; what comes back to the one that failed stops there.

    Farm: mill 1, bakery 0.6, shop 0.5 + 0.5 x 0.6: 2.4 of 4. Mill: bakery 0.6, then shop = 0.3 + 0.5 farm and farm =
    0.2 shop, so 1/3 and 1/15; passed once, the shop has 0.3 + 0.5 x 0.06 and the farm 0.06. Bakery: shop = 0.5 + 0.5
    farm, so 5/9, farm and mill 1/9 each; once 0.55, 0.1 and 0.1. Shop: farm 0.2, mill 0.2, bakery 0.12.
    """
    assert [one.party for one in four.failures] == ["farm", "mill", "bakery", "shop"]
    assert [one.in_doubt for one in four.failures] == pytest.approx([0.6, 0.25, 7 / 36, 0.13])
    assert [one.passed_once for one in four.failures] == pytest.approx([0.6, 0.2475, 0.1875, 0.13])
    assert [(one.direct, one.reach) for one in four.failures] == [(2, 3), (1, 3), (1, 3), (1, 3)]


def test_how_far_failures_go_on(four: PartyContagion) -> None:
    """Circles of 0.5 x 0.2 and 1 x 0.6 x 0.5 x 0.2: x^4 = 0.1 x^2 + 0.06, so x^2 = 0.3.

    What all cause: farm = 1 + mill + shop/2, mill = 1 + 0.6 bakery, bakery = 1 + shop/2, shop = 1 + farm/5, so farm =
    3.4/0.84.
    """
    assert four.radius == pytest.approx(math.sqrt(0.3), abs=1e-9)
    farm = 3.4 / 0.84
    shop = 1 + farm / 5
    bakery = 1 + shop / 2
    expected = {"farm": farm, "shop": shop, "bakery": bakery, "mill": 1 + 0.6 * bakery}
    assert {one.party: one.caused for one in four.failures} == pytest.approx(expected)


def test_where_failures_add_up_nearly_without_end_they_are_not_added_up() -> None:
    pair = "  {0}: {{kind: person, capacities: {{cash: {{level: 2 EUR, floor: 1 EUR}}}}}}\n"
    text = "parties:\n" + "".join(pair.format(name) for name in "abc") + "flows:\n"
    text += "".join(
        f"  {a}{b}: {{kind: benefit, from: {a}, to: {b}, rate: 1 EUR/week, worth: {{cash: 1}}}}\n"
        for a, b in ("ab", "bc", "ca")
    )
    found = contagion(relationship(text, time=TEN_WEEKS))
    assert found.radius == pytest.approx(1)
    assert [one.caused for one in found.failures] == [None, None, None]
    assert [one.in_doubt for one in found.failures] == pytest.approx([2 / 3] * 3)


# Thresholds


def test_who_falls_loses_more_than_its_surplus(four: PartyContagion) -> None:
    """A week, farm and others gain 1, 4, 7 and 3 at the start and lose 2, 10, 6 and 5 of these flows.

    So all but the bakery fall when the flow stops. In ten weeks, with 5, 80 and 10 above their floors, farm, mill and
    shop could bear 1.5, 12 and 4.
    """
    falls = {one.party: one.falls for one in four.failures}
    assert {name: one.rounds for name, one in falls.items() if one is not None} == {
        "farm": (("mill", "shop"),),
        "mill": (),
        "bakery": (("shop",), ("farm",), ("mill",)),
        "shop": (("farm",), ("mill",)),
    }
    assert {name: one.by_end for name, one in falls.items() if one is not None} == {
        "farm": ("shop",),
        "mill": (),
        "bakery": ("farm", "shop"),
        "shop": ("farm",),
    }


def test_losses_to_several_add_up_and_formulas_are_followed() -> None:
    """D gains 3 a day of 10. A alone takes 2; but C, which sends what A sends, stops with it without having failed."""
    good = capacity("good", 100, 10)
    d = party("d", capacity("good", 100, 10, change=minus(6, 7)))
    gifts = (
        flow("first", "a > d", 2, worth={"good": 1}),
        flow("second", "b > d", 2, worth={"good": 1}),
    )
    three = by_hand(party("a", good), party("b", good), d, *gifts)
    assert rounds(three, "a") == ()
    bound = by_hand(
        party("a", good),
        party("b", good),
        d,
        gifts[0],
        flow("second", "b > d", "first", worth={"good": 1}),
    )
    assert rounds(bound, "a") == (("d",),)


@pytest.mark.parametrize(("price", "falls"), [(0.0, ()), (3.0, ()), (7.0, (("b",),))])
def test_a_replacement_counts_for_what_it_brings_net_of_its_price(price: float, falls: tuple[tuple[str, ...]]) -> None:
    """Of 10 a day worth 8 and sold for 5, half is to be had elsewhere: it brings 10 x 0.5 x (8 - price).

    B gains 80 - 50 - 10 = 20 at the start and loses 30; with the replacement 30 - 40, 30 - 25 and 30 - 5 of its 20.
    """
    lost = Fallback(replaced=value(0.5), after=value(0), cost={"good": value(price)})
    good = capacity("good", 100, 10)
    made = by_hand(
        party("a", good),
        party("b", capacity("good", 100, 10, change=minus(0, 10))),
        party("c", good),
        flow("ware", "a > b", 10, worth={"good": 8}, if_lost=lost),
        flow("pay", "b > a", "ware", cost={"good": 5}, worth={"good": 5}),
        flow("news", "c > a", 1, worth={"good": 1}),
    )
    (stop,) = (one for one in damages(made, Start(made)) if (one.by, one.party) == ("a", "b"))
    assert (stop.per_day, stop.replaced_per_day) == pytest.approx((30, 5 * (8 - price)))
    assert rounds(made, "a") == falls


# Debts


def test_who_could_not_pay_if_all_fell_due() -> None:
    """Cleo pays her 10, so Ann has 25 of 40, and Ben 27 of 30; with 0.7 kept Ann pays 0.7 x 25 and Ben 0.7 x 19.5."""
    assert KEPT_IN_DEFAULT == 0.7
    (found,) = contagion(relationship(THREE_IN_DEBT, time=TEN_WEEKS)).debts
    assert (found.unit, found.owed) == ("EUR", pytest.approx(80))
    assert found.kept is not None
    assert found.costly is not None
    assert (found.kept.parties, found.kept.paid) == (("ann", "ben"), pytest.approx(62 / 80))
    assert (found.costly.parties, found.costly.paid) == (("ann", "ben"), pytest.approx((17.5 + 13.65 + 10) / 80))


def test_if_one_paid_nothing() -> None:
    """Without Ann, Ben pays 2 and Cleo 3 (1.4 and 1.68); without Ben, Cleo 1 and Ann 16 (0.7 and 0.7 x 15.7);
    without Cleo, Ann 15 and Ben 17 (10.5 and 8.75). Only Cleo could pay before.
    """
    (found,) = contagion(relationship(THREE_IN_DEBT, time=TEN_WEEKS)).debts
    assert [(one.party, one.kept.parties, one.costly.parties) for one in found.withheld] == [
        ("ann", ("cleo",), ("cleo",)),
        ("ben", ("cleo",), ("cleo",)),
        ("cleo", (), ()),
    ]
    assert [one.kept.paid * 80 for one in found.withheld] == pytest.approx([5, 17, 32])
    assert [one.costly.paid * 80 for one in found.withheld] == pytest.approx([3.08, 11.69, 19.25])


def test_nothing_is_owed_without_credit_of_shares_or_before_the_start() -> None:
    for change in (", settled_after: 0 days", ", settled_after: 4 weeks, starts: empty", ""):
        text = THREE_IN_DEBT.replace(", settled_after: 4 weeks", change).replace(", settled_after: 5 weeks", "")
        assert contagion(relationship(text, time=TEN_WEEKS)).debts == ()
    shares = by_hand(
        *(party(name, capacity("trust", 1, 0.5)) for name in "abc"),
        flow("favour", "a > b", 1, cost={"trust": 0.1}, worth={"trust": 0.1}, settled_after=value(7)),
        flow("other", "b > c", 1, worth={"trust": 0.1}),
    )
    assert contagion(shares).debts == ()


def test_what_comes_in_another_unit_pays_no_debt() -> None:
    """Ben gets goods for what Ann owes, so he has 2 of the 30 that he owes; Cleo has 3 of 10, and Ann 18 of 40."""
    text = THREE_IN_DEBT.replace("{cash: 1}, settled_after: 4", "{bread: 1 kg/EUR}, settled_after: 4").replace(
        "level: 2 EUR, floor: 0 EUR}", "level: 2 EUR, floor: 0 EUR}, bread: {level: 2 kg, floor: 1 kg}"
    )
    (found,) = contagion(relationship(text, time=TEN_WEEKS)).debts
    assert found.kept is not None
    assert (found.kept.parties, found.kept.paid) == (("ann", "ben", "cleo"), pytest.approx((18 + 2 + 3) / 80))


def test_a_debt_or_what_is_held_that_nobody_gives_cannot_be_cleared() -> None:
    made = relationship(THREE_IN_DEBT, time=TEN_WEEKS)
    hidden = Value(tree=None, dimension=Dimension.of("EUR"))
    ann = made.parties["ann"]
    poor = replace(ann, capacities={"cash": replace(ann.capacities["cash"], level=hidden)})
    untold = Debts(unit="EUR", owed=None, kept=None, costly=None, withheld=(), untold=("ann.cash",))
    assert debts_between(Start(replace(made, parties={**made.parties, "ann": poor}))) == (untold,)
    late = replace(made.flows["to_ben"], settled_after=hidden)
    (found,) = debts_between(Start(replace(made, flows={**made.flows, "to_ben": late})))
    assert found == replace(untold, untold=("to_ben",))


# What nobody says


def gifts(*more: Flow) -> Relationship:
    """A gives to B, B to C; each starts with 1 a day to spare."""
    parts = [party(name, capacity("good", 10, 5, change=minus(1, 0))) for name in "abc"]
    return by_hand(
        *parts,
        flow("first", "a > b", 1, worth={"good": 1}),
        flow("second", "b > c", 1, worth={"good": 1}),
        *more,
    )


def test_what_nobody_says_the_worth_of_leaves_a_failure_untold() -> None:
    found = failures(gifts(flow("advice", "c > b", 1)))
    assert found["c"].untold == ("b",)
    assert found["b"].untold == ()  # what comes back to it does not count
    assert found["a"].untold == ("b",)  # it reaches C, whose advice to B nobody values
    for name in "ac":
        one = found[name]
        assert (one.reach, one.in_doubt, one.passed_once, one.caused, one.falls) == (None, None, None, None, None)
    assert found["b"].in_doubt == pytest.approx(0.5 / 3)
    assert contagion(gifts(flow("advice", "c > b", 1))).radius is None


def test_a_private_income_leaves_all_shares_of_it_untold() -> None:
    made = gifts()
    c = made.parties["c"]
    secret = replace(c, capacities={"good": replace(c.capacities["good"], change=Value(tree=None))})
    found = failures(replace(made, parties={**made.parties, "c": secret}))
    assert {name: one.untold for name, one in found.items()} == {"a": ("c",), "b": ("c",), "c": ()}


def test_where_a_surplus_is_not_known_only_who_falls_cannot_be_told() -> None:
    found = failures(gifts(replace(flow("waste", "c > world", 1), cost={"good": Value(tree=None)})))
    assert (found["b"].falls, found["b"].in_doubt) == (None, pytest.approx(0.5 / 3))
    assert found["a"].falls is not None  # B bears it, so C is not touched


def test_where_a_floor_is_not_known_only_when_cannot_be_told() -> None:
    made = gifts()
    b = made.parties["b"]
    open_floor = replace(
        b, capacities={"good": replace(b.capacities["good"], change=value(minus(0, 1)), floor=Value(tree=None))}
    )
    falls = failures(replace(made, parties={**made.parties, "b": open_floor}))["a"].falls
    assert falls is not None
    assert (falls.rounds, falls.by_end) == ((("b",),), None)


def test_what_is_beyond_all_numbers_cannot_be_told() -> None:
    endless = flow("endless", "a > c", times(1e300, 1e300), worth={"good": 1}, cost={"good": 1}, settled_after=value(1))
    found = failures(gifts(endless))
    assert (found["a"].untold, found["a"].falls) == (("c",), None)
    assert found["c"].falls is not None


def test_ranges_stand_at_their_middle() -> None:
    half = flow("third", "a > c", between(0.5, 1.5), worth={"good": 1})
    assert failures(gifts(half))["a"].in_doubt == pytest.approx((0.5 + 1 / 3 + 0.5 / 3) / 3)


def test_between_two_or_where_nobody_needs_anything_there_is_nothing_to_tell() -> None:
    good = capacity("good", 10, 5)
    two = by_hand(party("a", good), party("b", good), flow("gift", "a > b", 1, worth={"good": 1}))
    bare = by_hand(*map(party, "abc"), flow("one", "a > b", 1), flow("two", "b > c", 1))
    for made in (two, bare):
        start = Start(made)
        assert party_contagion(start, needs(start), damages(made, start)) is None


def test_of_the_parties_that_nobody_looks_after_the_one_that_pulls_most_is_named() -> None:
    made = gifts()
    c = replace(made.parties["c"], kind="living system")
    mute = replace(made, parties={**made.parties, "c": c})
    assert unattended(mute) == {"a": "nothing received", "c": "no voice"}
    found = contagion(mute).unattended
    assert found is not None
    assert found.party == "a"


# Slow second versions


@st.composite
def networks(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What each gives each a day, what each has of its own, and what it spends."""
    size = draw(st.integers(3, 6))
    amount = st.one_of(st.just(0.0), st.sampled_from([0.25, 0.5, 1.0, 2.0, 5.0]))
    cells = draw(st.lists(amount, min_size=size**2, max_size=size**2))
    own, spent = (np.array(draw(st.lists(amount, min_size=size, max_size=size))) for _ in range(2))
    given = np.array(cells).reshape(size, size) * (1 - np.eye(size))
    given[0, 1] = given[1, 2] = given[0, 2] = 1.0
    return given, own, spent


@given(networks())
def test_all_is_that_of_asking_everyone_again_and_again(network: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    given_, own, spent = network
    names = [f"p{i}" for i in range(len(own))]
    parts = [party(n, capacity("good", 10, 5, change=minus(o, s))) for n, o, s in zip(names, own, spent, strict=True)]
    flows = [
        flow(f"f{i}_{j}", f"{names[i]} > {names[j]}", given_[i, j], worth={"good": 1})
        for i, j in np.argwhere(given_ > 0).tolist()
    ]
    made = by_hand(*parts, *flows)
    touched = [one.name for one in made.touched_parties]
    keep = [names.index(name) for name in touched]
    inflow = given_.sum(axis=0) + own
    share = np.divide(given_, inflow, out=np.zeros_like(given_), where=inflow > 0)[np.ix_(keep, keep)]
    losses, surplus = given_[np.ix_(keep, keep)], np.maximum(0, inflow - spent)[keep]
    for name, one in failures(made).items():
        first = touched.index(name)
        assert one.in_doubt == pytest.approx(slow_doubt(share, first), abs=1e-7)
        assert one.falls is not None
        assert {x for turn in one.falls.rounds for x in turn} == {touched[j] for j in slow_fall(losses, surplus, first)}
        assert one.passed_once is not None
        assert one.passed_once <= slow_doubt(share, first) + 1e-7


def slow_doubt(share: np.ndarray, first: int) -> float:
    """The differential DebtRank, an increase at a time, for 4,000 rounds."""
    size = len(share)
    before, now = np.zeros(size), np.eye(size)[first]
    for _ in range(4000):
        following = [
            min(1.0, now[j] + sum(share[i, j] * (now[i] - before[i]) for i in range(size))) for j in range(size)
        ]
        before, now = now, np.array(following)
        if np.abs(now - before).max() < 1e-13:
            break
    return float(now.sum() - 1) / size


def slow_fall(losses: np.ndarray, surplus: np.ndarray, first: int) -> set[int]:
    fallen = {first}
    while more := {
        j for j in range(len(losses)) if j not in fallen and sum(losses[i, j] for i in fallen) > surplus[j] + 1e-9
    }:
        fallen |= more
    return fallen - {first}
