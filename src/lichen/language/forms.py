"""What may stand in a file: the forms of values, from which reading, the JSON Schema and the manual's tables follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, final


@final
@dataclass(frozen=True, slots=True)
class Text:
    """Any text; `may_be_empty`: even none."""

    says: str = "text"
    may_be_empty: bool = False


@final
@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`."""

    says: str = "true, false"


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
class Day:
    """A date `YYYY-MM-DD`."""

    says: str = "date"


@final
@dataclass(frozen=True, slots=True)
class Formula:
    """A value: a formula, one with its reason, a stated range, or what a party keeps to itself."""

    says: str = "*quantity*"


@final
@dataclass(frozen=True, slots=True)
class Columns:
    """A formula over the columns of a table, kept as text."""

    says: str = "formula over columns"


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
class FileName:
    """A file inside the folder of the relationship file."""

    says: str = "file"


@final
@dataclass(frozen=True, slots=True)
class Over:
    """The window over which return is looked for."""

    says: str = "duration, `transaction`, `season(March, August)`, `project`, `portfolio`, `life`"


@final
@dataclass(frozen=True, slots=True)
class Futures:
    """`95 % of futures`."""

    says: str = "`95 % of futures`"


@final
@dataclass(frozen=True, slots=True)
class Cells:
    """Which rows of a table count: column: value, or column: list of values."""

    says: str = "column: value or list of values"


@final
@dataclass(frozen=True, slots=True)
class SightForm:
    """`{party: share, after: duration}`."""

    says: str = "`{party: share, after: duration}`"


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
    "Text | Flag | Choice | Day | Formula | Columns | UnitText | Reference | FileName | Over | Futures | Cells"
    " | SightForm | Keys | Each | Listing | Either | ByKey | ByWord"
)
