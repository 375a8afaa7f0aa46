"""What is on its way in the slow simulator: units that were given, and when they are settled and arrive."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from lichen.relationship.flow import Flow
from tests.oracles.slow_formula import Place
from tests.oracles.slow_rules import Entry

if TYPE_CHECKING:
    from tests.oracles.slow_moment import Moment
    from tests.oracles.slow_simulation import Simulation


class Sent(NamedTuple):
    """Units of a flow at a member or link: the rate at which they were given, and the step at which they arrive."""

    flow: Flow
    cell: Place
    rate: float
    arrives: int


class OnItsWay:
    """By step, what is settled then (its cost falls due) and what arrives then (its worth does)."""

    def __init__(self, run: Simulation) -> None:
        self.run = run
        self.to_settle: dict[int, list[Sent]] = defaultdict(list)
        self.to_arrive: dict[int, list[Sent]] = defaultdict(list)

    def begin(self) -> None:
        """Before the start every flow ran at its first rate, whatever an experiment does from the start on."""
        for flow in self.run.relationship.flows.values():
            if flow.starts_empty or not (flow.arrives_after or flow.settled_after):
                continue
            before = self.run.undisturbed
            for cell in self.run.cells[flow.name]:
                settled, arrived = self.run.delays(before, flow, cell)
                for given in range(-arrived, 0):
                    sent = Sent(flow, cell, before.rate(flow.name, cell), given + arrived)
                    if given + settled >= 0:
                        self.to_settle[given + settled].append(sent)
                    else:
                        self.to_arrive[sent.arrives].append(sent)

    def send(self, now: Moment) -> None:
        """Send every flow on its way: it is settled after its credit and arrives after credit and transit."""
        for flow in self.run.relationship.flows.values():
            for cell in self.run.cells[flow.name]:
                settled, arrived = self.run.delays(now, flow, cell)
                self.to_settle[now.k + settled].append(Sent(flow, cell, now.rate(flow.name, cell), now.k + arrived))

    def fall_due(self, now: Moment) -> list[Entry]:
        """What is settled and what arrives now, by what a unit costs and is worth now."""
        settled = self.to_settle.pop(now.k, [])
        for sent in settled:
            self.to_arrive[sent.arrives].append(sent)
        entries = [entry for sent in settled for entry in self.costs(now, sent)]
        return entries + [entry for sent in self.to_arrive.pop(now.k, []) for entry in self.worths(now, sent)]

    def costs(self, now: Moment, sent: Sent) -> list[Entry]:
        flow, cell = sent.flow, sent.cell
        amount, member = sent.rate * now.paid_weight(flow, cell), self.run.giving(flow, cell)
        return [
            Entry(flow.giver, member, name, -amount * now.cost(flow, name, cell), True, flow.is_inner, flow.name)
            for name in flow.cost
        ]

    def worths(self, now: Moment, sent: Sent) -> list[Entry]:
        flow, cell = sent.flow, sent.cell
        amount, member = sent.rate * now.gained_weight(flow, cell), self.run.receiving(flow, cell)
        if self.run.is_kept_from_its_receiver(flow, now.k):
            amount = 0.0
        return [
            Entry(flow.receiver, member, name, amount * now.worth(flow, name, cell), False, flow.is_inner, flow.name)
            for name in flow.worth
        ]
