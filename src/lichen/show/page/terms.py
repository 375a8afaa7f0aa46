"""The file as people negotiate it, each figure with reason and source; and how the page was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version

from lichen.relationship.flow import Flow
from lichen.relationship.relationship import Relationship
from lichen.relationship.value import Value
from lichen.show import figures
from lichen.show.judged import Judged
from lichen.show.markup import Child, Html, element, join
from lichen.show.page.parts import folded, part, prose, table
from lichen.show.rules import rules_of


def file_part(relationship: Relationship) -> Html:
    """Terms, capacities and flows, each figure with why and from where."""
    terms = [_term_row(relationship, name) for name in relationship.terms]
    purpose = element("p", element("strong", "Purpose: "), relationship.purpose) if relationship.purpose else None
    return part(
        "file",
        "Terms and figures",
        purpose,
        table(("Term", "Value", "May lie between", "Because"), terms, caption="What the parties decide")
        if terms
        else None,
        folded("What each side needs to go on", _capacities(relationship)),
        folded("What passes between them", _flows(relationship)),
        folded("What nobody decides", _world(relationship)) if relationship.world else None,
        lead="As the file says it. A figure without a reason is an assumption.",
    )


def rules_part(relationship: Relationship) -> Html:
    """What was agreed, rule by rule, each in words with its reason."""
    rows = [
        (
            _named(rule.title, rule.at),
            prose(rule.says),
            rule.because or element("span", "no reason given", class_="small"),
        )
        for rule in rules_of(relationship)
    ]
    shown = table(("Rule", "What it says", "Because"), rows) if rows else element("p", "The file states no rules.")
    return part("rules", "What was agreed", shown, lead="The rules of the file in words.")


def _term_row(relationship: Relationship, name: str) -> Sequence[Child]:
    term = relationship.terms[name]
    limits = " to ".join(value.text for value in term.between) if term.between else "not to be moved"
    return (_named(name, relationship.at(f"terms.{name}")), _written(term.value), limits, _reason(term.value))


def _capacities(relationship: Relationship) -> Html:
    rows = [
        (
            _named(
                f"{party.title}: {capacity.name.replace('_', ' ')}",
                relationship.at(f"parties.{party.name}.capacities.{capacity.name}"),
            ),
            _written(capacity.level),
            _written(capacity.floor),
            _written(capacity.change) if capacity.change else "–",
            _reason(capacity.floor, capacity.level),
        )
        for party in relationship.parties.values()
        for capacity in party.capacities.values()
    ]
    return table(("Capacity", "At the start", "Floor", "Its own drift", "Because"), rows)


def _flows(relationship: Relationship) -> Html:
    rows = [
        (
            _named(flow.title, relationship.at(f"flows.{flow.name}")),
            join(_whom(relationship, flow.giver), " to ", _whom(relationship, flow.receiver)),
            _written(flow.rate),
            _effects(flow),
            _reason(flow.rate, *flow.worth.values(), *flow.cost.values()),
        )
        for flow in relationship.flows.values()
    ]
    return table(("Flow", "From and to", "Rate", "One unit", "Because"), rows)


def _world(relationship: Relationship) -> Html:
    rows = [
        (
            _named(process.name, relationship.at(f"world.{process.name}")),
            process.kind.replace("_", " "),
            join(*(join(key, " ", _written(value), "; ") for key, value in process.parameters.items())),
            _reason(*process.parameters.values()),
        )
        for process in relationship.world.values()
    ]
    return table(("Variable", "Kind", "Figures", "Because"), rows)


def _named(name: str, at: str | None) -> Html:
    return join(name, join(element("br"), element("span", at, class_="source")) if at else None)


def _written(value: Value) -> Html:
    if value.tree is None:
        return element("em", "not said" if value.private_to is None else f"kept by {value.private_to}")
    day = f" on {value.stated_on}" if value.stated_on else ""
    stated = f" (stated by {value.stated_by}{day})" if value.stated_by else ""
    kept = f" (private to {value.private_to})" if value.private_to else ""
    return join(element("code", value.text), stated, kept)


def _reason(*values: Value) -> Html:
    """The reasons and sources of several values, each once."""
    said = list(dict.fromkeys(text for value in values for text in (value.because, value.source) if text))
    return join(" ".join(said)) if said else element("span", "assumed", class_="small")


def _whom(relationship: Relationship, name: str) -> str:
    known = relationship.parties.get(name)
    return known.title if known is not None else "outside"


def _effects(flow: Flow) -> Html:
    said = list(_effect("takes", flow.cost)) + list(_effect("adds", flow.worth))
    return join(*said) if said else join("neither takes nor adds")


def _effect(verb: str, effects: Mapping[str, Value]) -> Iterator[Html]:
    for capacity, value in effects.items():
        yield join(
            f"{verb} ",
            element("code", value.text),
            f" {'from' if verb == 'takes' else 'to'} {capacity.replace('_', ' ')}; ",
        )


def made_part(judged: Judged) -> Html:
    """How the page was made, so that anybody can make it again."""
    verdict = judged.verdict
    whose = (
        judged.relationship.parties[judged.party].title
        if judged.party is not None
        else "everything that lies beside the file"
    )
    facts: tuple[tuple[str, Child], ...] = (
        ("File", element("code", verdict.file_hash or "not stated")),
        ("Record", verdict.record or ("tables beside the file" if judged.record is not None else "none")),
        ("Futures", f"{figures.number(verdict.runs)}, seed {verdict.seed}: the same seed gives the same figures"),
        ("Time", _time(judged.relationship)),
        ("Private figures", whose),
        ("Made by", f"lichen {version('lichen')}"),
    )
    listed = (join(element("dt", name), element("dd", said)) for name, said in facts)
    method = (
        "Every future steps through the file with its own draw of chance and of the file’s ranges. The same draws are "
        "used again with one thing changed: a side leaves, a flow stops, a side gains or falls to its floor, a side "
        "cheats. What differs is what that thing does. Every limit is a choice, printed beside its figure. Every "
        "figure is rounded to four digits. A verdict is an argument, not a stamp."
    )
    return part("made", "How this page was made", element("dl", *listed), element("p", method))


def _time(relationship: Relationship) -> str:
    time = relationship.time
    end = figures.after(time.start, time.horizon_days)
    step = time.step_text or figures.span(time.step_days)
    return f"{figures.full_date(time.start)} to {figures.full_date(end)}, in steps of {step}"
