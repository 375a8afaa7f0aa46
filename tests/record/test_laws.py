"""What must not change a tally: the order of rows, cutting the table in pieces, splitting a row in two."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lichen.record.reading import SubjectSeries, series_of
from lichen.record.settlement import Obligation, settle
from tests.record.test_importing import UNITS, evidence_of, imported

Row = tuple[date, Decimal | None, str]

ROWS = st.lists(
    st.tuples(
        st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        st.none() | st.decimals(-1000, 1000, places=2),
        st.sampled_from(["ann", "ben", "cleo"]),
    ),
    min_size=1,
    max_size=30,
)
ENDS: tuple[Row, Row] = ((date(2026, 1, 1), Decimal(1), "ann"), (date(2026, 12, 31), Decimal(1), "ann"))


def log(rows: Sequence[Row]) -> SubjectSeries:
    lines = "".join(f"{day},{'' if n is None else n},{who}\n" for day, n, who in rows)
    keys = {"member": "who"}
    return series_of(evidence_of(**keys), imported("day,n,who\n" + lines, **keys), UNITS)


def figures(series: SubjectSeries) -> list[object]:
    return [
        (name, p.span, p.recorded, p.amount, p.status)
        for name, periods in {"": series.periods, **series.members}.items()
        for p in periods
    ]


@given(ROWS, st.randoms())
def test_the_order_of_rows_changes_no_tally(rows: list[Row], chance: object) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # a `random.Random`
    assert figures(log(rows)) == figures(log(mixed))


@given(ROWS, st.integers(0, 30))
def test_two_pieces_of_a_table_add_up_to_the_whole(rows: list[Row], cut: int) -> None:
    # Both pieces hold the first and the last day, so that they speak of the same months.
    whole = log([*rows, *ENDS, *ENDS]).periods
    parts = log([*rows[:cut], *ENDS]).periods, log([*rows[cut:], *ENDS]).periods
    # What is not known adds nothing.
    assert [p.recorded or 0 for p in whole] == [
        (first.recorded or 0) + (second.recorded or 0) for first, second in zip(*parts, strict=True)
    ]


@given(ROWS, st.integers(0, 29), st.decimals(0, 1, places=2))
def test_splitting_a_row_in_two_changes_no_tally(rows: list[Row], place: int, part: Decimal) -> None:
    day, n, who = rows[place % len(rows)]
    if n is None:
        return
    halves: list[Row] = [(day, n * part, who), (day, n - n * part, who)]
    others = [row for i, row in enumerate(rows) if i != place % len(rows)]
    before, after = log(rows), log([*others, *halves])
    assert [(p.span, p.recorded, p.status) for p in before.periods] == [
        (p.span, p.recorded, p.status) for p in after.periods
    ]


AMOUNTS = st.integers(1, 50)
OWED = st.lists(st.tuples(st.integers(0, 60), AMOUNTS), max_size=12)


@given(OWED, OWED, st.integers(0, 30))
def test_every_amount_owed_is_returned_in_time_or_late_or_open(
    owed: list[tuple[int, int]], returns: list[tuple[int, int]], allowed: int
) -> None:
    found = settle([Obligation(time=t, amount=a, allowed=allowed) for t, a in owed], returns)
    for one in found.settled:
        assert one.on_time + one.late + one.open == one.obligation.amount
    used = sum(one.on_time + one.late for one in found.settled)
    assert used + found.unused == sum(amount for _, amount in returns)


@given(OWED, OWED, st.integers(0, 30))
def test_more_time_never_means_less_on_time(
    owed: list[tuple[int, int]], returns: list[tuple[int, int]], allowed: int
) -> None:
    short, long = (
        settle([Obligation(time=t, amount=a, allowed=days) for t, a in owed], returns)
        for days in (allowed, allowed + 7)
    )
    assert sum(one.on_time for one in short.settled) <= sum(one.on_time for one in long.settled)


@given(OWED)
def test_a_day_later_and_earlier_settle_the_same(owed: list[tuple[int, int]]) -> None:
    returns = [(t + 3, a) for t, a in owed]
    found = settle([Obligation(time=t, amount=a, allowed=5) for t, a in owed], returns)
    moved = settle([Obligation(time=t + 100, amount=a, allowed=5) for t, a in owed], [(t + 100, a) for t, a in returns])
    assert (found.on_time_ratio, found.mean_delay) == (moved.on_time_ratio, moved.mean_delay)
