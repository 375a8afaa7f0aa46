"""Reciprocity between pairs: how much of what passes one way comes back the other way, and more or less than by
chance.

Binary reciprocity: Garlaschelli and Loffredo 2004. Weighted reciprocity and its null model, the weighted
configuration model: Squartini, Picciolo, Ruzzenenti and Garlaschelli 2013. Weights must be in one unit. `W[i, j]` is
what passes from i to j; the diagonal is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

_ROUNDS = 200
_EXACT = 1e-10


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reciprocity:
    """How mutual a set of exchanges is.

    `share` is r, the part that is returned; `by_chance` what a random exchange with the same totals per party would
    return; `rho` the excess over it, 1 for full return, 0 for chance, below 0 for avoidance. Each is None where it is
    not defined; `why` says so.
    """

    share: float | None
    by_chance: float | None
    rho: float | None
    why: str = ""


def binary_reciprocity(links: Matrix) -> Reciprocity:
    """The share of links that run both ways, against the density of links. Blind to amounts: 100 there and 1 back
    count as mutual.
    """
    there = _without_self(links) > 0
    n, count = len(there), int(there.sum())
    if count == 0:
        return Reciprocity(share=None, by_chance=None, rho=None, why="nothing passes between anyone")
    share = float((there & there.T).sum()) / count
    density = count / (n * (n - 1))
    if density == 1:
        return Reciprocity(share=share, by_chance=1.0, rho=None, why="everyone is linked with everyone")
    return Reciprocity(share=share, by_chance=density, rho=(share - density) / (1 - density))


def weighted_reciprocity(weights: Matrix) -> Reciprocity:
    """The share of what passes that is returned within the pair, against the weighted configuration model."""
    given = _without_self(weights)
    total = float(given.sum())
    if total == 0:
        return Reciprocity(share=None, by_chance=None, rho=None, why="nothing passes between anyone")
    share = float(np.minimum(given, given.T).sum()) / total
    chance = _returned_by_chance(given)
    if chance is None:
        return Reciprocity(share=share, by_chance=None, rho=None, why="the comparison with chance has no solution here")
    by_chance = chance / total
    if by_chance >= 1:
        return Reciprocity(share=share, by_chance=by_chance, rho=None, why="chance alone would return everything")
    return Reciprocity(share=share, by_chance=by_chance, rho=(share - by_chance) / (1 - by_chance))


def net_imbalance(weights: Matrix) -> float | None:
    """How one-sided the pairs are, weighted by what passes: 0 when each gives what it gets, 1 when nothing comes
    back.
    """
    given = _without_self(weights)
    total = float(given.sum())
    return float(np.abs(given - given.T).sum()) / 2 / total if total else None


def _without_self(weights: Matrix) -> Matrix:
    found = np.array(weights, dtype=np.float64)
    np.fill_diagonal(found, 0.0)
    return found


def _returned_by_chance(given: Matrix) -> float | None:
    """What the weighted configuration model returns in expectation, `2 sum over pairs of z/(1 - z)`."""
    p = _configuration(given.sum(axis=1), given.sum(axis=0))
    if p is None:
        return None
    z = p * p.T
    return float((z / (1 - z)).sum())


def _configuration(out: Matrix, into: Matrix) -> Matrix | None:
    """`p[i, j] = x_i y_j` of geometric weights with expectation `p/(1 - p)` whose sums are `out` and `into`; None
    when none is found.

    Newton's method on the convex dual in `a_i = -log x_i`, `b_j = -log y_j`, with steps halved until all `a_i + b_j`
    stay positive.
    """
    n = len(out)
    allowed = (out[:, None] > 0) & (into[None, :] > 0) & ~np.eye(n, dtype=bool)
    if not allowed.any():
        return np.zeros((n, n))
    mean = out.sum() / allowed.sum()
    a = np.full(n, np.log1p(1 / mean) / 2)
    b = a.copy()
    target = np.concatenate([out, into])
    for _ in range(_ROUNDS):
        p = np.where(allowed, np.exp(-(a[:, None] + b[None, :])), 0.0)
        expected = p / (1 - p)
        wrong = np.concatenate([expected.sum(axis=1), expected.sum(axis=0)]) - target
        if np.abs(wrong).max() <= _EXACT * max(1.0, target.max()):
            return p
        slope = expected * (1 + expected)
        hessian = np.block([[np.diag(slope.sum(axis=1)), slope], [slope.T, np.diag(slope.sum(axis=0))]])
        step = np.linalg.lstsq(hessian, wrong, rcond=1e-13)[0]
        length = _longest(a, b, step, allowed, target)
        if length is None:
            return None
        a, b = a + length * step[:n], b + length * step[n:]
    return None


def _longest(a: Matrix, b: Matrix, step: Matrix, allowed: NDArray[np.bool_], target: Matrix) -> float | None:
    """The longest of the step lengths 1, 1/2, 1/4, ... that lowers the dual."""
    n = len(a)
    now = _dual(a, b, allowed, target)
    length = 1.0
    while length > 1e-12:
        if _dual(a + length * step[:n], b + length * step[n:], allowed, target) <= now:
            return length
        length /= 2
    return None


def _dual(a: Matrix, b: Matrix, allowed: NDArray[np.bool_], target: Matrix) -> float:
    """`sum of totals x multipliers - sum of log(1 - p)`, infinite where some `p` is not below 1."""
    both = (a[:, None] + b[None, :])[allowed]
    if (both <= 0).any():
        return float("inf")
    return float(target @ np.concatenate([a, b]) - np.log(-np.expm1(-both)).sum())
