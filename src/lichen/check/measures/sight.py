"""Who sees what of what passes between the parties, and how late."""

from __future__ import annotations

from lichen.check.evidence import CheckInput
from lichen.check.measures.worth import Valuation, weights
from lichen.check.thresholds import SIGHT_LAG_DAYS, TOLERANCE
from lichen.relationship.flow import Flow, Sight


def onlooker(evidence: CheckInput, party: str) -> str:
    """Through whose eyes a party sees: its own, or its speaker's where it cannot choose or is not needed to go on.

    Who speaks without a monitoring flow would not know, and does not count.
    """
    known = evidence.relationship.parties[party]
    voice = known.spoken_for_by
    if voice is None or voice.by is None or (known.chooses and known.essential):
        return party
    return voice.who


def sight(evidence: CheckInput, flow: Flow, party: str) -> Sight | None:
    """How a party, or else who sees for it, sees a flow; None when nobody does, or when nothing is declared."""
    seeing = {sight.party: sight for sight in flow.visible_to or ()}
    return seeing.get(party) or seeing.get(onlooker(evidence, party))


def seen_share(evidence: CheckInput, flow: Flow, party: str, within_days: float) -> float:
    """The part of a flow that a party, or who speaks for it, sees in time."""
    seen = sight(evidence, flow, party)
    return seen.share if seen is not None and seen.after_days <= within_days + TOLERANCE else 0.0


def rhythm_days(evidence: CheckInput) -> float:
    """How late sight may come and still count: the time between reviews, a quarter without reviews."""
    adjustment = evidence.relationship.rules.adjustment
    review = adjustment.review_every_days if adjustment is not None else None
    return SIGHT_LAG_DAYS.value if review is None else review


def seen_by(evidence: CheckInput, party: str, valued: Valuation) -> tuple[float, tuple[tuple[Flow, float], ...]]:
    """The share by weight that a party sees of what touches it, and the flows that it misses, the heaviest first."""
    flows = tuple(flow for flow in evidence.inner_flows if party in flow.parties)
    weighed = weights(evidence, flows, valued, party)
    whole = sum(weighed.values())
    if not whole:
        return 1.0, ()
    within = rhythm_days(evidence)
    missed = [(flow, weighed[flow.name] * (1 - seen_share(evidence, flow, party, within)) / whole) for flow in flows]
    missed.sort(key=lambda pair: -pair[1])
    return 1 - sum(share for _, share in missed), tuple(pair for pair in missed if pair[1] > 0)


def lag_days(evidence: CheckInput, party: str) -> float:
    """The longest that a party waits to see something of what touches it."""
    seen = (sight(evidence, flow, party) for flow in evidence.inner_flows if party in flow.parties)
    return max((s.after_days for s in seen if s is not None and s.share > 0), default=0.0)
