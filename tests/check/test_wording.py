"""How figures and names are said to people."""

import pytest

from lichen.check import wording
from lichen.relationship.party import Person, Several

MINUS = "\u2212"
GROWERS = Several("Growers")
DEEDS = {
    "pass on half": "passes on half",
    "carry it": "carries it",
    "pay": "pays",
    "miss a delivery": "misses a delivery",
    "push": "pushes",
    "fix it": "fixes it",
    "do best": "does best",
    "give half": "gives half",
    "have left": "has left",
}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (wording.share(-0.1), f"{MINUS}10 %"),
        (wording.share(0.0123), "1.2 %"),
        (wording.amount(-0.25), f"{MINUS}0.25"),
        (wording.amount(-1234), f"{MINUS}1\u202f230"),
        (wording.amount(1.06e9), "1.06 billion"),
        (wording.amount(2.5e6), "2.5 million"),
        (wording.out_of_hundred_beside(0.84, 0.004), "in 84 of 100 futures"),
        (wording.out_of_hundred_beside(0.84, 0.03), "in 84 of 100 futures (in 3 of 100 futures anyway)"),
        (wording.out_of_hundred_beside(0.03, 0.03), "in 3 of 100 futures anyway"),
        (wording.out_of_hundred_beside(0.0, 0.03), "in no future instead of in 3 of 100 futures"),
        (wording.fares("Oak", 0.12), "Oak loses 12 % of its range"),
        (wording.fares("Oak", -0.012), "Oak wins 1.2 % of its range"),
        (wording.fares("Oak", -0.0049), "Oak feels nothing"),
        (wording.fares(GROWERS, 0.12), "Growers lose 12 % of their range"),
        (wording.fares(GROWERS, 0.0), "Growers feel nothing"),
        (wording.fares(Person("Ann"), 0.12), "Ann loses 12 % of their range"),
        (wording.does(wording.it(Person("Ann")), "have gone"), "they have gone"),
        (wording.does("Oak", "have no floor"), "Oak has no floor"),
        (wording.does(wording.it(GROWERS), "reach it"), "they reach it"),
        (wording.does(wording.it("Oak"), "reach it"), "it reaches it"),
        (wording.does(wording.listed(["Oak", "Elm"]), "leave"), "Oak and Elm leave"),
        (wording.does(wording.listed(["Oak"]), "leave"), "Oak leaves"),
        *((wording.does("Oak", deed), f"Oak {done}") for deed, done in DEEDS.items()),
        *((wording.does(GROWERS, deed), f"Growers {deed}") for deed in DEEDS),
        (wording.untold("What Oak would do"), "What Oak would do cannot be told: a figure is not at hand"),
        (wording.out_of_hundred(0.125), "in 13 of 100 futures"),
        (wording.span(float("nan")), "an unknown time"),
        (wording.quoted("pay_after"), "“pay after”"),
        (wording.at_worst("Alder", 0.18), "in 19 of 20 futures at least 18 % of the room is left to Alder"),
        (wording.at_worst("Oak", -0.3), "in 1 of 20 futures Oak would lie 30 % of the range or more below the floor"),
    ],
)
def test_it_is_said_so_that_nobody_reads_it_otherwise(said: str, words: str) -> None:
    assert said == words
