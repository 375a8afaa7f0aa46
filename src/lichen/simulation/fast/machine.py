"""The fast engine's machine: rows of an arena of floats, and the loops that do an instruction to every number of them.

Truth values are 1.0 and 0.0. Everything is plain arithmetic in the order of NumPy, so that both engines give the same
numbers.

Source of the idea of one interpreter for all programs, its loops long enough to hide the interpreting: Boncz, Zukowski,
Nes 2005, "MonetDB/X100: Hyper-Pipelining Query Execution".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
from numba.core import cgutils, types
from numba.extending import intrinsic

from lichen.simulation.fast.groups import Array, Row
from lichen.simulation.fast.instructions import (
    ABSOLUTE,
    ADD,
    ADD_BOTH,
    ADD_PRODUCT,
    ADD_QUOTIENT,
    AND,
    COPY,
    COS,
    DIVIDE,
    DIVIDE_PLAINLY,
    EQUAL,
    EXP,
    FLOOR,
    GREATER,
    GREATER_EQUAL,
    LESS,
    LESS_EQUAL,
    LOG,
    MAXIMUM,
    MINIMUM,
    MULTIPLY,
    MULTIPLY_SATURATED,
    NEGATIVE,
    NOT,
    NOT_EQUAL,
    OR,
    POWER,
    SATURATE,
    SELECT,
    SHARE_BETWEEN,
    SQRT,
    SUBTRACT,
    SUBTRACT_PRODUCT,
    TANH,
)

Places: TypeAlias = tuple[int, int, int, int]
"""Where a row of the result and of three operands begins."""
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """A function in machine code for other such functions, with NumPy's rules for dividing by zero."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # as Python never calls it
    return cast(Function, numba.njit(nogil=True, error_model="numpy", **options)(function))


def spliced(function: Function) -> Function:
    """The same, but put into the function that calls it: less to compile, as one that is called is compiled again
    with each of its callers.
    """
    return cast(Function, numba.njit(nogil=True, error_model="numpy", inline="always")(function))


def _borrowed(_: Any, array: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        null: Any = cgutils.get_null_value
        view = context.make_array(array)(context, builder, arguments[0])
        view.meminfo, view.parent = null(view.meminfo.type), null(view.parent.type)
        return view._getvalue()

    return array(array), generate


borrowed = cast(Callable[[Array], Array], intrinsic(_borrowed))
"""The same array without counting who holds it, which would cost more than an operation on a short row."""


def _stretch(_: Any, array: Any, start: Any, length: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(array)(context, builder, arguments[0])
        null: Any = cgutils.get_null_value
        view.meminfo, view.parent = null(view.meminfo.type), null(view.parent.type)
        view.data = builder.gep(view.data, [arguments[1]])
        view.nitems = arguments[2]
        view.shape = builder.insert_value(view.shape, arguments[2], 0)
        return view._getvalue()

    return array(array, types.intp, types.intp), generate


stretch = cast(Callable[[Array, int, int], Array], intrinsic(_stretch))
"""So many numbers of an array without gaps from a place on; that they are there is not looked at, as a slice does."""


@compiled
def least_of(a: float, b: float) -> float:
    """The smaller one, of equal ones the second; not a number if one of them is not.

    NumPy's chooses without a branch. Where there is one, and the result takes the place of an operand, it is stored
    under a mask, which takes some processors several times as long.
    """
    least: float = np.minimum(b, a)
    return least


@compiled
def most_of(a: float, b: float) -> float:
    """The larger one, of equal ones the second; not a number if one of them is not."""
    most: float = np.maximum(b, a)
    return most


@compiled
def divided(a: float, b: float) -> float:
    """`a / b`, where 0/0 is 0."""
    return 0.0 if b == 0.0 and a == 0.0 else a / b


@compiled
def saturated(a: float, b: float) -> float:
    """What of a whole `a` brings, half at `b`; nothing below 0."""
    above = most_of(a, 0.0)
    return divided(above, above + b)


@compiled
def rows_at(arena: Array, at: Places, length: int) -> tuple[Array, Array, Array, Array]:
    """The rows of the result and of the operands of an instruction."""
    to, one, two, three = at
    return (
        stretch(arena, to, length),
        stretch(arena, one, length),
        stretch(arena, two, length),
        stretch(arena, three, length),
    )


@compiled
def calculate(arena: Array, what: int, at: Places, length: int) -> None:  # noqa: C901 one branch an operation
    """Arithmetic on rows of equal length."""
    out, a, b, c = rows_at(arena, at, length)
    if what == MULTIPLY:
        for i in range(length):
            out[i] = a[i] * b[i]
    elif what == ADD:
        for i in range(length):
            out[i] = a[i] + b[i]
    elif what == SUBTRACT:
        for i in range(length):
            out[i] = a[i] - b[i]
    elif what == DIVIDE_PLAINLY:
        for i in range(length):
            out[i] = a[i] / b[i]
    elif what == DIVIDE:
        for i in range(length):
            out[i] = divided(a[i], b[i])
    elif what == MAXIMUM:
        for i in range(length):
            out[i] = most_of(a[i], b[i])
    elif what == MINIMUM:
        for i in range(length):
            out[i] = least_of(a[i], b[i])
    elif what == SATURATE:
        for i in range(length):
            out[i] = saturated(a[i], b[i])
    elif what == SELECT:
        for i in range(length):
            out[i] = b[i] if a[i] != 0.0 else c[i]
    elif what == COPY:
        for i in range(length):
            out[i] = a[i]
    elif what == NEGATIVE:
        for i in range(length):
            out[i] = -a[i]
    else:
        calculate_together(what, out, a, b, c)


@compiled
def calculate_together(what: int, out: Array, a: Array, b: Array, c: Array) -> None:  # noqa: C901 one branch an operation
    """What stands for two operations of arithmetic, rounded as these are."""
    if what == SHARE_BETWEEN:
        for i in range(out.size):
            out[i] = (a[i] - b[i]) / c[i]
    elif what == ADD_PRODUCT:
        for i in range(out.size):
            out[i] = a[i] * b[i] + c[i]
    elif what == SUBTRACT_PRODUCT:
        for i in range(out.size):
            out[i] = c[i] - a[i] * b[i]
    elif what == ADD_QUOTIENT:
        for i in range(out.size):
            out[i] = a[i] / b[i] + c[i]
    elif what == ADD_BOTH:
        for i in range(out.size):
            out[i] = a[i] + b[i] + c[i]
    elif what == MULTIPLY_SATURATED:
        for i in range(out.size):
            out[i] = saturated(a[i], b[i]) * c[i]


@compiled
def compare(arena: Array, what: int, at: Places, length: int) -> None:  # noqa: C901 one branch an operation
    """Comparisons and logic on rows of equal length."""
    out, a, b, _ = rows_at(arena, at, length)
    if what == LESS:
        for i in range(length):
            out[i] = 1.0 if a[i] < b[i] else 0.0
    elif what == LESS_EQUAL:
        for i in range(length):
            out[i] = 1.0 if a[i] <= b[i] else 0.0
    elif what == GREATER:
        for i in range(length):
            out[i] = 1.0 if a[i] > b[i] else 0.0
    elif what == GREATER_EQUAL:
        for i in range(length):
            out[i] = 1.0 if a[i] >= b[i] else 0.0
    elif what == EQUAL:
        for i in range(length):
            out[i] = 1.0 if a[i] == b[i] else 0.0
    elif what == NOT_EQUAL:
        for i in range(length):
            out[i] = 1.0 if a[i] != b[i] else 0.0
    elif what == AND:
        for i in range(length):
            out[i] = a[i] * b[i]
    elif what == OR:
        for i in range(length):
            out[i] = most_of(a[i], b[i])
    elif what == NOT:
        for i in range(length):
            out[i] = 1.0 - a[i]


@compiled
def transform(arena: Array, what: int, at: Places, length: int) -> None:  # noqa: C901 one branch an operation
    """Functions of the library on rows of equal length."""
    out, a, b, _ = rows_at(arena, at, length)
    if what == EXP:
        for i in range(length):
            out[i] = np.exp(a[i])
    elif what == TANH:
        for i in range(length):
            out[i] = np.tanh(a[i])
    elif what == POWER:
        for i in range(length):
            out[i] = np.power(a[i], b[i])
    elif what == SQRT:
        for i in range(length):
            out[i] = np.sqrt(a[i])
    elif what == LOG:
        for i in range(length):
            out[i] = np.log(a[i])
    elif what == COS:
        for i in range(length):
            out[i] = np.cos(a[i])
    elif what == FLOOR:
        for i in range(length):
            out[i] = np.floor(a[i])
    elif what == ABSOLUTE:
        for i in range(length):
            out[i] = abs(a[i])


@compiled
def elementwise(arena: Array, row: Row) -> None:
    """One instruction on every number of its result."""
    what, length = row.what, row.length
    for outer in range(row.outer):
        for middle in range(row.middle):
            to = row.out + outer * row.out_outer + middle * row.out_middle
            one = row.a + outer * row.a_outer + middle * row.a_middle
            two = row.b + outer * row.b_outer + middle * row.b_middle
            three = row.c + outer * row.c_outer + middle * row.c_middle
            if what < LESS:
                calculate(arena, what, (to, one, two, three), length)
            elif what < EXP:
                compare(arena, what, (to, one, two, three), length)
            else:
                transform(arena, what, (to, one, two, three), length)
