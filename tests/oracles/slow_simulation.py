"""The step loop of the slow simulator: what is given, booked, bounded and noted."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from functools import cached_property

from lichen.relationship.flow import WORLD, Flow
from lichen.relationship.formula import names
from lichen.relationship.relationship import Relationship
from tests.oracles.slow_formula import NOWHERE, Place, member_place, quantile
from tests.oracles.slow_moment import Moment
from tests.oracles.slow_rules import YEAR_DAYS, Balance, Entry, Reviews, fallback_entries, risk_entries
from tests.oracles.slow_transit import OnItsWay
from tests.oracles.slow_values import Experiment, Run

Draws = Callable[[str, "int | None", int], float]
SpreadDraws = Callable[[str, "int | None"], float]


class Simulation:
    """One future on its way: the moments so far, and what falls due later."""

    def __init__(
        self,
        relationship: Relationship,
        draws: Draws,
        spread: SpreadDraws,
        experiment: Experiment | None,
        scenario: str | None,
    ) -> None:
        self.relationship, self.draws, self.spread, self.experiment = relationship, draws, spread, experiment
        self.scenario = relationship.scenarios[scenario] if scenario else None
        self.step = relationship.time.step_days
        self.is_cut = experiment is not None and experiment.kind in ("cut", "outside")
        self.has_fallbacks = experiment is not None and experiment.kind in ("exit", "outside")
        self.cells = {flow.name: self.cells_of(flow) for flow in relationship.flows.values()}
        self.circle = circles(relationship)
        self.moments: list[Moment] = []
        self.smooth: dict[object, float] = {}
        self.on_its_way = OnItsWay(self)
        self.reviews, self.balance = Reviews(self), Balance(self)
        self.first_levels = self.levels_at_start()
        self.result = Run(
            received=self.balance.received,
            borne=self.balance.borne,
            worth={f.name: dict.fromkeys(f.worth, 0.0) for f in relationship.flows.values()},
            cost={f.name: dict.fromkeys(f.cost, 0.0) for f in relationship.flows.values()},
            risk_paid={f"{p.name}.{name}": 0.0 for p in relationship.parties.values() for name in p.capacities},
        )

    # The step

    def go(self) -> Run:
        levels = {key: list(members) for key, members in self.first_levels.items()}
        presence = {name: [1.0] * self.count(name) for name in self.relationship.parties}
        steps = self.relationship.time.steps
        self.on_its_way.begin()
        for k in range(steps):
            now = self.arrive(k, levels, presence)
            now.settle_rates()
            self.on_its_way.send(now)
            entries = [*self.on_its_way.fall_due(now), *self.shared_risks(now), *fallback_entries(self, now)]
            self.note_step(now, entries)
            self.balance.count(now, entries)
            self.reviews.step(now)
            levels, presence = self.next_levels(now, entries), self.next_presence(now)
        self.arrive(steps, levels, presence)
        return self.result

    def arrive(self, k: int, levels: dict[tuple[str, str], list[float]], presence: dict[str, list[float]]) -> Moment:
        """The moment at step k, after what an experiment does to its levels."""
        now = Moment(self, k, levels, presence)
        self.moments.append(now)
        if self.experiment is not None and self.experiment.kind in ("boost", "shock") and k == self.experiment.at:
            self.hit(now, self.experiment)
        self.note_state(now)
        return now

    def hit(self, now: Moment, experiment: Experiment) -> None:
        """Move every essential capacity of a party: by a share of its range, or down to its floor."""
        for capacity in self.relationship.parties[experiment.party].essential_capacities:
            members = now.levels[experiment.party, capacity.name]
            for member, level in enumerate(members):
                if experiment.kind == "boost":
                    members[member] = level + experiment.factor * now.width(experiment.party, capacity, member)
                else:
                    members[member] = min(level, now.value(capacity.floor, self.place(experiment.party, member)))

    def delays(self, now: Moment, flow: Flow, cell: Place) -> tuple[int, int]:
        """In steps, after how long cost falls due, and after how long worth."""
        credit = self.steps_in(now.delay(flow.settled_after, cell))
        return credit, credit + self.steps_in(now.delay(flow.arrives_after, cell))

    def shared_risks(self, now: Moment) -> list[Entry]:
        entries = list(risk_entries(self, now))
        for entry in entries:
            there = self.there(now, entry.party, entry.member)
            self.result.risk_paid[f"{entry.party}.{entry.capacity}"] -= entry.amount * there * self.step
        return entries

    def next_levels(self, now: Moment, entries: list[Entry]) -> dict[tuple[str, str], list[float]]:
        """`x + step * (change + arrived worth - cost)`, within `at_least` and `at_most`."""
        moved: dict[tuple[str, str, int], float] = defaultdict(float)
        for entry in entries:
            moved[entry.party, entry.capacity, entry.member] += entry.amount
        levels = {}
        for (party, name), members in now.levels.items():
            capacity = self.relationship.parties[party].capacities[name]
            levels[party, name] = following = []
            for member, level in enumerate(members):
                place = self.place(party, member)
                change = now.value(capacity.change, place) if capacity.change else 0.0
                level = level + self.step * (change + moved[party, name, member])
                if capacity.at_least is not None:
                    level = max(level, now.value(capacity.at_least, place))
                if capacity.at_most is not None:
                    level = min(level, now.value(capacity.at_most, place))
                following.append(level)
        return levels

    def next_presence(self, now: Moment) -> dict[str, list[float]]:
        """Each presence shrinks by its own `leaves`; then all grow in proportion by `joins` in all."""
        following = {}
        for name, members in now.presence.items():
            party = self.relationship.parties[name]
            stay = [
                there * max(1 - now.value(party.leaves, self.place(name, i)) * self.step, 0.0)
                if party.leaves
                else there
                for i, there in enumerate(members)
            ]
            total = sum(stay)
            joined = now.value(party.joins) * self.step if party.joins else 0.0
            following[name] = [there * (total + joined) / total if total else 0.0 for there in stay]
        return following

    def levels_at_start(self) -> dict[tuple[str, str], list[float]]:
        start = Moment(self, 0, {}, {})
        return {
            (party.name, capacity.name): [
                start.value(capacity.level, self.place(party.name, member)) for member in range(self.count(party.name))
            ]
            for party in self.relationship.parties.values()
            for capacity in party.capacities.values()
        }

    # What is done to the run

    def scenario_value(self, name: str, now: Moment, otherwise: Callable[[], float]) -> float:
        """What the scenario says of a term or world variable while it lasts."""
        scenario, start = self.scenario, self.relationship.time.start
        if scenario is None or name not in scenario.values or now.time < (scenario.start - start).days:
            return otherwise()
        if scenario.until is not None and now.time >= (scenario.until - start).days:
            return otherwise()
        return now.value(scenario.values[name])

    def scale(self, flow: Flow, k: int) -> float:
        """What an experiment leaves of a flow's rate."""
        experiment = self.experiment
        if experiment is None or k < experiment.at:
            return 1.0
        match experiment.kind:
            case "cut" | "outside":
                return 0.0 if flow.is_inner else 1.0
            case "exit" if self.is_lost(flow):
                rules = self.relationship.rules.exit
                return (rules.continuity.get(flow.name, 1.0) if rules else 1.0) if k < self.gone_from else 0.0
            case "scale" if flow.name in experiment.flows:
                return experiment.factor
            case _:
                return 1.0

    def is_lost(self, flow: Flow) -> bool:
        """Whether a party that leaves takes this flow with it, or all are gone."""
        return self.has_fallbacks and flow.is_inner and (self.is_cut or self.experiment.party in flow.parties)

    def is_kept_from_its_receiver(self, flow: Flow, k: int) -> bool:
        experiment = self.experiment
        stopped = experiment is not None and experiment.kind == "stopped" and k >= experiment.at
        return stopped and flow.is_inner and flow.receiver == experiment.party

    def has_left(self, party: str, k: int) -> bool:
        return self.has_fallbacks and party == self.experiment.party and k >= self.gone_from

    @property
    def announced(self) -> int:
        return self.experiment.at

    @property
    def gone_from(self) -> int:
        """The first step after the notice of the party that leaves; the start where there never was a relationship."""
        rules = self.relationship.rules.exit
        return self.announced + (self.steps_in(rules.notice_days) if rules and not self.is_cut else 0)

    def rate_before(self, flow: Flow, cell: Place) -> float:
        """The mean rate over the year before the announcement or since the start; there the first, undisturbed."""
        if self.announced == 0:
            return self.undisturbed.rate(flow.name, cell)
        first = max(self.announced - max(1, self.steps_in(YEAR_DAYS)), 0)
        rates = [then.given[flow.name, cell] for then in self.moments[first : self.announced]]
        return sum(rates) / len(rates)

    @cached_property
    def undisturbed(self) -> Moment:
        """The first moment without the experiment."""
        run = Simulation(
            self.relationship, self.draws, self.spread, None, self.scenario.name if self.scenario else None
        )
        now = run.arrive(0, run.first_levels, {name: [1.0] * self.count(name) for name in self.relationship.parties})
        now.settle_rates()
        return now

    # Members, links and time

    def steps_in(self, days: float) -> int:
        """A duration in whole steps, half upwards."""
        return math.floor(days / self.step + 0.5)

    def is_group(self, party: str) -> bool:
        return party != WORLD and self.relationship.parties[party].members is not None

    def members(self, group: str) -> tuple[str, ...]:
        return self.relationship.parties[group].members.names

    def count(self, party: str) -> int:
        return len(self.members(party)) if self.is_group(party) else 1

    def place(self, party: str, member: int) -> Place:
        return member_place(party, member) if self.is_group(party) else NOWHERE

    def there(self, now: Moment, party: str, member: int) -> float:
        return now.presence[party][member] if self.is_group(party) else 1.0

    def is_of_one_member(self, flow: Flow, cell: Place) -> bool:
        """Whether giver and receiver are the same member of the same group."""
        return flow.giver == flow.receiver and self.giving(flow, cell) == self.receiving(flow, cell)

    def cells_of(self, flow: Flow) -> list[Place]:
        """Where a flow runs: once; for each member; for each pair of members of one name; or for each link."""
        groups = [party for party in flow.parties if self.is_group(party)]
        if flow.along is not None:
            ends = enumerate(zip(flow.along.givers, flow.along.receivers, strict=True))
            return [
                Place(tuple({flow.receiver: to, flow.giver: by}.items()), (flow.name, link), link)
                for link, (by, to) in ends
            ]
        if not groups:
            return [NOWHERE]
        if len(groups) == 1:
            return [member_place(groups[0], member) for member in range(self.count(groups[0]))]
        receivers = self.members(flow.receiver)
        return [
            Place(((flow.giver, member), (flow.receiver, receivers.index(name))), home=member)
            for member, name in enumerate(self.members(flow.giver))
            if name in receivers
        ]

    def giving(self, flow: Flow, cell: Place) -> int:
        """The index of the giving member; 0 of a single giver."""
        return flow.along.givers[cell.link[1]] if flow.along else cell.member(flow.giver) or 0

    def receiving(self, flow: Flow, cell: Place) -> int:
        return flow.along.receivers[cell.link[1]] if flow.along else cell.member(flow.receiver) or 0

    def cells_at(self, name: str, place: Place) -> list[Place]:
        """The cells that a flow's name means at a place: its one, the same link, or those of the member spoken of."""
        flow, cells = self.relationship.flows[name], self.cells[name]
        if place.link is not None and self.relationship.flows[place.link[0]].along == flow.along:
            return [cells[place.link[1]]]
        for party, end in ((flow.giver, self.giving), (flow.receiver, self.receiving)):
            if self.is_group(party) and place.member(party) is not None:
                return [cell for cell in cells if end(flow, cell) == place.member(party)]
        assert not any(self.is_group(party) for party in flow.parties), f"{name} is many, and no member is spoken of"
        return cells

    # The record

    def note_state(self, now: Moment) -> None:
        result = self.result
        for (party, name), members in now.levels.items():
            for member, level in enumerate(members):
                append(result.level, f"{party}.{name}", member, level)
        for party in self.relationship.parties.values():
            if self.is_group(party.name):
                for member, there in enumerate(now.presence[party.name]):
                    append(result.presence, party.name, member, there)
            if party.essential_capacities:
                rooms = [now.headroom(party.name, member) for member in range(self.count(party.name))]
                for member, room in enumerate(rooms):
                    append(result.member_headroom, party.name, member, room)
                weights = [self.there(now, party.name, member) for member in range(len(rooms))]
                counted = party.quantile if party.counts == "quantile" else 0.0
                result.headroom.setdefault(party.name, []).append(
                    quantile(list(zip(rooms, weights, strict=True)), counted) if self.is_group(party.name) else rooms[0]
                )
        for term in self.relationship.terms:
            result.terms.setdefault(term, []).append(now.term(term))

    def note_step(self, now: Moment, entries: list[Entry]) -> None:
        for flow in self.relationship.flows.values():
            for index, cell in enumerate(self.cells[flow.name]):
                append(self.result.rate, flow.name, index, now.rate(flow.name, cell))
            total = sum(now.rate(flow.name, cell) * now.weight(flow, cell) for cell in self.cells[flow.name])
            self.result.total.setdefault(flow.name, []).append(total)
        for rule in (*self.relationship.rules.shared_value, *self.relationship.rules.checks):
            self.result.measures.setdefault(rule.name, []).append(now.value(rule.measure))
        for entry in entries:
            if entry.flow:
                amount = entry.amount * self.there(now, entry.party, entry.member) * self.step
                totals = self.result.cost if entry.is_cost else self.result.worth
                totals[entry.flow][entry.capacity] += -amount if entry.is_cost else amount


def append(table: dict[str, list[list[float]]], name: str, member: int, value: float) -> None:
    rows = table.setdefault(name, [])
    if member == len(rows):
        rows.append([])
    rows[member].append(value)


def circles(relationship: Relationship) -> dict[str, frozenset[str]]:
    """For each flow, those that it reads and that read it, directly or by others, now or delayed; perhaps itself."""
    flows = relationship.flows
    reads = {flow.name: names(flow.rate.tree) & flows.keys() if flow.rate.tree else set() for flow in flows.values()}
    reach = {name: set(read) for name, read in reads.items()}
    for _ in reads:
        for name in reads:
            reach[name] |= {further for read in reach[name] for further in reach[read]}
    return {name: frozenset(other for other in reach[name] if name in reach[other]) for name in reads}
