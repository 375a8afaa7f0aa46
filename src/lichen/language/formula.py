"""Formulas: text to tree, by a precedence parser. Units bind tightest; numbers become floats in base units at once.

From the loosest to the tightest: if/else, or, and, not, comparison, + -, * /, unary -, **, then numbers with units,
names, calls and brackets.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, cast, final

from lichen.language.functions import FUNCTIONS
from lichen.language.problem import did_you_mean
from lichen.language.tokens import FormulaError, Token, tokenize
from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Span, Spread, Tree, Unary
from lichen.relationship.quantity import PLAIN, Dimension, Unit

MAX_NODES = 500
MAX_DEPTH = 40


_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
_ArithmeticOperator = Literal["+", "-", "*", "/", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or"]


def parse(text: str, units: Mapping[str, Unit], key: str = "") -> Tree:
    """The tree of a formula.

    `units` are the units it may use; `key` names its ranges' draws (`key`, `key/2`, ... in the order of the text).

    Raises:
        FormulaError: the text is no formula, or is longer, deeper or larger than allowed.
    """
    parser = _Parser(tokenize(text), units, key)
    tree = parser.condition()
    parser.end()
    return tree


def parse_unit(text: str, units: Mapping[str, Unit]) -> Unit:
    """The unit that a text such as `EUR/week`, `1e6 EUR` or `1` stands for.

    Raises:
        FormulaError: the text is no unit.
    """
    parser = _Parser(tokenize(text), units, "")
    unit = parser.unit()
    parser.end()
    return unit


@final
class _Parser:
    """One walk over the tokens of one formula."""

    def __init__(self, tokens: list[Token], units: Mapping[str, Unit], key: str) -> None:
        self.tokens = tokens
        self.units = units
        self.key = key
        self.position = 0
        self.depth = 0
        self.nodes = 0
        self.ranges = 0

    @property
    def token(self) -> Token:
        """The token at hand."""
        return self.tokens[self.position]

    def take(self) -> Token:
        """The token at hand, left behind."""
        token = self.tokens[self.position]
        self.position += 1
        return token

    def at(self, *texts: str) -> bool:
        """Whether one of these operators or keywords is at hand."""
        return self.tokens[self.position].text in texts

    def end(self) -> None:
        """Make sure that nothing is left."""
        token = self.token
        if token.kind == "end":
            return
        before = self.tokens[self.position - 1]
        if token.text == ",":
            raise _comma(before, token, self.tokens[self.position + 1])
        if token.text == ")":
            raise FormulaError("A bracket closes that was never opened.", token.span, "Delete it or open one before.")
        if token.kind in ("name", "number") or token.text == "(":
            repair = "Write `*` between them to multiply."
            if before.kind == "number" and token.kind == "name":
                raise FormulaError(
                    f"`{token.text}` is no unit.", token.span, self._unit_repair(token.text), unknown=True
                )
            raise FormulaError(f"Something is missing between `{before.text}` and `{token.text}`.", token.span, repair)
        raise FormulaError(
            f"`{token.text}` cannot stand here.", token.span, "A value or an operator is missing before it."
        )

    def _unit_repair(self, word: str) -> str:
        prefix = {"k": "1e3", "M": "1e6", "G": "1e9"}.get(word[0])
        if prefix is not None and word[1:] in self.units:
            return f"There are no prefixes by rule: declare `{word}: {prefix} {word[1:]}` under `units:`."
        nearest = did_you_mean(word, self.units)
        return nearest or f"If `{word}` is a unit, declare it under `units:`; to multiply, write `*`."

    def condition(self) -> Tree:
        """`a if condition else b`, or what binds tighter."""
        self._deeper()
        tree = self._or()
        if self.at("if"):
            self.take()
            condition = self._or()
            if not self.at("else"):
                raise FormulaError("An `if` needs its `else`.", self._here(), "Write `a if condition else b`.")
            self.take()
            otherwise = self.condition()
            tree = self._made(Conditional(condition, tree, otherwise, (tree.span[0], otherwise.span[1])))
        self.depth -= 1
        return tree

    def _or(self) -> Tree:
        tree = self._and()
        while self.at("or"):
            self.take()
            tree = self._binary("or", tree, self._and())
        return tree

    def _and(self) -> Tree:
        tree = self._not()
        while self.at("and"):
            self.take()
            tree = self._binary("and", tree, self._not())
        return tree

    def _not(self) -> Tree:
        if not self.at("not"):
            return self._comparison()
        start = self.take().span[0]
        self._deeper()
        operand = self._not()
        self.depth -= 1
        return self._made(Unary("not", operand, (start, operand.span[1])))

    def _comparison(self) -> Tree:
        left = self._sum()
        if self.token.text not in _COMPARISONS:
            return left
        operator = self.take().text
        tree = self._binary(operator, left, self._sum())
        if self.token.text in _COMPARISONS:
            raise FormulaError("Comparisons cannot be chained.", self.token.span, "Write `a < b and b < c`.")
        return tree

    def _sum(self) -> Tree:
        tree = self._product()
        while self.at("+", "-"):
            operator = self.take().text
            tree = self._binary(operator, tree, self._product())
        return tree

    def _product(self) -> Tree:
        tree = self._unary()
        while self.at("*", "/"):
            operator = self.take().text
            tree = self._binary(operator, tree, self._unary())
        return tree

    def _unary(self) -> Tree:
        if not self.at("-", "+"):
            return self._power()
        if self._is_range(self.position + 1):
            return self._literal()
        sign = self.take()
        if sign.text == "+":
            raise FormulaError("`+` stands before a number only between two values.", sign.span, "Leave it out.")
        self._deeper()
        operand = self._unary()
        self.depth -= 1
        span = (sign.span[0], operand.span[1])
        if isinstance(operand, Number):
            return Number(-operand.value, operand.dimension, span)
        return self._made(Unary("-", operand, span))

    def _power(self) -> Tree:
        base = self._primary()
        if not self.at("**"):
            return base
        self.take()
        self._deeper()
        exponent = self._unary()
        self.depth -= 1
        return self._binary("**", base, exponent)

    def _primary(self) -> Tree:
        token = self.token
        if token.kind == "number":
            return self._literal()
        if token.kind == "name":
            return self._name()
        if token.text == "(":
            self.take()
            tree = self.condition()
            self._closing(token)
            return tree
        if token.kind == "end":
            raise FormulaError("A value is missing here.", self._here(), "Write a number, a name or a bracket.")
        if token.text == "%":
            raise FormulaError("`%` needs a number before it.", token.span, "Write `5 %`.")
        raise FormulaError(
            f"A value is missing before `{token.text}`.", token.span, "Write a number, a name or a bracket."
        )

    def _name(self) -> Tree:
        token = self.take()
        if self.at("("):
            return self._call(token)
        if token.text in self.units and not self.at("."):
            repair = f"Write a number before it: `1 {token.text}`."
            raise FormulaError(f"The unit `{token.text}` stands without a number.", token.span, repair)
        return self._made(Name(tuple(token.text.split(".")), token.span))

    def _call(self, token: Token) -> Tree:
        function = FUNCTIONS.get(token.text)
        if function is None:
            repair = did_you_mean(token.text, FUNCTIONS) or f"To multiply, write `{token.text} * (`."
            raise FormulaError(f"`{token.text}` is not a function.", token.span, repair, unknown=True)
        opening = self.take()
        arguments: list[Tree] = []
        while not self.at(")"):
            arguments.append(self.condition())
            if not self.at(","):
                break
            self.take()
        self._closing(opening)
        span = (token.span[0], self.tokens[self.position - 1].span[1])
        if len(arguments) < function.least or (function.most is not None and len(arguments) > function.most):
            count = f"{len(arguments)} value" + ("" if len(arguments) == 1 else "s")
            raise FormulaError(f"`{token.text}` is given {count}.", span, f"It is called as `{function.usage}`.")
        return self._made(Call(token.text, tuple(arguments), span))

    def _closing(self, opening: Token) -> None:
        if self.at(")"):
            self.take()
            return
        if self.token.kind == "end":
            raise FormulaError("This bracket is never closed.", opening.span, "Write `)` where it ends.")
        self.end()

    def _is_range(self, position: int) -> bool:
        """Whether a range `a..b` begins at a position."""
        return self.tokens[position].kind == "number" and self.tokens[position + 1].text == ".."

    def _literal(self) -> Tree:
        """A number with its unit phrase, or a range of two."""
        start = self.token.span[0]
        if not self._is_range(self.position + (1 if self.at("-") else 0)):
            value, unit = self._signed()
            return self._made(Number(value * unit.factor, unit.dimension, self._since(start)))
        low = -1.0 if self.at("-") and self.take() else 1.0
        low *= self.take().number
        self.take()
        if not (self.token.kind == "number" or (self.at("-") and self.tokens[self.position + 1].kind == "number")):
            raise FormulaError("A range `a..b` ends with a number.", self._here(), "Write `300..330 EUR`.")
        high, unit = self._signed()
        span = self._since(start)
        if low > high:
            raise FormulaError(
                "The lower end of this range lies above the upper end.", span, "Write the lower end first."
            )
        self.ranges += 1
        key = self.key if self.ranges == 1 else f"{self.key}/{self.ranges}"
        return self._made(Spread(low * unit.factor, high * unit.factor, key, unit.dimension, span))

    def _signed(self) -> tuple[float, Unit]:
        sign = -1.0 if self.at("-") and self.take() else 1.0
        return sign * self.take().number, self._unit_after_number()

    def _unit_after_number(self) -> Unit:
        """The unit phrase behind a number with its `per`; one when there is neither."""
        unit = self._phrase() if self._at_unit() else _ONE
        if self.at(".."):
            raise FormulaError(
                "The unit of a range stands once, behind its upper end.", self.token.span, "Write `300..330 EUR`."
            )
        if not self.at("per"):
            return unit
        per = self.take()
        if self._at_unit():
            below = self._phrase()
        elif self.token.kind == "number":
            number = self.take()
            if number.number == 0:
                raise FormulaError("Nothing can be counted per 0.", number.span, "Write a figure above 0.")
            below = self._phrase() if self._at_unit() else _ONE
            below = Unit("", number.number * below.factor, below.dimension)
        else:
            repair = did_you_mean(self.token.text, self.units) or "Write `12 per week` or `1 pallet per 7 kEUR`."
            raise FormulaError("Behind `per` stands a unit, or a number with its unit.", self._here(per), repair)
        return Unit("", unit.factor / below.factor, unit.dimension / below.dimension)

    def _at_unit(self) -> bool:
        token = self.token
        return token.text == "%" or (
            token.kind == "name" and token.text in self.units and self.tokens[self.position + 1].text != "("
        )

    def _phrase(self) -> Unit:
        """`unit [** constant] {(/ | *) unit [** constant]}`, as long as units follow."""
        return self._further(*self._unit_power())

    def _further(self, factor: float, dimension: Dimension) -> Unit:
        """The rest of a phrase behind its beginning."""
        while self.at("/", "*"):
            operator = self.take().text
            if not self._at_unit():
                self.position -= 1
                break
            right, right_dimension = self._unit_power()
            factor = factor / right if operator == "/" else factor * right
            dimension = dimension / right_dimension if operator == "/" else dimension * right_dimension
        return Unit("", factor, dimension)

    def _unit_power(self) -> tuple[float, Dimension]:
        unit = self.units.get(self.take().text, _PERCENT)
        if not self.at("**"):
            return unit.factor, unit.dimension
        self.take()
        sign = -1 if self.at("-") and self.take() else 1
        token = self.token
        if token.kind != "number" or token.number > 9:
            raise FormulaError("The power of a unit is a number up to 9.", self._here(), "Write `m**2` or `year**0.5`.")
        self.take()
        exponent = sign * Fraction(token.text).limit_denominator(100)
        return unit.factor ** float(exponent), unit.dimension**exponent

    def unit(self) -> Unit:
        """A whole text as a unit: a unit phrase, a number with one, or `1/day`."""
        if self._at_unit():
            return self._phrase()
        if self.token.kind != "number":
            word = self.token.text
            repair = did_you_mean(word, self.units) or "Write a unit such as `EUR/week`, or `1` for plain numbers."
            raise FormulaError(
                f"`{word}` is no unit." if word else "A unit is missing.", self._here(), repair, unknown=True
            )
        number, unit = self._signed()
        return self._further(number * unit.factor, unit.dimension)

    def _binary(self, operator: str, left: Tree, right: Tree) -> Tree:
        span = (left.span[0], right.span[1])
        return self._made(Binary(cast(_ArithmeticOperator, operator), left, right, span))

    def _made(self, tree: Tree) -> Tree:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            fact = f"This formula has more than {MAX_NODES} numbers, names and operators."
            raise FormulaError(fact, tree.span, "Give its parts names of their own, as flows or world variables.")
        return tree

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            fact = f"This formula is nested more than {MAX_DEPTH} deep."
            raise FormulaError(fact, self.token.span, "Give its parts names of their own, as flows or world variables.")

    def _since(self, start: int) -> Span:
        return (start, self.tokens[self.position - 1].span[1])

    def _here(self, fallback: Token | None = None) -> Span:
        """The token at hand, or the last one of the text when the text has ended."""
        if self.token.kind != "end":
            return self.token.span
        last = fallback or self.tokens[max(0, self.position - 1)]
        return last.span if last.kind != "end" else (0, 1)


_ONE = Unit("1", 1.0, PLAIN)
_PERCENT = Unit("%", 0.01, PLAIN)


def _comma(before: Token, comma: Token, after: Token) -> FormulaError:
    if before.kind == after.kind == "number":
        whole = before.text + after.text
        if len(after.text) == 3 and before.span[1] == comma.span[0] and comma.span[1] == after.span[0]:
            span = (before.span[0], after.span[1])
            return FormulaError(f"`{before.text},{after.text}` is no number.", span, f"Write `{whole}`.")
        span = (before.span[0], after.span[1])
        return FormulaError(f"`{before.text},{after.text}` is no number.", span, f"Write `{before.text}.{after.text}`.")
    return FormulaError("A comma stands only between the values of a function.", comma.span, "Delete it.")
