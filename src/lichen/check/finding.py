"""A finding: what was asked, what was seen, on what it rests and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, final

from lichen.relationship.relationship import Relationship

FindingType = Literal["invariant", "failure", "component", "check"]
Status = Literal["holds", "at risk", "broken", "cannot tell"]
Method = Literal["structure", "simulation", "record"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that was seen: a sentence for people, its figure and unit, how it was obtained, and its place."""

    says: str
    figure: float | None = None
    unit: str | None = None
    method: Method = "structure"
    at: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change does when it is tried: in sentences, what matters most first; what it is about that it mends, and
    what it breaks besides; and how much more room the side that is then worst off has than the one that is now.
    """

    says: tuple[str, ...]
    mends: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    gain: float = 0.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What would mend it: a sentence, and where it can be said in the file's own keys, the key's path and new value.

    `path` is a path of the file (`terms.pay_after`, `flows.fund.visible_to`), `value` the text to write there.
    `changed` is the relationship with that value, where futures can tell what it does, and `effect` what they tell.
    `gentler` are forms of the same change that move less, for where it breaks something else.
    """

    says: str
    path: str | None = None
    value: str | None = None
    changed: Relationship | None = field(default=None, compare=False, repr=False)
    gentler: tuple[Remedy, ...] = ()
    effect: Effect | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One answer of the check.

    Invariants carry `margin` in [-1, 1] (at or above the threshold is good), failure modes `score` in [0, 1] (watch
    0.25, alarm 0.5). `interval` is the 95 % Monte Carlo interval. `decided` is False when the interval contains the
    threshold. `needs` says what would have to be known when it cannot tell. `parts` are named terms the margin is the
    least of (or the score the largest of).
    """

    about: str
    type: FindingType
    status: Status
    says: str
    decided: bool = True
    margin: float | None = None
    score: float | None = None
    interval: tuple[float, float] | None = None
    threshold: float | None = None
    parties: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    needs: str | None = None
    remedy: Remedy | None = None
    parts: tuple[tuple[str, float], ...] = ()
