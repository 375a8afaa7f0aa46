"""Measure each measure of contagion on random networks with five links a node: seconds, and peak memory of the process.

`python -m benchmarks.contagion [NODES ...]`, 100,000 and 1,000,000 by default; each size in a process of its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from lichen.dependency.contagion import harm_between, reach_sizes_of, reached
from lichen.dependency.contagion_cascade import cascade
from lichen.dependency.contagion_clearing import clear
from lichen.dependency.contagion_distress import passed_on, passed_once
from lichen.dependency.contagion_growth import spectral_radius

DEGREE = 5


def measure(nodes: int) -> None:
    """Print one line a measure."""
    draws = np.random.default_rng(1)
    causes, struck = draws.integers(0, nodes, (2, DEGREE * nodes))
    harm = harm_between(causes, struck, draws.uniform(0.02, 0.34, DEGREE * nodes), nodes)
    first = np.zeros(nodes)
    first[:10] = 1.0
    measures: dict[str, Callable[[], object]] = {
        "reach": lambda: reached(harm, range(10)).sum(),
        "reach of each of 400": lambda: reach_sizes_of(harm, np.arange(400)).max(),
        "reach upstream": lambda: reached(harm.T.tocsr(), range(10)).sum(),
        "cascade, all fail": lambda: cascade(harm, np.full(nodes, 0.01), range(10)).size,
        "cascade, some fail": lambda: cascade(harm, draws.uniform(0.05, 0.9, nodes), range(10)).size,
        "clearing": lambda: clear(harm, draws.uniform(0, 0.3, nodes)).rounds,
        "clearing, costs of default": lambda: clear(harm, draws.uniform(0, 0.9, nodes), claims_kept=0.8).rounds,
        "DebtRank 2012": lambda: passed_once(harm, first).rounds,
        "DebtRank 2015": lambda: passed_on(harm, first * 0.1).rounds,
        "next generation": lambda: spectral_radius(harm).value,
    }
    for name, ask in measures.items():
        wall, cpu = time.perf_counter(), time.process_time()
        found = ask()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"{nodes:>9,}  {name:<28} {wall:6.2f} s  {cpu:6.2f} s of processor  {found}", flush=True)
    print(f"{nodes:>9,}  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--here"]:
        measure(int(sys.argv[2]))
    else:
        for size in sys.argv[1:] or ["100000", "1000000"]:
            subprocess.run([sys.executable, "-m", "benchmarks.contagion", "--here", size], check=True)
