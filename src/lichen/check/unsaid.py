"""What a file does not say yet: a draft, floors, flows without worth or cost, figures that are no number.

Each is named with its place and who should be asked. What a half-empty file leaves out must not be taken for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding, Remedy
from lichen.relationship.flow import Flow
from lichen.relationship.formula import Binary, Call, Number, Tree, walk
from lichen.relationship.party import Party
from lichen.relationship.value import Value
from lichen.simulation.caution import path_of, when_and_where
from lichen.simulation.futures import Array, FlowTotals
from lichen.simulation.runaway import NO_NUMBER, watched

_MAP, _DRAFT = "mutual_dependency_map", "purpose"
_ASK = re.compile(r"\bASK\b")
"""How `scan` marks what it had to guess."""


class _Figure(NamedTuple):
    """A figure of the file: its path, what it is in words, and what the file says."""

    path: str
    words: str
    value: Value


def unsaid_findings(evidence: CheckInput) -> Iterator[Finding]:
    """Everything that the file leaves open, what would settle most of it first."""
    yield from _draft(evidence)
    yield from (floor_finding(evidence, floor) for floor in missing_floors(evidence.parties))
    yield from (_no_number(evidence, figure) for figure in _without_number(evidence))
    yield from (blank_finding(evidence, flow) for flow in blank_flows(evidence))


def is_unsaid(finding: Finding) -> bool:
    """Whether a finding is about what the file leaves open."""
    return finding.type == "component" and finding.status == "cannot tell" and finding.about in (_MAP, _DRAFT)


def is_draft(evidence: CheckInput) -> bool:
    """Whether the purpose or a figure is still marked `ASK`, as `scan` marks its guesses."""
    return evidence.relationship.purpose.startswith("ASK ") or bool(_marked(evidence))


def missing_floors(parties: Iterable[Party]) -> tuple[Value, ...]:
    """The floors on which a party's room rests and which nobody says."""
    floors = (c.floor for party in parties for c in party.essential_capacities)
    return tuple(floor for floor in floors if not floor.known and floor.private_to is None)


def floor_finding(evidence: CheckInput, floor: Value) -> Finding:
    """A floor that nobody says, and who knows it: the party itself."""
    _, party, _, capacity, _ = floor.path.split(".")
    whose = evidence.title(party)
    return _open(
        _MAP,
        f"The floor of {evidence.called(f'{party}.{capacity}')} is not said: ask {whose}.",
        needs=f"Below which {wording.in_words(capacity)} {whose} could not go on: ask {whose}, and write it, or a "
        f"range, under `{floor.path}`.",
        at=evidence.relationship.at(floor.path.removesuffix(".floor")),
        parties=(party,),
        remedy=Remedy(says=f"Write it under `{floor.path}`; a range will do.", path=floor.path),
    )


def blank_flows(evidence: CheckInput) -> tuple[Flow, ...]:
    """The flows between parties that say too little: neither worth nor cost, or a benefit without worth.

    Information and obligations need neither.
    """
    return tuple(
        flow for flow in evidence.inner_flows if flow.is_unvalued or (flow.burdens and not flow.worth and not flow.cost)
    )


def _marked(evidence: CheckInput) -> tuple[Value, ...]:
    return tuple(value for value in evidence.values if _ASK.search(value.because or ""))


def _draft(evidence: CheckInput) -> Iterator[Finding]:
    if not is_draft(evidence):
        return
    count = len(_marked(evidence))
    what = f"{count} figure{'s are' if count != 1 else ' is'} marked ASK" if count else "its purpose is marked ASK"
    yield _open(
        _DRAFT,
        f"This is still a draft: {what}.",
        needs="What is marked `ASK` in the file: ask those who know, and write the answer in its place.",
        at=evidence.relationship.at("purpose"),
    )


def blank_finding(evidence: CheckInput, flow: Flow) -> Finding:
    """What a flow does not say yet, and who should be asked."""
    giver, receiver = evidence.title(flow.giver), evidence.title(flow.receiver)
    path = f"flows.{flow.name}"
    lacking, known = f"no worth for {receiver}", f"What {wording.quoted(flow.title)} is worth to {receiver}"
    asked, keys = receiver, f"`{path}.worth`"
    if not flow.cost:
        lacking, known = f"{lacking} and no cost for {giver}", f"{known} and costs {giver}"
        asked, keys = "them", f"{keys} and `{path}.cost`"
    return _open(
        _MAP,
        f"{wording.quoted(flow.title)} has {lacking}: ask {asked}.",
        needs=f"{known}: ask {asked}, and write it under {keys}.",
        at=evidence.relationship.at(path),
        parties=(flow.receiver,) if flow.cost else (flow.receiver, flow.giver),
        remedy=Remedy(says=f"Write what one unit is worth to {receiver} under `{path}.worth`.", path=f"{path}.worth"),
    )


def _without_number(evidence: CheckInput) -> list[_Figure]:
    """The figures that are no number in some future; where some of them divide, those alone: the others follow."""
    if evidence.unknown:
        return []
    flows = (
        figure
        for flow in evidence.relationship.flows.values()
        if flow.name in evidence.base.flows
        for figure in _flow_figures(flow, evidence.base.flows[flow.name])
    )
    found = list(flows) or list(_capacity_figures(evidence))
    return [figure for figure in found if figure.value.tree and _may_fail(figure.value.tree)] or found


def _flow_figures(flow: Flow, totals: FlowTotals) -> Iterator[_Figure]:
    path = f"flows.{flow.name}"
    if not _is_number(totals.amount):
        yield _Figure(f"{path}.rate", f"The rate of {wording.quoted(flow.title)}", flow.rate)
        return
    for key, words, said, summed in (
        ("worth", "is worth", flow.worth, totals.worth),
        ("cost", "costs", flow.cost, totals.cost),
    ):
        for capacity, value in said.items():
            if capacity in summed and not _is_number(summed[capacity]):
                yield _Figure(f"{path}.{key}.{capacity}", f"What {wording.quoted(flow.title)} {words}", value)


def _capacity_figures(evidence: CheckInput) -> Iterator[_Figure]:
    for party in evidence.parties:
        for capacity in party.essential_capacities:
            name = f"{party.name}.{capacity.name}"
            trace = evidence.base.capacity_headroom.get(name)
            if trace is not None and not _is_number(trace.mean):
                path = f"parties.{party.name}.capacities.{capacity.name}"
                yield _Figure(
                    path,
                    f"The room of {wording.in_words(capacity.name)} of {party.title}",
                    capacity.change or capacity.level,
                )


def _is_number(values: Array) -> bool:
    return bool(np.isfinite(values).all())


def _may_fail(tree: Tree) -> bool:
    """Whether some part of a formula may be no number: a division by what is no fixed number, a power, a function."""
    for part in walk(tree):
        match part:
            case Binary(operator="/", right=Number(value=divisor)) if divisor != 0:
                continue
            case Call() | Binary(operator="/" | "**"):
                return True
    return False


def _no_number(evidence: CheckInput, figure: _Figure) -> Finding:
    at = evidence.relationship.at(figure.path)
    place = f", {at}," if at else ""
    seen = [c for c in watched(evidence.relationship, evidence.futures.paths) if c.kind == "no number"]
    own = [c for c in seen if path_of(evidence.relationship, c.subject) == figure.path] or seen
    since = f" {when_and_where(own[0])}" if own else ""
    return _open(
        _MAP,
        f"{figure.words}{place} is no number{since}: {NO_NUMBER}.",
        needs=f"{figure.words} where it now is no number: write it at `{figure.path}`.",
        at=at,
        remedy=Remedy(says=f"Let `{figure.path}` be a number at every time.", path=figure.path),
    )


def _open(
    about: str, says: str, *, needs: str, at: str | None, parties: tuple[str, ...] = (), remedy: Remedy | None = None
) -> Finding:
    return Finding(
        about=about,
        type="component",
        status="cannot tell",
        says=says,
        parties=parties,
        evidence=(Evidence(says=says, at=at),),
        needs=needs,
        remedy=remedy,
    )
