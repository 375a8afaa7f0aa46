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
from lichen.check.verdict import worst_first
from lichen.relationship.relationship import Relationship
from lichen.simulation.futures import Trace

MOST_TRIED = 5
"""Repairs that are tried, those of the worst findings first."""
MOVED = 0.005
"""A room, or a share of futures, that changes by less is said not to change."""

Again: TypeAlias = Callable[[Finding, Relationship], tuple[CheckInput, Finding]]
"""The futures of a changed relationship, as far as a finding looks at them, and the finding from these."""


def with_effects(evidence: CheckInput, gate: Gate, findings: tuple[Finding, ...], again: Again) -> tuple[Finding, ...]:
    """The findings, the remedies of the worst of them with what they do when they are tried."""
    worst = [f for f in worst_first(findings) if f.status != "holds" and f.remedy is not None and f.remedy.changed]
    told = {}
    for finding in worst[:MOST_TRIED]:
        if finding.remedy is None or finding.remedy.changed is None:
            continue
        then, after = again(finding, finding.remedy.changed)
        effect = " ".join(_effect(evidence, then, gate, finding, after))
        gain = _lowest(then) - _lowest(evidence)
        told[id(finding)] = replace(
            finding, remedy=replace(finding.remedy, effect=effect, gain=gain if abs(gain) >= MOVED else 0.0)
        )
    return tuple(told.get(id(finding), finding) for finding in findings)


def _effect(before: CheckInput, then: CheckInput, gate: Gate, finding: Finding, after: Finding) -> Iterator[str]:
    """What the change does to each side's room, the worst off first, and to the finding itself."""
    sides = [party.name for party in before.essential if party.name in before.base.headroom]
    sides.sort(key=lambda name: _typical(before.base.headroom[name]))
    moved = [said for name in sides for said in _room(before, then, name)]
    yield f"Tried: {'; '.join(moved)}." if moved else "Tried: nobody’s room at the end changes."
    if finding.type == "component" and len(finding.parties) == 2:
        origin, target = finding.parties
        if (origin, target) in gate.reach:
            reach = reaches_between(then)[origin, target].stronger.value
            yield f"Of what {before.title(origin)} gains, {wording.share(reach)} then reaches {before.title(target)}."
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
    old, new = before.base.headroom[party], then.base.headroom[party]
    rooms, falls = (_typical(old), _typical(new)), (_below(old), _below(new))
    title = before.title(party)
    some = abs(falls[1] - falls[0]) >= MOVED
    below = f"falls below the floor in {round(100 * falls[1])} instead of {round(100 * falls[0])} of 100 futures"
    if abs(rooms[1] - rooms[0]) >= MOVED:
        verb = "raises" if rooms[1] > rooms[0] else "lowers"
        said = f"{verb} the room left of {title} from {wording.share(rooms[0])} to {wording.share(rooms[1])}"
        yield f"{said}, with {below}" if some else said
    elif some:
        yield f"leaves the room of {title} as it is, with {below}"


def _typical(trace: Trace) -> float:
    """The room at the end that half of the futures exceed."""
    return float(np.median(trace.end))


def _below(trace: Trace) -> float:
    """The share of futures in which the floor is crossed at any time."""
    return float(np.mean(np.isfinite(trace.below_zero_at)))


def _lowest(evidence: CheckInput) -> float:
    """What the side that is worst off has at the end, a future below the floor counted as none."""
    rooms = (evidence.base.headroom[p.name].end for p in evidence.essential if p.name in evidence.base.headroom)
    return min((float(np.mean(np.clip(room, 0.0, 1.0))) for room in rooms), default=0.0)
