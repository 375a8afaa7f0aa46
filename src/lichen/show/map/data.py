"""The map as plain data, for JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from math import isfinite
from typing import TYPE_CHECKING

from lichen.dependency.contagion_parties import PartyContagion
from lichen.dependency.delay import Delay
from lichen.dependency.map import DependencyMap
from lichen.dependency.power import Power
from lichen.dependency.through import Path, ThroughOthers
from lichen.show.map.falling import contagion_says, debts_say, failure_says
from lichen.show.map.words import titles_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def json_text(dependencies: DependencyMap) -> str:
    """The map as mappings, lists, texts and numbers, a line each. Amounts are in base units, times in days, shares in
    0..1.

    Names are those of `DependencyMap` and its parts; a delay is its fixed time, its mean and when half of the effect
    is there. What falls with whom also `says` itself in words.
    """
    lines = ",\n".join(f' "{name}": {_written(part)}' for name, part in _parts(dependencies))
    return f"{{\n{lines}\n}}\n"


def _parts(dependencies: DependencyMap) -> Iterator[tuple[str, object]]:
    for field in fields(dependencies):
        part = getattr(dependencies, field.name)
        yield field.name, _contagion(dependencies, part) if isinstance(part, PartyContagion) else part


def _written(part: object) -> str:
    """One part of the map; what has many items in a line for each."""
    if not isinstance(part, tuple | ThroughOthers):
        return _ENCODER.encode(_known(part))
    items: Iterable[object] = part
    lines = ",\n".join(f"  {_ENCODER.encode(_known(item))}" for item in items)
    return f"[\n{lines}\n ]" if lines else "[]"


def _contagion(dependencies: DependencyMap, contagion: PartyContagion) -> dict[str, object]:
    titles = titles_of(dependencies)
    return {
        "horizon_days": contagion.horizon_days,
        "failures": [_fields(one) | {"says": failure_says(titles, contagion, one)} for one in contagion.failures],
        "radius": _known(contagion.radius),
        "debts": [_fields(one) | {"says": debts_say(titles, one)} for one in contagion.debts],
        "says": contagion_says(contagion),
    }


def _fields(value: DataclassInstance) -> dict[str, object]:
    """A value of the map as a mapping."""
    match value:
        case Delay():
            return {"first_days": value.fixed, "mean_days": value.mean, "half_days": value.half}
        case Power():
            besides: dict[str, object] = {"imbalance": value.imbalance, "cohesion": value.cohesion}
        case Path():
            besides = {"passes_blind": value.passes_blind}
        case _:
            besides = {}
    return {field.name: _known(getattr(value, field.name)) for field in fields(value)} | besides


def _known(value: object) -> object:
    """A number, or None for one that JSON does not know; so within a tuple; all else as it is."""
    match value:
        case float() if not isfinite(value):
            return None
        case tuple():
            return [_known(one) for one in value]
        case _:
            return value


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_fields)
