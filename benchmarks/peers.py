"""Other simulators beside lichen: the same relationship, the same futures, the same figures, in turn in one process.

PySD and Simlin run the model that lichen exports, radCAD a step written by hand in plain Python. PySD and radCAD are
handed the courses of chance that lichen drew; Simlin draws nothing and takes no course, and so runs at the mean.
"""

from __future__ import annotations

import importlib
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pysd
import simlin
from numpy.typing import NDArray

from benchmarks import by_hand
from lichen.relationship.relationship import Relationship
from lichen.show.formats.xmile import Written, names_in_model, xmile
from lichen.simulation.dynamics.model import Dynamics
from lichen.simulation.dynamics.still import still
from lichen.simulation.dynamics.stock_flow import dynamics_of
from lichen.simulation.experiments import BASE
from lichen.simulation.run import simulate
from lichen.workspace import read_relationship

FILE = Path(__file__).with_name("two_parties.yaml")
HEADING = "## Beside other simulators"
RADCAD = "0.14.0"
FUTURES = 20_000
"""How many futures lichen runs a round."""
HANDED = 3
"""So many of them are handed to the others and compared."""
SAME = 1e-9
"""How far two courses may lie apart, as a share of the level (of 1 for what is below)."""

Courses: TypeAlias = Mapping[str, NDArray[np.float64]]
"""By name, a value a day [time]: of a capacity its level, of a world variable what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another simulator with the relationship loaded.

    `run` runs one future and gives the level of every capacity; it is handed the world. `futures` are run a round;
    `aim` is how many times the processor time of lichen they are expected to take.
    """

    name: str
    futures: int
    aim: int
    run: Callable[[Courses], Courses]
    has_chance: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Future:
    """What lichen came to in one future: the world that it drew, and the level of every capacity."""

    world: Courses
    levels: Courses


def part_of(page: str) -> str:
    """What a page says beside other simulators, which is its last part; empty when there is none."""
    _, heading, said = page.partition(HEADING)
    return heading + said


def with_part(page: str, part: str) -> str:
    """The page with this as its last part."""
    before, _, _ = page.partition(HEADING)
    return "\n\n".join(text.strip() for text in (before, part) if text) + "\n"


def measure(rounds: int) -> str:
    """The part of the page: every simulator in each of so many rounds."""
    relationship = read_relationship(FILE).relationship
    if relationship is None:
        raise SystemExit(f"{FILE.name} is wrong; `lichen map {FILE}` says where")
    warnings.simplefilter("ignore", UserWarning)  # PySD tells at every run that a constant has become a series
    with tempfile.TemporaryDirectory() as folder:
        of_radcad = radcad(Path(folder) / "radcad")
        peers = (*_of_model(relationship, Path(folder)), *of_radcad)
        mean, drawn = futures(still(relationship), 1)[0], futures(relationship, FUTURES)[:HANDED]
        apart = [largest_difference(peer, [mean, *drawn] if peer.has_chance else [mean]) for peer in peers]
        taken = [_round(relationship, peers, mean, drawn) for _ in range(rounds)]
    own = [lichen for lichen, _ in taken]
    rows = [f"| lichen {version('lichen')} | {FUTURES:,} | | {_said(own)} | 1 x | | |"]
    for place, (peer, difference) in enumerate(zip(peers, apart, strict=True)):
        without, with_chance = zip(*(others[place] for _, others in taken), strict=True)
        compared = with_chance if peer.has_chance else without
        ratio = statistics.median(theirs / mine for theirs, mine in zip(compared, own, strict=True))
        said = _said(with_chance) if peer.has_chance else "has none"
        figures = f"{_said(without)} | {said} | {ratio:,.1f} x | {peer.aim:,} x | {difference:.0e}"
        rows.append(f"| {peer.name} | {peer.futures:,} | {figures} |")
    missing = () if of_radcad else ("", f"radCAD {RADCAD} could not be installed and was not measured.")
    return "\n".join([*_head(rounds), *rows, *missing])


def futures(relationship: Relationship, runs: int) -> Sequence[Future]:
    """The futures whose whole course lichen keeps, of so many."""
    found = simulate(relationship, (BASE,), runs=runs)
    courses, names = found.paths["base"], found.base.capacity_headroom
    return [
        Future(
            world={name: courses[f"{name}_so_far"][future] for name in relationship.world},
            levels={name: courses[name][future] for name in names},
        )
        for future in range(len(courses[next(iter(names))]))
    ]


def largest_difference(peer: Peer, compared: Sequence[Future]) -> float:
    """How far any level lies from what lichen came to on any day, as a share; stops when it is another course."""
    largest = 0.0
    for future in compared:
        found = peer.run(future.world)
        for name, mine in future.levels.items():
            largest = max(largest, float(np.max(np.abs(found[name] - mine) / np.maximum(np.abs(mine), 1))))
    if not largest <= SAME:
        raise SystemExit(f"{peer.name} came to other figures: {largest:.1e} apart")
    return largest


def _round(
    relationship: Relationship, peers: Sequence[Peer], mean: Future, drawn: Sequence[Future]
) -> tuple[float, list[tuple[float, float]]]:
    """Milliseconds of the processor a future: of lichen with chance, of every other without and with it."""
    lichen = _milliseconds(lambda: simulate(relationship, (BASE,), runs=FUTURES), FUTURES)
    return lichen, [(_each(peer, [mean]), _each(peer, drawn) if peer.has_chance else math.nan) for peer in peers]


def _each(peer: Peer, given: Sequence[Future]) -> float:
    worlds = [given[turn % len(given)].world for turn in range(peer.futures)]
    return _milliseconds(lambda: [peer.run(world) for world in worlds], len(worlds))


def _milliseconds(work: Callable[[], object], number: int) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1e3 / number


def _of_model(relationship: Relationship, folder: Path) -> tuple[Peer, Peer]:
    """PySD and Simlin with the exported model."""
    written, dynamics = xmile(relationship), dynamics_of(relationship)
    if not isinstance(written, Written) or not isinstance(dynamics, Dynamics):
        raise SystemExit(f"no model of {FILE.name}: {written}")
    path = folder / "model.xmile"
    path.write_text(written.text, encoding="utf-8")
    named = names_in_model(dynamics)
    levels = {name: named[name] for name, about in dynamics.about.items() if about.role == "capacity"}
    in_pysd, in_simlin = pysd.read_xmile(str(path)), simlin.load(path).simulate()

    def by_pysd(world: Courses) -> Courses:
        still = {name: np.ptp(course) == 0 for name, course in world.items()}
        given = {named[name]: course[0] if still[name] else pd.Series(course) for name, course in world.items()}
        found = in_pysd.run(params=given, return_columns=list(levels.values()))
        return {name: found[column].to_numpy() for name, column in levels.items()}

    def by_simlin(_: Courses) -> Courses:
        in_simlin.reset()
        in_simlin.run_to_end()
        return {name: np.asarray(in_simlin.get_series(column.lower())) for name, column in levels.items()}

    return (
        Peer(name=f"PySD {version('pysd')}", futures=5, aim=8_000, run=by_pysd),
        Peer(name=f"Simlin {version('pysimlin')}", futures=1_000, aim=25, run=by_simlin, has_chance=False),
    )


def radcad(folder: Path) -> tuple[Peer, ...]:
    """radCAD, installed into the folder, with the step by hand, as it comes and spared its copies of every state.

    Nothing when it cannot be had.
    """
    asked = ["install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--target", str(folder)]
    alone = ["--no-deps", f"radcad=={RADCAD}"]  # in one process it needs no other package
    if subprocess.run([sys.executable, "-m", "pip", *asked, *alone], capture_output=True).returncode:
        return ()
    sys.path.append(str(folder))
    theirs, engine = importlib.import_module("radcad"), importlib.import_module("radcad.engine")

    def run(copies: bool, world: Courses) -> Courses:
        harvest, demand = world["harvest"].tolist(), world["demand"].tolist()

        def day(_params: object, _substep: object, _history: object, now: dict[str, Any]) -> dict[str, by_hand.State]:
            today = now["timestep"]
            return {"next": by_hand.step(now["state"], harvest[today], demand[today])}

        def kept(*found: Any) -> tuple[str, by_hand.State]:
            return "state", found[-1]["next"]

        block = {"policies": {"day": day}, "variables": {"state": kept}}
        model = theirs.Model(initial_state={"state": by_hand.START}, state_update_blocks=[block], params={})
        experiment = theirs.Experiment([theirs.Simulation(model=model, timesteps=len(harvest) - 1, runs=1)])
        experiment.engine = engine.Engine(backend=engine.Backend.SINGLE_PROCESS, deepcopy=copies)
        return by_hand.levels(row["state"] for row in experiment.run())

    names = {f"radCAD {RADCAD}": True, f"radCAD {RADCAD}, spared its copies": False}
    return tuple(Peer(name=name, futures=10, aim=1_500, run=partial(run, copies)) for name, copies in names.items())


def _said(milliseconds: Sequence[float]) -> str:
    return f"{statistics.median(milliseconds):.3g} ms"


def _head(rounds: int) -> list[str]:
    machine = f"{os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}"
    return [
        HEADING,
        "",
        "Written by `./dev bench --peers`. A grower and a bakery (`benchmarks/two_parties.yaml`): two parties with",
        "three capacities each, six flows under way for some days, two chances, 520 steps. Processor time for one",
        f"future, the median of {rounds} rounds in which all took their turn in one process; how many times that of",
        "lichen is the median of the ratio within a round, with chance where there is one.",
        "",
        "- lichen: the whole call, from the relationship to what is kept of every future; chance is drawn. Without",
        "  chance all futures are one, so that there is nothing to measure.",
        "- PySD and Simlin run the model that `lichen export --to xmile` writes, translated beforehand; every step of",
        "  a delay is a stock there. PySD is handed the courses of chance as series. Simlin has no chance.",
        "- radCAD runs the step of `benchmarks/by_hand.py`, plain Python, in one process; it is handed the same",
        "  courses of chance. It copies the state several times a step unless told not to.",
        f"- Every capacity on every day is the same as lichen's, at the mean and, with chance, in {HANDED} futures;",
        "  the last column is the largest difference as a share of the level.",
        "",
        f"Machine: {machine}, {platform.system()}, Python {platform.python_version()}; {datetime.now(UTC):%Y-%m-%d}.",
        "",
        "| simulator | futures a round | without chance | with chance | over lichen | aim | difference |",
        "|---|---|---|---|---|---|---|",
    ]
