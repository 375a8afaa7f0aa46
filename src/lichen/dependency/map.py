"""The mutual dependency map: who needs, gives, risks and can damage what, directly, through others, and how late.

It rests on the structure of the file alone: on the rates of the start, as they follow from the formulas.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, final

import numpy as np

from lichen.dependency import graph
from lichen.dependency.contagion_members import MemberRanking, rank_members
from lichen.dependency.contagion_parties import PartyContagion, party_contagion
from lichen.dependency.delay import Delay
from lichen.dependency.harm import Damage, Exposure, SharedLoss, damages, exposures, shared_losses, without_voice
from lichen.dependency.needs import Need, Untold, delay_of, direct_dependence, needs, untold_dependence
from lichen.dependency.power import Power, balanced_outcomes, elsewhere
from lichen.dependency.through import Path, ThroughOthers, strongest_ways, through_others
from lichen.relationship.backing import backed_flows
from lichen.relationship.flow import Flow, FlowKind
from lichen.relationship.party import Party, PartyKind
from lichen.relationship.relationship import Relationship
from lichen.relationship.start import Start
from lichen.relationship.value import Value

T = TypeVar("T")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One flow as the map draws it.

    `per_day` is its rate at the start, None when somebody keeps it to itself. `weight` in 0..1 is its share of the
    capacity that it feeds (or weighs on) most; a flow without worth weighs as the median flow. `declared`: the file
    says who sees it.
    """

    flow: str
    title: str
    kind: FlowKind
    giver: str
    receiver: str
    per_day: float | None
    weight: float | None
    goodwill: bool
    seen_by: tuple[str, ...]
    declared: bool
    delay: Delay

    @property
    def unseen(self) -> bool:
        """Nobody is said to see it."""
        return not self.seen_by


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PartyMap:
    """One party: what it needs, gives, risks and can damage.

    `headroom` at the start (of a group what counts), None when it has no essential capacity or it is not known;
    `alternatives` and `walk_away` as the file says. `burdens` are what others put on it.
    """

    name: str
    title: str
    kind: PartyKind
    essential: bool
    headroom: float | None
    alternatives: float | None
    walk_away: float | None
    needs: tuple[Need, ...]
    gives: tuple[str, ...]
    burdens: tuple[Damage, ...]
    shared_losses: tuple[SharedLoss, ...]
    exposures: tuple[Exposure, ...]
    can_damage: tuple[Damage, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyMap:
    """The whole map. Matrices are [party, party] in the order of `parties`: how much the first needs the second.

    `direct` counts one step, as far as it is known (`untold` names what is not), `total` all rounds, None where
    feedback makes their sum infinite (`radius`, the largest eigenvalue of `direct`, is then 1 or more). `lean` says
    how much the others lean on each party, directly and through others, the most leant on having 1. `core`: the
    parties that all depend on each other. `reach`: the share of pairs in which one reaches the other. `untouched` are
    parties that no flow touches; they stand in no matrix.
    `members`: of large groups with links between members, those whose failure reaches furthest. `contagion`: who falls
    with whom among three parties and more, None with fewer.
    """

    title: str
    horizon_days: float
    parties: tuple[PartyMap, ...]
    edges: tuple[Edge, ...]
    direct: tuple[tuple[float, ...], ...]
    untold: tuple[Untold, ...]
    total: tuple[tuple[float, ...], ...] | None
    radius: float
    indirect: ThroughOthers
    paths: tuple[Path, ...]
    power: tuple[Power, ...]
    lean: tuple[float, ...]
    core: tuple[str, ...]
    reach: float
    without_voice: tuple[str, ...]
    untouched: tuple[str, ...]
    members: MemberRanking | None = None
    contagion: PartyContagion | None = None

    @property
    def endless(self) -> bool:
        """Whether dependences feed back on themselves without damping."""
        return self.total is None

    def dependence(self, party: str, on: str) -> float:
        """The direct dependence of one party on another; 0 for parties that are not on the map."""
        order = [p.name for p in self.parties]
        return self.direct[order.index(party)][order.index(on)] if {party, on} <= set(order) else 0.0


def build_map(relationship: Relationship) -> DependencyMap:
    """The mutual dependency map of a relationship."""
    start = Start(relationship)
    order = tuple(party.name for party in relationship.touched_parties)
    needs_of = needs(start)
    direct = direct_dependence(needs_of, order)
    untold = untold_dependence(relationship.inner_flows, needs_of)
    matrix = np.array(direct).reshape(len(order), len(order))
    radius = graph.spectral_radius(matrix)
    total = graph.total_dependence(matrix, radius)
    reached = graph.visibility(matrix)
    harm = damages(relationship, start)
    return DependencyMap(
        title=relationship.name,
        horizon_days=relationship.time.horizon_days,
        parties=tuple(_parties(start, needs_of, harm)),
        edges=tuple(_edges(relationship, start, needs_of)),
        direct=direct,
        untold=untold,
        total=None if total is None else tuple(map(tuple, total.tolist())),
        radius=radius,
        indirect=through_others(order, matrix, total),
        paths=strongest_ways(start, order, matrix, needs_of),
        power=tuple(_power(start, order, direct, needs_of, untold)),
        lean=_lean(matrix, radius),
        core=tuple(order[i] for i in graph.core(reached)),
        reach=graph.propagation_cost(reached),
        without_voice=without_voice(relationship),
        untouched=tuple(name for name in relationship.parties if name not in order),
        members=rank_members(relationship),
        contagion=party_contagion(start, needs_of, harm),
    )


def _parties(start: Start, needs_of: Mapping[str, tuple[Need, ...]], harm: Sequence[Damage]) -> Iterator[PartyMap]:
    relationship = start.relationship
    felt = exposures(relationship)
    gives = _grouped((flow.giver, flow.name) for flow in relationship.flows.values())
    burdens = _grouped((damage.party, damage) for damage in harm if damage.how == "burden")
    can_damage = _grouped((damage.by, damage) for damage in harm)
    for party in relationship.touched_parties:
        yield PartyMap(
            name=party.name,
            title=party.title,
            kind=party.kind,
            essential=party.essential,
            headroom=_known(start.read(f"{party.name}.headroom")) if party.essential_capacities else None,
            alternatives=_stated(start, party, party.alternatives),
            walk_away=_stated(start, party, party.walk_away),
            needs=needs_of[party.name],
            gives=gives.get(party.name, ()),
            burdens=burdens.get(party.name, ()),
            shared_losses=shared_losses(relationship, party.name),
            exposures=felt[party.name],
            can_damage=can_damage.get(party.name, ()),
        )


def _grouped(pairs: Iterable[tuple[str, T]]) -> Mapping[str, tuple[T, ...]]:
    found: dict[str, list[T]] = {}
    for name, one in pairs:
        found.setdefault(name, []).append(one)
    return {name: tuple(alike) for name, alike in found.items()}


def _stated(start: Start, party: Party, value: Value | None) -> float | None:
    """A value of a party, of a group the mean over its members; None when it is not known."""
    values = start.of_members(party, value)
    return _known(sum(values) / len(values)) if values else None


def _known(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _edges(relationship: Relationship, start: Start, needs_of: Mapping[str, Sequence[Need]]) -> Iterator[Edge]:
    backed = backed_flows(relationship)
    for flow in relationship.flows.values():
        yield Edge(
            flow=flow.name,
            title=flow.title,
            kind=flow.kind,
            giver=flow.giver,
            receiver=flow.receiver,
            per_day=_known(start.read(flow.name)),
            weight=_weight(start, flow, needs_of),
            goodwill=flow.is_inner and not flow.burdens and flow.name not in backed,
            seen_by=flow.seen_by,
            declared=flow.visible_to is not None,
            delay=delay_of(start, flow),
        )


def _weight(start: Start, flow: Flow, needs_of: Mapping[str, Sequence[Need]]) -> float | None:
    shares = []
    for need in needs_of.get(flow.receiver, ()):
        amount = abs(start.flow_worth(flow, need.capacity))
        if need.capacity in flow.worth and math.isfinite(amount):
            shares.append(amount / max(amount, need.per_day) if amount else 0.0)
    return max(shares, default=None)


def _power(
    start: Start,
    order: Sequence[str],
    direct: Sequence[Sequence[float]],
    needs_of: Mapping[str, Sequence[Need]],
    untold: Sequence[Untold],
) -> Iterator[Power]:
    """Power in every pair of which one gets from the other something that it needs, or may."""
    parties, open_pairs = start.relationship.parties, {(one.party, one.on) for one in untold}
    linked = open_pairs | {
        (name, supply.giver)
        for name in order
        for need in needs_of[name]
        for supply in need.supplies
        if supply.share > 0
    }
    place = {name: turn for turn, name in enumerate(order)}
    pairs = {tuple(sorted((place[a], place[b]))) for a, b in linked if a != b and {a, b} <= place.keys()}
    for i, j in sorted(pairs):
        one, other = order[i], order[j]
        replaced = (_replaced(needs_of[one], other), _replaced(needs_of[other], one))
        open_here = ((one, other) in open_pairs, (other, one) in open_pairs)
        choices = [_stated(start, parties[name], parties[name].alternatives) for name in (one, other)]
        outside = [elsewhere(part, count) for part, count in zip(replaced, choices, strict=True) if part is not None]
        yield Power(
            one=one,
            other=other,
            one_on_other=None if open_here[0] else direct[i][j],
            other_on_one=None if open_here[1] else direct[j][i],
            alternatives_of_one=choices[0],
            alternatives_of_other=choices[1],
            share_of_one=balanced_outcomes(2, [(0, 1)], [(0, 1)], outside)[0]
            if len(outside) == 2 and not any(open_here)
            else None,
        )


def _replaced(party_needs: Sequence[Need], giver: str) -> float | None:
    """How much of what a party gets from another fallbacks replace, where it gets most; None when it gets nothing."""
    gets = [[s for s in need.supplies if s.giver == giver and s.share > 0] for need in party_needs]
    most = max(gets, key=lambda supplies: sum(s.share for s in supplies), default=[])
    return sum(s.share * s.replaced for s in most) / sum(s.share for s in most) if most else None


def _lean(direct: graph.Matrix, radius: float) -> tuple[float, ...]:
    """Katz centrality without its constant, at half of what feedback allows: it exists however strong that is."""
    alpha = min(1.0, 0.5 / radius) if radius > 0 else 1.0
    above = [float(x) - 1 for x in graph.katz_centrality(direct, alpha, radius)]
    most = max(above, default=0.0)
    return tuple(x / most if most > 1e-12 else 0.0 for x in above)
