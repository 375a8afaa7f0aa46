"""What the verdict rests on: how much of what passes is recorded by both, stated by one, assumed; and what would flip
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

from lichen.check.evidence import CheckInput
from lichen.check.measures.recorded import recorded_by
from lichen.check.measures.worth import valuation, weights
from lichen.check.wording import share
from lichen.relationship.flow import Flow
from lichen.relationship.value import Value


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One assumption that would turn the verdict: the figure, its path and place, what it is, when and whither it
    turns, and the worst that is then found.
    """

    what: str
    path: str = ""
    at: str | None
    now: str
    then: str
    verdict: str
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """The form that the verdict's JSON promises."""
        return {"what": self.what, "at": self.at, "from": self.now, "to": self.then, "verdict": self.verdict}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RestsOn:
    """Shares of value, and the flips; `why` says why none was looked for."""

    recorded_by_both: float
    stated_by_one: float
    assumed: float
    flips: tuple[Flip, ...] = ()
    why: str | None = None

    @property
    def says(self) -> str:
        """In one sentence: the shares, and the first assumption that would turn the verdict."""
        shares = (
            f"By value {share(self.recorded_by_both)} is recorded by both sides, "
            f"{share(self.stated_by_one)} stated by one, {share(self.assumed)} assumed."
        )
        if not self.flips:
            return shares
        flip = self.flips[0]
        return f"{shares} It would be {flip.verdict} if {flip.what} were {flip.then} instead of {flip.now}."

    def to_json(self) -> dict[str, Any]:
        """The form that the verdict's JSON promises."""
        shares = {
            "recorded_by_both": self.recorded_by_both,
            "stated_by_one": self.stated_by_one,
            "assumed": self.assumed,
        }
        flips = [flip.to_json() for flip in self.flips]
        return {**shares, "flips": flips} if self.why is None else {**shares, "flips": flips, "why": self.why}


def rests_on(evidence: CheckInput) -> RestsOn:
    """Weigh every flow between the parties by what is known of it."""
    flows = evidence.inner_flows
    weighed = weights(evidence, flows, valuation(evidence))
    whole = sum(weighed.values())
    if not whole > 0:
        return RestsOn(recorded_by_both=0.0, stated_by_one=0.0, assumed=1.0)
    shares = {"both": 0.0, "one": 0.0, "nobody": 0.0}
    for flow in flows:
        shares[_known_by(evidence, flow)] += weighed[flow.name] / whole
    return RestsOn(recorded_by_both=shares["both"], stated_by_one=shares["one"], assumed=shares["nobody"])


def _known_by(evidence: CheckInput, flow: Flow) -> str:
    """`both` when the record holds it and both ends have confirmed it, `one` when somebody states it with a source,
    else `nobody`.
    """
    recorded = recorded_by(evidence, flow)
    if recorded >= set(flow.parties) and recorded:
        return "both"
    if recorded or _has_source(flow.cost) or _has_source(flow.worth) or flow.rate.source or flow.rate.stated_by:
        return "one"
    return "nobody"


def _has_source(values: Mapping[str, Value]) -> bool:
    return any(value.source or value.stated_by for value in values.values())
