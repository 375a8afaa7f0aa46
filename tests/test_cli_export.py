"""`lichen export`: a model or the map for other tools, in the form that is asked for or that the ending says."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from tests.command import GOOD, Ask, refused

CHANCY = GOOD.replace("rate: 7 loaf/week", "rate: 7 loaf/week * luck") + (
    "world: {luck: {process: normal, mean: 1, spread: 0.1}}\n"
)


def test_a_model_goes_to_the_screen_and_what_it_lacks_beside_it(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text(CHANCY)
    answer = ask("export", "file.yaml")
    assert answer.status == 0
    assert ElementTree.fromstring(answer.stdout).tag.endswith("xmile")
    assert "Not in the model: luck: its chance; it follows its mean." in answer.stderr


def test_the_form_follows_the_ending_or_what_is_asked(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text(GOOD)
    assert ask("export", "file.yaml", "--output", "file.xmile").status == 0
    assert "<stock" in (tmp_path / "file.xmile").read_text()
    assert ask("export", "file.yaml", "--output", "file.graphml").status == 0
    assert "<graphml" in (tmp_path / "file.graphml").read_text()
    assert "parties" in json.loads(ask("export", "file.yaml", "--to", "json").stdout)
    assert ask("export", "file.yaml", "--to", "mermaid").stdout.startswith("flowchart")
    assert ask("export", "file.yaml", "--to", "svg").stdout.startswith("<svg")


def test_what_cannot_be_exported_is_refused_with_the_repair(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text(GOOD)
    refused(ask("export", "file.yaml", "--output", "file.doc"), ".xmile", "--to")
    refused(ask("export", "file.yaml", "--to", "stella"), "xmile")
    refused(ask("export", "file.yaml", "--for", "mil"), "Did you mean `mill`?")
    crowd = "  crowd: {kind: group, members: 100, capacities: {cash: {level: 80 EUR, floor: 20 EUR}}}\nflows:\n"
    late = (
        "  dues: {kind: benefit, from: crowd, to: mill, rate: 1 EUR/week, worth: {cash: 1}, arrives_after: 50 weeks}\n"
    )
    (tmp_path / "long.yaml").write_text(GOOD.replace("flows:\n", crowd + late))
    refused(ask("export", "long.yaml"), "There is no XMILE model of this file", "at most 5,000")
