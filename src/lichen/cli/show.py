"""Verbs that show: review, schema."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Unpack

import click

from lichen.cli import common


@click.command()
@common.FILE
@common.asking
@common.OUTPUT
def review(file: Path, output: Path | None, **asked: Unpack[common.Asking]) -> int:
    """Write one self-contained page for both parties.

    Verdict, map, futures, balance, findings and what to find out next. The page needs no network and no other file.
    Without --output it is written beside the file as review.html. What `check` would print is printed too.
    """
    from lichen.cli.judging import Asked, judge_file

    if output is not None and output.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(f"`{output.name}`: a review is a page. Name it with the ending .html.")
    with common.progress("Trying futures") as tick:
        judged = judge_file(Asked(file=file, **asked), tick)
    from lichen.show import terminal
    from lichen.show.page import review_page

    common.deliver(review_page(judged), output or file.with_name("review.html"))
    common.deliver(terminal.verdict_text(judged.verdict, colours=sys.stdout.isatty()), None)
    return 0


@click.command()
@common.OUTPUT
def schema(output: Path | None) -> int:
    """Print the JSON Schema of the relationship file, for editors."""
    from lichen.language.schema import schema as json_schema

    common.deliver(json.dumps(json_schema(), indent=1, ensure_ascii=False), output)
    return 0
