"""Small relationships and futures by hand: three futures, figures chosen so that every answer can be worked out on
paper.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from lichen.check.evidence import CheckInput, evidence_of
from lichen.relationship.flow import Fallback, Flow, FlowKind, Sight
from lichen.relationship.formula import Number
from lichen.relationship.party import Capacity, Party
from lichen.relationship.quantity import PLAIN, Dimension
from lichen.relationship.relationship import Relationship, Time
from lichen.relationship.rules import Rules, Term
from lichen.relationship.value import Value
from lichen.simulation.futures import FlowTotals, Futures, Lane, Trace

POINT = Dimension.of("point")
EUR = Dimension.of("EUR")
FUTURES = 3
HORIZON = 1000.0


def value(number: float, dimension: Dimension = PLAIN, text: str = "") -> Value:
    return Value(tree=Number(number, dimension), dimension=dimension, text=text or f"{number:g}")


def capacity(
    name: str = "good", *, unit: Dimension = POINT, essential: bool = True, drawdown: float | None = None
) -> Capacity:
    """From a floor of 0 to a healthy level of 100."""
    return Capacity(
        name=name,
        level=value(100, unit),
        floor=value(0, unit),
        essential=essential,
        drawdown=None if drawdown is None else value(drawdown),
    )


def party(name: str, *capacities: Capacity, essential: bool = True, kind: str = "organisation") -> Party:
    own = capacities or (capacity(),)
    return Party(
        name=name,
        title=name.title(),
        kind=kind,  # type: ignore[arg-type]  # tests pass the kinds of the language
        capacities={c.name: c for c in own},
        essential=essential,
    )


def flow(
    name: str,
    giver: str,
    receiver: str,
    *,
    kind: FlowKind = "benefit",
    worth: Mapping[str, float] | None = None,
    cost: Mapping[str, float] | None = None,
    seen_by: Iterable[str] | None = None,
    promised: bool = True,
    replaced: float | None = None,
    unit: Dimension = POINT,
) -> Flow:
    """One unit a day; by default worth 2 and cost 1 in `good`, seen by both."""
    inner = {"good": 2.0} if worth is None else worth
    taken = {"good": 1.0} if cost is None else cost
    return Flow(
        name=name,
        title=name,
        kind=kind,
        giver=giver,
        receiver=receiver,
        rate=value(1.0),
        worth={c: value(w, unit) for c, w in inner.items()},
        cost={c: value(k, unit) for c, k in taken.items()},
        visible_to=tuple(Sight(party=p) for p in ((giver, receiver) if seen_by is None else seen_by)),
        promised=promised,
        if_lost=None if replaced is None else Fallback(replaced=value(replaced), after=value(0.0)),
    )


def relationship(
    parties: Iterable[Party],
    flows: Iterable[Flow],
    *,
    rules: Rules | None = None,
    terms: Iterable[Term] = (),
    purpose: str = "",
    commitment: float = HORIZON,
) -> Relationship:
    return Relationship(
        name="by hand",
        purpose=purpose,
        mechanism=None,
        time=Time(start=date(2026, 1, 1), horizon_days=HORIZON, step_days=10.0),
        commitment_days=commitment,
        parties={p.name: p for p in parties},
        flows={f.name: f for f in flows},
        terms={t.name: t for t in terms},
        rules=rules or Rules(),
    )


def trace(
    room: float | Iterable[float], *, start: float | None = None, least: float | Iterable[float] | None = None
) -> Trace:
    """A room that stays where it is (one number, or one a future); `start` and `least` where they differ."""
    rooms = np.broadcast_to(np.asarray(room, dtype=float), (FUTURES,)).copy()
    begins = rooms if start is None else np.full(FUTURES, start)
    lowest = rooms if least is None else np.broadcast_to(np.asarray(least, dtype=float), (FUTURES,)).copy()
    return Trace(
        start=begins,
        end=rooms,
        mean=rooms,
        least=lowest,
        fifths=np.repeat(rooms[:, None], 5, axis=1),
        least_after=lowest,
        sum_after=rooms * HORIZON,
        below_zero_at=np.where(lowest < 0, HORIZON / 2, np.inf),
        yearly_least=rooms,
    )


def totals(flow: Flow, amount: float = HORIZON, *, late: float | None = None) -> FlowTotals:
    """What a flow of one unit a day adds and takes over the horizon."""
    ones = np.ones(FUTURES)
    return FlowTotals(
        amount=amount * ones,
        late_amount=(amount / 2 if late is None else late) * ones,
        worth={c: amount * (w.number or 0.0) * ones for c, w in flow.worth.items()},
        cost={c: amount * (k.number or 0.0) * ones for c, k in flow.cost.items()},
        clipped=0 * ones,
        shortfall=0 * ones,
    )


def lane(name: str, subject: Relationship, rooms: Mapping[str, Trace | float], *, begins: float = 0.0) -> Lane:
    """An experiment by the room of each party; every capacity of a party has its party's room."""
    known = {p: r if isinstance(r, Trace) else trace(r) for p, r in rooms.items()}
    return Lane(
        name=name,
        intervention_days=begins,
        headroom=known,
        capacity_headroom={f"{p}.{c}": known[p] for p in known for c in subject.parties[p].capacities},
        flows={f.name: totals(f) for f in subject.flows.values()},
    )


def evidence(subject: Relationship, lanes: Mapping[str, Mapping[str, Trace | float]], **changes: object) -> CheckInput:
    """What a check may look at, from the rooms in each experiment; what is not named stays as in `base`."""
    base = lanes["base"]
    futures = Futures(
        seed=1,
        runs=FUTURES,
        days=np.arange(0.0, HORIZON, 10.0),
        lanes={name: lane(name, subject, {**base, **rooms}, begins=_begins(name)) for name, rooms in lanes.items()},
        paths={},
    )
    return replace(evidence_of(subject, futures), **changes)  # type: ignore[arg-type]  # fields of the input by name


def _begins(name: str) -> float:
    return HORIZON / 3 if ":" in name and not name.startswith(("ablate", "halve", "stopped", "only")) else 0.0
