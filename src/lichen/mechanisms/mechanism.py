"""The mechanisms: well-tried ways to carry a symbiotic relationship, each a folder of texts in this package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import final


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """One mechanism: `name` as a relationship file writes it (with `-`), its title, and its page in Markdown."""

    name: str
    title: str
    about: str

    @property
    def summary(self) -> str:
        """The first paragraph of the page, on one line: what the mechanism is."""
        return " ".join(self.about.split("\n\n")[1].split())


@cache
def mechanisms() -> tuple[Mechanism, ...]:
    """All mechanisms, by name: every folder of this package that has a page `about.md`."""
    folders = sorted(files("lichen.mechanisms").iterdir(), key=lambda folder: folder.name)
    return tuple(
        Mechanism(name=folder.name.replace("_", "-"), title=about.partition("\n")[0].removeprefix("# "), about=about)
        for folder in folders
        if folder.joinpath("about.md").is_file()
        for about in [folder.joinpath("about.md").read_text(encoding="utf-8")]
    )
