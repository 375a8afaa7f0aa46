"""What becomes of the sides if things change: the hardest that was tried, and the scenarios of the file."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lichen.check.wording import out_of_hundred
from lichen.show import figures
from lichen.show.judged import Judged
from lichen.show.lanes import lane_title
from lichen.show.markup import Html, element
from lichen.show.page.parts import part, prose, table
from lichen.simulation.futures import Trace


def trying_part(judged: Judged) -> Html:
    """Three sentences, and each scenario with the room that it leaves every side."""
    said = element("ol", *(element("li", prose(one)) for one in judged.tried), class_="three")
    shown = said if judged.tried else element("p", "Nobody here can leave, be struck or cheat.")
    more = element("p", "All that can be tried: ", element("code", "lichen stress FILE"), ".", class_="small")
    return part("tried", "If things change", shown, more, _scenarios(judged))


def _scenarios(judged: Judged) -> Html | None:
    if judged.scenarios is None:
        return None
    head = ("Scenario", "Side", "Room left at the end (typical)", "Falls below its floor at some time")
    return table(head, _rows(judged), caption="The scenarios of the file, over the same futures", numbers=2)


def _rows(judged: Judged) -> Iterator[tuple[str, str, str, str]]:
    if judged.scenarios is None:
        return
    for name, lane in judged.scenarios.lanes.items():
        for party in judged.relationship.touched_parties:
            trace = lane.headroom.get(party.name)
            if trace is not None:
                yield (lane_title(name, judged.relationship), party.title, *_fares(trace))


def _fares(trace: Trace) -> tuple[str, str]:
    below = float(np.mean(np.where(np.isnan(trace.least), np.nan, trace.least < 0)))
    return figures.percent(float(np.median(trace.end))), out_of_hundred(below)
