"""What was tried in a test as tables of text, in the names of the file: with them `--party` asks further."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from lichen.show.figures import UNKNOWN, number, percent, span
from lichen.show.lines import one_line
from lichen.stress.effects import hardness
from lichen.stress.setting import when

if TYPE_CHECKING:
    from lichen.stress.cheating import Deviation
    from lichen.stress.effects import Effect
    from lichen.stress.stress import Stress

Row = tuple[str, ...]
Trial = TypeVar("Trial")
NONE = "–"
ROWS = 8
"""Rows of a table on the screen; the page has all."""
_HIT = ("Other side hit", "Lost", "If hard", "Falls", "After")


def table_of(stress: Stress, section: str) -> tuple[Row, list[Row]]:
    """The head and the rows of a section's table; no rows where it is told in sentences alone."""
    return _TABLES[section](stress) if section in _TABLES else ((), [])


def foremost(tried: Sequence[Trial], most: int, doer: Callable[[Trial], str]) -> list[Trial]:
    """At most so many, as they stand: where there are more, of everybody who does something the first ones."""
    if len(tried) <= most:
        return list(tried)
    each = max(1, most // len({doer(one) for one in tried}))
    kept, count = [], Counter[str]()
    for one in tried:
        count[doer(one)] += 1
        if count[doer(one)] <= each:
            kept.append(one)
    return kept[:most]


def felt(stress: Stress, section: str) -> list[bool]:
    """For each row of a section's table, whether what is tried makes a difference to anybody else."""
    match section:
        case "shocks" if stress.shocks is not None:
            return [one.is_felt for one in stress.shocks.tried]
        case "links":
            return [one.is_felt for one in stress.links or ()]
        case _:
            return [True] * len(table_of(stress, section)[1])


def way(deed: Deviation) -> str:
    """What somebody gives instead: `25 % less`, `nothing`, `13 weeks late`."""
    if deed.way == "delay":
        return f"{span(deed.amount)} late"
    return "nothing" if deed.amount == 1 else f"{percent(deed.amount)} less"


def _effect(effect: Effect | None) -> Row:
    """Who is hit, what it loses, and in hard times; in how many futures it falls because of it, after how long."""
    if effect is None or not effect.known:
        return (one_line(effect.party) if effect is not None else NONE, UNKNOWN, NONE, UNKNOWN, NONE)
    after = effect.runway_days if effect.is_brought_down else None
    return (
        one_line(effect.party),
        percent(effect.lost.value),
        percent(effect.hard.lost.value) if effect.hard is not None else NONE,
        _falls(effect),
        span(after.value) if after is not None else NONE,
    )


def _falls(effect: Effect) -> str:
    """In how many futures it falls only because of what is tried."""
    return percent(effect.more.value) if effect.is_brought_down else "0 %"


def _day(day: float) -> str:
    """`month 18`, `start`, as short as a table needs it."""
    return when(day).partition(" ")[2].removeprefix("the ")


def _exits(stress: Stress) -> tuple[Row, list[Row]]:
    """Each party’s exits by date; of many the hardest first."""
    rows, tried = [], stress.exits.tried if stress.exits is not None else ()
    for one in tried if len(tried) <= ROWS else sorted(tried, key=lambda one: hardness(one.hit)):
        hit = one.hit
        back = next((f.days for f in one.fallbacks if hit is not None and f.party == hit.party), None)
        rows.append((one_line(one.party), _day(one.day), *_effect(hit), _span(back)))
    return ("Leaves", "When", *_HIT, "Replaced"), rows


def _shocks(stress: Stress) -> tuple[Row, list[Row]]:
    tried = stress.shocks.tried if stress.shocks is not None else ()
    rows = [(one_line(one.brief), *_effect(one.hit), _span(one.heals_days or None)) for one in tried]
    return ("Blow to", *_HIT, "Felt for"), rows


def _contagion(stress: Stress) -> tuple[Row, list[Row]]:
    found, rows = stress.contagion, list[Row]()
    beside = found.by_structure if found is not None else {}
    for one in found.failures if found is not None else ():
        direct = sum(loss.direct for loss in one.reached)
        most = one.reached[0] if one.reached else None
        lost = (one_line(most.party), percent(most.share.value)) if most is not None else (NONE, NONE)
        structure = (percent(beside.get(one.party)),) if beside else ()
        counts = (_at_least(count, untold=bool(one.untold)) for count in (direct, len(one.reached)))
        rows.append((one_line(one.party), *counts, *lost, *structure))
    return ("Fails", "Directly", "In all", "Hit hardest", "Lacks", *(("By structure",) if beside else ())), rows


def _at_least(count: int, *, untold: bool) -> str:
    """How many, where somebody's fate may be untold."""
    if not untold:
        return number(count)
    return f"{number(count)} or more" if count else UNKNOWN


def _cheating(stress: Stress) -> tuple[Row, list[Row]]:
    rows: list[Row] = []
    for one in stress.cheating or ():
        who, harmed = " + ".join(one.deviation.by), _effect(one.harmed)
        wins = percent(one.gain.value)
        noticed = span(one.noticed.days)
        rows.append((one_line(who), way(one.deviation), _day(one.day), wins, *harmed[:2], harmed[3], noticed))
    return ("Who", "Gives", "From", "Wins", "Harms", "Lost", "Falls", "Noticed"), rows


def _links(stress: Stress) -> tuple[Row, list[Row]]:
    rows = [
        (one_line(one.flow), "all" if one.cut == "whole" else "half", *_effect(one.hit)) for one in stress.links or ()
    ]
    return ("Flow", "Cut", "Hit hardest", *_HIT[1:]), rows


def _rehearsal(stress: Stress) -> tuple[Row, list[Row]]:
    rows: list[Row] = []
    for one in stress.rehearsal or ():
        without, reviewed = one.without, one.with_reviews
        rows.append(
            (
                one_line(one.flow),
                one_line(without.party) if without is not None else NONE,
                percent(without.falls.value) if without is not None and without.known else NONE,
                percent(reviewed.falls.value) if reviewed is not None and reviewed.known else NONE,
                span(one.noticed.days),
                span(one.effect_days),
                one.outcome,
            )
        )
    return ("Halved", "Weaker side", "At floor", "Reviewed", "Noticed", "Changed", "Outcome"), rows


def _span(days: float | None) -> str:
    return NONE if days is None else span(days)


_TABLES = {
    "exits": _exits,
    "shocks": _shocks,
    "contagion": _contagion,
    "cheating": _cheating,
    "links": _links,
    "rehearsal": _rehearsal,
}
