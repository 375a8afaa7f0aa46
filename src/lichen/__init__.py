"""lichen: is this relationship one in which both sides stay whole?

A relationship is written down in one file; lichen reads it, sets it in motion, holds it against the real record and
says which of its sides is losing what it lives from, since when, and what could be agreed instead.

    import lichen

    reading = lichen.read("relationship.yaml")
    verdict = lichen.judge(reading.relationship).verdict

The public names are loaded when they are first used, so that `import lichen` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lichen.check.assess import assess as judge
    from lichen.check.finding import Finding
    from lichen.check.verdict import Verdict
    from lichen.language.problem import Problem
    from lichen.redesign.compare import compare_relationships as compare
    from lichen.relationship.flow import Flow
    from lichen.relationship.party import Capacity, Party
    from lichen.relationship.relationship import Relationship
    from lichen.simulation.futures import Futures
    from lichen.simulation.run import simulate
    from lichen.workspace import read_relationship as read

__version__ = "0.1.0"

_PLACES = {
    "Capacity": ("lichen.relationship.party", "Capacity"),
    "Finding": ("lichen.check.finding", "Finding"),
    "Flow": ("lichen.relationship.flow", "Flow"),
    "Futures": ("lichen.simulation.futures", "Futures"),
    "Party": ("lichen.relationship.party", "Party"),
    "Problem": ("lichen.language.problem", "Problem"),
    "Relationship": ("lichen.relationship.relationship", "Relationship"),
    "Verdict": ("lichen.check.verdict", "Verdict"),
    "compare": ("lichen.redesign.compare", "compare_relationships"),
    "judge": ("lichen.check.assess", "assess"),
    "read": ("lichen.workspace", "read_relationship"),
    "simulate": ("lichen.simulation.run", "simulate"),
}

__all__ = [
    "Capacity",
    "Finding",
    "Flow",
    "Futures",
    "Party",
    "Problem",
    "Relationship",
    "Verdict",
    "compare",
    "judge",
    "read",
    "simulate",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used."""
    if name not in _PLACES:
        raise AttributeError(f"lichen has no `{name}`; its names are {', '.join(__all__)}")
    module, attribute = _PLACES[name]
    found = getattr(import_module(module), attribute)
    globals()[name] = found
    return found
