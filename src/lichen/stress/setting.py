"""What is asked of a relationship: over how many futures, of which parties, from which days on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import final

from lichen.check.evidence import CheckInput
from lichen.relationship.party import Party
from lichen.relationship.quantity import MONTH_DAYS
from lichen.relationship.relationship import Relationship
from lichen.relationship.start import Start
from lichen.relationship.value import Value
from lichen.relationship.values import values_of
from lichen.simulation.experiments import BASE, Experiment
from lichen.simulation.interventions import in_steps
from lichen.simulation.run import simulate

DATES = (0.0, 1 / 3, 1 / 2)
"""When a party leaves, as shares of the horizon, when nobody asks for a day."""
MOST_ASKED = 12
MOST_LINKS = 60
"""Of more parties and flows than these, the first of the file are asked of."""
MOST_LANES = 200
"""No question tries more than so many experiments at once."""


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting:
    """One relationship, and how it is put to the test.

    `start` is its first instant, `values` all that the file says. `party` and `day` narrow what is asked: only that
    party leaves or cheats, only on that day (days since the start). `progress` is told the share of a run that is done.
    """

    relationship: Relationship
    start: Start
    values: tuple[Value, ...]
    runs: int
    seed: int
    party: str | None = None
    day: float | None = None
    progress: Callable[[float], None] = field(default=lambda share: None)

    @property
    def asked(self) -> tuple[Party, ...]:
        """The parties that are asked of: the one that is named, else those that some flow touches."""
        parties = self.relationship.touched_parties
        return tuple(p for p in parties if p.name == self.party) if self.party else parties[:MOST_ASKED]

    @property
    def choosing(self) -> tuple[Party, ...]:
        """Those of them that can leave and cheat."""
        return tuple(party for party in self.asked if party.chooses)

    @property
    def dates(self) -> tuple[float, ...]:
        """When somebody leaves, as shares of the horizon: the day that is named, else the start, a third and half."""
        return DATES if self.day is None else (self.share_of(self.day),)

    @property
    def later(self) -> float:
        """When everything else begins, as a share of the horizon: the day that is named, else a third."""
        return DATES[1] if self.day is None else self.share_of(self.day)

    def share_of(self, days: float) -> float:
        """Days since the start as a share of the horizon."""
        time = self.relationship.time
        return days / (time.steps * time.step_days)

    def days_at(self, begins: float) -> float:
        """The day of the step at which an experiment begins."""
        time = self.relationship.time
        return in_steps(begins * time.steps, 1) * time.step_days

    def run(self, experiments: Sequence[Experiment], relationship: Relationship | None = None) -> CheckInput:
        """What the experiments do, beside `base`; of a relationship that differs from this one when it is given."""
        chosen = relationship or self.relationship
        futures = simulate(
            chosen,
            (BASE, *experiments),
            runs=self.runs,
            seed=self.seed,
            progress=lambda done, of: self.progress(done / of),
        )
        return CheckInput(relationship=chosen, futures=futures, start=self.start, values=self.values)

    def with_progress(self, progress: Callable[[float], None]) -> Setting:
        """The same, told to somebody else."""
        return replace(self, progress=progress)


def setting(
    relationship: Relationship, *, runs: int, seed: int, party: str | None = None, day: date | None = None
) -> Setting:
    """A relationship ready to be put to the test; `day` is a date within its horizon."""
    since = None if day is None else float((day - relationship.time.start).days)
    return Setting(
        relationship=relationship,
        start=Start(relationship),
        values=tuple(values_of(relationship)),
        runs=runs,
        seed=seed,
        party=party,
        day=since,
    )


def when(days: float) -> str:
    """A day since the start as people say it: `at the start`, `in week 3`, `in month 18`."""
    if days <= 0:
        return "at the start"
    if days < 3 * MONTH_DAYS:
        return f"in week {int(days / 7) + 1}"
    return f"in month {int(days / MONTH_DAYS) + 1}"
