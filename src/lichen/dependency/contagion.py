"""Who falls with whom: the network of harm, whom a failure reaches, and how many.

A network is a sparse matrix `[node, node]`: `harm[i, j]` is what the failure of i does to j, so that a row holds those
whom i takes along. What the figures mean is said by each measure; here any figure above 0 is a way for harm to travel.
Sizes are bounded by memory: links take 12 bytes each, and each measure a few numbers a node.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse import csgraph

Harm: TypeAlias = sparse.csr_array
Nodes: TypeAlias = NDArray[np.intp]
Numbers: TypeAlias = NDArray[np.float64]

CLOSE = 1e-12
"""What repeats itself round by round has come to rest where a round moves no figure by more than this part of one."""

CASES = 128
"""So many cases are followed at once where the failure of each node is a case of its own: it bounds memory."""

_MOST_WORK = 400_000_000
_LEAST_ROUNDS = 200

_WORDS = 32
"""How many words of 64 nodes each are followed at a time where all are asked for."""


def harm_between(causes: ArrayLike, struck: ArrayLike, sizes: ArrayLike, count: int) -> Harm:
    """The network of `count` nodes in which `causes[k]` does harm of `sizes[k]` to `struck[k]`.

    Links between the same two add up; links of size 0 and those from a node to itself are left out. ValueError for
    sizes that are negative or no numbers, and for nodes outside 0..count - 1.
    """
    rows, columns, values = np.atleast_1d(causes), np.atleast_1d(struck), np.asarray(sizes, dtype=float)
    values = np.broadcast_to(values, rows.shape)
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise ValueError("harm is a number of at least 0")
    if len(rows) and not (min(rows.min(), columns.min()) >= 0 and max(rows.max(), columns.max()) < count):
        raise ValueError("a link leads to no node")
    kept = (rows != columns) & (values > 0)
    ends = rows[kept].astype(np.intp), columns[kept].astype(np.intp)
    return sparse.csr_array(sparse.coo_array((values[kept], ends), shape=(count, count)))


def copies(harm: Harm, count: int) -> Harm:
    """A network so many times side by side, without links between: as many cases as that are followed at once.

    Node j of copy c is `c * nodes + j`.
    """
    return sparse.csr_array(sparse.kron(sparse.eye_array(count), harm, format="csr"))


def one_by_one(harm: Harm, count: int) -> Iterator[tuple[Harm, Nodes]]:
    """The failures of the first `count` nodes as cases of their own, `CASES` of them at once: copies of the network,
    and which node fails in each.
    """
    for first in range(0, count, CASES):
        failing = np.arange(first, min(first + CASES, count))
        yield copies(harm, len(failing)), failing + np.arange(len(failing)) * harm.shape[0]


def most_rounds(harm: Harm) -> int:
    """After how many rounds over a network it is left at that, if it has not come to rest by then."""
    return max(_LEAST_ROUNDS, _MOST_WORK // (harm.nnz + harm.shape[0] + 1000))


def links_of(harm: Harm, nodes: Nodes) -> tuple[Nodes, Numbers, Nodes]:
    """The links out of some nodes, one node's after the other's: whom each strikes, how hard, and how many a node."""
    starts = harm.indptr[nodes]
    counts = harm.indptr[nodes + 1] - starts
    places = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    return harm.indices[places], harm.data[places], counts


def each_once(nodes: Nodes, marks: Nodes) -> Nodes:
    """These nodes, each of them once; `marks` [node] is room to note the last place of each."""
    places = np.arange(len(nodes))
    marks[nodes] = places
    once: Nodes = nodes[marks[nodes] == places]
    return once


def reached(harm: Harm, first: ArrayLike) -> NDArray[np.bool_]:
    """Everyone whom the failure of `first` (nodes) reaches, directly or through others, themselves included [node].

    Breadth first; time grows with the links of those that are reached. On `harm.T.tocsr()` the same goes upstream: on
    whom the first rest.
    """
    found, marks = np.zeros(harm.shape[0], dtype=bool), np.empty(harm.shape[0], dtype=np.intp)
    front = np.unique(np.asarray(first, dtype=np.intp))
    while len(front):
        found[front] = True
        struck, _, _ = links_of(harm, front)
        front = each_once(struck[~found[struck]], marks)
    return found


def reach_sizes(harm: Harm) -> NDArray[np.int64]:
    """How many others the failure of each node reaches [node].

    Exact for every node at once, by sets of bits over the network of its circles, which has none of its own (transitive
    closure after Warshall, on the condensation of Tarjan 1972). Time grows with nodes x links / 64.
    """
    count = harm.shape[0]
    circle_of, layers = _condensed(harm)
    sizes = np.zeros(_how_many(circle_of), dtype=np.int64)
    for low in range(0, count, 64 * _WORDS):
        followed = np.arange(low, min(low + 64 * _WORDS, count))
        sizes += np.bitwise_count(_leading_to(followed, circle_of, layers)).sum(axis=1, dtype=np.int64)
    return sizes[circle_of] - 1


def reach_sizes_of(harm: Harm, nodes: Nodes) -> NDArray[np.int64]:
    """The same for some nodes only, all followed at once: time grows with (nodes + links) x those asked / 64."""
    circle_of, layers = _condensed(harm.T.tocsr())
    bits = _leading_to(nodes, circle_of, layers)
    members = np.bincount(circle_of, minlength=len(bits))
    found = []
    for word in range(bits.shape[1]):
        octets = np.ascontiguousarray(bits[:, word]).astype("<u8").view(np.uint8).reshape(-1, 8)
        found.append(members @ np.unpackbits(octets, axis=1, bitorder="little"))
    return np.concatenate([np.zeros(0, dtype=np.int64), *found])[: len(nodes)] - 1


def _how_many(circle_of: Nodes) -> int:
    return int(circle_of.max(initial=-1)) + 1


def _leading_to(followed: Nodes, circle_of: Nodes, layers: list[tuple[Nodes, Nodes, Nodes]]) -> NDArray[np.uint64]:
    """For each circle, which of the nodes that are followed it leads to, itself included [circle, word], a bit each."""
    place = np.arange(len(followed))
    bits = np.zeros((_how_many(circle_of), -(-len(followed) // 64)), dtype=np.uint64)
    own = np.left_shift(np.uint64(1), (place % 64).astype(np.uint64))
    np.bitwise_or.at(bits, (circle_of[followed], place // 64), own)
    for layer, targets, starts in layers:
        bits[layer] |= np.bitwise_or.reduceat(bits[targets], starts, axis=0)
    return bits


def _condensed(harm: Harm) -> tuple[Nodes, list[tuple[Nodes, Nodes, Nodes]]]:
    """In which circle each node is (a node by itself is one), and the network of circles in layers."""
    circles, labels = csgraph.connected_components(harm, connection="strong")
    circle_of: Nodes = labels.astype(np.intp)
    ends = harm.tocoo()
    return circle_of, _layers(harm_between(circle_of[ends.coords[0]], circle_of[ends.coords[1]], 1.0, circles))


def _layers(onward: Harm) -> list[tuple[Nodes, Nodes, Nodes]]:
    """The nodes of a network without circles in layers, each after all that it leads to; those that lead nowhere left
    out.

    For each layer its nodes, whom they strike, and where the part of each of them begins.
    """
    backward = onward.T.tocsr()
    left = np.diff(onward.indptr)
    front = np.flatnonzero(left == 0)
    layers = []
    while len(front):
        causes, _, _ = links_of(backward, front)
        np.subtract.at(left, causes, 1)
        front = np.unique(causes)
        front = front[left[front] == 0]
        if len(front):
            targets, _, counts = links_of(onward, front)
            layers.append((front, targets, np.cumsum(counts) - counts))
    return layers
