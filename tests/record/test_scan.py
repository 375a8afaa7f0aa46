"""A bare table says what it can, in words, and what it cannot."""

import csv
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from lichen.language.problem import render
from lichen.record.csv_text import read_csv
from lichen.record.scan import Said, Scan, draft, scan_table
from lichen.record.scan_mapping import find_mapping
from lichen.record.table import Table
from lichen.record.tables import open_table
from lichen.show.scanned import scan_text
from lichen.workspace import read_relationship

ORDERS = """po_number;supplier;buyer;item;qty;unit_price;order_date;due_date;delivered_on
1;Alder;Northfield;box;1.200;2,50;05.01.2026;12.01.2026;15.01.2026
2;Alder;Northfield;box;800;2,50;12.01.2026;19.01.2026;19.01.2026
3;Birch;Northfield;lid;300;0,75;13.01.2026;20.01.2026;25.01.2026
4;Alder;Northfield;box;-50;2,50;20.01.2026;;
5;Alder;;box;100;2,50;21.01.2026;28.01.2026;28.01.2026
"""
HOURS = """mentor,mentee,date,hours
Ada,Ben,2026-01-05,2
Ben,Ada,2026-02-05,1
Ada,Ben,2026-03-05,3
"""
COMMITS = Path(__file__).parents[2] / "examples" / "platform" / "data" / "commits.csv"


def table_of(text: str, name: str = "t.csv") -> Table:
    table, problems = read_csv(text.encode(), name)
    assert problems == ()
    assert table is not None
    return table


def scanned(text: str) -> Scan:
    return scan_table(table_of(text))


def said(scan: Scan, about: str) -> Said:
    return next(answer for answer in scan.said if answer.about == about)


def test_the_columns_of_purchase_orders_find_their_roles() -> None:
    mapping = find_mapping(table_of(ORDERS))
    assert {role: found.column for role, found in mapping.roles.items()} == {
        "date": "order_date",
        "giver": "supplier",
        "receiver": "buyer",
        "amount": "qty",
        "price": "unit_price",
        "event": "po_number",
        "due": "due_date",
        "done": "delivered_on",
    }
    assert "`supplier` says who gave (sure)" in mapping.says


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("date,giver,receiver,amount", {"date", "giver", "receiver", "amount"}),
        ("when,from,to,hours", {"date", "giver", "receiver", "amount"}),
        ("InvoiceDate,VendorName,CustomerID,Quantity", {"date", "giver", "receiver", "amount"}),
        ("utc,who,x,lines", {"date", "giver"}),
    ],
)
def test_names_of_many_kinds_are_understood(header: str, roles: set[str]) -> None:
    rows = "".join(f"2026-01-{day:02},a{day % 3},b{day % 4},{day}\n" for day in range(1, 20))
    assert roles <= set(find_mapping(table_of(f"{header}\n{rows}")).roles)


def test_two_columns_that_share_names_are_taken_for_the_two_sides() -> None:
    rows = "".join(f"2026-01-{day:02},p{day % 4},p{(day + 1) % 4},note {day}\n" for day in range(1, 20))
    mapping = find_mapping(table_of(f"d,alpha,beta,text\n{rows}"))
    assert (mapping.roles["giver"].column, mapping.roles["receiver"].column) == ("alpha", "beta")
    assert mapping.roles["giver"].sure == "guessed"


def test_orders_show_one_direction_and_what_came_late() -> None:
    scan = scanned(ORDERS)
    # 1200 x 2.50 + 800 x 2.50 + 300 x 0.75 + 100 x 2.50; taken back: 50 x 2.50.
    assert (scan.figures.total, scan.figures.reversed) == (5475.0, 125.0)
    assert said(scan, "return").sign == "cannot tell"
    assert said(scan, "concentration").sign == "at risk"
    # Of four orders with a due day two came late, by 3 and 5 days; the median of 3, 0, 5, 0 is 1.5.
    assert (scan.figures.late_share, scan.figures.median_late) == (0.5, 1.5)
    assert scan.sentence.startswith("At risk: few carry most of it, much comes late.")
    assert scan.ask[0] == "What they gave in return over the same time, from their own books."
    assert scan.ask[1] == "Who stands behind the 20 % of rows that name nobody."


def test_two_people_who_help_each_other_are_seen_both_ways() -> None:
    scan = scanned(HOURS)
    # 5 hours one way and 1 back: 2 x 1 of 6 returned. Within 30 days only the hour of Ben, after 28.
    assert scan.figures.reciprocity is not None
    assert scan.figures.reciprocity.share == pytest.approx(2 / 6)
    assert scan.figures.returned_within[30] == pytest.approx(1 / 6)
    assert scan.figures.returned_within[365] == pytest.approx(2 / 6)
    assert scan.figures.one_way_share == 0
    tallies = {tally.name: (tally.gave, tally.received) for tally in scan.figures.tallies}
    assert tallies == {"Ada": (5.0, 1.0), "Ben": (1.0, 5.0)}


def test_a_table_never_says_more_than_at_risk() -> None:
    for text in (ORDERS, HOURS, "a,b\n1,2\n"):
        scan = scanned(text)
        assert scan.verdict in ("at risk", "undecided")
        assert {answer.sign for answer in scan.said} <= {"at risk", "no sign", "cannot tell"}
        assert "symbiotic" not in scan_text(scan)


def test_five_figures_are_asked_for_whatever_the_table() -> None:
    assert [len(scanned(text).ask) for text in (ORDERS, HOURS, "a,b\n1,2\n")] == [5, 5, 5]


def test_words_stand_before_figures() -> None:
    first, second, *_ = scan_text(scanned(ORDERS)).split("\n\n")
    assert not any(character.isdigit() for character in first)
    assert second.startswith("How the table was read\n")


def test_a_table_that_names_nobody_says_so() -> None:
    scan = scanned("package,downloads\n" + "".join(f"p{i},{i}\n" for i in range(50)))
    assert scan.sentence == "This table does not say who gives or receives: nothing can be told from it."
    assert [answer.about for answer in scan.said] == ["coverage"]


def test_what_dwindles_is_at_risk() -> None:
    days = [date(2024, 1, 1) + timedelta(days=7 * week) for week in range(104)]
    rows = "".join(f"{day},ann,ben,{10 if i < 52 else 5}\n{day},ben,ann,1\n" for i, day in enumerate(days))
    scan = scanned("date,giver,receiver,amount\n" + rows)
    # 52 weeks of 11 and 52 of 6; the last quarter is not whole, and the middle one of seven counts in neither half.
    assert scan.figures.change is not None
    assert scan.figures.change < -0.4
    assert said(scan, "trend").sign == "at risk"


def test_rows_after_the_day_looked_at_are_left_out_and_counted() -> None:
    scan = scan_table(table_of(HOURS), as_of=date(2026, 2, 28))
    assert (scan.used, dict(scan.left_out)) == (2, {"after the day looked at": 1})


def test_a_scan_is_plain_data_for_machines() -> None:
    found = json.loads(json.dumps(scanned(ORDERS).to_json(), allow_nan=False))
    assert found["mapping"]["giver"] == {"column": "supplier", "sure": "sure"}
    assert found["verdict"] == "at risk"


@pytest.mark.parametrize(
    "text", [ORDERS, HOURS, "a,b\n1,2\n", 'date,giver,receiver,"odd ""n"""\n2026-01-05,"a: #b",c,3\n']
)
def test_a_draft_is_a_file_that_reads(tmp_path: Path, text: str) -> None:
    scan = scan_table(table_of(text, "orders.csv"))
    (tmp_path / "orders.csv").write_text(text, encoding="utf-8")
    (tmp_path / "draft.yaml").write_text(draft(scan, "orders.csv"), encoding="utf-8")
    reading = read_relationship(tmp_path / "draft.yaml")
    assert reading.relationship is not None, render(reading.problems)
    assert "ASK" in draft(scan, "orders.csv")


def test_a_draft_of_two_people_has_both_directions() -> None:
    text = draft(scanned(HOURS), "t.csv")
    assert "  returned:" in text
    assert 'given: {file: "t.csv", at: "date", amount: hours, unit: hours, where: {"mentor": "Ada"}}' in text


def test_a_thousand_parties_are_scanned_without_a_comparison_with_chance() -> None:
    rows = "".join(f"2026-01-{1 + i % 28:02},p{i},p{(i * 7) % 1000},1\n" for i in range(1000))
    scan = scanned("date,giver,receiver,amount\n" + rows)
    assert scan.figures.reciprocity is not None
    assert scan.figures.reciprocity.by_chance is None
    assert "not compared with chance" in scan.figures.reciprocity.why


def test_the_commits_of_a_platform_name_one_side_only() -> None:
    table, problems = open_table(COMMITS)
    assert problems == ()
    assert table is not None
    scan = scan_table(table)
    with COMMITS.open(newline="", encoding="utf-8") as file:
        commits = Counter(row["who"] for row in csv.DictReader(file))
    assert scan.used == commits.total()
    assert scan.mapping.single_sided
    assert said(scan, "return").says.startswith("The table names one side only")
    assert scan.figures.givers is not None
    assert scan.figures.givers.parties == len(commits)
    assert scan.figures.givers.largest_share == pytest.approx(max(commits.values()) / commits.total())
    index = sum((count / commits.total()) ** 2 for count in commits.values())
    assert scan.figures.givers.effective == pytest.approx(1 / index)


ONE_BAD = """date,giver,receiver,amount
2026-01-05,Ann,Ben,3
2026-01-06,Ben,Ann,1
someday,Ann,Ben,2
2026-02-05,Ann,Ben,3
2026-02-06,Ben,Ann,many
"""


def test_a_bad_cell_does_not_hide_what_a_column_says_and_its_row_is_named() -> None:
    scan = scanned(ONE_BAD)
    assert {"date", "amount"} <= set(scan.mapping.roles)
    # Of 3, 1, 2, 3 and "many" the third has no date and the last no number: 3 + 1 + 3 is left.
    assert (scan.rows, scan.used, scan.figures.total) == (5, 3, 7.0)
    assert scan.unread == {
        "without a date that can be read": ("line 4: date `someday`, amount `2`",),
        "without an amount that can be read": ("line 6: date `2026-02-06`, amount `many`",),
    }
    assert said(scan, "coverage").says == (
        "3 of 5 rows are used; 0 % of these name nobody on one side; 3 windows (week) hold no row. "
        "Left out: 1 without a date that can be read, 1 without an amount that can be read."
    )
    assert "line 4: date `someday`" in " ".join(scan_text(scan).split())


@pytest.mark.parametrize(("bad", "found"), [(1, True), (4, True), (6, False)])
def test_a_column_named_date_holds_dates_when_most_of_its_filled_cells_are(bad: int, found: bool) -> None:
    rows = "".join(f"{'soon' if day <= bad else f'2026-01-{day:02}'},a{day % 3},b\n" for day in range(1, 11))
    assert ("date" in find_mapping(table_of(f"date,giver,receiver\n{rows},a1,b\nn/a,a2,b\n")).roles) is found


def test_a_column_that_does_not_hold_what_its_name_says_is_named() -> None:
    scan = scanned("date,giver,receiver,hours\nsoon,a,b,1\nlater,a,b,many\nnever,b,a,few\n")
    assert not {"date", "amount"} & set(scan.mapping.roles)
    assert scan.notes == (
        "`date` is not read: most of its cells hold no date",
        "`hours` is not read: most of its cells hold no number",
    )
    assert "`date` is not read" in scan_text(scan)
    assert scanned(HOURS).notes == ()


def test_what_is_not_read_and_what_counts_twice_is_named() -> None:
    scan = scanned("po,Lieferant,supplier,buyer,Menge\n1,x,a,b,5\n2,y,a,b,7\n2,y,a,b,7\n3,x,b,a,1\n")
    assert scan.notes == (
        "not read: `Lieferant`, `Menge`",
        "each row counts as one; if `Menge` says how much, call it `amount`",
        "`po` does not tell all rows apart, and each row counts: 2 in 2 rows",
    )
    assert scanned(ORDERS).notes == ("not read: `item`",)


@pytest.mark.parametrize(("bad", "found"), [(1, True), (2, True), (3, False)])
def test_where_cells_alone_speak_nearly_all_must_be_dates(bad: int, found: bool) -> None:
    rows = "".join(f"{'soon' if day <= bad else f'2026-01-{day:02}'},a{day % 3},b\n" for day in range(1, 21))
    assert ("date" in find_mapping(table_of(f"d,giver,receiver\n{rows}")).roles) is found


def test_only_the_first_of_many_rows_that_are_not_used_are_named() -> None:
    rows = "".join(f"2026-01-{day:02},a,b,{'x' if day < 8 else day}\n" for day in range(1, 21))
    scan = scanned(f"date,giver,receiver,amount\n{rows}")
    assert scan.left_out == {"without an amount that can be read": 7}
    assert "line 2: date `2026-01-01`, amount `x`" in " ".join(scan_text(scan).split())
    assert "and 4 more" in " ".join(scan_text(scan).split())


def test_the_order_of_rows_changes_no_word() -> None:
    lines = HOURS.splitlines(keepends=True)
    turned = scanned(lines[0] + "".join(reversed(lines[1:])))
    assert scan_text(turned) == scan_text(scanned(HOURS))
