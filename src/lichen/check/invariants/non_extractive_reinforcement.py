"""Non-extractive reinforcement: no side gains by another side's weakening.

What it is
    One side's success may not need the other's depletion, silence, overwork or unpaid risk.

What we look at
    The least of three: what one side's gain takes from the other (only a loss that counts: beyond two standard errors
    and a tenth); what each party keeps, received less borne over received plus borne, with risk counted at its worst
    twentieth; and its share of the whole gain over its fair share, less one half. Fair is Shapley's share where every
    set of parties was tried, one half for two.

Cannot tell when
    Nothing here compares parties without a common worth: such parts are left out and named. A price (`valued_at`)
    would bring them in.

Not to be confused with
    Disguised extraction, the failure mode, which also needs somebody who captures the gain under a promise of return.

Example
    A workshop builds prototypes for a studio, and each costs it nearly all that it gets back:
    `tests/cases/invariants/non_extractive_reinforcement.yaml`.

Mitigation
    Return more to the side that is left with less, or take less from it; count unpaid hours and risk as what they
    are, costs.

Sources
    Symbiotic Alignment, Invariants to Preserve, third. Shapley 1953; Rockafellar and Uryasev 2000 (CVaR).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding
from lichen.check.judging import invariant
from lichen.check.measures.figure import Figure, least_of
from lichen.check.measures.pulses import Pulse, reaches_between
from lichen.check.measures.shares import fair_shares, gain_shares, net_share
from lichen.check.measures.worth import Tally, Valuation, tallies, valuation
from lichen.check.remedies import return_more
from lichen.check.thresholds import FAIR_SHARE

TITLE = "Non-extractive reinforcement"
ABOUT = "non_extractive_reinforcement"
LANES = ("boost", "damp", "only")


def look(evidence: CheckInput) -> Iterator[Finding]:
    """Ask whether anybody gains by another's loss."""
    valued = valuation(evidence)
    found = tallies(evidence, evidence.base, valued)
    kept = {name: net_share(tally) for name, tally in found.items() if tally.exchanges}
    shares = _share_margins(evidence, found, valued)
    against = [
        pulse for reach in reaches_between(evidence).values() for pulse in (reach.up, reach.down) if pulse.sign < 0
    ]
    terms: dict[tuple[str, str], Figure] = {("keeps", name): figure for name, figure in kept.items()}
    terms |= {("gains", name): figure for name, figure in shares.items()}
    terms |= {("weakened", pulse.target): pulse.figure for pulse in sorted(against, key=lambda p: -p.value)}
    worst = min(terms, key=lambda key: terms[key].value, default=("keeps", ""))
    weakest = min(kept, key=lambda name: min(kept[name].value, shares.get(name, kept[name]).value), default="")
    yield invariant(
        ABOUT,
        least_of(terms.values()).clipped(),
        _says(evidence, worst, terms[worst]) if terms else "Nothing passes between the sides.",
        parties=sorted({name for (_, name), figure in terms.items() if figure.value < 0}) or [worst[1]],
        evidence=[
            *(_kept(evidence, name, found[name], valued) for name in found),
            *(_weakened(evidence, p) for p in against),
        ],
        remedy=return_more(evidence, worst[1] if worst[0] != "weakened" else weakest, found, valued) if kept else None,
        needs="The worth and cost of what passes between the sides.",
        parts=[(f"{name}: {term}", figure.value) for (term, name), figure in terms.items()],
    )


def _share_margins(evidence: CheckInput, found: Mapping[str, Tally], valued: Valuation) -> dict[str, Figure]:
    """Each essential party's share of the gain over its fair share, less one half; none without a common worth."""
    if not valued.common or len(evidence.essential) < 2:
        return {}
    fair = fair_shares(evidence, valued)
    gains = gain_shares({name: tally for name, tally in found.items() if name in fair})
    if all(share.value == 0 for share in gains.values()):
        return {}
    return {name: gains[name].scaled(1 / part, -FAIR_SHARE.value) for name, part in fair.items() if part > 0}


def _says(evidence: CheckInput, worst: tuple[str, str], figure: Figure) -> str:
    term, party = worst
    title = evidence.title(party)
    if figure.value >= 0:
        return f"No side gains by another’s weakening; the least is kept by {title}."
    if term == "weakened":
        return f"What strengthens the other side weakens {title}."
    if term == "gains":
        return f"Less than half of a fair share of the common gain is left to {title}."
    return f"For {title} the burdens outweigh what comes back."


def _kept(evidence: CheckInput, party: str, tally: Tally, valued: Valuation) -> Evidence:
    kept = net_share(tally)
    received, borne = float(tally.received.mean()), float(tally.burden.mean())
    unit = valued.unit if valued.common else "counted for itself"
    bears = wording.amount(borne) if borne else "nothing"
    return Evidence(
        says=f"{evidence.title(party)}: {wording.amount(received)} received from the others, {bears} borne for them "
        f"({unit}); what comes from outside or goes there is left out.",
        figure=kept.value,
        unit="of what is received and borne",
        method="simulation",
        at=evidence.relationship.at(f"parties.{party}"),
    )


def _weakened(evidence: CheckInput, pulse: Pulse) -> Evidence:
    return Evidence(
        says=(
            f"Of a gain of {evidence.title(pulse.origin)}, {wording.share(-pulse.value)} is taken from "
            f"{evidence.title(pulse.target)}."
        ),
        figure=pulse.value,
        unit="of what stays with the other side",
        method="simulation",
        at=evidence.relationship.at(f"parties.{pulse.target}"),
    )
