"""Whether what the parties settled about return and balance is kept in the futures.

A `receives_per_given` rule asks the return of one party, `balance` that of every party that is needed. Each is kept in
a future when every full window of that future keeps the band; windows in which nothing passed on either side say
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding, Status
from lichen.check.measures.figure import Figure, least_of
from lichen.check.measures.windows import kept
from lichen.check.thresholds import TOLERANCE
from lichen.relationship.rules import ReturnRule
from lichen.relationship.value import Band


def rules_kept(evidence: CheckInput) -> Iterator[Finding]:
    """One finding a rule of return, and one for the balance; none where no window is full."""
    rules = evidence.relationship.rules
    for rule in rules.reciprocity:
        if isinstance(rule, ReturnRule):
            share = kept(evidence, rule.party, rule.band, rule.over)
            says = f"{wording.quoted(rule.name)} is kept"
            if share is not None:
                yield _asked(
                    "reciprocity_rule", f"reciprocity.{rule.name}", says, share, rule.band, [rule.party], evidence
                )
    if rules.balance is not None:
        band, over = rules.balance.benefit_per_burden, rules.balance.over
        each = {party.name: kept(evidence, party.name, band, over) for party in evidence.essential}
        shares = {name: share for name, share in each.items() if share is not None}
        if shares:
            least = min(shares, key=lambda name: shares[name].value)
            says = f"What {evidence.title(least)} gets for what it bears stays within what the balance check allows"
            yield _asked("balance_check", "balance", says, least_of(shares.values()), band, [least], evidence)


def _asked(
    about: str, path: str, says: str, share: Figure, band: Band, parties: Sequence[str], evidence: CheckInput
) -> Finding:
    if not share.known:
        whose = wording.listed(map(evidence.title, parties))
        needs = f"What {whose} receives and bears."
        return Finding(about=about, type="component", status="cannot tell", says=f"{says}: unknown.", needs=needs)
    status: Status = "holds" if share.value >= band.share - TOLERANCE else "at risk"
    decided = not share.low < band.share < share.high
    said = f"{says} in {wording.share(share.value)} of the futures ({wording.share(band.share)} asked)."
    at = evidence.relationship.at(path)
    return Finding(
        about=about,
        type="component",
        status=status,
        decided=decided,
        says=said,
        parties=tuple(parties),
        evidence=(Evidence(says=said, figure=share.value, unit="of the futures", method="simulation", at=at),),
    )
