"""From an XMILE model to the first text of a relationship: stocks as capacities of one party, flows as flows, constants
as terms, what only time moves as the world.

Other auxiliaries are written into what reads them. All amounts are plain numbers; one unit of the model's time is a
unit of the language. A flow that may turn is written both ways. Whom the stocks belong to, floors and units are for
people to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import final

from lichen.language.functions import FUNCTIONS
from lichen.language.reading import read
from lichen.language.scope import RESERVED
from lichen.language.source import FORBIDDEN, MAX_BYTES, Source
from lichen.language.tokens import unlike
from lichen.language.xmile.bounding import Bounded, bounded
from lichen.language.xmile.formulas import PARTY, Formulas, figure, formulas_of
from lichen.language.xmile.model import Model, Variable
from lichen.language.xmile.sorting import Sorted, sort
from lichen.relationship.quantity import CURRENCIES, standard_units

LONGEST_NAME = 60
_UNITS = ("day", "week", "month", "quarter", "year")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The text of a relationship, and what of the model is not in it, for people."""

    text: str
    left_out: tuple[str, ...]


def draft(model: Model) -> Draft | str:
    """The first text of a model, which can be read; another text says why there is none."""
    found = sort(model)
    held = bounded(found)
    words = _words(model.variables)
    said = model.unit.lower().rstrip("s")
    unit = said if said in _UNITS else "day"
    formulas = formulas_of(found, held, words, unit)
    told = [*model.left_out, *found.left_out, *held.left_out, *formulas.left_out]
    if said not in (*_UNITS, "", "time"):
        told.insert(0, f"sim_specs: the time unit {model.unit}; one counts as a day")
    left_out = tuple(dict.fromkeys(_line(line) for line in told))
    body = _Text(found=found, held=held, formulas=formulas, words=words, unit=unit)
    head = ["# Drafted by `lichen import` from an XMILE model. Floors, units and whom what belongs to: say them."]
    head += ["# Not carried over:"] if left_out else []
    text = "\n".join([*head, *(f"#   {line}" for line in left_out), *body.lines()]) + "\n"
    return _unreadable(text) or Draft(text=text, left_out=left_out)


def _unreadable(text: str) -> str:
    """Why the language cannot read a draft; nothing if it can."""
    size = len(text.encode())
    if size > MAX_BYTES:
        return f"its draft would have {size:,} bytes, of which at most {MAX_BYTES:,} can be read"
    problems = read(Source("draft", text)).problems
    return f"its draft would not be right: {problems[0].fact.rstrip('.')}" if problems else ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """What the lines of a draft are made of."""

    found: Sorted
    held: Bounded
    formulas: Formulas
    words: Mapping[str, str]
    unit: str

    def lines(self) -> Iterator[str]:
        """The text without its head."""
        model, name = self.held.model, _quoted(self.held.model.name, "A model")
        horizon, step = (f"{figure(time)} {self.unit}" for time in (model.stop - model.start, model.step))
        yield from ("lichen: 1", f"relationship: {name}")
        yield f"time: {{start: 2026-01-01, horizon: {horizon}, step: {step}}}"
        yield from ("parties:", f"  {PARTY}:", f"    name: {name}", "    kind: organisation")
        capacities = list(self._capacities())
        yield from (["    capacities:", *capacities] if capacities else [])
        own, order = self.formulas.own, self.held.order
        for section, names in (("terms", self.found.constants), ("world", self.found.timed)):
            yield from _section(section, (f"{self.words[n]}: {_quoted(own[n])}" for n in order if n in names))
        yield from _section("flows", (line for name in self.formulas.flows for line in self._flow(name)))

    def _capacities(self) -> Iterator[str]:
        for name, level in self.found.first.items():
            floor = 0.0 if level > 0 else level - max(1.0, -level * 1e-6)
            said = [f"level: {figure(level)}", f"floor: {figure(floor)}", "because: the model says no floor"]
            if self.held.model.variables[name].non_negative:
                said.append("at_least: 0")
            if name in self.formulas.changes:
                said.append(f"change: {_quoted(f'({self.formulas.changes[name]}) * 1 per {self.unit}')}")
            yield f"      {self.words[name]}: {{{', '.join(said)}}}"

    def _flow(self, name: str) -> Iterator[str]:
        takes, adds = (self._moved(name, side) for side in ("outflows", "inflows"))
        title, word, own = self.held.model.variables[name].title, self.words[name], self.formulas.own[name]
        yield self._way(word, title, own, takes, adds)
        if name in self.formulas.turning:
            yield self._way(f"{word}_back", f"{title}, turned", f"-({own})", adds, takes)

    def _way(self, word: str, title: str, rate: str, takes: list[str], adds: list[str]) -> str:
        """A flow in one direction."""
        ends = f"from: {PARTY if takes else 'world'}, to: {PARTY if adds else 'world'}"
        said = [f"kind: benefit, {ends}, rate: {_quoted(f'({rate}) * 1 per {self.unit}')}"]
        said += [f"cost: {{{', '.join(f'{stock}: 1' for stock in takes)}}}"] if takes else []
        said += [f"worth: {{{', '.join(f'{stock}: 1' for stock in adds)}}}"] if adds else []
        return f"{word}: {{name: {_quoted(title, word)}, {', '.join(said)}}}"

    def _moved(self, flow: str, side: str) -> list[str]:
        """The stocks that a flow moves by itself, on one side of them."""
        return [
            self.words[name]
            for name in self.found.first
            if name not in self.held.clipped and flow in getattr(self.held.model.variables[name], side)
        ]


def _words(variables: Mapping[str, Variable]) -> Mapping[str, str]:
    """For each variable a name of the language, unlike all others."""
    taken = {*RESERVED, *FUNCTIONS, *standard_units(), *CURRENCIES, PARTY}
    found = {}
    for name in variables:
        word = "".join(letter if letter.isalnum() else "_" for letter in name).strip("_")[:LONGEST_NAME] or "variable"
        word = word if word[0].isalpha() else f"v_{word}"
        word = unlike(word, lambda tried: bool(taken & {tried, f"{tried}_back"}))
        taken.update((word, f"{word}_back"))
        found[name] = word
    return found


def _quoted(words: str, otherwise: str = "") -> str:
    """A text as YAML takes it, on one line; another one instead of nothing."""
    return json.dumps(_line(words) or otherwise, ensure_ascii=False)


def _line(words: str) -> str:
    """A text on one line, without the characters that no file may hold."""
    return " ".join(FORBIDDEN.sub("\ufffd", words).split())


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"{title}:"
        yield from (f"  {line}" for line in found)
