"""The six components and the three optional ones: what is there, what is missing, what is declared and carries nothing.

Also what a reader must know before believing anything: clipped rates, what a capacity cannot hold, capacities that
nothing reads, parties that no flow touches, third parties without a voice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding, Remedy
from lichen.check.gate import Gate
from lichen.check.judging import component
from lichen.check.loop import loop_findings
from lichen.check.measures.reading import unread_parties
from lichen.check.measures.worth import share_of_range
from lichen.check.remedies import measured_for_all, spoken_for
from lichen.check.thresholds import CLIPPED, LOST_ABOVE, TOLERANCE, reaches
from lichen.check.unsaid import unsaid_findings
from lichen.relationship.backing import missing_components, missing_optional

KEYS = {
    "mutual_dependency_map": "flows",
    "reciprocity_rule": "reciprocity",
    "shared_value_metric": "shared_value",
    "reinforcement_feedback_channel": "reinforcement",
    "balance_check": "balance",
    "adjustment_path": "adjustment",
    "risk_sharing": "risk_sharing",
    "exit": "exit",
    "power_review": "power_review",
}
"""The key of the file under which each component stands."""

IN_WORDS = {
    "mutual_dependency_map": "a map of who gives what",
    "reciprocity_rule": "a reciprocity rule",
    "shared_value_metric": "a shared value metric",
    "reinforcement_feedback_channel": "a reinforcement channel",
    "balance_check": "a check of benefit and obligation",
    "adjustment_path": "a way to raise imbalance and change terms",
    "risk_sharing": "a risk-sharing rule",
    "exit": "an exit rule",
    "power_review": "a review of power",
}

_BIG_WORDS = re.compile(
    r"\b(win[- ]win|mutual(ly)?[- ]benefi\w+|true partners?|we are (all )?partners|synerg\w+)", re.IGNORECASE
)


def missing(evidence: CheckInput) -> tuple[str, ...]:
    """The components that are missing, the six first, then the optional ones."""
    return (*missing_components(evidence.relationship), *missing_optional(evidence.relationship))


def component_findings(evidence: CheckInput, gate: Gate) -> Iterator[Finding]:
    """Everything that structure says about the components, and what a reader must know."""
    yield from unsaid_findings(evidence)
    yield from _missing(evidence)
    yield from loop_findings(evidence, gate)
    yield from _big_words(evidence)
    yield from _unspoken(evidence)
    yield from _untouched(evidence)
    yield from _unread(evidence)
    yield from _clipped(evidence)
    yield from _lost_above(evidence)


def _missing(evidence: CheckInput) -> Iterator[Finding]:
    for name in missing_components(evidence.relationship):
        yield component(
            name,
            "at risk",
            f"The relationship has no {IN_WORDS[name].removeprefix('a ')}.",
            remedy=Remedy(says=f"Agree on {IN_WORDS[name]} under `{KEYS[name]}:`.", path=KEYS[name]),
        )
    for name in missing_optional(evidence.relationship):
        yield component(name, "holds", f"There is no {IN_WORDS[name].split(' ', 1)[1]}; it is optional.")


def _big_words(evidence: CheckInput) -> Iterator[Finding]:
    found = _BIG_WORDS.search(evidence.relationship.purpose)
    lacking = missing_components(evidence.relationship)
    if found and lacking:
        says = f"The purpose says “{found[0]}” without {wording.listed(IN_WORDS[name] for name in lacking)}."
        seen = Evidence(says=says, at=evidence.relationship.at("purpose"))
        yield component("purpose", "at risk", says, evidence=(seen,))


def _unspoken(evidence: CheckInput) -> Iterator[Finding]:
    """Third parties that bear something and have no voice."""
    adjustment = evidence.relationship.rules.adjustment
    raised_by = adjustment.raised_by if adjustment is not None else ()
    for party in evidence.parties:
        voice = party.spoken_for_by
        speaks = party.name in raised_by or (voice is not None and voice.by in evidence.relationship.flows)
        bears = any(flow.receiver == party.name and flow.burdens for flow in evidence.inner_flows)
        if party.essential or speaks or (party.chooses and not bears):
            continue
        yield component(
            "adjustment_path",
            "at risk",
            f"Nobody speaks for {evidence.title(party.name)}.",
            parties=(party.name,),
            evidence=(
                Evidence(
                    says="It has no monitoring flow by which somebody could know.",
                    at=evidence.relationship.at(f"parties.{party.name}"),
                ),
            ),
            remedy=spoken_for(party.name),
        )


def _untouched(evidence: CheckInput) -> Iterator[Finding]:
    for party in evidence.untouched:
        says = f"No flow touches {evidence.title(party.name)}; it is left out."
        yield component(
            "mutual_dependency_map",
            "holds",
            says,
            parties=(party.name,),
            evidence=(Evidence(says=says, at=evidence.relationship.at(f"parties.{party.name}")),),
        )


def _unread(evidence: CheckInput) -> Iterator[Finding]:
    """Essential capacities that no flow reads, and shared measures that do not read every side."""
    read = {
        name.replace("giver.", f"{flow.giver}.").replace("receiver.", f"{flow.receiver}.") if flow.along else name
        for flow in evidence.relationship.flows.values()
        for name in flow.rate.names
    }
    for party in evidence.parties:
        for capacity in party.essential_capacities:
            key = f"{party.name}.{capacity.name}"
            if key not in read and f"{party.name}.headroom" not in read:
                says = f"No flow reads {evidence.called(key)}: whatever becomes of it changes nothing that is given."
                at = evidence.relationship.at(f"parties.{party.name}.capacities.{capacity.name}")
                yield component(
                    "mutual_dependency_map",
                    "holds",
                    says,
                    parties=(party.name,),
                    evidence=(Evidence(says=says, at=at),),
                )
    unread = unread_parties(evidence)
    if evidence.relationship.rules.shared_value and unread:
        measure = evidence.relationship.rules.shared_value[0].name
        yield component(
            "shared_value_metric",
            "at risk",
            f"The shared measures say nothing about {wording.listed(map(evidence.title, unread))}.",
            parties=unread,
            evidence=(
                Evidence(
                    says="A side that no measure reads can be used up unseen.",
                    at=evidence.relationship.at("shared_value"),
                ),
            ),
            remedy=measured_for_all(evidence, measure),
        )


def _clipped(evidence: CheckInput) -> Iterator[Finding]:
    for flow in evidence.relationship.flows.values():
        share = float(np.mean(evidence.base.flows[flow.name].clipped)) if flow.name in evidence.base.flows else 0.0
        if share > CLIPPED.value + TOLERANCE:
            called = wording.quoted(flow.title)
            says = f"The rate of {called} is below zero in {wording.share(share)} of the steps and was set to 0."
            at = evidence.relationship.at(f"flows.{flow.name}.rate")
            seen = Evidence(says=says, figure=share, unit="of the steps", method="simulation", at=at)
            remedy = Remedy(
                says="Say what happens then.", path=f"flows.{flow.name}.rate", value=f"max({flow.rate.text}, 0)"
            )
            yield component("mutual_dependency_map", "at risk", says, evidence=(seen,), remedy=remedy)


def _lost_above(evidence: CheckInput) -> Iterator[Finding]:
    """What a capacity could not hold, where that is enough to be spoken of."""
    for key, lost in evidence.base.lost_above.items():
        party, _, name = key.partition(".")
        owner = evidence.relationship.parties[party]
        share = float(np.mean(lost)) * share_of_range(evidence, owner, owner.capacities[name])
        if reaches(share, LOST_ABOVE):
            says = (
                f"At its limit {evidence.called(key)} loses what exceeds it: {wording.share(share)} of its healthy "
                "range in all."
            )
            at = evidence.relationship.at(f"parties.{party}.capacities.{name}.at_most")
            seen = Evidence(says=says, figure=share, unit="of the healthy range", method="simulation", at=at)
            yield component("mutual_dependency_map", "holds", says, parties=(party,), evidence=(seen,))
