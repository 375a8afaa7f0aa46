"""What is asked of a relationship: the same futures again, with one thing changed.

Each experiment is one lane of a run and meets the same draws as every other; of a party that no flow touches nothing is
asked. `base` changes nothing. The names:

- `cut`: from the start nothing passes between two parties; reviews and risk sharing are off. `outside`: the same, with
  the declared fallbacks.
- `no_goodwill`: nothing that is not backed passes between parties. `ablate:F`, `halve:F`: one flow stopped or halved
  from the start.
- `only:P+Q`: from the start only the flows among these parties pass. `stopped:P`: nothing that P receives from others
  arrives.
- `shock_member:G[M]`: at a third of the horizon, one member M of a group to its floor.
- At a third of the horizon: `exit:P` leaves, with notice and fallbacks. `boost:P`, `damp:P`: 0.2 of the range up or
  down on each essential capacity. `shock:P`, `shock:P.C`: to the floor. `world_low:W`, `world_high:W`: at its 5 % or 95
  % point for a year. `shocks:S+T`: two of these shocks together.
- Deviations, also from a third on: `withhold:P` gives half, `free_ride:P` nothing, `delay:P` 13 weeks later;
  `collude:P+Q` both give half to all others; `cut_and_run:P` gives nothing in the last tenth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import final

from lichen.relationship.backing import backed_flows
from lichen.relationship.party import Party
from lichen.relationship.relationship import Relationship

LATER = 1 / 3
"""When most experiments begin, as a share of the horizon."""
LAST_TENTH = 0.9
BOOST = 0.2
LATE_DAYS = 13 * 7.0
LOW, HIGH = 0.05, 0.95
YEAR_DAYS = 365.25
LARGEST_COALITION_GAME = 5


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One lane: what is changed from `begins` (a share of the horizon) on.

    `rates`: factor by flow. `unreceived`: flows whose worth does not arrive. `late`: additional days by flow.
    `leaves`: the parties that announce their exit. `replaced`: flows whose declared fallback is on because they end
    here (those of a party that leaves are always on). `shifts`: capacities (`party.capacity`) moved by a share of
    their range; `to_floor`: capacities that fall to their floor, of a group with a `member` that member's only.
    `world`: world variables held at a probability point for a year. `scenario`: the file's scenario in force.
    `reviews`, `risk_sharing`: whether these act.
    """

    name: str
    begins: float = 0.0
    rates: Mapping[str, float] = field(default_factory=dict)
    unreceived: frozenset[str] = frozenset()
    late: Mapping[str, float] = field(default_factory=dict)
    leaves: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    shifts: Mapping[str, float] = field(default_factory=dict)
    to_floor: frozenset[str] = frozenset()
    member: str | None = None
    world: Mapping[str, float] = field(default_factory=dict)
    scenario: str | None = None
    reviews: bool = True
    risk_sharing: bool = True


BASE = Experiment(name="base")


def standard_experiments(relationship: Relationship, scenario: str | None = None) -> tuple[Experiment, ...]:
    """Every experiment that the verdict asks for, `base` first; all under one scenario of the file if it is named."""
    lanes = (
        BASE,
        *_without_relation(relationship),
        *_by_flow(relationship),
        *_by_party(relationship),
        *_deviations(relationship),
        *_by_world(relationship),
    )
    return lanes if scenario is None else tuple(replace(lane, scenario=scenario) for lane in lanes)


def member_shocks(
    relationship: Relationship, members: Iterable[tuple[str, str]], scenario: str | None = None
) -> tuple[Experiment, ...]:
    """One experiment for each member, given as (group, member)."""
    return tuple(
        Experiment(
            name=f"shock_member:{group}[{member}]",
            begins=LATER,
            to_floor=shock(relationship.parties[group]).to_floor,
            member=member,
            scenario=scenario,
        )
        for group, member in members
    )


def in_scenario(name: str) -> Experiment:
    """The relationship under a scenario of the file."""
    return Experiment(name=f"scenario:{name}", scenario=name)


def together(one: Experiment, other: Experiment) -> Experiment:
    """Two shocks at the same time."""
    return replace(
        one,
        name=f"shocks:{one.name}+{other.name}",
        to_floor=one.to_floor | other.to_floor,
        world={**one.world, **other.world},
    )


def without_goodwill(relationship: Relationship) -> Experiment:
    """Nothing that is not backed passes between parties."""
    backed = backed_flows(relationship)
    return Experiment(
        name="no_goodwill", rates={flow.name: 0.0 for flow in relationship.inner_flows if flow.name not in backed}
    )


def left_of(flow: str, left: float) -> Experiment:
    """A flow from the start, of which nothing or half is left."""
    return Experiment(name=f"{'halve' if left else 'ablate'}:{flow}", rates={flow: left})


def shock(party: Party, *capacities: str, begins: float = LATER) -> Experiment:
    """These capacities of a party fall to their floors; where none is named all that it lives on."""
    struck = capacities or tuple(capacity.name for capacity in party.essential_capacities)
    name = ".".join((f"shock:{party.name}", *capacities))
    return Experiment(name=name, begins=begins, to_floor=frozenset(f"{party.name}.{one}" for one in struck))


def at_its_ends(variable: str, begins: float = LATER) -> tuple[Experiment, Experiment]:
    """A world variable at its low point, and at its high one."""
    low, high = (
        Experiment(name=f"{name}:{variable}", begins=begins, world={variable: point})
        for name, point in (("world_low", LOW), ("world_high", HIGH))
    )
    return low, high


def _without_relation(relationship: Relationship) -> Iterator[Experiment]:
    inner = {flow.name: 0.0 for flow in relationship.inner_flows}
    cut = Experiment(name="cut", rates=inner, reviews=False, risk_sharing=False)
    yield cut
    yield replace(cut, name="outside", replaced=frozenset(inner))
    yield without_goodwill(relationship)
    names = tuple(party.name for party in relationship.touched_parties)
    if len(names) <= LARGEST_COALITION_GAME:
        for size in range(2, len(names)):
            for together in combinations(names, size):
                outside = {f.name: 0.0 for f in relationship.inner_flows if not set(f.parties) <= set(together)}
                yield Experiment(name=f"only:{'+'.join(together)}", rates=outside, risk_sharing=False)


def _by_flow(relationship: Relationship) -> Iterator[Experiment]:
    for name in relationship.flows:
        yield left_of(name, 0.0)
        yield left_of(name, 0.5)


def _by_party(relationship: Relationship) -> Iterator[Experiment]:
    receiving: dict[str, list[str]] = {}
    for flow in relationship.inner_flows:
        receiving.setdefault(flow.receiver, []).append(flow.name)
    for party in relationship.touched_parties:
        essential = [f"{party.name}.{capacity.name}" for capacity in party.essential_capacities]
        yield Experiment(name=f"stopped:{party.name}", unreceived=frozenset(receiving.get(party.name, ())))
        yield Experiment(name=f"boost:{party.name}", begins=LATER, shifts=dict.fromkeys(essential, BOOST))
        yield Experiment(name=f"damp:{party.name}", begins=LATER, shifts=dict.fromkeys(essential, -BOOST))
        yield shock(party)
        if len(party.capacities) > 1:
            for capacity in party.capacities:
                yield shock(party, capacity)
        if party.chooses:
            yield Experiment(name=f"exit:{party.name}", begins=LATER, leaves=frozenset([party.name]))


def _deviations(relationship: Relationship) -> Iterator[Experiment]:
    choosing = [party.name for party in relationship.touched_parties if party.chooses]
    giving = flows_given(relationship)
    for party in choosing:
        given = giving.get(party, {})
        yield Experiment(name=f"withhold:{party}", begins=LATER, rates=dict.fromkeys(given, 0.5))
        yield Experiment(name=f"free_ride:{party}", begins=LATER, rates=dict.fromkeys(given, 0.0))
        yield Experiment(name=f"delay:{party}", begins=LATER, late=dict.fromkeys(given, LATE_DAYS))
        yield Experiment(name=f"cut_and_run:{party}", begins=LAST_TENTH, rates=dict.fromkeys(given, 0.0))
    if len(choosing) >= 3:
        for one, other in combinations(choosing, 2):
            both = colluding(giving, one, other)
            yield Experiment(name=f"collude:{one}+{other}", begins=LATER, rates=dict.fromkeys(both, 0.5))


def flows_given(relationship: Relationship) -> Mapping[str, Mapping[str, str]]:
    """By party the flows that it gives to others, and to whom each goes."""
    giving: dict[str, dict[str, str]] = {}
    for flow in relationship.inner_flows:
        giving.setdefault(flow.giver, {})[flow.name] = flow.receiver
    return giving


def colluding(giving: Mapping[str, Mapping[str, str]], one: str, other: str) -> list[str]:
    """What two parties give to all others."""
    pairs = ((one, other), (other, one))
    return [flow for giver, beside in pairs for flow, to in giving.get(giver, {}).items() if to != beside]


def _by_world(relationship: Relationship) -> Iterator[Experiment]:
    for process in relationship.world.values():
        if process.kind != "constant":
            yield from at_its_ends(process.name)
