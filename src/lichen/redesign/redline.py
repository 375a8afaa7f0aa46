"""The redline by meaning: what two versions of a relationship say differently.

Figures are compared in base units, so `0.385 kEUR/pallet` for `385 EUR/pallet` is no change, and neither is another
order of the keys. What only one version has, such as a flow, a rule or a table of evidence, is one difference.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, fields, is_dataclass
from typing import Any, Literal, TypeAlias, final

from lichen.relationship.quantity import MONTH_DAYS, YEAR_DAYS
from lichen.relationship.relationship import Relationship
from lichen.relationship.rules import Window
from lichen.relationship.value import Value

_KEYS = {
    "giver": "from",
    "receiver": "to",
    "title": "name",
    "starts_empty": "starts",
    "in_capacity": "in",
}
"""What the file calls a field that has another name here; fields in days lose their unit."""
_WORKED_OUT = "commitment"
"""What a file that does not say it leaves to the notice or the horizon: it changes when these do."""
_LENGTHS = (("year", YEAR_DAYS), ("month", MONTH_DAYS), ("week", 7.0))
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
_NAMES = ("name", "subject", "party", "term")
"""The fields by which entries of a list are told apart, the first that they have; else it is by their turn."""
_LISTED = 6
"""Of a longer list only the first are read out, and how many there are."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Redline:
    """One difference: the path, what each version says as text, and the places; None where a version says nothing.

    What holds in a version that does not say it is marked `(by default)`.
    """

    path: str
    kind: Literal["changed", "added", "removed"]
    old: str | None
    new: str | None
    old_at: str | None = None
    new_at: str | None = None


@final
@dataclass(frozen=True, slots=True)
class _Said:
    """One statement: what it means, how it reads, and whether it says more than silence would."""

    means: object
    reads: str
    telling: bool = True


@final
@dataclass(frozen=True, slots=True)
class _Group:
    """Statements by key. A `whole` is one thing, such as a rule; otherwise the keys are things of their own."""

    parts: Mapping[str, _Said | _Group]
    whole: bool


_Part: TypeAlias = "_Said | _Group | None"


def redline(old: Relationship, new: Relationship) -> tuple[Redline, ...]:
    """Every difference in meaning between two versions, in the order of the new file's sections."""
    return tuple(
        Redline(
            path=path,
            kind="added" if was is None else "removed" if now is None else "changed",
            old=None if was is None else _holds(old, path, was),
            new=None if now is None else _holds(new, path, now),
            old_at=None if was is None else old.at(path),
            new_at=None if now is None else new.at(path),
        )
        for path, was, now in _differences("", _whole(old, ""), _whole(new, ""))
    )


def _differences(path: str, was: _Part, now: _Part) -> Iterator[tuple[str, _Part, _Part]]:
    """The topmost paths at which the versions differ; both sides of a list or mapping are gone through."""
    groups = [part for part in (was, now) if isinstance(part, _Group)]
    if len(groups) == 2 or (groups and not groups[0].whole and None in (was, now)):
        before, after = (part.parts if isinstance(part, _Group) else {} for part in (was, now))
        for key in [*after, *(key for key in before if key not in after)]:
            yield from _differences(_join(path, key), before.get(key), after.get(key))
    elif not (isinstance(was, _Said) and isinstance(now, _Said) and was.means == now.means):
        yield path, was, now


def _holds(version: Relationship, path: str, part: _Said | _Group) -> str:
    """What holds at a path of a version, marked where only a default makes it hold."""
    silent = isinstance(part, _Said) and (path == _WORKED_OUT or not part.telling) and path not in version.origins
    reads = _reads(version, path, part)
    return f"{reads} (by default)" if silent else reads


def _reads(version: Relationship, path: str, part: _Said | _Group) -> str:
    """A statement as it reads; of a group all that says more than silence would, or that the file says itself."""
    if isinstance(part, _Said):
        return part.reads
    told = (f"{where.removeprefix(f'{path}.')} {said.reads}" for where, said in _telling(version, path, part))
    return ", ".join(told) or "with nothing else said"


def _telling(version: Relationship, path: str, group: _Group) -> Iterator[tuple[str, _Said]]:
    for key, part in group.parts.items():
        where = _join(path, key)
        if isinstance(part, _Group):
            yield from _telling(version, where, part)
        elif part.telling or where in version.origins:
            yield where, part


def _part(thing: object) -> _Part:
    """What something says; None when it says nothing."""
    match thing:
        case None | "" | ():
            return None
        case Value(tree=None, private_to=None):
            return None
        case Value():
            return _Said((thing.tree, thing.private_to), thing.text)
        case Window():
            said = thing.text if thing.kind == "season" else ""
            return _Said((thing.kind, thing.days, said), thing.text or thing.kind)
        case Mapping():
            parts = {str(key): _part(inner) for key, inner in thing.items()}
            return _several(parts)
        case tuple() if any(is_dataclass(item) for item in thing):
            return _several(dict(_entries(thing)))
        case _ if is_dataclass(thing):
            return _whole(thing)
        case _:
            return _Said(thing, _text(thing))


def _whole(thing: Any, named_by: str = "name") -> _Group:
    """A frozen value by the keys that the file has for its fields; rules stand at the top of the file."""
    parts: dict[str, _Part] = {}
    for field in fields(thing):
        if not field.compare or field.name in _UNSAID or field.name == named_by:
            continue
        value = getattr(thing, field.name)
        if field.name == "rules":
            parts |= _whole(value).parts
        else:
            parts[_KEYS.get(field.name, field.name.removesuffix("_days"))] = _field(thing, field, value)
    return _Group({key: part for key, part in parts.items() if part is not None}, whole=True)


def _field(thing: Any, field: Field[Any], value: object) -> _Part:
    """What a field says; a list that may be left out says something when it is empty."""
    if value == () and field.default is None:
        return _Said((), "[]")
    part = _part(value)
    if not isinstance(part, _Said):
        return part
    silent = value == field.default or (field.name == "title" and value == thing.name)
    reads = _length(value) if field.name.endswith("_days") and isinstance(value, int | float) else part.reads
    return _Said(part.means, reads, telling=not silent)


def _several(parts: Mapping[str, _Part]) -> _Group | None:
    """Things of their own by name; None when there are none."""
    found = {key: part for key, part in parts.items() if part is not None}
    return _Group(found, whole=False) if found else None


def _entries(listed: tuple[Any, ...]) -> Iterator[tuple[str, _Part]]:
    """The entries of a list by name; a second of one name has its turn beside it."""
    turns: dict[str, int] = {}
    for turn, entry in enumerate(listed):
        if isinstance(entry, Value):
            yield str(turn), _part(entry)
            continue
        named_by = next((key for key in _NAMES if hasattr(entry, key)), "")
        name = getattr(entry, named_by, str(turn))
        again = turns[name] = turns.get(name, -1) + 1
        yield f"{name}.{again}" if again else name, _whole(entry, named_by)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _length(days: float) -> str:
    """A length of time in the longest unit of which it is a whole number: `3 years`, `2 weeks`, `10.5 days`."""
    for unit, one in _LENGTHS:
        count = round(days / one)
        if count and math.isclose(days, count * one):
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "1 day" if days == 1 else f"{days:.10g} days"


def _text(thing: object) -> str:
    match thing:
        case bool():
            return "true" if thing else "false"
        case float():
            return f"{thing:.10g}"
        case tuple():
            more = f", … {len(thing)} in all" if len(thing) > _LISTED else ""
            return f"[{', '.join(map(_text, thing[:_LISTED]))}{more}]"
        case _:
            return str(thing)
