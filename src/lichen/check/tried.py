"""Repairs tried: the same futures once more with the change that a remedy asks for, judged as a whole, and what each
side then has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, final

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Effect, Finding, Remedy
from lichen.check.measures.pulses import reaches_between
from lichen.check.registry import checks
from lichen.check.thresholds import MOVED
from lichen.check.verdict import worst_first
from lichen.relationship.relationship import Relationship
from lichen.simulation.futures import Trace

MOST_TRIED = 3
"""Changes that are tried, those of the worst findings first."""

Judge: TypeAlias = Callable[[CheckInput], tuple[Finding, ...]]
"""What is found in futures alone."""

_RANK = {"broken": 0, "at risk": 1, "holds": 2}


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Trial:
    """A change with its futures, and by what each is about the worst finding from these."""

    remedy: Remedy
    then: CheckInput
    after: Mapping[str, Finding]
    mends: tuple[str, ...]
    breaks: tuple[str, ...]


def with_effects(
    evidence: CheckInput, findings: tuple[Finding, ...], again: Callable[[Relationship], CheckInput], judged: Judge
) -> tuple[Finding, ...]:
    """The findings, the remedies of the worst of them with what they do when they are tried, in a gentler form where
    only that breaks nothing else. `again` gives the first futures of a changed relationship.
    """
    alone = replace(evidence, record=None, balance=None, trials=None, pairs=None)
    before = _worst(judged(alone))
    tried: dict[tuple[str | None, str | None], _Trial] = {}
    told: dict[int, Finding] = {}
    for finding in worst_first(findings):
        remedy = finding.remedy
        if finding.status == "holds" or remedy is None or remedy.changed is None:
            continue
        change = remedy.path, remedy.value
        if change not in tried and len(tried) < MOST_TRIED:
            tried[change] = _gentlest(_trials(before, remedy, again, judged))
        if change in tried:
            told[id(finding)] = replace(finding, remedy=_with_effect(evidence, finding, remedy, tried[change]))
    return tuple(told.get(id(finding), finding) for finding in findings)


def _worst(findings: tuple[Finding, ...]) -> Mapping[str, Finding]:
    """By what it is about, the worst finding."""
    return {finding.about: finding for finding in reversed(worst_first(findings))}


def _trials(
    before: Mapping[str, Finding], remedy: Remedy, again: Callable[[Relationship], CheckInput], judged: Judge
) -> Iterator[_Trial]:
    """A change and its gentler forms, each with what it mends and breaks as far as the futures tell for sure; that a
    rule is written which was missing mends nothing yet.
    """
    for form in (remedy, *remedy.gentler):
        if form.changed is None:
            continue
        then = again(form.changed)
        after = _worst(judged(then))
        sure = (about for about in {**before, **after} if about not in after or _is_sure(after[about]))
        moved = {about: _rank(after, about) - _rank(before, about) for about in sure}
        yield _Trial(
            remedy=form,
            then=then,
            after=after,
            mends=tuple(about for about, gain in moved.items() if gain > 0 and before[about].evidence),
            breaks=tuple(about for about, gain in moved.items() if gain < 0 and after[about].status == "broken"),
        )


def _rank(found: Mapping[str, Finding], about: str) -> int:
    """How good a finding is; what is no finding holds, and so does what nobody can tell."""
    return _RANK.get(found[about].status, _RANK["holds"]) if about in found else _RANK["holds"]


def _is_sure(finding: Finding) -> bool:
    """Whether it is told, and by more than chance."""
    return finding.decided and finding.status in _RANK


def _gentlest(trials: Iterator[_Trial]) -> _Trial:
    """The first that breaks nothing else, or else the first of all."""
    first = next(trials)
    return first if not first.breaks else next((trial for trial in trials if not trial.breaks), first)


def _with_effect(evidence: CheckInput, finding: Finding, remedy: Remedy, trial: _Trial) -> Remedy:
    """The remedy of a finding, in the form that was tried, with what that does."""
    runs = trial.then.futures.runs
    gain = _lowest(trial.then, runs) - _lowest(evidence, runs)
    effect = Effect(
        says=tuple(_sentences(evidence, finding, trial)),
        mends=trial.mends,
        breaks=trial.breaks,
        gain=gain if abs(gain) >= MOVED.value else 0.0,
    )
    return replace(remedy, value=trial.remedy.value, changed=trial.remedy.changed, gentler=(), effect=effect)


def _sentences(before: CheckInput, finding: Finding, trial: _Trial) -> Iterator[str]:
    """Whether the finding then holds and what breaks; each side's room, the worst off first; why; what else."""
    then, after = trial.then, trial.after.get(finding.about)
    yield f"Tried in {then.futures.runs} futures: {_outcome(finding, after, trial.breaks)}."
    sides = [party.name for party in before.essential if party.name in before.base.headroom]
    sides.sort(key=lambda name: _typical(before.base.headroom[name], then.futures.runs))
    moved = [said for name in sides for said in _room(before, then, name)]
    yield f"{'; '.join(moved)}." if moved else "Nobody’s room at the end changes."
    if after is not None and _is_sure(after) and after.status != "holds":
        yield f"Why: {after.says}"
    if finding.about == "reinforcement_feedback_channel" and len(finding.parties) == 2:
        yield from _reach(before, then, *finding.parties)
    others = [_title(about) for about in trial.mends if about != finding.about]
    if others:
        yield f"It {'also ' if finding.about in trial.mends else ''}betters {wording.listed(others)}."


def _outcome(finding: Finding, after: Finding | None, breaks: tuple[str, ...]) -> str:
    """Whether a finding then holds, and what breaks instead."""
    if after is None or (after.status == "holds" and after.decided):
        said, joint = "it then holds", "but"
    elif _is_sure(after):
        said, joint = f"it is {'still' if after.status == finding.status else 'then'} {after.status}", "and"
    else:
        said, joint = "whether it then holds is too close to tell", "and"
    others = [_title(about) for about in breaks if about != finding.about]
    return f"{said}{f', {joint} it breaks {wording.listed(others)}' if others else ''}"


def _title(about: str) -> str:
    """What people call that which a finding is about."""
    check = checks().get(about)
    words = wording.in_words(about.rpartition(".")[2])
    return check.TITLE if check is not None else wording.capital(words)


def _reach(before: CheckInput, then: CheckInput, origin: str, target: str) -> Iterator[str]:
    """How much of one side's gain then reaches the other."""
    found = reaches_between(then).get((origin, target))
    if found is None:
        return
    value, one, other = found.stronger.value, before.title(origin), before.title(target)
    if value > 1:
        lifts = f"A gain of {one} then lifts {other} {value:.1f} times as far"
        yield f"{lifts}, each measured by the range of the side itself."
    else:
        yield f"Of a gain of {one}, {wording.share(value)} then reaches {other}."


def _room(before: CheckInput, then: CheckInput, party: str) -> Iterator[str]:
    """How a side's room at the end changes, and the share of futures in which it falls below its floor."""
    traces, runs = (before.base.headroom[party], then.base.headroom[party]), then.futures.runs
    rooms, falls = [_typical(trace, runs) for trace in traces], [_below(trace, runs) for trace in traces]
    title = before.title(party)
    was, will = map(wording.hundredths, falls)
    before_it, after_it = map(wording.share, rooms)
    below = f"below the floor in {will} instead of {was} of 100 futures"
    if before_it != after_it:
        said = f"{title}: {after_it} of the room left in the end instead of {before_it}"
        mixed = (rooms[1] > rooms[0]) == (will > was)
        yield f"{said}, {'but' if mixed else 'and'} {below}" if was != will else said
    elif was != will:
        yield f"{title}: in the end as before, but {below}"


def _typical(trace: Trace, runs: int) -> float:
    """The room at the end that half of the first futures exceed."""
    return float(np.median(trace.end[:runs]))


def _below(trace: Trace, runs: int) -> float:
    """The share of the first futures in which the floor is crossed at any time."""
    return float(np.mean(np.isfinite(trace.below_zero_at[:runs])))


def _lowest(evidence: CheckInput, runs: int) -> float:
    """What the side that is worst off has at the end in the first futures, one below the floor counted as none."""
    traces = (evidence.base.headroom[p.name] for p in evidence.essential if p.name in evidence.base.headroom)
    return min((float(np.mean(np.clip(trace.end[:runs], 0.0, 1.0))) for trace in traces), default=0.0)
