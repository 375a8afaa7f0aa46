"""A relationship as stocks, delays and formulas: what one future without chance comes to, in plain floats.

The form that feedback analysis and other simulators work on. Every member of a group stands by itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, final

from lichen.relationship.evaluate import evaluate, quantile
from lichen.relationship.formula import Call, Tree, names

TIME = "time"
"""The name of the days since the start in every formula."""
QUANTILE, WEIGHTED_QUANTILE = QUANTILES = ("quantile", "weighted_quantile")
"""Functions of formulas here: n values and the share; n values, their n presences and the share."""

Values: TypeAlias = dict[str, float]
"""The value of every variable at one instant, by name."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What is there: `initial`, and per day what variables add (`inflows`) and take (`outflows`)."""

    initial: float
    inflows: tuple[str, ...] = ()
    outflows: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """A variable as it was a number of steps ago, at least one; `before` is what it was before the start."""

    of: str
    steps: int
    before: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a variable stands for, for people.

    `role`: `capacity`, `flow`, `headroom`, `term`, `world`, or `memory` for what a `delay` or `smooth` keeps. `owner`:
    the party of a capacity or headroom, else the name itself. `what`: the capacity. `member`: of a group.
    """

    role: str
    owner: str
    what: str = ""
    member: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Dynamics:
    """Stocks, delays, given courses (a value a step) and formulas, each formula after those it reads.

    Names are unique over all four. `about` says what a name stands for; one without an entry is inner. `held` names
    what could only be held at its value at the start, with the reason.
    """

    step_days: float
    steps: int
    stocks: Mapping[str, Stock]
    formulas: Mapping[str, Tree]
    delays: Mapping[str, Delay] = field(default_factory=dict)
    courses: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    about: Mapping[str, About] = field(default_factory=dict)
    held: tuple[str, ...] = ()

    def run(self) -> tuple[Values, ...]:
        """Every variable at the steps 0 to `steps`, Euler: what is given in a step is there in the next."""
        moments: list[Values] = []
        levels = {name: stock.initial for name, stock in self.stocks.items()}
        for step in range(self.steps + 1):
            now: Values = {TIME: step * self.step_days, **levels}
            for name, delay in self.delays.items():
                now[name] = moments[step - delay.steps][delay.of] if step >= delay.steps else delay.before
            for name, course in self.courses.items():
                now[name] = course[step]
            for name, tree in self.formulas.items():
                now[name] = value(tree, now)
            moments.append(now)
            levels = {name: now[name] + self.step_days * net(stock, now) for name, stock in self.stocks.items()}
        return tuple(moments)

    @property
    def links(self) -> Mapping[str, tuple[str, ...]]:
        """By variable, those that read it, in the order of the file: the graph of who moves whom."""
        found: dict[str, list[str]] = {name: [] for name in (*self.stocks, *self.delays, *self.formulas)}
        for name, tree in self.formulas.items():
            for read in sorted(names(tree)):
                if read in found:
                    found[read].append(name)
        for name, delay in self.delays.items():
            found[delay.of].append(name)
        for name, stock in self.stocks.items():
            for flow in (*stock.inflows, *stock.outflows):
                found[flow].append(name)
        return {name: tuple(dict.fromkeys(readers)) for name, readers in found.items()}


def net(stock: Stock, now: Mapping[str, float]) -> float:
    """What a stock gains per day."""
    return sum(now[name] for name in stock.inflows) - sum(now[name] for name in stock.outflows)


def value(tree: Tree, now: Mapping[str, float]) -> float:
    """The value of a formula at an instant; a quantile over members stands alone, with the values of all of them."""
    if not isinstance(tree, Call) or tree.function not in QUANTILES:
        return evaluate(tree, lambda name: now[name.text])
    given = [value(argument, now) for argument in tree.arguments]
    if tree.function == QUANTILE:
        return quantile(given[:-1], given[-1])
    count = len(given) // 2
    return _weighted_quantile(given[:count], given[count:-1], given[-1])


def _weighted_quantile(values: list[float], presences: list[float], share: float) -> float:
    """The value at a share of the presence; a member stands at what of all other presence lies before it."""
    there = sorted((value, weight) for value, weight in zip(values, presences, strict=True) if weight > 0)
    if not there or any(math.isnan(value) for value, _ in there):
        return math.nan
    whole, before = sum(weight for _, weight in there), 0.0
    places = []
    for worth, weight in there:
        places.append((min(before / max(whole - weight, 1e-300), 1.0), worth))
        before += weight
    low = places[0]
    for high in places:
        if high[0] >= share:
            part = (share - low[0]) / (high[0] - low[0]) if high[0] > low[0] else 1.0
            return low[1] + part * (high[1] - low[1])
        low = high
    return low[1]
