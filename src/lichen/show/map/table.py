"""The map as text of at most 80 columns: each party in turn, then what goes through others, power, what is hidden."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from lichen.check.wording import does, itself
from lichen.dependency.contagion_members import MemberReach
from lichen.dependency.harm import Damage
from lichen.dependency.map import FIRST_ROUNDS, DependencyMap, Indirect, PartyMap, Path
from lichen.dependency.needs import Need, Supply, Untold
from lichen.dependency.power import Power
from lichen.relationship.flow import WORLD
from lichen.show.figures import number, percent, span
from lichen.show.map.falling import falling
from lichen.show.map.words import OUTSIDE, flow_title, flow_titles, is_harm, kind_of, plain, title_of

WIDTH = 80
_INDENT = 14
_MOST = 8
"""How many lines of one kind are told; the rest is counted."""

_LEAST = 0.005
"""What is smaller goes without saying."""


def table(dependencies: DependencyMap) -> str:
    """The map's text."""
    lines = [*_wrap(plain(dependencies.title)), "Who depends on whom, by the file and its figures at the start."]
    for party in dependencies.parties:
        lines += ["", *_party(dependencies, party)]
    sections = (
        ("Who needs whom", _told(_direct(dependencies))),
        ("Through others, beyond the first step", _told(_through(dependencies))),
        ("Ways through others", _told(_path(dependencies, path) for path in dependencies.paths)),
        ("Who falls with whom, at the rates of the start and ranges at their middle", list(falling(dependencies))),
        ("Whose failure reaches furthest, by the links alone", _told(_furthest(dependencies))),
        ("Furthest of those whom nobody looks after", _told(_unowned(dependencies))),
        ("Power", _told(_power(dependencies, power) for power in dependencies.power)),
        ("Goodwill: no promise or rule stands behind it", _told(_goodwill(dependencies))),
        ("Unseen", _told(_unseen(dependencies))),
        ("Nobody speaks for", _told(title_of(dependencies, name) for name in dependencies.without_voice)),
        ("Left out, since no flow touches them", _told(dependencies.untouched)),
    )
    for head, said in sections:
        if said:
            lines += ["", head, *(line for item in said for line in _wrap(item, "  ", "    "))]
    return "\n".join(lines) + "\n"


def _told(items: Iterable[str]) -> list[str]:
    said = list(items)
    rest = [f"and {len(said) - _MOST} more: --format json has them all"] if len(said) > _MOST else []
    return [*said[:_MOST], *rest]


def _party(dependencies: DependencyMap, party: PartyMap) -> Iterator[str]:
    left = "" if party.headroom is None else f" · room left {percent(party.headroom)}"
    leaves = "" if party.walk_away is None else f" · would leave below {percent(party.walk_away)}"
    yield from _wrap(f"{plain(party.title)} ({kind_of(party)}){left}{leaves}")
    titles = flow_titles(dependencies)
    needed = [_need(dependencies, titles, need) for need in party.needs] or ["no capacity is described"]
    needed += [
        f"cannot be told: {_untold(dependencies, one)}" for one in dependencies.untold if one.party == party.name
    ]
    yield from _block("needs", needed)
    yield from _block("gives", [_gives(dependencies, party) or "nothing"])
    yield from _block("risks", list(_risks(dependencies, party)) or ["none that the file names"])
    damages = [_damage(dependencies, damage) for damage in party.can_damage]
    damages += [
        f"cannot be told: {_not_given(dependencies, one)}" for one in dependencies.untold if one.on == party.name
    ]
    yield from _block("can damage", damages or ["nothing of the others"])


def _gives(dependencies: DependencyMap, party: PartyMap) -> str:
    """The flows by which a party gives; what it bears stands among its risks."""
    given = (edge.flow for edge in dependencies.edges if edge.flow in party.gives and not is_harm(edge))
    return _flows(dependencies, given)


def _need(dependencies: DependencyMap, titles: Mapping[str, str], need: Need) -> str:
    sources = [f"{percent(need.own)} its own"] if need.own else []
    sources += [_supply(dependencies, titles, supply) for supply in need.supplies if supply.share]
    idle = [titles[supply.flow] for supply in need.supplies if not supply.share]
    known = "known " if any(one.party == need.party for one in dependencies.untold) else ""
    said = "; ".join(sources) or f"nothing {known}feeds it at the start"
    if idle:
        said += f"; nothing at the start from {', '.join(idle)}"
    if need.unknown:
        said += f"; kept private: {', '.join(titles[name] for name in need.unknown)}"
    return f"{need.capacity}{'' if need.essential else ' (not essential)'}: {said}"


def _supply(dependencies: DependencyMap, titles: Mapping[str, str], supply: Supply) -> str:
    giver = OUTSIDE if supply.giver == WORLD else title_of(dependencies, supply.giver)
    said = f"{percent(supply.share)} from {giver} by {titles[supply.flow]}"
    if supply.replaced:
        after = f" after {span(supply.after_days)}" if supply.after_days else ""
        return f"{said}, {percent(supply.replaced)} of it replaceable{after}"
    return said if supply.giver in (WORLD, "") else f"{said}, not replaceable"


def _risks(dependencies: DependencyMap, party: PartyMap) -> Iterator[str]:
    titles = flow_titles(dependencies)
    for edge in dependencies.edges:
        if edge.receiver == party.name and is_harm(edge):
            yield f"{edge.kind} {titles[edge.flow]} from {title_of(dependencies, edge.giver)}"
        elif edge.giver == party.name and edge.receiver == WORLD and is_harm(edge):
            yield f"{edge.kind} {titles[edge.flow]}, which goes {OUTSIDE}"
    for loss in party.shared_losses:
        whose = "carries the loss, keeps" if loss.carrier else "takes over"
        yield f"{loss.name}: {whose} {percent(loss.share)} of what lies beyond the limit"
    for exposure in party.exposures:
        through = ", ".join(titles.get(name, name) for name in exposure.through)
        yield f"{exposure.world}, felt in {through}"


def _damage(dependencies: DependencyMap, damage: Damage) -> str:
    flows = _flows(dependencies, damage.flows)
    what = f"by {flows}" if damage.how == "burden" else f"without {flows}" if flows else "by giving nothing any more"
    late = f"first felt after {span(damage.first_effect_days)}, " if damage.first_effect_days else ""
    if damage.days_to_floor is None:
        end = "how soon it is at its floor cannot be told"
    elif damage.days_to_floor == math.inf:
        end = "it gains less, but does not fall"
    elif damage.days_to_floor == 0:
        end = "it is below its floor already"
    else:
        end = f"{'then ' if late else ''}at its floor in {span(damage.days_to_floor)}"
    return f"{title_of(dependencies, damage.party)}, {damage.capacity}: {what}, {late}{end}"


def _direct(dependencies: DependencyMap) -> Iterator[str]:
    untold = [(one.party, one.on) for one in dependencies.untold]
    pairs = [
        (size, one, other)
        for one, row in zip(dependencies.parties, dependencies.direct, strict=True)
        for other, size in zip(dependencies.parties, row, strict=True)
        if size > 0 and (one.name, other.name) not in untold
    ]
    for size, one, other in sorted(pairs, key=lambda pair: -pair[0]):
        yield f"{percent(size)}  {plain(one.title)} on {plain(other.title)}"
    for party, on in untold:
        size = dependencies.dependence(party, on)
        so_far = f", {percent(size)} by what is known" if size else ""
        yield f"cannot be told  {title_of(dependencies, party)} on {title_of(dependencies, on)}{so_far}"


def _untold(dependencies: DependencyMap, untold: Untold) -> str:
    return f"what {_flows(dependencies, untold.flows)} from {title_of(dependencies, untold.on)} is worth"


def _not_given(dependencies: DependencyMap, untold: Untold) -> str:
    return f"{title_of(dependencies, untold.party)}, without {_flows(dependencies, untold.flows)}"


def _flows(dependencies: DependencyMap, names: Iterable[str]) -> str:
    return ", ".join(flow_title(dependencies, name) for name in names)


def _through(dependencies: DependencyMap) -> Iterator[str]:
    if dependencies.endless:
        yield (
            "Dependences feed back on themselves without damping: all rounds together have no end. "
            f"So far as the first {FIRST_ROUNDS} rounds go:"
        )
    for indirect in sorted(dependencies.indirect, key=lambda one: -_extra(one)):
        if _extra(indirect) >= _LEAST:
            yield _indirect(dependencies, indirect)


def _extra(indirect: Indirect) -> float:
    """What rounds after the first add, all of them or those that are told."""
    return sum(indirect.by_round[1:]) if indirect.total is None else indirect.total - indirect.by_round[0]


def _indirect(dependencies: DependencyMap, indirect: Indirect) -> str:
    ways = [(title_of(dependencies, name), part) for name, part in indirect.through if name != indirect.on][:3]
    party = title_of(dependencies, indirect.party)
    on = itself(party) if indirect.on == indirect.party else title_of(dependencies, indirect.on)
    parts = [f"{name} {_size(part)}" for name, part in ways] if len(ways) > 1 else [name for name, _ in ways]
    through = f", through {', '.join(parts)}" if parts else ""
    return f"{_size(_extra(indirect))}  {party} on {on}{through}"


def _size(share: float) -> str:
    return percent(share) if share <= 1 else f"{number(share, 2)} times"


def _path(dependencies: DependencyMap, path: Path) -> str:
    way = " ← ".join(title_of(dependencies, name) for name in path.parties)
    late = f", felt after {span(path.delay.fixed)}" if path.delay.fixed else ""
    if path.delay.stages:
        late += f", half of it after {span(path.delay.half)}"
    blind = [title_of(dependencies, name) for name in path.blind]
    hidden = f"; not seen whole by {', '.join(blind)}" if blind else ""
    return f"{way}: {percent(path.strength)}{late}{hidden}"


def _power(dependencies: DependencyMap, power: Power) -> str:
    one, other = title_of(dependencies, power.one), title_of(dependencies, power.other)
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


def _furthest(dependencies: DependencyMap) -> Iterator[str]:
    ranking = dependencies.members
    if ranking is not None:
        yield f"{_whole(ranking.members)} members with {_whole(ranking.links)} links, and how many fall with each:"
        yield from (_reaching(dependencies, one) for one in ranking.leading)


def _unowned(dependencies: DependencyMap) -> Iterator[str]:
    for one in dependencies.members.unowned if dependencies.members is not None else ():
        yield _reaching(dependencies, one)


def _reaching(dependencies: DependencyMap, one: MemberReach) -> str:
    whose = title_of(dependencies, one.group)
    return f"{_whole(one.reach)}  with {plain(one.member)} ({whose}), {_whole(one.direct)} of them directly"


def _whole(count: int) -> str:
    return number(count, len(str(count)))


def _known(dependence: float | None) -> str:
    return "a part that is not known" if dependence is None else percent(dependence)


def _goodwill(dependencies: DependencyMap) -> Iterator[str]:
    titles = flow_titles(dependencies)
    for edge in dependencies.edges:
        if edge.goodwill:
            yield f"{titles[edge.flow]} from {title_of(dependencies, edge.giver)}"


def _unseen(dependencies: DependencyMap) -> Iterator[str]:
    titles = flow_titles(dependencies)
    for edge in dependencies.edges:
        ends = (
            f"{titles[edge.flow]} from {title_of(dependencies, edge.giver)} to {title_of(dependencies, edge.receiver)}"
        )
        if edge.unseen:
            yield f"{ends}: {'nobody sees it' if edge.declared else 'the file does not say who sees it'}"


def _block(head: str, items: Iterable[str]) -> Iterator[str]:
    """A heading in the first column, and each item beside it, wrapped."""
    for turn, item in enumerate(items):
        first = f"  {head if turn == 0 else '':{_INDENT - 2}}"
        yield from _wrap(item, first, " " * (_INDENT + 2))


def _wrap(words: str, first: str = "", later: str = "") -> list[str]:
    return textwrap.wrap(words, WIDTH, initial_indent=first, subsequent_indent=later) or [first.rstrip()]
