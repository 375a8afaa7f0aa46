"""What things are called when people read them: findings, states, where something was seen, what a verdict rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lichen.check.wording import capital
from lichen.show.figures import percent

if TYPE_CHECKING:
    from lichen.check.rests_on import Flip, RestsOn

VERDICTS: Mapping[str, str] = {
    "symbiotic": "Symbiotic",
    "at risk": "At risk",
    "not symbiotic": "Not symbiotic",
    "undecided": "Undecided",
    "not a relationship of this kind": "Not a relationship of this kind",
}

METHODS: Mapping[str, str] = {
    "record": "seen in the record",
    "simulation": "seen in the futures",
    "structure": "seen in the file",
}

COMPONENTS: Mapping[str, str] = {
    "mutual_dependency_map": "a map of who gives what",
    "reciprocity_rule": "a reciprocity rule",
    "shared_value_metric": "a shared value metric",
    "reinforcement_feedback_channel": "a channel by which one side’s gain reaches the other",
    "balance_check": "a check of benefit and obligation",
    "adjustment_path": "a way to raise imbalance and change terms",
    "risk_sharing": "a risk-sharing rule",
    "exit": "an exit rule",
    "power_review": "a review of power",
}

READINGS: Mapping[str, tuple[str, str]] = {
    "reciprocity_granularity": (
        "How soon giving and receiving even out",
        "the shortest time over which the balance is kept",
    ),
    "coupling_intensity": ("How tightly the sides are linked", "how much of its room each side owes to the other"),
    "benefit_symmetry": ("How evenly the gain is shared", "the smaller share of the gain beside the larger"),
    "adaptation_cadence": (
        "How fast terms can follow events",
        "the time to change terms beside the time until harm is done",
    ),
    "exit_strength": (
        "How well each side could go on alone",
        "the room left after leaving, with the declared replacements",
    ),
    "dependency": ("What support costs in freedom", "what each supporting flow adds to dependence"),
    "measurement_burden": ("What keeping score takes", "the time and money that recording and reviews take"),
    "relationship_specific_investment": ("What would be lost by leaving", "capacity that only this relationship gives"),
    "durable_mutual_benefit": (
        "Are both better off, and do they stay so?",
        "futures in which nobody is worse off than outside",
    ),
    "opportunism": ("Does cheating pay?", "the most that one side gains by a single deviation"),
    "joint_capacity": ("What both can do together", "room left with the relationship, beside without"),
    "resilience": ("How deep a shock cuts, and how long it takes to heal", "the worst fall over all shocks tried"),
    "heroic_coordination": ("What hangs on goodwill", "what is given without any rule or promise behind it"),
}
"""For each reading the question it answers and what its figure is."""


LANES: Mapping[str, str] = {
    "base": "as it is",
    "scenario": "scenario {}",
    "cut": "nothing passes",
    "outside": "nothing passes, replaced",
    "no_goodwill": "without goodwill",
    "ablate": "without {}",
    "halve": "half of {}",
    "only": "only among {}",
    "stopped": "nothing comes to {}",
    "shock": "{} at its floor",
    "world_low": "{} low",
    "world_high": "{} high",
}
"""What happens in an experiment, by the first word of its name; the rest of the name stands for `{}`."""

DEEDS: Mapping[str, str] = {
    "exit": "leave",
    "boost": "have more",
    "damp": "have less",
    "withhold": "give half",
    "free_ride": "give nothing",
    "delay": "give late",
    "cut_and_run": "give nothing at the end",
    "collude": "give half",
}
"""What the parties do that an experiment is named after, where it is they who do something."""


def title(about: str) -> str:
    """`reciprocal_viability` as `Reciprocal viability`; the parts of `checks.tenth_seller` stay as in the file."""
    plain = about.rpartition(".")[2].replace("_", " ")
    plain = {"dependency lock in": "dependency lock-in", "over coupling": "over-coupling"}.get(plain, plain)
    plain = plain.replace("shared value metric", "shared-value metric").replace("non extractive", "non-extractive")
    return capital(plain)


def rests_on_words(rests: RestsOn) -> str:
    """How much of what passes is recorded by both, stated by one, assumed."""
    parts = (
        (rests.recorded_by_both, "recorded by both sides"),
        (rests.stated_by_one, "stated by one side"),
        (rests.assumed, "assumed"),
    )
    said = [f"{percent(share)} {how}" for share, how in parts if share > 0]
    return f"Of the value that passes, {', '.join(said)}." if said else "Nothing of worth passes."


def flip_words(flip: Flip) -> str:
    """One assumption that would turn the verdict, and for the worse why."""
    said = f"It would turn to “{flip.verdict}” if {flip.what} were {flip.then} instead of {flip.now}."
    return f"{said} Then: {flip.why}" if flip.verdict == "not symbiotic" and flip.why else said
