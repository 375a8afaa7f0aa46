"""What hangs on each single flow: it is cut in whole and in half from the start, all else as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, final

from lichen.check.evidence import CheckInput
from lichen.relationship.flow import Flow
from lichen.simulation.experiments import Experiment
from lichen.stress.effects import Effect, effects, hardness, worst
from lichen.stress.setting import MOST_LINKS, Setting


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One flow, cut in `whole` or in `half`, and what that does to every party."""

    flow: str
    title: str
    giver: str
    receiver: str
    cut: Literal["whole", "half"]
    effects: tuple[Effect, ...]

    @property
    def hit(self) -> Effect | None:
        """Who is hit hardest."""
        return worst(self.effects)

    @property
    def says(self) -> str:
        """`Without `payment` Alder reaches its floor after 7 weeks in 84 of 100 futures.`"""
        what = f"Without `{self.flow}`" if self.cut == "whole" else f"With half of `{self.flow}`"
        return f"{what} {self.hit.says if self.hit is not None else 'nobody can say what happens'}."


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The cuts, the hardest first; `untried` counts the flows that were left out."""

    tried: tuple[Link, ...]
    untried: int


def links(setting: Setting) -> Links:
    """Every flow of the relationship, or those of the party that is asked of."""
    flows = [f for f in setting.relationship.flows.values() if setting.party is None or setting.party in f.parties]
    tried = flows[:MOST_LINKS]
    evidence = setting.run([lane for flow in tried for lane in _lanes(flow)])
    found = [_link(evidence, flow, lane) for flow in tried for lane in _lanes(flow)]
    return Links(tried=tuple(sorted(found, key=lambda one: hardness(one.hit))), untried=len(flows) - len(tried))


def _lanes(flow: Flow) -> Iterator[Experiment]:
    yield Experiment(name=f"ablate:{flow.name}", rates={flow.name: 0.0})
    yield Experiment(name=f"halve:{flow.name}", rates={flow.name: 0.5})


def _link(evidence: CheckInput, flow: Flow, lane: Experiment) -> Link:
    return Link(
        flow=flow.name,
        title=flow.title,
        giver=flow.giver,
        receiver=flow.receiver,
        cut="whole" if lane.rates[flow.name] == 0 else "half",
        effects=effects(evidence, evidence.futures.lanes[lane.name]),
    )
