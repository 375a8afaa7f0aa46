"""Parties, their members and their capacities."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from lichen.language.groups import read_members
from lichen.language.meaning import Meaning, Section, replaced
from lichen.language.scope import CONSTANTS, EVERYTHING, Standing
from lichen.language.table import cell_number
from lichen.relationship.evaluate import each, evaluate_each
from lichen.relationship.formula import Name, Number, Spread, Tree, walk
from lichen.relationship.party import QUANTILE, Capacity, Members, Party, Person, Several, Voice
from lichen.relationship.quantity import PER_TIME, PLAIN, TIME, Dimension, Unit, is_currency
from lichen.relationship.value import Value

_PLURAL = re.compile(r"(^The\s\w|(^|\s)[^\W\dA-Z])\w*[^\Waius]s$")
"""Names whose last word looks like an English plural: in small letters, or after `The`."""
_RIVERS = re.compile(r"\w[^\Waius]s$")
"""The same of what bears no proper name."""
_CONSTANTS = ("level", "floor", "healthy", "at_most", "at_least")


def declare_parties(meaning: Meaning, sections: Mapping[str, Section | None]) -> dict[str, Members]:
    """Make parties, groups, their columns and capacities known; the members of every group."""
    members: dict[str, Members] = {}
    columns: dict[str, dict[str, Unit]] = {}
    lent = {
        name: s["members"][3:].strip()
        for name, s in sections.items()
        if s and str(s.get("members", "")).startswith("as ")
    }
    for name, section in sections.items():
        capacities = (section or {}).get("capacities") or {}
        meaning.scope.parties[name] = tuple(capacities)
        if section and _is_group(meaning, name, section) and name not in lent:
            found, columns[name] = read_members(meaning, section.get("members"), f"parties.{name}.members")
            members[name] = found or Members(names=())
            meaning.scope.families[name] = name
    for name, lender in lent.items():
        groups = [g for g in meaning.scope.families if g not in lent]
        if meaning.known(f"parties.{name}.members", lender, groups, "group with members of its own"):
            members[name], columns[name] = members[lender], columns[lender]
            meaning.scope.families[name] = lender
        else:
            members[name], columns[name] = Members(names=()), {}
            meaning.scope.families[name] = name
    for name, units in columns.items():
        for column, unit in units.items():
            parts = (name, "members", column)
            meaning.scope.add(parts, "column", unit.dimension, meaning.scope.families[name])
            values = members[name].columns.get(column)
            if values:
                meaning.limits[parts] = (min(values), max(values))
    for name, section in sections.items():
        family = meaning.scope.families.get(name)
        for capacity, keys in ((section or {}).get("capacities") or {}).items():
            meaning.scope.add((name, capacity), "capacity", _dimension(meaning, name, keys or {}), family)
            if capacity == "headroom":
                meaning.draft.report(
                    f"parties.{name}.capacities.headroom",
                    "`headroom` is a word of the language and cannot name a capacity.",
                    "Write another name.",
                    key=True,
                )
        if meaning.scope.parties[name]:
            meaning.scope.add((name, "headroom"), "capacity", PLAIN, family)
    return members


def _is_group(meaning: Meaning, name: str, section: Section) -> bool:
    path = f"parties.{name}"
    is_group = section.get("kind") == "group"
    if is_group and "members" not in section and f"{path}.members" not in meaning.draft.places:
        meaning.draft.report(
            path,
            f"The group `{name}` has no members.",
            "Add `members:` with a number, a list of names or a table.",
            key=True,
        )
    if not is_group and "members" in section and "kind" in section:
        other = meaning.draft.excerpt(f"{path}.kind", "no group")
        meaning.draft.report(
            f"{path}.members",
            f"`{name}` has members but is no group.",
            "Write `kind: group`, or leave `members` out.",
            key=True,
            others=[other],
        )
    return is_group


def standing(meaning: Meaning, party: str, where: str, constant: bool) -> Standing:
    """Where a party's own formula stands: per member for a group, with its columns."""
    return replace(group_standing(meaning, party, where), reads=CONSTANTS if constant else EVERYTHING)


def group_standing(meaning: Meaning, party: str, where: str) -> Standing:
    """Where a formula by the members of a party stands; one number when the party is no group."""
    family = meaning.scope.families.get(party)
    if family is None:
        return Standing(where=where)
    return Standing(where=where, families=frozenset({family}), own=meaning.scope.columns.get(party, {}))


def _dimension(meaning: Meaning, party: str, keys: Section) -> Dimension | None:
    """What a capacity counts: what its level does, or another constant of it when the level is not known."""
    for name in _CONSTANTS:
        value = keys.get(name)
        if isinstance(value, Value) and value.tree is not None:
            dimension = meaning.dimension(value.tree, standing(meaning, party, "a level", True))
            if dimension is not None:
                return dimension
    return None


def read_parties(
    meaning: Meaning, sections: Mapping[str, Section | None], members: Mapping[str, Members]
) -> dict[str, Party]:
    """Every party, with its capacities."""
    return {name: _party(meaning, name, section or {}, members.get(name)) for name, section in sections.items()}


def _party(meaning: Meaning, name: str, section: Section, members: Members | None) -> Party:
    path = f"parties.{name}"
    capacities = {
        key: _capacity(meaning, name, key, keys or {}, members)
        for key, keys in (section.get("capacities") or {}).items()
    }
    for key in ("joins", "leaves", "counts"):
        if key in section and members is None and section.get("kind", "group") != "group":
            meaning.draft.report(
                f"{path}.{key}",
                f"`{key}` belongs to a group.",
                "Leave it out, or write `kind: group` with `members:`.",
                key=True,
            )
    joins = meaning.value(section.get("joins"), "What joins", PER_TIME, Standing(where="what joins a group"))
    leaves = meaning.value(
        section.get("leaves"),
        "The share that leaves",
        PER_TIME,
        standing(meaning, name, "the share that leaves", False),
    )
    meaning.within(joins, "What joins", low=0)
    meaning.within(leaves, "The share that leaves", low=0)
    alternatives = meaning.value(section.get("alternatives"), "`alternatives`", PLAIN)
    meaning.within(alternatives, "`alternatives`", low=0)
    counts, quantile = _counts(meaning, section.get("counts"), path)
    return Party(
        name=name,
        title=_title(section.get("name", name), section.get("kind"), members),
        kind=section.get("kind", "organisation"),
        capacities=capacities,
        essential=section.get("essential", True),
        members=members,
        joins=joins,
        leaves=leaves,
        counts=counts,
        quantile=quantile,
        at_floor=section.get("at_floor", "continues"),
        spoken_for_by=_voice(meaning, name, section.get("spoken_for_by"), path),
        alternatives=alternatives,
        walk_away=meaning.value(section.get("walk_away"), "`walk_away`", PLAIN),
    )


def _title(said: str, kind: str | None, members: Members | None) -> str:
    """What a party is called: a person, one, or several. A group is several; of all others it is a guess: `Crop
    growers`, `The studios` and the living system `Rivers` are, `Northfield Foods` and `Siemens` are not.
    """
    if kind == "person":
        return Person(said)
    plural = _RIVERS if kind == "living system" else _PLURAL
    return Several(said) if members is not None or plural.search(said) else said


def _counts(meaning: Meaning, said: str | None, path: str) -> tuple[Literal["quantile", "least"], float]:
    if said is None or said == "least":
        return ("quantile" if said is None else "least"), QUANTILE
    text = said.strip()
    share = cell_number(text.removesuffix("%").strip())
    if share is not None and text.endswith("%"):
        share /= 100
    if share is None or not 0 < share < 1:
        meaning.draft.report(
            f"{path}.counts",
            f"`{said}` is neither `least` nor a share of the members.",
            "Write `least`, or a share such as `5 %`.",
        )
        return "quantile", QUANTILE
    return "quantile", share


def _voice(meaning: Meaning, name: str, said: Section | None, path: str) -> Voice | None:
    if said is None:
        return None
    who, by = said.get("who", ""), said.get("by")
    if who and meaning.known(f"{path}.spoken_for_by.who", who, meaning.scope.parties, "party") and who == name:
        meaning.draft.report(f"{path}.spoken_for_by.who", f"`{name}` cannot be its own speaker.", "Name another party.")
    flows = meaning.scope.of_kind["flow"]
    if by is not None:
        meaning.known(f"{path}.spoken_for_by.by", by, flows, "flow")
    return Voice(who=who, by=by)


def _capacity(meaning: Meaning, party: str, name: str, keys: Section, members: Members | None) -> Capacity:
    path = f"parties.{party}.capacities.{name}"
    dimension = meaning.scope.names[(party, name)].dimension
    counted = next(
        (f"{path}.{key}" for key in _CONSTANTS if isinstance(v := keys.get(key), Value) and v.tree is not None), path
    )
    other = (counted, str(dimension))
    words = {
        "level": "A level",
        "floor": "A floor",
        "healthy": "A healthy level",
        "at_most": "`at_most`",
        "at_least": "`at_least`",
    }
    found: dict[str, Value | None] = {}
    for key, what in words.items():
        place = standing(meaning, party, what.lower().strip("`"), True)
        found[key] = meaning.value(keys.get(key), what, dimension, place, other if f"{path}.{key}" != counted else None)
    _width(meaning, found, members)
    drift = None if dimension is None else dimension / TIME
    change = meaning.value(keys.get("change"), "A change", drift, standing(meaning, party, "a change", False), other)
    valued_at = _valued_at(meaning, party, keys.get("valued_at"), dimension)
    level, floor = found["level"], found["floor"]
    return Capacity(
        name=name,
        level=level or Value(tree=None, path=path),
        floor=floor or Value(tree=None, path=f"{path}.floor"),
        healthy=found["healthy"],
        at_most=found["at_most"],
        at_least=found["at_least"],
        change=change,
        essential=keys.get("essential", True),
        valued_at=valued_at,
        drawdown=_drawdown(meaning, party, keys.get("drawdown"), dimension),
    )


def _valued_at(meaning: Meaning, party: str, value: Value | None, dimension: Dimension | None) -> Value | None:
    found = meaning.value(value, "`valued_at`", None, standing(meaning, party, "`valued_at`", False))
    counted = meaning.counted(found)
    if found is not None and counted is not None and dimension is not None and not is_currency(counted * dimension):
        example = f"7 EUR per {dimension}" if dimension.powers else "7 EUR"
        meaning.draft.report(
            found.path, f"`valued_at` is money for one of the capacity; this is {counted}.", f"Write `{example}`."
        )
    return found


def _drawdown(meaning: Meaning, party: str, value: Value | None, dimension: Dimension | None) -> Value | None:
    found = meaning.value(value, "`drawdown`", None, standing(meaning, party, "`drawdown`", True))
    counted = meaning.counted(found)
    if found is not None and dimension is not None and counted not in (None, PLAIN, dimension):
        meaning.draft.report(
            found.path, f"A planned fall is a share or {dimension}; this is {counted}.", "Write `20 %`."
        )
    meaning.within(found, "A planned fall", low=0)
    return found


def _width(meaning: Meaning, found: Mapping[str, Value | None], members: Members | None) -> None:
    """Report a capacity whose healthy level does not lie above its floor, for anyone."""
    floor, top = found["floor"], found["healthy"] or found["level"]
    if floor is None or top is None or floor.tree is None or top.tree is None:
        return
    low, high = _outermost(meaning.with_terms(floor.tree), False), _outermost(meaning.with_terms(top.tree), True)
    columns = {node.parts[-1] for tree in (low, high) for node in walk(tree) if isinstance(node, Name)}
    if members and columns:
        if not columns <= set(members.columns):
            return  # a problem says which column is missing
        tops, floors = (evaluate_each(tree, lambda name: members.columns[name.parts[-1]]) for tree in (high, low))
        below = each(operator.le, tops, floors)
        thin = sum(map(bool, below)) if isinstance(below, list) else 0
        count = f" for {thin:,} of {len(members):,} members"
    else:
        lowest, highest = meaning.bounds(low), meaning.bounds(high)
        thin = 1 if lowest is not None and highest is not None and highest[1] <= lowest[0] else 0
        count = ""
    if thin:
        word = "healthy level" if found["healthy"] else "level, which counts as healthy here,"
        other = meaning.draft.excerpt(top.path, "healthy" if found["healthy"] else "the level")
        meaning.draft.report(
            floor.path,
            f"The {word} does not lie above the floor{count}, so no room is left to measure.",
            "Lower the floor, or write `healthy:` above it.",
            others=[other],
        )


def _outermost(tree: Tree, upper: bool) -> Tree:
    """A constant with each of its ranges at the end that leaves the most room."""
    if isinstance(tree, Spread):
        return Number(tree.high if upper else tree.low, tree.dimension, tree.span)
    return replaced(tree, lambda node: _outermost(node, upper))
