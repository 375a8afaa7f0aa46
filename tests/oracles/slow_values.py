"""What goes into the slow simulator and what comes out: an experiment and a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """What is done to the relationship, from step `at` on.

    `cut`: flows between two parties are 0, reviews, risk sharing and fallbacks off. `outside`: the same with fallbacks
    on. `exit`: `party` announces that it leaves. `boost`: every essential capacity of `party` moves by `factor` of its
    range. `shock`: they fall to the floor. `scale`: the rates of `flows` are multiplied by `factor`. `stopped`: nothing
    that other parties give reaches `party`, and all rates go on.
    """

    kind: Literal["cut", "outside", "exit", "boost", "shock", "scale", "stopped"]
    at: int = 0
    party: str = ""
    flows: tuple[str, ...] = ()
    factor: float = 0.2


@dataclass(slots=True, kw_only=True)
class Run:
    """One future.

    `level` by `party.capacity`, member (0 of a single party) and k = 0..N. `rate` by flow, member or link, k = 0..N-1.
    `headroom` by party and k: of a group that of its `counts`. `member_headroom` by party, member, k. `worth`, `cost`:
    by flow and capacity, what was added and taken in all, when it arrived or was settled. `total`: by flow and k, the
    sum of its rates, as far as members are there. `received`, `borne`: by party and k, per time, as `balance` counts
    them. `presence` by group, member, k. `terms` by term and k. `measures` by name, k = 0..N-1. `risk_paid` by
    `party.capacity`, net. `clipped` by term: the steps of the reviews in which its `between` cut something off.
    """

    level: dict[str, list[list[float]]] = field(default_factory=dict)
    rate: dict[str, list[list[float]]] = field(default_factory=dict)
    headroom: dict[str, list[float]] = field(default_factory=dict)
    member_headroom: dict[str, list[list[float]]] = field(default_factory=dict)
    worth: dict[str, dict[str, float]] = field(default_factory=dict)
    cost: dict[str, dict[str, float]] = field(default_factory=dict)
    total: dict[str, list[float]] = field(default_factory=dict)
    received: dict[str, list[float]] = field(default_factory=dict)
    borne: dict[str, list[float]] = field(default_factory=dict)
    presence: dict[str, list[list[float]]] = field(default_factory=dict)
    measures: dict[str, list[float]] = field(default_factory=dict)
    terms: dict[str, list[float]] = field(default_factory=dict)
    risk_paid: dict[str, float] = field(default_factory=dict)
    clipped: dict[str, list[int]] = field(default_factory=dict)
