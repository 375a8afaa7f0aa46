"""How figures are written, the same in the terminal, on the page and in charts.

Four significant digits, thousands set apart by a narrow space, a true minus, and units as the file writes them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta

from lichen.check import wording
from lichen.relationship.quantity import PLAIN, TIME, YEAR_DAYS, Dimension, Unit, standard_units

SPACE = "\u202f"
"""A narrow space that never breaks a line."""
MINUS = "\u2212"
UNKNOWN = "not known"

_DIGITS = 4
_SHARES = ("of ", "share ")
_MONTHS = ["January", "February", "March", "April", "May", "June", "July"]
_MONTHS += ["August", "September", "October", "November", "December"]
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float | None, digits: int = _DIGITS) -> str:
    """A number with so many significant digits: `1 234`, `−0.09`, `2.5 × 10⁻⁸`; `not known` for None and NaN."""
    if value is None or math.isnan(value):
        return UNKNOWN
    sign = MINUS if value < 0 else ""
    if math.isinf(value):
        return f"{sign}∞"
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{abs(value):.{digits - 1}e}".partition("e")
    power = int(exponent)
    if not -5 <= power < 15:
        return f"{sign}{_trimmed(mantissa)}{SPACE}×{SPACE}10{str(power).translate(_SUPERSCRIPT)}"
    rounded = float(f"{mantissa}e{power}")
    written = f"{rounded:,.{max(0, digits - 1 - power)}f}".replace(",", SPACE)
    return sign + _trimmed(written)


def percent(share: float | None) -> str:
    """A share as per cent, as sentences say it: `12 %`, `7.5 %`, `100 %`."""
    if share is None or math.isnan(share):
        return UNKNOWN
    return wording.share(share).replace(" ", SPACE)


def mark(share: float) -> str:
    """A round share on an axis, with all its digits: `12.5 %`."""
    return f"{number(100 * share)}{SPACE}%"


def figure(value: float | None, unit: str | None) -> str:
    """A figure of a finding with its unit; shares (`of the room`, `share seen`) as per cent."""
    if unit is not None and unit.startswith(_SHARES) and value is not None and abs(value) < 100:
        return f"{percent(value)} {unit.removeprefix('share ')}"
    return sized(value, unit or "")


def distance(margin: float | None) -> str:
    """The distance of an invariant to its limit in words."""
    if margin is None or math.isnan(margin):
        return f"distance to the limit {UNKNOWN}"
    if margin == 0:
        return "exactly at the limit"
    if margin <= -1:
        return "wholly past the limit"
    return f"{number(abs(margin))} {'inside' if margin > 0 else 'past'} the limit"


def interval(bounds: tuple[float, float] | None, unit: str | None = None) -> str:
    """Two bounds of a figure with this unit: `−0.11 to −0.07`; empty when there are none or they are written alike."""
    if bounds is None:
        return ""
    share = unit is not None and unit.startswith(_SHARES) and max(map(abs, bounds)) < 100
    low, high = (percent(bound) if share else number(bound) for bound in bounds)
    return f"{low} to {high}" if low != high else ""


def amount(value: float | None, dimension: Dimension, units: Mapping[str, Unit]) -> str:
    """An amount in base units, with the most readable unit that the file or everybody knows."""
    if value is None or not math.isfinite(value):
        return number(value)
    name, factor = readable_unit(value, dimension, units)
    return sized(value / factor, name)


def sized(value: float | None, unit: str) -> str:
    """A figure before its unit, from a million on in words: `9.4 million colony`."""
    if value is None or not math.isfinite(value):
        return number(value)
    word, size = scale_word(abs(value)) if abs(value) >= 1e6 else ("", 1.0)
    return " ".join(part for part in (number(value / size), word, unit) if part)


def readable_unit(value: float, dimension: Dimension, units: Mapping[str, Unit]) -> tuple[str, float]:
    """The name and size of the unit in which an amount reads best; the largest that it holds once."""
    if dimension == PLAIN:
        return "", 1.0
    if dict(dimension.powers).get("day") == -1 and len(dimension.powers) > 1:
        over, factor = readable_unit(value * YEAR_DAYS, dimension * TIME, units)
        return f"{over}/year", factor / YEAR_DAYS
    known = {**standard_units(), **units}.values()
    fitting = [unit for unit in known if unit.dimension == dimension]
    below = [unit for unit in fitting if unit.factor <= abs(value)] or [unit for unit in fitting if unit.factor == 1.0]
    if below:
        best = max(below, key=lambda unit: unit.factor)
        return best.name, best.factor
    return str(dimension), 1.0


def scale_word(largest: float) -> tuple[str, float]:
    """By what to divide figures of this size on an axis, and the word for it: `million`."""
    for size, word in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if largest >= size:
            return word, size
    return "", 1.0


def month(day: date) -> str:
    """`August 2026`."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def short_month(day: date) -> str:
    """`Aug 2026`."""
    return f"{_MONTHS[day.month - 1][:3]} {day.year}"


def full_date(day: date) -> str:
    """`5 January 2026`."""
    return f"{day.day} {month(day)}"


def after(start: date, days: float) -> date:
    """The date so many days after a start; the last date of the calendar when it lies beyond."""
    return start + timedelta(days=min(max(days, 0.0), (date.max - start).days))


def span(days: float | None) -> str:
    """A time as a person would say it: `10 days`, `14 weeks`, `3 years`."""
    if days is None or math.isnan(days):
        return UNKNOWN
    return wording.span(days)


def _trimmed(written: str) -> str:
    return written.rstrip("0").rstrip(".") if "." in written else written
