"""Like findings are told together, and repairs by what they give."""

from lichen.check.finding import Evidence, Finding, Remedy
from lichen.show import telling
from tests.show import build


def lacking(about: str, path: str) -> Finding:
    return Finding(
        about=about, type="component", status="at risk", says="x", remedy=Remedy(says=f"Agree under {path}.", path=path)
    )


def broken(about: str, path: str, value: str, gain: float = 0.0) -> Finding:
    remedy = Remedy(says=f"Change {path}.", path=path, value=value, gain=gain)
    return Finding(about=about, type="invariant", status="broken", says="x", margin=-0.5, remedy=remedy)


def test_missing_components_are_one_finding_at_the_place_of_the_first() -> None:
    told = telling.together(
        build.verdict(missing=("reciprocity_rule", "adjustment_path", "exit")),
        [
            broken("reciprocal_viability", "terms.fee", "2"),
            lacking("reciprocity_rule", "reciprocity"),
            Finding(
                about="adjustment_path", type="component", status="at risk", says="y", evidence=(Evidence(says="z"),)
            ),
            lacking("adjustment_path", "adjustment"),
        ],
    )
    assert [finding.about for finding in told] == ["reciprocal_viability", "not_in_the_file", "adjustment_path"]
    assert told[1].says == "The file holds no reciprocity rule and no way to raise imbalance and change terms."
    assert told[1].remedy is not None
    assert told[1].remedy.says == "Agree on each, under `reciprocity:` and `adjustment:`."


def test_what_gives_room_comes_first_and_what_takes_it_last() -> None:
    found = [
        broken("a", "terms.a", "1"),
        broken("b", "terms.b", "1", gain=-0.2),
        broken("c", "terms.c", "1", gain=0.1),
        broken("d", "terms.d", "1", gain=0.3),
    ]
    assert [action.remedy.path for action in telling.actions(found)] == ["terms.d", "terms.c", "terms.a", "terms.b"]


def test_a_key_is_named_once_with_its_other_values_as_alternatives() -> None:
    found = [broken("a", "terms.fee", "2"), broken("b", "terms.fee", "2"), broken("c", "terms.fee", "3")]
    (action,) = telling.actions(found)
    assert [finding.about for finding in action.answers] == ["a", "b"]
    assert [other.value for other in action.instead] == ["3"]
    assert telling.beside(found[0], found) == ""
    assert telling.beside(found[1], found) == "The same change as for “A”."
    assert telling.beside(found[2], found) == "Another value than for “A”: one of the two, not both."


def test_a_change_that_nobody_tried_says_so() -> None:
    assert telling.effect(Remedy(says="x", path="terms.fee", value="2")) == telling.NOT_TRIED
    assert telling.effect(Remedy(says="x", path="terms.fee", value="2", effect="Tried: y.")) == "Tried: y."
    assert telling.effect(Remedy(says="Ask.")) == ""
