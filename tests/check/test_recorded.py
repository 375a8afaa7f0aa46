"""What a record adds: levels below the floor, gaps, flows that nobody wrote down, promises and answers."""

from pathlib import Path

from lichen.check.assess import assess
from lichen.check.verdict import Verdict
from lichen.workspace import read_evidence, read_relationship

FILE = """lichen: 1
relationship: A depot and its village
time: {start: 2026-01-01, horizon: 90 days, step: 1 day}
units: {point: new}
visible_to: [village, depot]

parties:
  village: {kind: organisation, capacities: {stock: {level: 100 point, floor: 40 point}}}
  depot: {kind: organisation, capacities: {stock: {level: 100 point, floor: 40 point}}}

flows:
  brought: {kind: benefit, from: village, to: depot, rate: 1 point/day, cost: {stock: 1}, worth: {stock: 1},
            promised: true}
  fetched: {kind: benefit, from: depot, to: village, rate: 1 point/day, cost: {stock: 1}, worth: {stock: 1}}

reciprocity:
  in_turn: {when: brought, then: fetched, within: 5 days}
adjustment: {raised_by: [village, depot], review_every: 4 weeks, agreed_by: all}

evidence:
  depot.stock: {file: stock.csv, at: day, level: stock, unit: point}
  brought: {file: brought.csv, at: day, amount: points, unit: point}
"""
FETCHED = "  fetched: {file: fetched.csv, at: day, amount: points, unit: point}\n"


def judged(folder: Path, text: str, **tables: str) -> Verdict:
    (folder / "relationship.yaml").write_text(text)
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(rows)
    relationship = read_relationship(folder / "relationship.yaml").relationship
    assert relationship is not None
    return assess(relationship, runs=20, record=read_evidence(relationship, folder)).verdict


def says(verdict: Verdict, about: str) -> str:
    return " ".join(
        seen.says
        for finding in verdict.findings
        for seen in finding.evidence
        if finding.about == about and seen.method == "record"
    )


def status(verdict: Verdict, about: str) -> str:
    finding = verdict.finding(about)
    assert finding is not None
    return finding.status


STOCK = "day,stock\n2026-01-01,100\n2026-02-01,{}\n2026-03-01,90\n"
BROUGHT = "day,points\n2026-01-05,31\n2026-02-05,28\n"


def test_a_level_below_the_floor_breaks_what_the_futures_promise(tmp_path: Path) -> None:
    fine = judged(tmp_path, FILE, stock=STOCK.format(95), brought=BROUGHT)
    low = judged(tmp_path, FILE, stock=STOCK.format(34), brought=BROUGHT)
    # 34 points lie 6 below the floor of 40, a tenth of the range of 60
    assert (status(fine, "reciprocal_viability"), status(low, "reciprocal_viability")) == ("holds", "broken")
    assert "it lay 10 % of the range below its floor" in says(low, "reciprocal_viability")
    assert low.record == "brought.csv, stock.csv"


def test_a_flow_that_nobody_records_is_named_with_whom_to_ask(tmp_path: Path) -> None:
    verdict = judged(tmp_path, FILE, stock=STOCK.format(95), brought=BROUGHT)
    assert "No table of the record holds “fetched”." in says(verdict, "visible_value_exchange")
    assert any("“fetched”" in step and "ask depot or village" in step for step in verdict.next_steps)


def test_a_promise_is_held_against_what_was_recorded(tmp_path: Path) -> None:
    # a third of a point a day was brought instead of one
    verdict = judged(tmp_path, FILE, stock=STOCK.format(95), brought="day,points\n2026-01-05,10\n2026-01-31,0\n")
    (promise,) = (f for f in verdict.findings if "“brought”" in f.says and f.about == "promises")
    assert promise.status == "at risk"


def test_late_answers_put_the_path_to_change_at_risk(tmp_path: Path) -> None:
    # of 59 points 31 were answered 25 days late: 28/59 in time
    late = "day,points\n2026-02-04,31\n2026-02-06,28\n2026-03-01,0\n"
    verdict = judged(tmp_path, FILE + FETCHED, stock=STOCK.format(95), brought=BROUGHT, fetched=late)
    assert status(verdict, "adaptive_renegotiability") == "at risk"
    assert "47 % of “in turn” was answered in time" in says(verdict, "adaptive_renegotiability")
