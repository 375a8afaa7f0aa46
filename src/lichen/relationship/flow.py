"""What passes from one party to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, final

from lichen.relationship.value import Value

FlowKind = Literal["benefit", "burden", "risk", "obligation", "information"]
BURDENS: Final[tuple[FlowKind, ...]] = ("burden", "risk")
"""The kinds of flow that weigh on their receiver."""
WORLD = "world"
"""The giver or receiver that stands for everything outside the relationship."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How much of a flow one party sees (`share`, 1 = all), and how late (`after`, a duration in days)."""

    party: str
    share: float = 1.0
    after_days: float = 0.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """`if_lost`: what the receiver can get elsewhere: `replaced` x the mean rate, `after` a time, at `cost` per
    replaced unit by capacity.
    """

    replaced: Value
    after: Value
    cost: Mapping[str, Value] = field(default_factory=dict)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """A flow along links between members: one link per entry.

    `givers` and `receivers` are member indices into the giver's and receiver's `Members.names`; `columns` holds
    numbers in base units per link.
    """

    givers: tuple[int, ...]
    receivers: tuple[int, ...]
    columns: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    table: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One giver, one receiver, a rate, and what one unit of it takes and adds.

    `cost` maps the giver's capacities, `worth` the receiver's capacities to the change per unit of rate. `visible_to`
    is None when nothing is declared, empty when the flow is declared unseen. `starts_empty`: nothing was on its way
    before the start.
    """

    name: str
    title: str
    kind: FlowKind
    giver: str
    receiver: str
    rate: Value
    cost: Mapping[str, Value] = field(default_factory=dict)
    worth: Mapping[str, Value] = field(default_factory=dict)
    arrives_after: Value | None = None
    settled_after: Value | None = None
    starts_empty: bool = False
    visible_to: tuple[Sight, ...] | None = None
    if_lost: Fallback | None = None
    promised: bool = False
    along: Links | None = None

    @property
    def parties(self) -> tuple[str, ...]:
        """Giver and receiver, without the world and without naming one party twice."""
        return tuple(dict.fromkeys(p for p in (self.giver, self.receiver) if p != WORLD))

    @property
    def seen_by(self) -> tuple[str, ...]:
        """Those who see any of it, as far as the file says."""
        return tuple(sight.party for sight in self.visible_to or () if sight.share > 0)

    @property
    def burdens(self) -> bool:
        """Whether it weighs on its receiver: its worth is never above 0."""
        return self.kind in BURDENS

    @property
    def is_unvalued(self) -> bool:
        """Whether it is a benefit of which nobody says what it is worth."""
        return self.kind == "benefit" and not self.worth

    @property
    def is_inner(self) -> bool:
        """Whether it passes between two different parties."""
        return self.giver != self.receiver and WORLD not in (self.giver, self.receiver)
