"""One relationship, whole: parties, world, terms, flows and rules, and the place of every value in the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import final

from lichen.relationship.flow import Flow
from lichen.relationship.party import Party
from lichen.relationship.quantity import Unit
from lichen.relationship.rules import Evidence, Rules, Term
from lichen.relationship.world import Correlation, Process, Scenario


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """When the relationship is looked at: a start, a horizon and a step, the latter two in days; `*_text` as said."""

    start: date
    horizon_days: float
    step_days: float
    horizon_text: str = ""
    step_text: str = ""

    @property
    def steps(self) -> int:
        """How many steps the horizon holds."""
        return max(1, round(self.horizon_days / self.step_days))

    @property
    def run_days(self) -> float:
        """How long a run lasts: the horizon in whole steps."""
        return self.steps * self.step_days


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A place in a file: line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """As `file.yaml:31:7`."""
        return f"{self.file}:{self.line}:{self.column}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What a mapping of the file says for all that stands in it: why, where it comes from, and which side states it."""

    because: str | None = None
    source: str | None = None
    stated_by: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """What one relationship file says.

    Built by `lichen.language` from a file without problems: names are unique, every reference resolves, dimensions
    agree and no flow reads itself in the same instant. `origins` maps a path (`flows.payment.rate`) to its place; it
    is no part of equality, and so is what `reasons` maps a path to: what the mapping there says for all that stands in
    it (`exit`, `exit.notice`, `reinforcement.0`, `world.trend`). `hidden` names the paths that someone keeps to itself,
    `parts` the parties of whose own figures some were at hand.
    """

    name: str
    purpose: str
    mechanism: str | None
    time: Time
    commitment_days: float
    parties: Mapping[str, Party]
    flows: Mapping[str, Flow]
    terms: Mapping[str, Term] = field(default_factory=dict)
    world: Mapping[str, Process] = field(default_factory=dict)
    correlations: tuple[Correlation, ...] = ()
    rules: Rules = field(default_factory=Rules)
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    units: Mapping[str, Unit] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict, compare=False)
    reasons: Mapping[str, Reason] = field(default_factory=dict, compare=False)
    content_hash: str = field(default="", compare=False)
    hidden: tuple[str, ...] = ()
    parts: tuple[str, ...] = field(default=(), compare=False)

    @property
    def touched_parties(self) -> tuple[Party, ...]:
        """The parties that some flow touches; the others take no part."""
        touched = {party for flow in self.flows.values() for party in flow.parties}
        return tuple(party for party in self.parties.values() if party.name in touched)

    @property
    def essential_parties(self) -> tuple[Party, ...]:
        """The parties without whom the relationship does not go on and that some flow touches."""
        return tuple(party for party in self.touched_parties if party.essential)

    @property
    def inner_flows(self) -> tuple[Flow, ...]:
        """The flows between two different parties."""
        return tuple(flow for flow in self.flows.values() if flow.is_inner)

    def at(self, path: str) -> str | None:
        """The place of a path as `file:line:column`, or of the nearest path above it."""
        while path:
            if path in self.origins:
                return str(self.origins[path])
            path = path.rpartition(".")[0]
        return None
