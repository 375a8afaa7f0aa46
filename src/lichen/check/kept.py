"""Whether what the parties settled about return and balance, and what they call good, is kept in the futures.

A `receives_per_given` rule asks the return of one party, `balance` that of every party that is needed. Each is kept in
a future when every full window of that future keeps the band; windows in which nothing passed on either side say
nothing. The file's own checks and its shared measures are good in a future when their mean over the horizon is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding, Status
from lichen.check.measures.figure import Figure, least_of, share_of
from lichen.check.measures.windows import kept
from lichen.check.thresholds import TOLERANCE
from lichen.relationship.rules import Measure, ReturnRule
from lichen.relationship.value import Band
from lichen.simulation.futures import Array


def rules_kept(evidence: CheckInput) -> Iterator[Finding]:
    """One finding a rule of return, and one for the balance; none where no window is full."""
    rules = evidence.relationship.rules
    for rule in rules.reciprocity:
        if isinstance(rule, ReturnRule):
            share = kept(evidence, rule.party, rule.band, rule.over)
            says = f"{wording.quoted(rule.name)} is kept"
            if share is not None:
                yield _rule(
                    "reciprocity_rule", f"reciprocity.{rule.name}", says, share, rule.band, [rule.party], evidence
                )
    if rules.balance is not None:
        band, over = rules.balance.benefit_per_burden, rules.balance.over
        each = {party.name: kept(evidence, party.name, band, over) for party in evidence.essential}
        shares = {name: share for name, share in each.items() if share is not None}
        if shares:
            least = min(shares, key=lambda name: shares[name].value)
            title = evidence.title(least)
            bears = wording.does(wording.it(title), "bear")
            says = f"What {wording.does(title, 'get')} for what {bears} stays within what the balance check allows"
            yield _rule("balance_check", "balance", says, least_of(shares.values()), band, [least], evidence)


def own_checks(evidence: CheckInput) -> Iterator[Finding]:
    """The file's own `checks:` and what is `good` for a shared measure: asked of the mean over the horizon."""
    rules = evidence.relationship.rules
    for key, measures in (("checks", rules.checks), ("shared_value", rules.shared_value)):
        for measure in measures:
            if measure.good.at_least is not None or measure.good.at_most is not None:
                yield _own_check(evidence, measure, f"{key}.{measure.name}")


def _rule(
    about: str, path: str, says: str, share: Figure, band: Band, parties: Sequence[str], evidence: CheckInput
) -> Finding:
    if not share.known:
        who = wording.listed(map(evidence.title, parties))
        needs = f"What {wording.does(who, 'receive')} and {wording.agreed(who, 'bear')}."
        return Finding(about=about, type="component", status="cannot tell", says=f"{says}: unknown.", needs=needs)
    seen, decided = _in_futures(evidence, path, says, share, band.share)
    return Finding(
        about=about,
        type="component",
        status="holds" if share.value >= band.share - TOLERANCE else "at risk",
        decided=decided,
        says=seen.says,
        parties=tuple(parties),
        evidence=(seen,),
    )


def _own_check(evidence: CheckInput, measure: Measure, path: str) -> Finding:
    called, asked = wording.quoted(measure.name), measure.good.share
    trace = evidence.base.measures.get(measure.name)
    if trace is None or np.isnan(trace.mean).any():
        says, needs = f"{called} cannot be said.", f"What {called} is measured from."
        return Finding(about=measure.name, type="check", status="cannot tell", says=says, needs=needs)
    good = share_of(_within(evidence, measure.good, trace.mean))
    seen, decided = _in_futures(evidence, path, f"{called} is good", good, asked)
    status: Status = "holds" if good.value >= asked - TOLERANCE else "broken"
    return Finding(
        about=measure.name,
        type="check",
        status=status if decided else "at risk",
        decided=decided,
        says=seen.says,
        margin=good.value - asked,
        interval=(good.low - asked, good.high - asked),
        threshold=0.0,
        evidence=(seen,),
    )


def _within(evidence: CheckInput, band: Band, values: Array) -> Array:
    """Where values keep a band, 1 or 0."""
    kept = np.ones_like(values, dtype=bool)
    if band.at_least is not None:
        kept &= values >= evidence.start.value(band.at_least) - TOLERANCE
    if band.at_most is not None:
        kept &= values <= evidence.start.value(band.at_most) + TOLERANCE
    return kept.astype(float)


def _in_futures(evidence: CheckInput, path: str, says: str, share: Figure, asked: float) -> tuple[Evidence, bool]:
    """In how many futures something is so, beside how many are asked, and whether that decides."""
    said = f"{says} in {wording.share(share.value)} of the futures ({wording.share(asked)} asked)."
    at = evidence.relationship.at(path)
    seen = Evidence(says=said, figure=share.value, unit="of the futures", method="simulation", at=at)
    return seen, not share.low < asked < share.high
