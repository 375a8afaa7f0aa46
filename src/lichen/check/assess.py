"""From a relationship to its verdict: run the experiments, judge, and look closer where chance leaves it open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, final

import numpy as np

from lichen.check.evidence import CheckInput, Trial, Trials, evidence_of
from lichen.check.finding import Finding
from lichen.check.flips import search_flips
from lichen.check.gate import pass_gate
from lichen.check.judging import times_to_decide
from lichen.check.kept import own_checks, rules_kept
from lichen.check.measures import pulses
from lichen.check.measures.gaming import shows_everybody
from lichen.check.registry import checks
from lichen.check.shocks import worst_pairs
from lichen.check.tried import with_effects
from lichen.check.verdict import Verdict, all_findings, judge, revised, word_of
from lichen.check.what_if import with_term
from lichen.dependency.contagion_members import rank_members
from lichen.relationship.relationship import Relationship
from lichen.simulation.caution import Caution
from lichen.simulation.drawn_members import samples_of, with_drawn_members, with_others_drawn
from lichen.simulation.experiments import Experiment, member_shocks, standard_experiments
from lichen.simulation.futures import Futures
from lichen.simulation.run import simulate
from lichen.simulation.runaway import watched
from lichen.simulation.step_length import step_cautions

if TYPE_CHECKING:
    from lichen.record.reading import Record

MOST_TIMES = 16
"""A closer look takes at most so many times as many futures."""
WORK = 40_000_000
"""Future-steps, over all lanes and members, that a closer look may take."""
WORTH_A_LOOK = 0.25
"""A closer look for whose work there is less room than for this part of what should settle a finding is left out."""
REPAIR_RUNS = 200
"""Futures in which a repair is tried at most, the first of those asked for."""
TRIED_WORK = 600_000
"""Future-steps, over all members, of one lane in which a repair is tried."""
MOST_TERMS = 6
"""Terms that are tried at their limits; further ones are left out."""
UNJUDGED_RUNS = 1000
"""Futures of experiments that no finding looks at."""
TRIAL_RUNS = 100
FLIP_RUNS = 100
PAIR_RUNS = 200
"""Futures of a term that is tried, of an assumption that might turn the verdict, of two shocks together or of one
member's."""
FLIP_STEPS = 1000
"""Steps, over all relationships judged, that the search for what would turn the verdict may take."""
MOST_JUDGED = 20
LEAST_JUDGED = 3
LEAST_RUNS = 200
"""Below so many futures nothing is searched: the run was asked to be short."""

TALLIED = ("only",)
"""The kinds of experiments of which findings look at tallies, as they do of `base`."""

_LOOP = "reinforcement_feedback_channel"
_FOR_FLIPS = ("cut", "stopped", "boost", "damp", "shock", "exit", "no_goodwill")


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assessment:
    """The verdict and what it was reached from."""

    verdict: Verdict
    evidence: CheckInput


@np.errstate(all="ignore")  # what is no number in some future cannot be told, and is not warned of besides
def assess(
    relationship: Relationship,
    *,
    runs: int = 1000,
    seed: int = 1,
    record: Record | None = None,
    party: str | None = None,
    scenario: str | None = None,
    search: bool = True,
    tick: Callable[[float], None] = lambda share: None,
) -> Assessment:
    """Judge a relationship over `runs` futures drawn from `seed`, as `party` sees it (None: as all do).

    `search` also looks for terms that game a shared measure and for assumptions that would turn the verdict. `tick`
    is told the share of the work that is done.
    """
    relationship = with_drawn_members(relationship)
    experiments = standard_experiments(relationship, scenario)
    futures = _try(relationship, experiments, runs, seed, tick)
    evidence = _with_unjudged(evidence_of(relationship, futures, record=record, party=party), experiments)
    evidence = _with_members(_with_pairs(evidence, experiments), scenario)
    evidence = _with_others_drawn(evidence, experiments[:1])
    tick(0.5)
    looks_far = search and runs >= LEAST_RUNS
    if looks_far and _terms_matter(evidence):
        evidence = replace(evidence, trials=_trials(evidence, experiments[:1]))
    verdict = judge(evidence)
    tick(0.6)
    verdict = _closer(evidence, verdict, experiments)
    tick(0.7)
    if looks_far:
        verdict = _with_repairs_tried(verdict, evidence, scenario)
    tick(0.8)
    verdict = _with_flips(verdict, evidence, experiments, looks_far)
    tick(1.0)
    return Assessment(verdict=replace(verdict, cautions=_cautions(evidence)), evidence=evidence)


def _try(
    relationship: Relationship,
    experiments: tuple[Experiment, ...],
    runs: int,
    seed: int,
    tick: Callable[[float], None],
) -> Futures:
    """The experiments that findings look at, without tallies but for those whose tallies they look at."""
    run = partial(simulate, relationship, runs=runs, seed=seed)
    whole = _of_kinds(experiments, TALLIED)
    others = (e for e in _looked_at(experiments) if e not in whole)
    rooms = run((*experiments[:1], *others), tallies=False, progress=lambda done, of: tick(0.3 * done / of))
    return run(whole, engine=rooms.engine, progress=lambda done, of: tick(0.3 + 0.1 * done / of)).with_more(rooms)


def _cautions(evidence: CheckInput) -> tuple[Caution, ...]:
    """What makes the figures doubtful; what is no number is a finding of its own."""
    grown = (c for c in watched(evidence.relationship, evidence.futures.paths) if c.kind == "without bound")
    return (*step_cautions(evidence.relationship), *grown)


def _again_in(
    evidence: CheckInput,
    experiments: Sequence[Experiment],
    runs: int,
    *,
    of: Relationship | None = None,
    tallies: bool = True,
) -> Futures:
    """The same draws again in other experiments, by the engine that is there; `of` a changed relationship."""
    seed, engine = evidence.futures.seed, evidence.futures.engine
    return simulate(of or evidence.relationship, experiments, runs=runs, seed=seed, engine=engine, tallies=tallies)


def _with_unjudged(evidence: CheckInput, experiments: tuple[Experiment, ...]) -> CheckInput:
    """What there is, and some of the same futures in the experiments that no finding looks at."""
    others = [e for e in experiments if e.name not in evidence.futures.lanes]
    if not others:
        return evidence
    runs = min(evidence.futures.runs, UNJUDGED_RUNS)
    return replace(evidence, unjudged=_again_in(evidence, (*experiments[:1], *others), runs, tallies=False))


def _with_pairs(evidence: CheckInput, experiments: Sequence[Experiment]) -> CheckInput:
    """What there is, and a few of the same futures under the worst pairs of shocks."""
    pairs, runs = worst_pairs(evidence, experiments), min(evidence.futures.runs, PAIR_RUNS)
    if not pairs:
        return evidence
    return replace(evidence, pairs=_again_in(evidence, (experiments[0], *pairs), runs, tallies=False))


def _with_members(evidence: CheckInput, scenario: str | None) -> CheckInput:
    """What there is, and a few of the same futures in which single members of large groups are struck."""
    relationship, runs = evidence.relationship, min(evidence.futures.runs, PAIR_RUNS)
    ranking = rank_members(relationship)
    if ranking is None:
        return evidence
    base, *_ = standard_experiments(relationship, scenario)
    shocks = member_shocks(relationship, [(one.group, one.member) for one in ranking.struck], scenario)
    struck = simulate(relationship, (base, *shocks), runs=runs, seed=evidence.futures.seed)
    return replace(evidence, members=ranking, struck=struck)


def _with_others_drawn(evidence: CheckInput, base: Sequence[Experiment]) -> CheckInput:
    """What there is, and a few of the same futures with other members of very large groups."""
    relationship, runs = evidence.relationship, min(evidence.futures.runs, PAIR_RUNS)
    if not samples_of(relationship):
        return evidence
    others = _again_in(evidence, base, runs, of=with_others_drawn(relationship), tallies=False)
    return replace(evidence, drawn_anew=others)


def _terms_matter(evidence: CheckInput) -> bool:
    """Whether a term might mend something, or game a shared measure that does not show everybody."""
    falls = any(finding.status != "holds" for finding in checks()["reciprocal_viability"].look(evidence))
    return falls or (bool(evidence.relationship.rules.shared_value) and not shows_everybody(evidence))


def _trials(evidence: CheckInput, base: Sequence[Experiment]) -> Trials:
    """Each term at each of its limits, one at a time."""
    relationship, tried = evidence.relationship, []
    for term in [term for term in relationship.terms.values() if term.between is not None][:MOST_TERMS]:
        for limit in term.between or ():
            if limit.tree is not None and limit.tree != term.value.tree:
                after = _again_in(evidence, base, TRIAL_RUNS, of=with_term(relationship, term, limit))
                tried.append(Trial(term=term.name, value=limit.text, after=after.base))
    return Trials(before=_again_in(evidence, base, TRIAL_RUNS).base, tried=tuple(tried))


def _with_repairs_tried(verdict: Verdict, evidence: CheckInput, scenario: str | None) -> Verdict:
    """The verdict with what the repairs of its worst findings do, in the first of its futures, within a bound of work.

    A record of what was does not change with the file, so what then holds is asked of the futures alone.
    """
    runs = min(evidence.futures.runs, REPAIR_RUNS)
    if runs * evidence.relationship.time.steps * _members(evidence.relationship) > TRIED_WORK:
        return verdict

    def again(changed: Relationship) -> CheckInput:
        needed = _looked_at(standard_experiments(changed, scenario))
        return evidence_of(changed, _again_in(evidence, needed, runs, of=changed))

    def judged(of: CheckInput) -> tuple[Finding, ...]:
        return tuple(all_findings(of, pass_gate(of)))

    return replace(verdict, findings=with_effects(evidence, verdict.findings, again, judged))


def _closer(evidence: CheckInput, verdict: Verdict, experiments: tuple[Experiment, ...]) -> Verdict:
    """The verdict with more futures for what few left open, as many as should settle it, within a bound of work."""
    findings = list(verdict.findings)
    seen = [evidence.futures.runs] * len(findings)
    while (look := _next_look(evidence, findings, seen, experiments)) is not None:
        runs, places = look
        needed = _needed(experiments, {findings[place].about for place in places})
        futures = _again_in(evidence, needed, runs)
        for place in places:
            again = _again(replace(evidence, futures=futures), findings[place])
            findings[place], seen[place] = _with_repair_of(findings[place], again), runs
    return revised(evidence, verdict, tuple(findings))


def _with_repair_of(before: Finding, again: Finding) -> Finding:
    """A finding of a closer look with the repair that was found before: it may need lanes that were not run again."""
    return again if again.status == "holds" else replace(again, remedy=again.remedy or before.remedy)


def _next_look(
    evidence: CheckInput, findings: Sequence[Finding], seen: Sequence[int], experiments: tuple[Experiment, ...]
) -> tuple[int, list[int]] | None:
    """The fewest futures that should settle some of the findings, and which; None when nothing more can be done.

    `seen` says from how many futures each finding is.
    """
    step_work = evidence.relationship.time.steps * _members(evidence.relationship)
    asked: dict[int, list[int]] = {}
    for place, finding in enumerate(findings):
        if not finding.decided:
            bound = WORK // (step_work * len(_needed(experiments, (finding.about,))))
            needed = times_to_decide(finding) * seen[place]
            runs = min(needed, MOST_TIMES * evidence.futures.runs, bound)
            hopeless = runs == bound and bound < WORTH_A_LOOK * needed
            if runs > seen[place] and not hopeless:
                asked.setdefault(int(runs), []).append(place)
    return min(asked.items(), default=None)


def _again(evidence: CheckInput, finding: Finding) -> Finding:
    """The same finding from other futures."""
    check = checks().get(finding.about)
    if check is not None:
        return next((f for f in check.look(evidence) if f.about == finding.about), finding)
    asked = (f for look in (own_checks, rules_kept) for f in look(evidence))
    return next((f for f in asked if (f.about, f.parties) == (finding.about, finding.parties)), finding)


def _looked_at(experiments: Iterable[Experiment]) -> tuple[Experiment, ...]:
    """The experiments that any finding looks at."""
    return _needed(experiments, (*checks(), _LOOP))


def _needed(experiments: Iterable[Experiment], abouts: Iterable[str]) -> tuple[Experiment, ...]:
    """The experiments that findings look at."""
    return _of_kinds(experiments, tuple(kind for about in abouts for kind in _lanes(about)))


def _lanes(about: str) -> tuple[str, ...]:
    """The kinds of experiments that a finding looks at besides `base`; what is no check looks at no other, but for
    a loop.
    """
    check = checks().get(about)
    if check is not None:
        return check.LANES
    return pulses.LANES if about == _LOOP else ()


def _of_kinds(experiments: Iterable[Experiment], kinds: tuple[str, ...]) -> tuple[Experiment, ...]:
    return tuple(e for e in experiments if e.name == "base" or e.name.split(":")[0] in kinds)


def _with_flips(
    verdict: Verdict, evidence: CheckInput, experiments: tuple[Experiment, ...], looks_far: bool
) -> Verdict:
    """The verdict with the assumptions that would turn it."""
    why = None
    most_judged = min(MOST_JUDGED, FLIP_STEPS // (evidence.relationship.time.steps * _members(evidence.relationship)))
    if most_judged < LEAST_JUDGED:
        why = "Not looked for: so long a horizon, or so large a group, takes too much work."
    if not looks_far:
        why = f"Not looked for with fewer than {LEAST_RUNS} futures."
    elif verdict.verdict == "undecided":
        why = "What cannot be told yet cannot be turned."
    if why is not None:
        return replace(verdict, rests_on=replace(verdict.rests_on, why=why))
    kinds = _of_kinds(experiments, _FOR_FLIPS)

    def word(other: Relationship) -> tuple[str, str]:
        futures = _again_in(evidence, kinds, FLIP_RUNS, of=other)
        return word_of(evidence_of(other, futures, record=evidence.record))

    flips = search_flips(evidence, word, most_judged)
    why = None if flips else "Of the figures tried none turns the verdict between half and twice its value."
    return replace(verdict, rests_on=replace(verdict.rests_on, flips=flips, why=why))


def _members(relationship: Relationship) -> int:
    """How many members of the largest group are moved, a measure of the work of a step."""
    return max((p.members.moved for p in relationship.parties.values() if p.members is not None), default=1)
