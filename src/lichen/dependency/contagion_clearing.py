"""Clearing: what everyone pays when all owe each other and some cannot pay in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.dependency.contagion import CLOSE, Harm, Numbers, most_rounds

_ROUNDING = 1e-12


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """What each node pays of what it owes, what it is then left with, and whether it defaults [node] or [node, case].

    `off` is how much the payments still moved in the last round, as a share of the largest debt: close to 0 when the
    fixed point was reached; otherwise the payments are an upper bound.
    """

    payments: Numbers
    equity: Numbers
    defaults: NDArray[np.bool_]
    rounds: int
    off: float


def clear(
    owed: Harm,
    outside: ArrayLike,
    *,
    outside_kept: float = 1.0,
    claims_kept: float = 1.0,
    pays: ArrayLike | None = None,
) -> Clearing:
    """The largest payments at which everyone pays what it owes or all that it has.

    `owed[i, j]` is what i owes j, `outside` [node] what each has besides its claims. With everything kept this is
    Eisenberg and Noe 2001, `p = min(owed, outside + P^T p)` with P the shares in which each pays its creditors. One in
    default keeps only `outside_kept` (alpha) of what it has outside and `claims_kept` (beta) of what it is paid, the
    rest is the cost of default (Rogers and Veraart 2013). `pays` [node, case] says who pays in each of several cases, a
    truth each; one that does not owes nothing there, and the others go without. By default there is one case, in which
    all pay.

    Starting from payment in full, payments only fall from round to round and are bounded by 0, so they converge to the
    greatest fixed point; the set of defaults only grows. It is unique where everyone who owes has something outside, or
    is owed by such. ValueError for debts or means below 0 or no numbers (what is owed outside is owed to a node of its
    own), and for kept shares outside 0..1.
    """
    means = np.asarray(outside, dtype=float)[:, None]
    if not (
        np.isfinite(means).all() and (means >= 0).all() and np.isfinite(owed.data).all() and (owed.data >= 0).all()
    ):
        raise ValueError("debts and means are numbers of at least 0; owe what is below 0 to a node of its own")
    if not (0 <= outside_kept <= 1 and 0 <= claims_kept <= 1):
        raise ValueError("what is kept in default is a share between 0 and 1")
    sums = np.asarray(owed.sum(axis=1), dtype=float)[:, None]
    debts = sums * (np.ones_like(sums) if pays is None else np.asarray(pays, dtype=float))
    claims = owed.T.tocsr()
    enough = debts * (1 - _ROUNDING)
    shares = np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)
    largest = float(debts.max(initial=0.0))
    payments, off, rounds = debts, 0.0, 0
    most = most_rounds(owed)
    while rounds < most:
        rounds += 1
        paid = claims @ (payments * shares)
        kept = np.where(means + paid >= enough, debts, outside_kept * means + claims_kept * paid)
        following = np.minimum(payments, kept)
        off = float((payments - following).max(initial=0.0)) / largest if largest else 0.0
        payments = following
        if off <= CLOSE:
            break
    paid = claims @ (payments * shares)
    defaults = means + paid < enough
    equity = np.where(defaults, 0.0, means + paid - debts)
    payments, equity, defaults = (found if pays is not None else found[:, 0] for found in (payments, equity, defaults))
    return Clearing(payments=payments, equity=equity, defaults=defaults, rounds=rounds, off=off)
