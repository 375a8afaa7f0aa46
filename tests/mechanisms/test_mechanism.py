"""The mechanisms are a folder each, and each has a page that helps to choose."""

from __future__ import annotations

import re

import pytest

from lichen.language.keys import MECHANISMS
from lichen.mechanisms.mechanism import Mechanism, mechanisms
from lichen.show.manual.keys import key_pages


def test_the_folders_are_the_mechanisms_that_a_file_may_name() -> None:
    assert {each.name for each in mechanisms()} == set(MECHANISMS)


@pytest.mark.parametrize("mechanism", mechanisms(), ids=lambda each: each.name)
def test_a_page_says_when_it_fits_what_it_carries_and_how_it_fails(mechanism: Mechanism) -> None:
    headings = [line.removeprefix("## ") for line in mechanism.about.splitlines() if line.startswith("## ")]
    assert headings == ["When it fits", "What it carries", "When it fails", "What to find out first", "Sources"]
    assert "\n" not in mechanism.summary.strip()


@pytest.mark.parametrize("mechanism", mechanisms(), ids=lambda each: each.name)
def test_a_page_names_the_keys_of_the_file_that_carry_it(mechanism: Mechanism) -> None:
    keys = {key.name for key in key_pages()}
    assert len(keys & set(re.findall(r"`(\w+)`", mechanism.about))) >= 5
