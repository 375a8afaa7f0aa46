"""A role of very many members beside one party: the file and the table that `./dev bench` measures."""

from __future__ import annotations

import random
from pathlib import Path

MEMBERS = 1_000_000
WEEKS = 260


def write(folder: Path) -> Path:
    """A mill and its growers, each with capacities and yields of its own; the relationship file."""
    draws = random.Random(1)
    rows = (
        f"g{grower},{draws.uniform(800, 3000):.2f},{draws.uniform(20, 60):.2f},{draws.uniform(0.6, 1.4):.3f}\n"
        for grower in range(MEMBERS)
    )
    with (folder / "growers.csv").open("w", encoding="utf-8") as table:
        table.write("grower,cash,yield,soil\n")
        table.writelines(rows)
    file = folder / "million.yaml"
    file.write_text(_TEXT.format(weeks=WEEKS, cash=200 * MEMBERS, floor=50 * MEMBERS, costs=MEMBERS), encoding="utf-8")
    return file


_TEXT = """\
lichen: 1
relationship: A mill and its growers
time: {{start: 2026-01-05, horizon: {weeks} weeks, step: 1 week}}
parties:
  mill:
    kind: organisation
    capacities:
      cash: {{level: {cash} EUR, floor: {floor} EUR, change: -{costs} EUR/week}}
  growers:
    kind: group
    members: {{file: growers.csv, member: grower, columns: {{cash: EUR, yield: EUR/week, soil: 1}}}}
    capacities:
      cash: {{level: members.cash, floor: 500 EUR, change: -10 EUR/week - 0.5 %/week * growers.cash}}
      soil: {{level: members.soil, floor: 0.3, change: 1 %/week * (1 - growers.soil)}}
      hours: {{level: 40 hour, floor: 10 hour, change: 5 %/week * (40 hour - growers.hours)}}
world:
  weather: {{process: ar1, mean: 1, spread: 10 %, memory: 8 weeks}}
flows:
  grain:
    kind: benefit
    from: growers
    to: mill
    rate: members.yield * weather * growers.soil
    cost: {{soil: 0.0002 per EUR, hours: 0.02 hour per EUR}}
    worth: {{cash: 1}}
  payment: {{kind: benefit, from: mill, to: growers, rate: 0.9 * grain, cost: {{cash: 1}}, worth: {{cash: 1}}}}
"""
