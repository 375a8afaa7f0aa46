import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lichen.check.finding import Evidence, Finding, Remedy
from lichen.show import terminal
from tests.show import build

LONG = "a sentence that goes on and on " * 20


def test_the_verdict_fits_a_screen() -> None:
    lines = terminal.verdict_text(build.verdict()).split("\n")
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_the_texts_it_fits_a_screen_and_moves_no_cursor(one: str, other: str) -> None:
    finding = Finding(
        about="bounded_dependency",
        type="invariant",
        status="broken",
        says=one or "x",
        margin=-1.0,
        evidence=(Evidence(says=other, figure=1e300, unit=other, at=one),),
        remedy=Remedy(says=other or "x", path=one, value=other),
        needs=LONG,
    )
    verdict = build.verdict(sentence=LONG + one, relationship=other, findings=(finding,) * 5)
    lines = terminal.verdict_text(verdict).split("\n")
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert all(letter.isprintable() or letter == "\u202f" for line in lines for letter in line)


def test_the_three_worst_come_with_figure_source_and_repair() -> None:
    text = terminal.verdict_text(build.verdict())
    assert [line[:8] for line in text.split("\n") if re.match(r"\d ", line)] == ["1 BROKEN", "2 BROKEN", "3 AT RIS"]
    assert "0.3123 past the limit" in text
    assert "supply.yaml:24:14" in text
    assert "Write `terms.pay_after: 4 weeks`." in text


def test_no_sentence_of_the_screen_is_cut() -> None:
    assert "…" not in terminal.verdict_text(build.verdict())


def test_the_figure_shown_is_that_of_the_first_evidence() -> None:
    first = Evidence(says="The side it is about.", figure=0.1234, unit="EUR", at="a.yaml:1:1")
    other = Evidence(says="Another side.", figure=0.5678, unit="EUR", at="a.yaml:2:2")
    finding = replace(build.findings()[0], evidence=(first, other))
    text = terminal.verdict_text(build.verdict(findings=(finding,)))
    assert "0.1234 EUR" in text
    assert "0.5678" not in text


def test_it_says_what_it_rests_on_and_what_to_do_next() -> None:
    text = terminal.verdict_text(build.verdict())
    assert "40\u202f% recorded by both sides, 50\u202f% stated by" in text
    assert "Next      Find out: Ask Alder Packaging" in text


def test_when_nothing_is_wrong_the_nearest_to_a_limit_are_shown() -> None:
    held = tuple(finding for finding in build.findings() if finding.status == "holds")
    verdict = build.verdict(verdict="symbiotic", findings=held)
    assert [finding.about for finding in terminal.shown(verdict)] == [
        "over_coupling",
        "bounded_dependency",
        "adaptive_renegotiability",
    ]


def test_colours_only_where_they_are_asked_for() -> None:
    assert "\x1b" not in terminal.verdict_text(build.verdict())
    coloured = terminal.verdict_text(build.verdict(), colours=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured).split() == terminal.verdict_text(build.verdict()).split()
    assert "\x1b[" in coloured


def test_markdown_holds_every_finding_and_no_markup_of_the_file() -> None:
    found = build.findings()
    hostile = replace(found[0], says="<script>alert(1)</script> [x](javascript:y) # z")
    text = terminal.verdict_markdown(build.verdict(findings=(hostile, *found[1:])))
    assert text.count("\n### ") == len(found)
    assert "<script>" not in text
    assert "[x](" not in text
