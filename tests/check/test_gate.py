"""The first four questions, and what a relationship is that fails one of them."""

from dataclasses import replace

import pytest

from lichen.check.evidence import CheckInput
from lichen.check.gate import is_closed, kind_of, pass_gate
from lichen.check.measures.pulses import Pulse, Reach
from lichen.check.neighbours import instead_of_symbiosis
from lichen.relationship.flow import Flow
from lichen.relationship.formula import Binary, Name, Number
from lichen.relationship.relationship import Relationship
from lichen.relationship.rules import Adjustment, AnswerRule, Band, Measure, Rules
from lichen.relationship.value import Value
from tests.check.build import evidence, flow, lane, party, relationship, value

FREE = {"base": {"a": 1.0, "b": 1.0}}
"""Nobody would miss the other: no experiment changes anything."""
A_DEPENDS = {**FREE, "cut": {"a": 0.5}}
BOTH_DEPEND = {**FREE, "cut": {"a": 0.5, "b": 0.5}}
BOTH_REACH = {"boost:a": {"a": 1.2, "b": 1.1}, "boost:b": {"b": 1.2, "a": 1.1}}


def pair(*flows: Flow, rules: Rules | None = None) -> Relationship:
    return relationship([party("a"), party("b")], flows, rules=rules)


GIVES, RETURNS = flow("gives", "b", "a"), flow("returns", "a", "b")


def instead(found: CheckInput) -> str | None:
    return instead_of_symbiosis(found, pass_gate(found))


def test_claims_alone_are_a_slogan() -> None:
    word = flow("word", "a", "b", worth={}, cost={})
    assert instead(evidence(pair(word), FREE)) == "slogan"


def test_what_ends_in_the_first_half_is_a_purchase() -> None:
    found = evidence(pair(GIVES, RETURNS), FREE)
    over = {name: replace(totals, late_amount=0 * totals.late_amount) for name, totals in found.base.flows.items()}
    base = replace(found.base, flows=over)
    found = replace(found, futures=replace(found.futures, lanes={"base": base}))
    assert instead(found) == "one_time_purchase"


def test_a_gift_is_a_donation_and_pay_makes_it_a_service() -> None:
    assert instead(evidence(pair(GIVES), A_DEPENDS)) == "donation"
    assert instead(evidence(pair(GIVES, RETURNS), A_DEPENDS)) == "one_sided_service"


def test_a_neighbour_is_not_named_for_want_of_a_worth() -> None:
    blank = flow("returns", "a", "b", worth={}, cost={})
    assert instead(evidence(pair(GIVES, blank), A_DEPENDS)) is None
    assert instead(evidence(pair(GIVES, blank, rules=Rules(adjustment=Adjustment(raised_by=("a",)))), FREE)) is None
    assert instead(evidence(pair(GIVES, RETURNS, blank), BOTH_DEPEND)) is None


def test_pay_that_follows_a_shared_measure_is_a_scheme() -> None:
    bonus = replace(flow("bonus", "b", "a"), rate=Value(tree=Name(("returns",))))
    sales = Rules(shared_value=(Measure(name="sales", measure=Value(tree=Name(("returns",))), good=Band()),))
    assert instead(evidence(pair(bonus, RETURNS, rules=sales), A_DEPENDS)) == "incentive_alignment"


@pytest.mark.parametrize(
    ("rules", "flows", "expected"),
    [
        (
            Rules(reciprocity=(AnswerRule(name="in_turn", when="gives", then="returns", within_days=30),)),
            (GIVES, RETURNS),
            "reciprocity_protocol",
        ),
        (Rules(), (flow("news", "a", "b", kind="information"),), "interoperability_standard"),
        (Rules(shared_value=(Measure(name="m", measure=value(1), good=Band()),)), (GIVES, RETURNS), "goal_congruence"),
        (Rules(adjustment=Adjustment(raised_by=("a", "b"))), (GIVES, RETURNS), "generic_cooperation"),
        (Rules(), (flow("gives", "a", "b", promised=False),), "slogan"),
    ],
)
def test_where_nobody_depends_the_rules_say_what_it_is(rules: Rules, flows: tuple[Flow, ...], expected: str) -> None:
    assert instead(evidence(pair(*flows, rules=rules), FREE)) == expected


def test_fixed_and_secured_flows_stabilise_and_do_not_reinforce() -> None:
    assert instead(evidence(pair(GIVES, RETURNS), BOTH_DEPEND)) == "mutual_dependency_stabilization"


def test_an_open_loop_between_sides_that_depend_is_of_this_kind() -> None:
    follows = replace(GIVES, rate=Value(tree=Binary("*", Number(1.0), Name(("b", "headroom")))))
    found = evidence(pair(follows, RETURNS), {**BOTH_DEPEND, "boost:b": {"b": 1.2, "a": 1.1}})
    gate = pass_gate(found)
    assert (gate.interdependent, gate.closed_loop, instead(found)) == (True, False, None)
    assert gate.kind == "commensalism"  # b's gain reaches a, a's does not reach b


def test_a_closed_loop_passes() -> None:
    gate = pass_gate(evidence(pair(GIVES, RETURNS), {**BOTH_DEPEND, **BOTH_REACH}))
    assert gate.anything_said and gate.ongoing and gate.interdependent and gate.closed_loop
    assert (gate.kind, gate.variant, gate.protects_only) == ("mutualism", None, False)


def test_losses_that_alone_are_passed_on_protect_but_do_not_improve() -> None:
    falls = {"damp:a": {"a": 0.8, "b": 0.9}, "damp:b": {"b": 0.8, "a": 0.9}}
    gate = pass_gate(evidence(pair(GIVES, RETURNS), {**BOTH_DEPEND, **falls}))
    assert (gate.closed_loop, gate.protects_only) == (True, True)


def test_a_loop_goes_round_all_parties() -> None:
    assert is_closed(["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "a")])
    assert not is_closed(["a", "b", "c"], [("a", "b"), ("b", "a"), ("a", "c")])
    assert not is_closed(["a"], [])


@pytest.mark.parametrize(
    ("there", "back", "kind"),
    [
        (1, 1, "mutualism"),
        (1, -1, "parasitism"),
        (0, 1, "commensalism"),
        (0, 0, "neutralism"),
        (-1, -1, "competition"),
        (-1, 0, "amensalism"),
    ],
)
def test_signs_of_what_counts_name_the_kind(there: int, back: int, kind: str) -> None:
    def reach(origin: str, target: str, sign: int) -> Reach:
        pulse = Pulse(origin=origin, target=target, capacity="", value=0.5 * sign, error=0.0)
        return Reach(up=pulse, down=pulse)

    assert kind_of({("a", "b"): reach("a", "b", there), ("b", "a"): reach("b", "a", back)}) == kind


def test_three_parties_make_an_ecosystem() -> None:
    subject = relationship(
        [party("a"), party("b"), party("c", essential=False)], [GIVES, RETURNS, flow("noise", "a", "c", kind="burden")]
    )
    found = evidence(subject, {"base": {"a": 1.0, "b": 1.0, "c": 1.0}})
    assert pass_gate(found).variant == "ecosystem_mutualism_design"
    assert lane("x", subject, {"a": 1.0}).headroom["a"].last_fifth.tolist() == [1, 1, 1]
