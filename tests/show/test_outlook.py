from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from lichen.record.reading import Record
from lichen.relationship.party import Capacity
from lichen.show import outlook
from lichen.show.judged import Judged
from lichen.simulation.futures import Futures
from tests.show import build


def straight(falls: dict[str, float]) -> Futures:
    """Futures without chance: room left falls on a straight line."""
    made = build.futures(falls, runs=20)
    share = made.days / made.days[-1]
    paths = {name: np.repeat([1 - fall * share], 20, axis=0) for name, fall in falls.items()}
    base = replace(made.base, headroom={name: build.trace(path, made.days) for name, path in paths.items()})
    rooms = {f"{name}.headroom": path for name, path in paths.items()}
    return replace(made, lanes={"base": base}, paths={"base": rooms})


def fallen(days: list[float], of: int) -> str:
    """What is said of Alder that falls below its floor on these days, each in one of so many futures."""
    futures = straight({"northfield": 0.2, "alder": 0.6})
    crossed = np.concatenate([days, np.full(of - len(days), np.inf)])
    alder = replace(futures.base.headroom["alder"], below_zero_at=crossed)
    base = replace(futures.base, headroom={**futures.base.headroom, "alder": alder})
    judged = build.judged(futures=replace(futures, lanes={"base": base}), record=None)
    return outlook.own_sentence(outlook.outlooks(judged)[1], date(2026, 1, 5))


def test_the_side_below_its_floor_is_worse_off_from_the_first_step_below() -> None:
    judged = build.judged(futures=straight({"northfield": -0.1, "alder": 2.0}), record=None)
    worst = outlook.worse_off(outlook.outlooks(judged))
    assert worst is not None
    assert worst.party.name == "alder"
    assert worst.below == 1.0
    # Room is 1 - 2 k/156 at step k: below 0 first at k = 79, and a step is a week.
    assert worst.below_from == 79 * 7


def test_without_anybody_below_the_least_room_is_worst() -> None:
    judged = build.judged(futures=straight({"northfield": 0.2, "alder": 0.6}), record=None)
    worst = outlook.worse_off(outlook.outlooks(judged))
    assert worst is not None
    assert worst.below_from is None
    assert outlook.sentence(worst, date(2026, 1, 5)).startswith("Nobody falls below the floor. Least room left: Alder")


def test_of_sides_that_seldom_fall_it_is_not_said_that_nobody_does() -> None:
    """One future of forty dips below the floor, less than a twentieth."""
    futures = straight({"northfield": 0.2, "alder": 0.6})
    alder = futures.base.headroom["alder"]
    rare = replace(alder, below_zero_at=np.array([70.0] + [np.inf] * 39))
    base = replace(futures.base, headroom={**futures.base.headroom, "alder": rare})
    judged = build.judged(futures=replace(futures, lanes={"base": base}), record=None)
    found = outlook.outlooks(judged)
    says = outlook.chart(judged, found, "").notes[0].says
    above = "Each side stays above its floor in at least 19 of 20 futures"
    assert says.startswith(f"{above}. Least room left: Alder Packaging, 40")
    assert outlook.own_sentence(found[1], date(2026, 1, 5)).startswith(
        "Alder Packaging: above the floor but in 3 of 100 futures, 40"
    )


def test_recorded_levels_become_room_left_and_gaps_break_them() -> None:
    alder = outlook.outlooks(build.judged())[1]
    # 900 kEUR is the start and healthy, 300 kEUR the floor: 640 kEUR leave 340/600 of the room.
    first, second = alder.side.recorded
    assert [value for _, value in second] == pytest.approx([340 / 600, 260 / 600, 130 / 600, -10 / 600])
    assert len(first) == 2  # the level of 1 January lies before the start on 5 January
    assert alder.recorded_below == date(2027, 10, 1)


def test_times_without_a_record_are_gaps_of_the_chart() -> None:
    judged = build.judged()
    chart = outlook.chart(judged, outlook.outlooks(judged), "")
    start = date(2026, 1, 5)
    assert chart.gaps == (((date(2026, 10, 1) - start).days, (date(2027, 1, 1) - start).days),)


def test_the_chart_says_at_the_crossing_who_is_below_and_since_when() -> None:
    judged = build.judged(record=None)
    chart = outlook.chart(judged, outlook.outlooks(judged), "")
    assert [note.room for note in chart.notes] == [0.0]
    assert chart.notes[0].says.startswith("Alder Packaging falls below the floor in ")


def test_a_side_whose_room_nobody_can_tell_is_not_said_to_stay_above_its_floor() -> None:
    futures = straight({"northfield": 0.2, "alder": 0.6})
    open_room = build.trace(np.full((20, len(futures.days)), np.nan), futures.days)
    base = replace(futures.base, headroom={**futures.base.headroom, "alder": open_room})
    judged = build.judged(futures=replace(futures, lanes={"base": base}), record=None)
    found = outlook.outlooks(judged)
    assert outlook.own_sentence(found[1], date(2026, 1, 5)) == "Alder Packaging: nobody can say how much room is left"
    assert found[1].side.middle == ()
    worst = outlook.worse_off(found)
    assert worst is not None and worst.party.name == "alder"  # or the picture would say that nobody falls


def test_a_crossing_is_told_with_the_first_and_half_of_those_that_cross() -> None:
    """Of 20 futures 8 cross the floor, on known days: 40 of 100; half of the eight have crossed with the fourth."""
    # 5 January 2026 and 30 days is in February 2026, and 400 days is in February 2027
    assert fallen([30.0, 60.0, 90.0, 400.0, 500.0, 600.0, 700.0, 800.0], of=20) == (
        "Alder Packaging falls below the floor in 40 of 100 futures, the first in February 2026, half of these by "
        "February 2027"
    )


def test_the_first_crossing_is_not_later_than_half_of_them_where_few_cross() -> None:
    """Of 100 futures 6 cross: a twentieth of all have with the fifth, on day 700, and half of the six on day 400."""
    assert fallen([700.0, 30.0, 400.0, 60.0, 800.0, 750.0], of=100) == (
        "Alder Packaging falls below the floor in 6 of 100 futures, the first in February 2026, half of these by "
        "February 2027"
    )


def test_crossings_of_one_month_are_told_as_such() -> None:
    assert fallen([30.0, 31.0], of=20).endswith("in 10 of 100 futures, all in February 2026")
    assert fallen([30.0, 31.0, 32.0, 400.0], of=20).endswith("half of these in February 2026, all by February 2027")


def test_a_record_outside_the_band_is_said_to_be_missed() -> None:
    steady = outlook.outlooks(build.judged(futures=straight({"northfield": 0.0, "alder": 0.0})))[1]
    # Without chance the band is the line at 1, and every reading lies below it.
    assert outlook.missed(steady) == (
        "Of 6 recorded values of Alder Packaging 6 lie outside the band: the futures miss what happened."
    )
    low, high = (-1.0,) * len(steady.side.days), (1.0,) * len(steady.side.days)
    assert outlook.missed(replace(steady, side=replace(steady.side, low=low, high=high))) == ""
    assert outlook.missed(replace(steady, side=replace(steady.side, recorded=()))) == ""


def with_a_line(*, recorded: bool) -> Judged:
    """Alder needs a line too, of which twice the floor is left at the start; recorded, it is at 150, 125, ... units."""
    told = build.supply()
    alder = told.parties["alder"]
    line = Capacity(name="line", level=build.value(200.0, "200 EUR"), floor=build.value(100.0, "100 EUR"))
    parties = {**told.parties, "alder": replace(alder, capacities={**alder.capacities, "line": line})}
    made = straight({"northfield": 0.0, "alder": 0.9})
    cash = np.full((20, len(made.days)), 9e5)
    record = build.record()
    if recorded:
        (series,) = record.books["alder.cash"]
        periods = tuple(replace(p, amount=None if p.amount is None else 150.0) for p in series.periods)
        record = Record(books={**record.books, "alder.line": (replace(series, subject="alder.line", periods=periods),)})
    futures = replace(made, paths={"base": {**made.paths["base"], "alder.cash": cash}})
    return build.judged(relationship=replace(told, parties=parties), futures=futures, record=record)


def test_one_recorded_capacity_of_two_is_held_against_its_own_futures() -> None:
    judged = with_a_line(recorded=False)
    alder = outlook.outlooks(judged)[1]
    assert (alder.side.recorded, alder.recorded) == ((), ())
    cash = alder.alone["cash"]
    # Cash stays at 900 kEUR in every future, 100 % of its room, and room left falls to 10 %.
    assert set(cash.low) == set(cash.high) == {1.0} and alder.side.middle[-1] == pytest.approx(0.1)
    assert sum(map(len, cash.recorded)) == 6
    assert outlook.not_whole(alder) == "Of Alder Packaging only cash is recorded."
    assert outlook.missed(alder) == (
        "Of 6 recorded values of the cash of Alder Packaging 6 lie outside the band: the futures miss what happened."
    )
    (chart,) = outlook.charts_alone(judged, alder)
    assert (chart.title, chart.sides) == ("Cash of Alder Packaging: room left", (cash,))
    assert len(chart.gaps) == 1 and outlook.chart(judged, (alder,), "").gaps == ()
    assert alder.recorded_below == date(2027, 10, 1)  # below one floor is below the floor, whatever the other is


def test_the_room_of_a_side_is_recorded_where_all_that_it_needs_is() -> None:
    alder = outlook.outlooks(with_a_line(recorded=True))[1]
    assert (alder.recorded, alder.alone, outlook.not_whole(alder)) == (("cash", "line"), {}, "")
    # The line keeps 50 % of its room: the least of it and the cash of the test above on runs without a gap.
    assert [room for _, room in alder.side.recorded[1]] == pytest.approx([0.5, 260 / 600, 130 / 600, -10 / 600])
