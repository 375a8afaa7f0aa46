"""What the commands in a page print, run anew.

In a page

- a block ```` ```console ```` holds commands after `$ ` and below each what it prints; `console slow` says that it is
  compared by `./dev test --all` alone, because it takes long;
- a block ```` ```yaml ```` whose first line is `# NAME.yaml` is a file that later commands of the same page read.

Each page runs in a folder of its own in which `examples/` is the repository's.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent

_BLOCK = re.compile(r"^```(?P<kind>console|yaml)(?P<slow> slow)?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"# ([\w-]+\.yaml)\n")


def with_outputs(text: str, *, slow: bool = True) -> str:
    """A page with what its commands print now; without `slow`, blocks marked so stay as they are."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "examples").symlink_to(ROOT / "examples")
        return _BLOCK.sub(lambda block: _fresh(block, Path(folder), slow=slow), text)


def _fresh(block: re.Match[str], folder: Path, *, slow: bool) -> str:
    body = block["body"]
    if block["kind"] == "yaml":
        if named := _NAMED.match(body):
            (folder / named[1]).write_text(body, encoding="utf-8")
        return block[0]
    if block["slow"] and not slow:
        return block[0]
    commands = [line.removeprefix("$ ") for line in body.splitlines() if line.startswith("$ ")]
    printed = "".join(f"$ {command}\n{run(command, folder)}" for command in commands)
    return f"```console{block['slow'] or ''}\n{printed}```"


def run(command: str, folder: Path) -> str:
    """What a command `./dev lichen ...` prints in a folder.

    Raises:
        ValueError: it is no command of lichen, its input is wrong, or it fails.
    """
    program, _, arguments = command.partition("lichen ")
    if program not in ("", "./dev "):
        raise ValueError(f"`{command}`: only commands of lichen run here")
    words = tuple(shlex.split(arguments))
    writes = {"--output", "--write"} & set(words)
    own_files = [word for word in words if Path(word).suffix and not word.startswith("examples/")]
    return _printed(words, folder) if writes or own_files else _printed_once(words)


@cache
def _printed_once(words: tuple[str, ...]) -> str:
    """What a command prints that only reads the examples: the same in every page."""
    return _printed(words, ROOT)


def _printed(words: tuple[str, ...], folder: Path) -> str:
    start = [sys.executable, "-c", "from lichen.cli import main; main()"]
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(  # noqa: S603 - the commands are those of our own pages
        [*start, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        raise ValueError(f"`lichen {shlex.join(words)}` ends with status {done.returncode}:\n{done.stderr}")
    return done.stdout + ("" if done.stdout.endswith("\n") or not done.stdout else "\n")
