"""Reviews in a run: when the terms are looked at again, and from when on what comes of it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from lichen.relationship.formula import Call, Name, Tree, walk
from lichen.relationship.relationship import Time
from lichen.relationship.rules import Adjustment
from lichen.simulation.interventions import in_steps

Array: TypeAlias = NDArray[np.float64]
Truths: TypeAlias = NDArray[np.bool_]


def is_due(step: int, every_days: float | None, step_days: float) -> bool:
    """Whether a regular review falls on the step: the nearest one to a multiple of the time between them."""
    if not every_days or step == 0:
        return False
    turn = in_steps(step * step_days, every_days)
    return any(in_steps(near * every_days, step_days) == step for near in (turn - 1, turn, turn + 1) if near)


@final
class Reviews:
    """Regular ones, and triggered ones in single futures; each sets every term of `changes` as its moment says.

    `terms` holds by name the value in force, what a review would say, and the same within its bounds, `[lane, future]`;
    `triggers` the conditions, each false where one of its `pending` is true. In lanes that are not `reviewing` nothing
    changes. `clips` says by term `[lane, future]` in how many reviews its bounds cut something off, and when first, in
    days.
    """

    def __init__(
        self,
        time: Time,
        adjustment: Adjustment | None,
        terms: Mapping[str, tuple[Array, Array, Array]],
        triggers: Sequence[Truths],
        pending: Sequence[Sequence[Truths]],
        reviewing: Sequence[bool],
    ) -> None:
        rules = adjustment or Adjustment()
        step = time.step_days
        self.terms = terms
        self.triggers = triggers if terms else ()
        self.pending = pending if terms else ()
        self.step_days, self.every_days = step, rules.review_every_days
        self.until_effect = in_steps(rules.takes_effect_after_days, step)
        self.until_answered = in_steps(rules.takes_effect_after_days + rules.answer_days, step)
        self.reviewing: Truths = np.array(reviewing, dtype=np.bool_)[:, None]
        self.waiting: dict[int, list[tuple[str, Array, Truths]]] = {}
        self.clips: dict[str, tuple[Array, Array]] = {}

    def begin(self) -> None:
        """Nothing is under way."""
        self.waiting = {}
        shape = np.broadcast_shapes(self.reviewing.shape, *(values[0].shape for values in self.terms.values()))
        self.clips = {name: (np.zeros(shape), np.full(shape, np.inf)) for name in self.terms}
        if self.triggers:
            self.before = [np.zeros(shape, dtype=np.bool_) for _ in self.triggers]
            self.called = np.zeros(shape, dtype=np.bool_)
            self.busy_until = np.zeros(shape, dtype=np.intp)

    def open(self, step: int) -> None:
        """Puts in force what is due."""
        for name, value, where in self.waiting.pop(step, ()):
            np.copyto(self.terms[name][0], value, where=where)

    def close(self, step: int) -> None:
        """Looks at terms and triggers with the values of this step."""
        if not self.terms:
            return
        if is_due(step, self.every_days, self.step_days):
            self._review(step, self.reviewing, max(step + 1, step + self.until_effect))
        if self.triggers:
            if self.called.any():
                self._review(step, self.called.copy(), max(step + 1, step + self.until_answered))
            self._watch(step)

    def _review(self, step: int, where: Truths, in_force: int) -> None:
        for name, (_, wished, bounded) in self.terms.items():
            self.waiting.setdefault(in_force, []).append((name, bounded.copy(), where))
            times, first = self.clips[name]
            clipped = where & ((wished < bounded) | (wished > bounded))
            times += clipped
            np.minimum(first, step * self.step_days, out=first, where=clipped)

    def _watch(self, step: int) -> None:
        """Which futures call a review: a condition has turned true and none that they called is under way."""
        self.called[...] = False
        for before, condition, pending in zip(self.before, self.triggers, self.pending, strict=True):
            now = condition
            for unknown in pending:
                now = now & ~unknown
            self.called |= now & ~before
            before[...] = now
        self.called &= self.reviewing & (step >= self.busy_until)
        self.busy_until[self.called] = step + 1 + max(1, self.until_answered)


def balances_read(tree: Tree | None) -> set[str]:
    """The parties whose balance a formula reads."""
    calls = [node for node in walk(tree) if isinstance(node, Call) and node.function == "balance"] if tree else []
    return {name.text for call in calls for name in call.arguments if isinstance(name, Name)}
