"""What a bare table of events shows by itself, in words before figures: at most *at risk*, never *symbiotic*.

A table of events says who gave what to whom and when. It does not say what it cost, what it was worth, nor what each
side needs in order to go on; so it ends with the five figures to ask the other side for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal, final

from lichen.record.calendar_windows import Span
from lichen.record.scan_draft import draft_text
from lichen.record.scan_events import KEEPER, Events, read_events
from lichen.record.scan_figures import Figures, measure
from lichen.record.scan_mapping import TableMapping, find_mapping, how_many, passed_over
from lichen.record.table import Table
from lichen.relationship.plain_data import plain

Sign = Literal["at risk", "no sign", "cannot tell"]

FEW = 3.0
"""Below as many equal givers, giving counts as resting on few: with two, the loss of one halves it."""
LARGEST = 0.5
"""From this share on one party alone decides."""
LITTLE = 0.1
"""Below this share returned, and above it reversed or unnamed, the table speaks of a risk."""
MOST = 0.9
"""From this share on what passes counts as running one way."""
LATE = 0.2
"""Above this share of late answers, lateness is the habit and not the exception; the same fall in what passes is a
trend.
"""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing the table shows: what it is about, whether it is a sign of risk, and the sentence."""

    about: str
    sign: Sign
    says: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """All that was seen. `verdict` is `at risk` or `undecided`; `ask` are the five figures to ask the other side for,
    most telling first. Of `rows`, `used` count; `left_out` says how many do not, by reason, and `unread` shows the
    first of each with its place.
    """

    name: str
    verdict: Literal["at risk", "undecided"]
    sentence: str
    mapping: TableMapping
    said: tuple[Said, ...]
    ask: tuple[str, ...]
    figures: Figures
    measured_in: str
    span: Span | None
    rows: int
    used: int
    left_out: Mapping[str, int]
    unread: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data for machines."""
        found: dict[str, Any] = {field.name: plain(getattr(self, field.name)) for field in fields(self)}
        return found | {"mapping": {m.role: {"column": m.column, "sure": m.sure} for m in self.mapping.roles.values()}}


def scan_table(table: Table, as_of: date | None = None) -> Scan:
    """Say what a table of events alone shows; rows after `as_of` are left out and counted."""
    mapping = find_mapping(table)
    events = read_events(table, mapping, as_of)
    figures = measure(events, single_sided="giver" not in mapping.roles or "receiver" not in mapping.roles)
    looks = _LOOKS if {"giver", "receiver"} & set(mapping.roles) else (_coverage,)
    said = tuple(answer for look in looks if (answer := look(figures, events, mapping)) is not None)
    risks = [answer.about for answer in said if answer.sign == "at risk"]
    return Scan(
        name=table.name,
        verdict="at risk" if risks else "undecided",
        sentence=_sentence(risks, figures, mapping, events),
        mapping=mapping,
        said=said,
        ask=_ask(figures, events, mapping),
        figures=figures,
        measured_in=_measured_in(mapping),
        span=_span(events),
        rows=events.rows,
        used=len(events),
        left_out=events.left_out,
        unread=events.unread,
        notes=(*table.notes, *passed_over(mapping, table)),
    )


def draft(scan: Scan, file: str) -> str:
    """The text of a relationship file drafted from what was seen: what the table says is filled in, what to ask is
    marked. `file` is the path at which the draft finds the table, from its own folder.
    """
    return draft_text(scan.name, file, scan.mapping, scan.figures, scan.span)


def percent(share: float) -> str:
    """A share as people say it: `3 %`, `0.4 %`."""
    return f"{share:.0%}".replace("%", " %") if share >= 0.01 or share == 0 else f"{100 * share:.1g} %"


def amount(value: float) -> str:
    """A number with three figures at least, thousands separated."""
    return how_many(value) if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _span(events: Events) -> Span | None:
    if not events.dated or not len(events):
        return None
    return Span(date.fromordinal(int(events.day.min())), date.fromordinal(events.end))


def _measured_in(mapping: TableMapping) -> str:
    quantity, price = mapping.column("amount"), mapping.column("price")
    if price is not None:
        return f"{quantity or 'rows'} x {price}"
    return quantity or "times"


def _tally(figures: Figures, events: Events, mapping: TableMapping) -> Said:
    span = _span(events)
    when = "" if span is None else f" from {span.start.isoformat()} to {date.fromordinal(events.end - 1).isoformat()}"
    givers = figures.givers.parties if figures.givers is not None else 0
    receivers = figures.receivers.parties if figures.receivers is not None else 0
    who = " and ".join(
        f"{how_many(count) if count else KEEPER} {did}" for count, did in ((givers, "gave"), (receivers, "received"))
    )
    says = f"{how_many(len(events))} rows{when}: {who}, {amount(figures.total)} in all ({_measured_in(mapping)})."
    return Said(about="two tallies", sign="no sign" if figures.two_way else "cannot tell", says=says)


def _return(figures: Figures, events: Events, mapping: TableMapping) -> Said:
    found = figures.reciprocity
    if found is None or found.share is None:
        why = "The table names one side only" if mapping.single_sided else "Nobody in it both gives and receives"
        says = f"{why}: whether anything comes back, payment for one, cannot be seen."
        return Said(about="return", sign="cannot tell", says=says)
    chance = f" (by chance it would be {percent(found.by_chance)})" if found.by_chance is not None else ""
    says = f"Of what passed between two parties, {percent(found.share)} came back from the same party{chance}."
    if figures.returned_within:
        soon = [f"{percent(share)} within {days} days" for days, share in figures.returned_within.items()]
        says += f" Of what was given, {' and '.join(soon)} came back."
    return Said(about="return", sign="at risk" if found.share < LITTLE else "no sign", says=says)


def _by_window(figures: Figures, events: Events, mapping: TableMapping) -> Said | None:
    told = [
        (window.span, window.returned) for window in figures.windows if window.returned is not None and window.whole
    ]
    if len(told) < 2:
        return None
    low, high = min(told, key=lambda pair: pair[1]), max(told, key=lambda pair: pair[1])
    if high[1] == 0:
        return None
    says = (
        f"Looked at {figures.grain} by {figures.grain}, between {percent(low[1])} ({low[0]}) and "
        f"{percent(high[1])} ({high[0]}) came back; {percent(told[-1][1])} in {told[-1][0]}."
    )
    return Said(about="return by window", sign="at risk" if told[-1][1] < LITTLE else "no sign", says=says)


def _passed_on(figures: Figures, events: Events, mapping: TableMapping) -> Said | None:
    found = figures.passed_on
    if found is None:
        return None
    share = found.gave_later / found.receivers
    gave = f"{how_many(found.gave_later)} ({percent(share)})"
    says = f"Of {how_many(found.receivers)} who received, {gave} later gave to somebody"
    says += f", half of them within {how_many(found.median_days)} days." if found.median_days is not None else "."
    return Said(about="passed on", sign="at risk" if share < LITTLE else "no sign", says=says)


def _one_way(figures: Figures, events: Events, mapping: TableMapping) -> Said | None:
    share = figures.one_way_share
    if share is None:
        return None
    top = figures.pairs[0]
    says = (
        f"{percent(share)} of it passed in pairs in which nothing came back. The largest pair: "
        f"{top.first} gave {amount(top.there)} to {top.second} and got {amount(top.back)}."
    )
    return Said(about="one way", sign="at risk" if share >= MOST else "no sign", says=says)


def _concentration(figures: Figures, events: Events, mapping: TableMapping) -> Said | None:
    if figures.pair_count == 1:
        return None
    for side, found in (("given", figures.givers), ("received", figures.receivers)):
        if found is not None and (side == "given" or figures.givers is None):
            says = (
                f"{percent(found.largest_share)} was {side} by {found.largest}; of {how_many(found.parties)} parties, "
                f"it is as if {found.effective:.1f} equal ones shared it (index of concentration {found.index:.2g})."
            )
            few = found.effective < FEW or found.largest_share >= LARGEST
            return Said(about="concentration", sign="at risk" if few else "no sign", says=says)
    return None


def _alternatives(figures: Figures, events: Events, mapping: TableMapping) -> Said | None:
    share = figures.single_source
    if share is None:
        return None
    says = f"{percent(share)} of those who received ever had one giver only."
    return Said(about="alternatives", sign="at risk" if share >= LARGEST else "no sign", says=says)


def _late(figures: Figures, events: Events, mapping: TableMapping) -> Said:
    if figures.late_share is None or figures.median_late is None:
        return Said(
            about="lateness", sign="cannot tell", says="No column says what was due when: late answers cannot be told."
        )
    days = figures.median_late
    middle = f"{abs(days):.0f} days {'late' if days > 0 else 'early'}" if days else "to the day"
    says = f"{percent(figures.late_share)} came late; the one in the middle came {middle}."
    return Said(about="lateness", sign="at risk" if figures.late_share > LATE else "no sign", says=says)


def _trend(figures: Figures, events: Events, mapping: TableMapping) -> Said:
    change = figures.change
    if change is None:
        return Said(
            about="trend", sign="cannot tell", says="Too few whole windows to say whether it grows or dwindles."
        )
    verb = "more" if change >= 0 else "less"
    says = f"In the later half of the {figures.grain}s {percent(abs(change))} {verb} passed than in the earlier half."
    return Said(about="trend", sign="at risk" if change < -LATE else "no sign", says=says)


def _reversals(figures: Figures, events: Events, mapping: TableMapping) -> Said | None:
    if not figures.reversed:
        return None
    share = figures.reversed / figures.total if figures.total else 1.0
    says = f"{percent(share)} of it was reversed later (negative rows: returns, cancellations)."
    return Said(about="reversals", sign="at risk" if share > LITTLE else "no sign", says=says)


def _coverage(figures: Figures, events: Events, mapping: TableMapping) -> Said:
    used = len(events) / events.rows if events.rows else 0.0
    lost = ", ".join(f"{how_many(count)} {reason}" for reason, count in events.left_out.items())
    says = f"{how_many(len(events))} of {how_many(events.rows)} rows are used; "
    says += f"{percent(figures.nameless_share)} of these name nobody on one side"
    says += f"; {figures.silent_windows} windows ({figures.grain}) hold no row." if figures.silent_windows else "."
    says += f" Left out: {lost}." if lost else ""
    weak = used < 1 - LITTLE or figures.nameless_share > LITTLE
    return Said(about="coverage", sign="cannot tell" if weak else "no sign", says=says)


_LOOKS: tuple[Callable[[Figures, Events, TableMapping], Said | None], ...] = (
    _tally,
    _return,
    _by_window,
    _passed_on,
    _one_way,
    _concentration,
    _alternatives,
    _late,
    _trend,
    _reversals,
    _coverage,
)

_IN_WORDS: Mapping[str, str] = {
    "return": "little comes back to the one who gave",
    "one way": "most of it runs one way",
    "concentration": "few carry most of it",
    "alternatives": "most who receive know one giver only",
    "passed on": "those who received hardly give in turn",
    "lateness": "much comes late",
    "trend": "it is dwindling",
    "reversals": "a good part is taken back later",
    "return by window": "lately little comes back",
}


def _sentence(risks: list[str], figures: Figures, mapping: TableMapping, events: Events) -> str:
    if not len(events) or not {"giver", "receiver"} & set(mapping.roles):
        return "This table does not say who gives or receives: nothing can be told from it."
    words = [_IN_WORDS[about] for about in _IN_WORDS if about in risks]
    if "return" in risks and "return by window" in risks:
        words.remove(_IN_WORDS["return by window"])
    first = ""
    if words:
        first = f"At risk: {', '.join(words[:3])}. "
    if not figures.two_way:
        return first + "This table shows one direction only: what comes back, and what it costs, cannot be seen in it."
    return (first or "Nothing here speaks against it. ") + "A table alone cannot say whether both sides stay whole."


def _ask(figures: Figures, events: Events, mapping: TableMapping) -> tuple[str, ...]:
    """Five figures, those first without which least can be said."""
    questions = []
    if not figures.two_way:
        questions.append("What they gave in return over the same time, from their own books.")
    if figures.nameless_share > LITTLE:
        questions.append(f"Who stands behind the {percent(figures.nameless_share)} of rows that name nobody.")
    questions += [
        "What they need in order to go on, how much of it they have, and below what point they could not go on.",
        "What one unit of what they received was worth to them.",
        "What one unit of what they gave cost them.",
        "Who else could do the same for them, how soon and at what price.",
        "What was promised to them, and by when.",
    ]
    return tuple(questions[:5])
