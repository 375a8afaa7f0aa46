"""Whether failures feed each other: the next-generation matrix and its spectral radius.

`harm[i, j]` is the number of failures at j that one failure at i causes directly. From a radius of 1 on, a failure
causes on average at least another one like it, and the total has no end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.sparse import csgraph

from lichen.dependency.contagion import CLOSE, Harm, Numbers, most_rounds

_TINY = 1e-200


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Radius:
    """A spectral radius by bounds that are certain, up to rounding; they meet where it was found exactly."""

    low: float
    high: float

    @property
    def value(self) -> float:
        """The middle between the bounds."""
        return (self.low + self.high) / 2


def spectral_radius(harm: Harm) -> Radius:
    """The largest eigenvalue in size, R0 of Diekmann, Heesterbeek and Metz 1990; 0 where nothing runs in a circle.

    Only what runs in circles counts, so each set of nodes that all reach each other is looked at for itself. For any
    positive x the radius of such a set lies between the least and the largest `(A x)_i / x_i` (Collatz 1942, Wielandt
    1950); x is improved by multiplying with A and a part of itself, which closes the bounds for every such set.
    """
    count = harm.shape[0]
    _, circle_of = csgraph.connected_components(harm, connection="strong")
    ends = harm.tocoo()
    within = circle_of[ends.coords[0]] == circle_of[ends.coords[1]]
    if not within.any():
        return Radius(low=0.0, high=0.0)
    inner = (ends.data[within], (ends.coords[0][within], ends.coords[1][within]))
    circles = sparse.csr_array(sparse.coo_array(inner, shape=(count, count)))
    nodes = np.flatnonzero(np.diff(circles.indptr))
    nodes = nodes[np.argsort(circle_of[nodes], kind="stable")]
    circles = circles[nodes][:, nodes].tocsr()
    starts = np.flatnonzero(np.diff(circle_of[nodes], prepend=-1))
    lengths = np.diff(starts, append=len(nodes))
    sums = np.asarray(circles.sum(axis=1), dtype=float)
    shift = np.repeat(np.add.reduceat(sums, starts) / lengths / 2, lengths)
    x = np.ones(len(nodes))
    low = high = 0.0
    for _ in range(most_rounds(circles)):
        following = circles @ x
        ratios = following / x
        low = float(np.minimum.reduceat(ratios, starts).max())
        high = float(np.maximum.reduceat(ratios, starts).max())
        if high - low <= CLOSE * high:
            break
        x = following + shift * x
        x = np.maximum(x / np.repeat(np.maximum.reduceat(x, starts), lengths), _TINY)
    return Radius(low=low, high=high)


def outbreak(harm: Harm, first: ArrayLike) -> Numbers | None:
    """How many failures `first` [node] causes in all, itself included: `(I - harm^T)^-1 first` [node].

    Generation by generation; None where the radius is not below 1, since these then add up without end.
    """
    if spectral_radius(harm).high >= 1 - 1e-9:
        return None
    struck_by = harm.T.tocsr()
    total = np.asarray(first, dtype=float)
    generation = total
    while generation.max(initial=0.0) > 1e-16 * total.max(initial=0.0):
        generation = struck_by @ generation
        total = total + generation
    return total
