"""What would mend a finding, said in the file's own keys: a path and the text to write there."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput, Trial
from lichen.check.finding import Effect, Remedy
from lichen.check.measures.leaving import replaced_share
from lichen.check.measures.sight import onlooker, sight
from lichen.check.measures.worth import Tally, Valuation
from lichen.check.thresholds import SIDE_EFFECT
from lichen.check.what_if import scaled as times
from lichen.check.what_if import with_flow, with_rate, with_term
from lichen.relationship.flow import Fallback, Flow, Sight
from lichen.relationship.formula import Binary, Call, Name, Number, Tree, names, walk
from lichen.relationship.party import Party
from lichen.relationship.quantity import TIME
from lichen.relationship.rules import Adjustment, Term
from lichen.relationship.value import Value
from lichen.simulation.futures import Lane

_FACTORS = (0.25, 0.5, 0.75, 0.9, 1.1, 1.2, 1.3, 1.5, 2.0)
_MULTIPLE = re.compile(r"\s*(\d+(?:\.\d+)?) \* \(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*")
"""A rate that is a multiple of another already: `0.9 * (forecast)`."""
_REPLACED = 0.9
_HALF_A_YEAR = 26 * 7.0
_LEAST_USUAL, _MOST_FOLLOWED = 0.2, 1.5
_PARTS = (0.25, 0.1)
"""The parts of a flow that follow a room where the whole would carry one side's trouble to the other."""


def scaled(evidence: CheckInput, flow: Flow, factor: float, why: str) -> Remedy:
    """A flow at a multiple of its rate; a multiple of a multiple is written as one."""
    multiple = _MULTIPLE.fullmatch(flow.rate.text)
    whole, rate = (factor * float(multiple[1]), multiple[2]) if multiple else (factor, flow.rate.text)
    text = f"{f'{whole:.2f}'.rstrip('0').rstrip('.')} * ({rate})"
    tree = None if flow.rate.tree is None else times(flow.rate.tree, factor)
    changed = with_rate(evidence.relationship, flow, tree, text)
    return Remedy(says=why, path=f"flows.{flow.name}.rate", value=text, changed=changed)


def following(evidence: CheckInput, flow: Flow, party: str, why: str) -> Remedy | None:
    """A flow that grows and shrinks with a party's room and passes as much as now when the room is as usual, or in a
    gentler form a part of it that does; None where it follows that room already.
    """
    rate = flow.rate.tree
    if rate is None or party not in evidence.base.headroom or _follows(rate, f"{party}.headroom"):
        return None
    usual = max(_LEAST_USUAL, round(float(np.mean(evidence.base.headroom[party].mean)), 1))
    room = Call("clip", (Binary("/", Name((party, "headroom")), Number(usual)), Number(0.0), Number(_MOST_FOLLOWED)))
    said = f"clip({party}.headroom / {usual:g}, 0, {_MOST_FOLLOWED:g})"

    def at(factor: Tree, text: str, forms: tuple[Remedy, ...] = ()) -> Remedy:
        text = f"({flow.rate.text}) * {text}"
        changed = with_rate(evidence.relationship, flow, Binary("*", rate, factor), text)
        return Remedy(says=why, path=f"flows.{flow.name}.rate", value=text, changed=changed, gentler=forms)

    def in_part(part: float) -> Remedy:
        factor = Binary("+", Number(1 - part), Binary("*", Number(part), room))
        return at(factor, f"({1 - part:g} + {part:g} * {said})")

    return at(room, said, tuple(in_part(part) for part in _PARTS))


def _follows(tree: Tree, room: str) -> bool:
    """Whether a rate grows and shrinks with a room already, between two limits."""
    calls = (node for node in walk(tree) if isinstance(node, Call))
    return any(call.function == "clip" and room in names(call.arguments[0]) for call in calls)


def set_to(evidence: CheckInput, term: Term, value: Value, why: str) -> Remedy:
    """A term at another value."""
    changed = with_term(evidence.relationship, term, value)
    return Remedy(says=why, path=f"terms.{term.name}", value=value.text, changed=changed)


def return_more(evidence: CheckInput, party: str, found: Mapping[str, Tally], valued: Valuation) -> Remedy | None:
    """More of the largest benefit that a party receives, until it keeps half of what the relationship is worth.

    Without a benefit to raise, less of the burden that weighs most on it.
    """
    receives = _heaviest(evidence, valued, party, received=True)
    title = evidence.title(party)
    net, whole = float(np.mean(found[party].net)), sum(float(np.mean(tally.net)) for tally in found.values())
    missing = max(whole / max(2, len(evidence.essential)) - net, -net)
    if receives is not None and missing > 0:
        flow, worth = receives
        factor = min(4.0, 1 + math.ceil(20 * missing / worth) / 20) if worth > 0 else math.nan
        if math.isfinite(factor):
            return scaled(
                evidence, flow, factor, f"Raise {wording.quoted(flow.title)} so that a fair share is left to {title}."
            )
    gives = _heaviest(evidence, valued, party, received=False)
    if gives is not None:
        flow = gives[0]
        return scaled(
            evidence, flow, 0.5, f"Halve {wording.quoted(flow.title)}, the burden that weighs most on {title}."
        )
    return None


def rebalanced(evidence: CheckInput, margins: Mapping[str, float]) -> Remedy | None:
    """The term, or else the multiple of one flow, that leaves whoever is then worst off with most.

    Terms were tried at their limits; how a flow moves each party is read from the futures in which it runs at half,
    and taken to be proportional.
    """
    worst = min(margins, key=lambda name: margins[name])
    term = _best_term(evidence, margins)
    if term is not None:
        return term
    best: tuple[float, Flow, float] | None = None
    for flow in evidence.inner_flows:
        lane = evidence.lane(f"halve:{flow.name}")
        if lane is None or not flow.rate.text:
            continue
        for factor in _FACTORS:
            least = min(margins[name] + 2 * (factor - 1) * _moved(evidence, lane, name) for name in margins)
            if best is None or least > best[0]:
                best = least, flow, factor
    if best is None or best[0] <= margins[worst]:
        return None
    _, flow, factor = best
    more = "Raise" if factor > 1 else "Lower"
    return scaled(
        evidence,
        flow,
        factor,
        f"{more} {wording.quoted(flow.title)}: it moves {evidence.title(worst)} more than it costs others.",
    )


def _best_term(evidence: CheckInput, margins: Mapping[str, float]) -> Remedy | None:
    """The term at the limit that leaves whoever is then worst off with most; None when no term helps."""
    trials = evidence.trials
    if trials is None or not trials.tried:
        return None

    def least(trial: Trial) -> float:
        return min(margins[name] + _gained(trials.before, trial.after, name) for name in margins)

    best = max(trials.tried, key=least)
    if least(best) <= min(margins.values()) + SIDE_EFFECT.value:
        return None
    term = evidence.relationship.terms[best.term]
    limit = next(limit for limit in term.between or () if limit.text == best.value)
    says = f"Set {wording.quoted(best.term)} to {best.value}: that leaves most to whoever is worst off."
    return set_to(evidence, term, limit, says)


def _gained(before: Lane, after: Lane, party: str) -> float:
    """The room that a party gains between two runs, mean over the last fifth."""
    return float(np.mean(after.headroom[party].last_fifth) - np.mean(before.headroom[party].last_fifth))


def _moved(evidence: CheckInput, lane: Lane, party: str) -> float:
    """The room of a party that half of a flow carries."""
    return -_gained(evidence.base, lane, party)


def replaceable(evidence: CheckInput, party: str, valued: Valuation) -> Remedy | None:
    """A fallback for what a party would miss most."""
    missing: list[tuple[float, Flow]] = []
    for flow in evidence.inner_flows:
        if flow.receiver != party or not flow.worth:
            continue
        worth = abs(float(np.mean(valued.of(party, evidence.base.flows[flow.name].worth))))
        missing.append((worth * (1 - replaced_share(evidence, flow)), flow))
    if not missing:
        return None
    flow = max(missing, key=lambda pair: pair[0])[1]
    title = evidence.title(party)
    says = f"Agree on a replacement for {wording.quoted(flow.title)}, so that {title} can go on when it is lost."
    path, most = f"flows.{flow.name}.if_lost", Value(tree=Number(_REPLACED), text="90 %")
    if flow.if_lost is None:
        fallback, value = Fallback(replaced=most, after=_days(28.0)), "{replaced: 90 %, after: 4 weeks}"
    elif replaced_share(evidence, flow) < _REPLACED:
        fallback, path, value = replace(flow.if_lost, replaced=most), f"{path}.replaced", "90 %"
    else:
        fallback, path, value = replace(flow.if_lost, after=_days(7.0)), f"{path}.after", "1 week"
    changed = with_flow(evidence.relationship, replace(flow, if_lost=fallback))
    return Remedy(says=says, path=path, value=value, changed=changed)


def _days(count: float) -> Value:
    return Value(tree=Number(count, TIME), dimension=TIME)


def shown_to(evidence: CheckInput, flow: Flow) -> Remedy:
    """A flow that both its ends see, or who sees for them; first of all somebody who sees for a living system."""
    ends = [onlooker(evidence, party) for party in flow.parties]
    for end in ends:
        if sight(evidence, flow, end) is None and not evidence.relationship.parties[end].chooses:
            return spoken_for(end)
    whom = tuple(dict.fromkeys((*(s.party for s in flow.visible_to or () if s.share >= 1), *ends)))
    says = f"Let both sides see {wording.quoted(flow.title)}."
    changed = with_flow(evidence.relationship, replace(flow, visible_to=tuple(Sight(party=name) for name in whom)))
    return Remedy(says=says, path=f"flows.{flow.name}.visible_to", value=f"[{', '.join(whom)}]", changed=changed)


def spoken_for(party: str) -> Remedy:
    """Somebody who speaks for a party and would know."""
    return Remedy(says="Name who speaks for it, and by which flow they know.", path=f"parties.{party}.spoken_for_by")


def promised(evidence: CheckInput, flow: Flow) -> Remedy:
    """A flow that somebody promises."""
    return Remedy(
        says=f"Promise {wording.quoted(flow.title)} in so many words, so that it does not hang on goodwill.",
        path=f"flows.{flow.name}.promised",
        value="true",
        changed=with_flow(evidence.relationship, replace(flow, promised=True)),
    )


def buffered(evidence: CheckInput, flow: Flow, title: str) -> Remedy:
    """A flow that passes through a store, so that a failure arrives slowly."""
    says = f"Put a buffer of half a year between {wording.quoted(flow.title)} and {title}; less of it would not help."
    text = f"smooth({flow.rate.text}, 26 weeks)"
    tree = None if flow.rate.tree is None else Call("smooth", (flow.rate.tree, Number(_HALF_A_YEAR, TIME)))
    changed = with_rate(evidence.relationship, flow, tree, text)
    return Remedy(says=says, path=f"flows.{flow.name}.rate", value=text, changed=changed)


def measured_for_all(evidence: CheckInput, measure: str) -> Remedy:
    """A measure that says something about each essential party."""
    rooms = ", ".join(f"{party.name}.headroom" for party in evidence.essential)
    return Remedy(
        says=f"Let {wording.quoted(measure)} follow the party that is worst off instead of the sum.",
        path=f"shared_value.{measure}",
        value=f'{{measure: "least({rooms})", good: {{at_least: 0.5}}}}',
        effect=Effect(says=("It gives nobody more room: it shows what the sum hides.",)),
    )


def given_voice(evidence: CheckInput, party: Party) -> Remedy:
    """A party that may raise an imbalance."""
    adjustment = evidence.relationship.rules.adjustment
    who = party.name if party.chooses or party.spoken_for_by is None else party.spoken_for_by.who
    says = f"Let {evidence.title(who)} raise an imbalance."
    if adjustment is None:
        names = tuple(p.name for p in evidence.essential if p.chooses)
        path, value = "adjustment", f"{{raised_by: [{', '.join(names)}], review_every: 26 weeks, agreed_by: all}}"
        agreed = Adjustment(raised_by=names, review_every_days=_HALF_A_YEAR)
        says = "Agree on a way to raise an imbalance and change terms."
    else:
        names = tuple(dict.fromkeys((*adjustment.raised_by, who)))
        path, value = "adjustment.raised_by", f"[{', '.join(names)}]"
        agreed = replace(adjustment, raised_by=names)
    rules = replace(evidence.relationship.rules, adjustment=agreed)
    return Remedy(says=says, path=path, value=value, changed=replace(evidence.relationship, rules=rules))


def largest_benefit(evidence: CheckInput, party: str, valued: Valuation) -> Flow | None:
    """The flow that is worth most to a party."""
    found = _heaviest(evidence, valued, party, received=True)
    return found[0] if found is not None else None


def _heaviest(evidence: CheckInput, valued: Valuation, party: str, *, received: bool) -> tuple[Flow, float] | None:
    """The flow between parties that adds most to, or takes most from, a party, and how much (mean over futures)."""
    found: list[tuple[float, Flow]] = []
    for flow in evidence.inner_flows:
        totals = evidence.base.flows[flow.name]
        if received and flow.receiver == party:
            amount = float(np.mean(valued.of(party, totals.worth)))
        elif not received and flow.giver == party:
            amount = float(np.mean(valued.of(party, totals.cost)))
        else:
            continue
        if amount > 0:
            found.append((amount, flow))
    if not found:
        return None
    amount, flow = max(found, key=lambda pair: pair[0])
    return flow, amount
