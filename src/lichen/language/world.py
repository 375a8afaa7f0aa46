"""The world, correlations and scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from lichen.language.dimensions import Bounds
from lichen.language.formula import parse_unit
from lichen.language.groups import has_column, read_unit
from lichen.language.meaning import CONSTANT, Meaning, Section
from lichen.language.scope import Standing
from lichen.language.table import cell_number
from lichen.language.terms import settle
from lichen.language.tokens import FormulaError
from lichen.language.values import read_day
from lichen.relationship.formula import Binary, Number, Tree
from lichen.relationship.quantity import PER_TIME, PLAIN, TIME, Dimension
from lichen.relationship.rules import Term
from lichen.relationship.value import Value
from lichen.relationship.world import Correlation, Process, Scenario, Series

_STEPWISE = ("ar1", "white", "random_walk")
_ONCE = ("normal", "lognormal")
_ROOT_OF_TIME = TIME ** Fraction(1, 2)
_DURATIONS = ("memory", "over", "every", "lasts", "period", "resample")


def read_world(meaning: Meaning, sections: Section) -> dict[str, Process]:
    """Every world variable."""
    formulas: dict[str, Value | None] = {}
    sections = {
        name: said if isinstance(said, Value) else _as_stated(meaning, name, said or {})
        for name, said in sections.items()
    }
    for name, said in sections.items():
        if isinstance(said, Value):
            formulas[name] = said
        elif said.get("process") == "constant":
            formulas[name] = said.get("value")
    processes: dict[str, Process] = {}
    for name in sections:
        meaning.scope.add((name,), "world", None)
    for name, said in sections.items():
        if name not in formulas:
            processes[name] = _process(meaning, name, said)
            meaning.scope.add((name,), "world", _dimension(meaning, said))
    standing = Standing(where="a world variable", reads=frozenset({"world", "time"}))
    found = settle(meaning, formulas, "world", standing)
    for name in formulas:
        value = found.get(name) or Value(tree=None, path=f"world.{name}")
        processes[name] = Process(name=name, kind="constant", dimension=value.dimension, parameters={"value": value})
    return {name: processes[name] for name in sections}


def _leading(said: Section) -> str:
    """The parameter that says what a process counts."""
    kind = said.get("process", "")
    return {"random_walk": "start", "jumps": "size"}.get(
        kind, next((key for key in ("mean", "from", "to") if key in said), "")
    )


def _dimension(meaning: Meaning, said: Section) -> Dimension | None:
    """What a process counts, as far as it is known."""
    if said.get("process") == "series":
        unit = read_unit(meaning, said.get("unit"), "") if _is_unit(meaning, said.get("unit")) else None
        return None if unit is None else unit.dimension
    if said.get("process") == "beta" and not {"from", "to"} & set(said):
        return PLAIN
    return meaning.counted(said.get(_leading(said)))


def _is_unit(meaning: Meaning, text: str | None) -> bool:
    try:
        return text is None or bool(parse_unit(text, meaning.draft.units))
    except FormulaError:
        return False


def _process(meaning: Meaning, name: str, said: Section) -> Process:
    kind = said.get("process", "constant")
    if kind == "series":
        return _series(meaning, name, said)
    first = _leading(said)
    base = meaning.value(said.get(first), f"`{first}`", None)
    dimension = _dimension(meaning, said)
    parameters: dict[str, Value] = {} if base is None else {first: base}
    for key, value in said.items():
        if isinstance(value, Value) and key != first:
            wanted = _wanted(meaning, kind, key, value, dimension)
            other = (said[first].path, str(dimension)) if wanted == dimension and first in said else None
            understood = meaning.value(value, f"`{key}`", wanted, CONSTANT, other)
            if understood is not None:
                parameters[key] = _of_mean(kind, key, understood, base)
    parameters |= {key: value for key, value in _defaults(kind, parameters, dimension).items() if key not in said}
    _counted_alike(meaning, f"world.{name}", kind, said, parameters)
    _limits(meaning, f"world.{name}", kind, parameters)
    return Process(name=name, kind=kind, dimension=dimension or PLAIN, parameters=parameters, peak=said.get("peak"))


def _as_stated(meaning: Meaning, name: str, said: Section) -> Section:
    """The figures of a process with the party that states them."""
    party = said.get("stated_by")
    if party is None or not meaning.known(f"world.{name}.stated_by", party, meaning.scope.parties, "party"):
        return said
    return {key: replace(v, stated_by=v.stated_by or party) if isinstance(v, Value) else v for key, v in said.items()}


def _wanted(meaning: Meaning, kind: str, key: str, value: Value, dimension: Dimension | None) -> Dimension | None:
    """What a parameter must count."""
    if key in _DURATIONS:
        return TIME
    if key in ("a", "b", "swing"):
        return PLAIN
    if dimension is None:
        return None
    if kind == "random_walk":
        drifts = PER_TIME if key == "drift" else PLAIN / _ROOT_OF_TIME
        relative = (
            meaning.resolved(value.path, value.tree, CONSTANT)
            if value.tree is not None and dimension != PLAIN
            else None
        )
        return drifts if dimension == PLAIN or (relative and relative[1] == drifts) else dimension * drifts
    if key == "spread" and _is_share(value.text):
        return PLAIN
    return dimension


def _is_share(text: str) -> bool:
    """Whether a spread is written in `%` alone."""
    return text.strip().endswith("%") and "/" not in text


def _of_mean(kind: str, key: str, value: Value, mean: Value | None) -> Value:
    """A spread in `%` as that share of the mean."""
    if key != "spread" or kind == "random_walk" or not _is_share(value.text) or value.tree is None:
        return value
    if mean is None or mean.tree is None:
        return replace(value, tree=None)
    tree: Tree = Binary("*", value.tree, mean.tree, value.tree.span)
    if isinstance(value.tree, Number) and isinstance(mean.tree, Number):
        tree = Number(value.tree.value * mean.tree.value, mean.dimension, value.tree.span)
    return replace(value, tree=tree, dimension=mean.dimension)


def _defaults(kind: str, parameters: Mapping[str, Value], dimension: Dimension | None) -> dict[str, Value]:
    """What the optional parameters of a process are where the file does not say them."""
    if kind == "beta":
        counts = dimension or PLAIN
        return {"from": _number(0.0, counts), "to": _number(1.0, counts)}
    if kind == "random_walk":
        drift, spread = parameters.get("drift"), parameters.get("spread")
        return {
            "drift": _number(0.0, PER_TIME if spread is None else spread.dimension / _ROOT_OF_TIME),
            "spread": _number(0.0, PLAIN / _ROOT_OF_TIME if drift is None else drift.dimension * _ROOT_OF_TIME),
        }
    return {}


def _number(number: float, dimension: Dimension) -> Value:
    return Value(tree=Number(number, dimension), dimension=dimension, text=f"{number:g}")


def _counted_alike(meaning: Meaning, path: str, kind: str, said: Section, parameters: Mapping[str, Value]) -> None:
    """Report parameters that are each right and do not go together."""
    if kind == "beta" and "to" not in said and parameters["to"].dimension != PLAIN:
        fact = f"`from` counts {parameters['to'].dimension}, and without `to` the largest value is the plain number 1."
        meaning.draft.report(f"{path}.from", fact, "Write `to` with its unit.")
    if kind == "random_walk" and {"drift", "spread"} <= set(parameters):
        drift, spread = parameters["drift"], parameters["spread"]
        if drift.dimension != spread.dimension / _ROOT_OF_TIME:
            meaning.draft.report(
                f"{path}.spread",
                f"`spread` counts {spread.dimension}, and `drift` {drift.dimension}.",
                "Say both as shares, or both in the unit of `start`.",
                others=[meaning.draft.excerpt(f"{path}.drift", "`drift`")],
            )


def _limits(meaning: Meaning, path: str, kind: str, parameters: Mapping[str, Value]) -> None:
    """Report parameters that no such process can have."""
    for key in ("spread", "swing"):
        meaning.within(parameters.get(key), f"`{key}`", low=0)
    known: dict[str, Bounds] = {}
    for key, value in parameters.items():
        found = meaning.bounds(value.tree) if value.tree is not None else None
        if found is not None:
            known[key] = found
    for key in (*_DURATIONS, "a", "b", *(["mean"] if kind == "lognormal" else [])):
        if key in known and known[key][0] <= 0 and (key != "lasts" or known[key][0] < 0):
            meaning.draft.report(f"{path}.{key}", f"`{key}` must lie above 0.", "Write a larger figure.")
    for low, high in (("from", "to"), ("from", "mode"), ("mode", "to")):
        if low in known and high in known and known[high][1] < known[low][0]:
            meaning.draft.report(
                f"{path}.{high}",
                f"`{high}` lies below `{low}`.",
                "Write the lower one first.",
                others=[meaning.draft.excerpt(f"{path}.{low}", f"`{low}`")],
            )


def _series(meaning: Meaning, name: str, said: Section) -> Process:
    path = f"world.{name}"
    unit = read_unit(meaning, said.get("unit"), f"{path}.unit")
    resample = None if "resample" not in said else meaning.number(said["resample"], "`resample`", TIME)
    empty = Process(
        name=name, kind="series", dimension=unit.dimension if unit else PLAIN, series=Series(dates=(), values=())
    )
    if unit is None or not {"file", "at", "value"} <= set(said):
        return empty
    table = meaning.table(said["file"], f"{path}.file")
    if table is None or not all(
        [has_column(meaning, table, said[key], said["file"], f"{path}.{key}") for key in ("at", "value")]
    ):
        return empty
    at, column = table.header.index(said["at"]), table.header.index(said["value"])
    points, bad = [], []
    for number, row in zip(table.numbers, table.rows, strict=True):
        if not row[column].strip():
            continue
        day, value = read_day(row[at].strip()[:10]), cell_number(row[column])
        if day is None or value is None:
            bad.append(number)
        else:
            points.append((day, value * unit.factor))
    if bad:
        rows = ", ".join(str(n) for n in bad[:5]) + (f" and {len(bad) - 5:,} more" if len(bad) > 5 else "")
        meaning.draft.report(
            f"{path}.file",
            f"Rows of {said['file']} without a date `YYYY-MM-DD` or without a number: {rows}.",
            "Correct them, or leave the value empty.",
        )
    elif not points:
        meaning.draft.report(
            f"{path}.file", f"{said['file']} holds no value under `{said['value']}`.", "Check `value`."
        )
    points.sort()
    series = Series(
        dates=tuple(d for d, _ in points),
        values=tuple(v for _, v in points),
        resample_days=resample,
        table=said["file"],
    )
    return Process(name=name, kind="series", dimension=unit.dimension, series=series)


def read_correlations(
    meaning: Meaning, sections: list[Section], world: Mapping[str, Process]
) -> tuple[Correlation, ...]:
    """Every correlation between two world variables that are drawn alike."""
    found: list[Correlation] = []
    for position, said in enumerate(sections):
        path = f"correlations.{position}"
        pair = said.get("between") or []
        if len(pair) != 2:
            if f"{path}.between" in meaning.draft.places:
                meaning.draft.report(
                    f"{path}.between", "A correlation is between two world variables.", "Write `between: [a, b]`."
                )
            continue
        coefficient = meaning.number(said.get("is"), "A correlation", PLAIN, -1.0, 1.0)
        if not all(
            [meaning.known(f"{path}.between.{i}", name, world, "world variable") for i, name in enumerate(pair)]
        ):
            continue
        a, b = pair
        kinds = [world[name].kind for name in pair]
        if a == b:
            meaning.draft.report(f"{path}.between", f"`{a}` is named twice.", "A correlation is between two.")
        elif not (all(k in _STEPWISE for k in kinds) or all(k in _ONCE for k in kinds)):
            fact = f"`{a}` ({kinds[0]}) and `{b}` ({kinds[1]}) cannot go together."
            repair = "Both are `ar1`, `white` or `random_walk`, or both are `normal` or `lognormal`."
            others = [
                meaning.draft.excerpt(f"world.{name}", kind, key=True) for name, kind in zip(pair, kinds, strict=True)
            ]
            meaning.draft.report(f"{path}.between", fact, repair, others=others)
        elif coefficient is not None:
            found.append(Correlation(between=(a, b), coefficient=coefficient))
    if not _can_hold_together(found):
        meaning.draft.report(
            "correlations", "These correlations cannot hold together.", "Bring them nearer to 0.", key=True
        )
    return tuple(found)


def _can_hold_together(correlations: list[Correlation]) -> bool:
    """Whether the matrix of the correlations is positive semidefinite (Cholesky, with a little room for rounding)."""
    names = list(dict.fromkeys(name for c in correlations for name in c.between))
    matrix = [[1.0 if i == j else 0.0 for j in range(len(names))] for i in range(len(names))]
    for c in correlations:
        i, j = (names.index(name) for name in c.between)
        matrix[i][j] = matrix[j][i] = c.coefficient
    lower = [[0.0] * len(names) for _ in names]
    for i, row in enumerate(matrix):
        for j in range(i + 1):
            rest = row[j] - sum(lower[i][k] * lower[j][k] for k in range(j))
            if i == j:
                if rest < -1e-9:
                    return False
                lower[i][i] = max(rest, 0.0) ** 0.5
            elif lower[j][j] > 1e-9:
                lower[i][j] = rest / lower[j][j]
            elif abs(rest) > 1e-6:
                return False
    return True


def read_scenarios(
    meaning: Meaning, sections: Section, terms: Mapping[str, Term], world: Mapping[str, Process]
) -> dict[str, Scenario]:
    """Every scenario."""
    found = {}
    for name, said in sections.items():
        section = said or {}
        path = f"scenarios.{name}"
        values = {}
        for target, value in (section.get("set") or {}).items():
            below = f"{path}.set.{target}"
            if meaning.known(below, target, [*terms, *world], "term or world variable", key=True):
                dimension = meaning.scope.names[(target,)].dimension
                place = f"{'terms' if target in terms else 'world'}.{target}"
                other = (place, str(dimension)) if dimension is not None else None
                understood = meaning.value(value, f"`{target}`", dimension, CONSTANT, other)
                if understood is not None:
                    values[target] = understood
        start, until = section.get("from"), section.get("until")
        if start is not None and until is not None and until <= start:
            other_place = meaning.draft.excerpt(f"{path}.from", "its first day")
            meaning.draft.report(
                f"{path}.until", "The scenario ends before it begins.", "Write a later day.", others=[other_place]
            )
        found[name] = Scenario(name=name, start=start or date.min, until=until, values=values)
    return found
