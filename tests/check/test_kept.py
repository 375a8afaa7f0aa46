"""Whether return is kept, in the verdict and in the reading beside it, from courses by hand."""

from dataclasses import replace

import numpy as np
import pytest

from lichen.check.evidence import CheckInput
from lichen.check.kept import rules_kept
from lichen.check.tuning import reciprocity_granularity
from lichen.relationship.rules import ReturnRule, Rules, Window
from lichen.relationship.value import Band
from tests.check.build import FUTURES, evidence, flow, party, relationship, value

STEPS = 100


def judged(over: Window, received: np.ndarray, *, share: float = 0.95) -> CheckInput:
    """Where `a` bears 1 a day in every second step, and receives what is said [future, step]."""
    band = Band(at_least=value(0.9), share=share)
    rules = Rules(reciprocity=(ReturnRule(name="fair", party="a", band=band, over=over),))
    subject = relationship([party("a"), party("b")], [flow("one", "a", "b"), flow("back", "b", "a")], rules=rules)
    found = evidence(subject, {"base": {"a": 1.0, "b": 1.0}})
    borne = np.tile(np.arange(STEPS + 1) % 2, (FUTURES, 1)).astype(float)
    return replace(found, futures=replace(found.futures, paths={"base": {"a.received": received, "a.borne": borne}}))


def test_windows_in_which_nothing_passes_say_nothing_in_the_verdict_and_in_the_reading() -> None:
    received = np.tile(np.arange(STEPS + 1) % 2, (FUTURES, 1)).astype(float)
    found = judged(Window(kind="transaction"), received)
    assert [finding.status for finding in rules_kept(found)] == ["holds"]
    assert reciprocity_granularity(found).value == pytest.approx(10.0)  # one step


def test_the_reading_asks_for_as_many_futures_as_the_rule() -> None:
    received = np.tile(np.arange(STEPS + 1) % 2, (FUTURES, 1)).astype(float)
    received[0] = 0.0  # kept in two of three futures
    found = judged(Window(kind="transaction"), received, share=0.6)
    assert [finding.status for finding in rules_kept(found)] == ["holds"]
    assert reciprocity_granularity(found).value == pytest.approx(10.0)
