"""Chance, counted instead of drawn in turn: the same key gives the same number, whatever else is asked for.

A draw is a hash (splitmix64) of the seed, a key, the future and the step, so neither the order of a file's entries in
memory, nor chunks, nor lanes, nor other variables change it. The keys: a world variable is keyed by its name (renaming
one draws it anew). A range is keyed by its place, in which the names of parties, capacities, flows and terms are
replaced by their order in the file: these may be renamed freely, and changing a range's bounds keeps its draws. Beside
a group a range is drawn for each member, keyed by the member's name.

Source of the mixing function: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators"; of the
normals: Box, Muller 1958.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lichen.relationship.flow import WORLD
from lichen.relationship.relationship import Relationship

Array = NDArray[np.float64]
Bits = NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def _mixed(bits: Bits) -> Bits:
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return bits ^ (bits >> np.uint64(31))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _bits(seed: int, keys: Sequence[str], futures: Bits, steps: Bits) -> Bits:
    """Hashes of shape [step, future, key]."""
    start = np.array([_hash(key) for key in keys], dtype=np.uint64) ^ _mixed(np.array([seed % 2**64], dtype=np.uint64))
    by_future = _mixed(start[None, :] + (futures[:, None] + np.uint64(1)) * _GOLDEN)
    return _mixed(by_future[None, :, :] + (steps[:, None, None] + np.uint64(1)) * _GOLDEN)


def _as_uniform(bits: Bits) -> Array:
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53 + 2.0**-54


def _counted(numbers: Iterable[int]) -> Bits:
    return np.fromiter(numbers, dtype=np.uint64)


def uniform(seed: int, keys: Sequence[str], futures: range, steps: range = range(1)) -> Array:
    """Numbers between 0 and 1, both excluded [step, future, key]."""
    return _as_uniform(_bits(seed, keys, _counted(futures), _counted(steps)))


def normal(seed: int, key: str, futures: range, steps: range = range(1)) -> Array:
    """Standard normal numbers [step, future]."""
    counted = _counted(futures)
    first = _as_uniform(_bits(seed, [key], counted, _counted(2 * k for k in steps)))[:, :, 0]
    second = _as_uniform(_bits(seed, [key], counted, _counted(2 * k + 1 for k in steps)))[:, :, 0]
    drawn: Array = np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second)
    return drawn


def range_key(relationship: Relationship, key: str) -> str:
    """The key of a range's draws: its place with every name that may be changed replaced by its order in the file."""
    section, _, rest = key.partition(".")
    match section:
        case "parties":
            named: Mapping[str, object] = relationship.parties
        case "flows":
            named = relationship.flows
        case "terms":
            named = relationship.terms
        case _:
            return key
    name, _, rest = rest.partition(".")
    before = ""
    places = [section, _order(named, name)]
    for part in rest.split("."):
        bare, mark, turn = part.partition("/")
        owner = _owner(relationship, section, name, [*places[2:], before])
        places.append(f"{_order(owner, bare)}{mark}{turn}")
        before = part
    return ".".join(places)


def _order(named: Mapping[str, object], name: str) -> str:
    return str(list(named).index(name)) if name in named else name


def _owner(relationship: Relationship, section: str, name: str, above: list[str]) -> Mapping[str, object]:
    """The capacities among which the part of a path below `above` is named."""
    if section == "parties" and above[-1] == "capacities" and name in relationship.parties:
        return relationship.parties[name].capacities
    if section == "flows" and above[-1] in ("cost", "worth") and name in relationship.flows:
        flow = relationship.flows[name]
        party = flow.receiver if above[-1] == "worth" or "if_lost" in above else flow.giver
        return relationship.parties[party].capacities if party != WORLD else {}
    return {}
