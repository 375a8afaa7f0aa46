"""Which assumptions would turn the verdict, and at what value: one at a time, by bisection over few futures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from lichen.check.evidence import CheckInput
from lichen.check.measures.worth import valuation, weights
from lichen.check.rests_on import Flip
from lichen.check.what_if import Assumption, assumptions
from lichen.relationship.relationship import Relationship

MOST_FLIPS = 3
MOST_TRIED = 6
"""Assumptions that are tried, those with most weight first."""
SPAN = 2.0
"""An assumption is tried between this multiple and its inverse, a term within its limits; who is wrong by more has
other troubles."""
HALVINGS = 3
"""Bisections: the value is then known to a twelfth of the span, on the scale of multiples."""

Word = Callable[[Relationship], tuple[str, str]]
"""The verdict's word for a relationship and the worst finding in a sentence, over few futures."""


@final
@dataclass(slots=True)
class Judge:
    """Judges relationships as long as its budget lasts; then it has no word."""

    word: Word
    left: int

    def __call__(self, relationship: Relationship) -> tuple[str, str] | None:
        """The verdict's word and the worst finding, None when the budget is spent."""
        if self.left <= 0:
            return None
        self.left -= 1
        return self.word(relationship)


def search_flips(evidence: CheckInput, word: Word, most_judged: int) -> tuple[Flip, ...]:
    """At most three assumptions that turn the verdict, the nearest first; `most_judged` relationships are judged."""
    judged = Judge(word=word, left=most_judged)
    same = judged(evidence.relationship)
    found: list[tuple[float, Flip]] = []
    for assumption in _candidates(evidence):
        for end in (max(1 / SPAN, assumption.least), min(SPAN, assumption.most)):
            then = judged(assumption.at(end))
            if then is not None and same is not None and then[0] != same[0]:
                factor, then = _bisect(assumption, end, same[0], then, judged)
                found.append((max(factor, 1 / factor), _flip(evidence, assumption, factor, then)))
                break
        if len(found) == MOST_FLIPS:
            break
    return tuple(flip for _, flip in sorted(found, key=lambda pair: pair[0]))


def _candidates(evidence: CheckInput) -> list[Assumption]:
    """The assumptions with most weight; the rate of a flow that a term sets is no assumption beside the term."""
    terms = set(evidence.relationship.terms)
    weighed = weights(evidence, evidence.inner_flows, valuation(evidence))
    free = [a for a in assumptions(evidence, weighed) if not (a.is_rate and a.value.names & terms)]
    return sorted(free, key=lambda assumption: -assumption.weight)[:MOST_TRIED]


def _bisect(
    assumption: Assumption, end: float, word: str, then: tuple[str, str], judged: Judge
) -> tuple[float, tuple[str, str]]:
    """The factor nearest to one at which the verdict is known to be another, and that verdict with its reason."""
    same, other = 1.0, end
    for _ in range(HALVINGS):
        middle = (same * other) ** 0.5
        found = judged(assumption.at(middle))
        if found is None:
            break
        if found[0] == word:
            same = middle
        else:
            other, then = middle, found
    return other, then


def _flip(evidence: CheckInput, assumption: Assumption, factor: float, then: tuple[str, str]) -> Flip:
    verdict, why = then
    return Flip(
        what=assumption.what,
        path=assumption.value.path,
        at=evidence.relationship.at(assumption.value.path),
        now=assumption.value.text,
        then=assumption.said(factor),
        verdict=verdict,
        why=why,
    )
