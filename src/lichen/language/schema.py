"""The JSON Schema of a relationship file, for editors: shapes, keys and words, not names and dimensions."""

from __future__ import annotations

from typing import Any, Final

from lichen.language.forms import ByKey, ByWord, Choice, Each, Either, Fixed, Form, Formula, Keys, Listing
from lichen.language.keys import TOP

Schema = dict[str, Any]

_NAME: Final = "^[^\\W\\d_]\\w*$"
_DAY: Final = "^\\d{4}-\\d{2}-\\d{2}$"
_SCALAR: Final[Schema] = {"type": ["string", "number", "boolean"]}
_FORMULA: Final[Schema] = {"type": ["string", "number"]}
_VALUE: Final[Schema] = {
    "description": "A formula, one with its reason, a range that a party states, or `private to PARTY`.",
    "oneOf": [
        {"$ref": "#/$defs/formula"},
        {
            "type": "object",
            "required": ["value"],
            "additionalProperties": False,
            "properties": {"value": {"$ref": "#/$defs/formula"}, "because": _SCALAR, "source": _SCALAR},
        },
        {
            "type": "object",
            "required": ["from", "to", "stated_by"],
            "additionalProperties": False,
            "properties": {
                "from": {"$ref": "#/$defs/formula"},
                "to": {"$ref": "#/$defs/formula"},
                "stated_by": {"type": "string"},
                "on": {"type": "string", "pattern": _DAY},
                "because": _SCALAR,
                "source": _SCALAR,
            },
        },
    ],
}


def schema() -> Schema:
    """The schema of a relationship file, JSON Schema 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "lichen relationship file, version 1",
        **_of(TOP),
        "$defs": {"formula": _FORMULA, "value": _VALUE},
    }


def _of(form: Form) -> Schema:
    match form:
        case Keys():
            return _keys(form)
        case Each(form=inner, free=free):
            each: Schema = {"type": "object", "additionalProperties": _of(inner)}
            return each if free else {**each, "propertyNames": {"pattern": _NAME}}
        case Listing(form=inner):
            return {"type": "array", "items": _of(inner)}
        case Either(scalar=scalar, block=block, series=series):
            return _any([_of(inner) for inner in (scalar, block, series) if inner is not None])
        case ByKey(options=options):
            return _any([_keys(keys) for _, keys in options])
        case ByWord(key=key, options=options):
            return _any([_worded(key, word, keys) for word, keys in options.items()])
        case Formula():
            return {"$ref": "#/$defs/value"}
        case Fixed.SIGHT:
            values = {"additionalProperties": {"$ref": "#/$defs/value"}}
            return {"type": "object", "minProperties": 1, "maxProperties": 2, **values}
        case Fixed.CELLS:
            return {"type": "object", "additionalProperties": _any([_SCALAR, {"type": "array", "items": _SCALAR}])}
        case _:
            return _scalar(form)


def _scalar(form: Form) -> Schema:
    match form:
        case Choice(options=options):
            words: list[str | int] = [*options, *(int(option) for option in options if option.isdigit())]
            return {"enum": words}
        case Fixed.FLAG:
            return {"type": "boolean"}
        case Fixed.DAY:
            return {"type": "string", "pattern": _DAY}
        case Fixed.FUTURES:
            return {"type": "string", "pattern": "^\\d{1,3}(\\.\\d+)? ?% of futures$"}
        case _:
            return _SCALAR


def _keys(keys: Keys) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [key.name for key in keys.table if key.required],
        "properties": {key.name: {"description": key.doc, **_of(key.form)} for key in keys.table},
    }


def _worded(key: str, word: str, keys: Keys) -> Schema:
    found = _keys(keys)
    found["properties"] = {**found["properties"], key: {"const": word}}
    return found


def _any(options: list[Schema]) -> Schema:
    return options[0] if len(options) == 1 else {"anyOf": options}
