"""Two tallies for each party as text: what it gave and what it received, what was promised and what is recorded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, final

from lichen.check.wording import it
from lichen.record.calendar_windows import Span
from lichen.show.figures import month, number, percent, sized
from lichen.show.lines import Line, columns, one_line, plain, rendered, wrapped

if TYPE_CHECKING:
    from lichen.record.balance import Balance, Disagreement, PartyBalance, Tally
    from lichen.record.reciprocity import RuleReading


def balance_text(balance: Balance, rules: Sequence[RuleReading] = (), *, colours: bool = False) -> str:
    """The balance of every party, every flow as promised and as recorded, what nobody recorded, and the rules."""
    return rendered([*_balance_lines(balance), *_rule_lines(rules)], colours=colours)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FlowSum:
    """One flow on one side over the periods that can be compared, in its base unit.

    These, `span` from the first to the last, are the periods of which the relationship leads one to expect something,
    or all when there are none. `expected` is what is expected of what is recorded there, so that a gap is no shortfall.
    """

    amount: float | None
    expected: float | None
    coverage: float
    span: Span


def recorded_sums(balance: Balance) -> dict[tuple[str, str, str], FlowSum]:
    """The sums by party, flow and side, over the periods in which the flow is expected."""
    due = {(tally.flow, tally.span) for tally in balance.tallies if tally.expected is not None}
    ever = {flow for flow, _ in due}
    found: dict[tuple[str, str, str], list[Tally]] = {}
    for tally in balance.tallies:
        if tally.flow not in ever or (tally.flow, tally.span) in due:
            found.setdefault((tally.party, tally.flow, tally.side), []).append(tally)
    return {key: _sum(lines) for key, lines in found.items()}


def _sum(lines: Sequence[Tally]) -> FlowSum:
    amounts = [tally.amount for tally in lines if tally.amount is not None]
    expected = [tally.comparable for tally in lines if tally.comparable is not None]
    return FlowSum(
        amount=math.fsum(amounts) if amounts else None,
        expected=math.fsum(expected) if expected else None,
        coverage=math.fsum(tally.coverage for tally in lines) / len(lines),
        span=Span(lines[0].span.start, lines[-1].span.end),
    )


def from_to(span: Span) -> str:
    """From the first to the last month: `January 2015 to December 2021`."""
    return f"{month(span.start)} to {month(span.end - timedelta(days=1))}"


def balance_words(name: str, total: PartyBalance) -> str:
    """What one party received for what it bore, or why that cannot be told."""
    if total.ratio is None:
        why = total.why or "the record does not cover it"
        return f"{name}: what {it(name)} received for what {it(name)} bore cannot be told; {why}."
    if not total.borne:
        return (
            f"{name}: {sized(total.received, total.measured_in)} received from the others by the record, nothing borne."
        )
    said = (
        f"{name} received {sized(total.received, total.measured_in)} and bore {sized(total.borne, total.measured_in)}"
    )
    expected = "" if total.expected_ratio is None else f" (expected {number(total.expected_ratio)})"
    return f"{said}: {number(total.ratio)} received for each 1 borne{expected}."


def straddling_words(span: Span) -> str:
    """A period within which the relationship begins and whose record also holds what is older."""
    return f"Of {span} the record also holds what is older than the relationship: it is compared with nothing."


def disagreement_words(found: Disagreement) -> str:
    """Two books of one thing that say different amounts."""
    said = ", ".join(f"{who} says {number(amount)}" for who, amount in found.says.items())
    return (
        f"The books of “{found.subject.replace('_', ' ')}” differ from {found.span.start} to {found.span.end}: {said}."
    )


def _balance_lines(balance: Balance) -> Iterator[Line]:
    if not balance.tallies:
        yield plain("Nothing was recorded, so nothing can be balanced.")
    sums = recorded_sums(balance)
    for party, total in balance.totals.items():
        name = balance.titles.get(party, party)
        yield ((one_line(name), "bold"),)
        rows = [
            (
                f"  {side} {_flow(balance, flow)}",
                _amount(balance, flow, found.amount),
                "" if found.expected is None else _amount(balance, flow, found.expected),
                percent(found.coverage),
            )
            for (whose, flow, side), found in sums.items()
            if whose == party
        ]
        yield from columns([("", "recorded", "expected", "covered"), *rows], "<>>>")
        yield from wrapped(balance_words(name, total), 3, indent="  ")
        spans: dict[Span, list[str]] = {}
        for (whose, flow, _), found in sums.items():
            if whose == party and found.expected is not None:
                spans.setdefault(found.span, []).append(_flow(balance, flow))
        for span, flows in spans.items():
            said = f"Recorded and expected are compared from {from_to(span)}, where the record covers it"
            yield from wrapped(f"{said}: {', '.join(flows)}.", 3, indent="  ")
        yield plain("")
    for span in balance.straddling:
        yield from wrapped(straddling_words(span), 3)
    for unread in balance.unread:
        yield from wrapped(unread, 6)
    if balance.unrecorded:
        yield from wrapped(f"Nobody recorded: {', '.join(_flow(balance, flow) for flow in balance.unrecorded)}.", 4)
    for differing in balance.disagreements:
        yield from wrapped(disagreement_words(differing), 3)


def rule_words(reading: RuleReading) -> str:
    """What the record says of one rule of return, and of how many of its windows or answers."""
    turns = [judgement.answer for judgement in reading.judgements]
    counted = ", ".join(f"{turns.count(answer)} {answer}" for answer in dict.fromkeys(turns))
    why = reading.why or next((j.why for j in reading.judgements if j.answer == reading.answer and j.why), "")
    said = f"“{reading.rule.replace('_', ' ')}”: {reading.answer}" + (f" ({counted})" if len(set(turns)) > 1 else "")
    return f"{said}; {why}." if why else f"{said}."


def _rule_lines(rules: Sequence[RuleReading]) -> Iterator[Line]:
    if rules:
        yield plain("")
        yield (("Rules of return", "bold"),)
    for reading in rules:
        yield from wrapped(rule_words(reading), 3, indent="  ", first="  ")


def _flow(balance: Balance, flow: str) -> str:
    return one_line(balance.titles.get(flow, flow).replace("_", " "))


def _amount(balance: Balance, flow: str, amount: float | None) -> str:
    return sized(amount, balance.units.get(flow, ""))
