"""What a change does to each finding: how it stands with something of which only one version's findings speak."""

import pytest

from lichen.redesign.compare import compare_relationships
from lichen.relationship.relationship import Relationship
from tests.redesign.test_redline import TEXT, relationship

TERMS = """
shared_value: {fed: {measure: "least(mill.headroom, bakery.headroom)", good: {at_least: 0}}}
adjustment: {raised_by: [mill, bakery], review_every: 13 weeks}
exit: {notice: 4 weeks}
"""


@pytest.fixture(scope="module")
def stands() -> dict[str, tuple[str | None, str | None]]:
    return statuses(relationship(), relationship(TEXT + TERMS))


def statuses(old: Relationship, new: Relationship) -> dict[str, tuple[str | None, str | None]]:
    compared = compare_relationships(old, new, runs=20)
    return {shift.about: (shift.old_status, shift.new_status) for shift in compared.shifts}


def test_a_component_that_is_added_holds_where_no_finding_objects(
    stands: dict[str, tuple[str | None, str | None]],
) -> None:
    assert stands["shared_value_metric"] == ("at risk", "holds")
    assert stands["adjustment_path"] == ("at risk", "holds")


def test_what_may_be_missing_is_not_there_and_then_holds(stands: dict[str, tuple[str | None, str | None]]) -> None:
    assert stands["exit"] == (None, "holds")
    assert stands["power_review"] == (None, None)
    assert stands["fed"] == (None, "holds")


def test_a_changed_delay_moves_what_is_on_its_way_in_the_unit_of_the_flow() -> None:
    late = TEXT.replace("rate: 2 per week, worth: {cash: 7 EUR}", "rate: 14 EUR/week, worth: {cash: 1}")
    later = late.replace("worth: {cash: 1}", "worth: {cash: 1}, settled_after: 3 weeks")
    (moved,) = compare_relationships(relationship(late), relationship(later), runs=20).transitions
    assert (moved.flow, str(moved.dimension), moved.days) == ("payment", "EUR", -21)
    assert moved.moved == pytest.approx(-42)  # three weeks of 14 EUR
