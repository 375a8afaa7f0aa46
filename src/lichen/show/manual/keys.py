"""The keys of a relationship file as pages of the manual, from the one table that the language reads them by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import final

from lichen.language.forms import ByKey, ByWord, Each, Either, Form, Key, Keys, Listing
from lichen.language.keys import TOP

MOST_PLACES = 6


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPage:
    """One key with one meaning: its name, every place it stands, as `flows.<flow>.rate`, and what is written there."""

    name: str
    doc: str
    says: str
    required: bool
    private: bool
    below: tuple[str, ...]
    places: tuple[str, ...]

    @property
    def about(self) -> str:
        """What the page is about, for its first line."""
        return "required key" if self.required else "key"

    @property
    def text(self) -> str:
        """The page in Markdown: what the key is for, where it stands, what is written there."""
        shown = [f"    {place}: {self.says}" for place in self.places[:MOST_PLACES]]
        if len(self.places) > MOST_PLACES:
            shown.append(f"    and in {len(self.places) - MOST_PLACES} more places")
        parts = [f"{self.doc[:1].upper()}{self.doc[1:]}.", "\n".join(shown)]
        if self.below:
            parts.append(f"Keys below it: {', '.join(f'`{name}`' for name in self.below)}.")
        if self.private:
            parts.append("It may stand in the party's private part alone.")
        return "\n\n".join(parts)


@cache
def key_pages() -> tuple[KeyPage, ...]:
    """Every key of the language, in the order of its table; places where it means the same share a page."""
    places: dict[tuple[str, str, str], list[str]] = {}
    keys: dict[tuple[str, str, str], Key] = {}
    for place, key in _under(TOP, ""):
        meaning = (key.name, key.doc, key.form.says)
        keys.setdefault(meaning, key)
        places.setdefault(meaning, []).append(place)
    return tuple(
        KeyPage(
            name=key.name,
            doc=key.doc,
            says=_said(key.form),
            required=key.required,
            private=key.private,
            below=tuple(dict.fromkeys(_first_below(key.form))),
            places=tuple(dict.fromkeys(places[meaning])),
        )
        for meaning, key in keys.items()
    )


def _said(form: Form) -> str:
    """What is written at a key, without the marks of Markdown; a mapping is called so, its keys are listed apart."""
    says = re.sub(r"[\\*`]", "", form.says)
    if any(_first_below(form)):
        says = re.sub(r"list of \{[^}]*\}", "list of mappings", says)
        says = re.sub(r"\{[^}]*\}", "mapping", says).replace("mapping, or mapping", "one of two mappings")
    return says


def processes() -> Mapping[str, Keys]:
    """The words of `process`, each with its keys."""
    return {word: keys for form in _parts(TOP) if isinstance(form, ByWord) for word, keys in form.options.items()}


def _under(form: Form, place: str) -> Iterator[tuple[str, Key]]:
    """Each key at or below a form that stands at a place of the file, with its own place."""
    if isinstance(form, Keys):
        for key in form.table:
            below = f"{place}.{key.name}" if place else key.name
            yield below, key
            yield from _under(key.form, below)
    elif isinstance(form, ByWord):
        for word, keys in form.options.items():
            yield from _under(keys, f"{place} ({word})")
    elif isinstance(form, Each):
        yield from _under(form.form, f"{place}.<{form.kind}>")
    else:
        for part in _alternatives(form):
            yield from _under(part, place)


def _first_below(form: Form) -> Iterator[str]:
    """The names of the keys that stand directly below a form."""
    if isinstance(form, Keys):
        yield from form.names
    else:
        for part in _alternatives(form):
            yield from _first_below(part)


def _alternatives(form: Form) -> tuple[Form, ...]:
    """The forms that a form is made of, where it has no keys of its own."""
    if isinstance(form, Each | Listing):
        return (form.form,)
    if isinstance(form, Either):
        return tuple(part for part in (form.scalar, form.block, form.series) if part is not None)
    if isinstance(form, ByKey):
        return tuple(keys for _, keys in form.options)
    return tuple(form.options.values()) if isinstance(form, ByWord) else ()


def _parts(form: Form) -> Iterator[Form]:
    """A form and every form in it."""
    yield form
    inner = tuple(key.form for key in form.table) if isinstance(form, Keys) else _alternatives(form)
    for part in inner:
        yield from _parts(part)
