"""One sentence that a manager can repeat."""

from __future__ import annotations

from collections.abc import Sequence

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Finding
from lichen.check.gate import Gate
from lichen.check.neighbours import IN_WORDS, Instead
from lichen.check.unsaid import is_unsaid

_WHY: dict[Instead, str] = {
    "one_time_purchase": "nothing goes on after the first half of the time looked at",
    "one_sided_service": "only {depending} would miss it, and it is paid for",
    "donation": "only {depending} would miss it, and nothing is given in return",
    "interoperability_standard": "what passes is small, and neither side would miss the other",
    "generic_cooperation": "neither side would miss the other",
    "reciprocity_protocol": "duties are kept in turn, and neither side lives by them",
    "goal_congruence": "the goal is shared, and neither side would miss the other",
    "incentive_alignment": "pay follows a measure, and only {depending} would miss it",
    "mutual_dependency_stabilization": "both sides are kept going, and no gain of one reaches the other",
    "slogan": "it says that it is a partnership, and no rule or dependence says so",
}

_NO_FLOWS = "The section `flows:` is missing: what passes from whom to whom, what it is worth and what it costs. "

_PLAIN_BEGINNINGS = {
    "A",
    "All",
    "Already",
    "Each",
    "For",
    "If",
    "In",
    "Less",
    "More",
    "No",
    "Nobody",
    "Nothing",
    "Of",
    "The",
    "This",
    "Too",
    "What",
    "When",
    "Without",
}
"""First words that lose their capital behind a colon; anything else may be a name."""


def one_sentence(
    evidence: CheckInput, gate: Gate, verdict: str, instead: Instead | None, worst: Sequence[Finding]
) -> str:
    """What the relationship is, and the one thing that decides it."""
    sides = wording.listed(party.title for party in evidence.essential) if len(evidence.essential) <= 3 else "All sides"
    if instead is not None:
        depending = wording.listed(map(evidence.title, gate.depending))
        missing = "" if evidence.relationship.flows else _NO_FLOWS
        why = _WHY[instead].format(depending=depending)
        return f"{missing}This is {IN_WORDS[instead]}, not a symbiosis: {why}."
    if verdict == "symbiotic":
        return f"{sides} keep each other going: what strengthens one reaches the other, and each could go on alone."
    if not worst:
        return "Nothing can be said yet."
    untold = [f for f in worst if f.status == "cannot tell" and f.type in ("invariant", "failure")]
    decisive = [f for f in worst if is_unsaid(f)] or untold
    says = (decisive[0] if verdict == "undecided" and decisive else worst[0]).says
    reason = says[0].lower() + says[1:] if says.split(" ")[0] in _PLAIN_BEGINNINGS else says
    match verdict:
        case "at risk":
            return f"{sides} depend on each other and nothing is broken, but: {reason}"
        case "undecided":
            return f"Whether {sides} sustain each other cannot be told yet: {reason}"
        case _:
            return f"{sides} depend on each other, and it does not sustain both: {reason}"
