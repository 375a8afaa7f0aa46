"""The manual pages that `lichen explain` prints."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lichen.check.gate import KINDS
from lichen.check.neighbours import IN_WORDS
from lichen.check.thresholds import TABLE
from lichen.language.keys import MECHANISMS
from lichen.show.manual import contents, nearest, page
from lichen.show.manual.keys import key_pages
from lichen.show.manual.lookup import WIDTH
from lichen.show.manual.pages import pages
from lichen.stress.stress import SECTIONS

INVARIANTS = (
    "reciprocal_viability",
    "visible_value_exchange",
    "non_extractive_reinforcement",
    "adaptive_renegotiability",
    "bounded_dependency",
)
FAILURES = (
    "disguised_extraction",
    "dependency_lock_in",
    "false_shared_value_metric",
    "fragility_contagion",
    "goodwill_substitution",
    "over_coupling",
)
VERDICTS = ("symbiotic", "at risk", "not symbiotic", "undecided", "not a relationship of this kind", "cannot tell")
READINGS = (
    "reciprocity_granularity",
    "coupling_intensity",
    "benefit_symmetry",
    "adaptation_cadence",
    "exit_strength",
    "dependency",
    "measurement_burden",
    "relationship_specific_investment",
    "durable_mutual_benefit",
    "opportunism",
    "joint_capacity",
    "resilience",
    "heroic_coordination",
)


@pytest.mark.parametrize("name", INVARIANTS + FAILURES)
def test_every_finding_of_a_verdict_has_a_page_that_says_what_is_looked_at_and_what_helps(name: str) -> None:
    text = page(name) or ""
    for heading in ("WHAT WE LOOK AT", "CANNOT TELL WHEN", "NOT TO BE CONFUSED WITH", "MITIGATION", "SOURCES"):
        assert heading in text


@pytest.mark.parametrize(
    "name", [*VERDICTS, *READINGS, *IN_WORDS, *sorted(set(KINDS.values())), "ecosystem_mutualism_design"]
)
def test_every_word_of_the_json_of_a_verdict_has_a_page(name: str) -> None:
    assert page(name)


@pytest.mark.parametrize("name", MECHANISMS)
def test_every_mechanism_that_a_file_may_name_has_a_page(name: str) -> None:
    assert "(mechanism)" in (page(name) or "")


def test_every_key_has_a_page_that_says_where_it_stands() -> None:
    for key in key_pages():
        text = page(key.name) or ""
        assert key.places[0] in text


def test_a_name_is_found_however_its_words_are_joined() -> None:
    assert page("over-coupling") == page("over_coupling") == page("Over coupling") is not None


def test_one_name_of_two_things_shows_both() -> None:
    text = page("exit") or ""
    assert "Exit and continuity rule (component, optional)" in text
    assert "exit (key)" in text


def test_win_win_is_a_warning_that_says_what_must_be_explicit() -> None:
    text = page("win-win") or ""
    assert "not symbiotic because it is called so" in text
    for section in ("`flows`", "`reciprocity`", "`shared_value`", "`adjustment`"):
        assert section in text


@pytest.mark.parametrize("name", ["mutualistic alignment", "mutual value alignment", "reciprocal value design"])
def test_a_near_name_leads_to_the_page_of_the_whole(name: str) -> None:
    assert (page(name) or "").startswith("Symbiotic alignment")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("headroom", "Room left"),
        ("room left", "Room left"),
        ("typical", "Futures"),
        ("futures", "Futures"),
        ("watch", "Watch"),
        ("alarm", "Watch"),
        ("benefit", "Kinds of flow"),
        ("burden", "Kinds of flow"),
        ("risk", "Kinds of flow"),
        ("draft", "Draft"),
    ],
)
def test_a_word_that_people_meet_on_a_page_is_explained(name: str, title: str) -> None:
    assert (page(name) or "").startswith(f"{title} (")


@pytest.mark.parametrize("question", SECTIONS)
def test_every_question_of_a_stress_test_leads_to_the_page_of_it(question: str) -> None:
    text = page(question) or ""
    assert "Stress (idea)" in text
    assert f"- `{question}`: " in text


@pytest.mark.parametrize(
    ("wrong", "near"), [("recprocity", "reciprocity"), ("visble_to", "visible_to"), ("slogn", "Slogan")]
)
def test_a_misspelt_name_is_answered_with_the_nearest(wrong: str, near: str) -> None:
    assert page(wrong) is None
    assert nearest(wrong) == near


def test_nothing_is_offered_for_a_name_that_is_like_none() -> None:
    assert nearest("qqqq") is None


def test_every_threshold_is_printed_with_its_reason() -> None:
    text = " ".join((page("thresholds") or "").split())
    for each in TABLE:
        assert f"{each.name.replace('_', ' ')}, {each.value:g}: {each.reason}." in text


def test_the_contents_name_every_page() -> None:
    text = contents()
    assert page("contents") == text
    for each in pages():
        assert each.title in text


def test_prose_fits_the_screen() -> None:
    for each in pages():
        prose = [line for line in (page(each.title) or "").splitlines() if not line.startswith(("|", "    "))]
        assert max(map(len, prose)) <= WIDTH


def test_explaining_loads_no_heavy_library() -> None:
    program = "import sys, lichen.show.manual as m; m.page('over-coupling'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"numpy", "scipy", "duckdb", "rich", "click"} & set(done.stdout.split())
