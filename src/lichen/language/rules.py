"""The rules: six components, three optional ones, what keeping score costs, and checks of the file's own."""

from __future__ import annotations

from collections.abc import Iterable

from lichen.language.meaning import CONSTANT, Meaning, Section
from lichen.language.scope import Standing
from lichen.relationship.formula import Binary, Call, Tree, Unary
from lichen.relationship.quantity import PER_TIME, PLAIN, TIME, Dimension, is_currency
from lichen.relationship.rules import (
    Adjustment,
    AnswerRule,
    BalanceCheck,
    Change,
    Exit,
    Measure,
    PowerReview,
    Reinforcement,
    ReturnRule,
    RiskShare,
    Rules,
    Step,
    Window,
)
from lichen.relationship.value import Band, Value

_YEAR = Window(kind="duration", days=365.25, text="1 year")
_TRANSACTION = Window(kind="transaction", text="transaction")
_HOURS = Dimension.of("hour")


def read_rules(meaning: Meaning, top: Section) -> Rules:
    """Every rule of the file."""
    return Rules(
        reciprocity=tuple(_reciprocity(meaning, n, s or {}) for n, s in (top.get("reciprocity") or {}).items()),
        shared_value=_measures(meaning, top.get("shared_value") or {}, "shared_value"),
        reinforcement=tuple(_channel(meaning, i, s) for i, s in enumerate(top.get("reinforcement") or [])),
        balance=_balance(meaning, top.get("balance")),
        adjustment=_adjustment(meaning, top.get("adjustment")),
        risk_sharing=tuple(_risk(meaning, n, s or {}) for n, s in (top.get("risk_sharing") or {}).items()),
        exit=_exit(meaning, top.get("exit")),
        power_review=_power_review(meaning, top.get("power_review")),
        costs=_costs(meaning, top.get("costs") or {}),
        agreement={
            key: tuple(said) if isinstance(said, list) else said for key, said in (top.get("agreement") or {}).items()
        },
        checks=_measures(meaning, top.get("checks") or {}, "checks"),
    )


def parties_known(meaning: Meaning, names: Iterable[str], path: str) -> tuple[str, ...]:
    """The names of a list of parties; one that is no party is a problem."""
    return tuple(n for i, n in enumerate(names) if meaning.known(f"{path}.{i}", n, meaning.scope.parties, "party"))


def _band(
    meaning: Meaning,
    said: Section | None,
    path: str,
    dimension: Dimension | None,
    share: float | None,
    other: tuple[str, str] | None = None,
) -> Band:
    section = said or {}
    between = section.get("between")
    low, high = section.get("at_least"), section.get("at_most")
    if between is not None:
        if low is not None or high is not None:
            meaning.draft.report(
                f"{path}.between",
                "`between` stands beside `at_least` or `at_most`.",
                "Keep one of the two ways.",
                key=True,
            )
        if len(between) == 2:
            low, high = between
        elif meaning.draft.count(f"{path}.between") != 2:
            meaning.draft.report(
                f"{path}.between", "`between` takes two values, the lower and the upper limit.", "Write `[0.8, 1.6]`."
            )
    elif said is not None and not {"at_least", "at_most"} & set(said) and not _tried(meaning, path):
        meaning.draft.report(
            path, "Nothing is asked here.", "Write `at_least:`, `at_most:` or `between: [low, high]`.", key=True
        )
    least = meaning.value(low, "The limit", dimension, CONSTANT, other)
    most = meaning.value(high, "The limit", dimension, CONSTANT, other)
    if least and most and least.tree is not None and most.tree is not None:
        bottom, top = meaning.bounds(least.tree), meaning.bounds(most.tree)
        if bottom and top and bottom[0] > top[1]:
            others = [meaning.draft.excerpt(least.path, "the lower limit")]
            meaning.draft.report(
                most.path, "The upper limit lies below the lower one.", "Write the lower limit first.", others=others
            )
    return Band(at_least=least, at_most=most, share=0.95 if share is None else share)


def _tried(meaning: Meaning, path: str) -> bool:
    return any(f"{path}.{key}" in meaning.draft.places for key in ("at_least", "at_most", "between"))


def _window(meaning: Meaning, said: Window | Value | None, default: Window) -> Window:
    if said is None or isinstance(said, Window):
        return said or default
    days = meaning.number(said, "A window", TIME)
    if days == 0:
        meaning.draft.report(said.path, "A window lasts longer than 0.", "Write `1 year`, or `transaction`.")
    return Window(kind="duration", days=days, text=said.text)


def _reciprocity(meaning: Meaning, name: str, said: Section) -> ReturnRule | AnswerRule:
    path = f"reciprocity.{name}"
    if "when" in said or "then" in said:
        return _answer(meaning, name, said, path)
    party = said.get("party", "")
    if party:
        meaning.known(f"{path}.party", party, meaning.scope.parties, "party")
    band = _band(meaning, said.get("receives_per_given"), f"{path}.receives_per_given", PLAIN, said.get("in"))
    return ReturnRule(name=name, party=party, band=band, over=_window(meaning, said.get("over"), _YEAR))


def _answer(meaning: Meaning, name: str, said: Section, path: str) -> AnswerRule:
    when, then, per_unit = said.get("when", ""), said.get("then", ""), 1.0
    flows = meaning.scope.of_kind["flow"]
    known = bool(when) and meaning.known(f"{path}.when", when, flows, "flow")
    if isinstance(then, dict):
        if len(then) != 1:
            meaning.draft.report(f"{path}.then", "One flow answers.", "Write `then: {reservation: 2 per 1}`.")
        then, ratio = next(iter(then.items()), ("", None))
        place = f"{path}.then.{then}"
        if meaning.known(place, then, flows, "flow", key=True) and known and ratio is not None:
            a, b = (meaning.scope.names[(n,)].dimension for n in (then, when))
            wanted = a / b if a is not None and b is not None else None
            answered = meaning.number(ratio, "What answers one unit", wanted if wanted is not None else ratio.dimension)
            per_unit = answered if answered is not None else 1.0
    elif then and meaning.known(f"{path}.then", then, flows, "flow") and known:
        a, b = (meaning.scope.names[(n,)].dimension for n in (then, when))
        if a is not None and b is not None and a != b:
            fact = f"`{then}` is {a} and `{when}` is {b}: one cannot answer the other one for one."
            meaning.draft.report(f"{path}.then", fact, f"Say how much answers one unit: `then: {{{then}: 2 {a / b}}}`.")
    repair = said.get("repair") or {}
    if "within" in repair:
        meaning.number(repair["within"], "`within`", TIME)
    return AnswerRule(
        name=name,
        when=when,
        then=then,
        within_days=meaning.number(said.get("within"), "`within`", TIME) or 0.0,
        per_unit=per_unit,
        over=_window(meaning, said.get("over"), _TRANSACTION),
        returned_by=_returned_by(meaning, said.get("returned_by"), path),
        repair={key: value.text if isinstance(value, Value) else value for key, value in repair.items()},
    )


def _returned_by(meaning: Meaning, said: str | None, path: str) -> str | None:
    if said is None:
        return None
    if said.startswith("anyone in "):
        meaning.known(f"{path}.returned_by", said.removeprefix("anyone in ").strip(), meaning.scope.families, "group")
    else:
        meaning.known(f"{path}.returned_by", said, meaning.scope.parties, "party")
    return said


def _measures(meaning: Meaning, sections: Section, section: str) -> tuple[Measure, ...]:
    found = []
    for name, said in sections.items():
        said = said or {}
        path = f"{section}.{name}"
        measure = meaning.value(said.get("measure"), "A measure", None, Standing(where="a measure"))
        dimension = meaning.counted(measure)
        other = (measure.path, f"the measure: {dimension}") if measure is not None and dimension is not None else None
        good = _band(meaning, said.get("good"), f"{path}.good", dimension, said.get("in"), other)
        found.append(Measure(name=name, measure=measure or Value(tree=None, path=path), good=good))
    return tuple(found)


def _channel(meaning: Meaning, position: int, said: Section) -> Reinforcement:
    path = f"reinforcement.{position}"
    capacities = meaning.scope.capacities
    known = [
        meaning.known(f"{path}.{key}", said[key], capacities, "capacity") for key in ("when", "improves") if key in said
    ]
    when, improves = said.get("when", ""), said.get("improves", "")
    if len(known) == 2 and all(known) and when.partition(".")[0] == improves.partition(".")[0]:
        other = meaning.draft.excerpt(f"{path}.when", "the same party")
        fact = "A reinforcement reaches from one party to another."
        meaning.draft.report(f"{path}.improves", fact, "Name a capacity of the other side.", others=[other])
    flows = meaning.scope.of_kind["flow"]
    through = tuple(
        f for i, f in enumerate(said.get("through") or []) if meaning.known(f"{path}.through.{i}", f, flows, "flow")
    )
    return Reinforcement(when=when, improves=improves, through=through)


def _balance(meaning: Meaning, said: Section | None) -> BalanceCheck | None:
    if said is None:
        return None
    band = _band(meaning, said.get("benefit_per_burden"), "balance.benefit_per_burden", PLAIN, said.get("in"))
    return BalanceCheck(benefit_per_burden=band, over=_window(meaning, said.get("over"), _YEAR))


def _adjustment(meaning: Meaning, said: Section | None) -> Adjustment | None:
    if said is None:
        return None
    path = "adjustment"
    every = meaning.number(said.get("review_every"), "`review_every`", TIME)
    if every == 0:
        meaning.draft.report(
            f"{path}.review_every",
            "Reviews cannot follow each other without a pause.",
            "Write `26 weeks`, or leave the key out.",
        )
    steps = [
        Step(who=step.get("who", ""), within_days=meaning.number(step.get("within"), "`within`", TIME) or 0.0)
        for step in said.get("steps") or []
    ]
    agreed_by = said.get("agreed_by", "all")
    if isinstance(agreed_by, list):
        agreed_by = parties_known(meaning, agreed_by, f"{path}.agreed_by")
    return Adjustment(
        raised_by=parties_known(meaning, said.get("raised_by") or [], f"{path}.raised_by"),
        review_every_days=every,
        triggers=tuple(t for t in (_trigger(meaning, value) for value in said.get("triggers") or []) if t is not None),
        steps=tuple(steps),
        takes_effect_after_days=meaning.number(said.get("takes_effect_after"), "`takes_effect_after`", TIME) or 0.0,
        agreed_by=agreed_by,
        changes=tuple(c for i, s in enumerate(said.get("changes") or []) if (c := _change(meaning, i, s)) is not None),
    )


def _trigger(meaning: Meaning, value: Value) -> Value | None:
    found = meaning.value(value, "A trigger", PLAIN, Standing(where="a trigger"))
    if found is not None and found.tree is not None and not _is_condition(found.tree):
        meaning.draft.report(
            found.path, "A trigger is a condition that turns true.", f"Compare it: `{value.text} < 0.5`."
        )
        return None
    return found


def _is_condition(tree: Tree) -> bool:
    match tree:
        case Binary(operator="<" | "<=" | ">" | ">=" | "==" | "!=" | "and" | "or") | Unary(operator="not"):
            return True
        case Call(function="step" | "pulse"):
            return True
    return False


def _change(meaning: Meaning, position: int, said: Section) -> Change | None:
    path = f"adjustment.changes.{position}"
    term = said.get("set", "")
    dimension, other = None, None
    if term and meaning.known(f"{path}.set", term, meaning.scope.of_kind["term"], "term"):
        dimension = meaning.scope.names[(term,)].dimension
        other = (f"terms.{term}", f"the term: {dimension}") if dimension is not None else None
    to = meaning.value(said.get("to"), f"`{term}`", dimension, Standing(where="a change"), other)
    return None if to is None else Change(term=term, to=to)


def _risk(meaning: Meaning, name: str, said: Section) -> RiskShare:
    path = f"risk_sharing.{name}"
    loss = meaning.value(said.get("loss"), "A loss", None, Standing(where="a loss"))
    dimension = meaning.counted(loss)
    carrier = said.get("carried_by", "")
    if carrier:
        meaning.known(f"{path}.carried_by", carrier, meaning.scope.parties, "party")
    shares: dict[str, float] = {}
    for party, value in (said.get("shares") or {}).items():
        if meaning.known(f"{path}.shares.{party}", party, meaning.scope.parties, "party", key=True):
            share = meaning.number(value, "A share", PLAIN, 0.0, 1.0)
            if share is not None:
                shares[party] = share
    if len(shares) == len(said.get("shares") or {"": 0}) and abs(sum(shares.values()) - 1) > 1e-9:
        fact = f"The shares come to {sum(shares.values()) * 100:.6g} %, not to 100 %."
        meaning.draft.report(f"{path}.shares", fact, "Write shares that sum to 100 %.")
    other = None
    if loss is not None and dimension is not None:
        _paid_in(meaning, path, loss, said.get("in"), [*shares, carrier])
        other = (loss.path, f"the loss: {dimension}")
    beyond = meaning.value(said.get("beyond"), "`beyond`", dimension, CONSTANT, other)
    meaning.within(beyond, "`beyond`", low=0)
    return RiskShare(
        name=name,
        loss=loss or Value(tree=None, path=path),
        carried_by=carrier,
        shares=shares,
        beyond=beyond,
        gains=said.get("gains", True),
        in_capacity=said.get("in"),
    )


def _paid_in(meaning: Meaning, path: str, loss: Value, capacity: str | None, parties: list[str]) -> None:
    """Every party that shares has the one capacity in which it is paid, in the units of the loss."""
    for party in dict.fromkeys(p for p in parties if p in meaning.scope.parties):
        own = {c: meaning.scope.names[(party, c)].dimension for c in meaning.scope.parties[party]}
        if capacity is not None:
            if capacity not in own:
                meaning.draft.report(
                    f"{path}.in",
                    f"`{party}` has no capacity `{capacity}` to pay in.",
                    meaning.draft.suggest(capacity, own),
                )
                return
            name = capacity
        else:
            money = [c for c, d in own.items() if d is not None and is_currency(d)]
            if None in own.values():
                continue
            if len(money) != 1:
                has = "no capacity in money" if not money else "several capacities in money"
                meaning.draft.report(
                    path,
                    f"`{party}` has {has}, so nothing says what this share is paid in.",
                    "Write `in:` with a capacity that every party of `shares` has.",
                    key=True,
                )
                return
            name = money[0]
        dimension = own[name]
        if dimension is not None and dimension / TIME != loss.dimension:
            other = meaning.draft.excerpt(f"parties.{party}.capacities.{name}.level", f"`{party}.{name}`: {dimension}")
            fact = f"A loss must be {dimension / TIME}, so that it can be paid from `{party}.{name}`"
            fact += f"; this is {loss.dimension}."
            meaning.draft.report(
                loss.path, fact, "Multiply it by a price, or write another capacity under `in:`.", others=[other]
            )
            return


def _exit(meaning: Meaning, said: Section | None) -> Exit | None:
    if said is None:
        return None
    flows = meaning.scope.of_kind["flow"]
    continuity: dict[str, float] = {}
    for flow, value in (said.get("continuity") or {}).items():
        if meaning.known(f"exit.continuity.{flow}", flow, flows, "flow", key=True):
            share = meaning.number(value, "A share that goes on", PLAIN, 0.0, 1.0)
            if share is not None:
                continuity[flow] = share
    notice = meaning.number(said.get("notice"), "`notice`", TIME)
    return Exit(notice_days=notice or 0.0, continuity=continuity, returns=tuple(said.get("returns") or ()))


def _power_review(meaning: Meaning, said: Section | None) -> PowerReview | None:
    if said is None:
        return None
    every = meaning.number(said.get("every"), "`every`", TIME)
    return PowerReview(every_days=every or 0.0, safeguards=tuple(said.get("safeguards") or ()))


def _costs(meaning: Meaning, said: Section) -> dict[str, dict[str, Value]]:
    found: dict[str, dict[str, Value]] = {}
    for kind, per in (("recording", PER_TIME), ("review", PLAIN)):
        for party, value in (said.get(kind) or {}).items():
            path = f"costs.{kind}.{party}"
            if not meaning.known(path, party, meaning.scope.parties, "party", key=True):
                continue
            understood = meaning.value(value, "A cost", None, CONSTANT)
            if understood is None:
                continue
            dimension = meaning.counted(understood)
            if dimension is not None and dimension / per != _HOURS and not is_currency(dimension / per):
                words = "hours or money per time" if kind == "recording" else "hours or money"
                example = "2 hour/week" if kind == "recording" else "6 hour"
                meaning.draft.report(
                    path, f"What keeping score takes is {words}; this is {dimension}.", f"Write `{example}`."
                )
                continue
            meaning.within(understood, "A cost", low=0)
            found.setdefault(kind, {})[party] = understood
    return found
