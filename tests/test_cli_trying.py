"""`simulate` and `stress` through the command itself: what they write, and how they refuse what no file knows."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from time import sleep

import duckdb
import pytest

from lichen.cli.trying import SECTIONS
from lichen.simulation import cost
from lichen.stress import stress
from tests.command import GOOD, Ask, refused

FILES = {
    "good.yaml": GOOD
    + "world: {mood: {process: white, mean: 1, spread: 10 %, over: 1 week}}\n"
    + "scenarios: {dry: {from: 2026-03-02, set: {mood: 0.5}}}\n"
}
FEW = ("--runs", "20")


def test_stress_prints_every_question(ask: Ask) -> None:
    answer = ask("stress", "good.yaml", *FEW, files=FILES)
    assert answer.status == 0
    for heading in stress.SECTIONS.values():
        assert heading in answer.stdout.splitlines()
    assert max(len(line) for line in answer.stdout.splitlines()) <= 80


def test_the_command_knows_every_question() -> None:
    assert tuple(stress.SECTIONS) == SECTIONS


def test_stress_asks_only_what_is_asked(ask: Ask) -> None:
    answer = ask(
        "stress", "good.yaml", *FEW, "--only", "exits", "--party", "mill", "--date", "2026-06-01", "--format", "json",
        files=FILES,
    )  # fmt: skip
    said = json.loads(answer.stdout)
    assert [(one["party"], one["day"]) for one in said["exits"]["tried"]] == [("mill", 147.0)]
    assert said["cheating"] is None


def test_the_horizon_of_a_test_ends_where_the_run_ends(ask: Ask) -> None:
    # 100 days are 14 steps of a week: from 5 January 98 days on, to 13 April
    files = {"file.yaml": GOOD.replace("horizon: 1 year", "horizon: 100 days")}
    answer = ask("stress", "file.yaml", *FEW, "--date", "2026-04-14", files=files)
    refused(answer, "from 2026-01-05 until 2026-04-13")
    answer = ask(
        "stress", "file.yaml", *FEW, "--date", "2026-04-12", "--only", "goodwill", "--format", "json", files=files
    )
    assert json.loads(answer.stdout)["days"] == 98


@pytest.mark.parametrize(
    ("verb", "options", "words"),
    [
        ("stress", ("--party", "mil"), ("--party", "`mil`", "Did you mean `mill`?")),
        ("stress", ("--date", "2040-01-01"), ("--date", "2026-01-05", "2027-01-04")),
        ("stress", ("--date", "2025-01-01"), ("--date", "horizon")),
        ("stress", ("--date", "soon"), ("Write it as 2026-01-31",)),
        ("stress", ("--only", "exit"), ("--only", "exits")),
        ("stress", ("--for", "nobody"), ("--for", "`mill`")),
        ("stress", ("--runs", "1"), ("--runs",)),
        ("simulate", ("--scenario", "dri"), ("--scenario", "Did you mean `dry`?")),
        ("simulate", ("--experiment", "exit:mil"), ("--experiment", "Did you mean `exit:mill`?")),
        ("simulate", ("--save", "out.csv"), ("--save", ".parquet")),
        ("simulate", ("--save", "nowhere/out.parquet"), ("--save", "cannot be written")),
        ("simulate", ("--output", "out.pdf"), (".svg", ".csv")),
    ],
)
def test_what_a_file_does_not_know_is_refused_with_what_it_knows(
    verb: str, options: tuple[str, ...], words: tuple[str, ...], ask: Ask
) -> None:
    refused(ask(verb, "good.yaml", *options, files=FILES), *words)


def test_a_folder_is_not_overwritten_by_courses(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "there.parquet").mkdir()
    refused(ask("simulate", "good.yaml", *FEW, "--save", "there.parquet", files=FILES), "would be lost")


def test_the_page_is_well_formed_and_asks_nothing_from_outside(ask: Ask, tmp_path: Path) -> None:
    title = FILES["good.yaml"].replace("The mill and the bakery", "<script>alert(1)</script>")
    answer = ask("stress", "bad.yaml", *FEW, "--output", "page.html", files={"bad.yaml": title})
    assert answer.status == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    ElementTree.fromstring(page.removeprefix("<!doctype html>\n"))
    assert "<script" not in page
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert not re.search(r"\b(nan|inf)\b", page)


def test_simulate_shows_lanes_side_by_side(ask: Ask) -> None:
    asked = ("simulate", "good.yaml", *FEW, "--scenario", "dry", "--experiment", "exit:mill")
    answer = ask(*asked, files=FILES)
    assert answer.status == 0
    for words in ("Room left", "Has been below its floor", "scenario dry", "mill leaves", "flour"):
        assert words in answer.stdout
    assert max(len(line) for line in answer.stdout.splitlines()) <= 80
    said = json.loads(ask(*asked, "--format", "json").stdout)
    assert set(said["lanes"]) == {"base", "scenario:dry", "exit:mill"}
    # From 900 of a range of 600 above 300 the mill wins 7 EUR a week for 52 weeks.
    assert said["lanes"]["base"]["bands"]["mill.cash"]["bounds"][2][-1] == pytest.approx(900 + 52 * 7)


def test_where_nothing_is_drawn_one_future_stands_for_all(ask: Ask) -> None:
    answer = ask("simulate", "file.yaml", "--runs", "300", files={"file.yaml": GOOD})
    assert "1 future, as nothing is drawn by chance, " in answer.stdout
    assert json.loads(ask("simulate", "file.yaml", "--format", "json").stdout)["runs"] == 1


def test_of_a_large_file_fewer_futures_are_tried_unless_somebody_asks_for_more(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cost, "QUICK_CELLS", 30_000_000)
    answer = ask("check", "good.yaml", "--format", "json", files=FILES)
    tried = json.loads(answer.stdout)["runs"]
    assert 20 < tried < 1000
    assert f"{tried} futures instead of 1,000, as this file is large: `--runs` asks for more." in answer.stderr
    asked = ask("check", "good.yaml", "--format", "json", "--runs", "40")
    assert json.loads(asked.stdout)["runs"] == 40
    assert "instead" not in asked.stderr
    monkeypatch.setattr(cost, "QUICK_CELLS", 1)
    fewest = ask("simulate", "good.yaml", "--format", "json", "--scenario", "dry")
    assert json.loads(fewest.stdout)["runs"] == 1


def test_the_table_has_a_row_for_each_lane_series_and_moment(ask: Ask) -> None:
    rows = list(csv.DictReader(io.StringIO(ask("simulate", "good.yaml", *FEW, "--format", "csv", files=FILES).stdout)))
    last = next(row for row in rows if row["series"] == "bakery.headroom" and row["date"] == "2027-01-04")
    # 800 - 52 * 2 + 52 * (21 - 14) of a range of 600 above 200.
    assert float(last["p50"]) == pytest.approx((800 - 104 + 364 - 200) / 600)
    assert (last["lane"], last["below_floor"]) == ("base", "0.0")
    assert {row["series"] for row in rows} == {
        "mill.headroom", "bakery.headroom", "mill.cash", "bakery.cash", "flour", "payment",
    }  # fmt: skip


def test_the_picture_is_well_formed(ask: Ask) -> None:
    drawn = ask("simulate", "good.yaml", *FEW, "--scenario", "dry", "--format", "svg", files=FILES).stdout
    picture = ElementTree.fromstring(drawn)
    assert len(picture.findall(".//{http://www.w3.org/2000/svg}svg")) == 6


def test_every_course_is_saved(ask: Ask, tmp_path: Path) -> None:
    clash = FILES["good.yaml"].replace(
        "  flour:", "  Future: {kind: information, from: mill, to: bakery, rate: 3 per week}\n  flour:"
    )
    answer = ask(
        "simulate", "file.yaml", *FEW, "--save", "out.parquet", "--scenario", "dry", files={"file.yaml": clash}
    )
    assert answer.status == 0
    assert "Wrote out.parquet" in answer.stderr
    saved = str(tmp_path / "out.parquet")
    count, futures, lanes = duckdb.sql(
        f"SELECT count(*), count(DISTINCT future), count(DISTINCT lane) FROM '{saved}'"
    ).fetchall()[0]
    assert (count, futures, lanes) == (53 * 20 * 2, 20, 2)
    asked = f"""SELECT "mill.cash", "Future_" FROM '{saved}' WHERE day = 364 AND lane = 'base' AND future = 7"""
    assert duckdb.sql(asked).fetchall() == [(pytest.approx(900 + 52 * 7), pytest.approx(3 / 7))]
    assert [path.name for path in tmp_path.glob(".out*")] == []


def test_an_interruption_keeps_the_futures_that_are_done(tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text(FILES["good.yaml"].replace("horizon: 1 year", "horizon: 5 years"))
    program = "import sys; from lichen.cli import main; sys.argv[0] = 'lichen'; main()"
    command = [sys.executable, "-c", program, "simulate", "file.yaml", "--runs", "100000", "--save", "out.parquet"]
    running = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for _ in range(3000):  # half a minute; once its folder is there, an interruption waits for the first futures
        if running.poll() is not None or list(tmp_path.glob(".out*")):
            break
        sleep(0.01)
    running.send_signal(signal.SIGINT)
    said, complaint = running.communicate(timeout=60)
    assert running.returncode == 3, complaint
    assert b"futures are done" in said
    assert b"Traceback" not in complaint
    assert b"Stopping after what is under way." in complaint
    done = duckdb.sql(f"SELECT count(DISTINCT future) FROM '{tmp_path / 'out.parquet'}'").fetchall()[0][0]
    assert 0 < done < 100_000
    assert list(tmp_path.glob(".out*")) == []


def test_the_review_says_what_is_hardest_and_shows_the_scenarios(ask: Ask, tmp_path: Path) -> None:
    assert ask("review", "good.yaml", *FEW, "--output", "page.html", files=FILES).status == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    part = re.sub(r"<[^>]+>", "|", page.partition('id="tried"')[2].partition("</section>")[0])
    # Either side gives and gets for 52 weeks; who keeps the payment keeps 14 EUR of a range of 600 a week.
    assert "bakery wins" in part
    assert "If mill leaves" in part or "If bakery leaves" in part
    # 900 + 52 * 7 of a range of 600 above 300, with the scenario and without: nothing reads the mood.
    assert re.findall(r"(as it is|scenario dry)\|+mill\|+(161)", part) == [("as it is", "161"), ("scenario dry", "161")]
