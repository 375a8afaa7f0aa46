"""The tree of a formula: what a value says, as frozen nodes with every number in base units.

Trees are built by `lichen.language.formula` and read by the map, the simulation and the redline. They compare by
meaning: the place in the text is not part of a node's identity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, final

from lichen.relationship.quantity import PLAIN, Dimension

Span: TypeAlias = tuple[int, int]
"""First character and the one after the last, within the formula's text."""


@final
@dataclass(frozen=True, slots=True)
class Number:
    """A constant, in base units."""

    value: float
    dimension: Dimension = PLAIN
    span: Span = field(default=(0, 0), compare=False)


@final
@dataclass(frozen=True, slots=True)
class Spread:
    """A range `low..high` in base units, drawn once a future from the uniform distribution.

    `key` names the draw (the path of the value in the file and the range's turn in it): the same key, the same draw.
    """

    low: float
    high: float
    key: str
    dimension: Dimension = PLAIN
    span: Span = field(default=(0, 0), compare=False)


@final
@dataclass(frozen=True, slots=True)
class Name:
    """A reference: `price`, `packaging`, `demand`, `time`, or two parts as in `alder.cash`, `members.sales`,
    `link.weight`.

    Inside a group's own formulas a bare name of the group is written out by the language (`sellers.cash`).
    """

    parts: tuple[str, ...]
    span: Span = field(default=(0, 0), compare=False)

    @property
    def text(self) -> str:
        """The name as written, parts joined by a dot."""
        return ".".join(self.parts)


@final
@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language, applied."""

    function: str
    arguments: tuple[Tree, ...]
    span: Span = field(default=(0, 0), compare=False)


@final
@dataclass(frozen=True, slots=True)
class Unary:
    """`-x` or `not x`."""

    operator: Literal["-", "not"]
    operand: Tree
    span: Span = field(default=(0, 0), compare=False)


@final
@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic, comparison or logic of two operands; truth is 1 and 0."""

    operator: Literal["+", "-", "*", "/", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or"]
    left: Tree
    right: Tree
    span: Span = field(default=(0, 0), compare=False)


@final
@dataclass(frozen=True, slots=True)
class Conditional:
    """`then if condition else otherwise`."""

    condition: Tree
    then: Tree
    otherwise: Tree
    span: Span = field(default=(0, 0), compare=False)


TRUTHS: Final = frozenset({"<", "<=", ">", ">=", "==", "!=", "and", "or"})
"""The operators of two operands whose value is a truth."""

Tree: TypeAlias = "Number | Spread | Name | Call | Unary | Binary | Conditional"


def children(tree: Tree) -> tuple[Tree, ...]:
    """The operands of a node, left to right."""
    match tree:
        case Call(arguments=arguments):
            return arguments
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case _:
            return ()


def walk(tree: Tree) -> Iterator[Tree]:
    """Every node of the tree, each before its operands."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def gathers(call: Call) -> bool:
    """Whether a call makes one number of the values of all members; `least` of several values compares them instead."""
    if call.function == "least":
        return len(call.arguments) == 1
    return call.function in ("sum", "mean", "quantile", "share")


def names(tree: Tree) -> frozenset[str]:
    """Every name the tree reads, parts joined by a dot."""
    return frozenset(node.text for node in walk(tree) if isinstance(node, Name))
