"""What `lichen stress` prints: for each question a table of the hardest answers, and the sentences that matter most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lichen.check import wording
from lichen.show import words
from lichen.show.figures import number
from lichen.show.lines import Line, columns, cut, one_line, plain, rendered, wrapped
from lichen.show.stress_tables import ROWS, Row, felt, foremost, table_of
from lichen.simulation.caution import sentences as cautions
from lichen.stress.at_floor import telling
from lichen.stress.effects import SLIGHT, hardness
from lichen.stress.enforcement import keeping
from lichen.stress.stress import SECTIONS

if TYPE_CHECKING:
    from lichen.stress.cheating import Cheat
    from lichen.stress.exits import Exit
    from lichen.stress.responses import Response
    from lichen.stress.stress import Stress

SCALE = (
    "A side’s range goes from healthy, 100 %, down to its floor. Lost: of that range, in the mean from the day on. "
    "If hard: the same in the 1 of 20 futures that are worst for that side anyway. "
    "Falls: futures in which it reaches its floor only because of what is tried."
)
"""How the figures are meant, for people."""
_CELL = 18
_SAID, _PAIRS = 6, 2
"""Sentences of a section on the screen, and of pairs."""


def stress_text(stress: Stress, *, colours: bool = False) -> str:
    """All sections that were asked, for a terminal of 80 columns."""
    return rendered(_lines(stress), colours=colours)


def sentences(stress: Stress, section: str) -> list[str]:
    """What is said of a section: all of it where it has no table, else what stands first."""
    said = [row.says for row in stress.rows(section)]
    match section:
        case "exits" if stress.exits is not None:
            said = [one.says for one in hardest_exits(stress)[:2]]
            said += [one.says for one in stress.exits.together[:_PAIRS]]
        case "shocks" if stress.shocks is not None:
            said = [one.says for one in stress.shocks.tried[:1]] + [one.says for one in stress.shocks.together[:_PAIRS]]
        case "contagion" | "rehearsal":
            said = said[:2]
        case "cheating":
            said = _cheating(stress)
        case "links":
            said = said[:1]
        case "enforcement":
            said = keeping(stress.enforcement or ())
        case "responses" if said:
            best = sorted(stress.responses or (), key=_brings_most)
            stays = f"Each side once and alone; what stays as it is: {wording.listed(best[0].fixed)}."
            said = [stays, *(one.says for one in best)]
        case "at_floor" if said:
            said = [one.says for one in telling(stress.at_floor or ())] or [_NO_DIFFERENCE]
    if stress.alone is not None and section in _NOTHING_OF:
        return said or [_NOTHING_OF[section].format(f"`{stress.alone}`")]
    return said or [_NOTHING[section]]


def hardest_exits(stress: Stress) -> list[Exit]:
    """For each party its exit that brings others down in most futures, the hardest of all first."""
    found: dict[str, Exit] = {}
    for one in sorted(stress.exits.tried if stress.exits else (), key=lambda one: hardness(one.hit)):
        found.setdefault(one.party, one)
    return list(found.values())


def three_lines(stress: Stress) -> tuple[str, ...]:
    """The hardest exit, the hardest blow, and whether cheating pays: what one must know of a whole test."""
    exits, shocks = hardest_exits(stress)[:1], stress.shocks.tried[:1] if stress.shocks is not None else ()
    cheats = _cheating(stress)[:1]
    return (*(one.says for one in exits), *(one.says for one in shocks), *cheats)


def _brings_most(one: Response) -> tuple[bool, float]:
    """Orders best answers: first who does something else, by what it brings, then what cannot be told."""
    return (one.stays, -one.best.gain.value if one.best is not None else 0.0)


def futures_of(stress: Stress) -> str:
    """Over how many futures every figure was obtained."""
    return f"{number(stress.runs)} futures, the same draws in every trial, seed {stress.seed}."


def what_to_know(stress: Stress) -> tuple[str, ...]:
    """What was not at hand, what makes the figures doubtful, and what was left out."""
    looked = (sample.says for sample in stress.sampled)
    return (*stress.unread, *cautions(stress.cautions), *looked, *filter(None, [stress.left_out.says]))


def _cheating(stress: Stress) -> list[str]:
    """Of everybody who wins by cheating, or might, what pays best; or that nobody does and what would do most harm."""
    cheats = stress.cheating or ()
    best: dict[tuple[str, ...], Cheat] = {}
    for one in cheats:
        if one.gain.known and one.gain.value >= SLIGHT:
            best.setdefault(one.deviation.by, one)
    if best or not cheats:
        return [one.says for one in best.values()]
    told = all(one.gain.known for one in cheats)
    none = f"Nobody gains by any of the {len(cheats)} ways to cheat that were tried." if told else ""
    return [*filter(None, [none]), cheats[0].says]


def _lines(stress: Stress) -> Iterator[Line]:
    yield (("Put to the test", "bold"), (f"  {one_line(stress.relationship)}", ""))
    yield from wrapped(f"{futures_of(stress)} {words.rests_on_words(stress.rests_on)}", 3)
    for missing in what_to_know(stress):
        yield from wrapped(missing, 5)
    if any(table_of(stress, section)[1] for section in stress.asked()):
        yield from wrapped(SCALE, 4)
    for section in stress.asked():
        yield plain("")
        yield ((SECTIONS[section], "bold"),)
        head, rows = table_of(stress, section)
        if rows:
            matters = felt(stress, section)
            told = [row for row, one in zip(rows, matters, strict=True) if one]
            if told:
                yield from _table(head, told, by_first=section in ("exits", "cheating"))
            if len(told) < len(rows):
                yield plain(f"{number(len(rows) - len(told))}{' more' if told else ''} that nobody else feels.")
        said = sentences(stress, section)
        for one in said[:_SAID]:
            yield from wrapped(one, 6, first="- ", indent="  ")
        if len(said) > _SAID:
            yield plain(f"… and {number(len(said) - _SAID)} more: `--format html` or `json` has all.")
    if stress.interrupted:
        yield plain("")
        yield (("Stopped: what is above is done, the rest was not asked.", "bold yellow"),)


def _table(head: Row, rows: Sequence[Row], *, by_first: bool) -> Iterator[Line]:
    """As many rows as a screen has room for; where each begins with who does it, the first of everybody's."""
    shown = foremost(rows, ROWS, doer=lambda row: row[0]) if by_first else rows[:ROWS]
    cells = [(row[0], *(cut(cell, _CELL) for cell in row[1:])) for row in shown]
    yield from columns([head, *cells], "<" * len(head))
    if len(rows) > len(shown):
        yield plain(f"… and {number(len(rows) - len(shown))} more: `--format html` or `json` has all.")


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
_NOTHING_OF = {
    "exits": "{} cannot leave.",
    "shocks": "{} has nothing that can be struck.",
    "contagion": "{} has nothing that it could fall with, or there are no three sides here.",
    "cheating": "{} cannot choose, or gives nothing that could be held back.",
    "enforcement": "{} cannot choose or gives nothing, or a period between reviews is as long as the horizon.",
    "links": "No flow touches {}.",
    "rehearsal": "Nothing of worth passes between {} and another side.",
    "responses": "{} cannot choose.",
}
"""The same where only one side was asked of."""
