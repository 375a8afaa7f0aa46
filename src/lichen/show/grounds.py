"""What a verdict rests on, in sentences for the screen and the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lichen.show.figures import percent

if TYPE_CHECKING:
    from lichen.check.rests_on import Flip, RestsOn


def rests_on_words(rests: RestsOn) -> str:
    """How much of what passes is recorded by both, stated by one, assumed."""
    parts = (
        (rests.recorded_by_both, "recorded by both sides"),
        (rests.stated_by_one, "stated by one side"),
        (rests.assumed, "assumed"),
    )
    said = [f"{percent(share)} {how}" for share, how in parts if share > 0]
    return f"Of the value that passes, {', '.join(said)}." if said else "Nothing of worth passes."


def flip_words(flip: Flip) -> str:
    """One assumption that would turn the verdict."""
    return f"It would turn to “{flip.verdict}” if {flip.what} were {flip.then} instead of {flip.now}."
