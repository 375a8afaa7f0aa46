"""Hostile futures through the command itself: steps too long for a model, growth without end, what is no number, and
work without bounds; told with place, first day and repair, or refused before anything is allocated.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from lichen.relationship.relationship import Relationship
from lichen.show.loops import loop_sentences
from lichen.simulation.loops.loops import Loops, find_loops
from lichen.workspace import read_relationship
from tests.command import GOOD, GROUP, Answer, Ask, refused

LUCK = "world: {luck: {process: uniform, from: 0, to: 1}}\n"
FEW = ("--runs", "20")


def changed(before: str, after: str, more: str = LUCK) -> str:
    """The small right file with one part written otherwise."""
    assert before in GOOD
    return GOOD.replace(before, after) + more


DRIFT, RATE = "change: -2 EUR/week", "rate: 7 loaf/week"
DOUBTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "a change faster than its step": (
        changed(DRIFT, "change: (900 EUR - bakery.cash) / (2 days)"),
        ("A step of 1 week is too long for the cash of bakery (file.yaml:8:45)", "`step: 2 days` under `time`"),
    ),
    "a flow faster than its step": (
        changed("rate: flour * 2 EUR/loaf", "rate: bakery.cash / (5 days)"),
        ("the cash of bakery (file.yaml:8:45)", "it overshoots and swings back", "`step: 3 days`"),
    ),
    "a smoothing shorter than a step": (
        changed(RATE, 'rate: "smooth(7 loaf/week * luck, 1 day)"'),
        ("What `flows.flour.rate` (file.yaml:10:56) keeps for less than a step of 1 week", "`step: 1 day`"),
    ),
    "a step beyond the horizon": (
        changed("1 year}", "1 week, step: 1 month}"),
        ("A step of 1 month is longer than the horizon of 1 week",),
    ),
    "a level that grows without end": (
        changed(DRIFT, "change: bakery.cash / (2 weeks)"),
        # 1.5**k > 1e6 x 1.5**10, so k = 45: 5 January and 45 weeks.
        ("The cash of bakery (file.yaml:8:45) grows without end", "from 16 November 2026 on, in every future"),
    ),
    "a flow that grows without end": (
        changed(RATE, 'rate: "7 loaf/week * exp(time / (2 weeks))"'),
        # exp(k/2) > 1e6 x exp(10/2), so k = 38: 5 January and 38 weeks.
        ("“flour” (file.yaml:10:56) grows without end", "from 28 September 2026 on, in every future"),
    ),
    "a division by what becomes zero": (
        changed(RATE, 'rate: "7 loaf/week / (1 - step(10 weeks))"'),
        ("is no number from 16 March 2026 on, in every future", "file.yaml:10:56"),
    ),
    "an overflow": (
        # 1e50**7 is more than a number holds: 5 January and 7 weeks (800 x 1e50**6 still is one).
        changed(DRIFT, "change: 1e50 * bakery.cash / (1 week)"),
        ("is no number from 23 February 2026 on, in every future", "bakery"),
    ),
    "a root of what falls below zero in some futures": (
        changed(RATE, 'rate: "7 loaf/week * sqrt(luck - 0.5 * step(20 weeks))"'),
        ("is no number from 25 May 2026 on, in ", " of 20 futures", "file.yaml:10:56"),
    ),
}


def as_one_line(answer: Answer) -> str:
    return re.sub(r"\s+", " ", answer.stdout)


@pytest.mark.parametrize("name", DOUBTS)
def test_what_makes_futures_doubtful_is_told_once_by_every_verb(name: str, ask: Ask) -> None:
    text, words = DOUBTS[name]
    files = {"file.yaml": text}
    simulated = ask("simulate", "file.yaml", *FEW, files=files)
    stressed = ask("stress", "file.yaml", *FEW, "--only", "goodwill", files=files)
    for answer in (simulated, stressed):
        assert (answer.status, answer.stderr) == (0, "")
        said = as_one_line(answer)
        assert [said.count(word) for word in words[:1]] == [1]
        assert all(word in said for word in words)
    checked = ask("check", "file.yaml", *FEW, "--format", "json", files=files)
    assert (checked.status, checked.stderr) == (1, "")
    verdict = json.loads(checked.stdout)
    told = [one["says"] for one in verdict["cautions"]]
    told += [finding["says"] for finding in verdict["findings"] if "no number" in finding["says"]]
    assert any(all(word in one for word in words) for one in told)
    shown = as_one_line(ask("check", "file.yaml", *FEW))
    assert words[0] in shown


def test_the_page_and_the_pictures_tell_it_too(ask: Ask, tmp_path: Path) -> None:
    text, words = DOUBTS["a change faster than its step"]
    files = {"file.yaml": text}
    for verb in ("stress", "review"):
        assert ask(verb, "file.yaml", *FEW, "--output", f"{verb}.html", files=files).status == 0
        page = re.sub(r"<[^>]+>", "", (tmp_path / f"{verb}.html").read_text(encoding="utf-8"))
        assert page.count(words[0]) == 1
        assert "Write step: 2 days under time." in page
    for form in ("csv", "svg"):
        answer = ask("simulate", "file.yaml", *FEW, "--format", form)
        assert answer.status == 0
        assert words[0] in answer.stderr
    said = json.loads(ask("simulate", "file.yaml", *FEW, "--format", "json").stdout)
    (first, *_) = said["cautions"]
    assert (first["kind"], first["subject"], first["step"]) == ("step too long", "bakery.cash", "2 days")
    with_courses = ask("simulate", "file.yaml", *FEW, "--save", "out.parquet")
    assert words[0] in as_one_line(with_courses)


def test_a_scenario_that_runs_away_is_told_with_its_name(ask: Ask) -> None:
    text = changed(RATE, 'rate: "7 loaf/week / (1 - luck)"', "")
    text += "world: {luck: 0.5}\nscenarios: {dream: {from: 2026-03-02, set: {luck: 1}}}\n"
    answer = ask("simulate", "file.yaml", *FEW, "--scenario", "dream", files={"file.yaml": text})
    assert answer.status == 0
    assert "is no number from 2 March 2026 on, in every future of scenario dream" in as_one_line(answer)
    assert "doubts" not in ask("simulate", "file.yaml", *FEW).stdout
    assert "no number" not in ask("simulate", "file.yaml", *FEW).stdout


def test_honest_growth_and_quick_but_stable_answers_raise_no_doubt(ask: Ask) -> None:
    for text in (
        changed(DRIFT, "at_most: 1e12 EUR, change: bakery.cash / (2 weeks)"),
        changed(DRIFT, "change: (900 EUR - bakery.cash) / (1 week)"),
        changed(RATE, 'rate: "7 loaf/week * (1 + time / (1 week))"'),
    ):
        answer = ask("simulate", "file.yaml", *FEW, "--format", "json", files={"file.yaml": text})
        assert json.loads(answer.stdout)["cautions"] == []


WRONG: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "no horizon": (changed("1 year}", "0 days}"), ("file.yaml:3:36", "longer than 0")),
    "a horizon backwards": (changed("1 year}", "-1 year}"), ("file.yaml:3:36", "cannot be negative")),
    "a step backwards": (changed("1 year}", "1 year, step: -1 week}"), ("A step cannot be negative",)),
    "an arrival before it is sent": (
        changed("worth: {cash: 3 EUR/loaf}", "worth: {cash: 3 EUR/loaf}, arrives_after: -2 weeks"),
        ("`arrives_after` cannot be negative",),
    ),
    "a delay into the future": (
        changed(RATE, 'rate: "delay(7 loaf/week * luck, -3 weeks)"'),
        ("file.yaml:10:57", "The duration of `delay` cannot be negative."),
    ),
    "a smoothing over terms that come to less than nothing": (
        changed(RATE, 'rate: "smooth(7 loaf/week * luck, wait - 3 weeks)"', LUCK + "terms: {wait: {value: 2 weeks}}\n"),
        ("The duration of `smooth` cannot be negative.",),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_times_that_mean_nothing_are_refused(name: str, ask: Ask) -> None:
    text, words = WRONG[name]
    for verb in ("check", "simulate", "stress", "map", "export"):
        refused(ask(verb, "file.yaml", files={"file.yaml": text}), *words)


def test_a_run_that_takes_too_much_is_refused_by_every_verb_with_what_would_do(ask: Ask) -> None:
    """50 years by days and 1,000,000 futures; of `simulate`, of one experiment alone, with a level that reads itself
    fifty times.
    """
    long = changed("1 year}", "50 years, step: 1 day}")
    files = {
        "file.yaml": long,
        "wide.yaml": long.replace(DRIFT, f"change: {' + '.join(['bakery.cash / (1 year)'] * 50)}"),
    }
    for verb, *more in (("check",), ("review",), ("compare", "file.yaml"), ("simulate", "wide.yaml")):
        file = [] if verb == "simulate" else ["file.yaml"]
        answer = ask(verb, *more, *file, "--runs", "1000000", files=files)
        refused(answer, "--runs: 1,000,000 futures of this file are too many", "Write `--runs ")
        most = int(re.findall(r"`--runs (\d+)`", answer.stderr)[0])
        assert f"at most {most:,} can be run" in answer.stderr


def complete(size: int) -> str:
    """So many parties, each giving to each other as it fares."""
    names = [f"p{n}" for n in range(size)]
    lines = [GOOD.partition("visible_to")[0].replace("units: {loaf: new}\n", ""), f"visible_to: [{', '.join(names)}]"]
    lines += [
        "parties:",
        *(f"  {n}: {{kind: organisation, capacities: {{cash: {{level: 9, floor: 3}}}}}}" for n in names),
    ]
    lines += ["flows:"]
    for a in names:
        for b in names:
            if a != b:
                lines.append(
                    f"  {a}_{b}: {{kind: benefit, from: {a}, to: {b}, rate: 1 per year * {a}.headroom, "
                    "cost: {cash: 0.9}, worth: {cash: 1}}"
                )
    return "\n".join(lines) + "\n"


def read_complete(size: int, folder: Path) -> Relationship:
    (folder / "file.yaml").write_text(complete(size), encoding="utf-8")
    reading = read_relationship(folder / "file.yaml")
    assert reading.relationship is not None
    return reading.relationship


def test_loops_of_a_complete_graph_are_the_strongest_and_it_is_said(tmp_path: Path) -> None:
    """Of 9 parties there are 125,664 loops of parties, more than are counted."""
    relationship = read_complete(9, tmp_path)
    loops = find_loops(relationship)
    assert isinstance(loops, Loops)
    assert loops.carriers
    assert not loops.complete
    *_, last = loop_sentences(loops, relationship)
    assert last == "There are too many loops to count: these are the strongest, and shares are of what these carry."


def test_a_page_with_too_many_scenarios_is_refused(ask: Ask) -> None:
    """Each scenario is an experiment of its own beside those of a verdict."""
    scenarios = ", ".join(f"s{n}: {{from: 2026-03-02, set: {{luck: {n / 400}}}}}" for n in range(400))
    files = {"file.yaml": changed("7 loaf/week", "7 loaf/week * luck") + f"scenarios: {{{scenarios}}}\n"}
    refused(ask("review", "file.yaml", "--runs", "60000", files=files), "60,000 futures of this file are too many")


TABLE = "id,size\nann,1\nbob,2\n"
WITH_TABLE = GOOD.replace("flows:", f"{GROUP}flows:")


@pytest.mark.parametrize(
    "arguments",
    [
        ("simulate", "file.yaml", *FEW, "--output", "people.csv"),
        ("simulate", "file.yaml", *FEW, "--format", "json", "--output", "file.yaml"),
        ("simulate", "file.yaml", *FEW, "--output", "private/mill.yaml", "--format", "json"),
        ("stress", "file.yaml", *FEW, "--only", "goodwill", "--format", "json", "--output", "people.csv"),
        ("check", "file.yaml", *FEW, "--format", "json", "--output", "people.csv"),
        ("map", "file.yaml", "--format", "json", "--output", "people.csv"),
        ("export", "file.yaml", "--to", "json", "--output", "people.csv"),
        ("compare", "file.yaml", "file.yaml", *FEW, "--format", "json", "--output", "people.csv"),
    ],
    ids=lambda arguments: f"{arguments[0]} over {arguments[arguments.index('--output') + 1]}",
)
def test_no_file_that_is_read_is_written_over(arguments: tuple[str, ...], ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    secret = WITH_TABLE.replace("floor: 300 EUR", "floor: private to mill")
    own = "parties: {mill: {capacities: {cash: {floor: 300 EUR}}}}\n"
    files = {"file.yaml": secret, "people.csv": TABLE, "private/mill.yaml": own}
    refused(ask(*arguments, files=files), "is there already and would be lost")
    assert {name: (tmp_path / name).read_text() for name in files} == files


def test_courses_are_not_written_over_a_table_that_is_read(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "people.parquet").write_text(TABLE)
    text = WITH_TABLE.replace("people.csv", "people.parquet")
    os.rename(tmp_path / "people.parquet", tmp_path / "people.csv")
    import duckdb

    duckdb.sql(f"COPY (FROM '{tmp_path / 'people.csv'}') TO '{tmp_path / 'people.parquet'}' (FORMAT parquet)")
    before = (tmp_path / "people.parquet").read_bytes()
    refused(ask("simulate", "file.yaml", *FEW, "--save", "people.parquet", files={"file.yaml": text}), "would be lost")
    assert (tmp_path / "people.parquet").read_bytes() == before


def test_courses_that_no_disk_holds_are_refused_before_they_are_run(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """53 moments x 13 columns (lane, future, day; two rooms, four tallies, two levels, two flows) x 8 bytes x 1,000."""
    monkeypatch.setattr("lichen.workspace.free_bytes", lambda folder: 2_756_000)
    asked = ("simulate", "file.yaml", "--save", "out.parquet")
    answer = ask(*asked, "--runs", "1000", files={"file.yaml": changed(DRIFT, DRIFT)})
    refused(answer, "--save: 1,000 futures take up to 0.0 GB", "Write `--runs 500` or less")
    assert list(tmp_path.iterdir()) == [tmp_path / "file.yaml"]
    assert ask(*asked, "--runs", "500").status == 0
