"""From a relationship to its dynamics: the tape of the base lane, without chance, as stocks, delays and formulas.

What a flow does, what rationing cuts and how members meet is said once, in the compiling of the tape; here its
registers only get names and the form of stocks and flows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import final

from lichen.relationship.formula import Binary, Call, Name, Number, Tree, Unary, names
from lichen.relationship.relationship import Relationship
from lichen.simulation import chance
from lichen.simulation.compiling import compile_program
from lichen.simulation.drawn_members import with_all_members
from lichen.simulation.dynamics.balances import add_balances
from lichen.simulation.dynamics.model import TIME, About, Dynamics
from lichen.simulation.dynamics.reviewing import add_reviews
from lichen.simulation.dynamics.sketch import Memory, Moved, Sketch, begun
from lichen.simulation.dynamics.still import durations, settled, still
from lichen.simulation.dynamics.unrolling import Unrolling
from lichen.simulation.interventions import Needs
from lichen.simulation.program import CapacityPlan, Program
from lichen.simulation.tape import Register

MOST_CELLS = 20_000
"""At most so many variables, members and links counted one by one."""


def dynamics_of(relationship: Relationship) -> Dynamics | str:
    """The dynamics of a relationship as its file says, nobody leaving; a text says why there are none."""
    quiet, held = settled(still(with_all_members(relationship)))
    adjustment = quiet.rules.adjustment
    moving = {change.term for change in adjustment.changes} if adjustment else set()
    visible = (set(quiet.terms) | set(quiet.world)) - moving - durations(quiet)
    needs = Needs(factored=frozenset(quiet.flows), points={name: (0.5,) for name in sorted(visible)})
    program = compile_program(quiet, needs)
    if program.promises:
        return (
            f"what `{program.promises[0].flow}` promises on credit rests on what falls due at the same time, "
            "which no equation of its own can say"
        )
    cells = sum(len(program.axes[node.result.axis]) if node.result.axis else 1 for node in program.nodes)
    if cells > MOST_CELLS:
        return (
            f"written out member by member this is {cells:,} variables; at most {MOST_CELLS:,} are. "
            "Let one member stand for several"
        )
    return _Building(quiet, program).dynamics(held)


@final
class _Building:
    def __init__(self, relationship: Relationship, program: Program) -> None:
        self.relationship, self.program = relationship, program
        self.step = relationship.time.step_days
        self.unrolling = Unrolling(program)
        self.sketch = Sketch(claim=self.unrolling.claim, formulas=self.unrolling.formulas)
        self.about: dict[str, About] = {}

    def dynamics(self, held: Iterable[str]) -> Dynamics:
        self._name_all()
        for plan in self.program.capacities:
            self._capacity(plan)
        self._presences()
        add_reviews(self.relationship, self.program, self.unrolling, self.sketch)
        add_balances(self.relationship, self.program, self.unrolling, self.sketch)
        self._memories()
        self._define_all()
        for name, late in self.unrolling.late.items():
            self.sketch.late[name] = (late, self.relationship.flows[late.flow].starts_empty)
        return begun(self.sketch, self.relationship.time, self.about, held)

    # Names

    def _name_all(self) -> None:
        for node in self.program.nodes:
            match node.operation, node.beside:
                case "override", (str() as name, *_):
                    self._name(node.result, name, self._role(name))
                case "term", str() as name:
                    self._name(node.result, name, About(role="term", owner=name))
                case "world", str() as name:
                    self._course(node.result, name)
                case "balance", str() as name:
                    self.unrolling.name(node.result, f"balance of {name}")
        for plan in self.program.capacities:
            about = About(role="capacity", owner=plan.party, what=plan.name)
            self._name(plan.now, f"{plan.party}.{plan.name}", about)
        for flow in self.program.flows:
            self._name(flow.rate, flow.name, About(role="flow", owner=flow.name))
        for party in self.program.parties:
            if party.headroom is not None and party.headroom.number is None:
                self._name(party.headroom, f"{party.name}.headroom", About(role="headroom", owner=party.name))
        for group in self.program.presences:
            self.unrolling.name(group.now, f"{group.group}.presence")
        for memory in self.program.memories:
            of = self._nearest(memory.now)
            word = "smoothed" if memory.kind == "smooth" else "late"
            self._name(memory.past, f"{word} {of}", About(role="memory", owner=of))

    def _course(self, register: Register, name: str) -> None:
        """A series of the world, as it is read at each step."""
        self._name(register, name, About(role="world", owner=name))
        process, time = self.relationship.world[name], self.relationship.time
        course = chance.course(process, {}, time, None, 0, range(1))
        self.sketch.courses[name] = tuple(float(value) for value in course[:, 0])

    def _role(self, name: str) -> About:
        return About(role="term" if name in self.relationship.terms else "world", owner=name)

    def _name(self, register: Register, wanted: str, about: About) -> None:
        members = self.unrolling.members(register)
        for member, name in zip(members, self.unrolling.name(register, wanted), strict=True):
            self.about.setdefault(name, About(role=about.role, owner=about.owner, what=about.what, member=member))

    def _define_all(self) -> None:
        """What has a name and is read by somebody, or belongs to the file, gets its formula."""
        known = {*self.sketch.stocks, *self.sketch.courses, *self.sketch.remembered, *self.sketch.delayed, TIME}
        wanted = {cell: name for cell, name in self.unrolling.named.items() if name in self.about}
        while wanted:
            for cell, name in wanted.items():
                if name not in known and name not in self.unrolling.late:
                    self.unrolling.define(name, cell)
            read = set().union(*map(names, self.unrolling.formulas.values()))
            missing = read - known - self.unrolling.formulas.keys() - self.unrolling.late.keys()
            wanted = {cell: name for cell, name in self.unrolling.named.items() if name in missing}

    # Stocks

    def _capacity(self, plan: CapacityPlan) -> None:
        capacity = self.relationship.parties[plan.party].capacities[plan.name]
        following = plan.following
        bounds: list[Register | None] = []
        for bound in (capacity.at_most, capacity.at_least):
            if bound is not None:
                following, limit = self.unrolling.nodes[following.index].operands
                bounds.append(limit)
            else:
                bounds.append(None)
        for member in range(len(self.unrolling.members(plan.now))):
            name = self.unrolling.named[plan.now.index, member]
            stock = self.sketch.stocks[name] = Moved(initial=self.unrolling.tree(plan.initial, member, name))
            if following != plan.now:
                for sign, tree in self._parts(self.unrolling.nodes[following.index].operands[1], member, name):
                    stock.add(sign, self._moving(name, tree, sign))
            high, low = bounds
            if low is not None:
                stock.add(1, self._beyond(name, self.unrolling.tree(low, member, name), 1))
            if high is not None:
                stock.add(-1, self._beyond(name, self.unrolling.tree(high, member, name), -1))

    def _parts(self, register: Register, member: int, owner: str) -> Iterator[tuple[int, Tree]]:
        """What is added in a step as signed formulas per day."""
        node = self.unrolling.nodes[register.index]
        if node.operation == "spread":
            node = self.unrolling.nodes[node.operands[0].index]
        if node.result.number is not None:
            yield _signed(1, Number(node.result.number / self.step))
        elif self.step == 1.0:
            yield from self._summands(node.result, member, owner)
        else:
            yield from self._summands(node.operands[1], member, owner)

    def _summands(self, register: Register, member: int, owner: str) -> Iterator[tuple[int, Tree]]:
        """The parts of a sum in their order, each with its sign."""
        waiting = [(register, member, 1)]
        while waiting:
            here, at, sign = waiting.pop()
            node = self.unrolling.nodes[here.index]
            at = at if here.axis is not None else 0
            if node.operation in ("add", "subtract") and (here.index, at) not in self.unrolling.named:
                left, right = node.operands
                waiting += [(right, at, -sign if node.operation == "subtract" else sign), (left, at, sign)]
            elif node.operation == "spread":
                waiting.append((node.operands[0], 0, sign))
            else:
                yield _signed(sign, self.unrolling.tree(here, at, owner))

    def _moving(self, stock: str, tree: Tree, sign: int) -> str:
        """The variable of what moves a stock: named after the flow behind it, if there is one."""
        behind = (self._flow_behind(node.text) for node in _factors(tree) if isinstance(node, Name))
        flow = next((name for name in behind if name is not None), None)
        word = "change" if flow is None else f"from {flow}" if sign > 0 else f"for {flow}"
        return self.sketch.variable(f"{stock} {word}", tree)

    def _flow_behind(self, name: str) -> str | None:
        """The flow that a variable is, or that arrives or is settled by it."""
        if name in self.unrolling.late:
            return self.unrolling.late[name].flow
        about = self.about.get(name)
        return about.owner if about is not None and about.role == "flow" else None

    def _beyond(self, stock: str, bound: Tree, sign: int) -> str:
        """What is lost above a stock's bound, or made up for below it, per day."""
        following = self.sketch.following(stock, self.step)
        per_day = Binary("/", bound, Number(self.step))
        over = Binary("-", per_day, following) if sign > 0 else Binary("-", following, per_day)
        word = "kept up" if sign > 0 else "lost above its bound"
        return self.sketch.variable(f"{stock} {word}", Call("max", (over, Number(0.0))))

    def _presences(self) -> None:
        for plan in self.program.presences:
            for member, name in enumerate(self.unrolling.name(plan.now, f"{plan.group}.presence")):
                following = self.unrolling.tree(plan.following, member, name)
                difference = Binary("-", following, Name((name,)))
                change = self.sketch.variable(f"{name} change", Binary("/", difference, Number(self.step)))
                self.sketch.stocks[name] = Moved(initial=Number(1.0), inflows=[change])

    # What is remembered

    def _memories(self) -> None:
        for wave, memory in enumerate(self.program.memories):
            for member in range(len(self.unrolling.members(memory.past))):
                name = self.unrolling.named[memory.past.index, member]
                now = self.unrolling.tree(memory.now, member if memory.now.axis is not None else 0, name)
                days = self.unrolling.tree(memory.over, 0, name)
                self.sketch.remembered[name] = Memory(kind=memory.kind, now=now, days=days, wave=wave)

    def _nearest(self, register: Register) -> str:
        """The first named thing that a register is made of."""
        waiting, seen = [register.index], set[int]()
        while waiting:
            index = waiting.pop(0)
            if (index, 0) in self.unrolling.named:
                return self.unrolling.named[index, 0]
            seen.add(index)
            waiting += [o.index for o in self.unrolling.nodes[index].operands if o.index not in seen]
        return "value"


def _signed(sign: int, tree: Tree) -> tuple[int, Tree]:
    match tree:
        case Unary(operator="-", operand=operand):
            return -sign, operand
        case Number(value=value) if value < 0:
            return -sign, Number(-value)
        case Binary(operator="*" | "/", left=left) if (inner := _signed(1, left))[0] < 0:
            return -sign, Binary(tree.operator, inner[1], tree.right)
    return sign, tree


def _factors(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree, Binary) and tree.operator in ("*", "/"):
        yield from _factors(tree.left)
        yield from _factors(tree.right)
    else:
        yield tree
