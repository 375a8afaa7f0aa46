"""Dynamics while they are drawn up: stocks whose moves are still added, and what is remembered, until all has begun."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import final

from lichen.relationship.formula import Binary, Call, Name, Number, Tree, names
from lichen.relationship.order import sorted_out
from lichen.relationship.relationship import Time
from lichen.simulation.dynamics.model import TIME, About, Delay, Dynamics, Stock, Values, value
from lichen.simulation.dynamics.unrolling import Late, total
from lichen.simulation.interventions import in_steps


@final
@dataclass(slots=True, kw_only=True)
class Moved:
    """A stock to be: its first value as a formula, and the variables that add to it and take from it."""

    initial: Tree
    inflows: list[str] = field(default_factory=list)
    outflows: list[str] = field(default_factory=list)

    def add(self, sign: int, flow: str) -> None:
        """Let a variable move it: above 0 adds, below takes."""
        (self.inflows if sign > 0 else self.outflows).append(flow)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A `delay` or `smooth`: what it remembers, over how many days; those of one `wave` begin together."""

    kind: str
    now: Tree
    days: Tree
    wave: int


@final
@dataclass(slots=True, kw_only=True)
class Sketch:
    """What will be dynamics.

    `late`: flows on their way, with whether nothing was before the start. `delayed`: variables as they were some steps
    ago, 0 before the start.
    """

    claim: Callable[[str], str]
    formulas: dict[str, Tree]
    stocks: dict[str, Moved] = field(default_factory=dict)
    courses: dict[str, tuple[float, ...]] = field(default_factory=dict)
    late: dict[str, tuple[Late, bool]] = field(default_factory=dict)
    remembered: dict[str, Memory] = field(default_factory=dict)
    delayed: dict[str, tuple[str, int]] = field(default_factory=dict)

    def variable(self, wanted: str, tree: Tree) -> str:
        """A new variable with a formula."""
        name = self.claim(wanted)
        self.formulas[name] = tree
        return name

    def before(self, name: str, steps: int) -> str:
        """A variable as it was a number of steps ago; itself for none."""
        if steps == 0:
            return name
        late = self.claim(f"{name} {steps} steps ago")
        self.delayed[late] = (name, steps)
        return late

    def following(self, stock: str, step: float) -> Tree:
        """A stock one step later as far as its moves are known, over the step in days."""
        moved = self.stocks[stock]
        plus, minus = ([Name((flow,)) for flow in flows] for flows in (moved.inflows, moved.outflows))
        return Binary("-", total([Binary("/", Name((stock,)), Number(step)), *plus]), total(minus))


def begun(sketch: Sketch, time: Time, about: Mapping[str, About], held: Iterable[str]) -> Dynamics:
    """The dynamics of a sketch, every stock and delay at its first value.

    What is on its way arrives at its first rate, unless nothing was; a delay or smoothing has its value of the start,
    and one that reads itself begins from 0.
    """
    step = time.step_days
    first, lags = _first(sketch, step)
    delays: dict[str, Delay] = {}
    stocks = {name: _stock(moved, first) for name, moved in sketch.stocks.items()}
    formulas = dict(sketch.formulas)
    for name, (late, empty) in sketch.late.items():
        delays[name] = Delay(of=late.sent, steps=lags[name], before=0.0 if empty else first[late.sent])
    for name, (of, steps) in sketch.delayed.items():
        delays[name] = Delay(of=of, steps=steps, before=0.0)
    for name, memory in sketch.remembered.items():
        if memory.kind == "delay":
            of = sketch.claim(f"{name} at first")
            formulas[of] = memory.now
            delays[name] = Delay(of=of, steps=max(lags[name], 1), before=first[name])
        else:
            flow = sketch.claim(f"{name} change")
            at_least = Call("max", (memory.days, Number(step)))
            formulas[flow] = Binary("/", Binary("-", memory.now, Name((name,))), at_least)
            stocks[name] = Stock(initial=first[name], inflows=(flow,))
    formulas |= {name: Name((delay.of,)) for name, delay in delays.items() if delay.steps == 0}
    formulas |= {name: Number(delay.before) for name, delay in delays.items() if delay.steps > time.steps}
    order = _in_order(formulas)
    return Dynamics(
        step_days=step,
        steps=time.steps,
        stocks=stocks,
        formulas={name: formulas[name] for name in order},
        delays={name: delay for name, delay in delays.items() if name not in formulas},
        courses=sketch.courses,
        about=about,
        held=tuple(held),
    )


def _stock(moved: Moved, first: Values) -> Stock:
    return Stock(initial=value(moved.initial, first), inflows=tuple(moved.inflows), outflows=tuple(moved.outflows))


def _first(sketch: Sketch, step: float) -> tuple[Values, Mapping[str, int]]:
    """Every variable at the first instant, and the steps of every transit and delay."""
    formulas = dict(sketch.formulas)
    formulas |= {name: Name((late.sent,)) for name, (late, _) in sketch.late.items()}
    ordered = {name: formulas[name] for name in _in_order(formulas)}
    now: Values = {TIME: 0.0}
    now |= dict.fromkeys([*sketch.stocks, *sketch.remembered, *sketch.delayed], 0.0)
    now |= {name: course[0] for name, course in sketch.courses.items()}
    _settle(ordered, now)
    now |= {name: value(moved.initial, now) for name, moved in sketch.stocks.items()}
    for wave in dict.fromkeys(memory.wave for memory in sketch.remembered.values()):
        _settle(ordered, now)
        now |= {name: value(m.now, now) for name, m in sketch.remembered.items() if m.wave == wave}
    _settle(ordered, now)
    days = {name: late.days for name, (late, _) in sketch.late.items()}
    days |= {name: memory.days for name, memory in sketch.remembered.items() if memory.kind == "delay"}
    return now, {name: in_steps(value(tree, now), step) for name, tree in days.items()}


def _settle(formulas: Mapping[str, Tree], now: Values) -> None:
    for name, tree in formulas.items():
        now[name] = value(tree, now)


def _in_order(formulas: Mapping[str, Tree]) -> Iterable[str]:
    reads = {name: tuple(read for read in sorted(names(tree)) if read in formulas) for name, tree in formulas.items()}
    return sorted_out(reads)[0]
