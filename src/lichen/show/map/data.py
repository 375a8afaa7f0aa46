"""The map as plain data, for JSON."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from lichen.dependency.contagion_parties import PartyContagion
from lichen.dependency.delay import Delay
from lichen.dependency.map import DependencyMap, Path
from lichen.dependency.power import Power
from lichen.show.map.falling import contagion_says, debts_say, failure_says

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def to_json(dependencies: DependencyMap) -> dict[str, object]:
    """The map as mappings, lists, texts and numbers. Amounts are in base units, times in days, shares in 0..1.

    Names are those of `DependencyMap` and its parts; a delay is its fixed time, its mean and when half of the effect
    is there. What falls with whom also `says` itself in words.
    """
    found = _fields(dependencies)
    if dependencies.contagion is not None:
        found["contagion"] = _contagion(dependencies, dependencies.contagion)
    return found


def json_text(dependencies: DependencyMap) -> str:
    """The same as text."""
    return json.dumps(to_json(dependencies), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _contagion(dependencies: DependencyMap, contagion: PartyContagion) -> dict[str, object]:
    return {
        "horizon_days": contagion.horizon_days,
        "failures": [_fields(one) | {"says": failure_says(dependencies, contagion, one)} for one in contagion.failures],
        "radius": contagion.radius,
        "debts": [_fields(one) | {"says": debts_say(dependencies, one)} for one in contagion.debts],
        "says": contagion_says(contagion),
    }


def _fields(value: DataclassInstance) -> dict[str, object]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: object) -> object:
    if isinstance(value, Delay):
        return {"first_days": value.fixed, "mean_days": value.mean, "half_days": value.half}
    if is_dataclass(value) and not isinstance(value, type):
        found = _fields(value)
        if isinstance(value, Power):
            found |= {"imbalance": value.imbalance, "cohesion": value.cohesion}
        if isinstance(value, Path):
            found["passes_blind"] = value.passes_blind
        return found
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
