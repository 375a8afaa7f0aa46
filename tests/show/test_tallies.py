from dataclasses import replace
from datetime import date

from lichen.record.balance import Balance, PartyBalance, Tally
from lichen.record.calendar_windows import Span
from lichen.record.reciprocity import Judgement, RuleReading
from lichen.record.temporal import Interval
from lichen.show import terminal
from lichen.show.markup import Html
from lichen.show.page.balance import balance_part
from lichen.show.tallies import FlowSum, recorded_sums
from tests.show import build

FIRST = Span(date(2026, 1, 1), date(2026, 4, 1))
SECOND = Span(date(2026, 4, 1), date(2026, 7, 1))


def tally(side: str, span: Span, amount: float | None, coverage: float = 1.0) -> Tally:
    return Tally(
        party="alder",
        flow="packaging",
        kind="benefit",
        side=side,  # type: ignore[arg-type]  # one of the four
        span=span,
        amount=amount,
        expected=13_000.0,
        promised=True,
        worth=None,
        status="missing" if amount is None else "recorded",
        coverage=coverage,
    )


def total(party: str, received: float, borne: float, ratio: float | None) -> PartyBalance:
    return PartyBalance(
        party=party,
        span=Span(FIRST.start, SECOND.end),
        measured_in="EUR",
        received=received,
        borne=borne,
        ratio=ratio,
        net=None,
        expected_ratio=1.2 if ratio is not None else None,
        status="recorded",
        coverage=0.75,
        why="" if ratio is not None else "`payment` is not recorded",
    )


def balance() -> Balance:
    """Alder gave 12,000 pallets in one quarter; half of the next is known."""
    totals = {"alder": total("alder", 4.62e6, 3.72e6, 1.2419), "northfield": total("northfield", 0.0, 0.0, None)}
    return Balance(
        grain="quarter",
        tallies=(tally("given", FIRST, 12_000.0), tally("given", SECOND, 6_000.0, 0.5)),
        parties={},
        totals=totals,
        unrecorded=("capability_fund",),
        disagreements=(),
        divided={},
        titles={"alder": "Alder Packaging", "northfield": "Northfield Foods", "packaging": "packaging"},
        units={"packaging": "pallet"},
    )


def test_sums_run_over_the_whole_record_and_coverage_is_their_mean() -> None:
    sums = recorded_sums(balance())
    assert sums == {
        ("alder", "packaging", "given"): FlowSum(amount=18_000.0, expected=26_000.0, coverage=0.75, since=None)
    }


def test_where_the_record_is_older_than_the_relationship_it_says_since_when_something_is_expected() -> None:
    older = replace(tally("given", FIRST, 12_000.0), expected=None)
    found = replace(balance(), tallies=(older, tally("given", SECOND, 6_000.0)))
    assert recorded_sums(found)["alder", "packaging", "given"].since == SECOND.start
    assert "what is expected counts from April" in terminal.balance_text(found)


def test_the_screen_tells_both_tallies_with_units_coverage_and_what_nobody_recorded() -> None:
    text = terminal.balance_text(balance()).replace("\u202f", " ")
    assert "given packaging  18 000 pallet  26 000 pallet     75 %" in text
    assert "Alder Packaging received 4.62 million EUR and bore 3.72 million EUR: 1.242" in text
    assert "cannot be told; `payment`\n  is not recorded." in text
    assert "Nobody recorded: capability fund." in text
    assert max(map(len, text.split("\n"))) <= 80


def test_nothing_recorded_is_said() -> None:
    nothing = replace(balance(), tallies=(), totals={}, unrecorded=())
    assert terminal.balance_text(nothing) == "Nothing was recorded, so nothing can be balanced."


def test_the_page_draws_what_can_be_told_and_says_the_rest() -> None:
    page = balance_part(build.judged(balance=balance()))
    assert isinstance(page, Html)
    plain = page.replace("\u202f", " ")
    assert "Alder Packaging, in EUR" in plain
    assert "Northfield Foods, in EUR" not in plain
    assert "75 % covered by the record" in plain
    assert "Nobody recorded <code>capability_fund</code>." in plain


def test_a_rule_of_return_is_told_with_its_windows_and_why() -> None:
    def judged(answer: str, why: str = "") -> Judgement:
        return Judgement(span=FIRST, answer=answer, figure=None, robustness=Interval(0.0, 0.0), why=why)  # type: ignore[arg-type]  # one of the five

    windows = (judged("kept"), judged("kept"), judged("broken"))
    broken = RuleReading(rule="fair_return", answer="broken", robustness=None, judgements=windows)
    untold = RuleReading(rule="answered", answer="cannot tell", robustness=None, judgements=(), why="nobody records it")
    text = terminal.balance_text(balance(), (broken, untold))
    assert "  `fair_return`: broken (2 kept, 1 broken).\n  `answered`: cannot tell; nobody records it." in text
