"""Values: a formula, one with its reason, a stated range, or what a party keeps to itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from lichen.language.dimensions import work_out
from lichen.language.draft import Draft, spoken
from lichen.language.formula import parse
from lichen.language.problem import listing
from lichen.language.source import Block, Entry, Node, Scalar
from lichen.language.tokens import FormulaError
from lichen.relationship.formula import Number, Spread
from lichen.relationship.value import Value

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
"""How a day is written."""
_PRIVATE = re.compile(r"private to (\S+)")
_VALUE_KEYS: Final = ("value", "because", "source")
_RANGE_KEYS: Final = ("from", "to", "stated_by", "on", "because", "source")


def read_value(
    node: Node, path: str, draft: Draft, voice: Mapping[str, str], private_to: str | None = None
) -> Value | None:
    """The value at a path, its names not yet resolved; None when it cannot be read."""
    match node:
        case Scalar(text=text) if _PRIVATE.fullmatch(text):
            value = _private(text[len("private to ") :], path, draft)
        case Scalar():
            value = _formula(node, path, draft, private_to)
        case Block(entries=entries) if "from" in entries or "to" in entries:
            value = _stated(node, path, draft)
        case Block(entries=entries):
            value = _reasoned(node, path, draft, private_to)
        case _:
            draft.report(path, "A list stands where a value is expected.", "Write one value.")
            return None
    return None if value is None else spoken(value, voice)


def _formula(node: Scalar, path: str, draft: Draft, private_to: str | None) -> Value | None:
    if not node.text.strip():
        draft.report(path, "A value is missing here.", "Write it, or leave the key out.", key=True)
        return None
    if node.plain and (hint := _trap(node.text)):
        draft.report(path, *hint)
        return None
    tree = draft.trees.get(node.text)
    if tree is None:
        try:
            tree = parse(node.text, draft.units, path)
        except FormulaError as error:
            draft.report_formula(path, error)
            return None
        if ".." not in node.text:  # a range draws under its own path, so its tree belongs to it alone
            draft.trees[node.text] = tree
    return Value(tree=tree, text=node.text, path=path, private_to=private_to)


def _trap(text: str) -> tuple[str, str] | None:
    if text in ("true", "false", "yes", "no", "on", "off", "null", "~", "none"):
        return f"`{text}` is no value.", "Write a number with its unit, or a formula."
    return None


def _private(party: str, path: str, draft: Draft) -> Value | None:
    draft.owners.append((path, party))
    part = draft.take_part(path, party)
    if part is None:
        draft.hidden.append(path)
        return Value(tree=None, text=f"private to {party}", path=path, private_to=party)
    draft.note(path, part.source, part.entry.value, part.entry.key)
    return read_value(part.entry.value, path, draft, {}, private_to=party)


def _reasoned(node: Block, path: str, draft: Draft, private_to: str | None) -> Value | None:
    """`{value: F, because: text, source: text}`."""
    texts = _entries(node, _VALUE_KEYS, path, draft)
    draft.give_reason(path, texts)
    inner = node.entries.get("value")
    if inner is None:
        draft.report(path, "`value` is missing in this mapping.", "Write `{value: ..., because: ...}`.", key=True)
        return None
    place = draft.places[path]
    draft.note(path, place.source, inner.value, place.key)
    return read_value(inner.value, path, draft, texts, private_to)


def _stated(node: Block, path: str, draft: Draft) -> Value | None:
    """`{from: F, to: F, stated_by: party, on: date}`: the party's own figure if it is at hand, else the range."""
    texts = _entries(node, _RANGE_KEYS, path, draft)
    draft.give_reason(path, texts)
    missing = [key for key in ("from", "to", "stated_by") if key not in node.entries]
    if missing:
        fact = f"A stated range needs {listing(missing, 'and')}."
        draft.report(path, fact, "Write `{from: 0.3, to: 0.8, stated_by: alder, on: 2026-01-05}`.", key=True)
        return None
    low, high = (_end(node.entries[key], f"{path}.{key}", draft) for key in ("from", "to"))
    if low is None or high is None or not _in_order(low, high, path, draft):
        return None
    party = texts.get("stated_by", "")
    draft.owners.append((f"{path}.stated_by", party))
    stated = Value(
        tree=Spread(low.value, high.value, path, low.dimension),
        text=f"{texts.get('from', '')}..{texts.get('to', '')}",
        path=path,
        because=texts.get("because"),
        source=texts.get("source"),
        stated_by=party,
        stated_on=read_day(texts.get("on", "")),
    )
    part = draft.take_part(path, party)
    if part is None:
        draft.hidden.append(path)
        return stated
    draft.note(path, part.source, part.entry.value, part.entry.key)
    own = read_value(part.entry.value, path, draft, {}, private_to=party)
    if own is None:
        return None
    known = own.tree if isinstance(own.tree, Number) and own.tree.dimension == low.dimension else low
    if not low.value <= known.value <= high.value:
        fact = f"This lies outside the range that `{party}` stated, {stated.text}."
        draft.report(path, fact, "State another range, or check the figure.")
    return replace(own, stated_by=party, stated_on=stated.stated_on)


def _end(entry: Entry, path: str, draft: Draft) -> Number | None:
    draft.note(path, draft.source, entry.value, entry.key)
    if isinstance(entry.value, Scalar):
        try:
            tree = work_out(parse(entry.value.text, draft.units, path))
        except FormulaError as error:
            draft.report_formula(path, error)
            return None
        if isinstance(tree, Number):
            return tree
    draft.report(path, "An end of a range is a number.", "Write one figure with its unit.")
    return None


def _in_order(low: Number, high: Number, path: str, draft: Draft) -> bool:
    fact, repair = "", ""
    if low.dimension != high.dimension:
        fact, repair = (
            f"The ends of this range do not go together: this is {high.dimension}.",
            "Write both in one unit.",
        )
    elif low.value > high.value:
        fact, repair = "This range ends below where it begins.", "Write the lower end under `from`."
    if fact:
        other = draft.excerpt(
            f"{path}.from", str(low.dimension) if low.dimension != high.dimension else "the lower end"
        )
        draft.report(f"{path}.to", fact, repair, others=(other,))
    return not fact


def _entries(node: Block, known: tuple[str, ...], path: str, draft: Draft) -> dict[str, str]:
    """The texts of a small mapping; an unknown key or a value that is no text is reported."""
    source = draft.places[path].source
    texts: dict[str, str] = {}
    for name, entry in node.entries.items():
        if name not in known:
            repair = draft.suggest(name, known) or f"Its keys are {listing(known, 'and')}."
            draft.add(source.problem(entry.key.start, entry.key.end, f"`{name}` is not a key of a value.", repair))
        elif isinstance(entry.value, Scalar):
            texts[name] = entry.value.text
        elif name != "value":
            draft.add(source.problem(entry.value.start, entry.value.end, f"`{name}` is a text.", ""))
    if "on" in texts and read_day(texts["on"]) is None:
        entry = node.entries["on"]
        draft.add(
            source.problem(
                entry.value.start, entry.value.end, f"`{texts['on']}` is not a date.", "A date is `YYYY-MM-DD`."
            )
        )
    return texts


def read_day(text: str) -> date | None:
    """The day that a text names, or None when it names none."""
    if not DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
