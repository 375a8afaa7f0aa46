from datetime import date

import pytest

from lichen.check import wording
from lichen.relationship.quantity import PLAIN, TIME, Dimension, Unit
from lichen.show import figures

EUR = Dimension.of("EUR")
OWN = {"kEUR": Unit("kEUR", 1e3, EUR), "MEUR": Unit("MEUR", 1e6, EUR)}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1234.0, "1 234"),
        (12345.6, "12 350"),
        (999_999.0, "1 000 000"),
        (-0.09, "−0.09"),
        (0.00012345, "0.0001234"),
        (2.5e-8, "2.5 × 10⁻⁸"),
        (1e15, "1 × 10¹⁵"),
        (float("inf"), "∞"),
        (float("nan"), "not known"),
        (None, "not known"),
    ],
)
def test_a_number_has_four_digits_and_narrow_spaces(value: float | None, written: str) -> None:
    assert figures.number(value).replace(figures.SPACE, " ") == written


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.12345, "12 %"),
        (0.0747, "7.5 %"),
        (-0.0004, "0 %"),
        (0.0949, "9.5 %"),
        (0.0996, "10 %"),
        (0.9847, "98.5 %"),
        (0.9999, "100 %"),
        (24.763, "2 476 %"),
        (-1e300, "less than −10 million %"),
    ],
)
def test_a_share_is_written_alike_in_tables_and_in_sentences(share: float, written: str) -> None:
    assert figures.percent(share).replace(figures.SPACE, " ") == written
    assert wording.share(share).replace(figures.SPACE, " ") == written


def test_a_share_has_its_unit_and_its_interval() -> None:
    assert figures.figure(-0.3123, "of the room") == f"−31{figures.SPACE}% of the room"
    assert figures.figure(0.0, "share seen") == f"0{figures.SPACE}% seen"
    assert figures.interval((0.1, 0.2), "of the room") == f"10{figures.SPACE}% to 20{figures.SPACE}%"


def test_other_figures_stand_before_their_unit() -> None:
    assert figures.figure(290.0, "kEUR") == "290 kEUR"
    assert figures.figure(None, "kEUR") == "not known"


def test_an_amount_takes_the_unit_that_reads_best() -> None:
    assert figures.amount(4.3e6, EUR, OWN) == "4.3 MEUR"
    assert figures.amount(430.0, EUR, OWN) == "430 EUR"
    assert figures.amount(0.5, PLAIN, OWN) == "0.5"
    assert figures.amount(2_613_000.0, Dimension.of("colony"), {}) == "2.613 million colony"


def test_a_rate_is_said_per_year() -> None:
    # 1,000 EUR a day are 365,250 EUR in a year of 365.25 days, that is 365.2 kEUR with four digits (half to even).
    assert figures.amount(1000.0, EUR / TIME, OWN) == "365.2 kEUR/year"


def test_the_distance_to_the_limit_is_said_in_words() -> None:
    assert figures.distance(-0.31) == "0.31 past the limit"
    assert figures.distance(0.31) == "0.31 inside the limit"
    assert figures.distance(0.0) == "exactly at the limit"
    assert figures.distance(None) == "distance to the limit not known"


def test_an_interval_without_width_is_not_written() -> None:
    assert figures.interval((0.25, 0.25)) == ""
    assert figures.interval((-0.11, -0.07)) == "−0.11 to −0.07"


@pytest.mark.parametrize(
    ("days", "said"), [(5.0, "5 days"), (1.0, "1 day"), (182.0, "6 months"), (42.0, "6 weeks"), (1096.0, "3 years")]
)
def test_a_time_is_said_as_a_person_would(days: float, said: str) -> None:
    assert figures.span(days) == wording.span(days) == said


def test_dates_are_english_whatever_the_machine_speaks() -> None:
    assert figures.full_date(date(2026, 3, 5)) == "5 March 2026"
    assert figures.short_month(date(2026, 8, 1)) == "Aug 2026"
    assert figures.after(date(2026, 1, 1), 1e12) == date.max


def test_a_share_of_futures_never_claims_more_than_it_knows() -> None:
    assert wording.out_of_hundred(0.18) == "in 18 of 100 futures"
    assert wording.out_of_hundred(0.999) == "in more than 99 of 100 futures"
    assert wording.out_of_hundred(0.001) == "in fewer than 1 of 100 futures"
    assert wording.out_of_hundred(1.0) == "in every future"
