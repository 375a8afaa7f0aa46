"""Where the registers of a program stand in the fast engine's arena, and the instructions between them.

A register is a block `[member, lane, future]` without gaps; one that is the same in all lanes has one of them. Blocks
whose futures are few are given a place for every lane, so that loops over them stay long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import final

import numpy as np

from lichen.simulation.fast.groups import Table
from lichen.simulation.fast.instructions import INSTRUCTION

LINE = 8
"""Numbers in a line of the cache: blocks begin on one."""
FEW_FUTURES = 8
"""With fewer futures than this, every block has a place for every lane."""
SHORT = 32
"""Loops shorter than this cost more by their beginning than by their turns."""


@final
@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands, and how far its members and lanes lie apart: 0 where they are all alike."""

    offset: int
    member: int
    lane: int
    members: int = 1


@final
@dataclass(slots=True)
class Layout:
    """The arena while it grows; `members` by axis."""

    lanes: int
    futures: int
    members: dict[str, int]
    size: int = 0
    free: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    def take(self, length: int) -> int:
        """Room for so many numbers."""
        offset = self.size
        self.size += -(-length // LINE) * LINE + LINE
        return offset

    def block(self, axis: str | None, *, by_lane: bool, again: bool = False) -> Place:
        """Room for a register; `again`: perhaps that of one that nothing reads any more."""
        lanes = self.lanes if by_lane or self.futures < FEW_FUTURES else 1
        members = 1 if axis is None else self.members[axis]
        free = self.free.get((members, lanes))
        offset = free.pop() if again and free else self.take(members * lanes * self.futures)
        apart = self.futures if lanes > 1 else 0
        return Place(offset, 0 if axis is None else lanes * self.futures, apart, members)

    def release(self, place: Place) -> None:
        """The block may be used again."""
        lanes = self.lanes if place.lane else 1
        self.free.setdefault((place.members, lanes), []).append(place.offset)

    @property
    def width(self) -> int:
        """Numbers of one member: all lanes and futures."""
        return self.lanes * self.futures


@final
@dataclass(slots=True)
class Instructions:
    """A list of instructions while it grows."""

    layout: Layout
    rows: list[tuple[int, ...]] = field(default_factory=list)

    def add(
        self,
        what: int,
        out: Place,
        operands: Sequence[Place],
        *,
        members: int,
        lanes: range | None = None,
        beside: int = 0,
        over_members: bool = False,
    ) -> None:
        """One instruction for so many members, in some lanes (those of the result when None).

        Loops over members, lanes and futures become one wherever the numbers of all operands lie in a row; not that
        over members where these are brought together.
        """
        lanes = range(self.layout.lanes if out.lane else 1) if lanes is None else lanes
        places = (out, *operands, *[operands[0]] * (3 - len(operands)))
        starts = [place.offset + lanes.start * place.lane for place in places]
        outer, middle, length = members, len(lanes), self.layout.futures
        by_member, by_lane = [place.member for place in places], [place.lane for place in places]
        if middle == 1 or all(apart == length for apart in by_lane):
            middle, length, by_lane = 1, middle * length, [0] * 4
        if not over_members:
            if middle == 1 and (outer == 1 or all(apart == length for apart in by_member)):
                outer, length, by_member = 1, outer * length, [0] * 4
            elif middle == 1:
                outer, middle, by_member, by_lane = 1, outer, [0] * 4, by_member
        steps = [step for pair in zip(by_member, by_lane, strict=True) for step in pair]
        self.rows.append((what, *starts, outer, middle, length, *steps, beside))

    def table(self) -> Table:
        """All of them."""
        return np.array(self.rows, dtype=INSTRUCTION)
