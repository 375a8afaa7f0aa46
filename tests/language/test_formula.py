"""Formulas: precedence, units, ranges, limits."""

from __future__ import annotations

import math
from fractions import Fraction

import pint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lichen.language.formula import parse, parse_unit
from lichen.language.functions import FUNCTIONS
from lichen.language.tokens import FormulaError
from lichen.relationship.evaluate import evaluate
from lichen.relationship.formula import Binary, Call, Name, Number, Spread, walk
from lichen.relationship.quantity import PER_TIME, PLAIN, TIME, Dimension, Unit, standard_units

UNITS = {
    **standard_units(),
    "pallet": Unit("pallet", 1.0, Dimension.of("pallet")),
    "kEUR": Unit("kEUR", 1000.0, Dimension.of("EUR")),
}


def value(text: str, **names: float) -> float:
    return evaluate(parse(text, UNITS), lambda name: names[name.text])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 + 3 * 4", 14),
        ("-2 ** 2", -4),
        ("2 ** 3 ** 2", 512),
        ("2 ** -1", 0.5),
        ("10 - 2 - 3", 5),
        ("100 / 10 / 2", 5),
        ("1 if 2 < 1 else 3 if 1 < 2 else 4", 3),
        ("1 < 2 and not 3 < 2 or 0", 1),
        ("not 1 < 2 or 1", 1),
        ("clip(5, 0, 3) + least(4, 2)", 5),
        ("-(-3)", 3),
        ("5 % + 1", 1.05),
        ("2 per 1", 2),
        ("12 per week * 7", 12),
        ("14 / 2 day", 7),
        ("1 pallet/week per 7 kEUR", 1 / 7 / 7000),
        ("1.5e-3 + .5 + 010", 10.5015),
    ],
)  # worked out by hand; a week is 7 base units, a kEUR 1000
def test_a_formula_has_the_value_of_arithmetic(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected, rel=1e-12)


@st.composite
def arithmetic(draw: st.DrawFn, depth: int = 4) -> str:
    if depth == 0:
        return draw(st.sampled_from(["1", "2.5", "0.25", "3", "x", "y"]))
    inner = arithmetic(depth - 1)
    return draw(
        st.one_of(
            st.builds("{} + {}".format, inner, inner),
            st.builds("{} - {}".format, inner, inner),
            st.builds("{} * {}".format, inner, inner),
            st.builds("({})".format, inner),
            st.builds("-{}".format, inner),
            st.builds("{} ** 2".format, st.sampled_from(["x", "3", "(x - y)"])),
            st.builds("({} if {} < {} else {})".format, inner, inner, inner, inner),
            st.builds("min({}, {})".format, inner, inner),
            inner,
        )
    )


@given(arithmetic(), st.floats(-9, 9), st.floats(-9, 9))
@settings(max_examples=4 * settings().max_examples)
def test_arithmetic_is_that_of_python(text: str, x: float, y: float) -> None:
    """Python's own parser is the oracle: both languages share these forms and their precedence."""
    try:
        found = value(text, x=x, y=y)
    except FormulaError as error:
        assert "more than" in error.fact  # the limits of depth and size hold here too
        return
    expected = eval(text, {"x": x, "y": y, "min": min})
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


PHRASES = st.lists(
    st.tuples(
        st.sampled_from("/*"), st.sampled_from(["km", "g", "day", "EUR", "m2", "kWh", "l"]), st.sampled_from([1, 2])
    ),
    min_size=1,
    max_size=5,
)


@given(PHRASES)
@settings(max_examples=4 * settings().max_examples)
def test_unit_phrases_agree_with_pint(phrase: list[tuple[str, str, int]]) -> None:
    registry = pint.UnitRegistry(None)
    for line in ("meter = [length]", "kilogram = [mass]", "day = [time]", "EUR = [money]", "J = [energy]"):
        registry.define(line)
    known = {"km": "1000 meter", "g": "0.001 kilogram", "m2": "1 meter ** 2", "kWh": "3.6e6 J", "l": "0.001 meter ** 3"}
    text, product = "3", registry.Quantity(3.0)
    for position, (operator, unit, power) in enumerate(phrase):
        operator = "*" if position == 0 else operator
        text += f" {'' if position == 0 else operator} {unit}**{power}"
        factor = registry.Quantity(known.get(unit, f"1 {unit}")) ** power
        product = product / factor if operator == "/" else product * factor
    tree = parse(text, UNITS)
    assert isinstance(tree, Number)
    base = product.to_base_units()
    assert tree.value == pytest.approx(base.magnitude, rel=1e-9)
    names = {"meter": "m", "kilogram": "kg"}
    powers = {
        names.get(str(u), str(u)): Fraction(p).limit_denominator() for u, p in dict(base.unit_items()).items() if p
    }
    assert dict(tree.dimension.powers) == powers


def test_a_unit_phrase_binds_tightest() -> None:
    tree = parse("x / 9 kEUR", UNITS)
    assert isinstance(tree, Binary) and isinstance(tree.right, Number)
    assert (tree.right.value, tree.right.dimension) == (9000.0, Dimension.of("EUR"))
    root = parse("9 %/year**0.5", UNITS)
    assert isinstance(root, Number)
    assert root.value == pytest.approx(0.09 / math.sqrt(365.25))
    assert root.dimension == PLAIN / TIME ** Fraction(1, 2)


def test_a_name_with_a_dot_is_never_a_unit() -> None:
    assert [n.text for n in walk(parse("m.t + t.m", UNITS)) if isinstance(n, Name)] == ["m.t", "t.m"]


def test_the_unit_of_a_range_belongs_to_both_ends() -> None:
    tree = parse("-5..3 kEUR", UNITS, "flows.f.rate")
    assert tree == Spread(-5000.0, 3000.0, "flows.f.rate", Dimension.of("EUR"))


def test_two_ranges_in_one_formula_are_two_draws() -> None:
    keys = [node.key for node in walk(parse("1..2 + 1..2", UNITS, "a.b")) if isinstance(node, Spread)]
    assert keys == ["a.b", "a.b/2"]


def test_places_are_no_part_of_a_tree() -> None:
    assert parse("a+b", UNITS) == parse("a  +  b", UNITS)
    assert parse("(a + b)", UNITS) == parse("a + b", UNITS)
    assert parse("7 day", UNITS) == parse("1 week", UNITS)


@pytest.mark.parametrize(
    ("text", "part", "repair"),
    [
        ("a ^ 2", "^", "`**`"),
        ("1,000 EUR", "1,000", "`1000`"),
        ("1,5", "1,5", "`1.5`"),
        ("a < b < c", "<", "and"),
        ("3 bananas", "bananas", "units:"),
        ("3 MEUR", "MEUR", "`MEUR: 1e6 EUR`"),
        ("EUR * 2", "EUR", "`1 EUR`"),
        ("min(a", "(", "`)`"),
        ("clip(a, 1)", "clip(a, 1)", "clip(x, low, high)"),
        ("satrate(a, 1)", "satrate", "`saturate`"),
        ("a b", "b", "`*`"),
        ("3kEUR", "3kEUR", "`3 kEUR`"),
        ("300 EUR..330 EUR", "..", "300..330"),
        ("3..1", "3..1", "lower end first"),
        ("5 per x", "x", "per week"),
        ("a if b", "b", "else"),
        ("2026-01-01 + 1", "2026-01-01", "duration"),
        (".inf", ".inf", "figure"),
        ("a ≤ b", "≤", "`<=`"),
        ("5 €", "€", "EUR"),
    ],
)
def test_a_wrong_formula_is_told_by_its_place_and_repair(text: str, part: str, repair: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text, UNITS)
    start, end = caught.value.span
    assert text[start:end] == part
    assert repair in caught.value.repair


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1000,
        "-" * 1900 + "1",
        "not " * 400 + "a",
        "2**" * 100 + "2",
        "a+" * 600 + "a",
        "x" * 3000,
        "1e301",
        "1" * 31,
    ],
)
def test_formulas_over_a_limit_are_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text, UNITS)


@pytest.mark.parametrize(("text", "factor", "dimension"), [
    ("EUR/week", 1 / 7, Dimension.of("EUR") / TIME),
    ("1", 1.0, PLAIN),
    ("1e6 EUR", 1e6, Dimension.of("EUR")),
    ("1/week", 1 / 7, PER_TIME),
    ("% per year", 0.01 / 365.25, PER_TIME),
])  # fmt: skip
def test_a_unit_is_a_phrase_or_a_number_with_one(text: str, factor: float, dimension: Dimension) -> None:
    if text == "% per year":
        text = "1 % per year"
    unit = parse_unit(text, UNITS)
    assert (unit.factor, unit.dimension) == (pytest.approx(factor), dimension)


def test_every_function_can_be_called_as_its_usage_says() -> None:
    for name, function in FUNCTIONS.items():
        tree = parse(function.usage.replace(", ...", ""), {})
        assert isinstance(tree, Call) and tree.function == name
