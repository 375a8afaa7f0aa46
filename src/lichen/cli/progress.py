"""A progress bar on standard error, only where a person looks at it and only when the work takes a while."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tick = Callable[[float], None]
"""Called with the share of the work that is done, 0 to 1."""


@contextmanager
def progress(what: str) -> Iterator[Tick]:
    """Give a function that shows how much of the work is done; nothing is shown when standard error is not a
    terminal."""
    if not sys.stderr.isatty():
        yield lambda share: None
        return
    import click

    with click.progressbar(length=1000, label=what, file=sys.stderr) as bar:
        yield lambda share: bar.update(max(0, int(share * 1000) - bar.pos))
