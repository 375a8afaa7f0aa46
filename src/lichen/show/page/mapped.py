"""The dependency map on the page, at two widths."""

from __future__ import annotations

from lichen.dependency.map import DependencyMap
from lichen.show.map import svg
from lichen.show.markup import Html, element
from lichen.show.page.parts import chart, part


def map_part(dependencies: DependencyMap) -> Html:
    """Who gives what to whom, and on what each depends."""
    drawn = chart(lambda value, width, name: svg.draw(value, width, name), dependencies, "map", None, 860)
    return part("map", "Who depends on whom", element("div", drawn, class_="panel mapped"))
