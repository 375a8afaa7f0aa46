"""Small worlds for the tests of the slow simulator: one step is a day, formulas are written as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from lichen.language.formula import parse
from lichen.relationship.formula import Tree
from lichen.relationship.party import Party
from lichen.relationship.quantity import Dimension, standard_units
from lichen.relationship.relationship import Relationship, Time
from lichen.relationship.value import Value
from tests.by_hand import capacity, members, party, relationship
from tests.oracles.slow import Experiment, Run, run


def f(text: str) -> Tree:
    return parse(text, standard_units(), key=text)


def v(text: str) -> Value:
    return Value(tree=f(text))


def days(count: int, *parts: Any, **more: Any) -> Relationship:
    """A relationship over so many days, a step each."""
    return relationship(*parts, time=Time(start=date(2026, 1, 1), horizon_days=count, step_days=1), **more)


def simulate(
    made: Relationship, experiment: Experiment | None = None, spreads: Mapping[Any, float] | None = None, **more: Any
) -> Run:
    def no_draws(variable: str, member: int | None, step: int) -> float:
        raise AssertionError(variable)

    return run(
        made,
        draws=more.pop("draws", no_draws),
        spread=lambda key, member: (spreads or {})[key, member],
        experiment=experiment,
        **more,
    )


def two(*, a: str = "100", b: str = "100", **of_a: Any) -> tuple[Party, Party]:
    """Two parties with one capacity each, `a.x` and `b.y`, floors 0."""
    return party("a", capacity("x", f(a), 0, **of_a)), party("b", capacity("y", f(b), 0))


def group_of_two() -> tuple[Party, Party]:
    shop = party("shop", capacity("cash", 100, 0))
    sellers = party(
        "sellers",
        capacity("cash", f("sellers.members.start"), 0, healthy=10),
        kind="group",
        members=members("ann", "ben", start=(10.0, 30.0)),
        leaves=v("50 % per day if sellers.cash > 20 else 0 per day"),
        joins=v("0.3 per day"),
    )
    return shop, sellers


def in_euros(parties: tuple[Party, ...]) -> list[Party]:
    """The same parties with every capacity in money."""
    return [
        replace(side, capacities={name: replace(c, level=euros(c.level)) for name, c in side.capacities.items()})
        for side in parties
    ]


def euros(value: Value) -> Value:
    return replace(value, dimension=Dimension.of("EUR"))
