"""Loop shares equal those of Simlin on drawn models, which it reads as XMILE.

What is said here at step k, it says at k + 1.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import simlin

from lichen.relationship.relationship import Relationship
from lichen.show.formats.xmile import Written, names_in_model, xmile
from lichen.simulation.dynamics.model import Dynamics
from lichen.simulation.dynamics.stock_flow import dynamics_of
from tests.simulation.build import relationship
from tests.simulation.flows_and_stocks import shares

TIME = "time: {start: 2026-01-01, horizon: 30 days, step: 1 day}\n"


def drawn(seed: int) -> Relationship:
    """Two to four parties that give to each other by rates of every form, bent, switched and bounded ones too."""
    chance = random.Random(seed)
    parties = "abcd"[: chance.randint(2, 4)]
    capacities = {party: ["cash", "line"][: chance.randint(1, 2)] for party in parties}

    def level() -> str:
        party = chance.choice(parties)
        return f"{party}.{chance.choice(capacities[party])}"

    def rate() -> str:
        share = round(chance.uniform(0.01, 0.2), 3)
        forms = (
            f"{share} * {level()} * {level()} / 100",
            f"{50 * share:.3f} * saturate({level()}, {chance.randint(10, 90)})",
            f"min({share} * {level()}, {share} * {level()})",
            f"{share} * max(0, {level()} - {level()})",
            f"{share} * {level()} * {chance.choice(parties)}.headroom",
            f"({share} * {level()} if {level()} > {chance.randint(40, 160)} else {share / 2:.4f} * {level()})",
        )
        return chance.choice(forms)

    text = "parties:\n"
    for party in parties:
        text += f"  {party}:\n    kind: organisation\n    capacities:\n"
        for capacity in capacities[party]:
            own = f"0.1 * {level()} - {chance.uniform(0.02, 0.2):.3f} * {party}.{capacity}"
            bounds = f"level: {chance.randint(50, 150)}, floor: {chance.randint(5, 30)}"
            text += f'      {capacity}: {{{bounds}, change: "({own}) / 1 day"}}\n'
    text += "flows:\n"
    for turn in range(chance.randint(2, 5)):
        giver, receiver = chance.sample(parties, 2)
        more = " + 0.3 * f0 * 1 day" if turn and chance.random() < 0.4 else ""
        ends = f"kind: benefit, from: {giver}, to: {receiver}"
        cost = f"{chance.choice(capacities[giver])}: {chance.uniform(0.2, 1):.2f}"
        worth = f"{chance.choice(capacities[receiver])}: {chance.uniform(0.2, 1.3):.2f}"
        text += f'  f{turn}: {{{ends}, rate: "({rate()}{more}) / 1 day", cost: {{{cost}}}, worth: {{{worth}}}}}\n'
    return relationship(text, time=TIME)


@pytest.mark.parametrize("seed", range(8))
def test_shares_of_all_loops_are_those_of_simlin(seed: int, tmp_path: Path) -> None:
    found = drawn(seed)
    written, dynamics = xmile(found), dynamics_of(found)
    assert isinstance(written, Written)
    assert isinstance(dynamics, Dynamics)
    path = tmp_path / "model.xmile"
    path.write_text(written.text, encoding="utf-8")
    theirs = simlin.load(path).run()
    name_of = {identifier.lower(): name for name, identifier in names_in_model(dynamics).items()}
    expected = {frozenset(name_of[v] for v in loop.variables): loop.behavior_time_series for loop in theirs.loops}
    mine = shares(dynamics)
    assert theirs.ltm_mode == "exhaustive"
    assert mine.keys() == expected.keys()
    for loop, course in mine.items():
        assert np.array(course) == pytest.approx(expected[loop][1:], abs=1e-9), loop
