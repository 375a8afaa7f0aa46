import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

from lichen.check.finding import Evidence, Finding, Remedy
from lichen.check.gate import Kind
from lichen.check.measures.pulses import Pulse, Reach
from lichen.check.rests_on import Flip, RestsOn
from lichen.dependency.map import build_map
from lichen.relationship.flow import Flow
from lichen.relationship.party import Party
from lichen.show import figures, terminal
from lichen.show.judged import Judged
from lichen.show.page import review_page
from lichen.show.page.findings import article
from tests.show import build

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=y>"
BOX = {"script", "img", "iframe", "object", "embed", "link", "form", "base", "audio", "video", "foreignobject"}


class Elements(HTMLParser):
    """Every element with its attributes, and the text that a reader sees."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._silent = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._silent = tag if tag in ("style", "code") else self._silent

    def handle_endtag(self, tag: str) -> None:
        self._silent = "" if tag == self._silent else self._silent

    def handle_data(self, data: str) -> None:
        self.text += "" if self._silent else f"{data} "


def hostile() -> Judged:
    """Every text that a file can hold tries to become markup."""
    made = build.judged()
    parties: dict[str, Party] = {n: replace(p, title=HOSTILE) for n, p in made.relationship.parties.items()}
    flows: dict[str, Flow] = {n: replace(f, title=HOSTILE) for n, f in made.relationship.flows.items()}
    term = made.relationship.terms["price"]
    value = replace(term.value, text=HOSTILE, because=HOSTILE, source=HOSTILE)
    told = replace(
        made.relationship,
        name=HOSTILE,
        purpose=HOSTILE,
        parties=parties,
        flows=flows,
        terms={"price": replace(term, value=value, between=(value, value))},
    )
    finding = Finding(
        about=HOSTILE,
        type="check",
        status="broken",
        says=HOSTILE,
        evidence=(Evidence(says=HOSTILE, figure=1.0, unit=HOSTILE, at=HOSTILE),),
        remedy=Remedy(says=HOSTILE, path=HOSTILE, value=HOSTILE),
        needs=HOSTILE,
    )
    flip = Flip(what=HOSTILE, at=HOSTILE, now=HOSTILE, then=HOSTILE, verdict=HOSTILE)
    rests = RestsOn(recorded_by_both=0.0, stated_by_one=0.0, assumed=1.0, flips=(flip,))
    verdict = build.verdict(
        relationship=HOSTILE, sentence=HOSTILE, findings=(finding,), missing=(HOSTILE,), rests_on=rests
    )
    return replace(made, relationship=told, verdict=verdict, map=build_map(told))


def test_no_text_of_a_file_becomes_markup() -> None:
    page = Elements(review_page(hostile()))
    assert not BOX & {tag for tag, _ in page.elements}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert page.text.count("alert('x')") > 20


def test_the_page_needs_nothing_from_outside() -> None:
    page = Elements(review_page(build.judged()))
    loaded = [value for _, attributes in page.elements for name, value in attributes.items() if name in ("src", "href")]
    assert all(value is not None and value.startswith("#") for value in loaded)
    policies = [a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", review_page(build.judged()))


def test_every_name_on_the_page_is_used_once() -> None:
    page = Elements(review_page(build.judged()))
    names = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
    assert [name for name, count in names.items() if count > 1] == []
    linked = {a["href"] for tag, a in page.elements if tag == "a"}
    assert linked <= {f"#{name}" for name in names}


def test_people_read_no_word_of_the_method() -> None:
    text = Elements(review_page(build.judged())).text
    assert re.findall(r"(?i)\b(headroom|ensemble|quantile|pulse|margin|monte carlo)s?\b", text) == []


def test_screen_json_and_page_carry_the_same_figures() -> None:
    verdict = build.verdict()
    page = Elements(review_page(build.judged())).text
    screen = terminal.verdict_text(verdict)
    told = json.loads(json.dumps(verdict.to_json()))
    for finding in told["findings"]:
        if finding["margin"] is not None:
            assert figures.distance(finding["margin"]) in page
        if finding["score"] is not None:
            assert f"{figures.number(finding['score'])} (watch 0.25, alarm 0.5)" in page
        for seen in finding["evidence"]:
            assert figures.figure(seen["figure"], seen["unit"]) in page
    for finding in terminal.shown(verdict):
        assert terminal.measured(finding) in screen
        assert all(figures.figure(seen.figure, seen.unit) in screen for seen in finding.evidence[:1])
    for name in ("recorded_by_both", "stated_by_one", "assumed"):
        assert figures.percent(told["rests_on"][name]) in page
        assert figures.percent(told["rests_on"][name]) in screen


def between(kind: Kind, *, up: tuple[float, float], down: tuple[float, float]) -> str:
    """What the page says of gains (`up`) and losses that reach the other: of Northfield's, then of Alder's."""
    verdict = build.verdict()
    pairs = (("northfield", "alder"), ("alder", "northfield"))
    reach = {
        (one, other): Reach(
            up=Pulse(origin=one, target=other, capacity="cash", value=up[turn], error=0.01),
            down=Pulse(origin=one, target=other, capacity="cash", value=down[turn], error=0.01),
        )
        for turn, (one, other) in enumerate(pairs)
    }
    found = replace(verdict, kind=kind, gate=replace(verdict.gate, kind=kind, reach=reach))
    said = re.search(r"Between (.+?) \.", Elements(review_page(build.judged(verdict=found))).text)
    assert said is not None
    return " ".join(said[1].split())


def test_what_reaches_whom_is_said_by_name_and_only_where_it_does() -> None:
    # A tenth of a gain counts as reaching the other side.
    assert between("mutualism", up=(0.5, 0.4), down=(0.5, 0.4)) == "them: what either gains reaches the other"
    assert between("neutralism", up=(0.05, 0.0), down=(0.0, 0.0)) == "them: what either gains stays with it"
    assert between("commensalism", up=(0.0, 0.6), down=(0.0, 0.6)) == (
        "them: nothing that Northfield Foods gains reaches Alder Packaging; what Alder Packaging gains reaches "
        "Northfield Foods"
    )
    assert between("mutualism", up=(0.0, 0.6), down=(0.5, 0.6)).startswith(
        "them: only what Northfield Foods loses reaches Alder Packaging, no gain; "
    )
    assert between("parasitism", up=(0.5, -0.4), down=(0.5, -0.4)) == (
        "them: what Northfield Foods gains reaches Alder Packaging; Northfield Foods loses when Alder Packaging gains"
    )


def test_first_come_the_sentence_the_picture_and_three_things_to_do() -> None:
    page = review_page(build.judged())
    places = [
        page.index(words) for words in ("<nav", ">Room left of each side<", ">What can be done<", '<section id="sides"')
    ]
    assert page.index("<h1>") < places[0] < places[1] < places[2] < places[3]
    actions = page[places[2] : places[3]]
    assert actions.count("<li>") == 3
    assert "terms.pay_after: 4 weeks" in actions


def test_a_page_without_record_says_so() -> None:
    text = Elements(review_page(build.judged(record=None, balance=None))).text
    assert "Nothing was recorded." in text


def test_evidence_that_only_repeats_the_finding_leaves_no_empty_list() -> None:
    finding = Finding(about="b1", type="check", status="unknown", says="Same.", evidence=(Evidence(says="Same."),))
    assert "<ul" not in str(article(finding, build.judged().relationship))
