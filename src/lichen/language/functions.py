"""The functions that a formula may call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final


@final
@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language: how many values it takes (`most` None: any number) and how it is called."""

    least: int
    most: int | None
    usage: str


FUNCTIONS: Final[Mapping[str, Function]] = {
    "min": Function(2, None, "min(a, b, ...)"),
    "max": Function(2, None, "max(a, b, ...)"),
    "clip": Function(3, 3, "clip(x, low, high)"),
    "abs": Function(1, 1, "abs(x)"),
    "exp": Function(1, 1, "exp(x)"),
    "log": Function(1, 1, "log(x)"),
    "sqrt": Function(1, 1, "sqrt(x)"),
    "tanh": Function(1, 1, "tanh(x)"),
    "saturate": Function(2, 2, "saturate(x, half)"),
    "delay": Function(2, 2, "delay(x, t)"),
    "smooth": Function(2, 2, "smooth(x, t)"),
    "step": Function(1, 1, "step(t)"),
    "pulse": Function(2, 2, "pulse(t, length)"),
    "season": Function(2, 2, "season(period, peak)"),
    "sum": Function(1, 1, "sum(x)"),
    "mean": Function(1, 1, "mean(x)"),
    "least": Function(1, None, "least(x)"),
    "quantile": Function(2, 2, "quantile(x, q)"),
    "share": Function(1, 1, "share(condition)"),
    "arriving": Function(1, 1, "arriving(flow)"),
    "balance": Function(1, 1, "balance(party)"),
    "agreed": Function(1, 1, "agreed(term)"),
}
