"""Repairs tried: the same futures once more with the change that a remedy asks for, and what each side then has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Finding
from lichen.check.gate import Gate
from lichen.check.measures.pulses import reaches_between
from lichen.check.thresholds import MOVED
from lichen.check.verdict import worst_first
from lichen.relationship.relationship import Relationship
from lichen.simulation.futures import Trace

MOST_TRIED = 5
"""Repairs that are tried, those of the worst findings first."""

Again: TypeAlias = Callable[[Finding, Relationship], tuple[CheckInput, Finding]]
"""The first futures of a changed relationship, as far as a finding looks at them, and the finding from these."""


def with_effects(evidence: CheckInput, gate: Gate, findings: tuple[Finding, ...], again: Again) -> tuple[Finding, ...]:
    """The findings, the remedies of the worst of them with what they do when they are tried."""
    worst = [f for f in worst_first(findings) if f.status != "holds" and f.remedy is not None and f.remedy.changed]
    told = {}
    for finding in worst[:MOST_TRIED]:
        if finding.remedy is None or finding.remedy.changed is None:
            continue
        then, after = again(finding, finding.remedy.changed)
        effect = " ".join(_effect(evidence, then, gate, finding, after))
        gain = _lowest(then, then.futures.runs) - _lowest(evidence, then.futures.runs)
        told[id(finding)] = replace(
            finding, remedy=replace(finding.remedy, effect=effect, gain=gain if abs(gain) >= MOVED.value else 0.0)
        )
    return tuple(told.get(id(finding), finding) for finding in findings)


def _effect(before: CheckInput, then: CheckInput, gate: Gate, finding: Finding, after: Finding) -> Iterator[str]:
    """What the change does to each side's room, the worst off first, and to the finding itself."""
    sides = [party.name for party in before.essential if party.name in before.base.headroom]
    sides.sort(key=lambda name: _typical(before.base.headroom[name], then.futures.runs))
    moved = [said for name in sides for said in _room(before, then, name)]
    yield f"Tried: {'; '.join(moved)}." if moved else "Tried: nobody’s room at the end changes."
    if finding.type == "component" and len(finding.parties) == 2:
        origin, target = finding.parties
        if (origin, target) in gate.reach:
            reach = reaches_between(then)[origin, target].stronger.value
            yield f"Of a gain of {before.title(origin)}, {wording.share(reach)} then reaches {before.title(target)}."
    elif after is not finding:
        yield _STATUS[after.status].format(after.says)


_STATUS: Mapping[str, str] = {
    "holds": "In the futures it then holds.",
    "at risk": "In the futures it is then at risk: {}",
    "broken": "In the futures it is then still broken: {}",
    "cannot tell": "Whether it then holds cannot be told.",
}


def _room(before: CheckInput, then: CheckInput, party: str) -> Iterator[str]:
    """How a side's room at the end changes, and the share of futures in which it falls below its floor."""
    traces, runs = (before.base.headroom[party], then.base.headroom[party]), then.futures.runs
    rooms, falls = [_typical(trace, runs) for trace in traces], [_below(trace, runs) for trace in traces]
    title = before.title(party)
    was, will = (round(100 * share) for share in falls)
    before_it, after_it = map(wording.share, rooms)
    below = f"falls below the floor in {will} instead of {was} of 100 futures"
    if before_it != after_it:
        verb = "raises" if rooms[1] > rooms[0] else "lowers"
        said = f"{verb} the room left of {title} from {before_it} to {after_it}"
        mixed = (rooms[1] > rooms[0]) == (will > was)
        yield f"{said}, {'but' if mixed else 'with'} {below}" if was != will else said
    elif was != will:
        yield f"leaves the room of {title} as it is, with {below}"


def _typical(trace: Trace, runs: int) -> float:
    """The room at the end that half of the first futures exceed."""
    return float(np.median(trace.end[:runs]))


def _below(trace: Trace, runs: int) -> float:
    """The share of the first futures in which the floor is crossed at any time."""
    return float(np.mean(np.isfinite(trace.below_zero_at[:runs])))


def _lowest(evidence: CheckInput, runs: int) -> float:
    """What the side that is worst off has at the end in the first futures, one below the floor counted as none."""
    traces = (evidence.base.headroom[p.name] for p in evidence.essential if p.name in evidence.base.headroom)
    return min((float(np.mean(np.clip(trace.end[:runs], 0.0, 1.0))) for trace in traces), default=0.0)
