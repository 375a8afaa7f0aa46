"""The keys of `evidence`."""

from __future__ import annotations

from lichen.language.forms import Either, Fixed, Key, Keys, Listing, Text, UnitText
from lichen.language.keys_shared import BECAUSE, DURATION, PARTY_NAME, SHARE, SOURCE, WHERE

EVIDENCE = Keys(
    "`evidence`",
    (
        Key("file", Fixed.FILE, "the table", required=True),
        Key(
            "at",
            Either(scalar=Text("column"), series=Listing(Text("column"))),
            "the column of dates, or `[year, month]`",
            required=True,
        ),
        Key("unit", UnitText(), "the unit of the figures; `1` if absent"),
        Key("amount", Fixed.COLUMNS, "the amount of a flow, a formula over columns"),
        Key("count", Text("column"), "the column whose distinct values are counted"),
        Key("level", Fixed.COLUMNS, "the level of a capacity, a formula over columns"),
        Key("member", Text("column"), "the column that names the member of a group"),
        Key("from", Text("column"), "the column that names the giver of a link"),
        Key("to", Text("column"), "the column that names the receiver of a link"),
        WHERE,
        Key("period", DURATION, "how long a row stands for, from `at` on"),
        Key("lag", DURATION, "how long after happening it is recorded; `0 days` if absent"),
        Key("seen", SHARE, "the part of the flow that is observed at all; `100 %` if absent"),
        Key("attested_by", Listing(PARTY_NAME), "who has confirmed this table"),
        Key("stated_by", PARTY_NAME, "whose books it is"),
        BECAUSE,
        SOURCE,
    ),
)
