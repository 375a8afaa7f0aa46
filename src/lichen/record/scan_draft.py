"""A relationship file drafted from a bare table: what the table says is filled in, what has to be asked is marked
ASK.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from lichen.language.tokens import is_name
from lichen.record.calendar_windows import Span
from lichen.record.scan_figures import Concentration, Figures, PairReturn
from lichen.record.scan_mapping import Role, TableMapping
from lichen.relationship.quantity import MONTH_DAYS, standard_units

_KIND = (
    "    kind: organisation  # ASK: a person, a living system, something public? Many alike are a group with members."
)
_STEPS = ((3 * 365, "1 month", MONTH_DAYS), (0, "1 week", 7.0))


def draft_text(name: str, file: str, mapping: TableMapping, figures: Figures, span: Span | None) -> str:
    """The text of the file, which names the table as evidence: `name` for people, `file` the path from the draft."""
    return "\n".join(_lines(name, file, mapping, figures, span)) + "\n"


def _lines(name: str, file: str, mapping: TableMapping, figures: Figures, span: Span | None) -> Iterator[str]:
    unit, made = _unit(mapping)
    pair = _only_pair(figures)
    yield f"# Drafted by `lichen scan` from {_comment(name)}."
    yield "# Rates are what the table holds; what is marked ASK is a guess to be replaced."
    yield "lichen: 1"
    yield f"relationship: {_quoted('What ' + name + ' shows')}"
    yield "purpose: ASK what both sides want from it."
    start = span.start.isoformat() if span is not None else "2026-01-01"
    yield f"time: {{start: {start}, horizon: 3 years, step: {_step(span)[0]}}}"
    if made:
        yield f"units: {{{unit}: new}}"
    yield from ("", "parties:")
    for party, title in _parties(mapping, figures):
        yield from (f"  {party}:", f"    name: {_quoted(title)}", _KIND, "    capacities:")
        yield "      strength: {level: 1, floor: 0.5, because: ASK what they need to go on and how much is left}"
    yield from ("", "flows:")
    yield from _flow("given", "givers", "receivers", pair.there if pair else figures.total, unit, span)
    if pair is None:
        yield "  # ASK what comes back, and add it here as a flow from receivers to givers."
    else:
        yield from _flow("returned", "receivers", "givers", pair.back, unit, span)
    yield from _evidence(file, mapping, unit, pair)


def _only_pair(figures: Figures) -> PairReturn | None:
    """The two parties of a table that knows only two, when each gave something."""
    only = figures.pairs[0] if figures.pair_count == 1 else None
    return only if only is not None and only.back > 0 and figures.one_way_share is not None else None


def _step(span: Span | None) -> tuple[str, float]:
    return next((text, days) for least, text, days in _STEPS if span is None or span.days >= least)


def _flow(name: str, giver: str, receiver: str, total: float, unit: str, span: Span | None) -> Iterator[str]:
    step, days = _step(span)
    rate = total / span.days * days if span is not None and span.days else total
    yield from (f"  {name}:", "    kind: benefit", f"    from: {giver}", f"    to: {receiver}")
    yield f"    rate: {rate:.6g} {unit}/{step.removeprefix('1 ')}"
    yield f"    cost: {{strength: 0 per {unit}}}"
    yield f"    worth: {{strength: 0 per {unit}}}"
    yield "    because: The rate is the mean of the table; ASK what one costs the giver and is worth to the receiver."


def _unit(mapping: TableMapping) -> tuple[str, bool]:
    """The unit of what was given, and whether the file has to make it."""
    column = mapping.column("amount") or ""
    if mapping.column("price") is not None:
        return "money", True
    known = standard_units()
    if column in known:
        return column, False
    return "thing", True


def _parties(mapping: TableMapping, figures: Figures) -> Iterator[tuple[str, str]]:
    """The two sides, each with its title."""
    pair = _only_pair(figures)
    if pair is not None:
        yield from (("givers", pair.first), ("receivers", pair.second))
        return
    sides: tuple[tuple[Role, str, str, Concentration | None], ...] = (
        ("giver", "givers", "gave", figures.givers),
        ("receiver", "receivers", "received", figures.receivers),
    )
    for role, party, did, found in sides:
        if role not in mapping.roles or found is None:
            yield party, "Whoever keeps this table"
        else:
            yield party, found.largest if found.parties == 1 else f"All {found.parties:,} who {did}"


def _evidence(file: str, mapping: TableMapping, unit: str, pair: PairReturn | None) -> Iterator[str]:
    """Where the record of the flows comes from, when the columns can be named in a formula."""
    at = [_quoted(column) for column in (mapping.column("date"), mapping.column("part")) if column is not None]
    factors = [column for column in (mapping.column("amount"), mapping.column("price")) if column is not None]
    if not at or not all(map(is_name, factors)):
        yield "# ASK for a table with a date in each row and plain column names; then say it under `evidence:`."
        return
    yield from ("", "evidence:")
    for flow, giver in (("given", None),) if pair is None else (("given", pair.first), ("returned", pair.second)):
        where = "" if giver is None else f", where: {{{_quoted(mapping.column('giver') or '')}: {_quoted(giver)}}}"
        yield (
            f"  {flow}: {{file: {_quoted(file)}, at: {at[0] if len(at) == 1 else f'[{at[0]}, {at[1]}]'},"
            f" amount: {' * '.join(factors) or '1'}, unit: {unit}{where}}}"
        )


def _quoted(text: str) -> str:
    """A text in double quotes, as YAML reads them."""
    return json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> str:
    """A name that cannot end a comment."""
    return " ".join(text.split())
