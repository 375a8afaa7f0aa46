"""A relationship, its futures, its record and its verdict, made by hand for the tests of what people see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np

from lichen.check.finding import Evidence, Finding, Remedy
from lichen.check.gate import Gate
from lichen.check.measures.figure import Figure
from lichen.check.measures.pulses import Pulse, Reach
from lichen.check.reading import Reading, unread
from lichen.check.readings import Readings
from lichen.check.rests_on import Flip, RestsOn
from lichen.check.verdict import Verdict
from lichen.dependency.map import build_map
from lichen.record.calendar_windows import Span
from lichen.record.reading import Period, Record, SubjectSeries
from lichen.record.rows import RowReport
from lichen.relationship.party import Capacity, Party
from lichen.relationship.quantity import Dimension, Unit
from lichen.relationship.relationship import Origin, Relationship, Time
from lichen.relationship.rules import Term
from lichen.relationship.value import Value
from lichen.show import words
from lichen.show.judged import Judged
from lichen.simulation.futures import Futures, Lane, Trace
from lichen.simulation.loops.loops import find_loops
from tests.by_hand import flow, relationship, tree

EUR = Dimension.of("EUR")
WEEKS = 156


def value(written: float | str, text: str, because: str | None = None) -> Value:
    return Value(tree=tree(written), dimension=EUR, text=text, because=because)


def supply(**more: object) -> Relationship:
    """Northfield and Alder: what Alder needs runs dry."""
    reserve = Capacity(name="cash", level=value(9e5, "900 kEUR"), floor=value(3e5, "300 kEUR", "one payroll"))
    purse = Capacity(name="cash", level=value(4e6, "4 MEUR"), floor=value(8e5, "800 kEUR"))
    alder = Party(name="alder", title="Alder Packaging", kind="organisation", capacities={"cash": reserve})
    northfield = Party(name="northfield", title="Northfield Foods", kind="organisation", capacities={"cash": purse})
    packaging = flow(
        "packaging", "alder > northfield", 1000.0, cost={"cash": 310.0}, worth={"cash": 480.0}, promised=True
    )
    payment = flow("payment", "northfield > alder", 385_000.0, cost={"cash": 1.0}, worth={"cash": 1.0}, promised=True)
    made = relationship(northfield, alder, packaging, payment)
    made = replace(
        made,
        name="Northfield and Alder, packaging supply",
        purpose="Steady packaging supply that leaves both firms able to invest.",
        time=Time(start=date(2026, 1, 5), horizon_days=WEEKS * 7.0, step_days=7.0, step_text="1 week"),
        terms={"price": Term(name="price", value=value(385.0, "385 EUR/pallet", "as agreed in 2025"))},
        units={"kEUR": Unit("kEUR", 1e3, EUR), "MEUR": Unit("MEUR", 1e6, EUR)},
        content_hash="3f" * 32,
        origins={"flows.payment": Origin(file="supply.yaml", line=31, column=3)},
    )
    return replace(made, **more)  # type: ignore[arg-type]  # by name


def trace(paths: np.ndarray, days: np.ndarray) -> Trace:
    """What a trace says of whole paths [future, time], the worst year left as the least."""
    below = np.where(paths < 0, days, np.inf).min(axis=1)
    mean = paths.mean(axis=1)
    fifths = np.stack([part.mean(axis=1) for part in np.array_split(paths, 5, axis=1)], axis=1)
    return Trace(
        start=paths[:, 0],
        end=paths[:, -1],
        mean=mean,
        least=paths.min(axis=1),
        fifths=fifths,
        least_after=paths.min(axis=1),
        sum_after=mean * days[-1],
        below_zero_at=below,
        yearly_least=paths.min(axis=1),
    )


def futures(falls: Mapping[str, float], runs: int = 200) -> Futures:
    """Room left of each party: from 1 on a straight line that loses `falls` over the horizon, with noise that grows."""
    days = np.arange(WEEKS + 1) * 7.0
    noise = np.random.default_rng(1).normal(size=(runs, 1))
    share = days / days[-1]
    paths = {name: 1 - fall * share + 0.25 * noise * np.sqrt(share) for name, fall in falls.items()}
    traces = {name: trace(path, days) for name, path in paths.items()}
    capacities = {f"{name}.cash": found for name, found in traces.items()}
    base = Lane(name="base", intervention_days=0.0, headroom=traces, capacity_headroom=capacities, flows={})
    rooms = {f"{name}.headroom": path for name, path in paths.items()}
    return Futures(seed=1, runs=runs, days=days, lanes={"base": base}, paths={"base": rooms})


def record() -> Record:
    """Alder's cash at the end of eight quarters; nobody wrote down the fourth."""
    levels = [900.0, 850.0, 790.0, None, 640.0, 560.0, 430.0, 290.0]
    periods = tuple(_quarter(turn, level) for turn, level in enumerate(levels))
    report = RowReport(subject="alder.cash", file="balance_sheets.csv", rows=8, accepted=7, not_known=1)
    series = SubjectSeries(
        subject="alder.cash",
        unit="kEUR",
        factor=1e3,
        nature="reading",
        grain="quarter",
        periods=periods,
        report=report,
        stated_by="alder",
    )
    return Record(books={"alder.cash": (series,)})


def _quarter(turn: int, level: float | None) -> Period:
    def first(quarter: int) -> date:
        return date(2026 + quarter // 4, quarter % 4 * 3 + 1, 1)

    return Period(
        span=Span(first(turn), first(turn + 1)),
        amount=None if level is None else level * 1e3,
        recorded=None if level is None else Decimal(str(level)),
        status="missing" if level is None else "recorded",
        coverage=0.0 if level is None else 1.0,
    )


def findings() -> tuple[Finding, ...]:
    """One of each state, among them texts of any length."""
    return (
        broken_viability(),
        invariant("visible_value_exchange", "Both see all of it.", 0.98),
        unsettled_reinforcement(),
        invariant("adaptive_renegotiability", "Terms follow in time.", 0.41),
        replace(invariant("bounded_dependency", "Each could go on.", 0.22), interval=(0.1, 0.3)),
        disguised_extraction(),
        Finding(
            about="goodwill_substitution",
            type="failure",
            status="cannot tell",
            says="How much Alder does unasked is not known.",
            needs="Ask Alder Packaging how many hours a month nobody pays for.",
        ),
        Finding(about="over_coupling", type="failure", status="holds", says="No link is too much.", score=0.04),
    )


def invariant(about: str, says: str, margin: float) -> Finding:
    return Finding(about=about, type="invariant", status="holds", says=says, margin=margin, threshold=0.0)


def broken_viability() -> Finding:
    least = Evidence(
        says="Alder Packaging keeps at least −31 % of its room in 19 of 20 futures.",
        figure=-0.3123,
        unit="of the healthy range",
        method="simulation",
        at="supply.yaml:24:14",
    )
    last = Evidence(says="Its cash was last recorded below the floor.", figure=290.0, unit="kEUR", method="record")
    return Finding(
        about="reciprocal_viability",
        type="invariant",
        status="broken",
        says="Alder Packaging falls below its floor in 97 of 100 futures.",
        margin=-0.3123,
        interval=(-0.3391, -0.2855),
        threshold=0.0,
        parties=("alder",),
        evidence=(least, last),
        remedy=Remedy(says="Pay sooner.", path="terms.pay_after", value="4 weeks"),
    )


def unsettled_reinforcement() -> Finding:
    return Finding(
        about="non_extractive_reinforcement",
        type="invariant",
        status="at risk",
        decided=False,
        says="Alder Packaging keeps 26 % of what both make; half of its fair share would be 25 %.",
        margin=0.0104,
        interval=(-0.0231, 0.0442),
        threshold=0.0,
        parties=("alder", "northfield"),
        remedy=Remedy(
            says="Raise `payment` so that Alder Packaging keeps its share.",
            path="flows.payment.rate",
            value="1.1 * (packaging * price)",
        ),
    )


def disguised_extraction() -> Finding:
    share = Evidence(says="Its share of the gain.", figure=0.91, unit="of the whole", at="supply.yaml:31:3")
    return Finding(
        about="disguised_extraction",
        type="failure",
        status="broken",
        says="Northfield Foods calls it mutual and keeps most of the gain.",
        score=0.6204,
        interval=(0.58, 0.66),
        threshold=0.5,
        parties=("northfield",),
        evidence=(share,),
        remedy=Remedy(says="Stop calling it symbiotic."),
    )


def readings() -> Readings:
    told = Reading(
        value=0.62, unit="of the room", interval=(0.6, 0.64), parties=("alder",), says="A side owes 62 % of its room."
    )
    named = {name: told if turn % 2 else unread("Nobody declared it.") for turn, name in enumerate(words.READINGS)}
    items = list(named.items())
    return Readings(tuning=dict(items[:5]), tradeoffs=dict(items[5:8]), outcomes=dict(items[8:]))


def verdict(**more: object) -> Verdict:
    def reach(origin: str, target: str, share: float) -> Reach:
        pulse = Pulse(origin=origin, target=target, capacity="cash", value=share, error=0.01)
        return Reach(up=pulse, down=pulse)

    gate = Gate(
        anything_said=True,
        ongoing=True,
        dependence={"northfield": Figure(0.34, 0.33, 0.35), "alder": Figure(0.62, 0.6, 0.64)},
        gross_dependence={"northfield": Figure(0.7, 0.7, 0.7), "alder": Figure(0.9, 0.9, 0.9)},
        depending=("northfield", "alder"),
        silent=(),
        reach={
            ("northfield", "alder"): reach("northfield", "alder", 0.0123),
            ("alder", "northfield"): reach("alder", "northfield", 0.31),
        },
        closed_loop=True,
        protects_only=False,
        kind="mutualism",
        variant=None,
    )
    made = Verdict(
        relationship="Northfield and Alder, packaging supply",
        file_hash="3f" * 32,
        record=None,
        seed=1,
        runs=1000,
        party=None,
        verdict="not symbiotic",
        kind="mutualism",
        instead=None,
        variant=None,
        sentence="Northfield Foods and Alder Packaging depend on each other, and it does not sustain both: "
        "Alder Packaging falls below its floor in 97 of 100 futures.",
        gate=gate,
        missing=("risk_sharing", "power_review"),
        findings=findings(),
        readings=readings(),
        rests_on=RestsOn(
            recorded_by_both=0.4,
            stated_by_one=0.5,
            assumed=0.1,
            flips=(
                Flip(what="terms.pay_after", at="supply.yaml:20:9", now="12 weeks", then="5 weeks", verdict="at risk"),
            ),
        ),
    )
    return replace(made, **more)  # type: ignore[arg-type]  # by name


def judged(**more: object) -> Judged:
    told = supply()
    made = Judged(
        relationship=told,
        verdict=verdict(),
        loops=find_loops(told),
        futures=futures({"northfield": -0.15, "alder": 1.3}),
        map=build_map(told),
        record=record(),
    )
    return replace(made, **more)  # type: ignore[arg-type]  # by name
