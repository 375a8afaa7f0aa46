"""The variables of a model sorted: in which order, what is constant, what time alone moves, and where stocks start."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import final

from lichen.language.xmile.equations import GRAPH, NotCarried, is_sayable
from lichen.language.xmile.model import Model
from lichen.relationship.evaluate import evaluate
from lichen.relationship.formula import Call, Name, Number, Tree, names, walk
from lichen.relationship.order import sorted_out

_SHOWN = 5
"""So many of those that read each other are named."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """A model in which nothing reads itself at once.

    `order`: all but the stocks, each after those it reads. `constants` with their values; `timed`: auxiliaries that
    time alone moves. `first`: the first value of each stock. `left_out`: what counts as 0, with the reason.
    """

    model: Model
    order: tuple[str, ...]
    constants: Mapping[str, float]
    timed: frozenset[str]
    first: Mapping[str, float]
    left_out: tuple[str, ...]


def sort(model: Model) -> Sorted:
    """A model with its variables sorted."""
    left_out: list[str] = []
    for tangle in tangles(reads_of(model)):
        model = model.with_equations(dict.fromkeys(tangle, Number(0.0)))
        left_out += [_through(name, tangle) for name in tangle]
    constants, timed = dict[str, float](), set[str]()
    known = dict(model.given)
    for name in in_order(model):
        variable = model.variables[name]
        if variable.kind != "aux":
            continue
        if names(variable.equation) <= known.keys() and is_plain(variable.equation):
            value = evaluate(variable.equation, lambda read: known[read.text])
            if not is_sayable(value):
                left_out.append(f"{name}: it has no value that can be written; it counts as 0")
                model, value = model.with_equations({name: Number(0.0)}), 0.0
            constants[name] = known[name] = value
        elif names(variable.equation) <= known.keys() | timed | {"time"}:
            timed.add(name)
    first = _first(model)
    for name, value in first.items():
        if math.isnan(value):
            left_out.append(f"{name}: its first value cannot be computed or written; it starts at 0")
        elif value < 0 and model.variables[name].non_negative:
            left_out.append(f"{name}: its first value {value:g}, below which it must not be; it starts at 0")
    return Sorted(
        model=model,
        order=in_order(model),
        constants=constants,
        timed=frozenset(timed),
        first={name: _started(value, model.variables[name].non_negative) for name, value in first.items()},
        left_out=tuple(left_out),
    )


def in_order(model: Model) -> tuple[str, ...]:
    """All variables but the stocks, each after those it reads."""
    return tuple(sorted_out(reads_of(model))[0])


def reads_of(model: Model) -> Mapping[str, tuple[str, ...]]:
    """What each variable but the stocks reads of the others."""
    moving = {name for name, variable in model.variables.items() if variable.kind != "stock"}
    return {
        name: tuple(sorted(names(variable.equation) & moving))
        for name, variable in model.variables.items()
        if name in moving
    }


def tangles(reads: Mapping[str, tuple[str, ...]]) -> list[list[str]]:
    """The sets of names that read each other, however many lie between: Kosaraju's strong components (Sharir 1981)."""
    order, circles = sorted_out(reads)
    readers: dict[str, list[str]] = {name: [] for name in reads}
    for name, read in reads.items():
        for other in read:
            readers[other].append(name)
    found: list[list[str]] = []
    done: set[str] = set()
    for start in reversed(order) if circles else ():
        tangle, waiting = list[str](), [start]
        while waiting:
            name = waiting.pop()
            if name not in done:
                done.add(name)
                tangle.append(name)
                waiting += readers[name]
        if len(tangle) > 1 or start in reads[start]:
            found.append(sorted(tangle))
    return found


def _through(name: str, tangle: list[str]) -> str:
    others = [other for other in tangle[: _SHOWN + 1] if other != name][:_SHOWN]
    left = len(tangle) - 1 - len(others)
    through = f"{', '.join(others) or 'nothing else'}{f' and {left:,} more' if left else ''}"
    return f"{name}: it reads itself at once, through {through}; it counts as 0"


def is_plain(tree: Tree) -> bool:
    """Whether a formula has no memory, no graph and nothing unknown."""
    return not any(
        node.function in ("smooth", "pulse") or node.function.startswith(GRAPH)
        for node in walk(tree)
        if isinstance(node, Call)
    )


def _first(model: Model) -> Mapping[str, float]:
    """The first value of each stock, NaN where it cannot be told; it may read other stocks and auxiliaries."""
    known = {**model.given, "time": model.start}

    def look_up(read: Name) -> float:
        return known[read.text]

    def graphed(call: Call) -> float | None:
        if call.function == "pulse":
            raise NotCarried("the function PULSE")
        if not call.function.startswith(GRAPH):
            return None
        graph = model.graphs.get(call.function.removeprefix(GRAPH))
        if graph is None:
            raise NotCarried("a function that is not in the model")
        return graph.at(evaluate(call.arguments[0], look_up, graphed))

    reads = {name: tuple(sorted(names(v.equation) & model.variables.keys())) for name, v in model.variables.items()}
    for name in sorted_out(reads)[0]:
        tree = model.variables[name].equation
        if names(tree) <= known.keys():
            with suppress(NotCarried):
                value = evaluate(tree, look_up, graphed)
                if is_sayable(value):
                    known[name] = value
    return {name: known.get(name, math.nan) for name, v in model.variables.items() if v.kind == "stock"}


def _started(value: float, non_negative: bool) -> float:
    return 0.0 if math.isnan(value) or (non_negative and value < 0) else value
