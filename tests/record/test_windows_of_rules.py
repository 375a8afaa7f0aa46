"""Over what a rule of return asks: seasons, projects, everything so far, each transaction."""

from pathlib import Path

import pytest

from lichen.language.problem import render
from lichen.record.balance import balance_of
from lichen.record.reading import read_record
from lichen.record.reciprocity import RuleReading, read_rules
from lichen.record.tables import open_table
from lichen.workspace import read_relationship

# Each month the keeper gives a day of work that costs 10 EUR and is paid what the table says.
GARDEN = """
lichen: 1
relationship: Keeper and garden
purpose: A garden that is looked after.
time: {start: 2026-01-01, horizon: 2 years, step: 1 month}
commitment: COMMITMENT
units: {shift: new}
parties:
  keeper: {kind: person, capacities: {purse: {level: 1000 EUR, floor: 100 EUR}}}
  garden: {kind: organisation, capacities: {purse: {level: 5000 EUR, floor: 100 EUR}}}
flows:
  work: {kind: benefit, from: keeper, to: garden, rate: 12 shift/year,
         cost: {purse: 10 EUR/shift}, worth: {purse: 30 EUR/shift}}
  pay: {kind: benefit, from: garden, to: keeper, rate: work * 20 EUR/shift, cost: {purse: 1}, worth: {purse: 1}}
reciprocity:
  paid: RULE
evidence:
  work: {file: work.csv, at: month, amount: shifts, unit: shift, period: 1 month}
  pay: {file: pay.csv, at: month, amount: eur, unit: EUR, period: 1 month}
"""
WHOLE_FROM_THE_FIRST = ("season(March, August)", "project", "life", "transaction")
RETURN = '{party: keeper, receives_per_given: {at_least: 1.5}, over: "WINDOW"}'
ANSWER = '{when: work, then: {pay: 20 EUR per 1 shift}, within: 40 days, over: "WINDOW"}'


def reading(folder: Path, rule: str, paid: dict[str, int], commitment: str = "6 months") -> RuleReading:
    months = [f"2026-{month:02}" for month in range(1, 13)]
    text = GARDEN.replace("RULE", rule).replace("COMMITMENT", commitment)
    (folder / "garden.yaml").write_text(text, encoding="utf-8")
    (folder / "work.csv").write_text("month,shifts\n" + "".join(f"{m},1\n" for m in months), encoding="utf-8")
    rows = "".join(f"{month},{paid.get(month, 20)}\n" for month in months)
    (folder / "pay.csv").write_text("month,eur\n" + rows, encoding="utf-8")
    found = read_relationship(folder / "garden.yaml")
    assert found.relationship is not None, render(found.problems)
    record = read_record(found.relationship, folder, open_table)
    assert record.problems == ()
    (rule_reading,) = read_rules(found.relationship, record, balance_of(found.relationship, record))
    return rule_reading


@pytest.mark.parametrize(
    ("window", "windows"),
    [
        ("1 quarter", 12),  # one ends with each month; the first two are not full
        ("season(March, August)", 1),
        ("season(November, February)", 2),  # from November before the record, and from November in it
        ("project", 2),  # of half a year each
        ("life", 1),
        ("transaction", 12),
    ],
)
def test_windows_of_a_return_rule(tmp_path: Path, window: str, windows: int) -> None:
    found = reading(tmp_path, RETURN.replace("WINDOW", window), {})
    assert {j.answer for j in found.judgements} <= {"kept", "pending"}
    assert found.judgements[0].answer == ("kept" if window in WHOLE_FROM_THE_FIRST else "pending")
    assert {j.figure for j in found.judgements} == {2.0}  # 20 EUR for each 10 EUR
    assert len(found.judgements) == windows


def test_a_bad_month_is_made_up_for_within_the_season(tmp_path: Path) -> None:
    paid = {"2026-04": 0, "2026-05": 40}
    season = reading(tmp_path, RETURN.replace("WINDOW", "season(March, August)"), paid)
    each = reading(tmp_path, RETURN.replace("WINDOW", "transaction"), paid)
    assert (season.answer, each.answer) == ("kept", "broken")
    assert [j.figure for j in each.judgements][3:5] == [0.0, 4.0]


def test_a_record_by_months_cannot_answer_for_weeks(tmp_path: Path) -> None:
    found = reading(tmp_path, RETURN.replace("WINDOW", "2 weeks"), {})
    assert (found.answer, found.why) == ("cannot tell", "the record speaks by month, the rule asks for 2 weeks")


@pytest.mark.parametrize(
    ("window", "answer"),
    [
        ("transaction", "broken"),  # the pay of April came 61 days late: with that of June
        ("season(March, August)", "kept"),
        ("life", "kept"),
    ],
)
def test_what_is_unanswered_may_be_made_up_until_the_window_ends(tmp_path: Path, window: str, answer: str) -> None:
    paid = {"2026-04": 0, "2026-05": 0, "2026-06": 60}
    assert reading(tmp_path, ANSWER.replace("WINDOW", window), paid).answer == answer


def test_an_answer_not_yet_due_is_pending(tmp_path: Path) -> None:
    found = reading(tmp_path, ANSWER.replace(', over: "WINDOW"', ""), {"2026-12": 5})
    assert (found.answer, found.judgements[-1].figure) == ("pending", 0.25)
