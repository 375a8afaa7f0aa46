"""Three parties and groups: every value worked out by hand on its page."""

from pathlib import Path

import pytest

from lichen.check.assess import assess
from lichen.check.evidence import CheckInput
from lichen.check.measures.gaming import gaming
from lichen.check.measures.recorded import unexplained_share
from lichen.check.measures.shares import fair_shares, net_share
from lichen.check.measures.worth import tallies, valuation
from lichen.workspace import read_evidence, read_relationship

PAGES = Path(__file__).parent.parent / "cases/three"


def evidence(name: str, *, runs: int = 20, search: bool = False, record: bool = False) -> CheckInput:
    reading = read_relationship(PAGES / f"{name}.yaml")
    assert reading.relationship is not None, reading.problems
    read = read_evidence(reading.relationship, PAGES) if record else None
    return assess(reading.relationship, runs=runs, search=search, record=read).evidence


def test_what_each_party_adds_is_its_fair_share() -> None:
    found = evidence("shapley")
    assert fair_shares(found, valuation(found)) == pytest.approx({"ann": 5 / 24, "ben": 11 / 24, "cleo": 1 / 3})


def test_a_risk_counts_by_its_worst_twentieth() -> None:
    found = evidence("risk", runs=4000)
    tally = tallies(found, found.base, valuation(found))["farm"]
    # 4,000 draws of a uniform: the mean of the worst twentieth is known to about 0.2 of 195
    assert net_share(tally).value == pytest.approx(1 / 119, abs=0.002)


def test_a_term_that_games_the_measure_is_found() -> None:
    found = gaming(evidence("gaming", runs=200, search=True))["joint"]
    assert (found.term, found.value) == ("toll", "1.5 point/day")
    assert found.fall == pytest.approx(0.5)


def test_what_readings_and_flows_leave_unexplained() -> None:
    found = evidence("residual", record=True)
    assert unexplained_share(found, "depot") == pytest.approx(1 / 6)
    assert unexplained_share(found, "lower") == 0
