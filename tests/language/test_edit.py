"""Edits touch the value's own place and leave everything else of the text alone."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from lichen.language.edit import EditError, edit
from lichen.language.reading import read
from lichen.language.source import Source
from lichen.workspace import read_relationship

TEXT = """\
# Müller ↔ Šárka: a file with comments
lichen: 1
relationship: two firms   # keep me
time: {start: 2026-01-01, horizon: 2 years, step: 1 week}
parties:
  a: {kind: organisation, capacities: {cash: {level: 10 EUR, floor: 1 EUR}}}
  b:
    kind: organisation
    capacities:
      cash:
        level: 10 EUR        # at the start
        floor: 1 EUR
terms:
  fee: 15 %
  price: {value: 3 EUR, because: a long talk, between: [2 EUR, 4 EUR]}
  pay_after:                 # to be agreed
    value: {value: 4 weeks, because: habit}
flows:
  payment:
    kind: benefit
    from: a
    to: b
    rate: 5 EUR/week * fee   # weekly
    worth: {cash: 1}
adjustment:
  triggers: [a.headroom < 0.5, "least(a.headroom, b.headroom) < 0.2"]
  changes: [{set: fee, to: agreed(fee) * 2}]
"""


def changed_lines(new: str) -> list[str]:
    return [line for line in difflib.unified_diff(TEXT.splitlines(), new.splitlines(), lineterm="", n=0)][2:]


@pytest.mark.parametrize(
    ("path", "new", "line"),
    [
        ("relationship", "two shops", "+relationship: two shops   # keep me"),
        ("parties.b.capacities.cash.level", "12 EUR", "+        level: 12 EUR        # at the start"),
        ("terms.price", "3.5 EUR", "+  price: {value: 3.5 EUR, because: a long talk, between: [2 EUR, 4 EUR]}"),
        ("terms.price.value", "-3 EUR", "+  price: {value: -3 EUR, because: a long talk, between: [2 EUR, 4 EUR]}"),
        ("terms.price.between.1", "5 EUR", "+  price: {value: 3 EUR, because: a long talk, between: [2 EUR, 5 EUR]}"),
        ("terms.fee", "20 %", "+  fee: 20 %"),
        ("terms.pay_after.value", "6 weeks", "+    value: {value: 6 weeks, because: habit}"),
        ("time.step", "1 month", "+time: {start: 2026-01-01, horizon: 2 years, step: 1 month}"),
        ("flows.payment.rate", "min(5 EUR/week, 6 EUR/week)", "+    rate: min(5 EUR/week, 6 EUR/week)   # weekly"),
        ("flows.payment.worth.cash", "min(1, 2)", '+    worth: {cash: "min(1, 2)"}'),
        ("adjustment.changes.0.to", "max(fee, 1 %)", '+  changes: [{set: fee, to: "max(fee, 1 %)"}]'),
    ],
)
def test_a_value_that_is_there_changes_in_its_own_line(path: str, new: str, line: str) -> None:
    changes = [c for c in changed_lines(edit(TEXT, path, new)) if not c.startswith("@@")]
    assert len(changes) == 2
    assert changes[1] == line


@pytest.mark.parametrize(
    ("path", "new", "lines"),
    [
        ("flows.payment.visible_to", "[a, b]", ["+    visible_to: [a, b]"]),
        ("adjustment.review_every", "26 weeks", ["+  review_every: 26 weeks"]),
        ("exit.notice", "4 weeks", ["+exit:", "+  notice: 4 weeks"]),
        ("parties.b.capacities.cash.healthy", "20 EUR", ["+        healthy: 20 EUR"]),
        ("commitment", "3 years", ["+commitment: 3 years"]),
    ],
)
def test_a_missing_key_is_added_behind_its_neighbours(path: str, new: str, lines: list[str]) -> None:
    assert [c for c in changed_lines(edit(TEXT, path, new)) if not c.startswith("@@")] == lines


@pytest.mark.parametrize(
    ("path", "new", "line"),
    [
        (
            "parties.a.capacities.cash.at_least",
            "0 EUR",
            "+  a: {kind: organisation, capacities: {cash: {level: 10 EUR, floor: 1 EUR, at_least: 0 EUR}}}",
        ),
        ("terms.fee.between", "[10 %, 30 %]", "+  fee: {value: 15 %, between: [10 %, 30 %]}"),
        ("time.step", "1 month", "+time: {start: 2026-01-01, horizon: 2 years, step: 1 month}"),
    ],
)
def test_a_missing_key_is_added_inside_braces(path: str, new: str, line: str) -> None:
    changes = [c for c in changed_lines(edit(TEXT, path, new)) if not c.startswith("@@")]
    assert changes[1:] == [line]


def test_an_edited_file_reads_as_before_but_for_the_value() -> None:
    reading = read(Source("x.yaml", edit(TEXT, "flows.payment.visible_to", "[a, b]")))
    assert not reading.problems
    assert reading.relationship is not None
    assert [s.party for s in reading.relationship.flows["payment"].visible_to or ()] == ["a", "b"]


def test_windows_line_ends_stay(tmp_path: Path) -> None:
    edited = edit(TEXT.replace("\n", "\r\n"), "adjustment.review_every", "26 weeks")
    assert edited.count("\r\n") == edited.count("\n") == TEXT.count("\n") + 1
    path = tmp_path / "x.yaml"
    path.write_bytes(edited.encode())
    assert not read_relationship(path).problems


def test_a_text_without_a_last_line_end_gets_one_before_the_new_key() -> None:
    assert edit("lichen: 1", "commitment", "1 year") == "lichen: 1\ncommitment: 1 year\n"


@pytest.mark.parametrize("path", ["terms.price.between.7", "flows.payment.kind.why", "lichen.a.b"])
def test_a_path_that_leads_nowhere_is_an_error(path: str) -> None:
    with pytest.raises(EditError):
        edit(TEXT, path, "1") if path != "flows.payment.kind.why" else edit(TEXT, path + ".so", "1")


def test_a_text_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(EditError):
        edit("a: [", "a", "1")
