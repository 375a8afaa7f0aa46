"""Hostile tables and names of files through the command: told at their place or left out, nothing outside is read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.command import GOOD, GROUP, Ask, refused

WITH_GROUP = GOOD.replace("flows:", f"{GROUP.strip(chr(10))}\nflows:")
TABLES: Mapping[str, tuple[str | bytes, tuple[str, ...]]] = {
    "nothing": (b"", ()),
    "a header alone": (b"id,size\n", ()),
    "no such column": (b"name,size\nann,1\n", ("`id`",)),
    "a row cut off": (b"id,size\nann,1\nben", ()),
    "an open quote": (b'id,size\n"ann,1\nben,2\n', ()),
    "zeros": (b"\0" * 5000, ()),
    "bytes": (bytes(range(256)) * 40, ()),
    "a workbook cut off": (b"PK\x03\x04" + b"\0" * 200, ()),
    "Parquet cut off": (b"PAR1" + b"\0" * 200, ()),
    "words for numbers": (b"id,size\nann,many\n", ("many",)),
    "no number": (b"id,size\nann,nan\n", ()),
    "no bound": (b"id,size\nann,inf\n", ()),
    "a huge number": (b"id,size\nann,1e999999999\n", ()),
    "an empty cell": (b"id,size\nann,\n", ()),
    "a member twice": (b"id,size\nann,1\nann,2\n", ("ann",)),
    "a column twice": (b"id,size,size\nann,1,2\n", ()),
    "an uneven row": (b"id,size\nann,1,2,3\n", ()),
    "a thousand separator": (b'id,size\nann,"1,000"\n', ()),
    "a formula of a spreadsheet": (b"id,size\nann,=1+1\n", ()),
    "a field without end": (b"id,size\n" + b"x" * 300_000 + b",1\n", ()),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_hostile_table_of_members_is_refused_at_its_place_in_the_file(name: str, ask: Ask) -> None:
    table, words = TABLES[name]
    refused(ask("check", "file.yaml", files={"file.yaml": WITH_GROUP, "people.csv": table}), "file.yaml:", *words)


EVENTS = {name: table for name, (table, _) in TABLES.items() if isinstance(table, bytes)}


@pytest.mark.parametrize("name", EVENTS)
def test_a_hostile_table_of_events_is_scanned_or_refused_in_order(name: str, ask: Ask) -> None:
    answer = ask("scan", "events.csv", files={"events.csv": EVENTS[name]})
    assert answer.status in (0, 2)
    assert "Traceback" not in answer.stderr


PATHS = ["../people.csv", "sub/../../people.csv", "/etc/passwd", "https://example.org/people.csv", "file:///etc/passwd"]
PATHS += [
    "s3://bucket/people.csv",
    "*.csv",
    "peo?le.csv",
    "people[.]csv",
    "link.csv",
    "folder",
    "pipe",
    ".",
    "~/people.csv",
]
PATHS += ["people.csv\0.txt", "x" * 5000, "", "C:\\people.csv", "people.csv/", "loop.csv", "/dev/zero", "/dev/stdin"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: repr(path)[:40])
@pytest.mark.parametrize("section", ["members", "evidence", "series"])
def test_no_file_outside_the_folder_is_opened(path: str, section: str, ask: Ask, tmp_path: Path) -> None:
    outside = tmp_path.parent / "people.csv"
    outside.write_text("id,size,at,amount\nsecret,1,2026-01-05,3\n")
    (tmp_path / "link.csv").symlink_to(outside)
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    said = json.dumps(path)
    text = {
        "members": WITH_GROUP.replace("people.csv", said),
        "evidence": GOOD + f"evidence: {{flour: {{file: {said}, at: at, amount: amount, unit: loaf}}}}\n",
        "series": GOOD + f"world: {{price: {{process: series, file: {said}, at: at, value: amount}}}}\n",
    }[section]
    answer = ask("check", "file.yaml", "--runs", "20", files={"file.yaml": text})
    refused(answer)
    assert "secret" not in answer.said


EVIDENCE = "evidence: {flour: {file: book.csv, at: id, amount: size, unit: loaf, stated_by: mill}}\n"


@pytest.mark.parametrize("name", EVENTS)
def test_a_hostile_table_of_the_record_is_told_or_left_out(name: str, ask: Ask) -> None:
    for verb in ("check", "balance"):
        runs = ["--runs", "20"] if verb == "check" else []
        answer = ask(verb, "file.yaml", *runs, files={"file.yaml": GOOD + EVIDENCE, "book.csv": EVENTS[name]})
        assert answer.status in (0, 1, 2)
        assert "Traceback" not in answer.stderr
        assert answer.stderr == "" or answer.status == 2
