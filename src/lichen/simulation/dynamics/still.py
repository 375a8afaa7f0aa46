"""A relationship without chance: the world at its mean, every range at its middle."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

from lichen.relationship.flow import Links
from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Spread, Tree, Unary, names, walk
from lichen.relationship.party import Members
from lichen.relationship.quantity import PLAIN, TIME
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value
from lichen.relationship.values import values_of
from lichen.relationship.world import Process, Series
from lichen.simulation.chance import is_relative

Part = TypeVar("Part")


def still(relationship: Relationship) -> Relationship:
    """The same relationship, its processes as formulas of their mean over time.

    A series stays one, drawn in blocks it is its mean; a walk follows its drift; nothing jumps; what a party keeps to
    itself without a range stays unknown.
    """
    start = relationship.time.start.toordinal()
    world = _middle(relationship.world)
    return replace(
        relationship,
        parties=_middle(relationship.parties),
        flows=_middle(relationship.flows),
        terms=_middle(relationship.terms),
        rules=_middle(relationship.rules),
        world={name: _mean(process, start) for name, process in world.items()},
        correlations=(),
    )


def settled(relationship: Relationship) -> tuple[Relationship, tuple[str, ...]]:
    """The same relationship, how long things take untouched by reviews; and which terms that leaves as they are."""
    adjustment = relationship.rules.adjustment
    lasting = durations(relationship)
    if adjustment is None or not any(change.term in lasting for change in adjustment.changes):
        return relationship, ()
    kept = tuple(change for change in adjustment.changes if change.term not in lasting)
    held = tuple(f"{c.term}: reviews would move how long something takes" for c in adjustment.changes if c not in kept)
    rules = replace(relationship.rules, adjustment=replace(adjustment, changes=kept))
    return replace(relationship, rules=rules), held


def durations(relationship: Relationship) -> frozenset[str]:
    """The terms that say how long something takes, and those that these read."""
    flows = relationship.flows.values()
    trees = [lag.tree for flow in flows for lag in (flow.arrives_after, flow.settled_after) if lag and lag.tree]
    stated = values_of((relationship.flows, relationship.parties, relationship.world, relationship.rules))
    for node in (node for value in stated if value.tree for node in walk(value.tree)):
        if isinstance(node, Call) and node.function in ("delay", "smooth"):
            trees.append(node.arguments[1])
    found: set[str] = set()
    waiting = {name for tree in trees for name in names(tree)}
    while waiting:
        name = waiting.pop()
        if name in relationship.terms and name not in found:
            found.add(name)
            tree = relationship.terms[name].value.tree
            waiting |= names(tree) if tree else set()
    return frozenset(found)


def _mean(process: Process, start_day: int) -> Process:
    given = process.parameters
    match process.kind:
        case "constant":
            return process
        case "series" if process.series is not None:
            if process.series.resample_days is None:
                return process
            values = process.series.values
            mean: Tree = Number(sum(values) / len(values) if values else math.nan)
        case "uniform":
            mean = _over(_plus(_tree(given, "from"), _tree(given, "to")), 2.0)
        case "triangular":
            mean = _over(_plus(_plus(_tree(given, "from"), _tree(given, "mode")), _tree(given, "to")), 3.0)
        case "beta":
            low, high, a, b = (_tree(given, key) for key in ("from", "to", "a", "b"))
            mean = _plus(low, _times(Binary("-", high, low), Binary("/", a, _plus(a, b))))
        case "random_walk":
            mean = _walk(process)
        case "jumps":
            mean = Number(0.0)
        case "seasonal":
            peak = float(process.peak.toordinal() - start_day) if process.peak else 0.0
            swing = _times(_tree(given, "swing"), Call("season", (_tree(given, "period"), Number(peak, TIME))))
            mean = _times(_tree(given, "mean"), _plus(Number(1.0), swing))
        case _:
            mean = _tree(given, "mean")
    known = given.get("value") or next(iter(given.values()), Value(tree=mean))
    value = replace(known, tree=mean, dimension=process.dimension)
    return Process(name=process.name, kind="constant", dimension=process.dimension, parameters={"value": value})


def _walk(process: Process) -> Tree:
    start, drift = _tree(process.parameters, "start"), _tree(process.parameters, "drift")
    if "drift" not in process.parameters:
        return start
    passed = _times(drift, Name(("time",)))
    return _times(start, Call("exp", (passed,))) if is_relative(process) else _plus(start, passed)


def _tree(given: Mapping[str, Value], key: str) -> Tree:
    """A parameter; one that is left out is 0, one that nobody states is not a number."""
    if key not in given:
        return Number(0.0)
    return given[key].tree or Number(math.nan)


def _plus(a: Tree, b: Tree) -> Tree:
    return Binary("+", a, b)


def _times(a: Tree, b: Tree) -> Tree:
    return Binary("*", a, b)


def _over(a: Tree, number: float) -> Tree:
    return Binary("/", a, Number(number, PLAIN))


def _middle(part: Part) -> Part:
    """A part of a relationship with every range at its middle."""
    found: object = part
    if isinstance(part, Value):
        found = part if part.tree is None else replace(part, tree=_middle_of(part.tree))
    elif isinstance(part, Mapping):
        found = {key: _middle(inner) for key, inner in part.items()}
    elif isinstance(part, tuple):
        found = tuple(_middle(inner) for inner in part)
    elif is_dataclass(part) and not isinstance(part, (type, Members, Links, Series)):
        inner = {own.name: getattr(part, own.name) for own in fields(part)}
        found = replace(part, **{name: _middle(value) for name, value in inner.items()})
    return cast("Part", found)


def _middle_of(tree: Tree) -> Tree:
    match tree:
        case Spread(low=low, high=high, dimension=dimension):
            return Number(low + (high - low) / 2, dimension)
        case Call():
            return replace(tree, arguments=tuple(map(_middle_of, tree.arguments)))
        case Unary():
            return replace(tree, operand=_middle_of(tree.operand))
        case Binary():
            return replace(tree, left=_middle_of(tree.left), right=_middle_of(tree.right))
        case Conditional():
            parts = (tree.condition, tree.then, tree.otherwise)
            condition, then, otherwise = map(_middle_of, parts)
            return replace(tree, condition=condition, then=then, otherwise=otherwise)
        case _:
            return tree
