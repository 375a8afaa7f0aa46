"""The start of every file of the acceptance set, against the slow, obvious simulator with the world at its mean."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest

from lichen.relationship.formula import Spread, walk
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value
from lichen.workspace import read_relationship
from tests.by_hand import values_at_start
from tests.oracles.slow import run

CASES = Path(__file__).parent.parent / "cases"
FILES = sorted(
    path
    for room in ("examples", "features", "mechanisms", "neighbours", "worlds")
    for path in (CASES / room).glob("*.yaml")
)


def values_of(part: object) -> Iterator[Value]:
    if isinstance(part, Value):
        yield part
    elif is_dataclass(part):
        for field in fields(part):
            yield from values_of(getattr(part, field.name))
    elif isinstance(part, dict):
        for item in part.values():
            yield from values_of(item)
    elif isinstance(part, tuple):
        for item in part:
            yield from values_of(item)


def middles(relationship: Relationship) -> dict[str, float]:
    trees = (value.tree for value in values_of(relationship) if value.tree is not None)
    spreads = (node for tree in trees for node in walk(tree) if isinstance(node, Spread))
    return {spread.key: (spread.low + spread.high) / 2 for spread in spreads}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_rates_and_headrooms_of_the_first_step(path: Path) -> None:
    relationship = read_relationship(path).relationship
    assert relationship is not None
    if any(process.kind == "seasonal" for process in relationship.world.values()):
        pytest.skip("the start has a season at its mean, a run at its date")
    found, middle = values_at_start(relationship), middles(relationship)
    one_step = replace(relationship, time=replace(relationship.time, horizon_days=relationship.time.step_days))
    slow = run(one_step, draws=lambda name, _member, _step: found[name], spread=lambda key, _member: middle[key])
    for name in relationship.flows:
        assert found[name] == pytest.approx(sum(rate[0] for rate in slow.rate[name]), rel=1e-9), name
    for name, party in relationship.parties.items():
        if party.essential_capacities:
            assert found[f"{name}.headroom"] == pytest.approx(slow.headroom[name][0], rel=1e-9), name
