"""Every key of a relationship file: the one table from which reading, the JSON Schema and the manual follow."""

from __future__ import annotations

from lichen.language.forms import Choice, Each, Either, Fixed, Formula, Key, Keys, Listing, Reference, Text, UnitText
from lichen.language.keys_evidence import EVIDENCE
from lichen.language.keys_flows import FLOW, TERM, VISIBLE_TO
from lichen.language.keys_parties import PARTY, TIME
from lichen.language.keys_rules import ADJUSTMENT, EXIT, MEASURE, RECIPROCITY, RISK_SHARE
from lichen.language.keys_shared import BECAUSE, DURATION, FLOW_NAME, GOOD, IN, OVER, PLAIN_NUMBER, SOURCE
from lichen.language.keys_world import WORLD

MECHANISMS = (
    "partnership-operating-agreement",
    "shared-success-dashboard",
    "mutualistic-service-level-agreement",
    "platform-ecosystem-incentive-scheme",
    "cooperative-supply-contract",
    "mentorship-exchange-program",
    "ecological-pairing-plan",
    "public-private-partnership-agreement",
)

_TEXTS = Each("name", Text(), free=True)

TOP = Keys(
    "a relationship file",
    (
        Key("lichen", Choice(("1",), "version of this language"), "the version of this language", required=True),
        Key("relationship", Text(), "the title", required=True),
        Key("purpose", Text(), "what the parties want together"),
        Key("mechanism", Choice(MECHANISMS, "mechanism"), "the template it follows"),
        Key("time", TIME, "when it is looked at", required=True),
        Key("commitment", DURATION, "how long the parties mean to stay; the exit notice, else the horizon, if absent"),
        Key("units", Each("unit", UnitText("`new`, number with units, or units")), "units of the file's own"),
        Key(
            "rates",
            Each("currency", UnitText("number with another currency")),
            "what one unit of a currency is in another",
        ),
        Key("visible_to", VISIBLE_TO, "who sees a flow that does not say it itself"),
        Key("parties", Each("party", PARTY), "who stands in the relationship", required=True),
        Key("world", Each("world variable", WORLD), "what nobody in the relationship decides"),
        Key(
            "correlations",
            Listing(
                Keys(
                    "a correlation",
                    (
                        Key("between", Listing(Reference("world variable")), "the two", required=True),
                        Key("is", PLAIN_NUMBER, "from -1 to 1", required=True),
                    ),
                )
            ),
            "world variables whose draws go together",
        ),
        Key("terms", Each("term", TERM), "what the parties decide: the only things that may be moved"),
        Key("flows", Each("flow", FLOW), "what passes from one to another"),
        Key("reciprocity", Each("rule", RECIPROCITY), "what counts as return"),
        Key("shared_value", Each("measure", MEASURE), "whether joint viability improves"),
        Key(
            "reinforcement",
            Listing(
                Keys(
                    "a channel",
                    (
                        Key("when", Reference("party.capacity"), "what improves first", required=True),
                        Key("improves", Reference("party.capacity"), "what then improves", required=True),
                        Key("through", Listing(FLOW_NAME), "the flows that carry it", required=True),
                        BECAUSE,
                        SOURCE,
                    ),
                )
            ),
            "how one side's improvement reaches the other",
        ),
        Key(
            "balance",
            Keys(
                "`balance`",
                (
                    Key("benefit_per_burden", GOOD, "benefits received per burden borne", required=True),
                    OVER,
                    IN,
                    BECAUSE,
                    SOURCE,
                ),
            ),
            "whether burdens and rewards stay proportionate",
        ),
        Key("adjustment", ADJUSTMENT, "how imbalance is raised and terms are changed"),
        Key("risk_sharing", Each("share of risk", RISK_SHARE), "how losses are split"),
        Key("exit", EXIT, "how a party leaves"),
        Key(
            "power_review",
            Keys(
                "`power_review`",
                (
                    Key("every", DURATION, "how often", required=True),
                    Key("safeguards", Listing(Text()), "what protects the weaker side"),
                    BECAUSE,
                    SOURCE,
                ),
            ),
            "how often power is looked at",
        ),
        Key(
            "costs",
            Keys(
                "`costs`",
                (
                    Key("recording", Each("party", Formula("*hours or money per time*")), "what keeping score takes"),
                    Key("review", Each("party", Formula("*hours or money*")), "what one review takes"),
                    BECAUSE,
                    SOURCE,
                ),
            ),
            "what keeping score takes",
        ),
        Key(
            "agreement",
            Keys(
                "`agreement`",
                (
                    Key("goals", Listing(Text()), "what is to be reached"),
                    Key("roles", _TEXTS, "who does what"),
                    Key("contacts", _TEXTS, "who is asked"),
                    Key("law", Text(may_be_empty=True), "whose law holds"),
                    Key("clauses", _TEXTS, "further clauses"),
                ),
            ),
            "what only the written agreement holds",
        ),
        Key(
            "evidence",
            Each("flow or party.capacity", Either(block=EVIDENCE, series=Listing(EVIDENCE)), free=True),
            "where the record comes from",
        ),
        Key("checks", Each("check", MEASURE), "checks of the file's own"),
        Key(
            "scenarios",
            Each(
                "scenario",
                Keys(
                    "a scenario",
                    (
                        Key("from", Fixed.DAY, "the first day", required=True),
                        Key("until", Fixed.DAY, "the first day after; the end if absent"),
                        Key(
                            "set",
                            Each("term or world variable", Formula("*value*")),
                            "what has another value meanwhile",
                            required=True,
                        ),
                    ),
                ),
            ),
            "what runs with `--scenario NAME` change",
        ),
    ),
)
