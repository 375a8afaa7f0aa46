"""Formulas as equations of XMILE, fully bracketed, with identifiers for names."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping

from lichen.language.tokens import unlike
from lichen.relationship.formula import TRUTHS, Binary, Call, Conditional, Name, Number, Tree, Unary
from lichen.simulation.dynamics.model import QUANTILES, TIME

# fmt: off
RESERVED = frozenset({
    "time", "dt", "starttime", "stoptime", "pi", "inf", "nan", "if", "then", "else", "and", "or", "not", "mod",
    "abs", "arccos", "arcsin", "arctan", "cos", "sin", "tan", "exp", "int", "ln", "log10", "max", "min", "sqrt",
    "delay", "delay1", "delay3", "delayn", "forcst", "smth1", "smth3", "smthn", "trend", "init", "previous",
    "self", "pulse", "ramp", "step", "round", "size", "rank", "lookup", "mean", "sum", "stddev", "prod", "sgn",
    "sign",
})
# fmt: on
"""Words that XMILE, or a reader of it, keeps for itself."""
SOON = 1e-6
"""Days: so much before a moment counts as the moment, so that times added up step by step meet it."""

_SIGNS = {"==": "=", "!=": "<>", "**": "^", "and": "AND", "or": "OR"}
_SAME = {"min": "MIN", "max": "MAX", "abs": "ABS", "exp": "EXP", "log": "LN", "sqrt": "SQRT"}


def identifiers(names: Iterable[str]) -> Mapping[str, str]:
    """For each name one of letters, digits and underscores, unlike every other also without regard to case."""
    taken = set(RESERVED)
    found: dict[str, str] = {}
    for name in names:
        word = re.sub(r"\W+", "_", name).strip("_") or "variable"
        word = word if word[0].isalpha() else f"v_{word}"
        found[name] = unlike(word, lambda tried: tried.lower() in taken)
        taken.add(found[name].lower())
    return found


def reference(identifier: str) -> str:
    """An identifier within an equation: quoted where a reader would take its beginning for `NOT`."""
    return f'"{identifier}"' if identifier.lower().startswith("not") else identifier


def is_expressible(tree: Tree) -> bool:
    """Whether XMILE has an equation for a formula: it has none for the share of members below a value."""
    return not (isinstance(tree, Call) and tree.function in QUANTILES)


def equation(tree: Tree, identifier: Mapping[str, str]) -> str:
    """A formula as a number; times are days since the start."""

    def number(part: Tree) -> str:
        return equation(part, identifier)

    match tree:
        case Number(value=value):
            return figure(value)
        case Name():
            return "TIME" if tree.text == TIME else reference(identifier[tree.text])
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return f"(IF {_truth(condition, identifier)} THEN {number(then)} ELSE {number(otherwise)})"
        case Unary(operator="-", operand=operand):
            return f"(-{number(operand)})"
        case Binary(operator=operator, left=left, right=right) if operator not in TRUTHS:
            return f"({number(left)} {_SIGNS.get(operator, operator)} {number(right)})"
        case Call():
            return _call(tree, number)
        case _:
            return f"(IF {_truth(tree, identifier)} THEN 1 ELSE 0)"


def figure(value: float) -> str:
    """A number, in brackets below 0; what is infinite as the largest there is."""
    bounded = min(max(value, -1e308), 1e308)
    return f"({bounded!r})" if math.copysign(1.0, bounded) < 0 else repr(bounded)


def _truth(tree: Tree, identifier: Mapping[str, str]) -> str:
    match tree:
        case Unary(operator="not", operand=operand):
            return f"(NOT {_truth(operand, identifier)})"
        case Binary(operator="and" | "or" as operator, left=left, right=right):
            return f"({_truth(left, identifier)} {_SIGNS[operator]} {_truth(right, identifier)})"
        case Binary(operator=operator, left=left, right=right) if operator in TRUTHS:
            sides = (equation(left, identifier), equation(right, identifier))
            return f"({sides[0]} {_SIGNS.get(operator, operator)} {sides[1]})"
        case _:
            return f"({equation(tree, identifier)} <> 0)"


def _call(call: Call, number: Callable[[Tree], str]) -> str:
    given = [number(argument) for argument in call.arguments]
    match call.function, given:
        case ("min" | "max") as function, [first, *more]:
            for other in more:
                first = f"{_SAME[function]}({first}, {other})"
            return first
        case "tanh", [x]:
            return f"(1 - (2 / (EXP(2 * {x}) + 1)))"
        case "saturate", [x, half]:
            return f"(IF ({x} > 0) THEN ({x} / ({x} + {half})) ELSE 0)"
        case "step", [start]:
            return f"(IF (TIME >= ({start} - {SOON!r})) THEN 1 ELSE 0)"
        case "pulse", [start, length]:
            end = f"(({start} + {length}) - {SOON!r})"
            return f"(IF ((TIME >= ({start} - {SOON!r})) AND (TIME < {end})) THEN 1 ELSE 0)"
        case "season", [period, peak]:
            return f"COS((({2 * math.pi!r} * (TIME - {peak})) / {period}))"
    return f"{_SAME[call.function]}({given[0]})"
