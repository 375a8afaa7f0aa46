"""The value of a formula, in plain floats: one number, or one for each member or link.

For the places that need no futures: the map, the record, the start of a run. Where arithmetic has
no answer the rules are those of IEEE 754: a number divided by zero is infinite; `0/0`, the root or logarithm of a
negative number and its broken powers are NaN; what is too large is infinite; and NaN stays NaN.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from itertools import repeat
from typing import TypeAlias, cast

from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Spread, Tree, Unary

Values: TypeAlias = "float | list[float] | tuple[float, ...]"
"""One number, or one for each member or link; one stands for all where they are alike."""
LookUp: TypeAlias = Callable[[Name], Values]
Special: TypeAlias = "Callable[[Call], Values | None]"


def evaluate(
    tree: Tree, look_up: Callable[[Name], float], special: Callable[[Call], float | None] | None = None
) -> float:
    """The value of a formula in base units, of whose names each has one number; a range stands at its middle.

    `look_up` gives the value of a name, also of `time` (days since the start) where the formula reads it. A call is
    taken for a single thing at rest: `delay` and `smooth` give their argument, `sum`, `mean`, `least` and `quantile` of
    one thing are that thing, `share` is 1 or 0, `arriving` and `agreed` are the value of the name, and `balance` is
    NaN. `special` is asked first for every call and may answer it.
    """
    return cast(float, evaluate_each(tree, look_up, special))


def evaluate_each(tree: Tree, look_up: LookUp, special: Special | None = None) -> Values:
    """The same for all members or links at once.

    `special` is asked first for every call and may answer it: that is how reductions over members and `balance` get
    their meaning.
    """
    match tree:
        case Name():
            return look_up(tree)
        case Number(value=value):
            return value
        case Binary():
            left, right = evaluate_each(tree.left, look_up, special), evaluate_each(tree.right, look_up, special)
            return each(_BINARY[tree.operator], left, right)
        case Call():
            answer = special(tree) if special is not None else None
            if answer is not None:
                return answer
            if tree.function == "balance":
                return math.nan
            values = [evaluate_each(argument, look_up, special) for argument in tree.arguments]
            if tree.function in _OF_TIME:
                return each(_OF_TIME[tree.function], look_up(Name(("time",))), *values)
            return each(_FUNCTIONS[tree.function], *values)
        case Conditional():
            condition = evaluate_each(tree.condition, look_up, special)
            if isinstance(condition, list | tuple):
                chosen = (evaluate_each(side, look_up, special) for side in (tree.then, tree.otherwise))
                return each(_chosen, condition, *chosen)
            return evaluate_each(tree.then if condition else tree.otherwise, look_up, special)
        case Unary(operator=sign, operand=operand):
            return each(_UNARY[sign], evaluate_each(operand, look_up, special))
        case Spread(low=low, high=high):
            return low + (high - low) / 2


def each(function: Callable[..., float], *values: Values) -> Values:
    """What a function makes of the numbers of each member or link."""
    for value in values:
        if isinstance(value, list | tuple):
            break
    else:
        return function(*values)
    return list(map(function, *(value if isinstance(value, list | tuple) else repeat(value) for value in values)))


def least(*values: float) -> float:
    """The least of some numbers, NaN if one of them is."""
    return math.nan if any(math.isnan(value) for value in values) else min(values)


def quantile(values: list[float], q: float) -> float:
    """The `q` quantile of values, linear between neighbours (Hyndman-Fan type 7); NaN of none, and if one is NaN."""
    if not values or any(math.isnan(value) for value in (q, *values)):
        return math.nan
    ordered = sorted(values)
    position = min(max(q, 0.0), 1.0) * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    if ordered[below] == ordered[above]:
        return ordered[below]
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def _divide(x: float, y: float) -> float:
    if y:
        return x / y
    return math.nan if x == 0 or math.isnan(x) else math.copysign(math.inf, x) * math.copysign(1.0, y)


def _power(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0 and y % 2 == 1 else math.inf
    except ValueError:
        return math.inf if x == 0 else math.nan


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _log(x: float) -> float:
    if x == 0:
        return -math.inf
    return math.nan if x < 0 else math.log(x)


def _sqrt(x: float) -> float:
    return math.nan if x < 0 else math.sqrt(x)


def _most(*values: float) -> float:
    return math.nan if any(math.isnan(value) for value in values) else max(values)


def _saturate(x: float, half: float) -> float:
    above = _most(x, 0.0)
    return 1.0 if above == math.inf else _divide(above, above + half)


def _season(time: float, period: float, peak: float) -> float:
    turn = _divide(time - peak, period)
    return math.cos(2 * math.pi * turn) if math.isfinite(turn) else math.nan


def _chosen(condition: float, then: float, otherwise: float) -> float:
    return then if condition else otherwise


_UNARY: Mapping[str, Callable[[float], float]] = {"-": operator.neg, "not": lambda x: float(not x)}

_BINARY: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "**": _power,
    "<": lambda x, y: float(x < y),
    "<=": lambda x, y: float(x <= y),
    ">": lambda x, y: float(x > y),
    ">=": lambda x, y: float(x >= y),
    "==": lambda x, y: float(x == y),
    "!=": lambda x, y: float(x != y),
    "and": lambda x, y: float(bool(x) and bool(y)),
    "or": lambda x, y: float(bool(x) or bool(y)),
}

_OF_TIME: Mapping[str, Callable[..., float]] = {
    "step": lambda time, after: float(time >= after),
    "pulse": lambda time, after, length: float(after <= time < after + length),
    "season": _season,
}


def _first(x: float, *_: float) -> float:
    return x


_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "min": least,
    "max": _most,
    "least": least,
    "clip": lambda x, low, high: least(_most(x, low), high),
    "abs": abs,
    "exp": _exp,
    "log": _log,
    "sqrt": _sqrt,
    "tanh": math.tanh,
    "saturate": _saturate,
    "delay": _first,
    "smooth": _first,
    "sum": _first,
    "mean": _first,
    "quantile": _first,
    "arriving": _first,
    "agreed": _first,
    "share": lambda condition: float(bool(condition)),
}
