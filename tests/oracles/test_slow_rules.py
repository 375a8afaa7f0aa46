"""The slow simulator against figures worked out by hand: reviews, balances, functions, seasons, scenarios."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lichen.relationship.relationship import Relationship
from lichen.relationship.rules import Adjustment, Change, ReturnRule, Rules, Step, Term, Window
from lichen.relationship.value import Band
from lichen.relationship.world import Process, Scenario, Series
from tests.by_hand import capacity, flow, party
from tests.oracles.slow import Experiment
from tests.oracles.small import days, euros, f, simulate, two, v


def reviewed(**more: Any) -> Relationship:
    price = Term(name="price", value=v("10"), between=(v("0"), v("16")))
    adjustment = Adjustment(**more)
    return days(8, *two(a="10", change=f("-1 per day")), price, rules=Rules(adjustment=adjustment))


def test_regular_reviews_hold_at_their_dates_and_act_later() -> None:
    to = (Change(term="price", to=v("a.x * 2")),)
    result = simulate(reviewed(review_every_days=3, takes_effect_after_days=2, changes=to))
    # Reviews on days 3 and 6 find 7 and 4; they act from days 5 and 8 on. 14 and 8 lie within the limits.
    assert result.terms["price"] == [10, 10, 10, 10, 10, 14, 14, 14, 8]


def test_what_a_review_sets_at_once_holds_from_the_next_step_and_stays_within_limits() -> None:
    to = (Change(term="price", to=v("price + 4")),)
    result = simulate(reviewed(review_every_days=2, changes=to))
    assert result.terms["price"] == [10, 10, 10, 14, 14, 16, 16, 16, 16]
    assert simulate(reviewed(review_every_days=2, changes=to), Experiment(kind="cut")).terms["price"] == [10] * 9


def test_a_trigger_that_turns_calls_one_review_a_step_later() -> None:
    to = (Change(term="price", to=v("agreed(price) + a.x")),)
    steps = (Step(who="both", within_days=1), Step(who="mediator", within_days=1))
    made = reviewed(triggers=(v("a.x < 8"), v("a.x < 7")), steps=steps, changes=to)
    # a.x is 10, 9, 8, 7, 6: the first trigger turns on day 3, the review finds 6 on day 4 and acts from day 6 on.
    # The second trigger turns on day 4, while that is under way.
    assert simulate(made).terms["price"] == [10, 10, 10, 10, 10, 10, 16, 16, 16]


def test_a_trigger_that_is_true_at_the_start_counts_as_having_turned() -> None:
    to = (Change(term="price", to=v("a.x")),)
    assert simulate(reviewed(triggers=(v("a.x > 0"),), changes=to)).terms["price"] == [10, 10, *[9] * 7]


def test_a_trigger_on_a_balance_waits_for_a_full_window() -> None:
    rule = ReturnRule(name="fair", party="b", band=Band(), over=Window(kind="duration", days=3))
    adjustment = Adjustment(triggers=(v("balance(b) > 1.9"),), changes=(Change(term="price", to=v("balance(b)")),))
    made = days(
        6,
        *two(),
        Term(name="price", value=v("10")),
        flow("gift", "a > b", f("4 per day"), cost={"x": 1}, worth={"y": 1}),
        flow("dirt", "a > b", f("1 per day"), worth={"y": -1}, kind="burden"),
        flow("back", "b > a", f("1 per day"), cost={"y": 1}, worth={"x": 1}),
        flow("own", "b > b", f("5 per day"), cost={"y": 1}, worth={"y": 1}),
        rules=Rules(reciprocity=(rule,), adjustment=adjustment),
    )
    # Full on day 3: 12 received over 3 + 3 borne is 2. The review holds on day 4 and acts from day 5 on.
    assert simulate(made).terms["price"] == pytest.approx([10, 10, 10, 10, 10, 2, 2])


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        (Window(kind="duration", days=2), [1, 2, 3, 5]),
        (Window(kind="transaction"), [1, 2, 4, 6]),
        (Window(kind="life"), [1, 2, 3, 4]),
        (Window(kind="portfolio"), [1, 2, 3, 4]),
        (Window(kind="project"), [1, 2, 3, 4]),
    ],
)
def test_the_balance_looks_at_the_steps_before_now(over: Window, expected: list[float]) -> None:
    made = days(
        4,
        *two(),
        flow("gift", "a > b", f("2 * time / (1 day**2) + 2 per day"), worth={"y": 1}),
        flow("back", "b > a", f("1 per day"), cost={"y": 1}),
        flow("read", "b > a", f("balance(b)")),
        rules=Rules(reciprocity=(ReturnRule(name="fair", party="b", band=Band(), over=over),)),
        commitment_days=3,
    )
    assert simulate(made).rate["read"][0] == pytest.approx(expected)  # received 2, 4, 6, borne 1 a day


@pytest.mark.parametrize(
    ("season", "start", "expected"),
    [
        ("season(February, February)", date(2026, 1, 25), 2 * 21.5),  # steps 7 to 34 bring 2 * 8 to 2 * 35
        ("season(January, February)", date(2026, 1, 25), 2 * 20.5),  # begun before the start: all 40 so far
        ("season(March, February)", date(2025, 12, 25), 2 * 20.5),  # one year after the other, without a break
    ],
)
def test_the_balance_looks_at_the_last_season_that_has_ended(season: str, start: date, expected: float) -> None:
    made = days(
        41,
        *two(),
        flow("gift", "a > b", f("2 * time / (1 day**2) + 2 per day"), worth={"y": 1}),
        flow("back", "b > a", f("1 per day"), cost={"y": 1}),
        flow("read", "b > a", f("balance(b)")),
        rules=Rules(
            reciprocity=(ReturnRule(name="r", party="b", band=Band(), over=Window(kind="season", text=season)),)
        ),
    )
    moved = replace(made, time=replace(made.time, start=start))
    assert simulate(moved).rate["read"][0][40] == pytest.approx(expected)


def test_a_tally_in_several_units_counts_by_value_or_by_range() -> None:
    def balance(**line: Any) -> float:
        cash = capacity("cash", 100, 0)
        b = party("b", replace(cash, level=euros(cash.level)), capacity("line", 20, 10, **line))
        made = days(
            2,
            two()[0],
            b,
            flow("gift", "a > b", f("6 per day"), worth={"line": 1}),
            flow("back", "b > a", f("4 per day"), cost={"cash": 1}),
            flow("read", "b > a", f("balance(b)")),
            rules=Rules(reciprocity=(ReturnRule(name="r", party="b", band=Band(), over=Window(kind="transaction")),)),
        )
        return simulate(made).rate["read"][0][1]

    assert balance(valued_at=2) == pytest.approx(6 * 2 / 4)
    assert balance() == pytest.approx((6 / 10) / (4 / 100))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("a.x", [100, 98, 96, 94]),
        ("delay(a.x, 2 days)", [100, 100, 100, 98]),
        ("delay(a.x, 1.5 days)", [100, 100, 100, 98]),  # rounded half upwards
        ("delay(delay(a.x, 1 day), 1 day)", [100, 100, 100, 98]),
        ("smooth(a.x, 2 days)", [100, 100, 99, 97.5]),
        ("smooth(a.x, 0.1 days)", [100, 100, 98, 96]),
        ("step(2 days)", [0, 0, 1, 1]),
        ("pulse(1 day, 2 days)", [0, 1, 1, 0]),
        ("season(4 days, 1 day) + 1", [1, 2, 1, 0]),
        ("saturate(a.x, 50) + saturate(-1, 50)", [100 / 150, 98 / 148, 96 / 146, 94 / 144]),
        ("clip(a.x, 95, 97) + min(a.x, 3) + max(1, 2) + abs(-1) + least(4, 5)", [107, 107, 106, 105]),
        ("exp(log(a.x)) + sqrt(4) + tanh(0)", [102, 100, 98, 96]),
        ("100 - 2 ** 2 if a.x >= 98 and not a.x == 100 else 1", [1, 96, 1, 1]),
        ("-2 ** 2 + 5", [1, 1, 1, 1]),
    ],
)
def test_functions_mean_what_the_page_says(formula: str, expected: list[float]) -> None:
    made = days(4, *two(change=f("-2 per day")), flow("read", "b > world", f(formula)))
    assert simulate(made).rate["read"][0] == pytest.approx(expected)


def test_a_circle_through_a_delay_starts_from_nothing() -> None:
    made = days(
        3,
        *two(),
        flow("tit", "a > b", f("0.5 per day + 0.5 * delay(tat, 1 day)")),
        flow("tat", "b > a", f("delay(tit, 1 day) + 0.25 per day")),
    )
    result = simulate(made)
    assert result.rate["tit"][0] == pytest.approx([0.5, 0.5 + 0.125, 0.5 + 0.375])
    assert result.rate["tat"][0] == pytest.approx([0.25, 0.5 + 0.25, 0.625 + 0.25])


def test_seasons_and_recorded_series_follow_the_calendar() -> None:
    world = {
        "warmth": Process(
            name="warmth",
            kind="seasonal",
            parameters={"mean": v("10"), "swing": v("50 %"), "period": v("4 days")},
            peak=date(2026, 1, 2),
        ),
        "index": Process(
            name="index",
            kind="series",
            series=Series(dates=(date(2026, 1, 2), date(2026, 1, 4)), values=(5.0, 6.0)),
        ),
        "both": Process(name="both", kind="constant", parameters={"value": v("warmth + index * luck")}),
        "luck": Process(name="luck", kind="white"),
    }
    made = days(4, *two(), flow("read", "b > world", f("both")), world=world)
    result = simulate(made, draws=lambda variable, member, step: float(step))
    assert result.rate["read"][0] == pytest.approx([10 + 0, 15 + 5, 10 + 10, 5 + 18])


def test_a_scenario_lies_over_terms_and_world_while_it_lasts() -> None:
    world = {"luck": Process(name="luck", kind="white")}
    storm = Scenario(
        name="storm", start=date(2026, 1, 2), until=date(2026, 1, 4), values={"luck": v("7"), "fee": v("3")}
    )
    read = flow("read", "b > world", f("luck + fee + 100 * agreed(fee)"))
    made = days(5, *two(), read, Term(name="fee", value=v("1")), world=world, scenarios={"storm": storm})
    result = simulate(made, draws=lambda variable, member, step: 0.0, scenario="storm")
    assert result.rate["read"][0] == pytest.approx([101, 110, 110, 101, 101])
    assert simulate(made, draws=lambda variable, member, step: 0.0).rate["read"][0] == pytest.approx([101] * 5)
