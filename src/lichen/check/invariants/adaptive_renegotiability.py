"""Adaptive renegotiability: terms can be changed, by all who are needed, before harm is done.

What it is
    Conditions change. A relationship that nobody can correct in time depends on goodwill.

What we look at
    For every essential party the time to harm against the time to a changed term. Time to harm: days to its floor
    after the worst shock to another party, in the worst twentieth of the futures; the horizon if never. Time to a
    change: noticing (a step and the lag of sight where a trigger reads the party, else the time between reviews), the
    answers of all steps, and the time until it takes effect. Margin: the difference over the larger. It is -1 when an
    essential party, or who speaks for it by a monitoring flow, may not raise an imbalance, or when one side alone may
    set a term that moves another side's room by more than a twentieth.

Cannot tell when
    No party has a capacity that it needs.

Not to be confused with
    Exit: leaving is no way to change terms.

Example
    A studio designs furniture that a workshop builds, and only the studio may raise an imbalance:
    `tests/cases/invariants/adaptive_renegotiability.yaml`.

Mitigation
    Give every side a voice; add a trigger that reads its room; shorten deadlines; let all agree on a term that moves
    others.

Sources
    Symbiotic Alignment, Invariants to Preserve, fourth. The measure is ours, after the delay margin of control theory.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from lichen.check import wording
from lichen.check.evidence import CheckInput
from lichen.check.finding import Evidence, Finding, Remedy
from lichen.check.judging import invariant
from lichen.check.measures.adjustment import SetAlone, adjustment_days, has_voice, is_watched, set_alone
from lichen.check.measures.figure import UNKNOWN, Figure, exact, least_of
from lichen.check.measures.viability import time_to_harm
from lichen.check.recorded import with_answers
from lichen.check.remedies import given_voice
from lichen.relationship.party import Party
from lichen.relationship.rules import Adjustment

TITLE = "Adaptive renegotiability"
ABOUT = "adaptive_renegotiability"
LANES = ("shock", "halve")


def look(evidence: CheckInput) -> Iterator[Finding]:
    """Ask whether the terms can follow before harm is done."""
    parties = evidence.essential
    if not parties:
        yield invariant(
            ABOUT, UNKNOWN, untold="There is nobody whose terms could change.", needs="A party that some flow touches."
        )
        return
    silent = [party for party in parties if not has_voice(evidence, party)]
    alone = set_alone(evidence)
    if silent or alone:
        barred = _without_voice(evidence, silent) if silent else _set_by_one(evidence, alone)
        yield with_answers(evidence, _with_clips(evidence, barred))
        return
    margins = {
        party.name: _margin(time_to_harm(evidence, party.name), adjustment_days(evidence, party.name))
        for party in parties
    }
    worst = min(margins, key=lambda name: margins[name].value)
    days, harm = adjustment_days(evidence, worst), time_to_harm(evidence, worst).value
    title = evidence.title(worst)
    if margins[worst].value >= 0:
        says = f"Every side can raise an imbalance, and a changed term takes {wording.span(days)} at most."
    else:
        says = f"{title} may be harmed after {wording.span(harm)}; a changed term takes {wording.span(days)}."
    found = invariant(
        ABOUT,
        least_of(margins.values()),
        says,
        parties=[name for name, margin in margins.items() if margin.value < 0] or [worst],
        evidence=[_seen(evidence, party) for party in parties],
        remedy=_sooner(evidence, worst),
        needs="What each side needs to go on.",
        parts=[(name, margin.value) for name, margin in margins.items()],
    )
    yield with_answers(evidence, _with_clips(evidence, found))


def _margin(harm: Figure, days: float) -> Figure:
    """The time that is left over when a change is in force, over the longer of the two."""
    if not math.isfinite(days):
        return exact(-1.0)
    return harm.rising(lambda t: (t - days) / max(t, days, 1e-9))


def _without_voice(evidence: CheckInput, silent: list[Party]) -> Finding:
    """Some sides have no say at all."""
    if evidence.relationship.rules.adjustment is None:
        says = "Nobody can raise an imbalance: there is no way to change terms."
    else:
        names = wording.listed(evidence.title(party.name) for party in silent)
        says = f"No say for {names}: only others may raise an imbalance."
    return invariant(
        ABOUT,
        exact(-1.0),
        says,
        parties=[party.name for party in silent],
        evidence=[Evidence(says=says, at=evidence.relationship.at("adjustment.raised_by"))],
        remedy=given_voice(evidence, silent[0]),
    )


def _set_by_one(evidence: CheckInput, alone: tuple[SetAlone, ...]) -> Finding:
    """Others alone may set a term that moves a side."""
    worst = max(alone, key=lambda found: found.by)
    called, moved = wording.quoted(worst.term.name), evidence.title(worst.moved)
    deciders = wording.listed(map(evidence.title, worst.deciders)) if worst.deciders else "One side"
    everybody = ", ".join(party.name for party in evidence.essential if party.chooses)
    seen = Evidence(
        says=f"At half of what it governs, the room of {moved} changes by {wording.share(worst.by)}.",
        figure=worst.by,
        unit="of the healthy range",
        method="simulation",
        at=evidence.relationship.at(f"terms.{worst.term.name}"),
    )
    return invariant(
        ABOUT,
        exact(-1.0),
        f"{deciders} alone may set {called}, and it moves {moved}.",
        parties=[worst.moved],
        evidence=[seen],
        remedy=Remedy(
            says=f"Let all agree on {called}.",
            path=f"terms.{worst.term.name}.agreed_by",
            value=f"[{everybody}]",
        ),
    )


def _sooner(evidence: CheckInput, party: str) -> Remedy:
    """A trigger that reads the party, or a shorter rhythm where there is one already."""
    adjustment = evidence.relationship.rules.adjustment or Adjustment()
    title, trigger = evidence.title(party), f"{party}.headroom < 0.5"
    if not is_watched(adjustment, party):
        texts = ", ".join([*(value.text for value in adjustment.triggers), trigger])
        return Remedy(
            says=f"Start at once when {wording.does(title, f'lose half of {wording.its(title)} room')}.",
            path="adjustment.triggers",
            value=f"[{texts}]",
        )
    return Remedy(says="Let changes take effect sooner.", path="adjustment.takes_effect_after", value="1 week")


def _seen(evidence: CheckInput, party: Party) -> Evidence:
    days, harm = adjustment_days(evidence, party.name), time_to_harm(evidence, party.name)
    return Evidence(
        says=(
            f"{evidence.title(party.name)}: harm after {wording.span(harm.value)}, a changed term after "
            f"{wording.span(days)}."
        ),
        figure=harm.value,
        unit="days",
        method="simulation",
        at=evidence.relationship.at("adjustment"),
    )


def _with_clips(evidence: CheckInput, finding: Finding) -> Finding:
    """Each term whose limits cut off what reviews would have set, in how many futures and when first."""
    seen = []
    for term, clips in evidence.base.clips.items():
        clipped = clips.times > 0
        if clipped.any():
            share, first = float(clipped.mean()), float(np.median(clips.first[clipped]))
            says = (
                f"Reviews would set {wording.quoted(term)} beyond its limits in {wording.share(share)} of the futures, "
                f"in half of these for the first time within {wording.span(first)}."
            )
            at = evidence.relationship.at(f"terms.{term}.between")
            seen.append(Evidence(says=says, figure=share, unit="of the futures", method="simulation", at=at))
    return replace(finding, evidence=(*finding.evidence, *seen))
