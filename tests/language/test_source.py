"""Texts that attack the reader are refused with a place before they cost anything."""

from __future__ import annotations

import pytest

from lichen.language.problem import Problem
from lichen.language.source import MAX_BYTES, Block, Scalar, Series, Source, compose, decode


def problems_of(text: str) -> list[Problem]:
    found: list[Problem] = []
    compose(Source("file.yaml", text), found.append)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "a:\n" + "".join(" " * i + "- \n" for i in range(1, 60)) + "x",
        "? " * 50_000,
        "- &a [x]\n- *a\n",
        "a: !!python/object/apply:os.system [ls]\n",
        "a: !!binary aGVsbG8=\n",
        "a: ! 5\n",
        "a: 1\n---\na: 2\n",
        "a: 1\na: 2\n",
        "%YAML 1.3\n%FOO bar\n---\na: 1\n",
        "a: \x00\n",
        "a: \x1b[31mred\n",
        "\ufeffa: 1\n",
        "a: \ud800\n",
        "a:\tb\n\tc: 1\n",
        "? [1, 2]\n: 3\n",
        "a: *nowhere\n",
    ],
)
def test_an_attack_is_a_problem(text: str) -> None:
    assert problems_of(text)


def test_what_repeats_is_never_expanded() -> None:
    """Nine levels of nine stand for 9**9 parts; each is one problem for its mark and one for what repeats it."""
    text = "a: &a0 [x]\n" + "".join(f"b{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10))
    assert len(problems_of(text)) == 19


def test_scalars_stay_text_with_their_place() -> None:
    text = 'é: {price: 0.10, on: no, at: 2026-01-01, n: 1:30, o: "a, b"}\nlist:\n- yes\n- 010\n'
    source = Source("file.yaml", text)
    root = compose(source, lambda problem: pytest.fail(problem.fact))
    assert isinstance(root, Block)
    inner = root.entries["é"].value
    assert isinstance(inner, Block)
    texts = {name: entry.value.text for name, entry in inner.entries.items() if isinstance(entry.value, Scalar)}
    assert texts == {"price": "0.10", "on": "no", "at": "2026-01-01", "n": "1:30", "o": "a, b"}
    for entry in inner.entries.values():
        assert isinstance(entry.value, Scalar)
        assert text[entry.value.start : entry.value.end].strip('"') == entry.value.text
    items = root.entries["list"].value
    assert isinstance(items, Series)
    assert [item.text for item in items.items if isinstance(item, Scalar)] == ["yes", "010"]
    assert str(source.origin(items.items[1].start)) == "file.yaml:4:3"


@pytest.mark.parametrize("text", ["a: 1\r\nb: 2\r\n", "a: 1\rb: 2\r", "a: 1\nb: 2"])
def test_every_line_end_counts_lines(text: str) -> None:
    root = compose(Source("x", text), lambda problem: pytest.fail(problem.fact))
    assert isinstance(root, Block)
    assert Source("x", text).origin(root.entries["b"].key.start).line == 2


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"x" * (MAX_BYTES + 1), "bytes"),
        ("lichen: 1\n".encode("utf-16"), "UTF-16"),
        (b"\xef\xbb\xbflichen: 1\n", "byte order mark"),
        ("name: Müller\n".encode("latin-1"), "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no text"),
        (b"PK\x03\x04rest", "no text"),
    ],
)
def test_bytes_that_are_no_text_are_a_problem(data: bytes, word: str) -> None:
    problem = decode("file.yaml", data)
    assert isinstance(problem, Problem)
    assert word in problem.fact
    assert problem.repair


def test_a_piece_of_a_formula_is_put_together_again() -> None:
    found: list[Problem] = []
    root = compose(Source("x", "{a: min(x, max(y, z)), b: 2, c: 1,500, d: [f(x, y), 3]}"), found.append)
    assert isinstance(root, Block)
    values = {name: entry.value for name, entry in root.entries.items()}
    assert {n: v.text for n, v in values.items() if isinstance(v, Scalar)} == {
        "a": "min(x, max(y, z))",
        "b": "2",
        "c": "1500",
    }
    assert [p.repair for p in found] == ['Write `"f(x, y)"`.', 'Write `"min(x, max(y, z))"`.', "Write `1500`."]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("a: ?\nb: {c: ?, d: ? }\n", ["`?` is no value."] * 3),
        ('a: "what: ?, else"\nb: ?\n', ["`?` is no value."]),
        ("a: ?\n  more\n", ["This is no YAML: mapping keys are not allowed in this context."]),
        (
            'a: "what: ?, else"\nb: [\n',
            ["A value, or what closes the bracket or brace, is missing here."],
        ),
        ("a: ?\nb: [1\n", ["A `,` or `]` is missing in this list in brackets.", "`?` is no value."]),
    ],
)
def test_a_lone_question_mark_hides_nothing_and_nothing_wrong_is_let_through(text: str, facts: list[str]) -> None:
    assert [problem.fact for problem in problems_of(text)] == facts


def test_a_question_mark_within_a_text_is_a_text() -> None:
    root = compose(Source("file.yaml", 'a: "why: ?"\nb: why?\n'), lambda problem: pytest.fail(problem.fact))
    assert isinstance(root, Block)
    assert [entry.value.text for entry in root.entries.values() if isinstance(entry.value, Scalar)] == [
        "why: ?",
        "why?",
    ]
