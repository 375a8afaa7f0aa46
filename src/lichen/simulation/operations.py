"""The operations a tape is made of: each fills `out` from its operands, elementwise and in place.

Operands are broadcast against each other: `[lane, future]`, or `[lane, future, member]`, with length 1 along an axis on
which nothing varies. Comparisons and logic give truth values; `number` turns these into 1 and 0. In a formula of the
file 0/0 is 0 in an experiment and no number in the first lane, that of the file as it stands; anything else divided by
zero is infinite. The traces keep both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Operation: TypeAlias = Callable[..., object]
MANY_LINKS = 50_000
"""From so many links on, adding them up where they lead is faster than putting them in order first; few of them are
done for many futures at once.
"""


def divide(a: Array, b: Array, out: Array) -> None:
    """`a / b`, where 0/0 is 0."""
    np.divide(a, b, out=out)
    empty = b == 0
    if empty.any():
        np.copyto(out, 0.0, where=empty & (a == 0))


def quotient(a: Array, b: Array, out: Array) -> None:
    """`a / b`, where 0/0 is 0 in all lanes but the first."""
    np.divide(a, b, out=out)
    empty = b == 0
    if empty.any():
        np.copyto(out[1:], 0.0, where=np.broadcast_to(empty & (a == 0), out.shape)[1:])


def saturate(x: Array, half: Array, out: Array) -> None:
    """`x / (x + half)` for x >= 0, below that 0."""
    np.maximum(x, 0.0, out=out)
    whole = out + half
    if half.min() > 0:
        np.divide(out, whole, out=out)
    else:
        divide(out.copy(), whole, out)


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
    "quotient": quotient,
    "divide_plainly": np.divide,
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
    np.vecdot(x, presence, out=out)


def total_alike(x: Array, out: Array) -> None:
    """The sum over members that are all there."""
    np.sum(x, axis=-1, out=out)


def mean(x: Array, presence: Array, out: Array) -> None:
    """The mean over members, each counted by its presence."""
    divide(np.vecdot(x, presence), np.sum(presence, axis=-1), out)


def mean_alike(x: Array, out: Array) -> None:
    """The mean over members that are all there."""
    np.mean(x, axis=-1, out=out)


def least(x: Array, presence: Array, out: Array) -> None:
    """The least over the members present."""
    np.min(np.where(presence > 0, x, np.inf), axis=-1, out=out)


def least_alike(x: Array, out: Array) -> None:
    """The least over members that are all there."""
    np.min(x, axis=-1, out=out)


def order_alike(x: Array, out: Array) -> None:
    """The members' values, least first."""
    np.copyto(out, x)
    out.sort(axis=-1)


def quantile_alike(ordered: Array, share: Array, out: Array) -> None:
    """The value below which this share of the members lies, linear between neighbours (Hyndman-Fan type 7)."""
    last = ordered.shape[-1] - 1
    place = np.broadcast_to(np.clip(share, 0, 1) * last, out.shape)
    below = np.floor(place).astype(np.intp)
    start = np.take_along_axis(ordered, below[..., None], axis=-1)[..., 0]
    end = np.take_along_axis(ordered, np.minimum(below + 1, last)[..., None], axis=-1)[..., 0]
    np.copyto(out, np.where(start == end, start, start + (place - below) * (end - start)))


@final
class Ordering:
    """The members in order, and where each of them stands when they are not all present alike.

    Member k of those in order stands at `(presence of those before it)/(all presence but its own)`, which is type 7 for
    members that are all there. Members that are not there are passed over.
    """

    def __init__(self, x: Array, presence: Array) -> None:
        shape = np.broadcast_shapes(x.shape, presence.shape)
        self.x, self.presence = x, presence
        self.rows = np.arange(0, np.prod(shape, dtype=np.intp), shape[-1]).reshape((*shape[:-1], 1))
        self.members = np.zeros(shape, dtype=np.intp)
        self.weights = np.zeros(shape)

    def values(self, out: Array) -> None:
        """The members' values, least first."""
        absent = self.presence <= 0
        there = self.x
        if absent.any():
            most = np.max(np.where(absent, -np.inf, self.x), axis=-1, keepdims=True)
            there = np.where(absent, most, self.x)
        np.add(np.argsort(there, axis=-1), self.rows, out=self.members)
        np.take(np.broadcast_to(there, self.members.shape), self.members, out=out, mode="clip")

    def places(self, out: Array) -> None:
        """Where they stand, after `values`."""
        weights = self.weights
        np.take(np.broadcast_to(self.presence, weights.shape), self.members, out=weights, mode="clip")
        np.maximum(weights, 0.0, out=weights)
        np.cumsum(weights, axis=-1, out=out)
        others = out[..., -1:] - weights
        np.subtract(out, weights, out=out)
        np.maximum(others, np.finfo(float).tiny, out=others)
        np.divide(out, others, out=out)
        np.minimum(out, 1.0, out=out)


def quantile(ordered: Array, places: Array, share: Array, out: Array) -> None:
    """The value at a share, linear between the places of neighbours."""
    asked = np.clip(share, 0, 1)[..., None]
    above = np.minimum(np.count_nonzero(places < asked, axis=-1), ordered.shape[-1] - 1)[..., None]
    below = np.maximum(above - 1, 0)
    low, high = (np.take_along_axis(places, side, axis=-1)[..., 0] for side in (below, above))
    start, end = (np.take_along_axis(ordered, side, axis=-1)[..., 0] for side in (below, above))
    apart = high > low
    part = np.where(apart, (asked[..., 0] - low) / np.where(apart, high - low, 1.0), 1.0)
    np.copyto(out, np.where(start == end, end, start + part * (end - start)))


OVER_MEMBERS: Mapping[str, Operation] = {
    "sum": total,
    "sum_alike": total_alike,
    "mean": mean,
    "mean_alike": mean_alike,
    "least": least,
    "least_alike": least_alike,
    "order_alike": order_alike,
    "quantile": quantile,
    "quantile_alike": quantile_alike,
}


def gather(places: tuple[int, ...]) -> Operation:
    """Picks one member for each link."""
    indices = np.array(places, dtype=np.intp)

    def pick(x: Array, out: Array) -> None:
        np.take(x, indices, axis=-1, out=out, mode="clip")  # without a mode it goes through a copy

    return pick


def scatter(places: tuple[int, ...]) -> Operation:
    """Sums what the links bring to each member."""
    indices = np.array(places, dtype=np.intp)
    if len(indices) >= MANY_LINKS:
        return partial(_bring_one_by_one, indices)
    order = np.argsort(indices, kind="stable")
    reached, starts = np.unique(indices[order], return_index=True)
    is_sorted = bool(np.all(indices[1:] >= indices[:-1]))

    def bring(x: Array, out: Array) -> None:
        out[...] = 0.0
        if len(reached):
            out[..., reached] = np.add.reduceat(x if is_sorted else x[..., order], starts, axis=-1)

    return bring


def _bring_one_by_one(indices: NDArray[np.intp], x: Array, out: Array) -> None:
    """The same in the order of the links, one lane and future after the other."""
    for place in np.ndindex(out.shape[:-1]):
        out[place] = np.bincount(indices, weights=x[place], minlength=out.shape[-1])


@final
class Override:
    """A value that in some lanes for a time is another one: a scenario's, or a probability point, which goes first."""

    def __init__(self, operands: Sequence[Array], out: Array, choices: Sequence[object]) -> None:
        self.own, self.others, self.out = operands[0], operands[1:], out
        self.choices = list(choices)
        self.scenario: dict[int, object] = {}
        self.point: dict[int, object] = {}

    def __call__(self) -> None:
        """Fills `out`."""
        np.copyto(self.out, self.own)
        for lane, choice in {**self.scenario, **self.point}.items():
            other = self.others[self.choices.index(choice)]
            self.out[lane] = other[lane if len(other) > 1 else 0]
