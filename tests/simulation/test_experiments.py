"""What the experiments change, and that they change nothing else."""

from __future__ import annotations

import math
from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest

from lichen.relationship.values import values_of
from lichen.simulation.experiments import Experiment, standard_experiments
from lichen.simulation.futures import Futures, Trace
from lichen.simulation.run import simulate
from tests.simulation.build import base, course, relationship, run

TIME = "time: {start: 2026-01-01, horizon: 3 years, step: 1 month}\n"
TWO = """
parties:
  a:
    kind: organisation
    capacities: {cash: {level: 100 EUR, floor: 20 EUR, change: -0.4 EUR/day * mood}, calm: {level: 4, floor: 1}}
  b: {kind: living system, capacities: {water: {level: 50..70, floor: 10, healthy: 70}}}
world:
  mood: {process: ar1, mean: 1, spread: 20 %, memory: 3 months}
  rent: 2
terms: {fee: {value: 3 EUR, between: [1 EUR, 5 EUR]}}
flows:
  water: {kind: benefit, from: b, to: a, rate: 0.2 per day * b.water / 50, cost: {water: 1}, worth: {cash: fee},
          promised: true, arrives_after: 2 months, if_lost: {replaced: 50 %, after: 3 months, cost: {cash: 1 EUR}}}
  care: {kind: benefit, from: a, to: b, rate: "0.2 per day * saturate(a.headroom, 0.5)",
         cost: {cash: 1 EUR}, worth: {water: 1.6}}
  rain: {kind: benefit, from: world, to: b, rate: 0.01 per day, worth: {water: 1}}
adjustment: {raised_by: [a], review_every: 6 months, changes: [{set: fee, to: agreed(fee) * mood}]}
scenarios:
  dry: {from: 2027-01-01, until: 2028-01-01, set: {mood: 3, fee: 1 EUR}}
"""


def lanes(*experiments: Experiment, runs: int = 20) -> Futures:
    return simulate(relationship(TWO, time=TIME), experiments, runs=runs)


def named(name: str) -> Experiment:
    return next(e for e in standard_experiments(relationship(TWO, time=TIME)) if e.name == name)


def traces(futures: Futures, lane: str) -> dict[str, np.ndarray]:
    """Every number of a lane by its place."""
    found = {}
    kept = futures.lanes[lane]
    for group in ("headroom", "capacity_headroom", "measures", "balance"):
        for name, trace in getattr(kept, group).items():
            found |= {f"{group}.{name}.{f.name}": getattr(trace, f.name) for f in fields(Trace)}
    for name, flow in kept.flows.items():
        found |= {f"{name}.{part}": getattr(flow, part) for part in ("amount", "late_amount", "clipped", "shortfall")}
        found |= {f"{name}.{c}": v for c, v in (*flow.worth.items(), *flow.cost.items())}
    return found


def test_the_standard_experiments_have_their_names() -> None:
    names = {e.name for e in standard_experiments(relationship(TWO, time=TIME))}
    assert names == {
        *("base", "cut", "outside", "no_goodwill"),
        *("ablate:water", "halve:water", "ablate:care", "halve:care", "ablate:rain", "halve:rain"),
        *("stopped:a", "boost:a", "damp:a", "shock:a", "shock:a.cash", "shock:a.calm", "exit:a"),
        *("stopped:b", "boost:b", "damp:b", "shock:b"),  # a living system neither leaves nor cheats
        *("withhold:a", "free_ride:a", "delay:a", "cut_and_run:a"),
        *("world_low:mood", "world_high:mood"),  # what is constant has no low or high point
    }


def test_three_parties_can_collude_and_leave_one_out() -> None:
    three = relationship(
        "parties:\n"
        + "".join(
            f"  {p}: {{kind: organisation, capacities: {{cash: {{level: 9 EUR, floor: 1 EUR}}}}}}\n" for p in "abc"
        )
        + "flows:\n"
        + "".join(
            f"  {g}{r}: {{kind: benefit, from: {g}, to: {r}, rate: 1 EUR/day, worth: {{cash: 1}}}}\n"
            for g, r in ("ab", "ba", "ac", "ca", "bc", "cb")
        )
    )
    experiments = {e.name: e for e in standard_experiments(three)}
    assert dict(experiments["collude:a+b"].rates) == {"ac": 0.5, "bc": 0.5}
    assert dict(experiments["only:a+c"].rates) == {"ab": 0.0, "ba": 0.0, "bc": 0.0, "cb": 0.0}
    assert "only:a+b+c" not in experiments


def test_other_lanes_and_other_chunks_change_no_figure() -> None:
    model = relationship(TWO, time=TIME)
    experiments = standard_experiments(model)
    together = simulate(model, experiments, runs=23, chunk=23)
    in_parts = simulate(model, experiments, runs=23, chunk=5)
    for lane in together.lanes:
        for place, figure in traces(together, lane).items():
            assert np.array_equal(figure, traces(in_parts, lane)[place], equal_nan=True), (lane, place)
    alone = simulate(model, [named("base"), named("exit:a")], runs=23)
    for lane in alone.lanes:
        for place, figure in traces(alone, lane).items():
            assert figure == pytest.approx(traces(together, lane)[place], rel=1e-12, nan_ok=True), (lane, place)
    assert np.array_equal(together.paths["base"]["a.cash"], in_parts.paths["base"]["a.cash"])


def test_more_futures_keep_the_first_ones() -> None:
    few, many = lanes(base(), runs=5), lanes(base(), runs=12)
    for place, figure in traces(few, "base").items():
        assert np.array_equal(figure, traces(many, "base")[place][:5], equal_nan=True), place


def test_a_cut_leaves_only_the_world_and_what_was_on_its_way() -> None:
    futures = lanes(named("base"), named("cut"))
    flows = futures.lanes["cut"].flows
    assert flows["water"].amount == pytest.approx(0) and flows["care"].amount == pytest.approx(0)
    assert flows["rain"].amount == pytest.approx(futures.base.flows["rain"].amount)
    first = futures.paths["base"]["water"][:, 0]
    assert flows["water"].worth["cash"] == pytest.approx(first * 3 * 2 * 365.25 / 12)  # two months, and no review


def test_boost_damp_and_shock_move_the_levels_at_a_third() -> None:
    futures = lanes(named("base"), named("boost:a"), named("damp:a"), named("shock:a"))
    for lane, moved in (("boost:a", 0.2), ("damp:a", -0.2)):
        assert futures.lanes[lane].intervention_days == pytest.approx(365.25)
        calm = futures.lanes[lane].capacity_headroom["a.calm"]
        assert calm.start == pytest.approx(1)
        assert calm.end == pytest.approx(1 + moved)
        assert calm.sum_after == pytest.approx((1 + moved) * 25 * 365.25 / 12)  # steps 12 to 36
        assert calm.mean == pytest.approx((12 + 25 * (1 + moved)) / 37)
    shocked = futures.lanes["shock:a"].capacity_headroom
    assert shocked["a.calm"].least_after == pytest.approx(0)
    assert (shocked["a.cash"].least <= 0).all()
    assert futures.base.capacity_headroom["a.calm"].least_after == pytest.approx(1)


def test_what_a_party_receives_stops_while_it_goes_on_giving() -> None:
    futures = lanes(named("base"), named("stopped:a"))
    stopped = futures.lanes["stopped:a"].flows
    assert stopped["water"].worth["cash"] == pytest.approx(0)
    assert stopped["water"].amount.min() > 0
    assert stopped["care"].amount.min() > 0


def test_deviations_begin_at_a_third_and_in_the_last_tenth() -> None:
    constant = relationship(
        TWO.replace('rate: "0.2 per day * saturate(a.headroom, 0.5)"', "rate: 0.2 per day"), time=TIME
    )
    wanted = ("withhold:a", "free_ride:a", "cut_and_run:a", "delay:a")
    experiments = [e for e in standard_experiments(constant) if e.name in wanted]
    futures = simulate(constant, experiments, runs=1)
    month = 0.2 * 365.25 / 12
    given = {name: lane.flows["care"].amount[0] / month for name, lane in futures.lanes.items()}
    assert given == pytest.approx({"withhold:a": 12 + 12, "free_ride:a": 12, "cut_and_run:a": 32, "delay:a": 36})
    late = futures.lanes["delay:a"].flows["care"]
    assert late.worth["water"][0] / month == pytest.approx(1.6 * (36 - 3))  # 13 weeks are three months


def test_a_world_variable_stands_at_its_point_for_a_year() -> None:
    other = relationship(TWO + "checks: {mood_seen: {measure: mood, good: {at_least: 0}}}\n", time=TIME)
    moods = run(other, base(begins=1 / 3, world={"mood": 0.95}), runs=3).paths["base"]["mood_seen"]
    without = run(other, runs=3).paths["base"]["mood_seen"]
    assert moods[:, 12:24] == pytest.approx(1 + 1.6448536269514722 * 0.2)
    assert np.array_equal(moods[:, :12], without[:, :12]) and np.array_equal(moods[:, 24:], without[:, 24:])


def test_a_scenario_replaces_terms_and_world_for_its_time() -> None:
    seen = "  mood_seen: {measure: mood, good: {at_least: 0}}\n  fee_seen: {measure: fee, good: {at_least: 0 EUR}}\n"
    model = relationship(f"{TWO}checks:\n{seen}", time=TIME)
    experiment = standard_experiments(model, "dry")[0]
    paths = run(model, experiment, runs=3).paths["base"]
    assert paths["mood_seen"][:, 12:24] == pytest.approx(3)  # from the first step at or after the date
    assert paths["fee_seen"][:, 12:24] == pytest.approx(1)
    assert (paths["mood_seen"][:, 24:-1] < 3).all()
    assert paths["fee_seen"][:, 11] == pytest.approx(paths["fee"][:, 11])


def test_goodwill_is_what_nothing_backs() -> None:
    futures = lanes(named("base"), named("no_goodwill"))
    flows = futures.lanes["no_goodwill"].flows
    assert flows["water"].amount.min() > 0
    assert flows["care"].amount == pytest.approx(0)


def test_traces_agree_with_the_courses_they_reduce() -> None:
    futures = lanes(base(), runs=9)
    room = (futures.paths["base"]["a.cash"] - 20) / 80
    trace = futures.base.capacity_headroom["a.cash"]
    assert trace.start == pytest.approx(room[:, 0])
    assert trace.end == pytest.approx(room[:, -1])
    assert trace.mean == pytest.approx(room.mean(axis=1))
    assert trace.least == pytest.approx(room.min(axis=1))
    ends = [0, 7, 15, 22, 30, 37]
    parts = [room[:, a:b].mean(axis=1) for a, b in pairwise(ends)]
    assert trace.fifths == pytest.approx(np.stack(parts, axis=1))
    assert trace.last_fifth == pytest.approx(parts[-1])
    years = np.stack([room[:, k : k + 12].mean(axis=1) for k in (0, 12, 24)])
    assert trace.yearly_least == pytest.approx(years.min(axis=0))
    below = [np.flatnonzero(row < 0) for row in room]
    first = [row[0] * 365.25 / 12 if row.size else np.inf for row in below]
    assert trace.below_zero_at == pytest.approx(np.array(first))


def test_a_value_that_nobody_states_makes_what_depends_on_it_unknown() -> None:
    hidden = relationship(TWO.replace("floor: 10, healthy: 70", "floor: private to b, healthy: 70"), time=TIME)
    assert [value.path for value in values_of(hidden) if not value.known] == ["parties.b.capacities.water.floor"]
    futures = run(hidden, *standard_experiments(hidden)[:3])
    assert np.isnan(futures.base.headroom["b"].least).all()
    assert np.isfinite(futures.base.headroom["a"].least).all()
    assert np.isfinite(futures.base.flows["water"].amount).all()


def test_what_is_not_a_number_for_one_step_stays_in_every_figure() -> None:
    once = 'change: "-1 EUR/day * sqrt(1 - 2 * pulse(1 year, 1 month))"'
    broken = relationship(TWO.replace("change: -0.4 EUR/day * mood", once), time=TIME)
    trace = run(broken).base.capacity_headroom["a.cash"]
    for figure in (trace.end, trace.mean, trace.least, trace.least_after, trace.sum_after, trace.yearly_least):
        assert np.isnan(figure).all()
    assert np.isnan(trace.last_fifth).all()


def test_dividing_by_zero_is_infinite_and_zero_by_zero_is_zero_in_experiments_alone() -> None:
    text = """
    parties: {a: {kind: person, capacities: {hours: {level: 2, floor: 0, change: -1 per day}}}}
    checks:
      none: {measure: (a.hours - 2) / (a.hours - 2), good: {at_least: 0}}
      much: {measure: 1 / (a.hours - 2), good: {at_least: 0}}
    """
    model = relationship(text)
    assert course(model, "none")[:2] == pytest.approx([math.nan, 1], nan_ok=True)
    assert np.isinf(course(model, "much")[0])
    lanes = run(model, base(), Experiment(name="damp:a", shifts={"a.hours": -0.5})).lanes
    assert np.isnan(lanes["base"].measures["none"].mean).all()
    assert lanes["damp:a"].measures["none"].start == pytest.approx([1])
    unmoved = run(model, base(), Experiment(name="damp:a", begins=0.5, shifts={"a.hours": -0.5})).lanes["damp:a"]
    assert unmoved.measures["none"].start == pytest.approx([0])


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    simulate(relationship(TWO, time=TIME), [base()], runs=7, chunk=3, progress=lambda done, of: told.append((done, of)))
    assert told == [(3, 7), (6, 7), (7, 7)]


def test_no_experiment_and_no_future_are_no_error() -> None:
    model = relationship(TWO, time=TIME)
    assert simulate(model, [], runs=3).lanes == {}
    assert simulate(model, [base()], runs=0).base.headroom["a"].least.shape == (0,)
