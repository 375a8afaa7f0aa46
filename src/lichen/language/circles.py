"""Values that read each other: in which order they are understood, and the circles that cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from lichen.language.meaning import Meaning
from lichen.language.scope import Standing
from lichen.relationship.formula import Call, Name, Tree, children, walk
from lichen.relationship.order import sorted_out
from lichen.relationship.value import Value

Understand: TypeAlias = Callable[[str], bool]
"""Takes up the value of a name; False when it is not known yet what it counts."""


def understand_in_turn(
    meaning: Meaning,
    values: Mapping[str, Value | None],
    understand: Understand,
    repair: Callable[[list[str]], str],
) -> list[str]:
    """Understand each value after those that it reads; the names of which it stays unknown what they count.

    A circle in one instant is a problem that shows it. Circles through `delay` or `smooth` take more than one look,
    until nothing new is known, and a last one, which holds each value against what was not known when it was looked at.
    """
    trees = {name: value.tree if value is not None else None for name, value in values.items()}
    _, circles = sorted_out(_edges_among(trees, instant=True))
    order, delayed = sorted_out(_edges_among(trees, instant=False))
    for circle in circles:
        fact = f"These read each other in the same instant: {_shown(circle)}."
        if len(circle) == 1:
            fact = f"`{circle[0]}` reads itself."
        _report(meaning, circle, values, fact, repair(circle))
    tangled = {name for circle in circles for name in circle}
    names = [name for name in order if values[name] is not None and name not in tangled]
    left, seen = names, list[str]()
    while left != seen:
        seen, left = left, [name for name in left if not understand(name)]
    for name in names if delayed else ():
        understand(name)
    return left


def report_untold(meaning: Meaning, left: Mapping[str, Value], standing: Callable[[str], Standing], unit: str) -> None:
    """A problem for values that read only each other as they were, so that nothing says what they count."""
    unknown = {
        name: meaning.untold(value.tree, standing(name)) for name, value in left.items() if value.tree is not None
    }
    while open_ended := [name for name, read in unknown.items() if not read <= unknown.keys()]:
        for name in open_ended:  # it rests on what a side keeps to itself, or on what is wrong already
            del unknown[name]
    for circle in sorted_out({name: tuple(sorted(read)) for name, read in unknown.items()})[1]:
        fact = f"Nothing says what these count, since they read only each other as they were: {_shown(circle)}."
        if len(circle) == 1:
            fact = f"Nothing says what `{circle[0]}` counts: it reads only itself as it was."
        repair = f"Add an amount with its unit: `0 {unit} + delay({circle[-1]}, 1 week)`."
        _report(meaning, circle, left, fact, repair)


def _shown(circle: list[str]) -> str:
    return " → ".join(f"`{name}`" for name in [*circle, circle[0]])


def _report(meaning: Meaning, circle: list[str], values: Mapping[str, Value | None], fact: str, repair: str) -> None:
    """A problem at the first of a circle, with the places of the others."""
    paths = {name: value.path for name, value in values.items() if value is not None}
    following = [*circle[1:], circle[0]]
    others = [
        meaning.draft.excerpt(paths[name], f"reads `{after}`") for name, after in zip(circle, following, strict=True)
    ][1:8]
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


def _edges_among(trees: Mapping[str, Tree | None], *, instant: bool) -> dict[str, tuple[str, ...]]:
    """What each name reads of the others: in the same instant, or at all."""
    edges = {}
    for name, tree in trees.items():
        nodes: Iterable[Tree] = () if tree is None else _instant_names(tree) if instant else walk(tree)
        read = (node.text for node in nodes if isinstance(node, Name))
        edges[name] = tuple(dict.fromkeys(other for other in read if other in trees))
    return edges
