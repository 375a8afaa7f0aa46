"""The shape of a file: every key and value held against the table of keys, read into plain data.

A mapping becomes a dict that holds what could be read; a value becomes a `Value` whose names are not resolved yet.
Whatever is wrong is reported once and left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from lichen.language.draft import Draft
from lichen.language.forms import (
    ByKey,
    ByWord,
    Choice,
    Each,
    Either,
    Fixed,
    Form,
    Formula,
    Key,
    Keys,
    Listing,
    Reference,
    Text,
)
from lichen.language.formula import parse
from lichen.language.problem import listing
from lichen.language.source import Block, Broken, Entry, Node, Scalar, Series
from lichen.language.table import cell_number
from lichen.language.tokens import FormulaError, is_name
from lichen.language.values import DAY, read_day, read_value
from lichen.relationship.rules import MONTH_NAMES, Window
from lichen.relationship.value import Value

Voice = Mapping[str, str]
"""What the mapping around a value says for it."""
_NOTHING: Final[Voice] = {}
_VOICED: Final = ("because", "source", "stated_by")
_SEASON = re.compile(rf"season\(\s*({'|'.join(MONTH_NAMES)})\s*,\s*({'|'.join(MONTH_NAMES)})\s*\)")
_FUTURES = re.compile(r"(\d{1,3}(?:\.\d+)?) ?% of futures")


def read(form: Form, entry: Entry, path: str, draft: Draft, voice: Voice = _NOTHING) -> Any:
    """What stands under a key, held against a form; None when it cannot be read."""
    draft.note(path, draft.source, entry.value, entry.key)
    return _read(form, entry.value, path, draft, voice)


def _read(form: Form, node: Node, path: str, draft: Draft, voice: Voice) -> Any:
    if isinstance(node, Broken):
        return None
    if isinstance(form, Either):
        return _either(form, node, path, draft, voice)
    if isinstance(form, Keys | Each | ByKey | ByWord) or form in (Fixed.SIGHT, Fixed.CELLS):
        if not isinstance(node, Block):
            draft.report(path, f"Here stands a mapping: {_said(form)}.", _mapping_hint(form, node))
            return None
        return _mapping(form, node, path, draft, voice)
    if isinstance(form, Listing):
        if not isinstance(node, Series):
            draft.report(path, f"Here stands a {_said(form)}.", _list_hint(node))
            return None
        return _items(form.form, node, path, draft, voice)
    if isinstance(form, Formula):
        return read_value(node, path, draft, voice)
    if not isinstance(node, Scalar):
        draft.report(
            path,
            f"Here stands {_a(_said(form))}, not a {'list' if isinstance(node, Series) else 'mapping'}.",
            "Write one text.",
        )
        return None
    return _scalar(form, node, path, draft)


def _either(form: Either, node: Node, path: str, draft: Draft, voice: Voice) -> Any:
    match node:
        case Scalar():
            chosen = form.scalar
        case Block():
            chosen = form.block
        case _:
            chosen = form.series
    if chosen is None:
        draft.report(path, f"Here stands {_said(form)}.", "Write one of these.")
        return None
    return _read(chosen, node, path, draft, voice)


def _mapping(form: Form, node: Block, path: str, draft: Draft, voice: Voice) -> Any:
    match form:
        case ByWord():
            chosen = _by_word(form, node, path, draft)
            return None if chosen is None else _keys(chosen, node, path, draft, voice)
        case ByKey(options=options):
            keys = next((keys for key, keys in options if key in node.entries), options[0][1])
            return _keys(keys, node, path, draft, voice)
        case Each():
            return _each(form, node, path, draft, voice)
        case Keys():
            return _keys(form, node, path, draft, voice)
        case Fixed.SIGHT:
            return _sight(node, path, draft, voice)
    return {name: _cells(entry, f"{path}.{name}", draft) for name, entry in node.entries.items()}


def _keys(form: Keys, node: Block, path: str, draft: Draft, voice: Voice) -> dict[str, Any]:
    """A mapping with the keys of a table: unknown and missing keys are reported, the others read."""
    table = {key.name: key for key in form.table}
    section: dict[str, Any] = {}
    own = {name: e.value.text for name in _VOICED if (e := node.entries.get(name)) and isinstance(e.value, Scalar)}
    draft.give_reason(path, own)
    voice = {**voice, **own} if own else voice
    prefix = f"{path}." if path else ""
    for name, entry in node.entries.items():
        key = table.get(name)
        if key is None:
            _unknown_key(form, name, entry, draft)
            continue
        value = read(key.form, entry, prefix + name, draft, voice)
        if value is not None:
            section[name] = value
    for key in form.table:
        if key.required and key.name not in node.entries:
            _missing_key(form, key, node, path, draft)
        elif (
            key.private
            and key.name not in node.entries
            and (part := draft.take_part(prefix + key.name, path.rpartition(".")[2]))
        ):
            draft.note(prefix + key.name, part.source, part.entry.value, part.entry.key)
            section[key.name] = read_value(part.entry.value, prefix + key.name, draft, voice, private_to=part.party)
    return section


def _unknown_key(form: Keys, name: str, entry: Entry, draft: Draft) -> None:
    start, end = entry.key.start, entry.key.end
    if isinstance(entry.value, Scalar) and entry.value.plain and not entry.value.text and " " in name:
        fact = f"Inside braces a comma ends a value, so `{name}` stands as a key."
        draft.add(draft.source.problem(start, end, fact, "Put the whole text before it in quotes."))
        return
    repair = draft.suggest(name, form.names) or f"Its keys are {listing(form.names, 'and')}."
    if name == "include":
        repair = "One file describes one relationship; there is no `include`."
    elif name == "<<":
        repair = "Nothing is merged: write the keys out."
    draft.add(draft.source.problem(entry.key.start, entry.key.end, f"`{name}` is not a key of {form.noun}.", repair))


def _missing_key(form: Keys, key: Key, node: Block, path: str, draft: Draft) -> None:
    fact = f"`{key.name}` is missing in {form.noun}: {key.doc}."
    inner = _outline(key.form)
    repair = f"Add `{key.name}: {inner}`." if inner else f"Add `{key.name}: ...` ({_said(key.form)})."
    if path:
        draft.report(path, fact, repair, key=True)
    else:
        draft.add(draft.source.problem(node.start, node.start + 1, fact, repair))


def _each(form: Each, node: Block, path: str, draft: Draft, voice: Voice) -> dict[str, Any]:
    """A mapping from names to one form; a name whose value cannot be read stays, with None."""
    section: dict[str, Any] = {}
    for name, entry in node.entries.items():
        if not form.free and not is_name(name):
            fixed = re.sub(r"\W+", "_", name).strip("_0123456789") or "a_name"
            fact = (
                f"`{name}` cannot be the name of a {form.kind}."
                if "-" not in name
                else f"`{name}` has a `-`, which is minus in a formula."
            )
            repair = f"A name is a letter, then letters, digits or `_`: write `{fixed}`."
            draft.add(draft.source.problem(entry.key.start, entry.key.end, fact, repair))
        section[name] = read(form.form, entry, f"{path}.{name}", draft, voice)
    return section


def _items(form: Form, node: Series, path: str, draft: Draft, voice: Voice) -> list[Any]:
    items = []
    for position, item in enumerate(node.items):
        below = f"{path}.{position}"
        draft.note(below, draft.source, item, None)
        value = _read(form, item, below, draft, voice)
        if value is not None:
            items.append(value)
    return items


def _by_word(form: ByWord, node: Block, path: str, draft: Draft) -> Keys | None:
    entry = node.entries.get(form.key)
    if entry is None:
        repair = f"Add `{form.key}: ...` ({', '.join(form.options)})."
        if set(node.entries) & {"value", "because", "source", "stated_by"}:
            repair = f"Add `{form.key}: constant`, or write the value alone."
        draft.report(path, f"`{form.key}` is missing.", repair, key=True)
        return None
    if not isinstance(entry.value, Scalar) or entry.value.text not in form.options:
        word = entry.value.text if isinstance(entry.value, Scalar) else "this"
        repair = draft.suggest(word, form.options) or f"There are {listing(form.options, 'and')}."
        draft.add(draft.source.problem(entry.value.start, entry.value.end, f"`{word}` is not a {form.noun}.", repair))
        return None
    return form.options[entry.value.text]


def _sight(node: Block, path: str, draft: Draft, voice: Voice) -> dict[str, Any] | None:
    """`{party: share, after: duration}` as `{"party": ..., "share": ..., "after": ...}`."""
    parties = [name for name in node.entries if name != "after"]
    if len(parties) != 1:
        draft.report(
            path, "Here stands one party with its share, and perhaps `after`.", "Write `{party: 60 %, after: 30 days}`."
        )
        return None
    section: dict[str, Any] = {"party": parties[0]}
    section["share"] = read(Formula(), node.entries[parties[0]], f"{path}.{parties[0]}", draft, voice)
    if "after" in node.entries:
        section["after"] = read(Formula(), node.entries["after"], f"{path}.after", draft, voice)
    return section


def _cells(entry: Entry, path: str, draft: Draft) -> tuple[str | float | bool, ...]:
    draft.note(path, draft.source, entry.value, entry.key)
    nodes = entry.value.items if isinstance(entry.value, Series) else (entry.value,)
    cells = [_cell(node) for node in nodes if isinstance(node, Scalar)]
    if len(cells) < len(nodes):
        draft.report(path, "Here stands a value of the column, or a list of values.", "Write `column: value`.")
    return tuple(cells)


def _cell(node: Scalar) -> str | float | bool:
    text = node.text.strip()
    if node.plain and text in ("true", "false"):
        return text == "true"
    number = cell_number(text) if node.plain else None
    return text if number is None else number


def _scalar(form: Form, node: Scalar, path: str, draft: Draft) -> Any:
    text = node.text
    match form:
        case Text() | Reference():
            return _text(form, text, path, draft)
        case Fixed.FLAG:
            return _flag(node, path, draft)
        case Choice():
            return _choice(form, text, path, draft)
        case Fixed.DAY:
            return _day(text, path, draft)
        case Fixed.FILE:
            return _file_name(text, path, draft)
        case Fixed.OVER:
            return _over(node, path, draft)
        case Fixed.FUTURES:
            return _futures(text, path, draft)
        case Fixed.COLUMNS:
            return _columns(text, path, draft)
    return text


def _flag(node: Scalar, path: str, draft: Draft) -> bool | None:
    if node.plain and node.text in ("true", "false"):
        return node.text == "true"
    repair = "Write it without quotes." if node.text in ("true", "false") else "Write `true` or `false`."
    draft.report(path, f"`{node.text}` is neither `true` nor `false`.", repair)
    return None


def _choice(form: Choice, text: str, path: str, draft: Draft) -> str | None:
    if text in form.options:
        return text
    near = draft.suggest(text, form.options)
    article = "An" if form.noun[0] in "aeiou" else "A"
    kinds = f"{article} {form.noun} is {listing(form.options)}."
    repair = near if near and len(form.options) > 6 else f"{kinds} {near}".strip()
    draft.report(path, f"`{text}` is not a {form.noun}.", repair)
    return None


def _futures(text: str, path: str, draft: Draft) -> float | None:
    match = _FUTURES.fullmatch(text)
    if match and float(match[1]) <= 100:
        return float(match[1]) / 100
    draft.report(path, f"`{text}` is not a share of the futures.", "Write `95 % of futures`.")
    return None


def _columns(text: str, path: str, draft: Draft) -> str | None:
    try:
        parse(text, {})
    except FormulaError as error:
        draft.report_formula(path, error)
        return None
    return text


def _text(form: Text | Reference, text: str, path: str, draft: Draft) -> str | None:
    if text.strip() or (isinstance(form, Text) and form.may_be_empty):
        return text
    draft.report(path, f"Nothing stands here; expected: {_said(form)}.", "Write it, or leave the key out.")
    return None


def _day(text: str, path: str, draft: Draft) -> date | None:
    day = read_day(text)
    if day is None and DAY.fullmatch(text):
        draft.report(path, f"There is no day `{text}`.", "A date is `YYYY-MM-DD`.")
    elif day is None:
        draft.report(path, f"`{text}` is not a date.", "A date is `YYYY-MM-DD`, such as `2026-01-05`.")
    return day


def _file_name(text: str, path: str, draft: Draft) -> str | None:
    parts = text.split("/")
    if "://" in text or re.match(r"[A-Za-z]:", text):
        fact = "is an address"
    elif text.startswith(("/", "~")) or "\\" in text:
        fact = "is no name inside the folder of this file"
    elif ".." in parts or "" in parts:
        fact = "leads out of the folder of this file"
    elif any(c in text for c in "*?[]"):
        fact = "stands for several files"
    else:
        return text
    draft.report(
        path,
        f"`{text}` {fact}.",
        "Put the table beside this file, or in a folder below, and write its name: `deliveries.csv`.",
    )
    return None


def _over(node: Scalar, path: str, draft: Draft) -> Window | Value | None:
    text = node.text.strip()
    match text:
        case "transaction" | "project" | "portfolio" | "life":
            return Window(kind=text, text=text)
    if text.startswith("season"):
        if _SEASON.fullmatch(text):
            return Window(kind="season", text=text)
        draft.report(path, f"`{text}` is not a season.", "Write `season(March, August)`, with the months' full names.")
        return None
    if text[:1].isalpha():
        words = ("transaction", "season(March, August)", "project", "portfolio", "life")
        repair = draft.suggest(text, words) or f"Write a duration, or {listing(words)}."
        draft.report(path, f"`{text}` is not a window.", repair)
        return None
    return read_value(node, path, draft, _NOTHING)


def _said(form: Form) -> str:
    """What a form is, in words for a message."""
    return form.says.replace("*", "")


def _a(words: str) -> str:
    return f"{'an' if words[:1] in 'aeiou' else 'a'} {words}"


def _mapping_hint(form: Form, node: Node) -> str:
    if isinstance(node, Scalar) and not node.text:
        return "Write its keys indented below, or leave the key out."
    inner = _outline(form)
    return f"Write `{inner}`." if inner else "Write it in braces, or indented below."


def _outline(form: Form) -> str:
    """A mapping with the keys that it must have; empty where there are none."""
    required = [key.name for key in form.table if key.required] if isinstance(form, Keys) else []
    return "{" + ", ".join(f"{name}: ..." for name in required) + "}" if required else ""


def _list_hint(node: Node) -> str:
    return f"Write `[{node.text}]`." if isinstance(node, Scalar) and node.text else "Write it in brackets."
