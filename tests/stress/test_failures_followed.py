"""Who pulls whom down: rings and chains whose failures are followed by hand."""

from __future__ import annotations

import json

import pytest

from lichen.language.table import Table
from lichen.show.stressed import sentences, table_of
from lichen.stress.stress import stress
from tests.simulation.build import relationship

PARTNER = "kind: organisation, capacities: {cash: {level: 100 EUR, floor: 20 EUR, change: -10 EUR/week}}"
NEXT = {"a": "b", "b": "c", "c": "a"}


def ring(first: str = PARTNER) -> str:
    """Three who each live on the one before, and give nothing once they have less than half of their room."""
    give = "kind: benefit, worth: {cash: 2 EUR/kg}"
    flows = (
        f"""{a + b}: {{{give}, from: {a}, to: {b}, rate: "5 kg/week if {a}.headroom > 0.5 else 0 kg/week"}}"""
        for a, b in ("ab", "bc", "ca")
    )
    sides = f"a: {{{first}}}", f"b: {{{PARTNER}}}", f"c: {{{PARTNER}}}"
    return f"parties: {{{', '.join(sides)}}}\nflows: {{{', '.join(flows)}}}\n"


def test_in_a_ring_a_failure_takes_as_much_as_was_lost_first() -> None:
    file = relationship(ring(), time="time: {start: 2026-01-05, horizon: 40 weeks}\n")
    found = stress(file, runs=20, sections=("contagion",)).contagion
    assert found is not None
    assert found.radius == pytest.approx(1.0)
    assert [len(one.reached) for one in found.failures] == [2, 2, 2]
    # Each gives to the next alone: the one before is reached through it.
    assert all([loss.party for loss in one.reached if loss.direct] == [NEXT[one.party]] for one in found.failures)
    assert "pulls down the most: it reaches 1 directly and 2 in all." in found.says
    assert "as much as was lost first" in found.says
    assert found.unattended is None


def test_who_cannot_speak_and_has_no_voice_is_named_where_most_rests_on_it() -> None:
    file = relationship(ring(PARTNER.replace("organisation", "living system")))
    found = stress(file, runs=20, sections=("contagion",)).contagion
    assert found is not None
    assert found.unattended is not None
    assert (found.unattended.party, found.unattended.unattended) == ("a", "no voice")
    assert "nobody speaks for it" in found.says


def test_how_far_a_failure_reaches_is_not_told_of_what_somebody_keeps() -> None:
    file = relationship(ring(PARTNER.replace("level: 100 EUR", "level: private to a, healthy: 100 EUR")))
    found = stress(file, runs=20, sections=("contagion",))
    json.dumps(found.to_json(), allow_nan=False)
    said = " ".join(row.says for row in found.rows("contagion"))
    assert "nan" not in said
    assert "cannot be told" in said


def test_where_the_structure_has_another_order_it_stands_beside_the_futures() -> None:
    """A gives nothing at the start and all that B lives on from the second day; C lives on little of B throughout.

    By the structure B pulls down C, a third of all, and A nobody. In motion B misses 10 a day from the fifth of twelve
    days on, all 80 of its room, and C 2 a day from when B is at its floor.
    """
    file = relationship(
        """
        parties:
          a: {kind: person, capacities: {cash: {level: 100 EUR, floor: 20 EUR}}}
          b: {kind: person, capacities: {cash: {level: 100 EUR, floor: 20 EUR, change: -10 EUR/day * step(1 day)}}}
          c: {kind: person, capacities: {cash: {level: 100 EUR, floor: 20 EUR, change: -2 EUR/day}}}
        flows:
          early: {kind: benefit, from: a, to: b, rate: "10 EUR/day * step(1 day) if a.headroom > 0.5 else 0 EUR/day",
            worth: {cash: 1}}
          later: {kind: benefit, from: b, to: c, rate: "2 EUR/day if b.headroom > 0.1 else 0 EUR/day", worth: {cash: 1}}
        """,
        time="time: {start: 2026-01-05, horizon: 12 days, step: 1 day}\n",
    )
    found = stress(file, runs=20, sections=("contagion",))
    assert found.contagion is not None
    assert found.contagion.by_structure == pytest.approx({"b": 1 / 3, "a": 0, "c": 0})
    assert [one.party for one in found.contagion.failures] == ["a", "b", "c"]
    assert "By the structure alone the order would be b, a and c; futures decide." in found.contagion.says
    head, rows = table_of(found, "contagion")
    assert (head[-1], [row[-1].replace("\u202f", " ") for row in rows]) == ("By structure", ["0 %", "33 %", "0 %"])
    assert found.to_json()["contagion"]["structure"]["failures"][0]["in_doubt"] == pytest.approx(1 / 3)


def test_where_structure_and_futures_have_one_order_only_the_futures_are_told() -> None:
    found = stress(relationship(ring()), runs=20, sections=("contagion",))
    assert found.contagion is not None
    assert found.contagion.structure is not None
    assert found.contagion.by_structure == {}
    assert "structure" not in found.contagion.says
    assert table_of(found, "contagion")[0] == ("Fails", "Directly", "In all", "Hit hardest", "Lacks")


def test_one_party_alone_fails_where_only_it_is_asked_of() -> None:
    tried = stress(relationship(ring()), runs=20, party="b", sections=("contagion",))
    found = tried.contagion
    assert found is not None
    assert [one.party for one in found.failures] == ["b"]
    assert found.radius is None
    # No other was tried beside it.
    assert sentences(tried, "contagion") == [found.says] == [found.failures[0].says]
    # In the seven of ten days that are left c misses 7 x 10 / 7 of a room of 80.
    assert found.says == "If b falls to its floor in week 1, at worst c lacks 12 % of its room."


def test_between_two_sides_nothing_is_said_of_a_third() -> None:
    give = "kind: benefit, from: a, to: b, rate: 1 kg/week, worth: {cash: 1 EUR/kg}"
    file = relationship(f"parties: {{a: {{{PARTNER}}}, b: {{{PARTNER}}}}}\nflows: {{ab: {{{give}}}}}\n")
    found = stress(file, runs=20, sections=("contagion",))
    assert found.rows("contagion") == ()
    assert set(found.to_json()["contagion"]) == {"failures", "radius", "structure", "leading", "unowned", "says"}


def test_of_a_large_group_the_member_that_reaches_furthest_is_named() -> None:
    count = 250
    chain = Table(("above", "below"), tuple((f"w{k}", f"w{k + 1}") for k in range(1, 11)), tuple(range(10)))
    names = Table(("well",), tuple((f"w{k}",) for k in range(count)), tuple(range(count)))
    file = relationship(
        """
        parties:
          wells:
            kind: group
            members: {file: wells.csv, member: well}
            capacities: {water: {level: 1, floor: 0.5}}
        flows:
          spring:
            kind: benefit
            from: wells
            to: wells
            along: {file: pipes.csv, from: above, to: below}
            rate: 0.01 per day
            worth: {water: 1}
        """,
        tables={"wells.csv": names, "pipes.csv": chain},
    )
    found = stress(file, runs=20, sections=("contagion",))
    assert found.contagion is not None
    assert found.contagion.failures == ()
    # Eleven wells one below the other: the first feeds one, and ten lie below it.
    assert found.contagion.says == "Of the members, the failure of w1 reaches furthest: 1 directly and 10 in all."
    assert [row.says for row in found.rows("contagion")] == [found.contagion.says]
