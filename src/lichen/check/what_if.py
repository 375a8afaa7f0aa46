"""The same relationship with one figure at another value: what a search over assumptions and terms changes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias, final

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.relationship.flow import Flow
from lichen.relationship.formula import Binary, Number, Tree
from lichen.relationship.party import Capacity, Party
from lichen.relationship.relationship import Relationship
from lichen.relationship.rules import Term
from lichen.relationship.value import Value

Put: TypeAlias = Callable[[Value], Relationship]
"""The relationship with one figure replaced."""

_LEADING_NUMBER = re.compile(r"\s*(-?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?)(?!\s*\.\.)(\s*[^()*+<>]*)$")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One figure of the file: what it is called, its value, its weight for a search, the relationship with it changed.

    A term may be scaled between `least` and `most`, its limits: who agreed on them assumes nothing beyond. `is_rate`:
    it is the rate of a flow.
    """

    what: str
    value: Value
    tree: Tree
    weight: float
    put: Put
    least: float = 0.0
    most: float = math.inf
    is_rate: bool = False

    def at(self, factor: float) -> Relationship:
        """The relationship with the figure times a factor."""
        return self.put(replace(self.value, tree=scaled(self.tree, factor), text=self.said(factor)))

    def said(self, factor: float) -> str:
        """The figure times a factor, as the file would say it."""
        number = _LEADING_NUMBER.match(self.value.text)
        if number is not None:
            return f"{float(number[1].replace('_', '')) * factor:.4g}{number[2]}"
        return f"{factor:.3g} * ({self.value.text})"


def scaled(tree: Tree, factor: float) -> Tree:
    """A formula times a factor."""
    if isinstance(tree, Number):
        return replace(tree, value=tree.value * factor)
    return Binary("*", Number(factor), tree)


def assumptions(evidence: CheckInput, weights: Mapping[str, float]) -> Iterator[Assumption]:
    """Every level, floor, drift, worth, cost, rate and term that is known; heavier flows make heavier assumptions."""
    yield from _of_parties(evidence)
    yield from _of_flows(evidence, weights)
    for term in evidence.relationship.terms.values():
        if term.value.tree is not None:
            least, most = _limits(evidence, term)
            yield Assumption(
                what=f"the term {wording.quoted(term.name)}",
                value=term.value,
                tree=term.value.tree,
                weight=0.6,
                put=partial(with_term, evidence.relationship, term),
                least=least,
                most=most,
            )


def with_term(relationship: Relationship, term: Term, value: Value) -> Relationship:
    """The relationship with a term at another value."""
    return replace(relationship, terms={**relationship.terms, term.name: replace(term, value=value)})


def _limits(evidence: CheckInput, term: Term) -> tuple[float, float]:
    """The least and the largest multiple of a term that its limits leave."""
    value = evidence.start.value(term.value)
    if term.between is None or not value > 0:
        return 0.0, math.inf
    low, high = (evidence.start.value(limit) / value for limit in term.between)
    return low, high


def _of_parties(evidence: CheckInput) -> Iterator[Assumption]:
    for party in evidence.parties:
        for capacity in party.essential_capacities:
            place = evidence.called(f"{party.name}.{capacity.name}")
            put = partial(_with_capacity, evidence.relationship, party, capacity)
            yield from _known(f"the level of {place}", capacity.level, 0.5, partial(put, "level"))
            yield from _known(f"the floor of {place}", capacity.floor, 0.5, partial(put, "floor"))
            yield from _known(f"the own change of {place}", capacity.change, 0.5, partial(put, "change"))


def _of_flows(evidence: CheckInput, weights: Mapping[str, float]) -> Iterator[Assumption]:
    whole = sum(weights.values()) or 1.0
    for flow in evidence.inner_flows:
        called, weight = wording.quoted(flow.title), weights.get(flow.name, 0.0) / whole
        put = partial(_with_figure, evidence.relationship, flow)
        yield from _known(f"the rate of {called}", flow.rate, weight, partial(put, "rate", ""), is_rate=True)
        for key, figures in (("worth", flow.worth), ("cost", flow.cost)):
            for capacity, value in figures.items():
                if value.number != 1.0:  # one for one, as money is, is nobody's assumption
                    yield from _known(f"the {key} of {called}", value, weight, partial(put, key, capacity))


def _known(what: str, value: Value | None, weight: float, put: Put, *, is_rate: bool = False) -> Iterator[Assumption]:
    """The assumption that a figure is what it is; none where that is not known."""
    if value is not None and value.tree is not None:
        yield Assumption(what=what, value=value, tree=value.tree, weight=weight, put=put, is_rate=is_rate)


def _with_capacity(
    relationship: Relationship, party: Party, capacity: Capacity, key: str, value: Value
) -> Relationship:
    """A capacity with another level, floor or drift; what is healthy stays what it was."""
    capacity = replace(capacity, healthy=capacity.healthy or capacity.level)
    match key:
        case "level":
            capacity = replace(capacity, level=value)
        case "floor":
            capacity = replace(capacity, floor=value)
        case _:
            capacity = replace(capacity, change=value)
    changed = replace(party, capacities={**party.capacities, capacity.name: capacity})
    return replace(relationship, parties={**relationship.parties, party.name: changed})


def with_flow(relationship: Relationship, flow: Flow) -> Relationship:
    """The relationship with a flow as it is given here."""
    return replace(relationship, flows={**relationship.flows, flow.name: flow})


def with_rate(relationship: Relationship, flow: Flow, tree: Tree | None, text: str) -> Relationship | None:
    """The relationship with a flow at another rate; None where the rate is not known."""
    return (
        None if tree is None else with_flow(relationship, replace(flow, rate=replace(flow.rate, tree=tree, text=text)))
    )


def _with_figure(relationship: Relationship, flow: Flow, key: str, capacity: str, value: Value) -> Relationship:
    """A flow with another rate, or another worth or cost of one capacity."""
    match key:
        case "rate":
            return with_flow(relationship, replace(flow, rate=value))
        case "worth":
            return with_flow(relationship, replace(flow, worth={**flow.worth, capacity: value}))
        case _:
            return with_flow(relationship, replace(flow, cost={**flow.cost, capacity: value}))
