"""One instant of the slow simulator: what every name stands for at step k, and the rates of all flows.

Rates come in two turns. First every flow is *asked*: its formula, clipped at 0, times what an experiment leaves of it.
Then the flows that draw a capacity below its `at_least` are rationed (`slow_rationing.py`). From then on a flow's name
means its *given* rate.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lichen.relationship.flow import Flow
from lichen.relationship.party import Capacity
from lichen.relationship.value import Value
from lichen.relationship.world import Process
from tests.oracles.slow_formula import (
    NOWHERE,
    Place,
    divide,
    evaluate,
    member_place,
)
from tests.oracles.slow_rationing import rations, share

if TYPE_CHECKING:
    from tests.oracles.slow import Simulation


class Moment:
    """The relationship at step k: levels and presences as they are then, all else computed when asked for."""

    def __init__(
        self, run: Simulation, k: int, levels: dict[tuple[str, str], list[float]], presence: dict[str, list[float]]
    ) -> None:
        self.run, self.k, self.time = run, k, k * run.step
        self.levels, self.presence = levels, presence
        self.given: dict[tuple[str, Place], float] = {}
        self.asked: dict[tuple[str, Place], float] = {}
        self.asking: list[str] = []
        self.is_looking_back = False

    # Names

    def read(self, parts: tuple[str, ...], place: Place) -> float:
        """What a name stands for, at this place."""
        relationship = self.run.relationship
        match parts:
            case ("time",):
                return self.time
            case ("link", column) if place.link:
                flow, index = place.link
                return relationship.flows[flow].along.columns[column][index]
            case (("giver" | "receiver") as side, what) if place.link:
                return self.of_end(side, what, place)
            case (group, "members", column):
                return relationship.parties[group].members.columns[column][place.member(group)]
            case (party, "headroom"):
                return self.headroom(party, self.member_of(party, place))
            case (party, capacity):
                return self.levels[party, capacity][self.member_of(party, place)]
            case (name,) if name in relationship.terms:
                return self.term(name)
            case (name,) if name in relationship.world:
                return self.world(name)
            case (name,):
                return self.flow(name, place)
        raise AssertionError(parts)

    def of_end(self, side: str, what: str, place: Place) -> float:
        """`giver.x` and `receiver.x` on a link: a capacity, the headroom, else a column."""
        flow = self.run.relationship.flows[place.link[0]]
        group = flow.giver if side == "giver" else flow.receiver
        member = (flow.along.givers if side == "giver" else flow.along.receivers)[place.link[1]]
        if what == "headroom" or what in self.run.relationship.parties[group].capacities:
            return self.read((group, what), member_place(group, member))
        return self.run.relationship.parties[group].members.columns[what][member]

    def member_of(self, party: str, place: Place) -> int:
        """The index of the member spoken of; 0 for a single party."""
        if not self.run.is_group(party):
            return 0
        member = place.member(party)
        assert member is not None, f"{party} is many, and no member is spoken of"
        return member

    def term(self, name: str) -> float:
        """A term in force: what a scenario says, else what the last review in force set, else its formula."""
        return self.run.scenario_value(name, self, lambda: self.run.reviews.term(name, self))

    def agreed(self, name: str) -> float:
        """The term's value in the file, before any review or scenario."""
        return Agreed(self.run, self.k, self.levels, self.presence).term(name)

    def world(self, name: str) -> float:
        process = self.run.relationship.world[name]
        return self.run.scenario_value(name, self, lambda: self.process(process))

    def process(self, process: Process) -> float:
        """Constants, seasons and recorded series by the page; everything random is handed in."""
        days = self.run.relationship.time.start
        match process.kind:
            case "constant":
                return self.value(process.parameters["value"])
            case "seasonal":
                mean, swing, period = (self.value(process.parameters[key]) for key in ("mean", "swing", "period"))
                since_peak = self.time + (days - process.peak).days
                return mean * (1 + swing * math.cos(2 * math.pi * since_peak / period))
            case "series" if process.series.resample_days is None:
                ago = [
                    v
                    for d, v in zip(process.series.dates, process.series.values, strict=True)
                    if (d - days).days <= self.time
                ]
                return ago[-1] if ago else process.series.values[0]
            case _:
                return self.run.draws(process.name, None, self.k)

    def value(self, value: Value | None, place: Place = NOWHERE) -> float:
        return evaluate(value.tree, place, self) if value is not None else math.nan

    # Capacities

    def headroom(self, party: str, member: int) -> float:
        """The least of the party's essential capacities."""
        return min(self.room(party, c, member) for c in self.run.relationship.parties[party].essential_capacities)

    def room(self, party: str, capacity: Capacity, member: int) -> float:
        """`(level - floor)/(healthy - floor)` of one capacity."""
        floor = self.value(capacity.floor, self.run.place(party, member))
        level = self.levels[party, capacity.name][member]
        return divide(level - floor, self.width(party, capacity, member), self)

    def width(self, party: str, capacity: Capacity, member: int) -> float:
        """`healthy - floor`; healthy is the level at the start where nothing else is said."""
        place = self.run.place(party, member)
        if capacity.healthy is None:
            healthy = self.run.first_levels[party, capacity.name][member]
        else:
            healthy = self.value(capacity.healthy, place)
        return healthy - self.value(capacity.floor, place)

    # Rates

    def flow(self, name: str, place: Place) -> float:
        """A flow's rate where it is read: its one rate, the member's own, or that of the same link."""
        if self.is_looking_back and self.asking and name in self.run.circle[self.asking[-1]]:
            return 0.0
        return sum(self.rate(name, cell) for cell in self.run.cells_at(name, place))

    def rate(self, name: str, cell: Place) -> float:
        return self.given[name, cell] if self.given else self.ask(name, cell)

    def ask(self, name: str, cell: Place) -> float:
        """The rate before rationing: the formula, at least 0; 0 when the giver stops below its floor; scaled."""
        if (name, cell) not in self.asked:
            flow = self.run.relationship.flows[name]
            looking_back, self.is_looking_back = self.is_looking_back, False
            self.asking.append(name)
            wanted = self.value(flow.rate, cell)
            self.asking.pop()
            self.is_looking_back = looking_back
            wanted = max(wanted, 0.0) if not self.stops(flow, cell) else 0.0
            self.asked[name, cell] = wanted * self.run.scale(flow, self.k)
        return self.asked[name, cell]

    def stops(self, flow: Flow, cell: Place) -> bool:
        giver = self.run.relationship.parties.get(flow.giver)
        if giver is None or giver.at_floor != "stops" or not giver.essential_capacities:
            return False
        return self.headroom(flow.giver, self.run.giving(flow, cell)) < 0

    def settle_rates(self) -> None:
        """Ask every flow, ration, and from now on read the given rates."""
        cells = [(name, cell) for name in self.run.relationship.flows for cell in self.run.cells[name]]
        for name, cell in cells:
            self.ask(name, cell)
        rationed = rations(self)
        self.given = {(name, cell): self.asked[name, cell] * share(self, name, cell, rationed) for name, cell in cells}

    @contextmanager
    def looking_back(self) -> Iterator[None]:
        """While a delay at the start looks at this very moment: flows of the circle that is being asked count as 0."""
        before, self.is_looking_back = self.is_looking_back, True
        yield
        self.is_looking_back = before

    # What a flow does

    def delay(self, value: Value | None, cell: Place) -> float:
        return self.value(value, cell) if value is not None else 0.0

    def cost(self, flow: Flow, capacity: str, cell: Place) -> float:
        """What one unit takes from the giver; never below 0."""
        return max(self.value(flow.cost[capacity], cell), 0.0)

    def worth(self, flow: Flow, capacity: str, cell: Place) -> float:
        """What one unit adds to the receiver; a burden or risk never adds, everything else never takes."""
        worth = self.value(flow.worth[capacity], cell)
        return min(worth, 0.0) if flow.kind in ("burden", "risk") else max(worth, 0.0)

    def weight(self, flow: Flow, cell: Place) -> float:
        """How much of a member's flow or of a link is there: as much as both its ends are."""
        if self.run.is_of_one_member(flow, cell):
            return self.run.there(self, flow.giver, self.run.giving(flow, cell))
        return self.paid_weight(flow, cell) * self.gained_weight(flow, cell)

    def paid_weight(self, flow: Flow, cell: Place) -> float:
        """A giver pays for as much of the receiving member as is there."""
        if self.run.is_of_one_member(flow, cell):
            return 1.0
        return self.run.there(self, flow.receiver, self.run.receiving(flow, cell))

    def gained_weight(self, flow: Flow, cell: Place) -> float:
        """A receiver gets from as much of the giving member as is there."""
        if self.run.is_of_one_member(flow, cell):
            return 1.0
        return self.run.there(self, flow.giver, self.run.giving(flow, cell))


class Agreed(Moment):
    """A moment at which every term has its value in the file."""

    def term(self, name: str) -> float:
        return self.value(self.run.relationship.terms[name].value)
