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

from lichen.relationship.formula import names
from lichen.simulation.dynamics.model import Dynamics, Values, net, value

Array: TypeAlias = NDArray[np.float64]
Link: TypeAlias = tuple[str, str]
"""Who is read, and who reads."""


def link_scores(dynamics: Dynamics, moments: tuple[Values, ...], variables: Iterable[str]) -> Mapping[Link, Array]:
    """The score of every link among some variables [step]."""
    among = set(variables)
    links = [(x, z) for x, readers in dynamics.links.items() for z in readers if x in among and z in among]
    found = {link: np.zeros(len(moments) - 1) for link in links}
    into: dict[str, list[str]] = {}
    for x, z in links:
        into.setdefault(z, []).append(x)
    for step, (before, after) in enumerate(pairwise(moments)):
        for z, read in into.items():
            for x, score in _scores(dynamics, z, read, before, after):
                found[x, z][step] = score if math.isfinite(score) else 0.0
    return found


def _scores(
    dynamics: Dynamics, z: str, read: Iterable[str], before: Values, after: Values
) -> Iterator[tuple[str, float]]:
    """What each of those that one variable reads contributes to its change in one step."""
    if z in dynamics.stocks:
        stock = dynamics.stocks[z]
        whole = net(stock, after) - net(stock, before)
        for x in read:
            sign = (x in stock.inflows) - (x in stock.outflows)
            yield x, sign * abs((after[x] - before[x]) / whole) if whole else 0.0
        return
    whole = after[z] - before[z]
    if not whole:
        return
    if z in dynamics.delays:
        yield from ((x, 1.0) for x in read)
        return
    tree = dynamics.formulas[z]
    alone = len(names(tree)) == 1
    for x in read:
        moved = after[x] - before[x]
        if moved:
            part = whole if alone else value(tree, {**before, x: after[x]}) - before[z]
            yield x, math.copysign(abs(part / whole), part / moved) if part else 0.0
