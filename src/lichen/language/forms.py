"""What may stand in a file: the forms of values, from which reading, the JSON Schema and the manual's tables follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, final


@final
class Fixed(Enum):
    """A form that there is in one way only; its value is what it says."""

    FLAG = "true, false"
    DAY = "date"
    FILE = "file"
    """A file inside the folder of the relationship file."""
    COLUMNS = "formula over columns"
    CELLS = "column: value or list of values"
    """Which rows of a table count."""
    OVER = "duration, `transaction`, `season(March, August)`, `project`, `portfolio`, `life`"
    FUTURES = "`95 % of futures`"
    SIGHT = "`{party: share, after: duration}`"

    @property
    def says(self) -> str:
        """What it says."""
        return self.value


@final
@dataclass(frozen=True, slots=True)
class Text:
    """Any text; `may_be_empty`: even none."""

    says: str = "text"
    may_be_empty: bool = False


@final
@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words; `noun` completes "is not a ..."."""

    options: tuple[str, ...]
    noun: str

    @property
    def says(self) -> str:
        """The words."""
        return ", ".join(f"`{option}`" for option in self.options)


@final
@dataclass(frozen=True, slots=True)
class Formula:
    """A value: a formula, one with its reason, a stated range, or what a party keeps to itself."""

    says: str = "*quantity*"


@final
@dataclass(frozen=True, slots=True)
class UnitText:
    """A unit phrase, kept as text; `new` where a dimension may be made."""

    says: str = "unit phrase"


@final
@dataclass(frozen=True, slots=True)
class Reference:
    """The name of something of the file; `noun` says of what."""

    noun: str

    @property
    def says(self) -> str:
        """The noun."""
        return self.noun


@final
@dataclass(frozen=True, slots=True)
class Key:
    """One key of a mapping. `private`: it may stand in the party's private part alone."""

    name: str
    form: Form
    doc: str
    required: bool = False
    private: bool = False


@final
@dataclass(frozen=True, slots=True)
class Keys:
    """A mapping with these keys; `noun` completes "is not a key of ..."."""

    noun: str
    table: tuple[Key, ...]

    @property
    def says(self) -> str:
        """The keys."""
        return "`{" + ", ".join(key.name for key in self.table) + "}`"

    @property
    def names(self) -> tuple[str, ...]:
        """The keys' names."""
        return tuple(key.name for key in self.table)


@final
@dataclass(frozen=True, slots=True)
class Each:
    """A mapping from names (`kind` says of what) to one form. `free` lets any text be a key."""

    kind: str
    form: Form
    free: bool = False

    @property
    def says(self) -> str:
        """The name and the form."""
        return f"{self.kind}: {self.form.says}"


_PLURALS = {"party": "parties", "flow": "flows", "text": "texts", "name": "names", "column": "columns"}
_PLURALS |= {"*quantity*": "*quantities*", "*condition*": "*conditions*", "world variable": "world variables"}


@final
@dataclass(frozen=True, slots=True)
class Listing:
    """A list of one form."""

    form: Form

    @property
    def says(self) -> str:
        """The form, as a list."""
        word, comma, rest = self.form.says.partition(",")
        return f"list of {_PLURALS.get(word, word)}{comma}{rest}"


@final
@dataclass(frozen=True, slots=True)
class Either:
    """One form for a text, another for a mapping, another for a list; what is None may not stand there."""

    scalar: Form | None = None
    block: Form | None = None
    series: Form | None = None

    @property
    def says(self) -> str:
        """The forms."""
        return ", or ".join(form.says for form in (self.scalar, self.block, self.series) if form is not None)


@final
@dataclass(frozen=True, slots=True)
class ByKey:
    """One of several mappings: the first whose marking key is there; the first of all when none is."""

    options: tuple[tuple[str, Keys], ...]

    @property
    def says(self) -> str:
        """The mappings."""
        return ", or ".join(keys.says for _, keys in self.options)


@final
@dataclass(frozen=True, slots=True)
class ByWord:
    """One of several mappings: the one that the word under `key` names; `noun` completes "is not a ..."."""

    key: str
    noun: str
    options: Mapping[str, Keys]

    @property
    def says(self) -> str:
        """The words."""
        return f"mapping with `{self.key}`"


Form: TypeAlias = (
    "Fixed | Text | Choice | Formula | UnitText | Reference | Keys | Each | Listing | Either | ByKey | ByWord"
)
