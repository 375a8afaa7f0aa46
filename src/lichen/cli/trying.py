"""Verbs that try: stress."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import click

from lichen.cli import common

SECTIONS = (
    "exits",
    "shocks",
    "cheating",
    "enforcement",
    "goodwill",
    "links",
    "rehearsal",
    "responses",
    "at_floor",
)
"""The questions of `lichen.stress`, known here so that help and wrong options load nothing heavy."""


@click.command()
@common.FILE
@common.formats("text", "json", "html")
@click.option("--party", "who", metavar="NAME", help="Only this party leaves, cheats and is struck.")
@click.option("--date", "day", type=common.Day(), help="Everything begins on this day.")
@click.option("--only", "sections", type=click.Choice(SECTIONS), multiple=True, help="Ask only this; may be repeated.")
@common.FOR
@common.RECORD
@common.RUNS
@common.SEED
@common.OUTPUT
def stress(
    file: Path,
    form: str,
    who: str | None,
    day: date | None,
    sections: tuple[str, ...],
    party: str | None,
    record: Path | None,
    runs: int,
    seed: int,
    output: Path | None,
) -> int:
    """Show what becomes of each side if somebody leaves, cheats, or is struck.

    Exits at several dates, blows alone and together, ways of cheating and whether they pay, goodwill switched off,
    every flow cut, the way of adjustment rehearsed. All over the same draws, so a difference is the doing of what was
    tried. An interruption keeps the questions that are answered, with status 3.
    """
    from lichen.cli.judging import Asked, stress_file

    form = common.chosen(form, output)
    asked = Asked(file=file, party=party, runs=runs, seed=seed, record=record, form=form)
    with common.progress("Putting it to the test") as tick:
        found = stress_file(asked, who, day, sections or SECTIONS, tick)
    if form == "json":
        text = json.dumps(found.to_json(), indent=1, ensure_ascii=False)
    elif form == "html":
        from lichen.show.page.stress import stress_page

        text = stress_page(found)
    else:
        from lichen.show.stressed import stress_text

        text = stress_text(found, colours=output is None and sys.stdout.isatty())
    common.deliver(text, output)
    return 3 if found.interrupted else 0
