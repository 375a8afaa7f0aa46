"""The dependency map for people and other tools: as text, picture, graph file and data, one file each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lichen.dependency.map import DependencyMap
from lichen.show.map.data import json_text
from lichen.show.map.graphml import graphml
from lichen.show.map.mermaid import mermaid
from lichen.show.map.svg import draw
from lichen.show.map.table import table

FORMATS: Mapping[str, Callable[[DependencyMap], str]] = {
    "text": table,
    "svg": lambda dependencies: f"{draw(dependencies)}\n",
    "mermaid": mermaid,
    "graphml": graphml,
    "json": json_text,
}
"""Each form's name and what writes it."""
