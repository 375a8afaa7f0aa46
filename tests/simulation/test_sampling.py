"""Large groups of which a sample stands for all: here those of 200 members on, of which 50 do."""

from __future__ import annotations

import numpy as np
import pytest

from lichen.check.assess import Assessment, assess
from lichen.language.limits import cells_of_a_step
from lichen.language.table import Table
from lichen.relationship.relationship import Relationship
from lichen.show.page.readings import rests_part
from lichen.show.page.stress import stress_page
from lichen.show.simulated import prospects_text
from lichen.show.stressed import stress_text
from lichen.show.terminal import verdict_markdown, verdict_text
from lichen.simulation import cost, sampling
from lichen.simulation.experiments import BASE, standard_experiments
from lichen.simulation.prospects import look_ahead
from lichen.simulation.run import simulate
from lichen.stress.stress import stress
from tests.arrays import arrays
from tests.simulation.build import relationship, run

MEMBERS = 300
NAMES = tuple(f"g{place}" for place in range(MEMBERS))
LEVELS = dict(zip(NAMES, np.random.default_rng(1).uniform(1, 3, MEMBERS).round(3).tolist(), strict=True))
MILL = """
    parties:
      mill: {kind: organisation, capacities: {cash: {level: 400 EUR, floor: 100 EUR}}}
      growers:
        kind: group
        members: {file: growers.csv, member: grower, columns: {cash: EUR}}
        capacities: {cash: {level: members.cash, floor: 1 EUR, healthy: 3 EUR}}
    flows:
      grain: {kind: benefit, from: growers, to: mill, rate: 0.1 EUR/day, cost: {cash: 1}, worth: {cash: 1}}
      payment: {kind: benefit, from: mill, to: growers, rate: 0.9 * grain, cost: {cash: 1}, worth: {cash: 1}}
"""


@pytest.fixture(autouse=True)
def few_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group is large from 200 members on."""
    monkeypatch.setattr(sampling, "LARGE", 200)
    monkeypatch.setattr(sampling, "LOOKED_AT", 50)


def mill(names: tuple[str, ...] = NAMES, text: str = MILL) -> Relationship:
    """A mill and its growers, in this order."""
    rows = tuple((name, str(LEVELS[name])) for name in names)
    return relationship(text, tables={"growers.csv": Table(("grower", "cash"), rows, tuple(range(2, 2 + len(rows))))})


def test_a_sample_has_its_size_and_does_not_depend_on_the_order_of_members() -> None:
    drawn = {NAMES[place] for place in sampling.places_of(NAMES)}
    assert len(drawn) == 50
    assert {NAMES[::-1][place] for place in sampling.places_of(NAMES[::-1])} == drawn
    assert sampling.places_of(NAMES[:199]) == tuple(range(199))
    assert sampling.looked_at(199) == 199


def test_the_bounds_of_a_sample_hold_the_share_of_all_members_19_times_of_20() -> None:
    values = np.random.default_rng(2).normal(size=MEMBERS)
    low, high = sampling.share_between(0.2, MEMBERS)
    held = []
    for turn in range(400):
        drawn = values[list(sampling.places_of(tuple(f"{turn}/{name}" for name in NAMES)))]
        held.append(np.quantile(drawn, low) <= np.quantile(values, 0.2) <= np.quantile(drawn, high))
    assert 0.91 < np.mean(held) < 0.99  # of 400 draws at 0.95, within four standard errors of 0.011


def test_what_counts_is_that_of_the_sample_and_means_and_sums_are_those_of_all() -> None:
    rooms = np.array([(level - 1) / 2 for level in LEVELS.values()])
    drawn = rooms[list(sampling.places_of(NAMES))]
    futures = run(mill())
    assert futures.base.headroom["growers"].start[0] == pytest.approx(np.quantile(drawn, 0.05))
    assert futures.base.group_tenth["growers"].start[0] == pytest.approx(np.quantile(drawn, 0.1))
    assert futures.base.capacity_headroom["growers.cash"].start[0] == pytest.approx(np.quantile(drawn, 0.05))
    assert futures.base.group_mean["growers"].start[0] == pytest.approx(rooms.mean())
    assert futures.paths["base"]["growers.cash"][0, 0] == pytest.approx(sum(LEVELS.values()))
    low, high = futures.base.between["growers"]
    half = 1.959964 * np.sqrt(0.05 * 0.95 / 50 * (1 - 50 / 300))  # a share of a sample without replacement
    assert low.start[0] == pytest.approx(drawn.min())  # half is 0.055: nothing lies below
    assert high.start[0] == pytest.approx(np.quantile(drawn, 0.05 + half))


def test_the_order_of_the_table_changes_nothing() -> None:
    one, other = run(mill()), run(mill(NAMES[::-1]))
    assert one.base.headroom["growers"].least == pytest.approx(other.base.headroom["growers"].least)


def test_the_least_and_smaller_groups_are_those_of_all() -> None:
    least = run(mill(text=MILL.replace("kind: group", "kind: group\n        counts: least")))
    assert least.base.headroom["growers"].start[0] == pytest.approx((min(LEVELS.values()) - 1) / 2)
    rooms = [(level - 1) / 2 for level in LEVELS.values()]
    assert least.base.group_tenth["growers"].start[0] == pytest.approx(np.quantile(rooms, 0.1))
    assert not least.base.between
    small = run(mill(NAMES[:150]))
    expected = np.quantile([(LEVELS[name] - 1) / 2 for name in NAMES[:150]], 0.05)
    assert small.base.headroom["growers"].start[0] == pytest.approx(expected)
    assert not small.base.between


def test_members_that_leave_count_for_less_in_a_sample_too() -> None:
    leaving = mill(text=MILL.replace("kind: group", "kind: group\n        leaves: 5 %/day * growers.cash / 1 EUR"))
    futures = run(leaving)
    low, high = futures.base.between["growers"]
    room = futures.base.headroom["growers"]
    assert low.end[0] <= room.end[0] <= high.end[0]


def test_both_engines_look_at_the_same_members() -> None:
    pytest.importorskip("numba")
    files = mill(text=MILL + "    world: {rain: {process: ar1, mean: 1, spread: 10 %, memory: 3 days}}\n")
    numpy, numba = (simulate(files, [BASE], runs=3, engine=engine) for engine in ("numpy", "numba"))
    for of in (0, 1):
        assert numpy.base.between["growers"][of].mean == pytest.approx(numba.base.between["growers"][of].mean)


def assessed(names: tuple[str, ...]) -> Assessment:
    """The verdict on a mill with these growers."""
    return assess(mill(names), runs=20)


def test_a_verdict_says_how_many_were_looked_at_and_what_that_leaves_open() -> None:
    found = assessed(NAMES)
    (sample,) = found.verdict.samples
    assert (sample.looked_at, sample.members) == (50, 300)
    low, high = found.evidence.base.between["growers"]
    assert sample.standard_error == pytest.approx(float(np.mean(high.least - low.least)) / (2 * 1.959964), rel=1e-6)
    (told,) = found.verdict.to_json()["sampled"]
    assert (told["group"], told["looked_at"], told["members"]) == ("growers", 50, 300)
    assert "50 of 300 members of growers" in " ".join(verdict_text(found.verdict, colours=False).split())
    for told_too in (verdict_markdown(found.verdict), str(rests_part(found.verdict))):
        assert "50 of 300 members of growers" in told_too
    viability = found.verdict.finding("reciprocal_viability")
    assert viability is not None
    assert viability.interval is not None
    assert viability.interval[1] - viability.interval[0] > sample.standard_error  # nothing else is drawn in this file


def test_a_verdict_on_a_smaller_group_says_nothing_of_samples() -> None:
    found = assessed(NAMES[:150])
    assert not found.verdict.samples
    assert "sampled" not in found.verdict.to_json()


def test_a_test_says_how_many_were_looked_at() -> None:
    found = stress(mill(), runs=20, sections=("goodwill",))
    (sample,) = found.sampled
    assert (sample.looked_at, sample.members) == (50, 300)
    assert found.to_json()["sampled"][0]["members"] == 300
    assert "50 of 300 members of growers" in " ".join(stress_text(found).split())
    assert "50 of 300 members of growers" in stress_page(found)


def test_futures_say_of_whom_the_room_is_told() -> None:
    made, small = mill(), mill(NAMES[:150])
    found = look_ahead(made, (), runs=1)
    assert found.to_json()["sampled"] == {"growers": [50, 300]}
    assert "of 50 of 300 members looked at" in " ".join(prospects_text(found, made, colours=False).split())
    assert "1 future, as nothing is drawn by chance" in prospects_text(found, made, colours=False)
    assert "sampled" not in look_ahead(small, (), runs=2).to_json()


def test_experiments_that_do_not_fit_side_by_side_run_in_turn_with_the_same_figures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = mill()
    experiments = standard_experiments(made)
    together = simulate(made, experiments, runs=2)
    monkeypatch.setattr(cost, "MOST_AT_ONCE", 4 * cells_of_a_step(made))
    assert cost.most_futures(made, experiments) > 0
    assert cost.most_futures(made, experiments, together=True) == 0
    in_turn = simulate(made, experiments, runs=2)
    assert list(in_turn.lanes) == list(together.lanes)
    expected = dict(arrays(together))
    for path, values in arrays(in_turn):
        np.testing.assert_array_equal(values, expected.pop(path), err_msg=path)
    assert not expected
