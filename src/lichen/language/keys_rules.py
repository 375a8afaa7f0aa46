"""The keys of the rules."""

from __future__ import annotations

from lichen.language.forms import ByKey, Each, Either, Fixed, Formula, Key, Keys, Listing, Reference, Text
from lichen.language.keys_shared import (
    AGREED_BY,
    BECAUSE,
    DURATION,
    FLOW_NAME,
    GOOD,
    IN,
    OVER,
    PARTY_NAME,
    PLAIN_NUMBER,
    SHARE,
    SOURCE,
    WITHIN,
)

MEASURE = Keys(
    "a measure",
    (
        Key("measure", Formula("*formula, one number*"), "what is looked at", required=True),
        Key("good", GOOD, "what is asked of its mean over the horizon", required=True),
        IN,
        BECAUSE,
        SOURCE,
    ),
)
RECIPROCITY = ByKey(
    (
        (
            "receives_per_given",
            Keys(
                "a rule of return",
                (
                    Key("party", PARTY_NAME, "whose return it is", required=True),
                    Key("receives_per_given", GOOD, "what it receives for each unit it gives", required=True),
                    OVER,
                    IN,
                    BECAUSE,
                    SOURCE,
                ),
            ),
        ),
        (
            "when",
            Keys(
                "a rule of answer",
                (
                    Key("when", FLOW_NAME, "the flow that asks for an answer", required=True),
                    Key(
                        "then",
                        Either(scalar=FLOW_NAME, block=Each("flow", PLAIN_NUMBER)),
                        "the flow that answers, one for one or `{flow: 2 per 1}`",
                        required=True,
                    ),
                    WITHIN,
                    OVER,
                    Key(
                        "returned_by",
                        Text("party, or `anyone in GROUP`"),
                        "who may answer; the giver of `then` if absent",
                    ),
                    Key(
                        "repair",
                        Keys(
                            "`repair`",
                            (Key("owes", Text(), "what is owed", required=True), Key("within", DURATION, "how soon")),
                        ),
                        "what is owed when no answer comes",
                    ),
                    BECAUSE,
                    SOURCE,
                ),
            ),
        ),
    )
)
ADJUSTMENT = Keys(
    "`adjustment`",
    (
        Key("raised_by", Listing(PARTY_NAME), "who may ask for a change; nobody if absent"),
        Key("review_every", DURATION, "how often terms are looked at"),
        Key("triggers", Listing(Formula("*condition*")), "what starts a review at once"),
        Key(
            "steps",
            Listing(Keys("a step", (Key("who", Text(), "who answers", required=True), WITHIN))),
            "the way up; silence moves it to the next step",
        ),
        Key("takes_effect_after", DURATION, "how long until a change is in force; `0 days` if absent"),
        Key("agreed_by", AGREED_BY, "who must agree; `all` if absent"),
        Key(
            "changes",
            Listing(
                Keys(
                    "a change",
                    (
                        Key("set", Reference("term"), "the term that is set anew", required=True),
                        Key("to", Formula("*formula*"), "what it is set to", required=True),
                        BECAUSE,
                        SOURCE,
                    ),
                )
            ),
            "the terms that reviews move",
        ),
        BECAUSE,
        SOURCE,
    ),
)
RISK_SHARE = Keys(
    "a share of risk",
    (
        Key("loss", Formula("*formula*"), "the loss per time, positive for a loss", required=True),
        Key("carried_by", PARTY_NAME, "who bears it first", required=True),
        Key("shares", Each("party", SHARE), "how what lies beyond is split; together 100 %", required=True),
        Key("beyond", Formula("*quantity per time*"), "what the carrier bears alone; zero if absent"),
        Key("gains", Fixed.FLAG, "whether gains flow back; `true` if absent"),
        Key("in", Text("capacity"), "the capacity it is paid in; money if absent"),
        BECAUSE,
        SOURCE,
    ),
)
EXIT = Keys(
    "`exit`",
    (
        Key("notice", DURATION, "how long before leaving it is said; `0 days` if absent"),
        Key("continuity", Each("flow", SHARE), "the share at which a flow goes on until then; `100 %` each if absent"),
        Key("returns", Listing(Text()), "what is given back; changes no figure"),
        BECAUSE,
        SOURCE,
    ),
)
