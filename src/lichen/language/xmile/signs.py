"""Which stocks and flows of a model stay at 0 or above, as far as its equations show."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import final

from lichen.language.xmile.model import Model
from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Tree, Unary

_TRUTH = ("<", "<=", ">", ">=", "==", "!=", "and", "or")


def never_below_zero(model: Model, first: Mapping[str, float], order: Collection[str]) -> frozenset[str]:
    """The names of variables that stay at 0 or above while a step takes less than all of a stock.

    A stock does when it starts there, nothing is added that may be below 0, and what is taken is in proportion to it.
    `first` are the stocks' values at the start, `order` all other variables, each after those it reads.
    """
    stocks = {name for name, v in model.variables.items() if v.kind == "stock" and first[name] >= 0}
    while True:
        signs = _Signs(model, stocks)
        for name in order:
            signs.add(name)
        kept = {name for name in stocks if model.variables[name].non_negative or signs.holds(name)}
        if kept == stocks:
            return frozenset(signs.above)
        stocks = kept


@final
class _Signs:
    def __init__(self, model: Model, stocks: Collection[str]) -> None:
        self.model = model
        self.above = set(stocks)

    def add(self, name: str) -> None:
        """Take up a variable whose equation shows that it stays at 0 or above."""
        variable = self.model.variables[name]
        if variable.graph is not None:
            stays = all(y >= 0 for _, y in variable.graph.points)
        else:
            stays = self.of(variable.equation)
        if stays or (variable.kind == "flow" and variable.non_negative):
            self.above.add(name)

    def holds(self, stock: str) -> bool:
        """Whether a stock that starts at 0 or above stays there."""
        variable = self.model.variables[stock]
        taken = [self.model.variables[flow].equation for flow in variable.outflows if flow in self.model.variables]
        return all(flow in self.above for flow in variable.inflows) and all(
            any(isinstance(factor, Name) and factor.text == stock for factor in _factors(tree)) and self.of(tree)
            for tree in taken
        )

    def of(self, tree: Tree) -> bool:
        """Whether an equation stays at 0 or above."""
        match tree:
            case Number(value=value):
                return value >= 0
            case Name():
                return tree.text in self.above or (tree.text == "time" and self.model.start >= 0)
            case Conditional(then=then, otherwise=otherwise):
                return self.of(then) and self.of(otherwise)
            case Binary(operator="+" | "*" | "/" | "**", left=left, right=right):
                return self.of(left) and self.of(right)
            case Binary(operator=operator):
                return operator in _TRUTH
            case Unary(operator=operator):
                return operator == "not"
            case Call(function="max", arguments=arguments):
                return any(map(self.of, arguments))
            case Call(function="min" | "smooth", arguments=arguments):
                return all(map(self.of, arguments))
            case Call(function="pulse", arguments=(size, *_)):
                return self.of(size)
            case Call(function=function):
                graph = self.model.graphs.get(function)
                return function in ("abs", "exp", "sqrt") or (
                    graph is not None and all(y >= 0 for _, y in graph.points)
                )
        return False


def _factors(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree, Binary) and tree.operator == "*":
        yield from _factors(tree.left)
        yield from _factors(tree.right)
    elif isinstance(tree, Binary) and tree.operator == "/":
        yield from _factors(tree.left)
    else:
        yield tree
