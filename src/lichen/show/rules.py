"""The rules of a file in words: what was agreed on return, measure, voice, risk and leaving, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from lichen.check.wording import does, in_words, it, listed, quoted
from lichen.relationship.quantity import MONTH_DAYS, YEAR_DAYS
from lichen.relationship.rules import Adjustment, AnswerRule, Exit, Measure, ReturnRule, RiskShare, Window
from lichen.relationship.value import Band
from lichen.show.figures import number, percent
from lichen.show.lines import rendered, wrapped

if TYPE_CHECKING:
    from lichen.relationship.relationship import Relationship


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: what kind it is, what it says, why and from where, and its place in the file."""

    title: str
    says: str
    because: str = ""
    at: str | None = None


def rules_of(relationship: Relationship) -> tuple[Rule, ...]:
    """Every rule that the file states, in the order of the archetype's components."""
    return tuple(
        Rule(title=title, says=says, because=_because(relationship, path), at=relationship.at(path))
        for title, path, says in _told(relationship)
    )


def rules_text(relationship: Relationship) -> str:
    """The rules for a screen of 80 columns."""
    lines = wrapped(f"{relationship.name}: what was agreed", 3)
    for rule in rules_of(relationship):
        because = f" Because: {rule.because}" if rule.because else ""
        place = f" ({rule.at})" if rule.at else ""
        lines += [((rule.title, "bold"),), *wrapped(f"{rule.says}{because}{place}", 12, indent="  ")]
    return rendered(lines if len(lines) > 1 else [*lines, *wrapped("The file states no rules.", 1)], colours=False)


def _told(relationship: Relationship) -> Iterator[tuple[str, str, str]]:
    """Of each rule its title, its path and its sentence."""
    yield from _give_and_take(relationship)
    yield from _governing(relationship)
    for measure in relationship.rules.checks:
        yield f"Own check: {in_words(measure.name)}", f"checks.{measure.name}", _measured(measure)


def _give_and_take(relationship: Relationship) -> Iterator[tuple[str, str, str]]:
    """Return, measures, reinforcement and balance."""
    rules = relationship.rules
    for rule in rules.reciprocity:
        yield f"Return: {in_words(rule.name)}", f"reciprocity.{rule.name}", _return(relationship, rule)
    for measure in rules.shared_value:
        yield f"Shared measure: {in_words(measure.name)}", f"shared_value.{measure.name}", _measured(measure)
    for place, channel in enumerate(rules.reinforcement):
        through = (
            f", through {listed(_flow(relationship, name) for name in channel.through)}" if channel.through else ""
        )
        when, improves = (_capacity(relationship, name) for name in (channel.when, channel.improves))
        yield "Reinforcement", f"reinforcement.{place}", f"When {when} improves, {improves} improves too{through}."
    if rules.balance is not None:
        kept = f"{_band(rules.balance.benefit_per_burden)} for each 1 that it bears, {_over(rules.balance.over)}"
        yield "Benefit and obligation", "balance", f"Each side receives {kept}."


def _governing(relationship: Relationship) -> Iterator[tuple[str, str, str]]:
    """How terms change, who bears risk, how one leaves, and what keeping score takes."""
    rules = relationship.rules
    if rules.adjustment is not None:
        yield "Changing terms", "adjustment", " ".join(_adjustment(relationship, rules.adjustment))
    for risk in rules.risk_sharing:
        yield f"Shared risk: {in_words(risk.name)}", f"risk_sharing.{risk.name}", _risk(relationship, risk)
    if rules.exit is not None:
        yield "Leaving", "exit", " ".join(_exit(relationship, rules.exit))
    if rules.power_review is not None:
        guards = rules.power_review.safeguards
        protects = f" What protects the weaker side: {listed(guards)}." if guards else ""
        yield "Power", "power_review", f"Power is looked at every {_time(rules.power_review.every_days)}.{protects}"
    for name, costs in rules.costs.items():
        said = "; ".join(f"{_party(relationship, party)} `{cost.text}`" for party, cost in costs.items())
        yield f"What {in_words(name)} takes", f"costs.{name}", f"{said}."
    for name, value in rules.agreement.items():
        if value:
            yield f"Agreement: {in_words(name)}", f"agreement.{name}", f"{_plainly(value)}."


def _because(relationship: Relationship, path: str) -> str:
    """The reason and source of a rule, or of the section in which it stands."""
    reason = relationship.reasons.get(path) or relationship.reasons.get(path.partition(".")[0])
    return " ".join(text for text in (reason.because, reason.source) if text) if reason is not None else ""


def _return(relationship: Relationship, rule: ReturnRule | AnswerRule) -> str:
    if isinstance(rule, ReturnRule):
        who = _party(relationship, rule.party)
        gives = does(it(who), "give")
        return f"{does(who, f'receive {_band(rule.band)}')} for each 1 that {gives}, {_over(rule.over)}."
    answered = f"{number(rule.per_unit)} of {_flow(relationship, rule.then)}"
    said = f"Each unit of {_flow(relationship, rule.when)} is answered by {answered} within {_time(rule.within_days)}"
    whom = {None: "", "anyone": ", by anyone of the group"}.get(rule.returned_by, f", by {rule.returned_by}")
    repair = ", ".join(f"{in_words(key)} {value}" for key, value in rule.repair.items())
    return f"{said}{whom}." + (f" If not: {repair}." if repair else "")


def _measured(measure: Measure) -> str:
    good = _band(measure.good)
    return f"Measured as `{measure.measure.text}`" + (f"; good is {good}." if good else ".")


def _band(band: Band) -> str:
    """What is asked of a figure: `at least 0.9`, `between 0.9 and 1.6`, and in how many futures unless in 19 of 20."""
    low, high = band.at_least, band.at_most
    share = "" if abs(band.share - 0.95) < 1e-9 else f" in {percent(band.share)} of the futures"
    if low is not None and high is not None:
        return f"between {low.text} and {high.text}{share}"
    return (
        f"at least {low.text}{share}" if low is not None else f"at most {high.text}{share}" if high is not None else ""
    )


def _over(over: Window) -> str:
    match over.kind:
        case "duration":
            return f"counted over {_time(over.days or 0.0)}"
        case "transaction":
            return "counted each time"
        case _:
            return f"counted over the {over.text or over.kind}"


def _adjustment(relationship: Relationship, path: Adjustment) -> Iterator[str]:
    raised = listed(_party(relationship, name) for name in path.raised_by)
    yield f"{raised if path.raised_by else 'Nobody'} may raise an imbalance."
    when = [f"every {_time(path.review_every_days)}"] if path.review_every_days else []
    when += [f"at once when {listed((f'`{value.text}`' for value in path.triggers), 'or')}"] if path.triggers else []
    if when:
        yield f"Terms are reviewed {', and '.join(when)}."
    if path.steps:
        yield f"Who answers: {', then '.join(f'{step.who} within {_time(step.within_days)}' for step in path.steps)}."
    match path.agreed_by:
        case "all":
            who = "All agree"
        case "majority":
            who = "Most agree"
        case some:
            who = f"{listed(_party(relationship, name) for name in some)} agree"
    late = path.takes_effect_after_days
    yield f"{who} on a change; it is in force {f'after {_time(late)}' if late else 'at once'}."
    for change in path.changes:
        yield f"A review sets {quoted(change.term)} to `{change.to.text}`."


def _risk(relationship: Relationship, risk: RiskShare) -> str:
    shares = listed(f"{_party(relationship, name)} {percent(share)}" for name, share in risk.shares.items())
    beyond = f"what lies beyond `{risk.beyond.text}`" if risk.beyond is not None else "all of it"
    gains = "" if risk.gains else " Gains are not shared."
    carried = f"`{risk.loss.text}` falls on {_party(relationship, risk.carried_by)}"
    return f"A loss of {carried}; {beyond} is split: {shares}.{gains}"


def _exit(relationship: Relationship, leaving: Exit) -> Iterator[str]:
    yield (
        f"Who leaves says so {_time(leaving.notice_days)} before."
        if leaving.notice_days
        else "Anyone may leave at once."
    )
    kept = [f"{_flow(relationship, name)} at {percent(share)}" for name, share in leaving.continuity.items()]
    if kept:
        yield f"Until then these go on: {listed(kept)}."
    if leaving.returns:
        yield f"Given back: {listed(leaving.returns)}."


def _time(days: float) -> str:
    """A length of time as the file most likely says it: whole years, months or weeks, else days."""
    for unit, word in ((YEAR_DAYS, "year"), (MONTH_DAYS, "month"), (7.0, "week")):
        count = days / unit
        if round(count) >= 1 and abs(count - round(count)) < 1e-6:
            return f"{round(count)} {word}{'' if round(count) == 1 else 's'}"
    return f"{number(days)} day{'' if days == 1 else 's'}"


def _plainly(value: object) -> str:
    """A value of the agreement, which the file may nest, on one line."""
    if isinstance(value, Mapping):
        return "; ".join(f"{in_words(str(key))}: {_plainly(inner)}" for key, inner in value.items())
    return ", ".join(map(_plainly, value)) if isinstance(value, list | tuple) else str(value)


def _party(relationship: Relationship, name: str) -> str:
    known = relationship.parties.get(name)
    return known.title if known is not None else in_words(name)


def _flow(relationship: Relationship, name: str) -> str:
    known = relationship.flows.get(name)
    return quoted(known.title if known is not None else name)


def _capacity(relationship: Relationship, name: str) -> str:
    party, _, capacity = name.partition(".")
    return f"the {in_words(capacity)} of {_party(relationship, party)}"
