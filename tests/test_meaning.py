"""Each page under `tests/cases/meaning/` shows one key of the language: changing it alone changes a figure.

A page has the key as its title, a sentence, a small file (and perhaps tables beside it), a `change` (`path: what stands
there then`), a `figure` (`its name: before -> after`) and how the numbers were obtained. Figures are written with the
digits that are compared. How a figure is named:

- `level mill.cash at the end`, `room mill at step 0`, `measure fed at step 0`, `term price at step 3`; a week `rate
  flour at step 2` and `borne mill at step 0`; before it `mean over 2000 futures of`, or `spread` or `least`; behind it
  `in scenario dry`, or `when exit:mill` for another lane of the run.
- `check findings.bounded_dependency.margin`: a path into what `check --format json` says; likewise `map`, `balance` and
  `record`. A list is entered by position or by a word that one of its items holds.
- `redline`: what `compare` says has changed. `problem`: why the file is refused. `page`: the first cell of the page for
  both sides that was not there before.

A figure of chance is written `before -> after within so much`, three standard errors of its draws.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lichen.check.assess import assess
from lichen.check.verdict import Verdict
from lichen.dependency.map import build_map
from lichen.language.edit import edit
from lichen.language.forms import ByKey, ByWord, Each, Either, Form, Key, Keys, Listing
from lichen.language.keys import TOP
from lichen.language.keys_shared import BECAUSE, SOURCE
from lichen.record.balance import balance_of
from lichen.record.reading import Record
from lichen.record.reciprocity import read_rules
from lichen.redesign.redline import redline
from lichen.relationship.plain_data import plain
from lichen.relationship.relationship import Relationship
from lichen.show.map import FORMATS
from lichen.show.page.terms import file_part
from lichen.simulation.experiments import standard_experiments
from lichen.simulation.run import simulate
from lichen.workspace import read_evidence, read_relationship

PAGES = sorted((Path(__file__).parent / "cases" / "meaning").glob("*.md"))
FUTURES = 16
_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_RUN = re.compile(
    r"(?:(?P<of>mean|spread|least) over (?P<runs>\d+) futures of )?"
    r"(?P<what>level|room|measure|term|rate|borne) (?P<name>[\w.]+) (?:at step (?P<step>\d+)|at the end)"
    r"(?: in scenario (?P<scenario>\w+))?(?: when (?P<lane>\S+))?"
)
_SUFFIX = {"room": ".headroom", "borne": ".borne"}
_A_WEEK = ("rate", "borne")
_OVER = {"mean": np.mean, "spread": np.std, "least": np.min, None: np.mean}


@dataclass(frozen=True)
class Page:
    """What a page says: its key, its files, the change, and the figure before and after."""

    key: str
    files: dict[str, str]
    path: str
    value: str
    figure: str
    before: str
    after: str
    within: str

    @property
    def changed(self) -> str:
        """The file with the change."""
        return edit(self.files["file.yaml"], self.path, self.value)


def open_page(path: Path) -> Page:
    text = path.read_text(encoding="utf-8")
    files, marked = {}, {}
    for kind, name, body in _FENCE.findall(text):
        if kind in ("change", "figure"):
            marked[kind] = body.strip()
        else:
            files[name or "file.yaml"] = body
    where, _, value = marked["change"].partition(": ")
    figure, _, values = marked["figure"].partition(": ")
    before, arrow, after = values.partition(" -> ")
    chance = re.fullmatch(r"(.+) within ([\d.]+)", after)
    after, within = chance.groups() if chance else (after, "")
    assert arrow, f"{path.name}: a figure is `name: before -> after`"
    return Page(text.partition("\n")[0].removeprefix("# "), files, where, value, figure, before, after, within)


class Seen:
    """One version of a page's file and all that can be seen of it."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        for name, body in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(body, encoding="utf-8")
        self.folder = folder

    @cached_property
    def relationship(self) -> Relationship:
        reading = read_relationship(self.folder / "file.yaml")
        assert reading.relationship is not None, reading.problems
        return reading.relationship

    @cached_property
    def record(self) -> Record | None:
        found = read_evidence(self.relationship, self.folder) if self.relationship.evidence else None
        assert found is None or not found.problems, found
        return found

    @cached_property
    def verdict(self) -> Verdict:
        return assess(self.relationship, runs=FUTURES, record=self.record, search=False).verdict

    def run(self, wanted: re.Match[str]) -> float:
        """A figure of the run, its mean over the futures unless it says otherwise; of another lane at its end."""
        lanes = standard_experiments(self.relationship, wanted["scenario"])
        lane = next(lane for lane in lanes if lane.name == (wanted["lane"] or "base"))
        futures = simulate(self.relationship, [lane], runs=int(wanted["runs"] or 1))
        if lane.name in futures.paths:
            course = futures.paths[lane.name][wanted["name"] + _SUFFIX.get(wanted["what"], "")]
            values = course[:, int(wanted["step"] or -1)]
        else:
            values = futures.lanes[lane.name].capacity_headroom[wanted["name"]].end
        return float(_OVER[wanted["of"]](values)) * (7.0 if wanted["what"] in _A_WEEK else 1.0)

    @property
    def cells(self) -> list[str]:
        """What stands in the tables of the file's part of the page for both sides."""
        cells = re.findall(r"<td[^>]*>(.*?)</td>", file_part(self.relationship), re.DOTALL)
        return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


def read_figure(name: str, old: Seen, new: Seen) -> Any:
    """A figure of `new`; what is said of two versions is said of `old` and `new`."""
    if wanted := _RUN.fullmatch(name):
        return new.run(wanted)
    room, _, path = name.partition(" ")
    match room:
        case "problem":
            problems = read_relationship(new.folder / "file.yaml").problems
            return problems[0].fact if problems else "nothing"
        case "check":
            return at(new.verdict.to_json(), path)
        case "map":
            return at(json.loads(FORMATS["json"](build_map(new.relationship))), path)
        case "balance":
            assert new.record is not None
            found = balance_of(new.relationship, new.record)
            rules = read_rules(new.relationship, new.record, found)
            return at({**found.to_json(), "rules": plain(rules)}, path)
        case "record":
            return at(plain(new.record), path)
        case "redline":
            lines = redline(old.relationship, new.relationship)
            return "; ".join(f"{line.path}: {line.old or '-'} > {line.new or '-'}" for line in lines) or "nothing"
        case "page":
            return next((cell for cell in new.cells if cell not in old.cells), "nothing")
    raise AssertionError(f"`{name}` is no figure")


def at(data: Any, path: str) -> Any:
    """What stands at a dotted path of plain data; names may hold dots."""
    if not path:
        return data
    if isinstance(data, dict):
        name = max((n for n in data if path == n or path.startswith(f"{n}.")), key=len, default=None)
        return at(data[name], path[len(name) + 1 :]) if name is not None else "nothing"
    head, _, rest = path.partition(".")
    if head.isdigit():
        return at(data[int(head)], rest) if int(head) < len(data) else "nothing"
    named = [item for item in data if head in item.values()]
    named += [item for item in data if any(head in _parts(value) for value in item.values())]
    return at(named[0], rest) if named else "nothing"


def _parts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else re.findall(r"\w+", value) if isinstance(value, str) else []


def agrees(found: Any, written: str, within: str = "") -> bool:
    """Whether a figure is what the page says, in the digits that the page writes."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        return _text(found) == written
    number = re.fullmatch(r"-?\d+(?:\.(\d+))?", written)
    if number is None:
        return False
    return abs(found - float(written)) <= (float(within) if within else 0.5000001 * 10.0 ** -len(number[1] or ""))


def _text(found: Any) -> str:
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_changing_the_key_alone_changes_the_figure_as_the_page_says(path: Path, tmp_path: Path) -> None:
    page = open_page(path)
    old = Seen(tmp_path / "old", page.files)
    new = Seen(tmp_path / "new", page.files | {"file.yaml": page.changed})
    before, after = read_figure(page.figure, old, old), read_figure(page.figure, old, new)
    assert page.before != page.after
    assert agrees(before, page.before, page.within) and agrees(after, page.after, page.within), f"{before} -> {after}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_change_is_made_at_the_key_of_the_page(path: Path) -> None:
    page = open_page(path)
    assert page.key.rpartition(": ")[2] in page.path.split(".")
    assert path.stem == page.key.replace(": ", "-")


def test_every_key_of_the_language_has_its_page() -> None:
    keys = set(keys_of(TOP))
    pages = {open_page(path).key for path in PAGES}
    assert sorted(keys - pages) == [], "keys without a page"
    assert sorted(pages - keys - set(VALUE_KEYS)) == [], "pages without a key"


VALUE_KEYS = tuple(f"value: {key}" for key in ("value", "because", "source", "from", "to", "stated_by", "on"))
"""The keys of a value, wherever the language asks for one."""


def keys_of(form: Form, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every key of a form as its page is titled. `because` and `source` are two keys, wherever they stand, and so are
    the keys that every process of the world has; a rule or table of several kinds is told by the key that marks it.
    """
    match form:
        case Keys(table=table):
            for key in table:
                yield from _key(key, path)
        case Each(form=inner) | Listing(form=inner):
            yield from keys_of(inner, path)
        case Either(scalar=scalar, block=block, series=series):
            for inner in (scalar, block, series):
                yield from keys_of(inner, path) if inner is not None else ()
        case ByKey(options=options):
            for mark, keys in options:
                for key in keys.table:
                    yield from _key(key, path if key.name == mark else (*path, mark))
        case ByWord(options=options):
            common = set.intersection(*(set(keys.names) for keys in options.values()))
            for word, keys in options.items():
                for key in keys.table:
                    yield from _key(key, path if key.name in common else (*path, word))


def _key(key: Key, path: tuple[str, ...]) -> Iterator[str]:
    if key in (BECAUSE, SOURCE):
        yield key.name
    else:
        yield ": ".join((*path, key.name))
        yield from keys_of(key.form, (*path, key.name))
