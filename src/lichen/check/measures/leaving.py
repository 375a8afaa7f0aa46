"""What is left of each party when somebody leaves."""

from __future__ import annotations

import numpy as np

from lichen.check.evidence import CheckInput
from lichen.check.measures.figure import UNKNOWN, Figure, largest_of, least_of
from lichen.check.measures.viability import viable, worst_room_after
from lichen.check.measures.worth import Valuation
from lichen.relationship.flow import Flow


def room_after_exits(evidence: CheckInput, party: str) -> Figure:
    """The least room a party keeps in 19 of 20 futures, over every party's exit, from the announcement on."""
    rooms = [worst_room_after(lane, party) for _, lane in evidence.lanes("exit")]
    return least_of(rooms) if rooms else UNKNOWN


def ruin_after_exits(evidence: CheckInput, party: str) -> Figure:
    """The share of futures in which a party falls below its floor after somebody's exit, over every party's exit."""
    return largest_of(
        viable(lane, party, after=True).falling(lambda share: 1 - share) for _, lane in evidence.lanes("exit")
    )


def substitution(evidence: CheckInput, party: str, valued: Valuation) -> float:
    """The share by worth of what a party receives that its fallbacks replace."""
    whole = replaced = 0.0
    for flow in evidence.inner_flows:
        if flow.receiver == party:
            worth = abs(float(np.mean(valued.of(party, evidence.base.flows[flow.name].worth))))
            whole += worth
            replaced += worth * min(1.0, replaced_share(evidence, flow))
    return replaced / whole if whole else 0.0


def replaced_share(evidence: CheckInput, flow: Flow) -> float:
    """The share of a flow that its receiver can replace."""
    return 0.0 if flow.if_lost is None else evidence.start.value(flow.if_lost.replaced)
