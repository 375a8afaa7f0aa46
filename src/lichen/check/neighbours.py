"""What a relationship is that is not of this kind, read from its structure: which of the archetype's neighbours it
is.
"""

from __future__ import annotations

from typing import Literal

from lichen.check.evidence import CheckInput
from lichen.check.gate import Gate
from lichen.check.unsaid import blank_flows, is_draft
from lichen.relationship.backing import backed_flows
from lichen.relationship.order import reached, readers
from lichen.relationship.rules import AnswerRule, Rules

Instead = Literal[
    "one_time_purchase",
    "one_sided_service",
    "donation",
    "interoperability_standard",
    "generic_cooperation",
    "reciprocity_protocol",
    "goal_congruence",
    "incentive_alignment",
    "mutual_dependency_stabilization",
    "slogan",
]

IN_WORDS: dict[Instead, str] = {
    "one_time_purchase": "a one-time purchase",
    "one_sided_service": "a service that one side pays for",
    "donation": "a donation",
    "interoperability_standard": "a standard by which independent sides exchange something",
    "generic_cooperation": "a friendly cooperation",
    "reciprocity_protocol": "a set of duties in turn",
    "goal_congruence": "a common goal",
    "incentive_alignment": "a scheme that moves one side’s incentives",
    "mutual_dependency_stabilization": "the stabilisation of a fragile mutual dependency",
    "slogan": "a slogan",
}


_WHATEVER_IT_IS_WORTH = (None, "slogan", "one_time_purchase")
"""What does not turn on the worth of a flow: claims alone, and what does not go on."""


def instead_of_symbiosis(evidence: CheckInput, gate: Gate) -> Instead | None:
    """The neighbour that a relationship is; None when it is of this kind (also with an open loop), or may be."""
    return None if hinges_on_unsaid(evidence, gate) else _neighbour(evidence, gate)


def hinges_on_unsaid(evidence: CheckInput, gate: Gate) -> bool:
    """Whether what the file does not say yet decides: it is a draft, or a neighbour only for want of a worth."""
    if is_draft(evidence):
        return True
    return bool(blank_flows(evidence)) and _neighbour(evidence, gate) not in _WHATEVER_IT_IS_WORTH


def _neighbour(evidence: CheckInput, gate: Gate) -> Instead | None:
    if not gate.anything_said:
        return "slogan"
    if not gate.ongoing:
        return "one_time_purchase"
    if gate.unknown:
        return None
    if not gate.depending:
        return _nobody_depends(evidence)
    if not gate.interdependent:
        return _one_side_depends(evidence, gate.depending)
    if not gate.closed_loop and is_held_up(evidence, gate):
        return "mutual_dependency_stabilization"
    return None


def _nobody_depends(evidence: CheckInput) -> Instead:
    rules, flows = evidence.relationship.rules, evidence.inner_flows
    if any(isinstance(rule, AnswerRule) for rule in rules.reciprocity):
        return "reciprocity_protocol"
    if all(flow.kind in ("information", "obligation") for flow in flows):
        return "interoperability_standard"
    if rules.shared_value and not rules.reciprocity:
        return "goal_congruence"
    if _has_rules(rules):
        return "generic_cooperation"
    backed = backed_flows(evidence.relationship)
    return "interoperability_standard" if all(flow.name in backed for flow in flows) else "slogan"


def _one_side_depends(evidence: CheckInput, depending: tuple[str, ...]) -> Instead:
    """Nothing in return is a gift, pay that follows a shared measure a scheme, anything else a paid service."""
    returns = [f for f in evidence.inner_flows if f.giver in depending and f.receiver not in depending and f.worth]
    if not returns:
        return "donation"
    measured = {name for m in evidence.relationship.rules.shared_value for name in m.measure.names}
    for flow in evidence.inner_flows:
        paid = flow.receiver in depending and flow.giver not in depending and flow.worth
        if paid and (flow.name in measured or flow.rate.names & measured):
            return "incentive_alignment"
    return "one_sided_service"


def is_held_up(evidence: CheckInput, gate: Gate) -> bool:
    """Whether buffers, commitments and fallbacks alone hold it: nothing reaches anybody, and what passes is fixed and
    secured.
    """
    if any(reach.sign for reach in gate.reach.values()):
        return False
    carrying = [flow for flow in evidence.inner_flows if flow.worth or flow.cost]
    secured = all(flow.promised or flow.if_lost is not None for flow in carrying)
    return secured and not {flow.name for flow in carrying} & flows_reading_state(evidence)


def flows_reading_state(evidence: CheckInput) -> frozenset[str]:
    """The flows whose rate reads the capacity or the room of some party, also by way of another flow."""
    parties = evidence.relationship.parties
    read = {name for flow in evidence.relationship.flows.values() for name in flow.rate.names}
    state = {name for name in read if "." in name and name.split(".")[0] in parties}
    return reached(state, readers(evidence.relationship)) - state


def _has_rules(rules: Rules) -> bool:
    return bool(rules.reciprocity or rules.shared_value or rules.reinforcement or rules.balance or rules.adjustment)
