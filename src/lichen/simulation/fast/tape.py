"""A tape as flat arrays: every register a block of the arena, every operation a row of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import final

from lichen.simulation.fast import instructions as code
from lichen.simulation.fast.fusing import fused
from lichen.simulation.fast.layout import SHORT, Instructions, Layout, Place
from lichen.simulation.program import Program, read_beside, released
from lichen.simulation.tape import Node, Register

_ORDERS = ("order", "order_alike", "places")
"""Operations that are done together with the quantile that reads them."""


@final
class LoweredTape:
    """The tape of a program, laid out for so many lanes and futures at a time."""

    def __init__(self, program: Program, lanes: int, futures: int) -> None:
        program = replace(program, nodes=fused(program.nodes, read_beside(program)))
        self.layout = Layout(lanes, futures, {axis: len(names) for axis, names in program.axes.items()})
        self.still, self.moving = Instructions(self.layout), Instructions(self.layout)
        self.indices: list[int] = []
        """Of gathers and scatters, one list after the other."""
        self.blocks: dict[int, Place] = {}
        self.numbers: dict[str, tuple[Place, float]] = {}
        self.sources: dict[tuple[str, object], Place] = {}
        self.draws: list[Node] = []
        self.transits: list[Node] = []
        self.overrides: list[Node] = []
        self.nodes = {node.result.index: node for node in program.nodes}
        passing = released(program)
        again = {index for indices in passing.values() for index in indices}
        for place, node in enumerate(program.nodes):
            self._lower(node, again=node.result.index in again)
            for index in passing.get(place, ()):
                self.layout.release(self.blocks[index])

    def at(self, register: Register) -> Place:
        """Where a register stands."""
        return self.blocks[register.index]

    def number(self, value: float) -> Place:
        """A block of one number."""
        key = repr(float(value))
        if key not in self.numbers:
            self.numbers[key] = (self.layout.block(None, by_lane=True), float(value))
        return self.numbers[key][0]

    def _lower(self, node: Node, *, again: bool) -> None:
        """A place for the node's result; most need no more room than their operand or a number has."""
        result = node.result
        if result.number is not None:
            self.blocks[result.index] = self.number(result.number)
        elif node.operation == "spread" and self.layout.width >= SHORT:
            alike = self.at(node.operands[0])
            members = self.layout.members[result.axis or ""]
            self.blocks[result.index] = Place(alike.offset, 0, alike.lane, members)
        elif node.operation not in _ORDERS:
            self._fill(node, again=again)

    def _fill(self, node: Node, *, again: bool) -> None:
        """A block for the node's result, and the instruction that fills it; none for what is filled otherwise."""
        result, operation = node.result, node.operation
        operands = [self.blocks[o.index] for o in node.operands if o.index in self.blocks]
        out = self.layout.block(result.axis, by_lane=result.lane, again=again)
        self.blocks[result.index] = out
        into = self.moving if result.time else self.still
        members = out.members
        match operation:
            case "spread" | "number":
                into.add(code.COPY, out, operands, members=members)
            case "quotient":
                self._quotient(into, out, operands)
            case "gather" | "scatter":
                self._bring(into, node, out, operands[0])
            case "mean" | "mean_alike":
                self._mean(into, node, out, operands)
            case "quantile" | "quantile_alike":
                self._quantile(into, node, out)
            case "transit" | "override":
                self._remember(into, node, out)
            case _ if operation in code.ELEMENTWISE:
                into.add(code.ELEMENTWISE[operation], out, operands, members=members)
            case _ if operation in code.OVER_MEMBERS:
                what = code.OVER_MEMBERS[operation]
                into.add(what, out, operands, members=self._members(node), over_members=True)
            case _:
                self.sources[operation, node.beside] = out
                self.draws += [node] if operation in ("draw", "drawn column") else []

    def _members(self, node: Node) -> int:
        """How many members a reduction goes over."""
        return self.layout.members[node.operands[0].axis or ""]

    def _quotient(self, into: Instructions, out: Place, operands: Sequence[Place]) -> None:
        """Of 0/0 no number in the first lane, 0 in the others."""
        lanes = self.layout.lanes if out.lane else 1
        into.add(code.DIVIDE_PLAINLY, out, operands, members=out.members, lanes=range(1))
        if lanes > 1:
            into.add(code.DIVIDE, out, operands, members=out.members, lanes=range(1, lanes))

    def _bring(self, into: Instructions, node: Node, out: Place, operand: Place) -> None:
        """Between members and links; beside stands where the indices begin, as last operand how many members get."""
        indices = node.beside if isinstance(node.beside, tuple) else ()
        gathers = node.operation == "gather"
        what, beside = (code.GATHER if gathers else code.SCATTER), len(self.indices)
        reached = Place(out.members, 0, out.lane)
        into.add(what, out, (operand, reached), members=len(indices), beside=beside, over_members=True)
        self.indices += indices

    def _mean(self, into: Instructions, node: Node, out: Place, operands: Sequence[Place]) -> None:
        """The sum over members, by the sum of their presence."""
        members = self._members(node)
        total = self.layout.block(None, by_lane=node.result.lane)
        if node.operation == "mean_alike":
            into.add(code.SUM_ALIKE, total, operands, members=members, over_members=True)
            into.add(code.DIVIDE_PLAINLY, out, (total, self.number(members)), members=1)
            return
        there = self.layout.block(None, by_lane=node.result.lane)
        into.add(code.SUM, total, operands, members=members, over_members=True)
        into.add(code.SUM_ALIKE, there, operands[1:], members=members, over_members=True)
        into.add(code.DIVIDE, out, (total, there), members=1)

    def _quantile(self, into: Instructions, node: Node, out: Place) -> None:
        """Of the values that stand behind the order of members."""
        ordering, share = self.nodes[node.operands[0].index], self.at(node.operands[-1])
        operands = [self.at(register) for register in ordering.operands]
        what = code.QUANTILE if node.operation == "quantile" else code.QUANTILE_ALIKE
        members = self._members(node)
        into.add(what, out, (operands[0], operands[-1], share), members=members, over_members=True)

    def _remember(self, into: Instructions, node: Node, out: Place) -> None:
        """What has a table of its own; beside stands which row of it."""
        transits = node.operation == "transit"
        known = self.transits if transits else self.overrides
        what = code.TRANSIT if transits else code.OVERRIDE
        into.add(what, out, (out,), members=out.members, beside=len(known))
        known.append(node)
