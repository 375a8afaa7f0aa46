"""A slow, obvious simulator of one future: the second opinion on everything under "Meaning" in the language page.

Plain dicts and floats, one function per rule, nothing shared with the engine. What chance decides is handed in:
`draws(variable, member, step)` gives the value of a random world variable, `spread(key, member)` that of a range.

Where the page leaves more than one reading, this is the one taken here:

 1. A review holds at the step nearest to each multiple of `review_every` (never at the start); what it sets holds from
    the next step at the earliest. `takes_effect_after` and the sum of `within` are rounded to steps together.
 2. A triggered review is under way until what it sets is in force; a trigger that turns meanwhile starts nothing, then
    or later.
 3. A term whose value reads other terms follows them, until a review sets it.
 4. `floor`, `healthy`, `at_most` and `at_least` read the terms in force; `healthy` left out is the level at the start.
 5. An intervention changes the level of its step before anything reads it, and is bounded only at the end of that step.
    A shock to the floor never lifts a level.
 6. Rationing: at hand is `level - at_least`; what changes or arrives in the step does not count. Flows whose cost falls
    due at once draw on it by what they ask, and what was given on credit by what is to be settled; the part that is not
    settled is never settled, and never arrives. A flow's share is the least of its capacities' and of the shares of the
    flows its formula reads directly (of a sum: that of the sum); its formula is not computed anew.
 7. What is on its way are units: what one costs and is worth, and which members are there, is that of the moment at
    which it falls due.
 8. What was on its way before the start is that of the first rate without the experiment, in `cut` too. `arrives_after`
    and `settled_after` are rounded each, then added.
 9. At step 0, what a `delay` or `smooth` reads of a flow in whose circle it stands is 0.
10. `smooth` at step k knows x up to step k - 1.
11. In a quantile a member stands at the share of all other presence that lies before it: the least at 0, the largest at
    1, linear between; absent members are left out.
12. A link, and a flow from member to member, is there as far as both ends are: its giver pays for as much of the
    receiver as is there, its receiver gets (and `arriving` counts) from as much of the giver as is there.
13. A flow along links, read on a link of the same table, is that of the same link; a member's name on a link is the
    giver's.
14. Joining members grow the presences in proportion; where nobody is left nobody joins.
15. A group's payment of risk sharing falls on all present members alike. With a party that has left, nothing is shared
    any more.
16. During notice a flow runs at its share of what its formula says, and the formula reads the reduced rates of others.
17. The last delivery is when the last of the flow has arrived and is settled. What replaces it arrives at once and
    enters tallies.
18. `balance` looks at the full steps before now. Flows from and to `world` do not count. Until the first
    window is full it is, in formulas, that of everything so far; with nothing on both sides it is 1.
19. `season(...)`, `project`: the last full one. A step belongs to the month of its first day.
"""

from __future__ import annotations

from lichen.relationship.relationship import Relationship
from tests.oracles.slow_simulation import Draws, Simulation, SpreadDraws
from tests.oracles.slow_values import Experiment, Run

__all__ = ["Experiment", "Run", "run"]


def run(
    relationship: Relationship,
    *,
    draws: Draws,
    spread: SpreadDraws,
    experiment: Experiment | None = None,
    scenario: str | None = None,
) -> Run:
    """One future of a relationship, as it is or under one experiment, in one scenario."""
    return Simulation(relationship, draws, spread, experiment, scenario).go()
