"""Verbs that keep the record: balance."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import click

from lichen.cli import common


@click.command()
@common.FILE
@common.formats("text", "json")
@common.FOR
@common.RECORD
@common.AS_OF
@common.OUTPUT
def balance(
    file: Path, form: str, party: str | None, record: Path | None, as_of: date | None, output: Path | None
) -> int:
    """Show what each side gave and received, promised and recorded.

    Coverage stands beside every figure, and what nobody recorded is named. Each rule of return is kept, broken,
    pending, or cannot be told.
    """
    from lichen.cli.judging import Asked, balance_file
    from lichen.relationship.plain_data import plain
    from lichen.show import terminal

    form = common.chosen(form, output)
    found, rules = balance_file(Asked(file=file, party=party, record=record, as_of=as_of, form=form))
    if form == "json":
        text = json.dumps({**found.to_json(), "rules": plain(rules)}, indent=1, ensure_ascii=False)
    else:
        text = terminal.balance_text(found, rules, colours=output is None and sys.stdout.isatty())
    common.deliver(text, output)
    return 0
