"""A relationship as an XMILE model: stocks, flows and auxiliaries that PySD, Simlin or Stella run to the same figures.

The world stands at its mean and nobody leaves. Time is in days since the start, one step at a time (Euler); amounts are
in base units, rates per day. Every member of a group stands by itself, and every step of a delay is a stock. OASIS,
XML Interchange Language for System Dynamics 1.0 (2015).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import final
from xml.etree.ElementTree import Comment, Element, SubElement, indent, tostring

from lichen.relationship.formula import Number, Tree, walk
from lichen.relationship.relationship import Relationship
from lichen.show.formats.equations import equation, figure, identifiers, is_expressible, reference
from lichen.show.map.words import plain
from lichen.simulation.dynamics.model import About, Dynamics
from lichen.simulation.dynamics.stock_flow import dynamics_of

_NAMESPACE = "http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"
MOST_VARIABLES = 5_000
"""At most so many stocks, flows and auxiliaries are written out."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The text of a model, and what of the relationship it does not hold, for people."""

    text: str
    left_out: tuple[str, ...]


def xmile(relationship: Relationship) -> Written | str:
    """The model of a relationship; a text says why there is none."""
    dynamics = dynamics_of(relationship)
    if isinstance(dynamics, str):
        return dynamics
    variables = len(dynamics.stocks) + len(dynamics.formulas) + len(dynamics.courses)
    variables += sum(2 * delay.steps + 1 for delay in dynamics.delays.values())
    if variables > MOST_VARIABLES:
        return (
            f"it would hold {variables:,} variables; at most {MOST_VARIABLES:,} are written out. "
            "Let one member stand for several, or write a longer step"
        )
    unknown = [name for name, tree in dynamics.formulas.items() if _is_unknown(tree)]
    unknown += [name for name, stock in dynamics.stocks.items() if math.isnan(stock.initial)]
    if unknown:
        return f"{unknown[0]} cannot be computed: a figure is kept private without a range, or a floor is missing"
    return _Writing(relationship, dynamics).model()


def _is_unknown(tree: Tree) -> bool:
    return any(isinstance(node, Number) and math.isnan(node.value) for node in walk(tree))


@final
class _Writing:
    def __init__(self, relationship: Relationship, dynamics: Dynamics) -> None:
        self.relationship, self.dynamics = relationship, dynamics
        self.identifier = names_in_model(dynamics)
        self.moving = {name for s in dynamics.stocks.values() for name in (*s.inflows, *s.outflows)}
        self.step = figure(dynamics.step_days)

    def model(self) -> Written:
        """The whole text."""
        left_out = tuple(self._left_out())
        root = Element("xmile", version="1.0", xmlns=_NAMESPACE)
        root.append(Comment(_comment(self.relationship, left_out)))
        header = SubElement(root, "header")
        SubElement(header, "vendor").text = "lichen"
        SubElement(header, "product", version="1.0").text = "lichen"
        SubElement(header, "name").text = plain(self.relationship.name)
        specs = SubElement(root, "sim_specs", method="Euler", time_units="day")
        SubElement(specs, "start").text = "0"
        SubElement(specs, "stop").text = repr(self.dynamics.steps * self.dynamics.step_days)
        SubElement(specs, "dt").text = repr(self.dynamics.step_days)
        variables = SubElement(SubElement(root, "model"), "variables")
        for element in self._variables():
            variables.append(element)
        indent(root)
        return Written(
            text=f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n', left_out=left_out
        )

    def _variables(self) -> Iterator[Element]:
        for name, stock in self.dynamics.stocks.items():
            yield self._stock(name, figure(stock.initial), stock.inflows, stock.outflows)
        for name, course in self.dynamics.courses.items():
            yield self._course(name, course)
        first = self._first()
        for name, tree in self.dynamics.formulas.items():
            held = None if is_expressible(tree) else figure(first[name])
            kind = "flow" if name in self.moving else "aux"
            yield self._defined(kind, name, held or equation(tree, self.identifier))
        for name, delay in self.dynamics.delays.items():
            before = delay.of
            for turn in range(1, delay.steps + 1):
                stage = _stage(name, turn)
                passing = f"{stage} passing"
                difference = f"({self._read(before)} - {self._read(stage)})"
                yield self._stock(stage, figure(delay.before), (passing,), ())
                yield self._defined("flow", passing, f"({difference} / {self.step})")
                before = stage
            yield self._defined("aux", name, self._read(before))

    def _first(self) -> Mapping[str, float]:
        """Every variable at the start, where one of them has no equation."""
        if all(map(is_expressible, self.dynamics.formulas.values())):
            return {}
        return self.dynamics.run()[0]

    def _read(self, name: str) -> str:
        return reference(self.identifier[name])

    def _defined(self, kind: str, name: str, said: str) -> Element:
        element = Element(kind, name=self.identifier[name])
        about = self.dynamics.about.get(name)
        SubElement(element, "doc").text = plain(name if about is None else self._words(about))
        SubElement(element, "eqn").text = said
        return element

    def _stock(self, name: str, initial: str, inflows: tuple[str, ...], outflows: tuple[str, ...]) -> Element:
        element = self._defined("stock", name, initial)
        for side, flows in (("inflow", inflows), ("outflow", outflows)):
            for flow in flows:
                SubElement(element, side).text = self._read(flow)
        return element

    def _course(self, name: str, course: tuple[float, ...]) -> Element:
        element = self._defined("aux", name, "TIME")
        graph = SubElement(element, "gf")
        SubElement(graph, "xpts").text = ",".join(repr(k * self.dynamics.step_days) for k in range(len(course)))
        SubElement(graph, "ypts").text = ",".join(map(repr, course))
        return element

    def _words(self, about: About) -> str:
        parties, flows = self.relationship.parties, self.relationship.flows
        match about.role:
            case "capacity":
                said = f"{parties[about.owner].title}: {about.what}"
            case "headroom":
                said = f"{parties[about.owner].title}: room left"
            case "flow":
                said = flows[about.owner].title
            case _:
                said = about.owner
        return f"{said} ({about.member})" if about.member else said

    def _left_out(self) -> Iterator[str]:
        yield from self.dynamics.held
        for name, tree in self.dynamics.formulas.items():
            if not is_expressible(tree):
                yield f"{name}: the share of members that counts has no equation; it stays as at the start"
        for process in self.relationship.world.values():
            if process.kind not in ("constant", "seasonal", "series"):
                yield f"{process.name}: its chance; it follows its mean"
        rules = self.relationship.rules
        if rules.exit is not None or any(flow.if_lost for flow in self.relationship.flows.values()):
            yield "exit and replacements: nobody leaves"
        if self.relationship.scenarios:
            yield "scenarios: none is in force"


def names_in_model(dynamics: Dynamics) -> Mapping[str, str]:
    """The identifier of every variable of some dynamics, and of every stage of a delay."""
    stages = (_stage(name, turn) for name, delay in dynamics.delays.items() for turn in range(1, delay.steps + 1))
    moving = (name for stage in stages for name in (stage, f"{stage} passing"))
    return identifiers([*dynamics.stocks, *dynamics.delays, *dynamics.courses, *dynamics.formulas, *moving])


def _stage(name: str, turn: int) -> str:
    return f"{name} stage {turn}"


def _comment(relationship: Relationship, left_out: tuple[str, ...]) -> str:
    lines = [
        relationship.name,
        f"From {relationship.time.start} on; time in days, amounts in base units, rates per day.",
        *(["Not in this model:"] if left_out else []),
        *(f"  {line}" for line in left_out),
    ]
    return "\n".join(re.sub("-(?=-)", "- ", plain(line)).rstrip("-") for line in lines)
