"""What a formula counts, what bounds of it are known when reading, and its constants worked out."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from lichen.language.tokens import FormulaError
from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Spread, Tree, Unary, children
from lichen.relationship.quantity import PLAIN, TIME, Dimension

LookUp: TypeAlias = Callable[[Name], Dimension | None]
"""The dimension of a name; None when it is not known."""
Bounds: TypeAlias = tuple[float, float]

_VERBS = {"+": "added", "-": "subtracted", "and": "joined", "or": "joined"}
_ALIKE = frozenset({"min", "max", "clip", "least"})
_PLAIN = frozenset({"exp", "log", "tanh", "share"})
_SAME = frozenset({"abs", "sum", "mean", "arriving", "agreed"})
_TIMES = frozenset({"step", "pulse", "season"})


def infer(tree: Tree, look_up: LookUp) -> Dimension | None:
    """The dimension of a formula; None when it rests on a name whose dimension is not known.

    Raises:
        FormulaError: two sides do not go together, or a function is given what it cannot take.
    """
    match tree:
        case Number(dimension=dimension) | Spread(dimension=dimension):
            return dimension
        case Name():
            return look_up(tree)
        case Unary(operator="not", operand=operand):
            _expect(operand, PLAIN, look_up, "`not` asks for a truth")
            return PLAIN
        case Unary(operand=operand):
            return infer(operand, look_up)
        case Binary():
            return _binary(tree, look_up)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            _expect(condition, PLAIN, look_up, "`if` asks for a truth")
            return _alike(then, otherwise, look_up, "Both branches of an `if` count the same")
        case Call():
            return _call(tree, look_up)


def _binary(tree: Binary, look_up: LookUp) -> Dimension | None:
    operator, left, right = tree.operator, tree.left, tree.right
    if operator in ("and", "or"):
        _expect(left, PLAIN, look_up, f"`{operator}` asks for truths")
        _expect(right, PLAIN, look_up, f"`{operator}` asks for truths")
        return PLAIN
    if operator == "**":
        return _power(tree, look_up)
    if operator in ("*", "/"):
        a, b = infer(left, look_up), infer(right, look_up)
        if a is None or b is None:
            return None
        return a * b if operator == "*" else a / b
    if operator in ("+", "-"):
        return _alike(left, right, look_up, f"Only like can be {_VERBS[operator]}")
    _alike(left, right, look_up, "Only like can be compared")
    return PLAIN


def _power(tree: Binary, look_up: LookUp) -> Dimension | None:
    base = infer(tree.left, look_up)
    exponent = work_out(tree.right)
    if not isinstance(exponent, Number) or exponent.dimension != PLAIN:
        raise FormulaError(
            "An exponent is a constant number.", tree.right.span, "Use `exp` and `log` for other powers."
        )
    if abs(exponent.value) > 100:
        raise FormulaError("An exponent lies between -100 and 100.", tree.right.span, "Write a smaller one.")
    if base is None or base == PLAIN:
        return base
    return base ** Fraction(exponent.value).limit_denominator(100)


def _call(tree: Call, look_up: LookUp) -> Dimension | None:
    function, arguments = tree.function, tree.arguments
    if function in _ALIKE:
        dimension = infer(arguments[0], look_up)
        for other in arguments[1:]:
            dimension = _alike(arguments[0], other, look_up, f"All values of `{function}` count the same") or dimension
        return dimension
    if function in _PLAIN:
        _expect(arguments[0], PLAIN, look_up, f"`{function}` takes a plain number")
        return PLAIN
    if function in _SAME:
        return infer(arguments[0], look_up)
    if function in _TIMES:
        for argument in arguments:
            _expect(argument, TIME, look_up, f"`{function}` takes durations")
        return PLAIN
    if function == "sqrt":
        dimension = infer(arguments[0], look_up)
        return None if dimension is None else dimension ** Fraction(1, 2)
    if function in ("delay", "smooth"):
        _expect(arguments[1], TIME, look_up, f"`{function}` takes a duration as its second value")
        return infer(arguments[0], look_up)
    if function == "saturate":
        _alike(arguments[0], arguments[1], look_up, "Both values of `saturate` count the same")
    elif function == "quantile":
        _expect(arguments[1], PLAIN, look_up, "`quantile` takes a plain number as its second value")
        return infer(arguments[0], look_up)
    return PLAIN


def _expect(tree: Tree, wanted: Dimension, look_up: LookUp, rule: str) -> None:
    found = infer(tree, look_up)
    if found is not None and found != wanted:
        raise FormulaError(f"{rule}; this is {found}.", tree.span, _make(found, wanted))


def _alike(left: Tree, right: Tree, look_up: LookUp, rule: str) -> Dimension | None:
    a, b = infer(left, look_up), infer(right, look_up)
    if a is not None and b is not None and a != b:
        repair = f"A figure in {a / b} would turn the second into {a}."
        if PLAIN in (a, b):
            bare = next((t for t in (left, right) if isinstance(t, Number) and t.dimension == PLAIN), None)
            wanted = b if a == PLAIN else a
            repair = (
                f"Divide by a quantity in {wanted}." if bare is None else f"Write its unit: `{bare.value:g} {wanted}`."
            )
        raise FormulaError(f"{rule}.", left.span, repair, note=str(a), other=(right.span, str(b)))
    return a if a is not None else b


def _make(found: Dimension, wanted: Dimension) -> str:
    if wanted == TIME and found == Dimension.of("hour"):
        return "An `hour` is an hour of work; write a duration in days."
    if wanted == PLAIN:
        return "Divide by a quantity of the same kind."
    if wanted == TIME and found == PLAIN:
        return "Write its unit: `3 weeks`."
    return f"Write it in {wanted}."


def work_out(tree: Tree) -> Tree:
    """The formula with everything that is constant worked out to numbers.

    Raises:
        FormulaError: a constant part divides by zero, or comes to no finite number.
    """
    match tree:
        case Unary(operator="-", operand=operand):
            operand = work_out(operand)
            if isinstance(operand, Number):
                return Number(-operand.value, operand.dimension, tree.span)
            return Unary("-", operand, tree.span)
        case Unary(operator=operator, operand=operand):
            return Unary(operator, work_out(operand), tree.span)
        case Binary(operator=operator, left=left, right=right):
            left, right = work_out(left), work_out(right)
            if isinstance(left, Number) and isinstance(right, Number) and operator in ("+", "-", "*", "/", "**"):
                return _number(tree, left, right)
            return Binary(operator, left, right, tree.span)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return Conditional(work_out(condition), work_out(then), work_out(otherwise), tree.span)
        case Call(function=function, arguments=arguments):
            return Call(function, tuple(work_out(a) for a in arguments), tree.span)
        case _:
            return tree


def _number(tree: Binary, left: Number, right: Number) -> Number:
    a, b = left.value, right.value
    dimension = left.dimension
    try:
        match tree.operator:
            case "+":
                value = a + b
            case "-":
                value = a - b
            case "*":
                value, dimension = a * b, left.dimension * right.dimension
            case "/":
                value, dimension = a / b, left.dimension / right.dimension
            case _:
                value = a**b
                if left.dimension != PLAIN:
                    dimension = left.dimension ** Fraction(b).limit_denominator(100)
    except ZeroDivisionError:
        raise FormulaError("This divides by zero.", tree.span, "Write another divisor.") from None
    except OverflowError:
        value = math.inf
    if isinstance(value, complex) or not math.isfinite(value):
        raise FormulaError("This comes to no finite number.", tree.span, "Write smaller figures.")
    return Number(value, dimension, tree.span)


def bounds(tree: Tree, look_up: Callable[[Name], Bounds | None]) -> Bounds | None:
    """The least and the largest value a formula can take, as far as reading tells; None when it does not tell."""
    match tree:
        case Number(value=value):
            return (value, value)
        case Spread(low=low, high=high):
            return (low, high)
        case Name():
            return look_up(tree)
        case Conditional(then=then, otherwise=otherwise):
            return _hull(bounds(then, look_up), bounds(otherwise, look_up))
        case Call(function="abs" | "exp" | "sqrt" | "saturate" | "share"):
            return (0.0, math.inf)
        case Call(function="max", arguments=arguments):
            known = [b for b in (bounds(a, look_up) for a in arguments) if b is not None]
            whole = len(known) == len(arguments)
            return (max(b[0] for b in known), max(b[1] for b in known) if whole else math.inf) if known else None
        case Call(function="clip", arguments=(_, low_tree, high_tree)):
            return _hull(bounds(low_tree, look_up), bounds(high_tree, look_up))
        case Unary(operator="-", operand=operand):
            inner = bounds(operand, look_up)
            return None if inner is None else (-inner[1], -inner[0])
        case Binary(operator="+" | "-" | "*" | "/" as operator, left=left, right=right):
            return _combined(operator, bounds(left, look_up), bounds(right, look_up))
        case _:
            return None


def _hull(a: Bounds | None, b: Bounds | None) -> Bounds | None:
    return None if a is None or b is None else (min(a[0], b[0]), max(a[1], b[1]))


def _combined(operator: str, a: Bounds | None, b: Bounds | None) -> Bounds | None:
    if a is None or b is None:
        return None
    if operator == "+":
        return (a[0] + b[0], a[1] + b[1])
    if operator == "-":
        return (a[0] - b[1], a[1] - b[0])
    if operator == "/":
        if b[0] <= 0 <= b[1]:
            return None
        b = (1 / b[1], 1 / b[0])
    corners = [0.0 if 0 in (x, y) else x * y for x in a for y in b]
    return (min(corners), max(corners))


def is_constant(tree: Tree) -> bool:
    """Whether a formula reads no name."""
    return not isinstance(tree, Name) and all(is_constant(child) for child in children(tree))
