"""Two tallies for each party as text: what it gave and what it received, what was promised and what is recorded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lichen.show.figures import number, percent
from lichen.show.lines import Line, columns, plain, rendered, wrapped

if TYPE_CHECKING:
    from lichen.record.balance import Balance, PartyBalance, Tally


def balance_text(balance: Balance, *, colours: bool = False) -> str:
    """The balance of every party, then every flow as promised and as recorded, then what nobody recorded."""
    return rendered(_balance_lines(balance), colours=colours)


def recorded_sums(balance: Balance) -> dict[tuple[str, str, str], tuple[float | None, float | None, float]]:
    """By party, flow and side over the whole record: the amount, what was expected, and the coverage."""
    found: dict[tuple[str, str, str], list[Tally]] = {}
    for tally in balance.tallies:
        found.setdefault((tally.party, tally.flow, tally.side), []).append(tally)
    return {key: _sum(lines) for key, lines in found.items()}


def _sum(lines: Sequence[Tally]) -> tuple[float | None, float | None, float]:
    amounts = [tally.amount for tally in lines if tally.amount is not None]
    expected = [tally.expected for tally in lines if tally.expected is not None]
    coverage = math.fsum(tally.coverage for tally in lines) / len(lines)
    return (math.fsum(amounts) if amounts else None, math.fsum(expected) if expected else None, coverage)


def balance_words(name: str, total: PartyBalance) -> str:
    """What one party received for what it bore, or why that cannot be told."""
    said = f"{name} received {number(total.received)} and bore {number(total.borne)} ({total.measured_in})"
    if total.ratio is None:
        return f"{said}; {total.why or 'what it received per burden cannot be told'}."
    return f"{said}: {number(total.ratio)} received for each 1 borne."


def _balance_lines(balance: Balance) -> Iterator[Line]:
    if not balance.totals and not balance.tallies:
        yield plain("Nothing was recorded, so nothing can be balanced.")
    for name, total in balance.totals.items():
        yield from wrapped(balance_words(name, total), 3)
        yield from wrapped(
            f"{percent(total.coverage)} of what passes is covered by the record.", 1, indent="  ", style="dim"
        )
    sums = recorded_sums(balance)
    if sums:
        head = ("Party", "Side", "Flow", "Recorded", "Expected", "Covered")
        rows = [
            (party, side, flow, number(amount), number(expected), percent(coverage))
            for (party, flow, side), (amount, expected, coverage) in sums.items()
        ]
        yield plain("")
        yield from columns([head, *rows], "<<<>>>")
    if balance.unrecorded:
        yield plain("")
        yield from wrapped(f"Nobody recorded: {', '.join(balance.unrecorded)}.", 4)
    for found in balance.disagreements:
        said = ", ".join(f"{who} says {number(amount)}" for who, amount in found.says.items())
        yield from wrapped(
            f"The books of {found.subject} differ from {found.span.start} to {found.span.end}: {said}.", 3
        )
