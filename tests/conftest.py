"""What all tests share: how many examples Hypothesis draws, a browser for the tests of pages, the command itself."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from lichen import simulation

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.command import Answer, Ask

CHROMIUM = "/usr/bin/chromium"
QUIET_CHROMIUM = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

# Without `--all` every run draws the same examples; with it a failure prints how to replay it.
settings.register_profile(
    "default",
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("all", settings.get_profile("default"), max_examples=100, derandomize=False, print_blob=True)
settings.load_profile("all" if os.environ.get("LICHEN_TEST_ALL") else "default")


def pytest_configure(config: pytest.Config) -> None:
    """Take machine code of older sources away before any test runs.

    Numba looks only at the module of the function that it keeps on disk; here every module counts of which it is made.
    """
    if hasattr(config, "workerinput"):
        return
    room = Path(simulation.__file__).parent
    newest = max(path.stat().st_mtime for path in (*room.glob("fast/*.py"), room / "draws.py", room / "memories.py"))
    for index in room.glob("fast/__pycache__/*.nbi"):
        if index.stat().st_mtime < newest:
            index.unlink()


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Ask":
    """Run the command in a folder with these files, beside those of earlier calls."""
    from tests.command import run

    def asked(*arguments: str, files: Mapping[str, str | bytes] | None = None) -> "Answer":
        for name, content in (files or {}).items():
            (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return run(arguments, tmp_path, monkeypatch, capsys)

    return asked


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium, started once; a machine without it skips these tests, the continuous check never does."""
    from playwright.sync_api import sync_playwright

    if not Path(CHROMIUM).exists() and not os.environ.get("CI"):
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET_CHROMIUM)
        yield chromium
        chromium.close()
