"""The rules of the slow simulator: reviews and their triggers, the balance, risk sharing, what replaces a lost flow."""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from lichen.relationship.flow import Flow
from lichen.relationship.formula import Call, Name, Tree, walk
from lichen.relationship.quantity import is_currency
from lichen.relationship.rules import ReturnRule, RiskShare, Window
from tests.oracles.slow_formula import NOWHERE, Place, evaluate

if TYPE_CHECKING:
    from tests.oracles.slow import Simulation
    from tests.oracles.slow_moment import Moment

YEAR_DAYS = 365.25
MONTHS = list(calendar.month_name)[1:]


class Entry(NamedTuple):
    """What a capacity of one member (0 of a single party) gains or loses per time, and whether it enters tallies."""

    party: str
    member: int
    capacity: str
    amount: float
    is_cost: bool
    counts: bool
    flow: str = ""


class Reviews:
    """Which terms the reviews have set, from which step on, and which reviews are to come."""

    def __init__(self, run: Simulation) -> None:
        self.run = run
        self.adjustment = run.relationship.rules.adjustment
        if run.is_cut or (self.adjustment and not self.adjustment.changes):
            self.adjustment = None
        self.in_force_from: list[tuple[int, dict[str, float]]] = []
        self.was_true = [False] * len(self.adjustment.triggers if self.adjustment else ())
        self.triggered_at: int | None = None
        self.busy_until = 0

    def term(self, name: str, now: Moment) -> float:
        """The value that the last review in force set, else the term's formula."""
        in_force = [(start, values[name]) for start, values in self.in_force_from if start <= now.k and name in values]
        if in_force:
            latest = max(start for start, _ in in_force)
            return [value for start, value in in_force if start == latest][-1]
        return now.value(self.run.relationship.terms[name].value)

    def step(self, now: Moment) -> None:
        """Hold the reviews of this step, then look whether a trigger turns."""
        if self.adjustment is None:
            return
        usual = self.adjustment.takes_effect_after_days
        if self.is_regular(now.k):
            self.review(now, usual)
        if now.k == self.triggered_at:
            self.review(now, usual + self.adjustment.answer_days)
        is_true = [self.holds(trigger.tree, now) for trigger in self.adjustment.triggers]
        turned = any(holds and not held for holds, held in zip(is_true, self.was_true, strict=True))
        self.was_true = is_true
        if turned and now.k >= self.busy_until:
            self.triggered_at = now.k + 1
            self.busy_until = now.k + 1 + self.lag(usual + self.adjustment.answer_days)

    def is_regular(self, k: int) -> bool:
        """Whether a multiple of `review_every` after the start falls on step k."""
        every = self.adjustment.review_every_days
        if every is None:
            return False
        nearest = round(k * self.run.step / every)
        return (
            any(m > 0 and max(1, self.run.steps_in(m * every)) == k for m in range(nearest - 1, nearest + 2))
            if k
            else False
        )

    def lag(self, days: float) -> int:
        """Steps from the review to its effect; what is settled in a step holds from the next at the earliest."""
        return max(1, self.run.steps_in(days))

    def review(self, now: Moment, days: float) -> None:
        """All changes from the values of this moment, each within its limits."""
        values = {}
        for change in self.adjustment.changes:
            value = now.value(change.to)
            between = self.run.relationship.terms[change.term].between
            if between is not None:
                wished, value = value, min(max(value, now.value(between[0])), now.value(between[1]))
                if value != wished:
                    self.run.result.clipped.setdefault(change.term, []).append(now.k)
            values[change.term] = value
        self.in_force_from.append((now.k + self.lag(days), values))

    def holds(self, trigger: Tree | None, now: Moment) -> bool:
        """Whether a trigger is true; on a balance whose window is not yet full it is false."""
        balances = (
            [c.arguments[0] for c in walk(trigger) if isinstance(c, Call) and c.function == "balance"]
            if trigger
            else []
        )
        if any(math.isnan(self.run.balance.of(name.text, now)) for name in balances if isinstance(name, Name)):
            return False
        return trigger is not None and evaluate(trigger, NOWHERE, now) != 0


class Balance:
    """Per party and step, worth received and burden borne, in one unit of its own."""

    def __init__(self, run: Simulation) -> None:
        self.run = run
        self.received = {party: [] for party in run.relationship.parties}
        self.borne = {party: [] for party in run.relationship.parties}

    def count(self, now: Moment, entries: list[Entry]) -> None:
        """Add a step: worth is received, cost and negative worth are borne; of a group, by all its members there."""
        for party in self.run.relationship.parties:
            received = borne = 0.0
            for entry in entries:
                if entry.party == party and entry.counts:
                    value = entry.amount * self.price(entry, now) * self.run.there(now, party, entry.member)
                    received += max(value, 0.0) if not entry.is_cost else 0.0
                    borne += max(-value, 0.0)
            self.received[party].append(received)
            self.borne[party].append(borne)

    def price(self, entry: Entry, now: Moment) -> float:
        """What one unit of a capacity counts in the tally of its party."""
        capacities = self.run.relationship.parties[entry.party].capacities
        met = {name: capacities[name] for name in self.met(entry.party)}
        if len(met) == 1:
            return 1.0
        currencies = {c.level.dimension for c in met.values() if is_currency(c.level.dimension)}
        if len(currencies) <= 1 and all(is_currency(c.level.dimension) or c.valued_at for c in met.values()):
            capacity = capacities[entry.capacity]
            place = self.run.place(entry.party, entry.member)
            return 1.0 if is_currency(capacity.level.dimension) else now.value(capacity.valued_at, place)
        return 1 / now.width(entry.party, capacities[entry.capacity], entry.member)

    def met(self, party: str) -> list[str]:
        """The capacities that the party's tally meets."""
        relationship = self.run.relationship
        names = [name for f in relationship.flows.values() if f.receiver == party and f.is_inner for name in f.worth]
        names += [name for f in relationship.flows.values() if f.giver == party and f.is_inner for name in f.cost]
        if self.run.has_fallbacks:
            lost = [f.if_lost for f in relationship.flows.values() if f.receiver == party and f.if_lost]
            names += [name for fallback in lost for name in fallback.cost]
        if not self.run.is_cut:
            sharing = [s for s in relationship.rules.risk_sharing if party == s.carried_by or party in s.shares]
            names += [shared_capacity(self.run, share, party) for share in sharing]
        return list(dict.fromkeys(names))

    def of(self, party: str, now: Moment) -> float:
        """Worth received over burden borne in the window that has passed by now; NaN while pending."""
        return self.ratio(party, self.window(self.over(party), now.k))

    def ratio(self, party: str, steps: range) -> float:
        received = sum(self.received[party][j] for j in steps)
        borne = sum(self.borne[party][j] for j in steps)
        if borne == 0:
            return math.inf if received > 0 else math.nan
        return received / borne

    def in_formulas(self, party: str, now: Moment) -> float:
        """The balance where a formula reads it: until a window is full that of everything so far, and 1 of nothing."""
        balance = self.ratio(party, self.window(self.over(party), now.k) or range(now.k))
        return 1.0 if math.isnan(balance) else balance

    def over(self, party: str) -> Window:
        rules = self.run.relationship.rules
        for rule in rules.reciprocity:
            if isinstance(rule, ReturnRule) and rule.party == party:
                return rule.over
        return rules.balance.over if rules.balance else Window(kind="duration", days=YEAR_DAYS)

    def window(self, over: Window, k: int) -> range:
        """The steps of the last full window before step k; none while there is no full one."""
        match over.kind:
            case "duration":
                length = max(1, self.run.steps_in(over.days))
                return range(k - length, k) if k >= length else range(0)
            case "transaction":
                return range(k - 1, k) if k >= 1 else range(0)
            case "project":
                length = max(1, self.run.steps_in(self.run.relationship.commitment_days))
                end = k // length * length
                return range(end - length, end) if end else range(0)
            case "season":
                return self.last_season(over.text, k)
            case _:
                return range(k)

    def last_season(self, text: str, k: int) -> range:
        """The last season that has ended before step k, begun after the start."""
        turns = [self.season(text, j) for j in range(-1, k + 1)]  # entry j + 1 is step j
        end = k
        while end > 0 and (turns[end] is None or turns[end] == turns[end + 1]):
            end -= 1
        begin = end
        while begin > 0 and turns[begin] == turns[end]:
            begin -= 1
        return range(begin, end) if end and turns[begin] != turns[end] else range(0)

    def season(self, text: str, step: int) -> int | None:
        """The year in which the season of a step began; None between seasons."""
        first, last = (MONTHS.index(word) + 1 for word in text.removeprefix("season(").removesuffix(")").split(", "))
        day = self.run.relationship.time.start + timedelta(days=step * self.run.step)
        if first <= last:
            return day.year if first <= day.month <= last else None
        return day.year if day.month >= first else day.year - 1 if day.month <= last else None


def shared_capacity(run: Simulation, share: RiskShare, party: str) -> str:
    """The capacity in which a party pays: the one named, else its only one in money."""
    if share.in_capacity is not None:
        return share.in_capacity
    (capacity,) = (
        c.name for c in run.relationship.parties[party].capacities.values() if is_currency(c.level.dimension)
    )
    return capacity


def risk_entries(run: Simulation, now: Moment) -> Iterator[Entry]:
    """What lies beyond is split: the others pay the carrier their share of a loss, and get theirs of a gain."""
    if run.is_cut:
        return
    for share in run.relationship.rules.risk_sharing:
        beyond = now.value(share.beyond) if share.beyond is not None else 0.0
        loss = now.value(share.loss)
        excess = max(loss - beyond, 0.0) + min(loss + beyond, 0.0)
        if excess < 0 and not share.gains:
            excess = 0.0
        for party, part in share.shares.items():
            if (
                party != share.carried_by
                and not run.has_left(party, now.k)
                and not run.has_left(share.carried_by, now.k)
            ):
                payer, receiver = (party, share.carried_by) if excess > 0 else (share.carried_by, party)
                yield from per_member(run, now, payer, shared_capacity(run, share, payer), -abs(part * excess))
                yield from per_member(run, now, receiver, shared_capacity(run, share, receiver), abs(part * excess))


def per_member(run: Simulation, now: Moment, party: str, capacity: str, amount: float) -> Iterator[Entry]:
    """A payment of a party; that of a group falls on all who are there alike."""
    there = sum(run.there(now, party, member) for member in range(run.count(party)))
    for member in range(run.count(party)):
        yield Entry(party, member, capacity, amount / there, is_cost=amount < 0, counts=True)


def fallback_entries(run: Simulation, now: Moment) -> Iterator[Entry]:
    """For every lost flow with `if_lost`, what its receiver gets elsewhere and what it pays for that."""
    for flow in run.relationship.flows.values():
        if flow.if_lost is not None and run.is_lost(flow) and now.k >= run.gone_from:
            for cell in run.cells[flow.name]:
                if now.k >= replaced_from(run, flow, cell, now):
                    yield from replacement(run, flow, cell, now)


def replaced_from(run: Simulation, flow: Flow, cell: Place, now: Moment) -> int:
    """The later of the announcement + `after` and the step after the last delivery."""
    last = run.moments[max(run.gone_from - 1, 0)]
    _, transit = run.delays(last, flow, cell)
    return max(run.announced + run.steps_in(now.value(flow.if_lost.after, cell)), run.gone_from + transit)


def replacement(run: Simulation, flow: Flow, cell: Place, now: Moment) -> Iterator[Entry]:
    amount = now.value(flow.if_lost.replaced, cell) * run.rate_before(flow, cell) * now.gained_weight(flow, cell)
    member = run.receiving(flow, cell)
    for capacity in flow.worth:
        worth = amount * now.worth(flow, capacity, cell)
        yield Entry(flow.receiver, member, capacity, worth, is_cost=False, counts=True)
    for capacity, value in flow.if_lost.cost.items():
        cost = amount * max(now.value(value, cell), 0.0)
        yield Entry(flow.receiver, member, capacity, -cost, is_cost=True, counts=True)
