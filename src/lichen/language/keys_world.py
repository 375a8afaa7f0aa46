"""The keys of `world`."""

from __future__ import annotations

from lichen.language.forms import ByWord, Either, Fixed, Form, Formula, Key, Keys, Text, UnitText
from lichen.language.keys_shared import BECAUSE, DURATION, PARTY_NAME, PLAIN_NUMBER, QUANTITY, SOURCE


def _process(*required: tuple[str, Form, str], optional: tuple[tuple[str, Form, str], ...] = ()) -> Keys:
    head = (Key("process", Text("word"), "the kind of process", required=True),)
    keys = tuple(Key(name, form, doc, required=True) for name, form, doc in required)
    keys += tuple(Key(name, form, doc) for name, form, doc in optional)
    tail = (BECAUSE, SOURCE, Key("stated_by", PARTY_NAME, "who states the figures"))
    return Keys("this process", head + keys + tail)


_MEAN = ("mean", QUANTITY, "its mean")
_SPREAD = ("spread", QUANTITY, "its standard deviation; in `%` that share of the mean")

WORLD = Either(
    scalar=Formula("*formula* over numbers, `time` and world variables"),
    block=ByWord(
        "process",
        "process",
        {
            "constant": _process(("value", Formula("*formula*"), "the value")),
            "uniform": _process(("from", QUANTITY, "the least value"), ("to", QUANTITY, "the largest value")),
            "normal": _process(_MEAN, _SPREAD),
            "lognormal": _process(_MEAN, _SPREAD),
            "triangular": _process(
                ("from", QUANTITY, "the least value"),
                ("mode", QUANTITY, "the likeliest"),
                ("to", QUANTITY, "the largest"),
            ),
            "beta": _process(
                ("a", PLAIN_NUMBER, "the first shape"),
                ("b", PLAIN_NUMBER, "the second shape"),
                optional=(
                    ("from", QUANTITY, "the least value; 0 if absent"),
                    ("to", QUANTITY, "the largest; 1 if absent"),
                ),
            ),
            "ar1": _process(_MEAN, _SPREAD, ("memory", DURATION, "how long a deviation lasts")),
            "white": _process(_MEAN, _SPREAD, ("over", DURATION, "the time over which `spread` is meant")),
            "random_walk": _process(
                ("start", QUANTITY, "the first value"),
                optional=(
                    ("drift", Formula("*per time*"), "how it drifts"),
                    ("spread", Formula("*per time\\*\\*0.5*"), "how far it wanders"),
                ),
            ),
            "jumps": _process(
                ("every", DURATION, "the mean time between jumps"),
                ("size", QUANTITY, "the value while one is under way"),
                ("lasts", DURATION, "how long one is under way"),
            ),
            "seasonal": _process(
                _MEAN,
                ("swing", PLAIN_NUMBER, "the share by which it swings"),
                ("period", DURATION, "how long one swing lasts"),
                ("peak", Fixed.DAY, "a day of the peak"),
            ),
            "series": _process(
                ("file", Fixed.FILE, "the table"),
                ("at", Text("column"), "the column of dates"),
                ("value", Text("column"), "the column of values"),
                optional=(
                    ("unit", UnitText(), "the unit of the values; `1` if absent"),
                    ("resample", DURATION, "how long the blocks are that are drawn with replacement"),
                ),
            ),
        },
    ),
)
