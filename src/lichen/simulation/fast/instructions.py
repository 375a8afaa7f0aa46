"""What an instruction of the fast engine can be, as numbers, and how its rows are laid out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

import numpy as np


def _whole(names: str) -> np.dtype[np.void]:
    """Rows of whole numbers with these names."""
    return np.dtype([(name, np.int64) for name in names.split()])


COPY, ADD, SUBTRACT, MULTIPLY, DIVIDE, DIVIDE_PLAINLY, NEGATIVE, MINIMUM, MAXIMUM, SATURATE, SELECT = range(11)
SHARE_BETWEEN, ADD_PRODUCT, SUBTRACT_PRODUCT, ADD_QUOTIENT, ADD_BOTH, MULTIPLY_SATURATED = range(11, 17)
LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, AND, OR, NOT = range(20, 29)
EXP, LOG, SQRT, TANH, COS, FLOOR, ABSOLUTE, POWER = range(40, 48)
SUM, SUM_ALIKE, LEAST, LEAST_ALIKE, GATHER, SCATTER, QUANTILE, QUANTILE_ALIKE = range(60, 68)
TRANSIT, OVERRIDE = 80, 81
FIRST_OVER_MEMBERS = SUM

ELEMENTWISE: Mapping[str, int] = {
    "add": ADD,
    "subtract": SUBTRACT,
    "multiply": MULTIPLY,
    "divide": DIVIDE,
    "divide_plainly": DIVIDE_PLAINLY,
    "negative": NEGATIVE,
    "minimum": MINIMUM,
    "maximum": MAXIMUM,
    "saturate": SATURATE,
    "select": SELECT,
    "share_between": SHARE_BETWEEN,
    "add_product": ADD_PRODUCT,
    "subtract_product": SUBTRACT_PRODUCT,
    "add_quotient": ADD_QUOTIENT,
    "add_both": ADD_BOTH,
    "multiply_saturated": MULTIPLY_SATURATED,
    "less": LESS,
    "less_equal": LESS_EQUAL,
    "greater": GREATER,
    "greater_equal": GREATER_EQUAL,
    "equal": EQUAL,
    "not_equal": NOT_EQUAL,
    "and": AND,
    "or": OR,
    "not": NOT,
    "exp": EXP,
    "log": LOG,
    "sqrt": SQRT,
    "tanh": TANH,
    "cos": COS,
    "floor": FLOOR,
    "absolute": ABSOLUTE,
    "power": POWER,
}
OVER_MEMBERS: Mapping[str, int] = {
    "sum": SUM,
    "sum_alike": SUM_ALIKE,
    "least": LEAST,
    "least_alike": LEAST_ALIKE,
    "gather": GATHER,
    "scatter": SCATTER,
}

INSTRUCTION = _whole(
    "what out a b c outer middle length out_outer out_middle a_outer a_middle b_outer b_middle c_outer c_middle beside"
)
"""What is done; where in the arena the result and up to three operands begin; in how many turns of three nested loops;
how far each of the four moves at a turn of the outer and of the middle one, while the inner one goes from number to
number; and one number beside."""
TRANSIT_ROW = _whole(
    "rate rate_member rate_lane lag lag_member lag_lane out members steps varies same empty follows ring size"
)
"""`steps`: where the lags in steps are; `same`: there is one for all; `empty`: nothing was on its way before."""
LATE_ROW = _whole("transit lane steps since ring begun")
"""What of a transit is late in a lane: by how many steps, what is given since when, begun when (-1: not yet)."""
OVERRIDE_ROW = _whole("out own own_lane first")
OTHER_ROW = _whole("value lane")
"""A value in place of another one."""
DELAY_ROW = _whole("smooths past now now_member now_lane over over_lane members kept steps varies same ring size")
TRAILING_ROW = _whole("received received_lane borne borne_lane out size sums pending")
LOSS_ROW = _whole(
    "lane announced ended rate rate_member rate_lane lag lag_member lag_lane after after_member after_lane lost members"
    " sums ready"
)
VALUE_ROW = _whole("value lane")
"""A register, and how far its lanes lie apart: 0 where they are all alike."""
MEMBERS_ROW = _whole("value member members out")
FALLEN_ROW = _whole("value member lane members out")
"""The room of a group's members, and where it stands who of them has been below the floor."""
BALANCE_ROW = _whole("received borne size out sums")
WHITE, AR1, WALK, RELATIVE_WALK = range(4)
PROCESS_ROW = _whole("kind variable out copies state")
"""A process of the world that moves by normal numbers; `copies`: for how many lanes its register has a place."""
SPREAD_ROW = _whole("out copies")
EVENT_ROW = np.dtype(
    [*((name, np.int64) for name in ("step", "lane", "kind", "target", "choice")), ("value", np.float64)]
)
SETS, DELAYS, CHOOSES_SCENARIO, CHOOSES_POINT, SHIFTS, FALLS = range(6)
"""What an event does: to a register, a row of `late`, an override or a capacity (`choice`: of one member, or -1)."""
CAPACITY_ROW = _whole("now floor floor_member floor_lane width width_member width_lane members")
TERM_ROW = _whole("now wished wished_lane bounded bounded_lane agreed called clips")
"""`agreed`: where what regular reviews make of it waits, by slot; `called`: what called ones make; `clips`: how often
the bounds of a term cut something off, and when first."""
REVIEW_ROW = _whole("step in_force slot")
TRIGGER_ROW = _whole("condition lane before")
PENDING_ROW = _whole("trigger pending")
STILL, MOVING, RESET, FIRST_TERMS, FIRST_LEVELS, FORGET, ADVANCE = cast(Iterable[int], np.arange(7))
"""The lists of instructions: for what does not vary in time; for a step; what moves values between registers."""
GEOMETRY = np.dtype(
    [
        *(
            (name, np.int64)
            for name in ("lanes", "futures", "steps", "year", "answered", "first", "valid", "against", "promises")
        ),
        *((name, np.int64) for name in ("called", "time", "time_length", "levels", "measures", "sums", "clipped")),
        ("step_days", np.float64),
    ]
)
"""Sizes; `year`, `answered`: steps of a year, and until a review that was called is in force; `first`, `valid`: which
futures a chunk begins with, and how many of it count; `against`: the lane against which others fall; `promises`: the
first transit that no instruction names. From `called` on: where in the arena these are."""

(START, END, TOTAL, LEAST_SEEN, AFTER, ALL_BEFORE, YEAR_START, FIFTH_START, STEPS_ABOVE, YEARLY, FIFTHS) = range(11)
FIGURES = FIFTHS + 5
"""The figures of a trace while it is taken down: what `futures.Trace` is made of. The last five are the fifths."""
