"""Parties and the capacities they need to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, final

from lichen.relationship.value import Value

PartyKind = Literal["organisation", "person", "group", "living system", "public"]
QUANTILE: Final = 0.05
"""The share of a group's members at whose quantile it is counted when it says nothing."""


@final
class Several(str):
    """The name of several, of whom sentences speak in the plural: the title of a group, or a list of names."""

    __slots__ = ()


@final
class Person(str):
    """The name of a person, of whom sentences go on with `they`."""

    __slots__ = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Something a party needs in order to go on contributing.

    Headroom is `(level - floor)/(healthy - floor)`, not known as long as nobody says the floor. `change` is its own
    drift per time, `drawdown` a planned fall (a share of the healthy range), `valued_at` its owner's price of one unit.
    """

    name: str
    level: Value
    floor: Value
    healthy: Value | None = None
    at_most: Value | None = None
    at_least: Value | None = None
    change: Value | None = None
    essential: bool = True
    valued_at: Value | None = None
    drawdown: Value | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Members drawn at random, anew in every future, who stand for all: how many, and in which `turn` of drawing."""

    size: int
    turn: int = 0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The members of a group: their names and one column of numbers (base units) for each declared column.

    With a `sample` only so many of them are set in motion in a future.
    """

    names: tuple[str, ...]
    columns: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    table: str | None = None
    sample: Sample | None = None

    def __len__(self) -> int:
        """How many members there are."""
        return len(self.names)

    @property
    def moved(self) -> int:
        """How many are set in motion in a future."""
        return len(self.names) if self.sample is None else self.sample.size


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Who speaks for a party that cannot speak, and by which monitoring flow they know."""

    who: str
    by: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side of the relationship, or a third party that bears or receives.

    `members` is None for a single party. `joins` counts members per time, `leaves` is the share per time; both act on
    presence. `counts` says how a group's headroom enters a verdict: the `quantile` (a share of the members) over
    members, or the least.
    """

    name: str
    title: str
    kind: PartyKind
    capacities: Mapping[str, Capacity]
    essential: bool = True
    members: Members | None = None
    joins: Value | None = None
    leaves: Value | None = None
    counts: Literal["quantile", "least"] = "quantile"
    quantile: float = QUANTILE
    at_floor: Literal["continues", "stops"] = "continues"
    spoken_for_by: Voice | None = None
    alternatives: Value | None = None
    walk_away: Value | None = None

    @property
    def chooses(self) -> bool:
        """Whether cheating and leaving can be asked of it."""
        return self.kind != "living system"

    @property
    def essential_capacities(self) -> tuple[Capacity, ...]:
        """The capacities whose floors decide whether the party can go on."""
        return tuple(c for c in self.capacities.values() if c.essential)
