"""The page of a relationship that was put to the test: a part for each question, with pictures and all figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lichen.check.wording import does, listed
from lichen.show import figures, words
from lichen.show.charts import blows, departures
from lichen.show.charts.blows import Blow, Blows
from lichen.show.charts.departures import Departure, Departures
from lichen.show.markup import Child, Html, element
from lichen.show.page.parts import chart, document, folded, part, prose, table
from lichen.show.stress_tables import NONE, foremost, table_of, way
from lichen.show.stressed import SCALE, futures_of, hardest_exits, sentences, three_lines, what_to_know
from lichen.stress.effects import Effect, hardness
from lichen.stress.setting import when
from lichen.stress.stress import SECTIONS

if TYPE_CHECKING:
    from lichen.stress.stress import Stress

_BARS = 12
"""At most so many bars are drawn; the table has all."""
_EFFECTS = (
    "What is tried",
    "Side",
    "Lost",
    "From … to",
    "If hard",
    "Below floor",
    "From … to",
    "Anyway",
    "After",
)
_COLUMNS = (
    "Below floor: all futures in which a side falls below its floor, of which anyway: without what is tried. "
    "From … to: 95 % intervals."
)
"""How the table of all figures is to be read."""
_CAPTIONS = {
    "shocks": "Room that the side loses which is hit hardest without being struck itself",
    "links": "Room that the side loses which is hit hardest",
    "cheating": "Room that the other side loses which is harmed most",
}
"""What a picture shows of each question."""
_SCALE = (
    "Bars are shares of a healthy range; what brings a side to its floor stands on top. A bar with a point goes on to "
    "the figure beside it. Thin lines: 95 % intervals."
)
"""How a picture is to be read."""
_LEADS = {
    "exits": "Every side leaves, alone and two together, with the notice and the replacements of the file.",
    "shocks": "Each blow falls on one day; what counts is the side that is not struck itself.",
    "contagion": "Each side falls to its floor once; the others lose by it directly, or through others.",
    "cheating": "One side gives less, or later, than the file says; nobody answers it but the reviews of the file.",
    "enforcement": "A word keeps itself where going on is worth more than cheating once until the next review.",
    "goodwill": "Everything that no promise and no rule backs stops.",
    "links": "One flow at a time, all else as it is.",
    "rehearsal": "One flow at a time runs at half, with reviews and without.",
    "responses": "Each side once, while all else stays: what others give, other terms, reviews, chance.",
    "at_floor": "A floor may be a mark, or the place where a side stops giving; here are both.",
}


def stress_page(stress: Stress) -> str:
    """The whole page as text."""
    title = f"{stress.relationship} · put to the test"
    asked = list(stress.asked())
    contents = (element("li", element("a", SECTIONS[name], href=f"#{name}")) for name in asked)
    stopped = element("p", "Stopped before every question was asked.", class_="lead") if stress.interrupted else None
    first = element("ol", *(element("li", prose(said)) for said in three_lines(stress)), class_="three")
    body = element(
        "div",
        element(
            "header", element("p", title, class_="eyebrow"), element("h1", "What becomes of each side if …"), stopped
        ),
        element(
            "main",
            element("div", first, class_="panel"),
            *(element("p", prose(said), class_="lead") for said in what_to_know(stress)),
            element("nav", element("ul", *contents), aria_label="On this page"),
            element("p", SCALE, class_="small"),
            *(_part(stress, name) for name in asked),
            _made(stress),
        ),
        element("footer", "Made with lichen from one file.", class_="small"),
        class_="wrap",
    )
    return document(title, body)


def _part(stress: Stress, name: str) -> Html:
    said = element("ul", *(element("li", prose(one)) for one in sentences(stress, name)))
    drawn = _picture(stress, name)
    shown = element("div", drawn, class_="panel") if drawn is not None else None
    lead = f"{_LEADS[name]} {_SCALE}" if drawn is not None and name in _CAPTIONS else _LEADS[name]
    return part(name, SECTIONS[name], shown, said, _figures(stress, name), lead=lead)


def _picture(stress: Stress, name: str) -> Html | None:
    if name == "exits" and stress.exits is not None and stress.exits.tried:
        value = Departures(
            title="When a side leaves", start=stress.start, days=stress.days, exits=tuple(_departures(stress))
        )
        return chart(departures.draw, value, "exits-chart", "When a side leaves, and what follows", 1060)
    found = tuple(_blows(stress, name))
    if not found:
        return None
    bars = Blows(title=SECTIONS[name], blows=found[:_BARS])
    return chart(blows.draw, bars, f"{name}-chart", _CAPTIONS[name], 1060)


def _departures(stress: Stress) -> Iterator[Departure]:
    tried = stress.exits.tried if stress.exits is not None else ()
    for one in tried if len(tried) <= _BARS else hardest_exits(stress):
        hit = one.hit
        if hit is not None:
            runway = hit.runway_days.value if hit.runway_days is not None and hit.is_brought_down else None
            yield Departure(
                leaves=one.title,
                day=one.day,
                notice=one.notice_days,
                replaced=next((f.days for f in one.fallbacks if f.party == hit.party), None),
                hit=hit.title,
                floor=runway,
                falls=hit.falls.value,
                anyway=hit.anyway,
            )


def _blows(stress: Stress, name: str) -> Iterator[Blow]:
    if name == "shocks" and stress.shocks is not None:
        yield from (b for one in stress.shocks.tried for b in _blow(one.brief, one.hit))
    elif name == "links":
        for link in stress.links or ():
            yield from _blow(link.flow if link.cut == "whole" else f"half of {link.flow}", link.hit)
    elif name == "cheating":
        cheats = [cheat for cheat in stress.cheating or () if cheat.harmed is None or cheat.harmed.is_felt]
        shown = foremost(cheats, _BARS, doer=lambda cheat: "+".join(cheat.deviation.by))
        for cheat in sorted(shown, key=lambda cheat: hardness(cheat.harmed)):
            deed = f"{listed(cheat.titles)}: {way(cheat.deviation)} from {when(cheat.day).partition(' ')[2]}"
            yield from _blow(deed, cheat.harmed)


def _blow(title: str, hit: Effect | None) -> Iterator[Blow]:
    if hit is not None and hit.known and hit.is_felt:
        yield Blow(
            title=title,
            hit=hit.title,
            lost=hit.lost.value,
            low=hit.lost.low,
            high=hit.lost.high,
            falls=hit.falls.value,
            anyway=hit.anyway,
        )


def _figures(stress: Stress, name: str) -> Html | None:
    """All figures of a part, folded: every side of every trial, or the table of the screen in full."""
    tried, caption = list(_tried(stress, name)), f"{SECTIONS[name]}: what was tried"
    if tried:
        rows: Iterable[tuple[Child, ...]] = (_row(title, one) for title, found in tried for one in found)
        return folded(
            f"All {sum(len(found) for _, found in tried)} figures",
            element("p", _COLUMNS, class_="small"),
            table(_EFFECTS, rows, caption=caption, numbers=7),
        )
    head, plain = table_of(stress, name)
    if plain:
        return folded(f"All {len(plain)} trials", table(head, plain, caption=caption))
    if name == "at_floor" and stress.at_floor:
        return folded(
            "All figures",
            table(("After a blow to", "Side", "Goes on", "Stops"), _fates(stress), caption=caption, numbers=2),
        )
    return None


def _tried(stress: Stress, name: str) -> Iterator[tuple[str, tuple[Effect, ...]]]:
    if name == "exits":
        tried = stress.exits.tried if stress.exits is not None else ()
        yield from ((f"{does(one.title, 'leave')} {when(one.day)}", one.effects) for one in tried)
    elif name == "shocks" and stress.shocks is not None:
        yield from ((one.brief, one.effects) for one in stress.shocks.tried)
    elif name == "links":
        yield from (
            (one.flow if one.cut == "whole" else f"half of {one.flow}", one.effects) for one in stress.links or ()
        )
    elif name == "goodwill" and stress.goodwill is not None and stress.goodwill.effects:
        yield ("goodwill stops", stress.goodwill.effects)


def _row(title: str, one: Effect) -> tuple[Child, ...]:
    if not one.known:
        return (title, one.title, *(figures.UNKNOWN for _ in range(5)), figures.percent(one.anyway), NONE)
    return (
        title,
        one.title,
        figures.percent(one.lost.value),
        figures.interval(one.lost.interval, "of the range"),
        figures.percent(one.hard.lost.value) if one.hard is not None else NONE,
        figures.percent(one.falls.value),
        figures.interval(one.falls.interval, "of the futures"),
        figures.percent(one.anyway),
        figures.span(one.runway_days.value) if one.runway_days is not None and one.is_brought_down else NONE,
    )


def _fates(stress: Stress) -> Iterator[tuple[Child, ...]]:
    for one in stress.at_floor or ():
        for fate in one.fates:
            shares = (figures.percent(fate.continues.value), figures.percent(fate.stops.value))
            yield (one.title or "nobody", fate.title, *shares)


def _made(stress: Stress) -> Html:
    said = f"{futures_of(stress)} {words.rests_on_words(stress.rests_on)} File {stress.file_hash[:12]}."
    return part("made", "How it was made", element("p", said))
