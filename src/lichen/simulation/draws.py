"""Chance, counted instead of drawn in turn: the same key gives the same number, whatever else is asked for.

A draw is a hash (splitmix64) of the seed, a key, the future and the step, so neither the order of a file's entries in
memory, nor chunks, nor lanes, nor other variables change it. The keys: a world variable is keyed by its name (renaming
one draws it anew). A range is keyed by its place, in which the names of parties, capacities, flows and terms are
replaced by their order in the file: these may be renamed freely, and changing a range's bounds keeps its draws. Beside
a group a range is drawn for each member, keyed by the member's name; where members themselves are drawn, both are keyed
by the name of the group and the turn of drawing.

Everything is plain arithmetic, done in the same order by both engines, so that they draw the same bits.

Source of the mixing function: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators"; of the
normals: Box, Muller 1958.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lichen.relationship.flow import WORLD
from lichen.relationship.relationship import Relationship

Array = NDArray[np.float64]
Bits = NDArray[np.uint64]
Whole = NDArray[np.int64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""By how much streams and steps lie apart."""
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_ROOT_OF_HALF = 0x3FE6A09E667F3BCD
_LOG_2 = math.log(2)
_TURN = 2 * math.pi


def mixed(bits: Bits) -> Bits:
    """Every bit of the result depends on every bit that comes in."""
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return bits ^ (bits >> np.uint64(31))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def streams(seed: int, keys: Sequence[str], futures: range) -> Bits:
    """Where the numbers of each key begin [future, key]."""
    start = np.array([_hash(key) for key in keys], dtype=np.uint64) ^ mixed(np.array([seed % 2**64], dtype=np.uint64))
    return mixed(start[None, :] + (_counted(futures)[:, None] + np.uint64(1)) * GOLDEN)


def at_step(stream: Bits, step: Bits) -> Bits:
    """The bits of a stream at a step."""
    return mixed(stream + (step + np.uint64(1)) * GOLDEN)


def as_uniform(bits: Bits) -> Array:
    """Bits as a number between 0 and 1, both excluded."""
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53 + 2.0**-54


def exponent(bits: Whole) -> Whole:
    """Of the bits of a number above 0: the power of 2 that leaves between the square roots of 1/2 and of 2."""
    return (bits - _ROOT_OF_HALF) >> 52


def logarithm(power: Array, rest: Array) -> Array:
    """The natural logarithm of `rest * 2**power`, by the series of the inverse hyperbolic tangent."""
    part = (rest - 1.0) / (rest + 1.0)
    k = part * part
    series = 1 / 15 + k * (1 / 17 + k * (1 / 19 + k * (1 / 21 + k * (1 / 23))))
    series = 1 / 5 + k * (1 / 7 + k * (1 / 9 + k * (1 / 11 + k * (1 / 13 + k * series))))
    return power * _LOG_2 + 2.0 * part * (1.0 + k * (1 / 3 + k * series))


def cosine_of_turns(turns: Array) -> Array:
    """The cosine of an angle between no turn and a whole one: the sine of what is left to a quarter, by its series."""
    angle = (abs(turns - 0.5) - 0.25) * _TURN
    k = angle * angle
    series = 1 / 1307674368000 - k * (1 / 355687428096000 - k * (1 / 121645100408832000 - k / 51090942171709440000.0))
    series = 1 / 362880 - k * (1 / 39916800 - k * (1 / 6227020800 - k * series))
    return angle * (1.0 - k * (1 / 6 - k * (1 / 120 - k * (1 / 5040 - k * series))))


def _counted(numbers: Iterable[int]) -> Bits:
    return np.fromiter(numbers, dtype=np.uint64)


def uniform(seed: int, keys: Sequence[str], futures: range, steps: range = range(1)) -> Array:
    """Numbers between 0 and 1, both excluded [step, future, key]."""
    return as_uniform(at_step(streams(seed, keys, futures)[None, :, :], _counted(steps)[:, None, None]))


def normal(seed: int, key: str, futures: range, steps: range = range(1)) -> Array:
    """Standard normal numbers [step, future]."""
    stream, step = streams(seed, [key], futures)[:, 0], _counted(steps)[:, None] * np.uint64(2)
    first, second = (as_uniform(at_step(stream, step + np.uint64(odd))) for odd in (0, 1))
    bits = first.view(np.int64)
    power = exponent(bits)
    rest = (bits - (power << 52)).view(np.float64)
    drawn: Array = np.sqrt(-2.0 * logarithm(power.astype(np.float64), rest)) * cosine_of_turns(second)
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
