"""What `lichen stress` prints: for each question a table of the hardest answers, and the sentences that matter most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lichen.show import words
from lichen.show.figures import UNKNOWN, number, percent, span
from lichen.show.lines import Line, columns, cut, one_line, plain, rendered, wrapped
from lichen.stress.effects import SLIGHT, hardness
from lichen.stress.setting import when
from lichen.stress.stress import SECTIONS

if TYPE_CHECKING:
    from lichen.stress.cheating import Cheat, Deviation
    from lichen.stress.effects import Effect
    from lichen.stress.exits import Exit
    from lichen.stress.stress import Stress

Row = tuple[str, ...]
NONE = "–"
ROWS = 8
"""Rows of a table on the screen; the page has all."""
_CELL = 15
_SAID, _PAIRS = 6, 3
"""Sentences of a section on the screen, and of pairs that fall together."""

_FATE = ("Lost", "Floor", "Anyway", "After")
LEGEND = (
    "A side's range lies between its floor and its healthy level. Hit hardest is who falls because of what is tried, "
    "else who loses the most room. Lost: room, in the mean from then on, of its range. Floor: in how many futures it "
    "is below its floor at some time. Anyway: in how many without what is tried. After: the middle time to the floor."
)
"""What the heads of the tables mean."""
_MEASURED = {"exits", "shocks", "links"}
"""The questions whose tables have these heads."""


def stress_text(stress: Stress, *, colours: bool = False) -> str:
    """All sections that were asked, for a terminal of 80 columns."""
    return rendered(_lines(stress), colours=colours)


def table_of(stress: Stress, section: str) -> tuple[Row, list[Row]]:
    """The head and the rows of a section's table; no rows where it is told in sentences alone."""
    return _TABLES[section](stress) if section in _TABLES else ((), [])


def sentences(stress: Stress, section: str) -> list[str]:
    """What is said of a section: all of it where it has no table, else what stands first."""
    said = [row.says for row in stress.rows(section)]
    match section:
        case "exits":
            said = [one.says for one in hardest_exits(stress)[:2]]
        case "shocks" if stress.shocks is not None:
            said = [one.says for one in stress.shocks.tried[:1]] + [one.says for one in stress.shocks.together[:_PAIRS]]
        case "contagion":
            said = said[:2]
        case "cheating":
            said = [one.says for one in _best_cheats(stress)]
        case "links":
            said = said[:1]
        case "at_floor" if said:
            said = [one.says for one in stress.at_floor or () if one.differs] or [_NO_DIFFERENCE]
    return said or [_NOTHING[section]]


def hardest_exits(stress: Stress) -> list[Exit]:
    """For each party its exit that brings others down in most futures, the hardest of all first."""
    found: dict[str, Exit] = {}
    for one in sorted(stress.exits or (), key=lambda one: hardness(one.hit)):
        found.setdefault(one.party, one)
    return list(found.values())


def _best_cheats(stress: Stress) -> list[Cheat]:
    """For each party that could cheat, alone or with another, what pays best."""
    found: dict[tuple[str, ...], Cheat] = {}
    for one in stress.cheating or ():
        found.setdefault(one.deviation.by, one)
    return list(found.values())


def three_lines(stress: Stress) -> tuple[str, ...]:
    """The hardest exit, the hardest blow, and whether cheating pays: what one must know of a whole test."""
    firsts = (hardest_exits(stress), stress.shocks.tried if stress.shocks is not None else (), stress.cheating or ())
    return tuple(rows[0].says for rows in firsts if rows)


def _lines(stress: Stress) -> Iterator[Line]:
    yield (("Put to the test", "bold"), (f"  {one_line(stress.relationship)}", ""))
    yield from wrapped(f"{futures_of(stress)} {words.rests_on_words(stress.rests_on)}", 3)
    for missing in stress.unread:
        yield from wrapped(missing, 3)
    if _MEASURED.intersection(stress.asked()):
        yield from wrapped(LEGEND, 6, style="dim")
    for section in stress.asked():
        yield plain("")
        yield ((SECTIONS[section], "bold"),)
        head, rows = table_of(stress, section)
        if rows:
            shown = [(row[0], *(cut(cell, _CELL) for cell in row[1:])) for row in rows[:ROWS]]
            yield from columns([head, *shown], "<" * len(head))
            if len(rows) > ROWS:
                yield plain(f"… and {len(rows) - ROWS} more: `--format html` or `json` has all.")
        said = sentences(stress, section)
        for one in said[:_SAID]:
            yield from wrapped(one, 6, first="- ", indent="  ")
        if len(said) > _SAID:
            yield plain(f"… and {len(said) - _SAID} more.")
    if stress.interrupted:
        yield plain("")
        yield (("Stopped: what is above is done, the rest was not asked.", "bold yellow"),)


def futures_of(stress: Stress) -> str:
    """Over how many futures every figure was obtained."""
    return f"{number(stress.runs)} futures, the same draws in every trial, seed {stress.seed}."


def _effect(effect: Effect | None) -> Row:
    """Who is hit, how much room is lost, in how many futures it falls, in how many anyway, after how long."""
    if effect is None:
        return (NONE, UNKNOWN, UNKNOWN, UNKNOWN, NONE)
    if not effect.is_brought_down and abs(effect.lost.value) < SLIGHT:
        return ("nobody", NONE, NONE, NONE, NONE)
    return (
        one_line(effect.title),
        percent(effect.lost.value),
        percent(effect.falls.value),
        percent(effect.anyway),
        span(effect.runway_days.value) if effect.runway_days is not None and effect.is_brought_down else NONE,
    )


def _day(day: float) -> str:
    """`month 18`, `the start`, as short as a table needs it."""
    return when(day).partition(" ")[2]


def _exits(stress: Stress) -> tuple[Row, list[Row]]:
    rows = []
    for one in stress.exits or ():
        hit = one.hit
        back = next((f.days for f in one.fallbacks if hit is not None and f.party == hit.party), None)
        replaced = NONE if back is None else span(back)
        rows.append((one_line(one.title), _day(one.day), *_effect(hit), replaced))
    return ("Leaves", "When", "Other side hit", *_FATE, "Replaced"), rows


def _shocks(stress: Stress) -> tuple[Row, list[Row]]:
    tried = stress.shocks.tried if stress.shocks is not None else ()
    rows = [(one_line(one.brief), *_effect(one.hit), _span(one.heals_days or None)) for one in tried]
    return ("Blow to", "Other side hit", *_FATE, "Felt for"), rows


def _contagion(stress: Stress) -> tuple[Row, list[Row]]:
    rows: list[Row] = []
    for one in stress.contagion.failures if stress.contagion is not None else ():
        direct = sum(loss.direct for loss in one.reached)
        most = one.reached[0] if one.reached else None
        lost = (one_line(most.title), percent(most.share.value)) if most is not None else (NONE, NONE)
        rows.append((one_line(one.title), number(direct), number(len(one.reached)), *lost))
    return ("Fails", "Directly", "In all", "Hit hardest", "Room lost"), rows


def _cheating(stress: Stress) -> tuple[Row, list[Row]]:
    rows: list[Row] = []
    for one in stress.cheating or ():
        deed = one.deviation
        harmed = one.harmed
        rows.append(
            (
                one_line(" and ".join(one.titles)),
                way(deed),
                _day(one.day),
                percent(one.gain.value),
                percent(harmed.lost.value) if harmed is not None else UNKNOWN,
                _fallen(harmed) if harmed is not None else UNKNOWN,
                percent(harmed.anyway) if harmed is not None else UNKNOWN,
                span(one.noticed.days),
            )
        )
    return ("Who", "How", "From", "Wins", "Harm", "Floor", "Anyway", "Noticed"), rows


def way(deed: Deviation) -> str:
    """`withhold 25 %`, `delay 4 weeks`, `free ride`."""
    amount = span(deed.amount) if deed.way == "delay" else percent(deed.amount) if deed.amount < 1 else ""
    return f"{deed.way.replace('_', ' ')} {amount}".rstrip()


def _links(stress: Stress) -> tuple[Row, list[Row]]:
    tried = stress.links.tried if stress.links is not None else ()
    rows = [(one_line(one.flow), "all" if one.cut == "whole" else "half", *_effect(one.hit)) for one in tried]
    return ("Flow", "Cut", "Hit hardest", *_FATE), rows


def _rehearsal(stress: Stress) -> tuple[Row, list[Row]]:
    rows: list[Row] = []
    for one in stress.rehearsal or ():
        known = one.without is not None and one.with_reviews is not None
        rows.append(
            (
                one_line(one.flow),
                one_line(one.without.title) if one.without is not None else NONE,
                _fallen(one.without) if known else NONE,
                _fallen(one.with_reviews) if known else NONE,
                span(one.noticed.days),
                span(one.effect_days),
                one.outcome,
            )
        )
    return ("Halved", "Weaker side", "Without", "Reviewed", "Noticed", "Changed", "Outcome"), rows


def _fallen(effect: Effect | None) -> str:
    return NONE if effect is None else percent(effect.falls.value)


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
_NO_DIFFERENCE = (
    "Whether a side stops giving at its floor makes no difference to the others, as it is and after a blow to any side."
)
_NOTHING = {
    "exits": "Nobody here can leave.",
    "shocks": "Nothing here can be struck.",
    "contagion": "There are no three sides here that could fall: the blows say it all.",
    "cheating": "Nobody here gives anything that could be held back.",
    "enforcement": "Nobody gives anything, or a period between reviews is as long as the horizon.",
    "goodwill": "Nothing that passes hangs on goodwill alone.",
    "links": "Nothing passes.",
    "rehearsal": "Nothing of worth passes between two parties.",
    "responses": "Nobody here can choose.",
    "at_floor": "Nobody has a floor.",
}
