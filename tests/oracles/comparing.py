"""The engine and the slow simulator side by side: the same world and experiments, and every figure that differs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from lichen.relationship.relationship import Relationship
from lichen.simulation.experiments import standard_experiments
from lichen.simulation.futures import Futures, Lane, Trace
from lichen.simulation.run import simulate
from tests.oracles.slow import Experiment, Run, run
from tests.oracles.slow_world import Chance

TOLERANCE = 1e-9


def differences(
    relationship: Relationship, lanes: Sequence[str], futures: Sequence[int], scenario: str | None = None, seed: int = 1
) -> list[str]:
    """Every figure in which the two disagree, as `lane/future what: engine, slow`."""
    chosen = [experiment for experiment in standard_experiments(relationship, scenario) if experiment.name in lanes]
    fast = simulate(relationship, chosen, runs=max(futures) + 1, seed=seed)
    found = []
    for future in futures:
        chance = Chance(relationship, seed, future)
        for lane in fast.lanes.values():
            experiment = experiment_of(relationship, lane)
            draws = {"draws": chance.draws, "spread": chance.spread}
            slow = run(relationship, **draws, experiment=experiment, scenario=scenario)
            for what, engine, mine in figures(relationship, fast, lane, slow, future):
                if not close(engine, mine):
                    found.append(f"{lane.name}/{future} {what}: {engine!r}, {mine!r}")
    return found


def close(one: float, other: float) -> bool:
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return one == other or abs(one - other) <= TOLERANCE * max(1.0, abs(one), abs(other))


def experiment_of(relationship: Relationship, lane: Lane) -> Experiment | None:
    """The slow simulator's experiment of a lane's name."""
    kind, _, whom = lane.name.partition(":")
    at = max(0, math.floor(lane.intervention_days / relationship.time.step_days + 0.5))
    match kind:
        case "base":
            return None
        case "cut" | "outside":
            return Experiment(kind=kind)
        case "ablate" | "halve":
            return Experiment(kind="scale", at=at, flows=(whom,), factor=0.0 if kind == "ablate" else 0.5)
        case "withhold" | "free_ride":
            flows = tuple(flow.name for flow in relationship.inner_flows if flow.giver == whom)
            return Experiment(kind="scale", at=at, flows=flows, factor=0.5 if kind == "withhold" else 0.0)
        case "boost" | "damp":
            return Experiment(kind="boost", at=at, party=whom, factor=0.2 if kind == "boost" else -0.2)
        case "exit" | "shock" | "stopped":
            return Experiment(kind=kind, at=at, party=whom)
    raise AssertionError(lane.name)


def figures(
    relationship: Relationship, fast: Futures, lane: Lane, slow: Run, future: int
) -> Iterator[tuple[str, float, float]]:
    """What, the engine's figure, and the slow simulator's."""
    step = relationship.time.step_days
    for name, path in fast.paths.get(lane.name, {}).items():
        mine = path_of(slow, name)
        if mine is not None:
            yield from ((f"{name}[{k}]", float(path[future, k]), value) for k, value in enumerate(mine))
    for party, trace in lane.headroom.items():
        yield from of_trace(f"{party}.headroom", trace, slow.headroom[party], lane, step, future)
    for group, trace in lane.presence.items():
        total = [sum(there) for there in zip(*slow.presence[group], strict=True)]
        yield from of_trace(f"{group} presence", trace, total, lane, step, future)
    for group, trace in lane.group_mean.items():
        yield from of_trace(f"{group} mean", trace, mean_headroom(slow, group), lane, step, future)
    for name, trace in lane.measures.items():
        yield from of_trace(name, trace, slow.measures[name], lane, step, future)
    for name, totals in lane.flows.items():
        yield f"{name} amount", float(totals.amount[future]), sum(slow.total[name]) * step
        for side, engine, mine in (("worth", totals.worth, slow.worth[name]), ("cost", totals.cost, slow.cost[name])):
            yield from ((f"{name} {side} {key}", float(engine[key][future]), mine[key]) for key in mine)
    for term, clips in lane.clips.items():
        times = slow.clipped.get(term, [])
        yield f"{term} clipped", float(clips.times[future]), len(times)
        yield f"{term} first clipped", float(clips.first[future]), times[0] * step if times else math.inf
    for key, paid in lane.risk_paid.items():
        yield f"{key} risk paid", float(paid[future]), slow.risk_paid[key]


def path_of(slow: Run, name: str) -> list[float] | None:
    """The slow simulator's course of a path that the engine keeps; of a group the sum over the members there."""
    for course in (slow.measures, slow.terms, slow.total):
        if name in course:
            return course[name]
    party, _, what = name.partition(".")
    if what in ("headroom", "received", "borne"):
        return {"headroom": slow.headroom, "received": slow.received, "borne": slow.borne}[what][party]
    if party not in slow.presence:
        return slow.level[name][0]
    levels, there = zip(*slow.level[name], strict=True), zip(*slow.presence[party], strict=True)
    return [sum(x * weight for x, weight in zip(*at, strict=True)) for at in zip(levels, there, strict=True)]


def mean_headroom(slow: Run, group: str) -> list[float]:
    """The mean over the members that are there, each by its presence."""
    rooms, there = zip(*slow.member_headroom[group], strict=True), zip(*slow.presence[group], strict=True)
    return [
        sum(room * weight for room, weight in zip(at, weights, strict=True)) / sum(weights) if sum(weights) else 0.0
        for at, weights in zip(rooms, there, strict=True)
    ]


def of_trace(
    name: str, trace: Trace, mine: list[float], lane: Lane, step: float, future: int
) -> Iterator[tuple[str, float, float]]:
    """A course and what the engine keeps of it."""
    since = mine[math.floor(lane.intervention_days / step + 0.5) :]
    yield f"{name} start", float(trace.start[future]), mine[0]
    yield f"{name} end", float(trace.end[future]), mine[-1]
    yield f"{name} mean", float(trace.mean[future]), sum(mine) / len(mine)
    yield f"{name} least", float(trace.least[future]), min(mine)
    yield f"{name} least after", float(trace.least_after[future]), min(since)
