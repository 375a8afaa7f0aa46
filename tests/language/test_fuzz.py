"""Damaged files never bring anything but problems."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from lichen.language.formula import parse
from lichen.language.problem import render
from lichen.language.reading import read
from lichen.language.source import Source
from lichen.language.table import Table
from lichen.language.tokens import FormulaError
from lichen.relationship.formula import walk
from lichen.relationship.quantity import standard_units
from tests.language.test_acceptance import FILES

TEXTS = [path.read_text(encoding="utf-8") for path in FILES]
HOSTILE = (
    "- a", "a: b: c", "{", "}", "[", "]", "'", '"', "&x ", "*x", "!!int ", "---", "? ", "|", ">", "#", "%", "@", "`",
    "null", "~", "true", "yes", ".nan", ".inf", "1e999", "0x10", "010", "1:30", "1,000", "-", "+", "..", "1..", "..2",
    "9**9**9", "((((", "))))", "min(", "if", "else", "a if b", "not", "per", "per per", "x / 0", "0/0", "2026-02-30",
    "private to alder", "private to", "as", "as nobody", "world", "members.x", "link.x", "giver.cash", "time", "EUR",
    "5 EUR", "5 hours", "-3 weeks", "0 weeks", "∞", "ä", "\u202e", "\t", "season(May, May)", "anyone in", "../x.csv",
    "/etc/passwd", "x" * 300, "1" * 40, "{from: 1, to: 2, stated_by: a}", "{value: {value: 1}}", "[[[[1]]]]", "<<: *a",
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A file of the acceptance set with some of its words, characters or lines changed."""
    lines = draw(st.sampled_from(TEXTS)).splitlines()
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(lines) - 1))
        line = lines[at]
        match draw(st.sampled_from(["drop", "twice", "swap", "word", "cut", "put", "indent"])):
            case "drop" if len(lines) > 1:
                del lines[at]
            case "twice":
                lines.insert(at, line)
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], line
            case "word":
                words = line.split(" ")
                words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(HOSTILE))
                lines[at] = " ".join(words)
            case "cut":
                lines[at] = line[: draw(st.integers(0, len(line)))]
            case "put":
                place = draw(st.integers(0, len(line)))
                lines[at] = line[:place] + draw(st.sampled_from(HOSTILE)) + line[place:]
            case _:
                lines[at] = " " * draw(st.integers(0, 8)) + line.lstrip()
    return "\n".join(lines) + "\n"


TABLES = {path.name: path for file in FILES for path in file.parent.glob("*.csv")}
CELLS = ("", "x", "1e999", "-5", "nan", "1,5", "2026-01-01", "é", "1" * 40)


@st.composite
def tables(draw: st.DrawFn) -> Callable[[str], Table | str]:
    """Opens the tables of the acceptance set, with a column, rows or cells lost or changed."""
    dropped = draw(st.sampled_from([-1, -1, 0, 1]))
    cell, row, column = draw(st.sampled_from(CELLS)), draw(st.integers(-1, 3)), draw(st.integers(0, 3))
    kept = draw(st.sampled_from([0, 1, 1000, 1000]))

    def open_damaged(name: str) -> Table | str:
        if name not in TABLES:
            return "not there"
        lines = [line.split(",") for line in TABLES[name].read_text(encoding="utf-8").splitlines()[: kept + 1]]
        if 0 < row < len(lines) and column < len(lines[row]):
            lines[row][column] = cell
        lines = [[c for i, c in enumerate(line) if i != dropped] for line in lines]
        rows = tuple(tuple(line) for line in lines[1:])
        return Table(tuple(lines[0]), rows, tuple(range(2, len(rows) + 2)))

    return open_damaged


@given(damaged(), tables())
@settings(max_examples=4 * settings().max_examples)
def test_a_damaged_file_gives_a_relationship_or_problems_with_places(
    text: str, open_table: Callable[[str], Table | str]
) -> None:
    reading = read(Source("file.yaml", text), open_table=open_table)
    assert (reading.relationship is None) == bool(reading.problems)
    lines = text.splitlines()
    for problem in reading.problems:
        assert problem.fact
        for excerpt in filter(None, (problem.excerpt, *problem.others)):
            assert 1 <= excerpt.origin.line <= len(lines) + 1
    assert render(reading.problems).endswith("Nothing was simulated.")


@given(st.text(max_size=200) | st.lists(st.sampled_from(HOSTILE), max_size=12).map(" ".join))
@settings(max_examples=4 * settings().max_examples)
def test_any_text_is_a_formula_or_an_error_with_a_place(text: str) -> None:
    try:
        tree = parse(text, standard_units(), "key")
    except FormulaError as error:
        assert error.fact
        assert 0 <= error.span[0] <= error.span[1]
    else:
        assert sum(1 for _ in walk(tree)) <= 500


@given(st.text(max_size=300))
@settings(max_examples=4 * settings().max_examples)
def test_any_text_at_all_gives_problems(text: str) -> None:
    assert read(Source("file.yaml", text)).problems
