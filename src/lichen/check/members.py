"""What the failure of single members of large groups does: those that reach furthest are struck one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.dependency.contagion_members import MemberReach


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
