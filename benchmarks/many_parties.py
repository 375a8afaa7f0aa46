"""Files of many firms that live on each other: strewn at random, one after the other, or in a ring."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Literal

PARTIES = 1_000
FLOWS = 5_000
CAPACITIES = ("cash", "stock", "staff")

Shape = Literal["random", "chain", "ring"]


def write(folder: Path, shape: Shape, parties: int = PARTIES) -> Path:
    """The relationship file: three capacities a firm; every third flow is settled a month later."""
    draws = random.Random(1)
    firms = (
        f"  p{firm}: {{kind: organisation, capacities: {{{', '.join(_capacity(draws, name) for name in CAPACITIES)}}}}}"
        for firm in range(parties)
    )
    flows = (_flow(draws, turn, *ends) for turn, ends in enumerate(_ends(draws, shape, parties)))
    world = "  demand: {process: ar1, mean: 1, spread: 10 %, memory: 8 weeks}"
    text = "\n".join([_HEAD, "parties:", *firms, "world:", world, "flows:", *flows, ""])
    file = folder / f"{shape}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


_HEAD = """\
lichen: 1
relationship: Firms that live on each other
time: {start: 2026-01-01, horizon: 2 years, step: 1 month}"""


def _ends(draws: random.Random, shape: Shape, parties: int) -> list[tuple[int, ...]]:
    if shape == "random":
        return [tuple(draws.sample(range(parties), 2)) for _ in range(FLOWS * parties // PARTIES)]
    return [(firm, (firm + 1) % parties) for firm in range(parties if shape == "ring" else parties - 1)]


def _capacity(draws: random.Random, name: str) -> str:
    level, floor, costs = draws.randint(100, 900), draws.randint(10, 90), draws.randint(1, 9)
    return f"{name}: {{level: {level} EUR, floor: {floor} EUR, change: -{costs} EUR/month}}"


def _flow(draws: random.Random, turn: int, giver: int, receiver: int) -> str:
    takes, feeds = draws.choices(CAPACITIES, k=2)
    settled = "" if turn % 3 else ", settled_after: 1 month"
    return (
        f"  f{turn}: {{kind: benefit, from: p{giver}, to: p{receiver}, rate: {draws.randint(1, 5)} EUR/month * demand, "
        f"cost: {{{takes}: 1}}, worth: {{{feeds}: 1.1}}{settled}}}"
    )
