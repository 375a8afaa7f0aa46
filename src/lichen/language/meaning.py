"""What values mean where they stand: names resolved, dimensions held together, constants worked out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, TypeAlias, final

from lichen.language.dimensions import Bounds, bounds, infer, work_out
from lichen.language.draft import Draft
from lichen.language.functions import FUNCTIONS
from lichen.language.scope import CONSTANTS, RESERVED, Resolver, Scope, Standing
from lichen.language.table import Table
from lichen.language.tokens import FormulaError
from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Spread, Tree, Unary, children, walk
from lichen.relationship.quantity import CURRENCIES, PLAIN, TIME, Dimension
from lichen.relationship.value import Value

Section: TypeAlias = Mapping[str, Any]
"""The keys of one mapping of the file, each with what its shape made of it."""
_HOURS = Dimension.of("hour")
CONSTANT = Standing(where="a constant", reads=CONSTANTS)
"""Where numbers, ranges and terms stand."""


@final
class Meaning:
    """The file being understood: its draft, the names it makes known, and what is known of their values."""

    def __init__(self, draft: Draft, open_table: Callable[[str], Table | str]) -> None:
        self.draft = draft
        self.scope = Scope()
        self.terms: dict[str, Tree] = {}
        self.limits: dict[tuple[str, ...], Bounds] = {}
        self._open_table = open_table
        self._tables: dict[str, Table | None] = {}
        self._counted: dict[str, Dimension | None] = {}

    def table(self, file: str, path: str) -> Table | None:
        """The table of a file, opened once; None, and a problem, when it cannot be read."""
        if file not in self._tables:
            table = self._open_table(file)
            if isinstance(table, str):
                fact, _, repair = table.partition("\n")
                self.draft.report(path, fact, repair or "Put the table beside this file.")
                self._tables[file] = None
            else:
                self._tables[file] = table
        return self._tables[file]

    def resolved(self, path: str, tree: Tree, standing: Standing) -> tuple[Tree, Dimension | None] | None:
        """A formula with its names written out and what it counts; None, and a problem, when it means nothing."""
        found = _understood(tree, Resolver(self.scope, standing, self.draft.suggest))
        if isinstance(found, tuple):
            self._no_future(path, found[0])
            return found
        for error in found:
            self.draft.report_formula(path, error)
        return None

    def dimension(self, tree: Tree, standing: Standing) -> Dimension | None:
        """What a formula counts; None when that is not known or it means nothing, which is no problem here."""
        found = _understood(tree, Resolver(self.scope, standing, lambda word, known: ""))
        return found[1] if isinstance(found, tuple) else None

    def untold(self, tree: Tree, standing: Standing) -> frozenset[str]:
        """The names of a formula, written out, of which it is not known what they count."""
        resolver, found = Resolver(self.scope, standing, self.draft.suggest), set[str]()

        def look_up(name: Name) -> Dimension | None:
            dimension = resolver.lookup(name).dimension
            if dimension is None:
                found.add(name.text)
            return dimension

        infer(tree, look_up)
        return frozenset(found)

    def value(
        self,
        value: Value | None,
        what: str,
        wanted: Dimension | None = None,
        standing: Standing = CONSTANT,
        other: tuple[str, str] | None = None,
    ) -> Value | None:
        """A value understood: `what` it is must count `wanted`, as `other` (path, note) says. None when it is wrong."""
        if value is None:
            return None
        self._counted[value.path] = wanted
        if value.tree is None:
            return replace(value, dimension=wanted or PLAIN)
        if standing is CONSTANT:
            standing = replace(CONSTANT, where=what[:1].lower() + what[1:])
        found = self.resolved(value.path, value.tree, standing)
        if found is None:
            return None
        tree, dimension = found
        if wanted is not None and dimension is not None and dimension != wanted:
            self.mismatch(value, what, dimension, wanted, other)
            return None
        self._counted[value.path] = dimension if dimension is not None else wanted
        return replace(value, tree=tree, dimension=self._counted[value.path] or PLAIN)

    def _no_future(self, path: str, tree: Tree) -> None:
        """Report a `delay` or `smooth` over less than no time."""
        for call in walk(tree):
            if isinstance(call, Call) and call.function in ("delay", "smooth"):
                found = self.bounds(call.arguments[1])
                if found is not None and found[0] < 0:
                    fact = f"The duration of `{call.function}` cannot be negative."
                    self.draft.report_formula(path, FormulaError(fact, call.span, "Write a larger figure."))

    def counted(self, value: Value | None) -> Dimension | None:
        """What an understood value counts; None when it is hidden, or something it reads is wrong."""
        return None if value is None else self._counted.get(value.path)

    def mismatch(
        self, value: Value, what: str, found: Dimension, wanted: Dimension, other: tuple[str, str] | None = None
    ) -> None:
        """Report that a value counts something else than it must."""
        others = [] if other is None else [self.draft.excerpt(*other)]
        fact = f"{what} must be {_said(wanted)}; this is {_said(found)}."
        self.draft.report(value.path, fact, _repair(value, found, wanted), others=others)

    def number(
        self, value: Value | None, what: str, wanted: Dimension, low: float | None = 0.0, high: float | None = None
    ) -> float | None:
        """One number, known when reading (terms as they stand in the file); None, and a problem, when it is none."""
        understood = self.value(value, what, wanted)
        if understood is None:
            return None
        if understood.tree is None:
            self.draft.report(understood.path, f"{what} must be known to both sides.", "Write the figure.")
            return None
        tree = work_out(self.with_terms(understood.tree))
        if not isinstance(tree, Number):
            fact = f"{what} must be one number."
            repair = "A range cannot stand here." if _has_range(tree) else "Write a figure, or terms alone."
            self.draft.report(understood.path, fact, repair)
            return None
        self._within(understood, tree.value, what, low, high)
        return tree.value

    def within(self, value: Value | None, what: str, low: float | None = None, high: float | None = None) -> None:
        """Report when a value is known to leave its limits."""
        if value is None or value.tree is None:
            return
        found = self.bounds(value.tree)
        if found is not None:
            self._within(value, found[0] if low is not None and found[0] < low else found[1], what, low, high)

    def _within(self, value: Value, number: float, what: str, low: float | None, high: float | None) -> None:
        if low is not None and number < low:
            limit = "negative" if low == 0 else f"below {low:g}"
            self.draft.report(value.path, f"{what} cannot be {limit}.", "Write a larger figure.")
        elif high is not None and number > high:
            limit = "100 %" if (low, high) == (0, 1) else f"{high:g}"
            self.draft.report(value.path, f"{what} cannot be above {limit}.", "Write a smaller figure.")

    def bounds(self, tree: Tree) -> Bounds | None:
        """The least and the largest value of a resolved formula, as far as reading tells."""
        return bounds(tree, self._limit)

    def _limit(self, name: Name) -> Bounds | None:
        term = self.terms.get(name.text) if len(name.parts) == 1 else None
        return self.bounds(term) if term is not None else self.limits.get(name.parts)

    def with_terms(self, tree: Tree) -> Tree:
        """The formula with each term replaced by its value in the file."""
        if isinstance(tree, Name):
            return self.terms.get(tree.text, tree)
        return replaced(tree, self.with_terms)

    def claim(self, names: Iterable[str], noun: str, section: str, taken: dict[str, tuple[str, str]]) -> None:
        """Take names for the one namespace; a clash is a problem with both places."""
        for name in names:
            path = f"{section}.{name}"
            if name in taken:
                other_noun, other_path = taken[name]
                fact = f"`{name}` is the name of a {other_noun} and of a {noun}."
                other = self.draft.excerpt(other_path, f"the {other_noun}", key=True)
                repair = "Parties, flows, terms, world variables and units have different names: rename one of the two."
                self.draft.report(path, fact, repair, key=True, others=[other])
            elif (already := self._noun(name)) is not None and not already == noun == "unit":
                fact = f"`{name}` is a {already} and cannot name a {noun}."
                self.draft.report(path, fact, f"Choose another name for the {noun}.", key=True)
            else:
                taken[name] = (noun, path)

    def _noun(self, name: str) -> str | None:
        """What a name is in every formula, whatever the file declares."""
        if name in RESERVED:
            return "word of the language"
        if name in FUNCTIONS:
            return "function"
        return "unit" if name in self.draft.units else None

    def known(self, path: str, name: str, names: Collection[str], noun: str, key: bool = False) -> bool:
        """Whether a name is one of these; a problem with the nearest one when it is not."""
        if name in names:
            return True
        repair = self.draft.suggest(name, names) or f"This file has no {noun}."
        if names and not repair.startswith("Did"):
            shown = ", ".join(f"`{known}`" for known in islice(names, 8)) + (", ..." if len(names) > 8 else "")
            repair = f"There {'is' if len(names) == 1 else 'are'} {shown}."
        self.draft.report(path, f"`{name}` is not a {noun} of this file.", repair, key=key, unknown=True)
        return False


def replaced(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """The same node over changed operands."""
    operands = [change(child) for child in children(tree)]
    match tree:
        case Call():
            return replace(tree, arguments=tuple(operands))
        case Unary():
            return replace(tree, operand=operands[0])
        case Binary():
            return replace(tree, left=operands[0], right=operands[1])
        case Conditional():
            return replace(tree, condition=operands[0], then=operands[1], otherwise=operands[2])
        case _:
            return tree


def _understood(tree: Tree, resolver: Resolver) -> tuple[Tree, Dimension | None] | list[FormulaError]:
    """A formula with its names written out and what it counts, or what is wrong with it."""
    try:
        tree = resolver.resolve(tree)
        if resolver.errors:
            return resolver.errors
        dimension = infer(tree, lambda name: resolver.lookup(name).dimension)
        return work_out(tree), dimension
    except FormulaError as error:
        return [error]


def _has_range(tree: Tree) -> bool:
    return isinstance(tree, Spread) or any(_has_range(child) for child in children(tree))


def _said(dimension: Dimension) -> str:
    return "a duration" if dimension == TIME else str(dimension)


def _repair(value: Value, found: Dimension, wanted: Dimension) -> str:
    constant = value.tree if isinstance(value.tree, Number) else None
    if wanted == TIME and found == _HOURS:
        days = "2 days" if constant is None else "1 day" if constant.value == 24 else f"{constant.value / 24:.4g} days"
        return f"An `hour` is an hour of work: write `{days}`."
    if wanted == TIME and found == PLAIN:
        return f"Write its unit, such as `{value.text} weeks`."
    if found == PLAIN and constant is not None:
        return f"Write its unit, such as `{value.text} {wanted}`."
    if wanted == PLAIN:
        return "Leave the unit out, or divide by a quantity of the same kind."
    if found / TIME == wanted:
        return "Say per what time: `per week` behind a number."
    if all(base in CURRENCIES for base, _ in (found / wanted).powers):
        return "Join the two currencies under `rates:`, or write one of them."
    return f"Write it in {wanted}, or multiply by a figure in {wanted / found}."
