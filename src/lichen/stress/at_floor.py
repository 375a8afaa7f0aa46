"""A floor is a mark, or the place where a party stops giving: both, side by side.

`continues`: a party below its floor goes on giving. `stops`: it gives nothing until it is above it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, final

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import Figure, mean_of, share_of
from lichen.relationship.relationship import Relationship
from lichen.simulation.experiments import shock
from lichen.stress.effects import MOST_TOLD, NOTABLE, fallen_in
from lichen.stress.setting import Setting, when

Way = Literal["continues", "stops"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """In which share of futures a party falls below its floor, where everybody continues there and where everybody
    stops; `more` the difference in the same futures.
    """

    party: str
    title: str
    continues: Figure
    stops: Figure
    more: Figure


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AtFloor:
    """The relationship as it is (`after` is None), or after a blow to a party (its name), in both ways.

    Of many parties it tells of those that fall in some future.
    """

    after: str | None
    title: str | None
    day: float
    fates: tuple[Fate, ...]

    @property
    def drawn(self) -> tuple[Fate, ...]:
        """Who, besides the one that is struck, falls in more futures where parties stop at their floor."""
        others = (fate for fate in self.fates if fate.party != self.after)
        return tuple(fate for fate in others if fate.more.low > 0 and fate.more.value >= NOTABLE)

    @property
    def untold(self) -> tuple[str, ...]:
        """The titles of those for whom it cannot be told."""
        return tuple(fate.title for fate in self.fates if not fate.more.known)

    @property
    def says(self) -> str:
        """Who falls with whom once parties stop at their floor."""
        begin = f"If {wording.falls_to_floor(self.title)} {when(self.day)}" if self.title else "As it is"
        drawn = self.drawn
        besides = wording.but_for(self.untold)
        if len(self.untold) == len(self.fates) > 0:
            return f"{begin}, who falls cannot be told."
        if not drawn:
            others = " to the others" if self.after else ""
            return f"{begin}, it makes no difference{others} whether a side stops giving at its floor{besides}."
        hit = max(drawn, key=lambda fate: fate.more.value)
        often, usually = (wording.out_of_hundred(share.value) for share in (hit.stops, hit.continues))
        return (
            f"{begin} and whoever is below its floor stops giving, {wording.does(hit.title, 'fall')} "
            f"{often} instead of {usually}{besides}."
        )


def telling(found: Sequence[AtFloor]) -> list[AtFloor]:
    """Those in which it makes a difference, or cannot be told; after a blow only where it is more than without any."""
    usual = {fate.party: fate.more.value for one in found if one.after is None for fate in one.drawn}
    unknown = {title for one in found if one.after is None for title in one.untold}

    def adds(one: AtFloor) -> bool:
        more = (fate.more.value - usual.get(fate.party, 0.0) for fate in one.drawn)
        return max(more, default=0.0) >= NOTABLE or not unknown.issuperset(one.untold)

    return [one for one in found if (one.drawn or one.untold if one.after is None else adds(one))]


def at_floor(setting: Setting) -> tuple[AtFloor, ...]:
    """As it is, and after a blow to all that a party lives on, for every party that is asked of."""
    lanes = tuple(shock(party, begins=setting.later) for party in setting.asked if party.essential_capacities)
    ways: Mapping[Way, CheckInput] = {
        way: setting.run(lanes, everybody(setting.relationship, way)) for way in ("continues", "stops")
    }
    return tuple(_compared(ways, name) for name in ("base", *(lane.name for lane in lanes)))


def everybody(relationship: Relationship, way: Way) -> Relationship:
    """The relationship in which all parties do the same at their floor."""
    parties = {name: replace(party, at_floor=way) for name, party in relationship.parties.items()}
    return replace(relationship, parties=parties)


def _compared(ways: Mapping[Way, CheckInput], name: str) -> AtFloor:
    evidence = ways["continues"]
    after = name.partition(":")[2] or None
    return AtFloor(
        after=after,
        title=evidence.title(after) if after else None,
        day=evidence.futures.lanes[name].intervention_days,
        fates=tuple(_fates(ways, name)),
    )


def _fates(ways: Mapping[Way, CheckInput], name: str) -> Iterator[Fate]:
    lanes = {way: evidence.futures.lanes[name] for way, evidence in ways.items()}
    parties = [party for party in ways["continues"].parties if party.name in lanes["stops"].headroom]
    for party in parties:
        continues, stops = (fallen_in(lanes[way].headroom[party.name]) for way in ("continues", "stops"))
        if len(parties) <= MOST_TOLD or continues.any() or stops.any():
            yield Fate(
                party=party.name,
                title=party.title,
                continues=share_of(continues),
                stops=share_of(stops),
                more=mean_of(stops - continues),
            )
