"""What is asked of a relationship: over how many futures, of which parties and flows, from which days on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar, final

from lichen.check.evidence import CheckInput
from lichen.language.limits import cells_of_a_step
from lichen.relationship.flow import Flow
from lichen.relationship.party import Party
from lichen.relationship.quantity import MONTH_DAYS
from lichen.relationship.relationship import Relationship
from lichen.relationship.start import Start
from lichen.relationship.value import Value
from lichen.relationship.values import has_chance, values_of
from lichen.simulation.cost import numbers_kept
from lichen.simulation.drawn_members import with_drawn_members
from lichen.simulation.experiments import BASE, Experiment
from lichen.simulation.futures import Lane
from lichen.simulation.interventions import in_steps
from lichen.simulation.run import simulate
from lichen.stress.selection import weigh

Thing = TypeVar("Thing")
Told = TypeVar("Told")
Named = TypeVar("Named", Party, Flow)

DATES = (0.0, 1 / 3, 1 / 2)
"""When a party leaves, as shares of the horizon, when nobody asks for a day."""
MOST_ASKED = 12
FEWEST_ASKED = 6
FLOWS_OF_A_PARTY = 5
"""Of more parties, and of more flows for each of them, those on which the others live most are asked of; of the fewest
where a file is so large that time is short.
"""
MOST_PAIRS = 20
"""So many pairs at most leave or collude together."""
MOST_VALUES = 10_000_000_000
"""Most values (nodes of formulas x steps x experiments x futures) to work out: half a minute of one processor."""
VALUES_OF_A_FIGURE = 600_000
"""So many are left for one figure of the file, which is laid out anew for every question, whatever the futures. Of 400
parties and 2,000 flows, some 10,000 figures, six parties are then asked of over 30 futures, which takes a minute."""
LEAST_FUTURES = 20
"""However large a file, it is asked over so many futures at least: fewer tell nothing."""
MOST_LANES = 200
"""At most so many experiments run together."""
MOST_KEPT = 100_000_000
"""Most numbers that are kept of them, of eight bytes each."""
LANES_OF_A_PARTY = {
    "exits": 6,
    "shocks": 4,
    "contagion": 1,
    "cheating": 13,
    "enforcement": 3,
    "rehearsal": 2,
    "at_floor": 2,
}
"""About how many experiments a question tries for each party that it asks of; of each flow, `links` tries two."""


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting:
    """One relationship, and how it is put to the test.

    `start` is its first instant, `values` all that the file says. `party` and `day` narrow what is asked: only that
    party leaves or cheats, only on that day (days since the start). `ranked` are the parties that some flow touches and
    `flows` all flows: in the order of the file where all are asked of, else first those on which the others live most;
    so many as `most` parties are asked of where none is named.
    `progress` is told the share of a run that is done.
    """

    relationship: Relationship
    start: Start
    values: tuple[Value, ...]
    runs: int
    seed: int
    ranked: tuple[Party, ...]
    flows: tuple[Flow, ...]
    most: int = MOST_ASKED
    party: str | None = None
    day: float | None = None
    progress: Callable[[float], None] = field(default=lambda share: None)

    @property
    def asked(self) -> tuple[Party, ...]:
        """The parties that are asked of: the one that is named, else those that are ranked first."""
        return tuple(p for p in self.ranked if p.name == self.party) if self.party else self.ranked[: self.most]

    @property
    def choosing(self) -> tuple[Party, ...]:
        """Those of them that can leave and cheat."""
        return tuple(party for party in self.asked if party.chooses)

    @property
    def most_links(self) -> int:
        """How many flows are cut where no party is named."""
        return self.most * FLOWS_OF_A_PARTY

    @property
    def pairs(self) -> tuple[tuple[Party, Party], ...]:
        """Every two that are asked of and can leave and cheat, or each that can with the one that is named."""
        if self.party is None:
            return tuple((one, other) for turn, other in enumerate(self.choosing) for one in self.choosing[:turn])
        return tuple((one, other) for one in self.choosing for other in self.ranked if other.chooses and other != one)

    @property
    def possible_pairs(self) -> int:
        """How many pairs there are, of all that can leave and cheat."""
        can = sum(party.chooses for party in self.ranked)
        return can * (can - 1) // 2 if self.party is None else len(self.pairs)

    def first(self, flows: Sequence[Flow], most: int) -> tuple[Flow, ...]:
        """The flows that are asked of: all that touch the party that is named, else at most so many of the first."""
        return tuple(f for f in flows if self.party in f.parties) if self.party else tuple(flows[:most])

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
        return days / self.relationship.time.run_days

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

    def each(
        self,
        tried: Sequence[tuple[Experiment, Thing]],
        tell: Callable[[CheckInput, Thing, Lane], Told],
        relationship: Relationship | None = None,
    ) -> list[Told]:
        """What is told of each experiment and what it is about; only as many as fit in memory run together."""
        found = []
        for part, within in self.in_parts(tried):
            evidence = within.run([experiment for experiment, _ in part], relationship)
            found += [tell(evidence, thing, evidence.futures.lanes[lane.name]) for lane, thing in part]
        return found

    def in_parts(self, tried: Sequence[Thing], lanes: int = 1) -> Iterator[tuple[Sequence[Thing], Setting]]:
        """What is tried, in parts that fit in memory, of so many experiments each; and this setting for each part."""
        fit = min(MOST_LANES, MOST_KEPT // max(1, numbers_kept(self.relationship) * self.runs))
        size = max(1, fit // lanes)
        for first in range(0, len(tried), size):
            part = tried[first : first + size]

            def within(share: float, done: int = first, here: int = len(part)) -> None:
                self.progress((done + here * share) / len(tried))

            yield part, self.with_progress(within)

    def with_progress(self, progress: Callable[[float], None]) -> Setting:
        """The same, told to somebody else."""
        return replace(self, progress=progress)


def setting(
    relationship: Relationship,
    *,
    runs: int,
    seed: int,
    party: str | None = None,
    day: date | None = None,
    sections: Iterable[str] = LANES_OF_A_PARTY,
) -> Setting:
    """A relationship ready to be put to the test; `day` is a date within its horizon.

    Of a large file fewer than `runs` futures are asked, so that `sections` stay within what may be worked out, and of a
    very large group members are drawn.
    """
    relationship = with_drawn_members(relationship)
    asked = Setting(
        relationship=relationship,
        start=Start(relationship),
        values=tuple(values_of(relationship)),
        runs=runs,
        seed=seed,
        ranked=relationship.touched_parties,
        flows=tuple(relationship.flows.values()),
        party=party,
        day=None if day is None else float((day - relationship.time.start).days),
    )
    return _ranked(_bounded(asked, frozenset(sections)))


def _ranked(asked: Setting) -> Setting:
    if len(asked.ranked) <= asked.most and len(asked.flows) <= asked.most_links:
        return asked
    weights = weigh(asked.start)
    return replace(asked, ranked=_heaviest(asked.ranked, weights.parties), flows=_heaviest(asked.flows, weights.flows))


def _heaviest(things: Sequence[Named], weights: Mapping[str, float]) -> tuple[Named, ...]:
    return tuple(sorted(things, key=lambda thing: -weights[thing.name]))


def _bounded(asked: Setting, sections: frozenset[str]) -> Setting:
    """As many parties and futures as there is time for: fewer parties where it would be too few futures. Where nothing
    is drawn one future stands for all, however many are asked for.
    """
    of_a_lane = cells_of_a_step(asked.relationship) * asked.relationship.time.steps
    values = max(0, MOST_VALUES - VALUES_OF_A_FIGURE * len(asked.values))
    drawn = has_chance(asked.relationship)
    least = LEAST_FUTURES if drawn else 1
    most, futures = asked.most, asked.runs
    for most in (MOST_ASKED, FEWEST_ASKED):
        futures = values // max(1, of_a_lane * _lanes(replace(asked, most=most), sections))
        if futures >= least:
            break
    return replace(asked, most=most, runs=min(asked.runs, max(LEAST_FUTURES, futures)) if drawn else asked.runs)


def _lanes(asked: Setting, sections: frozenset[str]) -> int:
    """About how many experiments these questions try."""
    links = len(asked.first(asked.flows, asked.most_links)) if "links" in sections else 0
    return 2 * links + len(asked.asked) * sum(LANES_OF_A_PARTY.get(section, 0) for section in sections)


def when(days: float) -> str:
    """A day since the start as people say it: `at the start`, `in week 3`, `in month 18`."""
    if days <= 0:
        return "at the start"
    if days < 3 * MONTH_DAYS:
        return f"in week {int(days / 7) + 1}"
    return f"in month {int(days / MONTH_DAYS) + 1}"
