"""An XMILE model: its variables with their equations, modules written out, and when it runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

from lichen.language.xmile.equations import CARRIED, NotCarried, identifier, parse
from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Tree, Unary, children

MOST_VARIABLES = 2_000
Kind = Literal["stock", "flow", "aux"]
Named: TypeAlias = Callable[[str], str]
"""What a name within a model is called in the whole."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A graphical function: points with rising x; between them straight lines, or, `stepped`, the value before."""

    points: tuple[tuple[float, float], ...]
    stepped: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable: its equation (of a stock the first value), and what that is put through."""

    kind: Kind
    title: str
    equation: Tree
    graph: Graph | None = None
    inflows: tuple[str, ...] = ()
    outflows: tuple[str, ...] = ()
    non_negative: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A whole model. `left_out`: what could not be read, with the reason; such a variable counts as 0."""

    name: str
    start: float
    stop: float
    step: float
    unit: str
    variables: Mapping[str, Variable]
    graphs: Mapping[str, Graph] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def read_model(text: str) -> Model | str:
    """The model in a text; another text says why there is none."""
    builder, parser = TreeBuilder(), ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(text, True)
    except (ExpatError, ValueError) as wrong:
        return f"it is no XML: {wrong}"
    root = builder.close()
    if _tag(root) != "xmile":
        return f"it is `{_tag(root)}`, not `xmile`"
    return _Reading(root).model()


def _refuse(*declared: object) -> None:
    """A declared document type is how a small file grows without end."""
    raise ValueError("it declares a document type, and a model needs none")


def _tag(element: Element) -> str:
    return element.tag.removeprefix("xmile:")


def _children(element: Element | None, *tags: str) -> Iterator[Element]:
    yield from (child for child in (element if element is not None else ()) if _tag(child) in tags)


def _child(element: Element | None, tag: str) -> Element | None:
    return next(_children(element, tag), None)


def _text(element: Element | None, tag: str) -> str:
    found = _child(element, tag)
    return (found.text or "").strip() if found is not None else ""


@final
class _Reading:
    def __init__(self, root: Element) -> None:
        self.root = root
        self.models = {identifier(model.get("name", "")): model for model in _children(root, "model")}
        self.left_out: list[str] = []
        self.variables: dict[str, Variable] = {}
        self.graphs: dict[str, Graph] = {}
        behavior = _child(_child(root, "behavior"), "stock")
        self.bounded = behavior is not None and _flag(behavior, "non_negative", absent=False)

    def model(self) -> Model | str:
        """The whole model."""
        specs = _child(self.root, "sim_specs")
        try:
            start, stop = (float(_text(specs, tag)) for tag in ("start", "stop"))
            step = float(_text(specs, "dt") or 1.0)
        except ValueError:
            return "its `sim_specs` do not say when it starts and stops"
        given = _child(specs, "dt")
        step = 1 / step if given is not None and given.get("reciprocal") == "true" and step else step
        if not (all(map(math.isfinite, (start, stop, step))) and stop > start and step > 0):
            return "its `sim_specs` say no time that passes"
        main = self.models.get("") or next(iter(self.models.values()), None)
        if main is None:
            return "it holds no model"
        if sum(1 for _ in self.root.iter()) > 50 * MOST_VARIABLES:
            return f"it holds more than {MOST_VARIABLES:,} variables"
        self._take(main, "", {})
        return Model(
            name=_text(_child(self.root, "header"), "name") or "A model",
            start=start,
            stop=stop,
            step=step,
            unit=(specs.get("time_units", "") if specs is not None else "").lower(),
            variables=self.variables,
            graphs=self.graphs,
            left_out=tuple(self.left_out),
        )

    def _take(self, model: Element, within: str, given: Mapping[str, str]) -> None:
        """The variables of a model; `given` are names that stand for variables outside it."""
        variables = _child(model, "variables")
        own = {identifier(v.get("name", "")) for v in _children(variables, "stock", "flow", "aux", "gf", "module")}

        def full(name: str) -> str:
            if name in given:
                return given[name]
            first = name.partition(".")[0]
            return f"{within}{name}" if name in own or first in own else name

        for element in variables if variables is not None else ():
            name = identifier(element.get("name", ""))
            if not name or name in given:
                continue
            if _tag(element) == "module":
                self._module(element, within, full)
            elif _child(element, "dimensions") is not None or _child(element, "element") is not None:
                self._leave(within + name, "arrays")
            elif _tag(element) == "gf":
                self._graph(element, within + name)
            elif _tag(element) in ("stock", "flow", "aux"):
                self._variable(element, within + name, full)
            else:
                self.left_out.append(f"{within}{name}: {_tag(element)}")

    def _module(self, element: Element, within: str, full: Named) -> None:
        name = identifier(element.get("model", "") or element.get("name", ""))
        if name not in self.models or within.count(".") > 8:
            self.left_out.append(f"{within}{name}: the module is not in the file")
            return
        inside = f"{within}{identifier(element.get('name', ''))}."
        inputs = {}
        for link in _children(element, "connect"):
            inputs[identifier(link.get("to", "")).rpartition(".")[2]] = full(
                identifier(link.get("from", "")).lstrip(".")
            )
        self._take(self.models[name], inside, inputs)

    def _variable(self, element: Element, name: str, full: Named) -> None:
        kind: Kind = "stock" if _tag(element) == "stock" else "flow" if _tag(element) == "flow" else "aux"
        try:
            graph = _points(_child(element, "gf"))
            equation = renamed(parse(_text(element, "eqn")), full)
        except (NotCarried, ValueError) as wrong:
            self._leave(name, str(wrong))
            graph, equation = None, Number(0.0)
        if any(_child(element, tag) is not None for tag in ("conveyor", "queue", "oven")):
            self.left_out.append(f"{name}: that it is a conveyor, queue or oven; it is an ordinary stock")
        self.variables[name] = Variable(
            kind=kind,
            title=" ".join(element.get("name", "").replace("\\n", " ").replace("_", " ").split()),
            equation=equation,
            graph=graph,
            inflows=tuple(full(identifier(flow.text or "")) for flow in _children(element, "inflow")),
            outflows=tuple(full(identifier(flow.text or "")) for flow in _children(element, "outflow")),
            non_negative=_flag(element, "non_negative", absent=self.bounded and kind == "stock"),
        )

    def _graph(self, element: Element, name: str) -> None:
        try:
            graph = _points(element)
        except ValueError as wrong:
            self.left_out.append(f"{name}: {wrong}")
            return
        if graph is not None:
            self.graphs[name] = graph

    def _leave(self, name: str, why: str) -> None:
        self.left_out.append(f"{name}: {why}")
        self.variables.setdefault(name, Variable(kind="aux", title=name, equation=Number(0.0)))


def _flag(element: Element, tag: str, *, absent: bool) -> bool:
    found = _child(element, tag)
    return absent if found is None else "false" not in (found.text or "").lower()


def _points(element: Element | None) -> Graph | None:
    """The points of a graphical function."""
    if element is None:
        return None
    ys, xs = (_numbers(_child(element, tag)) for tag in ("ypts", "xpts"))
    scale = _child(element, "xscale")
    if not xs and scale is not None and len(ys) > 1:
        low, high = float(scale.get("min", "")), float(scale.get("max", ""))
        xs = [low + (high - low) * place / (len(ys) - 1) for place in range(len(ys))]
    if not ys or len(xs) != len(ys) or not all(map(math.isfinite, (*xs, *ys))):
        raise ValueError("its graph has not as many x as y")
    stepped = element.get("type") == "discrete" or element.get("discrete") == "true"
    return Graph(points=tuple(sorted(zip(xs, ys, strict=True))), stepped=stepped)


def _numbers(element: Element | None) -> list[float]:
    if element is None or not element.text:
        return []
    return [float(number) for number in element.text.split(element.get("sep", ","))]


def renamed(tree: Tree, full: Named) -> Tree:
    """A formula with every name, also of a graph, in full."""
    match tree:
        case Name():
            return Name((full(tree.text),))
        case Call(function=function):
            return Call(
                function if function in CARRIED else full(function),
                tuple(renamed(argument, full) for argument in tree.arguments),
            )
        case Unary():
            return Unary(tree.operator, renamed(tree.operand, full))
        case Binary():
            return Binary(tree.operator, renamed(tree.left, full), renamed(tree.right, full))
        case Conditional():
            condition, then, otherwise = (renamed(part, full) for part in children(tree))
            return Conditional(condition, then, otherwise)
        case _:
            return tree
