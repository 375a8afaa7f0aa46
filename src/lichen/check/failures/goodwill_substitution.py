"""Goodwill substitution: trust and heroic effort stand in for rules, measures and accountability.

What it is
    What nobody promised can end tomorrow. A relationship that lives by it is one tired person away from its end.

What we look at
    The larger of two: the share, by worth to the receiver, of what no promise and no rule backs; and the loss of the
    chance to go on, party by party, when these flows stop. Watch at 0.25, alarm at 0.5. Which flows are backed:
    `lichen explain backed-flows`. Left out: the slack of self-enforcement, what going on is worth to a party until the
    next reviews against its gain from cheating once. Wherever it was tried it was negative only where the score was 1
    already. Cheating stands among the readings (opportunism).

Cannot tell when
    What passes has no common worth and the parties' own ranges are private.

Not to be confused with
    Generosity: a gift that nobody lives by is none.

Example
    `tests/cases/failures/goodwill_substitution/shows.yaml`

Mitigation
    Promise the least that is needed, with a rule and a measure, and leave the rest free.

Sources
    Symbiotic Alignment, Failure Modes, fifth. Levin 2003 (relational contracts). The score is ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding
from lichen.check.judging import failure
from lichen.check.measures.figure import Figure, exact, largest_of, mean_of
from lichen.check.measures.worth import Valuation, valuation
from lichen.check.remedies import promised
from lichen.relationship.backing import backed_flows
from lichen.relationship.flow import Flow

TITLE = "Goodwill substitution"
ABOUT = "goodwill_substitution"


def look(evidence: CheckInput) -> Iterator[Finding]:
    """Ask what hangs on goodwill alone."""
    valued = valuation(evidence)
    worths = _worths(evidence, valued)
    backed = backed_flows(evidence.relationship)
    free = {name: worth for name, worth in worths.items() if name not in backed}
    share = exact(_unbacked_share(evidence, worths, free, valued))
    losses = {party.name: _loss(evidence, party.name) for party in evidence.essential} if free else {}
    score = largest_of([share, *losses.values()])
    heaviest = max(free, key=lambda name: free[name], default="")
    flow = evidence.relationship.flows.get(heaviest)
    yield failure(
        ABOUT,
        score,
        _says(share.value, flow),
        parties=flow.parties if flow is not None and score.value > 0 else (),
        evidence=[
            *(_free(evidence, name) for name in sorted(free, key=lambda n: -free[n])[:3]),
            *_lost(evidence, losses),
        ],
        remedy=promised(evidence, flow) if flow is not None else None,
        needs="The worth of what passes between the sides.",
        parts=[
            ("share without a rule", share.value),
            *((f"{name}: chance lost", f.value) for name, f in losses.items()),
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


def _loss(evidence: CheckInput, party: str) -> Figure:
    """The fall of the share of futures in which a party can go on when goodwill stops."""
    lane = evidence.lane("no_goodwill")
    if lane is None or party not in lane.headroom:
        return exact(0.0)
    before, after = evidence.base.headroom[party].least, lane.headroom[party].least
    if np.isnan(before).any() or np.isnan(after).any():
        return exact(float("nan"))
    return mean_of((before >= 0).astype(float) - (after >= 0).astype(float)).clipped(0.0, 1.0)


def _says(share: float, flow: Flow | None) -> str:
    if flow is None:
        return "Nothing of worth hangs on goodwill alone."
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
                    f"Without it {evidence.title(party)} can go on in {wording.share(loss.value)} fewer of the futures."
                ),
                figure=loss.value,
                unit="of the futures",
                method="simulation",
                at=evidence.relationship.at(f"parties.{party}"),
            )
