"""Whether what the parties settled about return and balance is kept in the futures.

A `receives_per_given` rule asks the return of one party, `balance` that of every party that is needed. Each is kept in
a future when every full window of that future keeps the band; windows in which nothing passed on either side say
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding, Status
from lichen.check.measures.figure import UNKNOWN, Figure, least_of, share_of
from lichen.check.thresholds import TOLERANCE
from lichen.relationship.rules import ReturnRule, Window
from lichen.relationship.value import Band
from lichen.simulation.futures import Array
from lichen.simulation.windows import Steps, full_windows


def rules_kept(evidence: CheckInput) -> Iterator[Finding]:
    """One finding a rule of return, and one for the balance; none where no window is full."""
    rules = evidence.relationship.rules
    for rule in rules.reciprocity:
        if isinstance(rule, ReturnRule):
            kept = _kept(evidence, rule.party, rule.band, rule.over)
            says = f"{wording.quoted(rule.name)} is kept"
            if kept is not None:
                yield _asked(
                    "reciprocity_rule", f"reciprocity.{rule.name}", says, kept, rule.band, [rule.party], evidence
                )
    if rules.balance is not None:
        band, over = rules.balance.benefit_per_burden, rules.balance.over
        each = {party.name: _kept(evidence, party.name, band, over) for party in evidence.essential}
        shares = {name: share for name, share in each.items() if share is not None}
        if shares:
            least = min(shares, key=lambda name: shares[name].value)
            says = f"What {evidence.title(least)} gets for what it bears stays within what the balance check allows"
            yield _asked("balance_check", "balance", says, least_of(shares.values()), band, [least], evidence)


def _asked(
    about: str, path: str, says: str, kept: Figure, band: Band, parties: Sequence[str], evidence: CheckInput
) -> Finding:
    if not kept.known:
        whose = wording.listed(map(evidence.title, parties))
        needs = f"What {whose} receives and bears."
        return Finding(about=about, type="component", status="cannot tell", says=f"{says}: unknown.", needs=needs)
    status: Status = "holds" if kept.value >= band.share - TOLERANCE else "at risk"
    decided = not kept.low < band.share < kept.high
    said = f"{says} in {wording.share(kept.value)} of the futures ({wording.share(band.share)} asked)."
    at = evidence.relationship.at(path)
    return Finding(
        about=about,
        type="component",
        status=status,
        decided=decided,
        says=said,
        parties=tuple(parties),
        evidence=(Evidence(says=said, figure=kept.value, unit="of the futures", method="simulation", at=at),),
    )


def _kept(evidence: CheckInput, party: str, band: Band, over: Window) -> Figure | None:
    """The share of futures in which every full window of a party keeps the band; None when no window says anything."""
    paths, time = evidence.futures.paths["base"], evidence.relationship.time
    windows = list(full_windows(over, time, evidence.relationship.commitment_days))
    if not windows:
        return None
    received, borne = (_in_windows(paths[f"{party}.{side}"], windows) for side in ("received", "borne"))
    low, high = (None if limit is None else evidence.start.value(limit) for limit in (band.at_least, band.at_most))
    if np.isnan(received).any() or np.isnan(borne).any() or np.isnan([low or 0.0, high or 0.0]).any():
        return UNKNOWN
    slack = TOLERANCE * (received + borne)
    said = slack > 0
    kept = np.ones_like(said)
    if low is not None:
        kept &= received >= low * borne - slack
    if high is not None:
        kept &= received <= high * borne + slack
    return share_of((kept | ~said).all(axis=1).astype(float)) if said.any() else None


def _in_windows(course: Array, windows: Sequence[Steps]) -> Array:
    """What passed in each window [future, window], in units a day times steps."""
    sums = np.cumsum(np.pad(course[:, :-1], ((0, 0), (1, 0))), axis=1)
    first, behind = (np.array([window[end] for window in windows]) for end in (0, 1))
    return np.asarray(sums[:, behind] - sums[:, first])
