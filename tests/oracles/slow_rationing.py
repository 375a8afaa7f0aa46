"""Rationing in the slow simulator: what draws a capacity below its `at_least` is cut, and so are flows that read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lichen.relationship.formula import Call, Name, Number, Spread, Tree, children
from lichen.relationship.party import Capacity
from tests.oracles.slow_formula import Place, arriving_cells, is_reduction, places_inside

if TYPE_CHECKING:
    from tests.oracles.slow_moment import Moment

Cell = tuple[str, Place]


def rations(now: Moment) -> dict[Cell, float]:
    """For each flow that draws at once on a capacity with `at_least`, the share of it that the capacity can bear.

    What is to be settled now draws in the same proportion; it is cut where it lies, and what is cut off never arrives.
    """
    shares: dict[Cell, float] = {}
    to_settle = now.run.on_its_way.to_settle[now.k]
    cut = [1.0] * len(to_settle)
    for party in now.run.relationship.parties.values():
        for capacity in party.capacities.values():
            for member in range(now.run.count(party.name)) if capacity.at_least else ():
                drawn = draws_at_once(now, party.name, capacity.name, member)
                due = {
                    place: sent.rate * drawn_per_unit(now, sent.flow.name, sent.cell, capacity.name)
                    for place, sent in enumerate(to_settle)
                    if sent.flow.giver == party.name
                    and capacity.name in sent.flow.cost
                    and now.run.giving(sent.flow, sent.cell) == member
                }
                share = bearable(now, party.name, capacity, member, sum(drawn.values()) + sum(due.values()))
                shares |= {cell: min(share, shares.get(cell, 1.0)) for cell in drawn}
                for place in due:
                    cut[place] = min(cut[place], share)
    now.run.on_its_way.to_settle[now.k] = [
        sent._replace(rate=sent.rate * part) for sent, part in zip(to_settle, cut, strict=True)
    ]
    return shares


def draws_at_once(now: Moment, party: str, capacity: str, member: int) -> dict[Cell, float]:
    """What each flow whose cost falls due at once would take from the capacity, per time."""
    return {
        (flow.name, cell): now.ask(flow.name, cell) * drawn_per_unit(now, flow.name, cell, capacity)
        for flow in now.run.relationship.flows.values()
        if flow.giver == party and capacity in flow.cost
        for cell in now.run.cells[flow.name]
        if now.run.giving(flow, cell) == member and now.run.delays(now, flow, cell)[0] == 0
    }


def drawn_per_unit(now: Moment, name: str, cell: Place, capacity: str) -> float:
    flow = now.run.relationship.flows[name]
    return now.cost(flow, capacity, cell) * now.paid_weight(flow, cell)


def bearable(now: Moment, party: str, capacity: Capacity, member: int, drawn: float) -> float:
    """The share of what is drawn, per time, that is at hand above `at_least`."""
    least = now.value(capacity.at_least, now.run.place(party, member))
    at_hand = max(now.levels[party, capacity.name][member] - least, 0.0)
    return 1.0 if drawn * now.run.step <= at_hand else at_hand / (drawn * now.run.step)


def share(now: Moment, name: str, cell: Place, rationed: dict[Cell, float]) -> float:
    """How much of what is asked is given: its own ration, or less where a flow that its formula reads has less."""
    read = read_directly(now, now.run.relationship.flows[name].rate.tree, cell, now.run.circle[name])
    return min([rationed.get((name, cell), 1.0), *(kept(now, cells, rationed) for cells in read)])


def kept(now: Moment, cells: list[tuple[str, Place, float]], rationed: dict[Cell, float]) -> float:
    """The share of the sum of some flows that is given."""
    asked = sum(weight * now.asked[name, cell] for name, cell, weight in cells)
    shares = {(name, cell): share(now, name, cell, rationed) for name, cell, _ in cells}
    given = sum(weight * now.asked[name, cell] * shares[name, cell] for name, cell, weight in cells)
    return given / asked if asked > 0 else min(shares.values(), default=1.0)


def read_directly(
    now: Moment, tree: Tree | None, place: Place, circle: frozenset[str], unread: frozenset[str] = frozenset()
) -> Iterator[list[tuple[str, Place, float]]]:
    """For every flow that a formula reads in the same instant (at the start by a delay too), the cells it reads."""
    match tree:
        case Name(parts=(name,)) if name in now.run.relationship.flows and name not in unread:
            yield [(name, cell, 1.0) for cell in now.run.cells_at(name, place)]
        case Call(function="balance"):
            return
        case Call(function="delay" | "smooth"):
            if now.k == 0:
                yield from read_directly(now, tree.arguments[0], place, circle, circle)
        case Call(function="arriving"):
            found = arriving_cells(tree, place, now)
            yield [(flow.name, cell, now.gained_weight(flow, cell)) for flow, cell in found]
        case Call() if is_reduction(tree):
            x = tree.arguments[0]
            inside = [
                [(name, cell, weight * part) for name, cell, part in cells]
                for inner, weight in places_inside(x, place, now)
                for cells in read_directly(now, x, inner, circle, unread)
            ]
            yield [cell for cells in inside for cell in cells]
        case Number() | Spread() | Name() | None:
            return
        case _:
            for child in children(tree):
                yield from read_directly(now, child, place, circle, unread)
