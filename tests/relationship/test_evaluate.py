import math

import pytest

from lichen.relationship.evaluate import Values, evaluate, evaluate_each, quantile
from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Tree, Unary
from tests.by_hand import between, call, minus, times, tree

VALUES = {"price": 4.0, "alder.cash": 10.0, "time": 3.0}


def of(formula: Tree) -> float:
    return evaluate(formula, lambda name: VALUES[name.text])


def binary(operator: str, left: float, right: float) -> float:
    return of(Binary(operator, Number(left), Number(right)))  # type: ignore[arg-type] # each case names a real one


def test_names_are_looked_up_and_ranges_stand_at_their_middle() -> None:
    assert of(times("price", minus("alder.cash", 1))) == 36.0
    assert of(between(300, 330)) == 315.0


@pytest.mark.parametrize(
    ("operator", "left", "right", "expected"),
    [
        ("/", 1, 4, 0.25),
        ("/", -1, 0, -math.inf),
        ("/", 1, -0.0, -math.inf),
        ("**", 2, 10, 1024),
        ("**", 0, -1, math.inf),
        ("**", 10, 400, math.inf),
        ("**", -10, 401, -math.inf),
        ("*", 1e300, 1e300, math.inf),
        ("<", 1, 1, 0),
        ("<=", 1, 1, 1),
        ("!=", 1, 2, 1),
        ("and", 2, 0, 0),
        ("or", 0, 0.5, 1),
    ],
)
def test_operators(operator: str, left: float, right: float, expected: float) -> None:
    assert binary(operator, left, right) == expected


@pytest.mark.parametrize(("operator", "left", "right"), [("/", 0, 0), ("/", math.nan, 0), ("**", -8, 1 / 3)])
def test_what_arithmetic_has_no_answer_for_is_nan(operator: str, left: float, right: float) -> None:
    assert math.isnan(binary(operator, left, right))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (call("min", 3, "price", 5), 3),
        (call("max", 3, "price"), 4),
        (call("least", 3, 2), 2),
        (call("clip", 9, 0, 5), 5),
        (call("abs", -2), 2),
        (call("exp", 800), math.inf),
        (call("log", 0), -math.inf),
        (call("sqrt", 9), 3),
        (call("tanh", 0), 0),
        (call("saturate", 3, 1), 0.75),
        (call("saturate", -3, 1), 0),
        (call("saturate", math.inf, 1), 1),
        (call("delay", "price", 7), 4),
        (call("smooth", "price", 7), 4),
        (call("step", 3), 1),
        (call("step", 4), 0),
        (call("pulse", 2, 1), 0),
        (call("pulse", 2, 2), 1),
        (call("season", 12, 0), 0),  # a quarter of a period after the peak: cos(pi/2)
        (call("mean", "price"), 4),
        (call("quantile", "price", 0.1), 4),
        (call("share", "price"), 1),
        (call("agreed", "price"), 4),
        (Unary("-", Number(2)), -2),
        (Unary("not", Number(2)), 0),
        (Conditional(tree("price"), Number(1), Number(2)), 1),
    ],
)
def test_functions(formula: Tree, expected: float) -> None:
    assert of(formula) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("function", ["log", "sqrt"])
def test_roots_and_logarithms_of_negative_numbers_are_nan(function: str) -> None:
    assert math.isnan(of(call(function, -1)))


@pytest.mark.parametrize("function", ["min", "max", "least"])
def test_nan_stays_nan(function: str) -> None:
    assert math.isnan(of(call(function, 1, math.nan)))


def test_balance_has_no_answer_without_the_relationship() -> None:
    assert math.isnan(of(call("balance", "alder")))


def test_special_answers_first_and_may_decline() -> None:
    def special(node: Call) -> float | None:
        return 7.0 if node.function == "mean" else None

    formula = times(call("mean", "sellers.cash"), call("sqrt", 4))
    assert evaluate_each(formula, lambda _: math.nan, special) == 14.0


def test_members_are_evaluated_side_by_side() -> None:
    """By hand, for cash of 4, 0 and NaN: halved, clipped, and where it is 0 something else."""
    cash: Values = (4.0, 0.0, math.nan)
    halved = evaluate_each(times("cash", 0.5), lambda _: cash)
    assert halved == pytest.approx([2.0, 0.0, math.nan], nan_ok=True)
    assert evaluate_each(call("max", "cash", 1), lambda _: cash) == pytest.approx([4.0, 1.0, math.nan], nan_ok=True)
    chosen = Conditional(condition=Name(("cash",)), then=Number(1.0), otherwise=Number(7.0))
    assert evaluate_each(chosen, lambda _: cash) == [1.0, 7.0, 1.0]
    assert evaluate_each(times(2, 3), lambda _: cash) == 6.0  # alike for all


def test_a_formula_of_the_largest_allowed_depth_is_evaluated() -> None:
    deep: Tree = Name(("price",))
    for _ in range(500):
        deep = Unary("-", deep)
    assert of(deep) == 4.0


def test_quantiles_are_linear_between_neighbours() -> None:
    assert quantile([4.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([1.0, 2.0], 0.25) == 1.25  # numpy.quantile([1, 2], .25)
    assert quantile([math.inf, math.inf], 0.3) == math.inf
    assert math.isnan(quantile([], 0.5))
    assert math.isnan(quantile([1.0, math.nan], 0.5))
