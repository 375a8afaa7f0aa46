"""What an experiment changes, in words: its key for a narrow column, and one sentence with names and dates."""

from __future__ import annotations

from collections.abc import Mapping

from lichen.relationship.relationship import Relationship
from lichen.show.figures import after, month
from lichen.simulation.experiments import LAST_TENTH, LATER

_FROM_THE_START: Mapping[str, str] = {
    "cut": "nothing passes between the sides",
    "outside": "nothing passes between the sides, and what replaces it runs",
    "no_goodwill": "what rests on goodwill alone stops",
    "ablate": "{} stops",
    "halve": "{} runs at half",
    "only": "only what passes among {} goes on",
    "stopped": "nothing of what others give reaches {}",
}
_LATER: Mapping[str, str] = {
    "exit": "notice that {} leaves",
    "boost": "{} gains a fifth of its range",
    "damp": "{} loses a fifth of its range",
    "shock": "{} at its floor",
    "shocks": "two blows at once, {}",
    "withhold": "{} gives half",
    "free_ride": "{} gives nothing",
    "delay": "{} gives three months late",
    "collude": "{} give half to all others",
    "world_low": "{} low for a year",
    "world_high": "{} high for a year",
}


def lane_title(name: str) -> str:
    """`as it is`, `scenario recession`, `exit alder`."""
    kind, _, what = name.partition(":")
    return "as it is" if name == "base" else f"{kind.replace('_', ' ')} {what}".strip()


def lane_says(name: str, relationship: Relationship) -> str:
    """What happens in any lane but `base`, and from when on: `in January 2027, notice that Alder Packaging leaves`."""
    kind, _, what = name.partition(":")
    if kind == "scenario":
        return f"what the file says under `scenarios: {what}`"
    named = " and ".join(_named(one, relationship) for one in what.split("+"))
    if kind in _FROM_THE_START:
        return f"from the start, {_FROM_THE_START[kind].format(named)}"
    words, share = ("{} gives nothing", LAST_TENTH) if kind == "cut_and_run" else (_LATER[kind], LATER)
    day = after(relationship.time.start, relationship.time.horizon_days * share)
    return f"in {month(day)}, {words.format(named)}"


def _named(name: str, relationship: Relationship) -> str:
    """A party by its title, a capacity as that of its party; flows and variables as the file calls them."""
    name = name.rpartition(":")[2]
    party, _, capacity = name.partition(".")
    if party not in relationship.parties:
        return f"`{name}`"
    title = relationship.parties[party].title
    return f"{title}'s `{capacity}`" if capacity else title
