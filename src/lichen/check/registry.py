"""The invariants and failure modes there are: the folder is the list."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Protocol, cast

from lichen.check.evidence import CheckInput
from lichen.check.finding import Finding

INVARIANTS = (
    "reciprocal_viability",
    "visible_value_exchange",
    "non_extractive_reinforcement",
    "adaptive_renegotiability",
    "bounded_dependency",
)
"""The archetype's order; a further one follows in the order of names."""


class Check(Protocol):
    """What a module in `invariants/` or `failures/` offers; its docstring is its manual page.

    `LANES` are the kinds of experiments that it looks at besides `base`.
    """

    __doc__: str | None
    TITLE: str
    LANES: tuple[str, ...]
    look: Callable[[CheckInput], Iterator[Finding]]


@cache
def invariants() -> dict[str, Check]:
    """Every invariant by its name, the archetype's five in its order."""
    found = _modules("invariants")
    return {name: found[name] for name in sorted(found, key=lambda n: (n not in INVARIANTS, _place(n), n))}


@cache
def failures() -> dict[str, Check]:
    """Every failure mode by its name, in the order of names."""
    return _modules("failures")


@cache
def checks() -> dict[str, Check]:
    """Every invariant and failure mode by its name."""
    return {**invariants(), **failures()}


def _place(name: str) -> int:
    return INVARIANTS.index(name) if name in INVARIANTS else len(INVARIANTS)


def _modules(folder: str) -> dict[str, Check]:
    package: ModuleType = importlib.import_module(f"lichen.check.{folder}")
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    return {name: cast(Check, importlib.import_module(f"lichen.check.{folder}.{name}")) for name in names}
