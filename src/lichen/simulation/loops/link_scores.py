"""How much of a variable's change each of those it reads brings about, step by step: the link scores of *Loops That
Matter* in the form of 2023.

Of a formula `z`: the part of its change that comes about when only `x` changes, over the whole change, with the sign of
that part over the change of `x` (Schoenberg, Davidsen and Eberlein, System Dynamics Review 36(2), 2020, eq. 1). Of a
stock: the change of one inflow over the change of all it gains, an outflow with a minus (Schoenberg, Hayward and
Eberlein, System Dynamics Review 39(2), 2023, eq. 3). A delay passes on all of the change. Where nothing changes, or
the change is not known, a link's score is 0.

All scores of step k belong to the change from k to k + 1; Simlin and Stella report the same at k + 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lichen.relationship.formula import Binary, Tree, names, walk
from lichen.simulation.dynamics.model import Dynamics, Values, net, value

Array: TypeAlias = NDArray[np.float64]
Link: TypeAlias = tuple[str, str]
"""Who is read, and who reads."""


def link_scores(dynamics: Dynamics, moments: tuple[Values, ...], variables: Iterable[str]) -> Mapping[Link, Array]:
    """The score of every link among some variables [step]."""
    into = _links_into(dynamics, set(variables))
    found = {(x, z): np.zeros(len(moments) - 1) for z, read in into.items() for x in read}
    terms = {z: _terms_by_name(dynamics.formulas[z]) for z in into if z in dynamics.formulas}
    for step, (before, after) in enumerate(pairwise(moments)):
        moved = dict(before)
        for z, read in into.items():
            if z in terms:
                scores = _of_a_formula(terms[z], z, read, before, after, moved)
            else:
                scores = _of_a_memory(dynamics, z, read, before, after)
            for x, score in scores:
                found[x, z][step] = score if math.isfinite(score) else 0.0
    return found


def work_of(dynamics: Dynamics, variables: Iterable[str]) -> int:
    """How many nodes of formulas the scores of every link among some variables ask for."""
    among = set(variables)
    terms = (_terms_by_name(tree) for z, tree in dynamics.formulas.items() if z in among)
    read = (one for by_name in terms for x, found in by_name.items() if x in among for one in found)
    return dynamics.steps * sum(1 for term in read for _ in walk(term))


def _links_into(dynamics: Dynamics, among: set[str]) -> Mapping[str, list[str]]:
    """By variable, those that it reads."""
    found: dict[str, list[str]] = {}
    for x, readers in dynamics.links.items():
        for z in readers:
            if x in among and z in among:
                found.setdefault(z, []).append(x)
    return found


def _terms_by_name(tree: Tree) -> Mapping[str, list[Tree]]:
    """By name, the terms of a sum that read it: of a sum over members the others need not be worked out again."""
    found: dict[str, list[Tree]] = {}
    for term in _terms(tree):
        for name in names(term):
            found.setdefault(name, []).append(term)
    return found


def _terms(tree: Tree) -> Iterator[Tree]:
    """What a formula is the sum of; a factor of a sum goes to every term."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, Binary) or one.operator not in "+*":
            yield one
        elif one.operator == "+":
            waiting += [one.right, one.left]
        else:
            parts, factors = list(_terms(one.left)), list(_terms(one.right))
            if min(len(parts), len(factors)) > 1:
                yield one
            elif len(factors) == 1:
                yield from (Binary("*", part, one.right) for part in parts)
            else:
                yield from (Binary("*", one.left, factor) for factor in factors)


def _of_a_formula(
    terms: Mapping[str, list[Tree]], z: str, read: Iterable[str], before: Values, after: Values, moved: Values
) -> Iterator[tuple[str, float]]:
    """What each of those that a formula reads contributes to its change in one step.

    `moved` holds the values before; one at a time is moved in it, and moved back.
    """
    whole = after[z] - before[z]
    if not whole:
        return
    for x in read:
        change = after[x] - before[x]
        if change:
            at_first = sum(value(term, moved) for term in terms[x])
            moved[x] = after[x]
            part = whole if len(terms) == 1 else sum(value(term, moved) for term in terms[x]) - at_first
            moved[x] = before[x]
            yield x, math.copysign(abs(part / whole), part / change) if part else 0.0


def _of_a_memory(
    dynamics: Dynamics, z: str, read: Iterable[str], before: Values, after: Values
) -> Iterator[tuple[str, float]]:
    """What each of those that a stock or a delay reads contributes to its change in one step."""
    if z in dynamics.delays:
        if after[z] - before[z]:
            yield from ((x, 1.0) for x in read)
        return
    stock = dynamics.stocks[z]
    whole = net(stock, after) - net(stock, before)
    for x in read:
        sign = (x in stock.inflows) - (x in stock.outflows)
        yield x, sign * abs((after[x] - before[x]) / whole) if whole else 0.0
