"""A relationship and its experiments as a program: a tape, and which of its registers mean what.

Amounts are in base units, rates per day. `axis` names the group along whose members, or the flow along whose links, a
register varies. Registers named `total` are one number a lane and future: sums over the members present.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import final

from lichen.relationship.rules import Window
from lichen.relationship.world import Process
from lichen.simulation.formulas import Memory
from lichen.simulation.sampling import Column, Drawn
from lichen.simulation.tape import Node, Register, live, unread

AT_ONE = ("factor", "arriving", "sharing", "balance")
AT_ZERO = ("level", "term", "memory", "lost", "owed", "time")
"""The sources that an engine sets to 1 and to 0 before a run."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityPlan:
    """One capacity: its level at t (`now`), at the start and one step later, and what is measured of it.

    `headroom` is per member, `counted` the one number that stands for a group, `total` the sum over its members; `lost`
    what exceeded `at_most` in this step.
    """

    party: str
    name: str
    now: Register
    initial: Register
    following: Register
    floor: Register
    width: Register
    headroom: Register
    counted: Register
    total: Register
    lost: Register | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPlan:
    """One flow: `rate` along its axis, its `total`, and by capacity what it adds and takes in total when it is due.

    `wished` is what the formula gives, where that may be below 0; `shortfall` what rationing cut off; `lag` the days
    from giving to the last arrival; `lost` the rate that is missed by the receiver's fallback; `after` the days until
    that is there.
    """

    name: str
    rate: Register
    total: Register
    worth: Mapping[str, Register]
    cost: Mapping[str, Register]
    wished: Register | None
    shortfall: Register
    lag: Register
    lost: Register | None
    after: Register | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PromisePlan:
    """A flow on credit of which what is promised rests on what falls due: `owed` now of what was `given` before."""

    flow: str
    owed: Register
    given: Register
    lag: Register


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PartyPlan:
    """One party: its headroom (of a group: what counts, mean, worst tenth) and its tally per day in its own measure.

    Of a group of which a sample is looked at, what counts of all lies `between` two registers. Its balance looks `over`
    a window.
    """

    name: str
    headroom: Register | None
    mean: Register | None
    tenth: Register | None
    between: tuple[Register, ...]
    received: Register
    borne: Register
    over: Window


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PresencePlan:
    """How many of each member there are, now and one step later."""

    group: str
    now: Register
    following: Register
    total: Register


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TermPlan:
    """A term that reviews set: set now, in force under a scenario too, agreed, and what a review would make of it."""

    name: str
    now: Register
    in_force: Register
    initial: Register
    to: Register
    bounded: Register


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """All that an engine needs. `axes` holds the names of members or links, `columns` the numbers beside them.

    Of a group that is `drawn` its axis names the turns of drawing, each of which stands for several members; its
    `columns` hold all of them.
    `parameters` are those of the world's processes; `payments`, by `party.capacity`, what is paid from it through risk
    sharing (below 0: received).
    """

    nodes: tuple[Node, ...]
    axes: Mapping[str, Sequence[str]]
    columns: Mapping[object, Column]
    drawn: Mapping[str, Drawn]
    range_keys: Mapping[str, str]
    processes: Mapping[str, Process]
    parameters: Mapping[str, Mapping[str, Register]]
    capacities: tuple[CapacityPlan, ...]
    flows: tuple[FlowPlan, ...]
    parties: tuple[PartyPlan, ...]
    presences: tuple[PresencePlan, ...]
    terms: tuple[TermPlan, ...]
    triggers: tuple[Register, ...]
    measures: Mapping[str, Register]
    payments: Mapping[str, Register]
    memories: tuple[Memory, ...]
    promises: tuple[PromisePlan, ...]

    def stands_for(self, group: str) -> float:
        """How many members of a group one on its axis stands for."""
        return self.drawn[group].stands_for if group in self.drawn else 1.0


def read_beside(program: Program) -> set[int]:
    """The registers that are read beside the tape."""
    plans = (getattr(program, own.name) for own in fields(program) if own.name not in ("axes", "columns", "drawn"))
    return {register.index for plan in plans for register in registers(plan)}


def released(program: Program) -> Mapping[int, list[int]]:
    """By the place of a node: the registers that nothing reads after it, so that their memory may be used again."""
    return unread(program.nodes, read_beside(program))


def without_tallies(program: Program) -> Program:
    """The program without what only tallies of parties, losses, measures and what flows add and take need."""
    read = {node.beside for node in program.nodes if node.operation == "balance"}
    capacities = tuple(replace(capacity, lost=None) for capacity in program.capacities)
    roots = (
        (capacities, program.presences, program.terms, program.triggers),
        (program.parameters, program.memories, program.promises),
        tuple((flow.rate, flow.total, flow.lag, flow.lost, flow.after) for flow in program.flows),
        tuple((party.headroom, party.mean, party.tenth, party.between) for party in program.parties),
        tuple((party.received, party.borne) for party in program.parties if party.name in read),
    )
    return replace(program, capacities=capacities, nodes=live(program.nodes, registers(roots)))


def registers(plan: object) -> Iterator[Register]:
    """Every register in a plan, or in plans and mappings of them."""
    if isinstance(plan, Register):
        yield plan
    elif isinstance(plan, Mapping):
        for part in plan.values():
            yield from registers(part)
    elif isinstance(plan, tuple):
        for part in plan:
            yield from registers(part)
    elif is_dataclass(plan) and not isinstance(plan, Node):
        for own in fields(plan):
            yield from registers(getattr(plan, own.name))
