"""Charts as self-made SVG, one file each.

A chart module has a frozen value that holds all that is drawn, `draw(value, width, name) -> Html`, and
`describe(value)`, which says the same in words. Colour never speaks alone: sides differ in dash and marker too, states
in shape and word.
"""

CHARTS = (
    "balance_bars",
    "bands",
    "before_after",
    "blows",
    "departures",
    "dominance",
    "fan",
    "limits",
    "series",
    "shares",
)
"""The modules of this folder that draw a chart."""
