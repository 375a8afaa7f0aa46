"""One value of a formula, in plain floats.

For the places that need a single number and no futures: the map, the record, the start of a run. Where arithmetic has
no answer the rules are those of IEEE 754: a number divided by zero is infinite; `0/0`, the root or logarithm of a
negative number and its broken powers are NaN; what is too large is infinite; and NaN stays NaN.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping

from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Spread, Tree, Unary

LookUp = Callable[[Name], float]
Special = Callable[[Call], "float | None"]


def evaluate(tree: Tree, look_up: LookUp, special: Special | None = None) -> float:
    """The value of a formula in base units; a range stands at its middle.

    `look_up` gives the value of a name, also of `time` (days since the start) where the formula reads it. `special` is
    asked first for every call and may answer it: that is how reductions over members and `balance` get their meaning.
    Left to itself a call is taken for a single thing at rest: `delay` and `smooth` give their argument, `sum`, `mean`,
    `least` and `quantile` of one thing are that thing, `share` is 1 or 0, `arriving` and `agreed` are the value of the
    name, and `balance` is NaN.
    """
    match tree:
        case Name():
            return look_up(tree)
        case Number(value=value):
            return value
        case Binary():
            return _BINARY[tree.operator](evaluate(tree.left, look_up, special), evaluate(tree.right, look_up, special))
        case Call():
            answer = special(tree) if special is not None else None
            if answer is not None:
                return answer
            if tree.function == "balance":
                return math.nan
            values = [evaluate(argument, look_up, special) for argument in tree.arguments]
            if tree.function in _OF_TIME:
                return _OF_TIME[tree.function](look_up(Name(("time",))), *values)
            return _FUNCTIONS[tree.function](*values)
        case Conditional():
            chosen = tree.then if evaluate(tree.condition, look_up, special) else tree.otherwise
            return evaluate(chosen, look_up, special)
        case Unary(operator="-", operand=operand):
            return -evaluate(operand, look_up, special)
        case Unary(operand=operand):
            return float(not evaluate(operand, look_up, special))
        case Spread(low=low, high=high):
            return low + (high - low) / 2


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


def _least(*values: float) -> float:
    return math.nan if any(math.isnan(value) for value in values) else min(values)


def _most(*values: float) -> float:
    return math.nan if any(math.isnan(value) for value in values) else max(values)


def _saturate(x: float, half: float) -> float:
    above = _most(x, 0.0)
    return 1.0 if above == math.inf else _divide(above, above + half)


def _season(time: float, period: float, peak: float) -> float:
    turn = _divide(time - peak, period)
    return math.cos(2 * math.pi * turn) if math.isfinite(turn) else math.nan


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
    "min": _least,
    "max": _most,
    "least": _least,
    "clip": lambda x, low, high: _least(_most(x, low), high),
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
