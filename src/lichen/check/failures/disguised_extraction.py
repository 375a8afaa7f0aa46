"""Disguised extraction: under words of mutuality one side takes most of the value and leaves cost and risk to another.

What it is
    The language is of partnership, the flows are not.

What we look at
    For every two parties: what the one captures, its share of the gains less its share of the burdens, and the harm
    of the other, its net loss or the room it has lost, whichever is larger. The score is the root of their product,
    where the harmed side depends on the relationship or is promised a return; a gift is no extraction. Watch at 0.25,
    alarm at 0.5.

Cannot tell when
    Somebody is harmed and the parties have no common worth to say who gains.

Not to be confused with
    Dependency lock-in, where the weaker side may still earn; non-extractive reinforcement, the invariant, which needs
    nobody who captures.

Example
    They speak of a partnership, and each prototype costs the workshop more than a design brings it:
    `tests/cases/failures/disguised_extraction/shows.yaml`.

Mitigation
    Audit who gets the value and who carries the burdens, then change the terms. Otherwise stop calling it symbiotic.

Sources
    Symbiotic Alignment, Failure Modes, first. The score is ours.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding
from lichen.check.judging import failure
from lichen.check.measures.dependence import is_interdependent
from lichen.check.measures.figure import UNKNOWN, Figure, combined, exact, largest_of, mean_of
from lichen.check.measures.shares import burden_shares, gain_shares, net_share
from lichen.check.measures.worth import Tally, tallies, valuation
from lichen.check.remedies import return_more
from lichen.check.thresholds import WATCH
from lichen.relationship.backing import backed_flows
from lichen.relationship.rules import ReturnRule

TITLE = "Disguised extraction"
ABOUT = "disguised_extraction"
LANES = ("cut", "stopped")


def look(evidence: CheckInput) -> Iterator[Finding]:
    """Ask who captures what others pay for."""
    valued = valuation(evidence)
    found = tallies(evidence, evidence.base, valued)
    harms = {name: _harm(evidence, name, tally) for name, tally in found.items() if _is_owed(evidence, name)}
    if not valued.common:
        yield _without_common_worth(evidence, harms)
        return
    captures = _captures(found)
    scores = {
        (gainer, harmed): _score(captures[gainer], harms[harmed])
        for gainer in found
        for harmed in harms
        if gainer != harmed
    }
    gainer, harmed = max(scores, key=lambda pair: scores[pair].value, default=("", ""))
    score = largest_of(scores.values())
    yield failure(
        ABOUT,
        score,
        _says(evidence, gainer, harmed, score),
        parties=[gainer, harmed] if score.value > 0 else [],
        evidence=[_seen(evidence, name, captures, harms) for name in (gainer, harmed) if name and score.value > 0],
        remedy=return_more(evidence, harmed, found, valued) if harmed else None,
        needs="The worth and cost of what passes between the sides.",
        parts=[(f"{one} from {other}", figure.value) for (one, other), figure in scores.items()],
    )


def _without_common_worth(evidence: CheckInput, harms: Mapping[str, Figure]) -> Finding:
    """Whoever gains gains at most all: the score is at most the root of the harm, which may be little enough."""
    harm = largest_of(harms.values())
    most = _score(exact(1.0), harm)
    if most.known and most.high < WATCH.value:
        return failure(
            ABOUT, Figure(most.value, 0.0, most.high), "Nobody is harmed enough for anybody to have gained by it."
        )
    harmed = max(harms, key=lambda name: harms[name].value)
    return failure(
        ABOUT,
        UNKNOWN,
        untold=f"The room or the return of {evidence.title(harmed)} shrinks; who gains by it cannot be said.",
        parties=[harmed],
        evidence=[_harmed(evidence, harmed, harms[harmed])],
        needs="A price (`valued_at`) for every capacity that is exchanged.",
    )


def _is_owed(evidence: CheckInput, party: str) -> bool:
    """Whether a party depends on the relationship or is promised a return."""
    if is_interdependent(evidence, party):
        return True
    backed = backed_flows(evidence.relationship)
    rules = evidence.relationship.rules.reciprocity
    if any(isinstance(rule, ReturnRule) and rule.party == party for rule in rules):
        return True
    return any(flow.receiver == party and flow.worth and flow.name in backed for flow in evidence.inner_flows)


def _captures(found: Mapping[str, Tally]) -> Mapping[str, Figure]:
    gains, burdens = gain_shares(found), burden_shares(found)
    return {name: gains[name].scaled(1.0, -burdens[name]).clipped(0.0, 1.0) for name in found}


def _harm(evidence: CheckInput, party: str, tally: Tally) -> Figure:
    """The larger of a net loss and the room lost since the start."""
    harms = [net_share(tally).falling(lambda x: -x)]
    trace = evidence.base.headroom.get(party)
    if trace is not None:
        harms.append(mean_of(trace.start - trace.last_fifth))
    return largest_of(harms).clipped(0.0, 1.0)


def _score(capture: Figure, harm: Figure) -> Figure:
    if not (capture.known and harm.known):
        return UNKNOWN
    return combined(lambda gained, lost: math.sqrt(max(0.0, gained) * max(0.0, lost)), capture, harm)


def _says(evidence: CheckInput, gainer: str, harmed: str, score: Figure) -> str:
    if not gainer or score.value == 0:
        return "Nobody captures what another pays for."
    if score.value < WATCH.value:
        gains = wording.does(evidence.title(gainer), "gain")
        return f"Little of what {gains} is at the cost of {evidence.title(harmed)}."
    return f"The gain goes to {evidence.title(gainer)} while the burden stays with {evidence.title(harmed)}."


def _seen(evidence: CheckInput, party: str, captures: Mapping[str, Figure], harms: Mapping[str, Figure]) -> Evidence:
    harm, took = harms.get(party, exact(0.0)), captures[party].value
    if harm.value > took:
        return _harmed(evidence, party, harm)
    return Evidence(
        says=f"{evidence.title(party)}: the share of the gain is {wording.share(took)} larger than that of the burden.",
        figure=took,
        unit="of the whole",
        method="simulation",
        at=evidence.relationship.at(f"parties.{party}"),
    )


def _harmed(evidence: CheckInput, party: str, harm: Figure) -> Evidence:
    return Evidence(
        says=f"{evidence.title(party)}: {wording.share(harm.value)} of the room, or of what was given, is lost.",
        figure=harm.value,
        unit="of the room or the return",
        method="simulation",
        at=evidence.relationship.at(f"parties.{party}"),
    )
