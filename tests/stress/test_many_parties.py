"""Relationships of many parties: whom they ask first, what they leave out and say so, and what they keep of it."""

from __future__ import annotations

import json

import pytest

from lichen.language.limits import cells_of_a_step
from lichen.relationship.relationship import Relationship
from lichen.relationship.start import Start
from lichen.simulation.experiments import Experiment
from lichen.stress import setting as settings
from lichen.stress.effects import MOST_TOLD, losses
from lichen.stress.selection import size_of_blow, weigh
from lichen.stress.setting import (
    FEWEST_ASKED,
    LANES_OF_A_PARTY,
    LEAST_FUTURES,
    MOST_ASKED,
    MOST_PAIRS,
    setting,
)
from lichen.stress.stress import Stress, stress
from tests.simulation.build import relationship

FIRM = "{kind: organisation, capacities: {cash: {level: 100 EUR, floor: 20 EUR, change: CHANGE}}}"
GIVES = "kind: benefit, rate: 10 kg/week, worth: {cash: 1 EUR/kg}"


def star(shops: int) -> Relationship:
    """Shops that each live on the hub alone; it stands last in the file."""
    names = [*(f"s{k}" for k in range(shops)), "hub"]
    parties = "\n".join(f"  {name}: {FIRM.replace('CHANGE', '-10 EUR/week')}" for name in names)
    flows = "\n".join(f"  to_{name}: {{{GIVES}, from: hub, to: {name}}}" for name in names[:-1])
    return relationship(
        f"parties:\n{parties}\nflows:\n{flows}\n", time="time: {start: 2026-01-05, horizon: 12 weeks}\n"
    )


def test_what_hangs_on_whom_is_weighed_through_others() -> None:
    file = relationship(
        f"""
        parties:
          shop: {FIRM.replace("CHANGE", "-10 EUR/week")}
          mill: {FIRM.replace("CHANGE", "-10 EUR/week")}
          farm: {FIRM.replace("CHANGE", "0 EUR/week")}
        flows:
          flour: {{{GIVES}, from: mill, to: shop}}
          grain: {{{GIVES}, from: farm, to: mill}}
          word: {{kind: information, from: shop, to: farm, rate: 1 per week}}
        """
    )
    weights = weigh(Start(file))
    # The shop lives on the mill alone, and the mill on the farm: flour carries 1, grain 1 and again 1.
    assert weights.parties == pytest.approx({"shop": 0.0, "mill": 1.0, "farm": 2.0})
    assert weights.flows == pytest.approx({"flour": 1.0, "grain": 2.0, "word": 0.0})


def test_a_blow_is_as_large_as_the_room_that_it_takes() -> None:
    file = relationship(
        """
        parties:
          a:
            kind: organisation
            capacities:
              cash: {level: 60 EUR, floor: 20 EUR, healthy: 100 EUR}
              line: {level: 3, floor: 1}
        flows: {ab: {kind: benefit, from: a, to: world, rate: 1 per week}}
        """
    )
    party, start = file.parties["a"], Start(file)
    assert size_of_blow(start, party, frozenset(["cash"])) == pytest.approx(0.5)
    assert size_of_blow(start, party, frozenset(["cash", "line"])) == pytest.approx(1.5)


def test_first_those_are_asked_on_whom_the_others_live_wherever_they_stand() -> None:
    found = stress(star(20), runs=20, sections=("exits", "links"))
    assert found.asked_of[0] == "hub"
    assert len(found.asked_of) == MOST_ASKED
    assert found.left_out.sides == 21 - MOST_ASKED
    assert found.left_out.pairs == 21 * 20 // 2 - MOST_PAIRS
    assert found.left_out.flows == 0
    assert "9 other sides were left out" in found.left_out.says
    assert "`--party NAME`" in found.left_out.says


def test_a_party_that_is_named_is_asked_everything_whatever_its_place() -> None:
    found = stress(star(70), runs=20, party="hub", sections=("links", "shocks"))
    assert found.links is not None
    assert {link.flow for link in found.links} == {f"to_s{k}" for k in range(70)}
    assert found.left_out.says == ""
    other = stress(star(20), runs=20, party="s19", sections=("exits", "links"))
    assert other.asked_of == ("s19",)
    assert {link.flow for link in other.links or ()} == {"to_s19"}


def test_an_exit_that_brings_many_down_tells_of_the_hardest_hit_and_counts_the_others() -> None:
    found = stress(star(20), runs=20, party="hub", sections=("exits",)).exits
    assert found is not None
    first = found.tried[0]
    assert set(first.knock_on) == {f"s{k}" for k in range(20)}
    assert len(first.effects) == MOST_TOLD + 1
    assert first.several == 1
    assert "19 more fall because of it." in first.says


def test_what_is_told_of_few_is_what_is_found_of_all() -> None:
    asked = setting(star(3), runs=20, seed=1)
    evidence = asked.run([Experiment(name="exit:hub", leaves=frozenset(["hub"]))])
    found = losses(evidence, evidence.futures.lanes["exit:hub"])
    # A shop misses 10 EUR more each week of a range of 80, at the moments 0..12: 60 in the mean.
    expected = {"s0": 0.75, "s1": 0.75, "s2": 0.75, "hub": 0.0}
    assert dict(zip(found.names, found.lost.mean(axis=1), strict=True)) == pytest.approx(expected)
    assert found.brought_down == ("s0", "s1", "s2")
    assert found.hardest(["hub"], 1) == ("s0", "hub")


def answers(found: Stress) -> str:
    return json.dumps(found.to_json())


def test_experiments_that_do_not_fit_together_are_answered_alike_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    file = star(3)
    whole = stress(file, runs=20, sections=("exits", "cheating", "links"))
    monkeypatch.setattr(settings, "MOST_KEPT", 1)
    assert answers(stress(file, runs=20, sections=("exits", "cheating", "links"))) == answers(whole)


def test_flows_that_do_not_fit_together_are_halved_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = stress(star(3), runs=20, sections=("rehearsal",))
    assert len(whole.rehearsal or ()) == 3
    monkeypatch.setattr(settings, "MOST_LANES", 2)
    assert answers(stress(star(3), runs=20, sections=("rehearsal",))) == answers(whole)


def test_so_large_a_file_is_asked_over_fewer_futures_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MOST_VALUES", 1)
    drawn = relationship(
        f"""
        parties: {{a: {FIRM.replace("CHANGE", "luck * 1 EUR/week")}, b: {FIRM.replace("CHANGE", "0 EUR/week")}}}
        world: {{luck: {{process: uniform, from: -1, to: 1}}}}
        flows: {{ab: {{{GIVES}, from: a, to: b}}}}
        """
    )
    found = stress(drawn, runs=500, sections=("exits",))
    assert found.runs == LEAST_FUTURES
    assert found.left_out.futures == 480
    assert "480 futures fewer than wished" in found.left_out.says


def test_where_nothing_is_drawn_one_future_stands_for_all_that_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    file = star(20)
    lanes = MOST_ASKED * LANES_OF_A_PARTY["exits"]
    monkeypatch.setattr(settings, "VALUES_OF_A_FIGURE", 0)
    monkeypatch.setattr(settings, "MOST_VALUES", cells_of_a_step(file) * file.time.steps * lanes)
    found = stress(file, runs=500, sections=("exits",))
    assert (len(found.asked_of), found.runs, found.left_out.futures) == (MOST_ASKED, 500, 0)
    # A figure of the file takes as much as all there is: nothing is left for futures, and fewer are asked.
    monkeypatch.setattr(settings, "VALUES_OF_A_FIGURE", settings.MOST_VALUES)
    found = stress(file, runs=500, sections=("exits",))
    assert (len(found.asked_of), found.runs, found.left_out.futures) == (FEWEST_ASKED, 500, 0)


def test_of_a_larger_file_fewer_are_asked_before_the_futures_become_too_few(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(f"  s{k}: {FIRM.replace('CHANGE', 'luck * 1 EUR/week')}" for k in range(20))
    flows = "\n".join(f"  f{k}: {{{GIVES}, from: s{k}, to: s{(k + 1) % 20}}}" for k in range(20))
    file = relationship(f"parties:\n{text}\nworld: {{luck: {{process: uniform, from: -1, to: 1}}}}\nflows:\n{flows}\n")
    asked = setting(file, runs=100, seed=1, sections=("exits",))
    assert (asked.most, asked.runs) == (MOST_ASKED, 100)
    lanes = MOST_ASKED * LANES_OF_A_PARTY["exits"]
    enough = cells_of_a_step(file) * file.time.steps * lanes * LEAST_FUTURES
    monkeypatch.setattr(settings, "VALUES_OF_A_FIGURE", 0)
    monkeypatch.setattr(settings, "MOST_VALUES", enough)
    asked = setting(file, runs=100, seed=1, sections=("exits",))
    assert (asked.most, asked.runs) == (MOST_ASKED, LEAST_FUTURES)
    monkeypatch.setattr(settings, "MOST_VALUES", enough - 1)
    asked = setting(file, runs=100, seed=1, sections=("exits",))
    assert asked.most == FEWEST_ASKED
    assert asked.runs == 2 * LEAST_FUTURES - 1  # half as many lanes
    assert len(asked.choosing) == FEWEST_ASKED


def test_what_the_figures_of_a_large_file_take_leaves_less_for_futures(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"""
        parties: {{a: {FIRM.replace("CHANGE", "luck * 1 EUR/week")}, b: {FIRM.replace("CHANGE", "0 EUR/week")}}}
        world: {{luck: {{process: uniform, from: -1, to: 1}}}}
        flows: {{ab: {{{GIVES}, from: a, to: b}}}}
        """
    file = relationship(text)
    of_a_future = cells_of_a_step(file) * file.time.steps * 2 * LANES_OF_A_PARTY["exits"]
    monkeypatch.setattr(settings, "MOST_VALUES", 100 * of_a_future)
    monkeypatch.setattr(settings, "VALUES_OF_A_FIGURE", 0)
    asked = setting(file, runs=500, seed=1, sections=("exits",))
    assert asked.runs == 100
    monkeypatch.setattr(settings, "VALUES_OF_A_FIGURE", 40 * of_a_future // len(asked.values))
    assert setting(file, runs=500, seed=1, sections=("exits",)).runs == 60
