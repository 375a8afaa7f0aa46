"""Terms, and values that read each other in general."""

from __future__ import annotations

from collections.abc import Mapping

from lichen.language.circles import report_untold, understand_in_turn
from lichen.language.meaning import CONSTANT, Meaning, Section
from lichen.language.scope import Kind, Standing
from lichen.relationship.rules import Term
from lichen.relationship.value import Value


def read_terms(meaning: Meaning, sections: Section) -> dict[str, Term]:
    """Every term; its value is made of numbers and other terms."""
    values = {name: said if isinstance(said, Value) else (said or {}).get("value") for name, said in sections.items()}
    found = settle(meaning, values, "term", Standing(where="a term", reads=frozenset({"term"})))
    terms = {}
    for name, said in sections.items():
        value = found.get(name) or Value(tree=None, path=f"terms.{name}")
        if value.tree is not None:
            meaning.terms[name] = value.tree
        section = said if isinstance(said, dict) else {}
        agreed_by = section.get("agreed_by")
        agreed = [
            (f"terms.{name}.agreed_by.{i}", p) for i, p in enumerate(agreed_by if isinstance(agreed_by, list) else [])
        ]
        for path, party in [(f"terms.{name}.set_by", section.get("set_by")), *agreed]:
            if party is not None:
                meaning.known(path, party, meaning.scope.parties, "party")
        terms[name] = Term(
            name=name,
            value=value,
            between=_between(meaning, name, value, section.get("between")),
            set_by=section.get("set_by"),
            agreed_by=(agreed_by,)
            if isinstance(agreed_by, str)
            else tuple(agreed_by)
            if agreed_by is not None
            else None,
        )
    return terms


def _between(meaning: Meaning, name: str, value: Value, said: list[Value] | None) -> tuple[Value, Value] | None:
    path = f"terms.{name}.between"
    if said is None:
        return None
    if len(said) != 2:
        if meaning.draft.count(path) != 2:
            meaning.draft.report(
                path, "`between` takes two values, the lower and the upper limit.", "Write `[low, high]`."
            )
        return None
    dimension = meaning.counted(value)
    other = (value.path, f"the term: {dimension}") if dimension is not None else None
    ends = [meaning.value(end, "A limit", dimension, CONSTANT, other) for end in said]
    low, high = ends
    if low is None or high is None:
        return None
    bottom, top, at = (meaning.bounds(v.tree) if v.tree is not None else None for v in (low, high, value))
    if bottom and top and bottom[0] > top[1]:
        meaning.draft.report(path, "The upper limit lies below the lower one.", "Write the lower limit first.")
    elif bottom and top and at and not (bottom[0] <= at[1] and at[0] <= top[1]):
        meaning.draft.report(
            value.path,
            f"The term lies outside its own limits: {value.text} is not between {low.text} and {high.text}.",
            "Move the limits, or the value.",
            others=[meaning.draft.excerpt(path, "the limits")],
        )
    return (low, high)


def settle(meaning: Meaning, values: Mapping[str, Value | None], kind: Kind, standing: Standing) -> dict[str, Value]:
    """Values that read each other, each understood after those that it reads."""
    for name in values:
        meaning.scope.add((name,), kind, None)
    found: dict[str, Value] = {}

    def understand(name: str) -> bool:
        understood = meaning.value(values[name], f"`{name}`", None, standing)
        if understood is None:
            return True
        found[name] = understood
        counted = meaning.counted(understood)
        meaning.scope.add((name,), kind, counted)
        return counted is not None

    left = understand_in_turn(meaning, values, understand, lambda _: "There is no first one to work out.")
    report_untold(meaning, {name: found[name] for name in left}, lambda _: standing, "EUR")
    return found
