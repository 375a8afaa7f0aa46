"""Formulas against figures worked out by hand (beside each), and against published closed forms."""

import math
from dataclasses import replace

import numpy as np
import pytest

from lichen.check.measures.contagion import radius
from lichen.check.measures.dependence import dependence, gross_dependence
from lichen.check.measures.figure import Figure, exact, mean_of, quantile_of, ratio_of, share_of
from lichen.check.measures.pulses import Pulse, Reach, reaches_between
from lichen.check.measures.shares import fair_shares, gain_shares, net_share
from lichen.check.measures.sight import seen_by
from lichen.check.measures.viability import drawn_down, time_to_harm
from lichen.check.measures.worth import tallies, valuation, weights, worst_mean
from lichen.check.outcomes import heroic_coordination
from lichen.check.remedies import shown_to
from lichen.check.wording import amount, share
from lichen.relationship.flow import Sight
from lichen.relationship.party import Voice
from tests.check.build import EUR, capacity, evidence, flow, party, relationship, trace

PAIR = relationship([party("a"), party("b")], [flow("gives", "a", "b"), flow("returns", "b", "a")])


@pytest.mark.parametrize(("held", "of", "low"), [(380, 400, 0.924036), (400, 400, 0.990488)])
def test_the_interval_of_a_share_is_wilsons(held: int, of: int, low: float) -> None:
    # 380/400 and 400/400: oracle e_viability.json, case wilson, closed form
    samples = np.array([1.0] * held + [0.0] * (of - held))
    assert share_of(samples).low == pytest.approx(low, abs=1e-6)


def test_a_mean_has_its_standard_error() -> None:
    # 1, 2, 3: standard deviation 1, error 1/sqrt(3), times 1.96
    figure = mean_of(np.array([1.0, 2.0, 3.0]))
    assert figure.value == 2
    assert figure.high - figure.value == pytest.approx(1.959964 / math.sqrt(3), abs=1e-6)


def test_nothing_over_nothing_is_nothing() -> None:
    assert ratio_of(np.zeros(3), np.zeros(3)).value == 0


def test_the_five_percent_point_of_a_hundred() -> None:
    # of 0..100 the 5 % point is 5 (Hyndman-Fan type 7); ranks 5.05 -/+ 1.96 sqrt(4.7975) = 0.76..9.34, widened outwards
    figure = quantile_of(np.arange(101.0), 0.05)
    assert (figure.value, figure.low, figure.high) == (5, 0, 10)


def test_a_figure_that_is_not_known_stays_unknown() -> None:
    assert not quantile_of(np.array([1.0, math.nan]), 0.05).known
    assert not mean_of(np.array([1.0, math.nan])).known


def test_dependence_is_the_share_lost_without_the_relationship() -> None:
    # room 1.0 with, 0.4 without: 0.6; of b 0.2 with, 0.1 without: 0.1 over the least base of 0.25 = 0.4
    found = evidence(PAIR, {"base": {"a": 1.0, "b": 0.2}, "cut": {"a": 0.4, "b": 0.1}, "stopped:b": {"b": -0.3}})
    assert dependence(found, "a").value == pytest.approx(0.6)
    assert dependence(found, "b").value == pytest.approx(0.4)
    assert gross_dependence(found, "b").value == 1  # 0.5 over 0.25, at most 1


def test_a_reach_counts_beyond_chance_and_a_tenth() -> None:
    def sign(value: float, error: float) -> int:
        return Pulse(origin="a", target="b", capacity="", value=value, error=error).sign

    assert sign(0.3, 0.1) == 1
    assert sign(0.3, 0.2) == 0  # within two standard errors
    assert sign(0.09, 0.0) == 0  # below a tenth
    assert sign(-0.1, 0.01) == -1


def test_what_reaches_the_other_side_of_what_stays() -> None:
    # a rises by 0.2, b by 0.06: 0.3; when a falls by 0.1, b falls by 0.001: 0.01, which does not count
    found = evidence(
        PAIR, {"base": {"a": 1.0, "b": 1.0}, "boost:a": {"a": 1.2, "b": 1.06}, "damp:a": {"a": 0.9, "b": 0.999}}
    )
    reach = reaches_between(found)["a", "b"]
    assert reach.up.value == pytest.approx(0.3)
    assert reach.down.value == pytest.approx(0.01)
    assert reach.sign == 1


def test_a_loss_on_any_capacity_goes_before_a_gain() -> None:
    def pulse(value: float) -> Pulse:
        return Pulse(origin="a", target="b", capacity="", value=value, error=0.0)

    assert Reach(up=pulse(0.5), down=pulse(-0.2)).sign == -1
    assert Reach(up=pulse(0.0), down=pulse(0.2)).sign == 1


def test_the_worst_twentieth_of_losses() -> None:
    # of 0..99 the worst five are 95..99, mean 97; of 30 losses 0..29 the worst 1.5: (29 + 28/2)/1.5
    assert worst_mean(np.arange(100.0)) == 97
    assert worst_mean(np.arange(30.0)) == pytest.approx((29 + 14) / 1.5)


def test_what_a_party_keeps() -> None:
    # 1000 units each way, worth 2, cost 1: receives 2000, bears 1000
    looked = evidence(PAIR, {"base": {"a": 1.0, "b": 1.0}})
    found = tallies(looked, looked.base, valuation(looked))
    assert net_share(found["a"]).value == pytest.approx(1000 / 3000)
    assert gain_shares(found)["b"].value == pytest.approx(0.5)


def test_a_burden_counts_against_its_receiver() -> None:
    noise = flow("noise", "a", "b", kind="burden", worth={"good": -1.0}, cost={})
    subject = relationship([party("a"), party("b")], [noise])
    found = evidence(subject, {"base": {"a": 1.0, "b": 1.0}})
    assert net_share(tallies(found, found.base, valuation(found))["b"]).value == -1


def test_different_units_are_compared_only_with_a_price() -> None:
    money = party("b", capacity("cash", unit=EUR))
    flows = [
        flow("gives", "a", "b", worth={"cash": 2.0}, promised=False),
        flow("pays", "b", "a", cost={"cash": 1.0}, promised=False),
    ]
    found = evidence(relationship([party("a"), money], flows), {"base": {"a": 1.0, "b": 1.0}})
    valued = valuation(found)
    assert not valued.common
    # b is counted in its currency; a in shares of its range of 100: 2 of its points are a fiftieth
    assert valued.factors == {"b.cash": 1.0, "a.good": 0.01}
    assert (valued.unit_of("b"), valued.unit_of("a")) == (str(EUR), "of its own range")
    assert valued.said("a", "A", 0.02) == "2 % of its own range"
    goodwill = heroic_coordination(found)  # of worths without a common unit no sum is made
    assert goodwill.value is None
    years = found.relationship.time.horizon_days / 365.25
    assert goodwill.why is not None
    assert f"{amount(2000 / years)} EUR to B and {share(20 / years)} of its own range to A" in goodwill.why
    assert net_share(tallies(found, found.base, valued)["a"]).value == pytest.approx((20 - 10) / 30)
    promised = flow("gives", "a", "b", worth={"cash": 2.0}, promised=True)
    alone = evidence(relationship([party("a"), money], [promised, flows[1]]), {"base": {"a": 1.0, "b": 1.0}})
    goodwill = heroic_coordination(alone)  # one receiver without a price
    assert goodwill.value == pytest.approx(20 / years)
    assert f"Goodwill carries {share(20 / years)} of its own range a year" in goodwill.says


def test_a_flow_without_figures_weighs_as_the_median() -> None:
    flows = [
        flow("big", "a", "b", worth={"good": 8.0}),
        flow("small", "b", "a"),
        flow("word", "a", "b", worth={}, cost={}),
    ]
    found = evidence(relationship([party("a"), party("b")], flows), {"base": {"a": 1.0, "b": 1.0}})
    weighed = weights(found, found.inner_flows, valuation(found))
    assert weighed == {"big": 8000, "small": 2000, "word": 5000}


def test_sight_is_counted_by_value() -> None:
    flows = [flow("seen", "a", "b", worth={"good": 9.0}), flow("hidden", "b", "a", worth={"good": 1.0}, seen_by=["b"])]
    found = evidence(relationship([party("a"), party("b")], flows), {"base": {"a": 1.0, "b": 1.0}})
    share, missed = seen_by(found, "a", valuation(found))
    assert share == pytest.approx(0.9)
    assert [f.name for f, _ in missed] == ["hidden"]
    assert seen_by(found, "b", valuation(found))[0] == 1


@pytest.mark.parametrize(
    ("kind", "essential", "by", "share"),
    [
        ("living system", True, "watch", 0.7),
        ("public", False, "watch", 0.7),
        ("public", True, "watch", 0.0),  # needed, and able to look for itself
        ("living system", False, None, 0.0),  # whoever speaks would not know
    ],
)
def test_a_party_sees_through_its_speaker(kind: str, essential: bool, by: str | None, share: float) -> None:
    # the city sees 0.7 of the only flow that touches the river
    river = replace(party("river", kind=kind, essential=essential), spoken_for_by=Voice(who="city", by=by))
    waste = replace(flow("waste", "mill", "river"), visible_to=(Sight(party="mill"), Sight(party="city", share=0.7)))
    watch = flow("watch", "mill", "city", kind="information", worth={}, cost={})
    found = evidence(
        relationship([party("mill"), party("city"), river], [waste, watch]),
        {"base": {"mill": 1.0, "city": 1.0, "river": 1.0}},
    )
    assert seen_by(found, "river", valuation(found))[0] == pytest.approx(share)
    remedy = shown_to(found, waste)
    if share:
        assert remedy.value == "[mill, city]"
    elif kind == "living system":
        assert (remedy.path, remedy.value) == ("parties.river.spoken_for_by", None)
    else:
        assert remedy.value == "[mill, river]"


def test_a_planned_fall_is_allowed_for() -> None:
    # room falls from 1.0 to 0.6; a quarter may go: 0.25 - 0.4 = -0.15, with 0.2 planned +0.05
    for planned, margin in ((None, -0.15), (0.2, 0.05)):
        subject = relationship([party("a", capacity(drawdown=planned)), party("b")], [flow("gives", "a", "b")])
        found = evidence(subject, {"base": {"a": trace(0.6, start=1.0), "b": 1.0}})
        assert drawn_down(found, subject.parties["a"]).value == pytest.approx(margin)


def test_harm_comes_from_the_shock_to_another() -> None:
    # a's own shock does not count; b's brings a below its floor at day 500, 1000/3 days after the start of trouble
    lanes = {"base": {"a": 1.0, "b": 1.0}, "shock:a": {"a": -1.0}, "shock:b": {"a": trace(0.2, least=-0.1)}}
    found = evidence(PAIR, lanes)
    assert time_to_harm(found, "a").value == pytest.approx(500 - 1000 / 3)
    assert time_to_harm(found, "b").value == 1000


def test_two_sides_share_evenly_what_is_fair() -> None:
    found = evidence(PAIR, {"base": {"a": 1.0, "b": 1.0}})
    assert fair_shares(found, valuation(found)) == {"a": 0.5, "b": 0.5}


def test_failures_that_feed_each_other() -> None:
    # [[0, .9], [.4, 0]]: the square root of .36 = .6
    assert radius({("a", "b"): exact(0.9), ("b", "a"): exact(0.4)}) == pytest.approx(0.6)


def test_a_figure_under_a_falling_function_swaps_its_bounds() -> None:
    assert Figure(0.5, 0.4, 0.7).falling(lambda x: 1 - x) == Figure(0.5, pytest.approx(0.3), pytest.approx(0.6))
