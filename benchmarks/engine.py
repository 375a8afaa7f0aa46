"""The engines beside generated C: the same relationships, the same draws, the same figures, in turn in one process.

The C is what one would write for these relationships alone: sixteen futures side by side, in the cache, built by
`gcc -O3 -march=native -ffast-math`. It takes down what the engines take down of every capacity: start, end, mean,
least, first time below the floor, worst year. Of groups that is the least over members, and of each group's room the
mean and the worst tenth too.
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
from lichen.language.table import Table
from lichen.relationship.relationship import Relationship
from lichen.simulation import draws
from lichen.simulation.experiments import BASE
from lichen.simulation.run import simulate

LANES = 16
WEEKS = 520
LAG = 3


@dataclass(frozen=True, slots=True)
class Flow:
    """From a capacity of one party to a capacity of another one."""

    giver: int
    cost: int
    receiver: int
    worth: int
    rate: float


@dataclass(frozen=True, slots=True)
class Size:
    """Parties, capacities of each, flows that each gives, futures; `groups` in which the parties are members, if any.

    What happens by chance is told for each party, or for each group.
    """

    name: str
    parties: int
    capacities: int
    given: int
    futures: int
    groups: int = 0

    @property
    def flows(self) -> list[Flow]:
        """Who gives what to whom."""
        return [
            self._flow(p, k, 1 + (p * self.given + k) % 7 / 10) for p in range(self.parties) for k in range(self.given)
        ]

    def _flow(self, p: int, k: int, rate: float) -> Flow:
        cost, others = k % self.capacities, self.parties - self.members
        if not self.groups:
            return Flow(p, cost, (p + 1 + k % (self.parties - 1)) % self.parties, (p + k) % self.capacities, rate)
        receiver = (self.group(p) + 1) * self.members + (7 * p + 13 * k) % others
        return Flow(p, cost, receiver % self.parties, (cost + 1) % self.capacities, rate)

    @property
    def members(self) -> int:
        """Parties of a group; one stands for itself."""
        return self.parties // self.groups if self.groups else 1

    def group(self, party: int) -> int:
        """In which group a party is, or which party it is."""
        return party // self.members


SIZES = (
    Size("small, 2 x 3, 6 flows", 2, 3, 3, 20_000),
    Size("medium, 20 x 5, 100 flows", 20, 5, 5, 2_000),
    Size("large, 2 groups of 500 x 3, 5,000 links", 1000, 3, 5, 64, groups=2),
)


def text(size: Size) -> str:
    """The relationship as a file."""
    lines = [f"lichen: 1\nrelationship: {size.name}\ntime: {{start: 2026-01-01, horizon: {WEEKS} weeks, step: 1 week}}"]
    lines.append("parties:")
    count = size.groups or size.parties
    for p in range(count):
        lines.append(f"  p{p}:\n    kind: {'group' if size.groups else 'organisation'}")
        lines += [f"    members: {{file: members{p}.csv, member: name}}\n    counts: least"] if size.groups else []
        lines.append("    capacities:")
        for k in range(size.capacities):
            change = f"1 EUR/week - 1 %/week * p{p}.c{k}"
            bounds = 'level: 60 EUR, floor: 20 EUR, healthy: 60 EUR, at_most: 100 EUR, change: "' + change + '"'
            lines.append(f"      c{k}: {{{bounds}}}")
    lines.append("world:")
    lines += [f"  w{p}: {{process: ar1, mean: 1, spread: 10 %, memory: 8 weeks}}" for p in range(count)]
    lines.append("flows:")
    lines += _links(size) if size.groups else _single(size)
    return "\n".join(lines) + "\n"


def _single(size: Size) -> Iterator[str]:
    for e, flow in enumerate(size.flows):
        rate = f"{flow.rate} EUR/week * w{flow.giver} * saturate(p{flow.giver}.headroom, 0.5)"
        yield f"  f{e}: {{from: p{flow.giver}, to: p{flow.receiver}, {_terms(rate, flow.cost, flow.worth)}}}"


def _links(size: Size) -> Iterator[str]:
    for name, flows in _tables(size).items():
        first = flows[0]
        giver, receiver = size.group(first.giver), size.group(first.receiver)
        along = f"{{file: {name}.csv, from: giver, to: receiver, columns: {{usual: EUR/week}}}}"
        rate = f"link.usual * w{giver} * saturate(giver.headroom, 0.5)"
        terms = _terms(rate, first.cost, first.worth)
        yield f"  {name}: {{from: p{giver}, to: p{receiver}, along: {along}, {terms}}}"


def _terms(rate: str, cost: int, worth: int) -> str:
    return f'kind: benefit, rate: "{rate}", arrives_after: {LAG} weeks, cost: {{c{cost}: 1}}, worth: {{c{worth}: 1.1}}'


def _tables(size: Size) -> dict[str, list[Flow]]:
    """The links of each flow between groups."""
    tables: dict[str, list[Flow]] = {}
    for flow in size.flows:
        tables.setdefault(f"f{size.group(flow.giver)}{flow.cost}", []).append(flow)
    return tables


def _table(size: Size, file: str) -> Table:
    """The members of a group, or the links of a flow."""
    name = file.removesuffix(".csv")
    if name in (tables := _tables(size)):
        header = ("giver", "receiver", "usual")
        rows = tuple((f"m{flow.giver}", f"m{flow.receiver}", str(flow.rate)) for flow in tables[name])
    else:
        header, group = ("name",), int(name.removeprefix("members"))
        rows = tuple((f"m{p}",) for p in range(size.parties) if size.group(p) == group)
    return Table(header=header, rows=rows, numbers=tuple(range(2, len(rows) + 2)))


HEAD = """
#include <math.h>
#include <stdint.h>
#include <string.h>
#define W %(lanes)d
#define EACH for (int w = 0; w < W; w++)
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
enum { P = %(parties)d, K = %(capacities)d, S = P * K, E = %(flows)d, T = %(weeks)d, LAG = %(lag)d, YEAR = 52,
  M = %(members)d, G = P / M, R = M > 1 ? G * (K + 2) : S };
static const int giver[] = {%(giver)s}, cost[] = {%(cost)s}, worth[] = {%(worth)s};
static const double rate[] = {%(rate)s};
static inline uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull; z = (z ^ (z >> 27)) * 0x94D049BB133111EBull; return z ^ (z >> 31); }
#define STEP 0x9E3779B97F4A7C15ull
#define UNIFORM(key, step) ((double)(mix((key) + ((uint64_t)(step) + 1) * STEP) >> 11) * 0x1p-53 + 0x1p-54)
static double share_below(double *v, double share) {
  double place = share * (M - 1), above = HUGE_VAL; int below = (int)place, low = 0, high = M - 1;
  while (low < high) {
    double pivot = v[(low + high) / 2]; int i = low, j = high;
    while (i <= j) { while (v[i] < pivot) i++; while (pivot < v[j]) j--;
      if (i <= j) { double kept = v[i]; v[i++] = v[j]; v[j--] = kept; } }
    if (j < below) low = i;
    if (below < i) high = j; }
  for (int i = below + 1; i < M; i++) above = MIN(above, v[i]);
  return below + 1 < M ? v[below] + (place - below) * (above - v[below]) : v[below]; }
static double x[S][W], added[S][W], room[P][W], dev[G][W], f[W], ring[LAG + 1][E][W], passed[E][W], now[R][W];
static double start[R][W], sum[R][W], low[R][W], above[R][W], year[R][W], worst[R][W], r[W], u[W], members[M];
void run(int64_t futures, const uint64_t *keys, double *out) {
  for (int64_t n = 0; n < futures; n += W) {
    memset(passed, 0, sizeof passed); memset(sum, 0, sizeof sum);
    memset(above, 0, sizeof above); memset(year, 0, sizeof year);
    for (int s = 0; s < S; s++) EACH x[s][w] = 60;
    for (int s = 0; s < R; s++) EACH low[s][w] = worst[s][w] = 1e300;
    for (int t = 0; t <= T; t++) {
      for (int p = 0; p < G; p++) {
        EACH r[w] = sqrt(-2 * log(UNIFORM(keys[p * futures + n + w], 2 * t)));
        EACH u[w] = UNIFORM(keys[p * futures + n + w], 2 * t + 1);
        __asm__ volatile("" ::: "memory");
        EACH { double z = r[w] * cos(6.283185307179586 * u[w]);
          dev[p][w] = t ? %(memory)r * dev[p][w] + %(fresh)r * z : z; }
      }
      for (int p = 0; p < P; p++) for (int k = 0; k < K; k++) EACH {
        double own = (x[p * K + k][w] - 20) / 40; room[p][w] = k ? MIN(room[p][w], own) : own; }
      if (M == 1) for (int s = 0; s < S; s++) EACH now[s][w] = (x[s][w] - 20) / 40;
      else for (int g = 0; g < G; g++) {
        double (*least)[W] = now + g * K, *mean = now[G * K + g], *tenth = now[G * (K + 1) + g];
        for (int k = 0; k < K; k++) EACH least[k][w] = HUGE_VAL;
        EACH mean[w] = 0;
        for (int p = g * M; p < (g + 1) * M; p++) {
          for (int k = 0; k < K; k++) EACH least[k][w] = MIN(least[k][w], (x[p * K + k][w] - 20) / 40);
          EACH mean[w] += room[p][w] / M; }
        EACH { for (int p = 0; p < M; p++) members[p] = room[g * M + p][w]; tenth[w] = share_below(members, 0.1); } }
      for (int s = 0; s < R; s++) EACH {
        start[s][w] = t ? start[s][w] : now[s][w]; sum[s][w] += now[s][w];
        low[s][w] = MIN(low[s][w], now[s][w]); above[s][w] += low[s][w] >= 0; }
      if ((t + 1) %% YEAR == 0) for (int s = 0; s < R; s++) EACH {
        worst[s][w] = MIN(worst[s][w], (sum[s][w] - year[s][w]) / YEAR); year[s][w] = sum[s][w]; }
      if (t == T) break;
      for (int s = 0; s < S; s++) EACH added[s][w] = 1 - 0.01 * x[s][w];
"""
FLOWS = """      for (int e = 0; e < E; e++) {
        const int a = giver[e], from = cost[e], to = worth[e];
        EACH { double h = MAX(room[a][w], 0); f[w] = rate[e] * (1 + 0.1 * dev[a / M][w]) * h / (h + 0.5);
          passed[e][w] += f[w]; added[from][w] -= f[w]; }
        if (t == 0) for (int before = 0; before < LAG; before++) EACH ring[before][e][w] = f[w];
        EACH { ring[(t + LAG) % (LAG + 1)][e][w] = f[w]; added[to][w] += 1.1 * ring[t % (LAG + 1)][e][w]; }
      }
"""
TAIL = """      for (int s = 0; s < S; s++) EACH x[s][w] = MIN(x[s][w] + added[s][w], 100);
    }
    for (int s = 0; s < R; s++) EACH if (n + w < futures) {
      double figures[6] = {start[s][w], now[s][w], sum[s][w] / (T + 1), low[s][w], above[s][w], worst[s][w]};
      for (int k = 0; k < 6; k++) out[(k * R + s) * futures + n + w] = figures[k]; }
  }
}
"""


def source(size: Size) -> str:
    """The relationship as C."""
    memory = float(np.exp(-7 / 56))
    numbers = {"lanes": LANES, "parties": size.parties, "capacities": size.capacities, "flows": len(size.flows)}
    numbers["members"] = size.members
    numbers |= {"weeks": WEEKS, "lag": LAG, "memory": memory, "fresh": float(np.sqrt(1 - memory**2))}
    columns = {
        "giver": [flow.giver for flow in size.flows],
        "cost": [flow.giver * size.capacities + flow.cost for flow in size.flows],
        "worth": [flow.receiver * size.capacities + flow.worth for flow in size.flows],
        "rate": [flow.rate for flow in size.flows],
    }
    return HEAD % {**numbers, **{name: ", ".join(map(str, column)) for name, column in columns.items()}} + FLOWS + TAIL


def built(size: Size, folder: Path) -> Callable[[], np.ndarray]:
    """A function that runs the C and gives the least room of every capacity [capacity, future]."""
    name = f"size{size.parties}"
    (folder / f"{name}.c").write_text(source(size), encoding="utf-8")
    flags = ("-O3", "-march=native", "-ffast-math", "-shared", "-fPIC", "-o")
    subprocess.run(["gcc", *flags, str(folder / f"{name}.so"), str(folder / f"{name}.c"), "-lm"], check=True)
    run = ctypes.CDLL(str(folder / f"{name}.so")).run
    count = size.groups or size.parties
    capacities, padded = count * size.capacities, -(-size.futures // LANES) * LANES
    out = np.zeros((6, capacities + 2 * size.groups, padded))
    names = [f"world.w{p}" for p in range(count)]

    def call() -> np.ndarray:
        keys = np.ascontiguousarray(draws.streams(1, names, range(padded)).T)
        run(ctypes.c_int64(padded), keys.ctypes.data_as(ctypes.c_void_p), out.ctypes.data_as(ctypes.c_void_p))
        return out[3, :capacities, : size.futures]

    return call


def ladder(repeat: int, folder: Path) -> Iterator[str]:
    """Rows of a table: CPU seconds of the C, and how many times as long the engines take, medians of so many rounds."""
    if shutil.which("gcc") is None:
        return
    for size in SIZES:
        relationship = _relationship(size)
        in_c, few = built(size, folder), max(min(size.futures, 64), size.futures // 20)
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
    reading = read(Source("bench.yaml", text(size)), open_table=lambda name: _table(size, name))
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
