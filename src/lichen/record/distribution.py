"""How something is divided among parties: measures of inequality, and two ways of saying what a fair share is.

Values are what each party has, at least 0 (losses: shift to room left first, or there is no answer). Where a measure
is not defined the answer is None, never 0. Two parties' Gini is at most 1/2: show `n`, or the normalised form.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import final

MOST_PLAYERS = 12
"""The Shapley value asks for every coalition: 2**12 of them."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Gini:
    """The Gini index over `n` values, and the same over its maximum `1 - 1/n` (None for one value)."""

    value: float
    normalised: float | None
    n: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """Theil's T over all values, the part between groups and the part within them: `total = between + within`."""

    total: float
    between: float
    within: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Inequality:
    """Every measure of how one thing is divided: over `n` values, with the aversion of each Atkinson index in its
    name.
    """

    n: int
    gini: Gini
    theil_t: float
    theil_l: float
    atkinson_half: float
    atkinson_one: float
    hoover: float
    least_share: float


def inequality(values: Sequence[float]) -> Inequality | None:
    """All measures at once; None for no values, a negative one, or nothing to divide."""
    found = gini(values), theil_t(values), theil_l(values), atkinson(values, 0.5), atkinson(values, 1), hoover(values)
    match found:
        case Gini() as index, float() as t, float() as low, float() as half, float() as one, float() as robin_hood:
            return Inequality(
                n=len(values),
                gini=index,
                theil_t=t,
                theil_l=low,
                atkinson_half=half,
                atkinson_one=one,
                hoover=robin_hood,
                least_share=min(values) / math.fsum(values),
            )
        case _:
            return None


def gini(values: Sequence[float]) -> Gini | None:
    """`sum_i (2i - n - 1) x_(i) / (n sum x)`; None for no values, a negative one, or nothing to divide."""
    if not _divisible(values):
        return None
    n = len(values)
    ranked = math.fsum((2 * i - n - 1) * x for i, x in enumerate(sorted(values), 1))
    index = ranked / (n * math.fsum(values))
    return Gini(value=index, normalised=index * n / (n - 1) if n > 1 else None, n=n)


def theil_t(values: Sequence[float]) -> float | None:
    """`mean(x/mu ln(x/mu))`, from 0 to `ln n`; None as for `gini`."""
    if not _divisible(values):
        return None
    mean = math.fsum(values) / len(values)
    return math.fsum(x / mean * math.log(x / mean) for x in values if x / mean > 0) / len(values)


def theil_l(values: Sequence[float]) -> float | None:
    """`mean(ln(mu/x))`, infinite when somebody has nothing; None as for `gini`."""
    if not _divisible(values):
        return None
    if min(values) == 0:
        return math.inf
    mean = math.fsum(values) / len(values)
    return math.fsum(math.log(mean) - math.log(x) for x in values) / len(values)


def theil_decomposition(groups: Sequence[Sequence[float]]) -> Decomposition | None:
    """Theil's T of all members, split into what lies between groups and within them; None as for `gini`, or with an
    empty group.
    """
    everyone = [x for group in groups for x in group]
    total = theil_t(everyone)
    if total is None or not all(groups):
        return None
    mean, sums = math.fsum(everyone) / len(everyone), [math.fsum(group) for group in groups]
    shares = [s / math.fsum(everyone) for s in sums]
    between = math.fsum(
        share * math.log(s / len(group) / mean) for share, s, group in zip(shares, sums, groups, strict=True) if s > 0
    )
    within = math.fsum(share * (theil_t(group) or 0.0) for share, group in zip(shares, groups, strict=True))
    return Decomposition(total=total, between=between, within=within)


def atkinson(values: Sequence[float], aversion: float) -> float | None:
    """`1 - (mean (x/mu)^(1-e))^(1/(1-e))` with e = aversion > 0; 1 when somebody has nothing and e >= 1; None as for
    `gini`.
    """
    if not _divisible(values) or aversion <= 0:
        return None
    if aversion >= 1 and min(values) == 0:
        return 1.0
    mean = math.fsum(values) / len(values)
    if aversion == 1:
        return 1 - math.exp(math.fsum(math.log(x) - math.log(mean) for x in values) / len(values))
    power = 1 - aversion
    return float(1 - (math.fsum((x / mean) ** power for x in values) / len(values)) ** (1 / power))


def least_share(values: Sequence[float]) -> float | None:
    """The smallest part of the whole; None as for `gini`."""
    return min(values) / math.fsum(values) if _divisible(values) else None


def hoover(values: Sequence[float]) -> float | None:
    """The part of the whole that would have to change hands for all to have the same; None as for `gini`."""
    if not _divisible(values):
        return None
    total = math.fsum(values)
    return math.fsum(abs(x / total - 1 / len(values)) for x in values) / 2


def shapley(players: Sequence[str], worth: Callable[[frozenset[str]], float]) -> Mapping[str, float] | None:
    """Each player's mean contribution over all orders of joining; None above `MOST_PLAYERS`.

    `worth` is asked once for every coalition, also the empty one.
    """
    n = len(players)
    if n > MOST_PLAYERS:
        return None
    coalitions = [frozenset(c) for size in range(n + 1) for c in combinations(players, size)]
    value = {coalition: worth(coalition) for coalition in coalitions}
    weight = [math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n) for size in range(n)]
    return {
        player: math.fsum(
            weight[len(without)] * (value[without | {player}] - value[without])
            for without in coalitions
            if player not in without
        )
        for player in players
    }


def nash_bargain(
    total: float, outside: Sequence[float], weights: Sequence[float] | None = None
) -> tuple[float, ...] | None:
    """Who gets what of a divisible total when each could have its `outside` option: that, and a weighted share of the
    surplus.

    Maximises the product of `(u_i - d_i)^a_i` for `sum u = total` (Nash 1950); weights default to equal. None when
    the outside options are worth more than the total: nobody would agree.
    """
    surplus = total - math.fsum(outside)
    weights = [1.0] * len(outside) if weights is None else weights
    if surplus < 0 or not outside or min(weights) < 0 or math.fsum(weights) == 0:
        return None
    return tuple(d + surplus * w / math.fsum(weights) for d, w in zip(outside, weights, strict=True))


def nash_product(
    gained: Sequence[float], outside: Sequence[float], weights: Sequence[float] | None = None
) -> float | None:
    """The product of each party's gain over its outside option, to the power of its weight (default 1); None if
    someone loses.
    """
    gains = [u - d for u, d in zip(gained, outside, strict=True)]
    if not gains or min(gains) < 0:
        return None
    return math.prod(math.pow(g, w) for g, w in zip(gains, weights or [1.0] * len(gains), strict=True))


def _divisible(values: Sequence[float]) -> bool:
    return bool(values) and all(math.isfinite(x) and x >= 0 for x in values) and math.fsum(values) > 0
