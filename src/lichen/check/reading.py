"""One reading: a figure beside the verdict that helps to adjust the relationship, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from lichen.check.measures.figure import Figure


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A figure with unit and interval, whom it is about, a sentence and its place; without a figure, `why`."""

    value: float | None
    unit: str = ""
    interval: tuple[float, float] | None = None
    parties: tuple[str, ...] = ()
    says: str = ""
    at: str | None = None
    why: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The form that the verdict's JSON promises."""
        if self.value is None:
            return {"value": None, "why": self.why}
        return {
            "value": self.value,
            "unit": self.unit,
            "interval": list(self.interval) if self.interval is not None else None,
            "parties": list(self.parties),
            "says": self.says,
            "at": self.at,
        }


def unread(why: str) -> Reading:
    """A reading that cannot be taken."""
    return Reading(value=None, why=why)


def read(figure: Figure, unit: str, says: str, parties: tuple[str, ...] = (), at: str | None = None) -> Reading:
    """A reading of a figure; one that cannot be told says so."""
    if not figure.known:
        return unread("A figure that it needs is not known.")
    return Reading(value=figure.value, unit=unit, interval=figure.interval, parties=parties, says=says, at=at)
