"""Measure lichen's commands as whole processes and write docs/benchmarks.md.

Each command runs once to warm the disk, then `--repeat` times in turn with a bare interpreter start, so that the
machine's drift falls on both.
Reported: median wall seconds, its ratio to the bare start, user and system seconds, and peak memory of the process.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from benchmarks import many_parties, million, peers
from benchmarks.engine import WEEKS, ladder

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"


@dataclass(frozen=True, slots=True)
class Case:
    """One command, what is asked of it, and the exit statuses that count as done."""

    title: str
    arguments: tuple[str, ...]
    aim: str
    statuses: tuple[int, ...] = (0, 1)


@dataclass(frozen=True, slots=True)
class Run:
    """What the operating system says of one finished process: seconds and MB."""

    wall: float
    cpu: float
    peak: float


def run(arguments: tuple[str, ...], statuses: tuple[int, ...]) -> Run:
    """Run one command to its end; its output is thrown away. Python may keep its byte code, as it does unless told."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = os.posix_spawn(
        arguments[0],
        arguments,
        environment,
        file_actions=[(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)],
    )
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in statuses:
        raise SystemExit(f"{' '.join(arguments)} ended with status {os.waitstatus_to_exitcode(status)}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def cases(folder: Path) -> tuple[Case, ...]:
    """The commands whose speed is promised, with files made for them in `folder`."""
    lichen = (str(ROOT / ".venv" / "bin" / "lichen"),)
    supply, bees = str(ROOT / "examples/supply/relationship.yaml"), str(ROOT / "examples/bees/relationship.yaml")
    many = str(million.write(folder))
    debian = str(ROOT / "examples/debian/relationship.yaml")
    (folder / "fewer").mkdir()
    (folder / "long.yaml").write_text(long_file(), encoding="utf-8")
    (folder / "deep.yaml").write_text("a: " + "[" * 200_000, encoding="utf-8")
    return (
        Case("`--help`", (*lichen, "--help"), "0.2 s"),
        Case("`check`, two parties, 1,000 futures", (*lichen, "check", supply), "2 s"),
        Case("`check`, two parties, 10,000 futures", (*lichen, "check", supply, "--runs", "10000"), "2.5 s"),
        Case(
            "`review`, the bees, 1,000 futures", (*lichen, "review", bees, "--output", str(folder / "bees.html")), "8 s"
        ),
        Case("`check`, the packages of Debian, 63,436 members", (*lichen, "check", debian), "60 s, 2 GB"),
        Case(
            "`simulate`, two parties, 100,000 futures",
            (*lichen, "simulate", supply, "--runs", "100000"),
            "2.5 s, 400 MB",
        ),
        Case(
            f"`simulate`, a role of {million.MEMBERS:,} members over {million.WEEKS} steps, one future",
            (*lichen, "simulate", many, "--runs", "1"),
            "60 s, 6 GB",
        ),
        Case("`check` of the same, 100 futures", (*lichen, "check", many, "--runs", "100"), "60 s, 2 GB"),
        Case("`map` of a file of 12,000 lines", (*lichen, "map", str(folder / "long.yaml")), "1.5 s to read"),
        *(
            Case(
                f"`map` of {many_parties.PARTIES:,} parties, {shape}",
                (*lichen, "map", str(many_parties.write(folder, shape))),
                "10 s",
            )
            for shape in get_args(many_parties.Shape)
        ),
        Case(
            "`stress` of 400 parties, 2,000 flows",
            (*lichen, "stress", str(many_parties.write(folder / "fewer", "random", 400))),
            "60 s",
        ),
        Case("a file over a limit, refused", (*lichen, "check", str(folder / "deep.yaml")), "0.3 s", (2,)),
    )


def long_file() -> str:
    """A right file of 12,000 lines: two parties and many small flows between them."""
    head = [
        "lichen: 1",
        "relationship: Many small flows",
        "time: {start: 2026-01-01, horizon: 1 year, step: 1 month}",
        "parties:",
        "  left: {kind: person, capacities: {energy: {level: 40 hour, floor: 10 hour}}}",
        "  right: {kind: person, capacities: {energy: {level: 40 hour, floor: 10 hour}}}",
        "flows:",
    ]
    for turn in range(1713):
        giver, receiver = ("left", "right") if turn % 2 else ("right", "left")
        head += [
            f"  help{turn}:",
            "    kind: benefit",
            f"    from: {giver}",
            f"    to: {receiver}",
            "    rate: 1 per month",
            "    cost: {energy: 0.001 hour}",
            "    worth: {energy: 0.001 hour}",
        ]
    return "\n".join(head) + "\n"


def measure(repeat: int) -> str:
    """The whole page."""
    bare = (sys.executable, "-c", "pass")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for case in cases(Path(folder)):
            run(case.arguments, case.statuses)
            starts, runs = [], []
            for _ in range(repeat):
                starts.append(run(bare, (0,)))
                runs.append(run(case.arguments, case.statuses))
            walls = [r.wall for r in runs]
            ratio = statistics.median(r.wall / s.wall for r, s in zip(runs, starts, strict=True))
            cells = (
                case.title,
                f"{statistics.median(walls):.2f} s",
                f"{min(walls):.2f}-{max(walls):.2f} s",
                f"{ratio:.0f} x",
                f"{statistics.median(r.cpu for r in runs):.2f} s",
                f"{max(r.peak for r in runs):.0f} MB",
                case.aim,
            )
            rows.append(f"| {' | '.join(cells)} |")
            print(rows[-1], flush=True)
        engines = list(ladder(repeat, Path(folder)))
    beside = _beside_c(engines) if engines else ()
    return "\n".join([*_head(repeat), *rows, *beside, "", *contagion()])


def _beside_c(engines: list[str]) -> list[str]:
    return [
        "",
        "The engines beside generated C that takes down the same figures of the same draws, in CPU seconds:",
        "",
        f"| relationship, {WEEKS} weeks | C | the fast engine (aim: 3.5 x, groups 4 x) | NumPy |",
        "|---|---|---|---|",
        *engines,
    ]


def contagion() -> list[str]:
    """What `benchmarks.contagion` measures."""
    asked = [sys.executable, "-m", "benchmarks.contagion"]
    measured = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    print(measured, flush=True)
    head = (
        "The measures of contagion on random networks, five links a node; aim: 100,000 nodes in 1 s, 1,000,000 in 10 s"
    )
    return ["## Contagion", "", f"{head} and 2 GB.", "", "```text", *measured.splitlines(), "```", ""]


def _head(repeat: int) -> list[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.machine()}, {platform.system()}"
    return [
        "# Benchmarks",
        "",
        "Written by `./dev bench`. Whole commands, from the start of the process to its end; the machine may have done",
        "other work, so the ratio to a bare interpreter start in the same minute says more than the seconds.",
        f"Median of {repeat}.",
        "",
        f"Machine: {machine}, Python {platform.python_version()}; {datetime.now(UTC):%Y-%m-%d}.",
        "",
        "| command | wall | least-most | over a bare start | CPU | peak memory | aim |",
        "|---|---|---|---|---|---|---|",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--peers", action="store_true", help="measure other simulators, and write only that part")
    asked, page = parser.parse_args(), PAGE.read_text(encoding="utf-8")
    if asked.peers:
        page = peers.with_part(page, peers.measure(asked.repeat))
    else:
        page = peers.with_part(measure(asked.repeat), peers.part_of(page))
    PAGE.write_text(page, encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}")
