"""The six components and the three optional ones: what is there, what is missing, what is declared and carries nothing.

Also the file's own `checks:` and what a reader must know before believing anything: clipped rates, what a
capacity cannot hold, capacities that nothing reads, parties that no flow touches, third parties without a voice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding, Remedy, Status
from lichen.check.gate import Gate
from lichen.check.measures.figure import Figure, share_of
from lichen.check.measures.reading import unread_parties
from lichen.check.measures.worth import share_of_range
from lichen.check.remedies import following, measured_for_all, set_to, spoken_for
from lichen.check.thresholds import CLIPPED, LOST_ABOVE, NOTHING, REACH, TOLERANCE, reaches
from lichen.check.unsaid import unsaid_findings
from lichen.relationship.backing import missing_components, missing_optional
from lichen.relationship.rules import Measure, Reinforcement
from lichen.simulation.futures import Array

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
    yield from _loop(evidence, gate)
    yield from _declared_without_effect(evidence, gate)
    yield from _big_words(evidence)
    yield from _unspoken(evidence)
    yield from _untouched(evidence)
    yield from _unread(evidence)
    yield from _clipped(evidence)
    yield from _lost_above(evidence)


def own_checks(evidence: CheckInput) -> Iterator[Finding]:
    """The file's own `checks:` and what is `good` for a shared measure: asked of the mean over the horizon."""
    rules = evidence.relationship.rules
    for key, measures in (("checks", rules.checks), ("shared_value", rules.shared_value)):
        for measure in measures:
            if measure.good.at_least is not None or measure.good.at_most is not None:
                yield _asked(evidence, measure, f"{key}.{measure.name}")


def _missing(evidence: CheckInput) -> Iterator[Finding]:
    for name in missing_components(evidence.relationship):
        yield _component(
            name,
            "at risk",
            f"The relationship has no {IN_WORDS[name].removeprefix('a ')}.",
            remedy=Remedy(says=f"Agree on {IN_WORDS[name]} under `{KEYS[name]}:`.", path=KEYS[name]),
        )
    for name in missing_optional(evidence.relationship):
        yield _component(name, "holds", f"There is no {IN_WORDS[name].split(' ', 1)[1]}; it is optional.")


def _loop(evidence: CheckInput, gate: Gate) -> Iterator[Finding]:
    """An open loop between sides that depend on each other, with the direction that is missing and the channel that
    would close it.
    """
    if not gate.interdependent:
        return
    open_pairs = [pair for pair, reach in gate.reach.items() if reach.sign <= 0]
    if gate.closed_loop:
        if gate.protects_only:
            says = "Losses of one side reach the other and gains do not: it protects but does not improve."
            yield _component("reinforcement_feedback_channel", "at risk", says, evidence=_reaches(evidence, gate))
        return
    reverse = [
        pair for pair in open_pairs if gate.reach.get((pair[1], pair[0])) and gate.reach[pair[1], pair[0]].sign > 0
    ]
    origin, target = (reverse or open_pairs)[0]
    one, other = evidence.title(origin), evidence.title(target)
    yield _component(
        "reinforcement_feedback_channel",
        "broken",
        f"{'Too little' if gate.reach[origin, target].stronger.value > NOTHING.value else 'Nothing'} "
        f"of {wording.whose(one)} success reaches {other}.",
        parties=(origin, target),
        evidence=_reaches(evidence, gate),
        remedy=_closing(evidence, origin, target),
    )


def _closing(evidence: CheckInput, origin: str, target: str) -> Remedy:
    """The channel that would close the loop: a benefit whose rate follows the room of the side that succeeds."""
    one, other = evidence.title(origin), evidence.title(target)
    for channel in evidence.relationship.rules.reinforcement:
        if channel.when.split(".")[0] == origin and channel.improves.split(".")[0] == target:
            switched_on = _switched_on(evidence, channel)
            if switched_on is not None:
                return switched_on
    for flow in evidence.inner_flows:
        if flow.giver == origin and flow.receiver == target and flow.worth:
            called = wording.quoted(flow.title)
            says = f"Let {called} follow {wording.whose(one)} room, so that its success reaches {other}."
            follows = following(evidence, flow, origin, says)
            if follows is not None:
                return follows
    return Remedy(says=f"Add a flow from {one} to {other} whose rate follows {wording.whose(one)} room.", path="flows")


def _switched_on(evidence: CheckInput, channel: Reinforcement) -> Remedy | None:
    """The term that stands at 0 and keeps a declared channel from flowing, at its upper limit."""
    for name in channel.through:
        flow = evidence.relationship.flows.get(name)
        if flow is None:
            continue
        for term in evidence.relationship.terms.values():
            if term.name in flow.rate.names and term.value.number == 0 and term.between is not None:
                says = f"Let {wording.quoted(flow.title)} flow: {wording.quoted(term.name)} keeps it at nothing."
                return set_to(evidence, term, term.between[1], says)
    return None


def _reaches(evidence: CheckInput, gate: Gate) -> tuple[Evidence, ...]:
    """What reaches whom, the direction in which least arrives first."""
    return tuple(
        Evidence(
            says=(
                f"Of a gain of {evidence.title(origin)}, {wording.share(reach.stronger.value)} reaches "
                f"{evidence.title(target)}."
            ),
            figure=reach.stronger.value,
            unit="of the gain",
            method="simulation",
            at=evidence.relationship.at(f"parties.{target}"),
        )
        for (origin, target), reach in sorted(gate.reach.items(), key=lambda item: item[1].stronger.value)
    )


def _declared_without_effect(evidence: CheckInput, gate: Gate) -> Iterator[Finding]:
    for place, channel in enumerate(evidence.relationship.rules.reinforcement):
        origin, target = channel.when.split(".")[0], channel.improves.split(".")[0]
        reach = gate.reach.get((origin, target))
        if reach is None or reach.sign > 0 or not reach.stronger.figure.known:
            continue
        gain = evidence.called(channel.when)
        yield _component(
            "reinforcement_feedback_channel",
            "at risk",
            f"That a gain in {gain} improves {evidence.called(channel.improves)} is declared, but nothing carries it.",
            parties=(origin, target),
            evidence=(_idle(evidence, channel, place, reach.stronger.figure),),
            remedy=_carrying(evidence, channel, origin),
        )


def _idle(evidence: CheckInput, channel: Reinforcement, place: int, reaches: Figure) -> Evidence:
    return Evidence(
        says=(
            f"Of a gain in {evidence.called(channel.when)}, {wording.share(reaches.value)} reaches "
            f"{evidence.called(channel.improves)} (at least {wording.share(REACH.value)} asked)."
        ),
        figure=reaches.value,
        unit="of the gain",
        method="simulation",
        at=evidence.relationship.at(f"reinforcement.{place}"),
    )


def _carrying(evidence: CheckInput, channel: Reinforcement, origin: str) -> Remedy | None:
    switched_on = _switched_on(evidence, channel)
    if switched_on is not None:
        return switched_on
    flow = next(
        (evidence.relationship.flows[name] for name in channel.through if name in evidence.relationship.flows), None
    )
    if flow is None:
        return None
    says = f"Let {wording.quoted(flow.title)} follow {wording.whose(evidence.title(origin))} room."
    return following(evidence, flow, origin, says)


def _big_words(evidence: CheckInput) -> Iterator[Finding]:
    found = _BIG_WORDS.search(evidence.relationship.purpose)
    lacking = missing_components(evidence.relationship)
    if found and lacking:
        says = f"The purpose says “{found[0]}” without {wording.listed(IN_WORDS[name] for name in lacking)}."
        seen = Evidence(says=says, at=evidence.relationship.at("purpose"))
        yield _component("purpose", "at risk", says, evidence=(seen,))


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
        yield _component(
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
        yield _component(
            "mutual_dependency_map",
            "holds",
            says,
            parties=(party.name,),
            evidence=(Evidence(says=says, at=evidence.relationship.at(f"parties.{party.name}")),),
        )


def _unread(evidence: CheckInput) -> Iterator[Finding]:
    """Essential capacities that no flow reads, and shared measures that do not read every side."""
    read = {name for flow in evidence.relationship.flows.values() for name in flow.rate.names}
    for party in evidence.parties:
        for capacity in party.essential_capacities:
            key = f"{party.name}.{capacity.name}"
            if key not in read and f"{party.name}.headroom" not in read:
                says = f"No flow reads {evidence.called(key)}: whatever becomes of it changes nothing that is given."
                at = evidence.relationship.at(f"parties.{party.name}.capacities.{capacity.name}")
                yield _component(
                    "mutual_dependency_map",
                    "holds",
                    says,
                    parties=(party.name,),
                    evidence=(Evidence(says=says, at=at),),
                )
    unread = unread_parties(evidence)
    if evidence.relationship.rules.shared_value and unread:
        measure = evidence.relationship.rules.shared_value[0].name
        yield _component(
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
            yield _component("mutual_dependency_map", "at risk", says, evidence=(seen,), remedy=remedy)


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
            seen = Evidence(says=says, figure=share, unit="of its healthy range", method="simulation", at=at)
            yield _component("mutual_dependency_map", "holds", says, parties=(party,), evidence=(seen,))


def _asked(evidence: CheckInput, measure: Measure, path: str) -> Finding:
    """Whether a measure's mean over the horizon is good in as many futures as asked."""
    trace = evidence.base.measures.get(measure.name)
    if trace is None or np.isnan(trace.mean).any():
        return Finding(
            about=measure.name,
            type="check",
            status="cannot tell",
            says=f"{wording.quoted(measure.name)} cannot be said.",
            needs=f"What {wording.quoted(measure.name)} is measured from.",
        )
    kept = share_of(_within(evidence, measure, trace.mean))
    status: Status = "holds" if kept.value >= measure.good.share - TOLERANCE else "broken"
    decided = not kept.low < measure.good.share < kept.high or kept.low == kept.high
    says = (
        f"{wording.quoted(measure.name)} is good in {wording.share(kept.value)} of the futures "
        f"({wording.share(measure.good.share)} asked)."
    )
    seen = Evidence(
        says=says, figure=kept.value, unit="of the futures", method="simulation", at=evidence.relationship.at(path)
    )
    return Finding(
        about=measure.name,
        type="check",
        status=status if decided else "at risk",
        decided=decided,
        says=says,
        margin=kept.value - measure.good.share,
        interval=(kept.low - measure.good.share, kept.high - measure.good.share),
        threshold=0.0,
        evidence=(seen,),
    )


def _within(evidence: CheckInput, measure: Measure, values: Array) -> Array:
    kept = np.ones_like(values, dtype=bool)
    if measure.good.at_least is not None:
        kept &= values >= evidence.start.value(measure.good.at_least) - TOLERANCE
    if measure.good.at_most is not None:
        kept &= values <= evidence.start.value(measure.good.at_most) + TOLERANCE
    return kept.astype(float)


def _component(
    about: str,
    status: Status,
    says: str,
    *,
    parties: tuple[str, ...] = (),
    evidence: tuple[Evidence, ...] = (),
    remedy: Remedy | None = None,
) -> Finding:
    return Finding(
        about=about, type="component", status=status, says=says, parties=parties, evidence=evidence, remedy=remedy
    )
