"""Like findings are told together, and repairs by what they give."""

from lichen.check.finding import Effect, Evidence, Finding, Remedy
from lichen.show import telling
from tests.show import build


def lacking(about: str, path: str) -> Finding:
    return Finding(
        about=about, type="component", status="at risk", says="x", remedy=Remedy(says=f"Agree under {path}.", path=path)
    )


def broken(about: str, path: str, value: str, effect: Effect | None = None) -> Finding:
    remedy = Remedy(says=f"Change {path}.", path=path, value=value, changed=build.supply(), effect=effect)
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


def tried(gain: float, mends: tuple[str, ...] = (), breaks: tuple[str, ...] = ()) -> Effect:
    return Effect(says=("Tried.",), mends=mends, breaks=breaks, gain=gain)


def test_what_mends_without_breaking_comes_first_then_what_gives_room() -> None:
    found = [
        broken("a", "terms.a", "1"),
        broken("b", "terms.b", "1", tried(-0.2)),
        broken("c", "terms.c", "1", tried(0.9, mends=("c",), breaks=("a",))),
        broken("d", "terms.d", "1", tried(0.3)),
        broken("e", "terms.e", "1", tried(0.0, mends=("e",))),
    ]
    ordered = telling.actions(found)
    assert [action.remedy.path for action in ordered] == ["terms.e", "terms.d", "terms.a", "terms.b", "terms.c"]
    assert not telling.none_is_enough(ordered)


def test_a_change_that_mends_nothing_or_breaks_something_is_not_enough() -> None:
    found = [broken("a", "terms.a", "1", tried(0.3)), broken("b", "terms.b", "1", tried(0.0, ("b",), ("a",)))]
    assert telling.none_is_enough(telling.actions(found))
    assert not telling.none_is_enough(telling.actions([broken("a", "terms.a", "1")]))


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
    assert (
        telling.effect(Remedy(says="x", path="terms.fee", value="2", effect=Effect(says=("Tried: y.", "Why: z."))))
        == "Tried: y. Why: z."
    )
    assert telling.effect(Remedy(says="Ask.")) == ""
