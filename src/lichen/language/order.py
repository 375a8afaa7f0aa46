"""The order in which names that read each other are worked out, and the circles that have none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lichen.relationship.formula import Call, Name, Tree, children, walk


def instant_names(tree: Tree) -> Iterator[Name]:
    """Every name that a formula reads in the same instant: not what it reads through `delay` or `smooth`."""
    if isinstance(tree, Name):
        yield tree
    elif isinstance(tree, Call) and tree.function in ("delay", "smooth"):
        yield from instant_names(tree.arguments[1])
    elif not (isinstance(tree, Call) and tree.function in ("agreed", "balance")):
        for child in children(tree):
            yield from instant_names(child)


def edges_among(trees: Mapping[str, Tree | None], *, instant: bool) -> dict[str, tuple[str, ...]]:
    """What each name reads of the others: in the same instant, or at all."""
    edges = {}
    for name, tree in trees.items():
        nodes: Iterable[Tree] = () if tree is None else instant_names(tree) if instant else walk(tree)
        read = (node.text for node in nodes if isinstance(node, Name))
        edges[name] = tuple(dict.fromkeys(other for other in read if other in trees))
    return edges


def sorted_out(edges: Mapping[str, tuple[str, ...]]) -> tuple[list[str], list[list[str]]]:
    """The names in an order in which each follows what it reads, and one circle for each tangle.

    A circle is a list of names, each reading the next, the last reading the first.
    """
    done: dict[str, bool] = {}
    order: list[str] = []
    circles: list[list[str]] = []
    tangled: set[str] = set()
    for start in edges:
        if start in done:
            continue
        path, pending = [start], [iter(edges[start])]
        done[start] = False
        while path:
            following = next(pending[-1], None)
            if following is None:
                done[path[-1]] = True
                order.append(path.pop())
                pending.pop()
            elif following not in done:
                done[following] = False
                path.append(following)
                pending.append(iter(edges[following]))
            elif not done[following]:
                circle = path[path.index(following) :]
                if not tangled & set(circle):
                    circles.append(circle)
                tangled |= set(circle)
    return order, circles
