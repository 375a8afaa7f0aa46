"""The schema for editors agrees with the reader on the acceptance set and on plain mistakes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import pytest
import yaml

from lichen.language.keys import TOP
from lichen.language.schema import schema
from tests.language.test_acceptance import FILES, ROOT

VALIDATOR = jsonschema.Draft202012Validator(schema())


class Core(yaml.SafeLoader):
    """YAML 1.2 as an editor sees it: dates, `on` and `no` stay text."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[Any]]] = {}


for tag, pattern, first in [
    ("bool", "true|false", "tf"),
    ("int", "[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
]:
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), list(first))


def load(text: str) -> Any:
    return yaml.load(text, Loader=Core)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_of_the_acceptance_set_fits_the_schema(path: Path) -> None:
    errors = [f"{'.'.join(map(str, e.path))}: {e.message}" for e in VALIDATOR.iter_errors(load(path.read_text()))]
    assert not errors


@pytest.mark.parametrize(
    "change",
    [
        {"lichen": 2},
        {"purpos": "a key that does not exist"},
        {"time": {"start": "soon", "horizon": "1 year"}},
        {"parties": {"a": {"kind": "firm"}}},
        {"parties": {"a-b": {"kind": "person"}}},
        {"world": {"w": {"process": "ar1", "mean": 1, "spread": 1}}},
        {"checks": {"c": {"measure": "1", "good": {"at_least": 0}, "in": "most futures"}}},
    ],
)
def test_a_plain_mistake_does_not_fit_the_schema(change: dict[str, Any]) -> None:
    right = {
        "lichen": 1,
        "relationship": "two people",
        "time": {"start": "2026-01-01", "horizon": "1 year"},
        "parties": {"a": {"kind": "person"}},
    }
    assert not list(VALIDATOR.iter_errors(right))
    assert list(VALIDATOR.iter_errors({**right, **change}))


def test_every_key_says_what_it_is() -> None:
    properties = schema()["properties"]
    assert set(properties) == set(TOP.names)
    assert all(property_["description"] for property_ in properties.values())
