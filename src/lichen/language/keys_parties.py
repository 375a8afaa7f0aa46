"""The keys of `time` and `parties`."""

from __future__ import annotations

from lichen.language.forms import Choice, Each, Either, Fixed, Formula, Key, Keys, Listing, Text, UnitText
from lichen.language.keys_shared import BECAUSE, DURATION, FLOW_NAME, PARTY_NAME, PLAIN_NUMBER, SOURCE, WHERE

TIME = Keys(
    "`time`",
    (
        Key("start", Fixed.DAY, "the first day", required=True),
        Key("horizon", DURATION, "how long is looked ahead", required=True),
        Key("step", DURATION, "how long one step of a simulation is; `1 week` if absent"),
    ),
)

CAPACITY = Keys(
    "a capacity",
    (
        Key("level", Formula("*quantity*"), "how much there is at the start", required=True),
        Key(
            "floor",
            Formula("*quantity*"),
            "below this the party cannot go on contributing; not known if absent, and then no room left can be told",
        ),
        Key("healthy", Formula("*quantity*"), "the reference, above the floor; the level if absent"),
        Key("at_most", Formula("*quantity*"), "what exceeds it is lost and reported"),
        Key("at_least", Formula("*quantity*"), "flows that draw below it are rationed in proportion"),
        Key("change", Formula("*quantity per time*"), "its own drift"),
        Key("essential", Fixed.FLAG, "whether its floor decides if the party can go on; `true` if absent"),
        Key("valued_at", Formula("*money per quantity*"), "its owner's price of one"),
        Key("drawdown", Formula("*share* of the healthy range, or *quantity*"), "a planned fall"),
        BECAUSE,
        SOURCE,
    ),
)

MEMBERS = Either(
    scalar=Text("a number, or `as GROUP`"),
    series=Listing(Text("name")),
    block=Keys(
        "`members`",
        (
            Key("file", Fixed.FILE, "the table with one member a row", required=True),
            Key("member", Text("column"), "the column with the members' names", required=True),
            Key("columns", Each("column", UnitText()), "the columns that formulas use, each with its unit"),
            WHERE,
        ),
    ),
)

PARTY = Keys(
    "a party",
    (
        Key("name", Text(), "its name for people; the key if absent"),
        Key(
            "kind",
            Choice(("organisation", "person", "group", "living system", "public"), "kind of party"),
            "what it is",
            required=True,
        ),
        Key("essential", Fixed.FLAG, "whether it is needed to go on; `true` if absent"),
        Key(
            "spoken_for_by",
            Keys(
                "`spoken_for_by`",
                (
                    Key("who", PARTY_NAME, "the party that speaks for it", required=True),
                    Key("by", FLOW_NAME, "the information flow by which they know how it fares"),
                ),
            ),
            "who speaks for a party that cannot",
        ),
        Key("capacities", Each("capacity", CAPACITY), "what it needs in order to go on contributing"),
        Key("members", MEMBERS, "the members of a group"),
        Key("joins", Formula("*number per time*"), "new members of the whole group"),
        Key("leaves", Formula("*share per time*"), "the share of members that leave"),
        Key(
            "counts",
            Text("`least` or a share"),
            "the part of the members that stands for the group in verdicts; `5 %` if absent",
        ),
        Key("at_floor", Choice(("continues", "stops"), "way to be at the floor"), "what it gives while below a floor"),
        Key("alternatives", PLAIN_NUMBER, "how many other partners could do the same", private=True),
        Key("walk_away", PLAIN_NUMBER, "the least room left at which it would leave", private=True),
        BECAUSE,
        SOURCE,
    ),
)
