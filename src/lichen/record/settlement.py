"""Which returns settle which obligations: first in, first out, oldest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

_ROUNDING = 1e-12
"""What is open counts as settled below this share of the obligation: sums of decimal figures do not come out even."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """What was given and awaits a return: `amount` at a time (days), to be answered within `allowed` days."""

    time: float
    amount: float
    allowed: float

    @property
    def due(self) -> float:
        """The last moment at which a return is on time."""
        return self.time + self.allowed


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of one obligation: amounts returned on time, returned late, and still open."""

    obligation: Obligation
    on_time: float
    late: float
    open: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """All obligations in order of time, and what was returned beyond them (`unused`).

    `on_time_ratio` is the value returned on time over all value owed; `mean_delay` weighs each delay with its amount
    (days). Both are None where nothing is there to divide by: no obligation is never full return.
    """

    settled: tuple[Settled, ...]
    unused: float
    on_time_ratio: float | None
    mean_delay: float | None


@final
@dataclass(slots=True)
class _Owed:
    """An obligation while it is being settled."""

    obligation: Obligation
    open: float
    on_time: float = 0.0
    late: float = 0.0
    delayed: float = 0.0

    def take(self, time: float, amount: float) -> float:
        """Settle as much as is open from a return; what is left of it."""
        taken = min(amount, self.open)
        self.open = 0.0 if self.open - taken <= _ROUNDING * self.obligation.amount else self.open - taken
        if time <= self.obligation.due:
            self.on_time += taken
        else:
            self.late += taken
        self.delayed += taken * (time - self.obligation.time)
        return amount - taken


def settle(obligations: Iterable[Obligation], returns: Iterable[tuple[float, float]]) -> Settlement:
    """Match returns `(time, amount)` with obligations, each return with the oldest that is open.

    A partial return splits an obligation, and one return may settle several. A return before the obligation settles
    nothing.
    """
    owed = [_Owed(o, o.amount) for o in sorted(obligations, key=lambda o: (o.time, o.due)) if o.amount > 0]
    oldest = 0
    unused = 0.0
    for time, amount in sorted((time, amount) for time, amount in returns if amount > 0):
        while amount > 0 and oldest < len(owed) and owed[oldest].obligation.time <= time:
            amount = owed[oldest].take(time, amount)
            oldest += owed[oldest].open == 0
        unused += amount
    return _summed(owed, unused)


def _summed(owed: list[_Owed], unused: float) -> Settlement:
    total = sum(o.obligation.amount for o in owed)
    on_time, returned = sum(o.on_time for o in owed), sum(o.on_time + o.late for o in owed)
    return Settlement(
        settled=tuple(Settled(obligation=o.obligation, on_time=o.on_time, late=o.late, open=o.open) for o in owed),
        unused=unused,
        on_time_ratio=on_time / total if total else None,
        mean_delay=sum(o.delayed for o in owed) / returned if returned else None,
    )
