"""The operations a tape is made of: each fills `out` from its operands, elementwise and in place.

Operands are broadcast against each other: `[lane, future]`, or `[lane, future, member]`, with length 1 along an axis on
which nothing varies. Comparisons and logic give truth values; `number` turns these into 1 and 0. A quotient 0/0 is 0;
anything else divided by zero is infinite, which the traces keep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Operation: TypeAlias = Callable[..., object]


def divide(a: Array, b: Array, out: Array) -> None:
    """`a / b`, where 0/0 is 0."""
    np.divide(a, b, out=out)
    empty = b == 0
    if empty.any():
        np.copyto(out, 0.0, where=empty & (a == 0))


def saturate(x: Array, half: Array, out: Array) -> None:
    """`x / (x + half)` for x >= 0, below that 0."""
    above = np.maximum(x, 0.0)
    divide(above, above + half, out)


def select(condition: NDArray[np.bool_], then: Array, otherwise: Array, out: Array) -> None:
    """`then` where the condition is true, elsewhere `otherwise`."""
    np.copyto(out, otherwise)
    np.copyto(out, then, where=condition)


def identity(x: Array, out: Array) -> None:
    """Truth values as 1 and 0."""
    np.copyto(out, x)


ELEMENTWISE: Mapping[str, Operation] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": divide,
    "divide_safely": np.divide,
    "power": np.power,
    "negative": np.negative,
    "minimum": np.minimum,
    "maximum": np.maximum,
    "absolute": np.absolute,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "cos": np.cos,
    "floor": np.floor,
    "saturate": saturate,
    "select": select,
    "number": identity,
}

TRUTH: Mapping[str, Operation] = {
    "less": np.less,
    "less_equal": np.less_equal,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "equal": np.equal,
    "not_equal": np.not_equal,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
}


def total(x: Array, presence: Array, out: Array) -> None:
    """The sum over members, each counted by its presence."""
    np.sum(x * presence, axis=-1, out=out)


def mean(x: Array, presence: Array, out: Array) -> None:
    """The mean over members, each counted by its presence."""
    divide(np.sum(x * presence, axis=-1), np.sum(np.broadcast_to(presence, x.shape), axis=-1), out)


def least(x: Array, presence: Array, out: Array) -> None:
    """The least over the members present."""
    np.min(np.where(presence > 0, x, np.inf), axis=-1, out=out)


def quantile(x: Array, presence: Array, share: Array, out: Array) -> None:
    """The value below which this share of the presence lies, linear between neighbours.

    Member k of those in order stands at `(presence of those before it)/(all presence but its own)`: Hyndman-Fan type 7
    when all are present alike. Members that are not there are passed over.
    """
    if (presence == presence[..., :1]).all():
        ordered = np.sort(x, axis=-1)
        places = np.linspace(0.0, 1.0, x.shape[-1])
    else:
        absent = presence <= 0
        most = np.max(np.where(absent, -np.inf, x), axis=-1, keepdims=True)
        there = np.where(absent, most, x)
        order = np.argsort(there, axis=-1, kind="stable")
        ordered = np.take_along_axis(there, order, axis=-1)
        weights = np.take_along_axis(np.broadcast_to(np.maximum(presence, 0), there.shape), order, axis=-1)
        before = np.cumsum(weights, axis=-1) - weights
        places = np.minimum(before / np.maximum(weights.sum(axis=-1, keepdims=True) - weights, np.finfo(float).tiny), 1)
    asked = np.asarray(np.clip(share, 0, 1))[..., None]
    above = np.minimum(np.sum(places < asked, axis=-1, keepdims=True), x.shape[-1] - 1)
    below = np.maximum(above - 1, 0)
    places = np.broadcast_to(places, ordered.shape)
    above, below = (np.broadcast_to(side, (*ordered.shape[:-1], 1)) for side in (above, below))
    low, high = (np.take_along_axis(places, side, axis=-1)[..., 0] for side in (below, above))
    part = np.where(high > low, (asked[..., 0] - low) / np.where(high > low, high - low, 1), 1.0)
    start, end = (np.take_along_axis(ordered, side, axis=-1)[..., 0] for side in (below, above))
    np.copyto(out, np.where(start == end, end, start + part * (end - start)))


REDUCTIONS: Mapping[str, Operation] = {"sum": total, "mean": mean, "least": least, "quantile": quantile}


def gather(places: tuple[int, ...]) -> Operation:
    """Picks one member for each link."""
    indices = np.array(places, dtype=np.intp)

    def pick(x: Array, out: Array) -> None:
        np.take(x, indices, axis=-1, out=out)

    return pick


def scatter(places: tuple[int, ...]) -> Operation:
    """Sums what the links bring to each member."""
    indices = np.array(places, dtype=np.intp)
    order = np.argsort(indices, kind="stable")
    reached, starts = np.unique(indices[order], return_index=True)

    def bring(x: Array, out: Array) -> None:
        out[...] = 0.0
        if len(reached):
            out[..., reached] = np.add.reduceat(x[..., order], starts, axis=-1)

    return bring
