"""All that a check may look at: what the parties settled, what the futures show, and what was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from lichen.check import wording
from lichen.dependency.contagion_members import MemberRanking
from lichen.record.balance import Balance, balance_of
from lichen.record.reading import Record
from lichen.relationship.flow import Flow
from lichen.relationship.party import Party
from lichen.relationship.relationship import Relationship
from lichen.relationship.start import Start
from lichen.relationship.value import Value
from lichen.relationship.values import values_of
from lichen.simulation.futures import Futures, Lane, Trace


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """One term at one of its limits: its name, the value as the file would say it, and what then happens."""

    term: str
    value: str
    after: Lane


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trials:
    """Terms that were moved one at a time, over few futures: what happens before, and after each."""

    before: Lane
    tried: tuple[Trial, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CheckInput:
    """What a verdict is reached from. Nothing else is read, no clock and no file.

    `party` is the side for whom it is asked, None for all. `start` is the first instant of the relationship, with
    every value that is known, `values` every value that the file says. `balance` is what the record says each side gave
    and received. `unjudged` are experiments that no finding looks at, over some of the futures and with `base`; None
    where they are among `futures`. `trials` are terms moved to their limits, `pairs` the worst shocks two at a time,
    over few futures; None when nobody tried. `members` are those of large groups whose failure reaches furthest,
    `struck` few futures in which each of them is struck alone; None when there are none. `drawn_anew` are few futures
    in which other members of very large groups are drawn; None when all members are looked at.
    """

    relationship: Relationship
    futures: Futures
    start: Start
    values: tuple[Value, ...]
    record: Record | None = None
    balance: Balance | None = None
    party: str | None = None
    unjudged: Futures | None = None
    trials: Trials | None = None
    pairs: Futures | None = None
    members: MemberRanking | None = None
    struck: Futures | None = None
    drawn_anew: Futures | None = None

    @property
    def parties(self) -> tuple[Party, ...]:
        """The parties that some flow touches; the others are reported and left out."""
        return self.relationship.touched_parties

    @property
    def untouched(self) -> tuple[Party, ...]:
        """The parties that no flow touches."""
        touched = self.relationship.touched_parties
        return tuple(party for party in self.relationship.parties.values() if party not in touched)

    @property
    def essential(self) -> tuple[Party, ...]:
        """The parties without whom the relationship does not go on."""
        return self.relationship.essential_parties

    @property
    def inner_flows(self) -> tuple[Flow, ...]:
        """The flows between two different parties."""
        return self.relationship.inner_flows

    @property
    def unknown(self) -> tuple[Value, ...]:
        """The values that somebody keeps to itself without a range."""
        return tuple(value for value in self.values if not value.known)

    @property
    def base(self) -> Lane:
        """The relationship as the file says."""
        return self.futures.base

    @property
    def of_unjudged(self) -> CheckInput:
        """The same with only the experiments that no finding looks at, and `base`, over fewer futures."""
        return self if self.unjudged is None else replace(self, futures=self.unjudged)

    def lane(self, name: str) -> Lane | None:
        """One experiment, if it was run."""
        return self.futures.lanes.get(name)

    def lanes(self, kind: str) -> Iterator[tuple[str, Lane]]:
        """The experiments of one kind (`exit`, `shock`, `ablate`), each with what it is about; none of a stranger."""
        strangers = {party.name for party in self.untouched}
        for name, lane in self.futures.lanes.items():
            of_kind, _, what = name.partition(":")
            if of_kind == kind and strangers.isdisjoint(what.split(".")[0].split("+")):
                yield what, lane

    def each(self, kinds: Iterable[str]) -> Iterator[tuple[CheckInput, Lane]]:
        """The experiments of some kinds, judged or not, each once, with the evidence against whose `base` it stands."""
        found = (self,) if self.unjudged is None else (self, self.of_unjudged)
        return ((evidence, lane) for kind in kinds for evidence in found for _, lane in evidence.lanes(kind))

    def title(self, party: str) -> str:
        """What people call a party; a world variable by its key as words."""
        known = self.relationship.parties.get(party)
        return known.title if known is not None else wording.in_words(party)

    def called(self, name: str) -> str:
        """What people call a flow, in quotation marks, or `party.capacity`: `the cash of Alder Packaging`."""
        party, _, capacity = name.partition(".")
        if capacity:
            return f"the {wording.in_words(capacity)} of {self.title(party)}"
        flow = self.relationship.flows.get(name)
        return wording.quoted(flow.title if flow is not None else name)

    def figure_at(self, path: str) -> str:
        """A figure of the file as people would say it: `flows.payment.cost.cash` as `the cost of “payment”`."""
        match path.split("."):
            case ["parties", party, "capacities", capacity, key, *_]:
                return f"the {wording.in_words(key)} of {self.called(f'{party}.{capacity}')}"
            case ["flows", flow, key, *_]:
                return f"the {wording.in_words(key)} of {self.called(flow)}"
            case [*_, name]:
                return wording.quoted(name)
        return path

    def traces(self, lane: Lane, party: str) -> Mapping[str, Trace]:
        """The room of each essential capacity in a lane; of a group the mean over its members."""
        if party in lane.group_mean:
            return {party: lane.group_mean[party]}
        known = self.relationship.parties[party]
        keys = (f"{party}.{capacity.name}" for capacity in known.essential_capacities)
        return {key: lane.capacity_headroom[key] for key in keys if key in lane.capacity_headroom}


def evidence_of(
    relationship: Relationship,
    futures: Futures,
    *,
    record: Record | None = None,
    party: str | None = None,
) -> CheckInput:
    """Put together what a verdict is reached from."""
    balance = None
    if record is not None and record.books:
        days = relationship.time.horizon_days
        expected = {name: float(np.mean(totals.amount)) / days for name, totals in futures.base.flows.items()}
        balance = balance_of(relationship, record, expected_per_day=expected)
    return CheckInput(
        relationship=relationship,
        futures=futures,
        start=Start(relationship),
        values=tuple(values_of(relationship)),
        record=record,
        balance=balance,
        party=party,
    )
