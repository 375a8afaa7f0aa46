"""Forms and keys that several sections of a file share."""

from __future__ import annotations

from lichen.language.forms import Choice, Either, Fixed, Formula, Key, Keys, Listing, Reference, Text

PARTY_NAME = Reference("party")
FLOW_NAME = Reference("flow")
QUANTITY = Formula("*quantity*")
DURATION = Formula("*duration*")
SHARE = Formula("*share*")
PLAIN_NUMBER = Formula("*plain number*")
BECAUSE = Key("because", Text(), "why the values of this mapping are what they are")
SOURCE = Key("source", Text(), "where the values of this mapping come from")

WHERE = Key("where", Fixed.CELLS, "the rows that count; all if absent")
IN = Key("in", Fixed.FUTURES, "in how many futures; `95 % of futures` if absent")
OVER = Key("over", Fixed.OVER, "over which window")
WITHIN = Key("within", DURATION, "how soon", required=True)
AGREED_BY = Either(scalar=Choice(("all", "majority"), "way to agree"), series=Listing(PARTY_NAME))
GOOD = Keys(
    "a band",
    (
        Key("at_least", Formula(), "not below this"),
        Key("at_most", Formula(), "not above this"),
        Key("between", Listing(Formula()), "not outside these two"),
        BECAUSE,
        SOURCE,
    ),
)
