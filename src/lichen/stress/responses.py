"""Each party's best answer, once: what it would do if everybody else went on as they do.

One round of best responses, no equilibrium: nobody answers the answer. What an option wins counts over the whole
horizon, so that what begins late counts for the time that is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import final

from lichen.check import wording
from lichen.check.measures.figure import Figure, exact
from lichen.check.what_if import with_term
from lichen.relationship.party import Party
from lichen.stress.cheating import Cheat, cheating
from lichen.stress.effects import SLIGHT, Effect, effect, effects, untold, worst
from lichen.stress.exits import Exit, exits
from lichen.stress.setting import Setting, when

FIXED = ("what the others give", "the terms of all others", "the reviews of the file", "the draws of the world")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something one party could do by itself: what, what room it wins in the mean over the horizon (of its range), whom
    it harms most, and the titles of others for whom that cannot be told.
    """

    says: str
    gain: Figure
    harmed: Effect | None
    untold: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The best of a party's options, None when what it would win cannot be told; `stays` when none beats going on.

    `close` says which others the futures do not tell apart from the best, `tried` how many there were, `fixed` what
    else stays as it is.
    """

    party: str
    title: str
    best: Option | None
    stays: bool
    close: tuple[str, ...]
    tried: int
    fixed: tuple[str, ...] = FIXED

    @property
    def says(self) -> str:
        """`Alder does best by giving half less from month 12 on: over the whole horizon it wins 12 % ...`"""
        if self.best is None:
            return f"{wording.untold(f'What {self.title} would do best')}."
        if self.stays:
            return f"{self._does_best} by {self._going_on}; {self.tried} other ways were tried."
        won = wording.does(wording.it(self.title), f"win {_between(self.best.gain)} of {wording.its(self.title)} range")
        harm = f"; {self.best.harmed.says}" if self.best.harmed is not None else ""
        close = f", not told apart from {wording.few(self.close)}" if self.close else ""
        return (
            f"{self._does_best} by {self.best.says}: over the whole horizon {won}{close}"
            f"{harm}{wording.but_for(self.best.untold)}."
        )

    @property
    def _does_best(self) -> str:
        return wording.does(self.title, "do best")

    @property
    def _going_on(self) -> str:
        """As it does, and beside it what may be as good."""
        said = f"going on as {wording.does(wording.it(self.title), 'do')}"
        if self.best is None or self.best.gain.high < SLIGHT:
            return said
        brings = f"{_between(self.best.gain)} of {wording.its(self.title)} range"
        return f"{said}, not told apart from {self.best.says}, which brings {brings}"


def responses(
    setting: Setting, cheats: tuple[Cheat, ...] | None = None, leavings: tuple[Exit, ...] | None = None
) -> tuple[Response, ...]:
    """The best answer of every party that can choose; what was tried of cheating and leaving is not tried again."""
    cheats = cheating(setting) if cheats is None else cheats
    leavings = exits(setting).tried if leavings is None else leavings
    found = []
    for party in setting.choosing:
        options = [
            *_of_cheats(setting, party, cheats),
            *_of_exits(setting, party, leavings),
            *_of_terms(setting, party),
        ]
        known = [option for option in options if option.gain.known]
        best = max(known, key=lambda one: one.gain.value, default=None)
        if not options:
            continue
        stays = best is not None and not (best.gain.low > 0 and best.gain.value >= SLIGHT)
        found.append(
            Response(
                party=party.name,
                title=party.title,
                best=best,
                stays=stays,
                close=tuple(one.says for one in known if best is not None and _is_close(one, best)),
                tried=len(options),
            )
        )
    return tuple(found)


def _is_close(one: Option, best: Option) -> bool:
    """Whether the futures leave open which of the two is better."""
    return one is not best and one.gain.high >= best.gain.low


def _between(gain: Figure) -> str:
    """`12 %`, with its interval where chance leaves one: `12 % (9 % to 15 %)`."""
    said, low, high = (wording.share(value) for value in (gain.value, *gain.interval))
    return said if low == high else f"{said} ({low} to {high})"


def _of_cheats(setting: Setting, party: Party, cheats: Iterable[Cheat]) -> Iterator[Option]:
    for cheat in cheats:
        if cheat.deviation.by == (party.name,):
            since = when(cheat.day).partition(" ")[2]
            gain = cheat.gain.scaled(1 - setting.share_of(cheat.day))
            yield Option(
                says=f"{cheat.deviation.deed} from {since} on", gain=gain, harmed=cheat.harmed, untold=cheat.untold
            )


def _of_exits(setting: Setting, party: Party, leavings: Iterable[Exit]) -> Iterator[Option]:
    for leaving in leavings:
        own = next((one for one in leaving.effects if one.party == party.name), None)
        if leaving.party == party.name and own is not None:
            yield Option(
                says=f"leaving {when(leaving.day)}",
                gain=own.lost.falling(lambda lost: -lost).scaled(1 - setting.share_of(leaving.day)),
                harmed=worst(leaving.effects, besides=(party.name,)),
                untold=untold(leaving.effects, besides=(party.name,)),
            )


def _of_terms(setting: Setting, party: Party) -> Iterator[Option]:
    """The terms that the party may set alone, each at each of its limits from the start."""
    own_terms = [term for term in setting.relationship.terms.values() if term.set_by == party.name]
    if not own_terms:
        return
    evidence = setting.run(())
    for term in own_terms:
        for limit in term.between or ():
            if limit.tree is None or limit.tree == term.value.tree:
                continue
            moved = setting.run((), with_term(setting.relationship, term, limit)).base
            found = effects(evidence, moved, of=(party.name,))
            own = effect(evidence, moved, party.name) if party.name in moved.headroom else None
            yield Option(
                says=f"setting `{term.name}` to {limit.text}",
                gain=own.lost.falling(lambda lost: -lost) if own is not None else exact(0.0),
                harmed=worst(found, besides=(party.name,)),
                untold=untold(found, besides=(party.name,)),
            )
