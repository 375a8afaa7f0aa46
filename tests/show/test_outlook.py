from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from lichen.show import outlook
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
    """Of 20 futures 8 cross the floor, on known days: 40 of 100; the first twentieth is the first of them, and half of
    the eight have crossed with the fourth.
    """
    days = np.array([30.0, 60.0, 90.0, 400.0, 500.0, 600.0, 700.0, 800.0])
    futures = straight({"northfield": 0.2, "alder": 0.6})
    crossed = np.concatenate([days, np.full(12, np.inf)])
    alder = replace(futures.base.headroom["alder"], below_zero_at=crossed)
    base = replace(futures.base, headroom={**futures.base.headroom, "alder": alder})
    judged = build.judged(futures=replace(futures, lanes={"base": base}), record=None)
    found = outlook.outlooks(judged)[1]
    # 5 January 2026 and 30 days is in February 2026, and 400 days is in February 2027
    assert outlook.own_sentence(found, date(2026, 1, 5)) == (
        "Alder Packaging falls below the floor in 40 of 100 futures, the first by February 2026, half of these by "
        "February 2027"
    )


def test_a_record_outside_the_band_is_said_to_be_missed() -> None:
    steady = outlook.outlooks(build.judged(futures=straight({"northfield": 0.0, "alder": 0.0})))[1]
    # Without chance the band is the line at 1, and every reading lies below it.
    assert outlook.missed(steady) == (
        "Of 6 recorded values of Alder Packaging 6 lie outside the band: the futures miss what happened."
    )
    low, high = (-1.0,) * len(steady.side.days), (1.0,) * len(steady.side.days)
    assert outlook.missed(replace(steady, side=replace(steady.side, low=low, high=high))) == ""
    assert outlook.missed(replace(steady, side=replace(steady.side, recorded=()))) == ""
