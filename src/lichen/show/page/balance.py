"""Given and received, promised and recorded, each with how much of it the record covers."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.record.balance import Balance, PartyBalance
from lichen.relationship.quantity import TIME
from lichen.show import figures
from lichen.show.charts import balance_bars
from lichen.show.charts.balance_bars import BalanceBars, Bar, Group
from lichen.show.judged import Judged
from lichen.show.markup import Html, element
from lichen.show.page.parts import chart, part, prose
from lichen.show.tallies import balance_words, disagreement_words, from_to, recorded_sums, straddling_words

_FLOWS = 12
"""At most so many flows are drawn beside each other."""


def balance_part(judged: Judged) -> Html:
    """Two tallies a side, then every recorded flow beside what was expected of it."""
    balance = judged.balance
    if balance is None or not balance.tallies:
        nothing = (
            "Nothing was recorded of what passes between the sides, so there is nothing to hold against each other."
        )
        return part("balance", "Given and received", element("p", nothing))
    return part(
        "balance",
        "Given and received",
        element("div", *_panels(judged, balance), class_="charts"),
        _words(judged, balance),
        lead="Every side in its own measure; what cannot be compared is never added. Hatched: not in the record.",
    )


def _panels(judged: Judged, balance: Balance) -> Iterator[Html]:
    told = {name: total for name, total in balance.totals.items() if total.ratio is not None}
    sides = tuple(_side(judged, name, total) for name, total in told.items())
    if sides:
        alike = len({total.measured_in for total in told.values()}) == 1
        drawn = BalanceBars(title="Received and borne by each side", groups=sides, shared=alike)
        yield element(
            "div", chart(balance_bars.draw, drawn, "tallies", "Received and borne, as recorded", 520), class_="panel"
        )
    flows = tuple(_flows(judged, balance))[:_FLOWS]
    if flows:
        drawn = BalanceBars(title="Expected and recorded of each flow", groups=flows, shared=False)
        yield element("div", chart(balance_bars.draw, drawn, "promises", "Expected and recorded", 520), class_="panel")


def _side(judged: Judged, name: str, total: PartyBalance) -> Group:
    known = judged.relationship.parties.get(name)
    bars = tuple(
        Bar(
            word=word,
            size=size,
            figure=figures.sized(size, _short(total.measured_in)),
            look=look,
            covered=total.coverage,
        )
        for word, size, look in (("received", total.received, "received"), ("borne", total.borne, "given"))
    )
    return Group(title=f"{known.title if known else name}, in {total.measured_in}", bars=bars)


def _short(unit: str) -> str:
    """A currency stands beside every figure; a longer measure stands in the title only."""
    return unit if len(unit) <= 4 else ""


def _flows(judged: Judged, balance: Balance) -> Iterator[Group]:
    """Each flow once, as its giver's books or else its receiver's say it."""
    done: set[str] = set()
    for (_, name, side), found in recorded_sums(balance).items():
        flow = judged.relationship.flows.get(name)
        if flow is None or name in done or side not in ("given", "received"):
            continue
        done.add(name)
        dimension = flow.rate.dimension * TIME
        promised = "promised" if flow.promised else "expected"
        expected, recorded = (
            figures.amount(value, dimension, judged.relationship.units) for value in (found.expected, found.amount)
        )
        bars = (
            Bar(word=promised, size=found.expected, figure=expected, look="promised"),
            Bar(word="recorded", size=found.amount, figure=recorded, look="received", covered=found.coverage),
        )
        yield Group(title=f"{flow.title.replace('_', ' ')}, {from_to(found.span)}", bars=bars)


def _flow_title(judged: Judged, name: str) -> str:
    known = judged.relationship.flows.get(name)
    return (known.title if known is not None else name).replace("_", " ")


def _words(judged: Judged, balance: Balance) -> Html:
    parties = judged.relationship.parties
    said = [
        balance_words(parties[name].title if name in parties else name, total) for name, total in balance.totals.items()
    ]
    if balance.unrecorded:
        said.append(
            "Nobody recorded " + ", ".join(f"“{_flow_title(judged, name)}”" for name in balance.unrecorded) + "."
        )
    said += [straddling_words(span) for span in balance.straddling]
    said += balance.unread
    said += [disagreement_words(found) for found in balance.disagreements]
    return element("ul", *(element("li", prose(words)) for words in said))
