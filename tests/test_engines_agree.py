"""Both engines give the same figures: on the case files, on drawn relationships, in any chunks, on any threads."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from lichen.check.assess import assess
from lichen.check.verdict import Verdict
from lichen.language.problem import render
from lichen.relationship.relationship import Relationship
from lichen.relationship.values import has_chance
from lichen.simulation import drawn_members, run, runaway
from lichen.simulation.experiments import BASE, Experiment, member_shocks, standard_experiments, together
from lichen.simulation.run import simulate
from lichen.workspace import read_relationship
from tests.arrays import arrays
from tests.command import GOOD
from tests.simulation.test_members import CHAIN, chain
from tests.strategies import FILE, group_folders, two_party_texts

pytest.importorskip("numba")
engine = importlib.import_module("lichen.simulation.fast.engine")

CASES = Path(__file__).parent / "cases"
ALL = bool(os.environ.get("LICHEN_TEST_ALL"))
FILES = sorted(path.relative_to(CASES).as_posix() for path in CASES.rglob("*.yaml") if "private" not in path.parts)
FEW = [file for file in FILES if file.startswith("features/")] + ["examples/supply.yaml", "three/risk.yaml"]
SAME = 1e-8
"""Functions of the library and sums over members may differ in the last bits."""
RUNS = 5
PAGES = [file for file in FILES if file.split("/")[0] not in ("features", "three")]
FEW_PAGES = [file for file in PAGES if file.startswith("worlds/")] + ["examples/mentorship.yaml"]
ROOMS = ("headroom", "capacity_headroom", "group_mean", "group_tenth", "between", "presence")
ENGINES: tuple[Literal["numpy", "numba"], ...] = ("numpy", "numba")


@pytest.mark.parametrize("file", FILES if ALL else FEW)
def test_every_case_file_gives_the_same_figures(file: str) -> None:
    reading = read_relationship(CASES / file)
    if reading.relationship is None:
        pytest.skip("not a relationship")
    assert_alike(reading.relationship)


@pytest.mark.parametrize("file", PAGES if ALL else FEW_PAGES)
def test_every_page_of_the_acceptance_set_gives_the_same_verdict(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    relationship = read(CASES / file)
    monkeypatch.setattr(run, "is_prepared", lambda: True)
    numpy, numba = (verdict_of(relationship, large, monkeypatch) for large in (float("inf"), 0.0))
    assert (numba.verdict, numba.kind, numba.instead) == (numpy.verdict, numpy.kind, numpy.instead)
    assert [(f.about, f.status, f.parties) for f in numba.findings] == [
        (f.about, f.status, f.parties) for f in numpy.findings
    ]
    for found, expected in zip(numba.findings, numpy.findings, strict=True):
        for one, other in ((found.margin, expected.margin), (found.score, expected.score)):
            assert (one is None) == (other is None), found.about
            assert one is None or one == pytest.approx(other, rel=SAME, abs=SAME, nan_ok=True), found.about


def verdict_of(relationship: Relationship, large: float, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """The verdict where work from `large` on goes to the fast engine."""
    seen = []
    run_all = engine.run_all
    with monkeypatch.context() as patched:
        patched.setattr(run, "LARGE", large)
        patched.setattr(engine, "run_all", lambda *given, **named: (seen.append(named), run_all(*given, **named)))
        verdict = assess(relationship, runs=100, search=False).verdict
    assert bool(seen) == (large == 0 and has_chance(relationship))
    return verdict


@pytest.mark.parametrize("file", FILES if ALL else FEW)
def test_rooms_are_the_same_bit_by_bit_without_tallies(file: str) -> None:
    reading = read_relationship(CASES / file)
    if reading.relationship is None:
        pytest.skip("not a relationship")
    experiments = standard_experiments(reading.relationship)
    for name in ENGINES:
        whole, rooms = (
            simulate(reading.relationship, experiments, runs=RUNS, engine=name, tallies=tallies)
            for tallies in (True, False)
        )
        found, expected = dict(arrays(rooms)), dict(arrays(whole))
        for path, values in found.items():
            np.testing.assert_array_equal(values, expected[path], err_msg=path)
        rest = {path for path in expected if not any(f".{kind}/" in path for kind in ROOMS)}
        assert expected.keys() - found.keys() <= rest
        for lane, kept in rooms.lanes.items():
            assert dict(kept.falls) == dict(whole.lanes[lane].falls)
            assert not (kept.flows or kept.measures or kept.balance or kept.risk_paid or kept.lost_above or kept.clips)


@pytest.mark.parametrize("scenario", ["drought", "shop_closes", "better_terms"])
def test_scenarios_give_the_same_figures(scenario: str) -> None:
    relationship = read(CASES / "features" / "scenarios.yaml")
    assert_alike(relationship, standard_experiments(relationship, scenario))


def test_two_shocks_at_a_time_give_the_same_figures() -> None:
    relationship = read(CASES / "examples" / "supply.yaml")
    base, *others = standard_experiments(relationship)
    shocks = [experiment for experiment in others if experiment.name.startswith(("shock:", "world_low:"))]
    assert_alike(relationship, (base, *(together(shocks[0], other) for other in shocks[1:])))


def test_single_members_that_are_struck_take_the_same_others_along() -> None:
    """A chain of which the first knot is struck; the floors are drawn, so in some futures more fall than in others."""
    drawn = chain(CHAIN.replace("floor: 0.5", "floor: 0..0.5"))
    struck = member_shocks(drawn, [("knots", "a"), ("knots", "b")])
    assert_alike(drawn, (BASE, *struck))
    for chunk in (7, 40):
        numpy, numba = (simulate(drawn, (BASE, *struck), runs=40, engine=name, chunk=chunk) for name in ENGINES)
        assert {name: lane.fallen for name, lane in numba.lanes.items()} == {
            name: lane.fallen for name, lane in numpy.lanes.items()
        }
        assert 0 < numba.lanes["shock_member:knots[a]"].fallen["knots"] < 2


def test_the_courses_of_chunks_are_the_same_and_come_in_order() -> None:
    relationship = read(CASES / "features" / "scenarios.yaml")
    experiments = standard_experiments(relationship)[:3]
    numpy, numba = (courses_by_chunk(relationship, experiments, name) for name in ("numpy", "numba"))
    assert [futures for futures, _ in numba] == [range(0, 3), range(3, 6), range(6, 7)]
    assert [futures for futures, _ in numpy] == [futures for futures, _ in numba]
    for (_, found), (_, expected) in zip(numba, numpy, strict=True):
        assert [*found] == [experiment.name for experiment in experiments]
        for path, values in arrays(found):
            np.testing.assert_allclose(values, dict(arrays(expected))[path], rtol=SAME, atol=SAME, err_msg=path)
        assert {path for path, _ in arrays(found)} == {path for path, _ in arrays(expected)}


def courses_by_chunk(
    relationship: Relationship, experiments: tuple[Experiment, ...], name: Literal["numpy", "numba"]
) -> list[tuple[range, Any]]:
    given: list[tuple[range, Any]] = []
    handed_on = simulate(
        relationship,
        experiments,
        runs=7,
        chunk=3,
        engine=name,
        threads=2,
        on_chunk=lambda part, courses: given.append((part, deepcopy(courses))),
    )
    assert not handed_on.paths
    for series, path in simulate(relationship, experiments, runs=7, chunk=3, engine=name).paths["base"].items():
        first = [courses["base"][series] for _, courses in given]
        np.testing.assert_array_equal(path, np.concatenate(first), err_msg=series)
    return given


def test_machine_code_that_is_made_is_found_and_that_which_is_not_is_made_for_much_work_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    relationship = read(CASES / "examples" / "supply.yaml")
    simulate(relationship, (BASE,), runs=RUNS, engine="numba")
    assert run.is_prepared()
    asked: list[str] = []
    monkeypatch.setattr(engine, "run_all", lambda *_, **__: asked.append("fast"))
    monkeypatch.setattr(run, "LARGE", 0)
    simulate(relationship, (BASE,), runs=RUNS)
    assert asked == ["fast"]
    monkeypatch.setattr(run, "is_prepared", lambda: False)
    simulate(relationship, (BASE,), runs=RUNS)
    assert asked == ["fast"]
    monkeypatch.setattr(run, "LARGE_UNPREPARED", 0)
    simulate(relationship, (BASE,), runs=RUNS)
    assert asked == ["fast", "fast"]


RUNAWAYS = {
    "a root of what falls below zero in some futures": (
        "7 loaf/week",
        '"7 loaf/week * sqrt(luck - step(9 weeks) / 2)"',
    ),
    "a division by what becomes zero": ("7 loaf/week", '"7 loaf/week / (1 - step(10 weeks))"'),
    "an overflow": ("change: -2 EUR/week", "change: 1e50 * bakery.cash / (1 week) * luck"),
    "growth without end": ("change: -2 EUR/week", "change: bakery.cash / (2 weeks)"),
}


@pytest.mark.parametrize("name", RUNAWAYS)
def test_what_runs_away_is_told_alike(name: str) -> None:
    before, after = RUNAWAYS[name]
    relationship = drawn({FILE: GOOD.replace(before, after) + "world: {luck: {process: uniform, from: 0, to: 1}}\n"})
    with np.errstate(all="ignore"):
        numpy, numba = (
            runaway.watched(relationship, simulate(relationship, (BASE,), runs=40, engine=engine).paths)
            for engine in ("numpy", "numba")
        )
    assert numba == numpy
    assert [one.of for one in numpy] == [40] * len(numpy)
    assert numpy


as_drawn = settings(phases=[Phase.generate])


@as_drawn
@given(text=two_party_texts())
def test_two_parties_give_the_same_figures(text: str) -> None:
    assert_alike(drawn({FILE: text}))


@as_drawn
@given(files=group_folders())
def test_a_shop_and_its_members_give_the_same_figures(files: Mapping[str, str]) -> None:
    assert_alike(drawn(files))


@as_drawn
@given(files=group_folders())
def test_members_that_are_drawn_give_the_same_figures(files: Mapping[str, str]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(drawn_members, "LARGE", 2)
        patched.setattr(drawn_members, "SIZE", 2)
        relationship = drawn_members.with_drawn_members(drawn(files))
    assert_alike(relationship, (BASE, *standard_experiments(relationship)[1:9]))


@as_drawn
@given(files=group_folders(), chunk=st.sampled_from([1, 3, 8, 17]))
def test_chunks_and_threads_change_no_bit(files: Mapping[str, str], chunk: int) -> None:
    relationship = drawn(files)
    experiments = standard_experiments(relationship)[:5]
    whole, parts = (
        simulate(relationship, experiments, runs=17, chunk=size, engine="numba", threads=threads)
        for size, threads in ((17, 1), (chunk, 2))
    )
    for path, values in arrays(parts):
        np.testing.assert_array_equal(values, dict(arrays(whole))[path], err_msg=path)


def assert_alike(relationship: Relationship, experiments: tuple[Experiment, ...] = ()) -> None:
    """Equal figures, and not-a-numbers in the same places."""
    experiments = experiments or standard_experiments(relationship)
    numpy, numba = (simulate(relationship, experiments, runs=RUNS, engine=engine) for engine in ("numpy", "numba"))
    found, expected = dict(arrays(numba)), dict(arrays(numpy))
    assert found.keys() == expected.keys()
    for path, values in found.items():
        np.testing.assert_allclose(values, expected[path], rtol=SAME, atol=SAME, err_msg=path)
    for name, lane in numba.lanes.items():
        for party, fall in lane.falls.items():
            assert fall.days == numpy.lanes[name].falls[party].days
            assert fall.share == pytest.approx(numpy.lanes[name].falls[party].share, rel=SAME, abs=SAME, nan_ok=True)


def drawn(files: Mapping[str, str]) -> Relationship:
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        return read(Path(folder) / FILE)


def read(path: Path) -> Relationship:
    reading = read_relationship(path)
    assert reading.relationship is not None, "\n".join(render(problem) for problem in reading.problems)
    return reading.relationship
