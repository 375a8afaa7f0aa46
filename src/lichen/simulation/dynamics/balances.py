"""`balance(party)` as dynamics: received over borne, from two sums since the start and from what these were before."""

from __future__ import annotations

from collections.abc import Sequence

from lichen.relationship.formula import Binary, Conditional, Name, Number, Tree
from lichen.relationship.relationship import Relationship
from lichen.simulation.dynamics.sketch import Moved, Sketch
from lichen.simulation.dynamics.unrolling import Unrolling
from lichen.simulation.memories import NOTHING_BORNE
from lichen.simulation.program import Program
from lichen.simulation.windows import Look, looks

_ZERO, _ONE, _HALF = Number(0.0), Number(1.0), Number(0.5)


def add_balances(relationship: Relationship, program: Program, unrolling: Unrolling, sketch: Sketch) -> None:
    """Every balance that a formula reads, and beside it whether its window is empty, and whether it is full."""
    for node in program.nodes:
        if node.operation != "balance":
            continue
        plan = next(plan for plan in program.parties if plan.name == node.beside)
        seen = tuple(looks(plan.over, relationship))
        full = sketch.claim(full_window(plan.name))
        sketch.courses[full] = (0.0, *(float(look[2]) for look in seen))
        received, borne = (
            _summed(sketch, sketch.variable(f"{plan.name}.{side}", unrolling.tree(now, 0, plan.name)), seen, full)
            for side, now in (("received", plan.received), ("borne", plan.borne))
        )
        unborne = Binary("==", borne, _ZERO)
        nothing = Binary("and", Binary("==", received, _ZERO), unborne)
        sketch.formulas[empty_window(plan.name)] = Conditional(nothing, _ONE, _ZERO)
        ratio = Conditional(unborne, Number(NOTHING_BORNE), Binary("/", received, borne))
        sketch.formulas[f"balance of {plan.name}"] = Conditional(nothing, _ONE, ratio)


def empty_window(party: str) -> str:
    """The name of what says that nothing was received or borne within the window of a party's balance."""
    return f"nothing in balance of {party}"


def full_window(party: str) -> str:
    """The name of what says that the window of a party's balance is full."""
    return f"full window of {party}"


def _summed(sketch: Sketch, flow: str, seen: Sequence[Look], full: str) -> Tree:
    """What a flow came to within the window that is looked at: one that ends now, or the last one that ended."""
    so_far = sketch.claim(f"{flow} so far")
    sketch.stocks[so_far] = Moved(initial=_ZERO, inflows=[flow])
    if any(behind != now for now, (_, behind, _) in enumerate(seen, 1)):
        return _jumping(sketch, so_far, seen, full)
    if not any(first for first, _, _ in seen):
        return Name((so_far,))
    length = max(now - first for now, (first, _, _) in enumerate(seen, 1))
    return Binary("-", Name((so_far,)), Name((sketch.before(so_far, length),)))


def _jumping(sketch: Sketch, so_far: str, seen: Sequence[Look], full: str) -> Tree:
    """Windows one after the other: what was at the start of one is kept until its end, then its sum until the next."""
    windows = {(first, behind) for first, behind, is_full in seen if is_full}
    begins, ends = sketch.claim(f"{so_far} begins"), sketch.claim(f"{so_far} ends")
    for name, steps in ((begins, {first for first, _ in windows}), (ends, {behind for _, behind in windows})):
        sketch.courses[name] = tuple(float(step in steps) for step in range(len(seen) + 1))
    start, inside = sketch.claim(f"{so_far} at first"), sketch.claim(f"{so_far} within")
    started, kept = (Name((sketch.before(name, 1),)) for name in (start, inside))
    sketch.formulas[start] = Conditional(Binary(">", Name((begins,)), _HALF), Name((so_far,)), started)
    last = Conditional(Binary(">", Name((ends,)), _HALF), Binary("-", Name((so_far,)), started), kept)
    sketch.formulas[inside] = Conditional(Binary(">", Name((full,)), _HALF), last, Name((so_far,)))
    return Name((inside,))
