"""Verbs that change terms: compare."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from lichen.cli import common


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@common.formats("text", "json", "markdown", "html")
@common.RUNS
@common.SEED
@common.FOR
@common.OUTPUT
def compare(old: Path, new: Path, form: str, runs: int, seed: int, party: str | None, output: Path | None) -> int:
    """Show what changed by meaning, and its effect on every party.

    Both versions meet the same draws, so a difference is the change's doing. Ends with status 0 when nobody's distance
    to a limit gets worse.
    """
    form = common.chosen(form, output)
    before, after = common.read_file(old, party, form), common.read_file(new, party, form)
    from lichen.simulation.drawn_members import with_drawn_members

    for relationship in (before, after):
        runs = common.futures_to_try(with_drawn_members(relationship), runs)
    from lichen.redesign.compare import compare_relationships
    from lichen.show import terminal
    from lichen.show.page.change import change_page

    with common.progress("Trying futures of both") as tick:
        comparison = compare_relationships(before, after, runs=runs, seed=seed, party=party, tick=tick)
    if form == "json":
        text = json.dumps(comparison.to_json(), indent=1, ensure_ascii=False)
    elif form == "html":
        text = change_page(comparison)
    else:
        colours = output is None and sys.stdout.isatty()
        text = terminal.comparison_text(comparison, markdown=form == "markdown", colours=colours)
    common.deliver(text, output)
    return 0 if not comparison.worse else 1
