"""Who may change a term, and who is watched by a trigger, where two names or two rules could be mixed up."""

from dataclasses import replace

from lichen.check.invariants.adaptive_renegotiability import look
from lichen.relationship.formula import Binary, Name, Number
from lichen.relationship.rules import Adjustment, Rules, Term
from lichen.relationship.value import Value
from tests.check.build import evidence, flow, party, relationship, trace, value

PARTIES = (party("mill"), party("miller"))


def test_a_trigger_that_reads_another_party_of_like_name_watches_nobody_else() -> None:
    trigger = Value(
        tree=Binary("<", Name(("miller", "headroom")), Number(0.5)), text="miller.headroom < 0.5", path="adjustment"
    )
    rules = Rules(adjustment=Adjustment(raised_by=("mill", "miller"), triggers=(trigger,)))
    subject = relationship(PARTIES, [flow("flour", "miller", "mill"), flow("grain", "mill", "miller")], rules=rules)
    falls = {"mill": trace(1.0, least=-1.0)}
    (found,) = look(evidence(subject, {"base": {"mill": 1.0, "miller": 1.0}, "shock:miller": falls}))
    assert found.status == "broken"
    assert found.remedy is not None
    assert (found.remedy.path, found.remedy.value) == (
        "adjustment.triggers",
        "[miller.headroom < 0.5, mill.headroom < 0.5]",
    )


def test_who_must_agree_to_a_term_is_who_may_set_it_alone() -> None:
    fee = Term(name="fee", value=value(1.0), set_by="mill", agreed_by=("miller",))
    flour = replace(flow("flour", "miller", "mill"), rate=Value(tree=Name(("fee",)), text="fee"))
    rules = Rules(adjustment=Adjustment(raised_by=("mill", "miller")))
    subject = relationship(PARTIES, [flour, flow("grain", "mill", "miller")], rules=rules, terms=[fee])
    lanes = {"base": {"mill": 1.0, "miller": 1.0}, "halve:flour": {"mill": 0.5}}
    (found,) = look(evidence(subject, lanes))
    assert found.parties == ("mill",)
    assert found.says == "Miller alone may set “fee”, and it moves Mill."
