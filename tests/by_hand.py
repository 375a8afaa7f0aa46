"""Relationships written as values, for tests that must not lean on the reader of the language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from lichen.relationship.flow import Flow, Sight
from lichen.relationship.formula import Binary, Call, Name, Number, Spread, Tree
from lichen.relationship.party import Capacity, Members, Party
from lichen.relationship.relationship import Relationship, Time
from lichen.relationship.rules import Term
from lichen.relationship.start import Start
from lichen.relationship.value import Value

Written: TypeAlias = "float | str | Tree"


def tree(written: Written) -> Tree:
    """A number, a name such as `alder.cash`, or a tree as it is."""
    if isinstance(written, str):
        return Name(tuple(written.split(".")))
    return Number(float(written)) if isinstance(written, (int, float)) else written


def value(written: Written) -> Value:
    return Value(tree=tree(written))


def times(first: Written, *others: Written) -> Tree:
    product = tree(first)
    for other in others:
        product = Binary("*", product, tree(other))
    return product


def minus(left: Written, right: Written) -> Tree:
    return Binary("-", tree(left), tree(right))


def call(function: str, *arguments: Written) -> Tree:
    return Call(function, tuple(tree(argument) for argument in arguments))


def between(low: float, high: float) -> Tree:
    return Spread(low, high, "test")


def capacity(name: str, level: Written, floor: Written, **more: Written | bool) -> Capacity:
    given = {key: item if isinstance(item, bool) else value(item) for key, item in more.items()}
    return Capacity(name=name, level=value(level), floor=value(floor), **given)  # type: ignore[arg-type] # by name


def party(name: str, *capacities: Capacity, **more: object) -> Party:
    made = Party(name=name, title=name.title(), kind="organisation", capacities={c.name: c for c in capacities})
    return replace(made, **more)  # type: ignore[arg-type] # by name


def members(*names: str, **columns: tuple[float, ...]) -> Members:
    return Members(names=names, columns=columns)


def seen_by(*parties: str) -> tuple[Sight, ...]:
    return tuple(Sight(party=name) for name in parties)


def flow(
    name: str,
    ends: str,
    rate: Written,
    *,
    cost: Mapping[str, Written] | None = None,
    worth: Mapping[str, Written] | None = None,
    **more: object,
) -> Flow:
    """A benefit from one party to another, its ends written as `alder > northfield`."""
    giver, receiver = ends.split(" > ")
    made = Flow(
        name=name,
        title=name,
        kind="benefit",
        giver=giver,
        receiver=receiver,
        rate=value(rate),
        cost={key: value(item) for key, item in (cost or {}).items()},
        worth={key: value(item) for key, item in (worth or {}).items()},
    )
    return replace(made, **more)  # type: ignore[arg-type] # by name


def term(name: str, written: Written) -> Term:
    return Term(name=name, value=value(written))


def relationship(*parts: Party | Flow | Term, **more: object) -> Relationship:
    made = Relationship(
        name="by hand",
        purpose="",
        mechanism=None,
        time=Time(start=date(2026, 1, 1), horizon_days=364.0, step_days=7.0),
        commitment_days=364.0,
        parties={part.name: part for part in parts if isinstance(part, Party)},
        flows={part.name: part for part in parts if isinstance(part, Flow)},
        terms={part.name: part for part in parts if isinstance(part, Term)},
    )
    return replace(made, **more)  # type: ignore[arg-type] # by name


def values_at_start(relationship: Relationship) -> dict[str, float]:
    """Every value of the start by its name, in base units."""
    start = Start(relationship)
    parties = relationship.parties.values()
    keys = [
        *relationship.terms,
        *relationship.world,
        *(f"{party.name}.{name}" for party in parties for name in party.capacities),
        *(f"{party.name}.headroom" for party in parties if party.essential_capacities),
        *relationship.flows,
    ]
    return {key: start.read(key) for key in keys}
