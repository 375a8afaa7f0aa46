"""From a file on the disk to what the verbs show: read it, read its record, judge it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, final

import click

from lichen.cli import common

if TYPE_CHECKING:
    from lichen.check.assess import Assessment
    from lichen.check.evidence import CheckInput
    from lichen.record.balance import Balance
    from lichen.record.reading import Record
    from lichen.record.reciprocity import RuleReading
    from lichen.relationship.relationship import Relationship
    from lichen.show.judged import Judged
    from lichen.simulation.experiments import Experiment
    from lichen.simulation.futures import Futures
    from lichen.simulation.prospects import Prospects
    from lichen.stress.stress import Stress


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one asks of a file: as whom, over how many futures, with which record, in which scenario."""

    file: Path
    party: str | None = None
    runs: int = 1000
    seed: int = 1
    record: Path | None = None
    as_of: date | None = None
    scenario: str | None = None
    form: str = "text"


def assess_file(
    asked: Asked, tick: Callable[[float], None] = lambda share: None, *, beside: bool = False
) -> Assessment:
    """Judge a file; what is wrong with it is shown, and the command leaves with status 2.

    `beside`: its scenarios will be tried beside it, so these must be affordable too.
    """
    relationship = common.read_file(asked.file, asked.party, asked.form, asked.scenario)
    from lichen.simulation.drawn_members import with_drawn_members

    relationship = with_drawn_members(relationship)
    runs = common.futures_to_try(relationship, asked.runs)
    if beside and (lanes := _beside(relationship, asked)):
        runs = common.futures_to_try(relationship, runs, lanes)
    from lichen.check.assess import assess

    return assess(
        relationship,
        runs=runs,
        seed=asked.seed,
        record=_record(relationship, asked),
        party=asked.party,
        scenario=asked.scenario,
        tick=tick,
    )


def simulate_file(
    asked: Asked,
    scenarios: Sequence[str],
    experiments: Sequence[str],
    save: Path | None,
    tick: Callable[[float], None],
) -> tuple[Relationship, Prospects]:
    """Try a file's futures, with scenarios and experiments beside; a name that it does not know is a wrong input."""
    relationship = common.read_file(asked.file, asked.party, asked.form)
    for name in scenarios:
        common.known("--scenario", name, relationship.scenarios, "scenario")
    from lichen.simulation.experiments import BASE, in_scenario, standard_experiments

    known = {one.name: one for one in standard_experiments(relationship)[1:]} if experiments else {}
    for name in experiments:
        common.known("--experiment", name, known, "experiment", most=len(known))
    lanes = [in_scenario(name) for name in dict.fromkeys(scenarios)]
    lanes += [known[name] for name in dict.fromkeys(experiments)]
    runs = common.futures_to_try(relationship, asked.runs, (BASE, *lanes), least=1, together=True)
    from lichen.simulation.prospects import look_ahead

    with common.saving(save, relationship, lanes=1 + len(lanes), runs=runs) as keep:
        found = look_ahead(
            relationship,
            lanes,
            runs=runs,
            seed=asked.seed,
            save=keep,
            progress=lambda done, of: tick(done / of),
        )
    return relationship, found


def stress_file(
    asked: Asked, party: str | None, day: date | None, sections: Sequence[str], tick: Callable[[float], None]
) -> Stress:
    """Put a file to the test; a party or a day that it does not know is a wrong input."""
    relationship = common.read_file(asked.file, asked.party, asked.form)
    if party is not None:
        common.known("--party", party, relationship.parties, "party")
    if day is not None:
        common.within("--date", day, relationship.time)
    from lichen.simulation.experiments import BASE
    from lichen.stress.setting import MOST_LANES, setting
    from lichen.stress.stress import stress

    asking = setting(relationship, runs=asked.runs, seed=asked.seed, party=party, sections=sections)
    common.futures_to_try(asking.relationship, asking.runs, [BASE] * MOST_LANES, least=asking.runs)

    return stress(
        relationship,
        runs=asked.runs,
        seed=asked.seed,
        party=party,
        day=day,
        sections=sections,
        record=_record(relationship, asked),
        seen_by=asked.party,
        tick=tick,
    )


def judge_file(asked: Asked, tick: Callable[[float], None] = lambda share: None) -> Judged:
    """Judge a file and gather what a page about it shows."""
    found = assess_file(asked, tick, beside=True)
    from lichen.dependency.map import build_map
    from lichen.show.judged import Judged
    from lichen.simulation.loops.loops import find_loops
    from lichen.stress.summary import summary

    evidence = found.evidence
    return Judged(
        relationship=evidence.relationship,
        verdict=found.verdict,
        futures=evidence.futures,
        map=build_map(evidence.relationship),
        loops=find_loops(evidence.relationship),
        record=evidence.record,
        balance=evidence.balance,
        party=asked.party,
        tried=summary(evidence),
        scenarios=_scenarios(evidence, asked),
    )


def _scenarios(evidence: CheckInput, asked: Asked) -> Futures | None:
    """Every scenario of the file beside the relationship as it is; None without any, or within one of them."""
    lanes = _beside(evidence.relationship, asked)
    if not lanes:
        return None
    from lichen.simulation.run import simulate

    return simulate(evidence.relationship, lanes, runs=evidence.futures.runs, seed=asked.seed)


def _beside(relationship: Relationship, asked: Asked) -> tuple[Experiment, ...]:
    """The relationship as it is and each scenario of the file; nothing without any, or within one of them."""
    if not relationship.scenarios or asked.scenario is not None:
        return ()
    from lichen.simulation.experiments import BASE, in_scenario

    return (BASE, *map(in_scenario, relationship.scenarios))


def balance_file(asked: Asked) -> tuple[Balance, tuple[RuleReading, ...]]:
    """Balance a file against its record and what the futures lead one to expect, and read its rules of return.

    A file that names no record is a wrong input.
    """
    relationship = common.read_file(asked.file, asked.party, asked.form)
    from lichen.language.reading import not_at_hand
    from lichen.record.balance import balance_of
    from lichen.record.reciprocity import read_rules
    from lichen.simulation.drawn_members import with_drawn_members
    from lichen.simulation.experiments import BASE
    from lichen.simulation.run import simulate

    record = _record(relationship, asked)
    if record is None:
        raise click.UsageError(
            f"{asked.file} names no record, so there is nothing to balance. "
            "Say under `evidence:` which table holds which flow."
        )
    futures = simulate(with_drawn_members(relationship), (BASE,), runs=asked.runs, seed=asked.seed)
    days = relationship.time.horizon_days
    expected = {name: float(totals.amount.mean()) / days for name, totals in futures.base.flows.items()}
    balance = balance_of(relationship, record, expected_per_day=expected)
    balance = replace(balance, unread=(*not_at_hand(relationship, asked.party), *balance.unread))
    return balance, read_rules(relationship, record, balance)


def _record(relationship: Relationship, asked: Asked) -> Record | None:
    if not relationship.evidence:
        return None
    from lichen.workspace import read_evidence

    record = read_evidence(relationship, asked.record or asked.file.parent, as_of=asked.as_of)
    if record.problems:
        common.refuse(record.problems, asked.form)
    return record
