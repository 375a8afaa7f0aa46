"""The reference engine: runs a program step by step with NumPy, all lanes at once, for one chunk of futures.

Every register has its own buffer, allocated once; what does not vary in time is filled before the first step,
everything else is filled in the order of the tape at every step. Lanes come first, so that a draw is made once and met
by all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from lichen.relationship.relationship import Relationship
from lichen.simulation import chance, draws
from lichen.simulation.experiments import YEAR_DAYS
from lichen.simulation.interventions import Event, Loss, in_steps
from lichen.simulation.memories import Delay, Fallback, Smoothing, Trailing, Transit
from lichen.simulation.operations import ELEMENTWISE, OVER_MEMBERS, TRUTH, Ordering, Override, gather, scatter
from lichen.simulation.passing import SENT_ON
from lichen.simulation.program import AT_ONE, AT_ZERO, Program, released
from lichen.simulation.reviews import Reviews, balances_read
from lichen.simulation.tape import Node, Register
from lichen.simulation.windows import looks

Array: TypeAlias = NDArray[np.float64]
Call: TypeAlias = Callable[[], object]


class Recorder(Protocol):
    """Takes down what a run shows."""

    def place(self, register: Register) -> Array | None:
        """A buffer that the recorder wants a register's values in."""
        ...

    def begin(self, futures: range, values: Mapping[int, Array], clips: Mapping[str, tuple[Array, Array]]) -> None:
        """A chunk begins; `clips` is filled while it runs, as `values` are."""
        ...

    def levels(self, step: int) -> None:
        """Levels and headrooms are known."""
        ...

    def flows(self, step: int) -> None:
        """What passes in this step is known."""
        ...

    def end(self) -> None:
        """A chunk is over."""
        ...


@final
class Engine:
    """Buffers and calls for one number of lanes and futures; `run` may be called for one chunk after another."""

    def __init__(
        self,
        relationship: Relationship,
        program: Program,
        timeline: Iterable[Event],
        losses: Sequence[Loss],
        *,
        lanes: int,
        futures: int,
        reviewing: Sequence[bool],
        recorder: Recorder,
    ) -> None:
        self.relationship, self.program, self.recorder = relationship, program, recorder
        self.lanes, self.futures = lanes, futures
        self.time = relationship.time
        self.events: dict[int, list[Event]] = {}
        for event in timeline:
            self.events.setdefault(event.step, []).append(event)
        self.values: dict[int, Array] = {}
        self.sources: dict[tuple[str, object], Array] = {}
        self.transits: dict[str, list[Transit]] = {}
        self.overrides: dict[str, Override] = {}
        self.calls: dict[bool, list[Call]] = {False: [], True: []}
        self.orderings: dict[tuple[Register, ...], Ordering] = {}
        self.sampled: list[Node] = []
        self.free: dict[tuple[bool, *tuple[int, ...]], list[Array]] = {}
        self.released = released(program)
        self.passing = frozenset(index for indices in self.released.values() for index in indices)
        for place, node in enumerate(program.nodes):
            self._bind(node, place)
        self._memorise(losses)
        adjustment = relationship.rules.adjustment
        self.reviews = Reviews(self.time, adjustment, self._terms(), self._triggers(), self._pending(), reviewing)

    # Binding

    def _shape(self, register: Register) -> tuple[int, ...]:
        shape = (self.lanes if register.lane else 1, self.futures if register.future else 1)
        return shape if register.axis is None else (*shape, len(self.program.axes[register.axis]))

    def _bind(self, node: Node, place: int) -> None:
        """A buffer for the node's result and the call that fills it; what nothing reads any more is used again."""
        result, operands = node.result, [self.values[o.index] for o in node.operands]
        if node.operation == "spread":
            self.values[result.index] = operands[0][..., None]
            return
        shape = self._shape(result)
        if node.operation in _ELEMENTWISE:
            shape = np.broadcast_shapes(shape, *(o.shape for o in operands))
        out = self.recorder.place(result)
        if out is None and result.index in self.passing and self.free.get((result.truth, *shape)):
            out = self.free[result.truth, *shape].pop()
        elif out is None:
            out = np.zeros(shape, dtype=np.bool_ if result.truth else np.float64)
        self.values[result.index] = out
        if (call := self._call(node, operands, out)) is None:
            self.sources[node.operation, node.beside] = out
        else:
            self.calls[result.time].append(call)
        for index in self.released.get(place, ()):
            passed = self.values[index]
            self.free.setdefault((passed.dtype == np.bool_, *passed.shape), []).append(passed)

    def _call(self, node: Node, operands: list[Array], out: Array) -> Call | None:
        """What fills a node's buffer; None for a source, which the engine fills itself."""
        if node.operation in _ELEMENTWISE:
            return partial(_ELEMENTWISE[node.operation], *operands, out=out)
        if any(o.axis for o in node.operands):  # what is alike for all members has no length yet
            operands = [np.broadcast_to(v, self._full(o, v)) for o, v in zip(node.operands, operands, strict=True)]
        if node.operation in OVER_MEMBERS:
            return partial(OVER_MEMBERS[node.operation], *operands, out=out)
        if node.operation in ("order", "places"):
            ordering = self.orderings.setdefault(node.operands, Ordering(*operands))
            return partial(ordering.values if node.operation == "order" else ordering.places, out)
        match node.operation, node.beside:
            case "constant", _:
                out[...] = node.result.number if node.result.number is not None else np.nan
            case "column", _:
                out[...] = self.program.columns[node.beside]
            case "gather", tuple() as places:
                return partial(gather(places), *operands, out=out)
            case "scatter", tuple() as places:
                return partial(scatter(places), *operands, out=out)
            case "transit", (str() as flow, name):
                rate, lag = operands
                step, steps = self.time.step_days, self.time.steps
                transit = Transit(rate, lag, out, step, steps, varies=node.operands[1].time)
                transit.follows = name == SENT_ON
                self.transits.setdefault(flow, []).append(transit)
                return transit
            case "override", (str() as name, tuple() as scenarios, tuple() as points):
                override = Override(operands, out, (*scenarios, *points))
                self.overrides[name] = override
                return override
            case "draw" | "drawn column", _:
                self.sampled.append(node)
        return None

    def _full(self, register: Register, values: Array) -> tuple[int, ...]:
        return values.shape if register.axis is None else (*values.shape[:2], len(self.program.axes[register.axis]))

    def _at(self, register: Register) -> Array:
        return self.values[register.index]

    def _memorise(self, losses: Sequence[Loss]) -> None:
        step, steps = self.time.step_days, self.time.steps
        self.delays: list[Delay | Smoothing] = []
        for memory in self.program.memories:
            past, now, over = self._at(memory.past), self._at(memory.now), self._at(memory.over)
            if memory.kind == "delay":
                self.delays.append(Delay(past, now, over, step, steps, varies=memory.over.time))
            else:
                self.delays.append(Smoothing(past, now, over, step))
        self.trailing = {
            p.name: Trailing(self._at(p.received), self._at(p.borne), out, looks(p.over, self.relationship))
            for p in self.program.parties
            if (out := self.sources.get(("balance", p.name))) is not None
        }
        self.owing: list[Transit] = []
        for p in self.program.promises:
            transit = Transit(self._at(p.given), self._at(p.lag), self._at(p.owed), step, steps, varies=p.lag.time)
            self.transits.setdefault(p.flow, []).append(transit)
            self.owing.append(transit)
        year = in_steps(YEAR_DAYS, step)
        self.fallbacks = [
            Fallback(self._at(f.rate), self._at(f.lag), self._at(f.after), self._at(f.lost), own, year)
            for f in self.program.flows
            if f.lost is not None and f.after is not None and (own := [loss for loss in losses if loss.flow == f.name])
        ]

    def _terms(self) -> Mapping[str, tuple[Array, Array, Array]]:
        return {t.name: (self._at(t.now), self._at(t.to), self._at(t.bounded)) for t in self.program.terms}

    def _triggers(self) -> list[NDArray[np.bool_]]:
        return [self._at(trigger).view(np.bool_) for trigger in self.program.triggers]

    def _pending(self) -> list[list[NDArray[np.bool_]]]:
        """For each condition, where the balances that it reads are pending."""
        adjustment = self.relationship.rules.adjustment
        conditions = adjustment.triggers if adjustment and self.program.triggers else ()
        return [[self.trailing[party].pending for party in balances_read(value.tree)] for value in conditions]

    # Running

    def run(self, futures: range, seed: int) -> None:
        """One chunk of futures from start to end, taken down by the recorder."""
        with np.errstate(all="ignore"):
            self._draw(futures, seed)
            self._start()
            self.recorder.begin(futures, self.values, self.reviews.clips)
            for step in range(self.time.steps):
                self._step(step)
            self._open(self.time.steps)
            self._evaluate()
            self.recorder.levels(self.time.steps)
            self.recorder.end()

    def _draw(self, futures: range, seed: int) -> None:
        """All chance of the chunk, and what does not vary in time."""
        for node in self.sampled:
            self._sample(node, futures, seed)
        for call in self.calls[False]:
            call()
        normals = chance.normals(self.relationship, seed, futures)
        self.courses: dict[tuple[str, object], Array] = {}
        for kind, beside in self.sources:
            if kind == "world" and isinstance(beside, str):
                process, given = self.program.processes[beside], self._parameters(beside)
                self.courses[kind, beside] = chance.course(
                    process, given, self.time, normals.get(beside), seed, futures
                )
            elif kind == "point" and isinstance(beside, tuple):
                name, share = beside
                self.courses[kind, beside] = chance.point(
                    self.program.processes[name], self._parameters(name), self.time, share
                )
        self._world(0)
        for call in self.calls[False]:
            call()

    def _sample(self, node: Node, futures: range, seed: int) -> None:
        """Numbers of a range, one a future or one for each member or link; or those of the members that are drawn."""
        out = self._at(node.result)
        if node.operation == "drawn column":
            drawn = self.program.drawn[str(node.result.axis)]
            out[0] = drawn.of_column(self.program.columns[node.beside], seed, futures)
            return
        if not isinstance(node.beside, tuple):
            raise TypeError("a draw names its range")
        key, low, high = node.beside
        key = self.program.range_keys[key]
        members = [""] if node.result.axis is None else self.program.axes[node.result.axis]
        share = draws.uniform(seed, [f"{key}:{member}" if member else key for member in members], futures)[0]
        np.copyto(out, (low + (high - low) * share).reshape(out.shape))

    def _parameters(self, name: str) -> Mapping[str, Array]:
        return {key: self._at(register)[0] for key, register in self.program.parameters[name].items()}

    def _world(self, step: int) -> None:
        for place, course in self.courses.items():
            np.copyto(self.sources[place], course[step if len(course) > 1 else 0])

    def _start(self) -> None:
        """Levels and terms at the start; delays and what is on its way as if everything had run at its first rate."""
        self._reset()
        self._hit(0, "scenario")
        self._evaluate()
        for term in self.program.terms:
            np.copyto(self._at(term.now), self._at(term.initial))
        self._evaluate()
        for capacity in self.program.capacities:
            np.copyto(self._at(capacity.now), self._at(capacity.initial))
        self._settle()
        for trailing in self.trailing.values():
            trailing.begin()
        for fallback in self.fallbacks:
            fallback.begin()
        self._begin_transits(following=False)
        for transit in self.owing:
            transit.show()
        self._evaluate()
        self._begin_transits(following=True)
        self.reviews.begin()
        self._hit(0)
        self._settle()
        for transits in self.transits.values():
            for transit in transits:
                transit.under_way = True

    def _begin_transits(self, *, following: bool) -> None:
        """What was on its way before the start; of those that follow another transit when that one has begun."""
        for name, transits in self.transits.items():
            for transit in transits:
                if transit.follows == following:
                    transit.begin(empty=self.relationship.flows[name].starts_empty)

    def _settle(self) -> None:
        """Every delay and smoothing at what it would read of this moment; one that reads itself begins from 0."""
        for delay in self.delays:
            delay.past[...] = 0.0
        for delay in self.delays:
            self._evaluate()
            delay.begin()
        self._evaluate()

    def _reset(self) -> None:
        """As before any step: nothing is changed, remembered or on its way."""
        for (kind, name), values in self.sources.items():
            if kind in AT_ONE:
                values[...] = 1.0
            elif kind == "presence":
                values[...] = self.program.stands_for(str(name))
            elif kind in AT_ZERO:
                values[...] = 0.0
        for transits in self.transits.values():
            for transit in transits:
                transit.under_way = False
        for override in self.overrides.values():
            override.scenario, override.point = {}, {}

    def _evaluate(self) -> None:
        for call in self.calls[True]:
            call()

    def _open(self, step: int) -> None:
        """What holds at the beginning of a step: the time, the world, the terms in force, what experiments change.

        What they change at the start is changed already.
        """
        if ("time", "time") in self.sources:
            self.sources["time", "time"][...] = step * self.time.step_days
        self._world(step)
        self.reviews.open(step)
        for fallback in self.fallbacks:
            fallback.open(step, self.time.step_days, self.time.steps)
        if step:
            self._hit(step)

    def _step(self, step: int) -> None:
        self._open(step)
        self._evaluate()
        self.recorder.levels(step)
        self.recorder.flows(step)
        self.reviews.close(step)
        for fallback in self.fallbacks:
            fallback.close(step)
        for trailing in self.trailing.values():
            trailing.remember()
        for transit in self.owing:
            transit.owe()
        for delay in self.delays:
            delay.keep()
        for delay in self.delays:
            delay.show()
        for capacity in self.program.capacities:
            np.copyto(self._at(capacity.now), self._at(capacity.following))
        for presence in self.program.presences:
            np.copyto(self._at(presence.now), self._at(presence.following))

    def _hit(self, step: int, only: str = "") -> None:
        for event in self.events.get(step, ()):
            if only in ("", event.kind):
                self._apply(event)

    def _apply(self, event: Event) -> None:
        lane = event.lane
        match event.kind, event.value:
            case ("factor" | "arriving" | "sharing") as kind, float() as factor:
                if (kind, event.target) in self.sources:  # what no result needs is not on the tape
                    self.sources[kind, event.target][lane] = factor
            case "late", int() as steps:
                for transit in self.transits.get(str(event.target), ()):
                    transit.delay(lane, steps)
            case ("scenario" | "point") as kind, choice:
                if str(event.target) in self.overrides:
                    chosen = getattr(self.overrides[str(event.target)], kind)
                    chosen[lane] = choice
                    if choice is None:
                        del chosen[lane]
            case _:
                self._move(event)

    def _move(self, event: Event) -> None:
        """A capacity by a share of its range, or to its floor, of a group perhaps one member's only."""
        plan = next(c for c in self.program.capacities if (c.party, c.name) == event.target)
        level, floor, width = (self._at(r) for r in (plan.now, plan.floor, plan.width))
        row, struck = event.lane, ... if event.member is None else (..., event.member)
        if event.kind == "shift" and isinstance(event.value, float):
            level[row] += event.value * width[row if len(width) > 1 else 0]
        else:
            level[row][struck] = np.minimum(level[row], floor[row if len(floor) > 1 else 0])[struck]


_ELEMENTWISE = {**ELEMENTWISE, **TRUTH}
