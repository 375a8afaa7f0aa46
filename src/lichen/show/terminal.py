"""What the verbs print: the verdict in 24 lines of 80 columns, tallies, and what a change does.

Every figure is written by `lichen.show.figures`, so that screen, page and charts say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from lichen.show import figures, telling, words
from lichen.show.comparing import comparison_text
from lichen.show.lines import STYLES, Line, Paragraph, apart, cut, fitted, one_line, plain, rendered
from lichen.show.tallies import balance_text
from lichen.simulation.caution import sentences

if TYPE_CHECKING:
    from lichen.check.finding import Evidence, Finding, Remedy
    from lichen.check.verdict import Verdict

__all__ = ["balance_text", "comparison_text", "verdict_markdown", "verdict_text"]

LINES = 24
_SHOWN = 3
_GLANCE = 100
"""Letters of a change that is read before its reason; a longer one stands after it."""


def verdict_text(verdict: Verdict, *, colours: bool = False) -> str:
    """The verdict in at most 24 lines of 80 columns; with colours for a terminal."""
    return rendered(fitted(list(_verdict_parts(verdict)), LINES), colours=colours)


def shown(verdict: Verdict) -> tuple[Finding, ...]:
    """The three findings that come first: the worst, or when nothing is wrong those nearest to their limit."""
    return telling.together(verdict, verdict.worst)[:_SHOWN] or tuple(sorted(verdict.findings, key=_nearness)[:_SHOWN])


def measured(finding: Finding) -> str:
    """How far a finding is from its limit, in words."""
    if finding.margin is not None:
        return figures.distance(finding.margin)
    if finding.score is not None:
        return f"{figures.number(finding.score)} (watch 0.25, alarm 0.5)"
    return ""


def source_of(seen: Evidence) -> str:
    """Figure, how it was seen, and where it stands."""
    said = [figures.figure(seen.figure, seen.unit)] if seen.figure is not None else []
    return "; ".join([*said, words.METHODS[seen.method], *([seen.at] if seen.at else [])])


def repair(remedy: Remedy) -> str:
    """What would mend it, and what to write into the file."""
    change = telling.change(remedy)
    said = (remedy.says, f"Write `{change}`." if change is not None else "", telling.effect(remedy))
    return " ".join(part for part in said if part)


def next_step(verdict: Verdict) -> str:
    """What to do first: find out what decides, or try the first repair."""
    if verdict.next_steps:
        return f"Find out: {verdict.next_steps[0]}"
    for action in telling.actions(verdict.worst):
        if action.remedy.path is not None:
            return f"Change `{action.remedy.path}` in a copy; `lichen compare` shows what it does."
    return "Keep a record, and check again when the terms or the world change."


def _verdict_parts(verdict: Verdict) -> Iterator[Line | Paragraph]:
    """The screen from top to bottom; what decides and what to write into the file have room before the rest."""
    word = words.VERDICTS[verdict.verdict]
    hang = " " * 10
    yield ((word, STYLES[verdict.verdict]), (cut(f"  {one_line(verdict.relationship)}", 78 - len(word)), "bold"))
    yield Paragraph(sentences=(verdict.sentence,), least=2, rank=0)
    yield plain("")
    for turn, finding in enumerate(shown(verdict), start=1):
        yield from _finding_parts(turn, finding)
    yield plain("")
    flips = (words.flip_words(flip) for flip in verdict.rests_on.flips[:1])
    grounds = (words.rests_on_words(verdict.rests_on), *flips)
    yield Paragraph(sentences=grounds, first="Rests on  ", indent=hang, least=1, rank=3, more=6)
    if verdict.members:
        yield Paragraph(sentences=verdict.members, first="Members   ", indent=hang, least=1, rank=1, more=2)
    if verdict.cautions:
        doubts = sentences(verdict.cautions)
        yield Paragraph(sentences=doubts, first="Careful   ", indent=hang, least=2, rank=1, more=2)
    if verdict.samples:
        looked = tuple(sample.says for sample in verdict.samples)
        yield Paragraph(sentences=looked, first="Sample    ", indent=hang, least=1, rank=1, more=2)
    if verdict.unread:
        yield Paragraph(sentences=verdict.unread, first="Not read  ", indent=hang, least=1, rank=2, more=6)
    first = _first_to_try(verdict)
    if first:
        yield Paragraph(sentences=first, first="Try first ", indent=hang, least=2, rank=3, more=3)
    yield Paragraph(sentences=(next_step(verdict),), first="Next      ", indent=hang, least=1, rank=1)
    hint = "The whole page: `lichen review FILE`. A word: `lichen explain NAME`."
    yield Paragraph(sentences=(hint,), first=hang, rank=8)


def _first_to_try(verdict: Verdict) -> tuple[str, ...]:
    """The change that mends without breaking anything, and what it does to each side; where none does, the one that
    comes nearest.
    """
    found = telling.actions(verdict.worst)
    begins = f"{telling.NOT_ENOUGH} Nearest: " if telling.none_is_enough(found) else ""
    for action in found:
        effect = action.remedy.effect
        if effect is not None and (action.mends or (begins and (effect.mends or effect.gain > 0))):
            return (f"{begins}`{telling.change(action.remedy)}`. {effect.says[0]}", *effect.says[1:])
    return (telling.NOT_ENOUGH,) if begins else ()


def _finding_parts(turn: int, finding: Finding) -> Iterator[Line | Paragraph]:
    about = f"{turn} {finding.status.upper()}  {one_line(words.title(finding.about))}"
    yield apart(about, measured(finding), STYLES[finding.status])
    yield Paragraph(sentences=(finding.says,), first="  ", indent="  ", least=1, rank=1)
    if finding.evidence:
        seen = _evidence_sentences(finding.evidence[0], finding.says)
        yield Paragraph(sentences=seen, first="  ", indent="  ", style="dim", rank=2, more=7)
    hang = " " * 10
    if finding.remedy is not None:
        sentences = _remedy_sentences(finding.remedy)
        yield Paragraph(sentences=sentences, first="  Repair: ", indent=hang, rank=4, more=5)
    elif finding.needs:
        yield Paragraph(sentences=(finding.needs,), first="  Needed: ", indent=hang, rank=4)


def _evidence_sentences(seen: Evidence, said: str) -> tuple[str, ...]:
    """Figure and place of a piece of evidence, then its sentence unless that was said already."""
    place = (f"{source_of(seen)}.",) if seen.figure is not None or seen.at is not None else ()
    return place if seen.says == said else (*place, seen.says)


def _remedy_sentences(remedy: Remedy) -> tuple[str, ...]:
    """What to write into the file, with how that ends where it was tried, and what would mend it; first what can be
    read at a glance.
    """
    change = telling.change(remedy)
    if change is None:
        return (remedy.says,)
    ends, *more = remedy.effect.says if remedy.effect is not None else ("",)
    write = f"Write `{change}`. {ends}".rstrip()
    return (write, *more, remedy.says) if len(change) <= _GLANCE else (remedy.says, write, *more)


def _nearness(finding: Finding) -> float:
    if finding.margin is not None:
        return finding.margin
    return 0.25 - finding.score if finding.score is not None else 1.0


def verdict_markdown(verdict: Verdict) -> str:
    """The whole verdict as a Markdown page: all findings with their evidence, what it rests on, what to find out."""
    parts = [f"# {_plain(verdict.relationship)}", f"**{words.VERDICTS[verdict.verdict]}.** {_plain(verdict.sentence)}"]
    told = telling.together(verdict, (*verdict.worst, *_holding(verdict)))
    parts += ["## Findings", *(_finding_markdown(finding, told) for finding in told)]
    parts += ["## What it rests on", _plain(words.rests_on_words(verdict.rests_on))]
    parts += [f"- {_plain(words.flip_words(flip))}" for flip in verdict.rests_on.flips]
    besides = (caution.says for caution in verdict.cautions), (sample.says for sample in verdict.samples)
    parts += [f"- {_plain(said)}" for said in (*chain(*besides), *verdict.unread)]
    if verdict.next_steps:
        parts += ["## What to find out next", "\n".join(f"1. {_plain(step)}" for step in verdict.next_steps)]
    made = f"{figures.number(verdict.runs)} futures, seed {verdict.seed}, file `{verdict.file_hash[:12]}`."
    return "\n\n".join([*parts, made]) + "\n"


def _holding(verdict: Verdict) -> tuple[Finding, ...]:
    return tuple(finding for finding in verdict.findings if finding.status == "holds")


def _finding_markdown(finding: Finding, told: tuple[Finding, ...]) -> str:
    measure = measured(finding)
    lines = [f"### {words.title(finding.about)}: {finding.status}{f', {measure}' if measure else ''}", ""]
    lines.append(_plain(finding.says))
    lines += [f"- {_plain(seen.says)} ({_plain(source_of(seen))})" for seen in finding.evidence]
    if finding.remedy is not None:
        lines += ["", _plain(f"Repair: {repair(finding.remedy)} {telling.beside(finding, told)}".rstrip())]
    if finding.needs:
        lines += ["", f"Needed: {_plain(finding.needs)}"]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Text of a file as one line in which Markdown sees no markup and no HTML; code in backticks stays code."""
    pieces = one_line(text).split("`")
    escaped = ["".join(f"\\{c}" if c in "\\*_[]<>#|" else c for c in piece) for piece in pieces[::2]]
    pieces[::2] = escaped
    return "`".join(pieces)
