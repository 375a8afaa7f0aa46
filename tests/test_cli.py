"""Hostile input through the command itself: never a traceback, never *holds*, status 2 and every problem at once.

What the command says of ordinary wrong files stands on the pages under `cases/problems`; tables and names of files have
their own tests in `test_cli_tables.py`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.command import GOOD, GROUP, Ask, refused


def with_rate(rate: str) -> str:
    assert "rate: 7 loaf/week" in GOOD
    return GOOD.replace("rate: 7 loaf/week", f'rate: "{rate}"')


BILLION = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
TEXTS: Mapping[str, tuple[str | bytes, tuple[str, ...]]] = {
    "nothing": (b"", ()),
    "only blanks": (b" \n\n", ()),
    "only a comment": (b"# nothing\n", ()),
    "aliases that grow": (GOOD + BILLION, ("repeats another part",)),
    "200,000 brackets": ("[" * 200_000, ("nested more than 40 deep",)),
    "200,000 braces": ("a: " + "{a: " * 200_000, ("nested more than 40 deep",)),
    "deep by indentation": ("".join(" " * k + "a:\n" for k in range(500)), ("nested more than 40 deep",)),
    "a key twice": (GOOD + "units: {loaf: new}\n", ("`units`",)),
    "an inner key twice": (GOOD.replace("kind: benefit,", "kind: benefit, kind: burden,", 1), ("`kind`",)),
    "two documents": (GOOD + "---\n" + GOOD, ("second document",)),
    "a tag that makes objects": (GOOD + "purpose: !!python/object/apply:os.system [ls]\n", ("is a tag",)),
    "a merge key": (GOOD + "<<: {purpose: x}\n", ("<<",)),
    "a list": (b"- lichen: 1\n", ("mapping",)),
    "a number": (b"12\n", ("mapping",)),
    "a text for a mapping": (GOOD.replace("units: {loaf: new}", "units: loaf"), ("units",)),
    "a mapping for a text": (GOOD.replace("relationship: The mill and the bakery", "relationship: {a: b}"), ()),
    "a list for a number": (GOOD.replace("level: 900 EUR", "level: [900 EUR]"), ("level",)),
    "a truth for a number": (GOOD.replace("level: 900 EUR", "level: true"), ()),
    "null for a number": (GOOD.replace("level: 900 EUR", "level: null"), ()),
    "a date for a number": (GOOD.replace("level: 900 EUR", "level: 2026-01-05"), ()),
    "a number for a name": (GOOD.replace("from: mill", "from: 12"), ()),
    "no number": (GOOD.replace("level: 900 EUR", "level: .nan"), ()),
    "no bound": (GOOD.replace("level: 900 EUR", "level: .inf"), ()),
    "a version of another kind": (GOOD.replace("lichen: 1", "lichen: '1.0'"), ()),
    "another language": (GOOD.replace("lichen: 1", "lichen: 2"), ()),
    "a year that no calendar has": (GOOD.replace("2026-01-05", "99999-01-05"), ()),
    "a day that no calendar has": (GOOD.replace("2026-01-05", "2026-02-30"), ()),
    "brackets in a formula": (with_rate("(" * 900 + "1" + ")" * 900), ("nested more than 40 deep",)),
    "signs in a formula": (with_rate("-" * 1900 + "1 loaf/week"), ("deep",)),
    "a formula without end": (with_rate("1 loaf/week" + " + 1 loaf/week" * 9000), ("characters",)),
    "powers of powers": (with_rate("9 ** 9 ** 9 ** 9 * 1 loaf/week"), ()),
    "a huge number": (with_rate("1e999999999 loaf/week"), ("exponent",)),
    "digits without end": (with_rate("1" * 1500 + " loaf/week"), ("digits",)),
    "a program in a formula": (with_rate("__import__('os').system('ls')"), ()),
    "unlike units": (with_rate("7 EUR/week"), ("EUR",)),
    "apples and pears": (with_rate("7 loaf/week + 1 EUR/week"), ()),
    "an unknown unit": (with_rate("7 loafs/week"), ("loaf",)),
    "division by zero": (with_rate("7 loaf/week / 0"), ()),
    "a circle of an instant": (with_rate("payment / (2 EUR/loaf)"), ("flour", "payment")),
    "steps without end": (GOOD.replace("1 year}", "1e9 years, step: 1 second}"), ("at most 20,000",)),
    "no step at all": (GOOD.replace("1 year}", "1 year, step: 0 days}"), ()),
    "members without end": (
        GOOD.replace("flows:", f"{GROUP}flows:").replace(
            "{file: people.csv, member: id, columns: {size: 1}}", "99999999999"
        ),
        ("members",),
    ),
    "work without end": (
        GOOD.replace("flows:", f"{GROUP}flows:")
        .replace("{file: people.csv, member: id, columns: {size: 1}}", "1000000")
        .replace("1 year}", "300 years}")
        .replace("* members.size", ""),
        ("at most 50,000,000,000",),
    ),
    "a file of two megabytes": (b"# " + b"x" * 2**21, ("2,097,154 bytes",)),
    "a workbook": (b"PK\x03\x04" + bytes(range(256)), ()),
    "zeros": (b"\0" * 4096, ()),
    "UTF-16": (GOOD.encode("utf-16"), ("UTF-16",)),
    "Latin-1": (GOOD.replace("bakery", "bäckerei").encode("latin-1"), ("not UTF-8",)),
    "a control character": (GOOD.replace("The mill", "The \x1b[31mmill"), ("U+001B",)),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_file_is_refused(name: str, ask: Ask) -> None:
    text, words = TEXTS[name]
    refused(ask("check", "file.yaml", files={"file.yaml": text}), *words)


def test_a_group_too_large_to_be_held_in_memory_is_refused(ask: Ask) -> None:
    change = f"change: -1 EUR/week * ({' + '.join(['bakers.headroom'] * 80)})"
    cash = f"{{level: 80 EUR, floor: 20 EUR, {change}}}"
    group = f"  bakers: {{kind: group, counts: least, members: 1000000, capacities: {{cash: {cash}}}}}\n"
    text = GOOD.replace("flows:", f"{group}flows:").replace("1 year}", "8 weeks}")
    refused(
        ask("check", "file.yaml", files={"file.yaml": text}), "not even one can be run", "one member stand for several"
    )


def test_all_problems_are_told_at_once(ask: Ask) -> None:
    text = (
        GOOD.replace("kind: benefit", "kind: benifit")
        .replace("floor: 200 EUR", "floor: 200 EURO")
        .replace("1 year}", "1 yr}")
    )
    shown = ask("check", "file.yaml", files={"file.yaml": text})
    refused(shown, "benifit", "EURO", "yr", "Nothing was simulated.")
    places = re.findall(r"(?m)^file\.yaml:\d+:\d+", shown.stderr)
    assert len(places) == 4
    told = ask("check", "file.yaml", "--format", "json")
    assert told.status == 2
    assert len(json.loads(told.stdout)["problems"]) == 4


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "missing.yaml"),
        ("check", "."),
        ("check", "pipe"),
        ("check", "/dev/null"),
        ("check", "loop.yaml"),
        ("check", "x" * 5000),
        ("check", ""),
        ("check",),
        ("check", "file.yaml", "file.yaml"),
        ("check", "file.yaml", "--rusn", "20"),
        ("check", "file.yaml", "--runs", "many"),
        ("check", "file.yaml", "--runs", "0"),
        ("check", "file.yaml", "--runs", "-5"),
        ("check", "file.yaml", "--runs", "1000000000"),
        ("check", "file.yaml", "--runs", "1000000"),
        ("check", "file.yaml", "--runs", "nan"),
        ("check", "file.yaml", "--seed", "-1"),
        ("check", "file.yaml", "--seed", "9" * 40),
        ("check", "file.yaml", "--format", "yaml"),
        ("check", "file.yaml", "--for", "nobody"),
        ("check", "file.yaml", "--for", ""),
        ("check", "file.yaml", "--for", "../mill"),
        ("check", "file.yaml", "--scenario", "nobody"),
        ("check", "file.yaml", "--as-of", "yesterday"),
        ("check", "file.yaml", "--as-of", "2026-13-01"),
        ("check", "file.yaml", "--runs", "20", "--output", "."),
        ("check", "file.yaml", "--runs", "20", "--output", "no/such/folder/out.txt"),
        ("check", "file.yaml", "--runs", "20", "--output", "file.yaml/out.txt"),
        ("check", "file.yaml", "--runs", "20", "--output", "pipe/out.txt"),
        ("review", "file.yaml", "--runs", "20", "--output", "/proc/nothing.html"),
        ("review", "missing.yaml"),
        ("map", "file.yaml", "--for", "nobody"),
        ("map", "missing.yaml"),
        ("balance", "file.yaml"),
        ("balance", "missing.yaml"),
        ("compare", "file.yaml"),
        ("compare", "file.yaml", "missing.yaml"),
        ("compare", "file.yaml", "pipe"),
        ("compare", "file.yaml", "file.yaml", "--runs", "1000000"),
        ("scan", "missing.csv"),
        ("scan", "pipe"),
        ("scan", "."),
        ("explain", "no such thing"),
        ("explain",),
        ("chekc", "file.yaml"),
        ("--no-such-option",),
    ],
    ids=lambda arguments: repr(" ".join(arguments))[:60],
)
def test_a_wrong_name_or_option_is_told(arguments: tuple[str, ...], ask: Ask, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    refused(ask(*arguments, files={"file.yaml": GOOD}))
    assert {path.name for path in tmp_path.iterdir()} == {"file.yaml", "pipe", "loop.yaml"}


NO_NUMBERS = {
    "division by what becomes zero": "7 loaf/week / (1 - step(10 weeks))",
    "zero by zero": "7 loaf/week * (0 * time / time)",
    "a logarithm of what falls below zero": "7 loaf/week * log(1 - time / 100 days)",
    "a root of what falls below zero": "7 loaf/week * sqrt(1 - time / 100 days)",
    "a power of what falls below zero": "7 loaf/week * (1 - time / 100 days) ** 0.5",
    "what grows over all bounds": "7 loaf/week * exp(time * time / (1 day ** 2))",
    "infinity less infinity": "7 loaf/week * (exp(time * 9 / 1 day) - exp(time * 9 / 1 day))",
}


@pytest.mark.parametrize("name", NO_NUMBERS)
def test_what_is_no_number_in_some_step_never_holds(name: str, ask: Ask) -> None:
    text = GOOD.replace("rate: 7 loaf/week", f'rate: "{NO_NUMBERS[name]}"')
    answer = ask("check", "file.yaml", "--runs", "20", "--format", "json", files={"file.yaml": text})
    assert "Traceback" not in answer.stderr
    if answer.status == 2:
        return
    assert answer.status == 1
    verdict = json.loads(answer.stdout)
    assert verdict["verdict"] != "symbiotic"
    by_name = {finding["about"]: finding["status"] for finding in verdict["findings"]}
    for about in ("reciprocal_viability", "non_extractive_reinforcement", "bounded_dependency", "fragility_contagion"):
        assert by_name[about] in ("cannot tell", "broken"), about
    assert ask("check", "file.yaml", "--runs", "20").status == 1
    page = ask("review", "file.yaml", "--runs", "20", "--output", "page.html")
    assert page.status == 0
    assert "Nobody falls below the floor" not in (Path("page.html").read_text())


REVIEWS = """\
adjustment:
  raised_by: [mill, bakery]
  review_every: 13 weeks
  triggers: [mill.headroom < 2]
  takes_effect_after: 2 weeks
"""
BEYOND = {
    "a delay of ages": GOOD.replace("cost: {cash: 1}, ", "cost: {cash: 1}, settled_after: 1e290 months, "),
    "a notice of ages": GOOD + "exit: {notice: 1e290 months}\n",
    "a commitment of ages": GOOD + "commitment: 1e290 years\n",
    "an answer of ages": GOOD + REVIEWS.replace("2 weeks", "1e290 months"),
    "a review in ages": GOOD + REVIEWS.replace("13 weeks", "1e290 years"),
    "worth beyond all bounds": GOOD.replace("3 EUR/loaf", "1e200 EUR/loaf"),
    "next to no room": GOOD.replace("floor: 300 EUR", "floor: 899.9999999999999 EUR"),
    "next to no step of worth": GOOD.replace("3 EUR/loaf", "1e-300 EUR/loaf"),
}


@pytest.mark.parametrize("name", BEYOND)
def test_figures_beyond_all_bounds_end_in_order(name: str, ask: Ask) -> None:
    for command in (["check"], ["check", "--format", "json"], ["compare", "good.yaml"], ["map"]):
        runs = [] if command == ["map"] else ["--runs", "20"]
        answer = ask(*command, "file.yaml", *runs, files={"file.yaml": BEYOND[name], "good.yaml": GOOD})
        assert answer.status in (0, 1, 2)
        assert answer.stderr == "" or answer.status == 2
        assert not re.search(r"\b(nan|inf)\b", answer.said)


def test_an_interruption_ends_with_status_3_and_one_line(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lichen.check.assess.simulate", interrupt)
    answer = ask("check", "file.yaml", "--output", "out.txt", files={"file.yaml": GOOD})
    assert answer.status == 3
    assert answer.stderr.split("\n") in (
        ["Stopped. Nothing was written.", ""],
        ["", "Stopped. Nothing was written.", ""],
    )
    assert not Path("out.txt").exists()


def test_too_little_memory_ends_with_status_3(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhaust(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("lichen.check.assess.simulate", exhaust)
    answer = ask("check", "file.yaml", files={"file.yaml": GOOD})
    assert (answer.status, answer.stdout) == (3, "")


def test_an_interruption_while_the_command_is_loading_is_no_traceback(tmp_path: Path) -> None:
    """The first library that it loads is one that is struck just then."""
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n")
    ended = subprocess.run([sys.executable, "-m", "lichen", "--help"], cwd=tmp_path, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "", "Stopped. Nothing was written.\n")
    scripts = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts == {"lichen": "lichen.__main__:main"}


def test_a_sparse_file_is_refused_without_reading_or_filling_memory(tmp_path: Path) -> None:
    """A terabyte of nothing, read by the real program in an address space of two gigabytes."""
    with (tmp_path / "file.yaml").open("wb") as file:
        file.truncate(10**12)
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2 * 10**9, 2 * 10**9)); "
    program = limited + "sys.argv = ['lichen', 'check', 'file.yaml']; from lichen.cli import main; main()"
    ended = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "1,000,000,000,000 bytes" in ended.stderr


def test_a_draft_finds_its_table_or_says_where_it_looks_for_it(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "other").mkdir()
    table = "date,giver,receiver,amount\n2026-01-05,a,b,2\n2026-02-05,b,a,1\n"
    above = ask("scan", "data/events.csv", "--write", "draft.yaml", files={"data/events.csv": table})
    assert (above.status, above.stderr) == (0, "Wrote draft.yaml\n")
    assert ask("check", "draft.yaml", "--runs", "20").status == 1  # undecided: it is a draft
    beside = ask("scan", "data/events.csv", "--write", "other/draft.yaml")
    assert beside.status == 0
    assert f"It looks for events.csv in its own folder: copy the table to {tmp_path / 'other'}." in beside.stderr


def test_what_is_refused_says_what_to_do(ask: Ask) -> None:
    files = {"good.yaml": GOOD, "empty.xmile": "", "there.yaml": GOOD}
    refused(ask("check", "nothing-like-it.txt", files=files), "There is no such file.", "Name another.")
    refused(ask("check", "."), ".  This is a folder", "`good.yaml`")
    refused(ask("simulate", "good.yaml", "--scenario", "dry"), "has no scenario. Write one under `scenarios:`.")
    refused(ask("simulate", "good.yaml", "--runs", "many"), "'many' is not a valid whole number")
    refused(ask("import", "empty.xmile"), "The file is empty.", "Export the model as XMILE once more.")
    refused(ask("import", "empty.xmile", "--output", "there.yaml"), "is there already and would be lost")
    for verb, closing in (
        ("check", "1 problem. Nothing was simulated.\n"),
        ("map", "1 problem.\n"),
        ("scan", "1 problem.\n"),
    ):
        assert ask(verb, "nothing.yaml").stderr.endswith(closing)
