"""The equations of a model as formulas of the language, each after those it reads."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias, final

from lichen.language.dimensions import infer, work_out
from lichen.language.formula import parse
from lichen.language.tokens import MAX_CHARACTERS, FormulaError
from lichen.language.xmile.bounding import Bounded
from lichen.language.xmile.equations import GRAPH, NotCarried, is_sayable
from lichen.language.xmile.model import Graph, Variable
from lichen.language.xmile.sorting import Sorted, is_plain
from lichen.relationship.evaluate import evaluate
from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Tree, Unary, names
from lichen.relationship.quantity import standard_units

PARTY = "model"
MOST_PULSES = 40
_SHORTEST = 8
"""Characters that a point of a graph takes at least."""
_TOO_LONG = "as a formula it is longer than the language allows"
Read: TypeAlias = Callable[[str], str]
"""How a formula reads a name."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Formulas:
    """The variables of a model in words of the language.

    `own`: what each variable but the stocks is. `changes`: what moves each stock that is held at 0, per unit of time.
    `flows`: the flows that move all other stocks, each a flow of the text; `turning` those that may fall below 0.
    `left_out`: what counts as 0, and why.
    """

    own: Mapping[str, str]
    changes: Mapping[str, str]
    flows: tuple[str, ...]
    turning: frozenset[str]
    left_out: tuple[str, ...]


def formulas_of(found: Sorted, held: Bounded, words: Mapping[str, str], unit: str) -> Formulas:
    """The formulas of a model; `words` are what its variables are called, `unit` stands for one unit of its time.

    Constants, what time alone moves, and flows of the text are read by their words; everything else is written into
    what reads it.
    """
    return _Writing(found, held, words, unit).formulas()


@final
class _Writing:
    def __init__(self, found: Sorted, held: Bounded, words: Mapping[str, str], unit: str) -> None:
        self.model, self.words, self.unit = held.model, words, unit
        self.found, self.held = found, held
        self.units = standard_units()
        stated = (v for name, v in self.model.variables.items() if name not in held.clipped)
        self.flows = {flow for variable in stated for flow in (*variable.inflows, *variable.outflows)}
        self.turning = self.flows - held.above
        self.read: dict[str, str] = {}
        self.left_out: list[str] = []

    def formulas(self) -> Formulas:
        """All of them."""
        own = {}
        for name in self.held.order:
            own[name] = self._own(name)
            self.read[name] = self._reading(name, own[name])
        changes = {
            name: self._change(name, variable)
            for name, variable in self.model.variables.items()
            if name in self.held.clipped
        }
        flows = tuple(name for name in self.held.order if name in self.flows)
        return Formulas(
            own=own, changes=changes, flows=flows, turning=frozenset(self.turning), left_out=tuple(self.left_out)
        )

    def _own(self, name: str) -> str:
        """A variable as a formula; where the language cannot say it, its value if it is constant, else 0."""
        read = self._of_world if name in self.found.timed else self._name
        try:
            said = self._formula(self.model.variables[name].equation, read)
            self._check(said)
        except NotCarried as wrong:
            if name in self.found.constants:
                return figure(self.found.constants[name])
            self.left_out.append(f"{name}: {wrong}; it counts as 0")
            self.turning.discard(name)
            return "0"
        return said

    def _reading(self, name: str, own: str) -> str:
        """How formulas read a variable."""
        word = self.words[name]
        if name in self.found.constants or name in self.found.timed:
            return word
        if name in self.flows:
            both = f"({word} - {word}_back)" if name in self.turning else word
            return f"({both} * 1 {self.unit})"
        return own

    def _change(self, name: str, stock: Variable) -> str:
        said = " + ".join(self.read[flow] for flow in stock.inflows) or "0"
        said += "".join(f" - {self.read[flow]}" for flow in stock.outflows)
        try:
            self._check(said)
        except NotCarried as wrong:
            self.left_out.append(f"{name}: what moves it: {wrong}; nothing does")
            return "0"
        return said

    def _check(self, said: str) -> None:
        """Make sure that the language can read a formula as a rate in both directions.

        Raises:
            NotCarried: it cannot.
        """
        try:
            tree = parse(f"-({said}) * 1 per {self.unit}", self.units)
            infer(tree, lambda name: None)
            work_out(tree)
        except FormulaError as wrong:
            raise NotCarried(f"as a formula: {wrong.fact[0].lower()}{wrong.fact[1:].rstrip('.')}") from None

    # Formulas

    def _formula(self, tree: Tree, read: Read) -> str:
        """A tree as a formula that stands in brackets where it has to.

        Raises:
            NotCarried: the language has no words for it.
        """
        said = self._unmeasured(tree, read)
        if len(said) > MAX_CHARACTERS:
            raise NotCarried(_TOO_LONG)
        return said

    def _unmeasured(self, tree: Tree, read: Read) -> str:
        match tree:
            case Number(value=value):
                return figure(value)
            case Name():
                return read(tree.text)
            case Unary(operator=operator, operand=operand):
                return f"({operator} {self._formula(operand, read)})"
            case Binary(operator="+" | "-" | "*" | "/"):
                return f"({self._chain(tree, read)})"
            case Binary(operator=operator, left=left, right=right):
                return f"({self._formula(left, read)} {operator} {self._formula(right, read)})"
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                parts = [self._formula(part, read) for part in (then, condition, otherwise)]
                return f"({parts[0]} if {parts[1]} else {parts[2]})"
            case Call():
                return self._call(tree, read)
        raise NotCarried("a range")

    def _chain(self, tree: Binary, read: Read) -> str:
        """Sums, and products, from left to right without brackets between them."""
        kind = ("+", "-") if tree.operator in ("+", "-") else ("*", "/")
        links: list[str] = []
        here: Tree = tree
        while isinstance(here, Binary) and here.operator in kind:
            links.append(f"{here.operator} {self._formula(here.right, read)}")
            here = here.left
        return " ".join([self._formula(here, read), *reversed(links)])

    def _call(self, call: Call, read: Read) -> str:
        first = call.arguments[0]
        if call.function.startswith(GRAPH):
            name = call.function.removeprefix(GRAPH)
            if name not in self.model.graphs:
                raise NotCarried(f"the function {name.upper()}")
            return graphed(self.model.graphs[name], self._formula(first, read))
        if call.function == "pulse":
            return self._pulses(call, read)
        if call.function == "smooth":
            time = self._number(call.arguments[1])
            if time < 0:
                raise NotCarried("a smoothing over less than no time")
            return f"smooth({self._formula(first, read)}, {figure(time)} {self.unit})"
        return f"{call.function}({', '.join(self._formula(argument, read) for argument in call.arguments)})"

    def _pulses(self, call: Call, read: Read) -> str:
        """`PULSE(size, first, every)`: the whole size within one step, at the first time and then every so often."""
        first, *every = (self._number(argument) for argument in call.arguments[1:])
        start, stop, step = self.model.start, self.model.stop, self.model.step
        again = max(every[0], step) if every and every[0] > 0 else math.inf
        begins = first - start
        missed = max(math.floor((-step * (1 - 1e-9) - begins) / again) + 1, 0)
        until = math.floor((stop - first) / again) + 1
        if math.isinf(again):
            missed, until = int(begins <= -step), 1
        if until - missed > MOST_PULSES:
            raise NotCarried(f"more than {MOST_PULSES} pulses")
        pulses = []
        for turn in range(missed, until):
            time = begins + (turn * again if turn else 0.0)
            length = step + min(time, 0.0)
            pulses.append(f"pulse({figure(max(time, 0.0))} {self.unit}, {figure(length)} {self.unit})")
        size = f"{self._formula(call.arguments[0], read)} / {figure(step)}"
        return f"({size} * ({' + '.join(pulses)}))" if pulses else "0"

    def _number(self, tree: Tree) -> float:
        """The value of an equation that must be constant."""
        known = {**self.model.given, **self.found.constants}
        unknown = sorted(names(tree) - known.keys())
        if unknown:
            raise NotCarried(f"`{unknown[0]}` where a constant must stand")
        if not is_plain(tree):
            raise NotCarried("a function where a constant must stand")
        value = evaluate(tree, lambda read: known[read.text])
        if not is_sayable(value):
            raise NotCarried("a number beyond all bounds")
        return value

    # Names

    def _name(self, name: str) -> str:
        if name in self.model.given:
            return figure(self.model.given[name])
        if name == "time":
            passed = f"(time / 1 {self.unit})"
            return f"({passed} + {figure(self.model.start)})" if self.model.start else passed
        if name not in self.model.variables:
            raise NotCarried(f"`{name}` is not in the model")
        if self.model.variables[name].kind == "stock":
            return f"{PARTY}.{self.words[name]}"
        return self.read[name]

    def _of_world(self, name: str) -> str:
        """A name within the world, which reads no terms."""
        return figure(self.found.constants[name]) if name in self.found.constants else self._name(name)


def graphed(graph: Graph, x: str) -> str:
    """A graph as a formula: the first y, and what each later point adds."""
    points = graph.points
    parts = [figure(points[0][1])]
    for place, ((left, low), (right, high)) in enumerate(pairwise(points)):
        if high == low:
            continue
        if graph.stepped or right == left:
            parts.append(f"{figure(high - low)} * ({x} >= {figure(right)})")
        else:
            ends = (graph.extrapolated and place == 0, graph.extrapolated and place == len(points) - 2)
            passed = _passed(f"{x} - {figure(left)}", figure(right - left), ends)
            parts.append(f"{figure((high - low) / (right - left))} * {passed}")
        if len(parts) * _SHORTEST > MAX_CHARACTERS:
            raise NotCarried(_TOO_LONG)
    return f"({' + '.join(parts)})"


def _passed(way: str, width: str, ends: tuple[bool, bool]) -> str:
    """How far x has gone along a piece of a graph that goes on beyond its first or last end."""
    match ends:
        case (True, True):
            return f"({way})"
        case (True, False):
            return f"min({way}, {width})"
        case (False, True):
            return f"max({way}, 0)"
    return f"clip({way}, 0, {width})"


def figure(value: float) -> str:
    """A number, in brackets below 0.

    Raises:
        NotCarried: it lies beyond what the language can write.
    """
    if not is_sayable(value):
        raise NotCarried("a number beyond all bounds")
    written = repr(float(value)).removesuffix(".0")
    return f"({written})" if value < 0 else written
