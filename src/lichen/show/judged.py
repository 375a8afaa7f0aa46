"""All that a page about one relationship is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from lichen.check.verdict import Verdict
    from lichen.dependency.map import DependencyMap
    from lichen.record.balance import Balance
    from lichen.record.reading import Record
    from lichen.relationship.relationship import Relationship
    from lichen.simulation.futures import Futures
    from lichen.simulation.loops.loops import Loops


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """A relationship with its verdict and what the verdict was reached from.

    `loops` is a text where they cannot be told; `record` and `balance` are None where nothing was recorded; `party` is
    the side whose own figures were used, None for all. `tried` says what is hardest of exits, blows and cheating,
    `scenarios` are the file's own, beside `base`.
    """

    relationship: Relationship
    verdict: Verdict
    futures: Futures
    map: DependencyMap
    loops: Loops | str
    record: Record | None = None
    balance: Balance | None = None
    party: str | None = None
    tried: tuple[str, ...] = ()
    scenarios: Futures | None = None
