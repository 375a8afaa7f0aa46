"""What there was no room to ask of a large relationship, and how to ask it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from lichen.check import wording
from lichen.relationship.values import has_chance
from lichen.stress.rehearsal import flows_to_halve
from lichen.stress.setting import MOST_PAIRS, Setting
from lichen.stress.shocks import MOST_ALONE, blows


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """How many there are that were not asked of: sides, pairs of sides, blows, flows to cut and flows to halve.

    `futures` are those that were wished and not run, none where all are alike.
    """

    sides: int = 0
    pairs: int = 0
    blows: int = 0
    flows: int = 0
    halves: int = 0
    futures: int = 0

    @property
    def says(self) -> str:
        """What was left out and how to ask it, empty where nothing was."""
        return " ".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        if self.sides:
            others = "other side was" if self.sides == 1 else "other sides were"
            yield f"Asked of those on whom the others live most; {wording.count(self.sides)} {others} left out."
        counted = (
            (self.pairs, "of all pairs that could leave or collude"),
            (self.blows, "of the blows, the smallest"),
            (self.flows, "of the flows to cut, on which least hangs"),
            (self.halves, "of the flows to halve"),
        )
        named = [f"{wording.count(count)} {what}" for count, what in counted if count]
        if named:
            yield f"Not tried: {'; '.join(named)}."
        if self.sides or named:
            yield "`--party NAME` asks everything of one side."
        if self.futures:
            yield (
                f"So large a file was asked over {wording.count(self.futures)} futures fewer than wished; "
                "`--only` and `--party` leave time for more."
            )


def left_out(setting: Setting, sections: frozenset[str], wished: int) -> LeftOut:
    """What these questions leave out."""
    every = setting.party is not None

    def besides(section: str, count: int, most: int) -> int:
        return max(0, count - most) if section in sections and not every else 0

    pairs = setting.possible_pairs - MOST_PAIRS if sections & {"exits", "cheating"} else 0
    return LeftOut(
        sides=0 if every else len(setting.ranked) - len(setting.asked),
        pairs=max(0, pairs),
        blows=besides("shocks", len(blows(setting)), MOST_ALONE),
        flows=besides("links", len(setting.flows), setting.most_links),
        halves=besides("rehearsal", len(flows_to_halve(setting)), setting.most),
        futures=wished - setting.runs if has_chance(setting.relationship) else 0,
    )
