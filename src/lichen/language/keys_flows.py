"""The keys of `terms` and `flows`."""

from __future__ import annotations

from lichen.language.forms import (
    ByKey,
    Choice,
    Each,
    Either,
    Fixed,
    Formula,
    Key,
    Keys,
    Listing,
    Reference,
    Text,
    UnitText,
)
from lichen.language.keys_shared import AGREED_BY, BECAUSE, DURATION, PARTY_NAME, QUANTITY, SHARE, SOURCE, WHERE

TERM = Either(
    scalar=QUANTITY,
    block=Keys(
        "a term",
        (
            Key("value", QUANTITY, "what is agreed", required=True),
            Key("between", Listing(QUANTITY), "the limits within which it may be moved"),
            Key("set_by", PARTY_NAME, "the side that alone may set it"),
            Key(
                "agreed_by",
                AGREED_BY,
                "who must agree to move it; as in `adjustment` if absent",
            ),
            BECAUSE,
            SOURCE,
        ),
    ),
)

VISIBLE_TO = Listing(Either(scalar=PARTY_NAME, block=Fixed.SIGHT))
_PER_UNIT = Formula("*quantity per unit of rate*")

FLOW = Keys(
    "a flow",
    (
        Key(
            "kind",
            Choice(("benefit", "burden", "risk", "obligation", "information"), "kind of flow"),
            "what it is",
            required=True,
        ),
        Key("from", Reference("party or `world`"), "who gives", required=True),
        Key("to", Reference("party or `world`"), "who receives", required=True),
        Key("rate", Formula("*amount per time*"), "how much passes", required=True),
        Key("cost", Each("capacity", _PER_UNIT), "what one unit takes from the giver's capacities"),
        Key("worth", Each("capacity", _PER_UNIT), "what one unit adds to the receiver's capacities"),
        Key("arrives_after", DURATION, "transit: cost now, worth later"),
        Key("settled_after", DURATION, "credit: cost and worth later"),
        Key(
            "starts", Choice(("running", "empty"), "way to start"), "whether something was on its way before the start"
        ),
        Key("visible_to", VISIBLE_TO, "who sees it; the top's list if absent"),
        Key(
            "if_lost",
            Keys(
                "`if_lost`",
                (
                    Key("replaced", SHARE, "the part that the receiver can get elsewhere", required=True),
                    Key("after", DURATION, "how long that takes; `0 days` if absent"),
                    Key("cost", Each("capacity", _PER_UNIT), "what one replaced unit takes from the receiver"),
                    BECAUSE,
                    SOURCE,
                ),
            ),
            "what the receiver can get elsewhere",
        ),
        Key("promised", Fixed.FLAG, "whether it is owed; `false` if absent"),
        Key(
            "along",
            ByKey(
                (
                    (
                        "file",
                        Keys(
                            "`along`",
                            (
                                Key("file", Fixed.FILE, "the table with one link a row", required=True),
                                Key("from", Text("column"), "the column with the givers' names", required=True),
                                Key("to", Text("column"), "the column with the receivers' names", required=True),
                                Key(
                                    "columns",
                                    Each("column", UnitText()),
                                    "the columns that formulas use, each with its unit",
                                ),
                                WHERE,
                            ),
                        ),
                    ),
                    (
                        "matrix",
                        Keys(
                            "`along` with a matrix",
                            (
                                Key("matrix", Fixed.FILE, "the table: givers down, receivers across", required=True),
                                Key("value", Text("name"), "what a cell is called: `link.<value>`", required=True),
                                Key("unit", UnitText(), "the unit of a cell; `1` if absent"),
                            ),
                        ),
                    ),
                )
            ),
            "the links from member to member",
        ),
        Key("name", Text(), "its name for people; the key if absent"),
        BECAUSE,
        SOURCE,
    ),
)
