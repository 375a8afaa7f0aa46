"""Contagion against published and closed-form figures, NetworkX, linear programming and slow second versions."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from lichen.dependency.contagion import CLOSE, Harm, harm_between, one_by_one, reach_sizes, reach_sizes_of, reached
from lichen.dependency.contagion_cascade import cascade
from lichen.dependency.contagion_clearing import clear
from lichen.dependency.contagion_distress import passed_on, passed_once
from lichen.dependency.contagion_growth import outbreak, spectral_radius
from tests.oracles.published import case


def network(matrix: Any) -> Harm:
    """A network from a dense matrix."""
    dense = np.array(matrix, dtype=float)
    causes, struck = np.nonzero(dense)
    return harm_between(causes, struck, dense[causes, struck], len(dense))


@st.composite
def matrices(draw: st.DrawFn, most: float = 1.0) -> np.ndarray:
    """Matrices of up to nine nodes, mostly empty, with zeros on the diagonal."""
    size = draw(st.integers(1, 9))
    cell = st.one_of(st.just(0.0), st.just(0.0), st.floats(0.01, most))
    cells = draw(st.lists(cell, min_size=size**2, max_size=size**2))
    return np.array(cells).reshape(size, size) * (1 - np.eye(size))


# Reach


@given(matrices(), st.data())
def test_reach_is_that_of_networkx(matrix: np.ndarray, data: st.DataObject) -> None:
    graph = nx.from_numpy_array(matrix, create_using=nx.DiGraph)
    harm = network(matrix)
    sizes = [len(nx.descendants(graph, node)) for node in graph]
    assert reach_sizes(harm).tolist() == sizes
    assert reach_sizes_of(harm, np.arange(len(matrix))[::2]).tolist() == sizes[::2]
    first = data.draw(st.sets(st.integers(0, len(matrix) - 1), min_size=1))
    together = set(first).union(*(nx.descendants(graph, node) for node in first))
    assert set(np.flatnonzero(reached(harm, sorted(first)))) == together
    upstream = set(first).union(*(nx.ancestors(graph, node) for node in first))
    assert set(np.flatnonzero(reached(harm.T.tocsr(), sorted(first)))) == upstream


def test_the_reach_of_many_is_that_of_networkx() -> None:
    draws = np.random.default_rng(5)
    causes, struck = draws.integers(0, 3000, (2, 3600))  # near the point at which one large circle appears
    harm = harm_between(causes, struck, 1.0, 3000)
    graph = nx.DiGraph(zip(causes.tolist(), struck.tolist(), strict=True))
    sizes = reach_sizes(harm)
    assert sizes.max() > 300
    some = draws.choice(3000, 150, replace=False)
    assert reach_sizes_of(harm, some).tolist() == sizes[some].tolist()
    asked = draws.choice(sorted(graph), 40, replace=False)
    assert [sizes[node] for node in asked] == [len(nx.descendants(graph, node)) for node in asked.tolist()]
    assert all(reached(harm, node).sum() == sizes[node] + 1 for node in asked)


def test_links_between_the_same_two_add_up_and_none_leads_to_itself() -> None:
    harm = harm_between([0, 0, 1, 1], [1, 1, 1, 0], [0.2, 0.3, 0.9, 0.0], 2)
    assert harm.toarray().tolist() == [[0, 0.5], [0, 0]]


@pytest.mark.parametrize(
    ("ends", "size"), [(([0], [2]), 1.0), (([0], [-1]), 1.0), (([0], [1]), -1.0), (([0], [1]), np.nan)]
)
def test_a_network_of_nonsense_is_refused(ends: tuple[list[int], list[int]], size: float) -> None:
    with pytest.raises(ValueError, match=r"harm|link"):
        harm_between(*ends, size, 2)


def test_nobody_reaches_nobody() -> None:
    harm = harm_between([], [], [], 0)
    assert reach_sizes(harm).tolist() == []
    assert reach_sizes_of(harm, np.arange(0)).tolist() == []
    assert spectral_radius(harm).value == 0


# Thresholds


def test_the_published_cascade_over_thresholds() -> None:
    oracle = case("f_contagion", "threshold_cascade")
    holders, debtors, losses = zip(*oracle["inputs"]["links"], strict=True)
    harm = harm_between(debtors, holders, losses, 5)
    found = cascade(harm, oracle["inputs"]["buffer"], oracle["inputs"]["init"])
    assert np.flatnonzero(found.failed).tolist() == oracle["expected"]["failed"]
    assert found.size == 3


@given(matrices(), st.data())
def test_a_cascade_is_that_of_asking_everyone_again_and_again(matrix: np.ndarray, data: st.DataObject) -> None:
    buffers = data.draw(st.lists(st.floats(0, 2), min_size=len(matrix), max_size=len(matrix)))
    failed = {0}
    while more := {
        j for j in range(len(matrix)) if j not in failed and sum(matrix[i, j] for i in failed) > buffers[j] + 1e-9
    }:
        failed |= more
    assert set(np.flatnonzero(cascade(network(matrix), buffers, [0]).failed)) == failed


def test_a_chain_falls_one_a_round_and_a_buffer_stops_it() -> None:
    harm = harm_between([0, 1, 2], [1, 2, 3], 1.0, 4)
    assert cascade(harm, [0, 0.5, 0.5, 1.0], [0]).round.tolist() == [0, 1, 2, -1]


def test_a_loss_that_just_meets_the_buffer_is_borne() -> None:
    harm = harm_between([0, 1], [2, 2], [0.1, 0.2], 3)
    assert not cascade(harm, [0, 0, 0.3], [0, 1]).failed[2]  # 0.1 + 0.2 is above 0.3 only by rounding


def test_a_buffer_is_a_number() -> None:
    with pytest.raises(ValueError, match="buffer"):
        cascade(network([[0, 1], [0, 0]]), [np.nan, 1], [0])


# Clearing


@pytest.mark.parametrize("name", ["en_three_plus_sink", "en_chain_default"])
def test_the_published_clearings(name: str) -> None:
    oracle = case("f_contagion", name)
    found = clear(network(oracle["inputs"]["L"]), oracle["inputs"]["e"])
    expected, tolerance = oracle["expected"], oracle["tol"]
    assert found.payments == pytest.approx(expected["p"], abs=tolerance)
    assert found.equity == pytest.approx(expected["equity"], abs=tolerance)
    assert np.flatnonzero(found.defaults).tolist() == expected["default"]


@given(matrices(most=10.0), st.data())
def test_clearing_is_the_largest_of_a_linear_programme(matrix: np.ndarray, data: st.DataObject) -> None:
    size = len(matrix)
    means = np.array(data.draw(st.lists(st.floats(0.01, 5), min_size=size, max_size=size)))
    debts = matrix.sum(axis=1)
    shares = np.divide(matrix, debts[:, None], out=np.zeros_like(matrix), where=debts[:, None] > 0)
    largest = linprog(-np.ones(size), A_ub=np.eye(size) - shares.T, b_ub=means, bounds=[(0, debt) for debt in debts])
    found = clear(network(matrix), means)
    assert found.off <= CLOSE
    assert found.payments == pytest.approx(largest.x, abs=1e-6)


def test_a_ring_that_defaults_whole() -> None:
    ring = network([[0, 10, 0, 2], [0, 0, 10, 2], [10, 0, 0, 2], [0, 0, 0, 0]])
    # By symmetry each pays p = 1 + 10/12 p, so p = 6.
    assert clear(ring, [1, 1, 1, 0]).payments == pytest.approx([6, 6, 6, 0], abs=1e-9)


def test_default_costs_take_their_part() -> None:
    chain = network([[0, 10, 0], [0, 0, 10], [0, 0, 0]])
    found = clear(chain, [4, 3, 0], outside_kept=0.5, claims_kept=0.8)
    # The first pays 0.5 x 4; the second 0.5 x 3 + 0.8 x 2.
    assert found.payments == pytest.approx([2, 3.1, 0], abs=1e-12)
    assert found.defaults.tolist() == [True, True, False]


def test_default_costs_choose_the_greatest_fixed_point() -> None:
    pair = network([[0, 1], [1, 0]])
    # Both pay 1 or, if nothing of claims were kept, both 0; from payment in full the first is reached.
    assert clear(pair, [0, 0], claims_kept=0.5).payments.tolist() == [1, 1]


@pytest.mark.parametrize(("means", "kept"), [([-1, 0], 1.0), ([np.nan, 0], 1.0), ([1, 0], 1.5)])
def test_clearing_refuses_nonsense(means: list[float], kept: float) -> None:
    with pytest.raises(ValueError, match=r"debts|kept"):
        clear(network([[0, 1], [0, 0]]), means, claims_kept=kept)


# Distress


def test_the_published_debtrank() -> None:
    oracle = case("f_contagion", "debtrank_three")
    found = passed_once(network(oracle["inputs"]["W"]), oracle["inputs"]["h0"])
    assert found.shares == pytest.approx(oracle["expected"]["h"], abs=oracle["tol"])
    rank = found.rank(oracle["inputs"]["h0"], oracle["inputs"]["v"])
    assert rank == pytest.approx(oracle["expected"]["DR"], abs=oracle["tol"])


def test_the_two_debtranks_differ_where_distress_comes_back() -> None:
    pair = network([[0, 0.5], [0.5, 0]])
    assert passed_once(pair, [0.2, 0]).shares == pytest.approx([0.25, 0.1])
    # Every increase is passed on: 0.2/(1 - 0.25) and half of it.
    assert passed_on(pair, [0.2, 0]).shares == pytest.approx([0.2 / 0.75, 0.1 / 0.75], abs=1e-9)


@given(matrices(), st.data())
def test_the_debtranks_are_those_of_slow_loops(matrix: np.ndarray, data: st.DataObject) -> None:
    size = len(matrix)
    first = np.array(data.draw(st.lists(st.floats(0, 1), min_size=size, max_size=size)))
    assert passed_once(network(matrix), first).shares == pytest.approx(slowly_once(matrix, first), abs=1e-9)
    before, now = np.zeros(size), first
    for _ in range(3000):
        grown = [min(1.0, now[j] + sum(matrix[i, j] * (now[i] - before[i]) for i in range(size))) for j in range(size)]
        before, now = now, np.array(grown)
        if np.array_equal(before, now):
            break
    assert passed_on(network(matrix), first).shares == pytest.approx(now, abs=1e-9)


def slowly_once(matrix: np.ndarray, first: np.ndarray) -> list[float]:
    """The original DebtRank with the three states of its page: undistressed, distressed, inactive."""
    size, distress = len(first), list(map(float, first))
    states = ["D" if share > 0 else "U" for share in distress]
    while "D" in states:
        distress = [
            min(1.0, distress[j] + sum(matrix[i, j] * distress[i] for i in range(size) if states[i] == "D"))
            for j in range(size)
        ]
        states = [
            "I" if state == "D" else "D" if state == "U" and share > 0 else state
            for state, share in zip(states, distress, strict=True)
        ]
    return distress


def test_distress_is_a_share() -> None:
    with pytest.raises(ValueError, match="share"):
        passed_on(network([[0, 1], [0, 0]]), [2, 0])


# Many cases at once


@given(matrices(), st.data())
def test_many_cases_at_once_are_what_each_is_alone(matrix: np.ndarray, data: st.DataObject) -> None:
    size, harm, debts = len(matrix), network(matrix), network(10 * matrix)
    buffers = data.draw(st.lists(st.floats(0, 2), min_size=size, max_size=size))
    means = data.draw(st.lists(st.floats(0.01, 5), min_size=size, max_size=size))
    each = np.eye(size)
    ((many, failing),) = one_by_one(harm, size)
    fell = cascade(many, np.tile(buffers, size), failing).round.reshape(size, size)
    there = reached(many, failing).reshape(size, size)
    once, on = passed_once(harm, each), passed_on(harm, each)
    silent = clear(debts, means, claims_kept=0.8, pays=each == 0)
    for node, alone in enumerate(each):
        assert fell[node].tolist() == cascade(harm, buffers, [node]).round.tolist()
        assert there[node].tolist() == reached(harm, node).tolist()
        assert once.shares[:, node] == pytest.approx(passed_once(harm, alone).shares, abs=1e-12)
        assert on.shares[:, node] == pytest.approx(passed_on(harm, alone).shares, abs=1e-9)
        assert on.rank(each, means)[node] == pytest.approx(passed_on(harm, alone).rank(alone, means), abs=1e-9)
        without = clear(network(10 * matrix * (alone == 0)[:, None]), means, claims_kept=0.8)
        assert silent.payments[:, node] == pytest.approx(without.payments, abs=1e-9)
        assert silent.equity[:, node] == pytest.approx(without.equity, abs=1e-9)


# Growth


def test_the_next_generation_in_closed_form() -> None:
    oracle = case("f_contagion", "next_generation_R")
    harm = network(oracle["inputs"]["K"])
    assert spectral_radius(harm).value == pytest.approx(oracle["expected"]["R0"], abs=oracle["tol"])
    total = outbreak(harm, [1, 0])
    assert total == pytest.approx(oracle["expected"]["expected_total_from_one_failure_at_0"], abs=oracle["tol"])


@given(matrices())
def test_the_radius_lies_within_its_bounds_and_the_outbreak_is_the_inverse(matrix: np.ndarray) -> None:
    found = spectral_radius(network(matrix))
    exact = float(np.max(np.abs(np.linalg.eigvals(matrix))))
    if found.high == 0:  # nothing runs in a circle; a solver for eigenvalues may be off by a root of its rounding there
        assert nx.is_directed_acyclic_graph(nx.from_numpy_array(matrix, create_using=nx.DiGraph))
    else:
        assert found.low - 1e-7 <= exact <= found.high + 1e-7
        assert found.high - found.low <= 1e-9
    total = outbreak(network(matrix), np.eye(len(matrix))[0])
    assert (total is None) == (found.high >= 1 - 1e-9)
    if total is not None and found.high < 0.99:
        assert total == pytest.approx(np.linalg.inv(np.eye(len(matrix)) - matrix)[0], rel=1e-8, abs=1e-9)


def test_the_radius_of_a_ring_is_the_geometric_mean_of_its_steps() -> None:
    ring = harm_between([0, 1, 2, 3], [1, 2, 3, 0], [0.5, 2, 0.25, 4], 4)
    assert spectral_radius(ring).value == pytest.approx((0.5 * 2 * 0.25 * 4) ** 0.25, abs=1e-12)


def test_the_radius_of_several_circles_is_that_of_the_strongest() -> None:
    apart = harm_between([0, 1, 2, 3, 1], [1, 0, 3, 2, 2], [0.5, 0.5, 0.9, 0.9, 7], 4)
    assert spectral_radius(apart).value == pytest.approx(0.9, abs=1e-12)
