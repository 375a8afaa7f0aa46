"""The sides next to each other: the same questions, one column a side; who depends on whom; each one's futures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from lichen.check.gate import kind_of
from lichen.check.measures.pulses import Reach
from lichen.check.wording import does, listed, out_of_hundred
from lichen.dependency.map import DependencyMap
from lichen.show import figures, outlook
from lichen.show.charts import bands
from lichen.show.judged import Judged
from lichen.show.map import svg
from lichen.show.markup import Child, Html, element
from lichen.show.outlook import Outlook
from lichen.show.page.parts import chart, part, table

_MOST = 6
"""More sides than these stand below each other and not side by side."""


def sides_part(judged: Judged, found: tuple[Outlook, ...]) -> Html:
    """Room left, dependence and what reaches each side, as a table with one column a side."""
    questions: tuple[tuple[str, Callable[[Outlook], Child]], ...] = (
        ("Room left at the start (typical)", lambda one: figures.percent(one.at_start)),
        ("Room left at the end (typical)", lambda one: figures.percent(one.at_end)),
        ("Room left at the end, in nine futures of ten", _range),
        ("Falls below its floor at some time", lambda one: out_of_hundred(one.below)),
        (
            "If nothing passed between them from the start, would lose in the end, of its room",
            lambda one: _dependence(judged, one),
        ),
        (
            "If it gave as before and received nothing, would lose in the end, of its room",
            lambda one: _gross(judged, one),
        ),
        ("If it gains, reaches the other, of that gain", lambda one: _reach(judged, one)),
    )
    if not found:
        return part("sides", "Each side", element("p", "No side has a capacity by which one could say how it fares."))
    if len(found) <= _MOST:
        head = ["Question", *(one.party.title for one in found)]
        rows = [[question, *(answer(one) for one in found)] for question, answer in questions]
        shown = table(head, rows, caption="How each side fares", numbers=len(found))
    else:
        head = ["Side", *(question for question, _ in questions)]
        rows = [[one.party.title, *(answer(one) for _, answer in questions)] for one in found]
        shown = table(head, rows, caption="How each side fares", numbers=len(questions))
    lead = (
        "The same questions asked of every side. Room left is 100 % when a side is healthy and 0 % at its floor. "
        "Typical: half of the futures have more, half less."
    )
    return part("sides", "Each side", _between(judged), shown, lead=lead)


def _between(judged: Judged) -> Html | None:
    """What reaches whom, of two sides; of more the pair that decides what kind of relationship it is."""
    gate, parties = judged.verdict.gate, judged.relationship.parties
    if gate.unknown:
        return element("p", "Between them: ", element("strong", "what reaches the other side cannot be told yet"), ".")
    for (one, other), there in gate.reach.items():
        back = gate.reach[other, one]
        if kind_of({(one, other): there, (other, one): back}) == gate.kind:
            first, second = parties[one].title, parties[other].title
            who = "them" if len(gate.dependence) == 2 else f"{first} and {second}"
            return element("p", f"Between {who}: ", element("strong", _exchanged(first, second, there, back)), ".")
    return None


def _exchanged(one: str, other: str, there: Reach, back: Reach) -> str:
    if there.up.sign > 0 and back.up.sign > 0:
        return "what either gains reaches the other"
    if not there.sign and not back.sign:
        return "what either gains stays with it"
    return f"{_reached(one, other, there)}; {_reached(other, one, back)}"


def _reached(origin: str, target: str, reach: Reach) -> str:
    """What becomes of one side when the other gains or loses."""
    gains, loses = does(origin, "gain"), does(origin, "lose")
    if reach.up.sign < 0:
        return f"{does(target, 'lose')} when {gains}"
    if reach.down.sign < 0:
        return f"{does(target, 'gain')} when {loses}"
    if reach.up.sign > 0:
        return f"what {gains} reaches {target}"
    return f"only what {loses} reaches {target}, no gain" if reach.sign else f"nothing that {gains} reaches {target}"


def map_part(dependencies: DependencyMap) -> Html:
    """Who gives what to whom, and on what each depends."""
    drawn = chart(svg.draw, dependencies, "map", None, 860)
    return part("map", "Who depends on whom", element("div", drawn, class_="panel mapped"))


def futures_part(judged: Judged, found: tuple[Outlook, ...]) -> Html:
    """Every side's futures on a chart of its own, and what each is made of."""
    drawn = (panel for one in found for panel in (_own_chart(judged, one), *_charts_alone(judged, one)))
    runs = figures.number(judged.futures.runs)
    lead = f"{runs} futures, all from the same file; only chance and the ranges of the file differ."
    return part("futures", "What the futures do", element("div", *drawn, class_="charts"), lead=lead)


def _own_chart(judged: Judged, one: Outlook) -> Html:
    chosen = replace(outlook.chart(judged, (one,), f"Room left of {one.party.title}"), notes=(), named=False)
    made = ", ".join(capacity.name.replace("_", " ") for capacity in one.party.essential_capacities)
    least = f"The least of {made}." if len(one.party.essential_capacities) > 1 else f"Counted in {made}."
    recorded = f"Dots: {listed(name.replace('_', ' ') for name in one.recorded)} as recorded." if one.recorded else ""
    fares = f"{outlook.own_sentence(one, judged.relationship.time.start)}."
    told = (fares, least, outlook.counted(one), recorded, outlook.not_whole(one), outlook.missed(one))
    said = element("p", " ".join(filter(None, told)), class_="small")
    shown = chart(bands.draw, chosen, f"side-{one.side.turn}-room", one.party.title, 520)
    return element("div", shown, said, class_="panel")


def _charts_alone(judged: Judged, one: Outlook) -> Iterator[Html]:
    """What is recorded of a side of which not all is, each capacity beside its own futures."""
    for place, drawn in enumerate(outlook.charts_alone(judged, one)):
        (side,) = drawn.sides
        about = "Dots: as recorded. Band: nine futures of ten." if side.low else "Dots: as recorded."
        shown = chart(bands.draw, drawn, f"side-{side.turn}-alone-{place}", side.title, 520)
        yield element("div", shown, element("p", about, class_="small"), class_="panel")


def _range(one: Outlook) -> str:
    if not one.side.low:
        return figures.UNKNOWN
    return f"{figures.percent(one.side.low[-1])} to {figures.percent(one.side.high[-1])}"


def _dependence(judged: Judged, one: Outlook) -> str:
    found = judged.verdict.gate.dependence.get(one.party.name)
    return figures.percent(found.value) if found is not None else "not asked"


def _gross(judged: Judged, one: Outlook) -> str:
    found = judged.verdict.gate.gross_dependence.get(one.party.name)
    return figures.percent(found.value) if found is not None else "not asked"


def _reach(judged: Judged, one: Outlook) -> str:
    """What of a gain reaches the others, the least of them when there are several."""
    values = [reach.up.value for (origin, _), reach in judged.verdict.gate.reach.items() if origin == one.party.name]
    return figures.percent(float(np.min(values))) if values else "not asked"
