"""What chance decides in one future of the engine, worked out again from the engine's plain numbers.

The engine's counted numbers (uniform and standard normal) are taken as they are; the processes of the world are walked
here, one step after the other, as the page writes them. Only a series drawn in blocks is taken from the engine whole.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction

import numpy as np
from scipy import stats

from lichen.relationship.formula import Spread, walk
from lichen.relationship.quantity import PLAIN, TIME
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value
from lichen.relationship.world import Process
from lichen.simulation import chance, draws
from tests.oracles.slow_moment import Moment
from tests.oracles.slow_simulation import Simulation


class Chance:
    """The draws of one future: `draws` and `spread` as the slow simulator asks for them."""

    def __init__(self, relationship: Relationship, seed: int, future: int) -> None:
        self.relationship, self.seed, self.futures = relationship, seed, range(future, future + 1)
        self.normals = chance.normals(relationship, seed, self.futures)
        self.ends = {node.key: (node.low, node.high) for node in ranges(relationship)}
        self.owners = {flow.name: link_names(relationship, flow.name) for flow in relationship.flows.values()}
        self.courses: dict[str, list[float]] = {}
        self.drawn: dict[tuple[str, int | None], float] = {}
        self.start = Moment(Simulation(relationship, self.draws, self.spread, None, None), 0, {}, {})

    def draws(self, variable: str, member: int | None, step: int) -> float:
        if variable not in self.courses:
            self.courses[variable] = self.course(self.relationship.world[variable])
        return self.courses[variable][step]

    def spread(self, key: str, member: int | None) -> float:
        if (key, member) not in self.drawn:
            low, high = self.ends[key]
            name = draws.range_key(self.relationship, key)
            name = name if member is None else f"{name}:{self.owner(key, member)}"
            self.drawn[key, member] = low + (high - low) * self.uniform(name)
        return self.drawn[key, member]

    def owner(self, key: str, member: int) -> str:
        """The name of the member or link whose range it is."""
        section, name = key.split(".")[:2]
        return (
            self.relationship.parties[name].members.names[member] if section == "parties" else self.owners[name][member]
        )

    def uniform(self, key: str, step: int = 0) -> float:
        return float(draws.uniform(self.seed, [key], self.futures, range(step, step + 1))[0, 0, 0])

    def course(self, process: Process) -> list[float]:
        """The values of a random process at every step, and one more for the end."""
        given = {name: self.start.value(value) for name, value in process.parameters.items()}
        count, step = self.relationship.time.steps + 1, self.relationship.time.step_days
        match process.kind:
            case "uniform" | "triangular" | "beta":
                return [once(process, given, self.uniform(f"world.{process.name}"))] * count
            case "jumps":
                starts = [
                    self.uniform(f"world.{process.name}", k) < 1 - math.exp(-step / given["every"])
                    for k in range(count)
                ]
                lasts = max(1, math.floor(given["lasts"] / step + 0.5))
                return [given["size"] * any(starts[max(0, k - lasts + 1) : k + 1]) for k in range(count)]
            case "series":
                parameters = {name: np.array([value]) for name, value in given.items()}
                return list(
                    chance.course(process, parameters, self.relationship.time, None, self.seed, self.futures)[:, 0]
                )
            case _:
                normals = [float(z) for z in self.normals[process.name][:, 0]]
                return moving(process, given, normals, step)


def once(process: Process, given: Mapping[str, float], share: float) -> float:
    """A variable that is drawn once a future: the value below which it stays with this probability."""
    low, high = given.get("from", 0.0), given.get("to", 1.0)
    if process.kind == "uniform":
        return low + (high - low) * share
    if process.kind == "beta":
        return low + (high - low) * float(stats.beta.ppf(share, given["a"], given["b"]))
    mode = (given["mode"] - low) / (high - low)
    return float(stats.triang.ppf(share, mode, loc=low, scale=high - low))


def moving(process: Process, given: Mapping[str, float], normals: list[float], step: float) -> list[float]:
    """What is made of standard normal numbers, one a step."""
    if process.kind == "random_walk":
        return walked(process, given, normals, step)
    mean, spread = given["mean"], given["spread"]
    match process.kind:
        case "ar1":
            phi = math.exp(-step / given["memory"])
            values = [mean + spread * normals[0]]
            for z in normals[1:]:
                values.append(mean + phi * (values[-1] - mean) + spread * math.sqrt(1 - phi**2) * z)
            return values
        case "white":
            return [mean + spread * math.sqrt(given["over"] / step) * z for z in normals]
        case "normal":
            return [mean + spread * normals[0]] * len(normals)
        case _:
            variance = math.log(1 + (spread / mean) ** 2)
            return [math.exp(math.log(mean) - variance / 2 + math.sqrt(variance) * normals[0])] * len(normals)


def walked(process: Process, given: Mapping[str, float], normals: list[float], step: float) -> list[float]:
    values = [given["start"]]
    drift, spread = given.get("drift", 0.0), given.get("spread", 0.0)
    said = process.parameters
    relative = PLAIN / TIME if "drift" in said else PLAIN / TIME ** Fraction(1, 2)
    is_relative = said["drift" if "drift" in said else "spread"].dimension == relative
    for z in normals[:-1]:
        if is_relative:
            values.append(values[-1] * math.exp((drift - spread**2 / 2) * step + spread * math.sqrt(step) * z))
        else:
            values.append(values[-1] + drift * step + spread * math.sqrt(step) * z)
    return values


def ranges(value: object) -> Iterator[Spread]:
    """Every range of a relationship, wherever it stands."""
    if isinstance(value, Value):
        yield from (node for node in walk(value.tree) if isinstance(node, Spread)) if value.tree is not None else ()
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from ranges(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from ranges(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from ranges(getattr(value, field.name))


def link_names(relationship: Relationship, name: str) -> list[str]:
    """How the engine names the members or links along which a flow runs."""
    flow = relationship.flows[name]
    if flow.along is None:
        group = next(
            (relationship.parties[p] for p in flow.parties if relationship.parties[p].members is not None), None
        )
        return list(group.members.names) if group else []
    givers, receivers = (relationship.parties[p].members.names for p in (flow.giver, flow.receiver))
    seen: Counter[str] = Counter()
    names = []
    for giver, receiver in zip(flow.along.givers, flow.along.receivers, strict=True):
        pair = f"{givers[giver]}>{receivers[receiver]}"
        seen[pair] += 1
        names.append(pair if seen[pair] == 1 else f"{pair}/{seen[pair]}")
    return names
