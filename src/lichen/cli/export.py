"""Verbs that hand a relationship to other tools and take a model from them: export, import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lichen.cli import common

if TYPE_CHECKING:
    from lichen.relationship.relationship import Relationship


@click.command()
@common.FILE
@click.option(
    "--to",
    "form",
    type=click.Choice(("xmile", "graphml", "mermaid", "svg", "json")),
    default="xmile",
    show_default=True,
    help="The form to write.",
)
@common.FOR
@common.OUTPUT
def export(file: Path, form: str, party: str | None, output: Path | None) -> int:
    """Write the file for other tools: a model to run, or the map.

    `xmile` is a model that PySD, Simlin or Stella run to the same figures, the world at its mean and nobody leaving;
    what it cannot hold is said at its head and on standard error. The others are the map of who depends on whom. The
    form follows the ending of --output (.xmile, .graphml, .mmd, .svg, .json) when --to is not given.
    """
    form = common.chosen(form, output)
    relationship = common.read_file(file, party)
    common.deliver(_model(relationship) if form == "xmile" else _map(relationship, form), output)
    return 0


@click.command("import")
@click.argument("model", type=click.Path(path_type=Path))
@common.OUTPUT
def import_(model: Path, output: Path | None) -> int:
    """Draft a relationship file from an XMILE model.

    Stocks become capacities of one party, flows flows, constants terms, and what only time moves the world. Whom the
    stocks belong to, floors and units are for you to say. What could not be carried over is named at the head of the
    file and on standard error. Writes over no file.
    """
    from lichen.language.problem import Problem
    from lichen.language.xmile.drafting import draft
    from lichen.workspace import read_xmile

    common.must_be_new(output)
    found = read_xmile(model)
    if isinstance(found, Problem):
        common.refuse((found,))
    drafted = draft(found)
    if isinstance(drafted, str):
        raise click.UsageError(f"There is no draft of this model: {drafted}.")
    for line in drafted.left_out:
        click.echo(f"Not carried over: {line}.", err=True)
    common.deliver(drafted.text, output)
    return 0


def _model(relationship: Relationship) -> str:
    from lichen.show.formats.xmile import xmile

    model = xmile(relationship)
    if isinstance(model, str):
        raise click.UsageError(f"There is no XMILE model of this file: {model}.")
    for line in model.left_out:
        click.echo(f"Not in the model: {line}.", err=True)
    return model.text


def _map(relationship: Relationship, form: str) -> str:
    from lichen.dependency.map import build_map
    from lichen.show.map import FORMATS

    return FORMATS[form](build_map(relationship))
