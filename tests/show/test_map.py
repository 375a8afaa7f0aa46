"""The dependency map as people and programs get it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import networkx as nx
import pytest

from lichen.dependency.map import DependencyMap, build_map
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value
from lichen.show.map import FORMATS
from lichen.show.map.layout import Box, Curve, label_spots, nearest_spots, on_ellipse, routes
from lichen.show.map.svg import draw
from tests.by_hand import capacity, flow, party, relationship, seen_by, value

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"]; click p0 "x" <script>alert(1)</script> \x07 ]]> --> #quot; `a`'


def river() -> Relationship:
    """A mill and a farm; both burden a river for which nobody speaks."""
    both = seen_by("mill", "farm")
    return relationship(
        party("mill", capacity("cash", 10, 5)),
        party("farm", capacity("cash", 10, 5, change=1)),
        party("river", capacity("life", 10, 4), essential=False, kind="living system"),
        flow("grain", "farm > mill", 5, worth={"cash": 2}, promised=True, visible_to=both),
        flow("payment", "mill > farm", 5, worth={"cash": 1.8}, settled_after=value(28), promised=True, visible_to=both),
        flow("advice", "mill > farm", 1, worth={"cash": 1}, visible_to=both),
        flow("waste", "mill > river", 2, kind="burden", worth={"life": -1}, visible_to=both),
        flow("water", "river > farm", 1, worth={"cash": 1}, visible_to=()),
        flow("rain", "world > river", 3, worth={"life": 1}),
    )


def ring(size: int) -> Relationship:
    """Parties around a table, each giving to the next, getting from it, and burdening the one after."""
    names = [f"party_{i}" for i in range(size)]
    flows = []
    for i, name in enumerate(names):
        following, after = names[(i + 1) % size], names[(i + 2) % size]
        flows.append(flow(f"gives_{i}", f"{name} > {following}", 1 + i, worth={"good": 1}, visible_to=seen_by(*names)))
        flows.append(flow(f"pays_{i}", f"{following} > {name}", 1, worth={"good": 1}, promised=True))
        if size > 4:
            flows.append(flow(f"burdens_{i}", f"{name} > {after}", 1, kind="burden", worth={"good": -0.1}))
    titled = [
        party(name, capacity("good", 10, 5, change=1), title=f"Party {i} of many") for i, name in enumerate(names)
    ]
    return relationship(*titled, *flows)


@pytest.fixture(scope="module")
def example() -> DependencyMap:
    return build_map(river())


def test_the_table_says_what_each_party_needs_gives_risks_and_can_damage(example: DependencyMap) -> None:
    said = FORMATS["text"](example)
    # the farm gets 1 of its own, 9 by payment, 1 by advice and 1 from the river: 12 a day
    assert "cash: 8.3\u202f% its own; 75\u202f% from Mill by payment" in said
    assert "gives       payment, advice\n" in said
    assert "burden waste from Mill" in said
    # without payment and advice the farm still gains 1 of its own and 1 from the river
    assert "Farm, cash: without payment, advice, it gains less, but does not fall" in " ".join(said.split())
    assert "River, life: by waste, it gains less, but does not fall" in said
    assert "advice from Mill\n" in said.split("Goodwill")[1]
    assert "water from River to Farm: nobody sees it" in said
    assert "Nobody speaks for\n  River\n" in said
    assert "Mill ← Farm ← River" in said
    assert "not seen whole by Mill, Farm, River" in " ".join(said.split())


def test_the_table_says_when_a_party_would_leave_and_how_many_others_it_has() -> None:
    good = capacity("good", 2, 1)
    a = party("a", good, walk_away=value(0.2), alternatives=value(3))
    gifts = (flow("there", "a > b", 1, worth={"good": 1}), flow("back", "b > a", 1, worth={"good": 1}))
    said = " ".join(FORMATS["text"](build_map(relationship(a, party("b", good), *gifts))).split())
    assert "A (organisation) · room left 100 % · would leave below 20 %" in said
    # three of four choices stay open to a, none to b: a could ask (1 + 3/4)/2
    assert "A has 3 other partners. Of a gain to divide, A could ask 88 %." in said


def test_where_rounds_have_no_end_the_table_says_so_and_through_whom() -> None:
    good = capacity("good", 2, 1)
    circle = [flow(f"{a}{b}", f"{a} > {b}", 1, worth={"good": 1}) for a, b in ("ab", "bc", "ca")]
    said = FORMATS["text"](build_map(relationship(*(party(name, good) for name in "abc"), *circle)))
    assert "all rounds together have no end" in " ".join(said.split())
    assert "100\u202f%  A on B, through C" in said
    assert "  A on itself, through " in said


@pytest.mark.parametrize("made", [river(), ring(8), relationship(), relationship(party("a" * 200, title="b" * 300))])
def test_the_table_keeps_to_80_columns(made: Relationship) -> None:
    assert max(len(line) for line in FORMATS["text"](build_map(made)).splitlines()) <= 80


def many(size: int) -> DependencyMap:
    """A hub that lives on every one of many others, and gives to each."""
    names = [f"p{turn}" for turn in range(size)]
    others = [party(name, capacity("good", 10, 5, change=-1)) for name in names]
    feeds = [flow(f"in_{name}", f"{name} > hub", 1 + turn, worth={"good": 1}) for turn, name in enumerate(names)]
    gives = [flow(f"out_{name}", f"hub > {name}", 2, worth={"good": 1}) for name in names]
    return build_map(relationship(party("hub", capacity("good", 1000, 5, change=-1)), *others, *feeds, *gives))


def test_what_is_cut_for_the_eye_is_counted_and_the_json_is_whole() -> None:
    made = many(30)
    said = " ".join(FORMATS["text"](made).replace("\u202f", " ").split())
    assert "and 11 more of 31 sides: these 20 are those on whom the others lean most" in said
    # the eight largest of 1 + ... + 30 = 465 are 30 to 23; the rest is (1 + ... + 22)/465
    assert "good: 6.5 % from P29 by in p29, not replaceable; 6.2 % from P28" in said
    assert "4.9 % from P22 by in p22, not replaceable; 54 % by 22 more" in said
    assert "gives out p0, out p1, out p2, out p3, out p4, out p5, out p6, out p7 and 22 more" in said
    assert said.count("P29 (organisation)") == 1
    assert "P0 (organisation)" not in said
    data = json.loads(FORMATS["json"](made))
    assert len(data["parties"]) == 31
    assert len(data["indirect"]) == sum(1 for _ in made.indirect) == 31 * 31  # the hub on itself, all on all by it


def test_of_many_the_picture_draws_the_foremost_and_counts_the_rest() -> None:
    picture = ElementTree.fromstring(draw(many(30)))
    texts = ["".join(node.itertext()) for node in picture.iter(f"{SVG}text")]
    said = (
        "Not drawn: 15 more sides and 30 more flows. Drawn is what lies around the side on which the others lean most."
    )
    assert said in " ".join(texts)
    assert "Hub" in texts
    assert "P0" not in texts
    assert "P29" in texts


def test_one_side_that_is_not_drawn_is_one_and_where_only_flows_are_not_the_heaviest_are() -> None:
    assert "Not drawn: 1 more side and 2 more flows. Drawn is what lies around" in _words(many(16))
    twice = [
        flow(f"{way}_{turn}", ends, 1 + turn) for way, ends in (("to", "a > b"), ("fro", "b > a")) for turn in range(25)
    ]
    made = build_map(relationship(party("a"), party("b"), *twice))
    assert "Not drawn: 2 more flows. Drawn are the heaviest." in _words(made)
    assert "Not drawn" not in _words(many(15))


def _words(dependencies: DependencyMap) -> str:
    """All that the picture says."""
    return " ".join("".join(one.itertext()) for one in ElementTree.fromstring(draw(dependencies)).iter(f"{SVG}text"))


def test_the_largest_ways_through_others_are_the_first_of_all_of_them() -> None:
    made = build_map(ring(6))
    ranked = sorted((one for one in made.indirect if one.extra >= 0.01), key=lambda one: -one.extra)
    found, count = made.indirect.largest(5, 0.01)
    assert (list(found), count) == (ranked[:5], len(ranked))


def test_the_table_says_that_times_to_a_floor_go_straight_on_and_which_come_after_the_horizon() -> None:
    good = capacity("good", 10, 5, change=-1)
    gifts = (flow("there", "a > b", 1, worth={"good": 1}), flow("back", "b > a", 1, worth={"good": 1}))
    made = build_map(relationship(party("a", good), party("b", good), *gifts))
    said = " ".join(FORMATS["text"](made).split())
    assert "Times to a floor go straight on at the rates of the first day" in said
    assert "B, good: without there, at its floor in 5 days at that rate" in said
    late = replace(made, horizon_days=4.0)
    assert "at its floor in 5 days at that rate, after the horizon" in " ".join(FORMATS["text"](late).split())


def test_mermaid_draws_goodwill_dashed_and_burdens_crossed(example: DependencyMap) -> None:
    assert FORMATS["mermaid"](example).splitlines() == [
        "flowchart LR",
        '    p0["Mill"]',
        '    p1["Farm"]',
        '    p2(["River"])',
        '    outside(["outside"])',
        '    p1 -->|"grain"| p0',
        '    p0 -->|"payment, felt after 4 weeks"| p1',
        '    p0 -.->|"advice, goodwill"| p1',
        '    p0 --x|"waste, burden"| p2',
        '    p2 -.->|"water, goodwill, unseen"| p1',
        '    outside -.->|"rain, not said who sees it"| p2',
    ]


def test_graphml_is_read_back_by_networkx(example: DependencyMap) -> None:
    graph = nx.parse_graphml(FORMATS["graphml"](example), force_multigraph=True)
    assert set(graph.nodes) == {"mill", "farm", "river", "world"}
    assert graph.nodes["river"] == {
        "title": "River",
        "kind": "living system",
        "essential": False,
        "room_left": 1.0,
        "lean": pytest.approx(example.lean[2]),
    }
    payment = graph.edges["mill", "farm", "flow_payment"]
    assert payment["relation"] == "gives"
    assert (payment["share"], payment["felt_after_days"], payment["goodwill"]) == (0.75, 28.0, False)
    assert payment["seen_by"] == "mill farm"
    assert graph.edges["farm", "river", "need_farm_river"]["share"] == pytest.approx(1 / 12)


def test_json_holds_the_same_figures_as_the_map(example: DependencyMap) -> None:
    data = json.loads(FORMATS["json"](example))
    assert [one["name"] for one in data["parties"]] == [one.name for one in example.parties]
    assert [one["by_round"] for one in data["indirect"]] == [list(one.by_round) for one in example.indirect]
    assert data["direct"] == [list(row) for row in example.direct]
    assert data["edges"][1]["delay"] == {"first_days": 28.0, "mean_days": 28.0, "half_days": 28.0}
    assert data["power"][0]["imbalance"] == example.power[0].imbalance
    assert [path["passes_blind"] for path in data["paths"]] == [path.passes_blind for path in example.paths]


def test_the_table_says_what_cannot_be_told() -> None:
    made = build_map(
        relationship(
            party("hotel", capacity("cash", 90, 20)),
            party("weiss", replace(capacity("cash", 20, 5, change=-1), floor=Value(tree=None))),
            flow("laundry", "weiss > hotel", 5, worth={"cash": 3}),
            flow("advice", "hotel > weiss", 2, worth={"cash": 1}),
            flow("payment", "hotel > weiss", 15, cost={"cash": 1}),
        )
    )
    told = " ".join(FORMATS["text"](made).split())
    assert "cash: 100 % from Hotel by advice, not replaceable cannot be told: what payment from Hotel is worth" in told
    assert "Weiss, cash: without advice, how soon it is at its floor cannot be told" in told
    assert "cannot be told: Weiss, without payment" in told
    assert "100 % Hotel on Weiss cannot be told Weiss on Hotel, 100 % by what is known" in told


def test_json_has_no_numbers_that_json_does_not_know() -> None:
    a, b = party("a", capacity("good", 1e300, -1e300)), party("b", capacity("good", 2, 1))
    data = FORMATS["json"](build_map(relationship(a, b, flow("gift", "b > a", 1e200, worth={"good": 1e200}))))
    assert json.loads(data)["parties"][0]["needs"][0]["unknown"] == ["gift"]
    made = build_map(ring(3))
    endless = replace(made, lean=(math.inf, *made.lean[1:]), direct=((math.nan, 0.5, 0.5), *made.direct[1:]))
    told = json.loads(FORMATS["json"](endless))
    assert told["lean"][0] is None and told["direct"][0] == [None, 0.5, 0.5]


def test_the_picture_tells_by_shape_what_it_tells_by_colour(example: DependencyMap) -> None:
    picture = ElementTree.fromstring(draw(example))
    assert picture.attrib["role"] == "img"
    texts = ["".join(node.itertext()) for node in picture.iter(f"{SVG}text")]
    assert {"Mill", "Farm", "River", "outside", "grain", "payment", "nobody speaks for it"} <= set(texts)
    lines = [node for node in picture.iter(f"{SVG}path") if node.attrib.get("class") == "flow"]
    dashes = [node.attrib.get("stroke-dasharray") for node in lines[: len(example.edges)]]
    looks = dict(zip([edge.flow for edge in example.edges], dashes, strict=True))
    assert looks["grain"] is None
    assert looks["advice"] is not None
    assert looks["water"] is not None
    assert looks["water"].startswith("0.1 ")  # dots
    assert len([node for node in picture.iter(f"{SVG}path") if node.attrib.get("class") == "bars"]) == 2  # and the key
    assert len([node for node in picture.iter(f"{SVG}path") if node.attrib.get("class") == "eye"]) == 4  # lid and slash
    said = picture.find(f"{SVG}desc")
    assert said is not None
    assert said.text is not None
    assert "water from River to Farm, goodwill, unseen" in said.text
    assert "prefers-color-scheme:dark" in draw(example)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_no_text_of_a_file_becomes_markup(name: str) -> None:
    a, b = party("a", capacity("good", 2, 1), title=HOSTILE), party("b", capacity("good", 2, 1))
    gift = flow("gift", "a > b", 1, worth={"good": 1}, title=HOSTILE)
    written = FORMATS[name](build_map(relationship(a, b, gift)))
    if name in ("svg", "graphml"):
        ElementTree.fromstring(written)
        assert "<script" not in written
    if name == "mermaid":
        assert all(line.count('"') in (0, 2) for line in written.splitlines())
        assert "<" not in written
    if name == "json":
        assert json.loads(written)["parties"][0]["title"] == HOSTILE


@pytest.mark.parametrize("size", [2, 3, 5, 8, 12])
@pytest.mark.parametrize("width", [360, 860])
def test_parties_stand_apart_and_opposite_flows_part(size: int, width: int) -> None:
    boxes, height = on_ellipse([(90.0, 60.0)] * size, width, 300.0)
    assert not any(one.meets(other, 0) for one, other in combinations(boxes, 2))
    assert all(box.within(width, height) for box in boxes)
    there, back = routes([(0, 1), (1, 0)], boxes, (width / 2, height / 2))
    x, y = (p - q for p, q in zip(there.at(0.5), back.at(0.5), strict=True))
    assert (x**2 + y**2) ** 0.5 > 40


def test_labels_take_free_places_or_none_at_all() -> None:
    boxes, height = on_ellipse([(100.0, 60.0), (100.0, 60.0)], 800, 300.0)
    curves = routes([(0, 1), (0, 1), (1, 0)], boxes, (400, height / 2))
    spots = label_spots(curves, [(120.0, 34.0)] * 3, boxes, (800, height))
    assert spots is not None
    assert not any(one.meets(other) for one, other in combinations((*spots, *boxes), 2))
    assert label_spots(curves, [(700.0, 200.0)] * 3, boxes, (800, height)) is None
    assert len(nearest_spots(curves, (24, 24), boxes)) == 3


def test_a_label_goes_where_it_hides_no_other_curve() -> None:
    across = Curve((0, 100), (100, 100), (300, 100), (400, 100))
    down = Curve((200, 0), (200, 50), (200, 150), (200, 200))
    spots = label_spots([across, down], [(60.0, 20.0)] * 2, [], (400, 200))
    assert spots is not None
    # The two cross in the middle of both: the label of the first leaves the crossing free.
    assert not spots[0].holds((200, 100))


def test_a_piece_of_a_curve_lies_on_it() -> None:
    curve = Curve((0, 0), (10, 40), (60, 40), (100, 0))
    assert curve.part(0.25, 0.75).at(0.5) == pytest.approx(curve.at(0.5))
    assert curve.part(0.25, 0.75).start == pytest.approx(curve.at(0.25))
    assert Box(50, 20, 10, 10).holds((54, 16))


@pytest.mark.parametrize("width", [360, 860])
@pytest.mark.parametrize("made", [river(), ring(2), ring(5), ring(8)], ids=["river", "two", "five", "eight"])
def test_no_words_overlap_or_leave_the_picture(browser: Browser, made: Relationship, width: int) -> None:
    page = browser.new_page(viewport={"width": 900, "height": 900})
    page.set_content(str(draw(build_map(made), width)))
    boxes = page.evaluate(
        "[...document.querySelectorAll('svg text')].map(t => {const b = t.getBBox(); const m = t.getCTM();"
        "return [b.x + m.e, b.y + m.f, b.width, b.height]})"
    )
    total = float(ElementTree.fromstring(draw(build_map(made), width)).attrib["height"])
    page.close()
    assert boxes
    for x, y, wide, high in boxes:
        assert x >= 0 and x + wide <= width and y >= 0 and y + high <= total
    for (x, y, wide, high), (x2, y2, wide2, high2) in combinations(boxes, 2):
        assert min(x + wide, x2 + wide2) - max(x, x2) <= 1 or min(y + high, y2 + high2) - max(y, y2) <= 3
