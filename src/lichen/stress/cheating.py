"""Does cheating pay? One side, or two together, give less or later than the file says.

A search over amounts and dates of what the file does not forbid by itself, as e3value does in one period and for money
alone (Kartseva, Gordijn and Tan 2006); here over time and over every capacity that the sides live on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, final

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import Figure, exact, least_of
from lichen.simulation.experiments import LATE_DAYS, Experiment, colluding, flows_given
from lichen.simulation.futures import Lane
from lichen.stress.effects import SLIGHT, Effect, effects, untold, worst
from lichen.stress.noticing import Notice, notice, watched
from lichen.stress.setting import MOST_PAIRS, Setting, when

Way = Literal["withhold", "free_ride", "delay", "cut_and_run", "collude"]
HELD_BACK = (0.25, 0.5, 0.75)
LATE = (28.0, LATE_DAYS)
"""Days by which what is given comes later."""
RUNS = (0.75, 0.9)
"""When one cuts and runs, as shares of the horizon."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One way to cheat: by whom, how, how much (the share held back, or days later), from which day on (since the
    start).
    """

    by: tuple[str, ...]
    way: Way
    amount: float
    begins: float
    flows: tuple[str, ...]

    @property
    def lane(self) -> Experiment:
        """The experiment that tries it."""
        name = f"{self.way}:{'+'.join(self.by)}@{self.amount!r}@{self.begins!r}"
        if self.way == "delay":
            return Experiment(name=name, begins=self.begins, late=dict.fromkeys(self.flows, self.amount))
        return Experiment(name=name, begins=self.begins, rates=dict.fromkeys(self.flows, 1 - self.amount))

    @property
    def deed(self) -> str:
        """What is done: `giving 25 % less`."""
        match self.way:
            case "delay":
                return f"giving everything {wording.span(self.amount)} late"
            case "free_ride" | "cut_and_run":
                return "giving nothing and receiving as before"
            case "collude":
                return f"giving {wording.share(self.amount)} less to all others together"
            case _:
                return f"giving {wording.share(self.amount)} less"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Cheat:
    """What a deviation brings the doer (room won, of its range; of two the lesser) and whom it harms most.

    `untold` are the titles of others for whom it cannot be told, `noticed` is how the way of adjustment gets to know of
    it.
    """

    deviation: Deviation
    titles: tuple[str, ...]
    day: float
    gain: Figure
    harmed: Effect | None
    untold: tuple[str, ...]
    noticed: Notice

    @property
    def pays(self) -> bool:
        """Whether the doer wins, beyond chance."""
        return self.gain.low > 0 and self.gain.value >= SLIGHT

    @property
    def outcome(self) -> str:
        """`Alder wins 12 % of its range by giving 50 % less from month 12 on; Northfield loses ...`"""
        who = wording.listed(self.titles)
        deed = f"by {self.deviation.deed} from {when(self.day).partition(' ')[2]} on"
        won = f"{wording.share(abs(self.gain.value))} of {wording.its(who)} range"
        if not self.gain.known:
            said = f"What {who} would gain {deed} cannot be told"
        elif self.pays:
            said = wording.does(who, f"win {won} {deed}")
        elif self.gain.value >= SLIGHT:
            said = f"{who} might win {won} {deed}, or it is chance"
        elif self.gain.value > -SLIGHT:
            said = wording.does(who, f"gain nothing {deed}")
        else:
            said = wording.does(who, f"lose {won} {deed}")
        harm = f"; {self.harmed.says}" if self.harmed is not None else ""
        return f"{said}{harm}{wording.but_for(self.untold)}"

    @property
    def says(self) -> str:
        """What comes of it, and how it is noticed."""
        return f"{self.outcome}; {self.noticed.says}."


def cheating(setting: Setting) -> tuple[Cheat, ...]:
    """Every deviation of the grid, in their order."""
    tried = tuple(deviations(setting))
    if not tried:
        return ()
    seen = watched(setting.relationship, {setting.days_at(one.begins): None for one in tried})
    return in_order(setting.each([(one.lane, one) for one in tried], cheat_of, seen))


def in_order(cheats: Iterable[Cheat]) -> tuple[Cheat, ...]:
    """Those that pay first, and those that might, by what they bring; then the others, by the harm they do."""
    return tuple(sorted(cheats, key=_order))


def deviations(setting: Setting) -> Iterator[Deviation]:
    """The grid: less and nothing from the start and from a third of the horizon on (or from the day asked for), later,
    nothing at the end, and every two together.
    """
    giving = flows_given(setting.relationship)
    for party in setting.choosing:
        flows = tuple(giving.get(party.name, ()))
        if not flows:
            continue
        dates = (setting.later,) if setting.day is not None else (0.0, setting.later)
        for begins in dates:
            for amount in HELD_BACK:
                yield Deviation(by=(party.name,), way="withhold", amount=amount, begins=begins, flows=flows)
            yield Deviation(by=(party.name,), way="free_ride", amount=1.0, begins=begins, flows=flows)
        for days in LATE:
            yield Deviation(by=(party.name,), way="delay", amount=days, begins=setting.later, flows=flows)
        for begins in RUNS if setting.day is None else ():
            yield Deviation(by=(party.name,), way="cut_and_run", amount=1.0, begins=begins, flows=flows)
    enough = sum(party.chooses for party in setting.ranked) >= 3
    for one, other in setting.pairs[:MOST_PAIRS] if enough else ():
        both = tuple(colluding(giving, one.name, other.name))
        if both:
            by = (one.name, other.name)
            yield Deviation(by=by, way="collude", amount=0.5, begins=setting.later, flows=both)


def cheat_of(evidence: CheckInput, deviation: Deviation, lane: Lane) -> Cheat:
    """What a deviation does, from the lane that tries it; a trigger is seen to notice it where it was watched."""
    found = effects(evidence, lane, of=deviation.by)
    own = [one.lost.falling(lambda lost: -lost) for one in found if one.party in deviation.by]
    return Cheat(
        deviation=deviation,
        titles=tuple(evidence.title(name) for name in deviation.by),
        day=lane.intervention_days,
        gain=least_of(own) if own else exact(0.0),
        harmed=worst(found, besides=deviation.by),
        untold=untold(found, besides=deviation.by),
        noticed=notice(evidence, lane, deviation.flows, deviation.by),
    )


def _order(one: Cheat) -> tuple[bool, float, float]:
    harm = one.harmed.lost.value if one.harmed is not None else 0.0
    brings = one.gain.value if one.gain.known and one.gain.value >= SLIGHT else 0.0
    return (not one.pays, -brings, -harm if one.gain.known else 0.0)
