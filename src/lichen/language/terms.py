"""Terms, and values that read each other in general."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lichen.language.meaning import CONSTANT, Meaning
from lichen.language.scope import Standing
from lichen.relationship.formula import Call, Name, Number, Tree, children, walk
from lichen.relationship.order import sorted_out
from lichen.relationship.rules import Term
from lichen.relationship.value import Value


def read_terms(meaning: Meaning, sections: Mapping[str, Any]) -> dict[str, Term]:
    """Every term; its value is made of numbers and other terms."""
    values = {name: said if isinstance(said, Value) else (said or {}).get("value") for name, said in sections.items()}
    found = settle(meaning, values, "term", Standing(where="a term", reads=frozenset({"term"})))
    terms = {}
    for name, said in sections.items():
        value = found.get(name) or Value(tree=None, path=f"terms.{name}")
        meaning.terms[name] = value.tree if value.tree is not None else Number(float("nan"))
        section = said if isinstance(said, dict) else {}
        agreed_by = section.get("agreed_by")
        agreed = [
            (f"terms.{name}.agreed_by.{i}", p) for i, p in enumerate(agreed_by if isinstance(agreed_by, list) else [])
        ]
        for path, party in [(f"terms.{name}.set_by", section.get("set_by")), *agreed]:
            if party is not None:
                meaning.known(path, party, meaning.scope.parties, "party")
        terms[name] = Term(
            name=name,
            value=value,
            between=_between(meaning, name, value, section.get("between")),
            set_by=section.get("set_by"),
            agreed_by=(agreed_by,)
            if isinstance(agreed_by, str)
            else tuple(agreed_by)
            if agreed_by is not None
            else None,
        )
    for name in [n for n, t in terms.items() if t.value.tree is None]:
        del meaning.terms[name]
    return terms


def _between(meaning: Meaning, name: str, value: Value, said: list[Value] | None) -> tuple[Value, Value] | None:
    path = f"terms.{name}.between"
    if said is None:
        return None
    if len(said) != 2:
        if meaning.draft.count(path) != 2:
            meaning.draft.report(
                path, "`between` takes two values, the lower and the upper limit.", "Write `[low, high]`."
            )
        return None
    dimension = meaning.counted(value)
    other = (value.path, f"the term: {dimension}") if dimension is not None else None
    ends = [meaning.value(end, "A limit", dimension, CONSTANT, other) for end in said]
    low, high = ends
    if low is None or high is None:
        return None
    bottom, top, at = (meaning.bounds(v.tree) if v.tree is not None else None for v in (low, high, value))
    if bottom and top and bottom[0] > top[1]:
        meaning.draft.report(path, "The upper limit lies below the lower one.", "Write the lower limit first.")
    elif bottom and top and at and not (bottom[0] <= at[1] and at[0] <= top[1]):
        meaning.draft.report(
            value.path,
            f"The term lies outside its own limits: {value.text} is not between {low.text} and {high.text}.",
            "Move the limits, or the value.",
            others=[meaning.draft.excerpt(path, "the limits")],
        )
    return (low, high)


def settle(meaning: Meaning, values: Mapping[str, Value | None], kind: Any, standing: Standing) -> dict[str, Value]:
    """Values that read each other, each understood after those that it reads; a circle is a problem that shows it."""
    for name in values:
        meaning.scope.add((name,), kind, None)
    trees = {name: value.tree if value is not None else None for name, value in values.items()}
    _, circles = sorted_out(edges_among(trees, instant=True))
    order, _ = sorted_out(edges_among(trees, instant=False))
    paths = {name: value.path for name, value in values.items() if value}
    for circle in circles:
        report_circle(meaning, circle, paths, "There is no first one to work out.")
    tangled = {name for circle in circles for name in circle}
    found: dict[str, Value] = {}
    for name in order:
        value = values[name]
        if value is None or name in tangled:
            continue
        understood = meaning.value(value, f"`{name}`", None, standing)
        if understood is not None:
            found[name] = understood
            meaning.scope.add((name,), kind, meaning.counted(understood))
    return found


def report_circle(meaning: Meaning, circle: list[str], paths: Mapping[str, str], repair: str) -> None:
    """A problem that shows names which need each other in the same instant."""
    shown = " → ".join(f"`{name}`" for name in [*circle, circle[0]])
    following = [*circle[1:], circle[0]]
    others = [
        meaning.draft.excerpt(paths[name], f"reads `{after}`") for name, after in zip(circle, following, strict=True)
    ][1:8]
    fact = (
        f"`{circle[0]}` reads itself." if len(circle) == 1 else f"These read each other in the same instant: {shown}."
    )
    meaning.draft.report(paths[circle[0]], fact, repair, others=others)


def _instant_names(tree: Tree) -> Iterator[Name]:
    """Every name that a formula reads in the same instant: not what it reads through `delay` or `smooth`."""
    if isinstance(tree, Name):
        yield tree
    elif isinstance(tree, Call) and tree.function in ("delay", "smooth"):
        yield from _instant_names(tree.arguments[1])
    elif not (isinstance(tree, Call) and tree.function in ("agreed", "balance")):
        for child in children(tree):
            yield from _instant_names(child)


def edges_among(trees: Mapping[str, Tree | None], *, instant: bool) -> dict[str, tuple[str, ...]]:
    """What each name reads of the others: in the same instant, or at all."""
    edges = {}
    for name, tree in trees.items():
        nodes: Iterable[Tree] = () if tree is None else _instant_names(tree) if instant else walk(tree)
        read = (node.text for node in nodes if isinstance(node, Name))
        edges[name] = tuple(dict.fromkeys(other for other in read if other in trees))
    return edges
