from hypothesis import given
from hypothesis import strategies as st

from lichen.show.markup import Html, element, join


def test_text_is_escaped_and_markup_is_kept() -> None:
    assert element("p", "a < b", element("b", "&")) == "<p>a &lt; b<b>&amp;</b></p>"


def test_attributes_are_escaped_named_and_left_out() -> None:
    made = element("line", class_='"x"', stroke_width=1.50, hidden=False, open=True, none=None)
    assert made == '<line class="&quot;x&quot;" stroke-width="1.5" open/>'


def test_children_may_be_nested_and_absent() -> None:
    assert join("a", None, ["b", (Html("<br/>"), "<")]) == "ab<br/>&lt;"


@given(st.text())
def test_no_text_becomes_an_element(text: str) -> None:
    assert "<" not in element("p", text).removeprefix("<p>").removesuffix("</p>")
