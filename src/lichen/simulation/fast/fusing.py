"""Two operations in one: what the next operation alone reads is worked out within it, and needs no place of its own.

A row of the arena is read and written once less, which is most of what plain arithmetic costs. Each number is rounded
as often as before, so that the results are the same to the last bit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from lichen.simulation.tape import Node

TOGETHER: Mapping[tuple[str, str, int], str] = {
    ("subtract", "divide_plainly", 0): "share_between",
    ("multiply", "add", 0): "add_product",
    ("multiply", "add", 1): "add_product",
    ("multiply", "subtract", 1): "subtract_product",
    ("divide_plainly", "add", 0): "add_quotient",
    ("divide_plainly", "add", 1): "add_quotient",
    ("add", "add", 0): "add_both",
    ("add", "add", 1): "add_both",
    ("saturate", "multiply", 0): "multiply_saturated",
    ("saturate", "multiply", 1): "multiply_saturated",
}
"""An operation, the one that reads its result, and as which operand: what both are together, of the operands of the
first and then of the other one of the second."""


def fused(nodes: Sequence[Node], kept: Collection[int]) -> tuple[Node, ...]:
    """The same tape with fewer operations; results that are `kept` for others stay."""
    readers = Counter(operand.index for node in nodes for operand in node.operands)
    left: dict[int, Node] = {}
    for node in nodes:
        for turn, operand in enumerate(node.operands):
            first = left[operand.index]
            together = TOGETHER.get((first.operation, node.operation, turn))
            alone = readers[operand.index] == 1 and operand.index not in kept
            if together is not None and alone and operand.time == node.result.time:
                others = (*node.operands[:turn], *node.operands[turn + 1 :])
                node = Node(together, (*first.operands, *others), None, node.result)
                del left[operand.index]
                break
        left[node.result.index] = node
    return tuple(left.values())
