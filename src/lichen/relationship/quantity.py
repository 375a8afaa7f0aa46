"""Dimensions and units: what a number counts, and how much of it.

Every number of a relationship is kept in base units: days for time, metres for length, kilograms for mass, one base
unit for each currency, and one for each dimension that a file makes (`pallet: new`). A dimension is a product of
powers of such bases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import final


@final
@dataclass(frozen=True, slots=True)
class Dimension:
    """A product of powers of base dimensions, such as `EUR / pallet`.

    `powers` holds (base, exponent) in the order of the bases' names, without zero exponents.
    """

    powers: tuple[tuple[str, Fraction], ...] = ()

    @staticmethod
    def of(base: str) -> Dimension:
        """The dimension of one base."""
        return Dimension(((base, Fraction(1)),))

    def __mul__(self, other: Dimension) -> Dimension:
        """The dimension of a product."""
        powers = dict(self.powers)
        for base, exponent in other.powers:
            powers[base] = powers[base] + exponent if base in powers else exponent
        return Dimension(tuple(sorted((b, e) for b, e in powers.items() if e)))

    def __truediv__(self, other: Dimension) -> Dimension:
        """The dimension of a quotient."""
        return self * Dimension(tuple((base, -exponent) for base, exponent in other.powers))

    def __pow__(self, exponent: Fraction | int) -> Dimension:
        """The dimension of a power with a constant exponent."""
        return Dimension(tuple((b, e * exponent) for b, e in self.powers if e * exponent))

    def __str__(self) -> str:
        """For people: `EUR/pallet`, `pallet/day`, `a plain number`."""
        if not self.powers:
            return "a plain number"
        over = [_power(b, e) for b, e in self.powers if e > 0]
        under = [_power(b, -e) for b, e in self.powers if e < 0]
        return "/".join([" ".join(over) or "1", *under])


def _power(base: str, exponent: Fraction) -> str:
    return base if exponent == 1 else f"{base}**{exponent}"


PLAIN = Dimension()
TIME = Dimension.of("day")
PER_TIME = PLAIN / TIME


@final
@dataclass(frozen=True, slots=True)
class Unit:
    """A name for a certain amount: one `week` is 7 base units (days) of time."""

    name: str
    factor: float
    dimension: Dimension


CURRENCIES: tuple[str, ...] = ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY")
CURRENCIES += ("CNY", "INR", "AUD", "CAD", "NZD", "BRL", "ZAR", "MXN", "KRW")

YEAR_DAYS = 365.25
MONTH_DAYS = YEAR_DAYS / 12
_STANDARD: tuple[tuple[str, float, Dimension], ...] = (
    ("second", 1 / 86400, TIME),
    ("minute", 1 / 1440, TIME),
    ("day", 1.0, TIME),
    ("week", 7.0, TIME),
    ("month", YEAR_DAYS / 12, TIME),
    ("quarter", YEAR_DAYS / 4, TIME),
    ("year", YEAR_DAYS, TIME),
    ("hour", 1.0, Dimension.of("hour")),
    ("mm", 1e-3, Dimension.of("m")),
    ("cm", 1e-2, Dimension.of("m")),
    ("m", 1.0, Dimension.of("m")),
    ("km", 1e3, Dimension.of("m")),
    ("m2", 1.0, Dimension.of("m") ** 2),
    ("ha", 1e4, Dimension.of("m") ** 2),
    ("km2", 1e6, Dimension.of("m") ** 2),
    ("m3", 1.0, Dimension.of("m") ** 3),
    ("l", 1e-3, Dimension.of("m") ** 3),
    ("g", 1e-3, Dimension.of("kg")),
    ("kg", 1.0, Dimension.of("kg")),
    ("t", 1e3, Dimension.of("kg")),
    ("J", 1.0, Dimension.of("J")),
    ("MJ", 1e6, Dimension.of("J")),
    ("kWh", 3.6e6, Dimension.of("J")),
    ("MWh", 3.6e9, Dimension.of("J")),
    ("%", 0.01, PLAIN),
)
_PLURALS = ("second", "minute", "day", "week", "month", "quarter", "year", "hour")


def standard_units() -> Mapping[str, Unit]:
    """The units that every file knows, by name; time units and hours also in the plural."""
    units = {name: Unit(name, factor, dimension) for name, factor, dimension in _STANDARD}
    for name in _PLURALS:
        units[f"{name}s"] = units[name]
    for currency in CURRENCIES:
        units[currency] = Unit(currency, 1.0, Dimension.of(currency))
    return units


def is_currency(dimension: Dimension) -> bool:
    """Whether the dimension is an amount of one currency."""
    return len(dimension.powers) == 1 and dimension.powers[0][0] in CURRENCIES and dimension.powers[0][1] == 1
