import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.dependency.power import Power, balanced_outcomes, concentration, elsewhere
from tests.oracles.published import case


def test_the_concentration_of_three_shares() -> None:
    expected = case("a_dependency", "hhi_basic")["expected"]
    found = concentration(case("a_dependency", "hhi_basic")["inputs"]["shares"])
    assert found.hhi == pytest.approx(expected["hhi"], abs=1e-12)
    assert found.hhi * 10_000 == pytest.approx(expected["hhi_points"], abs=1e-8)
    assert found.effective == pytest.approx(expected["effective_n"], abs=1e-12)
    assert found.normalised == pytest.approx(expected["hhi_normalised"], abs=1e-12)


def test_a_single_source_is_fully_concentrated() -> None:
    assert concentration([1.0]).normalised == 1


@pytest.mark.parametrize("shares", [[], [0.5, 0.4], [1.5, -0.5]])
def test_shares_must_be_shares(shares: list[float]) -> None:
    with pytest.raises(ValueError, match="must sum to 1"):
        concentration(shares)


@pytest.mark.parametrize("name", ["power_path4", "power_path3"])
def test_exchange_networks_of_kleinberg_and_tardos(name: str) -> None:
    oracle = case("a_dependency", name)
    expected = oracle["expected"]["balanced"]
    edges = [tuple(edge) for edge in oracle["inputs"]["edges"]]
    matching = [tuple(edge) for edge in oracle["inputs"]["matching"]]
    assert balanced_outcomes(len(expected), edges, matching) == pytest.approx(expected, abs=oracle["tol"])


@given(st.integers(2, 6), st.data())
def test_on_a_tree_a_balanced_outcome_divides_each_unit_and_gives_nobody_less_than_elsewhere(
    size: int, data: st.DataObject
) -> None:
    parents = [data.draw(st.integers(0, i - 1)) for i in range(1, size)]
    edges = [(i, parent) for i, parent in enumerate(parents, 1)]
    matching = list(nx.max_weight_matching(nx.Graph(edges), maxcardinality=True))
    gets = balanced_outcomes(size, edges, matching)
    assert all(gets[i] + gets[j] == pytest.approx(1, abs=1e-6) for i, j in matching)
    assert all(gets[i] + gets[j] >= 1 - 1e-4 for i, j in edges)  # stable: no pair would rather leave its partners


def test_a_triangle_with_a_pendant_has_its_power_where_the_pendant_hangs() -> None:
    # 0 hangs on 1; 1, 2, 3 are a triangle. 2 and 3 share evenly, so 1 could have 1/2 elsewhere: 1/2 + (1 - 1/2)/2
    edges = [(0, 1), (1, 2), (1, 3), (2, 3)]
    assert balanced_outcomes(4, edges, [(0, 1), (2, 3)]) == pytest.approx((0.25, 0.75, 0.5, 0.5), abs=1e-9)


def test_who_can_go_elsewhere_gets_more() -> None:
    # half of what is left is (1 - .9 - .7)/2 = -.3 each: .9 - .3 and .7 - .3
    assert balanced_outcomes(2, [(0, 1)], [(0, 1)], (0.9, 0.7)) == pytest.approx((0.6, 0.4))


def test_alternatives_and_fallbacks_open_a_way_elsewhere() -> None:
    assert elsewhere(0.3, None) == 0.3
    assert elsewhere(0.3, 3) == 0.75  # one of four equal choices would be lost
    assert elsewhere(0.9, 3) == 0.9


def test_power_is_the_other_sides_dependence() -> None:
    pair = Power(
        one="northfield",
        other="alder",
        one_on_other=0.1,
        other_on_one=0.3,
        alternatives_of_one=None,
        alternatives_of_other=None,
        share_of_one=0.6,
    )
    assert pair.imbalance == pytest.approx(0.2)
    assert pair.cohesion == pytest.approx(0.2)
