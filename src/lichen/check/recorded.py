"""What the record adds to a finding, and what it says of the promises; without a record nothing changes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding, Remedy, Status
from lichen.check.judging import added
from lichen.check.measures.recorded import (
    Churn,
    ReadRoom,
    churns,
    hidden_share,
    read_rooms,
    recorded_by,
    unrecorded_flows,
)
from lichen.check.measures.worth import valuation, weights
from lichen.check.remedies import shown_to
from lichen.check.thresholds import ATTESTED, CHURN, DRAWDOWN, KEPT, KEPT_PROMISE, SEEN, TOLERANCE
from lichen.record.balance import Balance
from lichen.record.reading import Record
from lichen.record.reciprocity import Answer, read_rules
from lichen.relationship.flow import Flow

_ANSWERS: Mapping[Answer, str] = {
    "kept": "By the record {} is kept",
    "broken": "By the record {} is broken",
    "pending": "By the record {} is still open",
    "cannot tell": "Whether {} is kept cannot be told from the record",
    "nothing due": "By the record nothing was due under {}",
}
_STATUS: Mapping[Answer, Status] = {
    "kept": "holds",
    "broken": "at risk",
    "pending": "holds",
    "cannot tell": "cannot tell",
    "nothing due": "holds",
}


def with_levels(evidence: CheckInput, finding: Finding) -> Finding:
    """Reciprocal viability: levels that were read below the floor, and the periods of which nothing is known."""
    for room in read_rooms(evidence):
        status: Status = "broken" if room.room < -TOLERANCE else "holds"
        finding = added(finding, status, _read_room(evidence, room))
        if status == "broken" and room.party not in finding.parties:
            finding = replace(finding, parties=(*finding.parties, room.party))
    return finding


def with_unseen(evidence: CheckInput, finding: Finding) -> Finding:
    """Visible value exchange: flows that nobody recorded, books that disagree, and what only one side has stated.

    Of what a side receives or bears, nothing larger than a tenth may be both unseen by a side and unrecorded.
    """
    balance = evidence.balance
    if balance is None:
        return finding
    seen = [
        Evidence(
            says=f"No table of the record holds {evidence.called(name)}.",
            method="record",
            at=evidence.relationship.at(f"flows.{name}"),
        )
        for name in balance.unrecorded
    ]
    seen += list(_disagreements(evidence, balance))
    seen += list(_confirmed(evidence))
    missing = unrecorded_flows(evidence)
    hidden = next((flow for flow in missing if hidden_share(evidence, flow)[1] > 1 - SEEN.value), None)
    if hidden is not None:
        finding = _with_hidden(evidence, finding, hidden)
    asked = hidden or next(iter(missing), None)
    needs = None
    if asked is not None:
        ends = wording.listed(map(evidence.title, asked.parties), "or")
        needs = f"How much {wording.quoted(asked.title)} was, period by period: ask {ends}."
    return added(finding, "at risk" if balance.disagreements or hidden else "holds", seen, needs=needs)


def _with_hidden(evidence: CheckInput, finding: Finding, flow: Flow) -> Finding:
    """The finding that speaks of a flow of which too much is neither seen by all nor recorded."""
    side, share = hidden_share(evidence, flow)
    says = (
        f"{wording.quoted(flow.title)}, {wording.share(share)} of what passes there for {evidence.title(side)}, is "
        "neither seen by all nor recorded."
    )
    parties = tuple(dict.fromkeys((side, *finding.parties)))
    return replace(finding, says=says, parties=parties, remedy=shown_to(evidence, flow))


def _confirmed(evidence: CheckInput) -> Iterator[Evidence]:
    """How much of what passes both sides have confirmed, where that is not nearly all."""
    flows = evidence.inner_flows
    weighed = weights(evidence, flows, valuation(evidence))
    whole = sum(weighed.values())
    both = sum(weighed[f.name] for f in flows if recorded_by(evidence, f) >= set(f.parties)) / whole if whole else 0.0
    if both < ATTESTED.value:
        says = f"Both sides have confirmed {wording.share(both)} of what passes between them, by value."
        yield Evidence(says=says, figure=both, unit="of value", method="record")


def with_churn(evidence: CheckInput, finding: Finding) -> Finding:
    """False shared-value metric: a count that stays level because what is lost is replaced.

    Where a shared measure reads that very count, the measure shows the replacing and hides the loss.
    """
    for churn in churns(evidence):
        hidden = churn.lost > CHURN.value and abs(churn.change) < DRAWDOWN.value
        measure = _measure_of(evidence, churn)
        status: Status = "holds" if not hidden else "at risk" if measure is None else "broken"
        finding = added(finding, status, _turnover(evidence, churn))
        if status == "broken" and measure is not None:
            says = (
                f"{wording.quoted(measure)} stays level only because {evidence.title(churn.party)} put back "
                f"{wording.share(churn.replaced)} of the {wording.in_words(churn.capacity)} each year; "
                f"{wording.share(churn.lost)} are lost."
            )
            finding = replace(finding, says=says, score=1.0, interval=(1.0, 1.0), parties=(churn.party,))
    return finding


def _measure_of(evidence: CheckInput, churn: Churn) -> str | None:
    """The shared measure that reads the capacity itself, if one does."""
    read = f"{churn.party}.{churn.capacity}"
    measures = evidence.relationship.rules.shared_value
    return next((m.name for m in measures if read in m.measure.names), None)


def _turnover(evidence: CheckInput, churn: Churn) -> Iterator[Evidence]:
    """What is lost and put back, since when the floor would have been crossed, and who holds most."""
    title = evidence.title(churn.party)
    at = evidence.relationship.at(f"parties.{churn.party}.capacities.{churn.capacity}")
    says = (
        f"{title}: {wording.share(churn.lost)} of the {wording.in_words(churn.capacity)} is lost a year and "
        f"{wording.share(churn.replaced)} replaced, while the count changed by {wording.share(churn.change)}."
    )
    yield Evidence(says=says, figure=churn.lost, unit="share lost a year", method="record", at=at)
    if churn.below_since is not None:
        says = f"Without what was put back, it would have been below the floor since {churn.below_since}."
        yield Evidence(says=says, method="record", at=at)
    for flow, gaps, periods in churn.gaps:
        says = f"Of {periods} periods of {evidence.called(flow)} {gaps} are not wholly recorded."
        yield Evidence(says=says, figure=float(gaps), unit="periods", method="record", at=at)
    if churn.largest is not None:
        member, held = churn.largest
        says = f"{member} alone holds {wording.share(held)} of it."
        yield Evidence(says=says, figure=held, unit="of the whole", method="record", at=at)


def record_findings(evidence: CheckInput) -> Iterator[Finding]:
    """What was promised against what was recorded, and recorded return against the rules."""
    if evidence.record is None or evidence.balance is None:
        return
    yield from _promises(evidence, evidence.balance)
    yield from _rules(evidence, evidence.record, evidence.balance)


def _promises(evidence: CheckInput, balance: Balance) -> Iterator[Finding]:
    """Promised flows of which the record holds less than what the relationship leads one to expect."""
    for flow in evidence.relationship.flows.values():
        lines = [t for t in balance.tallies if t.flow == flow.name and t.side == "given" and t.status == "recorded"]
        lines = lines or [t for t in balance.tallies if t.flow == flow.name and t.side == "received"]
        known = [(t.amount, t.comparable) for t in lines if t.amount is not None and t.comparable]
        expected = math.fsum(e for _, e in known)
        if not flow.promised or not expected > 0:
            continue
        kept = math.fsum(a for a, _ in known) / expected
        called = wording.quoted(flow.title)
        says = f"Of {called}, {wording.share(kept)} of what the agreement leads one to expect is recorded."
        at = evidence.relationship.at(f"flows.{flow.name}.rate")
        is_kept = kept >= KEPT_PROMISE.value - TOLERANCE
        mend = Remedy(says=f"Say what {called} really is, or keep it.", path=f"flows.{flow.name}.rate")
        yield Finding(
            about="promises",
            type="component",
            status="holds" if is_kept else "at risk",
            says=says,
            parties=flow.parties,
            evidence=(Evidence(says=says, figure=kept, unit="of what is promised", method="record", at=at),),
            remedy=None if is_kept else mend,
        )


def _rules(evidence: CheckInput, record: Record, balance: Balance) -> Iterator[Finding]:
    """Each reciprocity rule by the record: kept, broken, pending, or why it cannot be told."""
    for reading in read_rules(evidence.relationship, record, balance):
        at = evidence.relationship.at(f"reciprocity.{reading.rule}")
        judged = next((j for j in reading.judgements if j.answer == reading.answer), None)
        why = wording.spoken(reading.why or (judged.why if judged is not None else ""))
        says = _ANSWERS[reading.answer].format(wording.quoted(reading.rule))
        if judged is not None and judged.figure is not None and reading.answer in ("kept", "broken"):
            says += f": {wording.amount(judged.figure)} in {judged.span}"
        elif why:
            says += f": {why}"
        figure = judged.figure if judged is not None else None
        yield Finding(
            about="reciprocity_rule",
            type="component",
            status=_STATUS[reading.answer],
            says=f"{says}.",
            evidence=(Evidence(says=f"{says}.", figure=figure, method="record", at=at),),
            needs=f"Whole periods of what {wording.quoted(reading.rule)} asks."
            if reading.answer == "cannot tell"
            else None,
        )


def with_answers(evidence: CheckInput, finding: Finding) -> Finding:
    """Adaptive renegotiability: how much of what a `when/then` rule asks was answered in time, by the record."""
    if evidence.record is None or evidence.balance is None:
        return finding
    for reading in read_rules(evidence.relationship, evidence.record, evidence.balance):
        settled = reading.settlement
        if settled is None or settled.on_time_ratio is None:
            continue
        after = f", after {wording.span(settled.mean_delay)} on average" if settled.mean_delay is not None else ""
        answered = f"{wording.share(settled.on_time_ratio)} of {wording.quoted(reading.rule)}"
        says = f"By the record {answered} was answered in time{after}."
        at = evidence.relationship.at(f"reciprocity.{reading.rule}")
        seen = Evidence(says=says, figure=settled.on_time_ratio, unit="answered in time", method="record", at=at)
        late = settled.on_time_ratio < KEPT.value - TOLERANCE
        finding = added(finding, "at risk" if late else "holds", (seen,))
    return finding


def _read_room(evidence: CheckInput, room: ReadRoom) -> Iterator[Evidence]:
    title = evidence.title(room.party)
    at = evidence.relationship.at(f"parties.{room.party}.capacities.{room.capacity}")
    capacity = wording.in_words(room.capacity)
    whose = wording.its(title)
    found = f"{wording.share(room.room)} of {whose} room was left"
    if room.room < 0:
        found = f"{wording.it(title)} lay {wording.share(-room.room)} of the range below {whose} floor"
    says = f"{title}: at the lowest reading of {capacity}, in {room.span}, {found}"
    if room.members > 1:
        says += f"; {room.below} of {room.members} members were below their floor"
    yield Evidence(says=f"{says}.", figure=room.room, unit="of the healthy range", method="record", at=at)
    if room.gaps:
        whole = f"Of {room.periods} periods of {wording.whose(title)} {capacity}"
        missing = f"{whole} {room.gaps} are not wholly recorded."
        yield Evidence(says=missing, figure=float(room.gaps), unit="periods", method="record", at=at)


def _disagreements(evidence: CheckInput, balance: Balance) -> Iterator[Evidence]:
    for found in balance.disagreements[:3]:
        said = wording.listed(f"{who} {wording.amount(amount)}" for who, amount in sorted(found.says.items()))
        says = f"The books of {evidence.called(found.subject)} disagree for {found.span}: {said}."
        yield Evidence(says=says, method="record")
