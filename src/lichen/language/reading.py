"""Reading: a file, its private parts and its tables to one relationship, or to everything that is wrong with them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, final

from lichen.language.draft import Draft
from lichen.language.evidence import read_evidence
from lichen.language.flows import read_flows
from lichen.language.keys import TOP
from lichen.language.limits import bound_cost
from lichen.language.meaning import Meaning, Section
from lichen.language.parties import declare_parties, read_parties
from lichen.language.problem import Problem
from lichen.language.rules import read_rules
from lichen.language.shape import read as read_shape
from lichen.language.source import Block, Broken, Entry, Scalar, Source, compose
from lichen.language.table import Table
from lichen.language.terms import read_terms
from lichen.language.units import read_units
from lichen.language.world import read_correlations, read_scenarios, read_world
from lichen.relationship.quantity import TIME
from lichen.relationship.relationship import Relationship, Time
from lichen.relationship.value import Value

OpenTable = Callable[[str], "Table | str"]
"""Opens a table beside the file by its name; a text says why it cannot."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What reading gives: the relationship, or None and the problems in the order of the file."""

    relationship: Relationship | None
    problems: tuple[Problem, ...] = ()


def _no_tables(file: str) -> str:
    return f"{file} is not at hand."


def read(
    source: Source,
    *,
    parts: Mapping[str, Source] | None = None,
    party: str | None = None,
    open_table: OpenTable = _no_tables,
) -> Reading:
    """Read a relationship.

    `parts` are the private parts at hand by party; with `party` only that party's is used. Never raises: whatever is
    wrong is a problem, all in one pass.
    """
    draft = Draft(source)
    root = compose(source, draft.add)
    if root is None and not draft.problems:
        draft.add(
            source.problem(
                0, 1, "The file is empty.", "Begin with `lichen: 1`; the first lines stand in docs/start.md."
            )
        )
    elif root is not None and not isinstance(root, Block | Broken):
        draft.add(
            source.problem(root.start, root.end, "A relationship file is a mapping.", "It begins with `lichen: 1`.")
        )
    if not isinstance(root, Block):
        return Reading(relationship=None, problems=_in_order(draft))
    _add_parts(draft, root, {owner: part for owner, part in (parts or {}).items() if party in (None, owner)})
    if any(problem.unread for problem in draft.problems):
        _read_without_names(draft, root)
        return Reading(relationship=None, problems=_in_order(draft))
    relationship = _relationship(draft, root, open_table)
    problems = _in_order(draft)
    return Reading(relationship=None if problems else relationship, problems=problems)


def not_at_hand(relationship: Relationship, party: str | None) -> tuple[str, ...]:
    """The sentence for people when one looks as a party of whose own figures none was at hand; else nothing."""
    if party is None or party in relationship.parts:
        return ()
    title = relationship.parties[party].title if party in relationship.parties else party
    said = f"Nothing that {title} keeps to itself is at hand: what you see is what everybody sees"
    return (f"{said} (its own figures stand in `private/{party}.yaml` beside the file).",)


def _add_parts(draft: Draft, root: Block, parts: Mapping[str, Source]) -> None:
    """Take up the private parts of this file's parties; others belong to a neighbouring file, unless misspelt."""
    entry = root.entries.get("parties")
    names = list(entry.value.entries) if entry is not None and isinstance(entry.value, Block) else []
    for owner, part in parts.items():
        if owner in names:
            draft.add_part(owner, part)
        elif repair := draft.suggest(owner, names):
            draft.add(part.problem(0, 1, f"`{owner}` is not a party of {draft.source.file}.", repair))


def _in_order(draft: Draft) -> tuple[Problem, ...]:
    """The problems in the order of the text, those of the file itself first; one that was found twice stands once."""
    problems, main = draft.problems, draft.source.file
    unique = {(p.origin.file, p.origin.line, p.origin.column, p.fact): p for p in problems}
    ordered = [unique[key] for key in sorted(unique, key=lambda k: (k[0] != main, *k[:3]))]
    told: dict[tuple[str, str], list[Problem]] = {}
    for position, problem in enumerate(ordered):
        cause = (problem.origin.file, problem.fact if problem.unknown else str(position))
        told.setdefault(cause, []).append(problem)
    return tuple(_told_once(alike) for alike in told.values())


def _told_once(alike: list[Problem]) -> Problem:
    """The first of several problems with one cause, with the lines of the others."""
    first = alike[0]
    lines = list(dict.fromkeys(str(p.origin.line) for p in alike[1:] if p.origin.line != first.origin.line))
    if not lines:
        return first
    shown = ", ".join(lines[:5]) + (f" and {len(lines) - 5} more" if len(lines) > 5 else "")
    also = f"The same in line{'' if len(lines) == 1 else 's'} {shown}."
    return replace(first, repair=f"{first.repair} {also}".strip())


def _read_without_names(draft: Draft, root: Block) -> None:
    """What is wrong whatever the names mean: they may be explained where the text could not be read.

    Without all units nothing can be said of formulas.
    """
    units = root.entries.get("units")
    inner = units.value.entries.values() if units is not None and isinstance(units.value, Block) else ()
    if not any(isinstance(entry.value, Broken) for entry in (units, *inner) if entry is not None):
        read_units(Meaning(draft, _no_tables), root)
        _shape(draft, root)


def _shape(draft: Draft, root: Block) -> dict[str, Any]:
    """What stands under which key, held against the table of keys."""
    top: dict[str, Any] = read_shape(TOP, Entry(Scalar("", 0, 0), root), "", draft)
    del draft.places[""]
    return top


def _relationship(draft: Draft, root: Block, open_table: OpenTable) -> Relationship | None:
    """The parts in an order in which each finds what it reads already known."""
    meaning = Meaning(draft, open_table)
    read_units(meaning, root)
    top = _shape(draft, root)
    sections = {key: top.get(key) or {} for key in ("parties", "world", "terms", "flows", "scenarios", "evidence")}
    _claim_names(meaning, sections)
    members = declare_parties(meaning, sections["parties"])
    time = _time(meaning, top.get("time") or {})
    terms = read_terms(meaning, sections["terms"])
    world = read_world(meaning, sections["world"])
    flows = read_flows(meaning, sections["flows"], members, top.get("visible_to"))
    parties = read_parties(meaning, sections["parties"], members)
    correlations = read_correlations(meaning, top.get("correlations") or [], world)
    rules = read_rules(meaning, top)
    scenarios = read_scenarios(meaning, sections["scenarios"], terms, world)
    evidence = read_evidence(meaning, sections["evidence"])
    commitment = meaning.number(top.get("commitment"), "`commitment`", TIME)
    notice = rules.exit.notice_days if rules.exit is not None else 0.0
    relationship = Relationship(
        name=top.get("relationship", ""),
        purpose=top.get("purpose", ""),
        mechanism=top.get("mechanism"),
        time=time,
        commitment_days=commitment or notice or time.horizon_days,
        parties=parties,
        flows=flows,
        terms=terms,
        world=world,
        correlations=correlations,
        rules=rules,
        scenarios=scenarios,
        evidence=evidence,
        units=dict(draft.units),
        origins=draft.origins(),
        reasons=draft.reasons,
        content_hash=hashlib.sha256(draft.source.text.encode()).hexdigest(),
        hidden=tuple(draft.hidden),
        parts=tuple(sorted({part.party for part in draft.parts.values()})),
    )
    bound_cost(meaning, relationship)
    for path, owner in draft.owners:
        meaning.known(path, owner, meaning.scope.parties, "party")
    draft.report_unused_parts()
    return relationship


def _claim_names(meaning: Meaning, sections: Section) -> None:
    taken: dict[str, tuple[str, str]] = {}
    for section, noun in (("parties", "party"), ("terms", "term"), ("world", "world variable"), ("flows", "flow")):
        meaning.claim(sections[section], noun, section, taken)
    if "parties" in meaning.draft.places and not sections["parties"]:
        meaning.draft.report(
            "parties", "A relationship has at least one party.", "Write each under its name.", key=True
        )


def _time(meaning: Meaning, said: Section) -> Time:
    horizon = meaning.number(said.get("horizon"), "The horizon", TIME)
    step_said = said.get("step")
    step = 7.0 if step_said is None else meaning.number(step_said, "A step", TIME)
    for value, key, example in ((horizon, "horizon", "3 years"), (step, "step", "1 month")):
        if value == 0:
            meaning.draft.report(
                f"time.{key}", f"The {key} must be longer than 0.", f"Write a time, such as `{example}`."
            )
    return Time(
        start=said.get("start") or date.min,
        horizon_days=horizon or 7.0,
        step_days=step or 7.0,
        horizon_text=_text(said.get("horizon")),
        step_text=_text(step_said) or "1 week",
    )


def _text(value: Value | None) -> str:
    return value.text if value is not None else ""
