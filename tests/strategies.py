"""Small well-formed relationships for Hypothesis, as the text of their files.

Every name is fixed and every draw only chooses what is said about it, so that examples shrink to readable files: two
parties `ann` and `ben` with flows of money between them, or a `shop` and its `crowd` of members, with links among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from lichen.relationship.rules import MONTH_NAMES

FILE = "relationship.yaml"

Draw = st.DrawFn


def number(low: float, high: float) -> st.SearchStrategy[str]:
    """A number with at most two decimals, as text."""
    return st.integers(round(low * 100), round(high * 100)).map(lambda hundredths: f"{hundredths / 100:g}")


def durations(most_weeks: int = 12) -> st.SearchStrategy[str]:
    return st.one_of(
        st.integers(0, most_weeks).map(lambda weeks: f"{weeks} weeks"),
        st.integers(0, most_weeks * 7).map(lambda days: f"{days} days"),
    )


def maybe(line: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """The line or nothing."""
    return st.one_of(st.just(""), line)


WORLD = (
    "{{process: ar1, mean: 1, spread: {percent} %, memory: {weeks} weeks}}",
    "{{process: white, mean: 1, spread: {percent} %, over: {weeks} weeks}}",
    "{{process: random_walk, start: 1, drift: {percent} %/year, spread: {percent} %/year**0.5}}",
    "{{process: jumps, every: {weeks} weeks, size: -{percent} %, lasts: {month} weeks}}",
    "{{process: seasonal, mean: 1, swing: {percent} %, period: 1 year, peak: 2026-0{month}-01}}",
    "{{process: uniform, from: 0.8, to: 1.{month}}}",
    "{{process: lognormal, mean: 1, spread: {percent} %}}",
    "1 + {percent} % * pulse({weeks} weeks, 5 weeks)",
    "0.9..1.1",
)


@st.composite
def world_section(draw: Draw) -> str:
    """Two world variables `luck` and `weather`, plain numbers, and `both`, which reads them."""
    lines = []
    for name in ("luck", "weather"):
        written = draw(st.sampled_from(WORLD))
        percent, weeks, month = draw(st.integers(1, 20)), draw(st.integers(1, 30)), draw(st.integers(1, 9))
        lines.append(f"  {name}: {written.format(percent=percent, weeks=weeks, month=month)}")
    return "\n".join(["world:", *lines, '  both: "delay(luck, 2 weeks) * weather"'])


def factors(rooms: Sequence[str], flows: Sequence[str] = (), balances: Sequence[str] = ()) -> st.SearchStrategy[str]:
    """A plain number that reads headrooms (`rooms`), the world, terms, the time, perhaps a past flow."""
    room = st.sampled_from(rooms)
    small = number(0.1, 1.5)
    options = [
        small,
        st.sampled_from(
            [
                "luck",
                "weather",
                "both",
                "zeal",
                "plain",
                "agreed(zeal)",
                "(1 + 0.3 * season(1 year, 10 weeks))",
                "0.8..1.2",
            ]
        ),
        st.builds("saturate({}, {})".format, room, small),
        st.builds("clip({}, 0, {})".format, room, number(0.5, 2)),
        st.builds("(1 if {} > {} else 0.6)".format, room, small),
        st.builds("max(0, tanh({} * luck))".format, room),
        st.builds("smooth({}, {})".format, room, durations()),
        st.builds("(1 - 0.5 * pulse({}, 5 weeks))".format, durations()),
        st.builds("(0.5 + step({}))".format, durations()),
        st.builds("abs({}) ** 0.5".format, room),
    ]
    if flows:
        options.append(
            st.builds("delay({} / 10 EUR/week, {})".format, st.sampled_from(flows), durations().filter(is_some))
        )
        options.append(st.builds("exp(-{} / 40 EUR/week)".format, st.sampled_from(flows)))
    if balances:
        options.append(st.builds("min(balance({}), 2)".format, st.sampled_from(balances)))
    return st.one_of(options)


def is_some(duration: str) -> bool:
    return not duration.startswith("0 ")


@st.composite
def capacity(draw: Draw, party: str, name: str, range_of_level: bool = False) -> str:
    """A capacity in euros that drifts, with or without bounds."""
    floor = draw(st.integers(0, 60))
    level = floor + draw(st.integers(5, 150))
    said = f"{level}..{level + 20} EUR" if range_of_level and draw(st.booleans()) else f"{level} EUR"
    lines = [f"level: {said}", f"floor: {floor} EUR"]
    lines.append(draw(maybe(st.just(f"healthy: {level + draw(st.integers(1, 40))} EUR"))))
    lines.append(draw(maybe(st.just(f"at_least: {draw(st.integers(-20, floor))} EUR"))))
    lines.append(draw(maybe(st.just(f"at_most: {level + draw(st.integers(0, 100))} EUR"))))
    drift, fade = draw(number(-3, 5)), draw(number(0, 5))
    lines.append(f'change: "{drift} EUR/week - {fade} %/week * {party}.{name}"')
    return f"      {name}: {{{', '.join(line for line in lines if line)}}}"


@st.composite
def flow(
    draw: Draw, name: str, ends: tuple[str, str], rate: st.SearchStrategy[str], moves: Mapping[str, str], more: str = ""
) -> str:
    """A flow of euros per week whose rate is drawn; `moves` names the capacity in euros that it moves at either end."""
    giver, receiver = ends
    kind = draw(st.sampled_from(["benefit", "benefit", "benefit", "obligation", "burden", "risk"]))
    lines = [f"    kind: {kind}", f"    from: {giver}", f"    to: {receiver}", f'    rate: "{draw(rate)}"', more]
    if giver != "world":
        lines.append(draw(maybe(number(0.1, 1.2).map(f"    cost: {{{{{moves[giver]}: {{}}}}}}".format))))
    if receiver != "world":
        lines.append(draw(maybe(worths(moves[receiver], kind in ("burden", "risk"), receiver == "ben"))))
    for delay in ("arrives_after", "settled_after"):
        lines.append(draw(maybe(st.one_of(durations(), st.just("wait")).map(f"    {delay}: {{}}".format))))
    lines.append(draw(maybe(st.just("    starts: empty"))))
    if "world" not in ends and draw(st.booleans()):
        replaced, after, cost = draw(st.integers(0, 100)), draw(durations()), draw(number(0.1, 1))
        lines.append(f"    if_lost: {{replaced: {replaced} %, after: {after}, cost: {{{moves[receiver]}: {cost}}}}}")
    return "\n".join([f"  {name}:", *(line for line in lines if line)])


def worths(capacity: str, takes: bool, is_skilled: bool) -> st.SearchStrategy[str]:
    """What one unit adds, or takes, sometimes to a skill as well."""
    in_euros = st.sampled_from(["-0.9..-0.5", "-0.3 * luck"] if takes else ["0.5..0.9", "0.9 * luck", "0.7", "1.3"])
    skill = ["", ", skill: -0.01 per EUR" if takes else ", skill: 0.02 per EUR"] if is_skilled else [""]
    return st.builds(f'    worth: {{{{{capacity}: "{{}}"{{}}}}}}'.format, in_euros, st.sampled_from(skill))


@st.composite
def rules_section(draw: Draw, parties: tuple[str, str], room: str, flows: Sequence[str], loss: str) -> str:
    """Returns, a review with triggers, risk sharing and a way out; each may be missing."""
    first, second = parties
    weeks = st.integers(1, 30)
    sections = []
    if draw(st.booleans()):
        over = draw(
            st.one_of(
                weeks.map(lambda count: f"{count} weeks"),
                st.sampled_from(["transaction", "life", "1 year", "project"]),
                st.builds("season({}, {})".format, st.sampled_from(MONTH_NAMES), st.sampled_from(MONTH_NAMES)),
            )
        )
        rule = f"{{party: {first}, receives_per_given: {{at_least: 0.5, at_most: 3}}, over: '{over}'}}"
        sections.append(f"reciprocity:\n  fair: {rule}")
    if draw(st.booleans()):
        triggers = [f"{room} < {draw(number(0, 1.5))}", f"balance({first}) > {draw(number(0.2, 2))}"]
        lines = [
            f"  raised_by: [{first}, {second}]",
            draw(maybe(st.just(f"  review_every: {draw(weeks)} weeks"))),
            draw(maybe(st.just(f'  triggers: ["{triggers[0]}", "{triggers[1]}"]'))),
            draw(maybe(st.just(f"  steps: [{{who: both, within: {draw(durations(4))}}}]"))),
            draw(maybe(st.just(f"  takes_effect_after: {draw(durations(4))}"))),
            f'  changes: [{{set: zeal, to: "zeal * (0.9 + 0.1 * {room})"}}, {{set: wait, to: "wait + 1 week * luck"}}]',
        ]
        sections.append("\n".join(["adjustment:", *(line for line in lines if line)]))
    if draw(st.booleans()):
        shares = f"{{{first}: 40 %, {second}: 60 %}}"
        gains, beyond = draw(st.sampled_from(["true", "false"])), draw(st.integers(0, 4))
        share = f'loss: "{loss}", carried_by: {first}, shares: {shares}, beyond: {beyond} EUR/week, gains: {gains}'
        sections.append(f"risk_sharing:\n  storm: {{{share}}}")
    if draw(st.booleans()):
        sections.append(
            f"exit: {{notice: {draw(durations())}, continuity: {{{flows[0]}: {draw(st.integers(0, 100))} %}}}}"
        )
    return "\n".join(sections)


TERMS = """terms:
  zeal: {value: 0.8, between: [0.2, 1.1]}
  wait: {value: 2 weeks, between: [0 weeks, 6 weeks]}
  plain: "0.5 * zeal"
"""


def head(draw: Draw) -> str:
    step = draw(st.sampled_from(["1 week", "1 week", "2 weeks", "1 month"]))
    weeks = draw(st.integers(10, 60))
    return f"lichen: 1\nrelationship: drawn\ntime: {{start: 2026-01-05, horizon: {weeks} weeks, step: {step}}}"


@st.composite
def two_party_texts(draw: Draw) -> str:
    """A relationship file of two parties, as text; it needs no other file."""
    rooms = ["ann.headroom", "ben.headroom"]
    parties = []
    for name in ("ann", "ben"):
        lines = [f"  {name}:\n    kind: organisation", draw(maybe(st.just("    at_floor: stops")))]
        lines.append(f"    capacities:\n{draw(capacity(name, 'cash'))}")
        if name == "ben":
            valued, drift = draw(maybe(st.just(", valued_at: 30 EUR"))), draw(number(-1, 1))
            lines.append(f"      skill: {{level: 1, floor: 0.5, healthy: 1.2, change: {drift} %/week{valued}}}")
        parties += [line for line in lines if line]
    cash = {"ann": "cash", "ben": "cash"}
    amount = number(0.5, 12).map("{} EUR/week".format)
    base = st.builds("{} * {} * {}".format, amount, factors(rooms, balances=["ann", "ben"]), factors(rooms))
    flows = [draw(flow("gift", ("ann", "ben"), base, cash))]
    back = st.one_of(base, st.builds("gift * {} * {}".format, number(0.2, 1.2), factors(rooms, ["gift"])))
    flows.append(draw(flow("back", ("ben", "ann"), back, cash)))
    third = st.one_of(base, st.builds("(gift - {} * back) * {}".format, number(0, 2), factors(rooms, ["gift", "back"])))
    ends = draw(st.sampled_from([("ann", "ben"), ("ben", "ann"), ("ann", "ann"), ("ben", "world"), ("world", "ann")]))
    flows.append(draw(flow("third", ends, third, cash)))
    rules = draw(
        rules_section(("ann", "ben"), "ann.headroom", ["gift"], "gift * (1 - luck) + 3 EUR/week * (weather - 1)")
    )
    return "\n".join([head(draw), "parties:", *parties, draw(world_section()), TERMS + "flows:", *flows, rules]) + "\n"


@st.composite
def group_folders(draw: Draw) -> Mapping[str, str]:
    """The files, by name, of a relationship of a shop and its members, some with links; FILE is the relationship."""
    names = ["ada", "bob", "cy", "dot"][: draw(st.integers(2, 4))]
    own = ["crowd.headroom", "shop.headroom", "crowd.members.size"]
    one = ["shop.headroom", "mean(crowd.headroom)", "least(crowd.headroom)", "quantile(crowd.headroom, 0.3)"]
    one.append("share(crowd.headroom > 0.7)")
    shop = f"  shop:\n    kind: organisation\n    capacities:\n{draw(capacity('shop', 'fund'))}"
    lines = [
        "  crowd:\n    kind: group",
        "    members: {file: crowd.csv, member: id, columns: {size: 1}}",
        draw(maybe(st.just(f'    joins: "{draw(number(0, 20))} per year * saturate(mean(crowd.headroom), 1)"'))),
        draw(maybe(st.just(f'    leaves: "{draw(number(0, 9))} %/week if crowd.headroom < 0.5 else 0.5 %/week"'))),
        draw(st.sampled_from(["", "    counts: least", "    counts: 30 %"])),
        draw(maybe(st.just("    at_floor: stops"))),
        f"    capacities:\n{draw(capacity('crowd', 'purse', range_of_level=True))}",
    ]
    ends = {"shop": "fund", "crowd": "purse"}
    amount = number(0.5, 6).map("{} EUR/week".format)
    per_member = st.builds(
        "{} * {} * {}".format, amount, factors([*own, *one], balances=["shop", "crowd"]), factors(own)
    )
    flows = [draw(flow("dues", ("crowd", "shop"), per_member, ends))]
    back = st.one_of(per_member, st.builds("dues * {} * {}".format, number(0.2, 1.2), factors(own, ["dues"])))
    flows.append(draw(flow("care", ("shop", "crowd"), back, ends)))
    flows.append(draw(flow("spent", ("shop", "world"), st.builds("sum(dues) * {}".format, factors(one)), ends)))
    if draw(st.booleans()):
        lines.append(
            f"  elders:\n    kind: group\n    members: as crowd\n    capacities:\n{draw(capacity('elders', 'savings'))}"
        )
        lines.append(draw(maybe(st.just(f'    leaves: "{draw(number(0, 9))} %/year"'))))
        aged = st.builds("{} * {}".format, amount, factors(["crowd.headroom", "elders.headroom", "crowd.members.size"]))
        flows.append(draw(flow("pension", ("crowd", "elders"), aged, {**ends, "elders": "savings"})))
    files = {"crowd.csv": "id,size\n" + "".join(f"{name},{draw(number(0.2, 2))}\n" for name in names)}
    if draw(st.booleans()):
        along = "    along: {file: links.csv, from: a, to: b, columns: {weight: EUR/week}}"
        rate = st.builds("link.weight * {}".format, factors(["giver.headroom", "receiver.headroom", "giver.size"]))
        flows.append(draw(flow("help", ("crowd", "crowd"), rate, ends, along)))
        thanks = st.builds("arriving(help) * {}".format, factors(own))
        flows.append(draw(flow("thanks", ("crowd", "shop"), thanks, ends)))
        member = st.sampled_from(names)
        pairs = draw(st.lists(st.tuples(member, member, number(0.1, 4)), min_size=1, max_size=6))
        files["links.csv"] = "a,b,weight\n" + "".join(
            f"{giver},{receiver},{weight}\n" for giver, receiver, weight in pairs
        )
    loss = "sum(dues) * (1 - luck) + 3 EUR/week * (weather - 1)"
    rules = draw(rules_section(("shop", "crowd"), "mean(crowd.headroom)", ["dues"], loss))
    parts = [
        head(draw),
        "parties:",
        shop,
        *(line for line in lines if line),
        draw(world_section()),
        TERMS,
        "flows:",
        *flows,
    ]
    return {FILE: "\n".join([*parts, rules]) + "\n", **files}
