"""A value of the file: a formula with its reason, its source and who keeps it to itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import final

from lichen.relationship.formula import Number, Tree, names
from lichen.relationship.quantity import PLAIN, Dimension


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What one key of the file says.

    `tree` is None when a party keeps the value to itself and neither its part nor a stated range is at hand, and of a
    floor that nobody says. `path` is the place in the file (`parties.alder.capacities.cash.floor`), the key of
    `Relationship.origins` and of draws.
    `because` and `source` are the author's reason and reference, `stated_by` and `stated_on` who stated a range and
    when, `private_to` the party that keeps the figure.
    """

    tree: Tree | None
    dimension: Dimension = PLAIN
    text: str = field(default="", compare=False)
    path: str = field(default="", compare=False)
    because: str | None = None
    source: str | None = None
    stated_by: str | None = None
    stated_on: date | None = None
    private_to: str | None = None

    @property
    def known(self) -> bool:
        """Whether anything can be computed from it."""
        return self.tree is not None

    @property
    def names(self) -> frozenset[str]:
        """Every name that it reads, parts joined by a dot; none when it is unknown."""
        return frozenset() if self.tree is None else names(self.tree)

    @property
    def number(self) -> float | None:
        """The constant it stands for in base units, or None when it is a formula, a range or unknown."""
        return self.tree.value if isinstance(self.tree, Number) else None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What is asked of a figure: not below `at_least`, not above `at_most`; in at least `share` of the futures."""

    at_least: Value | None = None
    at_most: Value | None = None
    share: float = 0.95
