"""Distress that travels before anyone has failed: the two DebtRanks.

`harm[i, j]` in 0..1 is the share of its worth that j loses when i is lost whole. Distress is a share in 0..1 [node], or
[node, case] where several cases are followed at once.
The two forms differ: in the first every node passes its distress on once, in the second every increase of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike

from lichen.dependency.contagion import CLOSE, Harm, Numbers, copies, each_once, links_of, most_rounds


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Distress:
    """The distress of each node in the end [node] or [node, case], and after how many rounds; `off`: what the last
    round still added at most.
    """

    shares: Numbers
    rounds: int
    off: float = 0.0

    def rank(self, first: ArrayLike, worth: ArrayLike) -> Numbers:
        """DebtRank: the part of all worth that is lost besides that of the first, `sum h v - sum h0 v`.

        An array [case]; one number where the distress is of one case.
        """
        value = np.asarray(worth, dtype=float)
        return np.asarray((self.shares - _shares(first)).T @ (value / value.sum()))


def passed_once(harm: Harm, first: ArrayLike) -> Distress:
    """The DebtRank of Battiston, Puliga, Kaushik, Tasca and Caldarelli 2012.

    `h_j <- min(1, h_j + sum over newly distressed i of harm[i, j] h_i)`: a node passes on what has reached it when it
    is first distressed, and what reaches it later stays with it. Ends after at most as many rounds as nodes.
    ValueError for distress outside 0..1.
    """
    start = _shares(first)
    network = harm if start.ndim == 1 else copies(harm, start.shape[1])
    distress = start.T.flatten()
    passed, marks = np.zeros(len(distress), dtype=bool), np.empty(len(distress), dtype=np.intp)
    front = np.flatnonzero(distress > 0)
    rounds = 0
    while len(front):
        rounds += 1
        passed[front] = True
        struck, sizes, counts = links_of(network, front)
        np.add.at(distress, struck, sizes * np.repeat(distress[front], counts))
        np.minimum(distress, 1.0, out=distress)
        front = each_once(struck[~passed[struck] & (distress[struck] > 0)], marks)
    return Distress(shares=distress.reshape(start.T.shape).T, rounds=rounds)


def passed_on(harm: Harm, first: ArrayLike) -> Distress:
    """The differential DebtRank of Bardoscia, Battiston, Caccioli and Caldarelli 2015.

    `h(t+1) = min(1, h(t) + harm^T (h(t) - h(t-1)))`: every increase is passed on. Distress only grows and is bounded
    by 1, so it converges; as fast as the spectral radius of `harm` is below 1, and where that is 1 or more until
    someone is lost whole. ValueError for distress outside 0..1.
    """
    distress = _shares(first)
    struck_by = harm.T.tocsr()
    increase = distress
    off, rounds = float(increase.max(initial=0.0)), 0
    most = most_rounds(harm)
    while off > CLOSE and rounds < most:
        rounds += 1
        following = np.minimum(1.0, distress + struck_by @ increase)
        increase = following - distress
        distress, off = following, float(increase.max(initial=0.0))
    return Distress(shares=distress, rounds=rounds, off=off)


def _shares(first: ArrayLike) -> Numbers:
    shares = np.asarray(first, dtype=float)
    if not ((shares >= 0).all() and (shares <= 1).all()):
        raise ValueError("distress is a share between 0 and 1")
    return shares
