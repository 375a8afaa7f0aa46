"""World variables: the whole course of each process, drawn at once, and its low and high points.

Every function takes the process's parameters as arrays `[future]` (or of length 1) in base units and gives `[time]` x
`[future]`, where either axis has length 1 when nothing varies along it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from lichen.relationship.quantity import PER_TIME
from lichen.relationship.relationship import Relationship, Time
from lichen.relationship.world import Process, Series
from lichen.simulation import draws

Array = NDArray[np.float64]
Parameters = Mapping[str, Array]

NORMAL_KINDS = ("ar1", "white", "random_walk", "normal", "lognormal")


def normals(relationship: Relationship, seed: int, futures: range, steps: range | None = None) -> Mapping[str, Array]:
    """Standard normal numbers [time, future] for each world variable that is made of them, correlated as the file says.

    Correlation acts step by step; a variable drawn once a future takes the numbers of step 0. `steps` are all of the
    horizon when None.
    """
    steps = range(relationship.time.steps + 1) if steps is None else steps
    names = normal_names(relationship)
    drawn = [draws.normal(seed, key_of(name), futures, steps) for name in names]
    root = correlating(relationship)
    mixed = [
        sum(weight * other for weight, other in zip(row, drawn[: i + 1], strict=False)) for i, row in enumerate(root)
    ]
    return dict(zip(names, [*mixed, *drawn[len(mixed) :]], strict=True))


def normal_names(relationship: Relationship) -> Sequence[str]:
    """The world variables that are made of normal numbers, first those that correlate."""
    names = [name for name, process in relationship.world.items() if process.kind in NORMAL_KINDS]
    together = {name for correlation in relationship.correlations for name in correlation.between}
    return sorted(names, key=lambda name: name not in together)


def key_of(variable: str) -> str:
    """The key of a world variable's draws."""
    return f"world.{variable}"


def correlating(relationship: Relationship) -> Array:
    """The lower triangular matrix that correlates the first of `normal_names`."""
    together = {name for correlation in relationship.correlations for name in correlation.between}
    names = [name for name in normal_names(relationship) if name in together]
    return _root(_correlation(relationship, names)) if names else np.zeros((0, 0))


def _correlation(relationship: Relationship, names: Sequence[str]) -> Array:
    matrix = np.eye(len(names))
    for correlation in relationship.correlations:
        i, j = (names.index(name) for name in correlation.between)
        matrix[i, j] = matrix[j, i] = correlation.coefficient
    return matrix


def _root(matrix: Array) -> Array:
    """The lower Cholesky factor; of correlations that contradict each other, that of the nearest ones that do not."""
    try:
        return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(matrix)
        nearest = vectors @ np.diag(np.maximum(values, 1e-9)) @ vectors.T
        scale = 1 / np.sqrt(np.diag(nearest))
        return np.asarray(np.linalg.cholesky(nearest * np.outer(scale, scale)), dtype=np.float64)


def course(process: Process, given: Parameters, time: Time, normal: Array | None, seed: int, futures: range) -> Array:
    """The variable over the whole horizon [time, future]; `normal` are its standard normal numbers [time, future]."""
    step, count = time.step_days, time.steps + 1
    match process.kind:
        case "ar1" | "white" | "random_walk" if normal is not None:
            return _moving(process, given, step, normal)
        case "normal" if normal is not None:
            return given["mean"] + given["spread"] * normal[:1]
        case "lognormal" if normal is not None:
            location, scale = _log_scale(given["mean"], given["spread"])
            return np.exp(location + scale * normal[:1])
        case "uniform" | "triangular" | "beta":
            share = draws.uniform(seed, [key_of(process.name)], futures)[:, :, 0]
            return _once(process, given, share)
        case "jumps":
            chance = draws.uniform(seed, [key_of(process.name)], futures, range(count))[:, :, 0]
            return _jumps(given, step, chance)
        case "seasonal":
            peak = (process.peak - time.start).days if process.peak else 0
            days = _days(count, step)[:, None]
            return given["mean"] * (1 + given["swing"] * np.cos(2 * np.pi * (days - peak) / given["period"]))
        case "series" if process.series is not None:
            return _series(process, process.series, time, seed, futures)
        case _:
            return np.atleast_2d(given["value"])


def point(process: Process, given: Parameters, time: Time, share: float) -> Array:
    """The value below which the variable stays with probability `share` [time, future]; of a walk, as time goes on."""
    step, count = time.step_days, time.steps + 1
    deviate = NormalDist().inv_cdf(share)
    match process.kind:
        case "ar1" | "normal":
            return np.atleast_2d(given["mean"] + deviate * given["spread"])
        case "white":
            return np.atleast_2d(given["mean"] + deviate * given["spread"] * np.sqrt(given["over"] / step))
        case "lognormal":
            location, scale = _log_scale(given["mean"], given["spread"])
            return np.atleast_2d(np.exp(location + scale * deviate))
        case "random_walk":
            days = _days(count, step)[:, None]
            return _walked(process, given, days, deviate * np.sqrt(days))
        case "uniform" | "triangular" | "beta":
            return _once(process, given, np.full((1, 1), share))
        case "jumps":
            reached = np.minimum(given["size"], 0) if share < 0.5 else np.maximum(given["size"], 0)
            return np.atleast_2d(reached)
        case "seasonal":
            swing = np.abs(given["swing"] * given["mean"])
            return np.atleast_2d(given["mean"] - swing * np.cos(np.pi * share))
        case "series" if process.series is not None:
            return np.full((1, 1), np.quantile(process.series.values, share))
        case _:
            return np.atleast_2d(given["value"])


def _log_scale(mean: Array, spread: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of the logarithm of a lognormal variable with this mean and spread."""
    variance = np.log1p((spread / mean) ** 2)
    return np.log(mean) - variance / 2, np.sqrt(variance)


def _moving(process: Process, given: Parameters, step: float, normal: Array) -> Array:
    first, spread, memory, fresh = figures(process, given, step)
    if process.kind == "white":
        return first + spread * normal
    if process.kind == "random_walk":
        days = _days(len(normal), step)[:, None]
        walk = np.zeros_like(normal)
        np.cumsum(normal[:-1] * fresh, axis=0, out=walk[1:])
        return _walked(process, given, days, walk)
    deviation = normal.copy()
    for k in range(1, len(deviation)):
        deviation[k] = memory * deviation[k - 1] + fresh * normal[k]
    return first + spread * deviation


def figures(process: Process, given: Parameters, step: float) -> tuple[Array, Array, Array, Array]:
    """What moves a process from step to step: its mean or start, its spread, its memory or drift, what is new."""
    zero, spread = np.zeros(1), given["spread"]
    match process.kind:
        case "white":
            return given["mean"], spread * np.sqrt(given["over"] / step), zero, zero
        case "random_walk":
            drift = given["drift"]
            if is_relative(process):
                drift = drift - spread**2 / 2
            return given["start"], spread, drift, np.full(1, np.sqrt(step))
        case _:
            memory = np.exp(-step / given["memory"])
            return given["mean"], spread, memory, np.sqrt(1 - memory**2)


def _walked(process: Process, given: Parameters, days: Array, walk: Array) -> Array:
    """A walk from its start: geometric when its drift and spread are relative, else arithmetic."""
    start, spread, drift, _ = figures(process, given, 1.0)
    if is_relative(process):
        return start * np.exp(drift * days + spread * walk)
    return start + drift * days + spread * walk


def is_relative(process: Process) -> bool:
    """Whether a random walk's drift and spread are shares of its value."""
    return process.parameters["drift"].dimension == PER_TIME


def is_nonnegative(process: Process) -> bool:
    """Whether the kind and the numbers of a process keep it from falling below 0."""
    match process.kind:
        case "lognormal":
            return True
        case "random_walk":
            start = process.parameters["start"].number
            return is_relative(process) and start is not None and start >= 0
        case "uniform" | "triangular" | "beta":
            low = process.parameters["from"].number
            return low is not None and low >= 0
        case "series" if process.series is not None:
            return min(process.series.values) >= 0
        case _:
            return False


def _once(process: Process, given: Parameters, share: Array) -> Array:
    """Once a future: the inverse distribution function at `share`."""
    low, high = given["from"], given["to"]
    if process.kind == "uniform":
        return low + (high - low) * share
    if process.kind == "beta":
        from scipy.special import betaincinv  # rarely needed and slow to load

        return np.asarray(low + (high - low) * betaincinv(given["a"], given["b"], share))
    mode = given["mode"]
    width = high - low
    rising = low + np.sqrt(share * width * (mode - low))
    falling = high - np.sqrt((1 - share) * width * (high - mode))
    return np.where(share * width < mode - low, rising, falling)


def _jumps(given: Parameters, step: float, chance: Array) -> Array:
    starts = chance < -np.expm1(-step / given["every"])
    lasting = np.maximum(1, np.floor(given["lasts"] / step + 0.5))
    count = np.arange(len(starts))[:, None]
    latest = np.maximum.accumulate(np.where(starts, count, -np.inf), axis=0)
    under_way = count - latest < lasting
    return np.where(under_way, given["size"], 0.0)


def _series(process: Process, series: Series, time: Time, seed: int, futures: range) -> Array:
    """The last value at or before each date; with resampling, blocks of the series drawn with replacement."""
    count, step = time.steps + 1, time.step_days
    if series.resample_days is None:
        return _read(series, time.start, _days(count, step))[:, None]
    length = (series.dates[-1] - series.dates[0]).days
    recorded = _read(series, series.dates[0], _days(int(length // step) + 1, step))
    block = min(max(1, int(series.resample_days / step + 0.5)), len(recorded))
    blocks = -(-count // block)
    share = draws.uniform(seed, [key_of(process.name)], futures, range(blocks))[:, :, 0]
    first = np.floor(share * (len(recorded) - block + 1)).astype(np.intp)
    places = (first[:, None, :] + np.arange(block)[None, :, None]).reshape(blocks * block, -1)
    drawn: Array = recorded[places[:count]]
    return drawn


def _read(series: Series, start: date, days: Array) -> Array:
    times = np.array([when.toordinal() for when in series.dates], dtype=np.float64)
    place = np.searchsorted(times, start.toordinal() + days, side="right") - 1
    return np.asarray(series.values, dtype=np.float64)[np.maximum(place, 0)]


def _days(count: int, step: float) -> Array:
    return np.arange(count, dtype=np.float64) * step
