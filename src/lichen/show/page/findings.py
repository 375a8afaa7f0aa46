"""The findings: how far each is from its limit, on what it rests, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterable

from lichen.check.finding import Evidence, Finding
from lichen.check.thresholds import ALARM, WATCH
from lichen.check.verdict import Verdict, worst_first
from lichen.relationship.relationship import Relationship
from lichen.show import figures, words
from lichen.show.charts import limits
from lichen.show.markup import Html, element, join
from lichen.show.page.parts import chart, chip, folded, part, prose
from lichen.show.terminal import measured


def findings_part(verdict: Verdict, relationship: Relationship) -> Html:
    """All findings, those that do not hold first, those that hold folded."""
    ordered = worst_first(verdict.findings)
    open_ones = [finding for finding in ordered if finding.status != "holds"]
    held = [finding for finding in ordered if finding.status == "holds"]
    quiet = folded(f"What holds ({len(held)})", (article(finding, relationship) for finding in held)) if held else None
    nothing = element("p", "Nothing to object: everything that was asked holds.") if not open_ones else None
    return part(
        "findings",
        "What was found",
        element("div", *_charts(verdict), class_="pair"),
        nothing,
        (article(finding, relationship) for finding in open_ones),
        quiet,
        _missing(verdict),
        lead="Each finding with its distance to the limit, on what it rests and what would mend it, the worst first.",
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


def article(finding: Finding, relationship: Relationship) -> Html:
    """One finding: sentence, figure, distance to the limit, evidence with place and method, repair."""
    sides = [relationship.parties[name].title for name in finding.parties if name in relationship.parties]
    whom = element("span", ", ".join(sides), class_="small") if sides else None
    bounds = figures.interval(finding.interval)
    sure = f" (95 % sure: {bounds})" if bounds else ""
    undecided = (
        element("p", "More futures would be needed to decide this.", class_="small") if not finding.decided else None
    )
    return element(
        "article",
        element(
            "div",
            chip(finding.status),
            element("h3", words.title(finding.about)),
            whom,
            element("span", measured(finding), element("span", sure, class_="small"), class_="measure")
            if measured(finding)
            else None,
            class_="head",
        ),
        element("p", prose(finding.says)),
        undecided,
        element("ul", *(_evidence(seen, finding.says) for seen in finding.evidence)) if finding.evidence else None,
        _repair(finding),
        element("p", element("strong", "To find out: "), prose(finding.needs), class_="needed")
        if finding.needs
        else None,
        class_=f"finding {finding.status.replace(' ', '-')}",
    )


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


def _repair(finding: Finding) -> Html | None:
    if finding.remedy is None:
        return None
    remedy = finding.remedy
    change = (
        join(" Write ", element("code", f"{remedy.path}: {remedy.value}"), ".")
        if remedy.path and remedy.value
        else None
    )
    return element("p", element("strong", "Repair: "), prose(remedy.says), change, class_="repair")


def _missing(verdict: Verdict) -> Html | None:
    if not verdict.missing:
        return None
    listed = ", ".join(words.COMPONENTS.get(name, words.title(name).lower()) for name in verdict.missing)
    return element("p", element("strong", "Not in the file: "), f"{listed}.")
