"""The loop by which one side's success reaches the other: whether it is closed, and which channel would close it."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding, Remedy
from lichen.check.gate import Gate
from lichen.check.judging import component
from lichen.check.measures.figure import Figure
from lichen.check.remedies import following, set_to
from lichen.check.thresholds import NOTHING, REACH
from lichen.relationship.rules import Reinforcement


def loop_findings(evidence: CheckInput, gate: Gate) -> Iterator[Finding]:
    """An open loop, one that only protects, and each declared channel that carries nothing."""
    yield from _open_loop(evidence, gate)
    yield from _declared_without_effect(evidence, gate)


def _open_loop(evidence: CheckInput, gate: Gate) -> Iterator[Finding]:
    """An open loop between sides that depend on each other, with the direction that is missing and the channel that
    would close it.
    """
    if not gate.interdependent:
        return
    open_pairs = [pair for pair, reach in gate.reach.items() if reach.sign <= 0]
    if gate.closed_loop:
        if gate.protects_only:
            says = "Losses of one side reach the other and gains do not: it protects but does not improve."
            yield component("reinforcement_feedback_channel", "at risk", says, evidence=_what_reaches(evidence, gate))
        return
    reverse = [
        pair for pair in open_pairs if gate.reach.get((pair[1], pair[0])) and gate.reach[pair[1], pair[0]].sign > 0
    ]
    origin, target = (reverse or open_pairs)[0]
    one, other = evidence.title(origin), evidence.title(target)
    yield component(
        "reinforcement_feedback_channel",
        "broken",
        f"{'Too little' if gate.reach[origin, target].stronger.value > NOTHING.value else 'Nothing'} "
        f"of {wording.whose(one)} success reaches {other}.",
        parties=(origin, target),
        evidence=_what_reaches(evidence, gate),
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
            says = f"Let {called} follow {wording.whose(one)} room, so that {wording.its(one)} success reaches {other}."
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


def _what_reaches(evidence: CheckInput, gate: Gate) -> tuple[Evidence, ...]:
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
        yield component(
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
