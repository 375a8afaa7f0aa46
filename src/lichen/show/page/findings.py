"""The findings: how far each is from its limit, on what it rests, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lichen.check.finding import Evidence, Finding, Remedy
from lichen.check.thresholds import ALARM, WATCH
from lichen.check.verdict import Verdict, worst_first
from lichen.relationship.relationship import Relationship
from lichen.show import figures, telling, words
from lichen.show.charts import limits
from lichen.show.markup import Html, element, join
from lichen.show.page.parts import chart, chip, folded, part, prose
from lichen.show.terminal import measured

OPENED = 3
"""So many of the worst findings stand open; of the others one sees the sentence."""


def findings_part(verdict: Verdict, relationship: Relationship) -> Html:
    """All findings, those that do not hold first, those that hold folded."""
    ordered = telling.together(verdict, worst_first(verdict.findings))
    open_ones = [finding for finding in ordered if finding.status != "holds"]
    held = [finding for finding in ordered if finding.status == "holds"]
    quiet = (
        folded(f"What holds ({len(held)})", (article(finding, relationship, ordered) for finding in held))
        if held
        else None
    )
    nothing = element("p", "Nothing to object: everything that was asked holds.") if not open_ones else None
    return part(
        "findings",
        "What was found",
        element("div", *_charts(verdict), class_="pair"),
        nothing,
        (article(finding, relationship, ordered) for finding in open_ones[:OPENED]),
        (article(finding, relationship, ordered, opened=False) for finding in open_ones[OPENED:]),
        quiet,
        lead="Each finding with its distance to the limit, on what it rests and what would mend it, the worst first. "
        "A finding below the first three opens when it is pressed.",
    )


def _charts(verdict: Verdict) -> Iterable[Html]:
    holding = [finding for finding in verdict.findings if finding.type == "invariant"]
    failing = [finding for finding in verdict.findings if finding.type == "failure"]
    if holding:
        rows = tuple(_row(finding, finding.margin) for finding in holding)
        drawn = limits.Limits(
            title="Distance to the limit", low=-1, high=1, marks=((0.0, "limit"),), bad="below", rows=rows
        )
        caption = "What must be kept: distance to the limit"
        yield element("div", chart(limits.draw, drawn, "kept", caption, 520), class_="panel")
    if failing:
        rows = tuple(_row(finding, finding.score) for finding in failing)
        marks = ((WATCH.value, "watch"), (ALARM.value, "alarm"))
        drawn = limits.Limits(title="Ways to fail", low=0, high=1, marks=marks, bad="above", rows=rows)
        yield element(
            "div", chart(limits.draw, drawn, "failing", "How it could fail: less is better", 520), class_="panel"
        )


def _row(finding: Finding, value: float | None) -> limits.Row:
    low, high = finding.interval or (None, None)
    return limits.Row(title=words.title(finding.about), status=finding.status, value=value, low=low, high=high)


def article(
    finding: Finding, relationship: Relationship, among: Sequence[Finding] = (), *, opened: bool = True
) -> Html:
    """One finding: sentence, figure, distance to the limit; then evidence with place and method, and repair, which
    stand open or are unfolded by who wants to see them. `among` are all findings that are told.
    """
    look = f"finding {finding.status.replace(' ', '-')}"
    head, rest = list(_head(finding, relationship)), list(_rest(finding, among))
    if opened or not rest:
        return element("article", *head, *rest, class_=look)
    return element("details", element("summary", *head), *rest, class_=look)


def _head(finding: Finding, relationship: Relationship) -> Iterator[Html]:
    sides = [relationship.parties[name].title for name in finding.parties if name in relationship.parties]
    whom = element("span", ", ".join(sides), class_="small") if sides else None
    bounds = figures.interval(finding.interval)
    sure = f" (95 % sure: {bounds})" if bounds else ""
    measure = measured(finding)
    far = element("span", measure, element("span", sure, class_="small"), class_="measure") if measure else None
    yield element("div", chip(finding.status), element("h3", words.title(finding.about)), whom, far, class_="head")
    yield element("p", prose(finding.says))


def _rest(finding: Finding, among: Sequence[Finding]) -> Iterator[Html]:
    if not finding.decided:
        yield element("p", "More futures would be needed to decide this.", class_="small")
    if unsaid := [seen for seen in finding.evidence if not _is_said(seen, finding)]:
        yield element("ul", *(_evidence(seen, finding.says) for seen in unsaid))
    if finding.remedy is not None:
        yield _repair(finding, finding.remedy, among)
    if finding.needs:
        yield element("p", element("strong", "To find out: "), prose(finding.needs), class_="needed")


def _is_said(seen: Evidence, finding: Finding) -> bool:
    """Whether it adds nothing to what the finding says: no word, no figure and no place."""
    return seen.says == finding.says and seen.figure is None and seen.at is None


def _evidence(seen: Evidence, said: str) -> Html:
    figure = f" {figures.figure(seen.figure, seen.unit)}" if seen.figure is not None else ""
    place = join(", ", element("code", seen.at)) if seen.at else None
    return element(
        "li",
        prose(seen.says) if seen.says != said else None,
        element("strong", figure),
        " ",
        element("span", words.METHODS[seen.method], place, class_="source"),
    )


def _repair(finding: Finding, remedy: Remedy, among: Sequence[Finding]) -> Html:
    """What would mend it, what to write into the file, what that does, and whether another finding asks it too."""
    change = telling.change(remedy)
    write = join(" Write ", element("code", change), ".") if change is not None else None
    notes = (f" {said}" for said in (telling.effect(remedy), telling.beside(finding, among)) if said)
    return element("p", element("strong", "Repair: "), prose(remedy.says), write, *map(prose, notes), class_="repair")
