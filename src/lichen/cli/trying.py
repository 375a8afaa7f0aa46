"""Verbs that try: simulate, stress."""

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
    "contagion",
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
@common.formats("text", "json", "html", "svg", "csv")
@click.option("--scenario", "scenarios", metavar="NAME", multiple=True, help="A scenario beside; may be repeated.")
@click.option(
    "--experiment", "experiments", metavar="NAME", multiple=True, help="An experiment beside, such as exit:PARTY."
)
@click.option("--save", type=click.Path(path_type=Path), help="Write every future's course to this Parquet file.")
@common.FOR
@common.runs(1)
@common.SEED
@common.OUTPUT
def simulate(
    file: Path,
    form: str,
    scenarios: tuple[str, ...],
    experiments: tuple[str, ...],
    save: Path | None,
    party: str | None,
    runs: int,
    seed: int,
    output: Path | None,
) -> int:
    """Show the futures: how much room each side has left over time, and who reaches its floor by when.

    Bands in which half and nine of ten futures lie, for each capacity and flow; scenarios of the file and experiments
    side by side, over the same draws. An interruption keeps the futures that are done, with status 3.
    """
    from lichen.cli.judging import Asked, simulate_file

    form = common.chosen(form, output)
    asked = Asked(file=file, party=party, runs=runs, seed=seed, form=form)
    with common.progress("Trying futures") as tell, common.interruptible(tell) as tick:
        relationship, found = simulate_file(asked, scenarios, experiments, save, tick)
    from lichen.language.reading import not_at_hand
    from lichen.show import simulated

    doubts = simulated.doubts(found, relationship) if form in ("csv", "svg") else ()
    done = simulated.stopped(found) if form != "text" or output is not None else None
    for said in (*not_at_hand(relationship, party), *doubts, *filter(None, [done])):
        click.echo(said, err=True)

    if form == "json":
        text = json.dumps(found.to_json(), indent=1, ensure_ascii=False)
    elif form == "csv":
        text = simulated.prospects_csv(found, relationship)
    elif form == "svg":
        from lichen.show.page.picture import picture

        head = (simulated.how(found, relationship), *simulated.beside(found, relationship))
        text = picture(found.relationship, head, list(simulated.fans(found, relationship)))
    elif form == "html":
        from lichen.show.page.futures import futures_page

        text = futures_page(found, relationship)
    else:
        colours = output is None and sys.stdout.isatty()
        text = simulated.prospects_text(found, relationship, colours=colours)
    common.deliver(text, output)
    return 3 if found.runs < found.asked else 0


@click.command()
@common.FILE
@common.formats("text", "json", "html")
@click.option("--party", "who", metavar="NAME", help="Only this party leaves, cheats and is struck.")
@click.option("--date", "day", type=common.Day(), help="Exits, blows, cheating and imbalances begin on this day.")
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
    with common.progress("Putting it to the test") as tell, common.interruptible(tell) as tick:
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
    if found.interrupted and (form != "text" or output is not None):
        missing = ", ".join(name for name in sections or SECTIONS if name not in found.asked())
        click.echo(f"Stopped: not asked: {missing}.", err=True)
    return 3 if found.interrupted else 0
