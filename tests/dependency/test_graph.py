"""The graph against published numbers, closed forms, NetworkX and SciPy."""

import itertools
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.dependency import graph
from tests.oracles.published import case

BRIDGE = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]


@st.composite
def dependences(draw: st.DrawFn, least: int = 1) -> np.ndarray:
    """Square matrices of up to six parties, with entries in 0..1 and zeros on the diagonal."""
    size = draw(st.integers(least, 6))
    cells = draw(st.lists(st.one_of(st.just(0.0), st.floats(0.01, 1.0)), min_size=size**2, max_size=size**2))
    return np.array(cells).reshape(size, size) * (1 - np.eye(size))


def total_of(direct: Any) -> np.ndarray | None:
    """All rounds together of a matrix whose largest eigenvalue is not known beforehand."""
    return graph.total_dependence(direct, graph.spectral_radius(direct))


def test_the_leontief_inverse_of_miller_and_blair() -> None:
    oracle = case("a_dependency", "leontief_2x2")
    total = total_of(oracle["inputs"]["A"])
    assert total is not None
    inverse = total + np.eye(2)
    assert inverse == pytest.approx(np.array(oracle["expected"]["L"]), abs=oracle["tol"])
    assert inverse @ oracle["inputs"]["f"] == pytest.approx(oracle["expected"]["x"], abs=0.01)


def test_a_chain_ends_after_its_links() -> None:
    oracle = case("a_dependency", "leontief_chain_dag")
    chain = oracle["inputs"]["D"]
    assert total_of(chain) == pytest.approx(np.array(oracle["expected"]["total"]), abs=1e-12)
    assert graph.spectral_radius(chain) == 0
    assert [float(power.sum()) for power in graph.rounds(chain, 3)] == pytest.approx([0.9, 0.2, 0])


def test_dependence_that_feeds_back_undamped_has_no_total() -> None:
    assert total_of([[0, 1], [1, 0]]) is None
    assert total_of([[0, 1], [0.99, 0]]) is not None


def test_the_largest_eigenvalue_of_many_is_that_of_numpy() -> None:
    draws = np.random.default_rng(3)
    many = draws.uniform(0, 1, (130, 130)) * (draws.uniform(size=(130, 130)) < 0.03)
    np.fill_diagonal(many, 0)
    assert graph.spectral_radius(many) == pytest.approx(np.abs(np.linalg.eigvals(many)).max(), rel=1e-9)
    assert graph.spectral_radius(np.triu(many)) == 0


def test_nobody_is_no_trouble() -> None:
    assert graph.spectral_radius(()) == 0
    assert graph.core(graph.visibility(())) == ()
    assert graph.propagation_cost(graph.visibility(())) == 0
    assert total_of(()).shape == (0, 0)  # type: ignore[union-attr] # not endless


@given(dependences())
def test_all_rounds_add_up_to_the_total(direct: np.ndarray) -> None:
    weak = direct / 10  # at most five entries of 0.1 a row: the radius is at most 0.5
    total = total_of(weak)
    assert total is not None
    assert total == pytest.approx(sum(graph.rounds(weak, 60)), abs=1e-12)


def test_katz_centrality_of_a_path() -> None:
    oracle = case("a_dependency", "katz_P3")
    path = nx.to_numpy_array(nx.path_graph(3))
    raw = graph.katz_centrality(path, oracle["inputs"]["alpha"], graph.spectral_radius(path))
    assert raw == pytest.approx(oracle["expected"]["raw"], abs=1e-12)
    assert raw / np.linalg.norm(raw) == pytest.approx(oracle["expected"]["normalised"], abs=oracle["tol"])


@given(dependences(least=2))  # NetworkX fails on a single node
def test_katz_centrality_counts_edges_where_they_arrive_as_networkx_does(direct: np.ndarray) -> None:
    alpha = 0.05
    expected = nx.katz_centrality_numpy(
        nx.from_numpy_array(direct, create_using=nx.DiGraph), alpha, normalized=False, weight="weight"
    )
    assert graph.katz_centrality(direct, alpha, graph.spectral_radius(direct)) == pytest.approx(
        np.array(list(expected.values())), rel=1e-9
    )


def test_katz_centrality_needs_damping() -> None:
    with pytest.raises(ValueError, match="below one over the spectral radius"):
        graph.katz_centrality([[0, 1], [1, 0]], 1.0, 1.0)


def test_the_six_elements_of_maccormack() -> None:
    oracle = case("a_dependency", "propagation_cost_6")
    direct = np.zeros((6, 6))
    for pair in oracle["inputs"]["deps"].split(","):
        one, other = pair.split("->")
        direct["ABCDEF".index(one), "ABCDEF".index(other)] = 1
    assert graph.visibility(direct).astype(int).tolist() == oracle["expected"]["visibility"]
    assert graph.propagation_cost(graph.visibility(direct)) == pytest.approx(
        oracle["expected"]["propagation_cost"], abs=1e-12
    )


@given(dependences())
def test_the_core_is_the_largest_strongly_connected_part(direct: np.ndarray) -> None:
    parts = nx.strongly_connected_components(nx.from_numpy_array(direct, create_using=nx.DiGraph))
    largest = max(len(part) for part in parts)
    assert len(graph.core(graph.visibility(direct))) == (largest if largest > 1 else 0)


@given(dependences())
def test_visibility_is_the_transitive_closure(direct: np.ndarray) -> None:
    closure = nx.transitive_closure(nx.from_numpy_array(direct, create_using=nx.DiGraph), reflexive=True)
    assert graph.visibility(direct).tolist() == nx.to_numpy_array(closure, weight=None).astype(bool).tolist()


def test_the_bridge() -> None:
    oracle = case("a_dependency", "bridge_reliability")
    links = [(a, b, oracle["inputs"]["p"]) for a, b in oracle["inputs"]["edges"]]
    assert graph.reliability(links, 0, 3, both_ways=True) == pytest.approx(oracle["expected"]["R"], abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.floats(0, 1)), max_size=8), st.booleans())
def test_reliability_is_the_sum_over_all_states(links: list[tuple[int, int, float]], both_ways: bool) -> None:
    chance = 0.0
    for state in itertools.product((False, True), repeat=len(links)):
        network = nx.Graph() if both_ways else nx.DiGraph()
        network.add_nodes_from(range(5))
        network.add_edges_from((a, b) for (a, b, _), holds in zip(links, state, strict=True) if holds)
        weights = [p if holds else 1 - p for (_, _, p), holds in zip(links, state, strict=True)]
        chance += float(np.prod(weights)) * nx.has_path(network, 0, 4)
    assert graph.reliability(links, 0, 4, both_ways=both_ways) == pytest.approx(chance, abs=1e-12)


def test_reliability_refuses_more_links_than_it_can_enumerate() -> None:
    with pytest.raises(ValueError, match="at most 20 links"):
        graph.reliability([(0, 1, 0.5)] * 21, 0, 1)


@given(dependences())
def test_the_strongest_paths_are_the_largest_products_of_all_simple_paths(direct: np.ndarray) -> None:
    network = nx.from_numpy_array(direct, create_using=nx.DiGraph)
    pairs = itertools.permutations(range(len(direct)), 2)
    everyone = [tuple(path) for pair in pairs for path in nx.all_simple_paths(network, *pair) if len(path) > 2]
    products = [float(np.prod([direct[a, b] for a, b in itertools.pairwise(path)])) for path in everyone]
    expected = sorted((p for p in products if p >= 0.05), reverse=True)[:4]
    found = graph.strongest_paths(direct, 4, 0.05)
    assert [strength for strength, _ in found] == pytest.approx(expected)
    assert all(path in everyone for _, path in found)
