"""Formulas of the slow simulator: one tree, one place, one moment, one float.

A *place* says of whom a formula speaks: of nobody in particular, of a member of a group, or of a link of a flow. What a
name stands for is the moment's business (`slow_moment.py`); everything that is arithmetic stands here.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from lichen.relationship.flow import Flow
from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Spread, Tree, Unary, children, walk

if TYPE_CHECKING:
    from tests.oracles.slow_moment import Moment

REDUCTIONS = ("sum", "mean", "quantile", "least", "share")


class Place(NamedTuple):
    """The members a formula speaks of as (group, index), the link as (flow, index), and whose value the formula is.

    `home` numbers the draws of its ranges: the member or link whose value it is, or None. A reduction moves `members`,
    never `home`.
    """

    members: tuple[tuple[str, int], ...] = ()
    link: tuple[str, int] | None = None
    home: int | None = None

    def member(self, group: str) -> int | None:
        return dict(self.members).get(group)

    def at(self, *members: tuple[str, int]) -> Place:
        """The same place with other members bound."""
        return self._replace(members=tuple({**dict(self.members), **dict(members)}.items()))


NOWHERE = Place()


def member_place(group: str, index: int) -> Place:
    return Place(((group, index),), home=index)


def evaluate(tree: Tree | None, place: Place, now: Moment) -> float:
    """The value of a formula; NaN where somebody keeps it to itself."""
    match tree:
        case None:
            return math.nan
        case Number(value=value):
            return value
        case Spread(key=key):
            return now.run.spread(key, place.home)
        case Name(parts=parts):
            return now.read(parts, place)
        case Unary(operator="-", operand=operand):
            return -evaluate(operand, place, now)
        case Unary(operand=operand):
            return float(not evaluate(operand, place, now))
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return evaluate(then if evaluate(condition, place, now) else otherwise, place, now)
        case Binary(operator=sign, left=left, right=right):
            return binary(sign, evaluate(left, place, now), evaluate(right, place, now), now)
        case Call():
            return call(tree, place, now)
    raise AssertionError(tree)


def binary(sign: str, x: float, y: float, now: Moment) -> float:
    """Arithmetic; truth is 1 or 0."""
    return divide(x, y, now) if sign == "/" else float(OPERATORS[sign](x, y))


def divide(x: float, y: float, now: Moment) -> float:
    """Division by zero is an error of the run; in an experiment 0/0 counts as 0."""
    if y == 0 and x == 0 and now.run.experiment is not None:
        return 0.0
    return x / y


def power(x: float, y: float) -> float:
    return math.nan if x < 0 and y != int(y) else x**y


OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "**": power,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "and": lambda x, y: bool(x) and bool(y),
    "or": lambda x, y: bool(x) or bool(y),
}


def call(tree: Call, place: Place, now: Moment) -> float:
    """The functions of the page, one after the other."""
    name, arguments = tree.function, tree.arguments
    if name == "delay":
        return delayed(arguments[0], evaluate(arguments[1], place, now), place, now)
    if name == "smooth":
        return smoothed(tree, place, now)
    if name in REDUCTIONS and not (name == "least" and len(arguments) > 1):
        return reduced(tree, place, now)
    if name == "arriving":
        found = arriving_cells(tree, place, now)
        return sum(now.rate(flow.name, cell) * now.gained_weight(flow, cell) for flow, cell in found)
    if name in ("balance", "agreed"):
        argument = arguments[0]
        assert isinstance(argument, Name)
        return now.run.balance.in_formulas(argument.text, now) if name == "balance" else now.agreed(argument.text)
    values = [evaluate(argument, place, now) for argument in arguments]
    if name == "step":
        return float(now.time >= values[0])
    if name == "pulse":
        return float(values[0] <= now.time < values[0] + values[1])
    if name == "season":
        return math.cos(2 * math.pi * (now.time - values[1]) / values[0])
    if name == "saturate":
        return divide(values[0], values[0] + values[1], now) if values[0] >= 0 else 0.0
    return PLAIN_FUNCTIONS[name](*values)


def clip(x: float, low: float, high: float) -> float:
    return min(max(x, low), high)


PLAIN_FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "least": min,
    "clip": clip,
    "abs": abs,
    "exp": math.exp,
    "log": math.log,
    "tanh": math.tanh,
    "sqrt": math.sqrt,
}


def delayed(x: Tree, days: float, place: Place, now: Moment) -> float:
    """`x` as it was some days ago, read from the moment of that time; before the start the first moment's."""
    back = now.run.steps_in(days)
    then = now.run.moments[max(now.k - back, 0)]
    if then is not now:
        return evaluate(x, place, then)
    with now.looking_back():
        return evaluate(x, place, now)


def smoothed(tree: Call, place: Place, now: Moment) -> float:
    """`s += step/t * (x - s)` from `s(0) = x(0)`: the value at step k knows x up to step k - 1."""
    x, t = tree.arguments
    moments = now.run.moments
    if now.k == 0:
        with now.looking_back():
            return evaluate(x, place, now)
    known = now.run.smooth
    if (tree, place, 0) not in known:
        known[tree, place, 0] = evaluate(x, place, moments[0])
    for then in moments[: now.k]:
        if (tree, place, then.k + 1) not in known:
            s = known[tree, place, then.k]
            share = now.run.step / max(evaluate(t, place, then), now.run.step)
            known[tree, place, then.k + 1] = s + share * (evaluate(x, place, then) - s)
    return known[tree, place, now.k]


def reduced(tree: Call, place: Place, now: Moment) -> float:
    """`sum mean quantile least share`: over members, or over links, each by its weight."""
    x = tree.arguments[0]
    pairs = [(evaluate(x, inside, now), weight) for inside, weight in places_inside(x, place, now)]
    if tree.function == "share":
        pairs = [(float(bool(value)), weight) for value, weight in pairs]
    total = sum(weight for _, weight in pairs)
    match tree.function:
        case "sum":
            return sum(value * weight for value, weight in pairs)
        case "mean" | "share":
            return sum(value * weight for value, weight in pairs) / total if total else 0.0
        case "least":
            return quantile(pairs, 0.0)
        case _:
            return quantile(pairs, evaluate(tree.arguments[1], place, now))


def quantile(pairs: list[tuple[float, float]], q: float) -> float:
    """Linear between neighbours; a value stands at the share of all other weight that lies before it.

    With equal weights this is the usual one: the j-th of n values is the (j - 1)/(n - 1) quantile. Who is absent is
    left out.
    """
    present = sorted((value, weight) for value, weight in pairs if weight > 0)
    if not present:
        return 0.0
    if any(math.isnan(value) for value, _ in present):
        return math.nan
    if len(present) == 1:
        return present[0][0]
    total, before, places = sum(weight for _, weight in present), 0.0, []
    for _, weight in present:
        places.append(before / (total - weight))
        before += weight
    for (low, high), (left, right) in zip(pairwise(present), pairwise(places), strict=True):
        if q <= right:
            return low[0] + (high[0] - low[0]) * (q - left) / (right - left)
    return present[-1][0]


def places_inside(x: Tree, place: Place, now: Moment) -> Iterator[tuple[Place, float]]:
    """Where a reduction evaluates its argument, and with which weight: over the group, else over the links it reads."""
    groups, linked = groups_read(x, now)
    if groups:
        first, *others = groups
        names = now.run.members(first)
        for index, name in enumerate(names):
            namesakes = [(g, now.run.members(g).index(name)) for g in others if name in now.run.members(g)]
            yield place.at((first, index), *namesakes), now.presence[first][index]
    else:
        for cell in now.run.cells[linked]:
            yield cell._replace(home=place.home), now.weight(now.run.relationship.flows[linked], cell)


def groups_read(x: Tree, now: Moment) -> tuple[list[str], str]:
    """The groups whose members a formula speaks of, in order, and the first flow along links that it reads."""
    relationship = now.run.relationship
    groups: dict[str, None] = {}
    linked = ""
    receiving = {id(node.arguments[0]) for node in walk(x) if isinstance(node, Call) and node.function == "arriving"}
    for node in own_nodes(x):
        if not isinstance(node, Name):
            continue
        flow = relationship.flows.get(node.text)
        if flow is None:
            groups.update(dict.fromkeys(p for p in node.parts[:1] if now.run.is_group(p)))
        elif id(node) in receiving:
            groups[flow.receiver] = None
        elif flow.along is not None:
            linked = linked or flow.name
        else:
            groups.update(dict.fromkeys(p for p in (flow.giver, flow.receiver) if now.run.is_group(p)))
    return list(groups), linked


def own_nodes(tree: Tree) -> Iterator[Tree]:
    """The nodes of a tree without those inside a reduction or a `balance`: these are one number already."""
    yield tree
    if isinstance(tree, Call) and (tree.function == "balance" or is_reduction(tree)):
        return
    for child in children(tree):
        yield from own_nodes(child)


def is_reduction(tree: Tree) -> bool:
    return (
        isinstance(tree, Call)
        and tree.function in REDUCTIONS
        and (tree.function != "least" or len(tree.arguments) == 1)
    )


def arriving_cells(tree: Call, place: Place, now: Moment) -> list[tuple[Flow, Place]]:
    """The links or cells of `arriving(flow)` that end at the member of this place."""
    argument = tree.arguments[0]
    assert isinstance(argument, Name)
    flow = now.run.relationship.flows[argument.text]
    member = place.member(flow.receiver)
    assert member is not None, f"{flow.name}: arriving where no member of {flow.receiver} is spoken of"
    return [(flow, cell) for cell in now.run.cells[flow.name] if now.run.receiving(flow, cell) == member]
