"""How figures are said: shares, spans of time, amounts, lists of names."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from lichen.check.thresholds import MOVED
from lichen.relationship.party import Person, Several
from lichen.relationship.quantity import MONTH_DAYS, YEAR_DAYS

MINUS = "\u2212"
NAMED = 4
"""So many of a long list are named."""
_SPANS = (
    (2 * YEAR_DAYS, YEAR_DAYS, "years"),
    (4 * MONTH_DAYS, MONTH_DAYS, "months"),
    (14.0, 7.0, "weeks"),
    (0.0, 1.0, "days"),
)
_OF_ONE = {"be": "is", "are": "is", "have": "has"}
_LONGER = re.compile(r"([sxzo]|[sc]h)$")
"""Verbs that one does with `es`: `reaches`, `passes`, `goes`."""
_WITH_Y = re.compile(r"(?<=[^aeiou])y$")
"""Verbs that one does with `ies`: `carries`, but `pays`."""
_MOST = 1e5
"""Shares above this are told as more than it, so many per cent."""
HUNDREDTH = 0.01
"""Of fewer futures than this it is not said that something happens in them anyway."""


def share(value: float) -> str:
    """0.182 as `18 %`; less than a tenth, and nearly all, keep one more digit: `7.5 %`."""
    if math.isnan(value):
        return "an unknown part"
    if abs(value) > _MOST:
        return f"{'more' if value > 0 else 'less'} than {MINUS * (value < 0)}10 million %"
    percent = round(100 * value, 9)
    digits = 1 if abs(percent) < 9.95 or 98 < percent < 99.95 else 0
    said = f"{round(percent, digits) + 0.0:,.{digits}f}".removesuffix(".0").replace(",", "\u202f")
    return _signed(f"{said} %")


def left(title: str, room: float) -> str:
    """What is left of its room to a party; below the floor, how far."""
    if room < 0:
        return f"{title} would lie {share(-room)} of the range below the floor"
    return f"{share(room)} of the room is left to {title}"


def at_worst(title: str, room: float) -> str:
    """What is left of its room to a party in 19 of 20 futures; below the floor, how far it lies in the twentieth."""
    if room < 0:
        return f"in 1 of 20 futures {title} would lie {share(-room)} of the range or more below the floor"
    return f"in 19 of 20 futures at least {share(room)} of the room is left to {title}"


def span(days: float) -> str:
    """Days as a person would say them: `10 days`, `14 weeks`, `5 months`, `3 years`."""
    if math.isnan(days):
        return "an unknown time"
    if math.isinf(days):
        return "never"
    for least, unit, word in _SPANS:
        if days >= least:
            count = days / unit
            said = f"{count:.1f}".rstrip("0").rstrip(".") if count < 10 else f"{count:.0f}"
            return f"{said} {word.removesuffix('s') if said == '1' else word}"
    return "0 days"


def hundredths(share: float) -> int:
    """How many of 100 a share is, halves upwards."""
    return math.floor(100 * share + 0.5)


def out_of_hundred(share: float) -> str:
    """`in 18 of 100 futures`; the ends in words."""
    if math.isnan(share):
        return "in nobody knows how many futures"
    many = hundredths(share)
    if many == 100:
        return "in every future" if share == 1 else "in more than 99 of 100 futures"
    if many == 0:
        return "in no future" if share == 0 else "in fewer than 1 of 100 futures"
    return f"in {many} of 100 futures"


def out_of_hundred_beside(share: float, anyway: float, setting: str = "") -> str:
    """In how many futures, beside how many anyway: `in 84 of 100 futures (in 3 of 100 futures anyway)`; in a `setting`
    other than that of the file it is said: `anyway without reviews`.
    """
    said, before = out_of_hundred(share), out_of_hundred(anyway)
    if anyway < HUNDREDTH:
        return said
    if said == before:
        return f"{said} anyway{setting}"
    return f"{said} ({before} anyway{setting})" if share > anyway else f"{said} instead of {before}{setting}"


def fares(who: str, lost: float) -> str:
    """What becomes of a side’s room, of the healthy range: `Alder loses 12 % of its range`, `Mentors feel nothing`."""
    if abs(lost) < MOVED.value:
        return does(who, "feel nothing")
    return does(who, f"{'lose' if lost > 0 else 'win'} {share(abs(lost))} of {its(who)} range")


def amount(value: float) -> str:
    """A plain number with three significant digits, thousands set apart by narrow spaces, millions in words."""
    if not math.isfinite(value):
        return "an unknown amount"
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            return _signed(f"{value / size:.3g} {word}")
    if abs(value) >= 1000:
        digits = max(0, len(str(int(abs(value)))) - 3)
        return _signed(f"{round(value, -digits):,.0f}".replace(",", "\u202f"))
    return _signed(f"{value:.3g}")


def in_words(key: str) -> str:
    """A key of the file as words: `pay_after` as `pay after`."""
    return key.replace("_", " ")


def quoted(key: str) -> str:
    """A name of the file as words, set apart from the sentence: `pay_after` as `“pay after”`."""
    return f"“{in_words(key)}”"


def count(value: float) -> str:
    """How many there are, to the last one, thousands set apart by narrow spaces."""
    return f"{value:,.0f}".replace(",", "\u202f")


def does(who: str, deed: str) -> str:
    """Who does what; `deed` as several do it: `Alder gives half` and `Mentors give half` from `give half`."""
    return f"{who} {agreed(who, deed)}"


def agreed(who: str, deed: str) -> str:
    """What somebody does without the name: `gives half`, of several `give half`."""
    if isinstance(who, Several):
        return deed
    verb, *rest = deed.split(" ", 1)
    return " ".join((_OF_ONE.get(verb) or _WITH_Y.sub("ie", _LONGER.sub(r"\1e", verb)) + "s", *rest))


def falls_to_floor(who: str) -> str:
    """What the hardest blow does: `Alder falls to its floor`."""
    return does(who, f"fall to {its(who)} floor")


def it(who: str) -> str:
    """`it`, of several and of a person `they`, as a name before what it does."""
    return Several("they") if isinstance(who, Several | Person) else "it"


def its(who: str) -> str:
    """`its`, of several and of a person `their`."""
    return "their" if isinstance(who, Several | Person) else "its"


def itself(who: str) -> str:
    """`itself`, of several and of a person `themselves`."""
    return "themselves" if isinstance(who, Several | Person) else "itself"


def whose(title: str) -> str:
    """The possessive: `Alder’s`, `growers’`."""
    return f"{title}’" if title.endswith("s") else f"{title}’s"


def capital(words: str) -> str:
    """Words that begin a sentence."""
    return words[:1].upper() + words[1:]


def listed(names: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; more than one are several."""
    known = list(names)
    if len(known) > 1:
        return Several(f"{', '.join(known[:-1])} {last} {known[-1]}")
    return known[0] if known else "nobody"


def few(names: Sequence[str]) -> str:
    """A list of which the first are named: `a, b, c, d and 8 more`."""
    return listed(names if len(names) <= NAMED + 1 else [*names[:NAMED], f"{len(names) - NAMED} more"])


def but_for(titles: Sequence[str]) -> str:
    """How a sentence ends that cannot be said of everybody: `; for mill and shop it cannot be told`."""
    return f"; for {few(titles)} it cannot be told" if titles else ""


def untold(what: str) -> str:
    """Why something cannot be told where a figure is kept: `what becomes of Alder cannot be told: ...`."""
    return f"{what} cannot be told: a figure is not at hand"


def spoken(text: str) -> str:
    """A text in which keys stand in backticks or with underscores, as people would say it."""
    return in_words(re.sub(r"`([^`]+)`", lambda key: quoted(key[1]), text))


def _signed(written: str) -> str:
    """A figure with a true minus."""
    return written.replace("-", MINUS, 1) if written.startswith("-") else written
