"""The tokens of a formula: numbers, names, operators, each with its place in the formula's text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, final

from lichen.relationship.formula import Span

MAX_CHARACTERS = 2000
MAX_DIGITS = 30
MAX_EXPONENT = 300

KEYWORDS = frozenset({"if", "else", "and", "or", "not", "per"})

Kind = Literal["number", "name", "keyword", "operator", "end"]

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<date>\d{4}-\d\d-\d\d(?![\w.]))
  | (?P<number>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][-+]?\d+)?)
  | (?P<name>[^\W\d_]\w*(?:\.\w+)*)
  | (?P<operator>\.\.|\*\*|<=|>=|==|!=|[-+*/(),<>%])
    """,
    re.VERBOSE,
)
_NAME = re.compile(r"[^\W\d_]\w*")

_INSTEAD = {
    "^": "A power is written `**`.",
    "=": "Equality is written `==`.",
    "−": "Minus is written `-`.",
    "–": "Minus is written `-`, a range `a..b`.",
    "×": "Times is written `*`.",
    "·": "Times is written `*`.",
    "÷": "A quotient is written `/`.",
    "≤": "At most is written `<=`.",
    "≥": "At least is written `>=`.",
    "&": "Both is written `and`.",
    "|": "Either is written `or`.",
    "!": "Not is written `not`.",
    "€": "Money carries its currency's letters: `3 EUR`.",
    "$": "Money carries its currency's letters: `3 USD`.",
    "£": "Money carries its currency's letters: `3 GBP`.",
    ":": "A time of day or a ratio cannot stand in a formula; a ratio is a quotient with `/`.",
    "[": "Brackets in a formula are round.",
    "]": "Brackets in a formula are round.",
    "{": "Brackets in a formula are round.",
    "}": "Brackets in a formula are round.",
    "'": "A formula holds names and numbers, no texts.",
    '"': "A formula holds names and numbers, no texts.",
    ".": "A number is written `0.5`, a range `1..2`, a name with a dot `party.capacity`.",
    "_": "A name begins with a letter.",
}


@final
class FormulaError(Exception):
    """A formula that cannot be read or means nothing: the fact, where in its text, the repair, and the other side."""

    def __init__(
        self,
        fact: str,
        span: Span,
        repair: str = "",
        note: str = "",
        other: tuple[Span, str] | None = None,
        unknown: bool = False,
    ) -> None:
        super().__init__(fact)
        self.fact = fact
        self.span = span
        self.repair = repair
        self.note = note
        self.other = other
        self.unknown = unknown


@final
@dataclass(frozen=True, slots=True)
class Token:
    """One token; `number` is the value of a number."""

    kind: Kind
    text: str
    span: Span
    number: float = 0.0


def is_name(text: str) -> bool:
    """Whether a text is a letter followed by letters, digits or `_`."""
    return _NAME.fullmatch(text) is not None


def unlike(wanted: str, is_taken: Callable[[str], bool], joint: str = "_") -> str:
    """A name that nothing else has: the one that is wanted, or with the first number from 2 on that makes it so."""
    name, turn = wanted, 1
    while is_taken(name):
        turn += 1
        name = f"{wanted}{joint}{turn}"
    return name


def tokenize(text: str) -> list[Token]:
    """The tokens of a formula, the last one `end`.

    Raises:
        FormulaError: a character, a number or a date that no formula holds, or a text over the limit.
    """
    if len(text) > MAX_CHARACTERS:
        fact = f"This formula has {len(text):,} characters; at most {MAX_CHARACTERS:,} can be read."
        raise FormulaError(fact, (0, 1), "Give its parts names of their own, as flows or world variables.")
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _stranger(text, position)
        kind, span, word = match.lastgroup, match.span(), match[0]
        position = match.end()
        if kind == "number":
            tokens.append(Token("number", word, span, _number(text, word, span)))
        elif kind == "date":
            raise FormulaError(
                f"`{word}` is a date, and no formula holds one.",
                span,
                "Time in a formula is a duration since the start.",
            )
        elif kind == "name":
            tokens.append(Token("keyword" if word in KEYWORDS else "name", word, span))
        elif kind == "operator":
            tokens.append(Token("operator", word, span))
    tokens.append(Token("end", "", (len(text), len(text))))
    return tokens


def _number(text: str, word: str, span: Span) -> float:
    digits, _, exponent = word.lower().partition("e")
    if len(digits) > MAX_DIGITS:
        raise FormulaError(
            f"This number has more than {MAX_DIGITS} digits.", span, "Write it with an exponent, such as `1e31`."
        )
    if exponent and (len(exponent) > 5 or abs(int(exponent)) > MAX_EXPONENT):
        raise FormulaError(
            f"The exponent of `{word[:40]}` lies outside -{MAX_EXPONENT}..{MAX_EXPONENT}.",
            span,
            "Write a figure that can be.",
        )
    following = text[span[1] : span[1] + 1]
    if following.isalpha() and following not in "eE" and text[span[1] : span[1] + 2] != "..":
        unit = _NAME.match(text, span[1])
        if unit is not None:
            raise FormulaError(
                f"`{word}{unit[0]}` runs a number and a name together.",
                (span[0], unit.end()),
                f"Write `{word} {unit[0]}`.",
            )
    return float(word)


def _stranger(text: str, position: int) -> FormulaError:
    character = text[position]
    word = re.match(r"\.(nan|inf)\b", text[position:], re.IGNORECASE)
    if word is not None:
        end = position + word.end()
        return FormulaError(
            f"`{word[0]}` is no number.", (position, end), "Write a figure with its unit, or leave the key out."
        )
    span = (position, position + 1)
    name = "a line break" if character == "\n" else f"`{character}`"
    repair = _INSTEAD.get(character, "A formula holds numbers with units, names, calls, brackets and `+ - * / **`.")
    return FormulaError(f"{name} cannot stand in a formula.", span, repair)
