"""`two_parties.yaml` as one would write it for radCAD: a state, and a step of one day in plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

State: TypeAlias = dict[str, tuple[float, ...]]
"""By party, its capacities in the order of the file; `room`, smoothed, of both; by flow, what is under way."""

CAPACITIES = {"grower": ("cash", "soil", "grain"), "bakery": ("cash", "ovens", "hands")}
DAYS = {"delivery": 3, "payment": 8, "machines": 5, "straw": 2, "help": 4, "bread": 1}
"""How long what a flow gives is under way."""
START: State = {
    "grower": (600.0, 80.0, 90.0),
    "bakery": (800.0, 50.0, 40.0),
    "room": (1.0, 1.0),
    **{flow: (0.0,) * days for flow, days in DAYS.items()},
}


def step(now: State, harvest: float, demand: float) -> State:
    """The state a day later."""
    grower_cash, soil, grain = now["grower"]
    bakery_cash, ovens, hands = now["bakery"]
    grower_smoothed, bakery_smoothed = now["room"]
    grower_room = min((grower_cash - 200) / 400, (soil - 40) / 40, (grain - 20) / 70)
    bakery_room = min((bakery_cash - 300) / 500, (ovens - 30) / 20, (hands - 20) / 20)
    delivery = max(0.0, min(3 * demand, 0.1 * grain))
    given = {
        "delivery": delivery,
        "payment": delivery * 5 * _saturated(bakery_room, 0.3),
        "machines": 2 * max(0.0, bakery_smoothed),
        "straw": 0.2 * _saturated(grower_room, 0.5),
        "help": 0.3 * _saturated(bakery_room, 0.4) * harvest,
        "bread": 0.1 * max(0.0, grower_smoothed) * _saturated(ovens, 30),
    }
    there = {flow: now[flow][0] for flow in DAYS}
    grower = (
        grower_cash - 1 - 0.01 * grower_cash + there["payment"] + 6 * there["bread"],
        soil + 0.5 - 0.002 * soil + 0.1 * there["machines"] - 0.5 * given["straw"],
        grain + 4 * harvest * _saturated(soil, 40) - 0.005 * grain + there["help"] - delivery,
    )
    bakery = (
        bakery_cash - 2 - 0.01 * bakery_cash + 9 * there["delivery"] - given["payment"] - given["machines"],
        ovens + 0.2 - 0.005 * ovens + there["straw"],
        hands + 0.3 - 0.005 * hands - 0.5 * given["help"] - 0.2 * given["bread"],
    )
    return {
        "grower": tuple(map(min, grower, (2000.0, 100.0, 150.0))),
        "bakery": tuple(map(min, bakery, (2500.0, 80.0, 60.0))),
        "room": (
            grower_smoothed + (grower_room - grower_smoothed) / 10,
            bakery_smoothed + (bakery_room - bakery_smoothed) / 20,
        ),
        **{flow: (*now[flow][1:], given[flow]) for flow in DAYS},
    }


def levels(days: Iterable[State]) -> dict[str, NDArray[np.float64]]:
    """The level of every capacity [time] over states of successive days."""
    days = tuple(days)
    return {
        f"{party}.{name}": np.array([day[party][place] for day in days])
        for party, names in CAPACITIES.items()
        for place, name in enumerate(names)
    }


def _saturated(amount: float, half: float) -> float:
    """How close to 1 an amount comes that reaches a half at `half`."""
    return amount / (amount + half) if amount > 0 else 0.0
