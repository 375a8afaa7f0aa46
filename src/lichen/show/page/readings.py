"""Thirteen readings beside the verdict, what the verdict rests on, and what to find out next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lichen.check.reading import Reading
from lichen.check.verdict import Verdict
from lichen.relationship.relationship import Relationship
from lichen.show import figures, words
from lichen.show.markup import Html, element, join
from lichen.show.page.parts import part, prose


def readings_part(verdict: Verdict, relationship: Relationship) -> Html:
    """Dimensions to tune, trade-offs and outcomes."""
    groups = (
        ("Outcomes", "With the relationship, beside without it.", verdict.readings.outcomes),
        ("What it costs", "Mutual support has a price; these are its three.", verdict.readings.tradeoffs),
        (
            "What can be adjusted",
            "Five dimensions in which a relationship can be too loose or too tight.",
            verdict.readings.tuning,
        ),
    )
    shown = (_group(title, lead, readings, relationship) for title, lead, readings in groups)
    return part(
        "readings",
        "Readings",
        element("div", *shown, class_="grid"),
        lead="Figures beside the verdict; none of them decides it.",
    )


def _group(title: str, lead: str, readings: Mapping[str, Reading], relationship: Relationship) -> Html:
    listed = (item for name, reading in readings.items() for item in _reading(name, reading, relationship))
    return element(
        "div", element("h3", title), element("p", lead, class_="small"), element("dl", *listed), class_="panel"
    )


def _reading(name: str, reading: Reading, relationship: Relationship) -> Iterator[Html]:
    question, measure = words.READINGS.get(name, (words.title(name), ""))
    yield element("dt", question)
    if reading.value is None:
        yield element("dd", "Cannot tell. ", prose(reading.why or ""), class_="small")
        return
    bounds = figures.interval(reading.interval, reading.unit)
    whom = ", ".join(relationship.parties[name].title for name in reading.parties if name in relationship.parties)
    notes = [measure, f"95 % sure: {bounds}" if bounds else "", whom]
    place = join(" ", element("code", reading.at)) if reading.at else None
    yield element("dd", prose(reading.says))
    yield element(
        "dd",
        element("strong", figures.figure(reading.value, reading.unit)),
        " ",
        "; ".join(n for n in notes if n),
        place,
        class_="small",
    )


def rests_part(verdict: Verdict) -> Html:
    """How much is recorded by both, stated by one or assumed, and which assumption would turn the verdict."""
    rests = verdict.rests_on
    shares = (
        (rests.recorded_by_both, "both", "recorded by both"),
        (rests.stated_by_one, "one", "stated by one"),
        (rests.assumed, "assumed", "assumed"),
    )
    bars = (element("span", class_=look, style=f"width: {100 * share:.2f}%") for share, look, _ in shares if share > 0)
    key = (element("li", element("i", class_=look), f"{figures.percent(share)} {said}") for share, look, said in shares)
    flips = [
        element("li", prose(words.flip_words(flip)), " ", element("code", flip.at) if flip.at else None)
        for flip in rests.flips
    ]
    turned = (
        element("ul", *flips)
        if flips
        else element("p", rests.why or "No single assumption was found that would turn it.")
    )
    return part(
        "rests",
        "What the verdict rests on",
        element("div", *bars, class_="meter", role="img", aria_label=words.rests_on_words(rests)),
        element("ul", *key, class_="key"),
        *(element("p", prose(sample.says)) for sample in verdict.samples),
        element("h3", "What would turn it"),
        turned,
        lead="Shares of the value that passes between the sides.",
    )


def next_part(verdict: Verdict) -> Html:
    """What to find out, what would move the verdict most first."""
    steps = [element("li", prose(step)) for step in verdict.next_steps]
    shown = element("ol", *steps) if steps else element("p", "Nothing is missing that would move the verdict.")
    return part("next", "What to find out next", shown, lead="Ordered by how much it would move the verdict.")
