"""The first screen: who is worse off, since when, and what can be done."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.check.verdict import Verdict
from lichen.check.wording import listed
from lichen.language.reading import not_at_hand
from lichen.show import outlook, telling, words
from lichen.show.charts import bands
from lichen.show.judged import Judged
from lichen.show.markup import Html, element
from lichen.show.outlook import Outlook
from lichen.show.page.parts import NARROW, chart, chip, folded, prose, spoken
from lichen.show.telling import Action
from lichen.simulation.caution import sentences

ACTIONS = 3
_TOLD = 2
"""Sentences about what a change does that stand open: whether it mends, and what each side then has."""
SIDES = 4
"""How many sides are told of in words below the picture."""


def head(judged: Judged) -> Html:
    """The relationship, the word of the verdict, and the sentence that everybody can repeat."""
    verdict = judged.verdict
    whose = "for both sides" if len(judged.map.parties) == 2 else "for all sides"
    if judged.party is not None:
        whose = f"as {judged.relationship.parties[judged.party].title} sees it"
    return element(
        "header",
        element(
            "p",
            chip(verdict.verdict, words.VERDICTS[verdict.verdict]),
            f"{verdict.relationship} · review {whose}",
            class_="eyebrow",
        ),
        element("h1", spoken(verdict.sentence)),
        *(
            element("p", prose(said))
            for said in (*not_at_hand(judged.relationship, judged.party), *sentences(verdict.cautions))
        ),
    )


def first_screen(judged: Judged, found: tuple[Outlook, ...]) -> Html:
    """The picture of every side's room left, beside what can be done."""
    return element("div", _picture(judged, found), _what_to_do(judged.verdict), class_="first")


def _picture(judged: Judged, found: tuple[Outlook, ...]) -> Html:
    if not found:
        return element(
            "div", element("p", "No side has a capacity by which one could say how it fares."), class_="panel"
        )
    drawn = outlook.chart(judged, found, "Room left of each side")
    recorded = ", ".join(
        f"{one.party.title}: {listed(name.replace('_', ' ') for name in one.recorded)}" for one in found if one.recorded
    )
    worst = outlook.worse_off(found)
    band = f" Band: nine futures of ten of {worst.party.title}." if worst is not None and worst.side.low else ""
    key = f"Lines: half of the futures lie above, half below.{band}"
    if recorded:
        key += f" Dots: as recorded ({recorded})."
    elif not any(one.alone for one in found):
        key += " Nothing of this was recorded."
    besides = (say(one) for one in found[:SIDES] for say in (outlook.counted, outlook.not_whole, outlook.missed))
    key = " ".join(filter(None, (key, *besides)))
    shown = chart(_tall, drawn, "first", "How much room each side has left above its floor")
    fares = (element("li", outlook.own_sentence(one, judged.relationship.time.start) + ".") for one in found[:SIDES])
    return element(
        "div", shown, element("p", key, class_="small"), element("ul", *fares, class_="plain"), class_="panel"
    )


def _tall(drawn: bands.Bands, width: int, name: str) -> Html:
    """As high as what stands beside it on a screen; on a phone as high as every other."""
    return bands.draw(drawn, width, name, 500 if width > NARROW else 0)


def _what_to_do(verdict: Verdict) -> Html:
    steps = list(_steps(verdict))[:ACTIONS]
    title = "What can be done" if steps else "Nothing needs to be done"
    listed = (
        element("ol", *steps)
        if steps
        else element("p", "Keep the record, and look again when terms or the world change.")
    )
    none = element("p", telling.NOT_ENOUGH) if telling.none_is_enough(telling.actions(verdict.worst)) else None
    return element("aside", element("h2", title), none, listed, class_="panel actions", aria_label=title)


def _steps(verdict: Verdict) -> Iterator[Html]:
    """What mends without breaking, the other repairs, then what to find out; nothing twice."""
    for action in telling.actions(telling.together(verdict, verdict.worst)):
        yield element("li", *_action(action))
    for step in verdict.next_steps:
        yield element("li", element("strong", "Find out: "), prose(step))


def _action(action: Action) -> Iterator[Html]:
    remedy = action.remedy
    yield element("strong", prose(remedy.says))
    change, effect = telling.change(remedy), telling.effects(remedy)
    if change is not None:
        yield element("p", "Write ", element("code", change), class_="small")
    if effect:
        yield element("p", prose(" ".join(effect[:_TOLD])), class_="effect")
    more = [element("p", prose(said), class_="small") for said in effect[_TOLD:]]
    for other in action.instead:
        instead = element("code", telling.change(other) or "")
        more.append(element("p", "Or instead of that ", instead, " ", prose(telling.effect(other)), class_="small"))
    if more:
        yield folded("Why, and what else", *more)
    why = ", ".join(dict.fromkeys(f"{words.title(f.about)} ({f.status})" for f in action.answers))
    yield element("p", f"For: {why}.", class_="small")
