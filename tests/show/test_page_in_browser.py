"""The page as people see it: at every width, light and dark, on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from lichen.show.page import review_page
from lichen.show.page.change import change_page
from lichen.show.page.stress import stress_page
from lichen.stress.stress import stress
from lichen.workspace import read_relationship
from tests.show import build
from tests.show.test_comparing import comparison

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Texts of one chart that share more than a sliver of their boxes.
OVERLAPS = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('svg.chart')) {
    const texts = [...svg.querySelectorAll('text')].filter(t => t.getClientRects().length);
    const boxes = texts.map(t => t.getBoundingClientRect());
    for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
      const a = boxes[i], b = boxes[j];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 3 && high > 4) found.push(texts[i].textContent + ' | ' + texts[j].textContent);
    }
  }
  return found;
}"""

OUTSIDE = """() => [...document.querySelectorAll('svg.chart text')].filter(t => t.getClientRects().length).filter(t => {
  const box = t.getBoundingClientRect(), sheet = t.closest('.panel').getBoundingClientRect();
  return box.left < sheet.left || box.right > sheet.right;
}).map(t => t.textContent)"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "review.html"
    path.write_text(review_page(build.judged()), encoding="utf-8")
    return path.as_uri()


def opened(browser: Browser, address: str, width: int, scheme: str = "light") -> Page:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]  # a literal
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert said == []
    return page


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The supply example, put to the test."""
    reading = read_relationship(Path(__file__).parents[2] / "examples/supply/relationship.yaml")
    assert reading.relationship is not None
    path = tmp_path_factory.mktemp("page") / "stress.html"
    path.write_text(stress_page(stress(reading.relationship, runs=40)), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("which", ["address", "tested"])
def test_nothing_runs_off_the_screen(browser: Browser, request: pytest.FixtureRequest, which: str, width: int) -> None:
    page = opened(browser, request.getfixturevalue(which), width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "change.html"
    path.write_text(change_page(comparison()), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("which", ["address", "changed", "tested"])
def test_no_label_of_a_chart_lies_on_another_or_outside(
    browser: Browser, request: pytest.FixtureRequest, which: str, width: int
) -> None:
    page = opened(browser, request.getfixturevalue(which), width)
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("which", ["address", "tested"])
def test_it_can_be_read_by_everybody(
    browser: Browser, request: pytest.FixtureRequest, which: str, width: int, scheme: str
) -> None:
    results = Axe().run(opened(browser, request.getfixturevalue(which), width, scheme))
    assert results.violations_count == 0, results.generate_report()


def test_the_first_screen_holds_picture_and_actions(browser: Browser, address: str) -> None:
    page = opened(browser, address, 1280)
    for wanted in ("h1", ".first svg >> visible=true", ".first .actions"):
        box = page.locator(wanted).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800
