"""The arrays of what a run leaves behind, for tests that hold two runs against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

import numpy as np


def arrays(part: object, path: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """Every array in what a run leaves behind, with where it stands."""
    if isinstance(part, np.ndarray):
        yield path, part
    elif isinstance(part, Mapping):
        for name, inner in part.items():
            yield from arrays(inner, f"{path}/{name}")
    elif is_dataclass(part):
        for field in fields(part):
            yield from arrays(getattr(part, field.name), f"{path}.{field.name}")
