from dataclasses import replace
from datetime import date

from lichen.record.balance import Balance, PartyBalance, Tally
from lichen.record.calendar_windows import Span
from lichen.record.reading import Record
from lichen.record.reciprocity import Judgement, RuleReading
from lichen.record.rows import RowNote
from lichen.record.temporal import Interval
from lichen.show import terminal
from lichen.show.markup import Html
from lichen.show.page.balance import balance_part
from lichen.show.page.record import record_part
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


def test_what_is_expected_is_that_of_the_part_which_is_recorded_and_coverage_is_the_mean() -> None:
    sums = recorded_sums(balance())
    whole = Span(FIRST.start, SECOND.end)
    # 13,000 expected of the first quarter and half of 13,000 of the second
    assert sums == {
        ("alder", "packaging", "given"): FlowSum(amount=18_000.0, expected=19_500.0, coverage=0.75, span=whole)
    }


def test_a_gap_is_no_shortfall() -> None:
    found = replace(balance(), tallies=(tally("given", FIRST, 12_000.0), tally("given", SECOND, None, 0.0)))
    sums = recorded_sums(found)["alder", "packaging", "given"]
    assert (sums.amount, sums.expected, sums.coverage) == (12_000.0, 13_000.0, 0.5)


def test_where_the_record_is_older_than_the_relationship_only_the_same_periods_are_compared() -> None:
    older = replace(tally("given", FIRST, 12_000.0), expected=None)
    back = replace(tally("taken back", FIRST, 40.0), expected=None)
    found = replace(balance(), tallies=(older, back, tally("given", SECOND, 6_000.0)))
    assert recorded_sums(found) == {
        ("alder", "packaging", "given"): FlowSum(amount=6_000.0, expected=13_000.0, coverage=1.0, span=SECOND)
    }
    text = " ".join(terminal.balance_text(found).split())
    assert "are compared from April 2026 to June 2026, where the record covers it: packaging." in text
    assert "packaging, April 2026 to June 2026" in balance_part(build.judged(balance=found))


def test_rows_that_are_not_read_are_named_on_screen_and_page() -> None:
    said = "1 of 7 rows of del.csv is not read: line 4: `thirty` in `jars` is not a number."
    found = replace(balance(), unread=(said,))
    assert said in " ".join(terminal.balance_text(found).split())
    assert "<code>thirty</code> in <code>jars</code> is not a number." in balance_part(build.judged(balance=found))


def test_the_screen_tells_both_tallies_with_units_coverage_and_what_nobody_recorded() -> None:
    text = terminal.balance_text(balance()).replace("\u202f", " ")
    assert "given packaging  18 000 pallet  19 500 pallet     75 %" in text
    assert "Alder Packaging received 4.62 million EUR and bore 3.72 million EUR: 1.242" in text
    assert "cannot be told; `payment`\n  is not recorded." in text
    assert "Nobody recorded: capability fund." in text
    assert max(map(len, text.split("\n"))) <= 80


def test_the_page_and_the_verdict_name_each_row_that_is_not_read() -> None:
    notes = tuple(RowNote(row=row, says=f"`{row}?` in `cash` is not a number") for row in range(2, 7))
    (series,) = build.record().books["alder.cash"]
    record = Record(books={"alder.cash": (replace(series, report=replace(series.report, rows=13, rejected=notes)),)})
    page = record_part(build.judged(record=record))
    for note in notes:
        assert f"line {note.row}: `{note.row}?` in `cash` is not a number" in page
    (said,) = record.unread
    assert said.endswith("line 4: `4?` in `cash` is not a number; and 2 more.")
    verdict = replace(build.verdict(), unread=record.unread)
    assert verdict.to_json()["unread"] == [said]
    assert "Not read  5 of 13 rows of balance_sheets.csv are not read:" in terminal.verdict_text(verdict)
    assert "5 of 13 rows of balance\\_sheets.csv are not read" in terminal.verdict_markdown(verdict)


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
    assert "Nobody recorded “capability fund”." in plain


def test_a_rule_of_return_is_told_with_its_windows_and_why() -> None:
    def judged(answer: str, why: str = "") -> Judgement:
        return Judgement(span=FIRST, answer=answer, figure=None, robustness=Interval(0.0, 0.0), why=why)  # type: ignore[arg-type]  # one of the five

    windows = (judged("kept"), judged("kept"), judged("broken"))
    broken = RuleReading(rule="fair_return", answer="broken", robustness=None, judgements=windows)
    untold = RuleReading(rule="answered", answer="cannot tell", robustness=None, judgements=(), why="nobody records it")
    text = terminal.balance_text(balance(), (broken, untold))
    assert "  “fair return”: broken (2 kept, 1 broken).\n  “answered”: cannot tell; nobody records it." in text
