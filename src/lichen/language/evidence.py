"""Evidence: where the record of a flow or a capacity comes from."""

from __future__ import annotations

from lichen.language.groups import read_unit
from lichen.language.meaning import Meaning, Section
from lichen.language.problem import listing
from lichen.language.rules import parties_known
from lichen.relationship.quantity import PLAIN, TIME, Dimension
from lichen.relationship.rules import Evidence


def read_evidence(meaning: Meaning, sections: Section) -> tuple[Evidence, ...]:
    """Every table of evidence."""
    flows, capacities = meaning.scope.of_kind["flow"], meaning.scope.capacities
    found = []
    for subject, said in sections.items():
        path = f"evidence.{subject}"
        if not meaning.known(path, subject, [*flows, *capacities], "flow or `party.capacity`", key=True):
            continue
        tables = said if isinstance(said, list) else [said]
        for position, section in enumerate(tables):
            if section is not None:
                below = f"{path}.{position}" if isinstance(said, list) else path
                found.append(_evidence(meaning, subject, section, below, is_flow=subject in flows))
    return tuple(found)


def _evidence(meaning: Meaning, subject: str, said: Section, path: str, *, is_flow: bool) -> Evidence:
    _figure(meaning, subject, said, path, is_flow=is_flow)
    unit = read_unit(meaning, said.get("unit"), f"{path}.unit")
    if unit is not None:
        _unit(meaning, subject, unit.dimension, f"{path}.unit" if "unit" in said else path, is_flow=is_flow)
    period = said.get("period")
    if period is not None:
        meaning.number(period, "`period`", TIME)
    lag = meaning.number(said.get("lag"), "`lag`", TIME)
    seen = meaning.number(said.get("seen"), "The part that is seen", PLAIN, 0.0, 1.0)
    if seen == 0:
        meaning.draft.report(
            f"{path}.seen", "Of this flow nothing is seen, so nothing can be recorded.", "Leave the evidence out."
        )
    stated_by = said.get("stated_by")
    if stated_by is not None:
        meaning.known(f"{path}.stated_by", stated_by, meaning.scope.parties, "party")
    at = said.get("at") or ""
    if isinstance(at, list) and len(at) != 2:
        meaning.draft.report(
            f"{path}.at", "`at` is one column of dates, or two: year and month.", "Write `at: [year, month]`."
        )
    return Evidence(
        subject=subject,
        file=said.get("file", ""),
        at=tuple(at) if isinstance(at, list) else (at,),
        unit=said.get("unit"),
        amount=said.get("amount"),
        count=said.get("count"),
        level=said.get("level"),
        member=said.get("member"),
        giver=said.get("from"),
        receiver=said.get("to"),
        where=said.get("where") or {},
        period=period.text if period is not None else None,
        lag_days=lag or 0.0,
        seen=1.0 if seen is None else seen,
        attested_by=parties_known(meaning, said.get("attested_by") or [], f"{path}.attested_by"),
        stated_by=stated_by,
    )


def _figure(meaning: Meaning, subject: str, said: Section, path: str, *, is_flow: bool) -> None:
    """Exactly one of `amount`, `count` (of a flow) and `level` (of a capacity) says what a row holds."""
    tried = [key for key in ("amount", "count", "level") if f"{path}.{key}" in meaning.draft.places]
    wanted = ("amount", "count") if is_flow else ("level",)
    if not tried:
        words = "`amount` or `count`" if is_flow else "`level`"
        meaning.draft.report(
            path, f"Nothing says what the rows of `{subject}` hold.", f"Add {words} with a column.", key=True
        )
    elif len(tried) > 1:
        meaning.draft.report(
            f"{path}.{tried[1]}",
            f"{listing(tried, 'and')} both say what a row holds.",
            "Keep one.",
            key=True,
            others=[meaning.draft.excerpt(f"{path}.{tried[0]}", "the other one", key=True)],
        )
    elif tried[0] not in wanted:
        what = "a flow is an amount" if is_flow else "a capacity has a level"
        meaning.draft.report(
            f"{path}.{tried[0]}",
            f"`{tried[0]}` does not fit `{subject}`: {what}.",
            f"Write {listing(wanted)}.",
            key=True,
        )
    for key in ("from", "to"):
        if key in said and not is_flow:
            fact = f"`{key}` names an end of a link, and `{subject}` is a capacity."
            meaning.draft.report(f"{path}.{key}", fact, "Write `member:`.", key=True)


def _unit(meaning: Meaning, subject: str, found: Dimension, path: str, *, is_flow: bool) -> None:
    """The figures count what the flow does times time, or what the capacity does."""
    known = meaning.scope.names[tuple(subject.split("."))].dimension
    if known is None:
        return
    wanted = known * TIME if is_flow else known
    if found != wanted:
        place = f"flows.{subject}.rate" if is_flow else f"parties.{subject.replace('.', '.capacities.', 1)}.level"
        other = meaning.draft.excerpt(place, f"`{subject}`: {known}")
        meaning.draft.report(
            path,
            f"The figures of `{subject}` must be {wanted}; these are {found}.",
            f"Write `unit: {wanted}`, or a unit of that kind." if wanted.powers else "Leave `unit` out.",
            others=[other],
        )
