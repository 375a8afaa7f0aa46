"""Each invariant and failure mode is one file of one form, and its docstring is its manual page."""

import inspect
import re
from dataclasses import replace
from pathlib import Path

import pytest

from lichen.check import thresholds
from lichen.check.evidence import evidence_of
from lichen.check.registry import INVARIANTS, checks, failures, invariants
from lichen.simulation.experiments import standard_experiments
from lichen.simulation.run import simulate
from lichen.workspace import read_relationship

ROOT = Path(__file__).parent.parent.parent
HEADINGS = [
    "What it is",
    "What we look at",
    "Cannot tell when",
    "Not to be confused with",
    "Example",
    "Mitigation",
    "Sources",
]
ALL = checks()


@pytest.mark.parametrize("name", ALL)
def test_a_check_offers_a_title_and_a_look(name: str) -> None:
    check = ALL[name]
    assert check.TITLE[0].isupper()
    assert list(inspect.signature(check.look).parameters) == ["evidence"]
    assert inspect.isgeneratorfunction(check.look)


@pytest.mark.parametrize("name", ALL)
def test_the_manual_page_has_its_headings_in_order_and_fits_a_screen(name: str) -> None:
    page = inspect.cleandoc(ALL[name].__doc__ or "").splitlines()
    assert page[0].startswith(f"{ALL[name].TITLE}: ")
    assert [line for line in page if line and not line.startswith(" ")][1:] == HEADINGS
    assert len(page) <= 40


@pytest.mark.parametrize("name", ALL)
def test_a_check_says_the_same_where_only_the_experiments_that_it_names_were_run(name: str) -> None:
    (path,) = re.findall(r"`(tests/cases/\S+)`", ALL[name].__doc__ or "")
    example = read_relationship(ROOT / path).relationship
    assert example is not None
    every = standard_experiments(example)
    named = tuple(e for e in every if e.name.split(":")[0] in ("base", *ALL[name].LANES))
    found = [
        [replace(f, remedy=None) for f in ALL[name].look(evidence_of(example, simulate(example, lanes, runs=64)))]
        for lanes in (every, named)
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize("name", ALL)
def test_the_example_of_the_manual_page_exists(name: str) -> None:
    (path,) = re.findall(r"`(tests/cases/\S+)`", ALL[name].__doc__ or "")
    assert (ROOT / path).is_file()


def test_the_archetypes_five_and_six_are_there() -> None:
    assert tuple(invariants())[:5] == INVARIANTS
    assert {
        "disguised_extraction",
        "dependency_lock_in",
        "false_shared_value_metric",
        "fragility_contagion",
        "goodwill_substitution",
        "over_coupling",
    } <= set(failures())


def test_every_threshold_has_its_reason_and_stands_in_the_table() -> None:
    named = [t for t in vars(thresholds).values() if isinstance(t, thresholds.Threshold)]
    assert set(named) == set(thresholds.TABLE)
    assert all(len(t.reason) > 20 for t in named)
