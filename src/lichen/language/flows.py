"""Flows: what passes, from whom to whom, what it takes and adds, who sees it, what replaces it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, final

from lichen.language.circles import report_untold, understand_in_turn
from lichen.language.groups import read_links
from lichen.language.meaning import Meaning, Section
from lichen.language.parties import group_standing
from lichen.language.scope import CONSTANTS, Meant, Parts, Standing
from lichen.relationship.flow import BURDENS, WORLD, Fallback, Flow, Links, Sight
from lichen.relationship.formula import Number
from lichen.relationship.party import Members
from lichen.relationship.quantity import PER_TIME, PLAIN, TIME, Dimension
from lichen.relationship.value import Value


@final
@dataclass(frozen=True, slots=True)
class _Ends:
    """Who gives and receives (None when the file names nobody), whose members its values differ by, and its links."""

    giver: str | None
    receiver: str | None
    family: str | None
    links: Links | None
    own: Mapping[Parts, Meant]


def read_flows(
    meaning: Meaning,
    sections: Mapping[str, Section | None],
    members: Mapping[str, Members],
    top_sight: list[Any] | None,
) -> dict[str, Flow]:
    """Every flow: first made known, then its rate understood after those that it reads, then the rest."""
    said = {name: section or {} for name, section in sections.items()}
    ends = {name: _ends(meaning, name, section, members) for name, section in said.items()}
    for name, found in ends.items():
        meaning.scope.add((name,), "flow", None, found.family)
        meaning.limits[(name,)] = (0.0, float("inf"))
        if found.links is not None:
            meaning.scope.links[name] = meaning.scope.families.get(found.receiver or "", found.family or "")
    rates = _rates(meaning, said, ends)
    default = _sights(meaning, top_sight, "visible_to")
    return {name: _flow(meaning, name, section, ends[name], rates.get(name), default) for name, section in said.items()}


def _ends(meaning: Meaning, name: str, said: Section, members: Mapping[str, Members]) -> _Ends:
    path = f"flows.{name}"
    parties = [*meaning.scope.parties, WORLD]
    giver, receiver = (
        party
        if (party := said.get(key)) is not None and meaning.known(f"{path}.{key}", party, parties, "party")
        else None
        for key in ("from", "to")
    )
    if giver == receiver == WORLD:
        other = meaning.draft.excerpt(f"{path}.from", "gives")
        meaning.draft.report(
            f"{path}.to", "A flow from `world` to `world` touches nobody.", "Name a party on one side.", others=[other]
        )
    families = meaning.scope.families
    giving, receiving = families.get(giver or ""), families.get(receiver or "")
    if "along" in said:
        return _linked(meaning, path, said["along"], giver, receiver, members)
    if giving and receiving and giving != receiving:
        fact = f"`{giver}` and `{receiver}` have different members, so nothing says who gives to whom."
        repair = f"Add `along:` with a table of links, or write `members: as {giver}` for `{receiver}`."
        meaning.draft.report(path, fact, repair, key=True)
    return _Ends(giver, receiver, giving or receiving, None, {})


def _linked(
    meaning: Meaning,
    path: str,
    along: Section,
    giver: str | None,
    receiver: str | None,
    members: Mapping[str, Members],
) -> _Ends:
    single = [party for party in (giver, receiver) if party is not None and party not in meaning.scope.families]
    if single:
        fact = f"`along` links the members of two groups, and `{single[0]}` is no group."
        meaning.draft.report(
            f"{path}.along",
            fact,
            "Leave `along` out: a flow between a group and one party is one per member.",
            key=True,
        )
    family = "link:" + path.removeprefix("flows.")
    if single or giver is None or receiver is None:
        named = [*(along.get("columns") or {}), along.get("value", "")]
        unknown: dict[Parts, Meant] = {
            ("link", column): Meant(("link", column), "column", None, family) for column in named
        }
        return _Ends(giver, receiver, family, Links(givers=(), receivers=()), unknown)
    found, units = read_links(meaning, along, f"{path}.along", members[giver], members[receiver])
    links = found or Links(givers=(), receivers=())
    own: dict[Parts, Meant] = {}
    for end, party in (("giver", giver), ("receiver", receiver)):
        names = {
            c: meaning.scope.names[(party, c)]
            for c in (*meaning.scope.parties[party], "headroom")
            if (party, c) in meaning.scope.names
        }
        columns = {parts[1]: meant for parts, meant in meaning.scope.columns.get(party, {}).items()}
        for column, meant in {**columns, **names}.items():
            own[(end, column)] = Meant((end, column), meant.kind, meant.dimension, family)
    for column, unit in units.items():
        own[("link", column)] = Meant(("link", column), "column", unit.dimension, family)
    return _Ends(giver, receiver, family, links, own)


def _standing(meaning: Meaning, ends: _Ends, where: str, constant: bool = False) -> Standing:
    """Where a flow's value stands: per link along links, per member beside a group, else one number."""
    if ends.links is not None:
        standing = Standing(where=where, families=frozenset({ends.family or ""}), own=ends.own)
    else:
        group = next((p for p in (ends.giver, ends.receiver) if p in meaning.scope.families), "")
        standing = group_standing(meaning, group or "", where)
        other = next((p for p in (ends.receiver, ends.giver) if p in meaning.scope.families and p != group), None)
        if other is not None:
            standing = replace(standing, own={**group_standing(meaning, other, where).own, **standing.own})
    return replace(standing, reads=CONSTANTS) if constant else standing


def _rates(meaning: Meaning, said: Mapping[str, Section], ends: Mapping[str, _Ends]) -> dict[str, Value]:
    """The rates understood, each after those that it reads."""
    values = {name: value for name, section in said.items() if isinstance(value := section.get("rate"), Value)}
    rates: dict[str, Value] = {}
    left = understand_in_turn(
        meaning,
        values,
        lambda name: _understood(meaning, name, values[name], ends[name], rates),
        lambda circle: f"Let one of them read a capacity, or what it reads as it was: `delay({circle[-1]}, 1 week)`.",
    )
    untold = {name: rates[name] for name in left}
    report_untold(meaning, untold, lambda name: _standing(meaning, ends[name], "a rate"), "EUR/week")
    return rates


def _understood(meaning: Meaning, name: str, value: Value, ends: _Ends, rates: dict[str, Value]) -> bool:
    """Take up one rate and make known what it counts; False when a later look may tell more."""
    rates[name] = value
    if value.tree is None:
        return True
    found = meaning.resolved(value.path, value.tree, _standing(meaning, ends, "a rate"))
    if found is None:
        return True
    tree, dimension = found
    rates[name] = replace(value, tree=tree, dimension=dimension or PLAIN)
    if dimension is not None and dict(dimension.powers).get("day", 0) >= 0:
        meaning.draft.report(
            value.path,
            f"A rate is an amount per time; this is {dimension}.",
            "Say per what time: `per week` behind a number.",
        )
        return True
    meaning.scope.add((name,), "flow", dimension, ends.family)
    return dimension is not None


def _flow(
    meaning: Meaning, name: str, said: Section, ends: _Ends, rate: Value | None, default: tuple[Sight, ...] | None
) -> Flow:
    path = f"flows.{name}"
    kind = said.get("kind", "benefit")
    dimension = meaning.scope.names[(name,)].dimension
    counted = (dimension, rate.path if rate else path)
    cost = _per_unit(meaning, ends, said, path, "cost", ends.giver, counted)
    worth = _per_unit(meaning, ends, said, path, "worth", ends.receiver, counted)
    _signs(meaning, path, said.get("kind"), cost, worth)
    sight = _sights(meaning, said.get("visible_to"), f"{path}.visible_to")
    return Flow(
        name=name,
        title=said.get("name", name),
        kind=kind,
        giver=ends.giver or WORLD,
        receiver=ends.receiver or WORLD,
        rate=rate or Value(tree=None, path=f"{path}.rate"),
        cost=cost,
        worth=worth,
        arrives_after=_delay(meaning, ends, said.get("arrives_after"), "`arrives_after`"),
        settled_after=_delay(meaning, ends, said.get("settled_after"), "`settled_after`"),
        starts_empty=said.get("starts") == "empty",
        visible_to=default if sight is None else sight,
        if_lost=_fallback(meaning, ends, said.get("if_lost"), f"{path}.if_lost", dimension, rate),
        promised=said.get("promised", False),
        along=ends.links,
    )


def _delay(meaning: Meaning, ends: _Ends, value: Value | None, what: str) -> Value | None:
    found = meaning.value(value, what, TIME, _standing(meaning, ends, what, constant=True))
    meaning.within(found, what, low=0)
    return found


def _per_unit(
    meaning: Meaning,
    ends: _Ends,
    section: Section,
    path: str,
    word: Literal["cost", "worth"],
    party: str | None,
    counted: tuple[Dimension | None, str],
) -> dict[str, Value]:
    """What one unit of a flow takes from or adds to a party's capacities; `counted` is what its rate counts, and where
    that is said.
    """
    found: dict[str, Value] = {}
    said: Mapping[str, Value | None] = section.get(word) or {}
    rate, rate_path = counted
    if said and party == WORLD:
        fact = (
            "`world` has no capacities, so nothing can be taken from it."
            if word == "cost"
            else "`world` has no capacities, so nothing can be added to it."
        )
        repair = f"Leave `{word}` out, or make the other side a party."
        meaning.draft.report(f"{path}.{word}", fact, repair, key=True)
        return found
    for capacity, value in said.items():
        below = f"{path}.{word}.{capacity}"
        if party is None or not _is_capacity(meaning, ends, below, party, capacity):
            continue
        target = meaning.scope.names[(party, capacity)].dimension
        wanted = None if target is None or rate is None else target / TIME / rate
        standing = _standing(meaning, ends, f"`{word}`")
        understood = meaning.value(value, "", None, standing)
        if understood is None:
            continue
        if wanted is not None and meaning.counted(understood) not in (None, wanted):
            _wrong_unit(meaning, understood, word, (party, capacity), rate_path, rate, wanted)
            continue
        found[capacity] = understood
    return found


def _is_capacity(meaning: Meaning, ends: _Ends, path: str, party: str, capacity: str) -> bool:
    """Whether a party has a capacity; where it is the other end that has it, what stands there under which key."""
    other = ends.receiver if party == ends.giver else ends.giver
    own = meaning.scope.parties[party]
    if capacity in own or other is None or capacity not in meaning.scope.parties.get(other, ()):
        return meaning.known(path, capacity, own, f"capacity of `{party}`", key=True)
    if party == ends.giver:
        repair = f"What one unit does to `{other}` stands under `worth`, below 0 where it is a burden."
    else:
        repair = f"What one unit takes from `{other}` stands under `cost`."
    meaning.draft.report(path, f"`{capacity}` is a capacity of `{other}`, not of `{party}`.", repair, key=True)
    return False


def _wrong_unit(
    meaning: Meaning,
    value: Value,
    word: str,
    capacity: tuple[str, str],
    rate_path: str,
    rate: Dimension | None,
    wanted: Dimension,
) -> None:
    """Both sides of `rate x cost = capacity per time`, and what the figure would have to be."""
    target = meaning.scope.names[capacity].dimension
    level = f"parties.{capacity[0]}.capacities.{capacity[1]}.level"
    others = [
        meaning.draft.excerpt(rate_path, f"the rate: {rate}"),
        meaning.draft.excerpt(level, f"`{'.'.join(capacity)}`: {target}"),
    ]
    verb = "takes from" if word == "cost" else "adds to"
    name = ".".join(capacity)
    fact = f"What one unit {verb} `{name}` must be {wanted}, so that rate x {word} is {target} per time"
    fact += f"; this is {value.dimension}."
    repair = (
        "Leave the unit out."
        if wanted == PLAIN
        else f"`{name}` is {target} itself, so that each unit would change it for good. What is used up and comes back "
        f"is a level in {target * TIME}, with a `change` that fills it again."
        if wanted == PER_TIME and target is not None
        else f"Write `{value.text} {wanted}`."
        if value.dimension == PLAIN and value.number is not None
        else "Change its unit, or that of the rate."
    )
    meaning.draft.report(value.path, fact, repair, others=others)


def _signs(
    meaning: Meaning, path: str, kind: str | None, cost: Mapping[str, Value], worth: Mapping[str, Value]
) -> None:
    for value in cost.values():
        _sign(
            meaning,
            value,
            False,
            "What a flow takes (`cost`) is never negative.",
            "Write what it adds as the `worth` of another flow.",
        )
    if kind is None:
        return
    for value in worth.values():
        if kind in BURDENS:
            fact = f"A {kind} adds nothing: its worth is negative, or there is none."
            _sign(meaning, value, True, fact, "Write a minus before it, or `kind: benefit`.", kind_path=f"{path}.kind")
        else:
            article = "An" if kind[0] in "oi" else "A"
            fact = f"{article} {kind} takes nothing from its receiver: its worth is never negative."
            _sign(
                meaning, value, False, fact, "Leave the minus out, or write `kind: burden`.", kind_path=f"{path}.kind"
            )


def _sign(meaning: Meaning, value: Value, negative: bool, fact: str, repair: str, kind_path: str | None = None) -> None:
    found = meaning.bounds(value.tree) if value.tree is not None else None
    if found is not None and (found[1] > 0 if negative else found[0] < 0):
        others = [] if kind_path is None else [meaning.draft.excerpt(kind_path, "its kind")]
        meaning.draft.report(value.path, fact, repair, others=others)


def _sights(meaning: Meaning, said: list[Any] | None, path: str) -> tuple[Sight, ...] | None:
    if said is None:
        return None
    sights: dict[str, Sight] = {}
    for position, entry in enumerate(said):
        below = f"{path}.{position}"
        party = entry if isinstance(entry, str) else entry["party"]
        share, after = (None, None) if isinstance(entry, str) else (entry.get("share"), entry.get("after"))
        if not meaning.known(
            f"{below}.{party}" if share is not None else below,
            party,
            meaning.scope.parties,
            "party",
            key=share is not None,
        ):
            continue
        if party in sights:
            meaning.draft.report(below, f"`{party}` is named twice.", "Keep one of the two.")
        seen = meaning.number(share, "What a party sees", PLAIN, 0.0, 1.0)
        late = meaning.number(after, "`after`", TIME)
        sights[party] = Sight(party=party, share=1.0 if seen is None else seen, after_days=late or 0.0)
    return tuple(sights.values())


def _fallback(
    meaning: Meaning, ends: _Ends, said: Section | None, path: str, dimension: Dimension | None, rate: Value | None
) -> Fallback | None:
    if said is None:
        return None
    if ends.receiver == WORLD:
        meaning.draft.report(
            path, "`world` loses nothing, so nothing is replaced for it.", "Leave `if_lost` out.", key=True
        )
        return None
    standing = _standing(meaning, ends, "`if_lost`", constant=True)
    replaced = meaning.value(said.get("replaced"), "The part that is replaced", PLAIN, standing)
    meaning.within(replaced, "The part that is replaced", low=0, high=1)
    after = meaning.value(said.get("after"), "`after`", TIME, standing)
    meaning.within(after, "`after`", low=0)
    counted = (dimension, rate.path if rate else path)
    cost = _per_unit(meaning, ends, said, path, "cost", ends.receiver, counted)
    for value in cost.values():
        _sign(meaning, value, False, "What a replacement takes (`cost`) is never negative.", "Leave the minus out.")
    nothing = Value(tree=None, path=path)
    zero = Value(tree=Number(0.0, TIME), dimension=TIME, text="0 days", path=f"{path}.after")
    return Fallback(replaced=replaced or nothing, after=after or zero, cost=cost)
