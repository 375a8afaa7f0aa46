"""From the text of an XMILE file to its model. OASIS, XML Interchange Language for System Dynamics 1.0 (2015)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias, final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

from lichen.language.limits import MAX_STEPS
from lichen.language.xmile.equations import GRAPH, NotCarried, identifier, parse
from lichen.language.xmile.model import Graph, Kind, Model, Variable
from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Tree, Unary, children

MOST_VARIABLES, MOST_NESTED = 2_000, 9
"""Of a model whose modules are written out, and of modules within modules."""
LONGEST = 1e12
"""A model runs for at most so many units of its time, and a step is at least so small a part of one."""
_KEPT = frozenset({"time", "dt", "starttime", "stoptime", "pi"})
_NO_STOCKS = ("conveyor", "queue", "oven")
_UNREAD = ("multiplier", "leak", "overflow")
Named: TypeAlias = Callable[[str], str]
"""What a name within a model is called in the whole."""


def read_model(text: str | bytes) -> Model | str:
    """The model in a file; another text says why there is none."""
    builder, parser = TreeBuilder(), ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(text, True)
    except (ExpatError, ValueError, LookupError) as wrong:  # the last: an encoding that nobody knows
        return f"it is no XML: {wrong}"
    root = builder.close()
    if _tag(root) != "xmile":
        return f"it is `{_tag(root)}`, not `xmile`"
    try:
        return _Reading(root).model()
    except _TooMany:
        return f"it holds more than {MOST_VARIABLES:,} variables, its modules written out"


def _refuse(*declared: object) -> None:
    """A declared document type is how a small file grows without end."""
    raise ValueError("it declares a document type, and a model needs none")


@final
class _TooMany(Exception):
    """More variables and modules than a model may have."""


@final
class _Reading:
    def __init__(self, root: Element) -> None:
        self.root = root
        self.models = {identifier(model.get("name", "")): model for model in _children(root, "model")}
        self.left_out: list[str] = []
        self.variables: dict[str, Variable] = {}
        self.graphs: dict[str, Graph] = {}
        self.seen: set[str] = set()
        self.taken = 0

    def model(self) -> Model | str:
        """The whole model."""
        specs = _child(self.root, "sim_specs")
        times = self._times(specs)
        if isinstance(times, str):
            return times
        main = self.models.get("") or next(iter(self.models.values()), None)
        if main is None:
            return "it holds no model"
        self._take(main, "", {}, 0)
        start, stop, step = times
        return Model(
            name=_text(_child(self.root, "header"), "name") or "A model",
            start=start,
            stop=stop,
            step=step,
            unit=(specs.get("time_units", "") if specs is not None else "").strip(),
            variables=self._with_flows(),
            graphs=self.graphs,
            left_out=tuple(self.left_out),
        )

    def _times(self, specs: Element | None) -> tuple[float, float, float] | str:
        """When the model starts and stops, and its step, doubled until a run can take so many."""
        try:
            start, stop = (float(_text(specs, tag)) for tag in ("start", "stop"))
            step = float(_text(specs, "dt") or 1.0)
        except ValueError:
            return "its `sim_specs` do not say when it starts and stops"
        given = _child(specs, "dt")
        step = 1 / step if given is not None and given.get("reciprocal") == "true" and step else step
        if not (1 / LONGEST <= step <= LONGEST and 0 < stop - start <= LONGEST and math.isfinite(start)):
            return "its `sim_specs` say no time that passes"
        method = specs.get("method", "Euler") if specs is not None else "Euler"
        if method.strip().lower() != "euler":
            self.left_out.append(f"sim_specs: the method {method}; it runs one step after the other, by Euler")
        longer = step
        while (stop - start) / longer * (1 + 1e-12) > MAX_STEPS:
            longer *= 2
        if longer > step:
            self.left_out.append(f"sim_specs: a dt of {step:g}, which makes more than {MAX_STEPS:,} steps; {longer:g}")
        return start, stop, longer

    def _take(self, model: Element, within: str, given: Mapping[str, str], depth: int) -> None:
        """The variables of a model; `given` are names that stand for variables outside it."""
        variables = _child(model, "variables")
        own = {identifier(v.get("name", "")) for v in _children(variables, "stock", "flow", "aux", "gf", "module")}
        bounded = self._bounded(model)

        def full(name: str) -> str:
            if name in given:
                return given[name]
            first = name.partition(".")[0]
            return f"{within}{name}" if name in own or first in own else name

        for element in variables if variables is not None else ():
            self.taken += 1
            if self.taken > MOST_VARIABLES:
                raise _TooMany
            short = identifier(element.get("name", ""))
            name, kind = within + short, _tag(element)
            if short in given:
                continue
            if not short or short in _KEPT or name in self.seen:
                self.left_out.append(f"{name or 'a variable'}: {_why_not(short)}")
                continue
            self.seen.add(name)
            if kind == "module":
                self._module(element, name, full, depth)
            elif _child(element, "dimensions") is not None or _child(element, "element") is not None:
                self._leave(name, "arrays")
            elif kind == "gf":
                self._graph(element, name)
            elif kind in ("stock", "flow", "aux"):
                self._variable(element, name, full, non_negative=kind in bounded)
            else:
                self.left_out.append(f"{name}: {kind}")

    def _bounded(self, model: Element) -> frozenset[str]:
        """The kinds that stay at 0 or above where a variable says nothing else: the model says so, or the file."""
        behaviors = (_child(place, "behavior") for place in (model, self.root))
        behavior = next((found for found in behaviors if found is not None), None)
        overall = _flag(behavior, "non_negative", absent=False)
        kinds = ("stock", "flow")
        return frozenset(kind for kind in kinds if _flag(_child(behavior, kind), "non_negative", absent=overall))

    def _module(self, element: Element, name: str, full: Named, depth: int) -> None:
        model = identifier(element.get("model", "") or element.get("name", ""))
        if model not in self.models:
            self.left_out.append(f"{name}: the module is not in the file")
            return
        if depth == MOST_NESTED:
            self.left_out.append(f"{name}: modules more than {MOST_NESTED} deep in each other")
            return
        inputs = {}
        for link in _children(element, "connect"):
            inputs[identifier(link.get("to", "")).rpartition(".")[2]] = full(
                identifier(link.get("from", "")).lstrip(".")
            )
        self._take(self.models[model], f"{name}.", inputs, depth + 1)

    def _variable(self, element: Element, name: str, full: Named, *, non_negative: bool) -> None:
        kind: Kind = "stock" if _tag(element) == "stock" else "flow" if _tag(element) == "flow" else "aux"
        bounded = _flag(element, "non_negative", absent=non_negative)
        try:
            equation = renamed(parse(_text(element, "eqn")), full)
            graph = _points(_child(element, "gf"))
            if graph is not None:
                self.graphs[name] = graph
                equation = Call(GRAPH + name, (equation,))
        except NotCarried as wrong:
            self.left_out.append(f"{name}: {wrong}; it counts as 0")
            equation = Number(0.0)
        if any(_child(element, tag) is not None for tag in _NO_STOCKS):
            self.left_out.append(f"{name}: that it is a conveyor, queue or oven; it is an ordinary stock")
        for unread in _children(element, *_UNREAD):
            self.left_out.append(f"{name}: its {_tag(unread)}")
        self.variables[name] = Variable(
            kind=kind,
            title=" ".join(element.get("name", "").replace("\\n", " ").replace("_", " ").split()),
            equation=Call("max", (equation, Number(0.0))) if kind == "flow" and bounded else equation,
            inflows=_named(element, "inflow", full) if kind == "stock" else (),
            outflows=_named(element, "outflow", full) if kind == "stock" else (),
            non_negative=bounded and kind == "stock",
        )

    def _graph(self, element: Element, name: str) -> None:
        try:
            graph = _points(element)
        except NotCarried as wrong:
            self.left_out.append(f"{name}: {wrong}")
            return
        if graph is not None:
            self.graphs[name] = graph

    def _leave(self, name: str, why: str) -> None:
        self.left_out.append(f"{name}: {why}; it counts as 0")
        self.variables[name] = Variable(kind="aux", title=name, equation=Number(0.0))

    def _with_flows(self) -> Mapping[str, Variable]:
        """Every variable; what a stock names as its flow is one, and what is none is left out."""
        found = {
            name: replace(v, inflows=self._known(name, v.inflows), outflows=self._known(name, v.outflows))
            for name, v in self.variables.items()
        }
        moving = {flow for variable in found.values() for flow in (*variable.inflows, *variable.outflows)}
        return {name: replace(v, kind="flow") if name in moving else v for name, v in found.items()}

    def _known(self, stock: str, named: tuple[str, ...]) -> tuple[str, ...]:
        flows = tuple(name for name in named if name in self.variables and self.variables[name].kind != "stock")
        for name in named:
            if name not in flows:
                self.left_out.append(f"{stock}: its flow `{name}`, which is no flow of the model")
        return flows


def _why_not(name: str) -> str:
    if not name:
        return "it has no name"
    return "XMILE keeps this name for itself" if name in _KEPT else "a second variable of this name; the first counts"


def _tag(element: Element) -> str:
    return element.tag.removeprefix("xmile:")


def _children(element: Element | None, *tags: str) -> Iterator[Element]:
    yield from (child for child in (element if element is not None else ()) if _tag(child) in tags)


def _child(element: Element | None, tag: str) -> Element | None:
    return next(_children(element, tag), None)


def _text(element: Element | None, tag: str) -> str:
    found = _child(element, tag)
    return (found.text or "").strip() if found is not None else ""


def _flag(element: Element | None, tag: str, *, absent: bool) -> bool:
    found = _child(element, tag)
    return absent if found is None else "false" not in (found.text or "").lower()


def _named(element: Element, tag: str, full: Named) -> tuple[str, ...]:
    """The flows of a stock, each once, in the order of the file."""
    return tuple(dict.fromkeys(full(identifier(flow.text or "")) for flow in _children(element, tag)))


def _points(element: Element | None) -> Graph | None:
    """The points of a graphical function."""
    if element is None:
        return None
    ys, xs = (_numbers(_child(element, tag)) for tag in ("ypts", "xpts"))
    scale = _child(element, "xscale")
    if not xs and scale is not None and len(ys) > 1:
        low, high = (_number(scale.get(end, "")) for end in ("min", "max"))
        xs = [low + (high - low) * place / (len(ys) - 1) for place in range(len(ys))]
    if not ys or len(xs) != len(ys):
        raise NotCarried("its graph has not as many x as y")
    return Graph(
        points=tuple(sorted(zip(xs, ys, strict=True))),
        stepped=element.get("type") == "discrete" or element.get("discrete") == "true",
        extrapolated=element.get("type") == "extrapolate",
    )


def _numbers(element: Element | None) -> list[float]:
    if element is None or not (element.text or "").strip():
        return []
    return [_number(word) for word in (element.text or "").split(element.get("sep", ",").strip() or None)]


def _number(word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise NotCarried(f"`{word.strip()[:20]}` in its graph, which is no number")
    return number


def renamed(tree: Tree, full: Named) -> Tree:
    """A formula with every name, also of a graph, in full."""
    match tree:
        case Name():
            return Name((full(tree.text),))
        case Call(function=function):
            graph = function.removeprefix(GRAPH)
            return Call(
                function if graph == function else GRAPH + full(graph),
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
