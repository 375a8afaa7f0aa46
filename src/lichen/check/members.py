"""Members of large groups: what the failure of single ones does, those that reach furthest struck one at a time, and
how many of a very large group are looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.dependency.contagion_members import MemberReach
from lichen.simulation.drawn_members import samples_of
from lichen.simulation.sampling import Z, looked_at


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFall:
    """A member that was struck alone, and of which group it pulls down the most: how many others, and which share.

    `says` tells it in a sentence.
    """

    struck: MemberReach
    group: str
    fallen: float
    share: float
    says: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """How many of the members of a group stand for all where the order of members counts, and the standard error that
    this gives to the room that counts at its worst moment.

    `says` tells it in a sentence.
    """

    group: str
    looked_at: int
    members: int
    standard_error: float
    says: str


def samples(evidence: CheckInput) -> tuple[LookedAt, ...]:
    """Every group of which not all members are looked at."""
    in_order = (_sample(evidence, group) for group in evidence.base.between)
    return (*in_order, *_drawn(evidence))


def _drawn(evidence: CheckInput) -> Iterator[LookedAt]:
    """Every group of which members are drawn in each future; what the draw adds is told by another draw, if any."""
    for group, sample in samples_of(evidence.relationship).items():
        members = len(evidence.relationship.parties[group].members or ())
        error = _error_of_draw(evidence, group)
        within = f"leaves their room known within {wording.share(Z * error)} of the range, and "
        yield LookedAt(
            group=group,
            looked_at=sample.size,
            members=members,
            standard_error=error,
            says=(
                f"{wording.count(sample.size)} of {wording.count(members)} members of {evidence.title(group)} looked "
                f"at in each future, others in each: this alone {within if math.isfinite(error) else ''}"
                "is part of every interval."
            ),
        )


def _error_of_draw(evidence: CheckInput, group: str) -> float:
    """The standard error that the draw gives to the room that counts at its worst; not a number without such a room,
    or where nobody drew anew.
    """
    if evidence.drawn_anew is None or group not in evidence.base.headroom:
        return math.nan
    one, again = (lane.headroom[group].least for lane in (evidence.base, evidence.drawn_anew.base))
    return float(np.std(one[: len(again)] - again) / math.sqrt(2 * len(one)))


def _sample(evidence: CheckInput, group: str) -> LookedAt:
    members = len(evidence.relationship.parties[group].members or ())
    low, high = evidence.base.between[group]
    error = float(np.mean(high.least - low.least)) / (2 * Z)
    return LookedAt(
        group=group,
        looked_at=looked_at(members),
        members=members,
        standard_error=error,
        says=(
            f"{wording.count(looked_at(members))} of {wording.count(members)} members of {evidence.title(group)} "
            f"looked at where their order counts: known within {wording.share(Z * error)} of the range."
        ),
    )


def falls_of_members(evidence: CheckInput) -> tuple[MemberFall, ...]:
    """What each member that was struck alone pulls down, the most first."""
    if evidence.members is None or evidence.struck is None:
        return ()
    lanes = evidence.struck.lanes
    found = [
        _most_of(evidence, one, lanes[f"shock_member:{one.group}[{one.member}]"].fallen)
        for one in evidence.members.struck
    ]
    return tuple(sorted(found, key=lambda fall: -fall.share))


def told(evidence: CheckInput) -> tuple[str, ...]:
    """The largest fall of all, then the largest that begins in each other group, and with one that nobody owns."""
    falls = [fall for fall in falls_of_members(evidence) if fall.fallen]
    first_of_each = {fall.struck.group: fall for fall in reversed(falls)}
    unowned = [fall for fall in falls if not fall.struck.owned][:1]
    return tuple(dict.fromkeys(fall.says for fall in falls if fall in (*first_of_each.values(), *unowned)))


def _most_of(evidence: CheckInput, struck: MemberReach, fallen: Mapping[str, float]) -> MemberFall:
    """The group of which most fall."""
    sizes = {group: len(evidence.relationship.parties[group].members or ()) for group in fallen}
    group = max(fallen, key=lambda name: fallen[name] / sizes[name])
    owner = "" if struck.owned else ", looked after by nobody,"
    return MemberFall(
        struck=struck,
        group=group,
        fallen=fallen[group],
        share=fallen[group] / sizes[group],
        says=(
            f"{struck.member} ({evidence.title(struck.group)}) alone{owner} takes {wording.count(fallen[group])} of "
            f"{wording.count(sizes[group])} {evidence.title(group)} along."
        ),
    )
