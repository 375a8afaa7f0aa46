"""Reviews as dynamics: when terms are looked at again, and from when on what comes of it holds."""

from __future__ import annotations

from collections.abc import Sequence

from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Tree, walk
from lichen.relationship.relationship import Relationship
from lichen.relationship.rules import Adjustment
from lichen.simulation.dynamics.balances import empty_window, full_window
from lichen.simulation.dynamics.sketch import Moved, Sketch
from lichen.simulation.dynamics.unrolling import Unrolling
from lichen.simulation.interventions import in_steps
from lichen.simulation.program import Program
from lichen.simulation.reviews import is_due

_ZERO, _ONE, _HALF = Number(0.0), Number(1.0), Number(0.5)


def add_reviews(relationship: Relationship, program: Program, unrolling: Unrolling, sketch: Sketch) -> None:
    """Every term that reviews set becomes a stock that jumps when what a review said comes into force."""
    adjustment, step = relationship.rules.adjustment, relationship.time.step_days
    if adjustment is None or not program.terms:
        return
    effect = max(1, in_steps(adjustment.takes_effect_after_days, step))
    answer = max(1, in_steps(adjustment.takes_effect_after_days + adjustment.answer_days, step))
    clock = sketch.claim("review comes into force")
    sketch.courses[clock] = _regular(adjustment, step, relationship.time.steps, effect)
    regular = Binary(">", Name((clock,)), _HALF)
    called = _called(relationship, program, unrolling, sketch, answer) if program.triggers else None
    for plan in program.terms:
        name = unrolling.named[plan.now.index, 0]
        said = unrolling.claim(f"{name} as a review would set it")
        sketch.formulas[said] = unrolling.tree(plan.bounded, 0, said)
        sketch.stocks[name] = Moved(initial=unrolling.tree(plan.initial, 0, name))
        following: Tree = Name((name,))
        by_call = (called, answer) if called is not None else None
        for condition, lag in sorted(filter(None, ((regular, effect), by_call)), key=lambda pair: -pair[1]):
            following = Conditional(condition, Name((sketch.before(said, lag - 1),)), following)
        move = Binary("/", Binary("-", following, Name((name,))), Number(step))
        sketch.stocks[name].add(1, sketch.variable(f"{name} set by a review", move))


def _regular(adjustment: Adjustment, step: float, steps: int, effect: int) -> tuple[float, ...]:
    """At each step whether what a regular review said comes into force in the next one, as 1 and 0."""
    every = adjustment.review_every_days
    looked_at = (at + 1 - effect for at in range(steps + 1))
    return tuple(float(at > 0 and is_due(at, every, step)) for at in looked_at)


def _called(relationship: Relationship, program: Program, unrolling: Unrolling, sketch: Sketch, answer: int) -> Tree:
    """Whether what a review that a trigger called said comes into force in the next step."""
    step = relationship.time.step_days
    adjustment = relationship.rules.adjustment
    turned: list[Tree] = []
    for register, trigger in zip(program.triggers, adjustment.triggers if adjustment else (), strict=True):
        now: Tree = unrolling.tree(register, 0, "trigger")
        for node in walk(trigger.tree) if trigger.tree else ():
            if isinstance(node, Call) and node.function == "balance" and isinstance(node.arguments[0], Name):
                now = Binary("and", now, _counts(node.arguments[0].text))
        name = sketch.variable("trigger", Conditional(now, _ONE, _ZERO))
        before = sketch.before(name, 1)
        turned.append(Binary("and", Binary(">", Name((name,)), _HALF), Binary("<", Name((before,)), _HALF)))
    busy, fired = sketch.claim("review under way"), sketch.claim("review called")
    free = Binary("<", Name((busy,)), _HALF)
    sketch.formulas[fired] = Conditional(Binary("and", free, _any(turned)), _ONE, _ZERO)
    over = Call("max", (Binary("-", Name((busy,)), _ONE), _ZERO))
    following = Conditional(Binary(">", Name((fired,)), _HALF), Number(float(answer)), over)
    change = sketch.variable(f"{busy} change", Binary("/", Binary("-", following, Name((busy,))), Number(step)))
    sketch.stocks[busy] = Moved(initial=_ZERO, inflows=[change])
    return Binary(">", Name((sketch.before(fired, answer),)), _HALF)


def _counts(party: str) -> Tree:
    """Whether the window of a party's balance is full and not empty."""
    full, empty = Name((full_window(party),)), Name((empty_window(party),))
    return Binary("and", Binary(">", full, _HALF), Binary("<", empty, _HALF))


def _any(conditions: Sequence[Tree]) -> Tree:
    """Whether one of the conditions holds."""
    if len(conditions) < 2:
        return conditions[0] if conditions else _ZERO
    half = len(conditions) // 2
    return Binary("or", _any(conditions[:half]), _any(conditions[half:]))
