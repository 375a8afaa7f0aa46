"""Names: what a formula may read where it stands, and what a written name means there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, Literal, final

from lichen.language.functions import FUNCTIONS
from lichen.language.problem import listing
from lichen.language.tokens import FormulaError
from lichen.relationship.formula import (
    Binary,
    Call,
    Conditional,
    Name,
    Number,
    Span,
    Spread,
    Tree,
    Unary,
    gathers,
    walk,
)
from lichen.relationship.quantity import PLAIN, TIME, Dimension

Parts = tuple[str, ...]
Kind = Literal["capacity", "flow", "term", "world", "time", "column"]

RESERVED: Final = frozenset(
    {"time", "members", "giver", "receiver", "link", "world", "if", "else", "and", "or", "not", "per"}
    | {"all", "majority", "anyone", "headroom"}
)
EVERYTHING: Final[frozenset[Kind]] = frozenset({"capacity", "flow", "term", "world", "time", "column"})
CONSTANTS: Final[frozenset[Kind]] = frozenset({"term", "column"})


@final
@dataclass(frozen=True, slots=True)
class Meant:
    """What a name stands for, its dimension if known, and the `family` of members that differ in it, if any."""

    parts: Parts
    kind: Kind
    dimension: Dimension | None
    family: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a formula stands: what it may read, whose members' own values too, and the names only known there.

    `where` completes "cannot be read in ...".
    """

    where: str
    reads: frozenset[Kind] = EVERYTHING
    families: frozenset[str] = frozenset()
    own: Mapping[Parts, Meant] = field(default_factory=dict)


@final
class Scope:
    """The names of a file: by their parts, by kind, and the columns of each group as its own formulas write them.

    `parties` holds the capacities of each, `families` the family of members of each group, `links` that of the
    receivers of each flow along links.
    """

    def __init__(self) -> None:
        self.names: dict[Parts, Meant] = {("time",): Meant(("time",), "time", TIME)}
        self.of_kind: dict[Kind, dict[str, None]] = {kind: {} for kind in EVERYTHING}
        self.columns: dict[str, dict[Parts, Meant]] = {}
        self.families: dict[str, str] = {}
        self.parties: dict[str, tuple[str, ...]] = {}
        self.links: dict[str, str] = {}
        self.units: Iterable[str] = ()

    def add(self, parts: Parts, kind: Kind, dimension: Dimension | None, family: str | None = None) -> None:
        """Make a name known, or known better."""
        meant = Meant(parts, kind, dimension, family)
        self.names[parts] = meant
        self.of_kind[kind][".".join(parts)] = None
        if kind == "column":
            self.columns.setdefault(parts[0], {})[parts[1:]] = meant

    @property
    def capacities(self) -> list[str]:
        """Every capacity, as `party.capacity`."""
        return [name for name in self.of_kind["capacity"] if not name.endswith(".headroom")]


@final
class Resolver:
    """Writes out the names of one formula."""

    def __init__(self, scope: Scope, standing: Standing, suggest: Callable[[str, Iterable[str]], str]) -> None:
        self.scope = scope
        self.standing = standing
        self.suggest = suggest
        self.inside: set[str | None] | None = None
        self.errors: list[FormulaError] = []

    def resolve(self, tree: Tree) -> Tree:
        """The formula with every name written out; a name that means nothing here stays and is one of `errors`.

        Raises:
            FormulaError: a function is given what it cannot take.
        """
        match tree:
            case Number() | Spread():
                return tree
            case Name():
                try:
                    return Name(self._meant(tree).parts, tree.span)
                except FormulaError as error:
                    self.errors.append(error)
                    return tree
            case Unary(operator=operator, operand=operand):
                return Unary(operator, self.resolve(operand), tree.span)
            case Binary(operator=operator, left=left, right=right):
                return Binary(operator, self.resolve(left), self.resolve(right), tree.span)
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                return Conditional(self.resolve(condition), self.resolve(then), self.resolve(otherwise), tree.span)
            case Call():
                return self._call(tree)

    def _call(self, call: Call) -> Tree:
        if call.function in ("arriving", "balance", "agreed"):
            return self._of_name(call)
        if gathers(call):
            return self._gathered(call)
        arguments = tuple(self.resolve(argument) for argument in call.arguments)
        if call.function in ("delay", "smooth"):
            self._duration(call, arguments[1])
        return Call(call.function, arguments, call.span)

    def _duration(self, call: Call, argument: Tree) -> None:
        """Raise unless an argument is made of numbers and terms."""
        for node in walk(argument):
            if isinstance(node, Name) and self.lookup(node).kind != "term":
                fact = f"The second value of `{call.function}` is a duration: numbers and terms."
                raise FormulaError(fact, node.span, "Write `4 weeks`, or a term.")

    def lookup(self, name: Name) -> Meant:
        """What a resolved name means."""
        own = self.standing.own.get(name.parts) or self.scope.names.get(name.parts)
        return own if own is not None else Meant(name.parts, "term", None)

    def _gathered(self, call: Call) -> Tree:
        if self.inside is not None:
            raise FormulaError(
                f"`{call.function}` stands inside another one over members.",
                call.span,
                "Give the inner one a name of its own.",
            )
        self.inside = set()
        first = self.resolve(call.arguments[0])
        families = {family for family in self.inside if family is not None}
        self.inside = None
        if not families:
            more = ", 0.1" if call.function == "quantile" else ""
            repair = f"It is called over a group's values, such as `{call.function}(sellers.headroom{more})`."
            raise FormulaError(
                f"`{call.function}` gathers members, and nothing here differs by member.", call.span, repair
            )
        if len(families) > 1:
            names = listing(sorted(f.removeprefix("link:") for f in families), "and")
            raise FormulaError(
                f"`{call.function}` mixes the members of {names}.", call.span, "Gather one of them at a time."
            )
        rest = tuple(self.resolve(argument) for argument in call.arguments[1:])
        if call.function == "quantile":
            q = rest[0]
            if not (isinstance(q, Number) and q.dimension == PLAIN and 0 <= q.value <= 1):
                raise FormulaError(
                    "The second value of `quantile` is a constant from 0 to 1.",
                    call.arguments[1].span,
                    "Write `0.1`, or `10 %`.",
                )
        return Call(call.function, (first, *rest), call.span)

    def _of_name(self, call: Call) -> Tree:
        argument = call.arguments[0]
        kind = {"arriving": "flow", "balance": "party", "agreed": "term"}[call.function]
        if not isinstance(argument, Name):
            raise FormulaError(
                f"`{call.function}` takes the name of a {kind}.", argument.span, "Write one name in the brackets."
            )
        if kind == "party":
            if argument.text not in self.scope.parties:
                raise FormulaError(
                    f"`{argument.text}` is not a party.", argument.span, self.suggest(argument.text, self.scope.parties)
                )
            self._allowed("flow", call)
            return call
        meant = self.scope.names.get(argument.parts)
        if meant is None or meant.kind != kind:
            known = self.scope.of_kind["flow" if kind == "flow" else "term"]
            raise FormulaError(f"`{argument.text}` is not a {kind}.", argument.span, self.suggest(argument.text, known))
        self._allowed(meant.kind, call)
        if kind == "flow":
            family = self.scope.links.get(argument.text)
            if family is None:
                raise FormulaError(
                    f"`{argument.text}` does not run along links.",
                    argument.span,
                    "`arriving` sums the links of a flow with `along`.",
                )
            self._member(family, f"arriving({argument.text})", call.span)
        return call

    def _meant(self, name: Name) -> Meant:
        meant = self.standing.own.get(name.parts) or self.scope.names.get(name.parts)
        if meant is None:
            raise self._unknown(name)
        self._allowed(meant.kind, name)
        self._member(meant.family, name.text, name.span)
        return meant

    def _allowed(self, kind: Kind, node: Name | Call) -> None:
        if kind not in self.standing.reads:
            text = node.text if isinstance(node, Name) else node.function
            what = {
                "capacity": "a capacity",
                "flow": "a flow",
                "term": "a term",
                "world": "a world variable",
                "time": "the time",
                "column": "a column",
            }[kind]
            words: dict[Kind, str] = {
                "term": "terms",
                "column": "columns",
                "world": "world variables",
                "time": "`time`",
            }
            kinds = [k for k in words if k in self.standing.reads and (k != "column" or self.standing.families)]
            allowed = ["numbers", "ranges", *(words[k] for k in kinds)]
            repair = f"It is made of {', '.join(allowed[:-1])} and {allowed[-1]}."
            raise FormulaError(f"`{text}` is {what} and cannot be read in {self.standing.where}.", node.span, repair)

    def _member(self, family: str | None, text: str, span: Span) -> None:
        if self.inside is not None:
            self.inside.add(family)
            return
        if family is not None and family not in self.standing.families:
            differs = "by link" if family.startswith("link:") else "by member"
            ways = (f"mean({text})", f"sum({text})", f"least({text})", f"quantile({text}, 0.1)", f"share({text} < ...)")
            repair = f"Gather it: {listing(ways)}."
            raise FormulaError(f"`{text}` differs {differs}, and {self.standing.where} is one number.", span, repair)

    def _unknown(self, name: Name) -> FormulaError:
        text, head = name.text, name.parts[0]
        span, scope = name.span, self.scope
        if head in scope.parties and len(name.parts) == 1:
            return FormulaError(
                f"`{text}` is a party, not a value.",
                span,
                f"Write what of it: {listing(f'{text}.{c}' for c in (*scope.parties[text][:3], 'headroom'))}.",
            )
        if head in scope.parties:
            known = [*scope.parties[head], "headroom"]
            repair = self.suggest(name.parts[1], known) or f"It has {listing(known, 'and')}."
            return FormulaError(f"`{head}` has no capacity `{'.'.join(name.parts[1:])}`.", span, repair, unknown=True)
        if head in ("members", "giver", "receiver", "link"):
            return self._unknown_here(name)
        if text in FUNCTIONS:
            return FormulaError(f"`{text}` is a function.", span, f"It is called as `{FUNCTIONS[text].usage}`.")
        owners = [party for party, capacities in scope.parties.items() if text in capacities]
        if owners:
            return FormulaError(
                f"`{text}` is a capacity, and a formula names its party.",
                span,
                f"Write {listing(f'{party}.{text}' for party in owners)}.",
            )
        every = (".".join(parts) for parts in chain(self.standing.own, scope.names))
        repair = self.suggest(text, every) or self.suggest(text, scope.units)
        return FormulaError(
            f"Nothing is called `{text}`.",
            span,
            repair
            or "Formulas read capacities, flows, terms and world variables; the file's units stand under `units:`.",
            unknown=True,
        )

    def _unknown_here(self, name: Name) -> FormulaError:
        head, span = name.parts[0], name.span
        known = [".".join(parts) for parts in self.standing.own if parts[0] == head]
        if known:
            return FormulaError(
                f"Nothing is called `{name.text}` here.",
                span,
                self.suggest(name.text, known) or f"There are {listing(known, 'and')}.",
            )
        if head == "members":
            return FormulaError(
                "`members` belongs to a group's own formulas and flows.",
                span,
                "A column is declared under the group's `members: {columns: ...}`.",
            )
        return FormulaError(f"`{head}` belongs to a flow with `along`.", span, "Declare the links under `along:`.")
