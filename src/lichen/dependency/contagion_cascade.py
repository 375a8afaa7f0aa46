"""Cascades over a threshold: a node fails when what it loses by the failures of others exceeds its buffer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.dependency.contagion import Harm, Nodes, each_once, links_of

_ROUNDING = 1e-12


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """Who failed [node], and in which round: 0 for the first to fail, -1 for those that stand."""

    failed: NDArray[np.bool_]
    round: Nodes

    @property
    def size(self) -> int:
        """How many failed, the first included."""
        return int(self.failed.sum())


def cascade(harm: Harm, buffers: ArrayLike, first: ArrayLike) -> Cascade:
    """Let the nodes `first` fail, and follow who fails with them.

    `harm[i, j]` is what j loses when i fails, in the unit of `buffers` [node]. Node j fails in the round after its loss
    `sum over failed i of harm[i, j]` has come to exceed `buffers[j]` (linear thresholds of Granovetter 1978 and Watts
    2002; with losses of claims, Gai and Kapadia 2010). Failures only add up, so the outcome does not depend on the
    order, and there are at most as many rounds as nodes; each link is followed once, when its cause fails.

    ValueError for buffers that are negative or no numbers.
    """
    room = np.asarray(buffers, dtype=float)
    if np.isnan(room).any() or (room < 0).any():
        raise ValueError("a buffer is a number of at least 0")
    limit = room + _ROUNDING * np.maximum(room, 1.0)
    lost = np.zeros(harm.shape[0])
    round_of, marks = np.full(harm.shape[0], -1, dtype=np.intp), np.empty(harm.shape[0], dtype=np.intp)
    front = np.unique(np.asarray(first, dtype=np.intp))
    turn = 0
    while len(front):
        round_of[front] = turn
        turn += 1
        struck, losses, _ = links_of(harm, front)
        np.add.at(lost, struck, losses)
        front = each_once(struck[(round_of[struck] < 0) & (lost[struck] > limit[struck])], marks)
    return Cascade(failed=round_of >= 0, round=round_of)
