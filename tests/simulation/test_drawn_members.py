"""Very large groups of which members are drawn in every future: here those of 200 members on, of which 50 are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from lichen.check.assess import Assessment, assess
from lichen.language.table import Table
from lichen.relationship.party import Sample
from lichen.relationship.relationship import Relationship
from lichen.show.page.readings import rests_part
from lichen.show.stressed import stress_text
from lichen.show.terminal import verdict_markdown, verdict_text
from lichen.simulation import drawn_members
from lichen.simulation.drawn_members import samples_of, with_all_members, with_drawn_members, with_others_drawn
from lichen.simulation.experiments import standard_experiments
from lichen.simulation.futures import Futures
from lichen.simulation.run import simulate
from lichen.simulation.sampling import Drawn
from lichen.stress.stress import stress
from tests.arrays import arrays
from tests.simulation.build import base, relationship, run

MEMBERS, SIZE, RUNS = 300, 50, 400
NAMES = tuple(f"g{place}" for place in range(MEMBERS))
CASH = np.random.default_rng(1).uniform(1, 3, MEMBERS).round(3)
MILL = """
    parties:
      mill: {kind: organisation, capacities: {cash: {level: 400 EUR, floor: 100 EUR}}}
      growers:
        kind: group
        members: {file: growers.csv, member: grower, columns: {cash: EUR, twice: EUR}}
        capacities: {cash: {level: members.cash, floor: 1 EUR, healthy: 3 EUR}}
    flows:
      grain:
        {kind: benefit, from: growers, to: mill, rate: 0.01 * growers.cash / 1 day, cost: {cash: 1}, worth: {cash: 1}}
      payment: {kind: benefit, from: mill, to: growers, rate: 0.5 * grain, cost: {cash: 1}, worth: {cash: 1}}
    checks:
      apart: {measure: sum(growers.members.twice - 2 * growers.members.cash) + 1 EUR, good: {at_least: 1 EUR}}
      all_of_them: {measure: sum(growers.members.cash), good: {at_least: 1 EUR}}
"""


@pytest.fixture(autouse=True)
def few_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group is large from 200 members on."""
    monkeypatch.setattr(drawn_members, "LARGE", 200)
    monkeypatch.setattr(drawn_members, "SIZE", SIZE)


def mill(names: tuple[str, ...] = NAMES, text: str = MILL, **tables: Table) -> Relationship:
    """A mill and its growers."""
    rows = tuple((name, str(cash), str(2 * cash)) for name, cash in zip(names, CASH, strict=False))
    growers = Table(("grower", "cash", "twice"), rows, tuple(range(2, 2 + len(rows))))
    return relationship(text, tables={"growers.csv": growers, **{f"{name}.csv": t for name, t in tables.items()}})


def drawn(text: str = MILL) -> Relationship:
    """The same with members drawn."""
    found = with_drawn_members(mill(text=text))
    assert samples_of(found) == {"growers": Sample(size=SIZE)}
    return found


def close(of_samples: NDArray[np.float64], of_all: float) -> None:
    """The mean over futures is that of all members, within four of its standard errors, which are not nothing."""
    error = float(np.std(of_samples)) / np.sqrt(len(of_samples))
    assert error > 0
    assert abs(float(np.mean(of_samples)) - of_all) < 4 * error


def test_what_is_drawn_stands_for_all_members() -> None:
    all_of_them, some = run(mill()).base, run(drawn(), runs=RUNS).base
    close(some.flows["grain"].amount, all_of_them.flows["grain"].amount[0])
    close(some.flows["payment"].cost["cash"], all_of_them.flows["payment"].cost["cash"][0])
    close(some.headroom["mill"].end, all_of_them.headroom["mill"].end[0])
    close(some.group_mean["growers"].mean, all_of_them.group_mean["growers"].mean[0])
    close(some.measures["all_of_them"].mean, float(CASH.sum()))
    courses = run(drawn(), runs=RUNS).paths["base"]["growers.cash"]
    close(courses[:, 0], float(CASH.sum()))


def test_what_counts_of_those_that_are_drawn_lies_about_what_counts_of_all() -> None:
    all_of_them, some = run(mill()).base, run(drawn(), runs=RUNS).base
    rooms = np.sort((CASH - 1) / 2)
    low, high = rooms[2], rooms[40]  # the worst 5 % of 50 that are drawn lie between the worst 1 % and 13 % of all
    assert low < all_of_them.headroom["growers"].start[0] < high
    assert np.mean((some.headroom["growers"].start > low) & (some.headroom["growers"].start < high)) > 0.9


def test_a_member_brings_its_whole_row() -> None:
    apart = run(drawn(), runs=20).base.measures["apart"]
    assert apart.least == pytest.approx(1, abs=1e-9)
    assert apart.mean == pytest.approx(1, abs=1e-9)


def test_every_future_draws_others_and_every_experiment_meets_the_same() -> None:
    places = Drawn(group="growers", sample=Sample(size=SIZE), of=MEMBERS).places(1, range(3))
    assert places.shape == (3, SIZE)
    assert places.min() >= 0
    assert places.max() < MEMBERS
    assert len({tuple(row) for row in places.tolist()}) == 3
    experiments = standard_experiments(drawn())
    futures = simulate(drawn(), experiments, runs=3)
    starts = [lane.group_mean["growers"].start for lane in futures.lanes.values() if lane.intervention_days]
    assert len(starts) > 5
    for start in starts:
        np.testing.assert_array_equal(start, futures.base.group_mean["growers"].start)


def test_another_draw_takes_others_and_nobody_drawn_is_as_before() -> None:
    one, other = run(drawn(), runs=3), run(with_others_drawn(drawn()), runs=3)
    assert not np.any(one.base.group_mean["growers"].start == other.base.group_mean["growers"].start)
    assert with_all_members(drawn()) == mill()
    assert with_all_members(mill()) is not None


def test_neither_chunks_nor_the_other_futures_change_who_is_drawn() -> None:
    experiments = [base()]
    together = dict(arrays(simulate(drawn(), experiments, runs=7)))
    for path, values in arrays(simulate(drawn(), experiments, runs=7, chunk=2)):
        np.testing.assert_array_equal(values, together.pop(path), err_msg=path)
    assert not together


def test_members_that_come_and_go_are_counted_as_of_all() -> None:
    moving = MILL.replace("kind: group", "kind: group\n        joins: 3 per day\n        leaves: 2 %/day")
    all_of_them, some = run(mill(text=moving)).base, run(drawn(moving), runs=RUNS).base
    assert some.presence["growers"].start == pytest.approx(MEMBERS)
    assert some.presence["growers"].end == pytest.approx(all_of_them.presence["growers"].end[0])
    close(some.flows["grain"].amount, all_of_them.flows["grain"].amount[0])


def test_both_engines_draw_the_same_members() -> None:
    pytest.importorskip("numba")
    moving = MILL.replace("kind: group", "kind: group\n        joins: 3 per day\n        leaves: 2 %/day")
    for text in (MILL, moving):
        experiments = standard_experiments(drawn(text))
        numpy, numba = (simulate(drawn(text), experiments, runs=5, engine=engine) for engine in ("numpy", "numba"))
        expected = dict(arrays(numpy))
        for path, values in arrays(numba):
            np.testing.assert_allclose(values, expected.pop(path), rtol=1e-8, atol=1e-8, err_msg=path)
        assert not expected


LINKED = MILL.replace(
    "    flows:",
    "    flows:\n"
    "      help:\n"
    "        kind: benefit\n"
    "        from: growers\n"
    "        to: growers\n"
    "        along: {file: help.csv, from: giver, to: receiver}\n"
    "        rate: 1 EUR/day\n",
)
TWO_GROUPS = MILL.replace(
    "    flows:",
    "      shops:\n"
    "        kind: group\n"
    "        members: {file: shops.csv, member: shop}\n"
    "        capacities: {cash: {level: 3 EUR, floor: 1 EUR}}\n"
    "    flows:",
)


def shops(*names: str) -> Table:
    """Some shops."""
    return Table(("shop",), tuple((name,) for name in names), tuple(range(2, 2 + len(names))))


@pytest.mark.parametrize(
    ("case", "made"),
    [
        ("few members", lambda: mill(NAMES[:199])),
        ("the least counts", lambda: mill(text=MILL.replace("kind: group", "kind: group\n        counts: least"))),
        (
            "a formula asks for the least",
            lambda: mill(text=MILL.replace("sum(growers.members.cash)", "least(growers.members.cash)")),
        ),
        (
            "links between members",
            lambda: mill(text=LINKED, help=Table(("giver", "receiver"), (("g1", "g2"),), (2,))),
        ),
        ("members of another group too", lambda: mill(text=TWO_GROUPS, shops=shops("g1", "s2"))),
    ],
)
def test_all_members_move_where_a_sample_would_not_do(case: str, made: Callable[[], Relationship]) -> None:
    assert not samples_of(with_drawn_members(made())), case


def test_a_group_beside_another_one_is_drawn() -> None:
    found = with_drawn_members(mill(text=TWO_GROUPS, shops=shops("s1", "s2")))
    assert list(samples_of(found)) == ["growers"]


def assessed() -> Assessment:
    """The verdict on the mill."""
    return assess(mill(), runs=100, search=False)


def test_a_verdict_says_how_many_are_drawn_and_what_that_adds() -> None:
    found = assessed()
    (sample,) = found.verdict.samples
    assert (sample.group, sample.looked_at, sample.members) == ("growers", SIZE, MEMBERS)
    spread = float(np.std(found.evidence.base.headroom["growers"].least)) / np.sqrt(100)
    assert sample.standard_error == pytest.approx(spread, rel=0.25)  # nothing else is drawn in this file
    (told,) = found.verdict.to_json()["sampled"]
    assert (told["group"], told["looked_at"], told["members"]) == ("growers", SIZE, MEMBERS)
    said = "50 of 300 members of growers looked at in each future"
    assert said in " ".join(verdict_text(found.verdict, colours=False).split())
    for told_too in (verdict_markdown(found.verdict), str(rests_part(found.verdict))):
        assert said in told_too
    viability = found.verdict.finding("reciprocal_viability")
    assert viability is not None
    assert viability.interval is not None
    assert viability.interval[1] > viability.interval[0]


def test_a_group_of_which_no_room_is_known_is_said_to_be_drawn_too() -> None:
    roomless = MILL.replace("cash: {level: members.cash, floor", "cash: {level: members.cash, essential: false, floor")
    (sample,) = assess(mill(text=roomless), runs=20, search=False).verdict.samples
    assert np.isnan(sample.standard_error)
    assert sample.says.endswith("in each future, others in each: this alone is part of every interval.")


def test_a_test_says_how_many_are_drawn_though_nothing_is_drawn_anew() -> None:
    found = stress(mill(), runs=20, sections=("goodwill",))
    (sample,) = found.sampled
    assert (sample.group, sample.looked_at, sample.members) == ("growers", SIZE, MEMBERS)
    assert found.to_json()["sampled"][0]["standard_error"] is None
    assert "50 of 300 members of growers looked at in each future, others in each" in " ".join(
        stress_text(found).split()
    )


def test_the_error_that_is_told_does_not_count_other_chance() -> None:
    rain = MILL.replace("0.01 * growers.cash", "0.01 * rain * growers.cash") + (
        "    world: {rain: {process: ar1, mean: 1, spread: 60 %, memory: 3 days}}\n"
    )
    found = assess(mill(text=rain), runs=100, search=False)
    (sample,) = found.verdict.samples
    all_at_once: Futures = simulate(mill(text=rain), [base()], runs=100)
    chance = float(np.std(all_at_once.base.headroom["growers"].least))
    both = float(np.std(found.evidence.base.headroom["growers"].least))
    assert sample.standard_error * np.sqrt(100) == pytest.approx(np.sqrt(both**2 - chance**2), rel=0.4)
