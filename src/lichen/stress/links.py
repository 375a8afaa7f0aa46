"""What hangs on each single flow: it is cut in whole and in half from the start, all else as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, final

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.relationship.flow import Flow
from lichen.simulation.experiments import left_of
from lichen.simulation.futures import Lane
from lichen.stress.effects import Effect, effects, hardness, untold, worst
from lichen.stress.setting import Setting

Cut = Literal["whole", "half"]
LEFT: Mapping[Cut, float] = {"whole": 0.0, "half": 0.5}
"""How much of a flow is left."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One flow, cut in `whole` or in `half`, and what that does to every party."""

    flow: str
    title: str
    giver: str
    receiver: str
    cut: Cut
    effects: tuple[Effect, ...]

    @property
    def hit(self) -> Effect | None:
        """Who is hit hardest."""
        return worst(self.effects)

    @property
    def says(self) -> str:
        """`Without `payment` Alder reaches its floor after 7 weeks in 84 of 100 futures.`"""
        what = f"Without `{self.flow}`" if self.cut == "whole" else f"With half of `{self.flow}`"
        hit = self.hit
        return f"{what} {hit.says + wording.but_for(untold(self.effects)) if hit else 'nobody can say what happens'}."

    @property
    def is_felt(self) -> bool:
        """Whether it makes a difference to anybody, as far as it can be told."""
        return any(one.is_felt for one in self.effects)


def links(setting: Setting) -> tuple[Link, ...]:
    """Every flow, or those on which most hangs, or all that touch the party that is asked of; the hardest cut first."""
    tried = [(flow, cut) for flow in setting.first(setting.flows, setting.most_links) for cut in LEFT]
    found = setting.each([(left_of(flow.name, LEFT[cut]), (flow, cut)) for flow, cut in tried], _link)
    return tuple(sorted(found, key=lambda one: hardness(one.hit)))


def _link(evidence: CheckInput, tried: tuple[Flow, Cut], lane: Lane) -> Link:
    flow, cut = tried
    return Link(
        flow=flow.name,
        title=flow.title,
        giver=flow.giver,
        receiver=flow.receiver,
        cut=cut,
        effects=effects(evidence, lane, of=flow.parties),
    )
