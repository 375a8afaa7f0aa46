"""How figures and names are said to people."""

import pytest

from lichen.check import wording

MINUS = "\u2212"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (wording.share(-0.1), f"{MINUS}10 %"),
        (wording.share(0.0123), "1.2 %"),
        (wording.amount(-0.25), f"{MINUS}0.25"),
        (wording.amount(-1234), f"{MINUS}1\u202f230"),
        (wording.amount(1.06e9), "1.06 billion"),
        (wording.amount(2.5e6), "2.5 million"),
        (wording.quoted("pay_after"), "“pay after”"),
        (wording.at_worst("Alder", 0.18), "in 19 of 20 futures at least 18 % of the room is left to Alder"),
        (wording.at_worst("Oak", -0.3), "in 1 of 20 futures Oak would lie 30 % of the range or more below the floor"),
    ],
)
def test_it_is_said_so_that_nobody_reads_it_otherwise(said: str, words: str) -> None:
    assert said == words
