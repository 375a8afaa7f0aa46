"""The verdict: the questions in their order, every finding, and what all of it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, final

from lichen.check import wording
from lichen.check.components import component_findings, missing
from lichen.check.evidence import CheckInput
from lichen.check.finding import Finding
from lichen.check.gate import Gate, Kind, is_closed, pass_gate
from lichen.check.kept import own_checks, rules_kept
from lichen.check.members import LookedAt, samples, told
from lichen.check.neighbours import Instead, flows_reading_state, hinges_on_unsaid, instead_of_symbiosis
from lichen.check.readings import Readings, all_readings
from lichen.check.recorded import record_findings
from lichen.check.registry import failures, invariants
from lichen.check.rests_on import RestsOn, rests_on
from lichen.check.sentence import one_sentence
from lichen.check.unsaid import blank_finding, blank_flows, floor_finding, is_unsaid, missing_floors
from lichen.language.reading import not_at_hand
from lichen.relationship.backing import missing_components
from lichen.relationship.flow import Flow
from lichen.relationship.plain_data import plain
from lichen.simulation.caution import Caution

Word = Literal["symbiotic", "at risk", "not symbiotic", "undecided", "not a relationship of this kind"]

_LOOP = "reinforcement_feedback_channel"
_MENDED_BY_WORTH = {"reciprocal_viability", "non_extractive_reinforcement", "disguised_extraction"}
"""What a benefit may mend for its receiver; a further benefit makes nobody less dependent, less blind or quicker."""

_RANK = {"broken": 0, "at risk": 1, "cannot tell": 2, "holds": 3}
_FIRST = {"invariant": 0, "failure": 1, "component": 1, "check": 2}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An argument, no stamp: the word, why, everything it was reached from, and what would change it.

    `unread`: the rows of the record that were not read. `members`: what single members of large groups take along.
    `cautions`: what makes its figures doubtful. `samples`: of how many of its members a very large group is told.
    """

    relationship: str
    file_hash: str
    record: str | None
    seed: int
    runs: int
    party: str | None
    verdict: Word
    kind: Kind
    instead: Instead | None
    variant: str | None
    sentence: str
    gate: Gate
    missing: tuple[str, ...]
    findings: tuple[Finding, ...]
    readings: Readings
    rests_on: RestsOn
    unread: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    cautions: tuple[Caution, ...] = ()
    samples: tuple[LookedAt, ...] = ()

    def finding(self, about: str) -> Finding | None:
        """The finding about one thing, the worst if there are several."""
        return next(iter(worst_first(f for f in self.findings if f.about == about)), None)

    @property
    def worst(self) -> tuple[Finding, ...]:
        """The findings that do not hold, the worst first; of an undecided one, what is not said yet before all."""
        found = _objections(self.findings)
        if self.verdict == "undecided":
            found.sort(key=lambda finding: not is_unsaid(finding))
        return tuple(found)

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What to find out next, what would move the verdict most first."""
        return tuple(dict.fromkeys(f.needs for f in worst_first(self.findings) if f.needs))

    def to_json(self) -> dict[str, Any]:
        """The form that `check --format json` promises."""
        whole = {
            "relationship": self.relationship,
            "file_hash": self.file_hash,
            "record": self.record,
            "unread": list(self.unread),
            "seed": self.seed,
            "runs": self.runs,
            "for": self.party,
            "verdict": self.verdict,
            "kind": self.kind,
            "instead": self.instead,
            "variant": self.variant,
            "sentence": self.sentence,
            "gate": _gate_json(self.gate),
            "missing": list(self.missing),
            "findings": [_finding_json(finding) for finding in self.findings],
            **self.readings.to_json(),
            "rests_on": self.rests_on.to_json(),
            "cautions": self.cautions,
        }
        if self.samples:
            whole["sampled"] = [asdict(sample) for sample in self.samples]
        return {key: plain(value) for key, value in whole.items()}


def judge(evidence: CheckInput) -> Verdict:
    """Ask every question, in its order."""
    gate = pass_gate(evidence)
    instead = instead_of_symbiosis(evidence, gate)
    findings = tuple(all_findings(evidence, gate))
    word = decide(evidence, gate, instead, findings)
    relationship = evidence.relationship
    return Verdict(
        relationship=relationship.name,
        file_hash=relationship.content_hash,
        record=_tables(evidence),
        seed=evidence.futures.seed,
        runs=evidence.futures.runs,
        party=evidence.party,
        verdict=word,
        kind=gate.kind,
        instead=instead,
        variant=gate.variant,
        sentence=one_sentence(evidence, gate, word, instead, _objections(findings)),
        gate=gate,
        missing=missing(evidence),
        findings=findings,
        readings=all_readings(evidence),
        rests_on=rests_on(evidence),
        unread=(*not_at_hand(relationship, evidence.party), *(evidence.record.unread if evidence.record else ())),
        members=told(evidence),
        samples=samples(evidence),
    )


def word_of(evidence: CheckInput) -> tuple[Word, str]:
    """The word of the verdict alone, and the worst finding in a sentence, empty when all hold."""
    gate = pass_gate(evidence)
    instead = instead_of_symbiosis(evidence, gate)
    findings = tuple(all_findings(evidence, gate))
    worst = next(iter(_objections(findings)), None)
    return decide(evidence, gate, instead, findings), worst.says if worst is not None else ""


def _tables(evidence: CheckInput) -> str | None:
    """The tables of the record that were read."""
    if evidence.record is None or not evidence.record.books:
        return None
    return ", ".join(sorted({report.file for report in evidence.record.reports}))


def revised(evidence: CheckInput, verdict: Verdict, findings: tuple[Finding, ...]) -> Verdict:
    """The verdict with other findings."""
    findings = tuple(left_open(evidence, verdict.gate, finding) for finding in findings)
    word = decide(evidence, verdict.gate, verdict.instead, findings)
    sentence = one_sentence(evidence, verdict.gate, word, verdict.instead, _objections(findings))
    return replace(verdict, verdict=word, sentence=sentence, findings=findings)


def all_findings(evidence: CheckInput, gate: Gate) -> Iterable[Finding]:
    """Invariants, failure modes, components, the file's own checks."""
    for check in (*invariants().values(), *failures().values()):
        yield from (left_open(evidence, gate, explained(evidence, finding)) for finding in check.look(evidence))
    yield from (left_open(evidence, gate, finding) for finding in component_findings(evidence, gate))
    yield from (explained(evidence, finding) for finding in own_checks(evidence))
    yield from (explained(evidence, finding) for finding in rules_kept(evidence))
    yield from record_findings(evidence)


def decide(evidence: CheckInput, gate: Gate, instead: Instead | None, findings: tuple[Finding, ...]) -> Word:
    """Questions one to six: what it is not, whether the loop is open, what is missing, what is broken."""
    if instead is not None:
        return "not a relationship of this kind"
    if gate.unknown or hinges_on_unsaid(evidence, gate):
        return "undecided"
    lacking = missing_components(evidence.relationship)
    open_for_good = not gate.closed_loop and not _may_close(evidence, gate)
    if open_for_good or {"reciprocity_rule", "adjustment_path"} <= set(lacking):
        return "not symbiotic"
    statuses = {finding.status for finding in findings}
    decisive = [finding for finding in findings if finding.type in ("invariant", "failure")]
    if any(finding.status == "broken" for finding in decisive):
        return "not symbiotic"
    if not gate.closed_loop or any(finding.status == "cannot tell" for finding in decisive):
        return "undecided"
    return "at risk" if lacking or statuses & {"at risk", "broken"} else "symbiotic"


def explained(evidence: CheckInput, finding: Finding) -> Finding:
    """A finding that cannot be told because a floor is missing, or somebody keeps a figure private, says which, who
    knows it, and what would do.
    """
    if finding.status != "cannot tell" or _is_from_record(finding):
        return finding
    floors = missing_floors(evidence.parties)
    if floors:
        asked = floor_finding(evidence, floors[0])
        return replace(finding, says=asked.says, needs=asked.needs, evidence=(), remedy=None)
    kept = [value for value in evidence.unknown if value.private_to is not None]
    if not kept:
        return finding
    keepers = wording.listed(dict.fromkeys(evidence.title(value.private_to or "") for value in kept))
    figures = wording.listed(dict.fromkeys(evidence.figure_at(value.path) for value in kept))
    return replace(
        finding,
        says=f"What is private to {keepers} would decide this: {figures}.",
        needs=f"A range for {figures} would do: ask {keepers}.",
        evidence=(),
    )


def left_open(evidence: CheckInput, gate: Gate, finding: Finding) -> Finding:
    """A finding that is broken only as long as nobody says what some benefit is worth cannot be told.

    What the record shows, and what no worth could mend, stays broken.
    """
    mending = _mending(evidence, gate, finding)
    if finding.status != "broken" or not mending or _is_from_record(finding):
        return finding
    called = wording.listed(wording.quoted(flow.title) for flow in mending)
    return replace(
        finding,
        status="cannot tell",
        decided=True,
        says=f"{finding.says} What {called} is worth is not said yet and may mend that.",
        margin=None,
        score=None,
        interval=None,
        needs=blank_finding(evidence, mending[0]).needs,
        remedy=None,
        parts=(),
    )


def _mending(evidence: CheckInput, gate: Gate, finding: Finding) -> tuple[Flow, ...]:
    """The benefits without worth that may mend a finding: each side that it hurts receives one, or they close the
    loop.
    """
    if finding.about == _LOOP:
        return _may_close(evidence, gate)
    if finding.about not in _MENDED_BY_WORTH:
        return ()
    hurt = set(finding.parties[1:] if finding.about == "disguised_extraction" else finding.parties)
    found = tuple(flow for flow in _without_worth(evidence) if flow.receiver in hurt)
    late = finding.about == "reciprocal_viability" and any(_is_below_from_the_start(evidence, name) for name in hurt)
    return found if hurt <= {flow.receiver for flow in found} and not late else ()


def _is_below_from_the_start(evidence: CheckInput, party: str) -> bool:
    return party in evidence.base.headroom and float(evidence.base.headroom[party].start.mean()) < 0


def _may_close(evidence: CheckInput, gate: Gate) -> tuple[Flow, ...]:
    """The benefits without worth that follow how some side fares, when these may close the loop; else none."""
    following = flows_reading_state(evidence)
    carrying = tuple(flow for flow in _without_worth(evidence) if flow.name in following)
    edges = [pair for pair, found in gate.reach.items() if found.sign > 0]
    closed = is_closed(list(gate.dependence), [*edges, *((flow.giver, flow.receiver) for flow in carrying)])
    return carrying if closed else ()


def _without_worth(evidence: CheckInput) -> tuple[Flow, ...]:
    return tuple(flow for flow in blank_flows(evidence) if flow.kind == "benefit")


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """By status, then what the record decides, an open loop, what decides before what only adds, and how far beyond."""

    def place(finding: Finding) -> tuple[int, bool, bool, int, float]:
        found = _is_from_record(finding), _is_open_loop(finding)
        return _RANK[finding.status], not found[0], not found[1], _FIRST[finding.type], _depth(finding)

    return sorted(findings, key=place)


def _is_from_record(finding: Finding) -> bool:
    """What really happened comes before what may happen: the record decides the finding."""
    return bool(finding.evidence) and finding.evidence[0].method == "record"


def _is_open_loop(finding: Finding) -> bool:
    """An earlier question than those of the invariants: nothing can be kept that does not arise."""
    return finding.type == "component" and finding.status == "broken"


def _objections(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in worst_first(findings) if finding.status != "holds"]


def _depth(finding: Finding) -> float:
    """How far on the wrong side: the lower, the worse; a component stands between."""
    if finding.margin is not None:
        return finding.margin
    return -finding.score if finding.score is not None else -0.5


def _gate_json(gate: Gate) -> dict[str, Any]:
    pulses: dict[str, dict[str, float]] = {}
    for (origin, target), reach in gate.reach.items():
        pulses.setdefault(origin, {})[target] = reach.stronger.value
    return {
        "ongoing": gate.ongoing,
        "interdependent": None if gate.unknown else gate.interdependent,
        "closed_loop": gate.closed_loop,
        "dependence": {name: figure.value for name, figure in gate.dependence.items()},
        "gross_dependence": {name: figure.value for name, figure in gate.gross_dependence.items()},
        "pulses": pulses,
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    remedy = finding.remedy
    change = None
    if remedy is not None and remedy.path is not None and remedy.value is not None:
        change = {"key": remedy.path, "value": remedy.value}
    return {
        "about": finding.about,
        "type": finding.type,
        "status": finding.status,
        "decided": finding.decided,
        "says": finding.says,
        "margin": finding.margin,
        "score": finding.score,
        "interval": list(finding.interval) if finding.interval is not None else None,
        "threshold": finding.threshold,
        "parties": list(finding.parties),
        "evidence": [asdict(seen) for seen in finding.evidence],
        "needs": finding.needs,
        "remedy": " ".join((remedy.says, *(remedy.effect.says if remedy.effect else ()))) if remedy else None,
        "change": change,
    }
