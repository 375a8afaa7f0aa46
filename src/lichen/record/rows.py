"""What became of each row of a table: taken, rejected with a reason, queued with a question, replaced, or left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, final

from lichen.record.calendar_windows import Grain, Span
from lichen.record.table import place_of

Nature = Literal["log", "report", "reading"]
"""`log`: one row an event, silence means that nothing happened. `report`: one row a period, silence is a gap.
`reading`: a level at a date.
"""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row that counts: how much, over which days, of which member or between whom.

    `amount` is the figure as recorded, in the evidence's unit; None when it is not known (empty, withheld or waiting
    for an answer). A log's entry spans one day.
    """

    row: int
    span: Span
    amount: Decimal | None
    withheld: bool = False
    member: str | None = None
    giver: str | None = None
    receiver: str | None = None

    @property
    def who(self) -> tuple[str | None, str | None, str | None]:
        """The member, or the two ends of the link, that the row speaks of."""
        return self.member, self.giver, self.receiver


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RowNote:
    """A row that does not count as it stands, and why or what has to be answered first."""

    row: int
    says: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RowReport:
    """Every row of one table of evidence, accounted for: `accepted + len(rejected) + len(queued) + len(revised) +
    left_out = rows`.

    Among the accepted, `not_known` are empty and `withheld` kept back, `negative` flow the other way (their sum, as
    recorded, is `returned`), `alike` equal an earlier row in every column and count all the same. `revised` are
    earlier figures that a later row replaces. `undated` of the rejected and queued may belong to any period. `left_out`
    are rows that `where` or the date of the look leaves out. `notes` are sentences for people.
    """

    subject: str
    file: str
    rows: int
    accepted: int
    not_known: int = 0
    withheld: int = 0
    negative: int = 0
    returned: Decimal = Decimal(0)
    alike: int = 0
    rejected: tuple[RowNote, ...] = ()
    queued: tuple[RowNote, ...] = ()
    revised: tuple[RowNote, ...] = ()
    undated: int = 0
    left_out: int = 0
    notes: tuple[str, ...] = ()

    @property
    def dated(self) -> float:
        """The share of the rows that speak of the subject of which it is known to which period they belong."""
        rows = self.rows - self.left_out
        return 1 - self.undated / rows if rows else 1.0

    def unread(self, most: int = 3) -> str:
        """The rows that are not read, the first of them with place and reason, for people; nothing when all are."""
        notes = sorted((*self.rejected, *self.queued), key=lambda note: note.row)
        if not notes:
            return ""
        shown = [f"{place_of(self.file, note.row)}: {note.says}" for note in notes[:most]]
        more = [f"and {len(notes) - most} more"] if len(notes) > most else []
        verb = "is" if len(notes) == 1 else "are"
        said = f"{len(notes)} of {self.rows} rows of {self.file} {verb} not read: {'; '.join([*shown, *more])}."
        return f"{said} {self._anywhere}".strip()

    @property
    def _anywhere(self) -> str:
        if not self.undated:
            return ""
        who = "1 of them" if self.undated == 1 else f"{self.undated} of them"
        return f"{who} may belong to any period, so none is wholly recorded."

    @property
    def counted(self) -> Mapping[str, int]:
        """How many rows of each fate, for people."""
        return {
            "accepted": self.accepted,
            "rejected": len(self.rejected),
            "queued": len(self.queued),
            "revised": len(self.revised),
            "left out": self.left_out,
        }


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The rows of one table as entries, with what kind of record it is, the grain it speaks in, and the report on
    every row.
    """

    entries: tuple[Entry, ...]
    nature: Nature
    grain: Grain
    report: RowReport
