from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from lichen.record.calendar_windows import Span
from lichen.record.reading import Period, Record, SubjectSeries
from lichen.record.rows import RowReport
from lichen.show import recorded
from lichen.show.charts.series import describe
from tests.by_hand import capacity, flow, party, relationship


def series(subject: str, amounts: list[float | None], members: dict[str, list[float]] | None = None) -> SubjectSeries:
    return SubjectSeries(
        subject=subject,
        unit="colony",
        factor=1.0,
        nature="report",
        grain="year",
        periods=periods(amounts),
        report=RowReport(subject=subject, file="colony.csv", rows=len(amounts), accepted=len(amounts)),
        members={name: periods(list(own)) for name, own in (members or {}).items()},
    )


def periods(amounts: list[float | None]) -> tuple[Period, ...]:
    return tuple(
        Period(
            span=Span(date(2015 + turn, 1, 1), date(2016 + turn, 1, 1)),
            amount=amount,
            recorded=None if amount is None else Decimal(str(amount)),
            status="missing" if amount is None else "recorded",
            coverage=0.0 if amount is None else 1.0,
        )
        for turn, amount in enumerate(amounts)
    )


BEES = relationship(
    party("keepers", capacity("colonies", 100.0, 50.0)),
    party("growers", capacity("harvest", 1.0, 0.5)),
    flow("lost", "keepers > world", 1.0, cost={"colonies": 1.0}),
    flow("added", "world > keepers", 1.0, worth={"colonies": 1.0}),
    flow("pollination", "keepers > growers", 1.0, worth={"harvest": 0.01}),
)


def test_what_feeds_and_draws_on_a_capacity_is_drawn_with_its_level() -> None:
    record = Record(
        books={
            "keepers.colonies": (series("keepers.colonies", [100.0, 99.0, None]),),
            "lost": (series("lost", [40.0, 44.0, None]),),
            "added": (series("added", [39.0, 46.0, None]),),
            "pollination": (series("pollination", [60.0, 61.0]),),
        }
    )
    first, second = recorded.charts_of(BEES, record)
    assert (first.level, first.came, first.went) == ("colonies", "added", "lost")
    assert [(m.level, m.came, m.went, m.known) for m in first.moments] == [
        (100.0, 39.0, 40.0, True),
        (99.0, 46.0, 44.0, True),
        (None, None, None, False),
    ]
    assert second.title == "Pollination, as recorded"
    assert [moment.came for moment in second.moments] == [60.0, 61.0]


def test_all_quarters_count_where_the_level_is_read_once_a_year() -> None:
    """By hand: 10 + 11 + 12 came in the three quarters known of four, whatever of these the yearly reading is of."""
    quarters = [date(2015, 1, 1), date(2015, 4, 1), date(2015, 7, 1), date(2015, 10, 1), date(2016, 1, 1)]
    amounts = (10.0, 11.0, None, 12.0)
    added = replace(
        series("added", [0.0]),
        grain="quarter",
        periods=tuple(
            replace(periods([amount])[0], span=Span(*span))
            for amount, span in zip(amounts, pairwise(quarters), strict=True)
        ),
    )
    record = Record(
        books={"keepers.colonies": (series("keepers.colonies", [100.0, 99.0]),), "added": (added,)},
    )
    (drawn,) = recorded.charts_of(BEES, record)
    assert [(m.level, m.read, m.came, m.known) for m in drawn.moments] == [
        (100.0, True, 10.0, True),
        (None, False, 11.0, True),
        (None, False, None, False),
        (None, False, 12.0, True),
        (99.0, True, None, True),
    ]
    assert "Added: 33 in all that is recorded. Not recorded: Jul 2015." in describe(drawn)


def test_shares_are_of_all_that_is_known_and_the_largest_comes_first() -> None:
    held = series(
        "keepers.colonies", [100.0], {name: [amount] for name, amount in zip("abcdefg", range(1, 8), strict=True)}
    )
    found = recorded.shares_of(held, "t")
    assert found is not None
    assert [name for name, _ in found.parts] == ["g", "f", "e", "d", "c"]
    assert found.parts[0][1] == pytest.approx(7 / 28)
    assert found.others == 2


def test_two_members_are_no_distribution() -> None:
    held = series("keepers.colonies", [100.0], {"a": [1.0], "b": [2.0]})
    assert recorded.shares_of(held, "t") is None
    assert recorded.shares_of(replace(held, members={}), "t") is None
