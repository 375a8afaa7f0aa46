"""Verbs that help to understand: scan, map, check, explain."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Unpack

import click

from lichen.cli import common


@click.command()
@common.FILE
@common.formats("text", "json", "markdown")
@common.asking
@common.OUTPUT
def check(file: Path, form: str, output: Path | None, **asked: Unpack[common.Asking]) -> int:
    """Judge whether each side's success sustains the other's.

    Five invariants and six failure modes, each with its distance to the limit, its evidence and a repair. Ends with
    status 0 only when the relationship is symbiotic.
    """
    from lichen.cli.judging import Asked, assess_file

    form = common.chosen(form, output)
    with common.progress("Trying futures") as tick:
        verdict = assess_file(Asked(file=file, form=form, **asked), tick).verdict
    from lichen.show import terminal

    if form == "json":
        text = json.dumps(verdict.to_json(), indent=1, ensure_ascii=False)
    elif form == "markdown":
        text = terminal.verdict_markdown(verdict)
    else:
        text = terminal.verdict_text(verdict, colours=output is None and sys.stdout.isatty())
    common.deliver(text, output)
    return 0 if verdict.verdict == "symbiotic" else 1


@click.command("map")
@common.FILE
@common.formats("text", "json", "svg", "mermaid", "graphml")
@common.FOR
@common.OUTPUT
def map_(file: Path, form: str, party: str | None, output: Path | None) -> int:
    """Show who depends on whom: needs, gives, risks, can damage.

    The format follows the ending of --output (.svg, .mmd, .graphml, .json) when --format is not given.
    """
    form = common.chosen(form, output)
    relationship = common.read_file(file, party, form)
    from lichen.dependency.map import build_map
    from lichen.language.reading import not_at_hand
    from lichen.show.map import FORMATS

    common.deliver(FORMATS[form](build_map(relationship)), output)
    for said in not_at_hand(relationship, party):
        click.echo(said, err=True)
    return 0


@click.command()
@click.argument("events", type=click.Path(path_type=Path))
@common.formats("text", "json")
@click.option("--write", type=click.Path(path_type=Path), help="Draft a relationship file from what was seen.")
@common.AS_OF
@common.OUTPUT
def scan(events: Path, form: str, write: Path | None, as_of: date | None, output: Path | None) -> int:
    """Say what a table of events alone shows, before any file is written.

    Takes CSV, Parquet or XLSX as they are: purchase-order lines, mentor/mentee/date/hours, giver/receiver/amount. Says
    how it read the columns, answers in words, and lists the figures to ask the other side for.
    """
    from lichen.workspace import read_events

    form = common.chosen(form, output)
    common.must_be_new(write)
    table, problems = read_events(events)
    if table is None:
        common.refuse(problems, form)
    from lichen.record.scan import draft, scan_table
    from lichen.show.scanned import scan_text

    seen = scan_table(table, as_of=as_of)
    common.deliver(
        json.dumps(seen.to_json(), indent=1, ensure_ascii=False) if form == "json" else scan_text(seen), output
    )
    if write is not None:
        folder, table_file = write.parent.resolve(), events.resolve()
        within = table_file.is_relative_to(folder)
        path = table_file.relative_to(folder).as_posix() if within else events.name
        common.deliver(draft(seen, path), write)
        if not within:
            click.echo(f"It looks for {events.name} in its own folder: copy the table to {folder}.", err=True)
    return 0


@click.command()
@click.argument("name", nargs=-1, required=True)
def explain(name: tuple[str, ...]) -> int:
    """Print the manual page of a finding, mechanism, component or key; of a file, its rules in words."""
    wanted = " ".join(name)
    file = Path(wanted)
    if file.suffix in (".yaml", ".yml") and file.is_file():
        from lichen.show.rules import rules_text

        common.deliver(rules_text(common.read_file(file, None, "text")), None)
        return 0
    from lichen.show.manual import nearest, page

    text = page(wanted)
    if text is None:
        near = nearest(wanted)
        hint = f" Did you mean `{near}`?" if near else " See `lichen explain contents`."
        raise click.UsageError(f"`{wanted}` has no manual page.{hint}")
    common.deliver(text, None)
    return 0
