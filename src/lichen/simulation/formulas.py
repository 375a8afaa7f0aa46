"""Formula trees onto a tape.

A formula is read along an axis: none (one number), the members of a group, or the links of a flow. Along an axis a name
of that group is each member's own. Elsewhere a group's flow or capacity stands for the sum over its members, and its
headroom for the one that counts in verdicts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, final

from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Spread, Tree, Unary, gathers, walk
from lichen.relationship.value import Value
from lichen.simulation.tape import Register, Tape


class Names(Protocol):
    """What a formula's names stand for."""

    def name(self, parts: tuple[str, ...], axis: str | None, asked: bool) -> Register:
        """The register of a name along an axis; `asked`: flows as asked for, before rationing."""
        ...

    def axis_of(self, parts: tuple[str, ...]) -> str | None:
        """Along which axis a name varies by itself."""
        ...

    def presence(self, axis: str | None) -> Register:
        """How many of each member there are."""
        ...

    def balance(self, party: str) -> Register:
        """What a party received per what it gave, over the trailing window."""
        ...

    def arriving(self, flow: str, axis: str | None, asked: bool) -> Register:
        """What of a flow arrives now."""
        ...

    def agreed(self, term: str) -> Register:
        """A term's value in the file."""
        ...

    def draw(self, spread: Spread, axis: str | None) -> Register:
        """A number of a range."""
        ...


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A `delay` or `smooth`: `past` is what the formula reads, `now` what it remembers, `over` the time in days."""

    kind: str
    past: Register
    now: Register
    over: Register


_OPERATORS = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "quotient",
    "**": "power",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
    "==": "equal",
    "!=": "not_equal",
}
_PLAIN = {"abs": "absolute", "exp": "exp", "log": "log", "sqrt": "sqrt", "tanh": "tanh", "saturate": "saturate"}


@final
class Formulas:
    """Puts formulas onto one tape."""

    def __init__(self, tape: Tape, names: Names, step_days: float) -> None:
        self.tape = tape
        self.names = names
        self.step_days = step_days
        self._remembered: dict[tuple[Call, str | None], tuple[Register, Register]] = {}

    def value(self, value: Value | None, axis: str | None = None, *, asked: bool = False) -> Register:
        """A value of the file; one that nobody states is not a number."""
        if value is None or value.tree is None:
            return self.tape.number(math.nan)
        return self.tape.as_number(self.tree(value.tree, axis, asked))

    def tree(self, tree: Tree, axis: str | None, asked: bool = False) -> Register:
        """A formula along an axis."""
        match tree:
            case Number(value=value):
                return self.tape.number(value)
            case Spread():
                return self.names.draw(tree, axis)
            case Name(parts=("time",)):
                return self.tape.source("time", "time", time=True)
            case Name(parts=parts):
                return self.names.name(parts, axis, asked)
            case Unary(operator="-", operand=operand):
                return self.tape.apply("negative", self.tree(operand, axis, asked))
            case Unary(operand=operand):
                return self.tape.apply("not", self.truth(self.tree(operand, axis, asked)))
            case Binary(operator=operator, left=left, right=right):
                sides = (self.tree(left, axis, asked), self.tree(right, axis, asked))
                if operator in ("and", "or"):
                    return self.tape.apply(operator, *(self.truth(side) for side in sides))
                return self.tape.apply(_OPERATORS[operator], *(self.tape.as_number(side) for side in sides))
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                return self._select(
                    self.tree(condition, axis, asked), self.tree(then, axis, asked), self.tree(otherwise, axis, asked)
                )
            case Call():
                return self._call(tree, axis, asked)

    def condition(self, value: Value) -> Register:
        """A condition of the file, one truth."""
        return self.truth(self.value(value) if value.tree is None else self.tree(value.tree, None))

    def truth(self, register: Register) -> Register:
        """Numbers other than 0 as true; what is not known is false."""
        if register.truth:
            return register
        return self.tape.apply("greater", self.tape.apply("absolute", register), self.tape.number(0))

    def _select(self, condition: Register, then: Register, otherwise: Register) -> Register:
        return self.tape.apply("select", self.truth(condition), then, otherwise)

    def _call(self, call: Call, axis: str | None, asked: bool) -> Register:
        function, arguments = call.function, call.arguments
        if function in ("balance", "arriving", "agreed") and isinstance(arguments[0], Name):
            name = arguments[0].text
            match function:
                case "balance":
                    return self.names.balance(name)
                case "arriving":
                    return self.names.arriving(name, axis, asked)
                case _:
                    return self.names.agreed(name)
        if function in ("delay", "smooth"):
            return self._remember(call, axis, asked)
        if gathers(call):
            return self._reduce(call, axis, asked)
        return self._elementwise(function, [self.tree(argument, axis, asked) for argument in arguments])

    def _elementwise(self, function: str, given: list[Register]) -> Register:
        apply, time = self.tape.apply, self.tape.source("time", "time", time=True)
        match function, given:
            case ("min" | "max" | "least", [first, *more]):
                for other in more:
                    first = apply("maximum" if function == "max" else "minimum", first, other)
                return first
            case ("clip", [x, low, high]):
                return apply("minimum", apply("maximum", x, low), high)
            case ("step", [start]):
                return self.tape.as_number(apply("greater_equal", time, start))
            case ("pulse", [start, length]):
                begun = apply("greater_equal", time, start)
                return self.tape.as_number(apply("and", begun, apply("less", time, apply("add", start, length))))
            case ("season", [period, peak]):
                turns = apply("divide", apply("subtract", time, peak), period)
                return apply("cos", apply("multiply", self.tape.number(2 * math.pi), turns))
            case _:
                return apply(_PLAIN[function], *given)

    def _reduce(self, call: Call, axis: str | None, asked: bool) -> Register:
        """Over the members that the argument speaks of; a plain number is its own sum and mean."""
        own = (self.names.axis_of(node.parts) for node in walk(call.arguments[0]) if isinstance(node, Name))
        over = next((found for found in own if found is not None), None)
        value = self.tree(call.arguments[0], over, asked)
        if value.axis is None:
            return self.tape.as_number(value)
        presence = self.names.presence(value.axis)
        if call.function == "quantile":
            return self.tape.quantile(value, presence, self.tree(call.arguments[1], None, asked))
        return self.tape.reduce("mean" if call.function == "share" else call.function, value, presence)

    def _remember(self, call: Call, axis: str | None, asked: bool) -> Register:
        """What a delay or smoothing reads; what it remembers is put on the tape later, since that may read it again."""
        over = self.tree(call.arguments[1], None, asked)
        if call.function == "delay" and over.number is not None and over.number < self.step_days / 2:
            return self.tree(call.arguments[0], axis, asked)
        varies = any(self._varies(node.parts) for node in walk(call.arguments[0]) if isinstance(node, Name))
        known = (call, axis if varies else None)
        if known not in self._remembered:
            past = self.tape.source("memory", len(self._remembered), axis=known[1], lane=True, future=True, time=True)
            self._remembered[known] = (past, over)
        return self._remembered[known][0]

    def _varies(self, parts: tuple[str, ...]) -> bool:
        return parts[0] in ("giver", "receiver", "link") or self.names.axis_of(parts) is not None

    def remembered(self) -> tuple[Memory, ...]:
        """All memories, each after those it reads, with what they remember: what passes, not what was asked for."""
        memories: list[Memory] = []
        while len(memories) < len(self._remembered):
            (call, axis), (past, over) = list(self._remembered.items())[len(memories)]
            now = self.tape.spread(self.tape.as_number(self.tree(call.arguments[0], axis)), axis)
            memories.append(Memory(kind=call.function, past=past, now=now, over=over))
        return tuple(self._in_order(memories))

    def _in_order(self, memories: list[Memory]) -> list[Memory]:
        """Each memory after those that it reads at the same instant; a circle is entered once."""
        by_past = {memory.past.index: memory for memory in memories}
        ordered: dict[int, Memory] = {}

        def visit(memory: Memory, above: frozenset[int]) -> None:
            seen, waiting = set[int](), [memory.now.index]
            while waiting:
                index = waiting.pop()
                if index in seen:
                    continue
                seen.add(index)
                waiting += [operand.index for operand in self.tape.nodes[index].operands]
                if index in by_past and index not in above and index not in ordered:
                    visit(by_past[index], above | {index})
            ordered.setdefault(memory.past.index, memory)

        for memory in memories:
            visit(memory, frozenset([memory.past.index]))
        return list(ordered.values())
