"""Over-coupling: the sides are linked more tightly than the problem requires.

What it is
    Every link costs room to move. One that leaves the weakest side better off when it is loosened is too much.

What we look at
    Each flow between parties is cut to half and to nothing, all else equal. It counts when the room that the weakest
    side keeps in 19 of 20 futures then grows by more than 0.02. The score is the share, by weight, of the flows that
    count. Watch at 0.25, alarm at 0.5. Left out: a link whose end changes neither that room nor the circle in which
    gains return, but lowers lock-in or contagion. That is also what mutual aid looks like, which is not too much.

Cannot tell when
    A party has no capacity that it needs.

Not to be confused with
    Disguised extraction: a link can be too much and still be fair.

Example
    A studio asks for a prototype of every sketch, which costs the workshop more than the partnership needs:
    `tests/cases/failures/over_coupling/shows.yaml`.

Mitigation
    Loosen the link, and keep those by which one side's gain reaches the other.

Sources
    Symbiotic Alignment, Failure Modes, sixth. The score is ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding
from lichen.check.judging import failure
from lichen.check.measures.figure import UNKNOWN, Figure, exact, mean_of, quantile_of
from lichen.check.measures.worth import valuation, weights
from lichen.check.remedies import scaled
from lichen.check.thresholds import COUPLING_GAIN, WORST_SHARE
from lichen.simulation.futures import Array, Lane

TITLE = "Over-coupling"
ABOUT = "over_coupling"
LANES = ("ablate", "halve")

_BATCHES = 10


def look(evidence: CheckInput) -> Iterator[Finding]:
    """Ask which links do more harm than good to the weakest side."""
    flows = tuple(flow for flow in evidence.inner_flows if flow.worth or flow.cost)
    weighed = weights(evidence, flows, valuation(evidence))
    gains = {flow.name: _gain(evidence, flow.name) for flow in flows}
    score = UNKNOWN
    if all(gain.known for gain in gains.values()):
        score = Figure(
            _share(weighed, [name for name, gain in gains.items() if gain.value > COUPLING_GAIN.value]),
            _share(weighed, [name for name, gain in gains.items() if gain.low > COUPLING_GAIN.value]),
            _share(weighed, [name for name, gain in gains.items() if gain.high > COUPLING_GAIN.value]),
        )
    worst = max(gains, key=lambda name: gains[name].value, default="")
    flow = evidence.relationship.flows.get(worst)
    says = (
        f"{evidence.called(worst)} links the sides more tightly than it helps: with less of it the weakest side keeps "
        "more room."
        if score.value > 0
        else "No link is too much: with less of any, the weakest side would not be better off."
    )
    yield failure(
        ABOUT,
        score,
        says,
        parties=flow.parties if flow is not None and score.value > 0 else (),
        evidence=[_seen(evidence, name, gain) for name, gain in gains.items() if gain.value > COUPLING_GAIN.value],
        remedy=scaled(evidence, flow, 0.5, f"Halve {evidence.called(worst)}.")
        if flow is not None and score.value > 0
        else None,
        needs="What each side needs to go on.",
        parts=[(name, gain.value) for name, gain in gains.items()],
    )


def _share(weighed: Mapping[str, float], names: list[str]) -> float:
    whole = sum(weighed.values())
    return sum(weighed[name] for name in names) / whole if whole else 0.0


def _gain(evidence: CheckInput, flow: str) -> Figure:
    """What the weakest side gains in room when a flow is halved or cut, whichever gains more."""
    lanes = [lane for lane in (evidence.lane(f"halve:{flow}"), evidence.lane(f"ablate:{flow}")) if lane is not None]
    gains = [_difference(_weakest(evidence, lane), _weakest(evidence, evidence.base)) for lane in lanes]
    return max(gains, key=lambda gain: gain.value, default=exact(0.0))


def _weakest(evidence: CheckInput, lane: Lane) -> Array:
    """The least room of each essential party in each future [party, future]."""
    return np.array([lane.headroom[party.name].least for party in evidence.essential if party.name in lane.headroom])


def _difference(after: Array, before: Array) -> Figure:
    """The change of the weakest party's 5 % point; its interval from the same change in ten batches of the futures."""
    if not after.size:
        return UNKNOWN
    whole = _point(after) - _point(before)
    count = after.shape[1]
    if count < 10 * _BATCHES:
        return exact(whole)
    changes = [_point(after[:, k::_BATCHES]) - _point(before[:, k::_BATCHES]) for k in range(_BATCHES)]
    spread = mean_of(np.array(changes))
    half = (spread.high - spread.low) / 2
    return Figure(whole, whole - half, whole + half)


def _point(least: Array) -> float:
    return min(quantile_of(row, WORST_SHARE.value).value for row in least)


def _seen(evidence: CheckInput, flow: str, gain: Figure) -> Evidence:
    return Evidence(
        says=(
            f"With less of {evidence.called(flow)} the weakest side keeps {wording.share(gain.value)} more of its room."
        ),
        figure=gain.value,
        unit="of the healthy range",
        method="simulation",
        at=evidence.relationship.at(f"flows.{flow}"),
    )
