"""The bees, end to end: the verdict rests on the record, and every line of evidence matters."""

from __future__ import annotations

import csv
import re
import shutil
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from lichen.check.assess import Assessment, assess
from lichen.check.finding import Finding
from lichen.record.balance import balance_of
from lichen.workspace import read_evidence, read_relationship

BEES = Path(__file__).parent.parent / "examples" / "bees"
RUNS = 60
LINE = re.compile(r"^  (?P<subject>[\w.]+): \{file: .*\}\n", re.MULTILINE)
TEXT = (BEES / "relationship.yaml").read_text(encoding="utf-8")
EVIDENCE = [found["subject"] for found in LINE.finditer(TEXT.partition("\nevidence:\n")[2])]


def judged(folder: Path) -> Assessment:
    """The verdict of the file in a folder over few futures, without searching."""
    relationship = read_relationship(folder / "relationship.yaml").relationship
    assert relationship is not None
    record = read_evidence(relationship, folder) if relationship.evidence else None
    return assess(relationship, record=record, runs=RUNS, search=False)


@cache
def whole() -> Assessment:
    """The verdict of the example as it stands."""
    return judged(BEES)


def finding(about: str) -> Finding:
    """One finding of the example."""
    found = whole().verdict.finding(about)
    assert found is not None
    return found


def said(found: Finding) -> str:
    """All that a finding says."""
    return " ".join([found.says, *(seen.says for seen in found.evidence), found.needs or ""])


@cache
def counted() -> dict[str, dict[tuple[str, str], float]]:
    """The survey's columns summed over states, by year and quarter, counted here with the csv module alone."""
    sums: dict[str, dict[tuple[str, str], float]] = {c: defaultdict(float) for c in ("n", "lost", "added")}
    with (BEES / "data" / "colony.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for column, by_quarter in sums.items():
                if row[f"colony_{column}"]:
                    by_quarter[row["year"], row["month"]] += float(row[f"colony_{column}"])
    return sums


def test_it_is_not_symbiotic_and_the_sentence_says_what_the_january_count_hides() -> None:
    verdict = whole().verdict
    assert verdict.verdict == "not symbiotic"
    assert "“january count” stays level only because Beekeepers put back" in verdict.sentence


def test_the_first_finding_is_from_the_record() -> None:
    first = whole().verdict.worst[0]
    assert first.about == "false_shared_value_metric"
    assert first.evidence[0].method == "record"


def test_what_is_lost_and_put_back_is_what_the_tables_say() -> None:
    sums = counted()
    known = [quarter for quarter in sums["lost"] if sums["lost"][quarter]]
    januaries = [quarter for quarter in sums["n"] if quarter[1] == "January-March"]
    level = sum(sums["n"][quarter] for quarter in januaries) / len(januaries)
    lost = sum(sums["lost"].values()) / len(known) * 4 / level
    added = sum(sums["added"].values()) / len(known) * 4 / level
    told = finding("false_shared_value_metric").evidence[0]
    # 4 quarters a year here, 365.25 days there: they differ by less than one in a hundred
    assert told.figure == pytest.approx(lost, rel=0.01)
    shares = [float(share) / 100 for share in re.findall(r"(\d+) %", told.says)]
    assert shares[:2] == pytest.approx([lost, added], abs=0.01)


def test_without_what_was_put_back_the_floor_is_passed_in_the_quarter_that_the_tables_give() -> None:
    sums = counted()
    quarters = ["January-March", "April-June", "July-September", "October-December"]
    level = start = sums["n"]["2015", quarters[0]]
    passed = None
    for turn, quarter in enumerate(quarters, start=1):
        level -= sums["lost"]["2015", quarter]
        if passed is None and level < 0.75 * start:
            passed = turn
    assert f"since quarter {passed} of 2015" in said(finding("false_shared_value_metric"))


def test_the_missing_quarter_is_a_gap_and_never_nothing() -> None:
    record = whole().evidence.record
    assert record is not None
    for subject in ("lost", "added"):
        spring = [p for p in record.series[subject].periods if p.span.start.isoformat() == "2019-04-01"]
        assert [(p.amount, p.status) for p in spring] == [(None, "missing")], subject
    assert re.search(r"Of 24 periods of “lost” \d+ are not wholly recorded", said(finding("false_shared_value_metric")))


def test_the_share_of_california_is_told() -> None:
    assert re.search(r"California alone holds \d+ % of it", said(finding("false_shared_value_metric")))


def test_the_fee_that_nobody_recorded_is_an_unseen_flow_and_the_finding_says_what_to_find_out() -> None:
    unseen = finding("visible_value_exchange")
    assert unseen.status != "holds"
    assert "“pollination fee”" in unseen.says
    assert unseen.needs is not None
    assert "“pollination fee”" in unseen.needs
    relationship, record = whole().evidence.relationship, whole().evidence.record
    assert record is not None
    assert balance_of(relationship, record).unrecorded == ("pollination_fee", "refilling", "keeping")


def test_the_evidence_lines_are_these() -> None:
    assert EVIDENCE == ["beekeepers.colonies", "lost", "added", "pollination", "honey"]


@pytest.mark.parametrize("subject", EVIDENCE)
def test_deleting_any_one_line_of_evidence_changes_a_finding(subject: str, tmp_path: Path) -> None:
    shutil.copytree(BEES / "data", tmp_path / "data")
    kept = LINE.sub(lambda line: "" if line["subject"] == subject else line[0], TEXT.partition("\nevidence:\n")[2])
    (tmp_path / "relationship.yaml").write_text(TEXT.partition("\nevidence:\n")[0] + "\nevidence:\n" + kept, "utf-8")
    without = {(f.about, f.status, said(f)) for f in judged(tmp_path).verdict.findings}
    assert without != {(f.about, f.status, said(f)) for f in whole().verdict.findings}
