"""What the verdict says of single members of large groups."""

from __future__ import annotations

from lichen.check.assess import assess
from lichen.check.verdict import Verdict
from lichen.language.table import Table
from lichen.show.terminal import verdict_text
from tests.simulation.build import relationship

STAR = """
    parties:
      wells:
        kind: group
        members: {file: wells.csv, member: well, columns: {fed: 1}}
        capacities: {water: {level: 1, floor: 0.5, change: 100 % per day * (1 - members.fed - wells.water)}}
      village: {kind: group, members: [v], capacities: {health: {level: 1, floor: 0.5}}}
    flows:
      spring:
        kind: benefit
        from: wells
        to: wells
        along: {file: pipes.csv, from: above, to: below}
        rate: 1 per day * (1 if giver.headroom > 0 else 0)
        worth: {water: 1}
      care:
        kind: benefit
        from: village
        to: wells
        along: {file: cared.csv, from: who, to: well}
        rate: 0.01 per day * saturate(giver.headroom, 1)
        worth: {water: 0.01}
"""
WELLS = 250
FED = 100
"""Wells that the first feeds."""


def judged() -> Verdict:
    names = [f"w{k}" for k in range(WELLS)]
    wells = tuple((name, "1" if 0 < k <= FED else "0") for k, name in enumerate(names))
    tables = {
        "wells.csv": Table(("well", "fed"), wells, tuple(range(WELLS))),
        "pipes.csv": Table(("above", "below"), tuple(("w0", f"w{k}") for k in range(1, FED + 1)), tuple(range(FED))),
        "cared.csv": Table(("who", "well"), tuple(("v", name) for name in names[1:]), tuple(range(WELLS - 1))),
    }
    return assess(relationship(STAR, tables=tables), runs=20, search=False).verdict


def test_a_member_that_takes_others_along_is_named_with_how_many() -> None:
    verdict = judged()
    found = verdict.finding("fragility_contagion")
    assert found is not None
    said = "w0 (wells) alone, looked after by nobody, takes 100 of 250 wells along."
    assert said in found.says
    assert verdict.members == (said,)
    assert "Members   w0 (wells) alone, looked after by nobody, takes 100 of 250 wells" in verdict_text(verdict)
    assert found.score is not None
    assert found.score >= FED / WELLS
    of_members = [seen for seen in found.evidence if seen.unit == "of wells"]
    assert of_members[0].figure == FED / WELLS
    assert of_members[0].method == "simulation"
