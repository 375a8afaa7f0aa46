"""The public names are exactly these, typed, documented, and cheap to import."""

import inspect
import subprocess
import sys
import typing
from pathlib import Path

import pytest

import lichen

NAMES = {
    *("Capacity", "Finding", "Flow", "Futures", "Party", "Problem", "Relationship", "Verdict"),
    *("compare", "judge", "read", "simulate"),
}


def test_the_public_names_are_exactly_these() -> None:
    assert set(lichen.__all__) == NAMES


def test_every_public_name_has_a_docstring_and_every_function_full_types() -> None:
    for name in lichen.__all__:
        thing = getattr(lichen, name)
        assert inspect.getdoc(thing), name
        if inspect.isfunction(thing):
            parameters = inspect.signature(thing).parameters
            assert all(p.annotation is not inspect.Parameter.empty for p in parameters.values()), name
            assert inspect.signature(thing).return_annotation is not inspect.Signature.empty, name


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(AttributeError, match="judge"):
        lichen.__getattr__("chek")


def loaded_by(*arguments: str, status: int) -> set[str]:
    """The top-level modules that a command loads."""
    code = (
        "import sys\n"
        "from lichen.cli import main\n"
        f"sys.argv = ['lichen', *{arguments!r}]\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n"
        f"    assert (end.code or 0) == {status}, end.code\n"
        "print('LOADED', *{name.partition('.')[0] for name in sys.modules})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("LOADED ")[2].split())


HEAVY = {"numpy", "scipy", "rich", "duckdb", "python_calamine"}


def test_help_loads_nothing_heavy() -> None:
    assert not loaded_by("--help", status=0) & HEAVY


@pytest.mark.parametrize("verb", ["check", "review", "map", "balance", "scan", "compare"])
def test_a_wrong_file_is_refused_before_anything_heavy_is_loaded(verb: str, tmp_path: typing.Any) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("lichen: 1\nrelationship: A\n", encoding="utf-8")
    files = [str(file)] * (2 if verb == "compare" else 1)
    assert not loaded_by(verb, *files, status=2) & HEAVY


def test_futures_beyond_the_limit_are_refused_before_anything_heavy_is_loaded() -> None:
    file = Path(__file__).parent.parent / "examples/supply/relationship.yaml"
    assert not loaded_by("check", str(file), "--runs", "1000000", status=2) & HEAVY


def test_a_verdict_needs_no_statistics_package() -> None:
    code = "import sys, lichen.check.assess; print('scipy.stats' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
