"""The hardest exit, the hardest blow and the cheat that pays best, from the futures of a verdict: three sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from lichen.check.evidence import CheckInput
from lichen.check.shocks import KINDS
from lichen.simulation.experiments import Experiment, standard_experiments
from lichen.stress.cheating import Cheat, Deviation, Way, cheat_of, in_order
from lichen.stress.effects import hardness
from lichen.stress.exits import exit_of
from lichen.stress.shocks import shock_of


def summary(evidence: CheckInput) -> tuple[str, ...]:
    """What one must know of exits, blows and cheating; fewer sentences where nobody can leave or cheat."""
    parties = evidence.relationship.parties
    known = {lane.name: lane for lane in standard_experiments(evidence.relationship)}
    exits = [exit_of(evidence, parties[who], lane) for who, lane in evidence.lanes("exit")]
    blows = [shock_of(of, known[lane.name]) for of, lane in evidence.each(KINDS)]
    cheats = in_order(_cheats(evidence.of_unjudged, known))
    return (
        *(one.says for one in sorted(exits, key=lambda one: hardness(one.hit))[:1]),
        *(one.says for one in sorted(blows, key=lambda one: hardness(one.hit))[:1]),
        *(f"{one.outcome}." for one in cheats[:1]),
    )


def _cheats(evidence: CheckInput, known: dict[str, Experiment]) -> Iterator[Cheat]:
    """The deviations among the experiments of a verdict, of parties that give anything."""
    for way in get_args(Way):
        for who, lane in evidence.lanes(way):
            experiment = known[lane.name]
            amounts = (*experiment.late.values(), *(1 - rate for rate in experiment.rates.values()))
            if amounts:
                deviation = Deviation(
                    by=tuple(who.split("+")),
                    way=way,
                    amount=amounts[0],
                    begins=experiment.begins,
                    flows=(*experiment.late, *experiment.rates),
                )
                yield cheat_of(evidence, deviation, lane)
