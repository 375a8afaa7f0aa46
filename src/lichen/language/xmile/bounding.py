"""What a model holds at 0 or above, as equations: no flow takes more from such a stock than it holds.

XMILE leaves it to the outflows that a stock does not fall below 0: each takes what is asked of it as long as that is
there, the first one named first, and whoever it fills or whatever reads it gets no more than was taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import final

from lichen.language.xmile.model import Model
from lichen.language.xmile.signs import Signs, in_proportion, signs_of, unbounded
from lichen.language.xmile.sorting import Sorted, in_order, reads_of, tangles
from lichen.relationship.formula import Binary, Call, Name, Number, Tree, names


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """A model whose flows take no more than there is.

    `order`: all but the stocks, each after those it reads. `above`: what stays at 0 or above. `clipped`: the stocks
    that would fall below 0 if nothing held them there. `left_out`: what is not held as the model says.
    """

    model: Model
    order: tuple[str, ...]
    above: frozenset[str]
    clipped: frozenset[str]
    left_out: tuple[str, ...]


def bounded(found: Sorted) -> Bounded:
    """A sorted model with what it holds at 0 or above."""
    signs = signs_of(found.model, found.first, found.order)
    model = found.model.with_equations(dict(_shown_above(found.model, signs)))
    clipped = [name for name, v in model.variables.items() if v.non_negative and not _stays(model, name, signs)]
    cuts = list(_cuts(model, clipped))
    among = _among(model, cuts)
    left_out = [*_ungoverned(model, clipped, signs)]
    equations = {}
    for cut in cuts:
        together = among.get(cut.flow)
        beside = [flow for flow in (*cut.adds, *cut.first) if together is not None and among.get(flow) == together]
        if beside:
            left_out.append(
                f"{cut.flow}: how it shares {cut.stock} with {', '.join(beside)} within a step; "
                "it takes at most what is there before"
            )
        equations[cut.flow] = cut.equation(model, beside)
    model = model.with_equations(equations)
    return Bounded(
        model=model,
        order=in_order(model),
        above=frozenset(signs.above),
        clipped=frozenset(clipped),
        left_out=tuple(left_out),
    )


def _shown_above(model: Model, signs: Signs) -> Iterator[tuple[str, Tree]]:
    """The equations of flows that show by themselves what their bound says."""
    for name, variable in model.variables.items():
        inner = unbounded(variable.equation)
        if variable.kind == "flow" and inner != variable.equation and signs.of(inner):
            yield name, inner


def _stays(model: Model, stock: str, signs: Signs) -> bool:
    """Whether a stock stays at 0 or above by itself."""
    variable = model.variables[stock]
    return signs.above.issuperset((*variable.inflows, *variable.outflows)) and all(
        in_proportion(model.variables[flow].equation, stock) for flow in variable.outflows
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """A flow that takes no more from a stock than is there: what flows `adds` bring and those `first` leave."""

    flow: str
    stock: str
    adds: tuple[str, ...]
    first: tuple[str, ...]

    def equation(self, model: Model, without: Collection[str]) -> Tree:
        """The equation of the flow, but no more than is there; some of the other flows are not counted."""
        there: Tree = Name((self.stock,)) if model.step == 1 else Binary("/", Name((self.stock,)), Name(("dt",)))
        most = there
        for flow in self.adds:
            most = most if flow in without else Binary("+", most, Name((flow,)))
        for flow in self.first:
            most = most if flow in without else Binary("-", most, Name((flow,)))
        most = most if most is there else Call("max", (most, Number(0.0)))
        return Call("min", (model.variables[self.flow].equation, most))


def _cuts(model: Model, clipped: Collection[str]) -> Iterator[_Cut]:
    """Every flow that takes from one of these stocks alone, and fills another or is read."""
    takers, heard = _takers(model), _heard(model)
    for stock in clipped:
        variable = model.variables[stock]
        for place, flow in enumerate(variable.outflows):
            if flow in heard and takers[flow] == 1:
                adds = tuple(other for other in variable.inflows if other != flow)
                yield _Cut(flow=flow, stock=stock, adds=adds, first=variable.outflows[:place])


def _takers(model: Model) -> Counter[str]:
    """From how many stocks each flow takes."""
    return Counter(flow for variable in model.variables.values() for flow in variable.outflows)


def _heard(model: Model) -> frozenset[str]:
    """The flows that fill a stock, and all that is read."""
    filling = (flow for variable in model.variables.values() for flow in variable.inflows)
    return frozenset(filling).union(*(names(variable.equation) for variable in model.variables.values()))


def _among(model: Model, cuts: Iterable[_Cut]) -> Mapping[str, str]:
    """For each variable that would read itself if every cut counted all other flows: one of those it does so with."""
    reads = dict(reads_of(model))
    for cut in cuts:
        reads[cut.flow] = tuple({*reads[cut.flow], *cut.adds, *cut.first})
    return {name: tangle[0] for tangle in tangles(reads) for name in tangle}


def _ungoverned(model: Model, clipped: Collection[str], signs: Signs) -> Iterator[str]:
    """What may take more from a stock than it holds all the same."""
    takers, heard = _takers(model), _heard(model)
    for stock in clipped:
        variable = model.variables[stock]
        for flow in variable.outflows:
            if takers[flow] > 1 and flow in heard:
                yield f"{flow}: that it takes no more than {stock} holds; it takes from several stocks"
        for flow in variable.inflows:
            if takers[flow] and flow not in signs.above:
                yield f"{flow}: that it takes no more than {stock} holds when it turns"
