"""Self-enforcement: when it pays to keep back what nobody promised, and what goodwill substitution makes of it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from lichen.check.evidence import CheckInput
from lichen.check.failures import goodwill_substitution
from lichen.check.measures.enforcement import hazard, slack, temptation
from lichen.check.measures.worth import valuation
from tests.check.build import HORIZON, evidence, flow, party, relationship
from tests.oracles.published import case

DISCOUNT = math.exp(-0.15 * HORIZON / 365.25)
"""What the next period counts when nobody can answer before the horizon ends: 5 % and 10 % a year over 1000 days."""


def one_slack(surplus: float, gain: float, discount: float) -> float:
    """The slack of futures that are all alike."""
    figure = slack(np.full(3, surplus), np.full(3, gain), discount)
    assert figure.low == pytest.approx(figure.high)
    return figure.value


def test_the_grim_trigger_holds_from_the_published_discount_on() -> None:
    pd = case("g_relational", "pd_thresholds")
    t, r, p = (pd["inputs"][name] for name in "TRP")
    assert one_slack(r - p, t - r, pd["expected"]["grim_delta"]) == pytest.approx(0.0, abs=1e-12)
    assert one_slack(r - p, t - r, 0.45) < 0 < one_slack(r - p, t - r, 0.55)


def test_the_largest_effort_that_enforces_itself_is_the_published_one() -> None:
    levin = case("g_relational", "levin_quadratic")
    for discount, effort in zip(levin["inputs"]["delta"], levin["expected"]["e_star"], strict=True):
        left = one_slack(effort - effort**2 / 2, effort**2 / 2, discount)
        assert left >= -1e-12
        assert effort == 1 or left == pytest.approx(0.0, abs=1e-12)  # 1 is the best effort, whatever holds


def test_who_saves_nothing_is_not_tempted() -> None:
    assert one_slack(-5.0, 0.0, 0.5) == math.inf
    assert slack(np.full(3, -5.0), np.full(3, 0.004), 0.5, slight=0.005).value == math.inf


def _falling(at_days: float) -> CheckInput:
    """The helper and the others, of whom one falls below its floor in one of three futures."""
    seen = _helped(20.0)
    falls = replace(seen.base.headroom["one"], below_zero_at=np.array([at_days, np.inf, np.inf]))
    base = replace(seen.base, headroom={**seen.base.headroom, "one": falls})
    return replace(seen, futures=replace(seen.futures, lanes={**seen.futures.lanes, "base": base}))


def test_a_relationship_in_which_somebody_falls_ends_more_often() -> None:
    lived = (500 + 2 * HORIZON) / 365.25
    assert hazard(_helped(20.0)) == pytest.approx(0.1)
    assert hazard(_falling(500.0)) == pytest.approx(0.1 + 1 / lived)


def test_a_word_counts_less_before_an_end() -> None:
    """8 a day are left against 12 kept back: with 0.1 ends a year that is enough (15.8 against 12)."""
    seen = _falling(0.0)
    ends = hazard(seen)
    discount = math.exp(-(0.05 + ends) * HORIZON / 365.25)
    expected = min(max(1 - discount / (1 - discount) * 8 / 12, 0.0), 1.0)
    assert ends == pytest.approx(0.1 + 365.25 / (2 * HORIZON))
    assert expected > 0.4
    assert temptation(seen, "helper", "third", frozenset({"help"}), valuation(seen)) == pytest.approx(expected)


def test_what_hangs_on_a_level_that_somebody_keeps_cannot_be_told() -> None:
    seen = _helped(14.0)
    unknown = replace(seen.base.headroom["one"], least=np.full(3, np.nan))
    base = replace(seen.base, headroom={**seen.base.headroom, "one": unknown})
    kept = replace(seen, futures=replace(seen.futures, lanes={**seen.futures.lanes, "base": base}))
    assert math.isnan(hazard(kept))
    assert math.isnan(temptation(kept, "helper", "third", frozenset({"help"}), valuation(kept)))


def _helped(back: float, *, depends: bool = True) -> CheckInput:
    """Two firms exchange 40 a day for 40 by promise; a helper gives a third side 10 a day, which costs it 12."""
    flows = [
        flow("parts", "one", "other", worth={"good": 40.0}),
        flow("orders", "other", "one", worth={"good": 40.0}),
        flow("help", "helper", "third", worth={"good": 10.0}, cost={"good": 12.0}, promised=False),
        *([flow("thanks", "third", "helper", worth={"good": back})] if back else []),
    ]
    subject = relationship([party(name) for name in ("one", "other", "helper", "third")], flows)
    rooms = {"one": 1.0, "other": 1.0, "helper": 1.0, "third": 1.0}
    return evidence(subject, {"base": rooms, "cut": {"third": 0.5 if depends else 1.0}})


@pytest.mark.parametrize(
    ("back", "tempted"),
    [
        (0.0, 1.0),  # going on costs 12 and brings nothing
        (12.0, 1.0),  # going on brings nothing more than keeping back for good
        (14.0, 1 - DISCOUNT / (1 - DISCOUNT) * 2 / 12),  # 2 a day left, against 12 kept back
        (20.0, 0.0),  # 8 a day left: discounted 15.8 against 12
    ],
)
def test_going_on_must_be_worth_what_keeping_back_saves(back: float, tempted: float) -> None:
    seen = _helped(back)
    assert temptation(seen, "helper", "third", frozenset({"help"}), valuation(seen)) == pytest.approx(tempted)


def test_a_side_that_lives_on_unpromised_help_is_seen_in_a_sea_of_promises() -> None:
    found = next(goodwill_substitution.look(_helped(0.0)))
    assert dict(found.parts)["share without a rule"] == pytest.approx(1 / 9)  # 10 of 90
    assert (found.score, found.status) == (pytest.approx(1.0), "broken")
    assert found.says == "100 % of what reaches Third hangs on the goodwill of Helper."
    said = "100 % of what reaches Third comes by the goodwill of Helper, for whom keeping it back would pay."
    assert said in [seen.says for seen in found.evidence]


@pytest.mark.parametrize("seen", [_helped(0.0, depends=False), _helped(20.0)])
def test_a_gift_that_nobody_lives_by_and_help_that_pays_raise_nothing(seen: CheckInput) -> None:
    found = next(goodwill_substitution.look(seen))
    assert found.score == dict(found.parts)["share without a rule"]


def test_a_token_gift_of_a_side_that_loses_counts_by_its_weight() -> None:
    flows = [
        flow("parts", "one", "other", worth={"good": 99.0}, cost={"good": 100.0}),
        flow("gift", "one", "other", worth={"good": 1.0}, cost={"good": 1.0}, promised=False),
        flow("orders", "other", "one", worth={"good": 50.0}),
    ]
    subject = relationship([party("one"), party("other")], flows)
    seen = evidence(subject, {"base": {"one": 1.0, "other": 1.0}, "cut": {"other": 0.5}})
    assert next(goodwill_substitution.look(seen)).score == pytest.approx(0.01)  # 1 of 100, not all
