"""Goodwill substitution: trust and heroic effort stand in for rules, measures and accountability.

What it is
    What nobody promised can end tomorrow. A relationship that lives by it is one tired person away from its end.

What we look at
    The largest of three. The share, by worth to the receiver, of what no promise and no rule backs. The loss of the
    chance to go on, party by party, when these flows stop. And of what a party that depends on the relationship
    receives, the share that comes by the goodwill of somebody whom it pays to keep it back: what that saves until the
    others have answered is more than going on is worth to it, after a discount of 5 % a year and a chance of an end of
    10 % a year. In full where going on is worth nothing to the giver. Watch at 0.25, alarm at 0.5. Which flows are
    backed: `lichen explain backed-flows`.

Cannot tell when
    What passes has no common worth and the parties' own ranges are private.

Not to be confused with
    Generosity: a gift that nobody lives by is none.

Example
    A studio and a workshop live by designs and prototypes that nobody promised and of which no rule speaks:
    `tests/cases/failures/goodwill_substitution/shows.yaml`.

Mitigation
    Promise the least that is needed, with a rule and a measure, and leave the rest free.

Sources
    Symbiotic Alignment, Failure Modes, fifth. Axelrod and Hamilton 1981; Levin 2003 (relational contracts). That a
    giver's temptation counts by what hangs on it, and the score, are ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding
from lichen.check.judging import failure
from lichen.check.measures.dependence import is_interdependent
from lichen.check.measures.enforcement import temptation
from lichen.check.measures.figure import Figure, exact, largest_of, mean_of
from lichen.check.measures.worth import Valuation, valuation
from lichen.check.remedies import promised
from lichen.relationship.backing import backed_flows
from lichen.relationship.flow import Flow

TITLE = "Goodwill substitution"
ABOUT = "goodwill_substitution"
LANES = ("no_goodwill",)


def look(evidence: CheckInput) -> Iterator[Finding]:
    """Ask what hangs on goodwill alone."""
    valued = valuation(evidence)
    worths = _worths(evidence, valued)
    backed = backed_flows(evidence.relationship)
    free = {name: worth for name, worth in worths.items() if name not in backed}
    share = exact(_unbacked_share(evidence, worths, free, valued))
    losses = {party.name: _loss(evidence, party.name) for party in evidence.essential} if free else {}
    unheld = {party.name: _unheld(evidence, party.name, worths, free, valued) for party in evidence.essential}
    score = largest_of([share, *losses.values(), *(exact(sum(parts.values())) for parts in unheld.values())])
    heaviest = max(free, key=lambda name: free[name], default="")
    flow = evidence.relationship.flows.get(heaviest)
    yield failure(
        ABOUT,
        score,
        _says(evidence, share.value, losses, unheld, flow),
        parties=flow.parties if flow is not None and score.value > 0 else (),
        evidence=[
            *(_free(evidence, name) for name in sorted(free, key=lambda n: -free[n])[:3]),
            *_lost(evidence, losses),
            *_tempting(evidence, unheld),
        ],
        remedy=promised(evidence, flow) if flow is not None else None,
        needs="The worth of what passes between the sides.",
        parts=[
            ("share without a rule", share.value),
            *((f"{name}: chance lost", f.value) for name, f in losses.items()),
            *((f"{name}: received from whom keeping it back would pay", sum(p.values())) for name, p in unheld.items()),
        ],
    )


def _worths(evidence: CheckInput, valued: Valuation) -> dict[str, float]:
    """What each flow between parties is worth to its receiver, mean over futures; flows of no worth left out."""
    found = {
        flow.name: float(np.mean(valued.of(flow.receiver, evidence.base.flows[flow.name].worth)))
        for flow in evidence.inner_flows
        if flow.worth
    }
    return {name: worth for name, worth in found.items() if not worth <= 0}


def _unbacked_share(
    evidence: CheckInput, worths: Mapping[str, float], free: Mapping[str, float], valued: Valuation
) -> float:
    """Of all worth without a rule; receiver by receiver, and the worst of them, where worth is not common."""
    if valued.common:
        return sum(free.values()) / sum(worths.values()) if worths else 0.0
    shares = [0.0]
    for party in evidence.parties:
        own = {name: w for name, w in worths.items() if evidence.relationship.flows[name].receiver == party.name}
        if own:
            shares.append(sum(w for name, w in own.items() if name in free) / sum(own.values()))
    return max(shares)


def _unheld(
    evidence: CheckInput, party: str, worths: Mapping[str, float], free: Mapping[str, float], valued: Valuation
) -> Mapping[str, float]:
    """By giver: the part of all worth that a depending party receives that comes by the goodwill of one whom keeping
    it back would pay.
    """
    flows = [flow for flow in evidence.inner_flows if flow.receiver == party and flow.name in worths]
    kind = [flow for flow in flows if flow.name in free and evidence.relationship.parties[flow.giver].chooses]
    if not kind or not is_interdependent(evidence, party):
        return {}
    whole = sum(worths[flow.name] for flow in flows)
    return {
        giver: temptation(evidence, giver, party, frozenset(free), valued)
        * sum(worths[flow.name] for flow in kind if flow.giver == giver)
        / whole
        for giver in dict.fromkeys(flow.giver for flow in kind)
    }


def _loss(evidence: CheckInput, party: str) -> Figure:
    """The fall of the share of futures in which a party can go on when goodwill stops."""
    lane = evidence.lane("no_goodwill")
    if lane is None or party not in lane.headroom:
        return exact(0.0)
    before, after = evidence.base.headroom[party].least, lane.headroom[party].least
    if np.isnan(before).any() or np.isnan(after).any():
        return exact(float("nan"))
    return mean_of((before >= 0).astype(float) - (after >= 0).astype(float)).clipped(0.0, 1.0)


def _says(
    evidence: CheckInput,
    share: float,
    losses: Mapping[str, Figure],
    unheld: Mapping[str, Mapping[str, float]],
    flow: Flow | None,
) -> str:
    """The largest of the three: what hangs on goodwill, what its end would do to a side, or who lives on what others
    would gain by keeping back.
    """
    if flow is None:
        return "Nothing of worth hangs on goodwill alone."
    hit = max(losses, key=lambda name: losses[name].value, default="")
    loss = losses[hit].value if hit else 0.0
    helped = max(unheld, key=lambda name: sum(unheld[name].values()), default="")
    kind = sum(unheld[helped].values()) if helped else 0.0
    if kind > max(share, loss):
        givers = wording.listed(map(evidence.title, unheld[helped]))
        return f"{wording.share(kind)} of what reaches {evidence.title(helped)} hangs on the goodwill of {givers}."
    if loss > share:
        less = f"{evidence.title(hit)} could go on in {wording.hundredths(loss)} fewer of 100 futures"
        return f"Without what nobody promised, most of it {wording.quoted(flow.title)}, {less}."
    return f"{wording.share(share)} of what is exchanged hangs on goodwill, most of it {wording.quoted(flow.title)}."


def _free(evidence: CheckInput, flow: str) -> Evidence:
    return Evidence(
        says=f"No promise and no rule backs {evidence.called(flow)}.", at=evidence.relationship.at(f"flows.{flow}")
    )


def _lost(evidence: CheckInput, losses: Mapping[str, Figure]) -> Iterator[Evidence]:
    for party, loss in losses.items():
        if loss.value > 0:
            yield Evidence(
                says=(
                    f"Without it {evidence.title(party)} can go on in {wording.hundredths(loss.value)} fewer of "
                    "100 futures."
                ),
                figure=loss.value,
                unit="of the futures",
                method="simulation",
                at=evidence.relationship.at(f"parties.{party}"),
            )


def _tempting(evidence: CheckInput, unheld: Mapping[str, Mapping[str, float]]) -> Iterator[Evidence]:
    for party, parts in unheld.items():
        for giver, share in parts.items():
            if share > 0:
                yield Evidence(
                    says=(
                        f"{wording.share(share)} of what reaches {evidence.title(party)} comes by the goodwill of "
                        f"{evidence.title(giver)}, for whom keeping it back would pay."
                    ),
                    figure=share,
                    unit="of what is received",
                    method="simulation",
                    at=evidence.relationship.at(f"parties.{party}"),
                )
