"""The engines beside generated C: the same relationships, the same draws, the same figures, in turn in one process.

The C is what one would write for these relationships alone: sixteen futures side by side, in the cache, built by
`gcc -O3 -march=native -ffast-math`. It takes down what the engines take
down of every capacity: start, end, mean, least, first time below the floor, worst year.
"""

from __future__ import annotations

import ctypes
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lichen.language.reading import read
from lichen.language.source import Source
from lichen.relationship.relationship import Relationship
from lichen.simulation import draws
from lichen.simulation.experiments import BASE
from lichen.simulation.run import simulate

LANES = 16
WEEKS = 520
LAG = 3


@dataclass(frozen=True, slots=True)
class Size:
    """Parties, capacities of each, flows that each gives, futures."""

    name: str
    parties: int
    capacities: int
    given: int
    futures: int

    @property
    def flows(self) -> list[tuple[int, int, int, int]]:
        """Giver, its capacity, receiver, its capacity."""
        ends = [(p, k) for p in range(self.parties) for k in range(self.given)]
        return [
            (p, k % self.capacities, (p + 1 + k % (self.parties - 1)) % self.parties, (p + k) % self.capacities)
            for p, k in ends
        ]


SIZES = (Size("small, 2 x 3, 6 flows", 2, 3, 3, 20_000), Size("medium, 20 x 5, 100 flows", 20, 5, 5, 2_000))


def text(size: Size) -> str:
    """The relationship as a file."""
    lines = [f"lichen: 1\nrelationship: {size.name}\ntime: {{start: 2026-01-01, horizon: {WEEKS} weeks, step: 1 week}}"]
    lines.append("parties:")
    for p in range(size.parties):
        lines.append(f"  p{p}:\n    kind: organisation\n    capacities:")
        for k in range(size.capacities):
            change = f"1 EUR/week - 1 %/week * p{p}.c{k}"
            bounds = 'level: 60 EUR, floor: 20 EUR, healthy: 60 EUR, at_most: 100 EUR, change: "' + change + '"'
            lines.append(f"      c{k}: {{{bounds}}}")
    lines.append("world:")
    lines += [f"  w{p}: {{process: ar1, mean: 1, spread: 10 %, memory: 8 weeks}}" for p in range(size.parties)]
    lines.append("flows:")
    for e, (giver, cost, receiver, worth) in enumerate(size.flows):
        rate = f"{_rate(e)} EUR/week * w{giver} * saturate(p{giver}.headroom, 0.5)"
        lines.append(f'  f{e}:\n    kind: benefit\n    from: p{giver}\n    to: p{receiver}\n    rate: "{rate}"')
        lines.append(f"    arrives_after: {LAG} weeks\n    cost: {{c{cost}: 1}}\n    worth: {{c{worth}: 1.1}}")
    return "\n".join(lines) + "\n"


def _rate(flow: int) -> float:
    return 1 + flow % 7 / 10


HEAD = """
#include <math.h>
#include <stdint.h>
#include <string.h>
#define W %(lanes)d
#define EACH for (int w = 0; w < W; w++)
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
enum { P = %(parties)d, K = %(capacities)d, S = P * K, E = %(flows)d, T = %(weeks)d, LAG = %(lag)d, YEAR = 52 };
static const int giver[] = {%(giver)s}, cost[] = {%(cost)s}, worth[] = {%(worth)s};
static const double rate[] = {%(rate)s};
static inline uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull; z = (z ^ (z >> 27)) * 0x94D049BB133111EBull; return z ^ (z >> 31); }
#define STEP 0x9E3779B97F4A7C15ull
#define UNIFORM(key, step) ((double)(mix((key) + ((uint64_t)(step) + 1) * STEP) >> 11) * 0x1p-53 + 0x1p-54)
void run(int64_t futures, const uint64_t *keys, double *out) {
  for (int64_t n = 0; n < futures; n += W) {
    double x[S][W], added[S][W], room[P][W], dev[P][W], f[W], ring[LAG + 1][E][W], passed[E][W];
    double start[S][W], sum[S][W], low[S][W], above[S][W], year[S][W], worst[S][W], r[W], u[W];
    memset(passed, 0, sizeof passed); memset(sum, 0, sizeof sum);
    memset(above, 0, sizeof above); memset(year, 0, sizeof year);
    for (int s = 0; s < S; s++) EACH { x[s][w] = 60; low[s][w] = worst[s][w] = 1e300; }
    for (int t = 0; t <= T; t++) {
      for (int p = 0; p < P; p++) {
        EACH r[w] = sqrt(-2 * log(UNIFORM(keys[p * futures + n + w], 2 * t)));
        EACH u[w] = UNIFORM(keys[p * futures + n + w], 2 * t + 1);
        __asm__ volatile("" ::: "memory");
        EACH { double z = r[w] * cos(6.283185307179586 * u[w]);
          dev[p][w] = t ? %(memory)r * dev[p][w] + %(fresh)r * z : z; }
      }
      for (int p = 0; p < P; p++) for (int k = 0; k < K; k++) EACH {
        double own = (x[p * K + k][w] - 20) / 40; room[p][w] = k ? MIN(room[p][w], own) : own; }
      for (int s = 0; s < S; s++) EACH {
        double now = (x[s][w] - 20) / 40; start[s][w] = t ? start[s][w] : now; sum[s][w] += now;
        low[s][w] = MIN(low[s][w], now); above[s][w] += low[s][w] >= 0; }
      if ((t + 1) %% YEAR == 0) for (int s = 0; s < S; s++) EACH {
        worst[s][w] = MIN(worst[s][w], (sum[s][w] - year[s][w]) / YEAR); year[s][w] = sum[s][w]; }
      if (t == T) break;
      for (int s = 0; s < S; s++) EACH added[s][w] = 1 - 0.01 * x[s][w];
"""
FLOWS = """      for (int e = 0; e < E; e++) {
        const int a = giver[e], from = cost[e], to = worth[e];
        EACH { double h = MAX(room[a][w], 0); f[w] = rate[e] * (1 + 0.1 * dev[a][w]) * h / (h + 0.5);
          passed[e][w] += f[w]; added[from][w] -= f[w]; }
        if (t == 0) for (int before = 0; before < LAG; before++) EACH ring[before][e][w] = f[w];
        EACH { ring[(t + LAG) % (LAG + 1)][e][w] = f[w]; added[to][w] += 1.1 * ring[t % (LAG + 1)][e][w]; }
      }
"""
TAIL = """      for (int s = 0; s < S; s++) EACH x[s][w] = MIN(x[s][w] + added[s][w], 100);
    }
    for (int s = 0; s < S; s++) EACH if (n + w < futures) {
      double mean = sum[s][w] / (T + 1), last = (x[s][w] - 20) / 40;
      double figures[6] = {start[s][w], last, mean, low[s][w], above[s][w], worst[s][w]};
      for (int k = 0; k < 6; k++) out[(k * S + s) * futures + n + w] = figures[k]; }
  }
}
"""


def source(size: Size) -> str:
    """The relationship as C."""
    memory = float(np.exp(-7 / 56))
    numbers = {"lanes": LANES, "parties": size.parties, "capacities": size.capacities, "flows": len(size.flows)}
    numbers |= {"weeks": WEEKS, "lag": LAG, "memory": memory, "fresh": float(np.sqrt(1 - memory**2))}
    columns = {
        "giver": [giver for giver, *_ in size.flows],
        "cost": [giver * size.capacities + cost for giver, cost, *_ in size.flows],
        "worth": [receiver * size.capacities + worth for *_, receiver, worth in size.flows],
        "rate": [_rate(e) for e in range(len(size.flows))],
    }
    return HEAD % {**numbers, **{name: ", ".join(map(str, column)) for name, column in columns.items()}} + FLOWS + TAIL


def built(size: Size, folder: Path) -> Callable[[], np.ndarray]:
    """A function that runs the C and gives the least room of every capacity [capacity, future]."""
    name = f"size{size.parties}"
    (folder / f"{name}.c").write_text(source(size), encoding="utf-8")
    flags = ("-O3", "-march=native", "-ffast-math", "-shared", "-fPIC", "-o")
    subprocess.run(["gcc", *flags, str(folder / f"{name}.so"), str(folder / f"{name}.c"), "-lm"], check=True)
    run = ctypes.CDLL(str(folder / f"{name}.so")).run
    capacities = size.parties * size.capacities
    padded = -(-size.futures // LANES) * LANES
    out = np.zeros((6, capacities, padded))
    names = [f"world.w{p}" for p in range(size.parties)]

    def call() -> np.ndarray:
        keys = np.ascontiguousarray(draws.streams(1, names, range(padded)).T)
        run(ctypes.c_int64(padded), keys.ctypes.data_as(ctypes.c_void_p), out.ctypes.data_as(ctypes.c_void_p))
        return out[3, :, : size.futures]

    return call


def ladder(repeat: int, folder: Path) -> Iterator[str]:
    """Rows of a table: CPU seconds of the C, and how many times as long the engines take, medians of so many rounds."""
    if shutil.which("gcc") is None:
        return
    for size in SIZES:
        relationship = _relationship(size)
        in_c, few = built(size, folder), max(1, size.futures // 20)
        fast = simulate(relationship, (BASE,), runs=size.futures, engine="numba", threads=1)
        least = np.stack([trace.least for trace in fast.base.capacity_headroom.values()])
        np.testing.assert_allclose(least, in_c(), rtol=1e-8, atol=1e-8)
        rounds = [_round(relationship, in_c, size.futures, few) for _ in range(repeat)]
        c, numba, numpy = (statistics.median(column) for column in zip(*rounds, strict=True))
        yield f"| {size.name}, {size.futures:,} futures | {c:.2f} s | {numba:.1f} x | {numpy:.0f} x |"


def _round(relationship: Relationship, in_c: Callable[[], object], futures: int, few: int) -> tuple[float, ...]:
    """CPU seconds of the C, and how many times as long both engines take; NumPy runs few futures."""
    c = _cpu(in_c)
    numba = _cpu(lambda: simulate(relationship, (BASE,), runs=futures, engine="numba", threads=1))
    numpy = _cpu(lambda: simulate(relationship, (BASE,), runs=few, engine="numpy")) * futures / few
    return c, numba / c, numpy / c


def _relationship(size: Size) -> Relationship:
    reading = read(Source("bench.yaml", text(size)), open_table=lambda name: "It is not there.")
    if reading.relationship is None:
        raise SystemExit(f"the relationship of the benchmark is wrong: {reading.problems}")
    return reading.relationship


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        for row in ladder(3, Path(made)):
            print(row, flush=True)
