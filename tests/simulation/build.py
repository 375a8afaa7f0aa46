"""Small relationships for these tests: written as files, read by the language, run in few futures."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import numpy as np
from numpy.typing import NDArray

from lichen.language.reading import read
from lichen.language.source import Source
from lichen.language.table import Table
from lichen.relationship.relationship import Relationship
from lichen.simulation.experiments import Experiment
from lichen.simulation.futures import Futures
from lichen.simulation.run import simulate

HEAD = """\
lichen: 1
relationship: A test
"""
ONE_DAY_STEPS = "time: {start: 2026-01-01, horizon: 10 days, step: 1 day}\n"


def relationship(text: str, *, time: str = ONE_DAY_STEPS, tables: Mapping[str, Table] | None = None) -> Relationship:
    """The relationship of a text without its head; it must be right."""
    known = tables or {}
    reading = read(
        Source("test.yaml", HEAD + time + dedent(text)), open_table=lambda name: known.get(name, "It is not there.")
    )
    assert not reading.problems, [str(problem) for problem in reading.problems]
    assert reading.relationship is not None
    return reading.relationship


def base(**changes: object) -> Experiment:
    """An experiment whose course is kept, whatever it changes."""
    return Experiment(name="base", **changes)  # type: ignore[arg-type] # the fields of an experiment by name


def run(relationship: Relationship, *experiments: Experiment, runs: int = 1, seed: int = 1) -> Futures:
    """Some lanes in few futures; only `base` if none is named."""
    return simulate(relationship, experiments or (base(),), runs=runs, seed=seed)


def course(relationship: Relationship, name: str, experiment: Experiment | None = None) -> NDArray[np.float64]:
    """One series of one future over time."""
    return run(relationship, experiment or base()).paths["base"][name][0]
