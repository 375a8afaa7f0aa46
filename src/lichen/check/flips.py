"""Which assumptions would turn the verdict, and at what value: one at a time, by bisection over few futures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from lichen.check.evidence import CheckInput
from lichen.check.measures.worth import valuation, weights
from lichen.check.rests_on import Flip
from lichen.check.what_if import Assumption, assumptions
from lichen.relationship.relationship import Relationship

MOST_TRIED = 6
"""Assumptions that are tried, those with most weight first."""
MOST_FLIPS = 3
SPAN = 2.0
"""An assumption is tried between this multiple and its inverse; who is wrong by more has other troubles."""
HALVINGS = 3
"""Bisections: the value is known to a twelfth of the span, on the scale of multiples."""

Word = Callable[[Relationship], str]
"""The verdict's word for a relationship, over few futures."""


def search_flips(evidence: CheckInput, word: str, judged: Word) -> tuple[Flip, ...]:
    """At most three assumptions that turn the verdict, the nearest first."""
    weighed = weights(evidence, evidence.inner_flows, valuation(evidence))
    candidates = sorted(assumptions(evidence, weighed), key=lambda assumption: -assumption.weight)
    found = list(islice(_flips(candidates[:MOST_TRIED], word, judged), MOST_FLIPS))
    found.sort(key=lambda pair: pair[0])
    return tuple(_flip(evidence, assumption, factor, then) for _, assumption, factor, then in found)


def _flips(candidates: list[Assumption], word: str, judged: Word) -> Iterator[tuple[float, Assumption, float, str]]:
    """Assumptions that turn the verdict within the span: how far, which, the factor, the new word."""
    for assumption in candidates:
        for end in (1 / SPAN, SPAN):
            then = judged(assumption.at(end))
            if then != word:
                factor, then = _bisect(assumption, end, word, then, judged)
                yield max(factor, 1 / factor), assumption, factor, then
                break


def _bisect(assumption: Assumption, end: float, word: str, then: str, judged: Word) -> tuple[float, str]:
    """The factor nearest to one at which the verdict is known to be another, and that verdict."""
    same, other = 1.0, end
    for _ in range(HALVINGS):
        middle = (same * other) ** 0.5
        found = judged(assumption.at(middle))
        if found == word:
            same = middle
        else:
            other, then = middle, found
    return other, then


def _flip(evidence: CheckInput, assumption: Assumption, factor: float, then: str) -> Flip:
    return Flip(
        what=assumption.what,
        at=evidence.relationship.at(assumption.value.path),
        now=assumption.value.text,
        then=assumption.said(factor),
        verdict=then,
    )
