"""The map as a picture: parties as boxes, flows as arrows.

Nothing is said by colour alone: goodwill is dashed, what nobody sees is dotted with a crossed-out eye, burdens are
barred, and words stand beside. It follows the reader's light or dark setting by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import final

from lichen.dependency.map import DependencyMap, Edge, PartyMap
from lichen.relationship.flow import WORLD
from lichen.show.charts.drawing import text, width_of, wrapped
from lichen.show.figures import number, percent
from lichen.show.map.layout import Box, Curve, label_spots, most_bow, nearest_spots, on_ellipse, routes
from lichen.show.map.words import Titles, called, is_harm, kind_of, marks, plain, ranked, titles_of
from lichen.show.markup import Html, element, join

MOST_DRAWN, MOST_FLOWS = 16, 48
"""So many parties, around the one on which the others lean most, and so many flows between them, the heaviest, are
drawn.
"""

NARROW = 560
"""Below this width flows carry numbers, and their names stand in a list below."""

_STYLE = """
.map{--m-ink:#1c1e21;--m-soft:#5a6068;--m-ground:#ffffff;--m-box:#f2f4f6;--m-benefit:#0b6b74;--m-harm:#b3261e;
--m-obligation:#6a4a9c;--m-information:#4f5b6b;font-family:system-ui,sans-serif;color:var(--m-ink)}
@media(prefers-color-scheme:dark){.map{--m-ink:#eceff2;--m-soft:#a7afb8;--m-ground:#16181b;--m-box:#25292e;
--m-benefit:#5fc4cf;--m-harm:#ff8a80;--m-obligation:#bda4ee;--m-information:#a9b4c2}}
.map text{fill:var(--m-ink);font-size:13px}.map .ground{fill:var(--m-ground)}
.map .party{fill:var(--m-box);stroke:var(--m-ink);stroke-width:1.5}.map .aside{stroke-dasharray:5 4}
.map .label{paint-order:stroke;stroke:var(--m-ground);stroke-width:5;stroke-linejoin:round}
.map .title{font-size:14px;font-weight:600}.map .soft{fill:var(--m-soft);font-size:12px}
.map .flow{fill:none;stroke:currentColor}.map .head{fill:currentColor}.map .bars{fill:none;stroke:var(--m-ground)}
.map .eye{fill:var(--m-ground);stroke:currentColor;stroke-width:1.4}
.map .badge{fill:var(--m-ground);stroke:currentColor;stroke-width:1.5}
.map .benefit{color:var(--m-benefit)}.map .harm{color:var(--m-harm)}
.map .obligation{color:var(--m-obligation)}.map .information{color:var(--m-information)}
"""
_LINE, _SMALL = 18.0, 15.0
_TITLE = 15.5
"""Font size by which bold titles are measured."""

_LABEL, _NAME = 215.0, 190.0
"""Most width of a label at a flow, and of a line of a party's name with more than one word."""
_MOST_OF_WIDTH = 0.42
"""The part of the map that the longest word of a name may take before it is cut: two boxes stand side by side."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """A party's box: the lines of its title and what stands under it."""

    title: tuple[str, ...]
    notes: tuple[str, ...]
    aside: bool

    @property
    def size(self) -> tuple[float, float]:
        wide = max([width_of(line, _TITLE) for line in self.title] + [width_of(line, 12) for line in self.notes])
        return wide + 20, _LINE * len(self.title) + _SMALL * len(self.notes) + 16


def draw(dependencies: DependencyMap, width: int = 860, name: str = "map") -> Html:
    """The picture at a width in pixels; `name` is unique on a page. Of many parties and flows the first are drawn."""
    titles, (parties, edges) = titles_of(dependencies), _drawn(dependencies)
    order = [party.name for party in parties]
    if any(WORLD in (edge.giver, edge.receiver) for edge in edges):
        order.append(WORLD)
    short = width < NARROW and len(order) > 2
    nodes = [_node(dependencies, titles, one, width, short=short) for one in order]
    ends = [(order.index(edge.giver), order.index(edge.receiver)) for edge in edges]
    boxes, height = on_ellipse([node.size for node in nodes], width, _height(nodes, ends, width))
    curves = routes(ends, boxes, (width / 2, height / 2))
    labels = [_label(edge) for edge in edges]
    spots = None
    if width >= NARROW:
        spots = label_spots(curves, [_label_size(lines) for lines in labels], boxes, (width, height))
    if spots is not None:
        words, legend = join(map(_label_at, edges, labels, spots)), []
    else:
        words = join(map(_badge, range(len(edges)), edges, nearest_spots(curves, (24, 24), boxes)))
        legend = [*(_about(dependencies, parties, width) if short else ()), *_numbered(titles, edges, width)]
    legend += [*_key(edges, width), *_not_drawn(dependencies, len(parties), len(edges), width)]
    top, bottom = _extent(boxes, curves, spots or ())
    total = bottom - top + sum(piece.height for piece in legend) + 14
    picture = join(map(_flow, edges, curves), map(_box, nodes, boxes), words)
    return element(
        "svg",
        element("title", f"Who depends on whom: {plain(dependencies.title)}", id=f"{name}-title"),
        element("desc", _described(titles, edges), id=f"{name}-desc"),
        element("style", Html(_STYLE)),
        element("rect", x=0.0, y=0.0, width=float(width), height=total, class_="ground"),
        element("g", picture, transform=f"translate(0 {-top:.1f})"),
        _stacked(legend, bottom - top + 14),
        xmlns="http://www.w3.org/2000/svg",
        class_="map",
        viewBox=f"0 0 {width:g} {total:g}",
        width=f"{width:g}",
        height=f"{total:g}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )


def _drawn(dependencies: DependencyMap) -> tuple[list[PartyMap], list[Edge]]:
    """The parties and flows that are drawn, in the order of the file."""
    chosen = _around_the_first(dependencies)
    parties, shown = [party for party in dependencies.parties if party.name in chosen], {WORLD, *chosen}
    between = [edge for edge in dependencies.edges if {edge.giver, edge.receiver} <= shown]
    heaviest = {edge.flow for edge in sorted(between, key=lambda edge: -(edge.weight or 0.0))[:MOST_FLOWS]}
    return parties, [edge for edge in between if edge.flow in heaviest]


def _around_the_first(dependencies: DependencyMap) -> set[str]:
    """The party on which the others lean most, then of those linked with the chosen again and again the same."""
    rank = {party.name: turn for turn, party in enumerate(ranked(dependencies))}
    if len(rank) <= MOST_DRAWN:
        return set(rank)
    linked: dict[str, set[str]] = {name: set() for name in rank}
    for edge in dependencies.edges:
        if {edge.giver, edge.receiver} <= rank.keys():
            linked[edge.giver].add(edge.receiver)
            linked[edge.receiver].add(edge.giver)
    chosen: set[str] = set()
    while len(chosen) < MOST_DRAWN:
        near = set().union(*(linked[name] for name in chosen)) - chosen
        chosen.add(min(near or rank.keys() - chosen, key=rank.__getitem__))
    return chosen


def _not_drawn(dependencies: DependencyMap, parties: int, edges: int, width: float) -> Iterator[_Piece]:
    """How much there is besides so many parties and flows."""
    sides, flows = len(dependencies.parties) - parties, len(dependencies.edges) - edges
    counts = ((sides, "side"), (flows, "flow"))
    left = [f"{number(count)} more {noun}{'' if count == 1 else 's'}" for count, noun in counts if count]
    drawn = "Drawn is what lies around the side on which the others lean most" if sides else "Drawn are the heaviest"
    if left:
        yield _Piece(tuple(wrapped(f"Not drawn: {' and '.join(left)}. {drawn}.", width - 32, 12.5, 3)))


def _described(titles: Titles, edges: Sequence[Edge]) -> str:
    """What the picture shows, in words."""
    said = []
    for edge in edges:
        ends = f"{titles.party(edge.giver)} to {titles.party(edge.receiver)}"
        said.append(", ".join((f"{titles.flows[edge.flow]} from {ends}", *marks(edge))))
    return ". ".join(said) + "." if said else "No flow."


def _node(dependencies: DependencyMap, titles: Titles, name: str, width: float, *, short: bool) -> _Node:
    said = titles.party(name)
    longest_word = max((width_of(word, _TITLE) for word in said.split()), default=0.0)
    room_for_it = max(min(_NAME, width * 0.26), min(longest_word, width * _MOST_OF_WIDTH))
    title = tuple(wrapped(said, room_for_it, _TITLE, 3)) or (name,)
    party = next((one for one in dependencies.parties if one.name == name), None)
    if party is None:
        return _Node(title=title, notes=(), aside=True)
    notes = () if short else _notes(dependencies, party)
    return _Node(title=title, notes=notes, aside=not party.essential)


def _notes(dependencies: DependencyMap, party: PartyMap) -> tuple[str, ...]:
    left = () if party.headroom is None else (f"room left {percent(party.headroom)}",)
    silent = ("nobody speaks for it",) if party.name in dependencies.without_voice else ()
    return (kind_of(party), *left, *silent)


def _height(nodes: Sequence[_Node], ends: Sequence[tuple[int, int]], width: float) -> float:
    """High enough for the bows of the flows; the layout makes it higher where parties would meet."""
    box = max((node.size[1] for node in nodes), default=40.0)
    if len(nodes) <= 2:
        return max(box, 2 * most_bow(ends)) + 60 if width >= NARROW else width + 2 * box
    return max(360.0, min(0.72 * width, 120.0 * len(nodes)))


def _extent(boxes: Sequence[Box], curves: Sequence[Curve], spots: Sequence[Box]) -> tuple[float, float]:
    """The topmost and lowest pixel of the picture, with a border."""
    edges = [box.y + side * box.height / 2 for box in (*boxes, *spots) for side in (-1, 1)]
    edges += [curve.at(t / 20)[1] for curve in curves for t in range(21)]
    return min(edges, default=0.0) - 16, max(edges, default=0.0) + 16


def _flow(edge: Edge, curve: Curve) -> Html:
    start, first, second, end = curve.part(0.0, 0.985).points
    d = f"M{_xy(start)}C{_xy(first)} {_xy(second)} {_xy(end)}"
    thick = 2.0 if edge.weight is None else 1.4 + 5.6 * min(1.0, edge.weight)
    dash = (
        f"0.1 {2.4 * thick:.1f}" if edge.unseen else f"{3 + 2 * thick:.1f} {2 + thick:.1f}" if edge.goodwill else None
    )
    bars = None
    if is_harm(edge) and not edge.unseen:
        thick = max(thick, 3.5)
        bars = element("path", d=d, class_="bars", stroke_width=float(thick * 0.5), stroke_dasharray="3 5")
    line = element(
        "path",
        d=d,
        class_="flow",
        stroke_width=float(thick),
        stroke_dasharray=dash,
        stroke_linecap="round" if edge.unseen else None,
    )
    return element("g", line, bars, _head(curve, 9 + thick), class_=_look(edge))


def _head(curve: Curve, size: float) -> Html:
    tip, before = curve.at(1.0), curve.at(0.93)
    length = math.hypot(tip[0] - before[0], tip[1] - before[1]) or 1.0
    ux, uy = (tip[0] - before[0]) / length, (tip[1] - before[1]) / length
    back = (tip[0] - size * ux, tip[1] - size * uy)
    left = (back[0] - size * 0.45 * uy, back[1] + size * 0.45 * ux)
    right = (back[0] + size * 0.45 * uy, back[1] - size * 0.45 * ux)
    return element("path", d=f"M{_xy(tip)}L{_xy(left)}L{_xy(right)}Z", class_="head")


def _look(edge: Edge) -> str:
    return "harm" if is_harm(edge) else edge.kind


def _xy(point: tuple[float, float]) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


def _box(node: _Node, box: Box) -> Html:
    look = "party aside" if node.aside else "party"
    left, top = box.x - box.width / 2, box.y - box.height / 2
    shape = element("rect", x=left, y=top, width=box.width, height=box.height, rx=8.0, class_=look)
    base = top + 8 + 14
    titles = [text(box.x, base + _LINE * i, line, class_="title", anchor="middle") for i, line in enumerate(node.title)]
    base += _LINE * len(node.title) - 3
    notes = [text(box.x, base + _SMALL * i, line, class_="soft", anchor="middle") for i, line in enumerate(node.notes)]
    return element("g", shape, titles, notes)


def _label(edge: Edge) -> tuple[str, ...]:
    """The lines at a flow: its name, then what is worth knowing."""
    return (*_names(edge), *wrapped(" · ".join(marks(edge)), _LABEL, 12, 2))


def _names(edge: Edge) -> list[str]:
    return wrapped(called(edge), _LABEL, 13, 2)


def _label_size(lines: Sequence[str]) -> tuple[float, float]:
    return max(width_of(line, 12.5) for line in lines) + 10, _SMALL * len(lines) + 4


def _label_at(edge: Edge, lines: Sequence[str], spot: Box) -> Html:
    left, top = spot.x - spot.width / 2, spot.y - spot.height / 2
    names = len(_names(edge))
    said = [
        text(spot.x, top + 13 + _SMALL * i, line, class_="label" if i < names else "soft label", anchor="middle")
        for i, line in enumerate(lines)
    ]
    eye = _eye(left - 6, spot.y) if edge.unseen else None
    return element("g", said, eye, class_=_look(edge))


def _eye(x: float, y: float) -> Html:
    lid = f"M{x - 9:.1f} {y:.1f}Q{x:.1f} {y - 9:.1f} {x + 9:.1f} {y:.1f}Q{x:.1f} {y + 9:.1f} {x - 9:.1f} {y:.1f}Z"
    slash = f"M{x - 8:.1f} {y + 7:.1f}L{x + 8:.1f} {y - 7:.1f}"
    pupil = element("circle", cx=x, cy=y, r=2.6, class_="head")
    return join(element("path", d=lid, class_="eye"), pupil, element("path", d=slash, class_="eye"))


def _badge(turn: int, edge: Edge, spot: Box) -> Html:
    circle = element("circle", cx=spot.x, cy=spot.y, r=11.0, class_="badge")
    eye = _eye(spot.x + 22, spot.y) if edge.unseen else None
    return element("g", circle, text(spot.x, spot.y + 4.5, str(turn + 1), anchor="middle"), eye, class_=_look(edge))


@final
@dataclass(frozen=True, slots=True)
class _Piece:
    """A line of the legend: its words and, where it explains a look, the flow that shows it."""

    lines: tuple[str, ...]
    sample: Edge | None = None

    @property
    def height(self) -> float:
        return _SMALL * len(self.lines) + 6


def _about(dependencies: DependencyMap, parties: Sequence[PartyMap], width: float) -> Iterator[_Piece]:
    """What stands in the boxes where they have room for it."""
    for party in parties:
        said = f"{plain(party.title)}: {', '.join(_notes(dependencies, party))}"
        yield _Piece(tuple(wrapped(said, width - 32, 13, 3)))


def _numbered(titles: Titles, edges: Sequence[Edge], width: float) -> Iterator[_Piece]:
    for turn, edge in enumerate(edges, 1):
        ends = f"{titles.party(edge.giver)} → {titles.party(edge.receiver)}"
        said = f"{turn}  {titles.flows[edge.flow]}: {' · '.join((ends, *marks(edge)))}"
        yield _Piece(tuple(wrapped(said, width - 32, 13, 3)))


def _key(edges: Sequence[Edge], width: float) -> Iterator[_Piece]:
    """What the lines mean, as far as they occur."""
    meanings: tuple[tuple[str, Callable[[Edge], bool]], ...] = (
        ("solid: a promise or a rule stands behind it", _is_held),
        ("dashed: goodwill, no promise or rule stands behind it", lambda e: e.goodwill and not e.unseen),
        ("dotted, with a crossed-out eye: nobody is said to see it", lambda e: e.unseen),
        ("red and barred: a burden or a risk", lambda e: is_harm(e) and not e.unseen),
    )
    for words, shown in meanings:
        sample = next((edge for edge in edges if shown(edge)), None)
        if sample is not None:
            yield _Piece(tuple(wrapped(words, width - 90, 12.5, 2)), sample)
    if any(edge.weight for edge in edges):
        widest = "The wider, the larger its share of what the receiver lives on at the start."
        yield _Piece(tuple(wrapped(widest, width - 32, 12.5, 2)))


def _is_held(edge: Edge) -> bool:
    """Whether a promise or a rule stands behind it; nobody promises what comes from outside."""
    return not (edge.goodwill or edge.unseen or is_harm(edge) or WORLD in (edge.giver, edge.receiver))


def _stacked(pieces: Sequence[_Piece], top: float) -> Iterator[Html]:
    for piece in pieces:
        left = 16.0
        if piece.sample is not None:
            middle = top + _SMALL / 2
            line = Curve((16.0, middle), (30.0, middle), (46.0, middle), (62.0, middle))
            yield _flow(piece.sample, line)
            left = 74.0
        for i, line_ in enumerate(piece.lines):
            yield text(left, top + 12 + _SMALL * i, line_, class_="soft")
        top += piece.height
