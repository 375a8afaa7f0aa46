"""The redline by meaning: what two versions of a relationship say differently.

Figures are compared in base units, so `0.385 kEUR/pallet` for `385 EUR/pallet` is no change, and neither is another
order of the keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Literal, final

from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value

_KEYS = {
    "giver": "from",
    "receiver": "to",
    "title": "name",
    "answer_days": "within",
    "within_days": "within",
    "review_every_days": "review_every",
    "takes_effect_after_days": "takes_effect_after",
    "notice_days": "notice",
    "every_days": "every",
    "commitment_days": "commitment",
    "horizon_days": "horizon",
    "step_days": "step",
    "starts_empty": "starts",
    "in_capacity": "in",
}
_UNSAID = {
    "path",
    "text",
    "horizon_text",
    "step_text",
    "origins",
    "content_hash",
    "hidden",
    "units",
    "table",
    "dimension",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Redline:
    """One difference: the path, what each version says as text, and the places; None where a version says nothing."""

    path: str
    kind: Literal["changed", "added", "removed"]
    old: str | None
    new: str | None
    old_at: str | None = None
    new_at: str | None = None


def redline(old: Relationship, new: Relationship) -> tuple[Redline, ...]:
    """Every difference in meaning between two versions, in the order of the new file's sections."""
    before, after = dict(_statements(old)), dict(_statements(new))
    found = []
    for path in [*after, *(p for p in before if p not in after)]:
        was, now = before.get(path), after.get(path)
        if was is not None and now is not None and was[0] == now[0]:
            continue
        found.append(
            Redline(
                path=path,
                kind="added" if was is None else "removed" if now is None else "changed",
                old=was[1] if was else None,
                new=now[1] if now else None,
                old_at=old.at(path) if was else None,
                new_at=new.at(path) if now else None,
            )
        )
    return tuple(found)


def _statements(relationship: Relationship) -> Iterator[tuple[str, tuple[object, str]]]:
    """Each leaf: its path, what it means (comparable) and how it reads."""
    for section in fields(relationship):
        if section.name in _UNSAID:
            continue
        prefix = "" if section.name in ("rules",) else _KEYS.get(section.name, section.name)
        yield from _leaves(prefix, getattr(relationship, section.name))


def _leaves(path: str, thing: object) -> Iterator[tuple[str, tuple[object, str]]]:
    match thing:
        case None | "" | ():
            return
        case Value():
            yield path, ((thing.tree, thing.private_to), thing.text)
        case Mapping():
            for key, inner in thing.items():
                yield from _leaves(_join(path, str(key)), inner)
        case tuple() if any(is_dataclass(item) for item in thing):
            for turn, item in enumerate(thing):
                yield from _leaves(_join(path, getattr(item, "name", None) or str(turn)), item)
        case tuple() | str() | bool() | int() | float() | date():
            yield path, (thing, _read(thing))
        case _ if is_dataclass(thing):
            for field in fields(thing):
                if field.compare and field.name not in _UNSAID and not (field.name == "name" and path):
                    yield from _leaves(_join(path, _KEYS.get(field.name, field.name)), getattr(thing, field.name))


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _read(thing: object) -> str:
    if isinstance(thing, bool):
        return "true" if thing else "false"
    if isinstance(thing, tuple):
        return "[" + ", ".join(str(item) for item in thing) + "]"
    return str(thing)
