"""Who falls with whom in the words of the map: each failure, how far failures go on, and what is owed on credit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lichen.check.wording import does, listed
from lichen.dependency.contagion_debts import KEPT_IN_DEFAULT, Debts
from lichen.dependency.contagion_parties import PartyContagion, PartyFailure
from lichen.dependency.contagion_thresholds import Falls
from lichen.show.figures import number, percent, span
from lichen.show.map.words import Titles, plain

MOST_TOLD = 5
"""How many failures are told one by one; the rest is counted."""


def failure_says(titles: Titles, contagion: PartyContagion, failure: PartyFailure) -> str:
    """`If the mill stops, the bakery and 2 others fall, in 2 rounds; 41 % of what all live on is in doubt.`"""
    stops = f"If {does(plain(failure.title), 'stop')}"
    if failure.untold:
        reached = _some(failure.untold, titles)
        return f"{stops}, what follows cannot be told: nobody says how hard it hits {reached}."
    if not failure.direct:
        return f"{stops}, nobody else is reached."
    if failure.falls is None:
        falls = "who falls with it cannot be told"
    elif failure.falls.rounds:
        falls = _falls(failure.falls, titles, contagion.horizon_days)
    else:
        falls = "nobody else falls"
    return f"{stops}, {falls}; {_doubt(failure)}."


def contagion_says(contagion: PartyContagion) -> str:
    """How far failures go on, and on whom most rests that nobody looks after."""
    return " ".join(_together(contagion))


def debts_say(titles: Titles, debts: Debts) -> str:
    """What is owed in one unit, who could not pay it, and whose failure to pay would keep others from paying."""
    return " ".join(_debts(titles, debts))


def falling(titles: Titles, contagion: PartyContagion) -> Iterator[str]:
    """What the map says of it: the most telling failures, the rest counted, and everything else in a sentence."""
    telling = [one for one in contagion.failures if one.untold or one.direct]
    yield from (failure_says(titles, contagion, one) for one in telling[:MOST_TOLD])
    if len(telling) > MOST_TOLD:
        yield f"and {len(telling) - MOST_TOLD} more: --format json has them all"
    alone = [one.party for one in contagion.failures if not (one.untold or one.direct)]
    if alone:
        yield f"The failure of {_some(alone, titles)} reaches nobody else."
    yield from _together(contagion)
    yield from (debts_say(titles, debts) for debts in contagion.debts)


def _some(names: Sequence[str], titles: Titles) -> str:
    """`the mill`, `the mill and the shop`, `the mill and 3 others`."""
    first = titles.party(names[0])
    if len(names) == 1:
        return first
    return listed((first, titles.party(names[1]) if len(names) == 2 else f"{number(len(names) - 1)} others"))


def _falls(falls: Falls, titles: Titles, horizon_days: float) -> str:
    fallen = [name for turn in falls.rounds for name in turn]
    said = does(_some(fallen, titles), "fall")
    if len(falls.rounds) > 1:
        said += f", in {len(falls.rounds)} rounds"
    if falls.by_end is None or len(falls.by_end) == len(fallen):
        return said
    if not falls.by_end:
        return f"{said}, but not within {span(horizon_days)}"
    return f"{said}, at most {number(len(falls.by_end))} of them within {span(horizon_days)}"


def _doubt(failure: PartyFailure) -> str:
    most, least = failure.in_doubt, failure.passed_once
    said = f"{percent(most)} of what all live on is in doubt"
    apart = most is not None and least is not None and percent(most) != percent(least)
    return f"{said} (at least {percent(least)} if each passes it on once)" if apart else said


def _together(contagion: PartyContagion) -> Iterator[str]:
    if contagion.radius is not None and contagion.radius >= 1:
        yield "Round after round a failure is passed on whole, or grows."
    elif contagion.radius:
        yield f"Round after round {percent(contagion.radius)} of a failure is passed on."
    one = contagion.unattended
    if one is not None:
        why = "nobody speaks for it" if one.unattended == "no voice" else "nothing comes to it from the others"
        yield f"Of the sides that nobody looks after, the most rests on {plain(one.title)}: {why}."


def _debts(titles: Titles, debts: Debts) -> Iterator[str]:
    if debts.kept is None or debts.costly is None:
        missing = ", ".join(_called(titles, name) for name in debts.untold)
        yield f"Who could pay what is owed on credit in {debts.unit} cannot be told; not given: {missing}."
        return
    yield f"Owed on credit: {number(debts.owed)} {debts.unit}."
    if not debts.kept.parties:
        yield "If all of it fell due at once, everybody could pay."
    else:
        kept = f"if one that cannot keeps {percent(KEPT_IN_DEFAULT)} of what it has"
        yield (
            f"If all of it fell due at once, {_some(debts.kept.parties, titles)} could not pay in full: "
            f"{percent(debts.kept.paid)} would be paid ({percent(debts.costly.paid)} {kept})."
        )
    worst = max(debts.withheld, key=lambda one: (len(one.costly.parties), -one.costly.paid))
    if worst.costly.parties:
        others = _some(worst.costly.parties, titles)
        yield f"If {titles.party(worst.party)} paid nothing, {others} could not pay either."
    else:
        yield "If any one of them paid nothing, that alone would keep no other from paying."


def _called(titles: Titles, name: str) -> str:
    """A flow, or a capacity written as `mill.cash`, as people say it."""
    party, _, capacity = name.partition(".")
    return f"{titles.party(party)}’s {plain(capacity)}" if capacity else titles.flows[name]
