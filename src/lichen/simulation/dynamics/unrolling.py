"""Registers of a tape as formulas: one for each member or link, in which other variables stand by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from lichen.language.tokens import unlike
from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Tree, Unary, children, names
from lichen.simulation.dynamics.model import QUANTILE, TIME, WEIGHTED_QUANTILE
from lichen.simulation.operations import ELEMENTWISE, TRUTH
from lichen.simulation.program import Program
from lichen.simulation.tape import Node, Register

_BINARY = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "quotient": "/",
    "divide_plainly": "/",
    "power": "**",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "equal": "==",
    "not_equal": "!=",
    "and": "and",
    "or": "or",
}
_CALLS = {
    "minimum": "min",
    "maximum": "max",
    "absolute": "abs",
    "exp": "exp",
    "log": "log",
    "sqrt": "sqrt",
    "tanh": "tanh",
    "saturate": "saturate",
}
_PLAIN = {name: done for name, done in {**ELEMENTWISE, **TRUTH}.items() if name not in ("select", "number")}
"""What can be done to numbers alone."""
_ONES = ("factor", "arriving", "sharing")
"""What experiments set and is 1 without any."""
_LARGE = 9
"""A part of a formula that is read in several places and has more nodes than this becomes a variable of its own."""
_DEEPEST = 30
"""So does one that is nested deeper than this."""

Cell = tuple[int, int]
"""A register's index, and a member or link of its axis (0 without one)."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """What of a flow is on its way: the variable that is sent, and how many days it takes."""

    flow: str
    sent: str
    days: Tree


@final
class Unrolling:
    """Formulas of a program's registers; what they need of their own is defined on the way, under `formulas`.

    `named` are the cells that have a name. `late` are the transits met, by the name of what arrives.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.nodes: Mapping[int, Node] = {node.result.index: node for node in program.nodes}
        self.named: dict[Cell, str] = {}
        self.taken: set[str] = set()
        self.formulas: dict[str, Tree] = {}
        self.late: dict[str, Late] = {}
        self._trees: dict[Cell, Tree] = {}
        self._depth: dict[Cell, int] = {}
        self._readers: dict[int, int] = {}
        for node in program.nodes:
            for operand in node.operands:
                self._readers[operand.index] = self._readers.get(operand.index, 0) + 1

    def members(self, register: Register) -> Sequence[str]:
        """The names of the members or links along which a register varies; one empty name without any."""
        return self.program.axes[register.axis] if register.axis is not None else ("",)

    def claim(self, wanted: str) -> str:
        """A name that nothing else has, near to the one that is wanted."""
        name = unlike(wanted, lambda tried: tried in self.taken or tried == TIME, " ")
        self.taken.add(name)
        return name

    def name(self, register: Register, wanted: str) -> tuple[str, ...]:
        """Names for a register along its axis; where a cell has a name already, that one stays."""
        found = []
        for member, said in enumerate(self.members(register)):
            cell = (register.index, member)
            if cell not in self.named:
                self.named[cell] = self.claim(f"{wanted}.{said}" if said else wanted)
            found.append(self.named[cell])
        return tuple(found)

    def variable(self, register: Register, member: int, wanted: str) -> str:
        """The name of a cell's variable, which is defined if it is not."""
        cell = (register.index, member)
        if cell not in self.named:
            self.named[cell] = self.claim(wanted)
        return self.define(self.named[cell], cell)

    def define(self, name: str, cell: Cell) -> str:
        """Give a name the formula of its cell, not the name itself."""
        if name not in self.formulas:
            self.formulas[name] = Number(0.0)  # for who reads it meanwhile; a circle has a level or delay in it
            self._prepare(cell, name)
            self.formulas[name] = self._compute(cell, name)
        return name

    def tree(self, register: Register, member: int = 0, owner: str = "") -> Tree:
        """The formula of a register for a member or link; `owner` is the variable in which it stands."""
        if register.number is not None:
            return Number(register.number)
        cell = (register.index, member)
        if cell in self.named:
            return Name((self.named[cell],))
        if cell not in self._trees:
            self._prepare(cell, owner)
            self._keep(cell, owner)
        return self._trees[cell]

    def _prepare(self, cell: Cell, owner: str) -> None:
        """Compute what a cell is made of, the innermost first, so that no chain of operations is too long to follow."""
        waiting = [cell]
        while waiting:
            here = waiting[-1]
            missing = [own for own in self._operands(here) if own not in self._trees and own not in self.named]
            waiting += missing
            if not missing:
                waiting.pop()
                if here != cell and here not in self._trees:
                    self._keep(here, owner)

    def _keep(self, cell: Cell, owner: str) -> None:
        """The formula of a cell; a deep one, or a large one that is read in several places, becomes a variable."""
        tree = self._compute(cell, owner)
        depth = 1 + max((self._depth.get(own, 0) for own in self._operands(cell) if own not in self.named), default=0)
        shared = self._readers.get(cell[0], 0) > 1 and _size(tree) > _LARGE
        if cell not in self.named and (shared or depth > _DEEPEST) and names(tree):
            self.named[cell] = self.claim(f"{owner} part")
            self.formulas[self.named[cell]] = tree
            tree = Name((self.named[cell],))
        self._trees[cell], self._depth[cell] = tree, depth

    def _operands(self, cell: Cell) -> list[Cell]:
        """The cells of which a cell is made by one operation; none for what is made of many members."""
        node, member = self.nodes[cell[0]], cell[1]
        if node.operation == "gather" and isinstance(node.beside, tuple):
            return [(node.operands[0].index, node.beside[member])]
        if (
            node.operation in ELEMENTWISE
            or node.operation in _BINARY
            or node.operation in ("spread", "override", "not")
        ):
            own = node.operands[:1] if node.operation == "override" else node.operands
            return [(o.index, member if o.axis is not None else 0) for o in own if o.number is None]
        return []

    def _compute(self, cell: Cell, owner: str) -> Tree:
        node, member = self.nodes[cell[0]], cell[1]
        operation = node.operation

        def operand(place: int, at: int = member) -> Tree:
            register = node.operands[place]
            return self.tree(register, at if register.axis is not None else 0, owner)

        if operation in ("gather", "scatter") and isinstance(node.beside, tuple):
            return self._moved(node, member, owner)
        if operation in ELEMENTWISE or operation in _BINARY:
            return _folded(operation, [operand(place) for place in range(len(node.operands))])
        match operation:
            case "column":
                return Number(self.program.columns[node.beside][member])
            case "time":
                return Name((TIME,))
            case "spread" | "override":
                return operand(0)
            case "not":
                return Unary("not", operand(0))
            case "transit":
                return self._transit(node, member, owner)
            case source if source in _ONES:
                return Number(1.0)
        return self._over_members(node, member, owner)

    def _moved(self, node: Node, member: int, owner: str) -> Tree:
        value, places = node.operands[0], node.beside
        if not isinstance(places, tuple):
            raise TypeError("what moves between members and links says where to")
        if node.operation == "gather":
            return self.tree(value, places[member], owner)
        return total([self.tree(value, link, owner) for link, place in enumerate(places) if place == member])

    def _transit(self, node: Node, member: int, owner: str) -> Tree:
        sent, lag = node.operands
        at = member if sent.axis is not None else 0
        sender = self.variable(sent, at, f"{owner} sent")
        name = self.claim(f"{sender} on its way")
        self.named[node.result.index, member] = name
        flow = str(node.beside[0]) if isinstance(node.beside, tuple) else ""
        days = self.tree(lag, member if lag.axis is not None else 0, name)
        self.late[name] = Late(flow=flow, sent=sender, days=days)
        return Name((name,))

    def _over_members(self, node: Node, member: int, owner: str) -> Tree:
        """A sum, mean, least or quantile over members."""
        if node.operation in ("order", "order_alike", "places"):
            raise LookupError(f"{node.operation} has no formula of its own")
        first = node.operands[0]
        if node.operation in ("quantile", "quantile_alike"):
            first = self.nodes[first.index].operands[0]
        values = [self.tree(first, i, owner) for i in range(len(self.members(first)))]
        match node.operation:
            case "sum_alike":
                return total(values)
            case "mean_alike":
                return Binary("/", total(values), Number(float(len(values))))
            case "least_alike":
                return least(values)
        beside = self.nodes[node.operands[0].index].operands if node.operation == "quantile" else node.operands
        alike = node.operation == "quantile_alike"
        weights = [] if alike else [self.tree(beside[1], i, owner) for i in range(len(values))]
        weighed = [Binary("*", value, weight) for value, weight in zip(values, weights, strict=False)]
        match node.operation:
            case "sum":
                return total(weighed)
            case "mean":
                return _divided(total(weighed), total(weights))
            case "least":
                there = (Binary(">", weight, Number(0.0)) for weight in weights)
                return least([Conditional(t, v, Number(float("inf"))) for t, v in zip(there, values, strict=True)])
            case "quantile_alike" | "quantile":
                share = self.tree(node.operands[-1], 0, owner)
                function = WEIGHTED_QUANTILE if node.operation == "quantile" else QUANTILE
                quantile = Call(function, (*values, *weights, share))
                if self.named.get((node.result.index, member)) == owner:
                    return quantile
                name = self.named[node.result.index, member] = self.claim(f"{owner} quantile")
                self.formulas[name] = quantile
                return Name((name,))
        raise LookupError(f"{node.operation} has no formula")


def _folded(operation: str, given: list[Tree]) -> Tree:
    """An elementwise operation on formulas; on numbers alone, its result."""
    numbers = [tree.value for tree in given if isinstance(tree, Number)]
    if operation in _PLAIN and len(numbers) == len(given):
        out = np.zeros(1)
        with np.errstate(all="ignore"):
            _PLAIN[operation](*(np.array([number]) for number in numbers), out=out)
        return Number(float(out[0]))
    match operation, given:
        case ("multiply", [Number(value=1.0), other]) | ("multiply", [other, Number(value=1.0)]):
            return other
        case ("add", [Number(value=0.0), other]) | ("add" | "subtract", [other, Number(value=0.0)]):
            return other
        case "select", [Number(value=chosen), then, otherwise]:
            return then if chosen else otherwise
        case "select", [condition, then, otherwise]:
            return Conditional(condition, _unguarded(then), _unguarded(otherwise))
        case "divide", [part, whole]:
            return _divided(part, whole)
        case "negative", [operand]:
            return Unary("-", operand)
        case "number", [operand]:
            return operand
        case "cos", [Binary(right=turns)]:
            return _season(turns)
    if operation in _CALLS:
        return Call(_CALLS[operation], tuple(given))
    return Binary(_BINARY[operation], given[0], given[1])  # type: ignore[arg-type] # the table has only such


def _divided(part: Tree, whole: Tree) -> Tree:
    """`part / whole`, where 0/0 is 0."""
    if isinstance(whole, Number) and whole.value:
        return Binary("/", part, whole)
    nothing = Binary("and", Binary("==", part, Number(0.0)), Binary("==", whole, Number(0.0)))
    return Conditional(nothing, Number(0.0), Binary("/", part, whole))


def _unguarded(tree: Tree) -> Tree:
    """A branch of a choice: a division there is made only where the condition has seen to it."""
    match tree:
        case Conditional(condition=Binary(operator="and"), then=Number(value=0.0), otherwise=Binary(operator="/")):
            return tree.otherwise
    return tree


def _season(turns: Tree) -> Tree:
    """`cos(2*pi*(time - peak)/period)` as the function of the language."""
    match _unguarded(turns):
        case Binary(operator="/", left=Binary(operator="-", right=peak), right=period):
            return Call("season", (period, peak))
        case Binary(operator="/", right=period):
            return Call("season", (period, Number(0.0)))
    raise LookupError("a cosine that is no season")


def total(trees: Sequence[Tree]) -> Tree:
    """A sum of any length, no deeper than need be; 0 of nothing."""
    if len(trees) < 2:
        return trees[0] if trees else Number(0.0)
    half = len(trees) // 2
    return Binary("+", total(trees[:half]), total(trees[half:]))


def least(trees: Sequence[Tree]) -> Tree:
    """The least of any number of values, no deeper than need be."""
    if len(trees) < 2:
        return trees[0] if trees else Number(float("inf"))
    half = len(trees) // 2
    return Call("min", (least(trees[:half]), least(trees[half:])))


def _size(tree: Tree) -> int:
    """How many nodes a formula has, counted as far as it matters."""
    count, waiting = 0, [tree]
    while waiting and count <= _LARGE:
        node = waiting.pop()
        count += 1
        waiting += children(node)
    return count
