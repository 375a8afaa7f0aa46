"""A tape: operations on arrays in the order in which they can be done, no two alike.

A register is the result of one operation. It says along which axes it varies: lanes, futures, members or links (`axis`,
None for one number a lane and future), and time. What does not vary in time is done once before the first step.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import final

import numpy as np

from lichen.simulation.operations import ELEMENTWISE, TRUTH


@final
@dataclass(frozen=True, slots=True)
class Register:
    """The place of a result. `number` is set for constants; `truth` marks truth values."""

    index: int
    axis: str | None = None
    lane: bool = False
    future: bool = False
    time: bool = False
    truth: bool = False
    number: float | None = None


@final
@dataclass(frozen=True, slots=True)
class Node:
    """One operation: what it does, to which registers, with what beside (a key, indices), and where the result goes."""

    operation: str
    operands: tuple[Register, ...]
    beside: Hashable
    result: Register


_KEEPING_SIGN = frozenset(
    {
        *("add", "multiply", "divide", "quotient", "divide_plainly", "minimum", "power"),
        *("spread", "sum", "sum_alike", "mean", "override"),
    }
)
LOOKING = frozenset({"spread", "order", "order_alike", "places"})
"""Operations whose result may be no more than a way to look at their operands."""


class Tape:
    """Grows by operations; asking twice for the same one gives the same register."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.nonnegative: set[int] = set()
        """Registers that are never below 0: by their operations, or because the relationship says so of a source."""
        self._known: dict[tuple[str, tuple[int, ...], Hashable, str | None], Register] = {}

    def number(self, value: float) -> Register:
        """A constant."""
        return self._node("constant", (), repr(float(value)), number=float(value))

    def source(
        self,
        kind: str,
        name: Hashable,
        *,
        axis: str | None = None,
        lane: bool = False,
        future: bool = False,
        time: bool = False,
    ) -> Register:
        """A register that the engine fills: a draw, a column, the state, what an experiment does."""
        return self._node(kind, (), name, axis=axis, lane=lane, future=future, time=time)

    def apply(self, operation: str, *operands: Register, beside: Hashable = None) -> Register:
        """One elementwise operation, constants folded; operands along no axis are spread over members."""
        simple = self._simplified(operation, operands)
        if simple is not None:
            return simple
        if operation in ELEMENTWISE and operation != "number":
            first = 1 if operation == "select" else 0
            operands = operands[:first] + tuple(self.as_number(o) for o in operands[first:])
        if operation in ("divide", "quotient") and operands[1].number:
            operation = "divide_plainly"
        axes = dict.fromkeys(o.axis for o in operands if o.axis is not None)
        axis = next(iter(axes), None)
        operands = tuple(self.spread(o, axis) for o in operands)
        return self._node(operation, operands, beside, axis=axis, truth=operation in TRUTH)

    def as_number(self, register: Register) -> Register:
        """Truth values as 1 and 0; everything else as it is."""
        return self._node("number", (register,), None, axis=register.axis) if register.truth else register

    def spread(self, register: Register, axis: str | None) -> Register:
        """The same for each member of the axis."""
        if register.axis is not None or axis is None:
            return register
        return self._node("spread", (register,), None, axis=axis, truth=register.truth)

    def reduce(self, kind: str, value: Register, presence: Register) -> Register:
        """One number out of the members' values: their `sum`, `mean` or `least`."""
        value = self.as_number(value)
        if presence.number is not None:
            alike = self._node(f"{kind}_alike", (value,), None)
            return self.apply("multiply", alike, presence) if kind == "sum" else alike
        return self._node(kind, (value, self.spread(presence, value.axis)), None)

    def quantile(self, value: Register, presence: Register, share: Register) -> Register:
        """The value below which a share of the members' presence lies."""
        value, axis = self.as_number(value), value.axis
        if presence.number is not None:
            ordered = self._node("order_alike", (value,), None, axis=axis)
            return self._node("quantile_alike", (ordered, share), None)
        operands = (value, self.spread(presence, axis))
        ordered, places = (self._node(kind, operands, None, axis=axis) for kind in ("order", "places"))
        return self._node("quantile", (ordered, places, share), None)

    def move(self, kind: str, value: Register, places: tuple[int, ...], axis: str) -> Register:
        """From members to links (`gather`) or from links to members (`scatter`)."""
        return self._node(kind, (value,), places, axis=axis)

    def keep(self, kind: str, operands: Iterable[Register], name: Hashable, axis: str | None) -> Register:
        """An operation with a memory, done by the engine at each step in every lane."""
        operands = tuple(self.spread(self.as_number(o), axis) for o in operands)
        return self._node(kind, operands, name, axis=axis, lane=True, future=True, time=True)

    def is_nonnegative(self, register: Register) -> bool:
        """Whether the result cannot be below 0, as far as its operations show."""
        return register.index in self.nonnegative

    def _stays_above(self, operation: str, operands: tuple[Register, ...], beside: Hashable) -> bool:
        """Whether the result of an operation cannot be below 0."""
        signs = [self.is_nonnegative(operand) for operand in operands]
        match operation:
            case "constant":
                return isinstance(beside, str) and float(beside) >= 0
            case "draw":
                return isinstance(beside, tuple) and beside[1] >= 0
            case "maximum":
                return any(signs)
            case "select":
                return all(signs[1:])
            case "exp" | "sqrt" | "absolute" | "saturate" | "number" | "factor":
                return True
        return bool(signs) and operation in _KEEPING_SIGN and all(signs)

    def _simplified(self, operation: str, operands: tuple[Register, ...]) -> Register | None:
        numbers = [o.number for o in operands]
        if operation in ELEMENTWISE and operation != "number" and all(n is not None for n in numbers):
            out = np.zeros(1)
            with np.errstate(all="ignore"):
                ELEMENTWISE[operation](*(np.array([n], dtype=np.float64) for n in numbers), out=out)
            return self.number(float(out[0]))
        match operation, numbers:
            case ("multiply", [1.0, _]) | ("add", [0.0, _]):
                return self.as_number(operands[1])
            case ("multiply" | "divide" | "quotient" | "power", [_, 1.0]) | ("add" | "subtract", [_, 0.0]):
                return self.as_number(operands[0])
        return None

    def _node(
        self,
        operation: str,
        operands: tuple[Register, ...],
        beside: Hashable,
        *,
        axis: str | None = None,
        lane: bool = False,
        future: bool = False,
        time: bool = False,
        truth: bool = False,
        number: float | None = None,
    ) -> Register:
        key = (operation, tuple(o.index for o in operands), beside, axis)
        if key not in self._known:
            register = Register(
                len(self.nodes),
                axis=axis,
                lane=lane or any(o.lane for o in operands),
                future=future or any(o.future for o in operands),
                time=time or any(o.time for o in operands),
                truth=truth,
                number=number,
            )
            self.nodes.append(Node(operation, operands, beside, register))
            if self._stays_above(operation, operands, beside):
                self.nonnegative.add(register.index)
            self._known[key] = register
        return self._known[key]


def live(nodes: Iterable[Node], roots: Iterable[Register]) -> tuple[Node, ...]:
    """The nodes that some root needs, in their order."""
    nodes = tuple(nodes)
    needed = {root.index for root in roots}
    for node in reversed(nodes):
        if node.result.index in needed:
            needed.update(operand.index for operand in node.operands)
    return tuple(node for node in nodes if node.result.index in needed)


def unread(nodes: Iterable[Node], kept: Iterable[int]) -> dict[int, list[int]]:
    """By the place of a node: the results that none of those after it reads, and that are not `kept` for others.

    Only results that are worked out anew at each step. Who reads a result of `LOOKING` reads what stands behind it;
    what a transit reads is kept, since it reads that again when a run begins.
    """
    kept, last = set(kept), dict[int, int]()
    behind: dict[int, set[int]] = {}
    for place, node in enumerate(nodes):
        result = node.result.index
        read = {index for operand in node.operands for index in (operand.index, *behind.get(operand.index, ()))}
        if node.operation in LOOKING:
            behind[result] = read
            kept |= read if result in kept else set()
        elif node.operands and node.result.time:
            last[result] = place
        if node.operation == "transit":
            kept |= read
        last |= dict.fromkeys(read & last.keys(), place)
    found: dict[int, list[int]] = {}
    for index, place in last.items():
        if index not in kept:
            found.setdefault(place, []).append(index)
    return found
