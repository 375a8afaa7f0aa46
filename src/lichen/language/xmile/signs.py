"""Which stocks and flows of a model stay at 0 or above, as far as its equations show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import final

from lichen.language.xmile.equations import GRAPH
from lichen.language.xmile.model import Model
from lichen.relationship.formula import TRUTHS, Binary, Call, Conditional, Name, Number, Tree, Unary

MOST_ROUNDS = 12
"""So often stocks that do not stay above 0 may show that others do not either; then only bounds count."""


def signs_of(model: Model, first: Mapping[str, float], order: Collection[str]) -> Signs:
    """What stays at 0 or above while a step takes less than all of a stock.

    A stock does when it starts there, nothing is added that may be below 0, and what is taken is in proportion to it.
    `first` are the stocks' values at the start, `order` all other variables, each after those it reads.
    """
    stocks = {name for name, v in model.variables.items() if v.kind == "stock" and first[name] >= 0}
    bounded = {name for name in stocks if model.variables[name].non_negative}
    for _ in range(MOST_ROUNDS):
        signs = Signs(model, stocks, order)
        kept = {name for name in stocks if name in bounded or signs.holds(name)}
        if kept == stocks:
            return signs
        stocks = kept
    return Signs(model, bounded, order)


@final
class Signs:
    """The variables that stay at 0 or above, `above`, and what that shows of an equation."""

    def __init__(self, model: Model, stocks: Collection[str], order: Iterable[str]) -> None:
        self.model = model
        self.given = {**model.given, "time": model.start}
        self.graphs = {GRAPH + name for name, graph in model.graphs.items() if graph.is_never_below_zero}
        self.above = set(stocks)
        for name in order:
            if self.of(model.variables[name].equation):
                self.above.add(name)

    def holds(self, stock: str) -> bool:
        """Whether a stock that starts at 0 or above stays there."""
        variable = self.model.variables[stock]
        taken = (self.model.variables[flow].equation for flow in variable.outflows)
        return all(flow in self.above for flow in variable.inflows) and all(
            self.of(tree) and in_proportion(tree, stock) for tree in taken
        )

    def of(self, tree: Tree) -> bool:
        """Whether an equation stays at 0 or above."""
        match tree:
            case Number(value=value):
                return value >= 0
            case Name():
                return tree.text in self.above or self.given.get(tree.text, -1.0) >= 0
            case Conditional(then=then, otherwise=otherwise):
                return self.of(then) and self.of(otherwise)
            case Binary(operator="+" | "*" | "/" | "**", left=left, right=right):
                return self.of(left) and self.of(right)
            case Binary(operator=operator):
                return operator in TRUTHS
            case Unary(operator=operator):
                return operator == "not"
            case Call(function="max", arguments=arguments):
                return any(map(self.of, arguments))
            case Call(function="min", arguments=arguments):
                return all(map(self.of, arguments))
            case Call(function="smooth" | "pulse", arguments=(value, *_)):
                return self.of(value)
            case Call(function=function):
                return function in ("abs", "exp", "sqrt") or function in self.graphs
        return False


def in_proportion(tree: Tree, stock: str) -> bool:
    """Whether an equation, where it lies above 0, is a multiple of a stock."""
    return any(isinstance(factor, Name) and factor.text == stock for factor in _factors(unbounded(tree)))


def unbounded(tree: Tree) -> Tree:
    """An equation without its bound at 0."""
    match tree:
        case Call(function="max", arguments=(inner, Number(value=0.0))):
            return inner
    return tree


def _factors(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree, Binary) and tree.operator == "*":
        yield from _factors(tree.left)
        yield from _factors(tree.right)
    elif isinstance(tree, Binary) and tree.operator == "/":
        yield from _factors(tree.left)
    else:
        yield tree
