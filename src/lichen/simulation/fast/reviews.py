"""The fast engine's reviews: the semantics are those of `reviews`.

A regular review looks at a step that is known beforehand, and what it makes of a term waits in a slot. One that is
called waits future by future: none is called while another one is under way.
"""

from __future__ import annotations

import numpy as np

from lichen.simulation.fast.groups import Array, Reviews, Row, Table, Whole
from lichen.simulation.fast.machine import compiled, spliced, stretch
from lichen.simulation.fast.members import copy, fill


@spliced
def begin_reviews(arena: Array, reviews: Reviews, geometry: Row) -> None:
    """Nothing is under way.

    At `called`: whether one is, until when none can be, when what was said holds, and room for a row in between.
    """
    called, width = geometry.called, geometry.lanes * geometry.futures
    for k in range(reviews.terms.size):
        clips = reviews.terms[k].clips
        fill(stretch(arena, clips, width), 0.0)
        fill(stretch(arena, clips + width, width), np.inf)
    fill(stretch(arena, called, 2 * width), 0.0)
    fill(stretch(arena, called + 2 * width, width), -1.0)
    for k in range(reviews.triggers.size):
        before = reviews.triggers[k].before
        fill(stretch(arena, before, width), 0.0)


@spliced
def open_reviews(arena: Array, reviews: Reviews, geometry: Row, step: int) -> None:
    """Puts in force what is due: first what was called, since that was said earlier."""
    lanes, futures, terms, regular = geometry.lanes, geometry.futures, reviews.terms, reviews.regular
    width = lanes * futures
    due = geometry.called + 2 * width
    for k in range(terms.size):
        if reviews.triggers.size:
            now, said = terms[k].now, terms[k].called
            replace(stretch(arena, now, width), stretch(arena, said, width), stretch(arena, due, width), step)
    for turn in range(regular.size):
        if regular[turn].in_force == step:
            for k in range(terms.size):
                for lane in range(lanes):
                    if reviews.reviewing[lane]:
                        now = terms[k].now + lane * futures
                        said = terms[k].agreed + regular[turn].slot * width + lane * futures
                        copy(stretch(arena, now, futures), stretch(arena, said, futures))


@compiled
def replace(out: Array, value: Array, due: Array, step: int) -> None:
    """Another value where that is due."""
    for i in range(out.size):
        out[i] = value[i] if due[i] == step else out[i]


@spliced
def close_reviews(arena: Array, reviews: Reviews, geometry: Row, step: int) -> None:
    """Looks at terms and triggers with the values of this step."""
    lanes, futures, terms, regular = geometry.lanes, geometry.futures, reviews.terms, reviews.regular
    width = lanes * futures
    for turn in range(regular.size):
        if regular[turn].step == step:
            for k in range(terms.size):
                for lane in range(lanes):
                    said = terms[k].agreed + regular[turn].slot * width + lane * futures
                    value = terms[k].bounded + lane * terms[k].bounded_lane
                    copy(stretch(arena, said, futures), stretch(arena, value, futures))
                    for i in range(futures if reviews.reviewing[lane] else 0):
                        note_clip(arena, terms[k], lane, i, geometry, step)
    if reviews.triggers.size and terms.size:
        answer(arena, terms, geometry.called, geometry, step)
        watch(arena, reviews.triggers, reviews.pending, reviews.reviewing, geometry.called, geometry, step)


@compiled
def answer(arena: Array, terms: Table, called: int, geometry: Row, step: int) -> None:
    """What the reviews say that were called one step ago."""
    lanes, futures = geometry.lanes, geometry.futures
    for lane in range(lanes):
        for i in range(futures):
            at = lane * futures + i
            if arena[called + at]:
                arena[called + 2 * lanes * futures + at] = max(step + 1, step + geometry.answered)
                for k in range(terms.size):
                    arena[terms[k].called + at] = arena[terms[k].bounded + lane * terms[k].bounded_lane + i]
                    note_clip(arena, terms[k], lane, i, geometry, step)


@compiled
def note_clip(arena: Array, row: Row, lane: int, future: int, geometry: Row, step: int) -> None:
    """Counts a review in which the bounds of a term cut something off, and notes the first one, in days."""
    wished = arena[row.wished + lane * row.wished_lane + future]
    bounded = arena[row.bounded + lane * row.bounded_lane + future]
    if wished < bounded or wished > bounded:
        times = row.clips + lane * geometry.futures + future
        first = times + geometry.lanes * geometry.futures
        arena[times] += 1.0
        arena[first] = min(arena[first], step * geometry.step_days)


@compiled
def watch(
    arena: Array, triggers: Table, pending: Table, reviewing: Whole, called: int, geometry: Row, step: int
) -> None:
    """Which futures call a review: a condition has turned true and none that they called is under way."""
    lanes, futures = geometry.lanes, geometry.futures
    width = lanes * futures
    calls, busy = stretch(arena, called, width), stretch(arena, called + width, width)
    now = stretch(arena, called + 3 * width, width)
    fill(calls, 0.0)
    for k in range(triggers.size):
        row = triggers[k]
        for lane in range(lanes):
            condition = row.condition + lane * row.lane
            copy(now[lane * futures : (lane + 1) * futures], stretch(arena, condition, futures))
        for other in range(pending.size):
            if pending[other].trigger == k:
                unknown = pending[other].pending
                withdraw(now, stretch(arena, unknown, width))
        turn(calls, now, stretch(arena, row.before, width))
        copy(stretch(arena, row.before, width), now)
    free_again = step + 1 + max(1, geometry.answered)
    for lane in range(lanes):
        own = slice(lane * futures, (lane + 1) * futures)
        call(calls[own], busy[own], reviewing[lane] != 0, step, free_again)


@compiled
def withdraw(truths: Array, unknown: Array) -> None:
    """What is not known yet is not true."""
    for i in range(truths.size):
        truths[i] = truths[i] * (1.0 - unknown[i])


@compiled
def turn(calls: Array, now: Array, before: Array) -> None:
    """A condition that was not true before calls."""
    for i in range(calls.size):
        calls[i] = 1.0 if now[i] > before[i] else calls[i]


@compiled
def call(calls: Array, busy: Array, reviewing: bool, step: int, free_again: int) -> None:
    """A call counts where reviews are held and none is under way, and is under way until `free_again`."""
    for i in range(calls.size):
        calls[i] = calls[i] if reviewing and busy[i] <= step else 0.0
    for i in range(calls.size):
        busy[i] = free_again if calls[i] != 0.0 else busy[i]
