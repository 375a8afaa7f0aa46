"""Risk sharing, balances, reviews and triggers, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pytest

from lichen.simulation.run import simulate
from tests.simulation.build import base, course, relationship, run

PAIR = """
    parties:
      a: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 0 EUR}}}
      b: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 0 EUR}}}
"""


def test_a_loss_beyond_the_limit_is_shared_and_so_is_a_gain() -> None:
    sharing = (
        PAIR
        + """
    world: {harm: "10 EUR/day - 10 EUR/day * step(2 days) - 9 EUR/day * step(4 days)"}
    flows: {talk: {kind: information, from: a, to: b, rate: 1 per day}}
    risk_sharing:
      weather: {loss: harm, carried_by: b, shares: {a: 60 %, b: 40 %}, beyond: 4 EUR/day}
    """
    )
    futures = run(relationship(sharing))
    # Two days 10 (6 too much), two days 0, then a gain of 9 (5 too much).
    assert np.diff(futures.paths["base"]["a.cash"][0]) == pytest.approx([-3.6, -3.6, 0, 0] + [3.0] * 6)
    assert np.diff(futures.paths["base"]["b.cash"][0]) == pytest.approx([3.6, 3.6, 0, 0] + [-3.0] * 6)
    assert futures.base.risk_paid["a.cash"][0] == pytest.approx(2 * 3.6 - 6 * 3.0)

    kept = relationship(sharing.replace("beyond: 4 EUR/day", "beyond: 4 EUR/day, gains: false"))
    assert np.diff(course(kept, "a.cash")) == pytest.approx([-3.6, -3.6] + [0.0] * 8)
    off = run(relationship(sharing), base(risk_sharing=False))
    assert np.diff(off.paths["base"]["a.cash"][0]) == pytest.approx([0.0] * 10)


TRADE = (
    PAIR
    + """
    world: {appetite: "4 per day - 3 per day * step(5 days)"}
    flows:
      bread: {kind: benefit, from: a, to: b, rate: appetite, cost: {cash: 2 EUR}, worth: {cash: 5 EUR}}
      smell: {kind: burden, from: a, to: b, rate: appetite, worth: {cash: 0 EUR - 1 EUR}}
      money: {kind: benefit, from: b, to: a, rate: 3 EUR * bread, cost: {cash: 1}, worth: {cash: 1}}
    reciprocity:
      fair: {party: b, receives_per_given: {at_least: 1}, over: 4 days}
    shared_value:
      seen: {measure: balance(a), good: {at_least: 1}}
"""
)


def test_a_balance_is_worth_received_over_cost_and_burdens() -> None:
    futures = run(relationship(TRADE))
    b = futures.base.balance["b"]
    assert b.least[0] == pytest.approx(5 / (3 + 1))
    assert b.mean[0] == pytest.approx(5 / 4)
    paths = futures.paths["base"]
    assert paths["b.received"][0, :2] == pytest.approx([20, 20])
    assert paths["b.borne"][0, :2] == pytest.approx([16, 16])
    # a has no window of its own, so a year: in the formula what has passed so far, as a rule never full.
    assert paths["seen"][0, :3] == pytest.approx([1, 1.5, 1.5])
    assert np.isnan(futures.base.balance["a"].mean[0])


def test_a_balance_follows_its_trailing_window() -> None:
    late = TRADE.replace("rate: 3 EUR * bread", 'rate: "3 EUR * bread if time < 6 days else 0 EUR/day"')
    late = late.replace("fair: {party: b", "fair: {party: a")
    balance = run(relationship(late)).base.balance["a"]
    received, borne = [12] * 5 + [3] + [0] * 4, [8] * 5 + [2] * 5
    windows = [sum(received[k : k + 4]) / sum(borne[k : k + 4]) for k in range(7)]
    assert balance.start[0] == pytest.approx(windows[0])
    assert balance.end[0] == pytest.approx(windows[-1])
    assert balance.least[0] == pytest.approx(min(windows))
    assert balance.mean[0] == pytest.approx(np.mean(windows))


@pytest.mark.parametrize(
    ("over", "windows"),
    [
        ("season(March, April)", {4: (3, 4)}),  # months 2 and 3; before May what has passed so far
        ("season(December, April)", {}),  # this season began before the start, the next one ends behind the horizon
        ("season(January, December)", {12: range(1, 13)}),
        ("project", {3: (1, 2, 3), 6: (4, 5, 6), 9: (7, 8, 9), 12: (10, 11, 12)}),
    ],
)
def test_in_a_formula_the_last_season_or_project_that_has_ended_counts(
    over: str, windows: dict[int, Sequence[int]]
) -> None:
    """Month k brings k + 1 for each unit borne."""
    text = f"""
    commitment: 3 months
    {PAIR}
    flows:
      gift: {{kind: benefit, from: b, to: a, rate: "(1 + 12 * time / 1 year) * 1 per day", worth: {{cash: 1 EUR}}}}
      bread: {{kind: benefit, from: a, to: b, rate: 1 per day, cost: {{cash: 1 EUR}}}}
    reciprocity: {{fair: {{party: a, receives_per_given: {{at_least: 1}}, over: "{over}"}}}}
    shared_value: {{seen: {{measure: balance(a), good: {{at_least: 1}}}}}}
    """
    seen = course(relationship(text, time="time: {start: 2026-01-01, horizon: 14 months, step: 1 month}\n"), "seen")
    last: Sequence[int] | None = None
    for month in range(1, 14):
        last = windows.get(month, last)
        assert seen[month] == pytest.approx(np.mean(last or range(1, month + 1)))


def test_nothing_given_by_anyone_is_a_balance_of_one() -> None:
    idle = relationship(TRADE.replace("4 per day - 3 per day * step(5 days)", "0 per day"))
    assert course(idle, "seen")[:-1] == pytest.approx([1] * 10)


def test_capacities_without_a_price_are_counted_in_shares_of_their_range() -> None:
    mixed = relationship(
        """
        parties:
          a: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 0 EUR}, calm: {level: 4, floor: 0}}}
          b:
            kind: organisation
            capacities: {cash: {level: 100 EUR, floor: 0 EUR}, hands: {level: 9, floor: 0, valued_at: 7 EUR}}
        flows:
          gift: {kind: benefit, from: b, to: a, rate: 1 per day, cost: {hands: 1}, worth: {cash: 10 EUR, calm: 1}}
          money: {kind: benefit, from: a, to: b, rate: 2 EUR/day, cost: {cash: 1}, worth: {cash: 1}}
        """
    )
    paths = run(mixed).paths["base"]
    assert paths["a.received"][0, 0] == pytest.approx(10 / 100 + 1 / 4)
    assert paths["a.borne"][0, 0] == pytest.approx(2 / 100)
    assert paths["b.received"][0, 0] == pytest.approx(2)
    assert paths["b.borne"][0, 0] == pytest.approx(7)


REVIEWED = (
    PAIR
    + """
    terms: {price: {value: 10 EUR, between: [5 EUR, 14 EUR]}}
    flows: {bread: {kind: benefit, from: a, to: b, rate: 1 per day, cost: {cash: price}, worth: {cash: 1 EUR}}}
    adjustment:
      raised_by: [a]
      RULES
      changes: [{set: price, to: agreed(price) + 1 EUR/day * time}]
"""
)


def reviewed(rules: str) -> list[float]:
    prices = course(relationship(REVIEWED.replace("RULES", rules)), "price")
    return [round(float(price), 9) for price in prices]


def test_regular_reviews_hold_when_they_take_effect() -> None:
    assert reviewed("review_every: 3 days") == [10, 10, 10, 10, 13, 13, 13, 14, 14, 14, 14]  # 16 and 19 are clipped
    assert reviewed("review_every: 3 days\n      takes_effect_after: 2 days") == [10] * 5 + [13] * 3 + [14] * 3


def test_what_the_limits_of_a_term_cut_off_is_counted() -> None:
    reviewing = relationship(REVIEWED.replace("RULES", "review_every: 3 days"))
    clips = run(reviewing, base()).base.clips["price"]
    assert (clips.times[0], clips.first[0]) == (2, 6)  # days 6 and 9
    clips = run(reviewing, base(reviews=False)).base.clips["price"]
    assert (clips.times[0], clips.first[0]) == (0, np.inf)


def test_a_trigger_that_turns_true_calls_one_review_with_its_answering_time() -> None:
    rules = """triggers: [time > 1 day]
      takes_effect_after: 1 day
      steps: [{who: anna, within: 1 day}, {who: ben, within: 2 days}]"""
    # True from day 2, evaluated on day 3 (13), in force 1 + 3 days later.
    assert reviewed(rules) == [10] * 7 + [13] * 4


def test_a_trigger_true_at_the_start_counts_and_none_acts_while_one_is_under_way() -> None:
    wavering = 'triggers: ["time < 1 day or time == 2 days or time == 5 days"]\n      takes_effect_after: 3 days'
    # Turned on day 0: evaluated on day 1 (11), in force on day 4. Day 2 is passed over; of day 5: on day 9.
    assert reviewed(wavering) == [10] * 4 + [11] * 5 + [14] * 2


def test_triggers_act_in_single_futures() -> None:
    uncertain = REVIEWED.replace("RULES", "triggers: [a.cash < 60 EUR]").replace(
        "level: 100 EUR", "level: 60..180 EUR, healthy: 180 EUR"
    )
    futures = run(relationship(uncertain), runs=200)
    cash, price = futures.paths["base"]["a.cash"], futures.paths["base"]["price"]
    fell = (cash < 60).argmax(axis=1)
    for future in range(200):
        below = cash[future] < 60
        changed = np.flatnonzero(price[future] != 10)
        if below[:9].any():
            assert changed[0] == fell[future] + 2
            assert price[future, changed[0]] == pytest.approx(min(14.0, 10.0 + fell[future] + 1))
        else:
            assert not changed.size


def test_without_reviews_terms_stay_as_agreed() -> None:
    still = run(relationship(REVIEWED.replace("RULES", "review_every: 3 days")), base(reviews=False))
    assert still.paths["base"]["price"][0] == pytest.approx([10] * 11)


def test_a_future_that_runs_alone_has_the_same_balance_to_the_last_bit() -> None:
    """Sums over time are added up in the same order, however many futures stand beside."""
    drawn = TRADE.replace(
        '"4 per day - 3 per day * step(5 days)"', "{process: ar1, mean: 4 per day, spread: 1 per day, memory: 2 days}"
    )
    drawn = relationship(drawn, time="time: {start: 2026-01-01, horizon: 40 days, step: 1 day}\n")
    together, alone = (simulate(drawn, (base(),), runs=64, chunk=chunk).base.balance["b"] for chunk in (64, 1))
    assert np.ptp(together.mean) > 0
    for field in fields(together):
        np.testing.assert_array_equal(getattr(alone, field.name), getattr(together, field.name))
