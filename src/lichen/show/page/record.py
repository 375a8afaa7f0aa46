"""The record: what was counted over time, by whom, with every gap; and who holds how much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lichen.record.reading import Record, SubjectSeries
from lichen.show import figures, recorded
from lichen.show.charts import series, shares
from lichen.show.judged import Judged
from lichen.show.markup import Child, Html, element
from lichen.show.page.parts import chart, folded, part, table

_CHARTS = 8
"""At most so many charts of the record are drawn; the table tells of the rest."""

_NAMED = 20
"""Of so many rows of a table that are not read, the page says why."""


def record_part(judged: Judged) -> Html:
    """Charts of what was recorded, the largest shares, and what became of every row."""
    record = judged.record
    if record is None or not record.series:
        nothing = "Nothing was recorded. Everything on this page rests on what the file says."
        return part("record", "What was recorded", element("p", nothing))
    drawn = [one for one in recorded.charts_of(judged.relationship, record) if one.moments][:_CHARTS]
    return part(
        "record",
        "What was recorded",
        element(
            "div", *(_series(one, turn) for turn, one in enumerate(drawn)), *_shares(judged, record), class_="charts"
        ),
        folded("Tables and rows", table(_HEAD, list(_rows(judged, record)), numbers=3), _notes(record)),
        lead="As the tables say. What is not recorded is hatched and never counted as nothing.",
    )


_HEAD = ("What", "From and to", "Books of", "Confirmed by", "Covered", "Rows", "Not counted")


def _series(one: series.Series, turn: int) -> Html:
    words = element("p", series.describe(one), class_="small")
    return element("div", chart(series.draw, one, f"record-{turn}", one.title, 520), words, class_="panel")


def _shares(judged: Judged, record: Record) -> Iterator[Html]:
    """The shares of the first capacity or flow that has members; of the others a chart would say the same again."""
    for subject, books in record.series.items():
        title = f"Who holds how much of {_title(judged, subject)}"
        found = recorded.shares_of(books, title)
        if found is not None:
            yield element(
                "div", chart(shares.draw, found, f"shares-{subject.replace('.', '-')}", title, 520), class_="panel"
            )
            return


def _title(judged: Judged, subject: str) -> str:
    flow = judged.relationship.flows.get(subject)
    party, _, capacity = subject.partition(".")
    if flow is not None:
        return flow.title.replace("_", " ")
    known = judged.relationship.parties.get(party)
    return f"{known.title if known else party}: {capacity.replace('_', ' ')}"


def _rows(judged: Judged, record: Record) -> Iterator[Sequence[Child]]:
    for subject, books in record.books.items():
        for one in books:
            yield (
                _title(judged, subject),
                _span(one),
                _name(judged, one.stated_by) if one.stated_by else "not said",
                ", ".join(_name(judged, name) for name in one.attested_by) or "nobody",
                figures.percent(one.coverage),
                figures.number(one.report.rows),
                figures.number(len(one.report.rejected) + len(one.report.queued)),
            )


def _span(one: SubjectSeries) -> str:
    if one.span is None:
        return "nothing"
    return f"{figures.short_month(one.span.start)} to {figures.short_month(one.span.end)}"


def _name(judged: Judged, party: str) -> str:
    known = judged.relationship.parties.get(party)
    return known.title if known is not None else party


def _notes(record: Record) -> Html | None:
    unread = [said for report in record.reports if (said := report.unread(_NAMED))]
    notes = list(
        dict.fromkeys([*unread, *(f"{report.file}: {note}" for report in record.reports for note in report.notes)])
    )
    return element("ul", *(element("li", note) for note in notes)) if notes else None
