"""What holds a relationship up besides goodwill: which flows a rule backs, and which components are missing."""

from __future__ import annotations

from collections.abc import Iterable

from lichen.relationship.flow import Flow
from lichen.relationship.relationship import Relationship
from lichen.relationship.rules import AnswerRule, ReturnRule

COMPONENTS = (
    "mutual_dependency_map",
    "reciprocity_rule",
    "shared_value_metric",
    "reinforcement_feedback_channel",
    "balance_check",
    "adjustment_path",
)
OPTIONAL_COMPONENTS = ("risk_sharing", "exit", "power_review")


def backed_flows(relationship: Relationship) -> frozenset[str]:
    """The flows that a promise or a rule backs; every other flow is goodwill.

    A flow is backed if it is promised or an obligation; if reciprocity, the continuity of an exit or the loss of a risk
    sharing names it; if a `receives_per_given` rule is about its giver or receiver and both ends see it; or if its rate
    is built only from backed flows, terms and numbers, at least one of them a flow. Without an adjustment path no rule
    can be called upon, so only promises back.
    """
    promised = {flow.name for flow in relationship.flows.values() if flow.promised}
    if relationship.rules.adjustment is None:
        return frozenset(promised)
    named = _named_by_rules(relationship)
    parties = {rule.party for rule in relationship.rules.reciprocity if isinstance(rule, ReturnRule)}
    backed = {
        flow.name
        for flow in relationship.flows.values()
        if flow.promised
        or flow.kind == "obligation"
        or flow.name in named
        or (parties.intersection(flow.parties) and _seen_by_both(flow))
    }
    return frozenset(_with_derived(relationship, backed))


def missing_components(relationship: Relationship) -> tuple[str, ...]:
    """Which of the six components the file does not have, in the archetype's order."""
    rules = relationship.rules
    present = (
        any(flow.worth for flow in relationship.inner_flows),
        bool(rules.reciprocity),
        bool(rules.shared_value),
        bool(rules.reinforcement),
        rules.balance is not None,
        rules.adjustment is not None,
    )
    return tuple(name for name, there in zip(COMPONENTS, present, strict=True) if not there)


def missing_optional(relationship: Relationship) -> tuple[str, ...]:
    """Which of the three optional components the file does not have."""
    rules = relationship.rules
    present = (bool(rules.risk_sharing), rules.exit is not None, rules.power_review is not None)
    return tuple(name for name, there in zip(OPTIONAL_COMPONENTS, present, strict=True) if not there)


def _named_by_rules(relationship: Relationship) -> set[str]:
    rules = relationship.rules
    named = {flow for rule in rules.reciprocity if isinstance(rule, AnswerRule) for flow in (rule.when, rule.then)}
    if rules.exit is not None:
        named.update(rules.exit.continuity)
    for share in rules.risk_sharing:
        named.update(share.loss.names)
    return named


def _seen_by_both(flow: Flow) -> bool:
    return frozenset(flow.parties) <= frozenset(flow.seen_by)


def _with_derived(relationship: Relationship, backed: Iterable[str]) -> set[str]:
    """The flows given, and those whose rates follow from them and from terms."""
    found = set(backed)
    reads = {flow.name: flow.rate.names for flow in relationship.flows.values() if flow.name not in found}
    while True:
        sources = found.union(relationship.terms)
        new = {name for name, read in reads.items() if read <= sources and read & found} - found
        if not new:
            return found
        found |= new
