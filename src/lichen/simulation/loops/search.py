"""Feedback loops in the graph of who moves whom: all of them while they can be counted, else the strongest.

A graph is given as a mapping from each variable to those that read it.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import count
from typing import TypeAlias

Graph: TypeAlias = Mapping[str, tuple[str, ...]]
Loop: TypeAlias = tuple[str, ...]
"""The variables of a loop, each read by the next and the last by the first."""

MOST_LOOPS = 1_000
"""So many loops are counted out; where there are more, the strongest are looked for."""
MOST_MOVES = 200_000
"""So many links are followed while counting."""
MOST_TRIED = 4_000
"""So many beginnings of loops are tried at one instant."""


def tangles(graph: Graph) -> list[tuple[str, ...]]:
    """The sets of variables that reach each other, of more than one variable or with a link to itself (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[tuple[str, ...]] = []
    for root in graph:
        if root in index:
            continue
        path: list[tuple[str, Iterator[str]]] = []
        entering: str | None = root
        while entering is not None or path:
            if entering is not None:
                index[entering] = low[entering] = len(index)
                stack.append(entering)
                on_stack.add(entering)
                path.append((entering, iter(graph[entering])))
            here, following = path[-1]
            entering = None
            for other in following:
                if other not in index:
                    entering = other
                    break
                if other in on_stack:
                    low[here] = min(low[here], index[other])
            if entering is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[here])
                if low[here] == index[here]:
                    place = stack.index(here)
                    tangle = tuple(stack[place:])
                    del stack[place:]
                    on_stack.difference_update(tangle)
                    if len(tangle) > 1 or here in graph[here]:
                        found.append(tangle)
    return found


def all_loops(
    graph: Graph, through: Iterable[str], most: int = MOST_LOOPS, moves: int = MOST_MOVES
) -> tuple[tuple[Loop, ...], bool]:
    """The simple loops `through` any of these variables, each once, and whether these are all.

    They are not all when there are more than `most`, or more than `moves` links were followed.
    """
    found: list[Loop] = []
    for root, inside in _starts(graph, through):
        for loop in _loops_from(root, inside):
            moves -= 1
            if moves < 0 or (loop and len(found) == most):
                return tuple(found), False
            if loop:
                found.append(loop)
    return tuple(found), True


def _starts(graph: Graph, through: Iterable[str]) -> Iterator[tuple[str, Graph]]:
    """Each variable to begin from, with what it can be reached from without those before it."""
    back: dict[str, list[str]] = {name: [] for name in graph}
    for name, readers in graph.items():
        for reader in readers:
            back[reader].append(name)
    gone: set[str] = set()
    for root in through:
        tangle = _reached(graph, root, gone) & _reached(back, root, gone)
        if root in tangle:
            yield root, {name: tuple(other for other in graph[name] if other in tangle) for name in tangle}
        gone.add(root)


def _reached(links: Mapping[str, Sequence[str]], root: str, gone: Set[str]) -> set[str]:
    """All that one gets to from a variable by one link or more, passing none of those that are gone."""
    reached: set[str] = set()
    waiting = [root]
    while waiting:
        for other in links[waiting.pop()]:
            if other not in reached and other not in gone:
                reached.add(other)
                waiting.append(other)
    return reached


def _loops_from(root: str, inside: Graph) -> Iterator[Loop]:
    """Every simple loop through one variable, and an empty one for every link that closes none.

    The algorithm of Johnson (SIAM Journal on Computing 4(1), 1975): what is known to lead nowhere while the path stands
    is not entered again.
    """
    path, blocked, closed = [root], {root}, [False]
    waiting: dict[str, set[str]] = {}
    pending = [iter(inside[root])]
    while path:
        other = next(pending[-1], None)
        if other == root:
            closed[-1] = True
            yield tuple(path)
            continue
        yield ()
        if other is None:
            here, was_closed = path.pop(), closed.pop()
            pending.pop()
            if was_closed:
                _unblock(here, blocked, waiting)
                closed[-1:] = [True] if closed else []
            else:
                for reader in inside[here]:
                    waiting.setdefault(reader, set()).add(here)
        elif other not in blocked:
            path.append(other)
            blocked.add(other)
            closed.append(False)
            pending.append(iter(inside[other]))


def _unblock(name: str, blocked: set[str], waiting: dict[str, set[str]]) -> None:
    """A variable leads somewhere again, and so do those that waited for it."""
    freed = [name]
    while freed:
        here = freed.pop()
        if here in blocked:
            blocked.discard(here)
            freed += waiting.pop(here, ())


def strongest_loops(
    graph: Graph,
    through: Iterable[str],
    strength: Mapping[tuple[str, str], float],
    most: int = MOST_LOOPS,
    tried: int = MOST_TRIED,
) -> tuple[Loop, ...]:
    """The strongest loops of every tangle, at most so many of each, the strongest first, and at least one.

    The strength of a loop, and of the beginning of one, is the product of its links' (0 or more). Best first, at most
    `tried` beginnings, in place of the depth-first search of Eberlein and Schoenberg (Finding the Loops that Matter,
    2020). A tangle in which none is met that way gives its shortest.
    """
    roots = list(through)
    order = {name: place for place, name in enumerate(roots)}
    found: list[Loop] = []
    for tangle in tangles(graph):
        inside = {name: tuple(other for other in graph[name] if other in tangle) for name in tangle}
        starts = [name for name in roots if name in inside]
        met = dict(_best_first(inside, starts, order, strength, tried))
        found += sorted(met, key=lambda loop: -met[loop])[:most] or [_shortest(inside, starts[0])]
    return tuple(found)


def _best_first(
    inside: Graph,
    starts: list[str],
    order: Mapping[str, int],
    strength: Mapping[tuple[str, str], float],
    tried: int,
) -> Iterator[tuple[Loop, float]]:
    """Loops with their strength, as the strongest beginnings are followed on; each from its first root only."""
    turn = count()
    waiting: list[tuple[float, int, Loop]] = [(-1.0, next(turn), (root,)) for root in starts]
    for _ in range(tried):
        if not waiting:
            return
        weight, _, path = heapq.heappop(waiting)
        for other in inside[path[-1]]:
            onwards = weight * strength[path[-1], other]
            if other == path[0]:
                yield path, -onwards
            elif onwards and other not in path and order.get(other, len(order)) > order[path[0]]:
                heapq.heappush(waiting, (onwards, next(turn), (*path, other)))


def _shortest(inside: Graph, root: str) -> Loop:
    """The shortest way from a variable of a tangle back to itself."""
    came: dict[str, str] = {}
    waiting = deque([root])
    while waiting:
        here = waiting.popleft()
        for other in inside[here]:
            if other == root:
                path = [here]
                while path[-1] != root:
                    path.append(came[path[-1]])
                return tuple(reversed(path))
            if other not in came:
                came[other] = here
                waiting.append(other)
    raise ValueError(f"{root} is in no loop")
