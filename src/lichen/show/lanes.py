"""What an experiment changes, in words: short for a table, and with names and the month in which it begins."""

from __future__ import annotations

from lichen.check.wording import does, listed, span, whose
from lichen.relationship.party import Several
from lichen.relationship.relationship import Relationship
from lichen.show.figures import after, month
from lichen.show.words import DEEDS, LANES
from lichen.simulation.experiments import Experiment


def lane_title(name: str, relationship: Relationship) -> str:
    """`as it is`, `scenario recession`, `alder leaves`: in the names of the file."""
    kind, _, what = name.partition(":")
    return _said(kind, listed(_as_in_file(one, relationship) for one in what.split("+")))


def lane_says(one: Experiment, relationship: Relationship) -> str:
    """What happens in any lane but `base`, and from when on: `from January 2027 on, Alder Packaging leaves`."""
    kind, _, what = one.name.partition(":")
    if kind == "scenario":
        return f"what the file says under `scenarios: {what}`"
    happening = _said(kind, listed(_named(each, relationship) for each in what.split("+")))
    leaving = relationship.rules.exit
    notice = f", with {span(leaving.notice_days)} of notice" if one.leaves and leaving and leaving.notice_days else ""
    return f"{_begin(one, relationship)}, {happening}{notice}"


def _said(kind: str, whom: str) -> str:
    return does(whom, DEEDS[kind]) if kind in DEEDS else LANES[kind].format(whom)


def _begin(one: Experiment, relationship: Relationship) -> str:
    time = relationship.time
    return f"from {month(after(time.start, time.horizon_days * one.begins))} on" if one.begins else "from the start"


def _as_in_file(name: str, relationship: Relationship) -> str:
    """What the file calls it; a group as several."""
    party = relationship.parties.get(name)
    return Several(name) if party is not None and isinstance(party.title, Several) else name


def _named(name: str, relationship: Relationship) -> str:
    """A party by its title, a capacity as that of its party; flows and variables as the file calls them."""
    party, _, capacity = name.partition(".")
    if party not in relationship.parties:
        return f"`{name}`" if name else ""
    title = relationship.parties[party].title
    return f"{whose(title)} `{capacity}`" if capacity else title
