"""From an XMILE model to the first text of a relationship: stocks as capacities of one party, flows as flows, constants
as terms, what only time moves as the world.

Other auxiliaries are written into what reads them. All amounts are plain numbers; one unit of the model's time is a
unit of the language. A flow that may turn is written both ways. Whom the stocks belong to, floors and units are for
people to say.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import final

from lichen.language.functions import FUNCTIONS
from lichen.language.scope import RESERVED
from lichen.language.xmile.equations import NotCarried
from lichen.language.xmile.model import Graph, Model, Variable
from lichen.language.xmile.signs import never_below_zero
from lichen.relationship.evaluate import evaluate
from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Tree, Unary, names, walk
from lichen.relationship.order import sorted_out
from lichen.relationship.quantity import CURRENCIES, standard_units

PARTY = "model"
MOST_CHARACTERS, MOST_NESTED, MOST_WORDS = 1_900, 30, 300
"""Of a formula that is written; the language allows somewhat more, and the rate of a flow adds to it."""
MOST_PULSES, LONGEST_NAME = 40, 60
_UNITS = ("day", "week", "month", "quarter", "year")
MOST_READ = 10
"""So far a stock's first value may be read through other variables."""
_SELF = {"pi": math.pi}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The text of a relationship, and what of the model is not in it, for people."""

    text: str
    left_out: tuple[str, ...]


def draft(model: Model) -> Draft:
    """The first text of a model."""
    return _Drafting(model).draft()


@final
class _Drafting:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.variables = model.variables
        self.left_out = list(model.left_out)
        self.unit = next((unit for unit in _UNITS if model.unit.rstrip("s") == unit), "day")
        self.numbers = {"dt": model.step, "starttime": model.start, "stoptime": model.stop, **_SELF}
        self.words = _words(self.variables)
        self.order = self._order()
        self.constant: dict[str, float] = {}
        self.timed: set[str] = set()
        for name in self.order:
            self._classify(name)
        self.first = {name: self._first(name) for name, v in self.variables.items() if v.kind == "stock"}
        self.above = never_below_zero(model, self.first, self.order)
        self.stated = {name for name, v in self.variables.items() if v.kind == "stock" and not self._is_clipped(name)}
        moved = {flow for name in self.stated for flow in self._flows_of(self.variables[name])}
        self.flows = [name for name in self.order if name in moved]
        self.inlined: dict[str, str] = {}
        for name in self.order:
            self.inlined[name] = self._said(name)

    # Sorting the variables

    def _order(self) -> list[str]:
        """All but the stocks, each after those it reads; what reads itself at once is left out."""
        reads = {
            name: tuple(
                sorted(read for read in names(v.equation) if read in self.variables and not self._is_stock(read))
            )
            for name, v in self.variables.items()
            if v.kind != "stock"
        }
        order, circles = sorted_out(reads)
        for circle in circles:
            self._leave(circle[0], f"it reads itself at once, through {', '.join(circle[1:]) or 'nothing else'}")
        return order if not circles else self._order()

    def _leave(self, name: str, why: str) -> None:
        """Count a variable as 0, and say so."""
        self.left_out.append(f"{name}: {why}; it counts as 0")
        zero = Variable(kind="aux", title=self.variables[name].title, equation=Number(0.0))
        self.variables = {**self.variables, name: zero}

    def _is_stock(self, name: str) -> bool:
        return self.variables[name].kind == "stock"

    def _classify(self, name: str) -> None:
        """Whether a variable is a constant, or moved by time alone."""
        variable = self.variables[name]
        read = names(variable.equation) - self.numbers.keys()
        calls = {node.function for node in walk(variable.equation) if isinstance(node, Call)}
        plain = variable.graph is None and not calls & {"smooth", "pulse", *self.model.graphs}
        if variable.kind != "aux":
            return
        if plain and read <= self.constant.keys():
            try:
                self.constant[name] = self._number(variable.equation)
            except NotCarried as wrong:
                self._leave(name, str(wrong))
                self.constant[name] = 0.0
        elif read <= {"time", *self.constant, *self.timed}:
            self.timed.add(name)

    def _number(self, tree: Tree) -> float:
        """The value of a constant equation."""
        for node in walk(tree):
            if isinstance(node, Name) and node.text not in self.constant and node.text not in self.numbers:
                raise NotCarried(f"`{node.text}` is not known where a constant must stand")
            if isinstance(node, Call) and node.function not in FUNCTIONS:
                raise NotCarried(f"the function {node.function.upper()}")
        value = evaluate(tree, lambda name: self.constant.get(name.text, self.numbers.get(name.text, math.nan)))
        if not math.isfinite(value):
            raise NotCarried("it has no value")
        return value

    def _first(self, name: str) -> float:
        """The first value of a stock; its equation may read other stocks and auxiliaries at the start."""
        known: dict[str, float] = {}

        def value(of: str, above: frozenset[str]) -> float:
            if of in self.numbers or of in self.constant:
                return self.numbers.get(of, self.constant.get(of, math.nan))
            if of == "time":
                return self.model.start
            if of in above or of not in self.variables or len(above) > MOST_READ:
                raise NotCarried("its first value cannot be computed")
            if of not in known:
                variable = self.variables[of]
                if variable.graph is not None or any(isinstance(n, Call) for n in walk(variable.equation)):
                    raise NotCarried("its first value cannot be computed")
                known[of] = evaluate(variable.equation, lambda read: value(read.text, above | {of}))
            return known[of]

        try:
            found = value(name, frozenset())
        except NotCarried as wrong:
            self.left_out.append(f"{name}: {wrong}; it starts at 0")
            return 0.0
        return found if math.isfinite(found) else 0.0

    def _flows_of(self, stock: Variable) -> list[str]:
        return [flow for flow in (*stock.inflows, *stock.outflows) if flow in self.variables]

    def _is_clipped(self, name: str) -> bool:
        """Whether a stock would fall below 0 if nothing held it there: then its flows act on it through `change`."""
        variable = self.variables[name]
        return variable.non_negative and not all(
            flow in self.above and (flow in variable.inflows or self._is_part(flow, name))
            for flow in self._flows_of(variable)
        )

    def _is_part(self, flow: str, stock: str) -> bool:
        tree = self.variables[flow].equation
        while isinstance(tree, Binary) and tree.operator in ("*", "/"):
            if isinstance(tree.right, Name) and tree.operator == "*" and tree.right.text == stock:
                return True
            tree = tree.left
        return isinstance(tree, Name) and tree.text == stock

    # Equations as formulas

    def _said(self, name: str) -> str:
        """How a formula reads a variable that is no stock."""
        word = self.words[name]
        if name in self.constant:
            return word
        if name in self.timed:
            return word
        if name in self.flows:
            both = word if name in self.above else f"({word} - {word}_back)"
            return f"({both} * 1 {self.unit})"
        return self._equation(name)

    def _equation(self, name: str, *, world: bool = False) -> str:
        """The equation of a variable as a formula; 0 where the language cannot say it."""
        variable = self.variables[name]
        try:
            if not names(variable.equation) and not any(isinstance(n, Call) for n in walk(variable.equation)):
                self._number(variable.equation)
            said = self._formula(variable.equation, world)
            if variable.graph is not None:
                said = _graphed(variable.graph, said)
            if len(said) > MOST_CHARACTERS or _nesting(said) > MOST_NESTED or said.count(" ") > MOST_WORDS:
                raise NotCarried("as a formula it is longer or deeper than the language allows")
        except NotCarried as wrong:
            self.left_out.append(f"{name}: {wrong}; it counts as 0")
            return "0"
        return said

    def _formula(self, tree: Tree, world: bool) -> str:
        match tree:
            case Number(value=value) if math.isfinite(value):
                return _figure(value)
            case Name():
                return self._name(tree.text, world)
            case Unary(operator=operator, operand=operand):
                return f"({operator} {self._formula(operand, world)})"
            case Binary(operator="+" | "-" | "*" | "/"):
                return f"({self._chain(tree, world)})"
            case Binary(operator=operator, left=left, right=right):
                return f"({self._formula(left, world)} {operator} {self._formula(right, world)})"
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                parts = [self._formula(part, world) for part in (then, condition, otherwise)]
                return f"({parts[0]} if {parts[1]} else {parts[2]})"
            case Call(function="smooth", arguments=(value, time)):
                return f"smooth({self._formula(value, world)}, {_figure(self._number(time))} {self.unit})"
            case Call(function="pulse", arguments=arguments):
                return self._pulses(arguments, world)
            case Call(function=function, arguments=arguments) if function in FUNCTIONS:
                return f"{function}({', '.join(self._formula(argument, world) for argument in arguments)})"
            case Call(function=function, arguments=arguments) if function in self.model.graphs:
                return _graphed(self.model.graphs[function], self._formula(arguments[0], world))
            case Call(function=function):
                raise NotCarried(f"the function {function.upper()}")
        raise NotCarried("a number beyond all bounds")

    def _chain(self, tree: Binary, world: bool) -> str:
        """Sums, and products, from left to right without brackets between them."""
        kind = ("+", "-") if tree.operator in ("+", "-") else ("*", "/")
        links: list[str] = []
        here: Tree = tree
        while isinstance(here, Binary) and here.operator in kind:
            links.append(f"{here.operator} {self._formula(here.right, world)}")
            here = here.left
        return " ".join([self._formula(here, world), *reversed(links)])

    def _pulses(self, arguments: tuple[Tree, ...], world: bool) -> str:
        """`PULSE(size, first, every)`: the whole size within one step, at the first time and then every so often."""
        first, *every = (self._number(argument) for argument in arguments[1:])
        again = every[0] if every and every[0] > 0 else math.inf
        count = 1 + (self.model.stop - first) / again if math.isfinite(again) else 1.0
        if count > MOST_PULSES:
            raise NotCarried(f"more than {MOST_PULSES} pulses")
        times = [first - self.model.start + (turn * again if turn else 0.0) for turn in range(max(int(count), 1))]
        step = f"{_figure(self.model.step)} {self.unit}"
        pulses = " + ".join(f"pulse({_figure(time)} {self.unit}, {step})" for time in times)
        return f"({self._formula(arguments[0], world)} / {_figure(self.model.step)} * ({pulses}))"

    def _name(self, name: str, world: bool) -> str:
        if name in self.numbers and name not in self.variables:
            return _figure(self.numbers[name])
        if name == "time":
            passed = f"(time / 1 {self.unit})"
            return f"({passed} + {_figure(self.model.start)})" if self.model.start else passed
        if name not in self.variables:
            raise NotCarried(f"`{name}` is not in the model")
        if self._is_stock(name):
            return f"{PARTY}.{self.words[name]}"
        if world and name in self.constant:
            return _figure(self.constant[name])
        return self.inlined[name]

    # The text

    def draft(self) -> Draft:
        """The text, with what is left out at its head."""
        body = list(self._body())
        left_out = tuple(dict.fromkeys(self.left_out))
        head = ["# Drafted by `lichen import` from an XMILE model. Floors, units and whom what belongs to: say them."]
        head += ["# Not carried over:"] if left_out else []
        head += [f"#   {' '.join(line.split())}" for line in left_out]
        return Draft(text="\n".join([*head, *body]) + "\n", left_out=left_out)

    def _body(self) -> Iterator[str]:
        model, unit = self.model, self.unit
        horizon, step = (f"{_figure(time)} {unit}" for time in (model.stop - model.start, model.step))
        yield from ("lichen: 1", f"relationship: {_quoted(model.name)}")
        yield f"time: {{start: 2026-01-01, horizon: {horizon}, step: {step}}}"
        yield from ("parties:", f"  {PARTY}:", f"    name: {_quoted(model.name)}", "    kind: organisation")
        capacities = list(self._capacities())
        yield from (["    capacities:", *capacities] if capacities else [])
        yield from _section("terms", (f"{self.words[n]}: {_quoted(self._equation(n))}" for n in self.constant))
        yield from _section(
            "world",
            (f"{self.words[n]}: {_quoted(self._equation(n, world=True))}" for n in self.order if n in self.timed),
        )
        yield from _section("flows", (line for name in self.flows for line in self._flow(name)))

    def _capacities(self) -> Iterator[str]:
        for name, level in self.first.items():
            floor = 0.0 if level > 0 else level - 1
            said = [f"level: {_figure(level)}", f"floor: {_figure(floor)}", "because: the model says no floor"]
            variable = self.variables[name]
            if variable.non_negative:
                said.append("at_least: 0")
            if name not in self.stated:
                plus = [self._said(flow) for flow in variable.inflows if flow in self.variables]
                minus = [self._said(flow) for flow in variable.outflows if flow in self.variables]
                whole = " + ".join(plus or ["0"]) + "".join(f" - {flow}" for flow in minus)
                said.append(f"change: {_quoted(f'({whole}) * 1 per {self.unit}')}")
            yield f"      {self.words[name]}: {{{', '.join(said)}}}"

    def _flow(self, name: str) -> Iterator[str]:
        takes, adds = (self._moved(name, side) for side in ("outflows", "inflows"))
        equation, word = self._equation(name), self.words[name]
        yield self._line(word, self.variables[name].title, equation, takes, adds)
        if name not in self.above:
            yield self._line(f"{word}_back", f"{self.variables[name].title}, turned", f"-({equation})", adds, takes)

    def _line(self, word: str, title: str, equation: str, takes: list[str], adds: list[str]) -> str:
        ends = f"from: {PARTY if takes else 'world'}, to: {PARTY if adds else 'world'}"
        said = [f"kind: benefit, {ends}, rate: {_quoted(f'({equation}) * 1 per {self.unit}')}"]
        said += [f"cost: {{{', '.join(f'{stock}: 1' for stock in takes)}}}"] if takes else []
        said += [f"worth: {{{', '.join(f'{stock}: 1' for stock in adds)}}}"] if adds else []
        return f"{word}: {{name: {_quoted(title)}, {', '.join(said)}}}"

    def _moved(self, flow: str, side: str) -> list[str]:
        return [
            self.words[name]
            for name in self.first
            if name in self.stated and flow in getattr(self.variables[name], side)
        ]


def _words(variables: Iterable[str]) -> Mapping[str, str]:
    """For each variable a name of the language, unlike all others."""
    taken = {*RESERVED, *FUNCTIONS, *standard_units(), *CURRENCIES, PARTY}
    found = {}
    for name in variables:
        word = "".join(letter if letter.isalnum() else "_" for letter in name).strip("_")[:LONGEST_NAME] or "variable"
        word = word if word[0].isalpha() else f"v_{word}"
        unique, turn = word, 1
        while {unique, f"{unique}_back"} & taken:
            turn += 1
            unique = f"{word}_{turn}"
        taken |= {unique, f"{unique}_back"}
        found[name] = unique
    return found


def _nesting(formula: str) -> int:
    """How deep the brackets of a formula are nested."""
    depth = deepest = 0
    for letter in formula:
        depth += (letter == "(") - (letter == ")")
        deepest = max(deepest, depth)
    return deepest


def _graphed(graph: Graph, x: str) -> str:
    """A graph as a formula: the first y, and what each later point adds."""
    points = graph.points
    parts = [_figure(points[0][1])]
    for (left, low), (right, high) in pairwise(points):
        if high == low:
            continue
        if graph.stepped or right == left:
            parts.append(f"{_figure(high - low)} * ({x} >= {_figure(right)})")
        else:
            slope = _figure((high - low) / (right - left))
            parts.append(f"{slope} * clip({x} - {_figure(left)}, 0, {_figure(right - left)})")
    return f"({' + '.join(parts)})"


def _figure(value: float) -> str:
    written = repr(float(value)).removesuffix(".0")
    return f"({written})" if value < 0 else written


def _quoted(words: str) -> str:
    """A text as YAML takes it, on one line."""
    return json.dumps(" ".join(words.split()), ensure_ascii=False)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"{title}:"
        yield from (f"  {line}" for line in found)
