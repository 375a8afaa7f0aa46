"""Feedback loops in the words of parties and flows, and as a chart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from lichen.check import wording
from lichen.relationship.quantity import MONTH_DAYS
from lichen.show.charts.dominance import Dominance, Strand
from lichen.show.figures import number, percent, span
from lichen.show.lines import one_line

if TYPE_CHECKING:
    from lichen.relationship.relationship import Relationship
    from lichen.simulation.dynamics.model import About
    from lichen.simulation.loops.at_rest import Rest
    from lichen.simulation.loops.loops import Carrier, Loops, Period

MOST_STRANDS = 5
_NOTHING = 0.005
"""A share that is told as nothing."""
_STEADY = 0.02
"""A change over the whole horizon that is told as standing still."""
_IN_DAYS = 120
"""Days: a horizon up to this is told in days."""


def loop_sentences(loops: Loops | str, relationship: Relationship) -> Iterator[str]:
    """What carries the change and until when, one sentence each: first what goes through the most parties.

    Loops of one capacity alone are told only where nothing else is.
    """
    if isinstance(loops, str):
        yield f"Which loops carry the change cannot be told: {loops}."
        return
    if not loops.carriers:
        yield "Nothing that changes here comes back to itself: there is no loop."
        return
    if not loops.periods:
        yield "Nothing changes with the world at its mean, so no loop carries anything."
        return
    shared = [periods for periods in loops.periods if any(len(p.carrier.through) > 1 for p in periods)]
    for periods in sorted(shared or loops.periods, key=lambda periods: -_parties(periods)):
        for period in periods:
            yield _sentence(period, periods, loops, relationship)
    yield from _between(loops, relationship)
    if loops.rest is not None:
        yield _rest_sentence(loops.rest, loops, relationship)
        yield from _gain_sentence(loops.rest, loops.leading, relationship)
    if not loops.complete:
        yield "There are too many loops to count: these are the strongest, and shares are of what these carry."


def loop_words(carrier: Carrier, relationship: Relationship) -> str:
    """A loop as a way: `forecast, then Alder’s line, then orders`."""
    passed = [_noun(about, relationship) for about in carrier.through]
    return ", then ".join(passed) if len(passed) > 1 else f"{passed[0]} by itself"


def dominance(loops: Loops, relationship: Relationship) -> tuple[Dominance, ...]:
    """A chart for each tangle in which several loops act, the one with the most parties first."""
    days = relationship.time.steps * loops.step_days
    made = []
    for periods in sorted(loops.periods, key=lambda periods: -_parties(periods)):
        tangle = periods[0].carrier.tangle
        carriers = [c for c in loops.carriers if c.tangle == tangle and c.weight >= _NOTHING][:MOST_STRANDS]
        strands = tuple(
            Strand(title=wording.capital(loop_words(c, relationship)), shares=tuple(map(float, c.shares)))
            for c in carriers
        )
        if len(strands) > 1:
            title, start = "Which loops carry the change", relationship.time.start
            made.append(Dominance(title=title, start=start, days=days, strands=strands))
    return tuple(made)


def _sentence(period: Period, periods: Sequence[Period], loops: Loops, relationship: Relationship) -> str:
    """Which loop leads, and when: in months, or in days where two months of a tangle would read the same."""
    words = wording.capital(loop_words(period.carrier, relationship))
    does = "driving it on" if period.share > 0 else "holding it back"
    turns = [0, *(round(one.after * loops.step_days / MONTH_DAYS) for one in periods)]
    in_months = periods[-1].after * loops.step_days > _IN_DAYS and len(set(turns)) == len(turns)
    unit, size = ("month", MONTH_DAYS) if in_months else ("day", 1.0)
    first, after = (round(end * loops.step_days / size) for end in (period.first, period.after))
    when = f"from {unit} {first} on" if first else "throughout"
    if period is not periods[-1]:
        when = f"from {unit} {first} until {unit} {after}" if first else f"until {unit} {after}"
    return f"{words}: {percent(round(abs(period.share), 2))} of the change {when}, {does}."


def _between(loops: Loops, relationship: Relationship) -> Iterator[str]:
    """The weightiest loop through more than one party, unless it leads at some time and so is told already."""
    between = [carrier for carrier in loops.carriers if len(_owners([carrier])) > 1]
    if not between:
        yield "No loop goes through more than one party."
    elif between[0].weight < _NOTHING:
        yield "Between the parties nothing comes back while the world stands at its mean."
    elif not any(any(period.carrier is one for one in between) for periods in loops.periods for period in periods):
        share = percent(round(between[0].weight, 2))
        words = loop_words(between[0], relationship)
        yield f"Between the parties the most comes back through {words}: {share} of the change in the mean."


def _rest_sentence(rest: Rest, loops: Loops, relationship: Relationship) -> str:
    """Whether a small change at the end fades or grows, how fast, and on whose answer to whom that hangs."""
    pace = abs(math.log(rest.multiplier)) / loops.step_days if rest.multiplier > 0 else math.inf
    if pace * relationship.time.steps * loops.step_days < _STEADY:
        what = "stays nearly as it is"
    elif math.isinf(pace):
        what = "is gone at once"
    else:
        what = f"{'fades by half' if rest.multiplier < 1 else 'doubles'} in {span(math.log(2) / pace)}"
    if rest.share < _NOTHING:
        return f"At the end a small change {what}; no answer of one party to another matters for that."
    answers, to = (_noun(about, relationship) for about in rest.between)
    return f"At the end a small change {what}; between the parties that hangs most on how {answers} answers to {to}."


def _gain_sentence(rest: Rest, leading: Sequence[About], relationship: Relationship) -> Iterator[str]:
    """What a lasting change comes to once it goes round the weightiest loop between parties, at the end."""
    if not rest.gain or rest.comes_to is None or math.isnan(rest.gain):
        return
    way = ", then ".join(_noun(about, relationship) for about in leading)
    if rest.gain >= 1:
        what = "as much as it was, or more: nothing in this loop ends it"
    elif rest.comes_to < _NOTHING:
        what = "against itself until nothing is left of it"
    else:
        against = "" if rest.gain > 0 else " against itself"
        what = f"as {percent(round(abs(rest.gain), 2))} of itself{against}"
        what += f", so that by this loop alone it ends at {number(rest.comes_to, 3)} times"
    yield f"A lasting change that goes once round {way} comes back {what}."


def _parties(periods: Sequence[Period]) -> int:
    """How many parties' capacities the loops of some periods pass."""
    return len(_owners(period.carrier for period in periods))


def _owners(carriers: Iterable[Carrier]) -> set[str]:
    return {about.owner for c in carriers for about in c.through if about.role in ("capacity", "headroom")}


def _noun(about: About, relationship: Relationship) -> str:
    match about.role:
        case "capacity":
            said = f"{wording.whose(relationship.parties[about.owner].title)} {about.what.replace('_', ' ')}"
        case "headroom":
            said = f"{wording.whose(relationship.parties[about.owner].title)} room left"
        case "flow":
            said = relationship.flows[about.owner].title.replace("_", " ")
        case "memory":
            said = f"what is remembered of {about.owner.replace('_', ' ')}"
        case _:
            said = about.owner.replace("_", " ")
    return one_line(said)
