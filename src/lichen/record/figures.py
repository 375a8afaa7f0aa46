"""A number as people write it in a table: decimal comma or point, thousands, minus, unit, withheld, not known.

The rule for separators, in this order:

1. A space or an apostrophe between groups of three digits separates thousands.
2. Where point and comma both occur, the last one is the decimal mark; a mark that occurs twice separates thousands.
3. A mark before other than three digits, after a leading 0 or after more than three digits, is the decimal mark.
4. `1,234` and `1.234` alone could be either: they are read as the other cells of the column (else of the table)
   prove. A point is taken for a decimal mark in a table whose cells are divided by commas.
5. What nothing decides is ambiguous, and a question is asked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias, final

from lichen.relationship.quantity import CURRENCIES

Cell: TypeAlias = "str | int | float | Decimal | bool | date | None"
"""What a table holds in one place: text, or what the file says with a type. A date may also be a `datetime`."""

Mark = Literal[".", ",", "mixed", ""]
"""Which sign the decimals of a column stand behind; `mixed` when its cells contradict each other, empty when none
tells.
"""

State = Literal["known", "not known", "withheld", "ambiguous", "unreadable"]

_LONGEST = 60
_MOST_DIGITS = 30
_NOT_KNOWN = frozenset(
    {"", "-", "–", "—", ".", "?", "na", "n/a", "n.a.", "#n/a", "nan", "null", "none", "nil", "missing", "unknown"}
)
_WITHHELD = frozenset(
    {"(d)", "(x)", "(z)", "(s)", "(na)", "d", "*", "**", "***", "..", "...", ":", "c", "withheld", "suppressed"}
)
_BOUND = re.compile(r"(?:[<>≤≥]=?|less than|more than|under|over)\s*[\d.,]+\s*\S{0,12}", re.IGNORECASE)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'", "−": "-"})
_NUMBER = re.compile(
    rf"(?P<sign>[-+]?)\s*(?P<before>[^\w\s.,'()+-]{{1,3}}|{'|'.join(CURRENCIES)})?\s*(?P<inner>-?)"
    r"(?P<digits>\d[\d.,' ]*|[.,]\d+)(?P<exponent>[eE][-+]?\d{1,2}(?![\d.]))?"
    r"\s*(?P<after>[^\d\s.,'()+-][^\d()]{0,20}[2-4]?)?(?P<behind>-?)"
)
_GROUPED = re.compile(r"\d{1,3}(?:[ ']\d{3})+(?:[.,]\d*)?")
_THOUSANDS = {".": re.compile(r"\d{1,3}(?:\.\d{3})+"), ",": re.compile(r"\d{1,3}(?:,\d{3})+")}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What one cell says as a number: the value when `known`, and the unit written in the cell, if any.

    `not known` is an empty cell and its like, `withheld` a figure someone kept back (`(D)`, `<5`): neither is ever 0.
    """

    state: State
    value: Decimal | None = None
    unit: str | None = None


NOT_KNOWN = Figure(state="not known")
WITHHELD = Figure(state="withheld")
UNREADABLE = Figure(state="unreadable")


def read_figure(cell: Cell, mark: Mark = "", *, point_is_decimal: bool = True) -> Figure:
    """Read one cell, given what the other cells of its column say about the decimal mark."""
    match cell:
        case None:
            return NOT_KNOWN
        case bool() | date():
            return UNREADABLE
        case int() | float() | Decimal():
            return _typed(cell)
        case str():
            return _text(cell, mark, point_is_decimal)


def decimal_mark(cells: Iterable[Cell]) -> Mark:
    """What the cells of a column prove about their decimal mark."""
    proofs: set[str] = set()
    for cell in cells:
        if isinstance(cell, str) and ("." in cell or "," in cell) and (proof := _proof(cell)):
            proofs.add(proof)
            if len(proofs) > 1:
                return "mixed"
    if not proofs:
        return ""
    return "." if "." in proofs else ","


def _typed(number: int | float | Decimal) -> Figure:
    if isinstance(number, float):
        if math.isnan(number):
            return NOT_KNOWN
        if math.isinf(number):
            return UNREADABLE
        return Figure(state="known", value=Decimal(repr(number)))
    value = Decimal(number)
    if value.is_nan():
        return NOT_KNOWN
    if not value.is_finite() or value.adjusted() >= _MOST_DIGITS:
        return UNREADABLE
    return Figure(state="known", value=value)


def _text(text: str, mark: Mark, point_is_decimal: bool) -> Figure:
    plain = text.translate(_SPACES).strip()
    small = plain.lower()
    if small in _NOT_KNOWN:
        return NOT_KNOWN
    if small in _WITHHELD or (len(plain) <= _LONGEST and _BOUND.fullmatch(plain)):
        return WITHHELD
    found = _parts(plain)
    if found is None:
        return UNREADABLE
    digits = _plain_digits(found["digits"].strip(), mark, point_is_decimal=point_is_decimal)
    if digits is None:
        return UNREADABLE
    unit = (found["before"] or found["after"] or "").strip() or None
    if digits == "":
        return Figure(state="ambiguous", unit=unit)
    value = Decimal(digits + (found["exponent"] or ""))
    minus = found["bracket"] or "-" in (found["sign"], found["inner"], found["behind"])
    return Figure(state="known", value=-value if minus else value, unit=unit)


def _parts(plain: str) -> dict[str, str] | None:
    """The pieces of a written number, or None when it is none; `bracket` is `(` for the accountants' minus."""
    if len(plain) > _LONGEST:
        return None
    bracket = "(" if plain.startswith("(") and plain.endswith(")") else ""
    found = _NUMBER.fullmatch(plain[1:-1].strip() if bracket else plain)
    if found is None or sum(c.isdigit() for c in found["digits"]) > _MOST_DIGITS:
        return None
    return {**{name: part or "" for name, part in found.groupdict().items()}, "bracket": bracket}


def _plain_digits(digits: str, mark: Mark, *, point_is_decimal: bool) -> str | None:
    """The digits with a point before the decimals; empty when ambiguous, None when they are no number."""
    if " " in digits or "'" in digits:
        if not _GROUPED.fullmatch(digits):
            return None
        return digits.replace(" ", "").replace("'", "").replace(",", ".")
    decimal = _decimal_of(digits)
    if decimal == "either":
        sign = "." if "." in digits else ","
        if mark in (".", ","):
            decimal = mark
        elif sign == "." and point_is_decimal and mark == "":
            decimal = "."
        else:
            return ""
    if decimal is None:
        return None
    grouping = "," if decimal == "." else "."
    whole = digits.partition(decimal)[0]
    if grouping in whole and not _THOUSANDS[grouping].fullmatch(whole):
        return None
    return digits.replace(grouping, "").replace(decimal, ".")


def _decimal_of(digits: str) -> Literal[".", ",", "either"] | None:
    """Which mark stands before the decimals, by the form of this number alone; None when the form is broken."""
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        last: Literal[".", ","] = "." if digits.rfind(".") > digits.rfind(",") else ","
        return last if digits.count(last) == 1 else None
    if points > 1:
        return ","
    if commas > 1:
        return "."
    if not points and not commas:
        return "."
    sign: Literal[".", ","] = "." if points else ","
    before, _, after = digits.partition(sign)
    if len(after) != 3 or before in ("", "0") or len(before) > 3:
        return sign
    return "either"


def _proof(cell: str) -> Literal[".", ","] | None:
    """The decimal mark that this cell alone proves."""
    found = _parts(cell.translate(_SPACES).strip())
    if found is None:
        return None
    digits = found["digits"].strip()
    if "." not in digits and "," not in digits:  # the mark stands in the unit
        return None
    decimal = _decimal_of(digits.replace(" ", "").replace("'", ""))
    well_formed = _plain_digits(digits, "", point_is_decimal=False)  # `05.01.2026` is no number and proves nothing
    return decimal if decimal != "either" and well_formed else None
