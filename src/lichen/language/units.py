"""The file's own units and the rates that join currencies, read first, since every formula may use them."""

from __future__ import annotations

from lichen.language.formula import parse_unit
from lichen.language.functions import FUNCTIONS
from lichen.language.meaning import Meaning
from lichen.language.scope import RESERVED
from lichen.language.source import Block, Scalar
from lichen.language.tokens import FormulaError, is_name, tokenize
from lichen.relationship.order import sorted_out
from lichen.relationship.quantity import CURRENCIES, Dimension, Unit, is_currency, standard_units


def read_units(meaning: Meaning, root: Block) -> None:
    """Take up `rates:` and `units:`; what is wrong with their names or shapes is said when the shape is read."""
    draft = meaning.draft
    known = draft.units
    rates = _texts(meaning, root, "rates")
    for name in rates:
        if name not in CURRENCIES:
            draft.report(
                f"rates.{name}",
                f"`{name}` is not a currency.",
                draft.suggest(name, CURRENCIES) or "Rates join the currencies of the language.",
                key=True,
            )
    _settle(meaning, "rates", {name: node for name, node in rates.items() if name in CURRENCIES}, known)
    own = _texts(meaning, root, "units")
    standard = standard_units()
    free: dict[str, Scalar] = {}
    for name, node in own.items():
        if name in standard or name in FUNCTIONS or name in RESERVED:
            noun = (
                "unit of the language"
                if name in standard
                else "function"
                if name in FUNCTIONS
                else "word of the language"
            )
            draft.report(
                f"units.{name}", f"`{name}` is a {noun} already.", "Write another name, or leave it out.", key=True
            )
        else:
            free[name] = node
    for name, node in free.items():
        if node.text == "new":
            known[name] = Unit(name, 1.0, Dimension.of(name))
    _settle(meaning, "units", {name: node for name, node in free.items() if node.text != "new"}, known)
    meaning.scope.units = known


def _texts(meaning: Meaning, root: Block, section: str) -> dict[str, Scalar]:
    entry = root.entries.get(section)
    if entry is None or not isinstance(entry.value, Block):
        return {}
    found = {}
    for name, each in entry.value.entries.items():
        if isinstance(each.value, Scalar) and is_name(name):
            meaning.draft.note(f"{section}.{name}", meaning.draft.source, each.value, each.key)
            found[name] = each.value
    return found


def _settle(meaning: Meaning, section: str, nodes: dict[str, Scalar], known: dict[str, Unit]) -> None:
    """Units in an order in which each follows those it is made of."""
    edges = {
        name: tuple(dict.fromkeys(word for word in _words(node.text) if word in nodes)) for name, node in nodes.items()
    }
    order, circles = sorted_out(edges)
    tangled = {name for circle in circles for name in circle}
    for circle in circles:
        shown = " → ".join(f"`{name}`" for name in [*circle, circle[0]])
        meaning.draft.report(
            f"{section}.{circle[0]}", f"These are made of each other: {shown}.", "Let one of them stand alone."
        )
    for name in [*order, *tangled]:
        if name in tangled:
            known.setdefault(name, Unit(name, 1.0, Dimension.of(name)))
            continue
        if name not in nodes:
            continue
        try:
            unit = parse_unit(nodes[name].text, known)
            if section == "rates" and not is_currency(unit.dimension):
                whole = (0, len(nodes[name].text))
                raise FormulaError(f"A rate says what one {name} is in another currency.", whole, "Write `0.92 EUR`.")
            if unit.factor <= 0:
                raise FormulaError(
                    "A unit is more than nothing.", (0, len(nodes[name].text)), "Write a figure above 0."
                )
        except FormulaError as error:
            meaning.draft.report_formula(f"{section}.{name}", error)
            known.setdefault(name, Unit(name, 1.0, Dimension.of(name)))
        else:
            known[name] = Unit(name, unit.factor, unit.dimension)


def _words(text: str) -> list[str]:
    try:
        return [token.text for token in tokenize(text) if token.kind == "name"]
    except FormulaError:
        return []
