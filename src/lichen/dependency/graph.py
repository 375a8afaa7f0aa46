"""Dependence as a graph: how it adds up over rounds, whom it reaches, along which paths, and where it runs in circles.

Matrices are [party, party]: `direct[i, j]` in 0..1 says how much i needs what j gives, with zeros on the diagonal. An
edge goes from the party that depends to the party on which it depends.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Matrix: TypeAlias = NDArray[np.float64]
Link: TypeAlias = tuple[int, int, float]
"""From, to, and the chance that the link holds."""

MOST_LINKS = 20
_MOST_STEPS = 20_000
_LARGE = 100
"""From so many parties on, the largest eigenvalue is found by bounds instead of all eigenvalues together."""


def _matrix(direct: ArrayLike) -> Matrix:
    """As an array [party, party], also when there are no parties."""
    matrix = np.asarray(direct, dtype=float)
    return matrix.reshape(len(matrix), len(matrix))


def spectral_radius(direct: ArrayLike) -> float:
    """The largest eigenvalue in size: below 1 dependence dies out round by round; 0 where nothing runs in a circle."""
    matrix = _matrix(direct)
    if len(matrix) >= _LARGE:
        from lichen.dependency import contagion, contagion_growth  # slow to import, and few relationships are so large

        causes, struck = np.nonzero(matrix)
        harm = contagion.harm_between(causes, struck, matrix[causes, struck], len(matrix))
        return contagion_growth.spectral_radius(harm).value
    return float(np.max(np.abs(np.linalg.eigvals(matrix)))) if core(visibility(matrix)) else 0.0


def total_dependence(direct: ArrayLike, radius: float) -> Matrix | None:
    """All rounds together, `D + D^2 + ... = (I - D)^-1 - I` (Leontief), or None where they add up without end.

    `radius` is the largest eigenvalue of `direct`.
    """
    matrix = _matrix(direct)
    if radius >= 1 - 1e-9:
        return None
    unit = np.eye(len(matrix))
    return np.linalg.solve(unit - matrix, unit) - unit


def rounds(direct: ArrayLike, count: int) -> Iterator[Matrix]:
    """The first rounds one by one: D, D^2, ... D^count."""
    matrix = _matrix(direct)
    power = np.eye(len(matrix))
    for _ in range(count):
        power = power @ matrix
        yield power


def katz_centrality(direct: ArrayLike, alpha: float, radius: float) -> Matrix:
    """How much the others lean on each party, `x = (I - alpha D^T)^-1 1` (Katz 1953): edges count where they arrive.

    Needs `alpha` below one over `radius`, the largest eigenvalue of `direct`; ValueError otherwise.
    """
    matrix = _matrix(direct)
    if alpha * radius >= 1:
        raise ValueError("alpha must lie below one over the spectral radius")
    return np.linalg.solve(np.eye(len(matrix)) - alpha * matrix.T, np.full(len(matrix), 1.0))


def visibility(direct: ArrayLike) -> NDArray[np.bool_]:
    """Whom each party is reached by, directly or through others, itself included [party, party]."""
    matrix = _matrix(direct)
    reached = (matrix > 0) | np.eye(len(matrix), dtype=bool)
    for middle in range(len(matrix)):
        reached |= reached[:, [middle]] & reached[middle]
    return reached


def propagation_cost(reached: NDArray[np.bool_]) -> float:
    """The share of all pairs in which a change at one reaches the other (MacCormack, Rusnak and Baldwin 2006).

    `reached` is the visibility of the parties.
    """
    return float(reached.mean()) if reached.size else 0.0


def core(reached: NDArray[np.bool_]) -> tuple[int, ...]:
    """The largest set of parties that all depend on each other; empty where nobody depends in a circle.

    `reached` is the visibility of the parties.
    """
    if not reached.size:
        return ()
    together = reached & reached.T
    largest = together[int(np.argmax(together.sum(axis=1)))]
    members = tuple(int(i) for i in np.flatnonzero(largest))
    return members if len(members) > 1 else ()


def reliability(links: Sequence[Link], start: int, end: int, *, both_ways: bool = False) -> float:
    """The chance that some way from `start` to `end` holds when links fail independently of each other.

    Exact, by conditioning on one link after the other. Alternatives count as alternatives here, where adding paths up
    would count them twice. ValueError above 20 links. `both_ways`: every link also works backwards.
    """
    arcs = [((a, b), (b, a)) if both_ways else ((a, b),) for a, b, _ in links]
    holds = [chance for _, _, chance in links]
    if len(arcs) > MOST_LINKS:
        raise ValueError(f"exact reliability is for at most {MOST_LINKS} links")
    known: dict[tuple[frozenset[int], frozenset[int]], float] = {}

    def reach(reached: frozenset[int], unknown: frozenset[int]) -> float:
        if end in reached:
            return 1.0
        if (reached, unknown) not in known:
            known[reached, unknown] = condition(reached, unknown)
        return known[reached, unknown]

    def condition(reached: frozenset[int], unknown: frozenset[int]) -> float:
        for link in sorted(unknown):
            for tail, head in arcs[link]:
                if tail in reached and head not in reached:
                    rest = unknown - {link}
                    return holds[link] * reach(reached | {head}, rest) + (1 - holds[link]) * reach(reached, rest)
        return 0.0

    return reach(frozenset({start}), frozenset(range(len(arcs))))


def strongest_paths(direct: ArrayLike, count: int, least: float) -> tuple[tuple[float, tuple[int, ...]], ...]:
    """Paths of two or more steps from a party to those it depends on, visiting none twice.

    Of all parties at most `count`, the strongest first. A path is as strong as the product of its steps; those below
    `least` are left out. Best first, so that a cut-off search has found the strongest.
    """
    matrix = _matrix(direct)
    near = [[(int(step), float(row[step])) for step in np.flatnonzero(row)] for row in matrix]
    found: list[tuple[float, tuple[int, ...]]] = []
    waiting: list[tuple[float, tuple[int, ...]]] = [
        (-size, (start, step)) for start, steps in enumerate(near) for step, size in steps if size >= least
    ]
    heapq.heapify(waiting)
    for _ in range(len(waiting) + _MOST_STEPS):
        if not waiting or len(found) == count:
            break
        strength, path = heapq.heappop(waiting)
        if len(path) > 2:
            found.append((-strength, path))
        for step, size in near[path[-1]]:
            if step not in path and -strength * size >= least:
                heapq.heappush(waiting, (strength * size, (*path, step)))
    return tuple(found)
