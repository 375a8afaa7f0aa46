"""A real file from the disk to the page: every figure of the JSON stands on the page, the worst on the screen."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from lichen.cli.judging import Asked, judge_file
from lichen.show import figures, outlook, terminal
from lichen.show.judged import Judged
from lichen.show.page import review_page

FILE = Path(__file__).parent.parent / "cases/examples/supply.yaml"


class Text(HTMLParser):
    """The text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said = ""
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.fixture(scope="module")
def judged() -> Judged:
    return judge_file(Asked(file=FILE, runs=40))


def test_every_figure_of_the_json_stands_on_the_page(judged: Judged) -> None:
    page = Text(review_page(judged)).said
    told = json.loads(json.dumps(judged.verdict.to_json()))
    assert told["findings"]
    for finding in told["findings"]:
        if finding["margin"] is not None:
            assert figures.distance(finding["margin"]) in page
        if finding["score"] is not None:
            assert f"{figures.number(finding['score'])} (watch 0.25, alarm 0.5)" in page
        for seen in finding["evidence"]:
            assert seen["figure"] is None or figures.figure(seen["figure"], seen["unit"]) in page
            assert seen["at"] is None or seen["at"] in page
    for group in ("tuning", "tradeoffs", "outcomes"):
        for reading in told[group].values():
            if reading["value"] is not None:
                assert figures.figure(reading["value"], reading["unit"]) in page
    for share in ("recorded_by_both", "stated_by_one", "assumed"):
        assert figures.percent(told["rests_on"][share]) in page
    for party, dependence in told["gate"]["dependence"].items():
        assert figures.percent(dependence) in page, party


def test_the_screen_says_the_same_of_what_comes_first(judged: Judged) -> None:
    page, screen = Text(review_page(judged)).said, terminal.verdict_text(judged.verdict)
    for finding in terminal.shown(judged.verdict):
        assert terminal.measured(finding) in screen
        assert terminal.measured(finding) in page
    assert len(screen.split("\n")) <= 24


def test_the_picture_shows_what_the_futures_say(judged: Judged) -> None:
    for one in outlook.outlooks(judged):
        path = judged.futures.paths["base"][f"{one.party.name}.headroom"]
        assert one.side.days[-1] == judged.futures.days[-1]
        # Typical at the end: half of the futures lie above, half below.
        assert (path[:, -1] >= one.at_end).mean() >= 0.5
        assert (path[:, -1] <= one.at_end).mean() >= 0.5


def test_the_same_file_and_seed_give_the_same_page(judged: Judged) -> None:
    assert review_page(judged) == review_page(judge_file(Asked(file=FILE, runs=40)))
