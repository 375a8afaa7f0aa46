"""From a figure to a status, and from statuses to a word."""

import math

import pytest

from lichen.check.finding import Finding
from lichen.check.judging import failure, invariant, status_of_margin, status_of_score, times_to_decide, worse
from lichen.check.measures.figure import Figure, exact


@pytest.mark.parametrize(
    ("margin", "status", "decided"),
    [
        (Figure(0.2, 0.1, 0.3), "holds", True),
        (Figure(-0.2, -0.3, -0.1), "broken", True),
        (Figure(0.1, -0.1, 0.3), "at risk", False),
        (Figure(-0.1, -0.3, 0.1), "at risk", False),
        (exact(0.0), "holds", True),
        (exact(-1e-10), "holds", True),  # within the tolerance
        (exact(math.nan), "cannot tell", True),
    ],
)
def test_a_margin_holds_from_zero_on(margin: Figure, status: str, decided: bool) -> None:
    assert status_of_margin(margin) == (status, decided)


@pytest.mark.parametrize(
    ("score", "status", "decided"),
    [
        (Figure(0.1, 0.0, 0.2), "holds", True),
        (Figure(0.3, 0.26, 0.4), "at risk", True),
        (Figure(0.7, 0.6, 0.8), "broken", True),
        (Figure(0.24, 0.2, 0.3), "at risk", False),
        (Figure(0.5, 0.4, 0.6), "at risk", False),
        (exact(0.25), "holds", True),
        (exact(0.26), "at risk", True),
        (exact(0.5), "broken", True),
        (exact(math.nan), "cannot tell", True),
    ],
)
def test_a_score_is_watched_from_a_quarter_and_decides_from_a_half(score: Figure, status: str, decided: bool) -> None:
    assert status_of_score(score) == (status, decided)


def test_what_cannot_be_told_stands_between_good_and_bad() -> None:
    assert worse("holds", "cannot tell") == "cannot tell"
    assert worse("cannot tell", "at risk") == "at risk"
    assert worse("broken", "at risk") == "broken"


@pytest.mark.parametrize(
    ("finding", "times"),
    [
        (invariant("m", Figure(0.1, -0.1, 0.3)), 4.0),  # the half of the interval, 0.2, is twice the distance to 0
        (invariant("m", Figure(0.2, -0.01, 0.41)), 2.0),
        (invariant("m", Figure(0.0, -0.1, 0.1)), math.inf),
        (failure("f", Figure(0.24, 0.2, 0.3)), 32.0),  # 0.06 above against 0.01 to go, six times, squared
        (failure("f", Figure(0.51, 0.48, 0.54)), 8.0),  # 0.03 below against 0.01 to go, three times, squared
        (Finding(about="balance_check", type="component", status="at risk", says="", decided=False), 2.0),
    ],
)
def test_the_wider_an_interval_for_its_distance_the_more_futures_settle_it(finding: Finding, times: float) -> None:
    assert times_to_decide(finding) == times
