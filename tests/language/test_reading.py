"""What a file says becomes values in base units, with names written out and every place known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lichen.language.formula import parse
from lichen.language.problem import render
from lichen.language.reading import read
from lichen.language.source import Source
from lichen.relationship.flow import Sight
from lichen.relationship.formula import Name, Number, names
from lichen.relationship.party import Several
from lichen.relationship.quantity import PLAIN, TIME, Dimension
from lichen.relationship.relationship import Reason, Relationship
from lichen.relationship.rules import AnswerRule, ReturnRule
from lichen.workspace import read_relationship

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "language.md").read_text(encoding="utf-8")
EXAMPLES = [block.partition("```")[0] for block in PAGE.split("```yaml\n")[1:3]]
TABLES = {
    "sellers.csv": "id,sales,cash,margin\n1,700,2000,0.2\n2,1400,3000,0.1\n",
    "links.csv": "a,b,weight,active\n1,2,70,true\n2,1,7,false\n",
    "trend.csv": "week,index\n2026-01-05,1\n2026-01-12,\n2026-01-19,1.1\n",
}
EUR = Dimension.of("EUR")


def understood(text: str) -> Relationship:
    found = read(Source("file.yaml", text))
    assert found.relationship is not None, render(found.problems)
    return found.relationship


@pytest.fixture(scope="module")
def supply() -> Relationship:
    return understood(EXAMPLES[0])


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Relationship:
    folder = tmp_path_factory.mktemp("platform")
    for name, text in {**TABLES, "file.yaml": EXAMPLES[1]}.items():
        (folder / name).write_text(text)
    found = read_relationship(folder / "file.yaml")
    assert found.relationship is not None, render(found.problems)
    return found.relationship


def test_amounts_are_in_base_units(supply: Relationship) -> None:
    line = supply.parties["alder"].capacities["line"]
    assert line.level.number == pytest.approx(1000 / 7)
    assert line.level.dimension == Dimension.of("pallet") / TIME
    assert line.valued_at is not None and line.valued_at.number == pytest.approx(7000 * 7)
    assert supply.parties["northfield"].capacities["cash"].at_most is not None
    assert supply.terms["pay_after"].value.number == 84.0
    assert supply.commitment_days == pytest.approx(3 * 365.25)
    assert supply.time.steps == 157  # 1095.75 days / 7


@pytest.mark.parametrize(
    ("title", "kind", "several"),
    [
        ("Northfield Foods", "organisation", False),
        ("Crop growers", "organisation", True),
        ("The studios", "organisation", True),
        ("The Shops", "organisation", True),
        ("Rivers", "living system", True),
        ("Black Forests", "living system", True),
        ("The atlas", "organisation", False),
        *((name, "organisation", False) for name in ("Siemens", "Atlas", "Lens", "Lloyds", "Texas", "Zen Economics")),
        ("Paris", "public", False),
        ("Mercedes", "person", False),
    ],
)
def test_a_plural_is_the_name_of_several(title: str, kind: str, several: bool) -> None:
    supply = EXAMPLES[0].replace("name: Alder Packaging\n    kind: organisation", f"name: {title}\n    kind: {kind}")
    assert isinstance(understood(supply).parties["alder"].title, Several) is several


def test_a_group_is_several_whatever_it_is_called() -> None:
    crew = "parties: {crew: {kind: group, members: 3, name: The crew, capacities: {time: {level: 1, floor: 0}}}}\n"
    head = "lichen: 1\nrelationship: One\ntime: {start: 2026-01-05, horizon: 1 year}\n"
    assert isinstance(understood(head + crew + "flows: {}\n").parties["crew"].title, Several)


def test_a_spread_in_per_cent_is_that_share_of_the_mean(supply: Relationship) -> None:
    demand = supply.world["demand"]
    assert demand.parameters["spread"].number == pytest.approx(0.1 * 1150 / 7)
    assert demand.parameters["memory"].number == 56.0
    assert supply.world["input_cost"].parameters["spread"].number == pytest.approx(0.06 / 365.25**0.5)


def test_what_is_not_said_has_its_default(supply: Relationship) -> None:
    assert supply.flows["payment"].visible_to == (Sight(party="northfield"), Sight(party="alder"))
    assert supply.flows["reservation"].if_lost is None
    rule = next(r for r in supply.rules.reciprocity if isinstance(r, AnswerRule))
    assert (rule.per_unit, rule.within_days, rule.over is not None and rule.over.kind) == (1.0, 14.0, "transaction")
    returned = next(r for r in supply.rules.reciprocity if isinstance(r, ReturnRule))
    assert (returned.band.share, returned.over.days) == (0.95, 365.25)
    short = understood(EXAMPLES[0].replace("commitment: 3 years", ""))
    assert short.commitment_days == 26 * 7  # the exit notice


def test_a_reason_speaks_for_the_values_beside_it(supply: Relationship) -> None:
    cash = supply.parties["alder"].capacities["cash"]
    assert cash.floor.because == cash.level.because == "one payroll and one paper order"
    assert supply.parties["alder"].capacities["line"].floor.because is None


def test_a_mapping_without_values_keeps_its_reason() -> None:
    texts = EXAMPLES[0]
    for before, after in (
        ("adjustment:\n", "adjustment:\n  because: prices move\n"),
        ("exit: {notice: 26 weeks,", "exit: {source: clause 9, notice: {value: 26 weeks, because: one season},"),
        ("power_review: {", "power_review: {because: one side is larger, "),
        ("- {when: northfield.cash,", "- {because: the fund, when: northfield.cash,"),
        ("{when: forecast,", "{source: letter of May, when: forecast,"),
        ("{file: deliveries.csv,", "{file: deliveries.csv, stated_by: alder, because: weighed,"),
    ):
        assert texts.count(before) == 1, before
        texts = texts.replace(before, after)
    assert (
        understood(texts).reasons.items()
        >= {
            "adjustment": Reason(because="prices move"),
            "exit": Reason(source="clause 9"),
            "exit.notice": Reason(because="one season"),
            "power_review": Reason(because="one side is larger"),
            "reinforcement.0": Reason(because="the fund"),
            "reciprocity.forecast_is_answered": Reason(source="letter of May"),
            "evidence.packaging": Reason(because="weighed", stated_by="alder"),
        }.items()
    )


def test_every_value_has_its_place(supply: Relationship) -> None:
    rate = supply.flows["packaging"].rate
    place = supply.at(rate.path)
    assert place is not None
    line = int(place.split(":")[1])
    assert EXAMPLES[0].splitlines()[line - 1].strip() == "rate: min(demand, alder.line)"
    assert supply.at("flows.packaging") == f"file.yaml:{line - 4}:3"
    assert supply.at("flows.packaging.rate.no.such.key") == place


def test_rules_are_read(supply: Relationship) -> None:
    adjustment = supply.rules.adjustment
    assert adjustment is not None
    assert (adjustment.review_every_days, adjustment.answer_days, adjustment.takes_effect_after_days) == (182, 60, 28)
    assert supply.rules.exit is not None and supply.rules.exit.continuity == {"packaging": 0.8}
    share = supply.rules.risk_sharing[0]
    assert share.shares == {"northfield": 0.6, "alder": 0.4} and share.gains
    assert supply.rules.costs["recording"]["alder"].number == pytest.approx(2 / 7)
    assert supply.rules.agreement["roles"] == {"northfield": "forecasts and pays", "alder": "makes and delivers"}
    assert [e.subject for e in supply.evidence] == ["packaging", "alder.cash"]


def test_a_groups_names_are_written_out(platform: Relationship) -> None:
    sellers = platform.parties["sellers"]
    assert sellers.members is not None and sellers.members.names == ("1", "2")
    assert sellers.members.columns["sales"] == pytest.approx((100.0, 200.0))
    assert sellers.capacities["cash"].level.tree == Name(("sellers", "members", "cash"))
    trade = platform.flows["trade"]
    assert trade.rate.tree is not None and "sellers.members.sales" in names(trade.rate.tree)
    assert trade.worth["cash"].dimension == PLAIN


def test_links_series_and_sights_are_read(platform: Relationship) -> None:
    along = platform.flows["referral"].along
    assert along is not None
    assert (along.givers, along.receivers, along.columns["weight"]) == ((0,), (1,), (10.0,))
    series = platform.world["trend"].series
    assert series is not None
    assert series.dates == (date(2026, 1, 5), date(2026, 1, 19)) and series.values == (1.0, 1.1)
    assert platform.flows["fees"].visible_to == (
        Sight(party="bazaar"),
        Sight(party="sellers", share=0.6, after_days=30),
    )
    assert platform.flows["noise"].visible_to == ()
    assert platform.flows["trade"].visible_to is None
    assert platform.rules.checks[0].good.share == 0.95


def test_the_same_text_has_the_same_hash_and_value() -> None:
    assert understood(EXAMPLES[0]) == understood(EXAMPLES[0])
    assert understood(EXAMPLES[0]).content_hash == understood(EXAMPLES[0]).content_hash
    assert understood(EXAMPLES[0]).content_hash != understood(EXAMPLES[0] + "#\n").content_hash


def test_units_change_no_value() -> None:
    weeks = EXAMPLES[0].replace("4 MEUR", "4000 kEUR").replace("-3 kEUR/week", "-3000 EUR per 7 days")
    assert understood(weeks) == understood(EXAMPLES[0])


def test_a_constant_part_is_worked_out() -> None:
    found = understood(EXAMPLES[0].replace("floor: 300 kEUR", "floor: 2 * 150 kEUR"))
    assert found.parties["alder"].capacities["cash"].floor.tree == Number(300000.0, EUR)


def test_a_chain_of_a_thousand_flows_is_read() -> None:
    rates = [*(f"f{i}" for i in range(1, 1000)), "2 EUR/week"]
    flows = "".join(
        f"  f{i}: {{kind: obligation, from: a, to: b, rate: {rate}, worth: {{cash: 1}}}}\n"
        for i, rate in enumerate(rates)
    )
    found = understood(
        "lichen: 1\nrelationship: chain\ntime: {start: 2026-01-01, horizon: 1 year}\nparties:\n"
        "  a: {kind: person, capacities: {cash: {level: 2 EUR, floor: 1 EUR}}}\n"
        "  b: {kind: person, capacities: {cash: {level: 2 EUR, floor: 1 EUR}}}\nflows:\n" + flows
    )
    assert found.flows["f0"].rate.dimension == EUR / TIME
    assert found.flows["f0"].rate.tree == parse("f1", {})


def test_a_circle_through_a_delay_is_no_circle() -> None:
    text = (
        "lichen: 1\nrelationship: echo\ntime: {start: 2026-01-01, horizon: 1 year}\nparties:\n"
        "  a: {kind: person, capacities: {cash: {level: 2 EUR, floor: 1 EUR}}}\n"
        "  b: {kind: person, capacities: {cash: {level: 2 EUR, floor: 1 EUR}}}\nflows:\n"
        '  call: {kind: benefit, from: a, to: b, rate: "delay(echo, 1 week) + 1 EUR/week", worth: {cash: 1}}\n'
        "  echo: {kind: benefit, from: b, to: a, rate: call * 0.5, worth: {cash: 1}}\n"
    )
    found = understood(text)
    assert found.flows["echo"].rate.dimension == EUR / TIME
    assert read(Source("x", text.replace('"delay(echo, 1 week) + 1 EUR/week"', "echo"))).problems


@pytest.mark.parametrize(
    ("floor", "healthy", "count"),
    [
        ("150 EUR", "members.cash", "1 of 2 members"),
        ("members.cash", "150 EUR", "1 of 2 members"),
        ("members.cash * 2", "members.cash", "2 of 2 members"),
        ("100..300 EUR", "members.cash", "1 of 2 members"),
        ("100..300 EUR", "99 EUR", "so no room"),
        ("50..300 EUR", "members.cash", ""),
        ("50..300 EUR", "200 EUR", ""),
    ],
)  # the cash of the two members is 100 and 200 EUR; a range may lie at its lower end
def test_room_is_asked_of_every_member(floor: str, healthy: str, count: str, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("name,cash\nann,100\nben,200\n")
    (tmp_path / "file.yaml").write_text(
        "lichen: 1\nrelationship: x\ntime: {start: 2026-01-01, horizon: 1 year}\nparties:\n  people:\n    kind: group\n"
        "    members: {file: people.csv, member: name, columns: {cash: EUR}}\n"
        f"    capacities: {{cash: {{level: 90 EUR, floor: {floor}, healthy: {healthy}}}}}\n"
    )
    facts = [problem.fact for problem in read_relationship(tmp_path / "file.yaml").problems]
    assert len(facts) == (1 if count else 0)
    assert count in "".join(facts)
