import math
from dataclasses import replace

from lichen.check.members import LookedAt
from lichen.redesign.compare import Comparison, Effect, Shift, Transition
from lichen.redesign.redline import Redline
from lichen.relationship.quantity import Dimension
from lichen.show import terminal
from lichen.show.page.change import change_page
from lichen.simulation.caution import Caution
from tests.show import build


def comparison() -> Comparison:
    """Northfield pays sooner: Alder gains what Northfield can do without, and a little of Northfield's room goes."""
    shift = Shift(
        about="reciprocal_viability", old_status="broken", new_status="holds", old=-0.3123, new=0.2201, is_score=False
    )
    score = Shift(about="fragility_contagion", old_status="holds", new_status="holds", old=0.2, new=0.22, is_score=True)
    return Comparison(
        lines=(Redline(path="terms.pay_after", kind="changed", old="12 weeks", new="4 weeks", new_at="new.yaml:9:3"),),
        old=build.verdict(),
        new=build.verdict(verdict="symbiotic", sentence="Both keep each other going."),
        effects=(
            Effect(party="alder", title="Alder Packaging", late_room=(-0.3, 0.42), least_room=(-0.7, 0.2)),
            Effect(party="northfield", title="Northfield Foods", late_room=(1.15, 1.13), least_room=(0.75, 0.7)),
            Effect(party="town", title="Town", late_room=None, least_room=None),
        ),
        shifts=(shift, score),
        transitions=(Transition(flow="payment", moved=3.08e6, dimension=Dimension.of("EUR"), days=56.0),),
        units={},
    )


def test_the_screen_tells_the_redline_then_the_effect_on_each_side() -> None:
    text = terminal.comparison_text(comparison()).replace("\u202f", " ")
    assert text.startswith("From not symbiotic to symbiotic.\nBoth keep each other going.")
    assert text.index("terms.pay_after: 12 weeks → 4 weeks  (new.yaml:9:3)") < text.index("Alder Packaging")
    assert "Alder Packaging   −30 % → 42 %   −70 % → 20 %       better" in text
    assert "Northfield Foods  115 % → 113 %  75 % → 70 %        worse" in text
    assert "Town              –              –                  only in one of the two" in text
    assert "Reciprocal viability  broken  holds  −0.3123 → 0.2201   better" in text
    assert "3.08 million EUR of `payment` falls due sooner by 8" in text
    assert "Worse: fragility contagion, Northfield Foods." in text
    assert max(map(len, text.split("\n"))) <= 80


def test_markdown_tells_the_same() -> None:
    text = terminal.comparison_text(comparison(), markdown=True).replace("\u202f", " ")
    assert "- `terms.pay_after: 12 weeks → 4 weeks`" in text
    assert "| Alder Packaging | −30 % → 42 % | −70 % → 20 % | better |" in text


def test_what_makes_the_figures_of_either_version_doubtful_is_said_once_and_is_in_the_json() -> None:
    change = comparison()
    long, wild = (
        Caution(kind=kind, subject="mill.cash", at=None, says=says)
        for kind, says in (("step too long", "The step is too long."), ("without bound", "Cash grows without end."))
    )
    sample = LookedAt(group="shops", looked_at=10_000, members=10**6, standard_error=0.01, says="10 000 looked at.")
    change = replace(
        change,
        old=replace(change.old, cautions=(long, wild)),
        new=replace(change.new, cautions=(long,), samples=(sample,)),
    )
    text = terminal.comparison_text(change)
    assert "In both versions: The step is too long.\n" in text
    assert "Before the change: Cash grows without end.\n" in text
    assert "After the change: 10 000 looked at.\n" in text
    assert text.count("too long") == 1
    assert "After the change: 10 000 looked at." in terminal.comparison_text(change, markdown=True)
    assert "Before the change: Cash grows without end." in change_page(change)
    data = change.to_json()
    assert [caution["kind"] for caution in data["old"]["cautions"]] == ["step too long", "without bound"]
    assert data["new"]["sampled"][0]["members"] == 10**6


def test_no_change_is_said() -> None:
    same = replace(comparison(), lines=(), shifts=(), transitions=(), effects=(), new=build.verdict())
    text = terminal.comparison_text(same)
    assert text.startswith("It stays not symbiotic.")
    assert "Nothing by meaning." in text
    assert "Nobody and nothing gets worse." in text


def test_a_room_that_was_not_known_is_neither_better_nor_worse() -> None:
    effect = Effect(party="town", title="Town", late_room=(math.nan, 0.9), least_room=(math.nan, 0.7))
    change = replace(comparison(), effects=(effect,), shifts=(), transitions=())
    text = terminal.comparison_text(change).replace("\u202f", " ")
    assert "Town          not known → 90 %  not known → 70 %   not known" in text
    assert "gets worse" not in text
    assert "It cannot be told what becomes of the room left of Town." in text
    page = change_page(change)
    assert "nan" not in page
    assert "It cannot be told what becomes of the room left of Town." in page


def test_the_page_of_a_change_holds_redline_charts_and_notes() -> None:
    page = change_page(comparison())
    assert page.count("<script") == 0
    assert "<code>12 weeks</code>" in page
    assert "Alder Packaging: from −30 % to 42 %, better. Northfield Foods: from 115 % to 113 %, worse." in page.replace(
        "\u202f", " "
    )
    assert "Reciprocal viability: from −0.3123 to 0.2201, better." in page
    assert "<code>payment</code> falls due sooner by 8 weeks." in page


def test_no_text_of_a_change_becomes_markup() -> None:
    hostile = "<script>x</script>"
    line = Redline(path=hostile, kind="added", old=None, new=hostile, new_at=hostile)
    effect = Effect(party="a", title=hostile, late_room=(0.0, 1.0), least_room=None)
    page = change_page(replace(comparison(), lines=(line,), effects=(effect,), new=build.verdict(sentence=hostile)))
    assert "<script" not in page
