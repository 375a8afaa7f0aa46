"""Balance, rules of return and what is unexplained, on a small relationship worked out by hand."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lichen.language.problem import render
from lichen.record.balance import Balance, balance_of
from lichen.record.reading import Record, read_record
from lichen.record.reciprocity import RuleReading, read_rules
from lichen.record.residual import Residual, residuals
from lichen.record.tables import open_table
from lichen.relationship.relationship import Relationship
from lichen.show.tallies import balance_text, recorded_sums
from lichen.workspace import read_relationship

# The farm gives milk (cost 1 EUR, worth 3 EUR a litre), the dairy pays 2 EUR a litre, and an hour of its noise
# costs the farm 10 EUR.
DAIRY = """
lichen: 1
relationship: Farm and dairy
purpose: Milk every day.
time: {start: 2026-01-01, horizon: 1 year, step: 1 month}
units: {litre: new}
parties:
  farm: {kind: organisation, capacities: {cash: {level: 1000 EUR, floor: 100 EUR, change: -50 EUR/month}}}
  dairy: {kind: organisation, capacities: {cash: {level: 5000 EUR, floor: 1000 EUR}}}
flows:
  milk: {kind: benefit, from: farm, to: dairy, rate: 1200 litre/year,
         cost: {cash: 1 EUR/litre}, worth: {cash: 3 EUR/litre}}
  pay: {kind: benefit, from: dairy, to: farm, rate: milk * 2 EUR/litre,
        cost: {cash: 1}, worth: {cash: 1}, SETTLED}
  noise: {kind: burden, from: dairy, to: farm, rate: 12 hour/year, worth: {cash: -10 EUR/hour}}
  order: {kind: information, from: dairy, to: farm, rate: 100 litre/month}
reciprocity:
  fair: {party: farm, receives_per_given: {at_least: 1.2, at_most: 2.5}, over: 2 months}
  answered: {when: order, then: milk, within: 10 days}
evidence:
  milk: {file: milk.csv, at: day, amount: litres, unit: litre}
  pay: {file: pay.csv, at: day, amount: eur, unit: EUR}
  noise: {file: noise.csv, at: month, amount: hours, unit: hour}
  order: {file: order.csv, at: day, amount: litres, unit: litre}
  farm.cash: {file: cash.csv, at: day, level: eur, unit: EUR}
"""
TABLES = {
    "milk.csv": "day,litres\n2026-01-10,100\n2026-02-10,100\n2026-02-20,-20\n2026-03-10,100\n",
    "pay.csv": "day,eur\n2026-01-31,200\n2026-02-28,160\n2026-03-31,100\n",
    "noise.csv": "month,hours\n2026-01,2\n2026-02,1\n2026-03,4\n",
    "order.csv": "day,litres\n2026-01-05,100\n2026-02-05,100\n2026-03-05,100\n",
    "cash.csv": "day,eur\n2026-01-31,1000\n2026-02-28,1020\n2026-03-31,930\n",
}


def relationship_in(folder: Path, *, settled: str = "", **tables: str) -> Relationship:
    (folder / "dairy.yaml").write_text(DAIRY.replace(", SETTLED", settled), encoding="utf-8")
    for name, content in (TABLES | {f"{key}.csv": value for key, value in tables.items()}).items():
        (folder / name).write_text(content, encoding="utf-8")
    reading = read_relationship(folder / "dairy.yaml")
    assert reading.relationship is not None, render(reading.problems)
    return reading.relationship


def recorded(folder: Path, relationship: Relationship, as_of: date | None = None) -> Record:
    record = read_record(relationship, folder, open_table, as_of=as_of)
    assert record.problems == ()
    return record


def balanced(folder: Path, **tables: str) -> Balance:
    relationship = relationship_in(folder, **tables)
    return balance_of(relationship, recorded(folder, relationship))


def test_before_the_relationship_begins_nothing_is_expected(tmp_path: Path) -> None:
    balance = balanced(tmp_path, milk="day,litres\n2025-12-10,100\n" + TABLES["milk.csv"].partition("\n")[2])
    given = {str(t.span): (t.amount, t.expected) for t in balance.tallies if (t.party, t.flow) == ("farm", "milk")}
    assert given["2025-12"] == (100.0, None)
    assert given["2026-01"] == (100.0, pytest.approx(1200 * 31 / 365.25))
    assert balance.straddling == ()
    december, january, *_ = balance.parties["farm"]
    assert (december.expected_ratio, january.expected_ratio) == (None, pytest.approx(2400 / 1320))


def test_a_period_in_which_the_relationship_begins_is_compared_with_nothing_and_named(tmp_path: Path) -> None:
    relationship = relationship_in(tmp_path, milk=TABLES["milk.csv"].replace("-02-10", "-02-09"))
    mid_february = replace(relationship, time=replace(relationship.time, start=date(2026, 2, 10)))
    balance = balance_of(mid_february, recorded(tmp_path, relationship))
    given = {str(t.span): t for t in balance.tallies if (t.party, t.flow, t.side) == ("farm", "milk", "given")}
    # Of the 100 litres of February nobody can say how many are older than the relationship.
    assert {span: (t.amount, t.expected) for span, t in given.items()} == {
        "2026-01": (100.0, None),
        "2026-02": (100.0, None),
        "2026-03": (100.0, pytest.approx(1200 / 365.25 * 31)),
    }
    assert [str(span) for span in balance.straddling] == ["2026-02"]
    sums = recorded_sums(balance)["farm", "milk", "given"]
    assert (sums.amount, sums.expected, str(sums.span)) == (100.0, pytest.approx(1200 / 365.25 * 31), "2026-03")
    assert "Of 2026-02 the record also holds what is older than the relationship" in balance_text(balance)


def test_a_period_in_which_all_rows_are_of_the_relationship_is_compared_with_its_days_in_it(tmp_path: Path) -> None:
    relationship = relationship_in(tmp_path, milk="day,litres\n2026-01-10,100\n2026-02-10,100\n")
    since_the_tenth = replace(relationship, time=replace(relationship.time, start=date(2026, 1, 10)))
    balance = balance_of(since_the_tenth, recorded(tmp_path, relationship))
    january = next(t for t in balance.tallies if (t.flow, t.party, str(t.span)) == ("milk", "farm", "2026-01"))
    assert january.expected == pytest.approx(1200 / 365.25 * 22)  # from the 10th to the 31st
    # A month's hours of noise do not say on which days of January they fell.
    noise = next(t for t in balance.tallies if (t.flow, t.party, str(t.span)) == ("noise", "farm", "2026-01"))
    assert (noise.amount is not None, noise.expected) == (True, None)
    assert [str(span) for span in balance.straddling] == ["2026-01"]


def test_each_side_has_two_tallies_with_what_was_expected(tmp_path: Path) -> None:
    balance = balanced(tmp_path)
    february = [t for t in balance.tallies if str(t.span) == "2026-02" and t.flow == "milk"]
    assert [(t.party, t.side, t.amount, t.worth) for t in february] == [
        ("farm", "given", 100.0, 100.0),
        ("farm", "taken back", 20.0, 20.0),
        ("dairy", "received", 100.0, pytest.approx(300)),
        ("dairy", "given back", 20.0, pytest.approx(60)),
    ]
    # 1200 litres a year of 365.25 days, for the 28 days of February; what comes back was never expected.
    assert [t.expected for t in february] == [
        pytest.approx(1200 / 365.25 * 28),
        None,
        pytest.approx(1200 / 365.25 * 28),
        None,
    ]


def test_benefits_are_held_against_own_cost_and_burdens(tmp_path: Path) -> None:
    farm = balanced(tmp_path).parties["farm"]
    # January: paid 200, milk cost 100, noise 2 x 10. February: 160, 100 - 20, 10. March: 100, 100, 40.
    assert [(p.received, p.borne, p.ratio, p.net) for p in farm] == [
        (200.0, 120.0, pytest.approx(200 / 120), 80.0),
        (160.0, 90.0, pytest.approx(160 / 90), 70.0),
        (100.0, 140.0, pytest.approx(100 / 140), -40.0),
    ]
    assert {(p.measured_in, p.status, p.coverage) for p in farm} == {("EUR", "recorded", 1.0)}
    # Expected of a year: paid 2400, milk costs 1200, noise 120.
    assert farm[0].expected_ratio == pytest.approx(2400 / 1320)


def test_the_whole_is_the_sum_of_its_wholly_recorded_periods(tmp_path: Path) -> None:
    total = balanced(tmp_path).totals["farm"]
    assert (total.received, total.borne, total.status, total.coverage) == (460.0, 350.0, "recorded", 1.0)


def test_a_gap_has_no_ratio_and_says_why(tmp_path: Path) -> None:
    balance = balanced(tmp_path, noise="month,hours\n2026-01,2\n2026-02,\n2026-03,4\n")
    february = balance.parties["farm"][1]
    assert (february.ratio, february.net, february.why) == (None, None, "not wholly recorded: noise")
    assert february.coverage == pytest.approx(2 / 3)
    assert (balance.totals["farm"].status, balance.totals["farm"].coverage) == ("partly", pytest.approx(2 / 3))


def test_a_balance_is_plain_data_for_machines(tmp_path: Path) -> None:
    text = json.dumps(balanced(tmp_path).to_json(), allow_nan=False)
    assert json.loads(text)["parties"]["farm"][0]["span"] == "2026-01"


def test_capacities_without_a_price_are_counted_in_shares_of_their_range(tmp_path: Path) -> None:
    relationship = relationship_in(tmp_path)
    text = (tmp_path / "dairy.yaml").read_text(encoding="utf-8")
    text = text.replace(
        "cash: {level: 1000 EUR, floor: 100 EUR, change: -50 EUR/month}",
        "cash: {level: 1000 EUR, floor: 100 EUR}, herd: {level: 20, floor: 10}",
    )
    text = text.replace("cost: {cash: 1 EUR/litre}", "cost: {cash: 1 EUR/litre, herd: 0.01 per litre}")
    (tmp_path / "dairy.yaml").write_text(text, encoding="utf-8")
    reading = read_relationship(tmp_path / "dairy.yaml")
    assert reading.relationship is not None, render(reading.problems)
    january = balance_of(reading.relationship, recorded(tmp_path, relationship)).parties["farm"][0]
    # 100 litres take 100 EUR of the range of 900 and 1 animal of the range of 10; noise takes 20 of 900; 200 come in.
    assert january.measured_in == "share of its range"
    assert january.borne == pytest.approx(100 / 900 + 1 / 10 + 20 / 900)
    assert january.received == pytest.approx(200 / 900)
    assert january.net is None


def test_two_books_of_one_thing_are_compared_and_not_added(tmp_path: Path) -> None:
    relationship_in(tmp_path)
    text = (tmp_path / "dairy.yaml").read_text(encoding="utf-8")
    text = text.replace(
        "milk: {file: milk.csv, at: day, amount: litres, unit: litre}",
        "milk: [{file: milk.csv, at: day, amount: litres, unit: litre, stated_by: farm},"
        " {file: theirs.csv, at: day, amount: litres, unit: litre, stated_by: dairy}]",
    )
    (tmp_path / "dairy.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "theirs.csv").write_text(TABLES["milk.csv"].replace("03-10,100", "03-10,90"), encoding="utf-8")
    reading = read_relationship(tmp_path / "dairy.yaml")
    assert reading.relationship is not None, render(reading.problems)
    balance = balance_of(reading.relationship, recorded(tmp_path, reading.relationship))
    assert [(d.subject, str(d.span), d.says) for d in balance.disagreements] == [
        ("milk", "2026-03", {"farm": 100.0, "dairy": 90.0})
    ]
    assert next(t.amount for t in balance.tallies if t.flow == "milk") == 100.0


def rules(folder: Path, as_of: date | None = None, **tables: str) -> dict[str, RuleReading]:
    relationship = relationship_in(folder, **tables)
    record = recorded(folder, relationship, as_of)
    return {r.rule: r for r in read_rules(relationship, record, balance_of(relationship, record))}


def test_a_rule_of_return_is_asked_of_every_full_window(tmp_path: Path) -> None:
    fair = rules(tmp_path)["fair"]
    # Two months: 360/210, then 260/230. The first month alone is not a full window.
    assert [(j.answer, j.figure) for j in fair.judgements] == [
        ("pending", pytest.approx(200 / 120)),
        ("kept", pytest.approx(360 / 210)),
        ("broken", pytest.approx(260 / 230)),
    ]
    assert fair.answer == "broken"
    assert fair.robustness is not None
    assert fair.robustness.low == pytest.approx(260 / 230 - 1.2)


def test_windows_that_touch_a_gap_cannot_be_told(tmp_path: Path) -> None:
    fair = rules(tmp_path, noise="month,hours\n2026-01,2\n2026-02,\n2026-03,4\n")["fair"]
    assert [j.answer for j in fair.judgements] == ["pending", "cannot tell", "cannot tell"]
    assert fair.answer == "cannot tell"


def test_an_order_is_answered_first_in_first_out(tmp_path: Path) -> None:
    answered = rules(tmp_path)["answered"]
    assert answered.answer == "kept"
    assert answered.settlement is not None
    assert answered.settlement.mean_delay == pytest.approx(5)  # each order of the 5th is met on the 10th


@pytest.mark.parametrize(
    ("milk", "as_of", "answer"),
    [
        ("day,litres\n2026-01-10,100\n2026-02-20,100\n2026-03-10,100\n", None, "broken"),
        ("day,litres\n2026-01-10,100\n2026-02-10,100\n", date(2026, 3, 12), "pending"),
        ("day,litres\n2026-01-10,100\n2026-02-10,100\n", date(2026, 3, 20), "broken"),
        ("day,litres\n2026-01-10,100\n2026-02-10,\n2026-03-10,100\n", None, "cannot tell"),
        ("day,litres\n2026-01-10,100\n2026-02-10,100\n2026-03-10,60\n", date(2026, 3, 12), "pending"),
    ],
)
def test_an_answer_is_kept_broken_pending_or_cannot_be_told(
    tmp_path: Path, milk: str, as_of: date | None, answer: str
) -> None:
    assert rules(tmp_path, as_of, milk=milk)["answered"].answer == answer


def test_without_orders_nothing_is_due(tmp_path: Path) -> None:
    assert rules(tmp_path, order="day,litres\n")["answered"].answer == "nothing due"


def test_what_nobody_records_cannot_be_told(tmp_path: Path) -> None:
    relationship = relationship_in(tmp_path)
    record = Record(books={})
    found = {r.rule: r for r in read_rules(relationship, record, balance_of(relationship, record))}
    assert found["answered"].why == "nobody records `order`"
    assert found["fair"].why == "nothing that farm gives or receives is recorded"


def unexplained(folder: Path, *, settled: str = "", **tables: str) -> Residual:
    relationship = relationship_in(folder, settled=settled, **tables)
    (found,) = residuals(relationship, recorded(folder, relationship))
    return found


def test_the_unexplained_is_the_change_less_what_flowed_and_its_own_change(tmp_path: Path) -> None:
    found = unexplained(tmp_path)
    february, march = found.stretches
    # To the end of 28 February: paid 160, milk 100 - 20, noise 10; 28 days of 50 EUR a month.
    own = -50 * 12 / 365.25 * 28
    assert (february.change, february.inflow, february.outflow, february.own) == (20.0, 160.0, 90.0, pytest.approx(own))
    assert february.unexplained == pytest.approx(20 - 160 + 90 - own)
    # To the end of 31 March: paid 100, milk 100, noise 40; the level fell by 90.
    assert march.unexplained == pytest.approx(-90 - 100 + 140 + 50 * 12 / 365.25 * 31)
    flowed = 160 + 90 - own + 100 + 140 + 50 * 12 / 365.25 * 31
    assert february.unexplained is not None
    assert march.unexplained is not None
    assert found.share == pytest.approx((abs(february.unexplained) + abs(march.unexplained)) / flowed)
    assert found.drift == pytest.approx(february.unexplained + march.unexplained)
    assert (found.unrecorded, found.coverage) == ((), 1.0)


def test_a_stretch_that_touches_a_gap_cannot_be_told(tmp_path: Path) -> None:
    found = unexplained(tmp_path, noise="month,hours\n2026-01,2\n2026-02,\n2026-03,4\n")
    assert [s.why for s in found.stretches] == ["a flow is not recorded throughout", ""]
    missing = unexplained(tmp_path, cash="day,eur\n2026-01-31,1000\n2026-02-28,\n2026-03-31,930\n")
    assert [s.why for s in missing.stretches] == ["a reading is missing", "a reading is missing"]
    assert (missing.share, missing.drift) == (None, None)


def test_money_on_credit_arrives_when_it_is_settled(tmp_path: Path) -> None:
    found = unexplained(tmp_path, settled=", settled_after: 1 month")
    # A month is 30 days: in March (1 to 31) arrives what was paid from 30 January to 1 March, 200 and 160.
    assert found.stretches[1].inflow == pytest.approx(360)


def test_the_colonies_of_the_real_table_add_up_but_for_one_in_a_hundred() -> None:
    folder = Path(__file__).parents[2] / "examples" / "bees"
    reading = read_relationship(folder / "relationship.yaml")
    assert reading.relationship is not None, render(reading.problems)
    record = read_record(reading.relationship, folder, open_table)
    found = next(r for r in residuals(reading.relationship, record) if r.capacity == "beekeepers.colonies")
    told = [s for s in found.stretches if s.unexplained is not None]
    assert len(found.stretches) == 5
    assert [str(s.span) for s in found.stretches if s.unexplained is None] == ["2019"]
    # From January 2015 to January 2016 over the 45 states: lost and added summed from the file with the csv module.
    assert (told[0].change, told[0].inflow, told[0].outflow) == (-208_600.0, 1_492_820.0, 1_715_810.0)
    # Unexplained 14,390 + 17,650 + 81,670 + 23,610 of 12,854,520 lost and added in the four years.
    assert found.share == pytest.approx(137_320 / 12_854_520)
