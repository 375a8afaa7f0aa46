"""The windows that a rule of return asks among the steps of a run, counted by hand."""

from datetime import date

import pytest

from lichen.relationship.relationship import Time
from lichen.relationship.rules import Window
from lichen.simulation.windows import full_windows

WEEKS = Time(start=date(2026, 1, 5), horizon_days=28.0, step_days=7.0)
MONTHS = Time(start=date(2026, 1, 1), horizon_days=2 * 365.25, step_days=365.25 / 12)


@pytest.mark.parametrize(("window", "steps"), [
    (Window(kind="transaction"), [(0, 1), (1, 2), (2, 3), (3, 4)]),
    (Window(kind="duration", days=14.0), [(0, 2), (1, 3), (2, 4)]),
    (Window(kind="duration", days=35.0), []),
    (Window(kind="project"), [(0, 2), (2, 4)]),
    (Window(kind="life"), [(0, 4)]),
    (Window(kind="portfolio"), [(0, 4)]),
])  # fmt: skip
def test_full_windows_of_four_weeks_with_a_commitment_of_two(window: Window, steps: list[tuple[int, int]]) -> None:
    assert list(full_windows(window, WEEKS, commitment_days=14.0)) == steps


def test_a_season_counts_when_all_of_it_lies_in_the_run() -> None:
    """March to August is steps 2 to 7 of each year; November to February is whole only over the new year between."""
    assert list(full_windows(Window(kind="season", text="season(March, August)"), MONTHS, 0.0)) == [(2, 8), (14, 20)]
    assert list(full_windows(Window(kind="season", text="season(November, February)"), MONTHS, 0.0)) == [(10, 14)]


def test_a_season_at_the_ends_of_the_calendar_is_cut_there() -> None:
    winter = Window(kind="season", text="season(November, February)")
    assert winter.season_at(date.min) == (date.min, date(1, 3, 1))
    assert winter.season_at(date(9999, 11, 5)) == (date(9999, 11, 1), date.max)
    assert winter.season_at(date(2026, 5, 1)) is None
    late = Time(start=date(9999, 6, 1), horizon_days=3 * 365.25, step_days=7.0)
    assert list(full_windows(winter, late, 0.0)) == [(22, 31)]  # from 2 November on, up to the last day there is
