"""The redline by meaning: what is no change, what is one change, and what each is called."""

from lichen.language.reading import read
from lichen.language.source import Source, decode
from lichen.redesign.redline import Redline, redline
from lichen.relationship.relationship import Relationship

TEXT = """
lichen: 1
relationship: Mill and bakery
purpose: Bread.
units: {kEUR: 1000 EUR}
time: {start: 2026-01-01, horizon: 1 year, step: 1 week}
parties:
  mill: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 10 EUR}}}
  bakery: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 10 EUR}}}
flows:
  flour: {kind: benefit, from: mill, to: bakery, rate: 2 per week, worth: {cash: 9 EUR}, visible_to: [mill]}
  payment: {kind: benefit, from: bakery, to: mill, rate: 2 per week, worth: {cash: 7 EUR}}
reciprocity:
  fair: {party: mill, receives_per_given: {at_least: 0.9}, over: "season(March, August)"}
evidence:
  flour: {file: flour.csv, at: day, amount: sacks}
  mill.cash: {file: books.csv, at: day, level: cash, unit: EUR}
"""


def relationship(text: str = TEXT) -> Relationship:
    source = decode("mill.yaml", text.encode())
    assert isinstance(source, Source)
    reading = read(source)
    assert reading.relationship is not None, reading.problems
    return reading.relationship


def changes(old: str, new: str) -> tuple[Redline, ...]:
    """What the file says differently once `old` stands as `new` in it."""
    assert old in TEXT
    return redline(relationship(), relationship(TEXT.replace(old, new)))


def test_a_figure_in_another_unit_is_no_change() -> None:
    assert changes("level: 100 EUR", "level: 0.1 kEUR") == ()


def test_a_floor_that_one_version_does_not_say_is_added() -> None:
    bakery = "bakery: {kind: organisation, capacities: {cash: {level: 100 EUR, floor: 10 EUR}}}"
    unsaid = relationship(TEXT.replace(bakery, bakery.replace(", floor: 10 EUR", "")))
    (line,) = redline(unsaid, relationship())
    assert (line.path, line.kind, line.old, line.new) == (
        "parties.bakery.capacities.cash.floor",
        "added",
        None,
        "10 EUR",
    )


def test_neither_is_another_order_nor_another_place_in_the_text() -> None:
    flour = "  flour: {file: flour.csv, at: day, amount: sacks}\n"
    books = "  mill.cash: {file: books.csv, at: day, level: cash, unit: EUR}\n"
    assert changes(flour + books, books + "\n# the same\n" + flour) == ()


def test_a_table_of_evidence_is_called_by_its_subject_and_is_one_change() -> None:
    (line,) = changes("  mill.cash: {file: books.csv, at: day, level: cash, unit: EUR}\n", "")
    assert (line.path, line.kind, line.new) == ("evidence.mill.cash", "removed", None)
    assert line.old == "file books.csv, at [day], unit EUR, level cash"
    assert line.old_at == "mill.yaml:17:3"


def test_a_part_that_is_new_is_one_change_without_what_goes_without_saying() -> None:
    (line,) = changes("worth: {cash: 7 EUR}", "worth: {cash: 7 EUR}, if_lost: {replaced: 60 %, after: 2 weeks}")
    assert (line.path, line.kind, line.new) == ("flows.payment.if_lost", "added", "replaced 60 %, after 2 weeks")
    commitment, exit_rule = changes("evidence:", "exit: {notice: 3 months}\nevidence:")
    assert (exit_rule.path, exit_rule.new) == ("exit", "notice 3 months")
    (added,) = changes("evidence:", "exit: {notice: 0 days, returns: [tools]}\nevidence:")
    assert added.new == "notice 0 days, returns [tools]"  # a default that the file says itself
    # Neither file says a commitment: who may leave is bound no longer than the notice, else it is the horizon.
    assert (commitment.old, commitment.new) == ("1 year (by default)", "3 months (by default)")


def test_a_length_of_time_reads_as_people_say_it() -> None:
    for old, new, length in [
        ("horizon: 1 year", "horizon: 3 years", "3 years"),
        ("horizon: 1 year", "horizon: 18 months", "18 months"),
        ("horizon: 1 year", "horizon: 40 weeks", "40 weeks"),
        ("step: 1 week", "step: 1 day", "1 day"),
        ("step: 1 week", "step: 1.5 days", "1.5 days"),
    ]:
        assert {line.path: line.new for line in changes(old, new)}[f"time.{old.partition(':')[0]}"] == length


def test_a_commitment_that_a_file_says_is_listed_as_said_and_one_that_it_does_not_say_as_a_default() -> None:
    (said,) = changes("time:", "commitment: 3 months\ntime:")
    assert (said.path, said.old, said.new) == ("commitment", "1 year (by default)", "3 months")
    assert changes("time:", "commitment: 1 year\ntime:") == ()


def test_what_holds_when_nothing_is_said_is_marked() -> None:
    (line,) = changes("worth: {cash: 7 EUR}}", "worth: {cash: 7 EUR}, promised: true}")
    assert (line.path, line.old, line.new) == ("flows.payment.promised", "false (by default)", "true")


def test_the_entries_of_a_new_section_are_changes_of_their_own() -> None:
    lines = changes("flows:\n", "terms: {price: {value: 7 EUR}, part: {value: 30 %}}\nflows:\n")
    assert [(line.path, line.kind, line.new) for line in lines] == [
        ("terms.price", "added", "value 7 EUR"),
        ("terms.part", "added", "value 30 %"),
    ]


def test_to_declare_a_flow_unseen_is_a_change() -> None:
    (line,) = changes("visible_to: [mill]", "visible_to: []")
    assert (line.path, line.kind, line.new) == ("flows.flour.visible_to", "changed", "[]")


def test_another_season_is_a_change() -> None:
    (line,) = changes("season(March, August)", "season(April, August)")
    assert (line.path, line.old, line.new) == (
        "reciprocity.fair.over",
        "season(March, August)",
        "season(April, August)",
    )
