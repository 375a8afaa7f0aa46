"""What an XMILE model says: variables with their equations, modules written out, and when it runs."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, final

from lichen.relationship.formula import Tree

Kind = Literal["stock", "flow", "aux"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A graphical function: points with rising x; between them straight lines, or, `stepped`, the value before.

    Beyond its ends it keeps the outermost y, or, `extrapolated`, goes on as between the two outermost points.
    """

    points: tuple[tuple[float, float], ...]
    stepped: bool = False
    extrapolated: bool = False

    def at(self, x: float) -> float:
        """The y at an x."""
        place = bisect_right(self.points, x, key=lambda point: point[0])
        if self.extrapolated and len(self.points) > 1:
            place = min(max(place, 1), len(self.points) - 1)
        if place in (0, len(self.points)):
            return self.points[min(place, len(self.points) - 1)][1]
        (left, low), (right, high) = self.points[place - 1 : place + 1]
        return low if self.stepped or left == right else low + (high - low) * (x - left) / (right - left)

    @property
    def is_never_below_zero(self) -> bool:
        """Whether no y lies below 0."""
        return all(y >= 0 for _, y in self.points) and not self.extrapolated


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable; the equation of a stock is its first value, that of a flow holds its bound at 0."""

    kind: Kind
    title: str
    equation: Tree
    inflows: tuple[str, ...] = ()
    outflows: tuple[str, ...] = ()
    non_negative: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A whole model; what moves a stock is a flow of the model.

    `left_out`: what could not be read, with the reason; such a variable counts as 0.
    """

    name: str
    start: float
    stop: float
    step: float
    unit: str
    variables: Mapping[str, Variable]
    graphs: Mapping[str, Graph] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    @property
    def given(self) -> Mapping[str, float]:
        """The numbers that every equation may read."""
        return {"dt": self.step, "starttime": self.start, "stoptime": self.stop, "pi": math.pi}

    def with_equations(self, equations: Mapping[str, Tree]) -> Model:
        """The model with other equations of some variables."""
        changed = {name: replace(self.variables[name], equation=tree) for name, tree in equations.items()}
        return replace(self, variables={**self.variables, **changed})
