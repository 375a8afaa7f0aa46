"""The rules of return, of measure, of voice and of leaving: six components, three optional ones, and what surrounds
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date
from typing import Literal, final

from lichen.relationship.value import Band, Value

MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What the parties decide. Only what lies `between` may be moved by tuning; `set_by` names the side that alone
    may set it.
    """

    name: str
    value: Value
    between: tuple[Value, Value] | None = None
    set_by: str | None = None
    agreed_by: tuple[str, ...] | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Over what return is looked for: a duration (days), one transaction, a season, a project, the portfolio or the
    whole life.
    """

    kind: Literal["duration", "transaction", "season", "project", "portfolio", "life"]
    days: float | None = None
    text: str = ""

    def season_at(self, day: date) -> tuple[date, date] | None:
        """The first day of the season in which a day lies and the first day behind it; None outside every season."""
        names = self.text.removeprefix("season(").removesuffix(")").split(",")
        first, last = (MONTH_NAMES.index(name.strip()) + 1 for name in names)
        year = day.year - (last < first and day.month < first)
        begin, end = _first_of(year, first), _first_of(year + (last < first) + (last == 12), last % 12 + 1)
        return (begin, end) if begin <= day < end else None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRule:
    """`receives_per_given`: what a party receives per what it gives stays in a band over a window."""

    name: str
    party: str
    band: Band
    over: Window


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRule:
    """`when/then`: each unit of one flow is answered by `per_unit` of another within a time, by the receiver or
    anyone of a group.
    """

    name: str
    when: str
    then: str
    within_days: float
    per_unit: float = 1.0
    over: Window | None = None
    returned_by: str | None = None
    repair: Mapping[str, str] = field(default_factory=dict)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A shared value metric or a check of the file's own: a formula and what is asked of it."""

    name: str
    measure: Value
    good: Band


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reinforcement:
    """A declared channel: when one capacity improves, another improves, through these flows."""

    when: str
    improves: str
    through: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceCheck:
    """Benefits received per burden borne stay between two numbers over a window."""

    benefit_per_burden: Band
    over: Window


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the way up: who answers, within how many days."""

    who: str
    within_days: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A term that reviews set anew from a formula."""

    term: str
    to: Value


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """The accountability and adjustment path. `agreed_by` is `all`, `majority` or a tuple of parties."""

    raised_by: tuple[str, ...] = ()
    review_every_days: float | None = None
    triggers: tuple[Value, ...] = ()
    steps: tuple[Step, ...] = ()
    takes_effect_after_days: float = 0.0
    agreed_by: Literal["all", "majority"] | tuple[str, ...] = "all"
    changes: tuple[Change, ...] = ()

    @property
    def answer_days(self) -> float:
        """The longest the steps take together."""
        return sum(step.within_days for step in self.steps)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RiskShare:
    """`risk_sharing`: a loss (positive for a loss, per time) carried by one party; what lies `beyond` is split by
    `shares`.
    """

    name: str
    loss: Value
    carried_by: str
    shares: Mapping[str, float]
    beyond: Value | None = None
    gains: bool = True
    in_capacity: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """How a party leaves: notice (days), the share at which flows go on during it (by flow), and what is given back."""

    notice_days: float = 0.0
    continuity: Mapping[str, float] = field(default_factory=dict)
    returns: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PowerReview:
    """How often power between the parties is looked at, and what protects the weaker side."""

    every_days: float
    safeguards: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where the record of one flow or capacity comes from: a table and how its columns are read.

    `subject` is a flow's name or `party.capacity`. `amount` and `level` are formulas over columns kept as text;
    exactly one of `amount`, `count`, `level` is given. `unit` is the written unit of the figures. `where` holds
    column -> the values that count.
    """

    subject: str
    file: str
    at: tuple[str, ...]
    unit: str | None = None
    amount: str | None = None
    count: str | None = None
    level: str | None = None
    member: str | None = None
    giver: str | None = None
    receiver: str | None = None
    where: Mapping[str, tuple[str | float | bool, ...]] = field(default_factory=dict)
    period: str | None = None
    lag_days: float = 0.0
    seen: float = 1.0
    attested_by: tuple[str, ...] = ()
    stated_by: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything the parties settled about their relationship; what is absent is None or empty, and `check` reports
    it.
    """

    reciprocity: tuple[ReturnRule | AnswerRule, ...] = ()
    shared_value: tuple[Measure, ...] = ()
    reinforcement: tuple[Reinforcement, ...] = ()
    balance: BalanceCheck | None = None
    adjustment: Adjustment | None = None
    risk_sharing: tuple[RiskShare, ...] = ()
    exit: Exit | None = None
    power_review: PowerReview | None = None
    costs: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    agreement: Mapping[str, object] = field(default_factory=dict)
    checks: tuple[Measure, ...] = ()


def _first_of(year: int, month: int) -> date:
    """The first day of a month, as far as the calendar reaches."""
    if year < MINYEAR:
        return date.min
    return date.max if year > MAXYEAR else date(year, month, 1)
