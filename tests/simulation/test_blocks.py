"""Where results stand in the fast engine: what nothing reads any more makes room, and nothing that is read is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lichen.simulation import interventions
from lichen.simulation.compiling import compile_program
from lichen.simulation.experiments import standard_experiments
from lichen.simulation.fast.fusing import fused
from lichen.simulation.fast.tape import LoweredTape
from lichen.simulation.program import Program, read_beside, registers, released
from lichen.simulation.tape import LOOKING, Register, Tape, unread
from lichen.workspace import read_relationship

CASES = Path(__file__).parent.parent / "cases"
FILES = ("examples/supply.yaml", "three/risk.yaml", "features/scenarios.yaml", "features/group.yaml")


def test_a_result_is_unread_after_its_last_reader() -> None:
    tape = Tape()
    level = tape.source("level", "a", time=True)
    double = tape.apply("multiply", level, tape.number(2))
    more = tape.apply("add", double, tape.number(1))
    last = tape.apply("multiply", more, double)
    assert unread(tape.nodes, {last.index}) == {last.index: [double.index, more.index]}


def test_sources_what_others_read_and_what_does_not_vary_in_time_stay() -> None:
    tape = Tape()
    still = tape.apply("add", tape.source("column", "a"), tape.number(1))
    level = tape.source("level", "a", time=True)
    kept = tape.apply("add", level, still)
    tape.apply("multiply", kept, level)
    assert kept.index not in {index for indices in unread(tape.nodes, {kept.index}).values() for index in indices}
    assert not {still.index, level.index} & {index for found in unread(tape.nodes, ()).values() for index in found}


def test_what_is_spread_over_members_is_read_by_those_who_read_the_members() -> None:
    tape = Tape()
    level = tape.source("level", "a", time=True)
    one = tape.apply("add", level, tape.number(1))
    each = tape.spread(one, "guild")
    tape.apply("multiply", level, tape.number(2))
    last = tape.apply("add", each, tape.source("level", "b", axis="guild", time=True))
    assert unread(tape.nodes, {last.index})[last.index] == [one.index]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("futures", [1, 64])
def test_no_block_is_written_while_somebody_is_to_read_it(file: str, futures: int) -> None:
    relationship = read_relationship(CASES / file).relationship
    assert relationship is not None
    experiments = standard_experiments(relationship)
    program = compile_program(relationship, interventions.needs(relationship, experiments))
    program = replace(program, nodes=fused(program.nodes, read_beside(program)))
    blocks = LoweredTape(program, len(experiments), futures).blocks
    shared = len({place.offset for place in blocks.values()})
    assert shared < len(blocks)
    written: dict[int, int] = {}
    wanted: dict[int, int] = {}
    for node in program.nodes:
        for read in read_by(program, node.operands):
            assert written[blocks[read].offset] == wanted[read], node
        if node.result.index in blocks:
            at = blocks[node.result.index].offset
            looks = node.operation in LOOKING and blocks[node.operands[0].index].offset == at
            written[at] = wanted[node.operands[0].index] if looks else node.result.index
            wanted[node.result.index] = written[at]
    for name in (
        "capacities",
        "flows",
        "parties",
        "presences",
        "terms",
        "triggers",
        "measures",
        "memories",
        "promises",
    ):
        for register in registers(getattr(program, name)):
            assert written[blocks[register.index].offset] == wanted[register.index], name


def read_by(program: Program, operands: tuple[object, ...]) -> list[int]:
    """The registers with a place of their own that are read: behind an order stand the values that are ordered."""
    nodes = {node.result.index: node for node in program.nodes}
    found: list[int] = []
    for register in registers(operands):
        ordered = nodes[register.index].operation in LOOKING - {"spread"}
        found += read_by(program, nodes[register.index].operands) if ordered else [register.index]
    return found


def test_a_program_says_by_itself_what_is_unread() -> None:
    relationship = read_relationship(CASES / FILES[0]).relationship
    assert relationship is not None
    program = compile_program(relationship, interventions.needs(relationship, standard_experiments(relationship)))
    used = {register.index for register in registers((program.capacities, program.flows, program.parties))}
    assert not used & {index for indices in released(program).values() for index in indices}


def test_what_one_operation_alone_reads_is_worked_out_within_it() -> None:
    tape = Tape()
    a, b, c, d = (tape.source("level", name, time=True) for name in "abcd")
    share = tape.apply("divide", tape.apply("subtract", a, b), (four := tape.number(4)))
    product = tape.apply("multiply", a, c)
    first = tape.apply("add", tape.apply("add", a, product), d)
    last = tape.apply("subtract", first, product)
    assert operations_of(tape, last, share) == [
        ("share_between", [a.index, b.index, four.index], share.index),
        ("multiply", [a.index, c.index], product.index),
        ("add_both", [a.index, product.index, d.index], first.index),
        ("subtract", [first.index, product.index], last.index),
    ]


def test_what_others_read_or_what_does_not_vary_in_time_keeps_its_place() -> None:
    tape = Tape()
    a, b = (tape.source("level", name, time=True) for name in "ab")
    still = tape.apply("multiply", tape.source("column", "a"), tape.number(2))
    kept = tape.apply("multiply", a, b)
    more, last = tape.apply("add", a, still), tape.apply("add", b, kept)
    assert [operation for operation, _, _ in operations_of(tape, kept, more, last)] == [
        "multiply",
        "multiply",
        "add",
        "add",
    ]


def operations_of(tape: Tape, *kept: Register) -> list[tuple[str, list[int], int]]:
    """What is left to do once operations are put together."""
    nodes = fused(tape.nodes, {register.index for register in kept})
    return [(node.operation, [o.index for o in node.operands], node.result.index) for node in nodes if node.operands]
