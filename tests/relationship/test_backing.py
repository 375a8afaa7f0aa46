from dataclasses import replace

import pytest

from lichen.relationship.backing import backed_flows, missing_components, missing_optional
from lichen.relationship.flow import Flow
from lichen.relationship.relationship import Relationship
from lichen.relationship.rules import (
    Adjustment,
    AnswerRule,
    BalanceCheck,
    Exit,
    Measure,
    PowerReview,
    Reinforcement,
    ReturnRule,
    RiskShare,
    Rules,
    Window,
)
from lichen.relationship.value import Band
from tests.by_hand import capacity, flow, party, relationship, seen_by, term, times, value

YEAR = Window(kind="duration", days=365.25)
PATH = Adjustment(raised_by=("alder", "northfield"))


def pair(*flows: Flow, rules: Rules) -> Relationship:
    cash = capacity("cash", 10, 5)
    return relationship(party("alder", cash), party("northfield", cash), term("price", 4), *flows, rules=rules)


def backed(*flows: Flow, rules: Rules | None = None) -> frozenset[str]:
    return backed_flows(pair(*flows, rules=rules or Rules(adjustment=PATH)))


def test_a_promise_and_an_obligation_back() -> None:
    promised = flow("supply", "alder > northfield", 1, promised=True)
    owed = flow("reservation", "alder > northfield", 1, kind="obligation")
    help_given = flow("help", "alder > northfield", 1)
    assert backed(promised, owed, help_given) == {"supply", "reservation"}


def test_without_an_adjustment_path_only_a_promise_backs() -> None:
    promised = flow("supply", "alder > northfield", 1, promised=True)
    owed = flow("reservation", "alder > northfield", 1, kind="obligation")
    payment = flow("payment", "northfield > alder", times("supply", "price"))
    assert backed(promised, owed, payment, rules=Rules()) == {"supply"}


@pytest.mark.parametrize(
    "rules",
    [
        Rules(reciprocity=(AnswerRule(name="answer", when="help", then="thanks", within_days=7),)),
        Rules(reciprocity=(AnswerRule(name="answer", when="thanks", then="help", within_days=7),)),
        Rules(exit=Exit(continuity={"help": 0.8})),
        Rules(risk_sharing=(RiskShare(name="bad_year", loss=value(times("help", 3)), carried_by="alder", shares={}),)),
    ],
)
def test_a_rule_that_names_a_flow_backs_it(rules: Rules) -> None:
    assert "help" in backed(flow("help", "alder > northfield", 1), rules=replace(rules, adjustment=PATH))


def test_a_return_rule_backs_what_both_ends_see() -> None:
    rules = Rules(reciprocity=(ReturnRule(name="fair", party="alder", band=Band(), over=YEAR),), adjustment=PATH)
    seen = flow("seen", "northfield > alder", 1, visible_to=seen_by("alder", "northfield"))
    half_seen = flow("half_seen", "northfield > alder", 1, visible_to=seen_by("alder"))
    undeclared = flow("undeclared", "northfield > alder", 1)
    assert backed(seen, half_seen, undeclared, rules=rules) == {"seen"}


def test_a_rate_that_follows_from_backed_flows_and_terms_is_backed_too() -> None:
    supply = flow("supply", "alder > northfield", 1, promised=True)
    payment = flow("payment", "northfield > alder", times("supply", "price"))
    bonus = flow("bonus", "northfield > alder", times("payment", 0.1))
    by_mood = flow("by_mood", "northfield > alder", times("payment", "alder.headroom"))
    by_term = flow("by_term", "northfield > alder", "price")
    by_number = flow("by_number", "northfield > alder", 3)
    assert backed(bonus, payment, supply, by_mood, by_term, by_number) == {"supply", "payment", "bonus"}


def test_all_components_are_missed_in_a_bare_relationship_and_none_in_a_full_one() -> None:
    claim = pair(flow("smile", "alder > northfield", 1), rules=Rules())
    assert missing_components(claim) == (
        "mutual_dependency_map",
        "reciprocity_rule",
        "shared_value_metric",
        "reinforcement_feedback_channel",
        "balance_check",
        "adjustment_path",
    )
    assert missing_optional(claim) == ("risk_sharing", "exit", "power_review")
    full = Rules(
        reciprocity=(ReturnRule(name="fair", party="alder", band=Band(), over=YEAR),),
        shared_value=(Measure(name="room_left", measure=value("alder.headroom"), good=Band()),),
        reinforcement=(Reinforcement(when="alder.cash", improves="northfield.cash", through=("supply",)),),
        balance=BalanceCheck(benefit_per_burden=Band(), over=YEAR),
        adjustment=PATH,
        risk_sharing=(RiskShare(name="bad_year", loss=value(1), carried_by="alder", shares={}),),
        exit=Exit(),
        power_review=PowerReview(every_days=365.25),
    )
    whole = pair(flow("supply", "alder > northfield", 1, worth={"cash": 1}), rules=full)
    assert missing_components(whole) == ()
    assert missing_optional(whole) == ()
