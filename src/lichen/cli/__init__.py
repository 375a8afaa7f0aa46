"""The command line: one function a verb. Help and wrong input load nothing heavy."""

from __future__ import annotations

import gc
import sys

import click

from lichen import __version__
from lichen.cli.change import compare
from lichen.cli.export import export, import_
from lichen.cli.keep import balance
from lichen.cli.show import review, schema
from lichen.cli.trying import simulate, stress
from lichen.cli.understand import check, explain, map_, scan

SECTIONS: tuple[tuple[str, tuple[click.Command, ...]], ...] = (
    ("Understand", (scan, map_, check, explain)),
    ("Try", (simulate, stress)),
    ("Change", (compare,)),
    ("Keep", (balance,)),
    ("Show", (review, export, import_, schema)),
)


class Verbs(click.Group):
    """A group whose help lists the verbs by what one wants to do."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section for each kind of work."""
        for title, verbs in SECTIONS:
            with formatter.section(title):
                formatter.write_dl([(verb.name or "", verb.get_short_help_str(100)) for verb in verbs])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; an unknown one is answered with the nearest."""
        import difflib

        name = args[0]
        if name not in self.commands:
            near = difflib.get_close_matches(name, self.commands, n=1)
            hint = f" Did you mean `lichen {near[0]}`?" if near else " See `lichen --help`."
            ctx.fail(f"`{name}` is not a verb of lichen.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="lichen %(version)s")
def lichen() -> None:
    """Relationships as code: does each side's success sustain the other's?

    Always `lichen VERB FILE`. Exit status: 0 symbiotic or nothing to object, 1 any other verdict, 2 wrong input, 3
    stopped.
    """


UNCOLLECTED = 500_000
"""How many new values may stand before rings of dead ones are looked for: what is read lives to the end, and looking
through hundreds of thousands of rows again and again takes as long as reading them."""

for _, _verbs in SECTIONS:
    for _verb in _verbs:
        lichen.add_command(_verb)


def main() -> None:
    """Run the command line; an interruption ends with status 3 and one line, never a traceback."""
    gc.set_threshold(UNCOLLECTED)
    try:
        status = lichen.main(standalone_mode=False)
    except click.Abort:
        click.echo("Stopped. Nothing was written.", err=True)
        status = 3
    except click.ClickException as wrong:
        wrong.show()
        status = 2
    except BrokenPipeError:
        status = 0
    except MemoryError:
        click.echo("This machine has not enough memory for that many futures. Try a smaller --runs.", err=True)
        status = 3
    sys.exit(status if isinstance(status, int) else 0)
