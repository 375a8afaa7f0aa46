"""Visible value exchange: what passes between the sides can be seen well enough to be corrected.

What it is
    Burdens that nobody sees are a common way from give and take to extraction. Each side must see the major flows
    that touch it.

What we look at
    For every party the share by value of what touches it that it sees in time: `visible_to` names it, and the lag is
    at most the time between reviews (a quarter without reviews). A party that cannot choose or is not needed to go on
    sees through who speaks for it by a monitoring flow. A flow weighs by the larger of its worth and its cost, so
    burdens count; one without figures weighs as the median. Limit: nine tenths. With a record, what readings and flows
    leave unexplained is taken off, and what only one side has stated is said.

Cannot tell when
    No flow passes between the parties, or worth and cost of the flows are private without a range.

Not to be confused with
    The record's own completeness: a flow can be agreed to be visible and never be written down.

Example
    A workshop builds prototypes for a studio, and nobody shows the studio what they are:
    `tests/cases/invariants/visible_value_exchange.yaml`.

Mitigation
    Show the flow to both its ends, or shorten the delay with which it is shown.

Sources
    Symbiotic Alignment, Invariants to Preserve, second. The weighting by value is ours: many small visible flows hide
    no large one.
"""

from __future__ import annotations

from collections.abc import Iterator

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding
from lichen.check.judging import invariant
from lichen.check.measures.figure import UNKNOWN, exact
from lichen.check.measures.recorded import unexplained_share
from lichen.check.measures.sight import onlooker, rhythm_days, seen_by, sight
from lichen.check.measures.worth import valuation
from lichen.check.recorded import with_unseen
from lichen.check.remedies import shown_to
from lichen.check.thresholds import SEEN
from lichen.relationship.flow import Flow

TITLE = "Visible value exchange"
ABOUT = "visible_value_exchange"
LANES = ()


def look(evidence: CheckInput) -> Iterator[Finding]:
    """Ask of every party how much of what touches it it sees."""
    valued = valuation(evidence)
    touched = [party.name for party in evidence.parties if any(party.name in f.parties for f in evidence.inner_flows)]
    if not touched:
        yield invariant(
            ABOUT,
            UNKNOWN,
            untold="Nothing passes between the sides that could be seen.",
            needs="A flow between the parties.",
        )
        return
    sights = {name: seen_by(evidence, name, valued) for name in touched}
    margins = {name: _margin(share - unexplained_share(evidence, name)) for name, (share, _) in sights.items()}
    worst = min(margins, key=lambda name: margins[name])
    missed = sights[worst][1]
    found = invariant(
        ABOUT,
        exact(margins[worst]),
        _says(evidence, worst, sights[worst][0], missed),
        parties=[name for name, margin in margins.items() if margin < 0] or [worst],
        evidence=list(
            dict.fromkeys(_seen(evidence, flow, n) for n, (_, there) in sights.items() for flow, _ in there[:2])
        ),
        remedy=shown_to(evidence, missed[0][0]) if missed else None,
        needs=f"The worth or cost of what touches {evidence.title(worst)}.",
        parts=list(margins.items()),
    )
    yield with_unseen(evidence, found)


def _margin(share: float) -> float:
    """The distance to nine tenths: 1 when all is seen, -1 when nothing is."""
    over = share - SEEN.value
    return over / (1 - SEEN.value) if over > 0 else over / SEEN.value


def _says(evidence: CheckInput, party: str, share: float, missed: tuple[tuple[Flow, float], ...]) -> str:
    if not missed:
        return "All sides see what touches them."
    return (
        f"Of what touches {evidence.title(party)}, {wording.share(share)} can be seen {_where(evidence, party)} "
        f"(at least {wording.share(SEEN.value)} asked); most of the rest is {wording.quoted(missed[0][0].title)}."
    )


def _where(evidence: CheckInput, party: str) -> str:
    """In time, at the party itself or by who sees for it."""
    eyes = onlooker(evidence, party)
    return "there in time" if eyes == party else f"in time by its speaker, {evidence.title(eyes)}"


def _seen(evidence: CheckInput, flow: Flow, party: str) -> Evidence:
    seen = sight(evidence, flow, party)
    title = evidence.title(seen.party if seen is not None else onlooker(evidence, party))
    called = wording.quoted(flow.title)
    if flow.visible_to is None:
        says = f"Nobody says who sees {called}."
    elif not flow.visible_to:
        says = f"Nobody sees {called}."
    elif seen is None:
        says = f"{title} cannot see {called}."
    elif seen.after_days > rhythm_days(evidence):
        says = f"{title} can see {called} only after {wording.span(seen.after_days)}, too late for a correction."
    else:
        says = f"{title} can see {wording.share(seen.share)} of {called}."
    return Evidence(
        says=says,
        figure=seen.share if seen else 0.0,
        unit="share seen",
        at=evidence.relationship.at(f"flows.{flow.name}"),
    )
