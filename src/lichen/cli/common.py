"""What the verbs share: options, reading a file, progress, and writing an answer where it was asked for."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, TypedDict, TypeVar

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from lichen.language.problem import Problem
    from lichen.relationship.relationship import Relationship, Time
    from lichen.simulation.experiments import Experiment
    from lichen.simulation.futures import OnChunk

Verb = TypeVar("Verb", bound=Callable[..., Any])


class Day(click.ParamType[date, str]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the date, or say how one is written."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"`{value}` is not a date. Write it as 2026-01-31.", param, ctx)


FILE = click.argument("file", type=click.Path(path_type=Path))
FOR = click.option("--for", "party", metavar="PARTY", help="See it with this party's own figures, and nobody else's.")
LEAST_RUNS = 20
READ = "lichen.read"
"""Where a verb keeps which files it reads besides those that it was given."""
MOST_NAMED = 24
"""Names of a file that a refusal lists."""
FEWER = "Write a longer step or a shorter horizon, let one member stand for several, or one group for parties alike"


def runs(least: int) -> Callable[[Verb], Verb]:
    """The option `--runs`: so many futures at least."""
    asked = click.IntRange(least, 1_000_000)
    asked.name = "whole number"
    return click.option("--runs", type=asked, default=1000, show_default=True, help="Futures to try.")


RUNS = runs(LEAST_RUNS)
SEED = click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Same seed, same figures."
)
AS_OF = click.option("--as-of", type=Day(), help="Use the record only up to this day.")
RECORD = click.option("--record", "record", type=click.Path(path_type=Path), help="The folder of the record's tables.")
SCENARIO = click.option("--scenario", metavar="NAME", help="Try a scenario of the file.")
OUTPUT = click.option("--output", type=click.Path(path_type=Path), help="Write to this file instead of the screen.")


class Asking(TypedDict):
    """The options of a verb that judges a file."""

    party: str | None
    runs: int
    seed: int
    record: Path | None
    as_of: date | None
    scenario: str | None


def asking(verb: Verb) -> Verb:
    """Add the options of a verb that judges a file."""
    for option in (SCENARIO, AS_OF, RECORD, SEED, RUNS, FOR):
        verb = option(verb)
    return verb


def formats(*names: str) -> Callable[[Verb], Verb]:
    """The option `--format` with these values; the first is the default."""
    return click.option(
        "--format", "form", type=click.Choice(names), default=names[0], show_default=True, help="How to show it."
    )


def read_file(path: Path, party: str | None, form: str = "text", scenario: str | None = None) -> Relationship:
    """Read a relationship file, or say everything that is wrong with it and leave with status 2."""
    from lichen.workspace import files_beside, read_relationship

    reading = read_relationship(path, party)
    if reading.relationship is None:
        refuse(reading.problems, form)
    relationship = reading.relationship
    context = click.get_current_context(silent=True)
    if context is not None:
        beside = files_beside(relationship, path.parent, context.params.get("record"))
        context.meta.setdefault(READ, []).extend(beside)
    if party is not None:
        known("--for", party, relationship.parties, "party")
    if scenario is not None:
        known("--scenario", scenario, relationship.scenarios, "scenario")
    return relationship


def known(option: str, name: str, names: Mapping[str, object], noun: str, most: int = MOST_NAMED) -> None:
    """Leave with status 2 unless the name is one of the file's; name the nearest, and so many of all."""
    if name in names:
        return
    listed = ", ".join(f"`{n}`" for n in list(names)[:most]) or f"no {noun}"
    listed += f" and {len(names) - most} more" if len(names) > most else ""
    what = f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
    said = f"{option}: `{name}` is not {what} of this file.{_nearest(name, names)} It has {listed}."
    if not names:
        said += " Write one under `scenarios:`."  # parties and experiments are in every file
    raise click.UsageError(said)


def _nearest(name: str, names: Iterable[str]) -> str:
    """The name that is meant, if one is near."""
    import difflib

    near = difflib.get_close_matches(name, names, n=1)
    return f" Did you mean `{near[0]}`?" if near else ""


def within(option: str, day: date, time: Time) -> None:
    """Leave with status 2 unless a day lies within the horizon of the file."""
    last = time.start + timedelta(days=time.run_days)
    if time.start <= day < last:
        return
    raise click.UsageError(f"{option}: {day} is not within the horizon of this file, from {time.start} until {last}.")


def futures_to_try(
    relationship: Relationship,
    runs: int,
    experiments: Sequence[Experiment] = (),
    *,
    least: int = LEAST_RUNS,
    together: bool = False,
) -> int:
    """As many futures as were asked for; where nobody asked, of a large file no more than take a minute or two.

    Of these experiments, or when none is named of all that a verdict asks for. `together`: they cannot run in turn.
    Leaves with status 2 when so many, or the `least` that a verb needs, are more than a run may take.
    """
    from lichen.simulation.cost import QUICK_CELLS, most_futures
    from lichen.simulation.experiments import standard_experiments

    asked = experiments or standard_experiments(relationship)
    most = most_futures(relationship, asked, together=together)
    if most >= least and _is_default("runs"):
        quick = min(most, max(least, most_futures(relationship, asked, together=together, cells=QUICK_CELLS)))
        if quick < runs:
            click.echo(
                f"{quick:,} futures instead of {runs:,}, as this file is large: `--runs` asks for more.", err=True
            )
        return min(runs, quick)
    if runs > most:
        repair = f"Write `--runs {most}` or less" if most >= least else FEWER
        can = f"at most {most:,} can be run" if most else "not even one can be run"
        raise click.UsageError(f"--runs: {runs:,} futures of this file are too many; {can}. {repair}.")
    return runs


def _is_default(option: str) -> bool:
    """Whether nobody asked for the value of an option."""
    context = click.get_current_context(silent=True)
    return context is not None and context.get_parameter_source(option) is ParameterSource.DEFAULT


def refuse(problems: tuple[Problem, ...], form: str = "text") -> NoReturn:
    """Show every problem and leave with status 2; that nothing was simulated is said by verbs that take `--runs`."""
    from lichen.language.problem import render

    if form == "json":
        click.echo(json.dumps({"problems": [problem.to_json() for problem in problems]}, indent=1, ensure_ascii=False))
    else:
        context = click.get_current_context(silent=True)
        simulates = context is None or "runs" in context.params
        click.echo(render(problems, "Nothing was simulated." if simulates else ""), err=True)
    raise SystemExit(2)


ENDINGS = {
    ".csv": "csv",
    ".txt": "text",
    ".json": "json",
    ".md": "markdown",
    ".svg": "svg",
    ".mmd": "mermaid",
    ".graphml": "graphml",
    ".xmile": "xmile",
    ".html": "html",
    ".htm": "html",
}


def chosen(form: str, output: Path | None) -> str:
    """The form to write: as asked for, or as the ending of the output says when nothing was asked for."""
    context = click.get_current_context()
    asked = context.get_parameter_source("form") not in (None, click.core.ParameterSource.DEFAULT)
    if output is None or asked or not output.suffix:
        return form
    option = next(parameter for parameter in context.command.params if parameter.name == "form")
    forms = option.type.choices if isinstance(option.type, click.Choice) else ()
    endings = [ending for ending, written in ENDINGS.items() if written in forms]
    if output.suffix.lower() not in endings:
        raise click.UsageError(
            f"`{output.name}`: this verb writes {', '.join(endings)}. Choose one, or say {option.opts[0]}."
        )
    return ENDINGS[output.suffix.lower()]


def must_be_new(path: Path | None) -> None:
    """Leave with status 2 where this file is there already: it is not written over."""
    if path is not None and path.exists():
        raise click.UsageError(f"{path} is there already and would be lost. Name another file.")


def deliver(text: str, output: Path | None) -> None:
    """Write to the screen, or whole and at once to a file, never over a file that the verb reads."""
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    from lichen.workspace import write_whole

    if _is_read(output):
        must_be_new(output)
    try:
        write_whole(output, text)
    except OSError as wrong:
        raise click.UsageError(f"{output} cannot be written: {wrong.strerror}.") from wrong
    click.echo(f"Wrote {output}", err=True)


def _is_read(path: Path) -> bool:
    """Whether a file is there and the verb reads it: one that it was given, or one beside it that this one names."""
    if not path.exists():
        return False
    context = click.get_current_context()
    given = [value for value in context.params.values() if isinstance(value, Path) and value is not path]
    return any(read.exists() and read.samefile(path) for read in (*given, *context.meta.get(READ, ())))


@contextmanager
def saving(path: Path | None, relationship: Relationship, *, lanes: int, runs: int) -> Iterator[OnChunk | None]:
    """Give what takes down every future's course in a Parquet file, or None when no file is asked for.

    The file is there when the run is over or was interrupted, with the futures that are done; never over a file that
    the verb reads, and not at all after an error.
    """
    if path is None:
        yield None
        return
    from lichen.simulation.cost import bytes_of_courses
    from lichen.workspace import CourseFile, free_bytes

    if path.suffix.lower() != ".parquet":
        raise click.UsageError(f"--save: `{path.name}` must end in .parquet.")
    if path.is_dir() or _is_read(path):
        must_be_new(path)
    time = relationship.time
    try:
        takes, free = bytes_of_courses(relationship, lanes, runs), free_bytes(path.parent)
        if takes > free:
            fact = f"--save: {runs:,} futures take up to {takes / 1e9:,.1f} GB; {free / 1e9:,.1f} GB are free there."
            raise click.UsageError(f"{fact} Write `--runs {runs * free // takes}` or less, or a longer step.")
        file = CourseFile(path, [step * time.step_days for step in range(time.steps + 1)])
    except OSError as wrong:
        raise click.UsageError(f"--save: {path} cannot be written: {wrong.strerror}.") from wrong
    done = False
    try:
        try:
            yield file.add
            done = True
        finally:
            file.close(keep=done)
    except OSError as wrong:
        raise click.UsageError(f"--save: {path} cannot be written: {wrong}.") from wrong
    click.echo(f"Wrote {path}", err=True)


@contextmanager
def progress(what: str) -> Iterator[Callable[[float], None]]:
    """Give a function that is told the share of the work that is done, 0 to 1.

    It draws a bar on standard error where a person looks at it, which turns and counts the time while it waits to be
    told, and nothing elsewhere.
    """
    if not sys.stderr.isatty():
        yield lambda share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

    shown = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*shown, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda share: bar.update(task, completed=max(share, bar.tasks[0].completed))


STOPPING = b"\nStopping after what is under way. Once more stops at once.\n"


@contextmanager
def interruptible(tick: Callable[[float], None]) -> Iterator[Callable[[float], None]]:
    """The same function, in which an interruption strikes: between two pieces of work, so that what is done is whole.

    A second interruption strikes at once.
    """
    waiting = False

    def wait(number: int, frame: FrameType | None) -> None:
        nonlocal waiting
        if waiting:
            raise KeyboardInterrupt
        waiting = True
        os.write(2, STOPPING)  # a stream could be in the middle of a line of its own

    def told(share: float) -> None:
        tick(share)
        if waiting:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, wait)
    try:
        yield told
    finally:
        signal.signal(signal.SIGINT, before)
