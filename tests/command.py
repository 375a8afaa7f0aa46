"""The command itself, run within the tests: a small right file, what it answers, and what a refusal looks like."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from lichen.cli import main

GOOD = """\
lichen: 1
relationship: The mill and the bakery
time: {start: 2026-01-05, horizon: 1 year}
units: {loaf: new}
visible_to: [mill, bakery]
parties:
  mill: {kind: organisation, capacities: {cash: {level: 900 EUR, floor: 300 EUR}}}
  bakery: {kind: organisation, capacities: {cash: {level: 800 EUR, floor: 200 EUR, change: -2 EUR/week}}}
flows:
  flour: {kind: benefit, from: mill, to: bakery, rate: 7 loaf/week, cost: {cash: 1 EUR/loaf}, worth: {cash: 3 EUR/loaf}}
  payment: {kind: benefit, from: bakery, to: mill, rate: flour * 2 EUR/loaf, cost: {cash: 1}, worth: {cash: 1}}
"""
GROUP = """
  bakers:
    kind: group
    members: {file: people.csv, member: id, columns: {size: 1}}
    capacities: {cash: {level: 80 EUR * members.size, floor: 20 EUR}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a command ended, and what it said."""

    status: object
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        return self.stdout + self.stderr


Ask = Callable[..., Answer]


def refused(answer: Answer, *words: str) -> None:
    """Wrong input is told on standard error, with status 2 and nothing else."""
    assert answer.status == 2
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    for word in words:
        assert word in answer.stderr


def run(
    arguments: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Answer:
    """What the command says in a folder; it must end in order."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["lichen", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    shown = capsys.readouterr()
    return Answer(status=left.value.code, stdout=shown.out, stderr=shown.err)
