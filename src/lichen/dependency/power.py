"""Power: what follows from who needs whom more, and from who could go elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

_DAMPING = 0.5
_MOST_ROUNDS = 10_000
_CLOSE = 1e-13


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """How few hold a supply (Herfindahl and Hirschman): `hhi` the sum of squared shares, 1 with a single source.

    `effective` is how many equal sources would be as concentrated; `normalised` runs from 0 (all equal) to 1 (a
    single one).
    """

    hhi: float
    effective: float
    normalised: float


def concentration(shares: Sequence[float]) -> Concentration:
    """The concentration of shares, which must sum to 1; ValueError otherwise."""
    if not shares or abs(sum(shares) - 1) > 1e-9 or min(shares) < 0:
        raise ValueError("shares must not be negative and must sum to 1")
    hhi = sum(share**2 for share in shares)
    count = len(shares)
    return Concentration(
        hhi=hhi, effective=1 / hhi, normalised=1.0 if count == 1 else (hhi - 1 / count) / (1 - 1 / count)
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """Power within a pair (Emerson 1962): the power of one over the other is the other's dependence on it.

    `one_on_other` and `other_on_one` are dependences in 0..1, None where one cannot be told. `share_of_one` is what
    the first would get of one unit to be divided between them, each able to get elsewhere what it can replace
    (Kleinberg and Tardos 2008); 0.5 is even.
    """

    one: str
    other: str
    one_on_other: float | None
    other_on_one: float | None
    alternatives_of_one: float | None
    alternatives_of_other: float | None
    share_of_one: float | None

    @property
    def imbalance(self) -> float | None:
        """Above 0: the first has the power, since the other depends on it more; None where it cannot be told."""
        if self.one_on_other is None or self.other_on_one is None:
            return None
        return self.other_on_one - self.one_on_other

    @property
    def cohesion(self) -> float | None:
        """How much holds the pair together: the mean of both dependences; None where it cannot be told."""
        if self.one_on_other is None or self.other_on_one is None:
            return None
        return (self.other_on_one + self.one_on_other) / 2


def elsewhere(replaced: float, alternatives: float | None) -> float:
    """What a party could get without the other, in 0..1: by its fallbacks, or from its other partners.

    With n other partners of the same kind the concentration of its choices is `1/(n + 1)`, so n/(n + 1) is to be had
    elsewhere.
    """
    return max(replaced, 0.0 if alternatives is None else alternatives / (alternatives + 1))


def balanced_outcomes(
    size: int,
    edges: Sequence[tuple[int, int]],
    matching: Sequence[tuple[int, int]],
    outside: Sequence[float] | None = None,
) -> tuple[float, ...]:
    """What each of `size` parties gets when every matched pair divides one unit.

    After Cook and Emerson, and Kleinberg and Tardos (2008). On a matched edge each gets its best offer elsewhere and
    half of what is left, `x_i = a_i + (1 - a_i - a_j)/2`. The best offer is `max(outside_i, 1 - x_k)` over the other
    partners k; `outside` is what a party has without any of them (default 0). Found by damped iteration; unmatched
    parties get what they have outside.
    """
    alone = tuple(outside) if outside is not None else (0.0,) * size
    partner = {a: b for pair in matching for a, b in (pair, pair[::-1])}
    near: list[list[int]] = [[] for _ in range(size)]
    for a, b in edges:
        near[a].append(b)
        near[b].append(a)
    gets = [_half_of_the_rest(alone[i], alone[partner[i]]) if i in partner else alone[i] for i in range(size)]
    for _ in range(_MOST_ROUNDS):
        offers = [max([alone[i], *(1 - gets[k] for k in near[i] if k != partner.get(i))]) for i in range(size)]
        moved = 0.0
        for i, j in partner.items():
            step = _DAMPING * (_half_of_the_rest(offers[i], offers[j]) - gets[i])
            gets[i] += step
            moved = max(moved, abs(step))
        if moved < _CLOSE:
            break
    return tuple(gets)


def _half_of_the_rest(offer: float, other: float) -> float:
    """What one gets that is offered so much elsewhere while its partner is offered that much."""
    return min(1.0, max(0.0, offer + (1 - offer - other) / 2))
