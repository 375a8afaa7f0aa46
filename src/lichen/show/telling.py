"""How findings and repairs are told: like ones together, a repair that gives somebody room before one that does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, final

from lichen.check.finding import Effect, Finding, Remedy
from lichen.check.wording import listed
from lichen.show import words

if TYPE_CHECKING:
    from lichen.check.verdict import Verdict

NOT_TRIED = "What it would do was not tried."
NOT_ENOUGH = "No single change tried is enough."


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that can be done, the findings that it answers, and other values of the same key that do as well."""

    remedy: Remedy
    answers: tuple[Finding, ...]
    instead: tuple[Remedy, ...] = ()

    @property
    def mends(self) -> bool:
        """Whether it was tried, betters what it is for and breaks nothing."""
        effect = self.remedy.effect
        return effect is not None and not effect.breaks and self.answers[0].about in effect.mends

    @property
    def merit(self) -> tuple[bool, bool, float, int]:
        """What the better of two has more of: mends without breaking, breaks nothing, gives room to whoever is worst
        off, betters much.
        """
        effect = self.remedy.effect or Effect(says=())
        return self.mends, not effect.breaks, effect.gain, len(effect.mends)


def change(remedy: Remedy) -> str | None:
    """What to write into the file, where the file's own keys can say it."""
    return f"{remedy.path}: {remedy.value}" if remedy.path is not None and remedy.value is not None else None


def effects(remedy: Remedy) -> tuple[str, ...]:
    """What a change does in sentences, what matters most first, or that nobody tried it."""
    if remedy.effect is not None:
        return remedy.effect.says
    return (NOT_TRIED,) if change(remedy) is not None else ()


def effect(remedy: Remedy) -> str:
    """All of what a change does."""
    return " ".join(effects(remedy))


def together(verdict: Verdict, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, those that only name a missing component as one, at the place of the first of them."""
    told: list[Finding] = []
    places: dict[str, int] = {}
    lacking: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.about not in verdict.missing or finding.evidence:
            told.append(finding)
            continue
        if finding.status not in places:
            places[finding.status] = len(told)
            told.append(finding)
        lacking.setdefault(finding.status, []).append(finding)
    for status, place in places.items():
        told[place] = _missing(lacking[status])
    return tuple(told)


def actions(findings: Iterable[Finding]) -> tuple[Action, ...]:
    """What can be done about findings, each key of the file once, what mends without breaking first, then what gives
    most room to whoever is worst off.
    """
    found: dict[str, Action] = {}
    for finding in findings:
        remedy = finding.remedy
        if remedy is None:
            continue
        key = remedy.path if change(remedy) is not None and remedy.path is not None else remedy.says
        known = found.get(key)
        if known is None:
            found[key] = Action(remedy=remedy, answers=(finding,))
        elif known.remedy.value == remedy.value:
            found[key] = replace(known, answers=(*known.answers, finding))
        elif all(other.value != remedy.value for other in known.instead):
            found[key] = replace(known, instead=(*known.instead, remedy))
    return tuple(sorted(found.values(), key=lambda action: action.merit, reverse=True))


def none_is_enough(found: Sequence[Action]) -> bool:
    """Whether changes were tried and none mends without breaking."""
    tried = [action for action in found if action.remedy.effect is not None and action.remedy.changed is not None]
    return bool(tried) and not any(action.mends for action in tried)


def beside(finding: Finding, findings: Sequence[Finding]) -> str:
    """That an earlier finding asks for the same change, or for another value of the same key; else nothing."""
    remedy = finding.remedy
    if remedy is None or change(remedy) is None:
        return ""
    for earlier in findings:
        if earlier is finding:
            break
        if earlier.remedy is not None and earlier.remedy.path == remedy.path:
            title = words.title(earlier.about)
            if earlier.remedy.value == remedy.value:
                return f"The same change as for “{title}”."
            return f"Another value than for “{title}”: one of the two, not both."
    return ""


def _missing(findings: Sequence[Finding]) -> Finding:
    """Findings of missing components as one."""
    if len(findings) == 1:
        return findings[0]
    names = listed(
        (f"no {words.COMPONENTS[finding.about].removeprefix('an ').removeprefix('a ')}" for finding in findings), "and"
    )
    paths = [finding.remedy.path for finding in findings if finding.remedy is not None and finding.remedy.path]
    remedy = Remedy(says=f"Agree on each, under {listed(f'`{path}:`' for path in paths)}.") if paths else None
    optional = "; what is missing is optional" if remedy is None else ""
    return replace(
        findings[0],
        about="not_in_the_file",
        says=f"The file holds {names}{optional}.",
        remedy=remedy,
        parties=(),
    )
