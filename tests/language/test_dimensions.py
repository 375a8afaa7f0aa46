"""Dimensions, bounds and constants of formulas."""

from __future__ import annotations

from fractions import Fraction

import pytest

from lichen.language.dimensions import bounds, infer, work_out
from lichen.language.formula import parse
from lichen.language.tokens import FormulaError
from lichen.relationship.formula import Name, Number
from lichen.relationship.quantity import PLAIN, TIME, Dimension, standard_units

EUR, KG = Dimension.of("EUR"), Dimension.of("kg")
NAMES = {"money": EUR, "mass": KG, "plain": PLAIN, "time": TIME, "unknown": None}


def look_up(name: Name) -> Dimension | None:
    return NAMES[name.text]


def dimension(text: str) -> Dimension | None:
    return infer(parse(text, standard_units()), look_up)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("money / mass", EUR / KG),
        ("money * 3 kg / 2 weeks", EUR * KG / TIME),
        ("sqrt(money * money)", EUR),
        ("money ** 0.5", EUR ** Fraction(1, 2)),
        ("mass ** (1 - 3)", KG**-2),
        ("saturate(money, 5 EUR)", PLAIN),
        ("exp(money / 2 EUR)", PLAIN),
        ("delay(money, 2 weeks) + smooth(money, time)", EUR),
        ("money < 3 EUR and plain", PLAIN),
        ("1 EUR if money < 2 EUR else -money", EUR),
        ("max(money, 0 EUR)", EUR),
        ("step(3 weeks) + pulse(1 day, 2 days) + season(1 year, time)", PLAIN),
        ("unknown + money", EUR),
        ("unknown * money", None),
        ("clip(unknown, 1 EUR, 2 EUR)", EUR),
    ],
)
def test_a_formula_counts(text: str, expected: Dimension | None) -> None:
    assert dimension(text) == expected


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("money + mass", "money"),
        ("money + 0", "money"),
        ("exp(money)", "money"),
        ("1 if money else 2", "money"),
        ("money if plain else mass", "money"),
        ("min(money, 1 EUR, mass)", "money"),
        ("delay(money, 3)", "3"),
        ("step(3 hours)", "3 hours"),
        ("2 ** money", "money"),
        ("plain ** 200", "200"),
        ("plain ** plain", "plain"),
        ("not mass", "mass"),
        ("quantile(money, mass)", "mass"),
        ("saturate(money, 1)", "money"),
    ],
)
def test_sides_that_do_not_go_together_are_told(text: str, part: str) -> None:
    with pytest.raises(FormulaError) as caught:
        dimension(text)
    error = caught.value
    assert text[error.span[0] : error.span[1]] == part
    assert error.repair


@pytest.mark.parametrize(("text", "expected"), [
    ("1..2 * -3", (-6.0, -3.0)),
    ("5 - 1..2", (3.0, 4.0)),
    ("2 / 1..4", (0.5, 2.0)),
    ("2 / -1..4", None),
    ("abs(money)", (0.0, float("inf"))),
    ("max(money, 0 EUR)", (0.0, float("inf"))),
    ("clip(plain, 0.1, 0.9)", (0.1, 0.9)),
    ("-(1..2)", (-2.0, -1.0)),
    ("1 if plain else 3", (1.0, 3.0)),
    ("plain * 2", None),
])  # fmt: skip
def test_bounds_that_are_known_when_reading(text: str, expected: tuple[float, float] | None) -> None:
    assert bounds(parse(text, standard_units()), lambda name: None) == expected


def test_constants_are_worked_out() -> None:
    tree = work_out(parse("(1 + 2) * 3 kg / 2", standard_units()))
    assert tree == Number(4.5, KG)


@pytest.mark.parametrize("text", ["1 / 0", "1 / (2 - 2)", "(0 - 1) ** 0.5", "1e300 * 1e300", "1e200 ** 2"])
def test_a_constant_that_is_no_number_is_an_error(text: str) -> None:
    with pytest.raises(FormulaError):
        work_out(parse(text, standard_units()))
