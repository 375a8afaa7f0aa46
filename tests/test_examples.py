"""The examples read without problems, and what their pages say of the data is what the data say.

The figures were counted with DuckDB, which is not what lichen counts with here, and copied into the pages by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb
import pytest

from lichen.workspace import read_relationship

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
FILES = sorted(EXAMPLES.glob("*/*.yaml"))

MENTORSHIP = """
    with events as (select * from read_csv('examples/mentorship/events.csv.gz')),
    credits as (select * from events where kind = 'mentored-by'),
    mentored as (select receiver as who, min(date) as since from credits group by receiver),
    after as (select events.* from events join mentored on giver = who and date > since where kind <> 'commit')
"""
BACK = "after a join credits c on a.giver = c.receiver and a.receiver = c.giver and a.date > c.date"
COMMITS = "from 'examples/platform/data/commits.csv'"
OUTSIDE = "where employer_domain_class <> 'redis_company' and repo <> 'valkey'"
BEFORE, AFTER = "utc between '2023-08-14' and '2024-03-20'", "utc >= '2024-03-20'"
YEARS = {2021: 667, 2022: 559, 2023: 365}
SPILLS = "from 'examples/public-private/data/spills_by_company.csv' where company_name <> 'Scottish Water'"
RIVERS = "from 'examples/public-private/data/spills_by_river.csv'"


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"file_search_path": str(ROOT)}) as connection:
        yield connection


reading = cache(read_relationship)
"""Each file is read once for all tests: one of them has 63,436 members."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_an_example_reads_without_problems(path: Path) -> None:
    assert reading(path).problems == ()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_every_floor_and_worth_of_an_example_has_its_reason(path: Path) -> None:
    relationship = reading(path).relationship
    assert relationship is not None
    for party in relationship.parties.values():
        for capacity in party.capacities.values():
            assert capacity.floor.because, f"{party.name}.{capacity.name}.floor"
    for flow in relationship.flows.values():
        for worth in flow.worth.values():
            assert worth.because, f"{flow.name}.worth"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("select count(*) from events", 70_670),
        ("select count(*) from mentored", 39),
        ("select count(distinct giver) from credits join mentored on giver = who", 12),
        ("select count(*) from credits", 852),
        ("select count(*) from after where kind = 'mentored-by'", 496),
        ("select max(n) from (select count(*) as n from credits group by giver)", 338),
        (f"select count(distinct a.giver) from {BACK}", 3),
        ("select count(distinct commit) from credits where year(date) between 2020 and 2025", 290),
        ("select count(*) from after where year(date) between 2020 and 2025", 378),
    ],
)
def test_the_mentorship_page_counts_what_is_there(
    database: duckdb.DuckDBPyConnection, question: str, answer: int
) -> None:
    assert one(database, MENTORSHIP + question) == answer
    assert f"{answer}" in written("mentorship").replace(",", "")


@pytest.mark.parametrize(("table", "rows"), [("mentored", "credits"), ("returned", "after")])
def test_the_tables_of_the_mentorship_are_rows_of_the_events(
    database: duckdb.DuckDBPyConnection, table: str, rows: str
) -> None:
    columns = "date, commit, giver, receiver"
    ours = f"select {columns} from read_csv('examples/mentorship/data/{table}.csv')"
    theirs = f"{MENTORSHIP} select {columns} from {rows} where year(date) between 2020 and 2025"
    assert sorted(database.execute(ours).fetchall()) == sorted(database.execute(theirs).fetchall())


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (f"select count(*) {COMMITS}", 3_372),
        (f"select count(*) {COMMITS} where utc between '2020-07-01' and '2020-12-31 23:59:59'", 474),
        (
            f"select count(*) {COMMITS} {OUTSIDE} and {BEFORE}",
            245,
        ),
        (f"select count(*) {COMMITS} {OUTSIDE} and {AFTER}", 80),
        (
            f"select count(distinct who) {COMMITS} {OUTSIDE} and {BEFORE}",
            52,
        ),
        (f"select count(distinct who) {COMMITS} {OUTSIDE} and {AFTER}", 30),
        (f"select count(*) {COMMITS} where repo = 'valkey'", 562),
        (f"select count(*) {COMMITS} where repo <> 'valkey' and employer_domain_class = 'redis_company'", 706),
        *((f"select count(*) {COMMITS} {OUTSIDE} and year(utc) = {year}", n) for year, n in YEARS.items()),
    ],
)
def test_the_platform_page_counts_what_is_there(
    database: duckdb.DuckDBPyConnection, question: str, answer: int
) -> None:
    assert one(database, question) == answer
    assert f"{answer}" in written("platform").replace(",", "")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        *(
            (f"select round(sum(hours)) {SPILLS} and reporting_year = {year}", hours)
            for year, hours in ((2020, 3_973_148), (2021, 3_472_556), (2022, 2_317_709), (2023, 4_554_219))
        ),
        (f"select count(*) {RIVERS}", 5_184),
        (f"select count(*) {RIVERS} where total_hours > 1000", 883),
    ],
)
def test_the_public_private_page_counts_what_is_there(
    database: duckdb.DuckDBPyConnection, question: str, answer: int
) -> None:
    assert one(database, question) == answer
    assert f"{answer}" in written("public-private").replace(",", "")


def one(database: duckdb.DuckDBPyConnection, question: str) -> float:
    ((found,),) = database.execute(question).fetchall()
    return float(found)


def written(example: str) -> str:
    """The pages and the file of an example as one text."""
    folder = EXAMPLES / example
    return "\n".join(
        path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.suffix in (".md", ".yaml")
    )
