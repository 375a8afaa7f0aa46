"""Drawn models of other tools: whatever stands in one, its draft can be read."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from hypothesis import given
from hypothesis import strategies as st

from lichen.language.reading import read
from lichen.language.source import Source
from lichen.language.xmile.drafting import Draft, draft
from lichen.language.xmile.model import Model
from lichen.language.xmile.reading import read_model

NAMES = ("s", "t", "f", "g", "a", "b")
ODD = ("min", "days", "Model", "2nd", "x y", "S", "time", "")
FIGURES = ("0", "1", "2.5", "0.1", "7", "1e-9", "1e17", "1e200", "1e-300", "1e305", "1e999", "40")
WRITTEN = (
    "({}) + ({})", "{} - {}", "({}) * ({})", "({}) / ({})", "-({})", "({})^2", "({})^0.5", "({})^200", "NOT ({})",
    "IF ({}) > ({}) THEN ({}) ELSE ({})", "MAX({}, 0)", "MIN({}, {})", "ABS({})", "SQRT(ABS({}))", "EXP({})", "LN({})",
    "SMTH1({}, {})", "SMTH3({}, 2)", "SMTH1({}, 0 - 3)", "PULSE({}, {}, {})", "PULSE({}, 0 - 2, 4)", "PULSE({})",
    "a({})", "MIN({})", "NONE({})", "({}) AND ({})", "({}) <> ({})", "({}) = ({}) OR ({})", "{} {{a note}}", "{} {}",
)  # fmt: skip
TITLES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=6
)


def equations(depth: int = 3) -> st.SearchStrategy[str]:
    leaves = st.sampled_from((*NAMES, *NAMES, *FIGURES, "TIME", "DT", "days", "nobody"))
    if depth == 0:
        return leaves
    inner = st.one_of(leaves, equations(depth - 1))
    forms = st.sampled_from(WRITTEN)
    return st.one_of(
        leaves,
        st.tuples(forms, st.lists(inner, min_size=4, max_size=4)).map(lambda drawn: drawn[0].format(*drawn[1])),
    )


GRAPHS = st.sampled_from((
    "", "", "", "", "", "", "<gf><xpts>0,1,2</xpts><ypts>1,5,-3</ypts></gf>",
    '<gf type="extrapolate"><xscale min="0" max="4"/><ypts>0,2,4</ypts></gf>',
    '<gf type="discrete"><xpts>0,3,3</xpts><ypts>1,2,4</ypts></gf>', "<gf><ypts>1,,2</ypts></gf>",
    '<gf><xscale min="0" max=""/><ypts>1,2</ypts></gf>', "<gf><xpts>0,1e300</xpts><ypts>-1e308,1e308</ypts></gf>",
))  # fmt: skip
BOUNDS = st.sampled_from(("", "", "<non_negative/>", "<non_negative>false</non_negative>"))


@st.composite
def variable(draw: st.DrawFn, kind: str, name: str, flows: str = "") -> str:
    said = f"<eqn>{escape(draw(equations()))}</eqn>{draw(GRAPHS)}{draw(BOUNDS)}{flows}"
    return f"<{kind} name={quoteattr(name)}>{said}</{kind}>"


@st.composite
def odd_variables(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(("stock", "flow", "aux", "module", "gf")))
    side, flow = draw(st.sampled_from(("inflow", "outflow"))), draw(st.sampled_from((*NAMES, *ODD)))
    return draw(variable(kind, draw(st.one_of(st.sampled_from((*NAMES, *ODD)), TITLES)), f"<{side}>{flow}</{side}>"))


@st.composite
def models(draw: st.DrawFn) -> str:
    start, stop = draw(st.sampled_from(((0, 10), (2, 8), (-5, 5), (1900, 2100), (0, 1e6))))
    dt = draw(st.sampled_from(("1", "0.25", "3", "0.001", "1e-9", "40")))
    specs = draw(st.sampled_from(("", 'method="RK4"', 'time_units="Months"', 'time_units="Hours"')))
    behavior = draw(st.sampled_from(("", "<non_negative/>", "<stock><non_negative/></stock>")))
    inside = [
        draw(variable("stock", "s", "<inflow>f</inflow><outflow>g</outflow>")),
        draw(variable("stock", "t", "<inflow>g</inflow>" + draw(st.sampled_from(("", "<outflow>f</outflow>"))))),
        *(draw(variable(kind, name)) for kind, name in (("flow", "f"), ("flow", "g"), ("aux", "a"), ("aux", "b"))),
        *draw(st.lists(odd_variables(), max_size=4)),
    ]
    return (
        f'<xmile version="1.0"><header><name>{escape(draw(TITLES))}</name></header>'
        f"<sim_specs {specs}><start>{start}</start><stop>{stop}</stop><dt>{dt}</dt></sim_specs>"
        f"<behavior>{behavior}</behavior><model><variables>{''.join(inside)}</variables></model>"
        f'<model name="2nd"><variables><stock name="s"><eqn>a</eqn><inflow>f</inflow></stock>'
        f'<flow name="f"><eqn>{escape(draw(equations()))}</eqn></flow></variables></model></xmile>'
    )


@given(models())
def test_every_draft_can_be_read(text: str) -> None:
    model = read_model(text)
    assert isinstance(model, Model), model
    made = draft(model)
    assert isinstance(made, Draft), made
    assert read(Source("draft.yaml", made.text)).relationship is not None
