"""Equations of XMILE as formula trees; names in small letters with underscores for blanks.

Read by precedence, never evaluated: `OR`, `AND`, `NOT`, comparisons, `+ -`, `* /`, a sign, `^`, and `IF THEN ELSE`.
What the language has no function for is told, not guessed.
"""

from __future__ import annotations

import re
from typing import Literal, cast, final

from lichen.relationship.formula import Binary, Call, Conditional, Name, Number, Tree, Unary

MOST_NESTED, MOST_TOKENS = 40, 400
FUNCTIONS = {"min": "min", "max": "max", "abs": "abs", "exp": "exp", "ln": "log", "sqrt": "sqrt"}
GRAPH = "graph of "
"""So begins the function of a call that is none of XMILE's own: it may be a graph of the model."""
_ARGUMENTS = {"min": 2, "max": 2}
_OWN = frozenset({*FUNCTIONS, "smth1", "smth3", "pulse"})
_COMPARED = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |"(?P<quoted>[^"]*)"|(?P<word>[^\W\d][\w.$]*)|(?P<sign><>|<=|>=|[-+*/^()<>=,]))""",
    re.VERBOSE,
)
Operator = Literal["+", "-", "*", "/", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or"]


class NotCarried(Exception):
    """An equation that the language cannot say; the text tells why."""


def is_sayable(value: float) -> bool:
    """Whether the language can write a number, and twice as much."""
    return value == 0 or 1e-290 <= abs(value) <= 1e290


def identifier(written: str) -> str:
    """A name as XMILE compares them: without regard to case, and to how its blanks are written."""
    return re.sub(r"(\\n|[\s_\u00a0])+", "_", written.strip().strip('"')).lower()


def parse(text: str) -> Tree:
    """The tree of an equation; times and all else are plain numbers."""
    plain = re.sub(r"\{[^}]*\}", " ", text)
    reader = _Reader(_tokens(plain))
    tree = reader.choice()
    if reader.place < len(reader.tokens):
        raise NotCarried(f"`{reader.tokens[reader.place]}` cannot be read where it stands")
    return tree


def _tokens(text: str) -> list[str]:
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise NotCarried(f"`{text[place:].strip()[:20]}` cannot be read")
        quoted = match["quoted"]
        found.append(f'"{quoted}' if quoted is not None else match[0].strip())
        place = match.end()
    if len(found) > MOST_TOKENS:
        raise NotCarried(f"it has more than {MOST_TOKENS} words and signs")
    return found


@final
class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    def at(self, *words: str) -> str | None:
        """The next token, taken, if it is one of these words."""
        if self.place < len(self.tokens) and self.tokens[self.place].lower() in words:
            self.place += 1
            return self.tokens[self.place - 1].lower()
        return None

    def need(self, word: str) -> None:
        """Take a word that must come next."""
        if self.at(word) is None:
            raise NotCarried(f"`{word.upper()}` is missing")

    def choice(self) -> Tree:
        """`IF a THEN b ELSE c`, or what binds tighter."""
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise NotCarried(f"it is nested more than {MOST_NESTED} deep")
        if self.at("if"):
            condition = self.choice()
            self.need("then")
            then = self.choice()
            self.need("else")
            tree: Tree = Conditional(condition, then, self.choice())
        else:
            tree = self.either()
        self.depth -= 1
        return tree

    def either(self) -> Tree:
        """`a OR b`."""
        tree = self.both()
        while self.at("or"):
            tree = Binary("or", tree, self.both())
        return tree

    def both(self) -> Tree:
        """`a AND b`."""
        tree = self.negated()
        while self.at("and"):
            tree = Binary("and", tree, self.negated())
        return tree

    def negated(self) -> Tree:
        """`NOT a`, or a comparison."""
        turned = False
        while self.at("not"):
            turned = not turned
        tree = self.total()
        sign = self.at(*_COMPARED)
        if sign is not None:
            tree = Binary(cast("Operator", _COMPARED[sign]), tree, self.total())
        return Unary("not", tree) if turned else tree

    def total(self) -> Tree:
        """`a + b - c`."""
        tree = self.product()
        while sign := self.at("+", "-"):
            tree = Binary(cast("Operator", sign), tree, self.product())
        return tree

    def product(self) -> Tree:
        """`a * b / c`."""
        tree = self.signed()
        while sign := self.at("*", "/"):
            tree = Binary(cast("Operator", sign), tree, self.signed())
        return tree

    def signed(self) -> Tree:
        """`-a`, or a power."""
        below = False
        while sign := self.at("-", "+"):
            below = below != (sign == "-")
        tree = self.single()
        if self.at("^"):
            power = self.single()
            if not isinstance(power, Number):
                raise NotCarried("a power that is no number")
            tree = Binary("**", tree, power)
        return Unary("-", tree) if below else tree

    def single(self) -> Tree:
        """A number, a name, a call, or what stands in brackets."""
        if self.place == len(self.tokens):
            raise NotCarried("it is empty or ends too soon")
        word = self.tokens[self.place]
        self.place += 1
        if word == "(":
            tree = self.choice()
            self.need(")")
            return tree
        if word[0].isdecimal() or word[0] == ".":
            return Number(float(word))
        if not (word[0] == '"' or word[0].isalpha()):
            raise NotCarried(f"`{word}` cannot be read where it stands")
        name = identifier(word)
        return self.call(name) if self.at("(") else Name((name,))

    def call(self, name: str) -> Tree:
        """A function with what it is given; `pulse` keeps the meaning that it has in XMILE."""
        given = [self.choice()]
        while self.at(","):
            given.append(self.choice())
        self.need(")")
        if name in FUNCTIONS and len(given) == _ARGUMENTS.get(name, 1):
            return Call(FUNCTIONS[name], tuple(given))
        if name in ("smth1", "smth3") and len(given) == 2:
            return _smoothed(given[0], given[1], 1 if name == "smth1" else 3)
        if name == "pulse" and len(given) in (2, 3):
            return Call("pulse", tuple(given))
        if len(given) == 1 and name not in _OWN:
            return Call(GRAPH + name, tuple(given))
        raise NotCarried(f"the function {name.upper()}")


def _smoothed(value: Tree, time: Tree, order: int) -> Tree:
    each = time if order == 1 else Binary("/", time, Number(float(order)))
    for _ in range(order):
        value = Call("smooth", (value, each))
    return value
