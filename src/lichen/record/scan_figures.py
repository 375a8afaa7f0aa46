"""The figures of a bare table of events: tallies, return by pair and window, concentration, lateness, trend,
coverage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import final

import numpy as np

from lichen.record.calendar_windows import Grain, Span, windows
from lichen.record.exchange import Reciprocity, weighted_reciprocity
from lichen.record.scan_events import NOBODY, Amounts, Days, Events
from lichen.record.scan_mapping import how_many
from lichen.record.settlement import Obligation, settle

_MOST_FOR_CHANCE = 120
"""Parties above which return is not compared with chance: the model has two unknowns a party."""
_MOST_ROWS_SETTLED = 100_000
_FEWEST_WINDOWS = 4
"""Fewer windows in each half say nothing about a trend."""
_FEWEST_ROWS = 20


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PartyTally:
    """What one party gave and received: value, rows, and how much of it was reversed later (returns, cancellations)."""

    name: str
    gave: float
    received: float
    rows_given: int
    rows_received: int
    reversed: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """How much hangs on few: Herfindahl's index of shares, the number of equals it stands for (`1/index`), and the
    largest share.
    """

    parties: int
    index: float
    effective: float
    largest: str
    largest_share: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PairReturn:
    """What passed between two parties in each direction: `there` from the first to the second is the larger."""

    first: str
    second: str
    there: float
    back: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class WindowFigures:
    """One calendar window: value that passed, share returned within the pair in it (None where nothing could be), and
    who gave.
    """

    span: Span
    value: float
    rows: int
    returned: float | None
    givers: int
    largest_share: float | None
    whole: bool = True


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """Of those who received, how many later gave to anyone, and after how many days half of them had."""

    receivers: int
    gave_later: int
    median_days: float | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything measured on one table; None where the table cannot say it.

    `two_way`: somebody both gave and received, so that a return could be seen. Without it nothing is said about return.
    """

    tallies: tuple[PartyTally, ...]
    total: float
    reversed: float
    pairs: tuple[PairReturn, ...]
    pair_count: int
    two_way: bool
    one_way_share: float | None
    reciprocity: Reciprocity | None
    returned_within: Mapping[int, float] = field(default_factory=dict)
    passed_on: PassedOn | None = None
    givers: Concentration | None = None
    receivers: Concentration | None = None
    single_source: float | None = None
    late_share: float | None = None
    median_late: float | None = None
    grain: Grain = "year"
    windows: tuple[WindowFigures, ...] = ()
    silent_windows: int = 0
    change: float | None = None
    nameless_share: float = 0.0


def measure(events: Events, *, single_sided: bool) -> Figures:
    """Every figure that the events give. Rows with a negative amount are reversals: they count against what their
    parties gave.
    """
    given = np.where(events.value > 0, events.value, 0.0)
    total = float(given.sum())
    nameless = (events.giver == NOBODY) | (events.receiver == NOBODY)
    named = ~nameless & (events.giver != events.receiver)
    pairs = _pairs(events, given, named)
    late = events.late[np.isfinite(events.late)]
    two_sided = not single_sided
    two_way = two_sided and bool(np.intersect1d(events.giver[named], events.receiver[named]).size)
    spans = _spans(events)
    found = tuple(_window(events, given, named, span, two_way) for span in spans)
    settled = _settled(events, given, named, pairs) if two_way and events.dated else {}
    return Figures(
        tallies=_tallies(events, given),
        total=total,
        reversed=float(np.abs(events.value[events.value < 0]).sum()),
        pairs=tuple(sorted(pairs.values(), key=lambda p: (-p.there - p.back, p.first, p.second))[:10]),
        pair_count=len(pairs),
        two_way=two_way,
        one_way_share=_one_way(pairs) if two_way else None,
        reciprocity=_reciprocity(events, given, named, pairs) if two_way else None,
        returned_within=settled,
        passed_on=_passed_on(events, named) if two_way and events.dated else None,
        givers=_concentration(events, given, events.giver),
        receivers=_concentration(events, given, events.receiver),
        single_source=_single_source(events, given, named) if two_sided and len(pairs) > 1 else None,
        late_share=float((late > 0).mean()) if len(late) else None,
        median_late=float(np.median(late)) if len(late) else None,
        grain=_grain(events),
        windows=found,
        silent_windows=sum(1 for window in found if not window.rows),
        change=_change(found),
        nameless_share=float(nameless.mean()) if len(events) else 0.0,
    )


def _tallies(events: Events, given: Amounts) -> tuple[PartyTally, ...]:
    """The ten most active parties, whoever keeps the table among them."""
    n = len(events.names)
    lost = np.where(events.value < 0, -events.value, 0.0)

    def sums(who: Days, weights: Amounts | None) -> Amounts:
        known = who != NOBODY
        found = np.bincount(who[known], weights=None if weights is None else weights[known], minlength=n)
        return found.astype(np.float64)

    gave, received = sums(events.giver, given), sums(events.receiver, given)
    rows_given, rows_received = sums(events.giver, None), sums(events.receiver, None)
    reversals = sums(events.giver, lost) + sums(events.receiver, lost)
    order = np.lexsort((np.arange(n), -(gave + received)))[:10]
    return tuple(
        PartyTally(
            name=events.names[i],
            gave=float(gave[i]),
            received=float(received[i]),
            rows_given=int(rows_given[i]),
            rows_received=int(rows_received[i]),
            reversed=float(reversals[i]),
        )
        for i in order
        if rows_given[i] + rows_received[i]
    )


Pairs = dict[tuple[int, int], PairReturn]


def _pairs(events: Events, given: Amounts, named: Days) -> Pairs:
    """What passed between every two parties, the lower place first."""
    n = len(events.names)
    giver, receiver, value = events.giver[named], events.receiver[named], given[named]
    low, high = np.minimum(giver, receiver), np.maximum(giver, receiver)
    keys, where = np.unique(low * n + high, return_inverse=True)
    forth = np.bincount(where, weights=np.where(giver == low, value, 0.0), minlength=len(keys))
    back = np.bincount(where, weights=np.where(giver == low, 0.0, value), minlength=len(keys))
    found: Pairs = {}
    for key, there, returned in zip(keys.tolist(), forth.tolist(), back.tolist(), strict=True):
        first, second = divmod(key, n)
        if returned > there:
            pair = PairReturn(first=events.names[second], second=events.names[first], there=returned, back=there)
        else:
            pair = PairReturn(first=events.names[first], second=events.names[second], there=there, back=returned)
        if there + returned > 0:
            found[first, second] = pair
    return found


def _one_way(pairs: Pairs) -> float | None:
    """The share of value that passed in pairs in which nothing came back."""
    total = sum(pair.there + pair.back for pair in pairs.values())
    return sum(pair.there for pair in pairs.values() if pair.back == 0) / total if total else None


def _reciprocity(events: Events, given: Amounts, named: Days, pairs: Pairs) -> Reciprocity | None:
    """How much is returned within pairs; against chance when the parties are few enough."""
    total = sum(pair.there + pair.back for pair in pairs.values())
    if not total:
        return None
    present = np.unique(np.concatenate([events.giver[named], events.receiver[named]]))
    share = 2 * sum(pair.back for pair in pairs.values()) / total
    if len(present) > _MOST_FOR_CHANCE:
        return Reciprocity(
            share=share, by_chance=None, rho=None, why=f"not compared with chance: {how_many(len(present))} parties"
        )
    giver, receiver = np.searchsorted(present, events.giver[named]), np.searchsorted(present, events.receiver[named])
    weights = np.zeros((len(present), len(present)))
    np.add.at(weights, (giver, receiver), given[named])
    return weighted_reciprocity(weights)


def _settled(events: Events, given: Amounts, named: Days, pairs: Pairs) -> dict[int, float]:
    """The share of value given that came back from the one who received it within so many days, first in, first out."""
    total = sum(pair.there + pair.back for pair in pairs.values())
    mutual = {key for key, pair in pairs.items() if pair.back > 0}
    rows = [
        (int(day), int(giver), int(receiver), float(value))
        for day, giver, receiver, value in zip(
            events.day[named], events.giver[named], events.receiver[named], given[named], strict=True
        )
        if (min(giver, receiver), max(giver, receiver)) in mutual and value > 0
    ]
    if not total or len(rows) > _MOST_ROWS_SETTLED:
        return {}
    by_link: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for day, giver, receiver, value in rows:
        by_link.setdefault((giver, receiver), []).append((float(day), value))
    answered: dict[int, float] = {}
    for days in (30, 365):
        in_time = 0.0
        for (giver, receiver), gifts in by_link.items():
            owed = [Obligation(time=day, amount=value, allowed=days) for day, value in gifts]
            settled = settle(owed, by_link.get((receiver, giver), ())).settled
            in_time += sum(one.on_time for one in settled)
        answered[days] = in_time / total
    return answered


def _passed_on(events: Events, named: Days) -> PassedOn | None:
    """Whether those who received gave later, to whomever."""
    n = len(events.names)
    never = np.iinfo(np.int64).max
    first = np.full(n, never)
    np.minimum.at(first, events.receiver[named], events.day[named])
    later = named & (first[events.giver] < events.day)
    gave = np.full(n, never)
    np.minimum.at(gave, events.giver[later], events.day[later])
    received = first < never
    both = received & (gave < never)
    if not received.any():
        return None
    waited = (gave - first)[both]
    return PassedOn(
        receivers=int(received.sum()),
        gave_later=int(both.sum()),
        median_days=float(np.median(waited)) if both.any() else None,
    )


def _concentration(events: Events, given: Amounts, who: Days) -> Concentration | None:
    """Over named parties only; None when the side is whoever keeps the table, or nobody is named."""
    known = (who != NOBODY) & (who != len(events.names) - 1)
    sums = np.bincount(who[known], weights=given[known], minlength=len(events.names))
    total = float(sums.sum())
    if total <= 0:
        return None
    shares = sums[sums > 0] / total
    index = float((shares**2).sum())
    largest = int(sums.argmax())
    return Concentration(
        parties=len(shares),
        index=index,
        effective=1 / index,
        largest=events.names[largest],
        largest_share=float(sums[largest] / total),
    )


def _single_source(events: Events, given: Amounts, named: Days) -> float | None:
    """The share of receivers who ever had only one giver."""
    links = np.unique(np.stack([events.receiver[named & (given > 0)], events.giver[named & (given > 0)]]), axis=1)
    if not links.size:
        return None
    _, sources = np.unique(links[0], return_counts=True)
    return float((sources == 1).mean())


def _grain(events: Events) -> Grain:
    if not events.dated or not len(events):
        return "year"
    days = int(events.day.max() - events.day.min())
    return "year" if days > 4 * 365 else "quarter" if days > 540 else "month" if days > 60 else "week"


def _spans(events: Events) -> tuple[Span, ...]:
    if not events.dated or not len(events):
        return ()
    return tuple(windows(_grain(events), Span(date.fromordinal(int(events.day.min())), date.fromordinal(events.end))))


def _window(events: Events, given: Amounts, named: Days, span: Span, two_way: bool) -> WindowFigures:
    inside = (events.day >= span.start.toordinal()) & (events.day < span.end.toordinal())
    value = given[inside]
    giver = events.giver[inside]
    sums = np.bincount(giver[giver != NOBODY], weights=value[giver != NOBODY])
    returned = None
    if two_way and (pairs := _pairs(events, given, named & inside)):
        total = sum(pair.there + pair.back for pair in pairs.values())
        returned = 2 * sum(pair.back for pair in pairs.values()) / total
    first = int(events.day.min())
    return WindowFigures(
        span=span,
        value=float(value.sum()),
        rows=int(inside.sum()),
        returned=returned,
        givers=int((sums > 0).sum()),
        largest_share=float(sums.max() / sums.sum()) if sums.sum() > 0 else None,
        whole=first - span.start.toordinal() <= 0.1 * span.days
        and span.end.toordinal() - events.end <= 0.1 * span.days,
    )


def _change(found: tuple[WindowFigures, ...]) -> float | None:
    """How the mean value a window in the later half compares with the earlier half (0.1: a tenth more), over whole
    windows.
    """
    whole = [window.value for window in found if window.whole]
    half = len(whole) // 2
    few = half < _FEWEST_WINDOWS or sum(window.rows for window in found) < _FEWEST_ROWS
    if few or not sum(whole[:half]):
        return None
    return (sum(whole[-half:]) - sum(whole[:half])) / sum(whole[:half])
