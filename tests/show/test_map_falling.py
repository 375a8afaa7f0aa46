"""Who falls with whom as the map says it, in text and in JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from lichen.dependency.map import build_map
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value
from lichen.show.map import FORMATS
from tests.by_hand import capacity, flow, minus, party, relationship
from tests.dependency.build import FOUR, TEN_WEEKS, THREE_IN_DEBT
from tests.simulation.build import relationship as read

HEAD = "Who falls with whom, at the rates of the start and ranges at their middle\n"


def section(made: Relationship) -> str:
    """What the text says under this heading, its lines joined."""
    said = FORMATS["text"](build_map(made)).replace("\u202f", " ")
    return " ".join(said.partition(HEAD)[2].partition("\n\n")[0].split())


def data(made: Relationship) -> Any:
    return json.loads(FORMATS["json"](build_map(made)))["contagion"]


def test_the_map_says_who_falls_in_how_many_rounds_and_what_is_in_doubt() -> None:
    """The figures are worked out by hand beside `FOUR`."""
    assert section(read(FOUR, time=TEN_WEEKS)) == (
        "If farm stops, mill and shop fall, at most 1 of them within 10 weeks; 60 % of what all live on is in doubt. "
        "If mill stops, nobody else falls; 25 % of what all live on is in doubt. "
        "If bakery stops, shop and 2 others fall, in 3 rounds, at most 2 of them within 10 weeks; 19 % of what all "
        "live on is in doubt. "
        "If shop stops, farm and mill fall, in 2 rounds, at most 1 of them within 10 weeks; 13 % of what all live on "
        "is in doubt. "
        "Round after round 55 % of a failure is passed on."
    )


def test_the_map_says_who_could_not_pay() -> None:
    """The figures are worked out by hand beside `THREE_IN_DEBT`; 62 and 41.15 of 80."""
    assert section(read(THREE_IN_DEBT, time=TEN_WEEKS)).endswith(
        "Owed on credit: 80 EUR. If all of it fell due at once, ann and ben could not pay in full: 78 % would be "
        "paid (51 % if one that cannot keeps 70 % of what it has). If ann paid nothing, cleo could not pay either."
    )


def test_where_everybody_could_pay_that_is_said() -> None:
    rich = re.sub(r"level: (\d+)", r"level: 9\1", THREE_IN_DEBT)
    assert section(read(rich, time=TEN_WEEKS)).endswith(
        "If all of it fell due at once, everybody could pay. If any one of them paid nothing, that alone would keep no "
        "other from paying."
    )


def chain(size: int) -> Relationship:
    """Each gives to the next all that it lives on; the first gets nothing."""
    parties = [party(f"p{i}", capacity("good", 10, 5, change=minus(0, 1))) for i in range(size)]
    gifts = [flow(f"g{i}", f"p{i} > p{i + 1}", 1, worth={"good": 1}) for i in range(size - 1)]
    return relationship(*parties, *gifts)


def test_five_failures_are_told_and_the_rest_is_counted() -> None:
    said = section(chain(8))
    assert said.startswith(
        "If P0 stops, P1 and 6 others fall, in 7 rounds; 88 % of what all live on is in doubt. If P1"
    )
    assert said.count(" stops, ") == 5
    assert "in doubt. and 2 more: --format json has them all The failure of P7 reaches nobody else. Of the" in said
    assert said.endswith("the most rests on P0: nothing comes to it from the others.")
    assert [one["party"] for one in data(chain(8))["failures"]] == [f"p{i}" for i in range(8)]


def test_what_cannot_be_told_is_said_and_is_no_number() -> None:
    made = chain(4)
    advice = replace(made, flows={**made.flows, "advice": flow("advice", "p3 > p2", 1)})
    assert "If P3 stops, what follows cannot be told: nobody says how hard it hits P2." in section(advice)
    last = next(one for one in data(advice)["failures"] if one["party"] == "p3")
    assert (last["in_doubt"], last["passed_once"], last["reach"], last["falls"]) == (None, None, None, None)
    assert last["untold"] == ["p2"]
    assert data(advice)["radius"] is None
    waste = replace(flow("waste", "p2 > world", 1), cost={"good": Value(tree=None)})
    hidden = replace(made, flows={**made.flows, "waste": waste})
    assert "If P1 stops, who falls with it cannot be told; 50 % of what all live on is in doubt." in section(hidden)
    debt = read(THREE_IN_DEBT, time=TEN_WEEKS)
    ann = debt.parties["ann"]
    level = replace(ann.capacities["cash"].level, tree=None)
    poor = replace(ann, capacities={"cash": replace(ann.capacities["cash"], level=level)})
    assert section(replace(debt, parties={**debt.parties, "ann": poor})).endswith(
        "Who could pay what is owed on credit in EUR cannot be told; not given: ann’s cash."
    )


def test_the_json_has_every_figure_and_says_it() -> None:
    found = data(read(FOUR, time=TEN_WEEKS))
    assert set(found) == {"horizon_days", "failures", "radius", "debts", "says"}
    assert (found["debts"], found["says"]) == ([], "Round after round 55\u202f% of a failure is passed on.")
    bakery = found["failures"][2]
    assert bakery.pop("says").startswith("If bakery stops, shop and 2 others fall, in 3 rounds, ")
    assert bakery.pop("in_doubt") == pytest.approx(7 / 36)
    assert bakery.pop("passed_once") == pytest.approx(0.1875)
    assert bakery.pop("caused") == pytest.approx(1 + (1 + 3.4 / 0.84 / 5) / 2)
    assert bakery == {
        "party": "bakery",
        "title": "bakery",
        "direct": 1,
        "reach": 3,
        "falls": {"rounds": [["shop"], ["farm"], ["mill"]], "by_end": ["farm", "shop"]},
        "untold": [],
        "unattended": None,
    }
    (debts,) = data(read(THREE_IN_DEBT, time=TEN_WEEKS))["debts"]
    assert debts["says"].startswith("Owed on credit: 80 EUR.")
    assert debts["kept"] == {"parties": ["ann", "ben"], "paid": pytest.approx(62 / 80)}
    assert debts["withheld"][2] == {
        "party": "cleo",
        "kept": {"parties": [], "paid": pytest.approx(32 / 80)},
        "costly": {"parties": [], "paid": pytest.approx(19.25 / 80)},
    }


def test_between_two_parties_the_map_says_nothing_of_it() -> None:
    assert (section(chain(2)), data(chain(2))) == ("", None)
