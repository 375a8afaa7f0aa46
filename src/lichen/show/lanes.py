"""What an experiment changes, in words: short for a table, and with names and the month in which it begins."""

from __future__ import annotations

from lichen.check.wording import listed
from lichen.relationship.relationship import Relationship
from lichen.show.figures import after, month
from lichen.show.words import LANES
from lichen.simulation.experiments import LAST_TENTH, LATER

_LATER = frozenset(
    ("exit", "boost", "damp", "shock", "shocks", "withhold", "free_ride", "delay", "collude", "world_low", "world_high")
)
"""What begins at a third of the horizon."""


def lane_title(name: str) -> str:
    """`as it is`, `scenario recession`, `alder leaves`."""
    kind, _, what = name.partition(":")
    if kind == "shocks":
        return " and ".join(map(lane_title, what.split("+")))
    return LANES[kind].format(listed(what.split("+")))


def lane_says(name: str, relationship: Relationship) -> str:
    """What happens in any lane but `base`, and from when on: `from January 2027 on, Alder Packaging leaves`."""
    kind, _, what = name.partition(":")
    if kind == "scenario":
        return f"what the file says under `scenarios: {what}`"
    return f"{_begin(kind, relationship)}, {_happening(name, relationship)}"


def _happening(name: str, relationship: Relationship) -> str:
    kind, _, what = name.partition(":")
    if kind == "shocks":
        return " and ".join(_happening(one, relationship) for one in what.split("+"))
    return LANES[kind].format(listed(_named(one, relationship) for one in what.split("+")))


def _begin(kind: str, relationship: Relationship) -> str:
    if kind not in _LATER and kind != "cut_and_run":
        return "from the start"
    share = LAST_TENTH if kind == "cut_and_run" else LATER
    return f"from {month(after(relationship.time.start, relationship.time.horizon_days * share))} on"


def _named(name: str, relationship: Relationship) -> str:
    """A party by its title, a capacity as that of its party; flows and variables as the file calls them."""
    party, _, capacity = name.partition(".")
    if party not in relationship.parties:
        return f"`{name}`" if name else ""
    title = relationship.parties[party].title
    return f"{title}'s `{capacity}`" if capacity else title
