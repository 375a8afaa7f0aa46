"""The map as text of at most 80 columns: each party in turn, then what goes through others, power, what is hidden."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from lichen.check.wording import does, itself
from lichen.dependency.contagion_members import MemberReach
from lichen.dependency.harm import Damage
from lichen.dependency.map import DependencyMap, PartyMap
from lichen.dependency.needs import Need, Supply, Untold
from lichen.dependency.power import Power
from lichen.dependency.through import FIRST_ROUNDS, Indirect, Path
from lichen.relationship.flow import WORLD
from lichen.show.figures import number, percent, span
from lichen.show.map.falling import falling
from lichen.show.map.words import OUTSIDE, Titles, is_harm, kind_of, plain, ranked, titles_of

WIDTH = 80
MOST_TOLD = 20
"""So many parties are told one by one, the rest is counted."""

_INDENT = 14
_MOST = 8
"""How many lines of one kind are told; the rest is counted."""

_LEAST = 0.005
"""What is smaller goes without saying."""


def table(dependencies: DependencyMap) -> str:
    """The map's text."""
    titles, contagion = titles_of(dependencies), dependencies.contagion
    lines = [*_wrap(plain(dependencies.title)), *_wrap(" ".join(_rests_on(dependencies)))]
    told = _foremost(dependencies)
    for party in told:
        lines += ["", *_party(dependencies, titles, party)]
    if len(told) < len(dependencies.parties):
        lines += ["", *_wrap(_others(len(dependencies.parties), len(told)))]
    falls = list(falling(titles, contagion)) if contagion is not None else []
    sections = (
        ("Who needs whom", _told(_direct(dependencies, titles))),
        ("Through others, beyond the first step", _through(dependencies, titles)),
        ("Ways through others", _told(_path(titles, path) for path in dependencies.paths)),
        ("Who falls with whom, at the rates of the start and ranges at their middle", falls),
        ("Whose failure reaches furthest, by the links alone", _told(_furthest(dependencies, titles))),
        ("Furthest of those whom nobody looks after", _told(_unowned(dependencies, titles))),
        ("Power", _told(_power(titles, power) for power in dependencies.power)),
        ("Goodwill: no promise or rule stands behind it", _told(_goodwill(dependencies, titles))),
        ("Unseen", _told(_unseen(dependencies, titles))),
        ("Nobody speaks for", _told(map(titles.party, dependencies.without_voice))),
        ("Left out, since no flow touches them", _told(dependencies.untouched)),
    )
    for head, said in sections:
        if said:
            lines += ["", head, *(line for item in said for line in _wrap(item, "  ", "    "))]
    return "\n".join(lines) + "\n"


def _foremost(dependencies: DependencyMap) -> tuple[PartyMap, ...]:
    """All parties, or those on whom the others lean most; in the order of the file."""
    chosen = {party.name for party in ranked(dependencies)[:MOST_TOLD]}
    return tuple(party for party in dependencies.parties if party.name in chosen)


def _rests_on(dependencies: DependencyMap) -> Iterator[str]:
    """What the figures are, and what they are not."""
    yield "Who depends on whom, by the file and its figures at the start."
    if any(0 < (damage.days_to_floor or 0) < math.inf for one in dependencies.parties for damage in one.can_damage):
        yield (
            "Times to a floor go straight on at the rates of the first day; what becomes of it in the futures, where "
            "rates move and replacements come, `lichen stress` says."
        )


def _others(parties: int, told: int) -> str:
    """What is said instead of the parties that are not told one by one."""
    return (
        f"and {_whole(parties - told)} more of {_whole(parties)} sides: these {told} are those on whom the others lean "
        "most; --format json has them all"
    )


def _told(items: Iterable[str]) -> list[str]:
    """The first of what there is to say, and how much more there is."""
    every = iter(items)
    said = list(islice(every, _MOST))
    return [*said, *_rest(sum(1 for _ in every))]


def _rest(count: int) -> list[str]:
    return [f"and {_whole(count)} more: --format json has them all"] if count else []


def _listed(names: Sequence[str]) -> str:
    """Names on one line, the first of them where they are many."""
    more = f" and {_whole(len(names) - _MOST)} more" if len(names) > _MOST else ""
    return f"{', '.join(names[:_MOST])}{more}"


def _party(dependencies: DependencyMap, titles: Titles, party: PartyMap) -> Iterator[str]:
    left = "" if party.headroom is None else f" · room left {percent(party.headroom)}"
    leaves = "" if party.walk_away is None else f" · would leave below {percent(party.walk_away)}"
    yield from _wrap(f"{plain(party.title)} ({kind_of(party)}){left}{leaves}")
    untold = [one for one in dependencies.untold if one.party == party.name]
    needed = [_need(titles, need, "known " if untold else "") for need in party.needs] or ["no capacity is described"]
    needed += [f"cannot be told: {_untold(titles, one)}" for one in untold]
    yield from _block("needs", needed)
    yield from _block("gives", [_gives(dependencies, titles, party) or "nothing"])
    yield from _block("risks", list(_risks(dependencies, titles, party)) or ["none that the file names"])
    damages = [_damage(titles, damage, dependencies.horizon_days) for damage in party.can_damage]
    damages += [f"cannot be told: {_not_given(titles, one)}" for one in dependencies.untold if one.on == party.name]
    yield from _block("can damage", damages or ["nothing of the others"])


def _gives(dependencies: DependencyMap, titles: Titles, party: PartyMap) -> str:
    """The flows by which a party gives; what it bears stands among its risks."""
    harms = {edge.flow for edge in dependencies.edges if is_harm(edge)}
    return _listed([titles.flows[name] for name in party.gives if name not in harms])


def _need(titles: Titles, need: Need, known: str) -> str:
    supplies = [supply for supply in need.supplies if supply.share]
    if len(supplies) > _MOST:
        supplies.sort(key=lambda supply: -supply.share)
    sources = [f"{percent(need.own)} its own"] if need.own else []
    sources += [_supply(titles, supply) for supply in supplies[:_MOST]]
    if rest := supplies[_MOST:]:
        sources.append(f"{percent(sum(supply.share for supply in rest))} by {_whole(len(rest))} more")
    idle = [titles.flows[supply.flow] for supply in need.supplies if not supply.share]
    said = "; ".join(sources) or f"nothing {known}feeds it at the start"
    if idle:
        said += f"; nothing at the start from {_listed(idle)}"
    if need.unknown:
        said += f"; kept private: {_listed([titles.flows[name] for name in need.unknown])}"
    return f"{need.capacity}{'' if need.essential else ' (not essential)'}: {said}"


def _supply(titles: Titles, supply: Supply) -> str:
    said = f"{percent(supply.share)} from {titles.party(supply.giver)} by {titles.flows[supply.flow]}"
    if supply.replaced:
        after = f" after {span(supply.after_days)}" if supply.after_days else ""
        return f"{said}, {percent(supply.replaced)} of it replaceable{after}"
    return said if supply.giver in (WORLD, "") else f"{said}, not replaceable"


def _risks(dependencies: DependencyMap, titles: Titles, party: PartyMap) -> Iterator[str]:
    for edge in dependencies.edges:
        if edge.receiver == party.name and is_harm(edge):
            yield f"{edge.kind} {titles.flows[edge.flow]} from {titles.party(edge.giver)}"
        elif edge.giver == party.name and edge.receiver == WORLD and is_harm(edge):
            yield f"{edge.kind} {titles.flows[edge.flow]}, which goes {OUTSIDE}"
    for loss in party.shared_losses:
        whose = "carries the loss, keeps" if loss.carrier else "takes over"
        yield f"{loss.name}: {whose} {percent(loss.share)} of what lies beyond the limit"
    for exposure in party.exposures:
        yield f"{exposure.world}, felt in {_listed([titles.flows.get(name, name) for name in exposure.through])}"


def _damage(titles: Titles, damage: Damage, horizon_days: float) -> str:
    flows = _flows(titles, damage.flows)
    what = f"by {flows}" if damage.how == "burden" else f"without {flows}" if flows else "by giving nothing any more"
    late = f"first felt after {span(damage.first_effect_days)}, " if damage.first_effect_days else ""
    if damage.days_to_floor is None:
        end = "how soon it is at its floor cannot be told"
    elif damage.days_to_floor == math.inf:
        end = "it gains less, but does not fall"
    elif damage.days_to_floor == 0:
        end = "it is below its floor already"
    else:
        end = f"{'then ' if late else ''}at its floor in {span(damage.days_to_floor)} at that rate"
        end += ", after the horizon" if damage.days_to_floor > horizon_days else ""
    return f"{titles.party(damage.party)}, {damage.capacity}: {what}, {late}{end}"


def _direct(dependencies: DependencyMap, titles: Titles) -> Iterator[str]:
    untold = dict.fromkeys((one.party, one.on) for one in dependencies.untold)
    pairs = [
        (size, one, other)
        for one, row in zip(dependencies.parties, dependencies.direct, strict=True)
        for other, size in zip(dependencies.parties, row, strict=True)
        if size > 0 and (one.name, other.name) not in untold
    ]
    for size, one, other in sorted(pairs, key=lambda pair: -pair[0]):
        yield f"{percent(size)}  {titles.party(one.name)} on {titles.party(other.name)}"
    for party, on in untold:
        size = dependencies.dependence(party, on)
        so_far = f", {percent(size)} by what is known" if size else ""
        yield f"cannot be told  {titles.party(party)} on {titles.party(on)}{so_far}"


def _untold(titles: Titles, untold: Untold) -> str:
    return f"what {_flows(titles, untold.flows)} from {titles.party(untold.on)} is worth"


def _not_given(titles: Titles, untold: Untold) -> str:
    return f"{titles.party(untold.party)}, without {_flows(titles, untold.flows)}"


def _flows(titles: Titles, names: Sequence[str]) -> str:
    return _listed([titles.flows[name] for name in names])


def _through(dependencies: DependencyMap, titles: Titles) -> list[str]:
    endless = (
        "Dependences feed back on themselves without damping: all rounds together have no end. "
        f"So far as the first {FIRST_ROUNDS} rounds go:"
    )
    head = [endless] if dependencies.endless else []
    largest, count = dependencies.indirect.largest(_MOST - len(head), _LEAST)
    return [*head, *(_indirect(titles, indirect) for indirect in largest), *_rest(count - len(largest))]


def _indirect(titles: Titles, indirect: Indirect) -> str:
    party = titles.party(indirect.party)
    ways = [(titles.party(name), part) for name, part in indirect.through if name != indirect.on][:3]
    on = itself(party) if indirect.on == indirect.party else titles.party(indirect.on)
    parts = [f"{name} {_size(part)}" for name, part in ways] if len(ways) > 1 else [name for name, _ in ways]
    through = f", through {', '.join(parts)}" if parts else ""
    return f"{_size(indirect.extra)}  {party} on {on}{through}"


def _size(share: float) -> str:
    return percent(share) if share <= 1 else f"{number(share, 2)} times"


def _path(titles: Titles, path: Path) -> str:
    way = " ← ".join(map(titles.party, path.parties))
    late = f", felt after {span(path.delay.fixed)}" if path.delay.fixed else ""
    if path.delay.stages:
        late += f", half of it after {span(path.delay.half)}"
    hidden = f"; not seen whole by {_listed([*map(titles.party, path.blind)])}" if path.blind else ""
    return f"{way}: {percent(path.strength)}{late}{hidden}"


def _power(titles: Titles, power: Power) -> str:
    one, other = titles.party(power.one), titles.party(power.other)
    if power.imbalance is None:
        said = "Cannot be told"
    elif abs(power.imbalance) >= _LEAST:
        said = f"It lies with {one if power.imbalance > 0 else other}"
    else:
        said = "Even"
    said += f": {_known(power.one_on_other)} of {one} rests on {other}"
    said += f", {_known(power.other_on_one)} of {other} on {one}."
    for name, count in ((one, power.alternatives_of_one), (other, power.alternatives_of_other)):
        if count is not None:
            said += f" {does(name, f'have {number(count)} other partners')}."
    if power.share_of_one is not None:
        said += f" Of a gain to divide, {one} could ask {percent(power.share_of_one)}."
    return said


def _furthest(dependencies: DependencyMap, titles: Titles) -> Iterator[str]:
    ranking = dependencies.members
    if ranking is not None:
        yield f"{_whole(ranking.members)} members with {_whole(ranking.links)} links, and how many fall with each:"
        yield from (_reaching(titles, one) for one in ranking.leading)


def _unowned(dependencies: DependencyMap, titles: Titles) -> Iterator[str]:
    for one in dependencies.members.unowned if dependencies.members is not None else ():
        yield _reaching(titles, one)


def _reaching(titles: Titles, one: MemberReach) -> str:
    who = f"{plain(one.member)} ({titles.party(one.group)})"
    return f"{_whole(one.reach)}  with {who}, {_whole(one.direct)} of them directly"


def _whole(count: int) -> str:
    return number(count, len(str(count)))


def _known(dependence: float | None) -> str:
    return "a part that is not known" if dependence is None else percent(dependence)


def _goodwill(dependencies: DependencyMap, titles: Titles) -> Iterator[str]:
    for edge in dependencies.edges:
        if edge.goodwill:
            yield f"{titles.flows[edge.flow]} from {titles.party(edge.giver)}"


def _unseen(dependencies: DependencyMap, titles: Titles) -> Iterator[str]:
    for edge in dependencies.edges:
        if edge.unseen:
            ends = f"{titles.flows[edge.flow]} from {titles.party(edge.giver)} to {titles.party(edge.receiver)}"
            yield f"{ends}: {'nobody sees it' if edge.declared else 'the file does not say who sees it'}"


def _block(head: str, items: Iterable[str]) -> Iterator[str]:
    """A heading in the first column, and each item beside it, wrapped."""
    for turn, item in enumerate(_told(items)):
        first = f"  {head if turn == 0 else '':{_INDENT - 2}}"
        yield from _wrap(item, first, " " * (_INDENT + 2))


def _wrap(words: str, first: str = "", later: str = "") -> list[str]:
    return textwrap.wrap(words, WIDTH, initial_indent=first, subsequent_indent=later) or [first.rstrip()]
